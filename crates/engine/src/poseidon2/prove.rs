//! The prover's half.
//!
//! States are kept call by call, [`WIDTH`](crate::field::WIDTH) calls to a vector. Only every
//! fourth round's states are kept; the rounds between are computed again when the walk comes to
//! them, which bounds memory by 11 states of 64 bytes per call.

use super::native::{HALF, LANES, ROUNDS, Round, external, internal, round, transpose};
use super::program::Program;
use crate::channel::Prover;
use crate::field::{EF, F, PE, PF, WIDTH};
use crate::mle;
use crate::packed::{self, GRAIN, eq_drop, fold, halves, lanes_sum, unpack};
use crate::sumcheck::sum_arrays;
use p3_field::{Algebra, Field, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;

/// The states of all calls, a vector of calls at a time.
type State = Vec<[PF; LANES]>;

/// Rounds between two states that are kept.
const KEPT: usize = 4;

/// Proves every call of `program`.
pub fn prove(program: &Program, prover: &mut Prover<'_>) {
    let mut state = inputs(program, prover.cells());
    state.par_iter_mut().with_min_len(GRAIN / 8).for_each(external);
    let mut kept = Vec::with_capacity(ROUNDS.div_ceil(KEPT));
    for index in 0..ROUNDS {
        if index % KEPT == 0 {
            kept.push(state.clone());
        }
        advance(&mut state, index);
    }

    let mut point = prover.challenges(program.log());
    let lambda = prover.challenge();
    let mut weights = [EF::ZERO; LANES];
    powers(lambda, &mut weights[..HALF]);
    let output = combine(&state, &weights);
    let claim = evaluate(&packed::eq_packed(&point), &output);
    prover.hide(claim);
    drop((state, output));

    for (segment, first) in kept.into_iter().enumerate().rev() {
        let start = segment * KEPT;
        let mut states = vec![first];
        for index in start..(start + KEPT).min(ROUNDS) - 1 {
            let mut next = states[index - start].clone();
            advance(&mut next, index);
            states.push(next);
        }
        for (offset, state) in states.into_iter().enumerate().rev() {
            point = walk(prover, round(start + offset), &mut weights, &point, &state);
        }
    }
}

/// Gathers the inputs of all calls.
fn inputs(program: &Program, cells: &[F]) -> State {
    let mut scalars = vec![[F::ZERO; LANES]; 1 << program.log()];
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
    scalars
        .par_chunks_exact(WIDTH)
        .with_min_len(GRAIN / 8)
        .map(|calls| std::array::from_fn(|lane| PF::from_fn(|call| calls[call][lane])))
        .collect()
}

/// Applies round `index` to all states.
fn advance(state: &mut State, index: usize) {
    match round(index) {
        Round::Full(constants) => {
            let constants = constants.map(PF::from);
            state.par_iter_mut().with_min_len(GRAIN / 8).for_each(|lanes| {
                for (lane, constant) in lanes.iter_mut().zip(constants) {
                    *lane = (*lane + constant).cube();
                }
                external(lanes);
            });
        }
        Round::Partial(constant) => {
            let constant = PF::from(constant);
            state.par_iter_mut().with_min_len(GRAIN / 8).for_each(|lanes| {
                lanes[0] = (lanes[0] + constant).cube();
                internal(lanes);
            });
        }
    }
}

fn evaluate(eq: &[PE], values: &[PE]) -> EF {
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
            let gate = Gate { weights: *weights, constants };
            let rest = vec![PE::ZERO; state.len()];
            let (point, values, _) = sumcheck(prover, &gate, state, rest, z);
            for (value, constant) in values.into_iter().zip(constants) {
                prover.hide_cube(value + constant);
            }
            powers(prover.challenge(), weights);
            point
        }
        Round::Partial(constant) => {
            *weights = transpose(internal, weights);
            let gate = Gate { weights: [weights[0]], constants: [constant] };
            let mut others = *weights;
            others[0] = EF::ZERO;
            let rest = combine(state, &others);
            let first: Vec<_> = state.iter().map(|&[first, ..]| [first]).collect();
            let (point, [value], rest) = sumcheck(prover, &gate, &first, rest, z);
            prover.hide_cube(value + constant);
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
fn combine(state: &State, weights: &[EF; LANES]) -> Vec<PE> {
    let weights = weights.map(PE::from);
    state
        .par_iter()
        .with_min_len(GRAIN / 8)
        .map(|lanes| weights.iter().zip(lanes).map(|(&weight, &lane)| weight * lane).sum())
        .collect()
}

/// Σ weight·(lane + constant)³ over the cubed lanes.
struct Gate<const L: usize> {
    weights: [EF; L],
    constants: [F; L],
}

/// Sum-check of Σ eq(z, x)·(gate(x) + rest(x)); returns the point, the cubed lanes and the rest
/// there.
///
/// From the first fold on, lanes and constants are scaled by the cube roots of their weights, since
/// w·y³ = (∛w·y)³: three multiplications less for each lane and place.
fn sumcheck<const L: usize>(
    prover: &mut Prover<'_>,
    gate: &Gate<L>,
    lanes: &[[PF; L]],
    mut rest: Vec<PE>,
    z: &[EF],
) -> (Vec<EF>, [EF; L], EF) {
    let mut point = Vec::with_capacity(z.len());
    let mut scalars: Vec<[EF; L]> = Vec::new();
    let roots = gate.weights.map(cube_root);
    let scaled: [EF; L] = std::array::from_fn(|lane| roots[lane] * gate.constants[lane]);

    // Vectors while each half still fills one.
    let vectors = roots.map(PE::from);
    if lanes.len() > 1 {
        let weights = gate.weights.map(PE::from);
        let mut eq = packed::eq_packed(&z[1..]);
        let constants = gate.constants.map(PF::from);
        let weigh = |lane: usize, y: PF| weights[lane] * y.cube();
        let message = sums(&eq, lanes, &constants, weigh, &rest).map(lanes_sum);
        let r = PE::from(send(prover, message, &mut point));
        let mut lanes: Vec<[PE; L]> = fold_scaled(lanes, r, &vectors);
        fold(&mut rest, r);
        let constants = scaled.map(PE::from);
        while rest.len() > 1 {
            eq_drop(&mut eq);
            let message = sums(&eq, &lanes, &constants, |_, y| y.cube(), &rest).map(lanes_sum);
            let r = PE::from(send(prover, message, &mut point));
            lanes = fold_lanes(&lanes, r);
            fold(&mut rest, r);
        }
        scatter(&lanes, &mut scalars);
    } else {
        let lift = |lanes: &[PF; L]| std::array::from_fn(|lane| vectors[lane] * lanes[lane]);
        scatter(&lanes.iter().map(lift).collect::<Vec<[PE; L]>>(), &mut scalars);
    }

    let mut rest = unpack(&rest);
    while rest.len() > 1 {
        let eq = mle::eq_table(&z[point.len() + 1..]);
        let message = sums(&eq, &scalars, &scaled, |_, y| y.cube(), &rest);
        let r = send(prover, message, &mut point);
        scalars = fold_lanes(&scalars, r);
        fold(&mut rest, r);
    }
    // A weight is zero once in 2^155 draws; such a proof does not verify.
    let unscaled = |lane: usize| scalars[0][lane] * roots[lane].try_inverse().unwrap_or_default();
    (point, std::array::from_fn(unscaled), rest[0])
}

/// Returns the only cube root: 3 does not divide the order of the group, which is one more than a
/// multiple of 3, so that 1/3 is (2·order + 1)/3 there.
fn cube_root(x: EF) -> EF {
    let mut root = EF::ONE;
    for &word in EXPONENT.iter().rev() {
        for bit in (0..32).rev() {
            root = root.square();
            if word >> bit & 1 == 1 {
                root *= x;
            }
        }
    }
    root
}

/// (2·(p⁵ − 1) + 1)/3, the least significant word first.
const EXPONENT: [u32; 5] = [0xfcaa_aaab, 0x4eb1_5556, 0xd05f_4eac, 0x885a_4eae, 0x0520_d3ac];

/// Takes vectors of calls apart.
fn scatter<const L: usize>(lanes: &[[PE; L]], scalars: &mut Vec<[EF; L]>) {
    for lanes in lanes {
        let columns = lanes.map(|lane| unpack(&[lane]));
        scalars.extend((0..WIDTH).map(|call| std::array::from_fn(|lane| columns[lane][call])));
    }
}

/// Fixes the first variable of every lane to `r`.
fn fold_lanes<const L: usize, A>(lanes: &[[A; L]], r: A) -> Vec<[A; L]>
where
    A: PrimeCharacteristicRing + Copy + Send + Sync,
{
    let (low, high) = halves(lanes);
    low.par_iter()
        .zip(high)
        .with_min_len(GRAIN / 8)
        .map(|(low, high)| std::array::from_fn(|lane| r * (high[lane] - low[lane]) + low[lane]))
        .collect()
}

/// The same for base-field lanes, each times its scale.
fn fold_scaled<const L: usize>(lanes: &[[PF; L]], r: PE, scale: &[PE; L]) -> Vec<[PE; L]> {
    let moved = scale.map(|scale| scale * r);
    let (low, high) = halves(lanes);
    low.par_iter()
        .zip(high)
        .with_min_len(GRAIN / 8)
        .map(|(low, high)| {
            std::array::from_fn(|lane| {
                moved[lane] * (high[lane] - low[lane]) + scale[lane] * low[lane]
            })
        })
        .collect()
}

fn send(prover: &mut Prover<'_>, message: [EF; 3], point: &mut Vec<EF>) -> EF {
    message.into_iter().for_each(|value| prover.hide(value));
    let r = prover.challenge();
    point.push(r);
    r
}

/// Returns Σ eq·(gate + rest) with the first variable at 0, 2, 3; `gate` gives a lane's part.
fn sums<const L: usize, N, A>(
    eq: &[A],
    lanes: &[[N; L]],
    constants: &[N; L],
    gate: impl Fn(usize, N) -> A + Sync,
    rest: &[A],
) -> [A; 3]
where
    N: PrimeCharacteristicRing + Copy + Send + Sync,
    A: Algebra<N> + Copy + Send + Sync,
{
    let ((low, high), (rest0, rest1)) = (halves(lanes), halves(rest));
    (0..eq.len())
        .into_par_iter()
        .with_min_len(GRAIN / 8)
        .fold(
            || [A::ZERO; 3],
            |totals, i| {
                let slope = rest1[i] - rest0[i];
                let mut at = [rest0[i], rest1[i] + slope, rest1[i] + slope.double()];
                for lane in 0..L {
                    let slope = high[i][lane] - low[i][lane];
                    let y0 = low[i][lane] + constants[lane];
                    let y2 = high[i][lane] + slope + constants[lane];
                    for (at, y) in at.iter_mut().zip([y0, y2, y2 + slope]) {
                        *at += gate(lane, y);
                    }
                }
                std::array::from_fn(|j| totals[j] + eq[i] * at[j])
            },
        )
        .reduce(|| [A::ZERO; 3], sum_arrays)
}

#[cfg(test)]
mod tests {
    use super::cube_root;
    use crate::field::EF;
    use p3_field::PrimeCharacteristicRing;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    #[test]
    fn a_cube_root_cubed_is_the_number() {
        let mut rng = StdRng::seed_from_u64(1);
        for x in [EF::ZERO, EF::ONE, EF::TWO].into_iter().chain((0..20).map(|_| rng.random())) {
            assert_eq!(cube_root(x).cube(), x);
        }
    }
}
