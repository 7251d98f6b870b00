//! What a model answers.

use super::{Context, Modes, Privacy};
use crate::{FieldDigest, ModelCommitment, StatementDigest};
use assay_codec::{Decode, Digest, Encode, Error, Reader};
use assay_model::{Architecture, Schema, regression};

/// One part of a computation, as much of it as a statement shows. The mode cannot disagree with what
/// is there: it is what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<C> {
    /// Everybody has it; this names it.
    Public(Digest),
    /// A long-lived commitment to it is opened inside the proof.
    Committed(C),
    /// There is one, and nothing refers to it.
    Hidden,
}

impl<C> Part<C> {
    /// Who may see it.
    pub fn privacy(&self) -> Privacy {
        match self {
            Self::Public(_) => Privacy::Public,
            Self::Committed(_) => Privacy::Committed,
            Self::Hidden => Privacy::Hidden,
        }
    }

    /// Returns the commitment, if that is what it is.
    pub fn committed(&self) -> Option<&C> {
        match self {
            Self::Committed(commitment) => Some(commitment),
            Self::Public(_) | Self::Hidden => None,
        }
    }
}

impl<C: Encode> Encode for Part<C> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.privacy().encode(out);
        match self {
            Self::Public(digest) => digest.encode(out),
            Self::Committed(commitment) => commitment.encode(out),
            Self::Hidden => (),
        }
    }
}

impl<C: Decode> Decode for Part<C> {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match Privacy::decode(from)? {
            Privacy::Public => Self::Public(Digest::decode(from)?),
            Privacy::Committed => Self::Committed(C::decode(from)?),
            Privacy::Hidden => Self::Hidden,
        })
    }
}

/// The model answers each row of the input with what stands for it in the output.
///
/// Each of the three is public, committed or hidden. At least two of them must not be hidden, or
/// nothing is stated: some model always answers given rows somehow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered<A, S> {
    /// Where the proof counts.
    pub context: Context,
    /// Shape and declared bounds of the model.
    pub architecture: A,
    /// Names of the columns, and what an answer means.
    pub schema: S,
    /// The rows, as a table whose labels mean nothing ([`assay_model::Table::digest`]).
    pub input: Part<FieldDigest>,
    /// The model.
    pub model: Part<ModelCommitment>,
    /// The answer to each row.
    pub output: Part<FieldDigest>,
    /// Number of rows, at least 1.
    pub rows: u32,
}

/// The answers are classes of the schema, the model is an [`assay_model::Model`].
pub type Inference = Answered<Architecture, Schema>;

/// The answers are numbers of the schema's unit, the model is a [`regression::Model`].
pub type Estimate = Answered<regression::Architecture, regression::Schema>;

impl<A: Encode, S: Encode> Encode for Answered<A, S> {
    fn encode(&self, out: &mut Vec<u8>) {
        let Self { context, architecture, schema, input, model, output, rows } = self;
        context.encode(out);
        architecture.encode(out);
        schema.encode(out);
        input.encode(out);
        model.encode(out);
        output.encode(out);
        rows.encode(out);
    }
}

impl<A: Decode, S: Decode> Decode for Answered<A, S> {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            context: Context::decode(from)?,
            architecture: A::decode(from)?,
            schema: S::decode(from)?,
            input: Part::decode(from)?,
            model: Part::decode(from)?,
            output: Part::decode(from)?,
            rows: u32::decode(from)?,
        })
    }
}

impl<A, S> Answered<A, S> {
    /// The privacy of each part.
    pub fn modes(&self) -> Modes {
        Modes {
            input: self.input.privacy(),
            weights: self.model.privacy(),
            output: self.output.privacy(),
        }
    }
}

impl Inference {
    /// Names this statement.
    pub fn digest(&self) -> StatementDigest {
        StatementDigest(Digest::of("assay/statement/inference/1", self))
    }
}

impl Estimate {
    /// Names this statement.
    pub fn digest(&self) -> StatementDigest {
        StatementDigest(Digest::of("assay/statement/estimate/1", self))
    }
}

impl Modes {
    /// Whether an inference with these modes says anything: two of its parts are fixed.
    pub fn says_something(&self) -> bool {
        let parts = [self.input, self.weights, self.output];
        parts.iter().filter(|&&part| part != Privacy::Hidden).count() >= 2
    }
}
