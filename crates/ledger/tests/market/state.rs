//! The state's root and proofs, over the sale of `setting`, and the state entry by entry.

use crate::setting::*;
use assay_codec::{from_bytes, to_bytes};
use assay_ledger::{Account, Changed, Misplaced, State, apply, check};
use assay_types::state::{Kind, Proof, Rejection, verify, verify_head};
use assay_types::tx::{PublishDataset, Transfer};
use assay_types::{Address, Amount, DatasetId};

/// A market in which something has happened, and the one before.
fn markets() -> (State, State) {
    let before = market();
    let mut after = before.clone();
    after.open_block(after.time_ms() + 1).unwrap();
    let actions: [assay_types::Action; 2] = [
        Transfer { to: Address([0x55; 20]), amount: Amount::new(7) }.into(),
        PublishDataset { listing: listing(linear(), 70) }.into(),
    ];
    for action in actions {
        let signed = signed(&after, tx(&after, OWNER, action));
        apply(&check(signed, &after, &crate::oracle::Oracle).unwrap(), &mut after).unwrap();
    }
    (before, after)
}

#[test]
fn every_entry_is_proven_and_what_is_not_there_too() {
    let (before, after) = markets();
    let root = after.close_block().unwrap();
    for Changed { kind, key, value } in after.changes(&after.emptied()) {
        let proven = after.prove(kind, &key).unwrap();
        assert_eq!(proven.value, value);
        assert_eq!(verify(&root, kind, &key, value.as_deref(), &proven.proof), Ok(()));
        assert_eq!(from_bytes::<Proof>(&to_bytes(&proven.proof)), Ok(proven.proof));
    }
    let (key, root) = (to_bytes(&Address([0x55; 20])), before.root());
    let absent = before.prove(Kind::Account, &key).unwrap();
    assert_eq!(absent.value, None);
    assert_eq!(verify(&root, Kind::Account, &key, None, &absent.proof), Ok(()));
    assert!(before.prove(Kind::Account, &key[1..]).is_err());
}

#[test]
fn a_proof_holds_for_one_state_kind_key_and_value() {
    let (before, after) = markets();
    let root = after.root();
    let (key, dataset) = (to_bytes(&OWNER), to_bytes(&DatasetId::of(OWNER, 1)));
    let proven = after.prove(Kind::Account, &key).unwrap();
    let check = |root, kind, key: &[u8], value: Option<&[u8]>| {
        verify(&root, kind, key, value, &proven.proof)
    };
    let value = proven.value.as_deref();
    assert_eq!(check(root, Kind::Account, &key, value), Ok(()));
    assert!(matches!(
        check(before.root(), Kind::Account, &key, value),
        Err(Rejection::Roots { .. })
    ));
    for (kind, key, value) in [
        (Kind::Listing, &key, value),
        (Kind::Account, &dataset, value),
        (Kind::Account, &key, None),
        (Kind::Account, &key, Some(to_bytes(&Account::default())).as_deref()),
    ] {
        assert!(matches!(check(root, kind, key, value), Err(Rejection::Map(_))));
    }
}

#[test]
fn no_byte_of_a_proof_can_be_changed() {
    let (_, after) = markets();
    let (root, key) = (after.root(), to_bytes(&OWNER));
    let proven = after.prove(Kind::Account, &key).unwrap();
    let bytes = to_bytes(&proven.proof);
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(proof) = from_bytes::<Proof>(&changed) {
            assert!(verify(&root, Kind::Account, &key, proven.value.as_deref(), &proof).is_err());
        }
    }
}

#[test]
fn the_scalars_are_proven_by_themselves() {
    let (before, after) = markets();
    assert_eq!(verify_head(&after.root(), &after.head(), &after.roots()), Ok(()));
    assert_eq!(verify_head(&after.root(), &before.head(), &after.roots()), Err(Rejection::Head));
    let other = verify_head(&after.root(), &before.head(), &before.roots());
    assert!(matches!(other, Err(Rejection::Roots { .. })));
}

#[test]
fn a_state_is_put_together_from_its_entries() {
    let (before, after) = markets();
    let entry = |changed: Changed| Ok((changed.kind, changed.key, changed.value.unwrap()));
    let all = |state: &State| state.changes(&state.emptied()).into_iter().map(entry);
    let again = State::from_entries::<Misplaced>(&after.head(), all(&after)).unwrap();
    assert_eq!((again.root(), &again), (after.root(), &after));
    // What one block has changed turns one state into the next.
    let changes = after.changes(&before);
    assert!(changes.len() < 9, "{}", changes.len());
    let old = all(&before).chain(changes.into_iter().map(entry));
    assert_eq!(State::from_entries::<Misplaced>(&after.head(), old).unwrap(), after);
}

#[test]
fn what_is_not_part_of_a_state_is_refused() {
    let (_, after) = markets();
    let head = after.head();
    let check = |head: &[u8], key: Vec<u8>, value: Vec<u8>, expected: &str| {
        let entries = [Ok((Kind::Account, key, value))];
        let got = State::from_entries::<Misplaced>(head, entries).unwrap_err();
        assert!(format!("{got:?}").starts_with(expected), "{got:?}");
    };
    let (key, value) = (to_bytes(&OWNER), to_bytes(&Account::default()));
    check(&head[1..], key.clone(), value.clone(), "Head");
    check(&[&head[..], &[0]].concat(), key.clone(), value.clone(), "Head");
    check(&head, key[1..].to_vec(), value.clone(), "Key");
    check(&head, key, value[1..].to_vec(), "Value");
}
