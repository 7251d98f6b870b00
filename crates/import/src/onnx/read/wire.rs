//! The wire format of protobuf, in: fields of a message, one by one, without copies.
//!
//! Whoever reads a message says what each field is; an unknown one is an error there, and nothing is
//! skipped. Room is taken only for numbers that stand in the file: at most eight bytes for one, and for
//! as many of them as a tree can use.

use super::ReadError;

/// Most numbers of a list: more weights than a file of the greatest length can hold.
const NUMBERS_MAX: usize = 1 << 22;

fn bounded<T>(list: &[T], more: usize) -> Result<(), ReadError> {
    match list.len().checked_add(more) {
        Some(len) if len <= NUMBERS_MAX => Ok(()),
        _ => Err(ReadError::TooMany { what: "numbers in a list", limit: NUMBERS_MAX }),
    }
}

/// One field's value, as its type on the wire says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire<'a> {
    Varint(u64),
    Eight([u8; 8]),
    Bytes(&'a [u8]),
    Four([u8; 4]),
}

/// The fields of a message.
#[derive(Clone, Debug)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let bits = u64::from(byte & 0x7f);
            // The tenth byte holds one bit.
            if shift == 63 && 1 < bits {
                return None;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*array)
    }

    fn field(&mut self) -> Option<(u64, Wire<'a>)> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Wire::Varint(self.varint()?),
            1 => Wire::Eight(self.array()?),
            2 => {
                let len = usize::try_from(self.varint()?).ok()?;
                let (bytes, rest) = self.rest.split_at_checked(len)?;
                self.rest = rest;
                Wire::Bytes(bytes)
            }
            5 => Wire::Four(self.array()?),
            // Groups, which nobody writes.
            _ => return None,
        };
        (key >> 3 != 0).then_some((key >> 3, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Wire<'a>), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field().ok_or(ReadError::Wire);
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// Appends the integers of a repeated field, of which one or a packed run stands in `value`.
pub(super) fn push_ints(list: &mut Vec<i64>, value: Wire<'_>) -> Result<(), ReadError> {
    bounded(list, 1)?;
    match value {
        Wire::Varint(value) => list.push(value as i64),
        Wire::Bytes(bytes) => {
            bounded(list, bytes.iter().filter(|&byte| byte & 0x80 == 0).count())?;
            let mut packed = Fields::new(bytes);
            while !packed.rest.is_empty() {
                list.push(packed.varint().ok_or(ReadError::Wire)? as i64);
            }
        }
        _ => return Err(ReadError::Wire),
    }
    Ok(())
}

/// Appends the 32-bit floats of a repeated field.
pub(super) fn push_floats(list: &mut Vec<f32>, value: Wire<'_>) -> Result<(), ReadError> {
    bounded(list, 1)?;
    match value {
        Wire::Four(bytes) => list.push(f32::from_le_bytes(bytes)),
        Wire::Bytes(bytes) => {
            let (floats, rest) = bytes.as_chunks();
            bounded(list, floats.len())?;
            if !rest.is_empty() {
                return Err(ReadError::Wire);
            }
            list.extend(floats.iter().map(|&bytes| f32::from_le_bytes(bytes)));
        }
        _ => return Err(ReadError::Wire),
    }
    Ok(())
}

/// Appends the 64-bit floats of a repeated field.
pub(super) fn push_doubles(list: &mut Vec<f64>, value: Wire<'_>) -> Result<(), ReadError> {
    bounded(list, 1)?;
    match value {
        Wire::Eight(bytes) => list.push(f64::from_le_bytes(bytes)),
        Wire::Bytes(bytes) => {
            let (doubles, rest) = bytes.as_chunks();
            bounded(list, doubles.len())?;
            if !rest.is_empty() {
                return Err(ReadError::Wire);
            }
            list.extend(doubles.iter().map(|&bytes| f64::from_le_bytes(bytes)));
        }
        _ => return Err(ReadError::Wire),
    }
    Ok(())
}
