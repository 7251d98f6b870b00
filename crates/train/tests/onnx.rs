//! Our exports against onnxruntime.
//!
//! `oracles/fixtures/onnx` holds, per case, the exported file, rows, and onnxruntime's answers to them
//! (written by `oracles/onnx_predictions.py`). The tests train the model anew and ask that the export
//! is that file, byte for byte, and that our execution gives those answers: so the verdict of
//! onnxruntime stays valid without running it. With `ASSAY_BLESS` set, files and rows are written
//! instead of compared; the answers must then be made anew.
#![allow(clippy::unwrap_used, reason = "outside of #[test] functions clippy does not see a test")]

use assay_import::{CsvOptions, export_onnx, read_csv, read_features, write_csv};
use assay_model::ops::tree::{DecisionTree, Node, bounds_for};
use assay_model::{Criterion, Model, Ordered, SplitMix64, Table, TreeParameters, synthetic};
use std::fs;
use std::path::PathBuf;

/// Rows per case.
const ROWS: usize = 150;

fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../..", path].iter().collect()
}

fn load(dataset: &str, side: &str, target: &str) -> Table {
    let file = fs::File::open(repository(&format!("data/{dataset}/{side}.csv"))).unwrap();
    read_csv(file, &CsvOptions::new(target)).unwrap()
}

/// Rows of `table` in which every second value is a threshold of the tree, or next to one.
fn edges(tree: &DecisionTree, table: &Table) -> Table {
    let mut random = SplitMix64::new(5);
    let mut thresholds = vec![Vec::new(); tree.features()];
    for node in tree.nodes() {
        if let Node::Split { feature, threshold, .. } = *node {
            thresholds[usize::from(feature)].push(threshold.get());
        }
    }
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for row in 0..ROWS {
        let row = row % table.rows();
        for (value, choices) in table.row(row).iter().zip(&thresholds) {
            let is_edge = random.below(2) == 0 && !choices.is_empty();
            let chosen = choices.get(random.below(choices.len() as u64) as usize);
            let code = chosen.map(|code| code - 1 + random.below(3) as u32);
            let edge = code.and_then(Ordered::new).filter(|_| is_edge);
            values.push(edge.unwrap_or(*value));
        }
        labels.push(table.labels()[row]);
    }
    Table::new(table.schema().clone(), values, labels).unwrap()
}

#[track_caller]
fn check(case: &str, table: &Table, rows: &Table, parameters: &TreeParameters) {
    let tree = assay_train::train(table, parameters).unwrap();
    let bounds = bounds_for(&tree, 0, 0).unwrap();
    let model = Model::from_tree(table.schema().clone(), &tree, bounds).unwrap();
    let file = export_onnx(&model).unwrap();
    let path = |kind: &str| repository(&format!("oracles/fixtures/onnx/{case}.{kind}"));
    if std::env::var_os("ASSAY_BLESS").is_some() {
        fs::write(path("onnx"), file).unwrap();
        let out = fs::File::create(path("rows.csv")).unwrap();
        return write_csv(&edges(&tree, rows), out).unwrap();
    }
    assert_eq!(file, fs::read(path("onnx")).unwrap(), "{case}: the export has changed");
    let rows = read_features(fs::File::open(path("rows.csv")).unwrap(), table.schema()).unwrap();
    let answers = fs::read_to_string(path("answers.txt")).unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!((rows.count(), answers.len()), (ROWS, ROWS));
    for (index, (row, answer)) in rows.iter().zip(answers).enumerate() {
        let class = model.exec(row).map(|class| &table.schema().classes()[usize::from(class)]);
        assert_eq!(class.map(String::as_str), Some(answer), "{case}: row {index}");
    }
}

#[test]
fn breast_cancer_answers_as_onnxruntime() {
    let [train, test] = ["train", "test"].map(|side| load("breast-cancer", side, "diagnosis"));
    check("breast-cancer", &train, &test, &TreeParameters::SKLEARN);
}

#[test]
fn digits_answer_as_onnxruntime() {
    let [train, test] = ["train", "test"].map(|side| load("digits", side, "digit"));
    let parameters = TreeParameters { max_depth: Some(8), ..TreeParameters::SKLEARN };
    check("digits", &train, &test, &parameters);
}

#[test]
fn wine_answers_as_onnxruntime() {
    let [train, test] = ["train", "test"].map(|side| load("wine", side, "cultivar"));
    let parameters = TreeParameters { criterion: Criterion::Entropy, ..TreeParameters::SKLEARN };
    check("wine", &train, &test, &parameters);
}

#[test]
fn a_synthetic_tree_answers_as_onnxruntime() {
    let hidden = synthetic::tree(12, 7, 9, 120, 3).unwrap();
    let table = synthetic::table(&hidden, 1500, 100, 4).unwrap();
    check("synthetic", &table, &table, &TreeParameters::SKLEARN);
}

/// A tree that knows two classes and answers only with the second: the layout in which
/// onnxruntime would see one score and swap the labels.
#[test]
fn a_lone_leaf_of_two_classes_answers_as_onnxruntime() {
    let hidden = synthetic::tree(2, 2, 1, 1, 1).unwrap();
    let table = synthetic::table(&hidden, 40, 0, 2).unwrap();
    let labels = vec![1; 40];
    let table = Table::new(table.schema().clone(), table.values().to_vec(), labels).unwrap();
    check("lone-leaf", &table, &table, &TreeParameters::SKLEARN);
}
