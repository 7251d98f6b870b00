use super::{Entry, Error, HEADER_BYTES, Journal};
use assay_codec::Digest;
use assay_types::JobId;
use std::fs;

const GENESIS: Digest = Digest([3; 32]);

fn closed(number: u8) -> Entry {
    Entry::Closed { job: JobId(Digest([number; 32])) }
}

#[test]
fn entries_survive_and_a_torn_one_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let mut journal = Journal::open(&path, &GENESIS).unwrap();
    journal.append(closed(1)).unwrap();
    let one = fs::read(&path).unwrap();
    journal.append(closed(2)).unwrap();
    let two = fs::read(&path).unwrap();
    drop(journal);
    for end in one.len()..two.len() {
        fs::write(&path, &two[..end]).unwrap();
        let mut journal = Journal::open(&path, &GENESIS).unwrap();
        assert_eq!(journal.entries(), [closed(1)]);
        journal.append(closed(2)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), two);
    }
    fs::write(&path, [one.as_slice(), &[0; 77]].concat()).unwrap();
    assert_eq!(Journal::open(&path, &GENESIS).unwrap().entries(), [closed(1)]);
}

#[test]
fn no_byte_can_be_changed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let mut journal = Journal::open(&path, &GENESIS).unwrap();
    journal.append(closed(1)).unwrap();
    journal.append(closed(2)).unwrap();
    let bytes = fs::read(&path).unwrap();
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1;
        fs::write(&path, &other).unwrap();
        let got = Journal::open(&path, &GENESIS);
        match at {
            0..8 => assert!(matches!(got, Err(Error::Magic(_))), "{at}"),
            8..HEADER_BYTES => assert!(matches!(got, Err(Error::Genesis { .. })), "{at}"),
            _ => assert!(matches!(got, Err(Error::Damaged(_))), "{at}: {got:?}"),
        }
    }
}

#[test]
fn a_journal_belongs_to_one_chain() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    drop(Journal::open(&path, &GENESIS).unwrap());
    let got = Journal::open(&path, &Digest([4; 32]));
    assert!(matches!(got, Err(Error::Genesis { .. })), "{got:?}");
}
