//! Flow A from listing to receipt, with real proofs.

use super::world::{World, blobs, buyer, open, owner};
use crate::Error;
use assay_receipt::{ProofCheck, Receipt};
use assay_types::tx::{Concede, OpenTest, UpdateListing};
use assay_types::{Amount, BlobId, Blobs, Event, Height, Topic, log, merkle};
use std::collections::BTreeMap;

#[test]
fn a_sale_leaves_a_receipt_that_verifies() {
    let mut world = World::new();
    let job = world.sell();
    let receipt = world.chain.receipt(&job).unwrap();
    let Event::Settled { sale, .. } = &receipt.history[4].event else { panic!("a sale") };
    let proof = world.chain.blob(&sale.accuracy_proof).unwrap().unwrap();
    let genesis = world.chain.genesis();
    let report = receipt.verify(genesis, Some(&proof), Some(&world.goods.table)).unwrap();
    assert_eq!(report.proof, ProofCheck::Verified);
    assert_eq!((report.job, report.buyer), (job, buyer().address()));
    assert!(report.fresh);
    let text = receipt.to_json().unwrap();
    assert_eq!(Receipt::parse(text.as_bytes()).unwrap(), receipt);
    // Both proofs, each once: what was checked on submission is not checked again in the block.
    assert_eq!(world.chain.verifications(), 2);
}

#[test]
fn the_money_went_where_the_rules_say() {
    let mut world = World::new();
    world.sell();
    let fees = |count: u128| 2 * count;
    // Price 100, evaluation fee 10, 5 of the price burned.
    let proofs = 2 * 3 + 3;
    assert_eq!(world.balance(&buyer()), 10_000 - 110 - fees(2) - 1);
    assert_eq!(world.balance(&owner()), 10_000 - 5 + 105 - fees(4) - proofs);
    assert_eq!(world.chain.state().audit(), Ok(()));
}

#[test]
fn what_sales_have_burned_is_counted_from_a_block_on() {
    let mut world = World::new();
    let job = world.sell();
    let dataset = world.chain.state().job(&job).unwrap().request.dataset;
    world.chain.advance(3, 100_000).unwrap();
    let settled = world.chain.history(&Topic::Job(job), 4).unwrap()[0].height.get();
    let burned = |since: u64| world.chain.burned_since(Height::new(since)).unwrap();
    // What publishing and the fees have burned is not of a sale.
    let sold = BTreeMap::from([(dataset, Amount::new(5))]);
    assert_eq!([0, 1, settled].map(burned), [sold.clone(), sold.clone(), sold]);
    assert_eq!(
        [settled + 1, settled + 3, settled + 9].map(burned),
        [(); 3].map(|()| BTreeMap::new())
    );
}

#[test]
fn a_receipt_can_be_had_after_reopening() {
    let mut world = World::new();
    let job = world.sell();
    let receipt = world.chain.receipt(&job).unwrap();
    let World { chain, dir, .. } = world;
    drop(chain);
    assert_eq!(open(dir.path()).unwrap().receipt(&job).unwrap(), receipt);
}

#[test]
fn the_receipt_shows_the_version_that_was_sold() {
    let mut world = World::new();
    let dataset = world.publish();
    let mut listing = world.listing();
    listing.rows = 501;
    let update = UpdateListing { dataset, listing: listing.clone() };
    world.run(&owner(), update, Blobs::new());
    let job = world.open_job(dataset, 2, [7; 32]);
    // A third version changes nothing for the job.
    let newer = UpdateListing { dataset, listing: world.listing() };
    world.run(&owner(), newer, Blobs::new());
    world.commit_model(job);
    world.open_test(job, [7; 32]);
    let (pass, proofs) = world.pass(job);
    world.run(&owner(), pass, blobs(proofs));
    world.reveal(job);
    let receipt = world.chain.receipt(&job).unwrap();
    assert_eq!(receipt.listing, listing);
    assert!(receipt.verify(world.chain.genesis(), None, None).is_ok());
}

#[test]
fn an_unsettled_job_has_no_receipt() {
    let mut world = World::new();
    let job = world.tested();
    assert!(matches!(world.chain.receipt(&job), Err(Error::NotSettled(got)) if got == job));
    world.chain.advance(20, 100_000).unwrap();
    assert!(matches!(world.chain.receipt(&job), Err(Error::NotSettled(_))));
}

#[test]
fn every_entry_is_in_the_log_of_its_block() {
    let mut world = World::new();
    let job = world.sell();
    let topic = Topic::Job(job);
    let history = world.chain.history(&topic, 0).unwrap();
    assert_eq!(history.len(), 5);
    assert!(log::is_history(&history));
    assert_eq!(world.chain.history(&topic, 3).unwrap(), history[3..]);
    let genesis = world.chain.genesis();
    let all = world.chain.events_since(0, 1000).unwrap();
    assert_eq!(all.len() as u64, world.chain.entry_count());
    for (position, entry) in (0..).zip(&all) {
        let logged = world.chain.logged(&entry.topic, entry.sequence).unwrap().unwrap();
        assert_eq!((logged.position, &logged.entry), (position, entry));
        let certified = logged.anchor.certified;
        certified.verify(&genesis.digest(), 0, genesis.orderer()).unwrap();
        let leaf = assay_codec::to_bytes(entry);
        let root = certified.header.log_root;
        assert_eq!(merkle::verify(&root, &leaf, &logged.anchor.inclusion), Ok(()));
    }
    assert_eq!(world.chain.events_since(3, 2).unwrap(), all[3..5]);
    assert_eq!(world.chain.logged(&topic, 5).unwrap(), None);
}

#[test]
fn blobs_are_kept_until_so_long_after_the_end_of_the_job() {
    let mut world = World::new();
    world.chain = world.chain.with_retention(30);
    let job = world.sell();
    let rows = BlobId::of(&world.goods.table_blob());
    let end = world.chain.height().get();
    world.chain.advance(29, 100_000).unwrap();
    assert!(world.chain.blob(&rows).unwrap().is_some());
    world.chain.produce(100_000).unwrap();
    assert_eq!(world.chain.height().get(), end + 30);
    assert_eq!(world.chain.blob(&rows).unwrap(), None);
    // The receipt needs none of them.
    let receipt = world.chain.receipt(&job).unwrap();
    assert!(receipt.verify(world.chain.genesis(), None, Some(&world.goods.table)).is_ok());
}

#[test]
fn a_blob_stays_while_another_job_needs_it() {
    let mut world = World::new();
    world.chain = world.chain.with_retention(6);
    let dataset = world.publish();
    let (one, two) = (world.open_job(dataset, 1, [1; 32]), world.open_job(dataset, 1, [2; 32]));
    world.commit_model(one);
    world.commit_model(two);
    world.open_test(one, [1; 32]);
    world.run(&owner(), Concede { job: one }, Blobs::new());
    // The bytes are here already and need not come along.
    let rows = BlobId::of(&world.goods.table_blob());
    let again = OpenTest { job: two, table: rows, salt: [2; 32] };
    world.run(&buyer(), again, Blobs::new());
    world.chain.advance(8, 100_000).unwrap();
    assert!(world.chain.blob(&rows).unwrap().is_some());
    // The second one is conceded by silence.
    world.chain.advance(20, 100_000).unwrap();
    assert_eq!(world.chain.blob(&rows).unwrap(), None);
}
