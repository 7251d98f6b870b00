//! One wallet on two chains.

use crate::world::World;
use assay_statements::delivery;
use assay_types::tx::OpenJob;
use assay_types::{Event, JobId, Sale};

/// Sells a model; returns the job, what was asked for, what was sold, and the ciphertext.
fn sold(world: &mut World) -> (JobId, OpenJob, Sale, Vec<u8>) {
    let job = world.ordered(8, 9);
    world.run();
    let delivered = world.buyer.as_ref().unwrap().delivered(&job).unwrap().unwrap();
    let [opened, .., settled] = delivered.receipt.history;
    let Event::Opened { request, .. } = opened.event else { panic!("an order") };
    let Event::Settled { sale, .. } = settled.event else { panic!("a sale") };
    (job, *request, *sale, delivered.ciphertext)
}

/// Two jobs may have one name on two chains. A key that was revealed on one would open the other's
/// ciphertext before it is paid for, and two models under one key stream would give both away.
#[test]
fn a_job_of_the_same_name_on_another_chain_shares_no_secret() {
    let mut world = World::new();
    let (job, asked, sale, ciphertext) = sold(&mut world);
    let mut world = world.on_another_chain();
    let (again, asked_again, resale, other) = sold(&mut world);
    assert_eq!(job, again, "the same buyer's first job");
    assert_ne!(sale.key, resale.key);
    assert_ne!(delivery::key_hash(&sale.key), delivery::key_hash(&resale.key));
    assert_ne!(asked.secret_hash, asked_again.secret_hash);
    assert_ne!(asked.test, asked_again.test, "the salt was shown");
    // The last slots of both trees are the same: a common key stream would show.
    let common = ciphertext.iter().zip(&other).filter(|(a, b)| a == b).count();
    assert!(common < ciphertext.len() / 4, "{common} of {} bytes are equal", ciphertext.len());
}
