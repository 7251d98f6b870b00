//! A chain whose validators change: what shows that to others, and what does not.

use super::snapshot::From;
use super::validators::{Two, certify_in, validator};
use super::world::{blobs, buyer, genesis, owner};
use crate::snapshot::{Folder, RestoreError, Unfit, restore, write};
use crate::{Chain, Error};
use assay_codec::{from_bytes, to_bytes};
use assay_receipt::{Receipt, Rejection};
use assay_types::stake::{Endpoint, Founder, Founding, Registration, StakeRules};
use assay_types::tx::{Bond, PublishDataset, RevealKey, Unbond};
use assay_types::validators::{Handover, Succession, succession};
use assay_types::{
    Amount, Blobs, DatasetId, Genesis, Height, JobId, Parameters, Validator, Validators,
};

/// Blocks of an epoch: the first has the blocks 1 to 3.
const EPOCH_BLOCKS: u64 = 4;
const STAKE: Amount = Amount::new(1_000);

fn staked() -> Genesis {
    let one = genesis();
    let founder = |port| Founder {
        stake: STAKE,
        endpoint: Endpoint::new(([10, 0, 0, 1], port).into()).unwrap(),
    };
    let rules = StakeRules {
        stake_min: STAKE,
        unbonding_blocks: 100,
        reward_ppm: 0,
        epoch_blocks: EPOCH_BLOCKS,
        seats: 4,
    };
    let founding = Founding { rules, founders: (1..=4).map(founder).collect() };
    let set = Validators::new((0..4).map(validator).collect()).unwrap();
    let parameters = Parameters { window_min: 8, ..*one.parameters() };
    Genesis::staked(7, 1_000, set, founding, parameters, one.balances().to_vec()).unwrap()
}

/// The buyer stands behind validator 10, whose key is the highest: with a little more than the others it takes the place of
/// validator 3, from the second epoch on.
fn bond(two: &mut Two) {
    let Validator { network, vote, possession, .. } = validator(10);
    let endpoint = Endpoint::new(([10, 0, 0, 2], 1).into()).unwrap();
    let registration = Some(Registration { network, vote, possession, endpoint });
    let amount = Amount::new(STAKE.get() + 1);
    two.world.submit(&buyer(), Bond { amount, registration }, Blobs::new()).unwrap();
}

fn unbond(two: &mut Two) {
    let amount = Amount::new(STAKE.get() + 1);
    two.world.submit(&buyer(), Unbond { amount }, Blobs::new()).unwrap();
}

fn grow(two: &mut Two, height: u64) {
    while two.world.chain.height().get() < height {
        two.block();
    }
}

/// The first bytes of the network keys of those in office in an epoch.
fn set(chain: &Chain, epoch: u64) -> Vec<u8> {
    let set = chain.succession().validators(epoch).unwrap().list();
    set.iter().map(|one| one.network[0]).collect()
}

/// A listing of the first epoch, sold in the second.
fn sold() -> (Two, JobId) {
    let mut two = Two::of(&staked());
    let publish = PublishDataset { listing: two.world.listing() };
    two.world.submit(&owner(), publish, Blobs::new()).unwrap();
    two.success();
    two.world.submit_job(DatasetId::of(owner().address(), 0));
    two.success();
    let job = JobId::of(buyer().address(), 0);
    bond(&mut two);
    two.world.submit_true_model(job);
    // What is handed in before the last block of an epoch is in time.
    assert_eq!(two.world.chain.height().get(), 2);
    (two, job)
}

/// The rest of the sale.
fn settle(two: &mut Two, job: JobId) -> Receipt {
    two.success();
    two.world.submit_test();
    two.success();
    let (pass, proofs) = two.world.pass(job);
    two.world.submit(&owner(), pass, blobs(proofs)).unwrap();
    two.success();
    // One comes, in the fourth block after that in which it put its money at stake; and another epoch goes by.
    grow(two, 2 * EPOCH_BLOCKS);
    let key = two.world.goods.key;
    two.world.submit(&owner(), RevealKey { job, key }, Blobs::new()).unwrap();
    two.success();
    two.world.chain.receipt(&job).unwrap()
}

#[test]
fn a_receipt_after_a_change_verifies_with_the_genesis_alone() {
    let (mut two, job) = sold();
    let receipt = settle(&mut two, job);
    assert_eq!((set(&two.voter, 1), set(&two.voter, 2)), (vec![0, 1, 2, 3], vec![0, 1, 2, 10]));
    assert_eq!(two.voter.receipt(&job).unwrap(), receipt);
    assert_eq!(receipt.handovers.len(), 1);
    assert_eq!(receipt.handovers[0].entry.height, Height::new(2 * EPOCH_BLOCKS - 1));
    let report = receipt.verify(&staked(), None, Some(&two.world.goods.table)).unwrap();
    assert_eq!(report.job, job);
    assert!(receipt.verify(&genesis(), None, None).is_err());
    // Both forms.
    let (bytes, text) = (receipt.to_bytes(), receipt.to_json().unwrap());
    assert_eq!(&bytes[..8], b"assayrc2");
    assert_eq!(Receipt::parse(&bytes).unwrap(), receipt);
    assert_eq!(Receipt::parse(text.as_bytes()).unwrap(), receipt);
    assert!(text.contains("\"handovers\": ["));
    let lie = text.replace("\"seated\"", "\"settled\"");
    assert!(Receipt::parse(lie.as_bytes()).is_err());
}

/// What the receipts of each kind are told apart by.
#[test]
fn a_receipt_before_a_change_stays_what_it_is() {
    let (mut two, job) = sold();
    let receipt = settle(&mut two, job);
    let mut bare = receipt;
    bare.handovers.clear();
    let bytes = bare.to_bytes();
    assert_eq!(&bytes[..8], b"assayrc1");
    let mut second = bytes.clone();
    second[7] = b'2';
    assert!(Receipt::from_bytes(&second).is_err());
    second.extend_from_slice(&[0; 4]);
    assert!(Receipt::from_bytes(&second).is_err(), "it has no handovers");
    assert!(!bare.to_json().unwrap().contains("handovers"));
}

#[test]
fn each_way_of_showing_another_succession_is_refused() {
    let (mut two, job) = sold();
    let receipt = settle(&mut two, job);
    let end = two.world.chain.height().get();
    unbond(&mut two);
    grow(&mut two, end + EPOCH_BLOCKS);
    let [first, second] = two.world.chain.handovers(0).unwrap().try_into().unwrap();
    let with = |handovers: Vec<_>| Receipt { handovers, ..receipt.clone() };
    let check = |receipt: &Receipt| receipt.verify(&staked(), None, None).unwrap_err();
    // Missing: those who signed are none of the genesis.
    let got = check(&with(Vec::new()));
    assert!(matches!(got, Rejection::Header { entry: "settlement", .. }), "{got:?}");
    assert_eq!(got.code(), 4);
    // Skipped, out of order, twice, or from after the sale.
    let late = Rejection::Superfluous { index: 0 };
    assert_eq!(check(&with(vec![second.clone()])), late);
    let late = Rejection::Superfluous { index: 1 };
    assert_eq!(check(&with(vec![first.clone(), second])), late);
    assert_eq!(late.code(), 10);
    let entry = succession::Rejection::Entry;
    let twice = Rejection::Handover { index: 1, source: entry };
    assert_eq!(check(&with(vec![first.clone(), first.clone()])), twice);
    assert_eq!(twice.code(), 9);
    // Each byte.
    let bytes = to_bytes(&first);
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(other) = from_bytes(&changed) {
            assert!(with(vec![other]).verify(&staked(), None, None).is_err(), "byte {at}");
        }
    }
}

#[test]
fn a_change_outlives_the_process() {
    let (mut two, _) = sold();
    grow(&mut two, 2 * EPOCH_BLOCKS - 1);
    for _ in 0..2 {
        let (succession, dir) = (two.world.chain.succession().clone(), two.world.dir);
        drop(two.world.chain);
        let chain = Chain::follow(dir.path(), &staked()).unwrap();
        assert_eq!(chain.succession(), &succession);
        assert_eq!(set(&chain, 2), [0, 1, 2, 10]);
        two.world.chain = chain;
        two.world.dir = dir;
        two.block();
    }
}

/// Whoever begins with a state has the handovers up to it, and hands them on.
#[test]
fn a_chain_that_begins_later_knows_who_followed() {
    let (mut two, _) = sold();
    two.world.chain = two.world.chain.with_snapshots(1);
    // The last block of an epoch, in which others are seated, and one that they have certified.
    for height in [2 * EPOCH_BLOCKS - 1, 2 * EPOCH_BLOCKS + 2] {
        grow(&mut two, height);
        let source = &two.world.chain;
        let (dir, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut hiding = From::lying(source, Vec::clear);
        let got = restore(dir.path(), &staked(), &mut hiding).unwrap_err();
        assert!(matches!(got, RestoreError::Unfit(Unfit::Missing | Unfit::Header(_))), "{got:?}");
        let swap = |all: &mut Vec<Handover>| {
            all.iter_mut().for_each(|one| one.entry.sequence += 1);
        };
        let mut lying = From::lying(source, swap);
        let got = restore(dir.path(), &staked(), &mut lying).unwrap_err();
        assert!(matches!(got, RestoreError::Unfit(Unfit::Handover { index: 0, .. })), "{got:?}");
        // Nothing of that is left for who is honest.
        let begun = restore(dir.path(), &staked(), &mut From::new(source)).unwrap();
        assert_eq!(begun.get(), height);
        let chain = Chain::follow(dir.path(), &staked()).unwrap();
        assert_eq!(chain.succession(), source.succession());
        assert_eq!(chain.handovers(0).unwrap(), source.handovers(0).unwrap());
        assert_eq!(chain.handovers(1).unwrap(), []);
        // From a backup, which it has made itself.
        let path = backup.path().join("backup");
        write(&chain, &path).unwrap();
        assert!(Folder::new(&path).is_of(&staked()).unwrap());
        let again = tempfile::tempdir().unwrap();
        restore(again.path(), &staked(), &mut Folder::new(&path)).unwrap();
        let again = Chain::follow(again.path(), &staked()).unwrap();
        assert_eq!(again.succession(), source.succession());
    }
}

/// The set that leaves is not the one that certifies the next block.
#[test]
fn a_block_is_written_only_if_those_in_office_have_certified_it() {
    let (mut two, _) = sold();
    grow(&mut two, 2 * EPOCH_BLOCKS - 1);
    let proposal = two.propose();
    let old = Succession::new(&staked());
    let by_old = certify_in(&old, proposal.header());
    let got = two.world.chain.finalize(&proposal, by_old);
    assert!(matches!(got, Err(Error::Corrupt("a block is not certified by the validators"))));
    assert_eq!(two.world.chain.height().get(), 2 * EPOCH_BLOCKS - 1);
}
