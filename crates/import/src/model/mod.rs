//! Models of other programs: one way in, whatever the format.

pub mod tree;

#[cfg(test)]
mod tests;

use crate::forest::Found;
use crate::{forest, lightgbm, onnx, skops, xgboost};
use assay_model::ops::tree::{Bounds, DecisionTree, Fault, bounds_for};
use assay_model::{Model, Schema};

/// Most bytes of a file. Reading one takes at most about ten times its length, or what a skops file
/// inflates to, at most 2^27 bytes, and its length.
pub const BYTES_MAX: usize = 1 << 25;

/// The target's name where the file has none.
const TARGET: &str = "target";

/// How a file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// As its first bytes tell.
    #[default]
    Auto,
    /// scikit-learn's models, saved by skops.
    Skops,
    /// ONNX.
    Onnx,
    /// Keras: `.keras` or `.h5`. Networks only.
    Keras,
    /// XGBoost's JSON.
    Xgboost,
    /// LightGBM's text or JSON.
    Lightgbm,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    /// One tree.
    Tree(Imported),
    /// Many trees that vote.
    Forest(forest::Imported),
    /// Trees whose sum is the answer.
    Number(forest::Number),
}

impl From<Found> for Read {
    fn from(found: Found) -> Self {
        match found {
            Found::Class(imported) => Self::Forest(imported),
            Found::Number(number) => Self::Number(number),
        }
    }
}

/// A tree as a file has it, with what the file says of names and sizes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The tree.
    pub tree: DecisionTree,
    /// The names of the features, `f0`, `f1` … where the file has none.
    pub features: Vec<String>,
    /// The name of the target, if the file has one.
    pub target: Option<String>,
    /// The names of the classes.
    pub classes: Vec<String>,
    /// Greatest depth that was asked for in training, if the file tells and we can hold it.
    pub max_depth: Option<u8>,
    /// Most leaves that were asked for in training, if the file tells and we can hold them.
    pub max_leaf_nodes: Option<u32>,
}

impl Imported {
    /// Makes a model that declares `bounds`; without a `target` the file's name or "target" is taken.
    pub fn into_model(self, target: Option<&str>, bounds: Bounds) -> Result<Model, Error> {
        let target = target.or(self.target.as_deref()).unwrap_or(TARGET).to_owned();
        let schema = Schema::new(self.features, target, self.classes).map_err(Error::Names)?;
        Model::from_tree(schema, &self.tree, bounds).map_err(Error::Bounds)
    }
}

/// Why a file is no model.
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
    #[error("the file is neither skops nor ONNX, nor of XGBoost or LightGBM")]
    Unknown,
    /// The file holds many trees, where one was asked for.
    #[error("the file holds a forest of {got} trees, where one tree is wanted")]
    NoTree {
        /// Its trees.
        got: usize,
    },
    /// The file's model answers with a number, where one that answers with a class was asked for.
    #[error("the model answers with a number, not with a class")]
    Number,
    /// An ensemble breaks a rule.
    #[error(transparent)]
    Forest(#[from] forest::Error),
    /// A skops file breaks a rule.
    #[error(transparent)]
    Skops(#[from] skops::Error),
    /// An ONNX file breaks a rule.
    #[error(transparent)]
    Onnx(#[from] onnx::ReadError),
    /// Names of features or classes break a rule.
    #[error("{0}")]
    Names(&'static str),
    /// The bounds are too small for the tree, or of another one.
    #[error(transparent)]
    Bounds(Fault),
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "train with max_depth or max_leaf_nodes",
            Self::Pickle => "load it where you trust it, and save it with skops.io.dump",
            Self::Unknown => "save the model with skops.io.dump, or convert it with skl2onnx",
            Self::NoTree { .. } => "`assay model import` reads forests too",
            Self::Number => "`assay model import` reads it, with --range and --denominator",
            Self::Forest(error) => error.hint(),
            Self::Skops(error) => error.hint(),
            Self::Onnx(error) => error.hint(),
            Self::Names(_) => "rename the columns or labels, and train again",
            Self::Bounds(_) => "declare more nodes, or a greater depth",
        }
    }
}

/// Reads a tree or a forest.
pub fn read(bytes: &[u8], format: Format) -> Result<Read, Error> {
    if BYTES_MAX < bytes.len() {
        return Err(Error::TooLong { got: bytes.len() });
    }
    match (format, bytes) {
        (_, [0x80, 2..=5, ..]) => Err(Error::Pickle),
        (Format::Skops, _) | (Format::Auto, [b'P', b'K', ..]) => Ok(match skops::read(bytes)? {
            skops::Read::Tree(tree) => Read::Tree(tree),
            skops::Read::Forest(found) => found.into(),
        }),
        // The first field of every writer is the version of the format.
        (Format::Onnx, _) | (Format::Auto, [0x08, ..]) => onnx::read(bytes),
        (Format::Xgboost, _) => Ok(xgboost::read(bytes)?.into()),
        (Format::Lightgbm, _) => Ok(lightgbm::read(bytes)?.into()),
        (Format::Auto, [b'{', ..]) if is_xgboost(bytes) => Ok(xgboost::read(bytes)?.into()),
        (Format::Auto, [b'{', ..]) => Ok(lightgbm::read(bytes)?.into()),
        (Format::Auto, _) if bytes.starts_with(b"tree\n") => Ok(lightgbm::read(bytes)?.into()),
        _ => Err(Error::Unknown),
    }
}

/// Whether JSON has the one object that XGBoost's files consist of near its beginning.
fn is_xgboost(bytes: &[u8]) -> bool {
    let beginning = bytes.get(..64).unwrap_or(bytes);
    beginning.windows(9).any(|window| window == b"\"learner\"")
}

/// Reads a tree.
pub fn import_tree(bytes: &[u8], format: Format) -> Result<Imported, Error> {
    match read(bytes, format)? {
        Read::Tree(tree) => Ok(tree),
        Read::Forest(read) => Err(Error::NoTree { got: read.forest.trees().len() }),
        Read::Number(_) => Err(Error::Number),
    }
}

/// Reads a model that declares no more than it is.
///
/// Who wants to hide the trees' sizes reads them with [`read`], and declares larger bounds.
pub fn import_model(bytes: &[u8], format: Format) -> Result<Model, Error> {
    match read(bytes, format)? {
        Read::Tree(imported) => {
            let bounds = bounds_for(&imported.tree, 0, 0).map_err(Error::Names)?;
            imported.into_model(None, bounds)
        }
        Read::Forest(imported) => {
            let bounds = imported.forest.bounds(0, 0, 0).map_err(Error::Names)?;
            Ok(imported.into_model(None, bounds)?)
        }
        Read::Number(_) => Err(Error::Number),
    }
}

/// The names of features without names.
pub(crate) fn unnamed(features: usize) -> Vec<String> {
    (0..features).map(|feature| format!("f{feature}")).collect()
}
