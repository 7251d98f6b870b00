//! Proofs that are verified elsewhere: the verdict is the same, and what can be refused without them is.

use super::validators::{Two, certify};
use super::world::{World, blobs, buyer, owner};
use crate::{Answer, Chain, Refusal, SubmitError, Verification};
use assay_ledger::Rejection;
use assay_types::{BlobId, Blobs, JobId, SignedTx};

/// Verifies, as a thread elsewhere would.
fn answers(unverified: &[Verification]) -> Vec<Answer> {
    unverified.iter().map(Verification::answer).collect()
}

#[test]
fn what_was_verified_elsewhere_is_not_verified_again() {
    let mut world = World::new();
    let job = world.tested();
    let (pass, proofs) = world.pass(job);
    let (signed, proofs) = (world.sign(&owner(), pass), blobs(proofs));
    let before = world.chain.state().clone();
    let unverified = world.chain.unverified(&signed, &proofs).unwrap();
    assert_eq!((unverified.len(), world.chain.pending()), (2, 0));
    assert_eq!(*world.chain.state(), before);
    let found = answers(&unverified);
    assert!(found.iter().all(Answer::holds));
    world.chain.learn(found);
    assert!(world.chain.unverified(&signed, &proofs).unwrap().is_empty());
    world.chain.submit(signed, proofs).unwrap();
    let produced = world.produce().unwrap();
    assert_eq!(produced.results[0].1.as_ref().unwrap().failure, None);
    assert_eq!((world.chain.verifications(), world.chain.verifications_in_place()), (2, 0));
    world.reveal(job);
    world.chain.receipt(&job).unwrap();
}

#[test]
fn a_proof_that_nobody_has_looked_at_is_verified_in_place() {
    let mut world = World::new();
    let job = world.tested();
    let (pass, proofs) = world.pass(job);
    let (signed, proofs) = (world.sign(&owner(), pass), blobs(proofs));
    let unverified = world.chain.unverified(&signed, &proofs).unwrap();
    // One of the two answers has got lost.
    world.chain.learn(answers(&unverified[..1]));
    world.chain.submit(signed, proofs).unwrap();
    let produced = world.produce().unwrap();
    assert_eq!(produced.results[0].1.as_ref().unwrap().failure, None);
    assert_eq!((world.chain.verifications(), world.chain.verifications_in_place()), (2, 1));
}

#[test]
fn a_false_proof_that_was_verified_elsewhere_is_charged() {
    let mut world = World::new();
    let job = world.tested();
    let before = world.balance(&owner());
    let (miss, proof) = world.false_miss(job);
    let (signed, proof) = (world.sign(&owner(), miss), blobs([proof]));
    let found = answers(&world.chain.unverified(&signed, &proof).unwrap());
    assert_eq!(found.iter().map(Answer::holds).collect::<Vec<_>>(), [false]);
    world.chain.learn(found);
    world.chain.submit(signed, proof).unwrap();
    assert!(world.produce().unwrap().results[0].1.as_ref().unwrap().failure.is_some());
    assert_eq!(world.balance(&owner()), before - 6);
    assert_eq!(world.chain.verifications_in_place(), 0);
}

/// Envelope, signature, stage, blobs: each is looked at before anybody is asked to verify.
#[test]
fn what_is_refused_without_a_proof_has_none_verified() {
    let mut world = World::new();
    let job = world.tested();
    let (miss, proof) = world.false_miss(job);
    let good = world.sign(&owner(), miss.clone());
    let signed = |change: &dyn Fn(&mut SignedTx)| {
        let mut signed = good.clone();
        change(&mut signed);
        signed.signature = owner().sign(&signed.tx.signing_digest(&world.chain.state().genesis()));
        signed
    };
    let mut forged = good.clone();
    forged.signature = world.sign(&buyer(), miss.clone()).signature;
    let refused = [
        signed(&|signed| signed.tx.nonce += 1),
        signed(&|signed| signed.tx.max_fee = assay_types::Amount::new(1)),
        signed(&|signed| signed.tx.valid_until = assay_types::Height::new(0)),
        world.sign(&buyer(), miss.clone()),
        forged,
    ];
    let proof = blobs([proof]);
    for signed in &refused {
        let got = world.chain.unverified(signed, &proof);
        assert!(matches!(got, Err(SubmitError::Rejected(_))), "{got:?}");
    }
    let absent = world.chain.unverified(&good, &Blobs::new());
    assert!(matches!(absent, Err(SubmitError::Rejected(Rejection::Envelope(_)))), "{absent:?}");
    let strange = world.chain.unverified(&good, &blobs([vec![1]]));
    assert!(matches!(strange, Err(SubmitError::UnnamedBlob(_))), "{strange:?}");
    assert_eq!(world.chain.unverified(&good, &proof).unwrap().len(), 1);
    assert_eq!(world.chain.verifications(), 0);
}

impl Two {
    /// Both chains up to the open test set of one job.
    fn tested(&mut self) -> JobId {
        let listing = self.world.listing();
        let publish = assay_types::tx::PublishDataset { listing };
        let dataset = assay_types::DatasetId::of(owner().address(), 0);
        self.world.submit(&owner(), publish, Blobs::new()).unwrap();
        self.success();
        self.world.submit_job(dataset);
        self.success();
        let job = JobId::of(buyer().address(), 0);
        self.world.submit_true_model(job);
        self.success();
        self.world.submit_test();
        self.success();
        job
    }

    fn in_place(&self) -> u64 {
        self.voter.verifications_in_place()
    }
}

#[test]
fn a_voter_that_learns_votes_as_one_that_verifies() {
    for learns in [0, 1, 2] {
        let mut two = Two::new();
        let job = two.tested();
        let (pass, proofs) = two.world.pass(job);
        two.world.submit(&owner(), pass, blobs(proofs)).unwrap();
        let proposal = two.propose();
        let unverified = two.voter.unverified_in(&proposal).unwrap();
        assert_eq!(unverified.len(), 2);
        assert_eq!((two.voter.candidates(), two.in_place()), (0, 0));
        two.voter.learn(answers(&unverified[..learns]));
        two.voter.execute(&proposal).unwrap();
        assert_eq!(two.in_place(), 2 - learns as u64);
        assert!(two.voter.unverified_in(&proposal).unwrap().is_empty());
        let certificate = certify(proposal.header(), Vec::new());
        two.voter.finalize(&proposal, certificate).unwrap().unwrap();
        assert_eq!(two.in_place(), 2 - learns as u64);
    }
}

/// The second proof is true of a job that the first, which is false, would have ended: it is found and verified only
/// by who executes the proposal, and the verdict is the same.
#[test]
fn what_comes_after_a_false_proof_is_executed_as_it_is() {
    let mut two = Two::new();
    let job = two.tested();
    let (miss, proof) = two.world.false_miss(job);
    let (pass, proofs) = two.world.pass(job);
    let first = two.world.sign(&owner(), miss);
    let mut second = two.world.sign(&owner(), pass);
    second.tx.nonce += 1;
    second.signature = owner().sign(&second.tx.signing_digest(&two.world.chain.state().genesis()));
    two.world.chain.submit(first, blobs([proof])).unwrap();
    two.world.chain.submit(second, blobs(proofs)).unwrap();
    let proposal = two.propose();
    assert_eq!(proposal.txs().len(), 2);
    let unverified = two.voter.unverified_in(&proposal).unwrap();
    assert_eq!(unverified.len(), 1);
    two.voter.learn(answers(&unverified));
    two.voter.execute(&proposal).unwrap();
    assert_eq!((two.voter.verifications(), two.in_place()), (3, 2));
}

#[test]
fn a_proposal_that_is_none_has_nothing_to_verify() {
    let mut two = Two::new();
    let job = two.tested();
    let (miss, proof) = two.world.false_miss(job);
    let id = BlobId::of(&proof);
    two.world.submit(&owner(), miss, blobs([proof])).unwrap();
    let good = two.propose();
    assert!(good.blobs().get(&id).is_some());
    // A parent that is not known here, and a transaction that nobody has signed.
    let header = assay_types::Header { parent: assay_codec::Digest([9; 32]), ..*good.header() };
    let orphan = crate::Proposal::new(header, good.txs().to_vec(), good.blobs().clone()).unwrap();
    let mut txs = good.txs().to_vec();
    txs[0].tx.max_fee = assay_types::Amount::new(99);
    let tx_root = crate::block::tx_root(&txs);
    let header = assay_types::Header { tx_root, ..*good.header() };
    let forged = crate::Proposal::new(header, txs, good.blobs().clone()).unwrap();
    let unverified = |chain: &Chain, proposal| chain.unverified_in(proposal).unwrap().len();
    assert_eq!([&good, &orphan, &forged].map(|it| unverified(&two.voter, it)), [1, 0, 0]);
    assert!(matches!(two.voter.execute(&orphan), Err(Refusal::Parent(_))));
    assert!(matches!(two.voter.execute(&forged), Err(Refusal::Transaction { index: 0, .. })));
    assert_eq!(two.voter.verifications(), 0);
}
