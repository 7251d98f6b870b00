//! Batching relations, and what the batch weighs at a point.

use super::weights::Weights;
use super::{PointId, Reading, Relations, Row};
use crate::cells::{Block, Layout};
use crate::field::EF;
use crate::mle;
use crate::pads::{LIMBS, limbs};
use p3_field::PrimeCharacteristicRing;
use std::collections::BTreeMap;

/// Σ_x W(x)·f(x) = `total`, where W is the sum of the readings and of the pads' weights.
#[derive(Clone, Debug)]
pub struct Functional {
    pub(super) points: Vec<Weights>,
    pub(super) readings: Vec<Reading>,
    /// Weight of each pad, by its address.
    pub(super) pads: BTreeMap<usize, EF>,
    pub(crate) total: EF,
}

impl Relations {
    /// Combines the relations by powers of `gamma`.
    pub fn batch(self, gamma: EF) -> Functional {
        let mut readings: BTreeMap<(PointId, Row, Block), EF> = BTreeMap::new();
        let mut pads: BTreeMap<usize, EF> = BTreeMap::new();
        let mut total = EF::ZERO;
        let mut weight = EF::ONE;
        for relation in self.relations {
            for r in relation.readings {
                *readings.entry((r.point, r.row, r.block)).or_default() += weight * r.coeff;
            }
            for (address, k) in relation.rest.terms {
                *pads.entry(address).or_default() += weight * k;
            }
            total -= weight * relation.rest.constant;
            weight *= gamma;
        }
        let readings = readings
            .into_iter()
            .map(|((point, row, block), coeff)| Reading { coeff, block, point, row })
            .collect();
        Functional { points: self.points, readings, pads, total }
    }
}

impl Functional {
    /// Returns W(r), which a verifier needs at the end of the last sum-check.
    pub(crate) fn evaluate(&self, layout: &Layout, r: &[EF]) -> EF {
        self.readings(r) + self.pads(layout, r)
    }

    fn readings(&self, r: &[EF]) -> EF {
        let mut sum = EF::ZERO;
        // Readings come sorted by point and shift; the kernel on the low coordinates is shared.
        let mut shared: Option<((PointId, Row, usize), EF)> = None;
        for reading in &self.readings {
            let Some(point) = self.points.get(reading.point.0) else { continue };
            let log = reading.block.log;
            let Some((high, low)) = r.split_at_checked(r.len().saturating_sub(log)) else {
                continue;
            };
            let key = (reading.point, reading.row, log);
            let kernel = match shared {
                Some((known, kernel)) if known == key => kernel,
                _ => point.kernel(reading.row, low),
            };
            shared = Some((key, kernel));
            let place = mle::eq_index(high, reading.block.at >> log);
            sum += reading.coeff * kernel * place;
        }
        sum
    }

    fn pads(&self, layout: &Layout, r: &[EF]) -> EF {
        let region = layout.region().block();
        let limbs_log = LIMBS.ilog2() as usize;
        let (high, low) = r.split_at(r.len() - region.log);
        let (slot, limb) = low.split_at(low.len() - limbs_log);
        let slots = mle::eq_table(slot);
        let limb: EF = mle::eq_table(limb).into_iter().zip(limbs()).map(|(a, b)| a * b).sum();
        let sum: EF = self
            .pads
            .iter()
            .map(|(&address, &k)| k * slots[(address - region.at) >> limbs_log])
            .sum();
        sum * limb * mle::eq_index(high, region.at >> region.log)
    }
}
