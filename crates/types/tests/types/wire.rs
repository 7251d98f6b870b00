//! Wire formats: frozen by golden hashes, canonical, and total on hostile bytes.

use crate::sample::{Allowed, Random, Sample, Trained};
use assay_codec::{Decode, Digest, Encode, Hasher, from_bytes, to_bytes};
use assay_types::log::{LogEntry, Topic};
use assay_types::merkle;
use assay_types::statement::*;
use assay_types::tx::*;
use assay_types::*;
use std::fmt::Debug;
use std::path::PathBuf;

/// Values per type in a golden hash.
const GOLDEN: u64 = 256;
/// Values per type whose bytes are tampered with.
const TAMPERED: u64 = 12;

fn golden<T: Sample + Encode>() -> Digest {
    let mut hasher = Hasher::new("assay/vectors/wire/1");
    for seed in 0..GOLDEN {
        let bytes = to_bytes(&T::sample(&mut Random(seed)));
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
    }
    hasher.finish()
}

fn comes_back<T: Sample + Encode + Decode + PartialEq + Debug>() {
    for seed in 0..GOLDEN {
        let value = T::sample(&mut Random(seed));
        assert_eq!(from_bytes::<T>(&to_bytes(&value)), Ok(value));
    }
}

/// Cut anywhere, a value is refused; changed anywhere, it is refused or is another value's only encoding.
fn is_canonical<T: Sample + Encode + Decode>() {
    for seed in 0..TAMPERED {
        let mut random = Random(seed);
        let bytes = to_bytes(&T::sample(&mut random));
        for len in 0..bytes.len() {
            assert!(from_bytes::<T>(&bytes[..len]).is_err());
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(from_bytes::<T>(&longer).is_err());
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << random.below(8);
            if let Ok(value) = from_bytes::<T>(&changed) {
                assert_eq!(to_bytes(&value), changed);
            }
        }
    }
}

macro_rules! wire_types {
    ($($type:ty,)*) => {
        fn all_golden() -> Vec<(&'static str, Digest)> {
            vec![$((stringify!($type), golden::<$type>())),*]
        }

        #[test]
        fn every_type_comes_back() {
            $(comes_back::<$type>();)*
        }

        #[test]
        fn every_type_has_one_encoding() {
            $(is_canonical::<$type>();)*
        }
    };
}

wire_types! {
    Accuracy, Action, Address, Algorithm, Allowed, Amount, BlobId, Blobs, Card, Certified, ClassScore, CommitModel,
    Concede,
    Context, Curve, DataCommitment, DatasetId, Decline, Delist, Delivery, Disclosure, ErrorScore, Estimate, Event, FieldDigest,
    Genesis, Header, Height, Inference, JobId, Limits, Listing, LogEntry, Manner, merkle::Proof, Metric,
    ModelCommitment, Modes, OpenJob, OpenTest, Parameters, Parted, Privacy, ProveMiss, PublishDataset, Regression, RevealKey,
    Sale, Score, Signature, SignedTx, StatementDigest, SubmitPass, TestCommitment, Threshold, Topic,
    Trained, Transfer, Tx, UpdateListing, Windows,
}

/// The hashes lie in `vectors/`, where other languages read them too. To bless a new format, run this
/// test with `ASSAY_BLESS=1` and commit the file under a new version.
#[test]
fn golden_hashes() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/wire-1.json");
    let hashes = all_golden().into_iter();
    let got: serde_json::Map<String, serde_json::Value> =
        hashes.map(|(name, hash)| (name.to_owned(), hash.to_string().into())).collect();
    if std::env::var_os("ASSAY_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&got).unwrap() + "\n";
        std::fs::write(&path, text).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let expected: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(got, expected);
}

#[test]
fn a_transaction_is_bounded() {
    let bytes = vec![0; TX_BYTES_MAX + 1];
    assert!(matches!(SignedTx::from_bytes(&bytes), Err(assay_codec::Error::TooLong { .. })));
}
