//! The walk ends in the leaves, whatever the shapes; sums that do not cancel are noticed.

use super::tree::Layer;
use super::{Leaf, Tree, budget, prove, verify};
use crate::channel::rehearsal::Rehearsal;
use crate::channel::{Messages, Prover};
use crate::field::{EF, F, WIDTH};
use crate::mle::eq_table;
use crate::packed::{pack, pack_base};
use crate::relations::Relations;
use p3_field::{ExtensionField, Field, PrimeCharacteristicRing};
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// Leaves of one tree.
#[derive(Clone)]
struct Fractions {
    n: Vec<EF>,
    d: Vec<EF>,
}

impl Fractions {
    fn uniform(seed: u64, log: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let n = (0..1 << log).map(|_| EF::from(rng.random::<F>())).collect();
        Self { n, d: (0..1 << log).map(|_| rng.random()).collect() }
    }

    fn sum(&self) -> EF {
        self.n.iter().zip(&self.d).map(|(&n, d)| n * d.inverse()).sum()
    }

    /// Changes the last denominator so that the sum becomes `sum`.
    fn settle(&mut self, sum: EF) {
        let last = self.n.len() - 1;
        let rest = sum - self.sum() + self.n[last] * self.d[last].inverse();
        self.d[last] = self.n[last] * rest.inverse();
    }

    /// The layers one addition at a time, root first.
    fn layers(&self) -> Vec<(Vec<EF>, Vec<EF>)> {
        let mut layers = vec![(self.n.clone(), self.d.clone())];
        while layers[layers.len() - 1].0.len() > 1 {
            let (n, d) = &layers[layers.len() - 1];
            let half = n.len() / 2;
            let sums = (0..half).map(|i| n[i] * d[i + half] + n[i + half] * d[i]).collect();
            layers.push((sums, (0..half).map(|i| d[i] * d[i + half]).collect()));
        }
        layers.reverse();
        layers
    }

    /// The tree; leaves that do not fill a vector come without.
    fn tree(&self) -> Tree {
        if self.n.len() < WIDTH {
            let scalar = |(n, d)| Layer::Scalar(n, d);
            return Tree { layers: self.layers().into_iter().map(scalar).collect() };
        }
        let base: Vec<F> = self.n.iter().map(|n| n.as_base().unwrap()).collect();
        Tree::new(pack_base(&base).to_vec(), pack(&self.d))
    }

    fn at(&self, point: &[EF]) -> [EF; 2] {
        let eq = eq_table(point);
        [&self.n, &self.d].map(|table| eq.iter().zip(table).map(|(&w, &value)| w * value).sum())
    }
}

fn cancelling(logs: [usize; 2]) -> [Fractions; 2] {
    let [a, mut b] = [Fractions::uniform(1, logs[0]), Fractions::uniform(2, logs[1])];
    b.settle(-a.sum());
    [a, b]
}

fn heard(stage: &Rehearsal, messages: &Messages, logs: [usize; 2]) -> ([Leaf; 2], bool) {
    let mut verifier = stage.verifier(messages);
    let mut relations = Relations::default();
    let leaves = verify(&mut verifier, &mut relations, logs).unwrap();
    verifier.check_budget().unwrap();
    assert!(verifier.finish().is_ok(), "nothing is left over");
    (leaves, stage.holds(relations))
}

/// Whether the relations hold and each leaf claim is what `leaves` say.
fn check(stage: &Rehearsal, messages: &Messages, leaves: &[Fractions; 2]) -> [bool; 2] {
    let logs = leaves.each_ref().map(|tree| tree.n.len().ilog2() as usize);
    let (ends, holds) = heard(stage, messages, logs);
    let right = ends.iter().zip(leaves).all(|(end, tree)| {
        [&end.numerator, &end.denominator].map(|e| stage.value(e)) == tree.at(&end.point)
    });
    [holds, right]
}

/// Proves to the end.
fn walk(trees: [&Tree; 2], prover: &mut Prover<'_>) -> [Vec<EF>; 2] {
    prove(trees, prover, &mut || Ok(())).unwrap()
}

#[test]
fn every_pair_of_depths_ends_in_its_leaves() {
    for logs in (0..=8).flat_map(|a| (0..=8).map(move |b| [a, b])) {
        let leaves = cancelling(logs);
        let trees = leaves.each_ref().map(Fractions::tree);
        let stage = Rehearsal::new(&[4], budget(logs));
        let mut points = None;
        let messages = stage.messages(|prover| points = Some(walk([&trees[0], &trees[1]], prover)));
        assert_eq!(check(&stage, &messages, &leaves), [true, true], "depths {logs:?}");
        let (ends, _) = heard(&stage, &messages, logs);
        assert_eq!(Some(ends.map(|end| end.point)), points, "depths {logs:?}");
    }
}

#[test]
fn every_layer_is_the_naive_one() {
    for log in 0..9 {
        let leaves = Fractions::uniform(log as u64, log);
        let tree = leaves.tree();
        let layers: Vec<_> = tree.layers.iter().map(Layer::scalars).collect();
        assert_eq!(layers, leaves.layers(), "depth {log}");
        assert_eq!((tree.log(), tree.root()), (log, (layers[0].0[0], layers[0].1[0])));
    }
}

#[test]
fn rejects_sums_that_do_not_cancel() {
    for logs in [[0, 0], [0, 3], [3, 1], [5, 5]] {
        let [a, mut b] = cancelling(logs);
        b.n[0] += EF::ONE;
        let leaves = [a, b];
        let trees = leaves.each_ref().map(Fractions::tree);
        let stage = Rehearsal::new(&[4], budget(logs));
        let messages = stage.messages(|prover| {
            walk([&trees[0], &trees[1]], prover);
        });
        // Honest about its leaves, so that only the roots can betray it.
        assert_eq!(check(&stage, &messages, &leaves), [false, true], "depths {logs:?}");
    }
}

#[test]
fn rejects_a_layer_that_does_not_add_up() {
    // Down to layer k the trees cancel; below they are the trees of other leaves, and honest about
    // them.
    for (k, log) in [(0, 1), (0, 5), (1, 2), (2, 5), (3, 4), (5, 7)] {
        let upper = cancelling([k, k]);
        let leaves = [3, 4].map(|seed| Fractions::uniform(seed, log));
        let mut trees = leaves.each_ref().map(Fractions::tree);
        for (tree, upper) in trees.iter_mut().zip(&upper) {
            for (layer, (n, d)) in tree.layers.iter_mut().zip(upper.layers()) {
                // In the form that this layer has where vectors are as wide as here.
                *layer = match layer {
                    Layer::Scalar(..) => Layer::Scalar(n, d),
                    _ => Layer::Packed(pack(&n), pack(&d)),
                };
            }
        }
        let stage = Rehearsal::new(&[4], budget([log, log]));
        let messages = stage.messages(|prover| {
            walk([&trees[0], &trees[1]], prover);
        });
        assert_eq!(check(&stage, &messages, &leaves), [false, true], "layer {k} of {log}");
    }
}

/// Trees whose sums do not cancel, with other roots: `lie` changes N0, D0, N1, D1 so that they seem
/// to.
fn rejects_roots(lie: impl Fn([EF; 4]) -> [EF; 4]) {
    let leaves = [5, 6].map(|seed| Fractions::uniform(seed, 3));
    let mut trees = leaves.each_ref().map(Fractions::tree);
    let [(n0, d0), (n1, d1)] = trees.each_ref().map(Tree::root);
    let [n0, d0, n1, d1] = lie([n0, d0, n1, d1]);
    assert_eq!(n0 * d1 + n1 * d0, EF::ZERO, "the roots cancel");
    for (tree, (n, d)) in trees.iter_mut().zip([(n0, d0), (n1, d1)]) {
        tree.layers[0] = Layer::Scalar(vec![n], vec![d]);
    }
    let stage = Rehearsal::new(&[4], budget([3, 3]));
    let messages = stage.messages(|prover| {
        walk([&trees[0], &trees[1]], prover);
    });
    assert_eq!(check(&stage, &messages, &leaves), [false, true]);
}

#[test]
fn rejects_a_lie_about_a_denominator_alone() {
    rejects_roots(|[n0, d0, n1, _]| [n0, d0, n1, -n1 * d0 * n0.inverse()]);
}

#[test]
fn rejects_a_lie_about_a_numerator_alone() {
    rejects_roots(|[n0, d0, _, d1]| [n0, d0, -n0 * d1 * d0.inverse(), d1]);
}

#[test]
fn rejects_lies_about_two_trees_that_cancel() {
    rejects_roots(|[n0, d0, n1, d1]| {
        let lie = (n0 * d1 + n1 * d0) * (d0 - d1).inverse();
        [n0 + lie, d0, n1 - lie, d1]
    });
}

/// 0/0 cancels whatever is added to it, so nothing but the walk can reject it.
#[test]
fn rejects_roots_that_are_nothing_over_nothing() {
    rejects_roots(|[_, _, n1, d1]| [EF::ZERO, EF::ZERO, n1, d1]);
    rejects_roots(|[n0, d0, _, _]| [n0, d0, EF::ZERO, EF::ZERO]);
    rejects_roots(|_| [EF::ZERO; 4]);
}

#[test]
fn rejects_a_tree_over_other_leaves() {
    for logs in [[1, 0], [0, 3], [4, 2], [5, 5]] {
        let claimed = cancelling(logs);
        let mut used = claimed.clone();
        used[0].d[0] += EF::ONE;
        let rest = -used[0].sum();
        used[1].settle(rest);
        let trees = used.each_ref().map(Fractions::tree);
        let stage = Rehearsal::new(&[4], budget(logs));
        let messages = stage.messages(|prover| {
            walk([&trees[0], &trees[1]], prover);
        });
        assert_eq!(check(&stage, &messages, &claimed), [true, false], "depths {logs:?}");
    }
}

#[test]
fn rejects_every_changed_message() {
    let logs = [4, 2];
    let leaves = cancelling(logs);
    let trees = leaves.each_ref().map(Fractions::tree);
    let stage = Rehearsal::new(&[4], budget(logs));
    let honest = stage.messages(|prover| {
        walk([&trees[0], &trees[1]], prover);
    });
    for i in 0..honest.hidden.len() {
        let mut bad = honest.clone();
        bad.hidden[i] += EF::ONE;
        assert_ne!(check(&stage, &bad, &leaves), [true, true], "message {i}");
    }
}

/// Looks up (value, tag 0) in a table of (value, tag); returns whether the walk accepts.
fn looked_up(values: &[u8], table: &[(u8, u8)], multiplicities: &[u8]) -> bool {
    let mut rng = StdRng::seed_from_u64(7);
    let (alpha, beta): (EF, EF) = (rng.random(), rng.random());
    let tuple = |value: u8, tag: u8| alpha - EF::from_u8(value) - beta * EF::from_u8(tag);
    let wanted = Fractions {
        n: vec![EF::ONE; values.len()],
        d: values.iter().map(|&value| tuple(value, 0)).collect(),
    };
    let entries = Fractions {
        n: multiplicities.iter().map(|&m| -EF::from_u8(m)).collect(),
        d: table.iter().map(|&(value, tag)| tuple(value, tag)).collect(),
    };
    let leaves = [wanted, entries];
    let logs = leaves.each_ref().map(|tree| tree.n.len().ilog2() as usize);
    let trees = leaves.each_ref().map(Fractions::tree);
    let stage = Rehearsal::new(&[4], budget(logs));
    let messages = stage.messages(|prover| {
        walk([&trees[0], &trees[1]], prover);
    });
    let [holds, right] = check(&stage, &messages, &leaves);
    assert!(right, "the leaves are as claimed");
    holds
}

#[test]
fn rejects_values_that_are_no_entries_and_wrong_multiplicities() {
    // Three entries; the fourth cell of the table is padding, told apart by its tag alone.
    let table = [(3, 0), (5, 0), (8, 0), (9, 1)];
    assert!(looked_up(&[3, 8, 8, 3], &table, &[2, 0, 2, 0]));
    for (values, multiplicities) in [
        ([3, 8, 8, 3], [2, 0, 1, 0]),
        ([3, 8, 8, 3], [2, 1, 2, 0]),
        ([3, 8, 8, 3], [1, 1, 2, 0]),
        ([3, 8, 8, 4], [1, 0, 2, 0]),
        ([3, 8, 8, 4], [2, 0, 2, 0]),
        ([3, 8, 8, 9], [1, 0, 2, 1]), // padding used as an entry
        ([3, 8, 8, 3], [2, 0, 2, 1]), // a multiplicity on padding
    ] {
        assert!(!looked_up(&values, &table, &multiplicities), "{values:?} {multiplicities:?}");
    }
}
