//! Trees that vote with floats, and the integers that they become.

use super::{Error, NODES_MAX, SUM_MAX};
use assay_model::Ordered;
use assay_model::ops::forest::{self, Fault, Forest, TREES_MAX, Votes};

/// A node of a tree that votes with floats; the root is node 0.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// `row[feature] <= threshold` goes left.
    Split { feature: u16, threshold: Ordered, left: usize, right: usize },
    /// One value, or one per class.
    Leaf(Leaf),
}

/// What a leaf votes.
pub(crate) type Leaf = Vec<f64>;

/// A tree that says the same to every row.
pub(crate) fn stump(votes: Leaf) -> Vec<Node> {
    vec![Node::Leaf(votes)]
}

/// Trees in turns for the classes, from those of each class; one that has fewer gets stumps.
pub(crate) fn turns(by_class: Vec<Vec<Vec<Node>>>) -> Result<Vec<Vec<Node>>, Fault> {
    let rounds = by_class.iter().map(Vec::len).max().unwrap_or(0);
    // Stumps are bounded before they are made.
    let got = rounds.saturating_mul(by_class.len());
    if TREES_MAX < got {
        return Err(Fault::Trees { got });
    }
    let mut trees = Vec::with_capacity(got);
    let mut by_class: Vec<_> = by_class.into_iter().map(Vec::into_iter).collect();
    for _ in 0..rounds {
        for class in &mut by_class {
            trees.push(class.next().unwrap_or_else(|| stump(vec![0.0])));
        }
    }
    Ok(trees)
}

/// An ensemble as its file has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ensemble {
    pub(crate) features: usize,
    pub(crate) classes: usize,
    pub(crate) votes: Votes,
    /// Of [`Votes::Turns`], tree t votes for class t mod classes.
    pub(crate) trees: Vec<Vec<Node>>,
    /// What is added to the sums: one number per class, or one for the second class.
    pub(crate) base: Vec<f64>,
    /// Whether the second of two classes wins a tie.
    pub(crate) second_wins_ties: bool,
    /// What the scale must be a multiple of, if the sums leave room.
    pub(crate) unit: Option<f64>,
}

impl Ensemble {
    /// Returns the forest, and by what its votes were multiplied.
    pub(crate) fn quantise(mut self) -> Result<(Forest, f64), Error> {
        self.begin()?;
        let scale = self.scale(self.greatest()?)?;
        Ok((self.rounded(scale)?, scale))
    }

    /// Returns the forest whose votes were multiplied by `parts`, if they are not too great for that.
    pub(crate) fn in_parts(mut self, parts: u32) -> Result<Forest, Error> {
        self.begin()?;
        let greatest = self.greatest()?;
        if self.room() < greatest * f64::from(parts) {
            return Err(Error::TooGreat { got: greatest });
        }
        self.rounded(parts.into())
    }

    /// Refuses what is too large, and adds the base.
    fn begin(&mut self) -> Result<(), Error> {
        if self.trees.iter().map(Vec::len).sum::<usize>() > NODES_MAX {
            return Err(Error::TooLarge);
        }
        self.add_base();
        Ok(())
    }

    /// The votes times `scale`, of which no sum is greater than [`SUM_MAX`].
    fn rounded(self, scale: f64) -> Result<Forest, Error> {
        let mut trees: Vec<forest::Tree> = Vec::with_capacity(self.trees.len());
        for tree in self.trees {
            let node = |node| match node {
                Node::Split { feature, threshold, left, right } => {
                    forest::Node::Split { feature, threshold, left, right }
                }
                Node::Leaf(votes) => {
                    // At most SUM_MAX in absolute value: no vote is cut off.
                    let vote = |vote: f64| (vote * scale).round() as i32;
                    forest::Node::Leaf { values: votes.into_iter().map(vote).collect() }
                }
            };
            trees.push(tree.into_iter().map(node).collect());
        }
        if self.second_wins_ties {
            for node in trees.first_mut().into_iter().flatten() {
                if let forest::Node::Leaf { values } = node {
                    values.iter_mut().for_each(|vote| *vote += 1);
                }
            }
        }
        Ok(Forest::new(self.features, self.classes, self.votes, trees)?)
    }

    /// Adds the base to the leaves of one tree per number of it.
    fn add_base(&mut self) {
        let is_turns = self.votes == Votes::Turns;
        if is_turns {
            // As many trees as it takes to hold the base of every class.
            while self.trees.len() < self.classes {
                self.trees.push(stump(vec![0.0]));
            }
        }
        for (index, &base) in self.base.iter().enumerate() {
            let (tree, value) = if is_turns { (index, 0) } else { (0, index) };
            for node in self.trees.get_mut(tree).into_iter().flatten() {
                if let Node::Leaf(votes) = node
                    && let Some(vote) = votes.get_mut(value)
                {
                    *vote += base;
                }
            }
        }
    }

    /// The greatest sum of votes for a class, in absolute value.
    fn greatest(&self) -> Result<f64, Error> {
        let mut sums = vec![0.0; self.classes];
        for (tree, nodes) in self.trees.iter().enumerate() {
            let mut greatest = vec![0.0_f64; self.classes];
            for node in nodes {
                let Node::Leaf(votes) = node else { continue };
                for (index, &got) in votes.iter().enumerate() {
                    if !got.is_finite() {
                        return Err(Error::NotFinite { tree, got });
                    }
                    let class = match self.votes {
                        Votes::All => index,
                        Votes::Turns => tree % self.classes,
                        Votes::Second => 1,
                    };
                    if let Some(greatest) = greatest.get_mut(class) {
                        *greatest = greatest.max(got.abs());
                    }
                }
            }
            sums.iter_mut().zip(greatest).for_each(|(sum, greatest)| *sum += greatest);
        }
        Ok(sums.into_iter().fold(0.0, f64::max))
    }

    /// How great a sum may be before it is rounded.
    fn room(&self) -> f64 {
        // Rounding adds at most half a unit per tree, the rule of ties one.
        f64::from(SUM_MAX) - self.trees.len() as f64 - 1.0
    }

    fn scale(&self, greatest: f64) -> Result<f64, Error> {
        let room = self.room();
        if greatest == 0.0 {
            return Ok(1.0);
        }
        let most = room / greatest;
        if !most.is_normal() {
            return Err(Error::TooGreat { got: greatest });
        }
        Ok(match self.unit {
            Some(unit) if unit <= most => (most / unit).floor() * unit,
            // A power of two is exact: only the rounding to integers changes a vote.
            _ => most.log2().floor().exp2(),
        })
    }
}
