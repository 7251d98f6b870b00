//! The prover's half.

use super::tree::{Layer, Tree};
use crate::channel::Prover;
use crate::field::{EF, PE, WIDTH};
use crate::mle;
use crate::packed::{self, GRAIN, eq_drop, fold, fold_into, halves, lanes_sum, quarters, unpack};
use crate::sumcheck::sum_arrays;
use crate::watch::Cancelled;
use p3_field::{Algebra, PrimeCharacteristicRing};
use rayon::prelude::*;

/// Walks both trees from their roots; returns the points of their leaves. `again` is asked before
/// every layer whether to go on.
pub fn prove(
    trees: [&Tree; 2],
    prover: &mut Prover<'_>,
    again: &mut dyn FnMut() -> Result<(), Cancelled>,
) -> Result<[Vec<EF>; 2], Cancelled> {
    let [(n0, d0), (n1, d1)] = trees.map(Tree::root);
    prover.hide_pair(n0, d1);
    prover.hide_pair(n1, d0);

    let mut leaves = [Vec::new(), Vec::new()];
    let mut z: Vec<EF> = Vec::new();
    for layer in 0..trees[0].log().max(trees[1].log()) {
        again()?;
        let (lambda, mu) = (prover.challenge(), prover.challenge());
        let live = || (0..2).filter(|&t| trees[t].log() > layer);
        let below = live().map(|t| Gates::new(&trees[t].layers[layer + 1], lambda)).collect();
        z = walk(prover, below, &z, mu);
        for t in live() {
            leaves[t].clone_from(&z);
        }
    }
    Ok(leaves)
}

/// The factors of one tree's gates u·d1 + n1·d0 in one layer.
enum Gates<'a> {
    /// Before the first fold: u is new, the rest lies in the tree.
    Borrowed(Vec<PE>, &'a Layer),
    /// u, d1, n1, d0.
    Packed([Vec<PE>; 4]),
    /// u, d1, n1, d0.
    Scalar([Vec<EF>; 4]),
}

impl<'a> Gates<'a> {
    fn new(layer: &'a Layer, lambda: EF) -> Self {
        let vector = PE::from(lambda);
        match layer {
            Layer::Leaves(n, d) if d.len() > 1 => {
                Self::Borrowed(upper(halves(n).0, halves(d).0, vector), layer)
            }
            Layer::Packed(n, d) if d.len() > 1 => {
                Self::Borrowed(upper(halves(n).0, halves(d).0, vector), layer)
            }
            _ => {
                let (n, d) = layer.scalars();
                let ((n0, n1), (d0, d1)) = (halves(&n), halves(&d));
                let u = upper(n0, d0, lambda);
                Self::Scalar([u, d1.to_vec(), n1.to_vec(), d0.to_vec()])
            }
        }
    }

    /// Returns Σ eq·gate with the first variable at 0 and at 2.
    fn sums(&self, eq: &Eq) -> [EF; 2] {
        match (self, eq) {
            (Self::Borrowed(u, Layer::Leaves(n, d)), Eq::Packed(eq)) => {
                gate_sums(eq, u, halves(d).1, halves(n).1, halves(d).0).map(lanes_sum)
            }
            (Self::Borrowed(u, Layer::Packed(n, d)), Eq::Packed(eq)) => {
                gate_sums(eq, u, halves(d).1, halves(n).1, halves(d).0).map(lanes_sum)
            }
            (Self::Packed([u, d1, n1, d0]), Eq::Packed(eq)) => {
                gate_sums(eq, u, d1, n1, d0).map(lanes_sum)
            }
            (Self::Scalar([u, d1, n1, d0]), Eq::Scalar(eq)) => gate_sums(eq, u, d1, n1, d0),
            _ => unreachable!("tables and eq change form together"),
        }
    }

    fn fold(&mut self, r: EF) {
        let vector = PE::from(r);
        match self {
            Self::Borrowed(u, layer) => {
                let u = fold_into(u, vector);
                *self = Self::Packed(match layer {
                    Layer::Leaves(n, d) => [
                        u,
                        fold_into(halves(d).1, vector),
                        fold_into(halves(n).1, vector),
                        fold_into(halves(d).0, vector),
                    ],
                    Layer::Packed(n, d) => [
                        u,
                        fold_into(halves(d).1, vector),
                        fold_into(halves(n).1, vector),
                        fold_into(halves(d).0, vector),
                    ],
                    Layer::Scalar(..) => unreachable!("scalars are never borrowed"),
                });
            }
            Self::Packed(tables) => tables.iter_mut().for_each(|table| fold(table, vector)),
            Self::Scalar(tables) => tables.iter_mut().for_each(|table| fold(table, r)),
        }
    }

    /// Fixes the first variable to `r`; returns the sums of what is left.
    fn fold_and_sum(&mut self, r: EF, eq: &Eq) -> [EF; 2] {
        match (&mut *self, eq) {
            (Self::Packed(tables), Eq::Packed(eq)) => {
                let sums = fold_and_sum(eq, tables, PE::from(r));
                tables.iter_mut().for_each(|table| table.truncate(2 * eq.len()));
                sums.map(lanes_sum)
            }
            _ => {
                self.fold(r);
                self.sums(eq)
            }
        }
    }

    fn into_scalar(self) -> Self {
        match self {
            Self::Borrowed(u, layer) => {
                let (n, d) = layer.scalars();
                let ((_, n1), (d0, d1)) = (halves(&n), halves(&d));
                Self::Scalar([unpack(&u), d1.to_vec(), n1.to_vec(), d0.to_vec()])
            }
            Self::Packed(tables) => Self::Scalar(tables.map(|table| unpack(&table))),
            scalar => scalar,
        }
    }

    /// Returns u, d1, n1, d0 once every variable is fixed.
    fn values(&self) -> [EF; 4] {
        match self {
            Self::Scalar(tables) => tables.each_ref().map(|table| table[0]),
            _ => unreachable!("the last rounds are scalar"),
        }
    }
}

/// eq over the variables behind the current one.
enum Eq {
    Packed(Vec<PE>),
    Scalar(Vec<EF>),
}

fn walk(prover: &mut Prover<'_>, mut trees: Vec<Gates<'_>>, z: &[EF], mu: EF) -> Vec<EF> {
    let mut eq = match z {
        [_, rest @ ..] if 1 << rest.len() >= WIDTH => Eq::Packed(packed::eq_packed(rest)),
        [_, rest @ ..] => Eq::Scalar(mle::eq_table(rest)),
        [] => Eq::Scalar(vec![EF::ONE]),
    };
    if matches!(eq, Eq::Scalar(_)) {
        trees = trees.into_iter().map(Gates::into_scalar).collect();
    }
    let batch = |sums: Vec<[EF; 2]>| {
        let weigh = |all: [EF; 2], sums| sum_arrays(all.map(|sum| sum * mu), sums);
        sums.into_iter().rev().fold([EF::ZERO; 2], weigh)
    };
    let mut sums = match z {
        [] => [EF::ZERO; 2],
        _ => batch(trees.iter().map(|tree| tree.sums(&eq)).collect()),
    };
    let mut point = Vec::with_capacity(z.len() + 1);
    for round in 0..z.len() {
        sums.into_iter().for_each(|sum| prover.hide(sum));
        let r = prover.challenge();
        point.push(r);
        if round + 1 == z.len() {
            trees.iter_mut().for_each(|tree| tree.fold(r));
            break;
        }
        eq = eq.next();
        sums = batch(match eq {
            Eq::Packed(_) => trees.iter_mut().map(|tree| tree.fold_and_sum(r, &eq)).collect(),
            Eq::Scalar(_) => {
                trees.iter_mut().for_each(|tree| tree.fold(r));
                trees = trees.into_iter().map(Gates::into_scalar).collect();
                trees.iter().map(|tree| tree.sums(&eq)).collect()
            }
        });
    }
    for tree in trees {
        let [u, d1, n1, d0] = tree.into_scalar().values();
        prover.hide_pair(u, d1);
        prover.hide_pair(d0, n1);
    }
    let b = prover.challenge();
    std::iter::once(b).chain(point).collect()
}

impl Eq {
    fn next(self) -> Self {
        match self {
            Self::Packed(mut table) if table.len() > 1 => {
                eq_drop(&mut table);
                Self::Packed(table)
            }
            Self::Packed(table) => Self::Scalar(unpack(&table)).next(),
            Self::Scalar(mut table) => {
                eq_drop(&mut table);
                Self::Scalar(table)
            }
        }
    }
}

/// Returns n + λ·d.
fn upper<N, A>(numerators: &[N], denominators: &[A], lambda: A) -> Vec<A>
where
    N: PrimeCharacteristicRing + Copy + Send + Sync,
    A: Algebra<N> + Copy + Send + Sync,
{
    numerators
        .par_iter()
        .zip(denominators)
        .with_min_len(2 * GRAIN)
        .map(|(&n, &d)| lambda * d + n)
        .collect()
}

fn gate_sums<N, A>(eq: &[A], u: &[A], d1: &[A], n1: &[N], d0: &[A]) -> [A; 2]
where
    N: PrimeCharacteristicRing + Copy + Send + Sync,
    A: Algebra<N> + Copy + Send + Sync,
{
    let ((u, u_), (d1, d1_)) = (halves(u), halves(d1));
    let ((n1, n1_), (d0, d0_)) = (halves(n1), halves(d0));
    (0..eq.len())
        .into_par_iter()
        .with_min_len(GRAIN / 2)
        .fold(
            || [A::ZERO; 2],
            |sums, i| {
                let at0 = u[i] * d1[i] + d0[i] * n1[i];
                let at2 = (u_[i].double() - u[i]) * (d1_[i].double() - d1[i])
                    + (d0_[i].double() - d0[i]) * (n1_[i].double() - n1[i]);
                [sums[0] + eq[i] * at0, sums[1] + eq[i] * at2]
            },
        )
        .reduce(|| [A::ZERO; 2], sum_arrays)
}

/// Folds u, d1, n1, d0 onto their lower halves and sums over what is left: one pass over memory
/// instead of two.
fn fold_and_sum(eq: &[PE], tables: &mut [Vec<PE>; 4], r: PE) -> [PE; 2] {
    let [u, d1, n1, d0] = tables.each_mut().map(|table| {
        let [a, b, c, d] = quarters(table);
        (a, b, &*c, &*d)
    });
    (u, d1, n1, d0, eq)
        .into_par_iter()
        .with_min_len(GRAIN / 2)
        .fold(
            || [PE::ZERO; 2],
            |sums, (u, d1, n1, d0, &eq)| {
                let [u, d1, n1, d0] = [u, d1, n1, d0].map(|(low, high, low1, high1)| {
                    *low += r * (*low1 - *low);
                    *high += r * (*high1 - *high);
                    (*low, high.double() - *low)
                });
                let at = |u: PE, d1: PE, n1: PE, d0: PE| eq * (u * d1 + d0 * n1);
                let (at0, at2) = (at(u.0, d1.0, n1.0, d0.0), at(u.1, d1.1, n1.1, d0.1));
                [sums[0] + at0, sums[1] + at2]
            },
        )
        .reduce(|| [PE::ZERO; 2], sum_arrays)
}
