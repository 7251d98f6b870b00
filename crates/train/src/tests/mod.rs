//! Against a brute-force reference, and against numbers from exact arithmetic elsewhere.

mod forests;
mod naive;
mod oracle;
mod weights;

use crate::criterion::Fraction;
use crate::log2::log2;
use crate::{Error, midpoint, train};
use assay_model::ops::tree::DecisionTree;
use assay_model::{
    ClassWeight, Criterion, MaxFeatures, Ordered, Ratio, Schema, SplitMix64, Table, TreeParameters,
    synthetic,
};
use naive::Naive;
use proptest::prelude::*;
use std::cmp::Ordering;

fn fixture(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../oracles/fixtures/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

/// The lines below the header, as numbers.
fn numbers(name: &str) -> Vec<Vec<u64>> {
    let text = fixture(name);
    let lines = text.lines().skip(1);
    lines.map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect()
}

#[test]
fn midpoints_equal_rational_arithmetic() {
    let cases = numbers("midpoints.csv");
    assert!(1000 < cases.len());
    for case in cases {
        let value = |bits: u64| Ordered::from_f32_bits(bits as u32).unwrap();
        let (lower, upper) = (value(case[0]), value(case[1]));
        let got = midpoint(lower, upper);
        assert_eq!(got, value(case[2]), "{lower:?} {upper:?}");
        assert!(lower <= got && got < upper);
    }
}

#[test]
fn logarithms_equal_exact_ones_rounded_down() {
    let cases = numbers("log2.csv");
    assert!(700 < cases.len());
    for case in cases {
        assert_eq!(log2(case[0]), case[1], "{}", case[0]);
    }
}

proptest! {
    #[test]
    fn fractions_compare_as_their_cross_products(a: u64, b in 1_u64.., c: u64, d in 1_u64.., k in 1_u64..) {
        let fraction = |over: u64, under: u64| {
            Fraction { over: u128::from(over), under: u128::from(under) }
        };
        let expected = (u128::from(a) * u128::from(d)).cmp(&(u128::from(c) * u128::from(b)));
        prop_assert_eq!(fraction(a, b).cmp(&fraction(c, d)), expected);
        let k = u128::from(k);
        let scaled = Fraction { over: u128::from(a) * k, under: u128::from(b) * k };
        prop_assert_eq!(scaled.cmp(&fraction(a, b)), Ordering::Equal);
    }
}

/// Few distinct values, so that ties and repeated rows abound.
fn random_table(rows: usize, features: usize, classes: usize, seed: u64) -> Table {
    let mut random = SplitMix64::new(seed);
    let names = |kind: &str, n: usize| (0..n).map(|i| format!("{kind}{i}")).collect();
    let schema = Schema::new(names("x", features), "y".into(), names("c", classes)).unwrap();
    let mut value = || Ordered::new(0x8000_0000 + (random.below(5) as u32) * 0x1234_5678);
    let values = (0..rows * features).map(|_| value().unwrap_or(Ordered::MAX)).collect();
    let mut random = SplitMix64::new(!seed);
    let labels = (0..rows).map(|_| random.below(classes as u64) as u16).collect();
    Table::new(schema, values, labels).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn trees_equal_the_naive_reference(
        shape in (1_usize..24, 1_usize..5, 1_usize..5), seed: u64, is_gini: bool,
        depth in prop::option::of(1_u8..5), split in 2_u32..6, leaf in 1_u32..4,
        leaves in prop::option::of(2_u32..9), features in 0_u16..5,
        least in prop::option::of((1_u32..20, 1_u32..100)),
        alpha in prop::option::of((1_u32..10, 1_u32..100)),
        weights in prop::collection::vec(1_u32..4, 4), weighting in 0..3,
    ) {
        let table = random_table(shape.0, shape.1, shape.2, seed);
        let ratio = |parts: Option<(u32, u32)>| {
            parts.map_or(Ratio::ZERO, |(num, den)| Ratio::new(num, 10 * den).unwrap())
        };
        let parameters = TreeParameters {
            criterion: if is_gini { Criterion::Gini } else { Criterion::Entropy },
            max_depth: depth,
            min_samples_split: split,
            min_samples_leaf: leaf,
            max_features: match features {
                0 => MaxFeatures::All,
                1 => MaxFeatures::Sqrt,
                2 => MaxFeatures::Log2,
                count => MaxFeatures::Count(count - 2),
            },
            max_leaf_nodes: leaves,
            min_impurity_decrease: ratio(least),
            ccp_alpha: ratio(alpha),
            class_weight: match weighting {
                0 => ClassWeight::Equal,
                1 => ClassWeight::Balanced,
                _ => ClassWeight::Given(weights[..shape.2].to_vec()),
            },
            seed,
        };
        let naive = Naive::new(&table, &parameters);
        prop_assert_eq!(train(&table, &parameters), Ok(naive.grow()));
    }

    #[test]
    fn bounds_on_the_tree_are_kept(
        seed: u64, depth in 1_u8..6, leaf in 1_u32..20, leaves in 2_u32..30,
    ) {
        let hidden = synthetic::tree(4, 3, 5, 20, seed).unwrap();
        let table = synthetic::table(&hidden, 200, 200, seed).unwrap();
        let parameters = TreeParameters {
            max_depth: Some(depth),
            min_samples_leaf: leaf,
            max_leaf_nodes: Some(leaves),
            seed,
            ..TreeParameters::SKLEARN
        };
        let tree = train(&table, &parameters).unwrap();
        prop_assert!(tree.depth() <= usize::from(depth));
        prop_assert!(tree.leaves() <= leaves as usize);
        let mut reached = vec![0_u32; tree.nodes().len()];
        for row in 0..table.rows() {
            reached[leaf_of(&tree, table.row(row))] += 1;
        }
        let is_kept = |&rows: &u32| rows == 0 || leaf <= rows;
        prop_assert!(reached.iter().all(is_kept));
        prop_assert_eq!(reached.iter().filter(|&&rows| 0 < rows).count(), tree.leaves());
        prop_assert_eq!(train(&table, &parameters), Ok(tree));
    }
}

fn leaf_of(tree: &DecisionTree, row: &[Ordered]) -> usize {
    use assay_model::ops::tree::Node;
    let mut at = 0;
    while let Node::Split { feature, threshold, left } = tree.nodes()[at] {
        at = left as usize + usize::from(threshold < row[usize::from(feature)]);
    }
    at
}

#[test]
fn a_split_that_improves_nothing_is_taken() {
    let table = random_table(4, 2, 2, 0);
    let [low, high] = [Ordered::ZERO, Ordered::MAX];
    let values = vec![low, low, low, high, high, low, high, high];
    let table = Table::new(table.schema().clone(), values, vec![0, 1, 1, 0]).unwrap();
    let tree = train(&table, &TreeParameters::SKLEARN).unwrap();
    assert_eq!((tree.leaves(), tree.depth()), (4, 2));
    assert!((0..4).all(|row| tree.exec(table.row(row)) == Some(table.labels()[row])));
}

#[test]
fn the_seed_breaks_ties_between_features_and_nothing_else() {
    let table = random_table(6, 2, 2, 0);
    let values: Vec<Ordered> = [0_u32, 1, 2, 3, 4, 5]
        .into_iter()
        .flat_map(|v| [Ordered::new(0x8000_0000 + v).unwrap(); 2])
        .collect();
    let twins = Table::new(table.schema().clone(), values, vec![0, 0, 0, 1, 1, 1]).unwrap();
    let trees: Vec<_> = (0..20)
        .map(|seed| train(&twins, &TreeParameters { seed, ..TreeParameters::SKLEARN }).unwrap())
        .collect();
    assert!(trees.iter().any(|tree| *tree != trees[0]));
    for tree in &trees {
        assert!((0..6).all(|row| tree.exec(twins.row(row)) == Some(twins.labels()[row])));
    }
}

#[test]
fn a_tree_without_a_depth_stops_at_the_greatest_one() {
    // Labels alternate along one feature, and one row at a time can be cut off.
    let table = random_table(1, 1, 2, 0);
    let value = |row: u32| Ordered::new(0x8000_0000 + row).unwrap();
    let labels: Vec<u16> = (0..400).map(|row| row % 2).collect();
    let rows = Table::new(table.schema().clone(), (0..400).map(value).collect(), labels).unwrap();
    let tree = train(&rows, &TreeParameters::SKLEARN).unwrap();
    assert_eq!(tree.depth(), 64);
}

#[test]
fn rejects_what_cannot_be_trained() {
    let empty = random_table(0, 2, 2, 0);
    assert_eq!(train(&empty, &TreeParameters::SKLEARN), Err(Error::Empty));
    let bad = TreeParameters { min_samples_leaf: 0, ..TreeParameters::SKLEARN };
    let got = train(&random_table(3, 2, 2, 0), &bad);
    assert_eq!(got, Err(Error::Parameters("min_samples_leaf is at least 1")));
}
