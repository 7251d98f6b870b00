//! What every file of an ensemble has in common: trees whose leaves vote with floats, which become
//! integers.
//!
//! Votes are multiplied by one number and rounded. The number is as great as the sums allow
//! ([`SUM_MAX`]), so that an answer changes only where two classes are all but tied: by less than
//! half a unit per tree. Where leaves are fractions of rows it is a multiple of 720,720, so that ties
//! of fractions with denominators up to 16 stay ties.

mod error;
mod json;
mod number;
mod votes;

#[cfg(test)]
mod tests;

pub use error::Error;
pub(crate) use json::Json;
pub use number::Number;
pub(crate) use votes::{Ensemble, Node, turns};

use assay_model::ops::forest::{Bounds, Fault, Forest};
use assay_model::{Model, Ordered, Schema};

/// Greatest sum of votes for a class, in absolute value: two of them are less than 2^29 apart.
pub const SUM_MAX: i32 = (1 << 28) - 1;

/// What a file of an ensemble answers with.
pub(crate) enum Found {
    Class(Imported),
    Number(Number),
}

/// The target's name where the file has none.
const TARGET: &str = "target";

/// A forest as a file has it, with what the file says of names.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The trees.
    pub forest: Forest,
    /// By what the votes of the file were multiplied.
    pub scale: f64,
    /// The names of the features, `f0`, `f1` … where the file has none.
    pub features: Vec<String>,
    /// The name of the target, if the file has one.
    pub target: Option<String>,
    /// The names of the classes.
    pub classes: Vec<String>,
}

impl Imported {
    /// Makes a model that declares `bounds`; without a `target` the file's name or "target" is taken.
    pub fn into_model(self, target: Option<&str>, bounds: Bounds) -> Result<Model, Error> {
        let target = target.or(self.target.as_deref()).unwrap_or(TARGET).to_owned();
        let schema = Schema::new(self.features, target, self.classes).map_err(Error::Names)?;
        Ok(Model::from_forest(schema, &self.forest, bounds)?)
    }
}

/// Returns the greatest code below `threshold`: `x < threshold` is `x <=` it, for every finite float.
pub(crate) fn strictly_below(threshold: Ordered) -> Option<Ordered> {
    let below = threshold.get().checked_sub(1)?;
    // -0.0 is +0.0 and has no code of its own.
    Ordered::new(below).or_else(|| Ordered::new(below.checked_sub(1)?))
}

/// The names of classes that a file knows by number only.
pub(crate) fn numbered(classes: usize) -> Vec<String> {
    (0..classes).map(|class| class.to_string()).collect()
}

/// Most nodes of all trees.
pub(crate) const NODES_MAX: usize = crate::model::tree::NODES_MAX;

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
