//! Whole sales through the chain, then what breaks: processes, disks, clocks, parties.

mod crash;
mod damage;
mod elsewhere;
mod epochs;
mod sale;
mod snapshot;
mod submit;
mod validators;
mod world;

use crate::Error;
use assay_types::{Blobs, Height};
use world::{World, buyer, genesis, genesis_of, open, wallet};

#[test]
fn reopening_gives_the_same_chain() {
    let mut world = World::new();
    let transfer = world.transfer(5);
    world.run(&buyer(), transfer, Blobs::new());
    world.produce().unwrap();
    let (state, entries) = (world.chain.state().clone(), world.chain.entry_count());
    let events = world.chain.events_since(0, 100).unwrap();
    let World { chain, dir, .. } = world;
    drop(chain);
    let chain = open(dir.path()).unwrap();
    assert_eq!((chain.state(), chain.entry_count()), (&state, entries));
    assert_eq!(chain.events_since(0, 100).unwrap(), events);
    assert_eq!(chain.height(), Height::new(2));
}

#[test]
fn a_second_opener_is_refused() {
    let world = World::new();
    // With a wallet of its own: the lock of the wallet would refuse it too.
    let elsewhere = tempfile::tempdir().unwrap();
    let got = crate::Chain::open(world.dir.path(), &genesis(), wallet(elsewhere.path()));
    assert!(matches!(got, Err(Error::Busy(_))), "{got:?}");
    drop(world.chain);
    assert!(open(world.dir.path()).is_ok());
}

#[test]
fn another_genesis_is_refused() {
    let World { chain, dir, .. } = World::new();
    drop(chain);
    let got = crate::Chain::open(dir.path(), &genesis_of(8), wallet(dir.path()));
    assert!(matches!(got, Err(Error::Genesis { .. })), "{got:?}");
    assert!(open(dir.path()).is_ok());
}

#[test]
fn a_chain_is_resumed_with_what_it_began_with() {
    let mut world = World::new();
    world.produce().unwrap();
    let World { chain, dir, .. } = world;
    drop(chain);
    let chain = crate::Chain::resume(dir.path(), wallet(dir.path())).unwrap();
    assert_eq!((chain.genesis(), chain.height()), (&genesis(), Height::new(1)));
    let nothing = tempfile::tempdir().unwrap();
    let got = crate::Chain::resume(nothing.path(), wallet(nothing.path()));
    assert!(matches!(got, Err(Error::Missing(_))), "{got:?}");
}

#[test]
fn only_the_wallet_of_the_authority_makes_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = |out: &mut [u8]| out.fill(5);
    let cost = assay_wallet::Cost::new(8, 1, 1).unwrap();
    let folder = dir.path().join("stranger");
    let stranger = assay_wallet::Wallet::create(&folder, "x", cost, &mut random).unwrap();
    let got = crate::Chain::open(dir.path(), &genesis(), stranger);
    assert!(matches!(got, Err(Error::Authority { .. })), "{got:?}");
}

#[test]
fn a_clock_that_was_set_back_does_not_stop_the_chain() {
    let mut world = World::new();
    let first = world.chain.produce(9_000).unwrap().certified.header;
    let second = world.chain.produce(3_000).unwrap().certified.header;
    assert_eq!((first.time_ms, second.time_ms), (9_000, 9_000));
    assert_eq!(second.parent, first.digest());
}

#[test]
fn advancing_makes_the_blocks_that_producing_makes() {
    let (mut fast, mut slow) = (World::new(), World::new());
    let transfer = fast.transfer(5);
    fast.submit(&buyer(), transfer, Blobs::new()).unwrap();
    slow.submit(&buyer(), transfer, Blobs::new()).unwrap();
    fast.chain.advance(150, 5_000).unwrap();
    for _ in 0..150 {
        slow.chain.produce(5_000).unwrap();
    }
    assert_eq!(fast.chain.state(), slow.chain.state());
    assert_eq!(fast.chain.height(), Height::new(150));
    let last = Height::new(150);
    assert_eq!(fast.chain.block(last).unwrap(), slow.chain.block(last).unwrap());
    assert_eq!(fast.chain.advance(0, 5_000).unwrap(), []);
    let World { chain, dir, .. } = fast;
    drop(chain);
    assert_eq!(open(dir.path()).unwrap().state(), slow.chain.state());
}
