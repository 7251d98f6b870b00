//! Models that answer with a number.

use super::{Architecture, Reading, Schema};
use crate::graph::MAGIC;
use crate::{Graph, Ordered};
use assay_codec::{Decode, Digest, Encode, Error, Reader, from_bytes, to_bytes};

/// The version of the model file. Files of models that answer with a class have an earlier one, so
/// that none is taken for the other.
pub const VERSION: u16 = 3;

/// A graph of one output, what it reads, and what number its output stands for.
///
/// The canonical encoding is the model file, as of a [`crate::Model`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    schema: Schema,
    reading: Reading,
    graph: Graph,
}

impl Model {
    /// Keeps a forest or a network that reads as many features as `schema` names and has one output,
    /// which `reading` makes a number of.
    pub fn new(schema: Schema, graph: Graph, reading: Reading) -> Result<Self, &'static str> {
        let architecture = Architecture::new(graph.architecture(), reading)?;
        if schema.features().len() != architecture.graph().features() {
            return Err("the schema names another number of features than the graph reads");
        }
        Ok(Self { schema, reading, graph })
    }

    /// Columns, unit and scale.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The operators and parameters.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// What is public about the model, beside its schema.
    pub fn architecture(&self) -> Architecture {
        Architecture::new(self.graph.architecture(), self.reading)
            .expect("a model is kept only if it has one")
    }

    /// Returns the number that answers `row`, in parts of the unit, or `None` if the parameters lead
    /// it nowhere.
    pub fn exec(&self, row: &[Ordered]) -> Option<i32> {
        self.graph.number(row).map(|output| self.reading.number(output))
    }

    /// Names this model; not a commitment, for whoever guesses the model can check the guess.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/regression/model/2", self)
    }

    /// Returns the bytes of the model file.
    pub fn to_file(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Reads a model file.
    pub fn from_file(bytes: &[u8]) -> Result<Self, Error> {
        from_bytes(bytes)
    }

    /// Whether a file is that of a model that answers with a number, as far as its beginning tells.
    pub fn is_file(bytes: &[u8]) -> bool {
        let version = bytes.strip_prefix(&MAGIC).and_then(|rest| rest.first_chunk());
        version == Some(&VERSION.to_le_bytes())
    }
}

impl Encode for Model {
    fn encode(&self, out: &mut Vec<u8>) {
        MAGIC.encode(out);
        VERSION.encode(out);
        self.schema.encode(out);
        self.reading.encode(out);
        self.graph.encode(out);
    }
}

impl Decode for Model {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        if from.array::<8>()? != MAGIC {
            return Err(Error::Invalid("not a model file"));
        }
        if u16::decode(from)? != VERSION {
            return Err(Error::Invalid("not the file of a model that answers with a number"));
        }
        let (schema, reading) = (Schema::decode(from)?, Reading::decode(from)?);
        Self::new(schema, Graph::decode(from)?, reading).map_err(Error::Invalid)
    }
}
