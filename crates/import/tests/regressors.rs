//! Imported regressors against the libraries that trained them, row for row.
//!
//! `oracles/regression.py` saved them, with the libraries' predictions for the test rows of the diabetes
//! data and for rows on and beside the trees' thresholds, and with what the integer model must
//! answer: the sum of the rounded leaves in which the library says that the row ends.
#![allow(clippy::unwrap_used, reason = "outside of #[test] functions clippy does not see a test")]

use assay_import::model::{Error, Read, read};
use assay_import::{Format, forest, import_model, read_features, read_targets};
use assay_model::Ordered;
use assay_model::regression::{Model, Scale, Table};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// Parts of a unit.
const PARTS: u32 = 1000;

fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../..", path].iter().collect()
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(repository(&format!("oracles/fixtures/regression/{name}"))).unwrap()
}

fn number(file: &[u8], format: Format) -> forest::Number {
    let Read::Number(number) = read(file, format).unwrap() else { panic!("a number") };
    number
}

/// The columns as the data set names them, and larger bounds than the trees need.
fn model(mut number: forest::Number) -> Model {
    let names = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"];
    number.features = names.map(str::to_owned).to_vec();
    let forest = number.forest(PARTS).unwrap();
    let bounds = forest.bounds(9, 3000, 40).unwrap();
    let scale = Scale::new(PARTS, 0, 400_000).unwrap();
    number.into_model((Some("progression"), "1"), scale, &forest, bounds).unwrap()
}

fn test_rows(model: &Model) -> Table {
    let file = fs::read(repository("data/diabetes/test.csv")).unwrap();
    read_targets(file.as_slice(), model.schema()).unwrap()
}

/// The test rows, then rows at the edges.
fn rows(model: &Model) -> Vec<Vec<Ordered>> {
    let test = test_rows(model);
    let edges = read_features(fixture("edges.csv").as_slice(), model.schema().names()).unwrap();
    let test = (0..test.targets().len()).map(|row| test.rows().row(row).to_vec());
    test.chain(edges.iter().map(<[Ordered]>::to_vec)).collect()
}

/// Every row is answered with the sum of the rounded leaves, and so near the library's number: half a
/// part per tree, and what its own floats round, which is `relative` of the number.
#[track_caller]
fn check(case: &str, extension: &str, format: Format, relative: f64) {
    let file = fixture(&format!("{case}.{extension}"));
    let read = number(&file, Format::Auto);
    assert_eq!(number(&file, format), read);
    let trees = read.forest(PARTS).unwrap().trees().len();
    let model = model(read);
    let expected = String::from_utf8(fixture(&format!("{case}.answers.csv"))).unwrap();
    let expected: Vec<&str> = expected.lines().skip(1).collect();
    let rows = rows(&model);
    assert_eq!(expected.len(), rows.len());
    for (row, line) in rows.iter().zip(expected) {
        let (prediction, parts) = line.split_once(',').unwrap();
        let (prediction, parts): (f64, i32) = (prediction.parse().unwrap(), parts.parse().unwrap());
        let got = model.exec(row).unwrap();
        assert_eq!(got, parts, "{case}: {line}");
        let off = (f64::from(got) / f64::from(PARTS) - prediction).abs();
        let most = trees as f64 / 2.0 / f64::from(PARTS) + relative * prediction.abs();
        assert!(off <= most, "{case}: {line} is answered with {got}");
    }
    scored(case, &model);
}

/// Mean squared error and R² of the integer answers are what scikit-learn measures of them.
#[track_caller]
fn scored(case: &str, model: &Model) {
    let table = test_rows(model);
    let (targets, rows) = (table.targets(), table.targets().len());
    let answers = (0..rows).map(|row| model.exec(table.rows().row(row)).unwrap());
    let sum: i128 = answers.zip(targets).map(|(y, &t)| i128::from(y - t).pow(2)).sum();
    let (n, parts) = (rows as i128, i128::from(PARTS));
    let all: i128 = targets.iter().map(|&t| i128::from(t)).sum();
    let squares: i128 = targets.iter().map(|&t| i128::from(t).pow(2)).sum();
    let spread = n * squares - all * all;
    let scores = String::from_utf8(fixture("scores.csv")).unwrap();
    let scores = scores.lines().find_map(|line| line.strip_prefix(&format!("{case},"))).unwrap();
    let (mse, r2) = scores.split_once(',').unwrap();
    let (mse, r2): (i128, i128) = (mse.parse().unwrap(), r2.parse().unwrap());
    // In millionths, rounded to the nearest: as near as the last digit.
    assert_eq!((sum * 2_000_000 + n * parts * parts) / (2 * n * parts * parts), mse, "{case}");
    assert_eq!(((spread - n * sum) * 2_000_000 + spread) / (2 * spread), r2, "{case}");
}

/// 64-bit floats: what they round is nothing beside a part.
const DOUBLE: f64 = 1e-12;
/// XGBoost adds 32-bit floats.
const SINGLE: f64 = 1e-6;

#[test]
fn trees_and_forests_of_scikit_learn_answer_as_there() {
    for case in ["tree", "random-forest", "extra-trees"] {
        check(case, "skops", Format::Skops, DOUBLE);
    }
}

#[test]
fn boosted_trees_of_scikit_learn_answer_as_there() {
    for case in ["boosting", "histogram"] {
        check(case, "skops", Format::Skops, DOUBLE);
    }
}

#[test]
fn xgboost_answers_as_there() {
    check("xgboost", "xgboost.json", Format::Xgboost, SINGLE);
}

#[test]
fn lightgbm_answers_as_there() {
    check("lightgbm", "lightgbm.txt", Format::Lightgbm, DOUBLE);
    check("lightgbm-dump", "lightgbm.json", Format::Lightgbm, DOUBLE);
}

/// As `oracles/datasets.py` splits them: by their features alone.
#[test]
fn no_row_of_the_diabetes_data_stands_on_both_sides() {
    let schema = model(number(&fixture("tree.skops"), Format::Skops)).schema().clone();
    let [train, test] = ["train", "test"].map(|side| {
        let file = fs::read(repository(&format!("data/diabetes/{side}.csv"))).unwrap();
        read_targets(file.as_slice(), &schema).unwrap()
    });
    assert_eq!((train.targets().len(), test.targets().len()), (327, 115));
    let rows = |table: &Table| {
        let rows = 0..table.targets().len();
        rows.map(|row| table.rows().row(row).to_vec()).collect::<BTreeSet<_>>()
    };
    assert!(rows(&train).is_disjoint(&rows(&test)));
    let most = train.targets().iter().chain(test.targets()).max();
    assert_eq!(most, Some(&346_000));
}

#[test]
fn numbers_are_no_classes() {
    for name in ["tree.skops", "boosting.skops", "xgboost.xgboost.json", "lightgbm.lightgbm.txt"] {
        let got = import_model(&fixture(name), Format::Auto);
        assert!(matches!(got, Err(Error::Number)), "{name}: {got:?}");
    }
}

/// A file that was changed in one place.
fn changed(name: &str, from: &str, to: &str) -> Result<Read, Error> {
    let file = String::from_utf8(fixture(name)).unwrap();
    assert!(file.contains(from), "{name} has {from}");
    read(file.replace(from, to).as_bytes(), Format::Auto)
}

#[test]
fn sums_that_are_not_the_answer_are_refused() {
    for (name, from, to) in [
        ("xgboost.xgboost.json", "reg:squarederror", "reg:logistic"),
        ("xgboost.xgboost.json", "reg:squarederror", "count:poisson"),
        ("xgboost.xgboost.json", "\"num_target\":\"1\"", "\"num_target\":\"2\""),
        ("xgboost.xgboost.json", "\"num_class\":\"0\"", "\"num_class\":\"3\""),
        ("lightgbm.lightgbm.txt", "objective=regression\n", "objective=regression sqrt\n"),
        ("lightgbm.lightgbm.txt", "objective=regression\n", "objective=poisson\n"),
        (
            "lightgbm.lightgbm.txt",
            "objective=regression\n",
            "objective=regression\naverage_output\n",
        ),
        ("lightgbm.lightgbm.txt", "num_class=1\n", "num_class=2\n"),
    ] {
        let got = changed(name, from, to);
        let refused = matches!(got, Err(Error::Forest(forest::Error::Unsupported { .. })));
        assert!(refused, "{name}, {to}: {got:?}");
    }
}

#[test]
fn leaves_that_no_part_can_hold_are_refused() {
    let read = number(&fixture("random-forest.skops"), Format::Skops);
    let most = read.forest(1 << 19).unwrap();
    assert_eq!(most.trees().len(), 12);
    assert!(matches!(read.forest(1 << 20), Err(forest::Error::TooGreat { .. })));
    for (base, is_read) in [("[1E2]", true), ("[inf]", false), ("[1,2]", false), ("[x]", false)] {
        let got = changed("xgboost.xgboost.json", "[1.5180122E2]", base);
        assert_eq!(got.is_ok(), is_read, "{base}: {got:?}");
    }
}

/// Exporters write 32-bit leaves, and onnxruntime adds them in 32 bits.
#[test]
fn trees_in_onnx_answer_as_onnxruntime_does() {
    for case in ["tree", "random-forest", "extra-trees", "boosting", "xgboost", "lightgbm"] {
        let file = fixture(&format!("{case}.onnx"));
        let read = number(&file, Format::Auto);
        assert_eq!(number(&file, Format::Onnx), read);
        let trees = read.forest(PARTS).unwrap().trees().len();
        let model = model(read);
        let expected = String::from_utf8(fixture(&format!("{case}.onnx-answers.csv"))).unwrap();
        let rows = rows(&model);
        assert_eq!(expected.lines().count(), rows.len());
        for (row, line) in rows.iter().zip(expected.lines()) {
            let (got, expected): (i32, f64) = (model.exec(row).unwrap(), line.parse().unwrap());
            let off = (f64::from(got) / f64::from(PARTS) - expected).abs();
            let most = trees as f64 / 2.0 / f64::from(PARTS) + SINGLE * expected.abs();
            assert!(off <= most, "{case}: {got} where onnxruntime has {expected}");
        }
    }
}

/// A name in the file is exchanged for another of the same length.
#[test]
fn what_changes_a_sum_in_onnx_is_refused() {
    let file = fixture("tree.onnx");
    let read = |file: &[u8]| read(file, Format::Onnx).is_ok();
    assert!(read(&file));
    for (from, to) in [
        ("post_transform", "past_transform"),
        ("n_targets", "m_targets"),
        ("target_ids", "target_jds"),
        ("target_weights", "target_heights"),
        ("NONE", "NINE"),
    ] {
        let at = file.windows(from.len()).position(|window| window == from.as_bytes());
        let at = at.unwrap_or_else(|| panic!("{from}"));
        let mut other = file.clone();
        other[at..at + from.len()].copy_from_slice(to.as_bytes());
        assert!(!read(&other), "{to}");
    }
}
