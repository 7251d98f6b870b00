//! The dense table and the evaluation by formula are the same functional.

use super::weights::Weights;
use super::{Axis, Relation, Relations, Row, Stride};
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
fn every_stride_weighs_at_a_point_what_its_cells_weigh() {
    let mut rng = StdRng::seed_from_u64(7);
    let log = 6;
    let layout = Layout::new(&[log], Budget::default()).unwrap();
    let block = layout.blocks()[0];
    let r: Vec<EF> = (0..layout.variables()).map(|_| rng.random()).collect();
    let at_r = mle::eq_table(&r);
    for len in [0, 2, 4, 6, 7] {
        let point: Vec<EF> = (0..len).map(|_| rng.random()).collect();
        for (first, step) in [(0, 1), (3, 1), (1, 2), (5, 4), (9, 4), (2, 3), (10, 11), (63, 1)] {
            for count in [0, 1, 3, 4, 6, 1 << len] {
                let last = first + step * usize::saturating_sub(count.min(1 << len), 1);
                if last >> log != 0 {
                    continue;
                }
                let row = Row::Every(Stride { first, step, count });
                let mut relations = Relations::default();
                let id = relations.point(&point);
                let mut relation = Relation::default();
                relation.read_row(EF::TWO, block, id, row);
                relations.push(relation);
                let functional = relations.batch(EF::ONE);
                let cells = block.range().enumerate();
                let sum: EF = cells.map(|(i, cell)| naive(row, &point, i) * at_r[cell]).sum();
                assert_eq!(functional.evaluate(&layout, &r), sum.double(), "{row:?} of 2^{len}");
            }
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

/// The readings of weights that are said outright, and what each cell weighs.
fn outright(
    relations: &mut Relations,
    seed: u64,
    log: usize,
) -> Vec<(super::PointId, Row, Vec<EF>)> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut some = |len: usize| -> Vec<EF> { (0..len).map(|_| rng.random()).collect() };
    let mut all = Vec::new();
    for split in 0..=log {
        let middle = (log - split) / 2;
        // The outer axis stops short of its length.
        let short = (1 << split) - usize::from(split > 1);
        let axes = [
            Axis::new(split, some(short)),
            Axis::new(middle, some(1 << middle)),
            Axis::new(log - split - middle, some(1 << (log - split - middle))),
        ];
        let cell = |i: usize| {
            let inner = log - split;
            let index = [
                i >> inner,
                i >> (inner - middle) & ((1 << middle) - 1),
                i & ((1 << (inner - middle)) - 1),
            ];
            axes.iter()
                .zip(index)
                .map(|(axis, i)| axis.weights.get(i).copied().unwrap_or_default())
                .product()
        };
        let weights = (0..1 << log).map(cell).collect();
        all.push((relations.tensor(axes.to_vec()), Row::Same, weights));

        let (point, lanes) = (some(split), some(1 << (log - split)));
        let rows = mle::eq_table(&point);
        let id = relations.lanes(&point, Axis::new(log - split, lanes.clone()));
        for (row, shift) in [(Row::Same, 0), (Row::Next, 1)] {
            let cell = |i: usize| {
                let row = (i >> (log - split)).checked_sub(shift);
                row.map_or(EF::ZERO, |row| rows[row]) * lanes[i % lanes.len()]
            };
            all.push((id, row, (0..1 << log).map(cell).collect()));
        }
    }
    for (len, count) in [(1, 1 << log), (3, 1), (3, (1 << log) / 3), (5, (1 << log) / 6), (7, 0)] {
        if len * count <= 1 << log {
            let (point, cells) = (some(log), some(len));
            let rows = mle::eq_table(&point);
            let cell = |i: usize| match i / len {
                row if row < count => rows[row] * cells[i % len],
                _ => EF::ZERO,
            };
            let weights = (0..1 << log).map(cell).collect();
            all.push((relations.rows(&point, count, cells), Row::Same, weights));
        }
    }
    let entries = vec![(0, some(1)[0]), ((1 << log) - 1, some(1)[0]), (0, some(1)[0])];
    let mut weights = vec![EF::ZERO; 1 << log];
    entries.iter().for_each(|&(i, weight)| weights[i] += weight);
    all.push((relations.sparse(entries), Row::Same, weights));
    all
}

#[test]
fn weights_said_outright_weigh_what_they_say_on_both_sides() {
    for log in 0..12 {
        let layout = Layout::new(&[log, log], Budget::default()).unwrap();
        let block = layout.blocks()[1];
        let mut rng = StdRng::seed_from_u64(log as u64);
        let r: Vec<EF> = (0..layout.variables()).map(|_| rng.random()).collect();
        let coeff: EF = rng.random();
        let count = outright(&mut Relations::default(), 7, log).len();
        for k in 0..count {
            let mut relations = Relations::default();
            let (id, row, weights) = outright(&mut relations, 7, log).swap_remove(k);
            let mut relation = Relation::default();
            relation.read_row(coeff, block, id, row);
            relations.push(relation);
            let functional = relations.batch(EF::ONE);
            let dense = packed::unpack(&functional.dense(&layout));
            for (cell, &weight) in block.range().zip(&weights) {
                assert_eq!(dense[cell], coeff * weight, "2^{log}, reading {k}, cell {cell}");
            }
            let by_table: EF = mle::eq_table(&r).into_iter().zip(dense).map(|(a, b)| a * b).sum();
            assert_eq!(functional.evaluate(&layout, &r), by_table, "2^{log}, reading {k}");
        }
    }
}

#[test]
fn weights_that_do_not_fit_weigh_nothing() {
    let axes = [Axis::new(usize::MAX, vec![EF::ONE]), Axis::new(1, vec![EF::ONE; 5])];
    assert_eq!(axes[1].weights.len(), 2);
    let odd = [
        Weights::Tensor(axes.to_vec()),
        Weights::Lanes { point: vec![EF::ONE; 9], lanes: Axis::default() },
        Weights::Rows { point: vec![EF::ONE; 3], count: 3, cells: vec![EF::ONE; 3] },
        Weights::Rows { point: vec![EF::ONE; 3], count: usize::MAX, cells: vec![EF::ONE; 2] },
        Weights::Rows { point: vec![EF::ONE; 3], count: 1, cells: Vec::new() },
        Weights::Sparse(vec![(usize::MAX, EF::ONE)]),
        Weights::Point(vec![EF::ONE]),
    ];
    for weights in odd {
        for row in [Row::Same, Row::Next, Row::After(200)] {
            assert_eq!(weights.kernel(row, &[EF::TWO; 3]), EF::ZERO, "{weights:?} {row:?}");
        }
    }
}
