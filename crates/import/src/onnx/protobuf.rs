//! As much of the protobuf wire format as an ONNX file needs, written by hand.
//!
//! A field is a key `number << 3 | type` and a value: type 0 a varint, 2 a length and that many
//! bytes, 5 four bytes. Repeated numbers are not packed, as `onnx.proto` (syntax 2) has it.

/// A message being written.
#[derive(Debug, Default)]
pub(super) struct Message(Vec<u8>);

impl Message {
    pub(super) fn new() -> Self {
        Self::default()
    }

    #[cfg(test)]
    pub(super) fn content(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Appends an integer.
    pub(super) fn int(&mut self, field: u64, value: i64) -> &mut Self {
        self.varint(field << 3);
        // Negative numbers take ten bytes, as their two's complement in 64 bits.
        self.varint(value as u64);
        self
    }

    /// Appends text.
    pub(super) fn text(&mut self, field: u64, value: &str) -> &mut Self {
        self.bytes(field, value.as_bytes())
    }

    /// Appends a message.
    pub(super) fn message(&mut self, field: u64, value: &Self) -> &mut Self {
        self.bytes(field, &value.0)
    }

    /// Appends a 32-bit float, given by its bits.
    pub(super) fn float(&mut self, field: u64, bits: u32) -> &mut Self {
        self.varint(field << 3 | 5);
        self.0.extend_from_slice(&bits.to_le_bytes());
        self
    }

    /// Appends bytes.
    #[cfg(test)]
    pub(super) fn raw(&mut self, field: u64, value: &[u8]) -> &mut Self {
        self.bytes(field, value)
    }

    fn bytes(&mut self, field: u64, value: &[u8]) -> &mut Self {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    fn varint(&mut self, mut value: u64) {
        while 0x80 <= value {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// An `AttributeProto` of integers.
pub(super) fn ints(name: &str, values: impl IntoIterator<Item = i64>) -> Message {
    attribute(name, 7, |message| {
        for value in values {
            message.int(8, value);
        }
    })
}

/// An `AttributeProto` of floats, given by their bits.
pub(super) fn floats(name: &str, values: impl IntoIterator<Item = u32>) -> Message {
    attribute(name, 6, |message| {
        for bits in values {
            message.float(7, bits);
        }
    })
}

/// An `AttributeProto` of strings.
pub(super) fn strings<'a>(name: &str, values: impl IntoIterator<Item = &'a str>) -> Message {
    attribute(name, 8, |message| {
        for value in values {
            message.text(9, value);
        }
    })
}

/// An `AttributeProto` of one string.
pub(super) fn string(name: &str, value: &str) -> Message {
    attribute(name, 3, |message| {
        message.text(4, value);
    })
}

fn attribute(name: &str, kind: i64, values: impl FnOnce(&mut Message)) -> Message {
    let mut message = Message::new();
    message.text(1, name);
    values(&mut message);
    message.int(20, kind);
    message
}
