//! The prover's half.

use crate::channel::Prover;
use crate::field::EF;
use crate::mle::eq_table;
use crate::packed::fold;
use crate::pads::{Column, value};
use p3_field::PrimeCharacteristicRing;

/// Proves the products of pads.
pub(crate) fn prove(prover: &mut Prover<'_>) {
    let region = prover.region();
    let budget = region.budget();
    let log = region.rows().ilog2() as usize;
    let tau = prover.challenges(log);
    let nu = prover.challenge();

    let used = budget.pairs + budget.cubes;
    let mut weights = eq_table(&tau);
    weights[used..].fill(EF::ZERO);
    let mut cube_weights = weights.clone();
    cube_weights[..budget.pairs].fill(EF::ZERO);
    let column = |column| -> Vec<EF> {
        (0..region.rows()).map(|row| value(prover.cells(), region.product(column, row))).collect()
    };
    let mut tables =
        [column(Column::A), column(Column::B), column(Column::E), weights, cube_weights];

    for _ in 0..log {
        round(&tables, nu).into_iter().for_each(|value| prover.hide(value));
        let r = prover.challenge();
        tables.iter_mut().for_each(|table| fold(table, r));
    }
    tables[..3].iter().for_each(|table| prover.clear(table[0]));
}

/// Returns h(0), h(2), h(3).
fn round(tables: &[Vec<EF>; 5], nu: EF) -> [EF; 3] {
    let half = tables[0].len() / 2;
    let mut sums = [EF::ZERO; 3];
    for i in 0..half {
        for (sum, at) in sums.iter_mut().zip([0_u8, 2, 3]) {
            let at = EF::from_u8(at);
            let [a, b, e, w, c] =
                tables.each_ref().map(|table| table[i] + (table[i + half] - table[i]) * at);
            *sum += w * (a * b - e) + nu * c * (a * a - b);
        }
    }
    sums
}
