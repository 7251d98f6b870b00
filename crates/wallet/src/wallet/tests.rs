//! The whole directory: locks, passwords, backup and restore.

use super::{Error, Wallet};
use crate::openings::{BackupError, Kind, Name};
use crate::testing::{cheap, seeded};
use crate::{SealError, keystore};
use assay_codec::Digest;
use std::fs;
use tempfile::TempDir;

fn name(byte: u8) -> Name {
    Name { kind: Kind::BuyerSecret, of: Digest([byte; 32]) }
}

/// A wallet that knows the opening of 1.
fn wallet(seed: u64) -> (TempDir, Wallet) {
    let dir = tempfile::tempdir().unwrap();
    let mut random = seeded(seed);
    let mut wallet = Wallet::create(dir.path(), "old", cheap(), &mut random).unwrap();
    wallet.openings_mut().put(name(1), b"one", &mut random).unwrap();
    (dir, wallet)
}

fn wrong_password(got: &Result<(), Error>) -> bool {
    use keystore::Error as K;
    match got {
        Err(Error::Keystore(K::Seal(error))) => *error == SealError::Password,
        Err(Error::Backup(BackupError::Seal(error))) => *error == SealError::Password,
        _ => false,
    }
}

#[test]
fn only_one_process_has_it_open() {
    let (dir, wallet) = wallet(1);
    assert!(matches!(Wallet::open(dir.path(), "old"), Err(Error::Busy(_))));
    drop(wallet);
    let keys = Wallet::open(dir.path(), "old").unwrap().into_keys();
    let again = Wallet::open(dir.path(), "old").unwrap();
    assert_eq!(again.keys().address(), keys.address());
}

#[test]
fn never_writes_over_a_wallet() {
    let (dir, wallet) = wallet(1);
    drop(wallet);
    let got = Wallet::create(dir.path(), "old", cheap(), &mut seeded(2));
    assert!(matches!(got, Err(Error::Exists(_))));
}

#[test]
fn an_empty_directory_has_no_wallet() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Wallet::open(dir.path(), "old"), Err(Error::Missing(_))));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "looking leaves no traces");
}

#[test]
fn lost_openings_are_not_passed_over_in_silence() {
    let (dir, wallet) = wallet(1);
    drop(wallet);
    fs::remove_file(dir.path().join("openings.log")).unwrap();
    assert!(matches!(Wallet::open(dir.path(), "old"), Err(Error::OpeningsMissing(_))));
}

#[test]
fn a_changed_password_opens_and_the_old_one_does_not() {
    let (dir, wallet) = wallet(1);
    let address = wallet.keys().address();
    assert!(wrong_password(&wallet.change_password("wrong", "new", cheap(), &mut seeded(3))));
    wallet.change_password("old", "new", cheap(), &mut seeded(3)).unwrap();
    drop(wallet);
    assert!(wrong_password(&Wallet::open(dir.path(), "old").map(drop)));
    let wallet = Wallet::open(dir.path(), "new").unwrap();
    assert_eq!(wallet.keys().address(), address);
    assert_eq!(wallet.openings().get(&name(1)), Some(b"one".as_slice()));
}

#[test]
fn no_temporary_file_is_left() {
    let (dir, wallet) = wallet(1);
    wallet.change_password("old", "new", cheap(), &mut seeded(3)).unwrap();
    let mut files: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort_unstable();
    assert_eq!(files, ["keystore.json", "lock", "openings.log"]);
}

#[test]
fn a_backup_brings_everything_back() {
    let (dir, wallet) = wallet(1);
    let backup = dir.path().join("backup");
    wallet.backup(&backup, "spare", cheap(), &mut seeded(4)).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let copy =
        Wallet::create_from_backup(elsewhere.path(), &backup, "spare", cheap(), &mut seeded(5))
            .unwrap();
    assert_eq!(copy.keys().address(), wallet.keys().address());
    assert_eq!(copy.openings().get(&name(1)), Some(b"one".as_slice()));
    drop(copy);
    assert!(Wallet::open(elsewhere.path(), "spare").is_ok());
}

#[test]
fn restoring_merges() {
    let (dir, mut wallet) = wallet(1);
    let backup = dir.path().join("backup");
    wallet.openings_mut().put(name(2), b"two", &mut seeded(6)).unwrap();
    wallet.backup(&backup, "spare", cheap(), &mut seeded(4)).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let keys = crate::Keys::from_seed(wallet.keys().seed());
    let mut copy =
        Wallet::create_with(elsewhere.path(), keys, "x", cheap(), &mut seeded(5)).unwrap();
    copy.openings_mut().put(name(2), b"two", &mut seeded(7)).unwrap();
    copy.openings_mut().put(name(3), b"three", &mut seeded(8)).unwrap();
    assert!(wrong_password(&copy.restore(&backup, "wrong", &mut seeded(9))));
    copy.restore(&backup, "spare", &mut seeded(9)).unwrap();
    copy.restore(&backup, "spare", &mut seeded(9)).unwrap();
    drop(copy);
    let copy = Wallet::open(elsewhere.path(), "x").unwrap();
    let values: Vec<_> = copy.openings().iter().map(|(_, value)| value).collect();
    assert_eq!(values, [b"one".as_slice(), b"two", b"three"]);
}

#[test]
fn a_backup_in_conflict_changes_nothing() {
    let (dir, wallet) = wallet(1);
    let backup = dir.path().join("backup");
    wallet.backup(&backup, "spare", cheap(), &mut seeded(4)).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let keys = crate::Keys::from_seed(wallet.keys().seed());
    let mut copy =
        Wallet::create_with(elsewhere.path(), keys, "x", cheap(), &mut seeded(5)).unwrap();
    copy.openings_mut().put(name(1), b"eins", &mut seeded(7)).unwrap();
    assert!(matches!(copy.restore(&backup, "spare", &mut seeded(9)), Err(Error::Openings(_))));
    assert_eq!(copy.openings().get(&name(1)), Some(b"eins".as_slice()));
}

#[test]
fn the_backup_of_another_wallet_is_refused() {
    let (dir, wallet_a) = wallet(1);
    let (_other, mut wallet_b) = wallet(2);
    let backup = dir.path().join("backup");
    wallet_a.backup(&backup, "spare", cheap(), &mut seeded(4)).unwrap();
    let got = wallet_b.restore(&backup, "spare", &mut seeded(5));
    assert!(matches!(got, Err(Error::OtherWallet { .. })));
}

#[test]
fn every_changed_byte_of_a_backup_is_noticed() {
    let (dir, mut wallet) = wallet(1);
    let backup = dir.path().join("backup");
    wallet.backup(&backup, "spare", cheap(), &mut seeded(4)).unwrap();
    let bytes = fs::read(&backup).unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x40;
        fs::write(&backup, &changed).unwrap();
        let got = wallet.restore(&backup, "spare", &mut seeded(5));
        assert!(matches!(got, Err(Error::Backup(_))), "byte {at}: {got:?}");
        fs::write(&backup, &bytes[..at]).unwrap();
        let got = wallet.restore(&backup, "spare", &mut seeded(5));
        assert!(matches!(got, Err(Error::Backup(_))), "{at} bytes: {got:?}");
    }
    fs::write(&backup, [bytes.as_slice(), &[0]].concat()).unwrap();
    let got = wallet.restore(&backup, "spare", &mut seeded(5));
    assert!(matches!(got, Err(Error::Backup(_))), "{got:?}");
}

#[cfg(unix)]
#[test]
fn a_write_that_fails_does_not_lose_what_was_there() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, wallet) = wallet(1);
    let lost = dir.path().join("nowhere").join("backup");
    let got = wallet.backup(&lost, "spare", cheap(), &mut seeded(4));
    assert!(matches!(got, Err(Error::Backup(BackupError::File(_)))));
    let mode =
        |file: &str| fs::metadata(dir.path().join(file)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode("keystore.json"), mode("openings.log"), mode("lock")], [0o600; 3]);
}
