//! The sum-check of eq(z, x)·Σ_l w_l·(x_l + c_l)³.
//!
//! The first two variables are bound in the base field: for all sixteen values of both in 0..4 the
//! cubes are summed up against eq, and both messages are sums of those. From then on lanes are
//! scaled by the cube roots of their weights, since w·y³ = (∛w·y)³, and a block of calls and its
//! neighbour, a + b·X, give the coefficients of (a + b·X)³; the one of X follows from the claim.

use super::{VECTORS, eq_calls, eq_low};
use crate::field::{EF, F, PE, PF, WIDTH};
use crate::mle::lagrange4;
use crate::packed::{LIMBS, dots, lanes_sum, limbs, unpack};
use crate::poseidon2::program::{CALLS, LOG_MIN};
use crate::sumcheck::sum_arrays;
use p3_field::{Field, PrimeCharacteristicRing};
use rayon::prelude::*;

/// Terms of a sum in the base field that are reduced together.
const TERMS: usize = 4;
/// Groups of [`TERMS`] that one thread sums up before it weighs lanes.
const GROUPS: usize = 16;
/// Values of the first two variables.
const GRID: usize = 16;
/// Lanes that one thread folds at a time.
const GRAIN: usize = 256;

/// The weights and constants of the cubed lanes, and what they hold in an idle call.
pub(super) struct Gate<const L: usize> {
    pub(super) weights: [EF; L],
    pub(super) constants: [F; L],
    pub(super) idle: [F; L],
}

/// The sum-check, round by round.
pub(super) struct Cubes<'a, const L: usize> {
    z: &'a [EF],
    /// Cube roots of the weights.
    roots: [EF; L],
    constants: [F; L],
    /// An idle call: scaled lanes, and the sum of their cubes.
    idle: ([EF; L], EF),
    point: Vec<EF>,
    /// The round's polynomial at 0, 1, 2, 3.
    values: [EF; 4],
    stage: Stage<'a, L>,
}

enum Stage<'a, const L: usize> {
    /// Sums by the values of the first two variables, the first in rows.
    Base(&'a [[PF; L]], Box<[EF; GRID]>),
    /// Scaled lanes of more than one block, and eq of the blocks behind the current variable.
    Packed(Vec<[PE; L]>, Vec<EF>),
    /// Scaled lanes of single calls, the variable at hand in the lowest bit of the index.
    Scalar(Vec<[EF; L]>),
}

impl<'a, const L: usize> Cubes<'a, L> {
    /// Starts with the lanes of all blocks that are not idle, a vector of calls at a time.
    pub(super) fn new(gate: &Gate<L>, lanes: &'a [[PF; L]], z: &'a [EF]) -> Self {
        let roots = gate.weights.map(cube_root);
        let idle = std::array::from_fn(|l| roots[l] * (gate.idle[l] + gate.constants[l]));
        let idle = (idle, idle.iter().map(EF::cube).sum());
        let log = z.len() - LOG_MIN;
        let stage = if log < 2 {
            let scale = |lanes: &[PF; L]| -> [PE; L] {
                std::array::from_fn(|l| PE::from(roots[l]) * (lanes[l] + gate.constants[l]))
            };
            Stage::Scalar(calls(&lanes.iter().map(scale).collect::<Vec<_>>()))
        } else {
            let sums = grid_sums(gate, lanes, [&z[2..log], &z[log..]]);
            let idle = idle.1 * tail(&z[2..log], lanes.len() / 4);
            Stage::Base(lanes, Box::new(sums.map(|sum| sum + idle)))
        };
        let constants = gate.constants;
        let (point, values) = (Vec::with_capacity(z.len()), [EF::ZERO; 4]);
        let mut cubes = Self { z, roots, constants, idle, point, values, stage };
        cubes.values = match &cubes.stage {
            Stage::Base(_, sums) => {
                std::array::from_fn(|a| sums[a] + z[1] * (sums[4 + a] - sums[a]))
            }
            Stage::Scalar(lanes) => scalar_values(lanes, &z[1..]),
            Stage::Packed(..) => unreachable!("the first two variables come first"),
        };
        cubes
    }

    /// Returns the round's polynomial, without the factor eq of its variable, at 0, 2, 3.
    pub(super) fn message(&self) -> [EF; 3] {
        let [at0, _, at2, at3] = self.values;
        [at0, at2, at3]
    }

    /// Fixes the variable at hand to `r`.
    pub(super) fn bind(&mut self, r: EF) {
        let weights = lagrange4(r);
        let claim = self.values.iter().zip(weights).map(|(&value, weight)| weight * value).sum();
        self.point.push(r);
        let (z, round, log) = (self.z, self.point.len(), self.z.len() - LOG_MIN);
        let blocks = &z[round.min(log)..log];
        match &mut self.stage {
            Stage::Base(_, sums) if round == 1 => {
                let row = |b: usize| sums[4 * b..][..4].iter().zip(weights);
                self.values = std::array::from_fn(|b| row(b).map(|(&sum, w)| w * sum).sum());
            }
            Stage::Base(lanes, _) => {
                let table = fold_base(lanes, &self.constants, &self.roots, &self.point);
                self.enter(table, blocks, claim);
            }
            Stage::Packed(table, eq) => {
                let mut table = std::mem::take(table);
                if blocks.is_empty() {
                    let folded = fold_blocks(&table, PE::from(r));
                    self.enter(folded, blocks, claim);
                    return;
                }
                let eq: Vec<EF> = eq.chunks_exact(2).map(|pair| pair[0] + pair[1]).collect();
                pad(&mut table, 4, &self.idle.0);
                let (folded, sums) = fold_and_sum(&table, PE::from(r), &eq);
                self.values = self.polynomial(sums, &eq, blocks, claim, folded.len());
                self.stage = Stage::Packed(folded, eq);
            }
            Stage::Scalar(lanes) => {
                let folded: Vec<[EF; L]> = lanes
                    .chunks_exact(2)
                    .map(|pair| std::array::from_fn(|l| pair[0][l] + r * (pair[1][l] - pair[0][l])))
                    .collect();
                self.enter_scalar(folded);
            }
        }
    }

    /// Returns the lanes, constants added, at the point.
    pub(super) fn values(&self) -> [EF; L] {
        let Stage::Scalar(lanes) = &self.stage else {
            unreachable!("the last variables are those of single calls");
        };
        // A weight is zero once in 2^155 draws; such a proof does not verify.
        std::array::from_fn(|l| lanes[0][l] * self.roots[l].try_inverse().unwrap_or_default())
    }

    /// Goes on with scaled lanes; `blocks` is what is left of z for blocks.
    fn enter(&mut self, mut table: Vec<[PE; L]>, blocks: &[EF], claim: EF) {
        let Some((_, behind)) = blocks.split_first() else {
            self.enter_scalar(calls(&table));
            return;
        };
        pad(&mut table, 2, &self.idle.0);
        let eq = eq_low(behind);
        let sums = sums(&table, &eq);
        self.values = self.polynomial(sums, &eq, blocks, claim, table.len());
        self.stage = Stage::Packed(table, eq);
    }

    fn enter_scalar(&mut self, lanes: Vec<[EF; L]>) {
        if lanes.len() > 1 {
            self.values = scalar_values(&lanes, &self.z[self.point.len() + 1..]);
        }
        self.stage = Stage::Scalar(lanes);
    }

    /// Returns the values at 0, 1, 2, 3 of the polynomial whose coefficients of 1, X², X³ are those
    /// of `sums` (there without binomials) and the idle calls behind the first `vectors`.
    fn polynomial(
        &self,
        sums: [[PE; 3]; VECTORS],
        eq: &[EF],
        blocks: &[EF],
        claim: EF,
        vectors: usize,
    ) -> [EF; 4] {
        let log = self.z.len() - LOG_MIN;
        let weights = eq_calls(&self.z[log..]);
        let [c0, c2, c3]: [EF; 3] = std::array::from_fn(|j| {
            lanes_sum(sums.iter().zip(&weights).map(|(sums, &eq)| eq * sums[j]).sum())
        });
        let met: EF = eq[..vectors / (2 * VECTORS)].iter().copied().sum();
        let c0 = c0 + self.idle.1 * (EF::ONE - met);
        let c2 = c2.double() + c2;
        // claim = (1 − z)·q(0) + z·q(1); a coordinate of zero is refused by the verifier.
        let z = blocks[0];
        let at1 = (claim - (EF::ONE - z) * c0) * z.try_inverse().unwrap_or_default();
        let c1 = at1 - c0 - c2 - c3;
        let at = |x: u8| {
            let x = F::from_u8(x);
            ((c3 * x + c2) * x + c1) * x + c0
        };
        [c0, at1, at(2), at(3)]
    }
}

/// Returns Σ eq(z, i) over the blocks behind the first `vectors`.
fn tail(z: &[EF], vectors: usize) -> EF {
    let met: EF = eq_low(z)[..vectors / VECTORS].iter().copied().sum();
    EF::ONE - met
}

/// Sums the weighed cubes of all calls for every value in 0..4 of the first two variables.
fn grid_sums<const L: usize>(gate: &Gate<L>, lanes: &[[PF; L]], z: [&[EF]; 2]) -> [EF; GRID] {
    let quads = lanes.len() / (4 * VECTORS);
    let calls = eq_calls(z[1]);
    let weights = gate.weights.map(PE::from);
    let constants = gate.constants.map(PF::from);
    let mut eq = eq_low(z[0]);
    eq.resize(eq.len().next_multiple_of(TERMS), EF::ZERO);
    let groups: Vec<[[F; TERMS]; LIMBS]> =
        eq.as_chunks().0[..quads.div_ceil(TERMS)].iter().map(limbs).collect();
    let cell = |vector: usize, lane: usize| lanes[vector][lane] + constants[lane];
    groups
        .par_chunks(GROUPS)
        .enumerate()
        .map(|(chunk, groups)| {
            let mut totals = [PE::ZERO; GRID];
            for (sub, &call) in calls.iter().enumerate() {
                let mut weighed = [PE::ZERO; GRID];
                for (lane, &weight) in weights.iter().enumerate() {
                    let mut sums = [PE::ZERO; GRID];
                    for (group, eq) in groups.iter().enumerate() {
                        let first = (chunk * GROUPS + group) * TERMS;
                        let mut cubes = [[PF::ZERO; TERMS]; GRID];
                        // What lies behind the last of them may be anything of weight zero.
                        for (term, quad) in (first..quads.min(first + TERMS)).enumerate() {
                            let at = 4 * quad * VECTORS + sub;
                            let corners = std::array::from_fn(|j| cell(at + j * VECTORS, lane));
                            for (cubes, y) in cubes.iter_mut().zip(grid(corners)) {
                                cubes[term] = y.cube();
                            }
                        }
                        for (sum, cubes) in sums.iter_mut().zip(&cubes) {
                            *sum += dots(cubes, eq);
                        }
                    }
                    for (weighed, sum) in weighed.iter_mut().zip(sums) {
                        *weighed += weight * sum;
                    }
                }
                for (total, weighed) in totals.iter_mut().zip(weighed) {
                    *total += call * weighed;
                }
            }
            totals
        })
        .reduce(|| [PE::ZERO; GRID], sum_arrays)
        .map(lanes_sum)
}

/// Returns a bilinear function at all (a, b) in 0..4, at index a + 4·b, from its corners.
#[inline(always)]
fn grid([y00, y10, y01, y11]: [PF; 4]) -> [PF; GRID] {
    let line = |y0: PF, y1: PF| {
        let slope = y1 - y0;
        [y0, y1, y1 + slope, y1 + slope + slope]
    };
    let (low, high) = (line(y00, y01), line(y10, y11));
    let [a, b, c, d] = [0, 1, 2, 3].map(|b| line(low[b], high[b]));
    [a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3], c[0], c[1], c[2], c[3], d[0], d[1], d[2], d[3]]
}

/// Fixes the first two variables to `r`; adds constants and scales.
fn fold_base<const L: usize>(
    lanes: &[[PF; L]],
    constants: &[F; L],
    roots: &[EF; L],
    r: &[EF],
) -> Vec<[PE; L]> {
    let corners = eq_low(r);
    let scales: [[[F; 4]; LIMBS]; L] =
        roots.map(|root| limbs(&std::array::from_fn(|j| root * corners[j])));
    let mut table = vec![[PE::ZERO; L]; lanes.len() / 4];
    lanes
        .par_chunks_exact(4 * VECTORS)
        .zip(table.par_chunks_exact_mut(VECTORS))
        .with_min_len((GRAIN / L / VECTORS).max(1))
        .for_each(|(quad, block)| {
            for (sub, folded) in block.iter_mut().enumerate() {
                for (l, folded) in folded.iter_mut().enumerate() {
                    let y = std::array::from_fn(|j| quad[j * VECTORS + sub][l] + constants[l]);
                    *folded = dots(&y, &scales[l]);
                }
            }
        });
    table
}

/// Adds idle blocks up to a multiple of `count` blocks.
fn pad<const L: usize>(table: &mut Vec<[PE; L]>, count: usize, idle: &[EF; L]) {
    table.resize(table.len().next_multiple_of(count * VECTORS), idle.map(PE::from));
}

/// Adds the coefficients of 1, X², X³ of Σ_l (a_l + b_l·X)³, without their binomials.
fn add_cubes<const L: usize>(sums: &mut [PE; 3], eq: PE, low: &[PE; L], high: &[PE; L]) {
    let mut cubes = [PE::ZERO; 3];
    for (&a, &high) in low.iter().zip(high) {
        let b = high - a;
        let (a2, b2) = (a.square(), b.square());
        cubes = sum_arrays(cubes, [a2 * a, b2 * a, b2 * b]);
    }
    *sums = sum_arrays(*sums, cubes.map(|cube| eq * cube));
}

/// Sums over pairs of blocks.
fn sums<const L: usize>(table: &[[PE; L]], eq: &[EF]) -> [[PE; 3]; VECTORS] {
    table
        .par_chunks_exact(2 * VECTORS)
        .zip(eq)
        .with_min_len((GRAIN / L / VECTORS).max(1))
        .fold(
            || [[PE::ZERO; 3]; VECTORS],
            |mut sums, (pair, &eq)| {
                let (low, high) = pair.split_at(VECTORS);
                for ((sums, low), high) in sums.iter_mut().zip(low).zip(high) {
                    add_cubes(sums, PE::from(eq), low, high);
                }
                sums
            },
        )
        .reduce(|| [[PE::ZERO; 3]; VECTORS], add_vectors)
}

/// Fixes the variable at hand to `r` and sums over pairs of what is left, in one pass.
fn fold_and_sum<const L: usize>(
    table: &[[PE; L]],
    r: PE,
    eq: &[EF],
) -> (Vec<[PE; L]>, [[PE; 3]; VECTORS]) {
    let mut folded = vec![[PE::ZERO; L]; table.len() / 2];
    let sums = table
        .par_chunks_exact(4 * VECTORS)
        .zip(folded.par_chunks_exact_mut(2 * VECTORS))
        .zip(eq)
        .with_min_len((GRAIN / L / VECTORS).max(1))
        .fold(
            || [[PE::ZERO; 3]; VECTORS],
            |mut sums, ((quad, pair), &eq)| {
                let (low, high) = pair.split_at_mut(VECTORS);
                for (sub, sums) in sums.iter_mut().enumerate() {
                    let at = |block: usize| &quad[block * VECTORS + sub];
                    fold_lanes(at(0), at(1), r, &mut low[sub]);
                    fold_lanes(at(2), at(3), r, &mut high[sub]);
                    add_cubes(sums, PE::from(eq), &low[sub], &high[sub]);
                }
                sums
            },
        )
        .reduce(|| [[PE::ZERO; 3]; VECTORS], add_vectors);
    (folded, sums)
}

fn fold_lanes<const L: usize>(low: &[PE; L], high: &[PE; L], r: PE, folded: &mut [PE; L]) {
    for ((folded, &low), &high) in folded.iter_mut().zip(low).zip(high) {
        *folded = low + r * (high - low);
    }
}

fn fold_blocks<const L: usize>(table: &[[PE; L]], r: PE) -> Vec<[PE; L]> {
    let (low, high) = table.split_at(VECTORS);
    let mut folded = low.to_vec();
    low.iter().zip(high).zip(&mut folded).for_each(|((low, high), folded)| {
        fold_lanes(low, high, r, folded);
    });
    folded
}

fn add_vectors(mut a: [[PE; 3]; VECTORS], b: [[PE; 3]; VECTORS]) -> [[PE; 3]; VECTORS] {
    a.iter_mut().zip(b).for_each(|(a, b)| *a = sum_arrays(*a, b));
    a
}

/// Takes one or two blocks apart: a block's number in the lowest bit, then that of the call.
fn calls<const L: usize>(table: &[[PE; L]]) -> Vec<[EF; L]> {
    let scalars: Vec<[EF; L]> = table
        .iter()
        .flat_map(|lanes| {
            let columns = lanes.map(|lane| unpack(&[lane]));
            (0..WIDTH).map(move |call| std::array::from_fn(|l| columns[l][call]))
        })
        .collect();
    (0..CALLS).flat_map(|call| scalars.iter().skip(call).step_by(CALLS).copied()).collect()
}

/// Returns Σ eq·Σ_l y_l³ with the variable at hand at 0, 1, 2, 3.
fn scalar_values<const L: usize>(lanes: &[[EF; L]], z: &[EF]) -> [EF; 4] {
    let mut values = [EF::ZERO; 4];
    for (pair, eq) in lanes.chunks_exact(2).zip(eq_low(z)) {
        let mut sums = [EF::ZERO; 4];
        for (&low, &high) in pair[0].iter().zip(&pair[1]) {
            let slope = high - low;
            let ys = [low, high, high + slope, high + slope.double()];
            sums = sum_arrays(sums, ys.map(|y| y.cube()));
        }
        values = sum_arrays(values, sums.map(|sum| eq * sum));
    }
    values
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
