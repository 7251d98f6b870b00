//! Signatures as another implementation makes them: `oracles/eip712.py` reads our transactions with a
//! decoder of its own, builds the typed data that a wallet would be given, and has it signed by eth-account.

use crate::sample::{Random, Sample};
use crate::signature::sign;
use assay_codec::{Digest, from_bytes, from_hex, to_bytes, to_hex};
use assay_types::*;
use k256::ecdsa::SigningKey;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

const PER_KIND: usize = 6;
const KINDS: usize = 12;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

/// The first account of the mnemonic "test test … junk", known to every Ethereum developer.
fn key() -> SigningKey {
    let secret = from_hex::<32>("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
    SigningKey::from_slice(&secret.unwrap()).unwrap()
}

fn kind(action: &Action) -> String {
    format!("{action:?}").split('(').next().unwrap().to_owned()
}

/// Writes the transactions that the oracle is asked about: some of each kind, all of one sender.
#[test]
fn each_kind_of_action_is_put_to_the_oracle() {
    let from = address_of(key().verifying_key());
    let mut random = Random(713);
    let mut samples: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    while samples.len() < KINDS || samples.values().any(|kind| kind.len() < PER_KIND) {
        let tx = Tx { from, ..Tx::sample(&mut random) };
        let of_kind = samples.entry(kind(&tx.action)).or_default();
        if of_kind.len() < PER_KIND {
            of_kind.push(to_hex(&to_bytes(&tx)).into());
        }
    }
    let path = path("oracles/fixtures/eip712.json");
    if std::env::var_os("ASSAY_BLESS").is_some() {
        let text = json!({ "genesis": Digest([7; 32]).to_string(), "transactions": samples });
        std::fs::write(&path, serde_json::to_string_pretty(&text).unwrap() + "\n").unwrap();
    }
    let asked: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(asked["transactions"], json!(samples));
}

#[test]
fn eth_account_signs_what_we_sign() {
    let text = std::fs::read_to_string(path("vectors/eip712-eth-account-1.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let genesis = Digest(from_hex(file["genesis"].as_str().unwrap()).unwrap());
    let signer = Address(from_hex(file["signer"].as_str().unwrap()).unwrap());
    assert_eq!(address_of(key().verifying_key()), signer);

    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for vector in file["vectors"].as_array().unwrap() {
        let text = |name: &str| vector[name].as_str().unwrap();
        let tx: Tx = from_bytes(&bytes(text("tx"))).unwrap();
        assert_eq!(kind(&tx.action), text("primaryType"));
        let digest = tx.signing_digest(&genesis);
        assert_eq!(to_hex(&digest), text("hash"), "{:?}", tx.action);
        // Both sign without a random number, so not only the signer is the same.
        let signature = Signature::new(from_hex(text("signature")).unwrap()).unwrap();
        assert_eq!(recover(&digest, &signature), Some(signer));
        assert_eq!(sign(&key(), &digest), signature);
        *kinds.entry(kind(&tx.action)).or_insert(0) += 1;
        shows_the_head(&tx, &vector["message"]);
    }
    assert_eq!(kinds.len(), KINDS);
    assert!(kinds.values().all(|&count| count == PER_KIND));
}

/// What the wallet shows of sender, nonce, validity and fee is what is executed.
fn shows_the_head(tx: &Tx, message: &Value) {
    assert_eq!(message["from"], tx.from.to_string());
    assert_eq!(message["nonce"], tx.nonce.to_string());
    assert_eq!(message["validUntil"], tx.valid_until.to_string());
    assert_eq!(message["maxFee"], tx.max_fee.to_string());
}

/// Among the vectors are curves and hyper-parameters of every form, so that each sentence was compared.
#[test]
fn the_vectors_show_every_form_of_a_sentence() {
    let text = std::fs::read_to_string(path("vectors/eip712-eth-account-1.json")).unwrap();
    for part in [
        "\"constant ",
        " per sale",
        "growing by ",
        "table of ",
        "count halved after ",
        "max_depth none",
        "max_leaf_nodes none",
        "criterion gini",
        "criterion entropy",
        "max_features all",
        "max_features sqrt",
        "max_features log2",
        "class_weight none",
        "class_weight balanced",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.strip_prefix("0x").unwrap();
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}
