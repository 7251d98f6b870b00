//! Tuples that are looked up, and how they are compressed to one number.

use assay_engine::field::EF;
use p3_field::PrimeCharacteristicRing;

/// Tags of the tables that lookups go to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tag {
    /// Numbers below 2^16.
    Limb = 1,
    /// The slots.
    Slot = 2,
    /// The rows.
    Data = 3,
    /// Cells that may not be looked up.
    Nothing = 4,
    /// The leaves of a forest and their votes.
    Leaf = 5,
    /// Differences of two classes, and whether there is none.
    Equal = 6,
    /// Upper halves of differences, and whether these are positive.
    Sign = 7,
    /// Ranks, and whether they are among the best.
    Rank = 8,
}

impl Tag {
    pub(crate) fn value(self) -> EF {
        EF::from_u8(self as u8)
    }
}

/// The challenges that compress tuples: α, and the powers of β.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compression {
    pub(crate) alpha: EF,
    pub(crate) beta: [EF; 6],
}

impl Compression {
    pub(crate) fn new(alpha: EF, beta: EF) -> Self {
        let mut power = EF::ONE;
        let powers = std::array::from_fn(|_| {
            let this = power;
            power *= beta;
            this
        });
        Self { alpha, beta: powers }
    }

    /// The power of β for vote `index` of a leaf: the first behind tag, slot and mark.
    pub(crate) fn vote(&self, index: usize) -> EF {
        let [_, beta, _, cube, ..] = self.beta;
        cube * beta.exp_u64(index.try_into().unwrap_or_default())
    }

    /// α − tag: the denominator of an empty tuple.
    pub(crate) fn base(&self, tag: Tag) -> EF {
        self.alpha - tag.value()
    }
}
