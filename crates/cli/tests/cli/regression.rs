//! Models that answer with a number: `model import --range`, `prove accuracy --metric mse|r2`.

use crate::session::{Session, data};

/// A regressor that another library trained.
fn foreign(name: &str) -> String {
    format!("{}/../../oracles/fixtures/regression/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// What scikit-learn measures of the integer model, in millionths.
fn measured(case: &str) -> (u64, u64) {
    let scores = std::fs::read_to_string(foreign("scores.csv")).unwrap();
    let scores = scores.lines().find_map(|line| line.strip_prefix(&format!("{case},"))).unwrap();
    let (mse, r2) = scores.split_once(',').unwrap();
    (mse.parse().unwrap(), r2.parse().unwrap())
}

/// A session with the imported model `m`.
fn imported(file: &str) -> Session {
    let session = Session::empty();
    let import = ["model", "import", &foreign(file), "--target", "progression", "-o", "m"];
    let names = ["--columns", &data("diabetes/test.csv"), "--range", "0..400", "--unit", "points"];
    let told = session.ok(&[&import[..], &names].concat());
    assert_eq!((&told["denominator"], &told["unit"]), (&1000.into(), &"points".into()));
    session
}

/// A command about the test rows.
fn about<'a>(command: &[&'a str], test: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    [command, &["--data", test], rest].concat()
}

const PROVE: &[&str] = &["prove", "accuracy", "--model", "m", "--target", "progression", "-o", "p"];

#[test]
fn errors_are_proven_to_the_last_millionth() {
    let session = imported("tree.skops");
    let test = data("diabetes/test.csv");
    session.ok(&["model", "commit", "m", "-o", "c"]);
    let (mse, r2) = measured("tree");
    let fraction = |millionths: u64| format!("{millionths}/1000000");
    let (most, below) = (fraction(mse + 1), fraction(mse - 1));
    let (least, above) = (fraction(r2 - 1), fraction(r2 + 1));
    for (metric, option, holds, fails) in
        [("mse", "--at-most", &most, &below), ("r2", "--at-least", &least, &above)]
    {
        let claim = ["--metric", metric, option, holds];
        let proved = session.ok(&about(PROVE, &test, &claim));
        let verified = session.ok(&about(&["verify", "p", "--model", "c"], &test, &claim));
        for key in ["metric", "unit", "range", "rows", "schema", "model_commitment", "statement"] {
            assert_eq!(proved[key], verified[key], "{metric}: {key}");
        }
        assert_eq!((&verified["metric"], &verified["rows"]), (&metric.into(), &115.into()));
        session.ok(&about(&["verify", "p", "--security"], &test, &[]));
        for wrong in [
            vec!["--metric", metric, option, fails],
            vec!["--metric", metric, option, holds, "--fewer"],
            vec!["--metric", if metric == "mse" { "r2" } else { "mse" }],
            vec!["--metric", "accuracy"],
            vec!["--at-least", "0.1"],
            vec!["--at-most", "1"],
            vec!["--metric", "f1", "--class", "points"],
            vec!["--target", "age"],
            vec!["--rows", "0..10"],
        ] {
            let ran = session.run(&about(&["verify", "p"], &test, &wrong));
            assert_eq!(ran.code, 3, "{wrong:?}: {}", ran.stderr);
        }
        let claim = ["--metric", metric, option, fails];
        session.fails(&about(PROVE, &test, &claim), 4, "nothing was proven");
        let missed = [&claim[..], &["--fewer"]].concat();
        session.ok(&about(PROVE, &test, &missed));
        session.ok(&about(&["verify", "p"], &test, &missed));
    }
}

#[test]
fn a_boosted_model_answers_in_units() {
    let session = imported("xgboost.xgboost.json");
    let test = data("diabetes/test.csv");
    let inspected = session.ok(&["model", "inspect", "m"]);
    assert_eq!(inspected["kind"], "forest");
    assert_eq!(inspected["range"], "0..400");
    let predicted = session.run(&about(&["predict", "--model", "m"], &test, &[]));
    let answers = std::fs::read_to_string(foreign("xgboost.answers.csv")).unwrap();
    let answers = answers.lines().skip(1).map(|line| line.split_once(',').unwrap().1);
    let mut got = predicted.stdout.lines();
    assert_eq!(got.next(), Some("progression"));
    let mut rows = 0;
    for (got, parts) in got.zip(answers) {
        let (whole, part) = got.split_once('.').unwrap_or((got, ""));
        assert_eq!(format!("{whole}{part:0<3}"), parts, "{got}");
        rows += 1;
    }
    assert_eq!(rows, 115);
    session.ok(&about(PROVE, &test, &["--metric", "r2", "--at-least", "0.46"]));
    session.ok(&about(&["verify", "p"], &test, &["--metric", "r2", "--at-least", "46/100"]));
}

#[test]
fn what_is_about_classes_refuses_numbers_by_name() {
    let session = imported("lightgbm.lightgbm.txt");
    let test = data("diabetes/test.csv");
    let number = "answers with a number";
    session.fails(&["model", "export", "m", "-o", "x"], 2, number);
    session.fails(&about(PROVE, &test, &["--at-least", "0.5"]), 2, number);
    let inference = ["prove", "inference", "--model", "m", "-o", "p"];
    session.fails(&about(&inference, &test, &[]), 2, number);
    for (claim, told) in [
        (vec!["--metric", "mse", "--at-least", "0.5"], "--at-most"),
        (vec!["--metric", "r2", "--at-most", "5"], "--at-least"),
        (vec!["--at-most", "5"], "--at-most"),
        (vec!["--metric", "mse", "--at-most", "5", "--hide-data"], "--hide-data"),
        (vec!["--metric", "mse", "--at-most", "5", "--part-rows", "9"], "--part-rows"),
        (vec!["--metric", "mse"], "--at-least"),
    ] {
        session.fails(&about(PROVE, &test, &claim), 2, told);
    }
    // A model of classes has no errors, and a target that is no number of parts is not rounded.
    let session = Session::trained();
    let prove = ["prove", "accuracy", "--model", "a.model", "--data", "test.csv"];
    let claim = ["--target", "kind", "--metric", "mse", "--at-most", "1", "-o", "p"];
    session.fails(&[&prove[..], &claim].concat(), 2, "answers with a class");
    let import = ["model", "import", &foreign("tree.skops"), "-o", "n"];
    session.fails(&import, 2, "--range");
    let narrow = ["--columns", &test, "--target", "progression", "--range", "0..40"];
    session.ok(&[&import[..], &narrow].concat());
    let prove = ["prove", "accuracy", "--model", "n", "--target", "progression", "-o", "p"];
    let claim = ["--metric", "mse", "--at-most", "1"];
    session.fails(&about(&prove, &test, &claim), 1, "lies outside of");
}
