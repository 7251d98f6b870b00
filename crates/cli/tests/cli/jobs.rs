//! Sales played by hand: each party by commands of its own, on one ledger.

use crate::datasets::{OWNER, market, published};
use crate::session::{Session, data};
use serde_json::Value;
use std::fs;

pub(crate) const BUYER: [&str; 4] = ["--ledger", "d", "--wallet", "d/buyer"];
const TREE: [&str; 6] = ["--max-depth", "4", "--min-samples-split", "6", "--min-samples-leaf", "3"];

/// The arguments of an order for the wines.
pub(crate) fn order(dataset: &str, test: &str, more: &[&str]) -> Vec<String> {
    let fixed = ["job", "open", "--dataset", dataset, "--data", test, "--target", "cultivar"];
    let all = [&fixed[..], &BUYER, &TREE, more].concat();
    all.into_iter().map(str::to_owned).collect()
}

pub(crate) fn strs(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

/// A market with a listing and an order on it; returns both names.
fn ordered(at_least: &str) -> (Session, String, String) {
    let session = market();
    let dataset = published(&session, &[])["dataset"].as_str().unwrap().to_owned();
    let test = data("wine/test.csv");
    let args = order(&dataset, &test, &["--at-least", at_least, "--max-price", "800"]);
    let job = session.ok(&strs(&args))["job"].as_str().unwrap().to_owned();
    (session, dataset, job)
}

fn next(session: &Session, party: &[&str], more: &[&str]) -> Value {
    session.ok(&[&["job", "next"], party, more].concat())
}

#[track_caller]
pub(crate) fn does(session: &Session, party: &[&str], what: &str) -> Value {
    let told = next(session, party, &[]);
    assert_eq!(told["did"], what, "{told}");
    told
}

#[test]
fn a_whole_sale_is_played_by_commands() {
    let (session, dataset, job) = ordered("0.9");
    does(&session, &BUYER, "nothing");
    let committed = does(&session, &OWNER, "committed");
    assert_eq!(committed["job"], job.as_str());
    does(&session, &OWNER, "nothing");
    does(&session, &BUYER, "opened the test set");
    // Time passes, within the window.
    session.ok(&["ledger", "advance", "5", "--dir", "d"]);
    let passed = does(&session, &OWNER, "proved a pass");
    assert_eq!(passed["at_least"], 33);
    does(&session, &BUYER, "verified both proofs");
    let proven = session.ok(&["job", "show", &job, "--ledger", "d"]);
    assert_eq!((&proven["stage"], &proven["turn"]), (&"proven".into(), &"owner".into()));
    assert_eq!(proven["model_commitment"], committed["model_commitment"]);
    let save = ["job", "show", &job, "--wallet", "d/buyer", "--save", "got", "--ledger", "d"];
    session.fails(&save, 5, "nothing was received");
    does(&session, &OWNER, "revealed the key");
    does(&session, &BUYER, "received the model");
    let closed = does(&session, &OWNER, "closed");
    assert_eq!(closed["ending"], "settled");
    for party in [OWNER, BUYER] {
        does(&session, &party, "nothing");
    }

    let settled = session.ok(&save);
    assert_eq!((&settled["stage"], &settled["escrow"]), (&"settled".into(), &"0".into()));
    let test = data("wine/test.csv");
    let receipt =
        ["receipt", "verify", "got/receipt.json", "--genesis", "d/genesis.json", "--proof"];
    let verified = session.ok(&[&receipt[..], &["got/accuracy.proof", "--data", &test]].concat());
    assert_eq!((&verified["price"], &verified["at_least"]), (&"700".into(), &33.into()));
    session.ok(&["verify", "got/delivery.proof", "--ciphertext", "got/ciphertext.bin"]);
    session.ok(&["model", "inspect", "got/model.assay"]);
    assert!(session.path("got/model.onnx").exists());

    // The curve has risen, and the listing has a record.
    let show = session.ok(&["dataset", "show", &dataset, "--ledger", "d"]);
    for (key, value) in [("price", "750"), ("success", "1/1"), ("burned", "35")] {
        assert_eq!(show[key], value, "{key}");
    }
    let burned = |window: &str| {
        let told = session.ok(&["dataset", "list", "--ledger", "d", "--window", window]);
        let listing = &told["listings"][0];
        assert_eq!(
            (&listing["dataset"], &listing["burned"]),
            (&dataset.as_str().into(), &"35".into())
        );
        (told["window"].clone(), listing["burned_in_window"].clone())
    };
    let height = session.ok(&["ledger", "advance", "9", "--dir", "d"])["height"].as_u64().unwrap();
    let window = |blocks: u64| serde_json::json!({ "blocks": blocks, "from": height + 1 - blocks, "to": height });
    // The sale was settled ten blocks ago.
    assert_eq!(burned("9"), (window(9), "0".into()));
    assert_eq!(burned("10"), (window(10), "35".into()));
    let list = |more: &[&str]| session.ok(&[&["job", "list", "--ledger", "d"], more].concat());
    assert_eq!(list(&["--wallet", "d/owner"])["jobs"][0]["job"], job.as_str());
    assert_eq!(list(&["--live"])["jobs"], Value::Array(Vec::new()));
}

#[test]
fn a_quote_comes_before_escrow_and_limits_it() {
    let session = market();
    let dataset = published(&session, &[])["dataset"].as_str().unwrap().to_owned();
    let before = session.ok(&["ledger", "show", "--dir", "d"]);
    let test = data("wine/test.csv");
    let with = |more: &[&str]| order(&dataset, &test, &[&["--at-least", "0.9"], more].concat());
    let quote = session.ok(&strs(&with(&["--max-price", "700", "--dry-run"])));
    for (key, value) in [
        ("price", "700"),
        ("evaluation_fee", "10"),
        ("escrow", "710"),
        ("order_fee", "1"),
        ("test_fee", "2"),
        ("total", "713"),
        ("balance", "5000"),
    ] {
        assert_eq!(quote[key], value, "{key}");
    }
    assert_eq!((&quote["sent"], &quote["job"]), (&false.into(), &Value::Null));
    session.fails(&strs(&with(&["--max-price", "699"])), 6, "above the limit 699");
    session.fails(&strs(&with(&["--max-price", "699", "--dry-run"])), 6, "above the limit 699");
    assert_eq!(session.ok(&["ledger", "show", "--dir", "d"]), before);

    session.ok(&strs(&with(&["--max-price", "700"])));
    session.fails_after_quote(&strs(&with(&["--max-price", "700"])), 6, "ordered already");
    let accounts = session.ok(&["ledger", "show", "--dir", "d"])["accounts"].to_string();
    assert!(accounts.contains("\"4289\""), "{accounts}");
}

#[test]
fn what_is_not_there_or_does_not_fit_is_not_ordered() {
    let session = market();
    let dataset = published(&session, &[])["dataset"].as_str().unwrap().to_owned();
    let test = data("wine/test.csv");
    let none = format!("0x{}", "00".repeat(32));
    let fails = |dataset: &str, test: &str, more: &[&str], code: i32, why: &str| {
        let more = [&["--at-least", "0.9", "--max-price", "800"], more].concat();
        session.fails(&strs(&order(dataset, test, &more)), code, why);
    };
    fails(&none, &test, &[], 5, &none);
    fails("0x12", &test, &[], 2, "");
    fails(&dataset, "none.csv", &[], 5, "none.csv");
    let rows = fs::read_to_string(&test).unwrap();
    session.put("renamed.csv", rows.replacen("malic_acid", "acid", 1));
    fails(&dataset, "renamed.csv", &[], 1, "malic_acid");
    let cell = rows.lines().nth(3).unwrap();
    let (first, rest) = cell.split_once(',').unwrap();
    session.put("cell.csv", rows.replacen(cell, &format!("{first}x,{rest}"), 1));
    fails(&dataset, "cell.csv", &[], 1, "row 4, column \"alcohol\"");
    session.put("class.csv", rows.replacen("class_0", "class_9", 1));
    fails(&dataset, "class.csv", &[], 1, "class_9");
    fails(&dataset, &test, &["--max-leaf-nodes", "99", "--ccp-alpha", "x"], 2, "");
    let deep = order(&dataset, &test, &["--at-least", "0.9", "--max-price", "800"]);
    let deep: Vec<_> = deep.iter().map(|arg| if arg == "4" { "9" } else { arg }).collect();
    session.fails(&deep, 2, "max_depth");
    for command in ["show", "decline"] {
        let party = if command == "decline" { &OWNER[..] } else { &OWNER[..2] };
        session.fails(&[&["job", command, &none], party].concat(), 5, &none);
    }
    let ledger = session.ok(&["ledger", "show", "--dir", "d"]);
    assert_eq!((&ledger["height"], &ledger["jobs"]), (&1.into(), &Value::Array(Vec::new())));
}

#[test]
fn a_window_that_passes_is_a_deadline_for_both() {
    let (session, _, job) = ordered("0.9");
    let deadline = session.ok(&["job", "show", &job, "--ledger", "d"])["deadline"].clone();
    assert_eq!(deadline, 22);
    session.ok(&["ledger", "advance", "20", "--dir", "d"]);
    session.fails(&[&["job", "next"], &OWNER[..]].concat(), 7, "too late");
    session.ok(&["ledger", "advance", "1", "--dir", "d"]);
    session.fails(&[&["job", "next"], &BUYER[..]].concat(), 7, "expired");
    does(&session, &BUYER, "nothing");
}

/// All that passes in a window: the last block in which something can be done, and one more.
fn let_pass(session: &Session) {
    session.ok(&["ledger", "advance", "21", "--dir", "d"]);
}

fn accounts(session: &Session) -> String {
    session.ok(&["ledger", "show", "--dir", "d"])["accounts"].to_string()
}

#[test]
fn a_silent_buyer_loses_the_evaluation_fee() {
    let (session, _, job) = ordered("0.9");
    does(&session, &OWNER, "committed");
    let_pass(&session);
    for party in [OWNER, BUYER] {
        let late = [&["job", "next"], &party[..]].concat();
        let ran = session.fails(&late, 7, "the buyer let a window pass");
        assert!(
            ran.stderr.contains("hint: the evaluation fee went to the owner"),
            "{}",
            ran.stderr
        );
        does(&session, &party, "nothing");
    }
    let shown = session.ok(&["job", "show", &job, "--ledger", "d"]);
    assert_eq!((&shown["stage"], &shown["escrow"]), (&"buyer defaulted".into(), &"0".into()));
    // 5000 less the fee of the order and the evaluation fee.
    assert!(accounts(&session).contains("\"4989\""), "{}", accounts(&session));
}

#[test]
fn a_silent_owner_concedes_or_defaults() {
    let (session, _, _) = ordered("0.9");
    does(&session, &OWNER, "committed");
    does(&session, &BUYER, "opened the test set");
    let_pass(&session);
    assert_eq!(does(&session, &BUYER, "closed")["ending"], "conceded");
    // 5000 less the fees of the order and of the test set.
    assert!(accounts(&session).contains("\"4997\""), "{}", accounts(&session));

    let (session, _, _) = ordered("0.9");
    does(&session, &OWNER, "committed");
    does(&session, &BUYER, "opened the test set");
    does(&session, &OWNER, "proved a pass");
    let_pass(&session);
    for party in [OWNER, BUYER] {
        session.fails(&[&["job", "next"], &party[..]].concat(), 7, "the owner let a window pass");
    }
    assert!(accounts(&session).contains("\"4997\""), "{}", accounts(&session));
}

#[test]
fn a_miss_is_proven_or_conceded_and_a_job_declined() {
    let (session, dataset, job) = ordered("1");
    does(&session, &OWNER, "committed");
    does(&session, &BUYER, "opened the test set");
    let missed = does(&session, &OWNER, "proved a miss");
    assert_eq!(missed["fewer_than"], 36);
    assert_eq!(does(&session, &BUYER, "closed")["ending"], "missed");

    // Other rows: those are known by now.
    let rows = fs::read_to_string(data("wine/test.csv")).unwrap();
    let half: Vec<&str> = rows.lines().take(31).collect();
    session.put("half.csv", half.join("\n"));
    let more = ["--at-least", "1", "--max-price", "800"];
    let second = session.ok(&strs(&order(&dataset, "half.csv", &more)))["job"].clone();
    assert_ne!(second, job.as_str());
    does(&session, &OWNER, "closed");
    does(&session, &OWNER, "committed");
    does(&session, &BUYER, "opened the test set");
    let told = next(&session, &OWNER, &["--on-miss", "concede"]);
    assert_eq!(told["did"], "conceded");
    assert_eq!(does(&session, &BUYER, "closed")["ending"], "conceded");

    session.put("few.csv", half[..20].join("\n"));
    let third = session.ok(&strs(&order(&dataset, "few.csv", &more)))["job"].clone();
    let decline = [&["job", "decline", third.as_str().unwrap()], &OWNER[..]].concat();
    assert_eq!(session.ok(&decline)["did"], "declined");
    session.fails(&decline, 6, "is declined");
    assert_eq!(does(&session, &BUYER, "closed")["ending"], "declined");
    let show = session.ok(&["dataset", "show", &dataset, "--ledger", "d"]);
    assert_eq!(
        (&show["success"], &show["misses"], &show["concessions"]),
        (&"0/2".into(), &1.into(), &1.into())
    );
}

#[test]
fn a_ledger_is_begun_with_funded_wallets() {
    let session = Session::empty();
    let password = [("ASSAY_PASSWORD", "correct horse")];
    let ok = |args: &[&str]| {
        let ran = session.run_with(&[args, &["--json"]].concat(), &password);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
        serde_json::from_str::<Value>(&ran.stdout).unwrap()
    };
    let own = ok(&["wallet", "new", "--dir", "w"])["address"].clone();
    let fund = format!("{}=10000", own.as_str().unwrap());
    let new = ["ledger", "new", "--dir", "m", "--fund", &fund];
    // The authority's wallet has a password of its own, beside it.
    let begun = session.ok(&new);
    assert_eq!((&begun["accounts"], &begun["height"]), (&1.into(), &0.into()));
    let shown = session.ok(&["ledger", "show", "--dir", "m"]);
    assert_eq!(shown["accounts"][0]["address"], own);
    assert_eq!(shown["accounts"][0]["balance"], "10000");
    // A party's password in the environment is not taken for the authority's.
    let listings = ok(&["dataset", "list", "--ledger", "m"]);
    assert_eq!(listings["listings"], Value::Array(Vec::new()));
    assert_eq!(ok(&["job", "next", "--ledger", "m", "--wallet", "w"])["did"], "nothing");
    session.fails(&new, 6, "already");
    session.fails(&["ledger", "new", "--dir", "n", "--fund", "0x12=5"], 2, "");
    assert!(!session.path("n").exists());
}
