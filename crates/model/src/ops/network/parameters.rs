//! The hidden half of a network, and both halves together.

use super::{Layout, Program, is_centred};
use assay_codec::{Decode, Encode, Error, Reader};
use std::fmt;

/// A block of parameters: centred numbers of the field, where the program's [`Layout`] says.
#[derive(Clone, PartialEq, Eq)]
pub struct Parameters(Vec<i32>);

impl Parameters {
    /// Keeps as many cells as `layout` has, each a centred number of the field.
    pub fn new(layout: &Layout, cells: Vec<i32>) -> Result<Self, &'static str> {
        if cells.len() != layout.cells() {
            return Err("a block of parameters has the length that its layout says");
        }
        // Two numbers that are one in the field would be two networks with one commitment.
        if !cells.iter().all(|&cell| is_centred(cell)) {
            return Err("a parameter is a centred number of the field");
        }
        Ok(Self(cells))
    }

    /// All cells, padding among them.
    pub fn cells(&self) -> &[i32] {
        &self.0
    }

    /// Reads the cells of a block of `layout`; their number is not written.
    pub fn decode(layout: &Layout, from: &mut Reader<'_>) -> Result<Self, Error> {
        // Before any room is taken: a short program may declare millions of cells.
        let bytes = from.take(layout.cells() * 4)?;
        let (words, _) = bytes.as_chunks::<4>();
        let cells = words.iter().map(|&word| i32::from_le_bytes(word)).collect();
        Self::new(layout, cells).map_err(Error::Invalid)
    }
}

impl Encode for Parameters {
    fn encode(&self, out: &mut Vec<u8>) {
        out.reserve(self.0.len() * 4);
        out.extend(self.0.iter().flat_map(|cell| cell.to_le_bytes()));
    }
}

impl fmt::Debug for Parameters {
    /// Writes how many there are: parameters are for sale, and end in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} parameters", self.0.len())
    }
}

/// A program and its parameters: a network that can be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    program: Program,
    parameters: Parameters,
}

impl Network {
    /// Lays `cells` under `program`.
    pub fn new(program: Program, cells: Vec<i32>) -> Result<Self, &'static str> {
        let parameters = Parameters::new(program.parameter_layout(), cells)?;
        Ok(Self { program, parameters })
    }

    /// What is public.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// What is not.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }
}

impl Encode for Network {
    fn encode(&self, out: &mut Vec<u8>) {
        self.program.encode(out);
        self.parameters.encode(out);
    }
}

impl Decode for Network {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let program = Program::decode(from)?;
        let parameters = Parameters::decode(program.parameter_layout(), from)?;
        Ok(Self { program, parameters })
    }
}
