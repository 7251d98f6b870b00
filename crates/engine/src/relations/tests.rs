//! The dense table and the evaluation by formula are the same functional.

use super::{Relation, Relations};
use crate::cells::{Block, Layout};
use crate::field::EF;
use crate::linear::Linear;
use crate::mle;
use crate::packed;
use crate::pads::Budget;
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
        relation.read(point(1)[0], block.cell(3), Relations::CELL);
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
