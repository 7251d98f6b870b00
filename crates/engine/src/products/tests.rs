//! The product check holds for honest pads, and for no others.

use super::{prove, verify};
use crate::channel::Messages;
use crate::channel::rehearsal::Rehearsal;
use crate::field::{EF, F};
use crate::pads::{Budget, Column, FREE_ROWS, LIMBS};
use crate::relations::Relations;
use p3_field::{Field, PrimeCharacteristicRing};

fn holds(stage: &Rehearsal) -> bool {
    stage.holds(heard(stage, &stage.messages(prove)))
}

fn heard(stage: &Rehearsal, messages: &Messages) -> Relations {
    let mut verifier = stage.verifier(messages);
    let mut relations = Relations::default();
    verify(&mut verifier, &mut relations).unwrap();
    assert!(verifier.finish().is_ok(), "nothing is left over");
    relations
}

fn stage(pairs: usize, cubes: usize) -> Rehearsal {
    Rehearsal::new(&[4], Budget { pairs, cubes, ..Budget::default() })
}

#[test]
fn honest_pads_pass_whatever_the_budget() {
    for (pairs, cubes) in
        [(0, 0), (1, 0), (0, 1), (2, 0), (3, 3), (6, 0), (0, 6), (40, 22), (5, 90)]
    {
        assert!(holds(&stage(pairs, cubes)), "{pairs} pairs, {cubes} cubes");
    }
}

#[test]
fn at_least_two_rows_are_free() {
    for used in 0..70 {
        let rows = stage(used / 2, used - used / 2).layout.region().rows();
        assert!(rows.is_power_of_two() && used + FREE_ROWS <= rows, "{used} used of {rows}");
    }
}

#[test]
fn rejects_every_limb_of_every_wrong_product() {
    let (pairs, cubes) = (3, 3);
    for row in 0..pairs + cubes {
        for column in [Column::A, Column::B, Column::E] {
            for limb in 0..LIMBS {
                let mut stage = stage(pairs, cubes);
                let at = stage.layout.region().product(column, row) + limb;
                stage.cells[at] += F::ONE;
                assert!(!holds(&stage), "row {row}, {column:?}, limb {limb}");
            }
        }
    }
}

#[test]
fn rejects_a_cube_row_whose_square_is_another_factor() {
    // E = A·B holds; only B = A² fails, as it may in a pair row.
    for (row, expected) in [(0, true), (1, false)] {
        let mut stage = stage(1, 1);
        let region = stage.layout.region().clone();
        let [a, b, e] = [Column::A, Column::B, Column::E].map(|column| region.product(column, row));
        let twice = |cells: &mut [F], at: usize| {
            cells[at..at + LIMBS].iter_mut().for_each(|cell| *cell = cell.double());
        };
        twice(&mut stage.cells, b);
        twice(&mut stage.cells, e);
        assert_eq!(holds(&stage), expected, "row {row} at {a}");
    }
}

#[test]
fn free_rows_are_free() {
    let mut stage = stage(3, 3);
    let region = stage.layout.region().clone();
    for row in 6..region.rows() {
        for column in [Column::A, Column::B, Column::E] {
            stage.cells[region.product(column, row)] += F::ONE;
        }
    }
    assert!(holds(&stage));
}

#[test]
fn rejects_a_liar_about_any_reading() {
    // A wrong product, and a reading moved so that the sum-check ends well: only the cells can
    // tell.
    let mut stage = stage(3, 0);
    let at = stage.layout.region().product(Column::E, 1);
    stage.cells[at] += F::ONE;
    let honest = stage.messages(prove);
    for reading in 0..3 {
        let excess = |messages: &Messages| stage.excess(heard(&stage, messages), EF::ZERO);
        let mut messages = honest.clone();
        let before = excess(&messages);
        assert_ne!(before, EF::ZERO, "the sum-check notices");
        messages.clear[reading] += EF::ONE;
        let slope = excess(&messages) - before;
        messages.clear[reading] -= EF::ONE + before * slope.inverse();
        assert_eq!(excess(&messages), EF::ZERO, "reading {reading} is moved");
        assert!(!stage.holds(heard(&stage, &messages)), "reading {reading}");
    }
}
