//! Limits of listings, sizes of models, thresholds, commitments to rows.

use crate::sample::{Random, Sample, Trained};
use assay_codec::Digest;
use assay_types::bounded::List;
use assay_types::*;
use proptest::prelude::*;

fn limits() -> Limits {
    Limits {
        algorithms: List::new(vec![Offered::DecisionTree]).unwrap(),
        depth_max: 5,
        min_samples_leaf: 4,
        leaves_max: 20,
        test_rows_max: 9,
        disclosure: Disclosure::Threshold,
    }
}

const SIZE: TableSize = TableSize { rows: 100, features: 4, classes: 3 };

fn parameters(max_depth: Option<u8>, leaf: u32, max_leaf_nodes: Option<u32>) -> TreeParameters {
    let min_samples_leaf = leaf;
    TreeParameters { max_depth, min_samples_leaf, max_leaf_nodes, ..TreeParameters::SKLEARN }
}

pub(crate) fn tree(max_depth: Option<u8>, leaf: u32, max_leaf_nodes: Option<u32>) -> Algorithm {
    Algorithm::DecisionTree(parameters(max_depth, leaf, max_leaf_nodes))
}

pub(crate) fn forest(trees: u16, max_depth: Option<u8>, leaf: u32) -> Algorithm {
    let tree = parameters(max_depth, leaf, Some(20).filter(|_| leaf != 1));
    let forest = ForestParameters::new(tree, trees, Sampling::Bootstrap, Splitter::Best);
    Algorithm::Forest(forest.unwrap())
}

pub(crate) fn descent() -> Descent {
    Descent {
        epochs: 2,
        batch: 10,
        learning_rate: Ratio::new(1, 10).unwrap(),
        schedule: Schedule::Constant,
        momentum: Ratio::ZERO,
        weight_decay: Ratio::ZERO,
        seed: 1,
    }
}

/// A network of dense layers.
pub(crate) fn network(outputs: &[u16]) -> Algorithm {
    let layers = outputs.iter().map(|&outputs| Layer::Dense { outputs }).collect();
    let network = NetworkParameters::new(None, layers, Loss::CrossEntropy, descent());
    Algorithm::Network(network.unwrap())
}

#[test]
fn each_limit_keeps_what_is_above_it_out() {
    #[track_caller]
    fn check(algorithm: &Algorithm, expected: Result<(), &str>) {
        assert_eq!(limits().admit(algorithm, &SIZE), expected);
    }
    check(&tree(Some(6), 4, Some(20)), Err("max_depth is above the listing's limit"));
    check(&tree(None, 4, Some(20)), Err("max_depth is above the listing's limit"));
    check(&tree(Some(5), 3, Some(20)), Err("min_samples_leaf is below the listing's limit"));
    check(&tree(Some(5), 4, Some(21)), Err("max_leaf_nodes is above the listing's limit"));
    check(&tree(Some(5), 4, None), Err("max_leaf_nodes is above the listing's limit"));
    check(&tree(Some(5), 4, Some(20)), Ok(()));
    // Sixteen leaves at most, without saying so.
    check(&tree(Some(4), 4, None), Ok(()));
    let none = Limits { algorithms: List::default(), ..limits() };
    assert_eq!(none.admit(&tree(Some(1), 4, None), &SIZE), Err("the algorithm is not on offer"));
}

#[test]
fn forests_and_networks_have_limits_of_their_own() {
    #[track_caller]
    fn check(offered: Offered, algorithm: &Algorithm, expected: Result<(), &str>) {
        let algorithms = List::new(vec![offered]).unwrap();
        assert_eq!(Limits { algorithms, ..limits() }.admit(algorithm, &SIZE), expected);
    }
    let absent = Err("the algorithm is not on offer");
    let busy = Err("training takes more work than the listing allows");
    let asked = forest(10, Some(5), 4);
    let Algorithm::Forest(parameters) = &asked else { panic!("a forest") };
    let work = parameters.work(&SIZE).unwrap();
    let offered = |trees_max, work_max| Offered::Forest { trees_max, work_max };
    check(Offered::DecisionTree, &asked, absent);
    check(offered(9, work), &asked, Err("the number of trees is above the listing's limit"));
    check(offered(10, work - 1), &asked, busy);
    check(offered(10, work), &asked, Ok(()));
    // What holds for a tree holds for each of a forest.
    let deep = Err("max_depth is above the listing's limit");
    check(offered(10, u64::MAX), &forest(10, Some(6), 4), deep);
    let small = Err("min_samples_leaf is below the listing's limit");
    check(offered(10, u64::MAX), &forest(10, Some(5), 3), small);

    let asked = network(&[6]);
    let Algorithm::Network(parameters) = &asked else { panic!("a network") };
    let work = parameters.work(&SIZE).unwrap();
    let offered = |weights_max, work_max| Offered::Network { weights_max, work_max };
    // Six of four and a bias each, three of six and a bias.
    let weights = 6 * 5 + 3 * 7;
    check(Offered::DecisionTree, &asked, absent);
    check(
        offered(weights - 1, work),
        &asked,
        Err("the number of weights is above the listing's limit"),
    );
    check(offered(weights, work - 1), &asked, busy);
    check(offered(weights, work), &asked, Ok(()));
}

#[test]
fn what_is_on_offer_is_named_once_and_not_empty() {
    #[track_caller]
    fn check(algorithms: &[Offered], is_fine: bool) {
        let algorithms = List::new(algorithms.to_vec()).unwrap();
        assert_eq!(Limits { algorithms, ..limits() }.validate().is_ok(), is_fine);
    }
    let forest = |trees_max, work_max| Offered::Forest { trees_max, work_max };
    let network = |weights_max, work_max| Offered::Network { weights_max, work_max };
    check(&[], false);
    check(&[Offered::DecisionTree, forest(1, 1), network(1, 1)], true);
    check(&[network(1, 1)], true);
    check(&[forest(1, 1), Offered::DecisionTree], false);
    check(&[forest(1, 1), forest(2, 1)], false);
    for empty in [forest(0, 1), forest(1, 0), network(0, 1), network(1, 0)] {
        check(&[empty], false);
    }
}

#[test]
fn the_largest_tree_follows_from_depth_and_leaves() {
    #[track_caller]
    fn check(max_depth: Option<u8>, max_leaf_nodes: Option<u32>, expected: (u64, u64)) {
        assert_eq!(tree(max_depth, 1, max_leaf_nodes).largest(), Some(expected));
    }
    check(Some(1), None, (1, 8));
    check(Some(3), None, (3, 16));
    check(Some(5), Some(9), (5, 32));
    check(Some(2), Some(u32::MAX), (2, 8));
    check(None, Some(16), (64, 32));
    check(None, None, (64, 1 << 20));
}

#[test]
fn the_largest_forest_has_all_its_trees() {
    assert_eq!(forest(3, Some(3), 1).largest(), Some((3, 64)));
    assert_eq!(forest(1 << 14, None, 1).largest(), Some((64, 1 << 20)));
    assert_eq!(network(&[6]).largest(), None);
}

#[test]
fn what_a_wallet_reads_tells_algorithms_apart() {
    let mut seen = std::collections::BTreeMap::new();
    let mut random = Random(1);
    for _ in 0..4_000 {
        let Trained(algorithm) = Trained::sample(&mut random);
        assert_eq!(*seen.entry(algorithm.to_string()).or_insert(algorithm.clone()), algorithm);
    }
}

#[test]
fn a_threshold_is_a_fraction() {
    assert!(Threshold::new(1, 0).is_none());
    assert!(Threshold::new(0, 0).is_none());
    assert!(Threshold::new(3, 2).is_none());
    assert_eq!(Threshold::new(2, 2).unwrap().of(u32::MAX), u32::MAX);
    assert_eq!(Threshold::new(u32::MAX, u32::MAX).unwrap().of(u32::MAX), u32::MAX);
}

#[test]
fn commitments_hide_behind_their_salt_and_purpose() {
    let rows = Digest([1; 32]);
    assert_ne!(TestCommitment::of(&rows, &[0; 32]), TestCommitment::of(&rows, &[1; 32]));
    assert_ne!(TestCommitment::of(&rows, &[0; 32]), TestCommitment::of(&Digest([2; 32]), &[0; 32]));
    let test = DataCommitment::Blake3(TestCommitment::of(&rows, &[0; 32]).0);
    assert_ne!(DataCommitment::blake3(&rows, &[0; 32]), test);
}

proptest! {
    #[test]
    fn needed_rows_are_the_fewest_that_reach_the_threshold(rows: u32, num: u32, den in 1_u32..) {
        let num = num % (den.checked_add(1).unwrap_or(den));
        let needed = Threshold::new(num, den).unwrap().of(rows);
        let reaches = |k: u32| u64::from(k) * u64::from(den) >= u64::from(rows) * u64::from(num);
        prop_assert!(needed <= rows && reaches(needed));
        prop_assert!(needed == 0 || !reaches(needed - 1));
    }
}
