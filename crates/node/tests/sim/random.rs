//! Faults drawn from a seed: crashes, lost folders, partitions, bad links, and one validator that is bad all along. Seeds from
//! [`random_epochs::FIRST`] on are runs in which the set changes.
//!
//! Four validators, of which at most one is bad or dead at a time while anything is expected of the others.

use super::random_epochs;
use super::world::{Role, World, good_link, link, simulate};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::ops::Range;
use std::time::Duration;

/// Faults of one run.
const STEPS: usize = 5;
/// The seeds of every run of the tests. `ASSAY_SIM_SEEDS` names more: one, or `first..last`.
const SEEDS: Range<u64> = 100..104;
/// Of those where the set changes.
const SEEDS_OF_EPOCHS: Range<u64> = random_epochs::FIRST + 3..random_epochs::FIRST + 4;

#[derive(Clone, Copy, Debug)]
enum Fault {
    Crash,
    Wipe,
    Partition,
    Slow,
    CrashAll,
}

const FAULTS: [Fault; 5] =
    [Fault::Crash, Fault::Wipe, Fault::Partition, Fault::Slow, Fault::CrashAll];

#[test]
fn whatever_happens_the_validators_agree() {
    for seed in wished().unwrap_or(SEEDS) {
        if seed < random_epochs::FIRST { run(seed) } else { random_epochs::run(seed) }
    }
}

#[test]
fn and_where_the_set_changes() {
    // The other test runs the seeds that somebody names.
    for seed in if wished().is_some() { 0..0 } else { SEEDS_OF_EPOCHS } {
        random_epochs::run(seed);
    }
}

/// The seeds that somebody names.
fn wished() -> Option<Range<u64>> {
    let text = std::env::var("ASSAY_SIM_SEEDS").ok()?;
    Some(match text.split_once("..") {
        Some((first, last)) => first.parse().unwrap()..last.parse().unwrap(),
        None => {
            let seed: u64 = text.parse().unwrap();
            seed..seed + 1
        }
    })
}

#[allow(clippy::print_stdout, reason = "a run that fails is understood by what was done")]
fn run(seed: u64) {
    let bad = [Role::Honest, Role::Honest, Role::Liar, Role::Twice][(seed % 4) as usize];
    let mut roles = [Role::Honest; 4];
    roles[(seed / 4 % 4) as usize] = bad;
    println!("seed {seed}: {roles:?}");
    // The schedule has a generator of its own: it stays the same when the engine draws otherwise.
    let mut random = StdRng::seed_from_u64(seed);
    let headers = simulate(seed, &roles, |mut world| async move {
        world.start_all().await;
        world.grow(1).await;
        for nonce in 0..STEPS as u64 {
            let fault = FAULTS[random.random_range(0..FAULTS.len())];
            let time = Duration::from_millis(random.random_range(100..5_000));
            let victim = random.random_range(0..4);
            println!("  at {:?}: {fault:?} of {victim}", world.heights());
            let taker = (0..4).find(|&at| world.nodes[at].role == Role::Honest).unwrap();
            world.submit(taker, nonce);
            strike(&mut world, fault, victim, time).await;
            world.check();
            // A taker that has lost its folders refuses it until it has caught up.
            let is_done = |world: &World| {
                world.submit_again(taker, nonce);
                nonce < world.transferred()
            };
            world.until("the transfer", is_done).await;
            world.until("all votes", |world| (0..4).all(|index| world.votes(index))).await;
            world.grow(1).await;
        }
        world.check()
    });
    println!("  {} blocks, the last is {}", headers.len(), headers.last().unwrap().digest());
}

/// Does it, waits a while, and mends it.
async fn strike(world: &mut World, fault: Fault, victim: usize, time: Duration) {
    match fault {
        Fault::Crash => {
            world.crash(victim);
            world.wait(time).await;
            world.start(victim).await;
        }
        // One that watches and one that is bad are two of four: the other two make nothing final, and it would watch for ever.
        Fault::Wipe if world.nodes.iter().all(|node| node.role == Role::Honest) => {
            world.crash(victim);
            world.wait(time).await;
            world.wipe(victim);
            world.start(victim).await;
        }
        Fault::Wipe => world.wait(time).await,
        Fault::Partition => {
            world.connect(|from, to| (from / 2 == to / 2).then(good_link)).await;
            world.wait(time).await;
            world.connect(|_, _| Some(good_link())).await;
        }
        Fault::Slow => {
            world.connect(|_, _| Some(link(200, 80, 0.9))).await;
            world.wait(time).await;
            world.connect(|_, _| Some(good_link())).await;
        }
        Fault::CrashAll => {
            (0..4).for_each(|index| world.crash(index));
            world.wait(time).await;
            world.start_all().await;
        }
    }
}
