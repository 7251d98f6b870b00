//! Imported trees against scikit-learn, row for row.
//!
//! `oracles/imports.py` saved trees by skops and skl2onnx, in every layout, with scikit-learn's answers
//! to the test rows of the data set and to rows on and beside the trees' thresholds.
#![allow(clippy::unwrap_used, reason = "outside of #[test] functions clippy does not see a test")]

use assay_import::{
    CsvOptions, Format, export_onnx, import_model, import_tree, read_csv, read_features,
};
use assay_model::{Model, Ordered};
use std::fs;
use std::path::PathBuf;

fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../..", path].iter().collect()
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(repository(&format!("oracles/fixtures/import/{name}"))).unwrap()
}

/// The test rows of a data set, then rows at the edges; whatever the model calls its columns.
fn rows(dataset: &str) -> Vec<Vec<Ordered>> {
    let target = match dataset {
        "breast-cancer" => "diagnosis",
        "digits" => "digit",
        _ => "cultivar",
    };
    let test = fs::read(repository(&format!("data/{dataset}/test.csv"))).unwrap();
    let test = read_csv(test.as_slice(), &CsvOptions::new(target)).unwrap();
    let edges = fixture(&format!("{dataset}.edges.csv"));
    let edges = read_features(edges.as_slice(), test.schema()).unwrap();
    let test = (0..test.rows()).map(|row| test.row(row).to_vec());
    test.chain(edges.iter().map(<[Ordered]>::to_vec)).collect()
}

fn answers(model: &Model, rows: &[Vec<Ordered>]) -> Vec<String> {
    let class = |row: &Vec<Ordered>| usize::from(model.exec(row).unwrap());
    rows.iter().map(|row| model.schema().classes()[class(row)].clone()).collect()
}

#[track_caller]
fn check_rows(case: &str, dataset: &str, change: impl Fn(Ordered) -> Ordered) -> Model {
    let mut rows = rows(dataset);
    rows.iter_mut().flatten().for_each(|value| *value = change(*value));
    let kind = if repository(&format!("oracles/fixtures/import/{case}.skops")).exists() {
        ("skops", Format::Skops)
    } else {
        ("onnx", Format::Onnx)
    };
    let file = fixture(&format!("{case}.{}", kind.0));
    let model = import_model(&file, Format::Auto).unwrap();
    assert_eq!(import_model(&file, kind.1).unwrap(), model);
    let expected = String::from_utf8(fixture(&format!("{case}.answers.txt"))).unwrap();
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(expected.len(), rows.len());
    for (row, (got, expected)) in answers(&model, &rows).iter().zip(expected).enumerate() {
        assert_eq!(got, expected, "{case}: row {row}");
    }
    model
}

#[track_caller]
fn check(case: &str, dataset: &str) -> Model {
    check_rows(case, dataset, |value| value)
}

#[test]
fn skops_trees_answer_as_scikit_learn() {
    for (case, dataset) in [
        ("breast-cancer-text", "breast-cancer"),
        ("breast-cancer-named", "breast-cancer"),
        ("breast-cancer-bool", "breast-cancer"),
        ("digits-int", "digits"),
        ("wine-objects", "wine"),
        ("wine-lone", "wine"),
    ] {
        check(case, dataset);
    }
}

#[test]
fn every_layout_of_skl2onnx_answers_as_scikit_learn() {
    for (case, dataset) in [
        ("breast-cancer-zipmap", "breast-cancer"),
        ("breast-cancer-array", "breast-cancer"),
        ("breast-cancer-truth", "breast-cancer"),
        ("breast-cancer-logistic", "breast-cancer"),
        ("digits-zipmap", "digits"),
        ("wine-columns", "wine"),
        ("wine-labels", "wine"),
        ("wine-old", "wine"),
        ("wine-paths", "wine"),
        ("wine-plain-classes", "wine"),
        ("wine-constant", "wine"),
        ("wine-constant-zipmap", "wine"),
        ("wine-double", "wine"),
    ] {
        check(case, dataset);
    }
    let float = |value: Ordered| f32::from_bits(value.to_f32_bits());
    let back = |value: f32| Ordered::from_f32_bits(value.to_bits()).unwrap();
    check_rows("digits-integers", "digits", |value| back(float(value).trunc()));
    check_rows("digits-truths", "digits", |value| back(f32::from(float(value) != 0.0)));
}

#[test]
fn names_come_with_the_file() {
    let model = check("breast-cancer-named", "breast-cancer");
    assert_eq!(model.schema().features()[0], "mean radius");
    assert_eq!(model.schema().classes(), ["benign", "malignant"]);
    assert_eq!(model.schema().target(), "target");
    let model = check("breast-cancer-text", "breast-cancer");
    assert_eq!(model.schema().features()[29], "f29");
    let classes = |case, dataset| check(case, dataset).schema().classes().to_vec();
    assert_eq!(classes("breast-cancer-bool", "breast-cancer"), ["False", "True"]);
    assert_eq!(classes("wine-objects", "wine"), ["class_0", "class_1", "class_2"]);
    assert_eq!(classes("wine-lone", "wine"), ["0"]);
    assert_eq!(classes("digits-zipmap", "digits")[9], "9");
}

#[test]
fn hyper_parameters_that_bound_the_tree_are_read() {
    let read = |case: &str| import_tree(&fixture(case), Format::Auto).unwrap();
    let pruned = read("breast-cancer-named.skops");
    assert_eq!((pruned.max_depth, pruned.max_leaf_nodes), (Some(5), None));
    assert_eq!(read("wine-objects.skops").max_depth, Some(4));
    assert_eq!(read("digits-int.skops").max_leaf_nodes, Some(70));
    assert_eq!(read("digits-int.skops").tree.leaves(), 70);
    assert_eq!(read("digits-zipmap.onnx").max_leaf_nodes, None);
}

#[test]
fn skops_and_onnx_give_one_tree() {
    let read = |case: &str| import_tree(&fixture(case), Format::Auto).unwrap();
    let (skops, onnx) = (read("digits-int.skops"), read("digits-zipmap.onnx"));
    assert_eq!(skops.tree, onnx.tree);
    assert_eq!(skops.classes, onnx.classes);
    assert_eq!(read("breast-cancer-text.skops").tree, read("breast-cancer-zipmap.onnx").tree);
}

/// Our own exports, whose answers onnxruntime gave.
#[test]
fn exports_come_back() {
    for case in ["breast-cancer", "digits", "wine", "synthetic", "lone-leaf"] {
        let path = |kind| repository(&format!("oracles/fixtures/onnx/{case}.{kind}"));
        let file = fs::read(path("onnx")).unwrap();
        let model = import_model(&file, Format::Auto).unwrap();
        assert_eq!(export_onnx(&model).unwrap(), file, "{case}");
        let rows = fs::File::open(path("rows.csv")).unwrap();
        let rows = read_features(rows, model.schema()).unwrap();
        let rows: Vec<_> = rows.iter().map(<[Ordered]>::to_vec).collect();
        let expected = fs::read_to_string(path("answers.txt")).unwrap();
        assert_eq!(answers(&model, &rows), expected.lines().collect::<Vec<_>>(), "{case}");
    }
}
