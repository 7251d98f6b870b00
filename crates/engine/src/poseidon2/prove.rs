//! The prover's half.

use super::native::{HALF, LANES, ROUNDS, Round, external, internal, round, transpose};
use super::program::Program;
use crate::channel::Prover;
use crate::field::{EF, F, PE, PF, WIDTH};
use crate::mle;
use crate::packed::{self, GRAIN, eq_drop, fold, fold_into, halves, lanes_sum, unpack};
use crate::sumcheck::sum_arrays;
use p3_field::{Algebra, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;

/// The states of all calls: lane, then call.
type State = [Vec<PF>; LANES];

/// Proves every call of `program`.
pub fn prove(program: &Program, prover: &mut Prover<'_>) {
    let (states, output) = states(inputs(program, prover.cells()));

    let mut point = prover.challenges(program.log());
    let lambda = prover.challenge();
    let mut weights = [EF::ZERO; LANES];
    powers(lambda, &mut weights[..HALF]);
    let eq = packed::eq_packed(&point);
    let claim = (0..HALF).map(|lane| weights[lane] * evaluate(&eq, &output[lane])).sum();
    prover.hide(claim);

    for (index, state) in states.iter().enumerate().rev() {
        point = walk(prover, round(index), &mut weights, &point, state);
    }
}

/// Gathers the inputs of all calls.
fn inputs(program: &Program, cells: &[F]) -> State {
    let size = 1 << program.log();
    let mut lanes: [Vec<F>; LANES] = std::array::from_fn(|_| vec![F::ZERO; size]);
    for run in program.runs() {
        let count = 1 << run.log;
        for i in 0..count {
            let state = run.state.values(i, count, cells);
            let block = run.block.values(i, count, cells);
            for (lane, value) in state.into_iter().chain(block).enumerate() {
                lanes[lane][run.at + i] = value;
            }
        }
    }
    lanes.map(|lane| PF::pack_slice(&lane).to_vec())
}

/// Returns the state before each round, and the outputs.
fn states(inputs: State) -> (Vec<State>, State) {
    let mut state = inputs;
    across(&mut state, external);
    let mut states = Vec::with_capacity(ROUNDS);
    for index in 0..ROUNDS {
        states.push(state.clone());
        match round(index) {
            Round::Full(constants) => {
                let constants = constants.map(PF::from);
                across(&mut state, |lanes| {
                    for (lane, constant) in lanes.iter_mut().zip(constants) {
                        *lane = (*lane + constant).cube();
                    }
                    external(lanes);
                });
            }
            Round::Partial(constant) => {
                let constant = PF::from(constant);
                across(&mut state, |lanes| {
                    lanes[0] = (lanes[0] + constant).cube();
                    internal(lanes);
                });
            }
        }
    }
    (states, state)
}

fn across(state: &mut State, step: impl Fn(&mut [PF; LANES])) {
    for i in 0..state[0].len() {
        let mut lanes = std::array::from_fn(|lane| state[lane][i]);
        step(&mut lanes);
        for (column, lane) in state.iter_mut().zip(lanes) {
            column[i] = lane;
        }
    }
}

fn evaluate(eq: &[PE], values: &[PF]) -> EF {
    lanes_sum(eq.iter().zip(values).map(|(&eq, &value)| eq * value).sum())
}

fn walk(
    prover: &mut Prover<'_>,
    round: Round,
    weights: &mut [EF; LANES],
    z: &[EF],
    state: &State,
) -> Vec<EF> {
    match round {
        Round::Full(constants) => {
            *weights = transpose(external, weights);
            let gate = Gate { weights: weights.to_vec(), constants: constants.to_vec() };
            let lanes: Vec<&[PF]> = state.iter().map(Vec::as_slice).collect();
            let (point, values, _) = sumcheck(prover, &gate, &lanes, None, z);
            for (value, constant) in values.into_iter().zip(constants) {
                prover.hide_cube(value + constant);
            }
            powers(prover.challenge(), weights);
            point
        }
        Round::Partial(constant) => {
            *weights = transpose(internal, weights);
            let gate = Gate { weights: vec![weights[0]], constants: vec![constant] };
            let rest = combine(&weights[1..], &state[1..]);
            let (point, values, rest) = sumcheck(prover, &gate, &[&state[0]], Some(rest), z);
            prover.hide_cube(values[0] + constant);
            prover.hide(rest);
            weights[0] = prover.challenge();
            point
        }
    }
}

fn powers(base: EF, slots: &mut [EF]) {
    let mut power = EF::ONE;
    for slot in slots {
        *slot = power;
        power *= base;
    }
}

/// Returns Σ weight·lane.
fn combine(weights: &[EF], lanes: &[Vec<PF>]) -> Vec<PE> {
    let weights: Vec<PE> = weights.iter().map(|&weight| PE::from(weight)).collect();
    (0..lanes[0].len())
        .into_par_iter()
        .with_min_len(GRAIN)
        .map(|i| weights.iter().zip(lanes).map(|(&weight, lane)| weight * lane[i]).sum())
        .collect()
}

/// Σ weight·(lane + constant)³ over the cubed lanes.
struct Gate {
    weights: Vec<EF>,
    constants: Vec<F>,
}

/// Sum-check of Σ eq(z, x)·(gate(x) + rest(x)); returns the point, the cubed lanes and the rest there.
fn sumcheck(
    prover: &mut Prover<'_>,
    gate: &Gate,
    lanes: &[&[PF]],
    rest: Option<Vec<PE>>,
    z: &[EF],
) -> (Vec<EF>, Vec<EF>, EF) {
    let mut point = Vec::with_capacity(z.len());
    let mut rest = rest.unwrap_or_else(|| vec![PE::ZERO; lanes[0].len()]);
    let mut scalar_rest = Vec::new();
    let mut scalar_lanes: Vec<Vec<EF>> = Vec::new();
    let (tail, weights) = (&z[1..], packed_weights(gate));

    // Vectors while each half still fills one.
    if lanes[0].len() > 1 {
        let mut eq = packed::eq_packed(tail);
        let base: Vec<PF> = gate.constants.iter().map(|&constant| PF::from(constant)).collect();
        let first = sums(&eq, lanes, &base, &weights, &rest).map(lanes_sum);
        let r = PE::from(send(prover, first, &mut point));
        let mut tables: Vec<Vec<PE>> = lanes.iter().map(|lane| fold_into(lane, r)).collect();
        fold(&mut rest, r);
        let constants: Vec<PE> = gate.constants.iter().map(|&c| PE::from(EF::from(c))).collect();
        while rest.len() > 1 {
            eq_drop(&mut eq);
            let views: Vec<&[PE]> = tables.iter().map(Vec::as_slice).collect();
            let message = sums(&eq, &views, &constants, &weights, &rest).map(lanes_sum);
            let r = PE::from(send(prover, message, &mut point));
            tables.iter_mut().for_each(|table| fold(table, r));
            fold(&mut rest, r);
        }
        scalar_lanes.extend(tables.iter().map(|table| unpack(table)));
    } else {
        scalar_lanes.extend(
            lanes
                .iter()
                .map(|lane| unpack(&lane.iter().map(|&value| PE::from(value)).collect::<Vec<_>>())),
        );
    }
    scalar_rest.extend(unpack(&rest));
    debug_assert_eq!(scalar_rest.len(), WIDTH, "one vector is left");

    let constants: Vec<EF> = gate.constants.iter().map(|&c| EF::from(c)).collect();
    while scalar_rest.len() > 1 {
        let eq = mle::eq_table(&z[point.len() + 1..]);
        let views: Vec<&[EF]> = scalar_lanes.iter().map(Vec::as_slice).collect();
        let message = sums(&eq, &views, &constants, &gate.weights, &scalar_rest);
        let r = send(prover, message, &mut point);
        scalar_lanes.iter_mut().for_each(|table| fold(table, r));
        fold(&mut scalar_rest, r);
    }
    (point, scalar_lanes.iter().map(|table| table[0]).collect(), scalar_rest[0])
}

fn packed_weights(gate: &Gate) -> Vec<PE> {
    gate.weights.iter().map(|&weight| PE::from(weight)).collect()
}

fn send(prover: &mut Prover<'_>, message: [EF; 3], point: &mut Vec<EF>) -> EF {
    message.into_iter().for_each(|value| prover.hide(value));
    let r = prover.challenge();
    point.push(r);
    r
}

/// Returns Σ eq·(gate + rest) with the first variable at 0, 2, 3.
fn sums<N, A>(eq: &[A], lanes: &[&[N]], constants: &[N], weights: &[A], rest: &[A]) -> [A; 3]
where
    N: PrimeCharacteristicRing + Copy + Send + Sync,
    A: Algebra<N> + Copy + Send + Sync,
{
    let (rest0, rest1) = halves(rest);
    (0..eq.len())
        .into_par_iter()
        .with_min_len(GRAIN / 8)
        .fold(
            || [A::ZERO; 3],
            |totals, i| {
                let slope = rest1[i] - rest0[i];
                let mut at = [rest0[i], rest1[i] + slope, rest1[i] + slope.double()];
                for ((lane, &constant), &weight) in lanes.iter().zip(constants).zip(weights) {
                    let (lane0, lane1) = halves(lane);
                    let slope = lane1[i] - lane0[i];
                    let y0 = lane0[i] + constant;
                    let y2 = lane1[i] + slope + constant;
                    let cubes = [y0, y2, y2 + slope].map(|y| y.cube());
                    at = std::array::from_fn(|j| at[j] + weight * cubes[j]);
                }
                std::array::from_fn(|j| totals[j] + eq[i] * at[j])
            },
        )
        .reduce(|| [A::ZERO; 3], sum_arrays)
}
