//! Transactions as browsers' wallets hand them in: the typed data that was signed, the action's canonical bytes, and
//! the signature.
//!
//! The action decides. The typed data says on which chain, by whom and under which number; everything else in it has
//! to be what the action says, so that a wallet which showed something else is told so, and not only that its
//! signature is another's.

use crate::document::bytes;
use crate::{Problem, Submission};
use assay_codec::{Digest, from_bytes, from_hex};
use assay_types::tx::{TypedData, TypedField};
use assay_types::{Action, Address, Amount, Blobs, Height, Signature, SignedTx, Tx};
use serde_json::{Map, Value, json};

/// The document for `eth_signTypedData_v4`. Numbers are decimal strings, since JSON has no larger ones.
pub fn document(typed: &TypedData) -> Value {
    let types = |fields: &[TypedField]| -> Value {
        fields.iter().map(|field| json!({ "name": field.name, "type": field.kind })).collect()
    };
    let domain =
        [("name", "string"), ("version", "string"), ("chainId", "uint256"), ("salt", "bytes32")];
    let domain: Value =
        domain.iter().map(|(name, kind)| json!({ "name": name, "type": kind })).collect();
    let message = typed.fields.iter().map(|field| (field.name.clone(), field.value.clone().into()));
    let mut kinds = Map::new();
    kinds.insert("EIP712Domain".to_owned(), domain);
    kinds.insert(typed.primary_type.to_owned(), types(&typed.fields));
    json!({
        "domain": {
            "name": "Assay",
            "version": "1",
            "chainId": typed.chain,
            "salt": typed.salt.to_string(),
        },
        "types": kinds,
        "primaryType": typed.primary_type,
        "message": message.collect::<Map<_, _>>(),
    })
}

/// Reads what a browser hands in on the chain that began with `genesis`.
pub fn submission(document: &Value, genesis: &Digest) -> Result<Submission, Problem> {
    let typed = &document["typed_data"];
    let tx = transaction(typed, &document["action"])?;
    compare(typed, &self::document(&tx.typed_data(genesis)))?;
    let signature = text(&document["signature"], "signature")?;
    let signature = from_hex(signature).map_err(|error| malformed("signature", error))?;
    let signature = Signature::new(signature).map_err(|rule| malformed("signature", rule))?;
    let mut blobs = Blobs::new();
    let given = document["blobs"].as_array().map_or(&[][..], Vec::as_slice);
    for blob in given {
        let blob = bytes(text(blob, "blobs")?).map_err(|error| malformed("blobs", error))?;
        blobs.insert(blob).map_err(|rule| malformed("blobs", rule))?;
    }
    Ok(Submission { tx: SignedTx { tx, signature }, blobs })
}

/// Reads a transaction that is not signed yet: its head from the message, its action from canonical bytes.
pub fn transaction(typed: &Value, action: &Value) -> Result<Tx, Problem> {
    let message = &typed["message"];
    let action = bytes(text(action, "action")?).map_err(|error| malformed("action", error))?;
    let action: Action = from_bytes(&action).map_err(|error| malformed("action", error))?;
    let from = from_hex(text(&message["from"], "from")?);
    Ok(Tx {
        chain: small(&typed["domain"]["chainId"], "chainId")?,
        from: Address(from.map_err(|error| malformed("from", error))?),
        nonce: small(&message["nonce"], "nonce")?,
        valid_until: Height::new(small(&message["validUntil"], "validUntil")?),
        max_fee: Amount::new(number(&message["maxFee"], "maxFee")?),
        action,
    })
}

/// Fails if typed data says something else than what the action means.
fn compare(given: &Value, meant: &Value) -> Result<(), Problem> {
    let same = |a: &Value, b: &Value| plain(a) == plain(b);
    if !same(&given["primaryType"], &meant["primaryType"]) {
        return Err(differs("primaryType", &given["primaryType"], &meant["primaryType"]));
    }
    for part in ["domain", "message"] {
        let (given, meant) = (fields(given, part)?, fields(meant, part)?);
        for (name, value) in meant {
            let got = given.get(name).unwrap_or(&Value::Null);
            if !same(got, value) {
                return Err(differs(name, got, value));
            }
        }
        if let Some(name) = given.keys().find(|name| !meant.contains_key(*name)) {
            let detail = format!("the {part} has the field {name:?}, which is not signed");
            return Err(Problem { status: 422, code: "typed-data".into(), detail });
        }
    }
    Ok(())
}

fn fields<'v>(value: &'v Value, part: &str) -> Result<&'v Map<String, Value>, Problem> {
    value[part].as_object().ok_or_else(|| malformed(part, "an object is wanted"))
}

/// A value as it is compared: numbers as text, hexadecimal in small letters.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) if text.starts_with("0x") => text.to_lowercase(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn differs(name: &str, got: &Value, meant: &Value) -> Problem {
    let short = |value: &Value| plain(value).chars().take(80).collect::<String>();
    let detail = format!("the typed data says {name} {}, the action {}", short(got), short(meant));
    Problem { status: 422, code: "typed-data".into(), detail }
}

fn malformed(what: &str, why: impl std::fmt::Display) -> Problem {
    Problem::malformed(format!("{what}: {why}"))
}

fn text<'v>(value: &'v Value, what: &str) -> Result<&'v str, Problem> {
    value.as_str().ok_or_else(|| malformed(what, "text is wanted"))
}

/// Reads a number, as JSON has it or as decimal text.
fn number(value: &Value, what: &str) -> Result<u128, Problem> {
    let number = match value {
        Value::Number(number) => number.as_u64().map(u128::from),
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| malformed(what, "a whole number is wanted, as a number or decimal text"))
}

fn small(value: &Value, what: &str) -> Result<u64, Problem> {
    number(value, what)?.try_into().map_err(|_| malformed(what, "the number is too large"))
}

#[cfg(test)]
mod tests {
    use super::{document, submission};
    use assay_codec::{Digest, to_bytes, to_hex};
    use assay_types::tx::{OpenTest, Transfer};
    use assay_types::{Action, Address, Amount, BlobId, Height, JobId, Tx};
    use serde_json::{Value, json};

    const GENESIS: Digest = Digest([7; 32]);

    fn tx(action: Action) -> Tx {
        let (valid_until, max_fee) = (Height::new(9), Amount::new(1));
        Tx { chain: 5, from: Address([1; 20]), nonce: 3, valid_until, max_fee, action }
    }

    fn handed(tx: &Tx, blobs: &[&str]) -> Value {
        json!({
            "typed_data": document(&tx.typed_data(&GENESIS)),
            "action": to_hex(&to_bytes(&tx.action)),
            "signature": format!("0x{}1b", "01".repeat(64)),
            "blobs": blobs,
        })
    }

    #[test]
    fn what_was_signed_is_what_is_read() {
        let transfer = tx(Transfer { to: Address([2; 20]), amount: Amount::new(u128::MAX) }.into());
        let read = submission(&handed(&transfer, &[]), &GENESIS).unwrap();
        assert_eq!(read.tx.tx, transfer);
        let shown =
            tx(OpenTest { job: JobId::default(), table: BlobId::of(b"rows"), salt: [4; 32] }
                .into());
        let read = submission(&handed(&shown, &["0x726f7773"]), &GENESIS).unwrap();
        assert_eq!(read.tx.tx, shown);
        assert_eq!(read.blobs.get(&BlobId::of(b"rows")), Some(&b"rows"[..]));
    }

    #[test]
    fn numbers_may_be_numbers_and_addresses_may_have_capitals() {
        let transfer = tx(Transfer { to: Address([0xab; 20]), amount: Amount::new(7) }.into());
        let mut given = handed(&transfer, &[]);
        given["typed_data"]["message"]["amount"] = 7.into();
        given["typed_data"]["message"]["nonce"] = 3.into();
        given["typed_data"]["domain"]["chainId"] = "5".into();
        given["typed_data"]["message"]["to"] = format!("0x{}", "AB".repeat(20)).into();
        assert_eq!(submission(&given, &GENESIS).unwrap().tx.tx, transfer);
    }

    #[test]
    fn a_wallet_that_showed_something_else_is_told_so() {
        let transfer = tx(Transfer { to: Address([2; 20]), amount: Amount::new(7) }.into());
        for (part, name) in [
            ("message", "amount"),
            ("message", "to"),
            ("domain", "salt"),
            ("domain", "name"),
            ("message", "other"),
        ] {
            let mut given = handed(&transfer, &[]);
            given["typed_data"][part][name] = "0x99".into();
            let problem = submission(&given, &GENESIS).unwrap_err();
            assert_eq!((problem.status, &*problem.code), (422, "typed-data"), "{name}");
            assert!(problem.detail.contains(name), "{}", problem.detail);
        }
        let mut given = handed(&transfer, &[]);
        given["typed_data"]["primaryType"] = "Delist".into();
        assert_eq!(submission(&given, &GENESIS).unwrap_err().code, "typed-data");
    }

    #[test]
    fn what_cannot_be_read_is_malformed() {
        let transfer = tx(Transfer { to: Address([2; 20]), amount: Amount::new(7) }.into());
        let good = handed(&transfer, &["0x00"]);
        assert!(submission(&good, &GENESIS).is_ok());
        for (path, value) in [
            ("/action", json!("0x00")),
            ("/action", json!(1)),
            ("/signature", json!("0x00")),
            ("/signature", json!(format!("0x{}1d", "01".repeat(64)))),
            ("/blobs/0", json!("00")),
            ("/blobs/0", json!({})),
            ("/typed_data", json!(null)),
            ("/typed_data/message/nonce", json!("-1")),
            ("/typed_data/message/nonce", json!("+1")),
            ("/typed_data/message/maxFee", json!(1.5)),
            ("/typed_data/message/from", json!("0x01")),
            ("/typed_data/domain/chainId", json!("340282366920938463463374607431768211455")),
        ] {
            let mut given = good.clone();
            *given.pointer_mut(path).unwrap() = value;
            assert_eq!(submission(&given, &GENESIS).unwrap_err().code, "malformed", "{path}");
        }
    }
}
