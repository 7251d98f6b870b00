//! What is taken, what is refused, and who pays.

use super::world::{World, blobs, buyer, open, owner};
use crate::SubmitError;
use assay_ledger::Rejection;
use assay_types::tx::Transfer;
use assay_types::{Amount, BLOB_BYTES_MAX, BlobId, Blobs, Height, Signature, Topic};

#[test]
fn what_was_not_produced_is_gone() {
    let mut world = World::new();
    let transfer = world.transfer(5);
    world.submit(&buyer(), transfer, Blobs::new()).unwrap();
    assert_eq!(world.chain.pending(), 1);
    let World { chain, dir, .. } = world;
    drop(chain);
    let chain = open(dir.path()).unwrap();
    assert_eq!((chain.pending(), chain.height()), (0, Height::new(0)));
}

/// The blob and the block that brings it are one write: before it, there is neither.
#[test]
fn a_blob_is_not_there_before_its_block() {
    let mut world = World::new();
    let job = world.tested();
    let (miss, proof) = world.false_miss(job);
    let id = miss.proof;
    world.submit(&owner(), miss, blobs([proof])).unwrap();
    assert_eq!(world.chain.blob(&id).unwrap(), None);
    let World { chain, dir, .. } = world;
    drop(chain);
    assert_eq!(open(dir.path()).unwrap().blob(&id).unwrap(), None);
}

#[test]
fn a_transaction_is_checked_after_those_that_wait_before_it() {
    let mut world = World::new();
    let transfer = world.transfer(9_990);
    let first = world.sign(&buyer(), transfer);
    let mut second = first.clone();
    second.tx.nonce += 1;
    second.signature = buyer().sign(&second.tx.signing_digest(&world.chain.state().genesis()));
    let early = world.chain.submit(second.clone(), Blobs::new());
    assert!(matches!(early, Err(SubmitError::Rejected(Rejection::Envelope(_)))), "{early:?}");
    world.chain.submit(first.clone(), Blobs::new()).unwrap();
    let twice = world.chain.submit(first, Blobs::new());
    assert!(matches!(twice, Err(SubmitError::Rejected(Rejection::Envelope(_)))), "{twice:?}");
    // The nonce is right now, the money is not.
    let poor = world.chain.submit(second, Blobs::new());
    assert!(matches!(poor, Err(SubmitError::Rejected(Rejection::Account(_)))), "{poor:?}");
    assert_eq!(world.produce().unwrap().results.len(), 1);
}

#[test]
fn a_foreign_signature_is_refused() {
    let mut world = World::new();
    let transfer = world.transfer(5);
    let mut signed = world.sign(&buyer(), transfer);
    signed.signature = owner().sign(&signed.tx.signing_digest(&world.chain.state().genesis()));
    let got = world.chain.submit(signed.clone(), Blobs::new());
    assert!(matches!(got, Err(SubmitError::Rejected(_))), "{got:?}");
    let mut bytes = *world.sign(&buyer(), transfer).signature.as_bytes();
    bytes[..32].fill(0);
    signed.signature = Signature::new(bytes).unwrap();
    assert!(world.chain.submit(signed, Blobs::new()).is_err());
    assert_eq!(world.chain.pending(), 0);
}

#[test]
fn a_blob_that_is_not_named_is_refused() {
    let mut world = World::new();
    let transfer = world.transfer(5);
    let got = world.submit(&buyer(), transfer, blobs([vec![1]]));
    let id = BlobId::of(&[1]);
    assert!(matches!(got, Err(SubmitError::UnnamedBlob(blob)) if blob == id), "{got:?}");
}

#[test]
fn a_blob_that_is_named_must_come_along() {
    let mut world = World::new();
    let job = world.tested();
    let (miss, _) = world.false_miss(job);
    let got = world.submit(&owner(), miss, Blobs::new());
    assert!(matches!(got, Err(SubmitError::Rejected(_))), "{got:?}");
    assert_eq!(world.chain.verifications(), 0);
}

#[test]
fn a_false_proof_is_charged_and_verified_once() {
    let mut world = World::new();
    let job = world.tested();
    let before = world.balance(&owner());
    for round in 1..=3 {
        let (miss, proof) = world.false_miss(job);
        world.submit(&owner(), miss, blobs([proof])).unwrap();
        let produced = world.produce().unwrap();
        let outcome = produced.results[0].1.as_ref().unwrap();
        assert!(outcome.failure.is_some());
        // Two for the transaction, three for the proof, one for the blob.
        assert_eq!(world.balance(&owner()), before - 6 * round);
    }
    assert_eq!(world.chain.verifications(), 1);
    assert_eq!(world.chain.history(&Topic::Job(job), 0).unwrap().len(), 3);
}

/// Verification is asked for after everything cheap: a stranger's proof costs nothing but a look.
#[test]
fn the_proof_of_a_stranger_is_not_verified() {
    let mut world = World::new();
    let job = world.tested();
    let (miss, proof) = world.false_miss(job);
    let got = world.submit(&buyer(), miss, blobs([proof]));
    assert!(matches!(got, Err(SubmitError::Rejected(Rejection::Job(_)))), "{got:?}");
    assert_eq!(world.chain.verifications(), 0);
}

#[test]
fn the_queue_is_bounded() {
    let mut world = World::new();
    let transfer = world.transfer(0);
    let first = world.sign(&buyer(), transfer);
    let genesis = world.chain.state().genesis();
    for nonce in 0..crate::TXS_MAX as u64 {
        let mut signed = first.clone();
        signed.tx.nonce = nonce;
        signed.signature = buyer().sign(&signed.tx.signing_digest(&genesis));
        world.chain.submit(signed, Blobs::new()).unwrap();
    }
    let transfer = Transfer { to: buyer().address(), amount: Amount::new(1) };
    let got = world.submit(&owner(), transfer, Blobs::new());
    assert!(matches!(got, Err(SubmitError::Full)), "{got:?}");
    assert_eq!(world.produce().unwrap().results.len(), crate::TXS_MAX);
    world.submit(&owner(), transfer, Blobs::new()).unwrap();
}

#[test]
fn bytes_that_are_no_table_are_refused() {
    let mut world = World::new();
    let dataset = world.publish();
    let job = world.open_job(dataset, 1, [8; 32]);
    world.commit_model(job);
    let rows = world.goods.table_blob();
    let (mut longer, mut huge) = (rows.clone(), rows.clone());
    longer.push(0);
    huge.resize(BLOB_BYTES_MAX, 0);
    for wrong in [Vec::new(), rows[1..].to_vec(), rows[..rows.len() - 1].to_vec(), longer, huge] {
        let action = assay_types::tx::OpenTest { job, table: BlobId::of(&wrong), salt: [8; 32] };
        let got = world.submit(&buyer(), action, blobs([wrong]));
        assert!(matches!(got, Err(SubmitError::Rejected(Rejection::Job(_)))), "{got:?}");
    }
    world.open_test(job, [8; 32]);
}
