//! `assay model import`, and what can be done with what came in.

use crate::session::{Session, data};

/// A tree that scikit-learn trained.
fn foreign(name: &str) -> String {
    format!("{}/../../oracles/fixtures/import/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// How many of the test rows scikit-learn's own answers have right.
fn correct(case: &str, test: &str) -> u64 {
    let answers = std::fs::read_to_string(foreign(&format!("{case}.answers.txt"))).unwrap();
    let table = std::fs::read_to_string(test).unwrap();
    let labels = table.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().1);
    labels.zip(answers.lines()).filter(|(label, answer)| label == answer).count() as u64
}

#[test]
fn the_count_in_the_proof_is_that_of_scikit_learn() {
    let session = Session::empty();
    let test = data("breast-cancer/test.csv");
    let file = foreign("breast-cancer-named.skops");
    let told = session.ok(&["model", "import", &file, "--target", "diagnosis", "-o", "m"]);
    assert_eq!(told["declared_depth"], 5);
    assert_eq!(told["declared_nodes"], 64);
    let count = correct("breast-cancer-named", &test);
    assert!(100 < count);
    let prove = ["prove", "accuracy", "--model", "m", "--data", &test, "--target", "diagnosis"];
    let more = ["--at-least", "0.5", "--reveal-score", "-o", "p"];
    let proved = session.ok(&[&prove[..], &more].concat());
    assert_eq!(proved["correct"], count);
    let verified = session.ok(&["verify", "p", "--data", &test, "--at-least", "0.5"]);
    assert_eq!(verified["correct"], count);
}

#[test]
fn a_table_names_the_features_of_a_file_without_names() {
    let session = Session::empty();
    let (test, file) = (data("digits/test.csv"), foreign("digits-zipmap.onnx"));
    let import = ["model", "import", &file, "--format", "onnx", "--target", "digit"];
    let told = session.ok(&[&import[..], &["--columns", &test, "-o", "m"]].concat());
    assert_eq!((told["features"].as_u64(), told["leaves"].as_u64()), (Some(64), Some(70)));
    let predicted = session.run(&["predict", "--model", "m", "--data", &test]);
    assert_eq!(predicted.code, 0, "{}", predicted.stderr);
    let answers = std::fs::read_to_string(foreign("digits-zipmap.answers.txt")).unwrap();
    let got: Vec<&str> = predicted.stdout.lines().skip(1).collect();
    assert_eq!(got, answers.lines().take(got.len()).collect::<Vec<_>>());

    let plain = session.ok(&[&import[..], &["-o", "m"]].concat());
    assert_eq!(plain["declared_nodes"], 256);
    session.fails(&["predict", "--model", "m", "--data", &test], 1, "f0");
    let columns = ["--columns", &test, "-o", "m"];
    let forgot = ["model", "import", &file];
    let ran = session.fails(&[&forgot[..], &columns].concat(), 1, "names 65 features");
    assert!(ran.stderr.contains("hint: ") && ran.stderr.contains("--target"));
}

#[test]
fn what_is_declared_can_be_chosen() {
    let session = Session::empty();
    let import = ["model", "import", &foreign("wine-objects.skops")];
    let more = ["--declare-depth", "9", "--declare-nodes", "1000", "-o", "m"];
    let told = session.ok(&[&import[..], &more].concat());
    assert_eq!(
        (told["declared_depth"].as_u64(), told["declared_nodes"].as_u64()),
        (Some(9), Some(1024))
    );
    session.fails(&[&import[..], &["--declare-depth", "65", "-o", "m"]].concat(), 2, "depth");
}

#[test]
fn rejects_what_is_no_tree() {
    let session = Session::trained();
    session.put("model.pkl", b"\x80\x04\x95rest of a pickle");
    let ran = session.fails(&["model", "import", "model.pkl", "-o", "m"], 1, "pickle");
    assert!(ran.stderr.contains("hint: ") && ran.stderr.contains("skops"));
    session.fails(&["model", "import", "train.csv", "-o", "m"], 1, "neither skops nor ONNX");
    session.fails(&["model", "import", "none.onnx", "-o", "m"], 5, "none.onnx");
    let skops = foreign("wine-lone.skops");
    session.fails(&["model", "import", &skops, "--format", "onnx", "-o", "m"], 1, "not supported");
    assert!(!session.path("m").exists());
}

/// An ensemble that another library trained.
fn forest(name: &str) -> String {
    format!("{}/../../oracles/fixtures/forests/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_forest_is_imported_committed_to_proven_and_verified() {
    let session = Session::empty();
    let test = data("digits/test.csv");
    let file = forest("digits-random-forest.skops");
    let declared = ["--declare-trees", "12", "--declare-depth", "7", "--declare-nodes", "1000"];
    let import = ["model", "import", &file, "--target", "digit", "--columns", &test, "-o", "m"];
    let told = session.ok(&[&import[..], &declared].concat());
    assert_eq!((told["trees"].as_u64(), told["declared_trees"].as_u64()), (Some(9), Some(12)));
    let inspected = session.ok(&["model", "inspect", "m"]);
    assert_eq!(inspected["kind"], "forest");
    assert_eq!(inspected["declared_depth"], 7);
    let predicted = session.run(&["predict", "--model", "m", "--data", &test]);
    let answers = std::fs::read_to_string(forest("digits-random-forest.answers.txt")).unwrap();
    let got: Vec<&str> = predicted.stdout.lines().skip(1).collect();
    assert_eq!(got, answers.lines().take(got.len()).collect::<Vec<_>>());
    let table = std::fs::read_to_string(&test).unwrap();
    let labels = table.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().1);
    let count = labels.zip(&got).filter(|(label, got)| label == *got).count() as u64;
    assert!(300 < count);

    session.ok(&["model", "commit", "m", "-o", "c"]);
    let prove = ["prove", "accuracy", "--model", "m", "--data", &test, "--target", "digit"];
    let more = ["--at-least", "0.5", "--reveal-score", "-o", "p", "--opening", "c.opening"];
    let proved = session.ok(&[&prove[..], &more].concat());
    assert_eq!(proved["correct"], count);
    assert!(proved["security_bits"].as_u64() >= Some(100));
    let verified = session.ok(&["verify", "p", "--data", &test, "--at-least", "0.5"]);
    assert_eq!(verified["correct"], count);
    assert_eq!(verified["model_commitment"], proved["model_commitment"]);
    let hidden = [&prove[..], &["--at-least", "0.5", "--hide-data", "-o", "h"]].concat();
    let hidden = session.ok(&hidden);
    assert_eq!(hidden["model_commitment"], proved["model_commitment"]);
    session.ok(&["verify", "h", "--at-least", "0.5", "--data", &test, "--rows-opening", "h.rows"]);
}

#[test]
fn boosted_trees_of_every_library_are_imported() {
    let session = Session::empty();
    for (name, format) in [
        ("wine-xgboost.xgboost.json", "xgboost"),
        ("wine-lightgbm.lightgbm.txt", "lightgbm"),
        ("wine-boosting.skops", "skops"),
    ] {
        let file = forest(name);
        let told = session.ok(&["model", "import", &file, "--format", format, "-o", "m"]);
        assert_eq!(told["features"], 13);
        session.ok(&["model", "import", &file, "-o", "m"]);
    }
}
