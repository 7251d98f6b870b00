//! Everything that an execution computes.

use std::fmt;

/// The tensors of one execution, in the order of [`Shape`](super::Shape).
#[derive(Clone, PartialEq, Eq)]
pub struct Trace {
    /// Tensor 0.
    pub input: Vec<i16>,
    /// What each node computed.
    pub steps: Vec<Step>,
}

/// What a node computed.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// Of a unit.
    Unit {
        /// `⌊acc / 2^shift⌋`.
        quotients: Vec<i16>,
        /// `acc mod 2^shift`.
        remainders: Vec<u32>,
        /// `map(quotient)`.
        values: Vec<i16>,
    },
    /// Of a maximum.
    Max {
        /// The maxima.
        values: Vec<i16>,
    },
}

impl Step {
    /// The tensor that it made.
    pub fn values(&self) -> &[i16] {
        match self {
            Self::Unit { values, .. } | Self::Max { values } => values,
        }
    }
}

impl Trace {
    /// Tensor `index`: 0 is the input, `i + 1` what node `i` made.
    ///
    /// # Panics
    ///
    /// If there is no such tensor.
    pub fn tensor(&self, index: usize) -> &[i16] {
        match index.checked_sub(1) {
            None => &self.input,
            Some(node) => self.steps[node].values(),
        }
    }

    /// The numbers of the last tensor, one for each class.
    pub fn scores(&self) -> &[i16] {
        self.tensor(self.steps.len())
    }

    /// The lowest class with the greatest score.
    pub fn class(&self) -> u16 {
        let mut best = (0, i16::MIN);
        for (class, &score) in (0..).zip(self.scores()) {
            if best.1 < score {
                best = (class, score);
            }
        }
        best.0
    }
}

impl Trace {
    /// How many classes answer as well as `class` or better, itself among them: 1 for the answer. Of
    /// equal scores the lower class is the better one. `None` if there is no such class.
    pub fn rank(&self, class: u16) -> Option<usize> {
        let &own = self.scores().get(usize::from(class))?;
        let is_ahead =
            |&(other, &score): &(u16, &i16)| own < score || own == score && other <= class;
        Some((0..).zip(self.scores()).filter(is_ahead).count())
    }
}

impl fmt::Debug for Trace {
    /// Writes sizes only: rows may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trace of {} steps", self.steps.len())
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step of {} cells", self.values().len())
    }
}
