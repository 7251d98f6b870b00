//! The eight linear combinations of step columns that the local check reads, and the challenges
//! they depend on.

use super::shape::{Column, LOOKUPS_LOG, Shape};
pub(super) use crate::tuples::{Compression, Tag};
use assay_engine::field::{EF, F};
use assay_engine::mle;
use assay_engine::relations::Row;
use p3_field::PrimeCharacteristicRing;

/// Number of readings.
pub(super) const COUNT: usize = 8;
/// Number of constraints that μ batches.
pub(super) const CONSTRAINTS: usize = 11;

/// One term of a combination.
pub(super) type Part = (Column, EF, Row);

/// The weights of the four kinds of lookup in the big tree's leaf claim, and the point of the steps
/// within it.
#[derive(Clone, Debug)]
pub(super) struct Lookups {
    /// Weights of D_low, D_high, slot and data lookups.
    pub(super) kinds: [EF; 4],
    /// Weight of leaves that are padding.
    pub(super) padding: EF,
    /// Coordinates of the step.
    pub(super) point: Vec<EF>,
}

impl Lookups {
    /// Splits a leaf's point: half, padding, kind, step.
    pub(super) fn new(shape: &Shape, leaf: &[EF]) -> Self {
        let (half, rest) = leaf.split_at(1);
        let (high, rest) = rest.split_at(shape.big_half_log() - shape.steps_log() - LOOKUPS_LOG);
        let (kind, step) = rest.split_at(LOOKUPS_LOG);
        let first = EF::ONE - half.iter().copied().sum::<EF>();
        let used = first * mle::eq_index(high, 0);
        let kinds = std::array::from_fn(|index| used * mle::eq_index(kind, index));
        Self { kinds, padding: first - used, point: step.to_vec() }
    }
}

/// Batching challenges of the local check: the powers of μ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batch(pub(super) [EF; CONSTRAINTS]);

impl Batch {
    pub(super) fn new(mu: EF) -> Self {
        let mut power = EF::ONE;
        Self(std::array::from_fn(|_| {
            let this = power;
            power *= mu;
            this
        }))
    }

    pub(super) fn carry_bit(&self) -> EF {
        self.0[1]
    }
    pub(super) fn right_label(&self) -> EF {
        self.0[2]
    }
    pub(super) fn label(&self) -> EF {
        self.0[3]
    }
    pub(super) fn value_mark(&self) -> EF {
        self.0[4]
    }
    pub(super) fn leaf_mark(&self) -> EF {
        self.0[5]
    }
    pub(super) fn transition(&self) -> EF {
        self.0[6]
    }
    pub(super) fn root(&self) -> EF {
        self.0[7]
    }
    pub(super) fn count(&self) -> EF {
        self.0[8]
    }
    pub(super) fn lookup(&self) -> EF {
        self.0[9]
    }
    pub(super) fn answer_sign(&self) -> EF {
        self.0[10]
    }
}

/// What the last steps hold beside the slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    /// Whether XL is a label that everybody has.
    pub(super) has_labels: bool,
    /// Number of classes, if XL is an answer: XH − XL and S are fixed then.
    pub(super) answers: Option<usize>,
}

impl Ends {
    /// What XH is, or XH − XL.
    pub(super) fn mark(&self) -> F {
        match self.answers {
            Some(classes) => borrow() - F::from_usize(classes),
            None => F::from_u16(u16::MAX),
        }
    }

    /// The combination of columns that is public in last steps.
    fn parts(&self, batch: &Batch) -> Vec<Part> {
        let same = |column, coeff: EF| (column, coeff, Row::Same);
        let label = if self.has_labels { batch.label() } else { EF::ZERO };
        let mut parts = vec![
            same(Column::ValueHigh, batch.value_mark()),
            same(Column::ThresholdHigh, batch.leaf_mark()),
        ];
        if self.answers.is_some() {
            parts.push(same(Column::ValueLow, label - batch.value_mark()));
            parts.push(same(Column::Sign, batch.answer_sign()));
        } else {
            parts.push(same(Column::ValueLow, label));
        }
        parts
    }
}

/// 2^16, the weight of a borrow.
pub(super) fn borrow() -> F {
    F::from_u32(1 << 16)
}

/// The eight combinations, in the order in which their readings are sent:
///
/// 0. S; 1. C; 2. e0·(TL − XL) + e1·(TH − XH); 3. TL − XL; 4. NODE;
/// 5. NODE' − LEFT − S; 6. the public of a last step ([`Ends`]); 7. the linear part of the lookups' leaves.
pub(super) fn parts(
    compression: &Compression,
    lookups: &Lookups,
    batch: &Batch,
    ends: &Ends,
) -> [Vec<Part>; COUNT] {
    use Column::{
        Carry, Feature, Left, Node, Sign, ThresholdHigh, ThresholdLow, ValueHigh, ValueLow,
    };
    let same = |column, coeff: EF| (column, coeff, Row::Same);
    let one = EF::ONE;
    let [low, high, slot, data] = lookups.kinds;
    let [_, b1, b2, b3, b4, b5] = compression.beta;
    [
        vec![same(Sign, one)],
        vec![same(Carry, one)],
        vec![
            same(ThresholdLow, low),
            same(ValueLow, -low),
            same(ThresholdHigh, high),
            same(ValueHigh, -high),
        ],
        vec![same(ThresholdLow, one), same(ValueLow, -one)],
        vec![same(Node, one)],
        vec![(Node, one, Row::Next), same(Left, -one), same(Sign, -one)],
        ends.parts(batch),
        vec![
            same(Node, -(slot * b1)),
            same(Feature, -((slot + data) * b2)),
            same(ThresholdLow, -(slot * b3)),
            same(ValueLow, -(data * b3)),
            same(ThresholdHigh, -(slot * b4)),
            same(ValueHigh, -(data * b4)),
            same(Left, -(slot * b5)),
        ],
    ]
}
