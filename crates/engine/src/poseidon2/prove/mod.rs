//! The prover's half.
//!
//! Calls are kept in blocks of sixteen, vectors of calls next to each other. Sum-checks bind
//! variables in the order of [`binding`]: a block's neighbour first, the calls within a block last,
//! so that the blocks behind the last run, which all hold the same idle call, cost one number
//! however many there are.
//!
//! Kept are the states before every other full round and lane 0 before each partial one, 340 bytes
//! per call; the states between are computed anew. The uncubed lanes of a partial round enter as one
//! table Σ_{l>0} w'_l·x_l, which is that of the round after it plus two multiples of base-field
//! tables:
//!
//! ```text
//! Σ_{l>0} w'_l·x_l  =  Σ_{l>0} w_l·s_l + w_0·s_0 − w'_0·(x_0 + c)³
//! ```
//!
//! where s is the state after the round and w' its weights moved before it.

mod cubes;
mod line;

use super::native::{
    FULL_ROUNDS, HALF, LANES, PARTIAL_ROUNDS, Round, external, internal, round, transpose,
};
use super::program::{CALLS, LOG_MIN, Program, binding};
use crate::channel::Prover;
use crate::field::{EF, F, PE, PF, WIDTH};
use crate::mle;
use crate::packed::{GRAIN, dots, lanes_sum, limbs, pack};
use crate::watch::Cancelled;
use cubes::{Cubes, Gate};
use line::Line;
use p3_field::{Algebra, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use std::borrow::Cow;

/// Vectors of calls in a block.
const VECTORS: usize = CALLS / WIDTH;

/// A table over calls: what is in all blocks up to the last run, and in every call behind them.
#[derive(Clone, Debug)]
struct Table<A, I> {
    /// A vector of calls at a time.
    vectors: Vec<A>,
    idle: I,
}

type State = Table<[PF; LANES], [F; LANES]>;
/// Lane 0 before every partial round, and after the last.
type First = Table<[PF; PARTIAL_ROUNDS + 1], [F; PARTIAL_ROUNDS + 1]>;

/// Proves every call of `program`; `again` is asked before every round whether to go on.
pub fn prove(
    program: &Program,
    prover: &mut Prover<'_>,
    again: &mut dyn FnMut() -> Result<(), Cancelled>,
) -> Result<(), Cancelled> {
    let mut trace = Trace::new(program, prover.cells());
    let mut point = binding(&prover.challenges(program.log()));
    let mut weights = [EF::ZERO; LANES];
    powers(prover.challenge(), &mut weights[..HALF]);
    prover.hide(evaluate(&combine(&trace.output(), &weights), &point));

    for index in (0..FULL_ROUNDS).rev() {
        again()?;
        let state = trace.after.before(index);
        let index = FULL_ROUNDS + PARTIAL_ROUNDS + index;
        point = full(prover, index, &mut weights, &point, &state);
        if index == FULL_ROUNDS + PARTIAL_ROUNDS {
            point = partial(prover, &mut weights, point, (&trace.first, &state), again)?;
        }
    }
    for index in (0..FULL_ROUNDS).rev() {
        again()?;
        let state = trace.before.before(index);
        point = full(prover, index, &mut weights, &point, &state);
    }
    Ok(())
}

/// What the walk comes by.
struct Trace {
    /// Of the first full rounds.
    before: States,
    first: First,
    /// Of the last full rounds.
    after: States,
}

/// States before [`FULL_ROUNDS`] full rounds, every other of which is kept.
struct States {
    /// The first of the rounds.
    round: usize,
    kept: Vec<State>,
}

impl Trace {
    fn new(program: &Program, cells: &[F]) -> Self {
        let mut state = inputs(program, cells);
        state.apply(external, external);
        let before = States::new(0, state);
        let mut state = before.behind();
        let first = state.first_lanes();
        Self { before, first, after: States::new(FULL_ROUNDS + PARTIAL_ROUNDS, state) }
    }

    fn output(&self) -> State {
        self.after.behind()
    }
}

impl States {
    fn new(round: usize, first: State) -> Self {
        let mut kept = vec![first];
        for index in (2..FULL_ROUNDS).step_by(2) {
            let next = kept[index / 2 - 1].advance(round + index - 2).advance(round + index - 1);
            kept.push(next);
        }
        Self { round, kept }
    }

    /// The states behind the last of the rounds.
    fn behind(&self) -> State {
        let last = FULL_ROUNDS - 2;
        self.kept[last / 2].advance(self.round + last).advance(self.round + last + 1)
    }

    /// The states before round `index`; those before later rounds are not needed any more.
    fn before(&mut self, index: usize) -> Cow<'_, State> {
        self.kept.truncate(index / 2 + 1);
        let state = &self.kept[index / 2];
        if index.is_multiple_of(2) {
            Cow::Borrowed(state)
        } else {
            Cow::Owned(state.advance(self.round + index - 1))
        }
    }
}

impl State {
    fn apply(&mut self, vector: fn(&mut [PF; LANES]), scalar: fn(&mut [F; LANES])) {
        self.vectors.par_iter_mut().with_min_len(GRAIN / 8).for_each(vector);
        scalar(&mut self.idle);
    }

    /// Returns the states after a full round.
    fn advance(&self, index: usize) -> Self {
        let constants = full_constants(index);
        let broadcast = constants.map(PF::from);
        let vectors = self
            .vectors
            .par_iter()
            .with_min_len(GRAIN / 8)
            .map(|lanes| full_round(lanes, &broadcast))
            .collect();
        Self { vectors, idle: full_round(&self.idle, &constants) }
    }

    /// Applies the partial rounds; returns lane 0 on the way.
    fn first_lanes(&mut self) -> First {
        let constants: [F; PARTIAL_ROUNDS] = std::array::from_fn(partial_constant);
        let vectors = self
            .vectors
            .par_iter_mut()
            .with_min_len(GRAIN / 16)
            .map(|lanes| partial_rounds(lanes, &constants))
            .collect();
        Table { vectors, idle: partial_rounds(&mut self.idle, &constants) }
    }
}

fn full_round<A: Algebra<F> + Copy>(lanes: &[A; LANES], constants: &[A; LANES]) -> [A; LANES] {
    let mut next = std::array::from_fn(|lane| (lanes[lane] + constants[lane]).cube());
    external(&mut next);
    next
}

fn partial_rounds<A: Algebra<F> + Copy>(
    lanes: &mut [A; LANES],
    constants: &[F; PARTIAL_ROUNDS],
) -> [A; PARTIAL_ROUNDS + 1] {
    let mut first = [lanes[0]; PARTIAL_ROUNDS + 1];
    for (&constant, next) in constants.iter().zip(&mut first[1..]) {
        lanes[0] = (lanes[0] + constant).cube();
        internal(lanes);
        *next = lanes[0];
    }
    first
}

fn full_constants(index: usize) -> [F; LANES] {
    match round(index) {
        Round::Full(constants) => constants,
        Round::Partial(_) => unreachable!("full rounds come first and last"),
    }
}

fn partial_constant(index: usize) -> F {
    match round(FULL_ROUNDS + index) {
        Round::Partial(constant) => constant,
        Round::Full(_) => unreachable!("partial rounds are in the middle"),
    }
}

/// Gathers the inputs of all calls.
fn inputs(program: &Program, cells: &[F]) -> State {
    // A multiple of four blocks, where there are as many, for the first two variables at once.
    let blocks =
        program.end().div_ceil(CALLS).next_multiple_of(4).min(1 << program.log() >> LOG_MIN);
    let mut scalars = vec![[F::ZERO; LANES]; blocks * CALLS];
    for run in program.runs() {
        let count = 1 << run.log;
        scalars[run.at..run.at + count].par_iter_mut().enumerate().with_min_len(GRAIN).for_each(
            |(i, lanes)| {
                let (state, block) = lanes.split_at_mut(HALF);
                state.copy_from_slice(&run.state.values(i, count, cells));
                block.copy_from_slice(&run.block.values(i, count, cells));
            },
        );
    }
    let vectors = scalars
        .par_chunks_exact(WIDTH)
        .with_min_len(GRAIN / 8)
        .map(|calls| std::array::from_fn(|lane| PF::from_fn(|call| calls[call][lane])))
        .collect();
    Table { vectors, idle: [F::ZERO; LANES] }
}

/// Returns Σ weight·lane.
fn combine(state: &State, weights: &[EF; LANES]) -> Table<PE, EF> {
    let limbs = limbs(weights);
    let vectors =
        state.vectors.par_iter().with_min_len(GRAIN / 8).map(|lanes| dots(lanes, &limbs)).collect();
    let idle = state.idle.iter().zip(weights).map(|(&lane, &weight)| weight * lane).sum();
    Table { vectors, idle }
}

/// Returns eq(z, ·), the first variable of `z` in the lowest bit of the index.
fn eq_low(z: &[EF]) -> Vec<EF> {
    let reversed: Vec<EF> = z.iter().rev().copied().collect();
    mle::eq_table(&reversed)
}

/// Returns eq(z, ·) of the calls within a block.
fn eq_calls(z: &[EF]) -> Vec<PE> {
    pack(&eq_low(z))
}

/// Returns the table at `point`.
fn evaluate(table: &Table<PE, EF>, point: &[EF]) -> EF {
    let (blocks, calls) = point.split_at(point.len() - LOG_MIN);
    let (blocks, calls) = (eq_low(blocks), eq_calls(calls));
    let sum = table
        .vectors
        .par_chunks_exact(VECTORS)
        .zip(&blocks)
        .with_min_len(GRAIN / 16)
        .map(|(vectors, &eq)| {
            let block: PE = vectors.iter().zip(&calls).map(|(&value, &eq)| eq * value).sum();
            block * PE::from(eq)
        })
        .reduce(|| PE::ZERO, |a, b| a + b);
    let met: EF = blocks[..table.vectors.len() / VECTORS].iter().copied().sum();
    lanes_sum(sum) + table.idle * (EF::ONE - met)
}

/// Walks a full round.
fn full(
    prover: &mut Prover<'_>,
    index: usize,
    weights: &mut [EF; LANES],
    z: &[EF],
    state: &State,
) -> Vec<EF> {
    *weights = transpose(external, weights);
    let gate = Gate { weights: *weights, constants: full_constants(index), idle: state.idle };
    let mut cubes = Cubes::new(&gate, &state.vectors, z);
    let mut point = Vec::with_capacity(z.len());
    for _ in z {
        let r = send(prover, cubes.message());
        cubes.bind(r);
        point.push(r);
    }
    cubes.values().into_iter().for_each(|value| prover.hide_cube(value));
    powers(prover.challenge(), weights);
    point
}

/// Walks the partial rounds, which end in `state`.
fn partial(
    prover: &mut Prover<'_>,
    weights: &mut [EF; LANES],
    mut z: Vec<EF>,
    (first, state): (&First, &State),
    again: &mut dyn FnMut() -> Result<(), Cancelled>,
) -> Result<Vec<EF>, Cancelled> {
    let mut others = *weights;
    others[0] = EF::ZERO;
    let mut rest = combine(state, &others);
    for index in (0..PARTIAL_ROUNDS).rev() {
        again()?;
        let after = weights[0];
        *weights = transpose(internal, weights);
        let constant = partial_constant(index);
        move_rest(&mut rest, first, index, [after, weights[0]]);
        let lanes: Vec<_> = first.vectors.par_iter().map(|first| [first[index]]).collect();
        let gate = Gate { weights: [weights[0]], constants: [constant], idle: [first.idle[index]] };
        let mut cubes = Cubes::new(&gate, &lanes, &z);
        let mut line = Line::new(&rest, &z);
        let mut point = Vec::with_capacity(z.len());
        for _ in &z {
            let message = cubes.message();
            let [at0, slope] = line.message();
            let at2 = at0 + slope.double();
            let r = send(prover, [message[0] + at0, message[1] + at2, message[2] + at2 + slope]);
            cubes.bind(r);
            line.bind(r);
            point.push(r);
        }
        let [value] = cubes.values();
        prover.hide_cube(value);
        prover.hide(line.value());
        weights[0] = prover.challenge();
        z = point;
    }
    Ok(z)
}

/// Turns Σ_{l>0} w_l·s_l after round `index` into the same before it: plus `after`·s_0, minus
/// `before`·(x_0 + c)³.
fn move_rest(rest: &mut Table<PE, EF>, first: &First, index: usize, [after, before]: [EF; 2]) {
    let constant = partial_constant(index);
    let limbs = limbs(&[after, -before]);
    rest.vectors.par_iter_mut().zip(&first.vectors).with_min_len(GRAIN / 4).for_each(
        |(rest, first)| {
            let tables = [first[index + 1], (first[index] + constant).cube()];
            *rest += dots(&tables, &limbs);
        },
    );
    let cube = (first.idle[index] + constant).cube();
    rest.idle += after * first.idle[index + 1] - before * cube;
}

fn powers(base: EF, slots: &mut [EF]) {
    let mut power = EF::ONE;
    for slot in slots {
        *slot = power;
        power *= base;
    }
}

fn send(prover: &mut Prover<'_>, message: [EF; 3]) -> EF {
    message.into_iter().for_each(|value| prover.hide(value));
    prover.challenge()
}
