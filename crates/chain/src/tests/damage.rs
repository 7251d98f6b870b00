//! Files that are not what was written: an error, never a panic, never another chain.

use super::world::{World, buyer, open};
use crate::Error;
use assay_types::Blobs;
use redb::{Database, TableDefinition};
use std::fs;

#[test]
fn a_damaged_file_is_an_error_or_the_same_chain() {
    let mut world = World::new();
    world.tested();
    let transfer = world.transfer(5);
    world.run(&buyer(), transfer, Blobs::new());
    let state = world.chain.state().clone();
    let World { chain, dir, .. } = world;
    drop(chain);
    let path = dir.path().join("chain.redb");
    let bytes = fs::read(&path).unwrap();
    let mut refused = 0;
    // The first bytes say where everything is; the rest is hit in all parts of its pages.
    let head = (0..320).step_by(5);
    let places: Vec<usize> = head.chain((320..bytes.len()).step_by(bytes.len() / 80 + 1)).collect();
    for &at in &places {
        let mut changed = bytes.clone();
        changed[at] ^= 0x11;
        fs::write(&path, &changed).unwrap();
        match open(dir.path()) {
            Ok(chain) => assert_eq!(chain.state(), &state, "byte {at}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 10, "{refused} of {}", places.len());
}

#[test]
fn a_truncated_file_is_an_error() {
    let mut world = World::new();
    world.tested();
    let World { chain, dir, .. } = world;
    drop(chain);
    let path = dir.path().join("chain.redb");
    let bytes = fs::read(&path).unwrap();
    for part in 1..16 {
        fs::write(&path, &bytes[..bytes.len() * part / 16]).unwrap();
        assert!(open(dir.path()).is_err(), "{part} sixteenths");
    }
    fs::write(&path, b"not a database").unwrap();
    assert!(open(dir.path()).is_err());
}

#[test]
fn a_ledger_in_another_format_is_refused() {
    let World { chain, dir, .. } = World::new();
    drop(chain);
    // The first format did not say that it was one.
    for (format, expected) in [(None, 1), (Some(3_u16), 3)] {
        let db = Database::open(dir.path().join("chain.redb")).unwrap();
        let txn = db.begin_write().unwrap();
        let mut meta = txn.open_table(TableDefinition::<'_, &str, &[u8]>::new("meta")).unwrap();
        match format {
            Some(format) => drop(meta.insert("format", format.to_le_bytes().as_slice()).unwrap()),
            None => drop(meta.remove("format").unwrap()),
        }
        drop(meta);
        txn.commit().unwrap();
        drop(db);
        let Err(error) = open(dir.path()) else { panic!("format {format:?}") };
        assert!(matches!(error, Error::Format { got, .. } if got == expected), "{error}");
    }
}
