//! The canonical encoding of programs: what is hashed as the architecture.

use super::validate::{MAPS_MAX, NODES_MAX, TERMS_MAX};
use super::{InputMap, Map, Node, Program, QUOTIENT_BITS_MAX, Shape, Term, Window};
use crate::FEATURES_MAX;
use assay_codec::{Decode, Encode, Error, Reader, put_seq};

impl Encode for Program {
    fn encode(&self, out: &mut Vec<u8>) {
        let parts = self.parts();
        parts.input.encode(out);
        parts.shape.encode(out);
        put_seq(out, &parts.maps);
        put_seq(out, &parts.nodes);
    }
}

impl Decode for Program {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let (input, shape) = (InputMap::decode(from)?, Shape::decode(from)?);
        let (maps, nodes) = (from.seq(MAPS_MAX)?, from.seq(NODES_MAX)?);
        Self::new(input, shape, maps, nodes).map_err(|fault| Error::Invalid(fault.rule.text()))
    }
}

impl Encode for InputMap {
    fn encode(&self, out: &mut Vec<u8>) {
        put_seq(out, &self.scales);
        self.low.cast_unsigned().encode(out);
        self.high.cast_unsigned().encode(out);
    }
}

impl Decode for InputMap {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let scales = from.seq(FEATURES_MAX)?;
        Ok(Self { scales, low: Short::decode(from)?.0, high: Short::decode(from)?.0 })
    }
}

impl Encode for Map {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Identity => 0_u8.encode(out),
            Self::Clamp { low, high } => {
                1_u8.encode(out);
                low.cast_unsigned().encode(out);
                high.cast_unsigned().encode(out);
            }
            Self::Table(values) => {
                2_u8.encode(out);
                put_seq(out, &values.iter().map(|&value| Short(value)).collect::<Vec<_>>());
            }
        }
    }
}

impl Decode for Map {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Identity),
            1 => Ok(Self::Clamp { low: Short::decode(from)?.0, high: Short::decode(from)?.0 }),
            2 => {
                let values = from.seq::<Short>(1 << QUOTIENT_BITS_MAX)?;
                Ok(Self::Table(values.into_iter().map(|value| value.0).collect()))
            }
            got => Err(Error::Tag { what: "map", got }),
        }
    }
}

impl Encode for Node {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Unit { terms, has_bias, shape, shift, quotient_bits, map } => {
                0_u8.encode(out);
                put_seq(out, terms);
                has_bias.encode(out);
                shape.encode(out);
                shift.encode(out);
                quotient_bits.encode(out);
                put_index(*map, out);
            }
            Self::Max { from, rows, columns, shape } => {
                1_u8.encode(out);
                put_index(*from, out);
                rows.encode(out);
                columns.encode(out);
                shape.encode(out);
            }
        }
    }
}

impl Decode for Node {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Unit {
                terms: from.seq(TERMS_MAX)?,
                has_bias: bool::decode(from)?,
                shape: Shape::decode(from)?,
                shift: u8::decode(from)?,
                quotient_bits: u8::decode(from)?,
                map: index(from)?,
            }),
            1 => Ok(Self::Max {
                from: index(from)?,
                rows: Window::decode(from)?,
                columns: Window::decode(from)?,
                shape: Shape::decode(from)?,
            }),
            got => Err(Error::Tag { what: "node", got }),
        }
    }
}

impl Encode for Term {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Fixed { from, rows, columns, channels, factor } => {
                0_u8.encode(out);
                put_index(*from, out);
                rows.encode(out);
                columns.encode(out);
                channels.encode(out);
                factor.cast_unsigned().encode(out);
            }
            Self::Mixed { from, rows, columns, groups, outputs } => {
                1_u8.encode(out);
                put_index(*from, out);
                rows.encode(out);
                columns.encode(out);
                groups.encode(out);
                outputs.encode(out);
            }
            Self::Product { left, right } => {
                2_u8.encode(out);
                put_index(*left, out);
                put_index(*right, out);
            }
        }
    }
}

impl Decode for Term {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Fixed {
                from: index(from)?,
                rows: Window::decode(from)?,
                columns: Window::decode(from)?,
                channels: Window::decode(from)?,
                factor: u32::decode(from)?.cast_signed(),
            }),
            1 => Ok(Self::Mixed {
                from: index(from)?,
                rows: Window::decode(from)?,
                columns: Window::decode(from)?,
                groups: u32::decode(from)?,
                outputs: u32::decode(from)?,
            }),
            2 => Ok(Self::Product { left: index(from)?, right: index(from)? }),
            got => Err(Error::Tag { what: "term", got }),
        }
    }
}

impl Encode for Window {
    fn encode(&self, out: &mut Vec<u8>) {
        for number in [self.outputs, self.taps, self.stride, self.dilation] {
            number.encode(out);
        }
        self.offset.cast_unsigned().encode(out);
        self.repeat.encode(out);
    }
}

impl Decode for Window {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            outputs: u32::decode(from)?,
            taps: u32::decode(from)?,
            stride: u32::decode(from)?,
            dilation: u32::decode(from)?,
            offset: u32::decode(from)?.cast_signed(),
            repeat: u32::decode(from)?,
        })
    }
}

/// The index of a tensor or a map: at most 1024.
fn put_index(index: usize, out: &mut Vec<u8>) {
    u16::try_from(index).expect("a program has few tensors and maps").encode(out);
}

fn index(from: &mut Reader<'_>) -> Result<usize, Error> {
    u16::decode(from).map(usize::from)
}

/// An `i16` on the wire.
struct Short(i16);

impl Encode for Short {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.cast_unsigned().encode(out);
    }
}

impl Decode for Short {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        u16::decode(from).map(|word| Self(word.cast_signed()))
    }
}
