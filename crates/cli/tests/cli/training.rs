//! `assay model train` by every algorithm, and what can be done with what it makes.

use crate::session::{Session, data};
use serde_json::Value;

fn train<'a>(name: &'a str, algorithm: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let common =
        ["model", "train", "--data", "train.csv", "--test", "test.csv", "--target", "kind"];
    [&common[..], &["--algorithm", algorithm, "-o", name], more].concat()
}

/// Commits to a model, proves what it reaches on the test rows, and verifies the proof.
#[track_caller]
fn prove(session: &Session, model: &str, told: &Value) {
    let least = format!("{}/{}", told["test_correct"], told["test_rows"]);
    let data = ["--data", "test.csv", "--target", "kind"];
    session.ok(&["model", "commit", model, "-o", "commitment"]);
    let prove = ["prove", "accuracy", "--model", model, "--at-least", &least, "-o", "proof"];
    session.ok(&[&prove[..], &data].concat());
    let verify = ["verify", "proof", "--model", "commitment", "--at-least", &least];
    session.ok(&[&verify[..], &data].concat());
    for file in ["proof", "commitment", "commitment.opening"] {
        let _ = std::fs::remove_file(session.path(file));
    }
}

#[test]
fn a_forest_is_trained_and_proven() {
    let session = Session::new();
    let small = ["--trees", "5", "--max-depth", "3"];
    let told = session.ok(&train("m", "forest", &small));
    assert_eq!((&told["trees"], &told["rows"]), (&5.into(), &200.into()));
    // Five full trees of depth 3 have 75 nodes.
    assert_eq!((&told["declared_depth"], &told["declared_nodes"]), (&3.into(), &128.into()));
    assert!(80 <= told["test_correct"].as_u64().unwrap());
    let again = session.ok(&train("n", "forest", &small));
    assert_eq!(again["model_digest"], told["model_digest"]);
    for other in [&["--bootstrap", "false"][..], &["--seed", "1"], &["--max-features", "all"]] {
        let other = session.ok(&train("n", "forest", &[&small[..], other].concat()));
        assert_ne!(other["model_digest"], told["model_digest"]);
    }
    prove(&session, "m", &told);
}

#[test]
fn linear_models_and_networks_are_trained_and_proven() {
    let session = Session::new();
    for (algorithm, more) in [("logistic", &[][..]), ("mlp", &["--hidden", "8,4"])] {
        let told = session.ok(&train("m", algorithm, more));
        let layers = told["layers"].as_array().unwrap();
        assert_eq!(layers.len(), if algorithm == "mlp" { 3 } else { 1 });
        assert!(70 <= told["test_correct"].as_u64().unwrap(), "{told}");
        prove(&session, "m", &told);
    }
}

#[test]
fn every_algorithm_learns_digits() {
    let session = Session::empty();
    let (rows, unseen) = (data("digits/train.csv"), data("digits/test.csv"));
    let common =
        ["model", "train", "--data", &rows, "--test", &unseen, "--target", "digit", "-o", "m"];
    for (algorithm, more) in [
        ("extra-trees", &["--trees", "20"][..]),
        ("svm", &["--epochs", "10", "--schedule", "constant", "--learning-rate", "0.01"]),
        ("cnn", &["--image", "8x8x1", "--layers", "conv:6x3,max:2,dense:24", "--epochs", "6"]),
    ] {
        let arguments = [&common[..], &["--algorithm", algorithm], more].concat();
        let told = session.ok(&arguments);
        assert_eq!(told["test_rows"], 472);
        assert!(93 * 472 <= 100 * told["test_correct"].as_u64().unwrap(), "{algorithm}: {told}");
    }
}

#[test]
fn rejects_what_an_algorithm_does_not_have() {
    let session = Session::new();
    let fails = |algorithm: &str, more: &[&str], why: &str| {
        let ran = session.fails(&train("m", algorithm, more), 2, why);
        assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    };
    fails("tree", &["--trees", "3"], "--trees and --bootstrap are for forest and extra-trees");
    fails("tree", &["--epochs", "3"], "for logistic, svm, mlp and cnn");
    fails("forest", &["--momentum", "0.5"], "for logistic, svm, mlp and cnn");
    fails("mlp", &["--max-depth", "3"], "for tree, forest and extra-trees");
    fails("logistic", &["--class-weight", "balanced"], "for tree, forest and extra-trees");
    fails("logistic", &["--hidden", "3"], "--hidden is for mlp");
    fails("mlp", &["--layers", "dense:3"], "--layers is for cnn");
    fails("mlp", &["--image", "1x2x1"], "--image is for cnn");
    fails("cnn", &[], "a cnn needs --image");
    fails("svm", &["--declare-depth", "3"], "sizes are declared of trees and forests");
}

#[test]
fn rejects_parameters_out_of_range() {
    let session = Session::new();
    let fails = |algorithm: &str, more: &[&str], code, why: &str| {
        session.fails(&train("m", algorithm, more), code, why);
        assert!(!session.path("m").exists());
    };
    fails("forest", &["--trees", "0"], 2, "between 1 and 2^14 trees");
    fails("mlp", &["--epochs", "0"], 2, "epochs lie between 1 and 10000");
    fails("mlp", &["--learning-rate", "2"], 2, "at most 1");
    fails("mlp", &["--momentum", "1"], 2, "momentum is below 1");
    fails("mlp", &["--hidden", "5000"], 2, "between 1 and 4096 outputs");
    fails("mlp", &["--hidden", "many"], 2, "many");
    fails("cnn", &["--image", "1x2x1", "--layers", "relu"], 2, "conv:FILTERSxSIDE");
    fails("cnn", &["--image", "1x2x1", "--layers", "max:1"], 2, "a pool stands behind");
    fails("cnn", &["--image", "4x4x1", "--layers", "dense:2"], 1, "another number of features");
    fails("forest", &["--trees", "5", "--declare-trees", "20000"], 2, "2^14 trees");
    let none = [&train("m", "mlp", &[])[..], &["--test", "none.csv"]].concat();
    assert_ne!(session.run(&none).code, 0);
}
