//! Sets of validators that follow the stakes.

use super::world::{EPOCH_BLOCKS, Role, World, simulate_epochs};
use assay_types::tx::{Bond, Unbond};
use assay_types::validators::Succession;
use assay_types::{Amount, Finality, Height};

const FOUR: [Role; 4] = [Role::Honest; 4];
/// The one that has no seat at first.
const JOINER: usize = 4;

/// It puts at stake what the founders have.
pub(crate) fn bond(world: &World, index: usize) {
    let amount = Amount::new(super::world::STAKE);
    world.operate(index, Bond { amount, registration: Some(world.registration(index)) });
}

/// It takes everything back.
pub(crate) fn leave(world: &World, index: usize) {
    world.operate(index, Unbond { amount: Amount::new(super::world::STAKE) });
}

/// Who signed the last block that one has.
fn signers(world: &World, index: usize) -> Vec<u8> {
    let door = &world.nodes[index].door;
    let last = door.now(|chain| chain.block(chain.height()).unwrap().unwrap()).unwrap();
    let Finality::Validators(certificate) = last.certified.finality else { unreachable!() };
    certificate.signers.clone()
}

/// Its number among those who have seats.
fn number(world: &World, index: usize) -> Option<u8> {
    let name = world.registration(index).network;
    let door = &world.nodes[0].door;
    let find = |chain: &mut assay_chain::Chain| {
        let succession = chain.succession();
        let set = succession.validators(succession.epoch(chain.height())).unwrap();
        set.list().iter().position(|one| one.network == name)
    };
    door.now(find).unwrap().map(|at| u8::try_from(at).unwrap())
}

/// Whether it has signed the last block.
fn has_signed(world: &World, index: usize) -> bool {
    number(world, index).is_some_and(|at| signers(world, 0).contains(&at))
}

/// All headers verify with the genesis and the handovers alone, as somebody gets them who has nothing else.
pub(crate) fn verifies(world: &World, index: usize) {
    world.nodes[index].door.now(|chain| {
        let mut succession = Succession::new(&world.genesis);
        for handover in chain.handovers(0).unwrap() {
            succession.follow(&handover).unwrap();
        }
        assert_eq!(&succession, chain.succession());
        for height in chain.first().get()..=chain.height().get() {
            let certified = chain.certified(Height::new(height)).unwrap().unwrap();
            succession.verify(&certified).unwrap();
        }
    });
}

#[test]
fn one_joins_and_one_leaves() {
    simulate_epochs(1, &FOUR, 1, |mut world| async move {
        world.start_all().await;
        world.submit(0, 0);
        world.grow(1).await;
        assert_eq!(world.seated(), [0, 1, 2, 3]);
        bond(&world, JOINER);
        world.until("a seat", |world| world.seated() == [0, 1, 2, 3, 4]).await;
        world.until("its vote", |world| has_signed(world, JOINER)).await;
        leave(&world, 1);
        world.until("the seat is gone", |world| world.seated() == [0, 2, 3, 4]).await;
        // Four are left, of which three are needed: without the new one there is no quorum.
        world.crash(3);
        world.submit(JOINER, 1);
        world.until("the second transfer", |world| world.transferred() == 2).await;
        world.start(3).await;
        world.epoch().await;
        world.check();
        (0..5).for_each(|index| verifies(&world, index));
        assert!(world.nodes.iter().all(|node| node.faults.evidence().is_empty()));
    });
}

#[test]
fn who_is_convicted_is_out_with_the_epoch() {
    let roles = [Role::Honest, Role::Honest, Role::Twice, Role::Honest];
    simulate_epochs(2, &roles, 0, |mut world| async move {
        world.start_all().await;
        world.until("it is out", |world| world.seated() == [0, 1, 3]).await;
        world.epoch().await;
        // All three are needed from now on.
        assert_eq!(signers(&world, 0), [0, 1, 2]);
        verifies(&world, 0);
        world.check();
    });
}

/// Nothing binds the new set to those of the old one: all seats change hands at once.
#[test]
fn one_founds_and_another_one_takes_over() {
    simulate_epochs(3, &[Role::Honest], 1, |mut world| async move {
        world.start_all().await;
        world.grow(1).await;
        bond(&world, 1);
        leave(&world, 0);
        world.until("it has taken over", |world| world.seated() == [1]).await;
        world.epoch().await;
        verifies(&world, 0);
        world.check();
    });
}

/// Whenever it happens around the end of an epoch.
#[test]
fn one_crashes_at_the_end_of_an_epoch() {
    for (seed, after_ms) in [(1, 0), (2, 60), (3, 120), (4, 180)] {
        simulate_epochs(seed, &FOUR, 1, |mut world| async move {
            world.start_all().await;
            bond(&world, JOINER);
            world.until("the end", |world| EPOCH_BLOCKS - 2 <= world.heights().1).await;
            world.wait(std::time::Duration::from_millis(after_ms)).await;
            world.crash(2);
            world.epoch().await;
            world.start(2).await;
            world.epoch().await;
            assert_eq!(world.seated(), [0, 1, 2, 3, 4]);
            world.grow(2).await;
            world.check();
            assert!(world.nodes.iter().all(|node| node.faults.evidence().is_empty()));
        });
    }
}

#[test]
fn all_crash_in_an_epoch_and_at_its_beginning() {
    simulate_epochs(5, &FOUR, 1, |mut world| async move {
        world.start_all().await;
        bond(&world, JOINER);
        world.until("a seat", |world| world.seated().len() == 5).await;
        for wait in [0, EPOCH_BLOCKS - 1, 1] {
            (0..5).for_each(|index| world.crash(index));
            world.start_all().await;
            world.grow(wait + 1).await;
            world.check();
        }
        verifies(&world, 3);
    });
}

#[test]
fn one_that_has_slept_through_two_epochs_comes_back() {
    simulate_epochs(6, &FOUR, 1, |mut world| async move {
        world.start_all().await;
        bond(&world, JOINER);
        world.grow(1).await;
        world.crash(2);
        for _ in 0..3 {
            world.epoch().await;
        }
        world.submit(0, 0);
        world.start(2).await;
        world.until("it has the transfer", |world| world.transferred() == 1).await;
        world.until("its vote", |world| has_signed(world, 2)).await;
        verifies(&world, 2);
        world.check();
    });
}

/// All of it: it begins with a state, follows the validators to it, watches over the end of an epoch, votes, and is needed.
#[test]
fn a_wiped_one_joins_by_state_sync_in_a_later_epoch() {
    simulate_epochs(7, &FOUR, 1, |mut world| async move {
        world.start_all().await;
        bond(&world, JOINER);
        world.submit(0, 0);
        world.until("a seat", |world| world.seated().len() == 5).await;
        world.epoch().await;
        world.crash(2);
        world.wipe(2);
        world.grow(3).await;
        let begun = world.restore(2, 0);
        assert!(EPOCH_BLOCKS < begun.get());
        world.start(2).await;
        assert_eq!(world.transferred(), 1);
        world.until("it votes", |world| world.votes(2)).await;
        world.grow(3).await;
        // With five, four are needed.
        world.crash(3);
        world.submit(2, 1);
        world.until("the second transfer", |world| world.transferred() == 2).await;
        world.crash(2);
        world.start(2).await;
        world.epoch().await;
        verifies(&world, 2);
        world.check();
        assert!(world.nodes.iter().all(|node| node.faults.evidence().is_empty()));
    });
}

/// And without one: it executes all blocks, and watches only then.
#[test]
fn a_wiped_one_comes_back_by_itself() {
    simulate_epochs(8, &FOUR, 1, |mut world| async move {
        world.start_all().await;
        bond(&world, JOINER);
        world.until("a seat", |world| world.seated().len() == 5).await;
        world.crash(1);
        world.wipe(1);
        world.epoch().await;
        world.start(1).await;
        world.until("it votes", |world| world.votes(1)).await;
        world.until("its vote", |world| has_signed(world, 1)).await;
        verifies(&world, 1);
        world.check();
        assert!(world.nodes.iter().all(|node| node.faults.evidence().is_empty()));
    });
}
