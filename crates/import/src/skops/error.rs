//! Why a file is no tree that skops saved.

use super::zip::TOTAL_MAX;
use crate::model::tree;

/// Why a file is no tree that skops saved. A `place` is the path to a part of `schema.json`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The archive is none that skops writes.
    #[error("not a zip archive as skops writes them: {0}")]
    Zip(&'static str),
    /// The archive has too many entries.
    #[error("the archive has {got} entries, {limit} at most")]
    TooManyEntries {
        /// Its entries.
        got: usize,
        /// As many are possible.
        limit: usize,
    },
    /// The archive would inflate to too much.
    #[error("the archive inflates to {got} bytes: more than {TOTAL_MAX}, or than it can hold")]
    Bomb {
        /// What is declared.
        got: u64,
    },
    /// Two entries have one name.
    #[error("two entries are named {name:?}")]
    DuplicateEntry {
        /// The name.
        name: String,
    },
    /// An entry's name could lead somewhere.
    #[error("an entry is named {name:?}")]
    EntryName {
        /// The name, or its beginning.
        name: String,
    },
    /// An entry is neither an array nor the schema.
    #[error("entry {name:?} is neither an array nor the schema, and is not read")]
    ForeignEntry {
        /// The name.
        name: String,
    },
    /// An entry is encrypted.
    #[error("entry {name:?} is encrypted")]
    Encrypted {
        /// The name.
        name: String,
    },
    /// An entry is compressed in another way.
    #[error("entry {name:?} is compressed by method {method} or in an unknown way")]
    Compression {
        /// The name.
        name: String,
        /// Zip's number of the method.
        method: u16,
    },
    /// An entry's bytes are not those that were written.
    #[error("entry {name:?} is damaged")]
    Damaged {
        /// The name.
        name: String,
    },
    /// An entry is missing.
    #[error("there is no entry {name:?}")]
    NoEntry {
        /// The name.
        name: String,
    },
    /// The schema is too long.
    #[error("schema.json has {got} bytes, {limit} at most", limit = super::SCHEMA_MAX)]
    SchemaTooLong {
        /// Its length.
        got: usize,
    },
    /// The schema is no JSON, or has a key twice.
    #[error("schema.json cannot be read")]
    Json(#[source] serde_json::Error),
    /// The protocol of skops is unknown.
    #[error("protocol {got} of skops is unknown, {limit} is the last one", limit = super::PROTOCOL_MAX)]
    Protocol {
        /// The protocol.
        got: String,
    },
    /// The file holds another thing than a model of trees.
    #[error("the file holds a {got}, not a classifier or regressor of trees")]
    Class {
        /// What it holds.
        got: String,
    },
    /// A step of a pipeline is none that we have integers for.
    #[error("the pipeline has a {got} before its classifier, which is not supported")]
    Step {
        /// Its class.
        got: String,
    },
    /// A part is missing.
    #[error("{place} is missing")]
    Missing {
        /// The part.
        place: String,
    },
    /// A part is of another kind than expected.
    #[error("{place} is no {expected}")]
    Kind {
        /// The part.
        place: String,
        /// What it should be.
        expected: &'static str,
    },
    /// The model has a part that we do not know.
    #[error("the model has a part {name:?}, whose meaning is unknown")]
    Attribute {
        /// Its name.
        name: String,
    },
    /// The model has several targets.
    #[error("the model predicts {got} targets")]
    Outputs {
        /// The number of targets.
        got: i64,
    },
    /// Two parts disagree about a size.
    #[error("{what}: {expected} by one part of the file, {got} by another")]
    Disagree {
        /// What is counted.
        what: &'static str,
        /// One number.
        expected: i64,
        /// Another.
        got: i64,
    },
    /// The header of an array cannot be read.
    #[error("{array}: not the header of a NumPy array")]
    Header {
        /// The array's file.
        array: String,
    },
    /// An array holds pickled Python objects.
    #[error("{array} holds Python objects, which could run any program, and is not read")]
    PickledArray {
        /// The array's file.
        array: String,
    },
    /// An array is of another type than expected.
    #[error("{array} holds numbers of type {got}")]
    Type {
        /// The array's file.
        array: String,
        /// Its type.
        got: String,
    },
    /// An array is laid out by columns.
    #[error("{array} is in Fortran's order")]
    Fortran {
        /// The array's file.
        array: String,
    },
    /// An array has another size than its header says.
    #[error("{array} has {got} bytes, its header says otherwise")]
    Size {
        /// The array's file.
        array: String,
        /// Its bytes.
        got: usize,
    },
    /// A node has one child.
    #[error("node {index} has one child, or one out of range")]
    Children {
        /// The node.
        index: usize,
    },
    /// The nodes are not a tree that we can hold.
    #[error(transparent)]
    Tree(#[from] tree::Error),
    /// The trees are not a forest that we can hold.
    #[error(transparent)]
    Forest(Box<crate::forest::Error>),
    /// A part has a value that we do not know.
    #[error("{place} is {got}, which is not supported")]
    Unsupported {
        /// The part.
        place: &'static str,
        /// Its value.
        got: String,
    },
}

impl From<crate::forest::Error> for Error {
    fn from(error: crate::forest::Error) -> Self {
        Self::Forest(Box::new(error))
    }
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Class { .. } => {
                "save the classifier itself, or a pipeline of scalers and it; of a search, the best estimator"
            }
            Self::Step { .. } => {
                "StandardScaler, MinMaxScaler, MaxAbsScaler and RobustScaler are supported: apply the rest to the table, and train again"
            }
            Self::Outputs { .. } => "train one model per target",
            Self::Type { .. } => {
                "classes are integers or text: convert the labels, and train again"
            }
            Self::Protocol { .. } | Self::Attribute { .. } => {
                "the file is newer than this program: convert the model with skl2onnx instead"
            }
            Self::Bomb { .. } | Self::Compression { .. } => {
                "save the model again, without compression"
            }
            Self::Tree(error) => error.hint(),
            Self::Forest(error) => error.hint(),
            _ => "save the model again with skops.io.dump, from an estimator that you trust",
        }
    }
}
