//! `assay model commit`, `assay prove accuracy`, `assay verify`.

use crate::session::{Session, data, table};
use assay_model::{Model, Schema};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

const PROVE: &[&str] =
    &["prove", "accuracy", "--model", "a.model", "--data", "test.csv", "--target", "kind"];
const VERIFY: &[&str] = &["verify", "p", "--data", "test.csv"];
const JOB: &str = "0x1111111111111111111111111111111111111111111111111111111111111111";
const OTHER: &str = "0x2222222222222222222222222222222222222222222222222222222222222222";
const ALICE: &str = "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const BOB: &str = "0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// A model, its commitment in `c`, and a proof that it answers 80 % of the rows, in `p`.
fn proven(more: &[&str]) -> (Session, Value) {
    let session = Session::trained();
    session.ok(&["model", "commit", "a.model", "-o", "c"]);
    let told = session.ok(&[PROVE, &["--at-least", "0.8", "-o", "p"], more].concat());
    (session, told)
}

#[test]
fn a_proof_is_made_and_verified_with_the_same_keys() {
    let (session, proved) = proven(&[]);
    let verified = session.ok(&[VERIFY, &["--at-least", "0.8", "--model", "c"]].concat());
    for key in [
        "rows",
        "target",
        "schema",
        "at_least",
        "proof_bytes",
        "security_bits",
        "model_commitment",
        "statement",
    ] {
        assert_eq!(proved[key], verified[key], "{key}");
    }
    assert_eq!((&proved["rows"], &proved["at_least"]), (&100.into(), &80.into()));
    assert!(proved["security_bits"].as_u64().unwrap() >= 100);
    assert!(proved["prove_ms"].is_u64() && verified["verify_ms"].is_u64());
    assert!(proved.get("correct").is_none(), "the exact count stays hidden");
    let commitment = String::from_utf8(session.get("c")).unwrap();
    assert_eq!(proved["model_commitment"], commitment.trim());
}

#[test]
fn each_expectation_must_equal_the_statement() {
    let (session, _) = proven(&["--job", JOB, "--recipient", ALICE]);
    #[track_caller]
    fn check(session: &Session, more: &[&str], code: i32) {
        let args = [VERIFY, more].concat();
        let ran = session.run(&args);
        assert_eq!(ran.code, code, "{args:?}: {}", ran.stderr);
    }
    check(&session, &["--job", JOB, "--recipient", ALICE, "--target", "kind"], 0);
    check(&session, &["--at-least", "80/100"], 0);
    // 79.5 rows of 100 are 80 rows.
    check(&session, &["--at-least", "0.795"], 0);
    check(&session, &["--at-least", "0.81"], 3);
    check(&session, &["--at-least", "0.79"], 3);
    check(&session, &["--at-least", "0.8", "--fewer"], 3);
    check(&session, &["--job", OTHER], 3);
    check(&session, &["--recipient", BOB], 3);
    check(&session, &["--target", "size"], 3);
    check(&session, &["--model", OTHER], 3);
    let commitment = String::from_utf8(session.get("c")).unwrap();
    check(&session, &["--model", commitment.trim()], 0);
}

/// Whoever proves chooses the target, and may choose one that is easy.
#[test]
fn a_proof_about_another_column_says_which() {
    let session = Session::empty();
    // All are of one sort.
    let rows: String = (0..40).map(|i| format!("{i},{},c\n", i * i % 7 % 2)).collect();
    session.put("t.csv", format!("size,kind,sort\n{rows}"));
    session.ok(&["model", "train", "--data", "t.csv", "--target", "sort", "-o", "easy"]);
    session.ok(&["prove", "accuracy", "--model", "easy", "--data", "t.csv", "--target", "sort"]
        .iter()
        .chain(&["--at-least", "1", "-o", "p"])
        .copied()
        .collect::<Vec<_>>());
    let verify = ["verify", "p", "--data", "t.csv", "--at-least", "1"];
    assert_eq!(session.ok(&verify)["target"], "sort");
    let asked = [&verify[..], &["--target", "kind"]].concat();
    session.fails(&asked, 3, "another target: sort, not kind");
}

#[test]
fn what_a_proof_is_bound_to_is_told() {
    let (session, _) = proven(&["--job", JOB, "--recipient", ALICE]);
    let told = session.ok(VERIFY);
    assert_eq!((&told["job"], &told["recipient"]), (&JOB.into(), &ALICE.into()));
    let (session, _) = proven(&[]);
    let told = session.ok(VERIFY);
    assert!(told.get("job").is_none() && told.get("recipient").is_none());
}

#[test]
fn a_proof_without_a_job_is_for_none() {
    let (session, _) = proven(&[]);
    session.fails(&[VERIFY, &["--job", JOB]].concat(), 3, "another job");
    session.fails(&[VERIFY, &["--recipient", ALICE]].concat(), 3, "another recipient");
}

#[test]
fn public_rows_are_needed_and_must_be_the_same() {
    let (session, _) = proven(&[]);
    let ran = session.fails(&["verify", "p"], 2, "not given");
    assert!(ran.stderr.contains("hint: ") && ran.stderr.contains("--data"));
    session.put("other.csv", table(100, 3));
    session.put("short.csv", table(99, 2));
    session.put("foreign.csv", "colour,kind\n1,fish\n");
    session.put("classes.csv", table(100, 2).replace("whale", "squid"));
    session.put("changed.csv", table(100, 2).replacen("fish", "whale", 1));
    for name in ["other.csv", "short.csv", "foreign.csv", "classes.csv", "changed.csv"] {
        session.fails(&["verify", "p", "--data", name], 3, "");
    }
    session.fails(&["verify", "p", "--data", "none.csv"], 5, "none.csv");
}

#[test]
fn damaged_proofs_end_with_3() {
    let (session, _) = proven(&[]);
    let proof = session.get("p");
    #[track_caller]
    fn check(session: &Session, bytes: &[u8]) {
        session.put("p", bytes);
        session.fails(VERIFY, 3, "");
    }
    check(&session, b"");
    check(&session, &proof[..1]);
    check(&session, &proof[..proof.len() / 2]);
    check(&session, &proof[..proof.len() - 1]);
    check(&session, &[&proof[..], &[0]].concat());
    check(&session, b"rows,kind\n");
    std::fs::File::create(session.path("p")).unwrap().set_len(1 << 40).unwrap();
    session.fails(VERIFY, 3, "more than");
    session.fails(&["verify", "."], 3, "");
    // One flipped bit in the magic, in the statement, and all over the proof.
    let places = [0, 8, 10, 12, 100, 200].into_iter().chain((1..12).map(|n| n * proof.len() / 12));
    for place in places {
        let mut flipped = proof.clone();
        flipped[place] ^= 1 << (place % 8);
        check(&session, &flipped);
    }
}

#[test]
fn a_false_claim_proves_nothing() {
    let session = Session::trained();
    for more in [&["--at-least", "1"][..], &["--at-least", "1", "--reveal-score"]] {
        session.fails(&[PROVE, more, &["-o", "p"]].concat(), 4, "false");
    }
    session.fails(&[PROVE, &["--at-least", "0.5", "--fewer", "-o", "p"]].concat(), 4, "false");
    assert!(!session.path("p").exists() && !session.path("p.opening").exists());
}

#[test]
fn a_miss_is_proven_too() {
    let session = Session::trained();
    let told = session.ok(&[PROVE, &["--at-least", "1", "--fewer", "-o", "p"]].concat());
    assert_eq!(told["fewer_than"], 100);
    session.ok(&[VERIFY, &["--at-least", "1", "--fewer"]].concat());
    session.fails(&[VERIFY, &["--at-least", "1"]].concat(), 3, "fewer than 100");
}

#[test]
fn the_exact_score_is_shown_only_when_asked_for() {
    let (session, told) = proven(&["--reveal-score"]);
    let correct = told["correct"].as_u64().unwrap();
    assert!((80..100).contains(&correct));
    let verified = session.ok(&[VERIFY, &["--at-least", "0.8"]].concat());
    assert_eq!(verified["correct"], correct);
    session.fails(&[VERIFY, &["--at-least", "1"]].concat(), 3, "exactly");
}

#[test]
fn openings_are_private_and_never_overwritten() {
    let session = Session::trained();
    let told = session.ok(&["model", "commit", "a.model", "-o", "c"]);
    let opening = session.get("c.opening");
    let mode = session.path("c.opening").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let old = session.get("c");
    session.fails(&["model", "commit", "a.model", "-o", "c"], 6, "c.opening exists");
    session.fails(&["model", "commit", "a.model", "-o", "c.opening"], 6, "c.opening exists");
    session.fails(
        &["model", "train", "--data", "train.csv", "--target", "kind", "-o", "c.opening"],
        6,
        "c.opening exists",
    );
    assert_eq!((session.get("c"), session.get("c.opening")), (old, opening.clone()));
    // The salt is the last 32 bytes; neither form of it is ever printed.
    let salt: String = opening[opening.len() - 32..].iter().map(|b| format!("{b:02x}")).collect();
    assert!(!told.to_string().contains(&salt));
}

#[test]
fn one_model_has_many_commitments() {
    let session = Session::trained();
    let first = session.ok(&["model", "commit", "a.model", "-o", "c", "--salt-out", "s"]);
    let second = session.ok(&["model", "commit", "a.model", "-o", "d"]);
    assert_ne!(first["model_commitment"], second["model_commitment"]);
    assert!(session.path("s").exists() && !session.path("c.opening").exists());
    let told = session.ok(&[PROVE, &["--at-least", "0.8", "-o", "p", "--opening", "s"]].concat());
    assert_eq!(told["model_commitment"], first["model_commitment"]);
    session.ok(&["model", "commit", "a.model", "-o", "e"]);
    let ran = session.fails(&[PROVE, &["--at-least", "0.8", "-o", "p"]].concat(), 2, "several");
    assert!(ran.stderr.contains("hint: ") && ran.stderr.contains("--opening"));
}

/// A commitment binds numbers. Under classes that have changed names it is open to another score, and only
/// the schema tells.
#[test]
fn a_commitment_under_other_names_shows() {
    let session = Session::trained();
    let told = session.ok(&["model", "commit", "a.model", "-o", "c"]);
    let model = Model::from_file(&session.get("a.model")).unwrap();
    let schema = model.schema();
    let classes = schema.classes().iter().rev().cloned().collect();
    let turned = Schema::new(schema.features().to_vec(), "kind".into(), classes).unwrap();
    let turned = Model::new(turned, model.graph().clone()).unwrap();
    session.put("b.model", turned.to_file());
    let prove = ["prove", "accuracy", "--model", "b.model", "--opening", "c.opening"];
    let rest = ["--data", "test.csv", "--target", "kind", "--at-least", "0.01", "-o", "p"];
    session.ok(&[&prove[..], &rest].concat());
    let verified = session.ok(&[VERIFY, &["--model", "c", "--target", "kind"]].concat());
    assert_eq!(verified["model_commitment"], told["model_commitment"]);
    assert_ne!(verified["schema"], told["schema"]);
    let honest = told["schema"].as_str().unwrap();
    session.fails(&[VERIFY, &["--model", "c", "--schema", honest]].concat(), 3, "another schema");
}

#[test]
fn an_opening_is_for_one_model() {
    let session = Session::trained();
    session.ok(&["model", "commit", "a.model", "-o", "c"]);
    let train = ["model", "train", "--data", "train.csv", "--target", "kind", "--max-depth", "2"];
    session.ok(&[&train[..], &["-o", "b.model"]].concat());
    let args = ["prove", "accuracy", "--model", "b.model", "--opening", "c.opening"];
    let rest = ["--data", "test.csv", "--target", "kind", "--at-least", "0.5", "-o", "p"];
    session.fails(&[&args[..], &rest].concat(), 1, "another model");
}

#[test]
fn real_tables_are_proven_about() {
    #[track_caller]
    fn check(set: &str, target: &str, at_least: &str) {
        let session = Session::empty();
        let (train, test) = (data(&format!("{set}/train.csv")), data(&format!("{set}/test.csv")));
        let grow = ["model", "train", "--data", &train, "--target", target, "--max-depth", "8"];
        session.ok(&[&grow[..], &["-o", "m"]].concat());
        let prove = ["prove", "accuracy", "--model", "m", "--data", &test, "--target", target];
        let proved = session.ok(&[&prove[..], &["--at-least", at_least, "-o", "p"]].concat());
        let verified = session.ok(&["verify", "p", "--data", &test, "--at-least", at_least]);
        assert_eq!(proved["statement"], verified["statement"]);
        session.fails(&["verify", "p", "--data", &train], 3, "");
    }
    check("breast-cancer", "diagnosis", "0.9");
    check("digits", "digit", "0.8");
    check("wine", "cultivar", "0.85");
}
