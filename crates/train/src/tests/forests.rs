//! Forests, tree by tree against trees, and at the edges.

use super::{fixture, random_table};
use crate::midpoint::between;
use crate::{Error, Progress, forest, train};
use assay_model::ops::forest::{Forest, Node};
use assay_model::ops::tree;
use assay_model::{
    ClassWeight, Criterion, ForestParameters, MaxFeatures, Ordered, Sampling, Schema, SplitMix64,
    Splitter, Table, TreeParameters,
};
use proptest::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

fn parameters(
    tree: &TreeParameters,
    trees: u16,
    sampling: Sampling,
    splitter: Splitter,
) -> ForestParameters {
    ForestParameters::new(tree.clone(), trees, sampling, splitter).unwrap()
}

fn grow(table: &Table, parameters: &ForestParameters) -> Result<Forest, Error> {
    forest::train(table, parameters, &|_| ())
}

/// The seeds of a forest's first tree: of its generator, and of its root after so many rows.
fn seeds(seed: u64, rows: usize) -> (SplitMix64, u64) {
    let random = SplitMix64::new(SplitMix64::new(seed).next());
    let mut after = random.clone();
    (0..rows).for_each(|_| _ = after.next());
    let root = after.next();
    (random, root)
}

/// Asks that the first tree of a forest is `expected`, whose answers its votes must have.
fn check_same(forest: &Forest, expected: &tree::DecisionTree) -> Result<(), TestCaseError> {
    let got = &forest.trees()[0];
    prop_assert_eq!(got.len(), expected.nodes().len());
    for (got, expected) in got.iter().zip(expected.nodes()) {
        match (got, expected) {
            (
                &Node::Split { feature, threshold, left, right },
                &tree::Node::Split { feature: f, threshold: t, left: l },
            ) => {
                prop_assert_eq!((feature, threshold, left), (f, t, l as usize));
                prop_assert_eq!(right, left + 1);
            }
            (Node::Leaf { values }, &tree::Node::Leaf { class }) => {
                let best = values.iter().max().unwrap();
                prop_assert_eq!(values.iter().position(|vote| vote == best), Some(class.into()));
            }
            _ => prop_assert!(false, "{:?} is not {:?}", got, expected),
        }
    }
    Ok(())
}

/// The split of a root by the words of the specification, with fractions of whole numbers.
fn drawn_stump(table: &Table, asked: &TreeParameters, seed: u64) -> Option<(usize, Ordered)> {
    let mut labels = table.labels().to_vec();
    labels.dedup();
    if labels.len() < 2 {
        return None;
    }
    let mut random = SplitMix64::new(seed);
    let order = random.permutation(table.schema().features().len());
    let _children = [random.next(), random.next()];
    let (mut best, mut best_score) = (None, (0_i128, 1_i128));
    let (mut seen, mut varying) = (0, 0);
    for feature in order {
        if asked.max_features.of(table.schema().features().len()) <= seen && varying != 0 {
            break;
        }
        seen += 1;
        let column: Vec<Ordered> = (0..table.rows()).map(|row| table.row(row)[feature]).collect();
        let (least, most) = (*column.iter().min()?, *column.iter().max()?);
        if least == most {
            continue;
        }
        varying += 1;
        let threshold = between(least, most, (random.next() >> 32) as u32);
        let mut sides = [vec![0_i128; 8], vec![0_i128; 8]];
        for (value, label) in column.iter().zip(table.labels()) {
            sides[usize::from(threshold < *value)][usize::from(*label)] += 1;
        }
        let size = |side: &Vec<i128>| side.iter().sum::<i128>();
        let squares = |side: &Vec<i128>| side.iter().map(|count| count * count).sum::<i128>();
        let [l, r] = &sides;
        // Little impurity is a great sum of squares by size.
        let score = (squares(l) * size(r) + squares(r) * size(l), size(l) * size(r));
        let is_allowed = sides.iter().all(|side| i128::from(asked.min_samples_leaf) <= size(side));
        if is_allowed && best_score.0 * score.1 < score.0 * best_score.1 {
            (best, best_score) = (Some((feature, threshold)), score);
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_tree_of_all_rows_is_the_tree_of_its_seed(
        shape in (1_usize..24, 1_usize..5, 1_usize..5), seed: u64, is_gini: bool,
        depth in prop::option::of(1_u8..5), leaf in 1_u32..4, alpha in 0_u32..3,
    ) {
        let table = random_table(shape.0, shape.1, shape.2, seed);
        let asked = TreeParameters {
            criterion: if is_gini { Criterion::Gini } else { Criterion::Entropy },
            max_depth: depth,
            min_samples_leaf: leaf,
            max_features: MaxFeatures::Sqrt,
            ccp_alpha: assay_model::Ratio::new(alpha, 50).unwrap(),
            seed,
            ..TreeParameters::SKLEARN
        };
        let forest = grow(&table, &parameters(&asked, 1, Sampling::All, Splitter::Best)).unwrap();
        let alone = TreeParameters { seed: seeds(seed, 0).1, ..asked };
        check_same(&forest, &train(&table, &alone).unwrap())?;
    }

    #[test]
    fn a_row_that_is_drawn_often_counts_as_often(
        shape in (1_usize..24, 1_usize..5, 1_usize..5), seed: u64, weighting in 0..3,
    ) {
        let table = random_table(shape.0, shape.1, shape.2, seed);
        let asked = TreeParameters {
            max_features: MaxFeatures::Log2,
            class_weight: match weighting {
                0 => ClassWeight::Equal,
                1 => ClassWeight::Balanced,
                _ => ClassWeight::Given((1..).take(shape.2).collect()),
            },
            seed,
            ..TreeParameters::SKLEARN
        };
        let drawn = parameters(&asked, 1, Sampling::Bootstrap, Splitter::Best);
        let forest = grow(&table, &drawn).unwrap();
        let (mut random, root) = seeds(seed, table.rows());
        let rows: Vec<usize> =
            (0..table.rows()).map(|_| random.below(table.rows() as u64) as usize).collect();
        let values = rows.iter().flat_map(|&row| table.row(row)).copied().collect();
        let labels = rows.iter().map(|&row| table.labels()[row]).collect();
        let drawn = Table::new(table.schema().clone(), values, labels).unwrap();
        let alone = TreeParameters { seed: root, ..asked };
        check_same(&forest, &train(&drawn, &alone).unwrap())?;
    }

    #[test]
    fn a_drawn_split_is_the_best_of_those_drawn(
        shape in (2_usize..24, 1_usize..6, 2_usize..5), seed: u64, features in 1_u16..7,
        leaf in 1_u32..4,
    ) {
        let table = random_table(shape.0, shape.1, shape.2, seed);
        let asked = TreeParameters {
            max_depth: Some(1),
            max_features: MaxFeatures::Count(features),
            min_samples_leaf: leaf,
            seed,
            ..TreeParameters::SKLEARN
        };
        let forest = grow(&table, &parameters(&asked, 1, Sampling::All, Splitter::Random)).unwrap();
        let got = match forest.trees()[0][0] {
            Node::Split { feature, threshold, .. } => Some((usize::from(feature), threshold)),
            Node::Leaf { .. } => None,
        };
        prop_assert_eq!(got, drawn_stump(&table, &asked, seeds(seed, 0).1));
    }

    #[test]
    fn a_forest_is_a_function_of_rows_and_seed(
        shape in (1_usize..40, 1_usize..5, 2_usize..5), seed: u64, is_random: bool, is_all: bool,
        trees in 1_u16..20, depth in prop::option::of(1_u8..5), weighting: bool,
    ) {
        let table = random_table(shape.0, shape.1, shape.2, seed);
        let sampling = if is_all { Sampling::All } else { Sampling::Bootstrap };
        let splitter = if is_random { Splitter::Random } else { Splitter::Best };
        let class_weight = if weighting { ClassWeight::Balanced } else { ClassWeight::Equal };
        let asked = TreeParameters {
            max_depth: depth, max_features: MaxFeatures::Sqrt, class_weight, seed,
            ..TreeParameters::SKLEARN
        };
        let asked = parameters(&asked, trees, sampling, splitter);
        let threads = |count| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
            pool.install(|| grow(&table, &asked)).unwrap()
        };
        let forest = threads(1);
        prop_assert_eq!(&threads(3), &forest);
        prop_assert_eq!(forest.trees().len(), usize::from(trees));
        prop_assert!(depth.is_none_or(|depth| forest.depth() <= usize::from(depth)));
        let model = forest.to_table(forest.bounds(0, 0, 0).unwrap()).unwrap();
        for row in 0..table.rows() {
            prop_assert!(model.exec(table.row(row)).is_some());
        }
    }

    #[test]
    fn a_drawn_threshold_lies_between_its_values(a: u32, b: u32, share: u32) {
        let [Some(a), Some(b)] = [a, b].map(Ordered::new) else { return Ok(()) };
        prop_assume!(a != b);
        let (lower, upper) = (a.min(b), a.max(b));
        let drawn = between(lower, upper, share);
        prop_assert!(lower <= drawn && drawn < upper);
        prop_assert!(between(lower, upper, share / 2) <= drawn);
        prop_assert_eq!(between(lower, upper, 0), lower);
    }
}

#[test]
fn drawn_thresholds_equal_rational_arithmetic() {
    let text = fixture("training/between.csv");
    let mut cases = 0;
    for line in text.lines().skip(1) {
        let case: Vec<u32> = line.split(',').map(|field| field.parse().unwrap()).collect();
        let value = |bits: u32| Ordered::from_f32_bits(bits).unwrap();
        assert_eq!(between(value(case[0]), value(case[1]), case[2]), value(case[3]), "{line}");
        cases += 1;
    }
    assert!(1000 <= cases);
}

#[test]
fn votes_are_fractions_of_a_leaf() {
    // One tree that may not be split: the root votes with the shares of the classes.
    let table = random_table(60, 1, 3, 4);
    let asked = TreeParameters { min_samples_split: 61, ..TreeParameters::SKLEARN };
    let votes = |trees| {
        let asked = parameters(&asked, trees, Sampling::All, Splitter::Best);
        match grow(&table, &asked).unwrap().trees()[0].as_slice() {
            [Node::Leaf { values }] => values.clone(),
            nodes => panic!("{nodes:?}"),
        }
    };
    let count = |class| table.labels().iter().filter(|&&label| label == class).count();
    for (trees, scale) in [(1, 720_720 * 372), (100, 720_720 * 3), (16_384, 16_382)] {
        let expected: Vec<i32> =
            (0..3).map(|class| ((2 * scale * count(class) + 60) / 120) as i32).collect();
        assert_eq!(votes(trees), expected);
    }
}

#[test]
fn degenerate_tables_have_forests_of_leaves() {
    let schema = |classes: usize| {
        let names = (0..classes).map(|class| format!("c{class}")).collect();
        Schema::new(vec!["x".into(), "y".into()], "t".into(), names).unwrap()
    };
    let zeros = |rows: usize| vec![Ordered::ZERO; 2 * rows];
    for splitter in [Splitter::Best, Splitter::Random] {
        let asked = parameters(&TreeParameters::SKLEARN, 5, Sampling::Bootstrap, splitter);
        let leaves = |table: &Table| {
            let forest = grow(table, &asked).unwrap();
            assert!(forest.trees().iter().all(|tree| tree.len() == 1));
            let model = forest.to_table(forest.bounds(0, 0, 0).unwrap()).unwrap();
            model.exec(table.row(0)).unwrap()
        };
        // Of one class, of features that never change, of one row.
        assert_eq!(leaves(&Table::new(schema(1), zeros(9), vec![0; 9]).unwrap()), 0);
        let few = Table::new(schema(2), zeros(9), [vec![0; 2], vec![1; 7]].concat()).unwrap();
        assert_eq!(leaves(&few), 1);
        assert_eq!(leaves(&Table::new(schema(3), zeros(1), vec![2]).unwrap()), 2);
        let none = Table::new(schema(2), vec![], vec![]).unwrap();
        assert_eq!(grow(&none, &asked), Err(Error::Empty));
    }
}

#[test]
fn rejects_forests_beyond_the_bounds() {
    let table = random_table(400, 3, 2, 5);
    let plain = TreeParameters::SKLEARN;
    // The trees would have more nodes than a forest may.
    let asked = parameters(&plain, 1000, Sampling::Bootstrap, Splitter::Random);
    let limit = (1 << 19) + 500;
    let got = grow(&random_table(4000, 8, 2, 5), &asked);
    assert_eq!(got, Err(Error::TooLarge { limit }));
    let given = |weights: Vec<u32>| {
        let class_weight = ClassWeight::Given(weights);
        let tree = TreeParameters { class_weight, ..plain.clone() };
        grow(&table, &parameters(&tree, 3, Sampling::Bootstrap, Splitter::Best))
    };
    assert_eq!(given(vec![1, 2, 3]), Err(Error::Weights { expected: 2, got: 3 }));
    assert_eq!(given(vec![u32::MAX; 2]), Err(Error::TooHeavy { limit: 1 << 32 }));
    let names = (0..1025).map(|i| format!("x{i}")).collect();
    let schema = Schema::new(names, "y".into(), vec!["a".into()]).unwrap();
    let wide = Table::new(schema, vec![Ordered::ZERO; 1025], vec![0]).unwrap();
    let asked = parameters(&plain, 1, Sampling::All, Splitter::Best);
    assert_eq!(grow(&wide, &asked), Err(Error::Work("a tree reads at most 1024 features")));
}

#[test]
fn progress_tells_of_every_tree() {
    let table = random_table(30, 2, 2, 6);
    let asked = parameters(&TreeParameters::SKLEARN, 9, Sampling::Bootstrap, Splitter::Best);
    let told = AtomicU64::new(0);
    let watch = |progress: Progress| {
        assert_eq!(progress.total, 9);
        // Each number once: powers of two add up to all bits.
        told.fetch_add(1 << progress.done, Relaxed);
    };
    forest::train(&table, &asked, &watch).unwrap();
    assert_eq!(told.into_inner(), 0b11_1111_1110);
}
