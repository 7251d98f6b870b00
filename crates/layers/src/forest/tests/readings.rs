//! The six clear readings are uniform, whatever the witness: an exact rank over the base field, as
//! in the tree.

use super::layer::claimed;
use crate::forest::readings::{COUNT, Lookups, parts};
use crate::forest::shape::Column;
use crate::tree::tests::readings::{Weights, rank_by};
use crate::tuples::Compression;
use crate::{Claim, Goal, Labels, Rows};
use assay_engine::field::{EF, F};
use assay_engine::mle;
use assay_engine::pads::BLIND_ROWS;
use assay_engine::relations::Row;
use assay_engine::session::{Circuit, Proof};
use assay_model::ops::forest::Votes;
use assay_model::synthetic;

/// The readings of one proof as functions of the cells, and what was said.
struct Seen {
    readings: [Weights; COUNT],
    said: Vec<EF>,
    cells: Vec<F>,
    /// The last cells of the step columns.
    ends: Vec<usize>,
}

fn seen(seed: u64, is_hidden: bool) -> Seen {
    let forest = synthetic::forest((3, 2), Votes::Second, (2, 2, 3), seed).unwrap();
    let model = forest.to_table(forest.bounds(0, 0, 0).unwrap()).unwrap();
    let labels = synthetic::tree(3, 2, 2, 3, seed).unwrap();
    let table = synthetic::table(&labels, 4, 0, seed).unwrap();
    let (rows, labels) = if is_hidden {
        (Rows::Committed(Some(&table)), Labels::OfRows)
    } else {
        (Rows::Public(&table), Labels::Public(table.labels()))
    };
    let alone = claimed(&model, Claim { rows, labels, goal: Goal::AtLeast(0) }, &|_| ());
    let proof = alone.prove();
    alone.verify(&proof).unwrap();
    let said = Proof::decode(alone.layout(), &proof);
    let said = said.unwrap().messages.clear[..COUNT].to_vec();

    // Drawn: α, β; per layer k of the walk λ, μ, k rounds, b; τ, μ; r.
    let drawn = alone.drawn.borrow().clone();
    let layers = |count: usize| (0..count).map(|layer| layer + 3).sum::<usize>();
    let logs = alone.layer.shape.tree_logs();
    let steps_log = alone.layer.shape.steps_log();
    let at = 2 + layers(logs[0] - 1) + 2;
    let (rounds, b) = (&drawn[at..at + logs[0] - 1], drawn[at + logs[0] - 1]);
    let leaf: Vec<EF> = std::iter::once(b).chain(rounds.iter().copied()).collect();
    let r = 2 + layers(logs[0].max(logs[1])) + steps_log + 1;
    let r = &drawn[r..r + steps_log];

    let compression = Compression::new(drawn[0], drawn[1]);
    let eq = mle::eq_table(r);
    let columns = alone.layer.columns.step;
    let readings = parts(&compression, &Lookups::new(&leaf)).map(|parts| {
        let weigh = |(column, coeff, row): (Column, EF, Row)| {
            let block = columns[column.index()];
            let shift = usize::from(row == Row::Next);
            let cells = block.range().skip(shift);
            cells.zip(eq.clone()).map(|(cell, eq)| (cell, coeff * eq)).collect::<Vec<_>>()
        };
        parts.into_iter().flat_map(weigh).collect()
    });
    let ends = columns.map(|block| block.range().end).to_vec();
    Seen { readings, said, cells: alone.cells.take(), ends }
}

#[test]
fn the_weights_give_what_the_prover_says() {
    for is_hidden in [false, true] {
        let seen = seen(1, is_hidden);
        check(&seen);
    }
}

/// The weights are those of what was said.
#[track_caller]
fn check(seen: &Seen) {
    for (i, (reading, &said)) in seen.readings.iter().zip(&seen.said).enumerate() {
        let value: EF = reading.iter().map(|&(cell, weight)| weight * seen.cells[cell]).sum();
        assert_eq!(value, said, "reading {i}");
    }
}

#[test]
fn the_readings_are_uniform_by_the_blind_rows() {
    for (seed, is_hidden) in [(1, false), (2, false), (1, true), (2, true)] {
        let seen = seen(seed, is_hidden);
        let rank = |rows| rank_by(&seen.readings, &seen.ends, rows);
        let full = 5 * COUNT;
        assert_eq!(rank(BLIND_ROWS), full);
        assert_eq!(rank(5), full, "the algebraic minimum");
        assert!(rank(4) < full, "four rows tell something");
        assert_eq!(rank(0), 0);
    }
}
