//! Imported ensembles against the libraries that trained them, row for row.
//!
//! `oracles/forests.py`, `pipelines.py` and `onnx_forests.py` saved them in every layout, with the libraries' answers to
//! the test rows of the data set and to rows on and beside the trees' thresholds.
#![allow(clippy::unwrap_used, reason = "outside of #[test] functions clippy does not see a test")]

use assay_import::model::{Read, read};
use assay_import::{CsvOptions, Format, import_model, import_tree, model, read_csv, read_features};
use assay_model::ops::tree::bounds_for;
use assay_model::{Graph, Model, Ordered};
use std::fs;
use std::path::PathBuf;

fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../..", path].iter().collect()
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(repository(&format!("oracles/fixtures/forests/{name}"))).unwrap()
}

/// The test rows of a data set, then rows at the edges of `edges`, a case or a data set; whatever the
/// model calls its columns.
fn rows(dataset: &str, edges: &str) -> Vec<Vec<Ordered>> {
    let target = match dataset {
        "breast-cancer" => "diagnosis",
        "digits" => "digit",
        _ => "cultivar",
    };
    let test = fs::read(repository(&format!("data/{dataset}/test.csv"))).unwrap();
    let test = read_csv(test.as_slice(), &CsvOptions::new(target)).unwrap();
    let edges = fixture(&format!("{edges}.edges.csv"));
    let edges = read_features(edges.as_slice(), test.schema()).unwrap();
    let test = (0..test.rows()).map(|row| test.row(row).to_vec());
    test.chain(edges.iter().map(<[Ordered]>::to_vec)).collect()
}

fn answers(model: &Model, rows: &[Vec<Ordered>]) -> Vec<String> {
    let class = |row: &Vec<Ordered>| usize::from(model.exec(row).unwrap());
    rows.iter().map(|row| model.schema().classes()[class(row)].clone()).collect()
}

/// Every row is answered as by the library; the model as it is, and with larger bounds.
#[track_caller]
fn check(case: &str, extension: &str, format: Format) {
    let dataset =
        ["breast-cancer", "digits", "wine"].into_iter().find(|set| case.starts_with(set)).unwrap();
    let file = fixture(&format!("{case}.{extension}"));
    let model = import_model(&file, Format::Auto).unwrap();
    assert_eq!(import_model(&file, format).unwrap(), model);
    let declared = match read(&file, Format::Auto).unwrap() {
        Read::Forest(imported) => {
            assert!(matches!(model.graph(), Graph::Forest(_)));
            let declared = imported.forest.bounds(10, 5000, 100).unwrap();
            imported.into_model(None, declared).unwrap()
        }
        Read::Tree(imported) => {
            let declared = bounds_for(&imported.tree, 10, 5000).unwrap();
            imported.into_model(None, declared).unwrap()
        }
        Read::Number(_) => panic!("{case} answers with a class"),
    };

    let own = repository(&format!("oracles/fixtures/forests/{case}.edges.csv"));
    let rows = rows(dataset, if own.exists() { case } else { dataset });
    let expected = String::from_utf8(fixture(&format!("{case}.answers.txt"))).unwrap();
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(expected.len(), rows.len());
    for model in [model, declared] {
        let got = answers(&model, &rows);
        let differ = |row: &usize| got[*row] != expected[*row];
        let differing: Vec<usize> = (0..rows.len()).filter(differ).collect();
        assert_eq!(differing, Vec::<usize>::new(), "{case}: rows that are answered otherwise");
    }
}

#[test]
fn forests_of_scikit_learn_answer_as_there() {
    for dataset in ["breast-cancer", "digits", "wine"] {
        for kind in ["random-forest", "extra-trees"] {
            check(&format!("{dataset}-{kind}"), "skops", Format::Skops);
        }
    }
}

#[test]
fn boosted_trees_of_scikit_learn_answer_as_there() {
    for dataset in ["breast-cancer", "digits", "wine"] {
        check(&format!("{dataset}-boosting"), "skops", Format::Skops);
    }
}

#[test]
fn boosting_over_histograms_answers_as_there() {
    for dataset in ["breast-cancer", "digits", "wine"] {
        check(&format!("{dataset}-histogram"), "skops", Format::Skops);
    }
}

/// On rows next to what the scalers make of thresholds too.
#[test]
fn scalers_before_trees_are_exact() {
    for case in [
        "breast-cancer-scaled-boosting",
        "breast-cancer-scaled-tree",
        "digits-scaled-tree",
        "wine-scaled-forest",
        "wine-scaled-histogram",
        "wine-scaled-tree",
    ] {
        check(case, "skops", Format::Skops);
    }
}

#[test]
fn xgboost_answers_as_there() {
    for case in
        ["breast-cancer-xgboost", "breast-cancer-xgboost-base", "digits-xgboost", "wine-xgboost"]
    {
        check(case, "xgboost.json", Format::Xgboost);
    }
}

#[test]
fn lightgbm_answers_as_there_from_text_and_from_json() {
    for dataset in ["breast-cancer", "digits", "wine"] {
        check(&format!("{dataset}-lightgbm"), "lightgbm.txt", Format::Lightgbm);
        check(&format!("{dataset}-lightgbm-dump"), "lightgbm.json", Format::Lightgbm);
    }
}

#[test]
fn onnx_answers_as_onnxruntime() {
    for case in [
        "breast-cancer-onnx-boosting",
        "breast-cancer-onnx-forest",
        "breast-cancer-onnxmltools-lightgbm",
        "breast-cancer-onnxmltools-xgboost",
        "breast-cancer-skl2onnx-extra",
        "breast-cancer-skl2onnx-zipmap",
        "digits-onnx-boosting",
        "digits-onnx-forest",
        "digits-onnxmltools-lightgbm",
        "digits-onnxmltools-xgboost",
        "digits-skl2onnx-extra",
        "wine-onnx-forest",
        "wine-onnxmltools-lightgbm",
        "wine-onnxmltools-xgboost",
        "wine-skl2onnx-boosting",
        "wine-skl2onnx-extra",
        "wine-skl2onnx-zipmap",
    ] {
        check(case, "onnx", Format::Onnx);
    }
}

#[test]
fn every_comparison_of_onnx_is_told_apart() {
    for case in ["breast-cancer-modes", "wine-modes"] {
        check(case, "onnx", Format::Onnx);
    }
}

#[test]
fn a_forest_is_no_tree() {
    let got = import_tree(&fixture("wine-random-forest.skops"), Format::Auto);
    assert!(matches!(got, Err(model::Error::NoTree { got: 9 })));
}

/// Spoils the first place where `from` stands, and says what the file is called then.
#[track_caller]
fn spoiled(case: &str, from: &str, to: &str) -> String {
    let text = String::from_utf8(fixture(case)).unwrap();
    assert!(text.contains(from), "{case} has no {from}");
    match read(text.replacen(from, to, 1).as_bytes(), Format::Auto) {
        Ok(_) => panic!("{case} with {to} is read"),
        Err(error) => {
            assert!(!error.hint().is_empty());
            let mut text = error.to_string();
            let mut source = std::error::Error::source(&error);
            while let Some(error) = source {
                text = format!("{text}: {error}");
                source = error.source();
            }
            text
        }
    }
}

#[test]
fn spoiled_files_of_xgboost_are_refused() {
    for (from, to, expected) in [
        ("\"learner\"", "\"learned\"", "the model."),
        ("binary:logistic", "reg:logistic", "not supported"),
        ("\"num_class\":\"0\"", "\"num_class\":\"5\"", "num_class"),
        ("gbtree\"", "dart\"", "not supported"),
        ("[3.764706E-1]", "[1.0]", "base_score"),
        ("[3.764706E-1]", "[nan]", "base_score"),
        ("[3.764706E-1]", "[0.5,0.5]", "base_score"),
        ("\"split_indices\":[7", "\"split_indices\":[30", "feature 30"),
        ("\"split_indices\":[7", "\"split_indices\":[-7", "feature 65535"),
        ("\"left_children\":[1", "\"left_children\":[0", "two ways lead to node 0"),
        ("\"left_children\":[1", "\"left_children\":[99999", "no node 99999"),
        ("\"left_children\":[1", "\"left_children\":[-1", "no node"),
        ("\"left_children\":[1,", "\"left_children\":[", "by one part of the file"),
        ("\"split_conditions\":[5.246E-2", "\"split_conditions\":[1e99", "compares with"),
        ("\"split_type\":[0", "\"split_type\":[1", "categories"),
        ("\"tree_info\":[0", "\"tree_info\":[3", "tree_info"),
        ("\"tree_info\":[0,", "\"tree_info\":[", "tree_info"),
        ("\"tree_info\":[0,", "\"tree_info\":[0,0,", "8 by one part of the file, 7 by another"),
        ("\"30\",\"num_target\"", "\"2000\",\"num_target\"", "between 1 and 1024"),
        ("\"size_leaf_vector\":\"1\"", "\"size_leaf_vector\":\"3\"", "size_leaf_vector"),
        ("\"num_target\":\"1\"", "\"num_target\":\"2\"", "num_target"),
    ] {
        let got = spoiled("breast-cancer-xgboost.xgboost.json", from, to);
        assert!(got.contains(expected), "{to}: {got}");
    }
}

#[test]
fn spoiled_files_of_lightgbm_are_refused() {
    for (from, to, expected) in [
        ("multiclass num_class:3", "regression", "objective"),
        ("num_class=3", "num_class=1", "num_class"),
        ("num_tree_per_iteration=3", "num_tree_per_iteration=1", "num_tree_per_iteration"),
        ("num_cat=0", "num_cat=1", "categories"),
        ("decision_type=2", "decision_type=1", "categories"),
        ("decision_type=2", "decision_type=4", "zeros for missing"),
        ("is_linear=0", "is_linear=1", "linear"),
        ("split_feature=12", "split_feature=13", "feature 13"),
        ("threshold=755", "threshold=nan 755", "splits"),
        ("threshold=755.00000000000011", "threshold=-1e300", "below every"),
        ("left_child=3", "left_child=0", "two ways lead to node 0"),
        ("left_child=3", "left_child=99", "no node 99"),
        ("left_child=3", "left_child=-99", "no node"),
        ("leaf_value=-1.2257967723492778", "leaf_value=inf", "votes with inf"),
        ("leaf_value=-1.2257967723492778", "leaf_value=", "leaves"),
        ("num_leaves=7", "num_leaves=0", "leaves"),
        ("num_leaves=7\n", "num_leaves=7\nnum_leaves=7\n", "a second num_leaves"),
        ("label_index=0", "average_output", "not supported"),
    ] {
        let got = spoiled("wine-lightgbm.lightgbm.txt", from, to);
        assert!(got.contains(expected), "{to}: {got}");
    }
    for (from, to, expected) in [
        ("\"decision_type\": \"<=\"", "\"decision_type\": \"==\"", "categories"),
        ("\"missing_type\": \"None\"", "\"missing_type\": \"Zero\"", "zeros for missing"),
        ("\"average_output\": false", "\"average_output\": true", "average_output"),
        ("\"split_feature\": 12", "\"split_feature\": 1e9", "integer"),
        ("\"tree_info\"", "\"trees\"", "tree_info"),
    ] {
        let got = spoiled("wine-lightgbm-dump.lightgbm.json", from, to);
        assert!(got.contains(expected), "{to}: {got}");
    }
}

#[test]
fn no_mutation_makes_a_reader_panic() {
    let files = [
        ("breast-cancer-xgboost-base.xgboost.json", Format::Xgboost),
        ("wine-lightgbm.lightgbm.txt", Format::Lightgbm),
        ("wine-random-forest.skops", Format::Skops),
        ("breast-cancer-onnx-boosting.onnx", Format::Onnx),
        ("wine-onnxmltools-lightgbm.onnx", Format::Onnx),
    ];
    for (case, format) in files {
        let file = fixture(case);
        let mut random = assay_model::SplitMix64::new(7);
        for _ in 0..200 {
            let mut bent = file.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(bent.len() as u64) as usize;
                bent[at] = b"0123456789-eE.,[]{}\" =\n"[random.below(23) as usize];
            }
            // Read or refused: it returns.
            let _ = read(&bent, format).is_ok();
        }
        for cut in [0, 1, file.len() / 3, file.len() / 2] {
            assert!(read(&file[..cut], format).is_err(), "{case}, {cut} bytes");
        }
    }
}
