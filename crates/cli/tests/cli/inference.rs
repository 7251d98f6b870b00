//! `assay prove inference`, and what `assay verify` makes of it.

use crate::session::{Session, data, table};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

const PROVE: &[&str] = &["prove", "inference", "--model", "a.model", "--data", "test.csv"];
const JOB: &str = "0x1111111111111111111111111111111111111111111111111111111111111111";
const OTHER: &str = "0x0100000001000000010000000100000001000000010000000100000001000000";
const ALICE: &str = "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const BOB: &str = "0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// A model, its commitment in `c`, and a proof of its answers in `p`.
fn proven(more: &[&str]) -> (Session, Value) {
    let session = Session::trained();
    session.ok(&["model", "commit", "a.model", "-o", "c"]);
    let told = session.ok(&[PROVE, more, &["-o", "p"]].concat());
    (session, told)
}

#[track_caller]
fn check(session: &Session, more: &[&str], code: i32) {
    let args = [&["verify", "p"], more].concat();
    let ran = session.run(&args);
    assert_eq!(ran.code, code, "{args:?}: {}", ran.stderr);
}

#[test]
fn answers_are_proven_and_are_those_of_predict() {
    let (session, proved) = proven(&[]);
    let verified = session.ok(&["verify", "p", "--data", "test.csv", "--model", "c"]);
    for key in [
        "rows",
        "answers",
        "proof_bytes",
        "security_bits",
        "model_commitment",
        "statement",
        "input",
    ] {
        assert_eq!(proved[key], verified[key], "{key}");
        assert!(!proved[key].is_null(), "{key}");
    }
    let modes = ["input", "weights", "output"].map(|key| proved[key].as_str().unwrap());
    assert_eq!(modes, ["public", "committed", "public"]);
    assert!(proved["security_bits"].as_u64().unwrap() >= 100);
    assert!(proved["prove_ms"].is_u64() && verified["verify_ms"].is_u64());
    let predicted = session.ok(&["predict", "--model", "a.model", "--data", "test.csv"]);
    assert_eq!(proved["answers"], predicted["predictions"]);
}

#[test]
fn a_column_of_labels_means_nothing() {
    let (session, _) = proven(&[]);
    let unlabelled: String = table(100, 2)
        .lines()
        .map(|line| format!("{}\n", line.rsplit_once(',').unwrap().0))
        .collect();
    session.put("rows.csv", unlabelled);
    check(&session, &["--data", "rows.csv"], 0);
    check(&session, &["--data", "test.csv"], 0);
    check(&session, &["--data", "train.csv"], 3);
    // Named by a table with its labels, the rows are that table's.
    session.ok(&[PROVE, &["--target", "kind", "-o", "p"]].concat());
    check(&session, &["--data", "test.csv"], 0);
    check(&session, &["--data", "rows.csv"], 3);
}

#[test]
fn some_rows_of_a_file_are_answered_alone() {
    let (session, told) = proven(&["--rows", "10..40"]);
    let predicted = session.ok(&["predict", "--model", "a.model", "--data", "test.csv"]);
    assert_eq!(told["rows"], 30);
    assert_eq!(
        told["answers"].as_array().unwrap()[..],
        predicted["predictions"].as_array().unwrap()[10..40]
    );
    let rows = ["--data", "test.csv"];
    check(&session, &[&rows[..], &["--rows", "10..40"]].concat(), 0);
    for wrong in ["10..41", "9..39", "0..30", "10..101"] {
        check(&session, &[&rows[..], &["--rows", wrong]].concat(), 3);
    }
    session.fails(&[&["verify", "p"][..], &rows].concat(), 3, "with --rows 10..40");
    check(&session, &["--rows", "10..40"], 2);
    check(&session, &[&rows[..], &["--rows", "40..10"]].concat(), 2);
    // A file of these rows alone is the same rows.
    let (header, lines) =
        table(100, 2).split_once('\n').map(|(h, l)| (h.to_owned(), l.to_owned())).unwrap();
    let some: Vec<_> = lines.lines().skip(10).take(30).collect();
    session.put("some.csv", format!("{header}\n{}\n", some.join("\n")));
    check(&session, &["--data", "some.csv"], 0);

    let prove = |rows| [PROVE, &["--rows", rows, "-o", "q"]].concat();
    session.fails(&prove("90..101"), 1, "there are no rows 90..101 in a table of 100");
    for nonsense in ["10", "10..10", "a..b"] {
        assert_eq!(session.run(&prove(nonsense)).code, 2, "{nonsense}");
    }
    assert!(!session.path("q").exists());

    // Committed, they are opened by the same rows.
    session.ok(&[PROVE, &["--rows", "5..9", "--input", "committed", "-o", "p"]].concat());
    let opened = [&rows[..], &["--rows-opening", "p.rows"]].concat();
    check(&session, &[&opened[..], &["--rows", "5..9"]].concat(), 0);
    check(&session, &opened, 3);
}

#[test]
fn each_expectation_must_equal_the_statement() {
    let (session, _) = proven(&["--job", JOB, "--recipient", ALICE]);
    let rows = ["--data", "test.csv"];
    let check = |more: &[&str], code| check(&session, &[&rows, more].concat(), code);
    check(&["--job", JOB, "--recipient", ALICE, "--model", "c", "--target", "kind"], 0);
    check(&["--job", OTHER], 3);
    check(&["--recipient", BOB], 3);
    check(&["--model", OTHER], 3);
    check(&["--target", "size"], 3);
    check(&["--at-least", "0.5"], 3);
    check(&["--rows", OTHER], 3);
    check(&["--weights", "a.model"], 3);
    session.put("y", "");
    check(&["--answers-opening", "y"], 3);
    self::check(&session, &[], 2);
    self::check(&session, &["--data", "none.csv"], 5);
}

#[test]
fn public_weights_need_the_model() {
    let (session, told) = proven(&["--weights", "public"]);
    assert!(told.get("model_commitment").is_none() && told["model_digest"].is_string());
    let train = ["model", "train", "--data", "train.csv", "--target", "kind", "--max-depth", "2"];
    session.ok(&[&train[..], &["-o", "b.model"]].concat());
    check(&session, &["--data", "test.csv", "--weights", "a.model"], 0);
    check(&session, &["--data", "test.csv", "--weights", "b.model"], 3);
    check(&session, &["--data", "test.csv", "--weights", "a.model", "--model", "c"], 3);
    check(&session, &["--data", "test.csv"], 2);
}

#[test]
fn committed_rows_and_answers_are_shown_by_their_openings() {
    let (session, told) = proven(&["--input", "committed", "--output", "committed"]);
    assert!(told.get("answers").is_none());
    for opening in ["p.rows", "p.answers"] {
        let mode = session.path(opening).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{opening}");
    }
    let shown = session.ok(&["verify", "p"]);
    assert!(shown.get("answers").is_none());
    assert_eq!(shown["answers_commitment"], told["answers_commitment"]);
    let opened = session.ok(&["verify", "p", "--answers-opening", "p.answers"]);
    let predicted = session.ok(&["predict", "--model", "a.model", "--data", "test.csv"]);
    assert_eq!(opened["answers"], predicted["predictions"]);

    let commitment = told["rows_commitment"].as_str().unwrap();
    check(&session, &["--rows", commitment], 0);
    check(&session, &["--rows", OTHER], 3);
    check(&session, &["--data", "test.csv", "--rows-opening", "p.rows"], 0);
    check(&session, &["--data", "train.csv", "--rows-opening", "p.rows"], 3);
    check(&session, &["--data", "test.csv"], 2);
    let mut changed = session.get("p.answers");
    *changed.last_mut().unwrap() ^= 1;
    session.put("wrong.answers", changed);
    check(&session, &["--answers-opening", "wrong.answers"], 3);
    // The rows that were committed to once are answered again.
    let again = [PROVE, &["--input", "committed", "--rows-opening", "p.rows", "-o", "again"]];
    assert_eq!(session.ok(&again.concat())["rows_commitment"], commitment);
}

#[test]
fn rows_that_were_scored_are_answered_under_the_same_commitment() {
    let session = Session::trained();
    session.ok(&["model", "commit", "a.model", "-o", "c"]);
    let score = ["prove", "accuracy", "--model", "a.model", "--data", "test.csv", "--target"];
    let rest = ["kind", "--at-least", "0.5", "--hide-data", "-o", "score"];
    let scored = session.ok(&[&score[..], &rest].concat());
    let more = ["--target", "kind", "--input", "committed", "--rows-opening", "score.rows"];
    let told = session.ok(&[PROVE, &more[..], &["-o", "p"]].concat());
    assert_eq!(told["rows_commitment"], scored["rows_commitment"]);
    assert_eq!(told["model_commitment"], scored["model_commitment"]);
    check(&session, &["--model", "c"], 0);
}

#[test]
fn what_is_hidden_is_hidden_and_cannot_be_expected() {
    let (session, told) = proven(&["--weights", "hidden"]);
    assert!(told.get("model_commitment").is_none() && told.get("model_digest").is_none());
    check(&session, &["--data", "test.csv"], 0);
    check(&session, &["--data", "test.csv", "--model", "c"], 3);

    session.ok(&[PROVE, &["--output", "hidden", "-o", "p"]].concat());
    let shown = session.ok(&["verify", "p", "--data", "test.csv", "--model", "c"]);
    assert!(shown.get("answers").is_none());

    session.ok(&[PROVE, &["--input", "hidden", "-o", "p"]].concat());
    check(&session, &["--model", "c"], 0);
    check(&session, &["--data", "test.csv"], 3);
}

#[test]
fn what_states_nothing_is_a_fault_of_the_arguments() {
    let session = Session::trained();
    for more in [
        &["--input", "hidden", "--output", "hidden"][..],
        &["--weights", "hidden", "--output", "hidden"],
        &["--input", "hidden", "--weights", "hidden"],
        &["--input", "hidden", "--weights", "hidden", "--output", "hidden"],
    ] {
        session.fails(&[PROVE, more, &["-o", "p"]].concat(), 2, "nothing is stated");
    }
    session.fails(&[PROVE, &["--rows-opening", "r", "-o", "p"]].concat(), 2, "committed input");
    let args = [PROVE, &["--weights", "public", "--opening", "o", "-o", "p"]].concat();
    session.fails(&args, 2, "committed weights");
    assert!(!session.path("p").exists());
}

#[test]
fn damaged_proofs_end_with_3() {
    let (session, _) = proven(&[]);
    let proof = session.get("p");
    let check = |bytes: &[u8]| {
        session.put("p", bytes);
        session.fails(&["verify", "p", "--data", "test.csv"], 3, "");
    };
    check(&proof[..proof.len() - 1]);
    check(&[&proof[..], &[0]].concat());
    // In the statement, in the answers behind it, and all over the proof.
    let places = [10, 12, 100, 300].into_iter().chain((1..8).map(|n| n * proof.len() / 8));
    for place in places.chain(310..330) {
        let mut flipped = proof.clone();
        flipped[place] ^= 1 << (place % 8);
        check(&flipped);
    }
}

#[test]
fn real_rows_are_answered() {
    let session = Session::empty();
    let (train, test) = (data("digits/train.csv"), data("digits/test.csv"));
    let grow = ["model", "train", "--data", &train, "--target", "digit", "--max-depth", "8"];
    session.ok(&[&grow[..], &["-o", "m"]].concat());
    let told = session.ok(&["prove", "inference", "--model", "m", "--data", &test, "-o", "p"]);
    let verified = session.ok(&["verify", "p", "--data", &test]);
    assert_eq!(told["answers"], verified["answers"]);
    session.fails(&["verify", "p", "--data", &train], 3, "not the rows");
}

/// A forest and a network, and a table of rows that each of them answers.
fn kinds() -> [(Session, String); 2] {
    let session = |algorithm: &[&str]| {
        let (session, rows) = (Session::empty(), data("wine/test.csv"));
        let train = data("wine/train.csv");
        let fixed = ["model", "train", "--data", &train, "--target", "cultivar", "-o", "a.model"];
        session.ok(&[&fixed[..], algorithm].concat());
        session.ok(&["model", "commit", "a.model", "-o", "c"]);
        (session, rows)
    };
    let forest = ["--algorithm", "forest", "--trees", "5", "--max-depth", "3"];
    [session(&forest), session(&["--algorithm", "mlp", "--hidden", "6", "--epochs", "3"])]
}

#[test]
fn forests_and_networks_answer() {
    for (session, rows) in kinds() {
        let prove = ["prove", "inference", "--model", "a.model", "--data", &rows];
        let told = session.ok(&[&prove[..], &["-o", "p"]].concat());
        let predicted = session.ok(&["predict", "--model", "a.model", "--data", &rows]);
        assert_eq!(told["answers"], predicted["predictions"]);
        assert!(told["security_bits"].as_u64().unwrap() >= 100);
        check(&session, &["--data", &rows, "--model", "c"], 0);
        check(&session, &["--data", &rows, "--model", OTHER], 3);
        check(&session, &["--data", &data("wine/train.csv")], 3);
        session.ok(&[&prove[..], &["--weights", "public", "-o", "p"]].concat());
        check(&session, &["--data", &rows, "--weights", "a.model"], 0);
        check(&session, &["--data", &rows], 2);
        let hidden = ["--input", "committed", "--output", "committed", "-o", "q"];
        let told = session.ok(&[&prove[..], &hidden].concat());
        let opened = session.ok(&["verify", "q", "--answers-opening", "q.answers", "--model", "c"]);
        assert_eq!(opened["answers"], predicted["predictions"]);
        assert_eq!(opened["rows_commitment"], told["rows_commitment"]);
        session.ok(&[&prove[..], &["--input", "hidden", "-o", "p"]].concat());
        check(&session, &["--model", "c"], 0);
        session.ok(&[&prove[..], &["--output", "hidden", "-o", "p"]].concat());
        check(&session, &["--data", &rows, "--model", "c"], 0);
    }
}
