//! Round trip, then every way in which a file can lie.

use super::{Error, identity, unlock, write};
use crate::testing::{cheap, seeded};
use crate::{Keys, SealError};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

fn keystore() -> (TempDir, PathBuf, Keys) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keystore.json");
    let mut random = seeded(1);
    let keys = Keys::generate(&mut random);
    write(&path, &keys, "password", cheap(), &mut random).unwrap();
    (dir, path, keys)
}

/// Replaces `from` by `to` in the file and returns why it does not open.
#[track_caller]
fn refused(from: &str, to: &str) -> Error {
    let (_dir, path, _) = keystore();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "no {from} in {text}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    unlock(&path, "password").unwrap_err()
}

#[test]
fn gives_back_the_keys() {
    let (_dir, path, keys) = keystore();
    assert_eq!(unlock(&path, "password").unwrap().seed(), keys.seed());
    let known = identity(&path).unwrap();
    assert_eq!(known.address, keys.address());
    assert_eq!(known.encryption_key, keys.encryption_key());
}

#[test]
fn a_wrong_password_is_named() {
    let (_dir, path, _) = keystore();
    for wrong in ["", "Password", "password "] {
        let got = unlock(&path, wrong);
        assert!(matches!(got, Err(Error::Seal(SealError::Password))), "{got:?}");
    }
}

#[test]
fn every_changed_byte_is_noticed() {
    let (_dir, path, _) = keystore();
    let bytes = fs::read(&path).unwrap();
    for at in 0..bytes.len() {
        for flip in [1, 0x20] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            fs::write(&path, &changed).unwrap();
            assert!(unlock(&path, "password").is_err(), "byte {at} of {}", bytes.len());
        }
    }
}

#[test]
fn every_truncation_is_noticed() {
    let (_dir, path, _) = keystore();
    let bytes = fs::read(&path).unwrap();
    for len in 0..bytes.len() {
        fs::write(&path, &bytes[..len]).unwrap();
        assert!(unlock(&path, "password").is_err(), "{len} bytes");
    }
}

#[test]
fn a_file_that_asks_for_terabytes_gets_none() {
    for (from, to) in [
        ("\"memory_kib\": 8", "\"memory_kib\": 4294967295"),
        ("\"passes\": 1", "\"passes\": 4294967295"),
        ("\"lanes\": 1", "\"lanes\": 16777215"),
        ("\"memory_kib\": 8", "\"memory_kib\": 0"),
        ("\"lanes\": 1", "\"lanes\": 0"),
    ] {
        let got = refused(from, to);
        assert!(matches!(got, Error::Seal(SealError::Cost { .. })), "{to}: {got:?}");
    }
}

#[test]
fn hostile_json_is_refused() {
    assert!(matches!(refused("{", "["), Error::Json(_)));
    assert!(matches!(refused("\"version\": 1", "\"version\": 2"), Error::Version { got: 2 }));
    assert!(matches!(refused("\"version\": 1", "\"version\": -1"), Error::Json(_)));
    assert!(matches!(refused("\"version\"", "\"extra\": 1, \"version\""), Error::Json(_)));
    assert!(matches!(refused("\"version\"", "\"version\": 1, \"version\""), Error::Json(_)));
    assert!(matches!(refused("argon2id", "argon2d"), Error::Field("kdf.name")));
    assert!(matches!(refused("xchacha20poly1305", "none"), Error::Field("cipher.name")));
    assert!(matches!(refused("\"salt\": \"0x", "\"salt\": \"0x00"), Error::Field("kdf.salt")));
    assert!(matches!(refused("{", " {"), Error::Form));
}

#[test]
fn a_deep_or_long_file_is_refused() {
    let (_dir, path, _) = keystore();
    fs::write(&path, "[".repeat(4000)).unwrap();
    assert!(matches!(unlock(&path, "password"), Err(Error::Json(_))));
    fs::write(&path, vec![b' '; 5000]).unwrap();
    assert!(matches!(unlock(&path, "password"), Err(Error::File(_))));
}

#[test]
fn the_standard_cost_opens_too() {
    let (_dir, path, keys) = keystore();
    write(&path, &keys, "password", crate::Cost::STANDARD, &mut seeded(2)).unwrap();
    assert_eq!(unlock(&path, "password").unwrap().address(), keys.address());
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, path, _) = keystore();
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_seed_is_nowhere_in_the_file() {
    let (_dir, path, keys) = keystore();
    let text = fs::read_to_string(path).unwrap();
    assert!(!text.contains(&assay_codec::to_hex(keys.seed())[2..]));
}
