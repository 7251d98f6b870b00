//! Validators whose votes contradict each other.

use super::world::{Role, STAKE, World, simulate, simulate_staked};
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

/// What the accused has at stake on every chain, and whether it is convicted there.
fn stakes(world: &World, guilty: usize) -> Vec<(u128, bool)> {
    let payee = world.genesis.validators().unwrap().list()[guilty].payee;
    let of = |chain: &mut assay_chain::Chain| {
        let stake = chain.state().stake(&payee).unwrap();
        (stake.money().get(), stake.convicted.is_some())
    };
    world.chains().iter().map(|door| door.now(of).unwrap()).collect()
}

#[test]
fn who_votes_twice_is_accused_by_the_others_and_loses_its_stake() {
    let roles = [Role::Honest, Role::Honest, Role::Twice, Role::Honest];
    simulate_staked(1, &roles, true, |mut world| async move {
        world.start_all().await;
        let is_over = |world: &World| stakes(world, 2).iter().all(|one| *one == (0, true));
        world.until("the conviction", is_over).await;
        world.grow(2).await;
        world.check();
        // One accuser was rewarded, and nobody else has lost anything.
        let rewards = |chain: &mut assay_chain::Chain| {
            let validators = world.genesis.validators().unwrap().list();
            let balance = |payee| chain.state().account(payee).balance.get();
            let rich = validators.iter().filter(|one| STAKE / 20 <= balance(&one.payee)).count();
            let full = chain.state().stakes().filter(|(_, one)| one.bonded.get() == STAKE).count();
            (rich, full)
        };
        assert_eq!(world.nodes[0].door.now(rewards), Some((1, 3)));
    });
}

#[test]
fn an_accusation_that_nobody_makes_costs_nobody() {
    let roles = [Role::Honest, Role::Twice, Role::Honest, Role::Honest];
    simulate_staked(3, &roles, false, |mut world| async move {
        world.start_all().await;
        world.grow(6).await;
        world.check();
        assert!(stakes(&world, 1).iter().all(|one| *one == (STAKE, false)));
        let evidence: Vec<_> = world.nodes.iter().flat_map(|node| node.faults.evidence()).collect();
        assert!(!evidence.is_empty());
        world.check_evidence(&evidence, 1);
    });
}
