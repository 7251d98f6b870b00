//! Every hidden scalar has a pad of its own.

use super::{Toy, cells, challenges, said};
use crate::field::{EF, F};
use crate::pads::{BLIND_SLOTS, Column, LAST_SLOTS, LIMBS, limbs, value};
use crate::session::Circuit;
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing, PrimeField32};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::collections::{BTreeMap, BTreeSet};

/// Finds the pad of each scalar that the circuit and the product check hide, by drawing new pads
/// and looking by how much it moves.
fn pads_found(toy: &Toy) -> Vec<usize> {
    let region = toy.layout().region();
    let challenges = challenges(1);
    let before = cells(toy, 1);
    let mut after = before.clone();
    let mut rng = StdRng::seed_from_u64(2);
    // Linear pads, and the pads of pairs and cubes with products left as they are: the prover does
    // not look, and the circuit's messages must not depend on them.
    let budget = region.budget();
    let linear = (0..region.linear_count()).map(|i| region.linear(i));
    let a = (0..budget.pairs + budget.cubes).map(|row| region.product(Column::A, row));
    let b = (0..budget.pairs).map(|row| region.product(Column::B, row));
    let candidates: Vec<usize> = linear.chain(a).chain(b).collect();
    let circuit = budget.linear + 2 * budget.pairs + budget.cubes;
    let count = region.linear_count() - budget.linear + circuit;

    let mut found = vec![None; count];
    // First all but the product rows, which the product check's messages speak of.
    for rows in [false, true] {
        let mut moved = BTreeMap::new();
        for &at in &candidates {
            if (at < region.linear(0)) != rows {
                continue;
            }
            for cell in &mut after[at..at + LIMBS] {
                *cell = rng.random();
            }
            let by = value(&after, at) - value(&before, at);
            assert!(moved.insert(key(by), at).is_none(), "two pads move alike");
        }
        let [old, new] = [&before, &after].map(|cells| said(toy, cells, &challenges).messages);
        let upto = if rows { circuit } else { count };
        for (i, pad) in found.iter_mut().enumerate().take(upto) {
            let by = new.hidden[i] - old.hidden[i];
            if by != EF::ZERO && pad.is_none() {
                *pad = moved.get(&key(by)).copied();
                assert!(pad.is_some(), "scalar {i} moves by what no pad moved");
            }
        }
    }
    found.into_iter().map(|at| at.expect("a scalar without a pad")).collect()
}

fn key(x: EF) -> Vec<u32> {
    let coefficients: &[F] = x.as_basis_coefficients_slice();
    coefficients.iter().map(|c| c.as_canonical_u32()).collect()
}

#[test]
fn every_hidden_scalar_has_a_pad_of_its_own() {
    let toy = Toy::new(5, 1);
    let region = toy.layout().region();
    let found = pads_found(&toy);
    let last = (0..2 * toy.layout().variables()).map(|j| region.last(0, j));
    let all: Vec<usize> = found.into_iter().chain(last).collect();
    assert_eq!(all.len(), region.hidden_count(toy.layout().variables()));
    let cells: BTreeSet<usize> = all.iter().flat_map(|&at| at..at + LIMBS).collect();
    assert_eq!(cells.len(), LIMBS * all.len(), "pads overlap");
    assert!(cells.iter().all(|&cell| region.block().range().contains(&cell)));
    // Cells that make clear scalars uniform are no pads.
    for at in free_cells(&toy) {
        assert!(!cells.contains(&at), "cell {at}");
    }
}

/// Cells of the region that no message is padded with and no relation reads: free product rows, q,
/// blind cells.
pub(super) fn free_cells(toy: &Toy) -> Vec<usize> {
    let region = toy.layout().region();
    let budget = region.budget();
    let rows = budget.pairs + budget.cubes..region.rows();
    let products = rows.flat_map(|row| {
        [Column::A, Column::B, Column::E].map(|column| region.product(column, row))
    });
    let q = (0..LAST_SLOTS).map(|j| region.last(1, j));
    let slots: Vec<usize> = products.chain(q).collect();
    let blind = region.linear(region.linear_count())..region.block().range().end;
    assert!(BLIND_SLOTS * LIMBS <= blind.len());
    slots.into_iter().flat_map(|at| at..at + LIMBS).chain(blind).collect()
}

#[test]
fn a_pad_is_uniform_in_the_extension() {
    // Its eight weights span the extension, and so do the first five of them.
    let rows = |count: usize| -> Vec<Vec<F>> {
        (0..5)
            .map(|d| {
                let digit = |x: EF| -> F {
                    let coefficients: &[F] = x.as_basis_coefficients_slice();
                    coefficients[d]
                };
                limbs().into_iter().take(count).map(digit).collect()
            })
            .collect()
    };
    assert_eq!(super::rank::rank_of(rows(LIMBS)), 5);
    assert_eq!(super::rank::rank_of(rows(5)), 5);
    assert_eq!(super::rank::rank_of(rows(4)), 4);
}

#[test]
fn the_product_rows_hold_products_of_uniform_pads() {
    let toy = Toy::new(5, 1);
    let region = toy.layout().region();
    let budget = region.budget();
    let cells = cells(&toy, 3);
    let at = |column, row| value(&cells, region.product(column, row));
    let mut seen = BTreeSet::new();
    for row in 0..region.rows() {
        let (a, b, e) = (at(Column::A, row), at(Column::B, row), at(Column::E, row));
        let used = row < budget.pairs + budget.cubes;
        assert_eq!(e == a * b, used, "row {row}");
        assert_eq!(b == a.square(), used && budget.pairs <= row, "row {row}");
        assert!(seen.insert(key(a)) && seen.insert(key(b)), "a pad comes twice");
    }
}

#[test]
fn every_hiding_cell_is_drawn_anew() {
    // The other tests take for granted that these cells are uniform; here is that nobody forgot to
    // draw them.
    let toy = Toy::new(5, 1);
    let [x, y, ..] = toy.blocks();
    let real = toy.real();
    let proofs: Vec<Vec<F>> = (0..4).map(|number| cells(&toy, number)).collect();
    let columns = [x, y].into_iter().flat_map(|block| block.range().skip(real));
    for at in columns.chain(toy.layout().region().block().range()) {
        let values: BTreeSet<u32> = proofs.iter().map(|c| c[at].as_canonical_u32()).collect();
        assert!(3 <= values.len(), "cell {at} repeats over proofs");
    }
    // Nor does one proof repeat itself: of 2^14 draws from 2^31 some ten pairs meet by chance in
    // 160 proofs.
    for cells in &proofs {
        let range = toy.layout().region().block().range();
        let all = range.len();
        let values: BTreeSet<u32> = cells[range].iter().map(|c| c.as_canonical_u32()).collect();
        assert!(all <= values.len() + 3, "{} of {all} cells differ", values.len());
    }
}
