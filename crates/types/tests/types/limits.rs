//! Limits of listings, sizes of models, thresholds, commitments to rows.

use crate::sample::{Random, Sample};
use assay_codec::Digest;
use assay_types::bounded::List;
use assay_types::*;
use proptest::prelude::*;

fn limits() -> Limits {
    Limits {
        algorithms: List::new(vec![AlgorithmName::DecisionTree]).unwrap(),
        depth_max: 5,
        min_samples_leaf: 4,
        leaves_max: 20,
        test_rows_max: 9,
        disclosure: Disclosure::Threshold,
    }
}

fn tree(max_depth: Option<u8>, leaf: u32, max_leaf_nodes: Option<u32>) -> Algorithm {
    let min_samples_leaf = leaf;
    let parameters =
        TreeParameters { max_depth, min_samples_leaf, max_leaf_nodes, ..TreeParameters::SKLEARN };
    Algorithm::DecisionTree(parameters)
}

#[test]
fn each_limit_keeps_what_is_above_it_out() {
    #[track_caller]
    fn check(algorithm: &Algorithm, expected: Result<(), &str>) {
        assert_eq!(limits().admit(algorithm), expected);
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
    assert_eq!(none.admit(&tree(Some(1), 4, None)), Err("the algorithm is not on offer"));
}

#[test]
fn the_largest_tree_follows_from_depth_and_leaves() {
    #[track_caller]
    fn check(max_depth: Option<u8>, max_leaf_nodes: Option<u32>, expected: (usize, usize)) {
        assert_eq!(tree(max_depth, 1, max_leaf_nodes).largest(), expected);
    }
    check(Some(1), None, (1, 8));
    check(Some(3), None, (3, 16));
    check(Some(5), Some(9), (5, 32));
    check(Some(2), Some(u32::MAX), (2, 8));
    check(None, Some(16), (64, 32));
    check(None, None, (64, 1 << 20));
}

#[test]
fn what_a_wallet_reads_tells_algorithms_apart() {
    let mut seen = std::collections::BTreeMap::new();
    let mut random = Random(1);
    for _ in 0..2_000 {
        let algorithm = Algorithm::sample(&mut random);
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
