//! Networks of other programs: floats in, integers out.
//!
//! - [`import_network`] reads a [`Network`] of floats, from ONNX, skops or Keras, [`import_weights`] from
//!   safetensors beside an architecture;
//! - [`Network::exec`] answers with floats, as the program that wrote the file does, up to rounding;
//! - [`compile`] makes of it the integer [`Model`](assay_model::Model) that is proven, with scales that
//!   rows of a table were looked at for, and [`Report`] says what that costs in accuracy; a network of one
//!   output answers with a number, and [`estimator`](quantise::estimator()) makes it a
//!   [`regression::Model`](assay_model::regression::Model).
//!
//! Readers put [`graph::Graph`]s together, `simplify` rearranges them, `quantise` makes programs of them.

mod error;
pub mod graph;
pub mod quantise;
mod simplify;

pub use error::{Error, Problem};
pub use quantise::{
    Calibration, Compiled, Cost, Estimate, Layer, Options, Report, compile, estimator,
};

use crate::model::{BYTES_MAX, Format};
use crate::{keras, onnx, skops};
use graph::Graph;

/// A network of floats, as a file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// What it computes.
    pub graph: Graph,
    /// For each cell of the input, in the order of [`graph::Shape`], the file's feature that goes there.
    /// Files may have channels first, we have them last.
    pub columns: Vec<usize>,
    /// The names of the file's features, if it has any.
    pub features: Option<Vec<String>>,
    /// The names of the classes, if the file has any.
    pub classes: Option<Vec<String>>,
}

impl Network {
    /// Keeps a graph whose cells are fed in the order of `columns`.
    pub(crate) fn new(graph: Graph, columns: Vec<usize>) -> Result<Self, Error> {
        let _outputs = graph.outputs().map_err(Error::Answer)?;
        debug_assert!(columns.len() == graph.input().cells());
        let graph = simplify::simplify(graph).map_err(Error::Answer)?;
        Ok(Self { graph, columns, features: None, classes: None })
    }

    /// Whether there is one output, which is the answer: a number, no score of a class.
    pub fn is_number(&self) -> bool {
        self.graph.shapes()[self.graph.last()].channels == 1
    }

    /// The classes in the network's order: the file's, if it names any; otherwise those of a table, in
    /// the order of numbers if all are whole numbers, and in that of letters if not.
    pub fn classes_of(&self, table: &assay_model::Schema) -> Vec<String> {
        let mut classes = self.classes.clone().unwrap_or_else(|| table.classes().to_vec());
        let number = |class: &String| class.parse::<i64>().ok();
        if self.classes.is_none() && classes.iter().all(|class| number(class).is_some()) {
            classes.sort_by_key(number);
        }
        classes
    }

    /// Returns the numbers of the outputs for a row whose features are in the file's order, before
    /// whatever would not change which is the greatest (`Softmax`).
    ///
    /// # Panics
    ///
    /// If the row has another number of features.
    pub fn exec(&self, row: &[f32]) -> Vec<f32> {
        let cells: Vec<f32> = self.columns.iter().map(|&column| row[column]).collect();
        self.graph.exec(&cells).tensors.pop().unwrap_or_default()
    }
}

/// Reads a network whose parameters are a safetensors file, and whose architecture is the JSON of Keras'
/// `model.to_json()`: [`safetensors`](crate::safetensors).
pub fn import_weights(weights: &[u8], architecture: &[u8]) -> Result<Network, Error> {
    let longest = weights.len().max(architecture.len());
    if BYTES_MAX < longest {
        return Err(Error::TooLong { got: longest });
    }
    keras::read_apart(weights, architecture)
}

/// Reads a network.
pub fn import_network(bytes: &[u8], format: Format) -> Result<Network, Error> {
    if BYTES_MAX < bytes.len() {
        return Err(Error::TooLong { got: bytes.len() });
    }
    match (format, bytes) {
        (_, [0x80, 2..=5, ..]) => Err(Error::Pickle),
        (Format::Keras, _) => keras::read_network(bytes),
        (Format::Auto, _) if bytes.starts_with(&keras::MAGIC) || keras::is_archive(bytes) => {
            keras::read_network(bytes)
        }
        (Format::Skops, _) | (Format::Auto, [b'P', b'K', ..]) => skops::read_network(bytes),
        (Format::Onnx, _) | (Format::Auto, [0x08, ..]) => onnx::read_network(bytes),
        _ => Err(Error::Unknown),
    }
}
