//! LightGBM's boosted trees, in: the text of `save_model`, and the JSON of `dump_model`.
//!
//! - A value goes left if it is at most the threshold, a 64-bit float, which is rounded down to 32 bits.
//! - Tree t votes for class t mod classes; of two classes, for the second. What sums begin with is in
//!   the leaves of the first trees already.
//!
//! A regressor by squared error answers with the sum itself; other objectives are refused.
//!
//! Votes are added in 64-bit floats there and in integers here: an answer can differ only where two
//! classes are all but tied. Default directions are for missing values, which no row of ours has;
//! trees that take zeros for missing values are refused.

mod dump;
mod text;

use crate::forest::{Ensemble, Error, Found, Imported, Node, Number, numbered};
use crate::model::tree;
use assay_model::CLASSES_MAX;
use assay_model::ops::forest::Votes;

/// What a file says beside its trees.
struct Header {
    features: Vec<String>,
    objective: String,
    /// 1 for two classes.
    classes: usize,
    trees_per_round: usize,
}

/// Reads a classifier or a regressor.
pub(crate) fn read(bytes: &[u8]) -> Result<Found, Error> {
    let is_json = bytes.first() == Some(&b'{');
    let (header, trees) = if is_json { dump::read(bytes)? } else { text::read(bytes)? };
    let (classes, votes) = header.votes()?;
    let features = header.features;
    if classes == 1 {
        return Ok(Found::Number(Number::new(features, trees, Vec::new())));
    }
    let ensemble = Ensemble {
        features: features.len(),
        classes,
        votes,
        trees,
        base: Vec::new(),
        second_wins_ties: false,
        unit: None,
    };
    let (forest, scale) = ensemble.quantise()?;
    let classes = numbered(classes);
    Ok(Found::Class(Imported { forest, scale, features, target: None, classes }))
}

impl Header {
    /// The number of classes, and how trees vote for them; one class answers with a number.
    fn votes(&self) -> Result<(usize, Votes), Error> {
        let name = self.objective.split(' ').next().unwrap_or_default();
        let unsupported =
            |place: &str, got: String| Err(Error::Unsupported { place: place.into(), got });
        let votes = match name {
            "binary" if self.classes == 1 => (2, Votes::Second),
            "multiclass" if (2..=CLASSES_MAX).contains(&self.classes) => {
                (self.classes, Votes::Turns)
            }
            // With parameters, as in "regression sqrt", it answers with a function of the sum.
            "regression" if self.classes == 1 && self.objective == name => (1, Votes::All),
            "regression" => {
                return unsupported("objective", self.objective.chars().take(80).collect());
            }
            "binary" | "multiclass" => {
                return unsupported("num_class", self.classes.to_string());
            }
            _ => return unsupported("objective", name.chars().take(80).collect()),
        };
        if self.trees_per_round != self.classes {
            return unsupported("num_tree_per_iteration", self.trees_per_round.to_string());
        }
        Ok(votes)
    }
}

/// A split, whatever the file writes it as. `left` and `right` are places among nodes.
fn split(
    (tree, index): (usize, usize),
    feature: i64,
    threshold: f64,
    [left, right]: [usize; 2],
) -> Result<Node, Error> {
    let threshold =
        tree::threshold(index, threshold).map_err(|source| Error::Tree { tree, source })?;
    // A feature out of range is none of the tree's, whatever its number.
    let feature = u16::try_from(feature).unwrap_or(u16::MAX);
    Ok(Node::Split { feature, threshold, left, right })
}
