//! What a wallet signs: EIP-712 by hand, and no two transactions with one digest.

use crate::sample::{Random, Sample};
use alloy_primitives::keccak256;
use assay_codec::{Digest, to_bytes};
use assay_types::tx::*;
use assay_types::*;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn word(value: u128) -> [u8; 32] {
    let mut word = [0; 32];
    word[16..].copy_from_slice(&value.to_be_bytes());
    word
}

fn address(address: Address) -> [u8; 32] {
    let mut word = [0; 32];
    word[12..].copy_from_slice(&address.0);
    word
}

/// The standard, followed by hand for the simplest action.
#[test]
fn a_transfer_is_hashed_as_the_standard_says() {
    let (from, to) = (Address([1; 20]), Address([2; 20]));
    let action = Transfer { to, amount: Amount::new(500) }.into();
    let (nonce, valid_until, max_fee) = (4, Height::new(99), Amount::new(3));
    let tx = Tx { chain: 1337, from, nonce, valid_until, max_fee, action };
    let genesis = Digest([0xab; 32]);

    let hash = |words: &[[u8; 32]]| keccak256(words.concat()).0;
    let domain = hash(&[
        keccak256("EIP712Domain(string name,string version,uint256 chainId,bytes32 salt)").0,
        keccak256("Assay").0,
        keccak256("1").0,
        word(1337),
        genesis.0,
    ]);
    let kind = "Transfer(address from,uint64 nonce,uint64 validUntil,uint256 maxFee,address to,\
                uint256 amount)";
    let message = hash(&[
        keccak256(kind).0,
        address(from),
        word(4),
        word(99),
        word(3),
        address(to),
        word(500),
    ]);
    let expected = keccak256([&[0x19, 0x01][..], &domain, &message].concat()).0;
    assert_eq!(tx.signing_digest(&genesis), expected);
}

#[test]
fn every_part_of_a_transaction_is_signed() {
    let genesis = Digest([1; 32]);
    let mut random = Random(5);
    for _ in 0..300 {
        let tx = Tx::sample(&mut random);
        let digest = tx.signing_digest(&genesis);
        let changes: [fn(&mut Tx); 5] = [
            |tx| tx.chain ^= 1,
            |tx| tx.from.0[19] ^= 1,
            |tx| tx.nonce ^= 1,
            |tx| tx.valid_until = Height::new(tx.valid_until.get() ^ 1),
            |tx| tx.max_fee = Amount::new(tx.max_fee.get() ^ 1),
        ];
        for change in changes {
            let mut other = tx.clone();
            change(&mut other);
            assert_ne!(other.signing_digest(&genesis), digest);
        }
        assert_ne!(tx.signing_digest(&Digest([2; 32])), digest);
    }
}

/// Each byte of an action's encoding, changed, gives another action and so another digest.
#[test]
fn every_part_of_an_action_is_signed() {
    let genesis = Digest([1; 32]);
    let mut seen = BTreeMap::new();
    let mut random = Random(6);
    for _ in 0..60 {
        let tx = Tx::sample(&mut random);
        let bytes = to_bytes(&tx.action);
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << random.below(8);
            let Ok(action) = assay_codec::from_bytes::<Action>(&changed) else {
                continue;
            };
            let other = Tx { action, ..tx.clone() };
            let digest = other.signing_digest(&genesis);
            assert_ne!(digest, tx.signing_digest(&genesis), "byte {at} of {:?}", tx.action);
            assert_eq!(*seen.entry(digest).or_insert_with(|| other.clone()), other);
        }
    }
}

/// One digest per kind of action, for wallets in other languages.
#[test]
fn golden_digests() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/signing-1.json");
    let genesis = Digest([7; 32]);
    let mut got = serde_json::Map::new();
    let mut random = Random(7);
    while got.len() < 12 {
        let tx = Tx::sample(&mut random);
        let debug = format!("{:?}", tx.action);
        let kind = debug.split('(').next().unwrap().to_owned();
        got.entry(kind).or_insert_with(|| {
            let digest = assay_codec::to_hex(&tx.signing_digest(&genesis));
            serde_json::json!({ "tx": assay_codec::to_hex(&to_bytes(&tx)), "digest": digest })
        });
    }
    got.sort_keys();
    if std::env::var_os("ASSAY_BLESS").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&got).unwrap() + "\n").unwrap();
    }
    let expected: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(got, expected);
}
