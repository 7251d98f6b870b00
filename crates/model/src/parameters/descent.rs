//! How weights follow the slope of a loss.

use super::Ratio;
use assay_codec::{Decode, Encode, Error, Reader};
use std::fmt;

/// Most passes over the rows.
pub const EPOCHS_MAX: u16 = 10_000;
/// Most rows of a batch.
pub const BATCH_MAX: u16 = 1024;

/// How the learning rate goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// It stays as it is.
    Constant,
    /// It falls by equal steps from pass to pass, and would be 0 in the pass behind the last.
    Linear,
}

/// What is made small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Cross-entropy of the softmax of the scores: logistic regression, networks.
    CrossEntropy,
    /// One against the rest, each by `max(0, 1 - t·score)` with `t` 1 or -1: support vector machines.
    Hinge,
}

/// Gradient descent in small batches, with momentum. Any values may be written down; those that are
/// part of [`LinearParameters`](super::LinearParameters) or [`NetworkParameters`] are in range.
///
/// Ratios are taken down to a multiple of `2^-32`.
///
/// [`NetworkParameters`]: super::NetworkParameters
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descent {
    /// Passes over the rows, in 1..=[`EPOCHS_MAX`].
    pub epochs: u16,
    /// Rows of a batch, in 1..=[`BATCH_MAX`]; the last one of a pass may have fewer.
    pub batch: u16,
    /// How far weights go along the slope, above 0 and at most 1.
    pub learning_rate: Ratio,
    /// How the rate goes on.
    pub schedule: Schedule,
    /// How much of the last step is made again, below 1.
    pub momentum: Ratio,
    /// How much of a weight is added to its slope, at most 1. Biases have none.
    pub weight_decay: Ratio,
    /// First weights, and the order of rows.
    pub seed: u64,
}

impl Descent {
    pub(super) fn validate(&self) -> Result<(), &'static str> {
        if !(1..=EPOCHS_MAX).contains(&self.epochs) {
            return Err("epochs lie between 1 and 10000");
        }
        if !(1..=BATCH_MAX).contains(&self.batch) {
            return Err("a batch has between 1 and 1024 rows");
        }
        let is_at_most_one = |ratio: Ratio| ratio.num() <= ratio.den();
        if self.learning_rate == Ratio::ZERO || !is_at_most_one(self.learning_rate) {
            return Err("a learning rate is above 0 and at most 1");
        }
        if self.momentum.den() <= self.momentum.num() {
            return Err("momentum is below 1");
        }
        if is_at_most_one(self.weight_decay) { Ok(()) } else { Err("weight decay is at most 1") }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CrossEntropy => "cross-entropy",
            Self::Hinge => "hinge",
        })
    }
}

impl fmt::Display for Descent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let falls = match self.schedule {
            Schedule::Constant => "constant",
            Schedule::Linear => "falling",
        };
        write!(
            f,
            "epochs {}, batch {}, learning_rate {}",
            self.epochs, self.batch, self.learning_rate
        )?;
        write!(f, " ({falls}), momentum {}, weight_decay {}", self.momentum, self.weight_decay)?;
        write!(f, ", seed {}", self.seed)
    }
}

impl Encode for Schedule {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Constant => 0,
            Self::Linear => 1,
        });
    }
}

impl Decode for Schedule {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Constant),
            1 => Ok(Self::Linear),
            got => Err(Error::Tag { what: "schedule", got }),
        }
    }
}

impl Encode for Loss {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::CrossEntropy => 0,
            Self::Hinge => 1,
        });
    }
}

impl Decode for Loss {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::CrossEntropy),
            1 => Ok(Self::Hinge),
            got => Err(Error::Tag { what: "loss", got }),
        }
    }
}

assay_codec::record!(Descent {
    epochs,
    batch,
    learning_rate,
    schedule,
    momentum,
    weight_decay,
    seed,
});
