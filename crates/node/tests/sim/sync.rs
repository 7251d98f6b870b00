//! Validators that have lost everything but their keys, and begin with the state of another one.

use super::world::{Role, World, simulate};
use assay_types::Height;

const FOUR: [Role; 4] = [Role::Honest; 4];

fn height(world: &World, index: usize) -> u64 {
    world.nodes[index].door.now(|chain| chain.height().get()).unwrap()
}

/// It executes no block of before, takes part, is needed for a quorum, and survives a crash.
#[test]
fn a_wiped_validator_rejoins_by_state_sync() {
    simulate(11, &FOUR, |mut world| async move {
        world.start_all().await;
        world.submit(0, 0);
        world.until("the transfer", |world| world.transferred() == 1).await;
        world.grow(6).await;
        world.crash(2);
        world.wipe(2);
        // Views in which it may have voted go by.
        world.grow(4).await;
        let begun = world.restore(2, 0).get();
        assert!(6 < begun, "{begun}");
        world.start(2).await;
        assert_eq!(height(&world, 2), begun, "what was before was not executed");
        assert_eq!(world.transferred(), 1, "and yet it knows");
        world.until("it votes again", |world| world.votes(2)).await;
        world.grow(3).await;
        let first = world.nodes[2].door.now(|chain| {
            assert!(chain.block(Height::new(1)).is_err(), "it is not kept");
            chain.first().get()
        });
        assert_eq!(first, Some(begun + 1));
        // Without another one, three are a quorum only with it.
        world.crash(3);
        world.submit(2, 1);
        world.until("the second transfer", |world| world.transferred() == 2).await;
        world.grow(3).await;
        // It comes back with what it has now, not with the snapshot.
        let before = height(&world, 2);
        world.crash(2);
        world.start(2).await;
        assert!(before <= height(&world, 2));
        world.grow(3).await;
        world.start(3).await;
        world.grow(2).await;
        world.check();
    });
}

/// What one has restored, it can hand out.
#[test]
fn a_state_is_handed_on() {
    simulate(12, &FOUR, |mut world| async move {
        world.start_all().await;
        world.submit(1, 0);
        world.until("the transfer", |world| world.transferred() == 1).await;
        for (index, from) in [(1, 0), (3, 1)] {
            world.crash(index);
            world.wipe(index);
            world.grow(4).await;
            world.restore(index, from);
            world.start(index).await;
            world.until("it votes again", |world| world.votes(index)).await;
            world.grow(4).await;
        }
        world.check();
    });
}
