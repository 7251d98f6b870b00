//! The six linear combinations of step columns that the local check reads, and the challenges they
//! depend on.

use super::shape::{Column, LOOKUPS_LOG};
use crate::tuples::Compression;
use assay_engine::field::{EF, F};
use assay_engine::mle;
use assay_engine::relations::Row;
use p3_field::PrimeCharacteristicRing;

/// Number of readings.
pub(super) const COUNT: usize = 6;
/// Number of constraints that are batched.
pub(super) const POWERS: usize = 5;

/// One term of a combination.
pub(super) type Part = (Column, EF, Row);

/// The weights of the four kinds of lookup in the first tree's leaf claim, and the point of the
/// steps within it.
#[derive(Clone, Debug)]
pub(super) struct Lookups {
    /// Weights of D_low, D_high, slot and data lookups.
    pub(super) kinds: [EF; 4],
    /// Coordinates of the step.
    pub(super) point: Vec<EF>,
}

impl Lookups {
    /// Splits a leaf's point: kind, step.
    pub(super) fn new(leaf: &[EF]) -> Self {
        let (kind, step) = leaf.split_at(LOOKUPS_LOG);
        let kinds = std::array::from_fn(|index| mle::eq_index(kind, index));
        Self { kinds, point: step.to_vec() }
    }
}

/// Batching challenges of the local check: the powers of μ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batch([EF; POWERS]);

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
    pub(super) fn root(&self) -> EF {
        self.0[2]
    }
    pub(super) fn next(&self) -> EF {
        self.0[3]
    }
    pub(super) fn lookup(&self) -> EF {
        self.0[4]
    }
}

/// 2^16, the weight of a borrow.
pub(super) fn borrow() -> F {
    F::from_u32(1 << 16)
}

/// The six combinations, in the order in which their readings are sent:
///
/// 0. S; 1. C; 2. e0·(TL − XL) + e1·(TH − XH); 3. NODE; 4. NODE' − LEFT − S; 5. the linear part of
///    the lookups' leaves.
pub(super) fn parts(compression: &Compression, lookups: &Lookups) -> [Vec<Part>; COUNT] {
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
        vec![same(Node, one)],
        vec![(Node, one, Row::Next), same(Left, -one), same(Sign, -one)],
        vec![
            same(Node, -(slot * b1)),
            same(Feature, -((slot + data) * b2)),
            same(ThresholdLow, -(slot * b3)),
            same(ValueLow, -(data * b3)),
            same(ThresholdHigh, -(slot * b4)),
            same(ValueHigh, -(data * b4)),
            same(Left, -(slot * b5)),
            same(Sign, low * b1),
            same(Carry, (high - low * borrow()) * b1),
        ],
    ]
}
