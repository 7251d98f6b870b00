//! Whoever changes a receipt has none.

use super::sale::{authority, sold};
use crate::{
    FormError, Receipt, checkpoint_from_json, checkpoint_to_json, genesis_from_json,
    genesis_to_json,
};
use assay_codec::Digest;
use assay_types::validators::{Change, Checkpoint};
use assay_types::{Genesis, Height};
use serde_json::{Value, json};

/// Every leaf of a document: where it is, as a pointer.
fn leaves(value: &Value, path: String, out: &mut Vec<String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                leaves(value, format!("{path}/{name}"), out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, value) in items.iter().enumerate() {
                leaves(value, format!("{path}/{at}"), out);
            }
        }
        _ => out.push(path),
    }
}

/// Other values in the place of one.
fn mutations(value: &Value) -> Vec<Value> {
    let mut out = vec![Value::Null, json!({}), json!([])];
    match value {
        Value::Bool(value) => out.push(json!(!value)),
        Value::Number(value) => {
            out.push(json!(value.as_u64().unwrap() + 1));
            out.push(json!(value.to_string()));
        }
        Value::String(text) => {
            let last = if text.ends_with('0') { '1' } else { '0' };
            let mut changed = text.clone();
            changed.pop();
            changed.push(last);
            out.push(json!(changed));
            out.push(json!(text.to_uppercase()));
            out.push(json!(format!("{text} ")));
            out.push(json!(""));
        }
        _ => {}
    }
    out.retain(|mutation| mutation != value);
    out
}

/// Puts other values in the place of every leaf; returns how many leaves there were.
#[track_caller]
fn no_leaf_can_change(text: &str, is_read: impl Fn(&[u8]) -> bool) -> usize {
    assert!(is_read(text.as_bytes()));
    let document: Value = serde_json::from_str(text).unwrap();
    let mut paths = Vec::new();
    leaves(&document, String::new(), &mut paths);
    for path in &paths {
        for mutation in mutations(document.pointer(path).unwrap()) {
            let mut changed = document.clone();
            *changed.pointer_mut(path).unwrap() = mutation;
            let text = serde_json::to_vec_pretty(&changed).unwrap();
            assert!(!is_read(&text), "{path}");
        }
    }
    paths.len()
}

#[test]
fn every_changed_leaf_of_the_document_is_noticed() {
    let text = sold().receipt().to_json().unwrap();
    let leaves = no_leaf_can_change(&text, |text| Receipt::from_json(text).is_ok());
    assert!(leaves > 100, "{leaves}");
}

#[test]
fn every_changed_leaf_of_the_genesis_is_noticed() {
    let genesis = sold().genesis;
    let text = genesis_to_json(&genesis);
    assert_eq!(genesis_from_json(text.as_bytes()).unwrap(), genesis);
    let leaves = no_leaf_can_change(&text, |text| genesis_from_json(text).is_ok());
    assert!(leaves > 15, "{leaves}");
}

#[test]
fn every_changed_leaf_of_a_checkpoint_is_noticed() {
    let changes = [1, 4].map(|epoch| Change { epoch, tip: Digest([7; 32]) }).to_vec();
    let checkpoint =
        Checkpoint::new(Digest([1; 32]), Height::new(90), Digest([2; 32]), changes).unwrap();
    let text = checkpoint_to_json(&checkpoint);
    assert_eq!(checkpoint_from_json(text.as_bytes()).unwrap(), checkpoint);
    let leaves = no_leaf_can_change(&text, |text| checkpoint_from_json(text).is_ok());
    assert_eq!(leaves, 10);
}

#[test]
fn the_changed_field_is_named() {
    let text = sold().receipt().to_json().unwrap();
    let changed = text.replacen(r#""needed": 22"#, r#""needed": 23"#, 1);
    let got = Receipt::from_json(changed.as_bytes());
    assert!(matches!(&got, Err(FormError::Field(path)) if path == "metric.needed"), "{got:?}");
}

#[test]
fn an_unknown_missing_or_repeated_field_is_refused() {
    let text = sold().receipt().to_json().unwrap();
    let extra = text.replacen('{', r#"{ "extra": 1,"#, 1);
    assert!(
        matches!(Receipt::from_json(extra.as_bytes()), Err(FormError::Field(path)) if path == "extra")
    );
    let missing = text.replacen(r#""price": "100","#, "", 1);
    let got = Receipt::from_json(missing.as_bytes());
    assert!(matches!(&got, Err(FormError::Field(path)) if path == "payment.price"), "{got:?}");
    // The last of two equal names counts here, but not everywhere.
    let twice = text.replacen(r#""price": "100","#, r#""price": "1", "price": "100","#, 1);
    assert!(matches!(Receipt::from_json(twice.as_bytes()), Err(FormError::Layout)));
}

#[test]
fn the_two_layouts_are_accepted() {
    let receipt = sold().receipt();
    let text = receipt.to_json().unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let compact = serde_json::to_string(&document).unwrap();
    assert_eq!(Receipt::from_json(compact.as_bytes()).unwrap(), receipt);
    assert_eq!(Receipt::from_json(text.trim_end().as_bytes()).unwrap(), receipt);
    let odd = text.replacen('{', "{ ", 1);
    assert!(matches!(Receipt::from_json(odd.as_bytes()), Err(FormError::Layout)));
}

#[test]
fn hostile_documents_are_refused() {
    for text in ["", "{", "null", "{}", r#"{"canonical": 1}"#, r#"{"canonical": "0x0"}"#] {
        assert!(Receipt::from_json(text.as_bytes()).is_err(), "{text}");
    }
    assert!(Receipt::from_json(r#"{"canonical": "0xzz"}"#.as_bytes()).is_err());
    assert!(Receipt::from_json("[".repeat(100_000).as_bytes()).is_err());
    assert!(Receipt::from_json(&vec![b' '; crate::JSON_BYTES_MAX + 1]).is_err());
    assert!(Receipt::from_bytes(&vec![0; crate::RECEIPT_BYTES_MAX + 1]).is_err());
    assert!(Receipt::parse(&[]).is_err());
}

#[test]
fn every_changed_byte_of_the_twin_is_noticed() {
    let fixture = sold();
    let bytes = fixture.receipt().to_bytes();
    for at in 0..bytes.len() {
        for flip in [1, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            let Ok(receipt) = Receipt::from_bytes(&changed) else { continue };
            let got = receipt.verify(&fixture.genesis, None, None);
            assert!(got.is_err(), "byte {at} of {}", bytes.len());
        }
    }
}

#[test]
fn every_other_length_of_the_twin_is_refused() {
    let mut bytes = sold().receipt().to_bytes();
    for len in 0..bytes.len() {
        assert!(Receipt::from_bytes(&bytes[..len]).is_err(), "{len} bytes");
    }
    bytes.push(0);
    assert!(Receipt::from_bytes(&bytes).is_err());
}

#[test]
fn another_genesis_is_refused() {
    let fixture = sold();
    let genesis = &fixture.genesis;
    let other = |chain, authority| {
        let parameters = *genesis.parameters();
        let balances = genesis.balances().to_vec();
        Genesis::new(chain, genesis.time_ms(), authority, parameters, balances).unwrap()
    };
    let receipt = fixture.receipt();
    assert!(receipt.verify(&other(7, authority().address()), None, None).is_ok());
    assert!(receipt.verify(&other(8, authority().address()), None, None).is_err());
    assert!(receipt.verify(&other(7, fixture.sale.owner), None, None).is_err());
}
