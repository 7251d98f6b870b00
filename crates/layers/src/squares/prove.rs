//! The prover's half.

use super::{Squares, signed_powers};
use assay_engine::channel::Prover;
use assay_engine::field::{EF, F};
use assay_engine::{inner, mle};
use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;

impl Squares {
    /// Sends the messages.
    pub fn prove(&self, prover: &mut Prover<'_>) {
        // The point at which the verifier compares errors; nothing is sent.
        prover.challenges(self.shape.rows_log());
        let gamma = prover.challenge();
        let errors = self.polynomials(gamma, prover.cells());
        prover.hide(errors.iter().map(|&error| error * error).sum());
        inner::prove(prover, errors.clone(), errors);

        let tau = prover.challenges(self.shape.block_log());
        let bits = &prover.cells()[self.bits.range()];
        let marked = mle::eq_table(&tau).into_iter().zip(bits).map(|(eq, &bit)| eq * bit).collect();
        let less_one = bits.iter().map(|&bit| EF::from(bit) - EF::ONE).collect();
        inner::prove(prover, marked, less_one);
    }

    /// The errors' polynomials, evaluated.
    fn polynomials(&self, gamma: EF, cells: &[F]) -> Vec<EF> {
        let powers = signed_powers(gamma, self.shape.error_bits());
        let columns: Vec<(EF, &[F])> = powers
            .into_iter()
            .enumerate()
            .map(|(j, power)| (power, &cells[self.shape.column(self.bits, j).range()]))
            .collect();
        let at = |row| columns.iter().map(|&(power, column)| power * column[row]).sum();
        (0..1 << self.shape.rows_log()).into_par_iter().map(at).collect()
    }
}
