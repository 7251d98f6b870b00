//! The prover's half.

use super::super::Forest;
use super::super::readings::borrow;
use assay_engine::channel::Prover;
use assay_engine::field::EF;
use assay_engine::{inner, mle};
use p3_field::PrimeCharacteristicRing;

impl Forest<'_> {
    /// Proves that marks are marks and that no marked class is behind.
    pub(in crate::forest) fn prove_answers(&self, prover: &mut Prover<'_>) {
        // The points at which the verifier compares sums; nothing is sent.
        prover.challenges(self.shape.classes_log());
        prover.challenges(self.shape.rows_log());
        let tau = prover.challenges(self.shape.answers_log());
        let mu = prover.challenge();
        let cells = prover.cells();
        let is = &cells[self.columns.is.range()];
        let [low, high] = self.columns.behind.map(|block| &cells[block.range()]);
        let marked = mle::eq_table(&tau).into_iter().zip(is).map(|(eq, &is)| eq * is).collect();
        let rest = |((&is, &low), &high)| EF::from(is) - EF::ONE + mu * (high * borrow() + low);
        let rest = is.iter().zip(low).zip(high).map(rest).collect();
        inner::prove(prover, marked, rest);
    }
}
