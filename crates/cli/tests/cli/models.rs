//! `assay model …` and `assay predict`.

use crate::session::{Session, table};

const TRAIN: &[&str] = &["model", "train", "--data", "train.csv", "--target", "kind"];

#[test]
fn training_is_a_function_of_its_inputs() {
    let session = Session::new();
    let first = session.ok(&[TRAIN, &["--max-depth", "4", "-o", "a"]].concat());
    let second = session.ok(&[TRAIN, &["--max-depth", "4", "-o", "b"]].concat());
    assert_eq!(first["model_digest"], second["model_digest"]);
    assert_eq!(session.get("a"), session.get("b"));
    assert_eq!(first["rows"], 200);
    assert_eq!(first["declared_depth"], 4);
    assert_eq!(first["declared_nodes"], 32);
}

#[test]
fn hyper_parameters_shape_the_tree() {
    let session = Session::new();
    #[track_caller]
    fn leaves(session: &Session, more: &[&str]) -> u64 {
        session.ok(&[TRAIN, more, &["-o", "m"]].concat())["leaves"].as_u64().unwrap()
    }
    let free = leaves(&session, &[]);
    assert_eq!(leaves(&session, &["--max-leaf-nodes", "3"]), 3);
    assert!(leaves(&session, &["--max-depth", "1"]) == 2);
    assert!(leaves(&session, &["--min-samples-leaf", "20"]) < free);
    assert!(leaves(&session, &["--min-samples-split", "50"]) < free);
    assert!(leaves(&session, &["--min-impurity-decrease", "0.01"]) < free);
    assert!(leaves(&session, &["--ccp-alpha", "1/100"]) < free);
    leaves(&session, &["--criterion", "entropy", "--seed", "7"]);
    leaves(&session, &["--max-features", "sqrt", "--class-weight", "balanced"]);
}

#[test]
fn two_names_of_one_hyper_parameter_give_one_model() {
    let session = Session::new();
    let digest =
        |more: &[&str]| session.ok(&[TRAIN, more, &["-o", "m"]].concat())["model_digest"].clone();
    assert_eq!(digest(&["--criterion", "log_loss"]), digest(&["--criterion", "entropy"]));
    assert_eq!(digest(&["--ccp-alpha", "0.015"]), digest(&["--ccp-alpha", "3/200"]));
    assert_eq!(digest(&["--class-weight", "whale=1"]), digest(&[]));
    let weights = ["--class-weight", "fish=4", "--class-weight", "whale=8", "--max-depth", "2"];
    assert_eq!(digest(&weights), digest(&["--class-weight", "whale=2", "--max-depth", "2"]));
}

#[test]
fn rejects_hyper_parameters_that_make_no_sense() {
    let session = Session::new();
    let fails =
        |more: &[&str], why: &str| session.fails(&[TRAIN, more, &["-o", "m"]].concat(), 2, why);
    fails(&["--max-depth", "65"], "max_depth lies between 1 and 64");
    fails(&["--max-features", "0"], "max_features is at least 1");
    fails(&["--max-features", "half"], "sqrt");
    fails(&["--ccp-alpha=-1"], "ratio");
    fails(&["--ccp-alpha", "1/0"], "ratio");
    fails(&["--class-weight", "fish"], "no class weight");
    let ran = fails(&["--class-weight", "shark=2"], "no class \"shark\"");
    assert!(ran.stderr.contains("hint: ") && ran.stderr.contains("whale"));
}

#[test]
fn inspect_tells_what_train_made() {
    let session = Session::trained();
    let told = session.ok(&["model", "inspect", "a.model"]);
    assert_eq!(told["target"], "kind");
    assert_eq!(told["features"], serde_json::json!(["size", "weight"]));
    assert_eq!(told["classes"], serde_json::json!(["fish", "whale"]));
    assert_eq!(told["declared_depth"], 3);
    let lines = session.run(&["model", "inspect", "a.model"]).stdout;
    assert!(lines.lines().any(|line| line.starts_with("target ") && line.ends_with(" kind")));
}

#[test]
fn predictions_are_lines_on_stdout_or_in_a_file() {
    let session = Session::trained();
    let args = ["predict", "--model", "a.model", "--data", "test.csv"];
    let printed = session.run(&args);
    assert_eq!(printed.code, 0, "{}", printed.stderr);
    let lines: Vec<&str> = printed.stdout.lines().collect();
    assert_eq!((lines.len(), lines[0]), (101, "kind"));
    assert!(lines[1..].iter().all(|line| ["fish", "whale"].contains(line)));
    let told = session.ok(&[&args[..], &["-o", "out.csv"]].concat());
    assert_eq!(session.get("out.csv"), printed.stdout.as_bytes());
    assert_eq!(told["rows"], 100);
}

#[test]
fn predictions_need_no_target_column() {
    let session = Session::trained();
    let labelled = session.run(&["predict", "--model", "a.model", "--data", "test.csv"]);
    let bare: Vec<String> = table(100, 2)
        .lines()
        .map(|line| line.rsplit_once(',').unwrap().0.to_owned() + "\n")
        .collect();
    session.put("bare.csv", bare.concat());
    let bare = session.run(&["predict", "--model", "a.model", "--data", "bare.csv"]);
    assert_eq!(bare.code, 0, "{}", bare.stderr);
    assert_eq!(bare.stdout, labelled.stdout);
}

#[test]
fn export_writes_onnx() {
    let session = Session::trained();
    let told = session.ok(&["model", "export", "a.model", "-o", "a.onnx"]);
    let bytes = session.get("a.onnx");
    assert_eq!(told["bytes"], bytes.len());
    let has = |name: &str| bytes.windows(name.len()).any(|window| window == name.as_bytes());
    assert!(has("TreeEnsembleClassifier") && has("ai.onnx.ml"));
}

#[test]
fn a_model_belongs_to_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let session = Session::trained();
    let mode = session.path("a.model").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_failed_training_leaves_the_old_model() {
    let session = Session::trained();
    let old = session.get("a.model");
    session.put("train.csv", "size,weight,kind\n1,2,fish\n3,oops,whale\n");
    let ran = session.fails(&[TRAIN, &["-o", "a.model"]].concat(), 1, "weight");
    assert!(ran.stderr.contains("row") || ran.stderr.contains("line"), "{}", ran.stderr);
    assert_eq!(session.get("a.model"), old);
    let names = std::fs::read_dir(session.path(".")).unwrap();
    assert_eq!(names.count(), 3, "no temporary file remains");
}

#[test]
fn rejects_what_is_no_model() {
    let session = Session::trained();
    session.put("cut.model", &session.get("a.model")[..40]);
    session.put("long.model", [session.get("a.model"), vec![0]].concat());
    session.put("empty.model", "");
    for name in ["cut.model", "long.model", "empty.model", "test.csv"] {
        session.fails(&["model", "inspect", name], 1, "is not a model");
        session.fails(&["model", "commit", name, "-o", "c"], 1, "is not a model");
    }
    session.fails(&["model", "inspect", "none.model"], 5, "none.model");
}
