//! Models that answer with a number: `model import` and `model compile` with `--range`, `prove accuracy --metric
//! mse|r2`, `prove inference`.

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
    let inference = ["prove", "inference", "--model", "m", "-o", "p", "--target", "progression"];
    session.fails(&about(&inference, &test, &[]), 2, "no labels");
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

/// A session with the compiled network `m`, and what was said of it.
fn compiled(file: &str) -> (Session, serde_json::Value) {
    let session = Session::empty();
    let (train, test) = (data("diabetes/train.csv"), data("diabetes/test.csv"));
    let compile = ["model", "compile", &foreign(file), "--data", &train, "--test", &test];
    let number = ["--target", "progression", "--range", "0..400", "--unit", "points", "-o", "m"];
    let told = session.ok(&[&compile[..], &number].concat());
    (session, told)
}

/// What the report measures of the integers is what is proven, to the last digit.
#[test]
fn a_compiled_network_errs_as_its_report_says() {
    for file in ["sklearn-mlp.skops", "keras-softplus.keras", "sklearn-lasso.onnx"] {
        let (session, told) = compiled(file);
        let test = data("diabetes/test.csv");
        assert_eq!((&told["rows"], &told["unit"]), (&115.into(), &"points".into()));
        let seen = session.ok(&["model", "inspect", "m"]);
        for same in ["answer_step", "answer_zero", "range", "layers", "model_digest"] {
            assert!(!told[same].is_null(), "{file}: {same}");
            assert_eq!(seen[same], told[same], "{file}: {same}");
        }
        let millionths = |key: &str| {
            let text = told[key].as_str().unwrap();
            let (whole, part) = text.split_once('.').unwrap_or((text, ""));
            format!("{whole}{part:0<6}").parse::<u64>().unwrap()
        };
        let fraction = |millionths: u64| format!("{millionths}/1000000");
        // Both are rounded down.
        let (most, below) = (fraction(millionths("mse") + 1), fraction(millionths("mse")));
        let (least, above) = (fraction(millionths("r2")), fraction(millionths("r2") + 1));
        for (metric, option, holds, fails) in
            [("mse", "--at-most", &most, &below), ("r2", "--at-least", &least, &above)]
        {
            session.ok(&about(PROVE, &test, &["--metric", metric, option, holds]));
            session.ok(&about(&["verify", "p"], &test, &["--metric", metric, option, holds]));
            let claim = ["--metric", metric, option, fails];
            session.fails(&about(PROVE, &test, &claim), 4, "nothing was proven");
        }
        let (float, integer) =
            (told["mse_float"].as_f64().unwrap(), millionths("mse") as f64 / 1e6);
        assert!((float - integer).abs() < 0.03 * float, "{file}: {float} and {integer}");
    }
}

#[test]
fn a_network_of_numbers_needs_a_range_and_one_of_classes_has_none() {
    let session = Session::empty();
    let (train, digits) = (data("diabetes/train.csv"), data("digits/train.csv"));
    let compile = ["model", "compile", "-o", "m", "--target"];
    let number = foreign("sklearn-linear.skops");
    let number = ["progression", &number, "--data", &train];
    session.fails(&[&compile[..], &number].concat(), 2, "answers with a number");
    // More parts than 16 bits and steps of 2^12 parts have room for.
    let fine = ["--range", "0..400", "--denominator", "400000"];
    session.fails(&[&compile[..], &number, &fine].concat(), 2, "parts");
    let network = foreign("../networks/sklearn-digits-mlp.skops");
    let classes = ["digit", &network, "--data", &digits, "--range", "0..9"];
    session.fails(&[&compile[..], &classes].concat(), 2, "has no range");
}

#[test]
fn r2_may_be_less_than_zero() {
    let (session, _) = compiled("sklearn-lasso.skops");
    let test = data("diabetes/test.csv");
    let claim = ["--metric", "r2", "--at-least", "-0.50"];
    let proved = session.ok(&about(PROVE, &test, &claim));
    assert_eq!(
        (&proved["at_least"], &proved["at_least_decimal"]),
        (&"-1/2".into(), &"-0.5".into())
    );
    session.ok(&about(&["verify", "p"], &test, &["--metric", "r2", "--at-least", "-2/4"]));
    let other = about(&["verify", "p"], &test, &["--metric", "r2", "--at-least", "1/2"]);
    assert_eq!(session.run(&other).code, 3);
    let below = ["--metric", "mse", "--at-most", "-1"];
    assert_eq!(session.run(&about(PROVE, &test, &below)).code, 2);
    // A share of rows is one.
    let session = Session::trained();
    let prove = ["prove", "accuracy", "--model", "a.model", "--data", "test.csv", "-o", "p"];
    let claim = ["--target", "kind", "--at-least", "-0.5"];
    session.fails(&[&prove[..], &claim].concat(), 2, "between 0 and 1");
}

#[test]
fn thresholds_are_told_in_lowest_terms() {
    let session = imported("tree.skops");
    let test = data("diabetes/test.csv");
    let claim = ["--metric", "mse", "--at-most", "48000/10"];
    let proved = session.ok(&about(PROVE, &test, &claim));
    assert_eq!(proved["at_most"], "4800");
    let other = about(&["verify", "p"], &test, &["--metric", "mse", "--at-most", "4801"]);
    assert!(session.run(&other).stderr.contains("mse at most 4800, not mse at most 4801"));
}

const ANSWER: &[&str] = &["prove", "inference", "--model", "m", "-o", "p", "--rows", "3..9"];

#[test]
fn numbers_are_proven_and_are_those_of_predict() {
    let test = data("diabetes/test.csv");
    for session in [imported("xgboost.xgboost.json"), compiled("torch-mlp.onnx").0] {
        session.ok(&["model", "commit", "m", "-o", "c"]);
        let predicted = session.ok(&about(&["predict", "--model", "m"], &test, &[]));
        let expected = &predicted["predictions"].as_array().unwrap()[3..9];
        let rows = ["--rows", "3..9"];
        let verify = ["verify", "p", "--model", "c", "--target", "progression"];

        let proved = session.ok(&about(ANSWER, &test, &[]));
        let verified = session.ok(&about(&verify, &test, &rows));
        for told in [&proved, &verified] {
            assert_eq!(told["answers"].as_array().unwrap(), expected);
            assert_eq!((&told["unit"], &told["rows"]), (&"points".into(), &6.into()));
        }
        session.ok(&about(&["verify", "p", "--security"], &test, &rows));
        for wrong in [vec!["--rows", "2..8"], vec!["--rows", "3..9", "--target", "age"]] {
            assert_eq!(session.run(&about(&["verify", "p"], &test, &wrong)).code, 3, "{wrong:?}");
        }

        // Nothing but commitments, and the opening of the answers.
        let hidden = ["--input", "committed", "--output", "committed"];
        let proved = session.ok(&about(ANSWER, &test, &hidden));
        assert!(proved["answers"].is_null());
        let verified = session.ok(&[&verify[..], &["--answers-opening", "p.answers"]].concat());
        assert_eq!(verified["answers"].as_array().unwrap(), expected);
        assert_eq!(verified["answers_commitment"], proved["answers_commitment"]);
        let opened = [&rows[..], &["--rows-opening", "p.rows"]].concat();
        session.ok(&about(&verify, &test, &opened));

        // A public model.
        session.ok(&about(ANSWER, &test, &["--weights", "public", "--output", "hidden"]));
        session.ok(&about(&["verify", "p", "--weights", "m"], &test, &rows));
    }
}
