//! What is public about a model of numbers: its graph, and what number the graph's output stands for.

use super::NUMBER_MAX;
use assay_codec::{Decode, Encode, Error, Reader};

/// Most parts that one step of a network's output stands for.
pub const STEP_MAX: u32 = 1 << 12;

/// What number an output stands for: `offset + step·output`, in parts of the unit.
///
/// A network's output has 16 bits, which may be too few for numbers in parts. A forest's output is the
/// number itself ([`Reading::PLAIN`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    step: u32,
    offset: i32,
}

impl Reading {
    /// The output is the number.
    pub const PLAIN: Self = Self { step: 1, offset: 0 };

    /// Outputs that stand for `offset + step·output` parts each.
    pub fn new(step: u32, offset: i32) -> Result<Self, &'static str> {
        if !(1..=STEP_MAX).contains(&step) {
            return Err("an output stands for 1 to 2^12 parts");
        }
        if NUMBER_MAX < offset.saturating_abs() {
            return Err("an output of 0 stands for a number between -2^27 and 2^27 parts");
        }
        Ok(Self { step, offset })
    }

    /// Parts of the unit between two outputs.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// What an output of 0 stands for, in parts.
    pub fn offset(&self) -> i32 {
        self.offset
    }

    /// What `output` stands for, in parts. Nothing saturates: what a network answers with has 16 bits,
    /// so that the number is less than 2^29 in size, and of a forest it is the output itself.
    pub fn number(&self, output: i32) -> i32 {
        let step = i32::try_from(self.step).unwrap_or(i32::MAX);
        step.saturating_mul(output).saturating_add(self.offset)
    }
}

impl Encode for Reading {
    fn encode(&self, out: &mut Vec<u8>) {
        self.step.encode(out);
        self.offset.cast_unsigned().encode(out);
    }
}

impl Decode for Reading {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let (step, offset) = (u32::decode(from)?, u32::decode(from)?);
        Self::new(step, offset.cast_signed()).map_err(Error::Invalid)
    }
}

/// Everything about a model of numbers but its parameters and its schema. Always public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Architecture {
    graph: crate::Architecture,
    reading: Reading,
}

impl Architecture {
    /// Keeps the architecture of a forest or a network that has one output, and what it stands for.
    pub fn new(graph: crate::Architecture, reading: Reading) -> Result<Self, &'static str> {
        if !graph.is_number() {
            return Err(
                "a model that answers with a number is a forest or a network of one output",
            );
        }
        // Its sums have 30 bits: steps of more than one part could wrap around.
        let is_network = matches!(graph, crate::Architecture::Network(_));
        if !is_network && reading != Reading::PLAIN {
            return Err("a forest answers in parts of the unit");
        }
        Ok(Self { graph, reading })
    }

    /// The architecture of the graph, which model commitments are separated by.
    pub fn graph(&self) -> &crate::Architecture {
        &self.graph
    }

    /// What the output stands for.
    pub fn reading(&self) -> Reading {
        self.reading
    }
}

impl Encode for Architecture {
    fn encode(&self, out: &mut Vec<u8>) {
        self.graph.encode(out);
        self.reading.encode(out);
    }
}

impl Decode for Architecture {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let graph = crate::Architecture::decode(from)?;
        Self::new(graph, Reading::decode(from)?).map_err(Error::Invalid)
    }
}
