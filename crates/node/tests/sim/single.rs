//! One validator is the same path.

use super::world::{Role, simulate};

#[test]
fn one_validator_finalises_alone() {
    simulate(1, &[Role::Honest], |mut world| async move {
        world.start_all().await;
        world.submit(0, 0);
        world.until("the transfer", |world| world.transferred() == 1).await;
        world.crash(0);
        world.start(0).await;
        world.grow(2).await;
        world.check();
    });
}
