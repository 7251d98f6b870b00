//! The dense table and the evaluation by formula are the same functional.

use super::{Relation, Relations, Row, Stride};
use crate::cells::{Block, Layout};
use crate::field::EF;
use crate::linear::Linear;
use crate::mle;
use crate::packed;
use crate::pads::Budget;
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng, rngs::StdRng};

#[test]
fn dense_weights_agree_with_the_formula() {
    let mut rng = StdRng::seed_from_u64(5);
    let layout =
        Layout::new(&[2, 9, 3, 9, 6], Budget { linear: 20, pairs: 3, cubes: 2, clear: 0 }).unwrap();
    let mut point = |len: usize| -> Vec<EF> { (0..len).map(|_| rng.random()).collect() };
    let (r, gamma) = (point(layout.variables()), point(1)[0]);
    let mut relations = Relations::default();
    for (i, &block) in layout.blocks().iter().enumerate() {
        let id = relations.point(&point(block.log));
        let mut pads = Linear::public(point(1)[0]);
        pads.terms = vec![(layout.region().linear(i), point(1)[0])];
        let mut relation = Relation::new(pads);
        relation.read(point(1)[0], block, id);
        relation.read_next(point(1)[0], block, id);
        relation.read_row(point(1)[0], block, id, Row::After(1));
        relation.read(point(1)[0], block.cell(3), Relations::CELL);
        let rows = relations.point(&point(2));
        let stride = Stride { first: 1, step: block.log - 1, count: 3.min(block.log) };
        relation.read_row(point(1)[0], block, rows, Row::Every(stride));
        if block.log == 9 {
            let id = relations.point(&point(8));
            relation.read(point(1)[0], block.half(1), id);
        }
        relations.push(relation);
    }
    let functional = relations.batch(gamma);
    let dense = packed::unpack(&functional.dense(&layout));
    let by_table: EF = mle::eq_table(&r).into_iter().zip(dense).map(|(a, b)| a * b).sum();
    assert_eq!(functional.evaluate(&layout, &r), by_table);
}

/// Weighs each cell as the documentation of [`Row`] says.
fn naive(row: Row, point: &[EF], index: usize) -> EF {
    let eq = mle::eq_table(point);
    let at = |place: Option<usize>| place.and_then(|i| eq.get(i)).copied().unwrap_or_default();
    match row {
        Row::Same => at(Some(index)),
        Row::Next => at(index.checked_sub(1)),
        Row::After(log) => at(index.checked_sub(1 << log)),
        Row::Every(Stride { first, step, count }) => {
            let r = index.checked_sub(first).filter(|d| d % step == 0).map(|d| d / step);
            at(r.filter(|&r| r < count))
        }
    }
}

#[test]
fn each_kind_of_row_weighs_what_it_says() {
    let mut rng = StdRng::seed_from_u64(6);
    let layout = Layout::new(&[6], Budget::default()).unwrap();
    let block = layout.blocks()[0];
    let every = Row::Every(Stride { first: 2, step: 3, count: 9 });
    for (row, len) in
        [(Row::Same, 6), (Row::Next, 6), (Row::After(0), 6), (Row::After(2), 6), (every, 4)]
    {
        let point: Vec<EF> = (0..len).map(|_| rng.random()).collect();
        let mut relations = Relations::default();
        let id = relations.point(&point);
        let mut relation = Relation::default();
        relation.read_row(EF::ONE, block, id, row);
        relations.push(relation);
        let dense = packed::unpack(&relations.batch(EF::ONE).dense(&layout));
        for (index, cell) in block.range().enumerate() {
            assert_eq!(dense[cell], naive(row, &point, index), "{row:?} at {index}");
        }
    }
}

#[test]
fn halves_split_a_block() {
    let block = Block { at: 64, log: 4 };
    assert_eq!(block.half(0), Block { at: 64, log: 3 });
    assert_eq!(block.half(1), Block { at: 72, log: 3 });
    assert_eq!(block.cell(5), Block { at: 69, log: 0 });
}

#[test]
fn faults_of_opposite_sign_do_not_cancel() {
    let mut rng = StdRng::seed_from_u64(6);
    let (gamma, fault): (EF, EF) = (rng.random(), rng.random());
    let total = |faults: [EF; 3]| {
        let mut relations = Relations::default();
        faults.into_iter().for_each(|fault| relations.push_zero(Linear::public(fault)));
        relations.batch(gamma).total
    };
    let none = EF::default();
    assert_eq!(total([none; 3]), none);
    for faults in [[fault, -fault, none], [none, fault, -fault], [fault, none, -fault]] {
        assert_ne!(total(faults), none);
    }
}
