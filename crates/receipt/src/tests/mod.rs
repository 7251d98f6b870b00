//! A true receipt verifies, and every way of changing it or of lying in it has a test.

mod lies;
mod sale;
mod tamper;

use crate::{ProofCheck, Receipt, Rejection, genesis_from_json, genesis_to_json};
use assay_model::synthetic;
use sale::sold;
use std::path::PathBuf;

#[test]
fn a_true_receipt_verifies_without_proof_or_rows() {
    let fixture = sold();
    let report = fixture.receipt().verify(&fixture.genesis, None, None).unwrap();
    assert_eq!(report.proof, ProofCheck::Absent);
    assert!(!report.has_data);
    assert_eq!((report.needed, report.rows), (22, 24));
    assert_eq!(report.buyer, fixture.sale.buyer);
    assert_eq!(report.price, fixture.sale.price);
}

#[test]
fn the_proof_is_verified_again_where_it_can_be() {
    let mut fixture = sold();
    let proof = fixture.prove();
    let receipt = fixture.receipt();
    let check = |proof, table| receipt.verify(&fixture.genesis, proof, table).unwrap().proof;
    assert_eq!(check(Some(proof.as_slice()), Some(&fixture.table)), ProofCheck::Verified);
    assert_eq!(check(Some(proof.as_slice()), None), ProofCheck::Same);
    assert_eq!(check(None, Some(&fixture.table)), ProofCheck::Absent);
}

#[test]
fn another_proof_is_refused() {
    let mut fixture = sold();
    let mut proof = fixture.prove();
    let receipt = fixture.receipt();
    proof[10] ^= 1;
    let got = receipt.verify(&fixture.genesis, Some(&proof), Some(&fixture.table));
    assert_eq!(got, Err(Rejection::OtherProof));
    assert_eq!(receipt.verify(&fixture.genesis, Some(&[]), None), Err(Rejection::OtherProof));
}

/// An authority that logged a proof which proves nothing is found out by whoever has proof and rows.
#[test]
fn a_logged_proof_that_proves_nothing_is_refused() {
    let mut fixture = sold();
    let mut proof = fixture.prove();
    proof[10] ^= 1;
    fixture.sale.accuracy_proof = assay_types::BlobId::of(&proof);
    let receipt = fixture.receipt();
    assert!(receipt.verify(&fixture.genesis, Some(&proof), None).is_ok());
    let got = receipt.verify(&fixture.genesis, Some(&proof), Some(&fixture.table));
    assert!(matches!(got, Err(Rejection::Proof(_))), "{got:?}");
}

#[test]
fn other_rows_are_refused() {
    let fixture = sold();
    let tree = synthetic::tree(4, 3, 3, 6, 1).unwrap();
    let other = synthetic::table(&tree, 24, 0, 3).unwrap();
    let got = fixture.receipt().verify(&fixture.genesis, None, Some(&other));
    assert_eq!(got, Err(Rejection::OtherData));
}

#[test]
fn both_forms_come_back() {
    let receipt = sold().receipt();
    let (bytes, text) = (receipt.to_bytes(), receipt.to_json().unwrap());
    assert_eq!(Receipt::from_bytes(&bytes).as_ref(), Ok(&receipt));
    assert_eq!(Receipt::from_json(text.as_bytes()).unwrap(), receipt);
    assert_eq!(Receipt::parse(&bytes).unwrap(), receipt);
    assert_eq!(Receipt::parse(text.as_bytes()).unwrap(), receipt);
}

#[test]
fn the_document_says_whose_word_the_training_data_is() {
    let text = sold().receipt().to_json().unwrap();
    assert!(text.contains(r#""training_data": "the owner's claim""#), "{text}");
}

/// What programs read must stay where it is.
#[test]
fn the_keys_of_the_document_are_stable() {
    let text = sold().receipt().to_json().unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<_> = document.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "format",
            "job",
            "chain",
            "genesis",
            "parties",
            "dataset",
            "training_data",
            "model",
            "test",
            "metric",
            "payment",
            "statements",
            "proofs",
            "key",
            "log",
            "canonical"
        ]
    );
    assert_eq!(document["metric"]["threshold"]["num"], 9);
    assert_eq!(document["metric"]["proven"]["at_least"], 22);
    assert_eq!(document["payment"]["paid_by_buyer"], "110");
    assert_eq!(document["payment"]["received_by_owner"], "105");
}

/// A receipt is for ever: whoever changes what it looks like makes a new version of it, and leaves these
/// files alone. To bless a new version, run this test with `ASSAY_BLESS=1`.
#[test]
fn receipts_of_version_1_verify_for_ever() {
    let fixture = sold();
    let vector = |name| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(name);
    let (receipt, genesis) = (vector("receipt-1.json"), vector("receipt-1-genesis.json"));
    for (path, expected) in [
        (&receipt, fixture.receipt().to_json().unwrap()),
        (&genesis, genesis_to_json(&fixture.genesis)),
    ] {
        if std::env::var_os("ASSAY_BLESS").is_some() {
            std::fs::write(path, &expected).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), expected, "{}", path.display());
    }
    let genesis = genesis_from_json(&std::fs::read(genesis).unwrap()).unwrap();
    let receipt = Receipt::from_json(&std::fs::read(receipt).unwrap()).unwrap();
    assert!(receipt.verify(&genesis, None, None).is_ok());
}
