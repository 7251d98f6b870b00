//! What rows weigh, and what follows from it.

use super::random_table;
use crate::criterion::{Entropy, Gini, Measure, Side};
use crate::weights::{WEIGHT_MAX, Weights};
use crate::{Error, train};
use assay_model::{ClassWeight, Criterion, Ordered, Schema, SplitMix64, Table, TreeParameters};
use proptest::prelude::*;

/// Rows in the given numbers per class, the features random.
fn table(counts: &[u32], seed: u64) -> Table {
    let mut random = SplitMix64::new(seed);
    let labels = counts.iter().enumerate();
    let labels: Vec<u16> =
        labels.flat_map(|(class, &count)| vec![class as u16; count as usize]).collect();
    let value = |_| Ordered::new(0x8000_0000 + random.below(9) as u32).unwrap();
    let values = (0..2 * labels.len()).map(value).collect();
    let classes = (0..counts.len()).map(|class| format!("c{class}")).collect();
    let schema = Schema::new(vec!["a".into(), "b".into()], "y".into(), classes).unwrap();
    Table::new(schema, values, labels).unwrap()
}

fn weights(asked: &ClassWeight, counts: &[u32]) -> Result<Weights, Error> {
    Weights::new(asked, &table(counts, 0))
}

#[test]
fn balanced_classes_weigh_the_same() {
    let got = weights(&ClassWeight::Balanced, &[4, 6, 0, 9]).unwrap();
    // 36 over each count; the class without rows weighs something, but never counts.
    assert_eq!(got.of_class, [9, 6, 1, 4]);
    assert_eq!(got.total, 3 * 36);
}

#[test]
fn balanced_weights_without_a_small_common_multiple_are_rounded_down() {
    let counts = [97, 101, 103, 107, 109, 113];
    let got = weights(&ClassWeight::Balanced, &counts).unwrap();
    for (weight, count) in got.of_class.iter().zip(counts) {
        assert_eq!(*weight, (WEIGHT_MAX / 6) / u64::from(count));
        let share = weight * u64::from(count);
        let short = WEIGHT_MAX / 6 - share;
        assert!(short <= u64::from(count));
    }
    assert!(got.total <= WEIGHT_MAX);
}

#[test]
fn rejects_weights_of_another_table_and_too_heavy_ones() {
    let given = |weights: &[u32]| ClassWeight::Given(weights.to_vec());
    assert_eq!(weights(&given(&[1]), &[2, 2]), Err(Error::Weights { expected: 2, got: 1 }));
    let heavy = Error::TooHeavy { limit: WEIGHT_MAX };
    assert_eq!(weights(&given(&[1 << 31, 1]), &[2, 1]), Err(heavy));
    assert_eq!(weights(&given(&[1 << 31, 1 << 31]), &[1, 1]).unwrap().total, WEIGHT_MAX);
}

#[test]
fn the_heaviest_rows_that_are_allowed_train() {
    let table = table(&[5, 11, 3], 8);
    for criterion in [Criterion::Gini, Criterion::Entropy] {
        let parameters = TreeParameters {
            criterion,
            ccp_alpha: "1/4294967295".parse().unwrap(),
            min_impurity_decrease: "1/4294967295".parse().unwrap(),
            class_weight: ClassWeight::Given(vec![200_000_000, 150_000_000, 500_000_000]),
            ..TreeParameters::SKLEARN
        };
        let heavy = train(&table, &parameters).unwrap();
        let light = ClassWeight::Given(vec![4, 3, 10]);
        let light = TreeParameters { class_weight: light, ..parameters };
        assert_eq!(train(&table, &light).unwrap().nodes(), heavy.nodes());
    }
}

#[test]
fn a_leaf_answers_its_heaviest_class() {
    let table = table(&[9, 2], 1);
    let stump = TreeParameters { min_samples_split: 100, ..TreeParameters::SKLEARN };
    let answer = |class_weight| {
        let tree = train(&table, &TreeParameters { class_weight, ..stump.clone() }).unwrap();
        tree.exec(table.row(0))
    };
    assert_eq!(answer(ClassWeight::Equal), Some(0));
    assert_eq!(answer(ClassWeight::Given(vec![1, 5])), Some(1));
    // A tie goes to the lower class.
    assert_eq!(answer(ClassWeight::Balanced), Some(0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn weights_mean_rows_written_down_again(seed: u64, a in 1_u32..5, b in 1_u32..5, is_gini: bool) {
        let table = random_table(20, 3, 2, seed);
        let criterion = if is_gini { Criterion::Gini } else { Criterion::Entropy };
        let parameters = TreeParameters { criterion, seed, ..TreeParameters::SKLEARN };
        let class_weight = ClassWeight::Given(vec![a, b]);
        let weighted = TreeParameters { class_weight, ..parameters.clone() };
        let (mut values, mut labels) = (vec![], vec![]);
        for (row, &label) in table.labels().iter().enumerate() {
            for _ in 0..[a, b][usize::from(label)] {
                values.extend_from_slice(table.row(row));
                labels.push(label);
            }
        }
        let copies = Table::new(table.schema().clone(), values, labels).unwrap();
        prop_assert_eq!(train(&table, &weighted), train(&copies, &parameters));
    }

    #[test]
    fn heavy_scores_are_ordered_as_light_ones(
        sides in prop::collection::vec((1_u32..400, 0_u32..400), 2..6), scale in 1_u32..2_000_000,
    ) {
        // Scaled weights must not change any order, though products no longer fit 128 bits.
        let total = sides.iter().fold((0, 0), |sum, side| (sum.0 + side.0, sum.1 + side.1));
        let light = weights(&ClassWeight::Equal, &[total.0, total.1.max(1)]).unwrap();
        let mut heavy = light.clone();
        heavy.of_class = vec![u64::from(scale); 2];
        heavy.total *= u64::from(scale);
        let (light, heavy) = (Gini(light), Gini(heavy));
        let cuts = sides.windows(2);
        let score = |measure: &Gini, cut: &[(u32, u32)]| {
            let [l, r] = [cut[0], cut[1]].map(|(a, b)| measure.side(&[a, b]));
            (measure.score(l, r), measure.gain(measure.side(&[cut[0].0 + cut[1].0, cut[0].1 + cut[1].1]), l, r))
        };
        let all: Vec<_> = cuts.map(|cut| (score(&light, cut), score(&heavy, cut))).collect();
        for a in &all {
            for b in &all {
                prop_assert_eq!(a.0.0.cmp(&b.0.0), a.1.0.cmp(&b.1.0));
                prop_assert_eq!(a.0.1.cmp(&b.0.1), a.1.1.cmp(&b.1.1));
            }
        }
    }
}

#[test]
fn entropy_tables_agree_with_the_logarithm() {
    let table = table(&[7, 12], 3);
    let equal = Entropy::new(Weights::new(&ClassWeight::Equal, &table).unwrap());
    let given = ClassWeight::Given(vec![1, 2]);
    let given = Entropy::new(Weights::new(&given, &table).unwrap());
    assert_eq!(equal.term(1, 12), given.term(1, 6));
    assert_eq!(given.side(&[7, 6]), Side { weight: 19, ..equal.side(&[7, 12]) });
}
