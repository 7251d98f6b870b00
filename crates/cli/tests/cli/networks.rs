//! `assay model compile`, and what can be done with what it makes.

use crate::session::{Session, data};

/// A network that another program trained.
fn foreign(name: &str) -> String {
    format!("{}/../../oracles/fixtures/networks/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn compile<'a>(file: &'a str, data: &'a str, test: &'a str, target: &'a str) -> Vec<&'a str> {
    vec!["model", "compile", file, "--data", data, "--test", test, "--target", target, "-o", "m"]
}

/// The right answers among those that `assay predict` gives.
fn right(session: &Session, test: &str) -> u64 {
    let ran = session.run(&["predict", "--model", "m", "--data", test]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let table = std::fs::read_to_string(test).unwrap();
    let labels = table.lines().map(|line| line.rsplit_once(',').unwrap().1);
    labels.skip(1).zip(ran.stdout.lines().skip(1)).filter(|(label, answer)| label == answer).count()
        as u64
}

#[test]
fn a_compiled_network_answers_as_its_report_says() {
    for (file, name, target) in [
        ("torch-digits-cnn.onnx", "digits", "digit"),
        ("torch-digits-channels-dynamo.onnx", "digits", "digit"),
        ("keras-digits-cnn.keras", "digits", "digit"),
        ("keras-cancer-mlp.h5", "breast-cancer", "diagnosis"),
        ("sklearn-digits-mlp.skops", "digits", "digit"),
    ] {
        let session = Session::empty();
        let (train, test) = (data(&format!("{name}/train.csv")), data(&format!("{name}/test.csv")));
        let file = foreign(file);
        let told = session.ok(&compile(&file, &train, &test, target));
        assert!(told["rows"].as_u64().unwrap() <= told["alike"].as_u64().unwrap() + 10, "{file}");
        assert_eq!(told["correct"].as_u64().unwrap(), right(&session, &test), "{file}");
        let seen = session.ok(&["model", "inspect", "m"]);
        assert_eq!(seen["kind"], "network");
        for same in ["layers", "parameters", "committed_cells_per_row", "model_digest"] {
            assert_eq!(seen[same], told[same], "{file}");
        }
        assert_eq!(
            told["errors"].as_array().unwrap().len(),
            seen["layers"].as_array().unwrap().len()
        );
    }
}

#[test]
fn compiling_is_a_function_of_its_inputs() {
    let (session, file) = (Session::empty(), foreign("torch-cancer-mlp.onnx"));
    let (train, test) = (data("breast-cancer/train.csv"), data("breast-cancer/test.csv"));
    let arguments = compile(&file, &train, &test, "diagnosis");
    let first = session.ok(&arguments);
    assert_eq!(session.ok(&arguments), first);
    let more = session.ok(&[&arguments[..], &["--bits", "11"]].concat());
    assert_ne!(more["model_digest"], first["model_digest"]);
}

#[test]
fn rejects_what_cannot_be_compiled() {
    let (session, digits) = (Session::empty(), data("digits/train.csv"));
    let tree =
        format!("{}/../../oracles/fixtures/import/digits-zipmap.onnx", env!("CARGO_MANIFEST_DIR"));
    let network = foreign("sklearn-digits-mlp.onnx");
    let fails = |file: &str, more: &[&str], code, said: &str| {
        let arguments =
            ["model", "compile", file, "--data", &digits, "--target", "digit", "-o", "m"];
        let ran = session.fails(&[&arguments[..], more].concat(), code, said);
        assert!(ran.stderr.contains("hint: ") || code == 2, "{}", ran.stderr);
    };
    fails(&tree, &[], 1, "TreeEnsembleClassifier");
    fails(&digits, &[], 1, "none of skops, ONNX, Keras");
    fails(&network, &["--bits", "13"], 1, "between 4 and 12");
    fails(&network, &["--classes", "a,b"], 1, "digit");
    fails(&network, &["--calibration", "guess"], 2, "guess");
    fails(&foreign("sklearn-cancer-mlp.onnx"), &[], 1, "");
    let train = ["model", "import", &network, "-o", "m"];
    let ran = session.fails(&train, 1, "not supported");
    assert!(ran.stderr.contains("assay model compile"), "{}", ran.stderr);
    assert!(!session.path("m").exists());
}
