//! Nodes that cannot go on, or whose folder of the consensus is lost while the ledger is there.

use super::epochs::{bond, leave};
use super::world::{EPOCH_BLOCKS, Role, World, simulate, simulate_epochs};
use assay_node::consensus::engine::Error;
use assay_node::consensus::finalizer::Error::{Behind, Gap};
use assay_node::consensus::rejoin::Part;
use assay_node::consensus::settings::Kept;
use assay_node::consensus::standing::{Lack, STILL};
use commonware_utils::NZU64;
use std::time::Duration;

const FOUR: [Role; 4] = [Role::Honest; 4];
/// Who cannot go on.
const VICTIM: usize = 2;
/// More than the library remembers in any case.
const LONG: u64 = 80;
const KEPT: Kept = Kept { blocks: 12, section: NZU64!(4) };

fn height(world: &World, index: usize) -> u64 {
    world.nodes[index].door.now(|chain| chain.height().get()).unwrap()
}

/// What a node says that it lacks, some time after it could have gone on.
async fn lack(world: &World, index: usize) -> Option<Lack> {
    world.wait(STILL + Duration::from_secs(20)).await;
    world.nodes[index].standing.lack()
}

/// Its epoch is over, and nobody keeps the end of it: a third of those that it knows and one more say how far they are, and it ends.
#[test]
fn who_slept_for_so_long_that_its_epoch_is_forgotten_ends_and_says_why() {
    simulate_epochs(21, &FOUR, 0, |mut world| async move {
        world.kept = KEPT;
        world.start_all().await;
        world.grow(2).await;
        world.crash(VICTIM);
        world.grow(LONG).await;
        let before = world.heights().1;
        world.start(VICTIM).await;
        let Err(Error::Finalizer(Behind { height, tip, kept: 12 })) = world.end(VICTIM).await
        else {
            panic!("it goes on")
        };
        assert!(height.get() < EPOCH_BLOCKS && before - EPOCH_BLOCKS <= tip, "{height} {tip}");
        // What it is told to do helps.
        world.wipe(VICTIM);
        world.restore(VICTIM, 0);
        world.start(VICTIM).await;
        world.until("it votes again", |world| world.votes(VICTIM)).await;
        world.grow(2).await;
        world.check();
    });
}

/// All that it knows have left: nobody's word counts, and nothing is certain. It says so, and lives.
#[test]
fn who_knows_nobody_any_more_says_so() {
    simulate_epochs(22, &[Role::Honest], 2, |mut world| async move {
        world.kept = KEPT;
        world.start_all().await;
        world.grow(1).await;
        world.crash(VICTIM);
        bond(&world, 1);
        leave(&world, 0);
        world.until("it has taken over", |world| world.seated() == [1]).await;
        world.grow(LONG).await;
        // Or it would speak of later epochs too, which is enough where one is all.
        world.crash(0);
        world.start(VICTIM).await;
        let lack = lack(&world, VICTIM).await;
        let Some(Lack::Epoch { own: 0, last, heard }) = lack else { panic!("{lack:?}") };
        assert_eq!(last.get(), EPOCH_BLOCKS - 1);
        assert!(LONG / EPOCH_BLOCKS <= heard, "{heard}");
        assert!(world.is_alive(VICTIM) && world.nodes[1].standing.lack().is_none());
    });
}

/// All others began with a state: nobody has the first block.
#[test]
fn who_asks_for_what_nobody_keeps_says_so() {
    simulate(23, &FOUR, |mut world| async move {
        world.start_all().await;
        world.grow(2).await;
        for index in [0, 1, 3] {
            world.crash(index);
            world.wipe(index);
            world.grow(4).await;
            world.restore(index, VICTIM);
            world.start(index).await;
            world.until("it votes again", |world| world.votes(index)).await;
        }
        world.crash(VICTIM);
        world.wipe(VICTIM);
        world.start(VICTIM).await;
        world.until("the others go on", |world| world.heights().1 > 100).await;
        // Nothing more is final; what is known is enough.
        world.crash(1);
        let lack = lack(&world, VICTIM).await;
        let Some(Lack::Block { next, tip }) = lack else { panic!("{lack:?}") };
        assert_eq!(next.get(), 1);
        assert!(1 < tip, "{tip}");
        // The others only wait for each other.
        assert_eq!(world.nodes[0].standing.lack(), None);
        world.start(1).await;
        world.crash(VICTIM);
        world.wipe(VICTIM);
        world.restore(VICTIM, 0);
        world.start(VICTIM).await;
        world.until("it votes again", |world| world.votes(VICTIM)).await;
        world.grow(2).await;
        assert_eq!(world.nodes[VICTIM].standing.lack(), None);
        world.check();
    });
}

/// Nobody keeps the first blocks, and it has them: it asks for none, watches, and votes.
#[test]
fn who_lost_what_it_signed_and_kept_its_ledger_goes_on_behind_it() {
    simulate(24, &FOUR, |mut world| async move {
        world.kept = KEPT;
        world.start_all().await;
        world.grow(LONG).await;
        world.crash(VICTIM);
        world.lose_votes(VICTIM, Part::Watches);
        world.grow(3).await;
        world.start(VICTIM).await;
        world.until("it votes again", |world| world.votes(VICTIM)).await;
        world.crash(1);
        world.grow(3).await;
        world.check();
        assert!(world.nodes.iter().all(|node| node.faults.evidence().is_empty()));
    });
}

/// The same for one that is alone, where its operator says so: there is nobody to ask for its last block.
#[test]
fn one_alone_goes_on_behind_its_ledger() {
    simulate(25, &[Role::Honest], |mut world| async move {
        world.start_all().await;
        world.submit(0, 0);
        world.until("the transfer", |world| world.transferred() == 1).await;
        for _ in 0..2 {
            world.grow(2).await;
            let before = world.check();
            world.crash(0);
            world.lose_votes(0, Part::VotesBehind(None));
            world.start(0).await;
            world.grow(2).await;
            assert!(world.check().starts_with(&before));
        }
        world.crash(0);
        world.start(0).await;
        world.grow(2).await;
        assert!(8 <= height(&world, 0));
    });
}

/// Of past epochs no journal is kept but the last one, and nothing is signed in them any more, even if the ledger is lost.
#[test]
fn what_was_signed_in_past_epochs_is_forgotten() {
    simulate_epochs(26, &FOUR, 1, |mut world| async move {
        world.start_all().await;
        bond(&world, 4);
        for _ in 0..5 {
            world.epoch().await;
        }
        let now = height(&world, VICTIM) / EPOCH_BLOCKS;
        for index in 0..5 {
            let kept = world.journals(index, now + 1).await;
            assert!(kept.contains(&now) && kept.len() <= 3, "{kept:?} of {now}");
            assert!(kept.iter().all(|epoch| now <= epoch + 1), "{kept:?} of {now}");
        }
        assert!(world.votes_behind(VICTIM).is_some_and(|epoch| now <= epoch + 1));
        // It goes on with what is left.
        world.crash(VICTIM);
        world.start(VICTIM).await;
        world.crash(3);
        world.epoch().await;
        world.start(3).await;
        // A ledger that is lost begins in the first epoch, of which nothing is remembered: there is no vote there, and it ends.
        world.crash(VICTIM);
        world.lose_ledger(VICTIM);
        world.start(VICTIM).await;
        let Err(Error::Finalizer(Gap { height, .. })) = world.end(VICTIM).await else {
            panic!("it goes on")
        };
        assert_eq!(height.get(), 0);
        world.epoch().await;
        world.check();
        assert!(world.nodes.iter().all(|node| node.faults.evidence().is_empty()));
    });
}
