//! The public shape of a model.

use crate::ops::{forest, network, tree};
use assay_codec::{Decode, Digest, Encode, Error, Reader};

/// Numbers of a slot: feature, both halves of the threshold, the left child.
const SLOT_NUMBERS: usize = 4;

/// Everything about a model but its parameters: operators, sizes, declared bounds. Always public.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Architecture {
    /// One decision tree over all features, answering with a class.
    DecisionTree(tree::Bounds),
    /// A network: all of its program.
    Network(network::Program),
    /// Many trees that vote with numbers for a class.
    Forest(forest::Bounds),
}

impl Architecture {
    /// Names this architecture; model commitments are domain-separated by it.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/architecture/1", self)
    }

    /// Number of features that a row has.
    pub fn features(&self) -> usize {
        match self {
            Self::DecisionTree(bounds) => bounds.features(),
            Self::Network(program) => program.features(),
            Self::Forest(bounds) => bounds.features(),
        }
    }

    /// Number of classes that an answer is one of.
    pub fn classes(&self) -> usize {
        match self {
            Self::DecisionTree(bounds) => bounds.classes(),
            Self::Network(program) => program.classes(),
            Self::Forest(bounds) => bounds.classes(),
        }
    }

    /// Whether there is one sum to answer with, so that the answer can be a number.
    pub fn is_number(&self) -> bool {
        match self {
            Self::DecisionTree(_) => false,
            Self::Network(program) => program.classes() == 1,
            Self::Forest(bounds) => bounds.classes() == 1,
        }
    }

    /// How many numbers a model of it has, padding among them: all that is committed to and delivered.
    pub fn cells(&self) -> usize {
        match self {
            Self::DecisionTree(bounds) => SLOT_NUMBERS * bounds.slots(),
            Self::Network(program) => program.parameter_layout().cells(),
            Self::Forest(bounds) => {
                (bounds.width().next_power_of_two() + SLOT_NUMBERS) * bounds.slots()
            }
        }
    }
}

impl Encode for Architecture {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::DecisionTree(bounds) => {
                0_u8.encode(out);
                bounds.encode(out);
            }
            Self::Network(program) => {
                1_u8.encode(out);
                program.encode(out);
            }
            Self::Forest(bounds) => {
                2_u8.encode(out);
                bounds.encode(out);
            }
        }
    }
}

impl Decode for Architecture {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => tree::Bounds::decode(from).map(Self::DecisionTree),
            1 => network::Program::decode(from).map(Self::Network),
            2 => forest::Bounds::decode(from).map(Self::Forest),
            got => Err(Error::Tag { what: "architecture", got }),
        }
    }
}
