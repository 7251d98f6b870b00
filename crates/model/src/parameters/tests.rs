//! Round trips, then one test per way to be rejected.

mod training;

use crate::{ClassWeight, Criterion, MaxFeatures, Ratio, TreeParameters};
use assay_codec::{Error, from_bytes, to_bytes};

#[test]
fn parameters_come_back() {
    let entropy = TreeParameters {
        criterion: Criterion::Entropy,
        max_depth: Some(64),
        min_samples_split: 9,
        min_samples_leaf: 4,
        max_features: MaxFeatures::Count(3),
        max_leaf_nodes: Some(2),
        min_impurity_decrease: Ratio::new(1, 1000).unwrap(),
        ccp_alpha: Ratio::new(u32::MAX, 2).unwrap(),
        class_weight: ClassWeight::Given(vec![1, u32::MAX]),
        seed: u64::MAX,
    };
    let sqrt = TreeParameters {
        max_features: MaxFeatures::Sqrt,
        class_weight: ClassWeight::Balanced,
        ..entropy.clone()
    };
    let log2 = TreeParameters { max_features: MaxFeatures::Log2, ..entropy.clone() };
    for parameters in [TreeParameters::SKLEARN, entropy, sqrt, log2] {
        assert_eq!(from_bytes(&to_bytes(&parameters)), Ok(parameters));
    }
}

#[test]
fn rejects_each_value_out_of_range() {
    #[track_caller]
    fn check(change: impl Fn(&mut TreeParameters), why: &'static str) {
        let mut parameters = TreeParameters::SKLEARN;
        change(&mut parameters);
        let got = from_bytes::<TreeParameters>(&to_bytes(&parameters));
        assert_eq!(got, Err(Error::Invalid(why)));
    }
    check(|p| p.max_depth = Some(0), "max_depth lies between 1 and 64");
    check(|p| p.max_depth = Some(65), "max_depth lies between 1 and 64");
    check(|p| p.min_samples_split = 1, "min_samples_split is at least 2");
    check(|p| p.min_samples_leaf = 0, "min_samples_leaf is at least 1");
    check(|p| p.max_leaf_nodes = Some(1), "max_leaf_nodes is at least 2");
    check(|p| p.max_features = MaxFeatures::Count(0), "max_features is at least 1");
    let weights = "class weights are between 1 and 1024 numbers above 0";
    check(|p| p.class_weight = ClassWeight::Given(vec![]), weights);
    check(|p| p.class_weight = ClassWeight::Given(vec![1, 0]), weights);
}

#[test]
fn a_ratio_has_one_form() {
    assert_eq!(Ratio::new(6, 4), Ratio::new(3, 2));
    assert_eq!(Ratio::new(0, 7), Some(Ratio::ZERO));
    assert_eq!(Ratio::new(1, 0), None);
    let lowest = "a ratio is written in lowest terms";
    for (num, den) in [(2_u32, 4_u32), (0, 2), (1, 0), (0, 0)] {
        let bytes = [num.to_le_bytes(), den.to_le_bytes()].concat();
        assert_eq!(from_bytes::<Ratio>(&bytes), Err(Error::Invalid(lowest)));
    }
}

#[test]
fn decimals_are_exact_ratios() {
    #[track_caller]
    fn check(text: &str, expected: Option<(u32, u32)>) {
        assert_eq!(text.parse().ok(), expected.and_then(|(num, den)| Ratio::new(num, den)));
    }
    check("0.015", Some((3, 200)));
    check("3/200", Some((3, 200)));
    check("1e-3", Some((1, 1000)));
    check("2.5E-2", Some((1, 40)));
    check("7", Some((7, 1)));
    check(".5", Some((1, 2)));
    check("0", Some((0, 1)));
    check("12e2", Some((1200, 1)));
    for text in [
        "",
        ".",
        "-1",
        "1/0",
        "nan",
        "1e",
        "1e99",
        "0.00000000000001",
        "1.2.3",
        "+1",
        "99999999999",
    ] {
        check(text, None);
    }
}

#[test]
fn the_number_of_features_is_that_of_scikit_learn() {
    // max(1, int(sqrt(n))), max(1, int(log2(n))).
    for (features, sqrt, log2) in
        [(1, 1, 1), (2, 1, 1), (3, 1, 1), (4, 2, 2), (30, 5, 4), (64, 8, 6)]
    {
        assert_eq!(MaxFeatures::Sqrt.of(features), sqrt);
        assert_eq!(MaxFeatures::Log2.of(features), log2);
        assert_eq!(MaxFeatures::All.of(features), features);
        assert_eq!(MaxFeatures::Count(3).of(features), features.min(3));
    }
}
