//! What a checkpoint forbids to those who have the keys of validators that have left.

use crate::succession::{Told, after, certified, genesis, header, told};
use assay_codec::{Digest, from_bytes, to_bytes};
use assay_types::header::Rejection as HeaderRejection;
use assay_types::validators::succession::{Foreign, Rejection};
use assay_types::validators::{Change, Checkpoint, HANDOVERS_MAX, Succession};
use assay_types::{Certified, Finality, Header, Height};

/// The block of the checkpoint: of epoch 2, after one change.
const HEIGHT: u64 = 9;

fn block() -> Header {
    header(HEIGHT, Digest([1; 32]))
}

fn change(of: &Told) -> Change {
    Change { epoch: of.epoch, tip: of.entry().digest() }
}

fn checkpoint() -> Checkpoint {
    let [first, _] = told();
    let height = Height::new(HEIGHT);
    Checkpoint::new(genesis().digest(), height, block().digest(), vec![change(&first)]).unwrap()
}

fn since(checkpoint: &Checkpoint) -> Succession {
    Succession::since(&genesis(), checkpoint).unwrap()
}

/// By whoever trusts the checkpoint, after so many of the handovers that happened.
fn trusting(count: usize) -> Succession {
    let mut succession = since(&checkpoint());
    told().iter().take(count).for_each(|told| succession.follow(&told.handover()).unwrap());
    succession
}

/// Followed by who knows the genesis alone, and not by who trusts the checkpoint.
#[track_caller]
fn forged(count: usize, told: &Told) {
    assert_eq!(after(count).follow(&told.handover()), Ok(()));
    let mut succession = trusting(count);
    assert_eq!(succession.follow(&told.handover()), Err(Rejection::Checkpoint));
    assert_eq!(succession.seat(&told.entry()), Err(Rejection::Checkpoint));
    assert_eq!(succession, trusting(count));
}

#[test]
fn it_is_made_of_what_was_followed() {
    assert_eq!(after(1).checkpoint(&block()), Ok(checkpoint()));
    // Of later changes it says nothing; the block may be the last one of its epoch.
    assert_eq!(after(2).checkpoint(&block()), Ok(checkpoint()));
    let [first, second] = told();
    let last = after(2).checkpoint(&header(second.height, Digest([1; 32]))).unwrap();
    assert_eq!(last.changes(), [change(&first)]);
    let next = after(2).checkpoint(&header(second.height + 1, Digest([1; 32]))).unwrap();
    assert_eq!(next.changes(), [change(&first), change(&second)]);
}

/// A change is in the state as soon as its block is, before its epoch begins.
#[test]
fn a_state_counts_a_change_from_its_block_on() {
    let [first, second] = told().map(|told| told.entry().digest());
    let at = |height| after(2).tip_at(Height::new(height));
    let expected = [(0, Digest::default()), (1, first), (1, first), (2, second), (2, second)];
    assert_eq!([2, 3, 10, 11, u64::MAX].map(at), expected);
}

#[test]
fn the_changes_that_happened_are_followed() {
    let succession = trusting(2);
    assert_eq!(succession.tip(), after(2).tip());
    let at = |height, epoch, seeds: &[u8]| {
        succession.verify(&certified(header(height, Digest([1; 32])), epoch, seeds))
    };
    assert_eq!(at(2, 0, &[1, 2, 3]), Ok(()));
    assert_eq!(at(5, 1, &[2, 3, 4, 5]), Ok(()));
    assert_eq!(trusting(1).verify(&certified(block(), 2, &[2, 3, 4, 5])), Ok(()));
}

/// Old keys seat others, at another time, or once more than it happened.
#[test]
fn no_other_change_is_followed_up_to_its_epoch() {
    let [first, second] = told();
    forged(0, &Told { next: vec![2, 3, 4, 6], ..first.clone() });
    let later = Told { height: 7, epoch: 2, signed_in: 1, ..first.clone() };
    forged(0, &later);
    let beyond = Told { height: 11, epoch: 3, signed_in: 2, ..first };
    forged(0, &beyond);
    let once_more = Told { height: 7, epoch: 2, signed_in: 1, ..second };
    forged(1, &once_more);
}

/// As if those of the genesis were in office still.
#[test]
fn no_header_is_final_before_the_changes_are_known() {
    for (height, epoch) in [(4, 1), (HEIGHT, 2), (100, 25)] {
        let old = certified(header(height, Digest([1; 32])), epoch, &[1, 2, 3, 4]);
        assert_eq!(after(0).verify(&old), Ok(()));
        assert_eq!(trusting(0).verify(&old), Err(HeaderRejection::Missing { known: 0 }));
    }
    let early = certified(header(3, Digest([1; 32])), 0, &[1, 2, 3, 4]);
    assert_eq!(trusting(0).verify(&early), Ok(()));
}

#[test]
fn its_block_and_the_next_one_are_no_others() {
    let other = Err(HeaderRejection::Checkpoint { height: Height::new(HEIGHT) });
    let by = |header| certified(header, 2, &[2, 3, 4, 5]);
    let forged = by(header(HEIGHT, Digest([2; 32])));
    assert_eq!((after(1).verify(&forged), trusting(1).verify(&forged)), (Ok(()), other));
    let next = |parent| Header { parent, ..header(HEIGHT + 1, Digest([3; 32])) };
    assert_eq!(trusting(1).verify(&by(next(block().digest()))), Ok(()));
    let orphan = by(next(Digest([4; 32])));
    assert_eq!((after(1).verify(&orphan), trusting(1).verify(&orphan)), (Ok(()), other));
    // Nor where they make another block final.
    let parent = header(HEIGHT - 1, Digest([5; 32]));
    let child = Header { parent: parent.digest(), ..header(HEIGHT, Digest([2; 32])) };
    let Certified { finality, .. } = by(child);
    let Finality::Validators(mut certificate) = finality else { unreachable!() };
    certificate.descendants = vec![child];
    let through = Certified { header: parent, finality: Finality::Validators(certificate) };
    assert_eq!((after(1).verify(&through), trusting(1).verify(&through)), (Ok(()), other));
}

#[test]
fn it_is_about_one_chain() {
    let (expected, got) = (genesis().digest(), Digest([9; 32]));
    let other = Checkpoint::new(got, Height::new(1), Digest([1; 32]), Vec::new()).unwrap();
    assert_eq!(Succession::since(&genesis(), &other), Err(Foreign { expected, got }));
}

#[test]
fn its_epochs_rise() {
    let tip = Digest([1; 32]);
    let with = |epochs: &[u64]| {
        let changes = epochs.iter().map(|epoch| Change { epoch: *epoch, tip }).collect();
        Checkpoint::new(tip, Height::new(1), tip, changes)
    };
    for epochs in [&[0][..], &[1, 1], &[2, 1], &[1, 3, 2]] {
        assert_eq!(with(epochs), Err("the epochs of a checkpoint rise, from one on"));
    }
    assert!(with(&[]).is_ok() && with(&[1, 2, u64::MAX]).is_ok());
    let many: Vec<_> = (1..=u64::try_from(HANDOVERS_MAX).unwrap() + 1).collect();
    assert!(with(&many[1..]).is_ok());
    assert_eq!(with(&many), Err("a checkpoint has at most 65536 changes of validators"));
}

/// Whatever is changed is another checkpoint, or none.
#[test]
fn every_byte_counts() {
    let whole = checkpoint();
    let bytes = to_bytes(&whole);
    assert_eq!(from_bytes(&bytes).as_ref(), Ok(&whole));
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(other) = from_bytes::<Checkpoint>(&changed) {
            assert_eq!(to_bytes(&other), changed);
            assert_ne!((&other, other.digest()), (&whole, whole.digest()));
        }
    }
    assert!((0..bytes.len()).all(|len| from_bytes::<Checkpoint>(&bytes[..len]).is_err()));
}
