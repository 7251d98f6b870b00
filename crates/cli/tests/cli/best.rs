//! `assay prove accuracy --metric top-k`: labels among the best answers.

use crate::session::{Session, data};

#[test]
fn labels_among_the_best_answers_are_proven_and_verified() {
    let (session, rows, train) = (Session::empty(), data("wine/test.csv"), data("wine/train.csv"));
    let fixed = ["model", "train", "--data", &train, "--target", "cultivar", "-o", "a.model"];
    let forest = ["--algorithm", "forest", "--trees", "2", "--max-depth", "1"];
    session.ok(&[&fixed[..], &forest].concat());
    let prove =
        ["prove", "accuracy", "--model", "a.model", "--data", &rows, "--target", "cultivar"];
    let verify = ["verify", "p", "--data", &rows];
    let claim = ["--metric", "top-k", "--k", "2", "--at-least", "0.5"];
    let proved = session.ok(&[&prove[..], &claim, &["--reveal-score", "-o", "p"]].concat());
    let verified = session.ok(&[&verify[..], &claim].concat());
    for key in ["metric", "k", "at_least", "correct", "statement"] {
        assert_eq!(proved[key], verified[key], "{key}");
    }
    assert_eq!((&proved["metric"], &proved["k"]), (&"top-k".into(), &2.into()));
    // No fewer than with one answer.
    let one = ["--at-least", "0.1", "--reveal-score", "-o", "q"];
    let one = session.ok(&[&prove[..], &one].concat());
    assert!(one["correct"].as_u64() <= proved["correct"].as_u64());
    for wrong in [
        &["--metric", "top-k", "--k", "1", "--at-least", "0.5"][..],
        &["--at-least", "0.5"],
        &["--metric", "recall"],
        &["--metric", "top-k", "--at-least", "1"],
    ] {
        session.fails(&[&verify[..], wrong].concat(), 3, "");
    }
    session.ok(&[&verify[..], &["--k", "2"]].concat());
    session.ok(&verify);
    session.fails(&["verify", "q", "--data", &rows, "--metric", "top-k"], 3, "best");

    let fails = |more: &[&str], why: &str| {
        session.fails(&[&prove[..], &["--at-least", "0.5", "-o", "r"], more].concat(), 2, why);
    };
    fails(&["--metric", "top-k"], "--k");
    fails(&["--k", "2"], "top-k");
    fails(&["--metric", "top-k", "--k", "4"], "fewer classes");
    fails(&["--metric", "top-k", "--k", "2", "--hide-data"], "public rows only");
    session.ok(&[&fixed[..], &["--max-depth", "2"]].concat());
    fails(&["--metric", "top-k", "--k", "2"], "no second best");
}
