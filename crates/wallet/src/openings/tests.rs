//! What was acknowledged stays, what was torn goes, what was changed is noticed.

use super::{Error, Kind, Name, Openings};
use crate::testing::seeded;
use assay_codec::Digest;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zeroize::Zeroizing;

const KEY: [u8; 32] = [42; 32];

fn open(path: &Path) -> Result<Openings, Error> {
    Openings::open(path, Zeroizing::new(KEY))
}

fn name(byte: u8) -> Name {
    Name { kind: Kind::ModelSalt, of: Digest([byte; 32]) }
}

/// A file of three records, and the offsets at which they end.
fn three() -> (TempDir, PathBuf, Vec<u64>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("openings.log");
    let mut random = seeded(3);
    let mut openings = Openings::create(&path, Zeroizing::new(KEY), &mut random).unwrap();
    let mut ends = vec![fs::metadata(&path).unwrap().len()];
    for byte in 1..=3 {
        openings.put(name(byte), &[byte; 9], &mut random).unwrap();
        ends.push(fs::metadata(&path).unwrap().len());
    }
    (dir, path, ends)
}

#[test]
fn what_was_put_is_there_after_reopening() {
    let (_dir, path, _) = three();
    let openings = open(&path).unwrap();
    assert_eq!(openings.iter().count(), 3);
    assert_eq!(openings.get(&name(2)), Some([2; 9].as_slice()));
    assert_eq!(openings.get(&name(4)), None);
    assert_eq!(openings.torn_bytes(), 0);
}

#[test]
fn an_opening_never_changes() {
    let (_dir, path, ends) = three();
    let mut openings = open(&path).unwrap();
    openings.put(name(1), &[1; 9], &mut seeded(4)).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len(), ends[3], "the same value is not written again");
    let got = openings.put(name(1), &[2; 9], &mut seeded(4));
    assert!(matches!(got, Err(Error::Conflict(conflict)) if conflict == name(1)));
    assert_eq!(openings.get(&name(1)), Some([1; 9].as_slice()));
}

#[test]
fn kinds_do_not_collide() {
    let (_dir, path, _) = three();
    let mut openings = open(&path).unwrap();
    let other = Name { kind: Kind::DeliveryKey, ..name(1) };
    openings.put(other, &[8], &mut seeded(4)).unwrap();
    assert_eq!(openings.get(&name(1)), Some([1; 9].as_slice()));
    assert_eq!(openings.get(&other), Some([8].as_slice()));
}

#[test]
fn values_come_back_decoded() {
    let (_dir, path, _) = three();
    let mut openings = open(&path).unwrap();
    openings.put_as(name(5), &77_u32, &mut seeded(4)).unwrap();
    assert_eq!(openings.get_as::<u32>(&name(5)).unwrap(), Some(77));
    assert_eq!(openings.get_as::<u32>(&name(6)).unwrap(), None);
    assert!(matches!(openings.get_as::<u64>(&name(5)), Err(Error::Form { .. })));
}

/// A crash can leave any prefix of what was being written.
#[test]
fn after_a_crash_at_any_byte_the_acknowledged_records_are_there() {
    let (_dir, path, ends) = three();
    let bytes = fs::read(&path).unwrap();
    for len in ends[0]..bytes.len() as u64 {
        fs::write(&path, &bytes[..len as usize]).unwrap();
        let whole = ends.iter().filter(|&&end| end <= len).count() - 1;
        let mut openings = open(&path).unwrap();
        assert_eq!(openings.iter().count(), whole, "{len} bytes");
        assert_eq!(openings.torn_bytes(), len - ends[whole]);
        // The file goes on from there.
        openings.put(name(9), &[9], &mut seeded(len)).unwrap();
        drop(openings);
        let again = open(&path).unwrap();
        assert_eq!((again.iter().count(), again.torn_bytes()), (whole + 1, 0));
    }
}

#[test]
fn a_tail_of_zeros_is_an_unfinished_record() {
    let (_dir, path, ends) = three();
    let bytes = fs::read(&path).unwrap();
    for kept in [ends[2], ends[2] + 60] {
        let mut torn = bytes[..kept as usize].to_vec();
        torn.resize(bytes.len(), 0);
        fs::write(&path, &torn).unwrap();
        let openings = open(&path).unwrap();
        assert_eq!(openings.iter().count(), 2);
        assert_eq!(openings.torn_bytes(), bytes.len() as u64 - ends[2]);
    }
}

#[test]
fn every_changed_byte_is_noticed() {
    let (_dir, path, ends) = three();
    let bytes = fs::read(&path).unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x80;
        fs::write(&path, &changed).unwrap();
        let record = ends.iter().filter(|&&end| end <= at as u64).count().saturating_sub(1);
        match open(&path) {
            Err(Error::Magic) => assert!(at < 8),
            Err(Error::Damaged { record: got }) => assert_eq!(got, record, "byte {at}"),
            other => panic!("byte {at}: {other:?}"),
        }
        assert_eq!(fs::read(&path).unwrap(), changed, "a damaged file is left as it is");
    }
}

#[test]
fn records_cannot_be_swapped_left_out_or_repeated() {
    let (_dir, path, ends) = three();
    let bytes = fs::read(&path).unwrap();
    let part = |from: usize| &bytes[ends[from - 1] as usize..ends[from] as usize];
    let header = &bytes[..ends[0] as usize];
    for (order, damaged) in [
        (vec![part(2), part(1), part(3)], 0),
        (vec![part(1), part(3)], 1),
        (vec![part(1), part(1)], 1),
    ] {
        fs::write(&path, [header, &order.concat()].concat()).unwrap();
        let got = open(&path);
        assert!(matches!(got, Err(Error::Damaged { record }) if record == damaged), "{got:?}");
    }
}

#[test]
fn another_key_opens_nothing() {
    let (_dir, path, _) = three();
    let got = Openings::open(&path, Zeroizing::new([43; 32]));
    assert!(matches!(got, Err(Error::Damaged { record: 0 })));
}

#[test]
fn shows_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("openings.log");
    let mut openings = Openings::create(&path, Zeroizing::new(KEY), &mut seeded(1)).unwrap();
    openings.put(name(1), b"very secret value", &mut seeded(2)).unwrap();
    let shown = format!("{openings:?}");
    assert!(!shown.contains("118, 101, 114, 121") && !shown.contains("42, 42"), "{shown}");
    let bytes = fs::read(&path).unwrap();
    assert!(!bytes.windows(4).any(|part| part == b"very"));
}
