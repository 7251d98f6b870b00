//! A validator that is not there.

use super::world::{Role, simulate};
use std::time::Duration;

#[test]
fn three_of_four_go_on() {
    simulate(1, &[Role::Honest; 4], |mut world| async move {
        for index in 1..4 {
            world.start(index).await;
        }
        world.submit(1, 0);
        world.until("the transfer", |world| world.transferred() == 1).await;
        // Its turn comes more than once.
        world.grow(5).await;
        world.check();
    });
}

#[test]
fn two_of_four_make_nothing_final() {
    simulate(1, &[Role::Honest; 4], |mut world| async move {
        world.start(0).await;
        world.start(1).await;
        world.wait(Duration::from_secs(20)).await;
        assert_eq!(world.heights(), (0, 0));
        world.start(2).await;
        world.grow(2).await;
        world.check();
    });
}
