//! Many trees, whose leaves vote.
//!
//! - *Of two classes* a lone score is the second one's: above 1/2 as it is, above 0 if it is
//!   transformed. onnxruntime looks at the signs of the weights instead of the transformation; where
//!   the two disagree, or where both classes have scores, the file is refused.
//! - *Of more*, the greatest sum wins, the lowest class on a tie. Classes without a score cannot win
//!   in one runtime and have the score 0 in another; so every class must have one, or be unable to win.
//!
//! Sums are 32-bit floats there and integers here: an answer can differ only where two classes are
//! tied up to rounding.

use super::ReadError;
use super::attributes::Transform;
use super::nodes::{Nodes, Split, Weights};
use super::single::is_same;
use crate::forest::{Ensemble, Node, turns};
use crate::model::tree;
use assay_model::ops::forest::{TREES_MAX, VALUES_LOG_MAX, Votes};

/// Most votes of all leaves together, where a leaf votes for all classes.
const VALUES_MAX: usize = 1 << VALUES_LOG_MAX;

/// The trees of an ensemble of so many features and classes, with what is added to their sums.
pub(super) fn ensemble(
    nodes: &Nodes<'_>,
    weights: &Weights,
    (base, transform): (Vec<f64>, Transform),
    (features, classes): (usize, usize),
) -> Result<Ensemble, ReadError> {
    for (index, weights) in weights.iter().enumerate() {
        if let Some(&(_, got)) = weights.iter().find(|(_, weight)| !weight.is_finite()) {
            return Err(tree::Error::Weight { index, got }.into());
        }
        if nodes.is_leaf(index) && weights.is_empty() {
            return Err(tree::Error::Weightless { index }.into());
        }
    }
    let voting = Voting { nodes, weights, classes };
    let (votes, trees, base) = if classes == 2 {
        (Votes::Second, voting.second()?, voting.second_base(&base, transform)?)
    } else {
        if transform == Transform::Logistic {
            return Err(transform.unfit());
        }
        if !base.is_empty() && base.len() != classes {
            return Err(ReadError::BaseValues { expected: classes, got: base.len() });
        }
        if base.is_empty() {
            voting.all_scored()?;
        }
        let (votes, trees) = voting.many()?;
        (votes, trees, base)
    };
    let (second_wins_ties, unit) = (false, None);
    Ok(Ensemble { features, classes, votes, trees, base, second_wins_ties, unit })
}

struct Voting<'a> {
    nodes: &'a Nodes<'a>,
    weights: &'a Weights,
    classes: usize,
}

impl Voting<'_> {
    /// The trees, with leaves that vote as `vote` says.
    fn trees(&self, vote: impl Fn(usize) -> Vec<f64>) -> Result<Vec<Vec<Node>>, ReadError> {
        let node = |index: usize, start: usize| match self.nodes.split(index, start)? {
            None => Ok(Node::Leaf(vote(index))),
            Some(Split { feature, threshold, left, right }) => {
                Ok(Node::Split { feature, threshold, left, right })
            }
        };
        let mut trees = Vec::with_capacity(self.nodes.trees());
        for range in self.nodes.ranges() {
            let nodes = range.clone().map(|index| node(index, range.start));
            trees.push(nodes.collect::<Result<Vec<_>, ReadError>>()?);
        }
        Ok(trees)
    }

    /// The lone score of each leaf.
    fn lone(&self, index: usize) -> Vec<f64> {
        self.weights[index].iter().map(|&(_, weight)| weight).collect()
    }

    /// Trees that vote for the second of two classes.
    fn second(&self) -> Result<Vec<Vec<Node>>, ReadError> {
        let mut classes = self.weights.iter().flatten().map(|&(class, _)| class);
        // The specification's lone score stands at the first class, and means the second.
        if classes.any(|class| class != 0) {
            return Err(ReadError::TwoScores);
        }
        self.trees(|index| self.lone(index))
    }

    /// What is added to the lone score, so that the second class wins above 0.
    fn second_base(&self, base: &[f64], transform: Transform) -> Result<Vec<f64>, ReadError> {
        if 1 < base.len() {
            return Err(ReadError::BaseValues { expected: 1, got: base.len() });
        }
        let base = base.first().copied().unwrap_or(0.0);
        let has_negative = self.weights.iter().flatten().any(|&(_, weight)| weight < 0.0);
        match (transform, has_negative) {
            (Transform::None, false) => Ok(vec![base - 0.5]),
            (Transform::Logistic | Transform::Softmax, true) => Ok(vec![base]),
            _ => Err(ReadError::AmbiguousScores { transform: transform.name() }),
        }
    }

    /// Refuses files in which a class may be without a score and yet be the greatest or tied.
    fn all_scored(&self) -> Result<(), ReadError> {
        let leaves = |range: &std::ops::Range<usize>| {
            range.clone().filter(|&index| self.nodes.is_leaf(index)).collect::<Vec<_>>()
        };
        let mut is_scored = vec![false; self.classes];
        let mut is_above_zero = false;
        for range in self.nodes.ranges() {
            // Classes that every leaf of the tree has a weight for.
            let mut counts = vec![0_usize; self.classes];
            let leaves = leaves(range);
            for &(class, _) in leaves.iter().flat_map(|&leaf| &self.weights[leaf]) {
                counts[usize::from(class)] += 1;
            }
            for (is_scored, count) in is_scored.iter_mut().zip(counts) {
                *is_scored |= count == leaves.len();
            }
            is_above_zero |=
                leaves.iter().all(|&leaf| self.weights[leaf].iter().any(|weight| 0.0 < weight.1));
        }
        let has_negative = self.weights.iter().flatten().any(|&(_, weight)| weight < 0.0);
        match is_scored.iter().position(|&is_scored| !is_scored) {
            Some(class) if has_negative || !is_above_zero => {
                Err(ReadError::UnscoredClass { class })
            }
            _ => Ok(()),
        }
    }

    /// Trees that vote for one class each, or for all.
    fn many(&self) -> Result<(Votes, Vec<Vec<Node>>), ReadError> {
        let of_tree = |range: &std::ops::Range<usize>| {
            let leaves = || range.clone().flat_map(|index| &self.weights[index]);
            let is_one = is_same(leaves().map(|&(class, _)| class));
            leaves().next().filter(|_| is_one).map(|&(class, _)| usize::from(class))
        };
        let groups: Option<Vec<usize>> = self.nodes.ranges().iter().map(of_tree).collect();
        if let Some(groups) = groups {
            let mut by_class = vec![Vec::new(); self.classes];
            for (class, tree) in groups.into_iter().zip(self.trees(|index| self.lone(index))?) {
                by_class[class].push(tree);
            }
            let many = |_| ReadError::TooMany { what: "trees", limit: TREES_MAX };
            return Ok((Votes::Turns, turns(by_class).map_err(many)?));
        }
        let leaves = (0..self.weights.len()).filter(|&index| self.nodes.is_leaf(index)).count();
        if VALUES_MAX < leaves.saturating_mul(self.classes) {
            return Err(ReadError::TooMany { what: "votes of leaves", limit: VALUES_MAX });
        }
        let trees = self.trees(|index| {
            let mut votes = vec![0.0; self.classes];
            for &(class, weight) in &self.weights[index] {
                votes[usize::from(class)] = weight;
            }
            votes
        })?;
        Ok((Votes::All, trees))
    }
}
