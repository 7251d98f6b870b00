//! Halves that cannot hear each other.

use super::world::{Role, good_link, simulate};
use std::time::Duration;

#[test]
fn two_halves_wait_for_each_other() {
    simulate(1, &[Role::Honest; 4], |mut world| async move {
        world.start_all().await;
        world.grow(2).await;
        world.connect(|from, to| (from / 2 == to / 2).then(good_link)).await;
        // What was on its way may still arrive.
        world.wait(Duration::from_secs(2)).await;
        let before = world.heights();
        // Taken by one half, which can finalise nothing.
        world.submit(0, 0);
        world.wait(Duration::from_secs(20)).await;
        assert_eq!(world.heights(), before);
        assert_eq!(world.transferred(), 0);
        world.connect(|_, _| Some(good_link())).await;
        // The other half has never heard of it; whoever has it proposes it.
        world.until("the transfer", |world| world.transferred() == 1).await;
        world.grow(2).await;
        world.check();
    });
}

#[test]
fn the_larger_part_goes_on_and_the_other_catches_up() {
    simulate(2, &[Role::Honest; 4], |mut world| async move {
        world.start_all().await;
        world.grow(1).await;
        world.connect(|from, to| (from != 3 && to != 3).then(good_link)).await;
        let goal = world.heights().1 + 4;
        world.until("the three go on", |world| goal <= world.heights().1).await;
        world.check();
        world.connect(|_, _| Some(good_link())).await;
        world.grow(2).await;
        world.check();
    });
}
