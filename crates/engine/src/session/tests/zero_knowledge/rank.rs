//! The exact test: with fixed challenges, clear scalars and last messages are linear in cells that
//! nothing else uses.
//!
//! Each is written as a row of weights over *all* cells, compared with what the prover really said,
//! and then restricted to the cells that are to make it uniform. Full rank over the base field
//! means that it does, jointly and exactly. The order matters, for a later message may depend on
//! what made an earlier one uniform:
//!
//! 1. readings of columns, by the columns' blind rows; readings of product rows, by the free rows;
//! 2. given all that and every padded message: the last sum-check's messages, f(r*) and z, by p, q and blind cells.
//!
//! The one scalar left is g, which the others determine.

use super::pads::free_cells;
use super::{Toy, cells, challenges, said};
use crate::channel::Messages;
use crate::field::{EF, F};
use crate::mle::eq_table;
use crate::packed;
use crate::pads::{BLIND_ROWS, BLIND_SLOTS, Column, FREE_ROWS, LAST_SLOTS, LIMBS, limbs, value};
use crate::session::Circuit;
use crate::session::tests::staged::{Last, Said, challenge_e, hear_programmed};
use p3_field::{BasedVectorSpace, Field, PrimeCharacteristicRing};

/// The rank of a matrix over the base field.
pub(super) fn rank_of(mut rows: Vec<Vec<F>>) -> usize {
    let columns = rows[0].len();
    let mut rank = 0;
    for column in 0..columns {
        let Some(pivot) = (rank..rows.len()).find(|&i| rows[i][column] != F::ZERO) else {
            continue;
        };
        rows.swap(rank, pivot);
        let (done, rest) = rows.split_at_mut(rank + 1);
        let inverse = done[rank][column].inverse();
        for row in rest {
            let factor = row[column] * inverse;
            if factor != F::ZERO {
                for (x, &y) in row[column..].iter_mut().zip(&done[rank][column..]) {
                    *x -= factor * y;
                }
            }
        }
        rank += 1;
        if rank == rows.len() {
            break;
        }
    }
    rank
}

/// A conversation under fixed challenges, with the weights of its scalars.
struct Linearised {
    toy: Toy,
    cells: Vec<F>,
    said: Said,
    drawn: Vec<EF>,
}

/// Weights of all cells.
type Weights = Vec<EF>;

impl Linearised {
    fn new(log: usize, seed: u64) -> Self {
        let toy = Toy::new(log, seed);
        let challenges = challenges(seed);
        let cells = cells(&toy, seed);
        let said = said(&toy, &cells, &challenges);
        let (openings, _, drawn) = hear_programmed(&toy, &said.messages, &challenges);
        assert!(openings.is_some());
        Self { toy, cells, said, drawn }
    }

    fn zeros(&self) -> Weights {
        vec![EF::ZERO; self.cells.len()]
    }

    fn value(&self, weights: &Weights) -> EF {
        weights.iter().zip(&self.cells).map(|(&w, &cell)| w * cell).sum()
    }

    /// r*, the point of the last sum-check.
    fn point(&self) -> &[EF] {
        &self.said.points[0]
    }

    /// The circuit's two readings, at the point of the local check.
    fn readings(&self) -> Vec<Weights> {
        let [x, y, ..] = self.toy.blocks();
        // The point is the one at which x takes the value that was said; it was drawn in a row.
        let said = self.said.messages.clear[0];
        let at = self
            .drawn
            .windows(x.log)
            .map(eq_table)
            .find(|eq| {
                eq.iter().zip(&self.cells[x.range()]).map(|(&w, &c)| w * c).sum::<EF>() == said
            })
            .expect("a reading of x");
        [x, y]
            .map(|block| {
                let mut weights = self.zeros();
                weights[block.range()].copy_from_slice(&at);
                weights
            })
            .to_vec()
    }

    /// A(r), B(r), E(r).
    fn products(&self) -> Vec<Weights> {
        let region = self.toy.layout().region();
        let log = region.rows().ilog2() as usize;
        let budget = self.toy.layout().region().budget();
        let columns = [Column::A, Column::B, Column::E];
        let weigh = |column, eq: &[EF]| {
            let mut weights = self.zeros();
            for (row, &weight) in eq.iter().enumerate() {
                for (t, limb) in limbs().into_iter().enumerate() {
                    weights[region.product(column, row) + t] = weight * limb;
                }
            }
            weights
        };
        let said = self.said.messages.clear[budget.clear];
        let value_a = |eq: &[EF]| -> EF {
            (0..eq.len())
                .map(|row| eq[row] * value(&self.cells, region.product(Column::A, row)))
                .sum()
        };
        let at = self.drawn.windows(log).map(eq_table).find(|eq| value_a(eq) == said);
        let at = at.expect("a reading of the product rows");
        columns.map(|column| weigh(column, &at)).to_vec()
    }

    fn pad(&self, part: usize, j: usize, factor: EF, weights: &mut Weights) {
        let at = self.toy.layout().region().last(part, j);
        for (t, limb) in limbs().into_iter().enumerate() {
            weights[at + t] += factor * limb;
        }
    }

    /// z = p + e·q.
    fn answers(&self) -> Vec<Weights> {
        let e = challenge_e(&self.drawn);
        (0..LAST_SLOTS)
            .map(|j| {
                let mut weights = self.zeros();
                self.pad(0, j, EF::ONE, &mut weights);
                self.pad(1, j, e, &mut weights);
                weights
            })
            .collect()
    }

    /// The messages of the last sum-check: with b the variables fixed so far and x the others,
    /// Σ_{b,x} W(r, t, x)·eq((r, t), b)·f(b, x), and the pad.
    fn last_messages(&self) -> Vec<Weights> {
        let mut folded = packed::unpack(&self.said.functional.dense(self.toy.layout()));
        let point = self.point();
        let mut all = Vec::new();
        for (round, &r) in point.iter().enumerate() {
            let half = folded.len() / 2;
            for (j, t) in [EF::ZERO, EF::TWO].into_iter().enumerate() {
                let at: Vec<EF> =
                    (0..half).map(|x| folded[x] + t * (folded[x + half] - folded[x])).collect();
                let mut fixed = point[..round].to_vec();
                fixed.push(t);
                let mut weights: Weights = eq_table(&fixed)
                    .into_iter()
                    .flat_map(|eq| at.iter().map(move |&w| eq * w))
                    .collect();
                self.pad(0, 2 * round + j, EF::ONE, &mut weights);
                all.push(weights);
            }
            folded = (0..half).map(|x| folded[x] + r * (folded[x + half] - folded[x])).collect();
        }
        all
    }

    /// The readings, with what was said.
    fn first(&self) -> Vec<(Weights, EF)> {
        let said = self.said.messages.clear.clone();
        self.readings().into_iter().chain(self.products()).zip(said).collect()
    }

    /// The last sum-check's messages, f(r*) and z, with what was said.
    fn second(&self) -> Vec<(Weights, EF)> {
        let Last { f, z, .. } = Last::of(&self.toy);
        let Messages { hidden, clear } = &self.said.messages;
        let last = hidden[hidden.len() - 2 * self.point().len()..].iter().copied();
        let at_r = [(eq_table(self.point()), clear[f])];
        let answers = self.answers().into_iter().zip(clear[z..].iter().copied());
        self.last_messages().into_iter().zip(last).chain(at_r).chain(answers).collect()
    }

    /// The last `rows` rows of x and of y.
    fn blind_rows(&self, rows: usize) -> Vec<usize> {
        let [x, y, ..] = self.toy.blocks();
        let ends = [x, y].map(|block| block.range().end);
        ends.into_iter().flat_map(|end| end - rows..end).collect()
    }

    /// p or q.
    fn slots(&self, part: usize) -> Vec<usize> {
        let at = self.toy.layout().region().last(part, 0);
        (at..at + LAST_SLOTS * LIMBS).collect()
    }

    /// As many blind cells as every region has.
    fn blind_cells(&self) -> Vec<usize> {
        let region = self.toy.layout().region();
        let at = region.linear(region.linear_count());
        (at..at + BLIND_SLOTS * LIMBS).collect()
    }
}

fn rank(rows: &[(Weights, EF)], cells: &[usize]) -> usize {
    let digit = |x: EF, d: usize| -> F {
        let coefficients: &[F] = x.as_basis_coefficients_slice();
        coefficients[d]
    };
    let base = rows.iter().flat_map(|(weights, _)| {
        (0..5).map(move |d| cells.iter().map(|&cell| digit(weights[cell], d)).collect())
    });
    rank_of(base.collect())
}

#[test]
fn the_weights_give_what_the_prover_says() {
    let linear = Linearised::new(5, 1);
    let rows = [linear.first(), linear.second()].concat();
    assert_eq!(rows.len(), 2 + 3 + 2 * linear.point().len() + 1 + LAST_SLOTS);
    for (i, (weights, said)) in rows.iter().enumerate() {
        assert_eq!(linear.value(weights), *said, "row {i}");
    }
}

#[test]
fn readings_are_uniform_by_blind_and_free_rows() {
    for seed in [1, 2] {
        let linear = Linearised::new(5, seed);
        let (readings, products) = (&linear.first()[..2], &linear.first()[2..]);
        let full = 5 * readings.len();
        // Five rows are the algebraic minimum; with four, each of the two columns tells something.
        for (rows, expected) in [(BLIND_ROWS, full), (5, full), (4, full - 2), (0, 0)] {
            assert_eq!(rank(readings, &linear.blind_rows(rows)), expected, "{rows} rows");
        }
        // Two free rows are always there. One alone would do for a uniform reading each.
        let region = linear.toy.layout().region();
        let free = |rows: usize| -> Vec<usize> {
            let rows = region.rows() - rows..region.rows();
            let columns = [Column::A, Column::B, Column::E];
            let slots = rows.flat_map(|row| columns.map(|column| region.product(column, row)));
            slots.flat_map(|at| at..at + LIMBS).collect()
        };
        assert_eq!(rank(products, &free(FREE_ROWS)), 5 * products.len());
        assert!(free(FREE_ROWS).iter().all(|at| free_cells(&linear.toy).contains(at)));
    }
}

#[test]
fn last_messages_are_uniform_by_p_and_q_and_blind_cells() {
    for seed in [3, 4] {
        let linear = Linearised::new(5, seed);
        let rows = linear.second();
        let [p, q] = [0, 1].map(|part| linear.slots(part));
        let blind = linear.blind_cells();
        let cells = [p.clone(), q.clone(), blind.clone()].concat();
        assert_eq!(rank(&rows, &cells), 5 * rows.len());
        // Five cells of each slot would do, but neither p nor q could be missed then.
        let five = |slots: Vec<usize>| -> Vec<usize> {
            slots.chunks_exact(LIMBS).flat_map(|slot| slot[..5].to_vec()).collect()
        };
        let [p, q] = [five(p), five(q)];
        let least = [p.clone(), q.clone(), blind.clone()].concat();
        assert_eq!(rank(&rows, &least), 5 * rows.len());
        for part in [p, q] {
            assert!(rank(&rows, &[part, blind.clone()].concat()) < 5 * rows.len());
        }
    }
}

#[test]
fn g_is_the_one_scalar_that_the_others_determine() {
    let linear = Linearised::new(5, 5);
    let mut rows = linear.second();
    let mut g = linear.zeros();
    for (j, factor) in crate::closing::pad_factors(linear.point()).into_iter().enumerate() {
        linear.pad(1, j, factor, &mut g);
    }
    let said = linear.said.messages.clear[Last::of(&linear.toy).g];
    assert_eq!(linear.value(&g), said);
    let cells = [linear.slots(0), linear.slots(1), linear.blind_cells()].concat();
    let full = rank(&rows, &cells);
    rows.push((g, said));
    assert_eq!(rank(&rows, &cells), full, "g adds nothing");
}
