//! Validators that end at any time, and come back with what is on their disks.

use super::world::{Role, World, simulate};

const FOUR: [Role; 4] = [Role::Honest; 4];

#[test]
fn a_validator_that_crashed_catches_up() {
    simulate(1, &FOUR, |mut world| async move {
        world.start_all().await;
        world.grow(2).await;
        world.crash(3);
        world.submit(0, 0);
        world.grow(5).await;
        world.start(3).await;
        world.until("it has the transfer", |world| world.transferred() == 1).await;
        world.grow(2).await;
        world.check();
    });
}

#[test]
fn all_crash_at_once_and_go_on() {
    simulate(2, &FOUR, |mut world| async move {
        world.start_all().await;
        world.submit(0, 0);
        world.until("the transfer", |world| world.transferred() == 1).await;
        let before = world.check();
        (0..4).for_each(|index| world.crash(index));
        world.start_all().await;
        assert!(before.starts_with(&world.check()) || world.check().starts_with(&before));
        world.submit(1, 1);
        world.until("the second transfer", |world| world.transferred() == 2).await;
        world.check();
    });
}

/// Nothing but the keys is left: everything comes from the others, and is verified again.
#[test]
fn a_validator_that_lost_its_folders_catches_up() {
    simulate(3, &FOUR, |mut world| async move {
        world.start_all().await;
        world.submit(0, 0);
        world.grow(4).await;
        world.crash(2);
        world.grow(1).await;
        world.wipe(2);
        world.start(2).await;
        let height = |world: &World| world.nodes[2].door.now(|chain| chain.height().get()).unwrap();
        assert_eq!(height(&world), 0);
        world.until("it has the transfer", |world| world.transferred() == 1).await;
        world.grow(2).await;
        world.check();
    });
}
