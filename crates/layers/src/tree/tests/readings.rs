//! The eight clear readings are uniform, whatever the witness: an exact rank over the base field.
//!
//! With the challenges fixed a reading is a linear function of the cells. If its restriction to the
//! blind rows is onto, it is uniform because they are.

use super::layer::alone;
use crate::tree::readings::{Batch, COUNT, Compression, Lookups, parts};
use crate::{Goal, Labels};
use assay_engine::field::{EF, F};
use assay_engine::mle;
use assay_engine::pads::BLIND_ROWS;
use assay_engine::relations::Row;
use assay_engine::session::Proof;
use assay_model::ops::tree::bounds_for;
use assay_model::synthetic;
use p3_field::{BasedVectorSpace, Field, PrimeCharacteristicRing};

/// The weights of one reading: of each cell of each step column.
pub(crate) type Weights = Vec<(usize, EF)>;

/// The readings of one proof as functions of the cells, and what was said.
struct Seen {
    readings: [Weights; COUNT],
    said: Vec<EF>,
    cells: Vec<F>,
    /// The last cells of the step columns.
    ends: Vec<usize>,
}

fn seen(seed: u64, is_answered: bool) -> Seen {
    let tree = synthetic::tree(3, 2, 2, 3, seed).unwrap();
    let model = tree.to_table(bounds_for(&tree, 2, 8).unwrap()).unwrap();
    let table = synthetic::table(&tree, 4, 0, seed).unwrap();
    let answers: Vec<u16> =
        (0..table.rows()).map(|row| model.exec(table.row(row)).unwrap()).collect();
    let (goal, labels) = if is_answered {
        (Goal::Answers(4), Labels::Hidden(Some(&answers)))
    } else {
        (Goal::AtLeast(0), Labels::Public(table.labels()))
    };
    let alone = alone(&model, &table, goal, labels, &|_| ());
    let proof = alone.prove();
    alone.verify(&proof).unwrap();
    let said = Proof::decode(assay_engine::session::Circuit::layout(&alone), &proof);
    let said = said.unwrap().messages.clear[..COUNT].to_vec();

    // Drawn: α, β; per layer k of the walk λ, μ, k rounds, b; τ, μ; r.
    let drawn = alone.drawn.borrow().clone();
    let (rest, r) = drawn.split_at(drawn.len() - alone.layer.shape.steps_log());
    let mu = rest[rest.len() - 1];
    let deepest = alone.layer.shape.tree_logs()[0] - 1;
    let at = 2 + (0..deepest).map(|layer| layer + 3).sum::<usize>() + 2;
    let (rounds, b) = (&drawn[at..at + deepest], drawn[at + deepest]);
    let leaf: Vec<EF> = std::iter::once(b).chain(rounds.iter().copied()).collect();

    let compression = Compression::new(drawn[0], drawn[1]);
    let lookups = Lookups::new(&alone.layer.shape, &leaf);
    let eq = mle::eq_table(r);
    let columns = alone.layer.columns.step;
    let readings =
        parts(&compression, &lookups, &Batch::new(mu), &alone.layer.ends()).map(|parts| {
            let weigh = |(column, coeff, row): (crate::tree::shape::Column, EF, Row)| {
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

/// Rank over the base field of readings, by the last `rows` cells of the columns that end there.
pub(crate) fn rank_by(readings: &[Weights], ends: &[usize], rows: usize) -> usize {
    let width = ends.len() * rows;
    let mut matrix = Vec::new();
    for reading in readings {
        let mut weights = vec![EF::ZERO; width];
        for &(cell, weight) in reading {
            let column = ends.iter().position(|&end| end - rows <= cell && cell < end);
            if let Some(column) = column {
                weights[column * rows + cell + rows - ends[column]] += weight;
            }
        }
        for digit in 0..5 {
            matrix.push(weights.iter().map(|weight| digit_of(*weight, digit)).collect());
        }
    }
    rank(matrix)
}

fn digit_of(x: EF, digit: usize) -> F {
    let coefficients: &[F] = x.as_basis_coefficients_slice();
    coefficients[digit]
}

fn rank(mut matrix: Vec<Vec<F>>) -> usize {
    let width = matrix.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..width {
        let Some(pivot) = (rank..matrix.len()).find(|&row| matrix[row][column] != F::ZERO) else {
            continue;
        };
        matrix.swap(rank, pivot);
        let inverse = matrix[rank][column].inverse();
        let pivot: Vec<F> = matrix[rank].iter().map(|&x| x * inverse).collect();
        for row in &mut matrix[rank + 1..] {
            let factor = row[column];
            row.iter_mut().zip(&pivot).for_each(|(x, &p)| *x -= factor * p);
        }
        rank += 1;
    }
    rank
}

#[test]
fn the_weights_give_what_the_prover_says() {
    for is_answered in [false, true] {
        let seen = seen(1, is_answered);
        for (i, (reading, &said)) in seen.readings.iter().zip(&seen.said).enumerate() {
            let value: EF = reading.iter().map(|&(cell, weight)| weight * seen.cells[cell]).sum();
            assert_eq!(value, said, "reading {i}");
        }
    }
}

#[test]
fn the_readings_are_uniform_by_the_blind_rows() {
    for (seed, is_answered) in [(1, false), (2, false), (3, false), (1, true), (2, true)] {
        let seen = seen(seed, is_answered);
        let full = 5 * COUNT;
        let rank = |rows| rank_by(&seen.readings, &seen.ends, rows);
        assert_eq!(rank(BLIND_ROWS), full);
        assert_eq!(rank(5), full, "the algebraic minimum");
        assert!(rank(4) < full, "four rows tell something");
        assert_eq!(rank(0), 0);
    }
}
