//! Validators whose votes contradict each other.

use super::world::{Role, simulate};
use assay_types::validators::double_vote::Conflict;

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
        assert!(evidence.iter().any(|one| matches!(one.conflict, Conflict::Notarized(_))));
        world.check_evidence(&evidence, 2);
    });
}

#[test]
fn who_nullifies_and_finalises_is_found_out() {
    let roles = [Role::Both, Role::Honest, Role::Honest, Role::Honest];
    simulate(2, &roles, |mut world| async move {
        world.start_all().await;
        world.grow(4).await;
        world.check();
        let evidence: Vec<_> = world.nodes.iter().flat_map(|node| node.faults.evidence()).collect();
        let is_both = |one: &Conflict| matches!(one, Conflict::NullifiedAndFinalized { .. });
        assert!(evidence.iter().any(|one| is_both(&one.conflict)));
        world.check_evidence(&evidence, 0);
    });
}
