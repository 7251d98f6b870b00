//! `assay prove accuracy --metric …`: precision, recall and F1 of a class.

use crate::session::Session;

const PROVE: &[&str] = &[
    "prove", "accuracy", "--model", "a.model", "--data", "test.csv", "--target", "kind", "-o", "p",
];
const VERIFY: &[&str] = &["verify", "p", "--data", "test.csv"];

/// The name of a class of `test.csv`.
fn class(session: &Session) -> String {
    let text = String::from_utf8(session.get("test.csv")).unwrap();
    let target = text.lines().next().unwrap().split(',').position(|name| name == "kind").unwrap();
    text.lines().nth(1).unwrap().split(',').nth(target).unwrap().to_owned()
}

#[test]
fn every_figure_is_proven_and_verified() {
    let session = Session::trained();
    let class = class(&session);
    for metric in ["precision", "recall", "f1"] {
        let claim = ["--metric", metric, "--class", &class, "--at-least", "0.6"];
        let proved = session.ok(&[PROVE, &claim].concat());
        let verified = session.ok(&[VERIFY, &claim].concat());
        for key in ["metric", "class", "positives", "at_least", "at_least_decimal", "statement"] {
            assert_eq!(proved[key], verified[key], "{metric}: {key}");
        }
        assert_eq!(proved["metric"], metric);
        assert_eq!(
            (&proved["at_least"], &proved["at_least_decimal"]),
            (&"3/5".into(), &"0.6".into())
        );
        session.ok(VERIFY);
        // A fraction in other terms is the same one.
        session.ok(&[VERIFY, &["--metric", metric, "--at-least", "6/10"]].concat());
        let other = if metric == "f1" { "recall" } else { "f1" };
        for wrong in [
            vec!["--metric", metric, "--at-least", "0.61"],
            vec!["--metric", metric, "--at-least", "0.6", "--fewer"],
            vec!["--metric", other, "--at-least", "0.6"],
            vec!["--at-least", "0.6"],
            vec!["--class", &class],
        ] {
            session.fails(&[VERIFY, &wrong].concat(), 3, "the proof is for");
        }
        session.fails(&[VERIFY, &["--metric", metric, "--class", "?"]].concat(), 2, "no class");
    }
}

#[test]
fn a_false_figure_is_told_as_a_fraction() {
    let session = Session::trained();
    let class = class(&session);
    let claim = |share, more: &[&'static str]| {
        let claim = ["--metric", "f1", "--class", &class, "--at-least", share];
        [PROVE, &claim, more].concat().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let run = |args: Vec<String>| session.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let refused = run(claim("0.9999", &[]));
    assert_eq!(refused.code, 4, "{}", refused.stderr);
    assert!(refused.stderr.contains(" = 0."), "{}", refused.stderr);
    assert_eq!(run(claim("0.9999", &["--fewer"])).code, 0);
    let verified =
        session.ok(&[VERIFY, &["--metric", "f1", "--at-least", "0.9999", "--fewer"]].concat());
    assert_eq!(verified["less_than"], "9999/10000");
    assert_eq!(run(claim("0.5", &["--reveal-score"])).code, 2);
    session.fails(&[PROVE, &["--metric", "f1", "--at-least", "0.5"]].concat(), 2, "--class");
    let unknown = ["--metric", "f1", "--class", "?", "--at-least", "0.5"];
    session.fails(&[PROVE, &unknown].concat(), 2, "the classes are");
}
