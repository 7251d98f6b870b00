//! A validator that votes for two blocks in every view.

use super::world::{Role, simulate};

#[test]
fn who_votes_twice_is_found_out_and_stops_nobody() {
    let roles = [Role::Honest, Role::Honest, Role::Twice, Role::Honest];
    simulate(1, &roles, |mut world| async move {
        world.start_all().await;
        world.submit(0, 0);
        world.until("the transfer", |world| world.transferred() == 1).await;
        world.grow(4).await;
        world.check();
        let evidence: Vec<_> = world.nodes.iter().flat_map(|node| node.faults.evidence()).collect();
        assert!(!evidence.is_empty());
        // Both votes are kept, and nobody else is accused.
        assert!(evidence.iter().all(|one| one.validator == 2 && 200 < one.votes.len()));
    });
}
