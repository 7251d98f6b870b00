//! Owners that try to be paid for something else than what they have proven. The ledger does not let them,
//! and an honest program goes on afterwards.

use crate::veiled::Veiled;
use crate::world::{World, parameters, table};
use assay_agent::{Act, Market, MarketError, Outside, Step};
use assay_codec::Digest;
use assay_ledger::job::StageName;
use assay_model::ops::tree::{NodeTable, bounds_for};
use assay_statements::accuracy::{self, Witness};
use assay_statements::commit::{Salt, commit};
use assay_statements::delivery;
use assay_types::statement::Accuracy;
use assay_types::tx::SubmitPass;
use assay_types::{Action, BlobId, Blobs, FieldDigest, JobId, SignedTx};

/// Rule 83: the statement is the one that the job demands. Rule 85: it is proven.
const STATEMENT: u16 = 83;
const FALSE_PROOF: u16 = 85;

/// Up to the open test set; then catches what the owner would send.
fn caught() -> (World, JobId, SubmitPass, Blobs) {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    for _ in 0..2 {
        world.step();
        world.produce();
    }
    let World { chain, owner, random, .. } = &mut world;
    let random = &mut |out: &mut [u8]| random.fill(out);
    let mut caught = None;
    let mut swallow = |_: &mut dyn Market, tx: SignedTx, blobs| {
        let digest = tx.digest();
        caught = Some((tx, blobs));
        Ok(digest)
    };
    let mut market = Veiled::new(chain.as_mut().unwrap(), &mut swallow);
    let mut out = Outside { market: &mut market, random, progress: &mut |_| () };
    let step = owner.as_mut().unwrap().next(&mut out).unwrap();
    assert!(matches!(step, Step::Did(Act::Passed { .. })), "{step:?}");
    let (tx, blobs) = caught.unwrap();
    let Action::SubmitPass(pass) = tx.tx.action else { panic!("a pass") };
    (world, job, *pass, blobs)
}

fn bytes(blobs: &Blobs, id: BlobId) -> Vec<u8> {
    blobs.get(&id).unwrap().to_vec()
}

fn collect(list: [Vec<u8>; 3]) -> Blobs {
    let mut blobs = Blobs::new();
    for bytes in list {
        blobs.insert(bytes).unwrap();
    }
    blobs
}

/// Signs as the owner, and hands in.
fn send(world: &mut World, action: impl Into<Action>, blobs: Blobs) -> Result<Digest, MarketError> {
    let owner = world.owner.as_ref().unwrap();
    let (from, genesis) = (owner.address(), world.genesis.clone());
    let market: &mut dyn Market = world.chain.as_mut().unwrap();
    let tx = assay_types::Tx {
        chain: genesis.chain(),
        from,
        nonce: market.account(&from).unwrap().nonce,
        valid_until: assay_types::Height::new(1_000),
        max_fee: assay_types::Amount::new(100),
        action: action.into(),
    };
    let signature = owner.wallet().keys().sign(&tx.signing_digest(&genesis.digest()));
    market.submit(SignedTx { tx, signature }, blobs)
}

/// The transaction is charged and fails; the honest owner then sells all the same.
#[track_caller]
fn check_charged(mut world: World, job: JobId, pass: SubmitPass, blobs: Blobs) {
    let [before, ..] = world.money();
    let digest = send(&mut world, pass, blobs).unwrap();
    world.produce();
    let owner = world.owner.as_ref().unwrap().address();
    let market: &dyn Market = world.chain.as_ref().unwrap();
    let nonce = market.account(&owner).unwrap().nonce - 1;
    let executed = market.executed(&owner, nonce).unwrap().unwrap();
    assert_eq!((executed.tx, executed.failure), (digest, Some(FALSE_PROOF)));
    assert_eq!(market.job(&job).unwrap().unwrap().stage.name(), StageName::Testing);
    assert!(world.money()[0] < before);
    world.run();
    assert!(world.acts.contains(&Act::Received { job }), "{:?}", world.acts);
}

#[test]
fn a_changed_ciphertext_is_not_accepted() {
    let (world, job, mut pass, blobs) = caught();
    let mut sealed = bytes(&blobs, pass.ciphertext);
    sealed[40] ^= 1;
    pass.delivery.ciphertext = delivery::ciphertext_digest(&sealed);
    pass.ciphertext = BlobId::of(&sealed);
    let proofs = [bytes(&blobs, pass.accuracy_proof), bytes(&blobs, pass.delivery_proof)];
    let [first, second] = proofs;
    check_charged(world, job, pass, collect([first, second, sealed]));
}

/// A better model than the one that was committed to, and a proof of its score.
fn other(statement: &Accuracy) -> (NodeTable, Salt, Accuracy, Vec<u8>) {
    let mut better = parameters();
    (better.seed, better.min_samples_leaf) = (7, 1);
    let tree = assay_train::train(&table("train"), &better).unwrap();
    let nodes = tree.to_table(bounds_for(&tree, 4, 31).unwrap()).unwrap();
    let salt = Salt(FieldDigest::new([5; 8]).unwrap());
    let mut statement = statement.clone();
    statement.model = commit(&nodes, &salt);
    statement.architecture = assay_model::Architecture::DecisionTree(nodes.bounds());
    let test = table("test");
    let witness = Witness { model: &nodes, salt: &salt, table: &test };
    let proof = accuracy::prove(&statement, &witness, [3; 32], &mut |_| ()).unwrap();
    (nodes, salt, statement, proof)
}

#[test]
fn the_proof_of_another_model_is_not_accepted() {
    let (world, job, mut pass, blobs) = caught();
    let (.., proof) = other(&pass.accuracy);
    pass.accuracy_proof = BlobId::of(&proof);
    let delivered = [bytes(&blobs, pass.delivery_proof), bytes(&blobs, pass.ciphertext)];
    let [second, sealed] = delivered;
    check_charged(world, job, pass, collect([proof, second, sealed]));
}

#[test]
fn the_statement_about_another_model_is_not_accepted() {
    let (mut world, job, mut pass, blobs) = caught();
    let (_, _, statement, proof) = other(&pass.accuracy);
    pass.accuracy = statement;
    pass.accuracy_proof = BlobId::of(&proof);
    let delivered = [bytes(&blobs, pass.delivery_proof), bytes(&blobs, pass.ciphertext)];
    let [second, sealed] = delivered;
    let got = send(&mut world, pass, collect([proof, second, sealed]));
    let Err(MarketError::Rejected(rejection)) = got else { panic!("{got:?}") };
    assert_eq!(rejection.code, STATEMENT);
    world.run();
    assert!(world.acts.contains(&Act::Received { job }));
}
