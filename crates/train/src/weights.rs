//! What the rows weigh, in integers.

use crate::Error;
use assay_model::{ClassWeight, Table};

/// Most that the rows of a table may weigh together.
pub(crate) const WEIGHT_MAX: u64 = 1 << 32;

/// What one row of each class weighs, at least 1 wherever there is a row, and all rows together, at
/// most [`WEIGHT_MAX`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Weights {
    pub(crate) of_class: Vec<u64>,
    pub(crate) total: u64,
    /// How many rows each class has.
    pub(crate) counts: Vec<u32>,
}

impl Weights {
    /// Turns what is asked into integers.
    ///
    /// *Balanced* means proportional to `1 / count`. With the least common multiple of the counts as
    /// numerator this is exact; where the rows would then weigh more than [`WEIGHT_MAX`], the weight
    /// is `⌊2^32 / (classes present · count)⌋`, too small by less than `classes · count / 2^32` of
    /// itself.
    pub(crate) fn new(asked: &ClassWeight, table: &Table) -> Result<Self, Error> {
        let mut counts = vec![0_u32; table.schema().classes().len()];
        for &label in table.labels() {
            counts[usize::from(label)] += 1;
        }
        Self::of_counts(asked, counts)
    }

    /// The same by how many rows each class has.
    pub(crate) fn of_counts(asked: &ClassWeight, counts: Vec<u32>) -> Result<Self, Error> {
        let classes = counts.len();
        let of_class = match asked {
            ClassWeight::Equal => vec![1; classes],
            ClassWeight::Balanced => balanced(&counts),
            ClassWeight::Given(given) if given.len() == classes => {
                given.iter().map(|&weight| u64::from(weight)).collect()
            }
            ClassWeight::Given(given) => {
                return Err(Error::Weights { expected: classes, got: given.len() });
            }
        };
        let is_lost =
            of_class.iter().zip(&counts).any(|(&weight, &count)| weight == 0 && count != 0);
        // At most 2^32 times 2^24 rows.
        let total =
            of_class.iter().zip(&counts).map(|(weight, &count)| weight * u64::from(count)).sum();
        if WEIGHT_MAX < total || is_lost {
            return Err(Error::TooHeavy { limit: WEIGHT_MAX });
        }
        Ok(Self { of_class, total, counts })
    }

    /// Whether every row weighs one.
    pub(crate) fn are_equal(&self) -> bool {
        self.of_class.iter().all(|&weight| weight == 1)
    }

    /// The class that weighs most among `counts`, the lowest one on a tie.
    pub(crate) fn heaviest(&self, counts: &[u32]) -> usize {
        let weight = |class: usize| u64::from(counts[class]) * self.of_class[class];
        (0..counts.len()).rev().max_by_key(|&class| weight(class)).unwrap_or(0)
    }
}

fn balanced(counts: &[u32]) -> Vec<u64> {
    let present = counts.iter().filter(|&&count| count != 0).map(|&count| u64::from(count));
    let classes = present.clone().count() as u64;
    let numerator = present
        .clone()
        .try_fold(1, lcm)
        .filter(|multiple| multiple.saturating_mul(classes) <= WEIGHT_MAX)
        .unwrap_or(WEIGHT_MAX / classes.max(1));
    counts.iter().map(|&count| numerator.checked_div(u64::from(count)).unwrap_or(1)).collect()
}

fn lcm(a: u64, b: u64) -> Option<u64> {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x).checked_mul(b).filter(|&multiple| multiple <= WEIGHT_MAX)
}
