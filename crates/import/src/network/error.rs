//! Why a file is no network that can be proven.

use super::graph::Fault;
use crate::model::BYTES_MAX;
use crate::{keras, onnx, safetensors, skops};

/// Why a file is no network that can be proven.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is too long.
    #[error("the file has {got} bytes, {limit} at most", limit = BYTES_MAX)]
    TooLong {
        /// Its length.
        got: usize,
    },
    /// The file is a pickle, which is a program.
    #[error("the file is a Python pickle: it could run any program, and is not read")]
    Pickle,
    /// The file is of another format.
    #[error("the file is none of skops, ONNX, Keras")]
    Unknown,
    /// The ONNX file breaks a rule of its format.
    #[error(transparent)]
    Onnx(#[from] onnx::ReadError),
    /// The skops file breaks a rule of its format.
    #[error(transparent)]
    Skops(#[from] skops::Error),
    /// The Keras file breaks a rule of its format.
    #[error(transparent)]
    Keras(#[from] keras::Error),
    /// The safetensors file breaks a rule of its format, or does not fit the architecture.
    #[error(transparent)]
    Safetensors(#[from] safetensors::Error),
    /// The graph's input is none that a row of a table can be.
    #[error("the network's input is not one tensor of numbers with known sizes, [rows, …]")]
    Input,
    /// The outputs do not lead to one list of classes.
    #[error("the network's outputs do not all come from one list of class scores")]
    Output,
    /// A step belongs to nothing that is answered.
    #[error("step {step} leads to no output")]
    Unused {
        /// The step.
        step: String,
    },
    /// Something is wrong with a step.
    #[error("step {step}: {problem}")]
    Step {
        /// The operator, and its name in the file.
        step: String,
        /// What is wrong.
        problem: Problem,
    },
    /// What comes out is no list of classes, or the network is too large.
    #[error("the network's answer: {0}")]
    Answer(#[source] Fault),
}

/// What is wrong with a step.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The operator is unknown, or cannot be proven.
    #[error("operator {operator:?} is not supported")]
    Operator {
        /// Its name.
        operator: String,
    },
    /// An attribute is unknown.
    #[error("attribute {name:?} is not supported")]
    Attribute {
        /// Its name.
        name: String,
    },
    /// An attribute has a value that is not supported, or none.
    #[error("attribute {name:?} is missing, or has a value that is not supported: {expected}")]
    Value {
        /// Its name.
        name: &'static str,
        /// What is supported.
        expected: &'static str,
    },
    /// Inputs or outputs are too many or too few.
    #[error("has another number of inputs or outputs than is supported")]
    Arity,
    /// A value is read before anything made it.
    #[error("{name:?} is read before it is made")]
    NoValue {
        /// Its name.
        name: String,
    },
    /// A constant is needed where a computed tensor is.
    #[error("{what} must be a constant of numbers")]
    NotConstant {
        /// What it is.
        what: &'static str,
    },
    /// A computed tensor is needed where a constant is.
    #[error("needs a computed tensor, not a constant")]
    NotComputed,
    /// An embedding has too many rows, or none.
    #[error("an embedding of {got} words, where 1 to {limit} are possible", limit = super::graph::VOCABULARY_MAX)]
    Vocabulary {
        /// Its rows.
        got: usize,
    },
    /// Axes are arranged in a way that has no place in `[height, width, channels]`.
    #[error("{0}")]
    Layout(&'static str),
    /// The step breaks a rule of networks.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "networks of at most 8 million parameters are supported",
            Self::Pickle => "load it where you trust it, and save it as ONNX, Keras or with skops",
            Self::Unknown => "export the network to ONNX, or save it with Keras as .keras or .h5",
            Self::Onnx(error) => error.hint(),
            Self::Skops(error) => error.hint(),
            Self::Keras(error) => error.hint(),
            Self::Safetensors(error) => error.hint(),
            Self::Input => "export with one input of fixed sizes; only the number of rows is free",
            Self::Output => {
                "export a classifier with one output, a score for each class, or a regressor of one number"
            }
            Self::Unused { .. } => "export the network again without the steps that nothing reads",
            Self::Step { problem, .. } => problem.hint(),
            Self::Answer(_) => {
                "the last layer must give one score for each of 2 to 1024 classes, or one number"
            }
        }
    }
}

impl Problem {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Operator { operator } => other_operator(operator),
            Self::Attribute { .. } | Self::Value { .. } => {
                "the setting could change what the network answers: export it without"
            }
            Self::NoValue { .. } => {
                "the graph has a circle or is damaged: export the network again"
            }
            Self::NotConstant { .. } => {
                "products of two computed tensors are proven cell by cell only, not as matrices"
            }
            Self::Vocabulary { .. } => {
                "each word is compared with all others: keep the most frequent ones, or hash words to fewer numbers"
            }
            Self::NotComputed | Self::Arity => "the file is damaged: export the network again",
            Self::Layout(_) => {
                "images are [channels, height, width] or [height, width, channels], and go flat once"
            }
            Self::Fault(Fault::NotFinite) => "train again: a weight has overflowed",
            Self::Fault(Fault::Features { .. }) => "make the input smaller: scale images down",
            Self::Fault(_) => "make the network smaller, or export it again",
        }
    }
}

/// What would work in the place of an operator that does not.
fn other_operator(operator: &str) -> &'static str {
    match operator {
        "LogSoftmax" | "log_softmax" | "Hardmax" => {
            "logarithms of softmax are dropped at the end; inside a network use Softmax"
        }
        "GroupNormalization"
        | "RMSNormalization"
        | "LpNormalization"
        | "MeanVarianceNormalization"
        | "Normalizer" => {
            "use batch normalisation, which becomes part of the weights, or layer normalisation"
        }
        "Attention" | "MultiHeadAttention" | "Einsum" => "use convolutions or dense layers",
        "LSTM" | "GRU" | "RNN" | "SimpleRNN" | "Scan" | "Loop" | "If" | "Bidirectional" => {
            "use Conv1D over the sequence"
        }
        "ConvTranspose" | "Conv2DTranspose" => "use up-sampling and a convolution",
        "TreeEnsembleClassifier" | "TreeEnsembleRegressor" => {
            "this is a tree: use `assay model import`"
        }
        "Gather" => "an embedding reads columns of whole numbers: cast nothing else to integers",
        _ => "export the network again with the operators of docs/howto/add-an-importer.md",
    }
}
