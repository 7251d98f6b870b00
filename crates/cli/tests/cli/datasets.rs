//! Listings by commands: looked at before they are sent, published, changed, taken off the market.

use crate::halfway;
use crate::session::{Session, data};
use serde_json::Value;
use std::fs;

/// Where the owner of the market `d` acts.
pub(crate) const OWNER: [&str; 4] = ["--ledger", "d", "--wallet", "d/owner"];
pub(crate) const CARD: &str =
    r#"{"pretty_name": "Wine", "tags": ["chemistry"], "source_datasets": "Aeberhard, Forina"}"#;

/// A market and a card.
pub(crate) fn market() -> Session {
    let session = halfway::market();
    session.put("card.json", CARD);
    session
}

fn publish<'a>(train: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let fixed = ["dataset", "publish", "--data", train, "--card", "card.json"];
    [&fixed[..], &OWNER, more].concat()
}

/// Publishes the wines at a price of 700, and returns what was told.
pub(crate) fn published(session: &Session, more: &[&str]) -> Value {
    let train = data("wine/train.csv");
    let terms = ["--target", "cultivar", "--curve", "linear:700:50", "--evaluation-fee", "10"];
    let limits = ["--limit-depth", "4", "--limit-samples-leaf", "3"];
    session.ok(&publish(&train, &[&terms[..], &limits, more].concat()))
}

fn list(session: &Session, more: &[&str]) -> Vec<Value> {
    let told = session.ok(&[&["dataset", "list", "--ledger", "d"], more].concat());
    told["listings"].as_array().unwrap().clone()
}

#[test]
fn a_dry_run_shows_exactly_what_becomes_public_and_sends_nothing() {
    let session = market();
    let before = session.ok(&["ledger", "show", "--dir", "d"]);
    let shown = published(&session, &["--dry-run"]);
    assert_eq!(session.ok(&["ledger", "show", "--dir", "d"]), before);
    assert_eq!((&shown["sent"], &shown["height"]), (&false.into(), &0.into()));
    assert!(!session.path("d/owner/rows").exists());
    assert_eq!((&shown["fee"], &shown["burn"]), (&"1".into(), &"5".into()));
    assert_eq!((&shown["rows"], &shown["target"]), (&142.into(), &"cultivar".into()));
    assert_eq!(shown["features"].as_array().unwrap().len(), 13);

    // No row is in it, and what is sent next is this very listing.
    let rows = fs::read_to_string(data("wine/train.csv")).unwrap();
    let alcohol = rows.lines().nth(1).unwrap().split(',').next().unwrap();
    assert!(!shown.to_string().contains(alcohol), "{shown}");
    let sent = published(&session, &[]);
    assert_eq!((&sent["sent"], &sent["height"]), (&true.into(), &1.into()));
    for key in ["dataset", "commitment", "curve", "limits", "listing_digest"] {
        assert_eq!(sent[key], shown[key], "{key}");
    }
    let dataset = sent["dataset"].as_str().unwrap();
    let on_ledger = session.ok(&["dataset", "show", dataset, "--ledger", "d"]);
    for (key, value) in shown.as_object().unwrap() {
        if !["sent", "fee", "burn", "height", "warnings"].contains(&key.as_str()) {
            assert_eq!(on_ledger[key], *value, "{key}");
        }
    }
}

#[test]
fn rows_are_published_once_under_one_name() {
    let session = market();
    let first = published(&session, &[]);
    let train = data("wine/train.csv");
    let again = ["--target", "cultivar", "--curve", "constant:5"];
    let ran = session.fails(&publish(&train, &again), 6, "published already");
    assert!(ran.stderr.contains(first["dataset"].as_str().unwrap()), "{}", ran.stderr);
    let again = published(&session, &["--name", "once more"]);
    let warned = again["warnings"][0].as_str().unwrap();
    assert!(warned.contains(first["dataset"].as_str().unwrap()), "{warned}");
    assert!(warned.contains("the very same 142 rows"), "{warned}");
    assert_eq!(list(&session, &[]).len(), 2);
}

#[test]
fn a_listing_that_differs_little_is_warned_about_before_it_is_sent() {
    let session = market();
    let first = published(&session, &[])["dataset"].clone();
    let rows = fs::read_to_string(data("wine/train.csv")).unwrap();
    let publish = |cut: usize, more: &[&str]| {
        let (header, rows) = rows.split_once('\n').unwrap();
        let rest: Vec<_> = rows.lines().skip(cut).collect();
        session.put("some.csv", format!("{header}\n{}\n", rest.join("\n")));
        let terms = ["--target", "cultivar", "--curve", "constant:30"];
        session.ok(&publish("some.csv", &[&terms[..], more].concat()))
    };
    let shown = publish(3, &["--dry-run"]);
    let warned = format!(
        "listing {} of 142 rows differs in 3, and two models, one of each, tell about these",
        first.as_str().unwrap()
    );
    assert_eq!(shown["warnings"], serde_json::json!([warned]));
    assert_eq!(publish(8, &["--dry-run"])["warnings"], serde_json::json!([]));
    let second = publish(3, &[])["dataset"].clone();
    let update = ["dataset", "update", second.as_str().unwrap(), "--half-life", "40"];
    let updated = session.ok(&[&update[..], &OWNER].concat());
    assert_eq!(updated["warnings"], serde_json::json!([warned]));
}

#[test]
fn listings_are_sorted_updated_and_taken_off() {
    let session = market();
    session.put("kinds.csv", crate::session::table(60, 1));
    let cheap = ["--target", "kind", "--curve", "constant:30", "--name", "cheap"];
    let cheap = session.ok(&publish("kinds.csv", &cheap))["dataset"].clone();
    let dear = published(&session, &[])["dataset"].clone();
    let names = |sort: &str| -> Vec<Value> {
        list(&session, &["--sort", sort]).iter().map(|entry| entry["dataset"].clone()).collect()
    };
    assert_eq!(names("price"), [cheap.clone(), dear.clone()]);
    for sort in ["sales", "burned", "success"] {
        assert_eq!(names(sort).len(), 2, "{sort}");
    }

    let id = cheap.as_str().unwrap();
    let before = session.ok(&["dataset", "show", id, "--ledger", "d"]);
    let update = |more: &[&'static str]| [&["dataset", "update", id], &OWNER[..], more].concat();
    let after = session.ok(&update(&["--curve", "constant:900", "--half-life", "40"]));
    assert_eq!((&after["version"], &after["price"]), (&2.into(), &"900".into()));
    assert_eq!(after["curve"]["half_life"], 40);
    for key in ["commitment", "rows", "features", "limits", "windows", "pretty_name"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    assert_eq!(names("price"), [dear, cheap.clone()]);
    session.fails(&update(&["--cap", "1", "--floor", "2"]), 2, "cap");
    session.fails(&update(&["--prove-window", "9999"]), 1, "window to prove is 9999");

    let stranger = ["--ledger", "d", "--wallet", "d/buyer"];
    session.fails(&[&["dataset", "delist", id], &stranger[..]].concat(), 1, "belongs to");
    let off = session.ok(&[&["dataset", "delist", id], &OWNER[..]].concat());
    assert_eq!(off["on_the_market"], false);
    assert_eq!((list(&session, &[]).len(), list(&session, &["--all"]).len()), (1, 2));
    session.fails(&update(&["--floor", "5"]), 5, id);
}

#[test]
fn says_what_is_wrong_with_a_listing() {
    let session = market();
    let train = data("wine/train.csv");
    let with = |more: &[&str], code: i32, why: &str| {
        session.fails(&publish(&train, &[&["--target", "cultivar"], more].concat()), code, why);
    };
    with(&[], 2, "--curve");
    with(&["--curve", "constant:7", "--floor", "9", "--cap", "8"], 2, "cap");
    with(&["--curve", "constant:7", "--limit-depth", "65"], 1, "max_depth");
    session.fails(&publish(&train, &["--target", "maker", "--curve", "constant:7"]), 1, "maker");
    let card = |content: &str, why: &str| {
        session.put("card.json", content);
        with(&["--curve", "constant:7"], 1, why);
    };
    card("{}", "pretty_name is missing");
    card(r#"{"pretty_name": "W", "price": "5"}"#, "\"price\"");
    card(r#"{"pretty_name": 5}"#, "not text");
    card(r#"{"pretty_name": "W", "tags": "wine"}"#, "not a list");
    card("[1]", "not a card");
    let none = format!("0x{}", "00".repeat(32));
    for command in [&["dataset", "update"][..], &["dataset", "delist"]] {
        session.fails(&[command, &[none.as_str()], &OWNER[..]].concat(), 5, &none);
    }
    session.fails(&["dataset", "show", &none, "--ledger", "d"], 5, &none);
    session.fails(&["dataset", "list", "--ledger", "nowhere"], 5, "nowhere");
    let missing = ["--ledger", "d", "--wallet", "d/nobody"];
    session.fails(&[&["dataset", "delist", &none], &missing[..]].concat(), 5, "no wallet");
    assert_eq!(session.ok(&["ledger", "show", "--dir", "d"])["height"], 0);
}

#[test]
fn a_template_is_the_header_of_a_test_set() {
    let session = market();
    let dataset = published(&session, &[])["dataset"].clone();
    let show = ["dataset", "show", dataset.as_str().unwrap(), "--ledger", "d"];
    let template = [&show[..], &["--template", "t.csv"]].concat();
    session.ok(&template);
    let header = String::from_utf8(session.get("t.csv")).unwrap();
    let rows = fs::read_to_string(data("wine/train.csv")).unwrap();
    assert_eq!(header.replace('"', "").trim_end(), rows.lines().next().unwrap());
    session.fails(&template, 6, "t.csv");
}
