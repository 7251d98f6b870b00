//! The demo, and what it leaves.

use crate::halfway;
use crate::node::Serving;
use crate::session::{Session, data};
use assay_agent::gate::{Gate, What};
use assay_codec::from_bytes;
use assay_import::{CsvOptions, read_csv};
use assay_model::{Graph, Model, Table};
use assay_wallet::{Wallet, openings::Kind};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const WINE: &[&str] = &["demo", "--dataset", "wine", "--dir", "d"];

fn sold() -> (Session, Value) {
    let session = Session::empty();
    let told = session.ok(WINE);
    (session, told)
}

pub(crate) fn wine(part: &str) -> Table {
    let train = fs::read(data("wine/train.csv")).unwrap();
    let train = read_csv(train.as_slice(), &CsvOptions::new("cultivar")).unwrap();
    let bytes = fs::read(data(&format!("wine/{part}.csv"))).unwrap();
    read_csv(bytes.as_slice(), &CsvOptions::of(train.schema())).unwrap()
}

#[test]
fn a_demo_ends_with_a_delivered_model_and_a_receipt() {
    let (session, told) = sold();
    for (key, value) in [
        ("dataset", "wine"),
        ("training_data", "the owner's claim"),
        ("threshold", "90/100"),
        ("price", "1000"),
        ("evaluation_fee", "50"),
        ("burned", "50"),
    ] {
        assert_eq!(told[key], value, "{key}");
    }
    assert_eq!((&told["rows"], &told["at_least"]), (&Value::from(36), &Value::from(33)));
    assert!(told["fresh"].as_bool().unwrap());
    assert!(100 <= told["security_bits"].as_u64().unwrap());
    let numbers =
        ["proof_bytes", "delivery_proof_bytes", "ciphertext_bytes", "prove_ms", "verify_ms"];
    for key in numbers.into_iter().chain(["train_ms", "delivery_prove_ms", "total_ms", "height"]) {
        assert!(told[key].is_u64(), "{key}: {}", told[key]);
    }
    for key in ["model_commitment", "statement", "delivery_statement", "job", "listing"] {
        assert!(told[key].as_str().unwrap().starts_with("0x"), "{key}");
    }
    for file in told["files"].as_array().unwrap() {
        assert!(session.path(file.as_str().unwrap()).exists(), "{file}");
    }

    let verified = session.ok(&["receipt", "verify", "d/receipt.json"]);
    for key in ["job", "owner", "buyer", "model_commitment", "rows", "at_least", "price"] {
        assert_eq!(verified[key], told[key], "{key}");
    }
    let test = data("wine/test.csv");
    let proof = ["--proof", "d/accuracy.proof", "--data", &test];
    let verified = session.ok(&[&["receipt", "verify", "d/receipt.json"], &proof[..]].concat());
    assert_eq!(verified["proof"], "verified");

    let commitment = told["model_commitment"].as_str().unwrap();
    let (job, buyer) = (told["job"].as_str().unwrap(), told["buyer"].as_str().unwrap());
    let expected = ["--model", commitment, "--job", job, "--recipient", buyer];
    let verify = ["verify", "d/accuracy.proof", "--data", &test, "--at-least", "0.9"];
    let verified = session.ok(&[&verify[..], &expected[..]].concat());
    assert_eq!(verified["statement"], told["statement"]);
    let verify = ["verify", "d/delivery.proof", "--ciphertext", "d/ciphertext.bin"];
    session.ok(&[&verify[..], &expected[..]].concat());
}

#[test]
fn the_delivered_model_predicts_like_the_owners() {
    let (session, _) = sold();
    let delivered = Model::from_file(&session.get("d/model.assay")).unwrap();
    let train = data("wine/train.csv");
    let parameters = ["--max-depth", "4", "--min-samples-split", "6", "--min-samples-leaf", "3"];
    let args = ["model", "train", "--data", &train, "--target", "cultivar", "-o", "own.model"];
    session.ok(&[&args[..], &parameters[..]].concat());
    let own = Model::from_file(&session.get("own.model")).unwrap();
    for rows in [wine("train"), wine("test")] {
        for row in 0..rows.rows() {
            assert_eq!(delivered.exec(rows.row(row)), own.exec(rows.row(row)));
        }
    }
    assert!(delivered.exec(wine("test").row(0)).is_some());
}

/// All files below `dir`, without those below `except`.
fn files(dir: &Path, except: Option<&Path>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if except == Some(path.as_path()) {
            continue;
        }
        if path.is_dir() { found.extend(files(&path, except)) } else { found.push(path) }
    }
    found
}

fn scan(gate: &Gate, dir: &Path, except: Option<&Path>) -> Vec<PathBuf> {
    let found = files(dir, except);
    assert!(!found.is_empty());
    found.into_iter().filter(|path| gate.check(&fs::read(path).unwrap()).is_err()).collect()
}

/// The owner's rows: as they are encoded, as floats, as lines of the file.
fn rows() -> Gate {
    let mut gate = Gate::new();
    gate.forbid_rows(&wine("train"));
    let text = fs::read_to_string(data("wine/train.csv")).unwrap();
    for line in text.lines().skip(1) {
        gate.forbid(What::Row, line.as_bytes());
        let values: Vec<f32> = line.split(',').filter_map(|field| field.parse().ok()).collect();
        gate.forbid(What::Row, &values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>());
        gate.forbid(What::Row, &values.iter().flat_map(|v| v.to_be_bytes()).collect::<Vec<_>>());
    }
    gate
}

#[test]
fn nothing_of_the_owners_lies_outside_its_folder() {
    let (session, told) = sold();
    let (dir, owner) = (session.path("d"), session.path("d/owner"));
    // Even there they lie sealed.
    let rows = rows();
    assert_eq!(scan(&rows, &dir, None), Vec::<PathBuf>::new());
    session.put("clear.csv", fs::read(data("wine/train.csv")).unwrap());
    assert!(rows.check(&session.get("clear.csv")).is_err());

    let password = String::from_utf8(session.get("d/owner/password")).unwrap();
    let wallet = Wallet::open(&owner, &password).unwrap();
    let (mut salts, mut parameters) = (Gate::new(), Gate::new());
    let mut kinds = Vec::new();
    for (name, value) in wallet.openings().iter() {
        kinds.push(name.kind);
        match name.kind {
            Kind::Model => parameters.forbid_model(&from_bytes::<Graph>(value).unwrap()),
            Kind::DeliveryKey => {}
            _ => salts.forbid(What::Opening, value),
        }
    }
    assert_eq!(kinds.len(), 4, "{kinds:?}");
    assert_eq!(scan(&salts, &dir, None), Vec::<PathBuf>::new());
    // What was paid for is with the buyer, and nowhere on the ledger.
    assert_eq!(scan(&parameters, &session.path("d/ledger"), None), Vec::<PathBuf>::new());
    assert!(scan(&parameters, &dir, Some(&owner)).contains(&session.path("d/model.assay")));

    // A scan that finds nothing must be able to find something.
    for (number, (_, value)) in wallet.openings().iter().enumerate() {
        fs::write(owner.join(format!("spilled-{number}")), value).unwrap();
    }
    assert_eq!(scan(&salts, &dir, None).len(), 2);
    let commitment = told["model_commitment"].as_str().unwrap();
    let shown = wallet.openings().iter().filter(|(name, _)| name.of.to_string() == commitment);
    assert_eq!(shown.count(), 2);
}

/// The folder of the demo is that of a validator: a node of its own goes on with it.
#[test]
fn the_market_of_a_demo_can_be_served_again() {
    let (session, told) = sold();
    let node = Serving::start(&session);
    let job = session.ok(&["job", "show", told["job"].as_str().unwrap(), "--node", &node.url]);
    assert_eq!(job["stage"], "settled");
    let status = session.ok(&["node", "status", &node.url]);
    assert_eq!(
        (&status["order"]["validators"], &status["order"]["quorum"]),
        (&1.into(), &1.into())
    );
    node.stop();
}

#[test]
fn a_finished_demo_is_not_played_again() {
    let (session, _) = sold();
    let ran = session.fails(WINE, 6, "finished");
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    fs::create_dir(session.path("other")).unwrap();
    session.put("other/file", "");
    session.fails(&["demo", "--dataset", "wine", "--dir", "other"], 6, "not empty");
}

#[test]
fn an_interrupted_demo_goes_on() {
    let (session, told) = sold();
    // As if it had been stopped before the last file was written.
    fs::remove_file(session.path("d/receipt.json")).unwrap();
    session.fails(&["demo", "--dataset", "digits", "--dir", "d"], 6, "wine");
    let again = session.ok(WINE);
    for key in ["job", "listing", "statement", "owner_balance", "buyer_balance", "height"] {
        assert_eq!(again[key], told[key], "{key}");
    }
    assert_eq!(again["prove_ms"], Value::Null);
    session.ok(&["receipt", "verify", "d/receipt.json"]);
}

#[test]
fn a_demo_that_was_stopped_on_the_way_goes_on() {
    let session = halfway::ordered();
    let told = session.ok(WINE);
    assert_eq!((&told["rows"], &told["at_least"]), (&Value::from(36), &Value::from(33)));
    assert_eq!(session.ok(&["ledger", "show", "--dir", "d"])["jobs"].as_array().unwrap().len(), 1);
    session.ok(&["receipt", "verify", "d/receipt.json"]);
}

#[test]
fn a_demo_that_comes_too_late_says_so() {
    let session = halfway::ordered();
    assert_eq!(session.ok(&["ledger", "advance", "30", "--dir", "d"])["height"], 32);
    let ran = session.run(WINE);
    assert_eq!((ran.code, ran.stdout.as_str()), (7, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("error: ") && ran.stderr.contains("expired"), "{}", ran.stderr);
}

#[test]
fn changed_receipts_and_proofs_do_not_verify() {
    let (session, told) = sold();
    let text = String::from_utf8(session.get("d/receipt.json")).unwrap();
    fs::copy(session.path("d/genesis.json"), session.path("genesis.json")).unwrap();
    session.put("same.json", &text);
    session.ok(&["receipt", "verify", "same.json"]);

    let check = |changed: &[u8], why: &str| {
        session.put("changed.json", changed);
        session.fails(&["receipt", "verify", "changed.json"], 3, why);
    };
    let price = text.replace("\"price\": \"1000\"", "\"price\": \"10\"");
    assert_ne!(price, text);
    check(price.as_bytes(), "payment.price");
    let digit = text.rfind('"').unwrap() - 1;
    for place in [digit, digit - 2_000] {
        let mut changed = text.clone().into_bytes();
        changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
        check(&changed, "");
    }
    for end in [0, 1, text.len() / 2, text.len() - 3] {
        check(&text.as_bytes()[..end], "not a receipt");
    }
    check(format!("{text} {{}}").as_bytes(), "not a receipt");

    let test = data("wine/test.csv");
    let proof = session.get("d/accuracy.proof");
    let with = |proof: &str, rows: &str| {
        let args = ["receipt", "verify", "same.json", "--proof", proof, "--data", rows];
        session.fails(&args, 3, "");
    };
    for end in [0, 10, proof.len() - 1] {
        session.put("p", &proof[..end]);
        with("p", &test);
    }
    let mut changed = proof.clone();
    changed[proof.len() - 100] ^= 1;
    session.put("p", &changed);
    with("p", &test);
    with("d/delivery.proof", &test);
    with("d/accuracy.proof", &data("wine/train.csv"));
    with("d/accuracy.proof", &data("digits/test.csv"));
    assert!(told["proof_bytes"].as_u64().unwrap() < proof.len() as u64);
}

#[test]
fn a_receipt_is_for_one_chain() {
    let (session, _) = sold();
    let genesis = String::from_utf8(session.get("d/genesis.json")).unwrap();
    let mut other = assay_receipt::genesis_from_json(genesis.as_bytes()).unwrap();
    other = assay_types::Genesis::with(
        other.chain() + 1,
        other.time_ms(),
        other.orderer().clone(),
        *other.parameters(),
        other.balances().to_vec(),
    )
    .unwrap();
    session.put("other.json", assay_receipt::genesis_to_json(&other));
    let verify = ["receipt", "verify", "d/receipt.json", "--genesis"];
    session.ok(&[&verify[..], &["d/genesis.json"]].concat());
    session.fails(&[&verify[..], &["other.json"]].concat(), 3, "receipt does not hold");
    session.put("broken.json", &genesis[1..]);
    session.fails(&[&verify[..], &["broken.json"]].concat(), 3, "not a genesis");
    session.fails(&[&verify[..], &["none.json"]].concat(), 5, "none.json");
    session.fails(&["receipt", "verify", "none.json"], 5, "none.json");
}

#[test]
fn receipts_and_ledgers_can_be_looked_at() {
    let (session, told) = sold();
    let shown = session.ok(&["receipt", "show", "d/receipt.json"]);
    assert_eq!(shown["job"], told["job"]);
    assert_eq!(shown["training_data"], "the owner's claim");
    let ledger = session.ok(&["ledger", "show", "--dir", "d"]);
    assert_eq!(ledger["jobs"][0]["stage"], "settled");
    assert_eq!(ledger["listings"][0]["sales"], 1);
    // The blocks of its validator are made by no one else.
    session.fails(&["ledger", "advance", "5", "--dir", "d"], 2, "ordered by validators");
    session.fails(&["ledger", "show", "--dir", "nowhere"], 5, "nowhere");
    session.fails(&["ledger", "advance", "0", "--dir", "d"], 2, "");
}
