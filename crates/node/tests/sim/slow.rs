//! Links that take long, and lose a tenth.

use super::world::{Role, link, simulate};

#[test]
fn the_chain_grows_over_bad_links() {
    simulate(1, &[Role::Honest; 4], |mut world| async move {
        world.connect(|_, _| Some(link(250, 100, 0.9))).await;
        world.start_all().await;
        world.submit(0, 0);
        world.until("the transfer", |world| world.transferred() == 1).await;
        world.grow(2).await;
        world.check();
    });
}
