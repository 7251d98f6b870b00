//! A chain that validators order, driven by hand: two folders that must always agree.

use super::world::{World, blobs, buyer, genesis, goods, owner};
use crate::block::tx_root;
use crate::snapshot::{Beginning, Unfit};
use crate::{Chain, Error, Produced, Proposal, Refusal, SubmitError};
use assay_codec::{from_bytes, to_bytes};
use assay_receipt::{ProofCheck, Receipt};
use assay_types::validators::{
    POSSESSION, POSSESSION_DST, Succession, VOTE_DST, VoteKey, VoteSignature,
};
use assay_types::{
    Address, BlobId, Blobs, Certificate, Event, Genesis, Header, Orderer, Parameters, Validator,
    Validators,
};
use blst::min_pk::{AggregateSignature, SecretKey};
use tempfile::TempDir;

fn secret(number: u8) -> SecretKey {
    SecretKey::key_gen(&[number; 32], &[]).unwrap()
}

pub(super) fn validator(number: u8) -> Validator {
    let public = secret(number).sk_to_pk().to_bytes();
    let message = [&[u8::try_from(POSSESSION.len()).unwrap()], POSSESSION, &public].concat();
    let possession = secret(number).sign(&message, POSSESSION_DST, &[]).to_bytes();
    Validator {
        network: [number; 32],
        vote: VoteKey::new(public).unwrap(),
        possession: VoteSignature(possession),
        payee: Address([number; 20]),
    }
}

fn ordered() -> Genesis {
    let one = genesis();
    let set = Validators::new((0..4).map(validator).collect()).unwrap();
    let parameters = Parameters { window_min: 8, ..*one.parameters() };
    let balances = one.balances().to_vec();
    Genesis::with(7, 1_000, Orderer::Validators(set), parameters, balances).unwrap()
}

/// Signs a header with the last three validators of its epoch, whose seeds are the bytes of their network keys.
pub(super) fn certify_in(succession: &Succession, header: &Header) -> Certificate {
    let epoch = succession.epoch(header.height);
    let set = succession.validators(epoch).unwrap().list();
    let signers = (0..set.len()).skip(set.len().saturating_sub(3));
    let mut certificate = Certificate {
        epoch,
        view: header.height.get(),
        parent_view: header.height.get() - 1,
        signers: signers.clone().map(|signer| u8::try_from(signer).unwrap()).collect(),
        signature: VoteSignature([0; 96]),
        descendants: Vec::new(),
    };
    let message = certificate.message(&header.genesis, &header.digest());
    let sign = |signer: usize| secret(set[signer].network[0]).sign(&message, VOTE_DST, &[]);
    let votes: Vec<_> = signers.map(sign).collect();
    let votes: Vec<_> = votes.iter().collect();
    let sum = AggregateSignature::aggregate(&votes, false).unwrap().to_signature();
    certificate.signature = VoteSignature(sum.to_bytes());
    certificate
}

/// Signs a header with the first three validators.
pub(super) fn certify(header: &Header, descendants: Vec<Header>) -> Certificate {
    let mut certificate = Certificate {
        epoch: 0,
        view: header.height.get(),
        parent_view: header.height.get() - 1,
        signers: vec![0, 1, 2],
        signature: VoteSignature([0; 96]),
        descendants,
    };
    let last = certificate.descendants.last().unwrap_or(header);
    let message = certificate.message(&header.genesis, &last.digest());
    let votes: Vec<_> = (0..3).map(|number| secret(number).sign(&message, VOTE_DST, &[])).collect();
    let votes: Vec<_> = votes.iter().collect();
    let sum = AggregateSignature::aggregate(&votes, false).unwrap().to_signature();
    certificate.signature = VoteSignature(sum.to_bytes());
    certificate
}

/// The chain of a leader, in a world that can sell, and that of a voter.
pub(super) struct Two {
    pub(super) world: World,
    pub(super) voter: Chain,
    _dir: TempDir,
}

impl Two {
    pub(super) fn new() -> Self {
        Self::of(&ordered())
    }

    pub(super) fn of(genesis: &Genesis) -> Self {
        let (own, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let chain = Chain::follow(own.path(), genesis).unwrap();
        let world = World { chain, goods: goods(), time_ms: 2_000, dir: own };
        let voter = Chain::follow(dir.path(), genesis).unwrap();
        Self { world, voter, _dir: dir }
    }

    pub(super) fn propose(&mut self) -> Proposal {
        self.world.time_ms += 1_000;
        let parent = self.world.chain.final_digest();
        self.world.chain.propose(&parent, self.world.time_ms).unwrap()
    }

    /// One block of what waits: proposed, sent, judged, certified, final in both folders.
    pub(super) fn block(&mut self) -> Produced {
        let sent = to_bytes(&self.propose());
        let proposal = Proposal::from_bytes(&sent).unwrap();
        self.voter.execute(&proposal).unwrap();
        let certificate = certify_in(self.world.chain.succession(), proposal.header());
        let produced = self.world.chain.finalize(&proposal, certificate.clone()).unwrap().unwrap();
        assert!(self.voter.finalize(&proposal, certificate).unwrap().is_some());
        assert_eq!(self.world.chain.state(), self.voter.state());
        assert_eq!((self.world.chain.candidates(), self.voter.candidates()), (0, 0));
        produced
    }

    /// A block in which everything that waits succeeds.
    pub(super) fn success(&mut self) {
        let waiting = self.world.chain.pending();
        let produced = self.block();
        assert_eq!((produced.results.len(), self.world.chain.pending()), (waiting, 0));
        for (_, result) in produced.results {
            assert_eq!(result.unwrap().failure, None);
        }
    }
}

#[test]
fn a_sale_among_validators_leaves_a_receipt_that_verifies() {
    let mut two = Two::new();
    let listing = two.world.listing();
    let publish = assay_types::tx::PublishDataset { listing };
    let dataset = assay_types::DatasetId::of(owner().address(), 0);
    two.world.submit(&owner(), publish, Blobs::new()).unwrap();
    two.success();
    two.world.submit_job(dataset);
    two.success();
    let job = assay_types::JobId::of(buyer().address(), 0);
    two.world.submit_true_model(job);
    two.success();
    two.world.submit_test();
    two.success();
    let (pass, proofs) = two.world.pass(job);
    two.world.submit(&owner(), pass, blobs(proofs)).unwrap();
    two.success();
    let key = two.world.goods.key;
    two.world.submit(&owner(), assay_types::tx::RevealKey { job, key }, Blobs::new()).unwrap();
    two.success();
    // The voter never saw the transactions but in blocks; it has the same evidence.
    for chain in [&two.world.chain, &two.voter] {
        let receipt = chain.receipt(&job).unwrap();
        let Event::Settled { sale, .. } = &receipt.history[4].event else { panic!("a sale") };
        let proof = chain.blob(&sale.accuracy_proof).unwrap().unwrap();
        let report =
            receipt.verify(&ordered(), Some(&proof), Some(&two.world.goods.table)).unwrap();
        assert_eq!((report.proof, report.job), (ProofCheck::Verified, job));
        let text = receipt.to_json().unwrap();
        assert_eq!(Receipt::parse(text.as_bytes()).unwrap(), receipt);
        assert!(receipt.verify(&genesis(), None, None).is_err());
        assert_eq!(chain.verifications(), 2);
    }
}

#[test]
fn fees_go_to_the_validators_in_turn() {
    let mut two = Two::new();
    for _ in 0..5 {
        let transfer = two.world.transfer(5);
        two.world.submit(&buyer(), transfer, Blobs::new()).unwrap();
        two.success();
    }
    let state = two.world.chain.state();
    let paid = [0, 1, 2, 3].map(|number| state.account(&Address([number; 20])).balance.get());
    // Blocks 1 to 5; half of each fee of 2 is burned.
    assert_eq!(paid, [1, 2, 1, 1]);
    let bytes = to_bytes(state);
    assert_eq!(from_bytes::<assay_ledger::State>(&bytes).unwrap(), *state);
}

#[test]
fn reopening_verifies_the_certificates() {
    let mut two = Two::new();
    let transfer = two.world.transfer(5);
    two.world.submit(&buyer(), transfer, Blobs::new()).unwrap();
    two.success();
    two.block();
    let (state, dir) = (two.world.chain.state().clone(), two.world.dir);
    drop(two.world.chain);
    let chain = Chain::follow(dir.path(), &ordered()).unwrap();
    assert_eq!(chain.state(), &state);
    drop(chain);
    assert!(matches!(Chain::follow(dir.path(), &genesis()), Err(Error::Genesis { .. })));
}

#[test]
fn two_proposals_compete_and_one_becomes_final() {
    let mut two = Two::new();
    let empty = two.propose();
    let transfer = two.world.transfer(5);
    two.world.submit(&buyer(), transfer, Blobs::new()).unwrap();
    let full = two.propose();
    assert_ne!(empty.digest(), full.digest());
    // Each has a child, and the empty one's child takes the transaction too.
    let first = two.world.chain.propose(&empty.digest(), 9_000).unwrap();
    let second = two.world.chain.propose(&full.digest(), 9_000).unwrap();
    assert_eq!((first.txs().len(), second.txs().len()), (1, 0));
    assert_eq!(two.world.chain.candidates(), 4);
    // A child is not judged before its parent is.
    let early = two.voter.execute(&second);
    assert!(matches!(early, Err(Refusal::Parent(parent)) if parent == full.digest()), "{early:?}");
    for proposal in [&empty, &full, &first, &second, &second] {
        two.voter.execute(proposal).unwrap();
    }
    // The child is certified, and its parent by it.
    let by_child = certify(full.header(), vec![*second.header()]);
    for chain in [&mut two.world.chain, &mut two.voter] {
        assert!(chain.finalize(&full, by_child.clone()).unwrap().is_some());
        assert!(chain.finalize(&full, by_child.clone()).unwrap().is_none());
        assert_eq!((chain.candidates(), chain.pending()), (2, 0));
        // What has lost is invalid for ever; so is what builds on it.
        assert!(matches!(chain.execute(&empty), Err(Refusal::Late(_))));
        chain.execute(&full).unwrap();
        let lost = chain.finalize(&empty, certify(empty.header(), Vec::new()));
        assert!(matches!(lost, Err(Error::Corrupt(_))), "{lost:?}");
        assert!(chain.finalize(&second, certify(second.header(), Vec::new())).unwrap().is_some());
    }
    assert_eq!(two.world.chain.state(), two.voter.state());
}

#[test]
fn what_a_leader_makes_up_is_refused() {
    let mut two = Two::new();
    let transfer = two.world.transfer(5);
    two.world.submit(&buyer(), transfer, Blobs::new()).unwrap();
    let good = two.propose();
    let with = |change: &dyn Fn(&mut Header)| {
        let mut header = *good.header();
        change(&mut header);
        Proposal::new(header, good.txs().to_vec(), good.blobs().clone()).unwrap()
    };
    let changes: [&dyn Fn(&mut Header); 4] = [
        &|header| header.state_root.0[0] ^= 1,
        &|header| header.log_root.0[0] ^= 1,
        &|header| header.height = assay_types::Height::new(2),
        &|header| header.genesis.0[0] ^= 1,
    ];
    for change in changes {
        let got = two.voter.execute(&with(change));
        assert!(matches!(got, Err(Refusal::Header)), "{got:?}");
    }
    let past = two.voter.execute(&with(&|header| header.time_ms = 1));
    assert!(matches!(past, Err(Refusal::Time { previous: 1_000, got: 1 })), "{past:?}");
    // A transaction that nobody signed, and one that comes twice.
    let mut forged = good.txs()[0].clone();
    forged.tx.max_fee = assay_types::Amount::new(99);
    for txs in [vec![forged], vec![good.txs()[0].clone(); 2]] {
        let header = Header { tx_root: tx_root(&txs), ..*good.header() };
        let index = txs.len() - 1;
        let got = two.voter.execute(&Proposal::new(header, txs, Blobs::new()).unwrap());
        assert!(
            matches!(got, Err(Refusal::Transaction { index: at, .. }) if at == index),
            "{got:?}"
        );
    }
    assert_eq!(two.voter.candidates(), 0);
    two.voter.execute(&good).unwrap();
}

#[test]
fn a_proposal_is_what_its_header_names() {
    let mut two = Two::new();
    let transfer = two.world.transfer(5);
    two.world.submit(&buyer(), transfer, Blobs::new()).unwrap();
    let good = two.propose();
    let header = *good.header();
    let rows = blobs([two.world.goods.table_blob()]);
    let named = "the blobs are not those that the transactions name";
    assert_eq!(Proposal::new(header, good.txs().to_vec(), rows), Err(named));
    let others = "the transactions are not those of the header";
    assert_eq!(Proposal::new(header, Vec::new(), Blobs::new()), Err(others));
    let version = Header { version: 9, ..header };
    assert!(Proposal::new(version, good.txs().to_vec(), Blobs::new()).is_err());
    let bytes = to_bytes(&good);
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1;
        // Whatever decodes has another name: no byte can be changed under it.
        let is_another = |other: Proposal| other.digest() != good.digest();
        assert!(Proposal::from_bytes(&other).map_or(true, is_another));
    }
}

#[test]
fn blobs_travel_with_every_proposal_that_names_them() {
    let mut two = Two::new();
    let listing = two.world.listing();
    let dataset = assay_types::DatasetId::of(owner().address(), 0);
    let publish = assay_types::tx::PublishDataset { listing };
    two.world.submit(&owner(), publish, Blobs::new()).unwrap();
    two.success();
    two.world.submit_job(dataset);
    two.success();
    let job = assay_types::JobId::of(buyer().address(), 0);
    two.world.submit_true_model(job);
    two.success();
    two.world.submit_test();
    // Not final, but judged: the next block's evidence finds the rows in the one before.
    let opened = two.propose();
    let rows = BlobId::of(&two.world.goods.table_blob());
    assert!(opened.blobs().get(&rows).is_some());
    two.voter.execute(&opened).unwrap();
    let next = two.world.chain.propose(&opened.digest(), 60_000).unwrap();
    assert!(next.txs().is_empty() && next.blobs().is_empty());
    for chain in [&mut two.world.chain, &mut two.voter] {
        chain.finalize(&opened, certify(opened.header(), Vec::new())).unwrap();
        assert!(chain.blob(&rows).unwrap().is_some());
    }
    // A false proof is charged, on both sides alike.
    let (miss, proof) = two.world.false_miss(job);
    two.world.submit(&owner(), miss, blobs([proof])).unwrap();
    let produced = two.block();
    assert!(produced.results[0].1.as_ref().unwrap().failure.is_some());
    assert_eq!(two.voter.verifications(), 1);
}

#[test]
fn too_few_signers_make_nothing_final() {
    let mut two = Two::new();
    let proposal = two.propose();
    let mut certificate = certify(proposal.header(), Vec::new());
    certificate.signers.pop();
    let got = two.voter.finalize(&proposal, certificate);
    assert!(matches!(got, Err(Error::Corrupt(_))), "{got:?}");
    assert_eq!(two.voter.height().get(), 0);
}

#[test]
fn neither_an_authority_nor_a_proposal_goes_with_the_other() {
    let mut two = Two::new();
    assert!(matches!(two.world.chain.produce(5_000), Err(Error::Orderer)));
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Chain::follow(dir.path(), &genesis()), Err(Error::Orderer)));
    let wallet = super::world::wallet(dir.path());
    let other = tempfile::tempdir().unwrap();
    assert!(matches!(Chain::open(other.path(), &ordered(), wallet), Err(Error::Orderer)));
}

#[test]
fn what_fits_into_no_block_is_not_taken() {
    let mut two = Two::new();
    let mut sold = World::new();
    let job = sold.tested();
    let (mut pass, _) = sold.pass(job);
    let parts: Vec<_> = (0..3).map(|part| vec![part; 3 << 20]).collect();
    let ids: Vec<_> = parts.iter().map(|part| BlobId::of(part)).collect();
    (pass.accuracy_proof, pass.delivery_proof, pass.ciphertext) = (ids[0], ids[1], ids[2]);
    let got = two.world.submit(&owner(), pass, blobs(parts));
    assert!(matches!(got, Err(SubmitError::TooLarge { .. })), "{got:?}");
}

/// Validators go on from the certificate of a snapshot's block, so it must have one of its own.
#[test]
fn a_state_is_handed_out_after_a_block_that_was_certified_itself() {
    let mut two = Two::new();
    let first = two.propose();
    let chain = &mut two.world.chain;
    let second = chain.propose(&first.digest(), 60_000).unwrap();
    chain.finalize(&first, certify(first.header(), vec![*second.header()])).unwrap();
    assert_eq!(chain.snapshot(), None);
    let certified = chain.certified(chain.height()).unwrap().unwrap();
    let (head, roots) = (chain.state().head(), chain.state().roots());
    let indirect = Beginning { certified, head, roots };
    assert!(matches!(indirect.check(chain.succession()), Err(Unfit::Indirect(_))));
    chain.finalize(&second, certify(second.header(), Vec::new())).unwrap();
    let beginning = chain.snapshot().unwrap();
    assert_eq!(beginning.height(), chain.height());
    assert!(beginning.check(chain.succession()).is_ok());
}
