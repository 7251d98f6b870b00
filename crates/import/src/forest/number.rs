//! Ensembles whose sum is the answer: a number, not a vote for a class.
//!
//! A leaf's number is multiplied by the parts that make a unit and rounded, halves away from zero; what
//! sums begin with is added to the leaves of the first tree before. So an answer is off by at most half a
//! part per tree from the sum of the file's numbers, whatever the row: with T trees and D parts of a
//! unit by T/2D units. Libraries that add in 32-bit floats are themselves off by about 2^-24 of their
//! terms.

use super::{Ensemble, Error, TARGET};
use assay_model::Graph;
use assay_model::ops::forest::{Bounds, Forest, Votes};
use assay_model::regression::{Model, Reading, Scale, Schema};

/// An ensemble that answers with a number, as a file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// Of one class.
    ensemble: Ensemble,
    /// The names of the features, `f0`, `f1` … where the file has none.
    pub features: Vec<String>,
    /// The name of the target, if the file has one.
    pub target: Option<String>,
}

impl Number {
    /// Trees whose leaves have one number each, all of which are added to `base`.
    pub(crate) fn new(features: Vec<String>, trees: Vec<Vec<super::Node>>, base: Vec<f64>) -> Self {
        let ensemble = Ensemble {
            features: features.len(),
            classes: 1,
            votes: Votes::All,
            trees,
            base,
            second_wins_ties: false,
            unit: None,
        };
        Self { ensemble, features, target: None }
    }

    /// Returns the integer trees, in parts of which `denominator` make a unit.
    pub fn forest(&self, denominator: u32) -> Result<Forest, Error> {
        self.ensemble.clone().in_parts(denominator)
    }

    /// Makes a model of the integer trees that declares `bounds`; without a `target` the file's name or
    /// "target" is taken.
    pub fn into_model(
        self,
        (target, unit): (Option<&str>, &str),
        scale: Scale,
        forest: &Forest,
        bounds: Bounds,
    ) -> Result<Model, Error> {
        let target = target.or(self.target.as_deref()).unwrap_or(TARGET).to_owned();
        let schema =
            Schema::new(self.features, target, unit.to_owned(), scale).map_err(Error::Names)?;
        let graph = Graph::Forest(forest.to_table(bounds)?);
        Model::new(schema, graph, Reading::PLAIN).map_err(Error::Names)
    }
}
