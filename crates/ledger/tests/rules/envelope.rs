//! Rules 1 to 7, replays, and what a fee does.

use crate::evidence::sign;
use crate::world::{AUTHORITY, BUYER, OTHER, OWNER, POOR, START, World, genesis, request};
use assay_ledger::{apply, check};
use assay_types::statement::Score;
use assay_types::tx::{Decline, Transfer, UpdateListing};
use assay_types::{Address, Amount, Event, Height, JobId};

fn gift(to: Address) -> Transfer {
    Transfer { to, amount: Amount::new(10) }
}

#[test]
fn rejections_in_order_of_precedence() {
    #[track_caller]
    fn check(world: &World, signed: &assay_types::SignedTx, code: u16) {
        let got = world.clone().run(signed.clone());
        assert_eq!(got.map_or_else(|rejection| rejection.code(), |_| 0), code);
    }
    let mut world = World::new();
    world.advance_to(Height::new(5));
    // Each row mends the fault that the row above reports.
    let mut signed = world.signed(world.tx(POOR, gift(OWNER)));
    signed.tx.chain = 8;
    signed.tx.valid_until = Height::new(4);
    signed.tx.nonce = 1;
    signed.tx.max_fee = Amount::new(2);
    check(&world, &signed, 1);
    signed.tx.chain = 7;
    check(&world, &signed, 2);
    signed.tx.valid_until = Height::new(5);
    check(&world, &signed, 3);
    signed.tx.nonce = 0;
    check(&world, &signed, 4);
    signed.tx.max_fee = Amount::new(4);
    check(&world, &signed, 5);
    world.must(BUYER, Transfer { to: POOR, amount: Amount::new(13) });
    check(&world, &signed, 6);
    signed.signature = sign(&signed.tx, &OTHER, &world.state.genesis());
    check(&world, &signed, 6);
    signed.signature = sign(&signed.tx, &POOR, &genesis(7, 999).digest());
    check(&world, &signed, 6);
    signed.signature = sign(&signed.tx, &POOR, &world.state.genesis());
    check(&world, &signed, 0);
}

#[test]
fn a_transaction_counts_once() {
    let mut world = World::new();
    let signed = world.signed(world.tx(BUYER, gift(OWNER)));
    world.run(signed.clone()).unwrap();
    assert_eq!(world.run(signed).unwrap_err().code(), 3);
}

#[test]
fn what_was_checked_on_one_chain_is_nothing_on_another() {
    let (here, mut there) = (World::new(), World::at(&genesis(7, 999)));
    let signed = here.signed(here.tx(BUYER, gift(OWNER)));
    let checked = check(signed, &here.state, &here.facts).unwrap();
    let before = there.state.clone();
    assert_eq!(apply(&checked, &mut there.state).unwrap_err().code(), 6);
    assert_eq!(there.state, before);
}

#[test]
fn a_fee_is_burned_in_part_and_the_rest_is_the_authoritys() {
    let mut world = World::new();
    world.must(BUYER, gift(OWNER));
    assert_eq!(world.balance(BUYER), START - 13);
    assert_eq!(world.balance(OWNER), START + 10);
    // Half of 3, rounded against the payers.
    assert_eq!(world.state.burned(), Amount::new(2));
    assert_eq!(world.balance(AUTHORITY), 1);
}

#[test]
fn a_lost_race_costs_the_fee_and_nothing_else() {
    let mut world = World::new();
    let dataset = world.publish();
    let late = world.signed(world.tx(BUYER, request(dataset, 10)));
    let checked = check(late, &world.state, &world.facts).unwrap();
    world.must(OWNER, UpdateListing { dataset, listing: crate::world::listing() });
    let outcome = apply(&checked, &mut world.state).unwrap();
    assert_eq!(outcome.failure.map(|failure| failure.code()), Some(53));
    assert_eq!(world.balance(BUYER), START - 3);
    assert_eq!(world.state.account(&BUYER).nonce, 1);
    assert_eq!(world.state.jobs().count(), 0);
    let [entry] = outcome.entries.as_slice() else { panic!("one entry") };
    assert!(matches!(entry.event, Event::Executed { failure: Some(53), .. }));
    // And it cannot be applied again.
    assert_eq!(apply(&checked, &mut world.state).unwrap_err().code(), 3);
}

#[test]
fn nothing_is_verified_for_a_stranger() {
    let mut world = World::new();
    let dataset = world.publish();
    let job = world.testing(dataset, 10);
    let pass = world.pass(job, 10, Score::AtLeast(27));
    world.expect(OTHER, pass.clone(), 72);
    world.expect(POOR, pass.clone(), 5);
    world.must(OWNER, assay_types::tx::Concede { job });
    world.expect(OWNER, pass, 74);
    world.expect(OWNER, Decline { job: JobId::default() }, 71);
    assert_eq!(world.facts.verified.get(), 0);
}
