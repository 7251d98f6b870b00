//! The verifier's half.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Squares, signed_powers};
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::EF;
use assay_engine::linear::Linear;
use assay_engine::relations::{Axis, PointId, Relation, Relations, Row, Stride};
use assay_engine::{inner, mle};
use p3_field::PrimeCharacteristicRing;

impl Squares {
    /// Records what the claim demands of the cells.
    pub fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        self.errors(verifier, relations);
        self.sum(verifier, relations)?;
        self.are_bits(verifier, relations)
    }

    /// The bits are those of the distances between outputs and targets.
    fn errors(&self, verifier: &mut Verifier<'_>, relations: &mut Relations) {
        let rho = verifier.challenges(self.shape.rows_log());
        let id = relations.point(&rho);
        let targets = mle::eq_table(&rho).into_iter().zip(&self.targets);
        let targets: EF = targets.map(|(eq, &target)| eq * target).sum();
        let mut relation = Relation::new(Linear::public(targets));
        self.read(&mut relation, EF::TWO, id);
        let real = Row::Every(Stride { first: 0, step: 1, count: self.shape.rows() });
        relation.read_row(-EF::from(self.factor), self.outputs, id, real);
        relations.push(relation);
    }

    /// The squares of the errors' polynomials add up to the digits of the bound, but for slack and
    /// carries.
    fn sum(&self, verifier: &mut Verifier<'_>, relations: &mut Relations) -> Result<(), Rejection> {
        let gamma = verifier.challenge();
        let sum = verifier.recv()?;
        let mut digits = Relation::new(sum.times(-EF::ONE));
        let target = self.shape.target(&self.goal);
        let mut entries = Vec::new();
        let (carry_bits, mut before) = (self.shape.carry_bits(), EF::ZERO);
        let signed = signed_powers(EF::TWO, carry_bits.saturating_add(1));
        for (d, power) in gamma.powers().take(self.shape.digits()).enumerate() {
            let digit = target.checked_shr(d.try_into().unwrap_or(u32::MAX)).unwrap_or_default();
            if digit & 1 == 1 {
                digits.add_public(power);
            }
            let slack = if self.goal.is_missed { power } else { -power };
            entries.push((self.shape.slack(d), slack));
            if d != 0 {
                // It is carried here, and twice it from the digit before.
                let carry = before.double() - power;
                let bits = signed.iter().enumerate();
                entries.extend(bits.map(|(k, &bit)| (self.shape.carry(d, k), carry * bit)));
            }
            before = power;
        }
        let id = relations.sparse(entries);
        digits.read(EF::ONE, self.bits, id);
        relations.push(digits);

        let ends = inner::verify(verifier, relations, sum, self.shape.rows_log())?;
        let id = relations.point(&ends.point);
        for end in [ends.a, ends.b] {
            let mut relation = Relation::new(end.times(-EF::ONE));
            self.read(&mut relation, gamma, id);
            relations.push(relation);
        }
        Ok(())
    }

    /// Every cell is 0 or 1.
    fn are_bits(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        let rounds = self.shape.block_log();
        let tau = verifier.challenges(rounds);
        let ends = inner::verify(verifier, relations, Linear::zero(), rounds)?;
        let weigh =
            |(&tau, &r): (&EF, &EF)| Axis::new(1, vec![(EF::ONE - tau) * (EF::ONE - r), tau * r]);
        let products = relations.tensor(tau.iter().zip(&ends.point).map(weigh).collect());
        let mut bits = Relation::new(ends.a.times(-EF::ONE));
        bits.read(EF::ONE, self.bits, products);
        relations.push(bits);

        let id = relations.point(&ends.point);
        let mut less_one = Relation::new(ends.b.times(-EF::ONE));
        less_one.add_public(-EF::ONE);
        less_one.read(EF::ONE, self.bits, id);
        relations.push(less_one);
        Ok(())
    }

    /// Adds the errors' polynomials in `base`, read at a point of rows.
    fn read(&self, relation: &mut Relation, base: EF, id: PointId) {
        let powers = signed_powers(base, self.shape.error_bits());
        for (j, power) in powers.into_iter().enumerate() {
            relation.read(power, self.shape.column(self.bits, j), id);
        }
    }
}
