//! Sales about a test set that only the owner sees, by commands.

use crate::datasets::{OWNER, market, published};
use crate::jobs::{BUYER, does, order, strs};
use crate::session::{Session, data};
use std::fs;

/// A market with an order on it whose test set is private; returns the job.
fn ordered(at_least: &str) -> (Session, String) {
    let session = market();
    let dataset = published(&session, &[])["dataset"].as_str().unwrap().to_owned();
    let test = data("wine/test.csv");
    let more = ["--at-least", at_least, "--max-price", "800", "--private"];
    let told = session.ok(&strs(&order(&dataset, &test, &more)));
    assert_eq!(told["test_set_seen_by"], "the owner");
    (session, told["job"].as_str().unwrap().to_owned())
}

#[test]
fn a_model_is_sold_on_a_private_test_set() {
    let (session, job) = ordered("0.9");
    does(&session, &OWNER, "committed");
    does(&session, &BUYER, "opened the test set");
    assert_eq!(does(&session, &OWNER, "proved a pass")["at_least"], 33);
    does(&session, &BUYER, "verified both proofs");
    does(&session, &OWNER, "revealed the key");
    does(&session, &BUYER, "received the model");
    let save = ["job", "show", &job, "--wallet", "d/buyer", "--save", "got", "--ledger", "d"];
    assert_eq!(session.ok(&save)["test_set_seen_by"], "the owner");
    session.ok(&save);

    // Offline, without the rows; with them only for who has their opening.
    let test = data("wine/test.csv");
    let receipt = ["receipt", "verify", "got/receipt.json", "--genesis", "d/genesis.json"];
    let with = |more: &[&'static str]| {
        let proof = ["--proof", "got/accuracy.proof"];
        [&receipt[..], &proof, more].concat()
    };
    let verified = session.ok(&with(&[]));
    assert_eq!((&verified["proof"], &verified["fresh"]), (&"verified".into(), &false.into()));
    let data_args = |more: &[&'static str]| {
        let mut args = with(&[]);
        args.extend(["--data", &test]);
        args.extend(more);
        args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>()
    };
    session.fails(&strs(&data_args(&[])), 2, "private");
    let opened = session.ok(&strs(&data_args(&["--rows-opening", "got/test.opening"])));
    assert_eq!(opened["data"], "the rows of the sale");
    let rows = fs::read_to_string(&test).unwrap();
    let (first, rest) = rows.split_at(rows.rfind("class_").unwrap());
    let changed = if rest.starts_with("class_0") { "class_1\n" } else { "class_0\n" };
    session.put("other.csv", [first, changed].concat());
    let other = with(&["--data", "other.csv", "--rows-opening", "got/test.opening"]);
    session.fails(&other, 3, "other rows");
    let opening = ["--data", &test, "--rows-opening", "got/test.opening"];
    session.ok(&[&["verify", "got/accuracy.proof"], &opening[..]].concat());

    // The ledger has no row of it.
    let row = rows.lines().nth(1).unwrap().rsplit_once(',').unwrap().0;
    let code = |value: &str| {
        let bits = value.parse::<f32>().unwrap().to_bits();
        assay_model::Ordered::from_f32_bits(bits).unwrap().get().to_le_bytes()
    };
    let codes: Vec<u8> = row.split(',').flat_map(code).collect();
    let is_in = |folder: &str| {
        let files = fs::read_dir(session.path(folder)).unwrap().map(|entry| entry.unwrap().path());
        let mut files = files.filter(|path| path.is_file());
        files.any(|path| fs::read(path).unwrap().windows(codes.len()).any(|bytes| bytes == codes))
    };
    assert!(!is_in("d/ledger"));
    // The buyer's folder has, but sealed; in the clear they would be found.
    assert!(!is_in("d/buyer/tests"));
    session.put("d/buyer/tests/spilled", &codes);
    assert!(is_in("d/buyer/tests"));
}

#[test]
fn a_private_test_set_can_be_missed_or_declined() {
    let (session, job) = ordered("1");
    does(&session, &OWNER, "committed");
    does(&session, &BUYER, "opened the test set");
    assert_eq!(does(&session, &OWNER, "proved a miss")["fewer_than"], 36);
    assert_eq!(does(&session, &BUYER, "closed")["ending"], "missed");
    assert_eq!(session.ok(&["job", "show", &job, "--ledger", "d"])["stage"], "missed");

    // An owner has seen these rows by now, and the client says so before anything is paid.
    let dataset =
        session.ok(&["dataset", "list", "--ledger", "d"])["listings"][0]["dataset"].clone();
    let test = data("wine/test.csv");
    let more = ["--at-least", "0.9", "--max-price", "800", "--private", "--dry-run"];
    let quote = session.ok(&strs(&order(dataset.as_str().unwrap(), &test, &more)));
    let warnings = quote["warnings"].to_string();
    assert!(warnings.contains("has seen this test set"), "{warnings}");

    let (session, _) = ordered("0.9");
    let decline = [&["job", "next"], &OWNER[..], &["--on-private", "decline"]].concat();
    let told = session.ok(&decline);
    assert_eq!(told["did"], "declined");
    assert!(told["reason"].as_str().unwrap().contains("public ones only"), "{told}");
    assert_eq!(does(&session, &BUYER, "closed")["ending"], "declined");
}
