//! Seats: who gets them in the next epoch, when, and what comes with them.

use crate::stake::{FOUNDED, RULES, accuse, bond, genesis_with, registration, unbond, validators};
use crate::world::{BUYER, OTHER, OWNER, START, World};
use assay_codec::{from_bytes, to_bytes};
use assay_ledger::State;
use assay_types::stake::StakeRules;
use assay_types::tx::{Transfer, Withdraw};
use assay_types::{Address, Amount, Event, Height, LogEntry, Topic};

/// Blocks of an epoch. The first has the blocks 1 to 3, the next one 4 to 7.
const EPOCH: u64 = 4;

fn world(seats: u8) -> World {
    World::at(&genesis_with(StakeRules { epoch_blocks: EPOCH, seats, ..RULES }))
}

/// The accounts behind the founders, in the order of their network keys.
fn founders() -> Vec<Address> {
    validators().list().iter().map(|one| one.payee).collect()
}

/// Goes on to a block, and returns who was elected on the way, and in which block.
fn until(world: &mut World, height: u64) -> Vec<(u64, u64, Vec<Address>)> {
    let mut found = Vec::new();
    while world.state.height().get() < height {
        for LogEntry { height, event, topic, .. } in world.block() {
            if let Event::Seated { epoch, validators } = event {
                assert_eq!(topic, Topic::Validators);
                let owners = validators.as_slice().iter().map(|one| one.payee).collect();
                found.push((height.get(), epoch, owners));
            }
        }
    }
    found
}

/// With those who have seats, in the order of their network keys.
fn with(own: [u8; 32], owner: Address, others: &[Address]) -> Vec<Address> {
    let all = validators();
    let mut all: Vec<_> = all.list().iter().map(|one| (one.network, one.payee)).collect();
    all.retain(|(_, payee)| others.contains(payee));
    all.push((own, owner));
    all.sort_unstable();
    all.into_iter().map(|(_, owner)| owner).collect()
}

#[test]
fn nothing_is_said_where_nothing_changes() {
    let mut world = world(4);
    assert_eq!(until(&mut world, 20), []);
    assert_eq!(world.state.seated(), founders());
    assert_eq!(world.state.tip(&Topic::Validators).0, 0);
}

#[test]
fn a_set_that_never_changes_has_no_elections() {
    let mut world = World::at(&genesis_with(RULES));
    world.must(OWNER, bond(FOUNDED + 1, Some(registration(0))));
    assert_eq!(until(&mut world, 20), []);
    assert_eq!((world.state.seated(), world.state.successors()), (&founders()[..], founders()));
}

#[test]
fn seats_go_to_those_with_most_at_stake_and_of_equals_to_the_lower_key() {
    let mut world = world(4);
    world.must(OWNER, bond(FOUNDED + 1, Some(registration(0))));
    assert_eq!(world.state.seated(), founders());
    let expected = with(registration(0).network, OWNER, &founders()[..3]);
    assert_eq!(world.state.successors(), expected);
    assert_eq!(until(&mut world, 3), [(3, 1, expected.clone())]);
    // Elected, and not yet in office.
    assert_eq!(world.state.seated(), founders());
    assert_eq!(world.state.successors(), expected);
    assert_eq!(from_bytes::<State>(&to_bytes(&world.state)), Ok(world.state.clone()));
    assert_eq!(until(&mut world, 4), []);
    assert_eq!(world.state.seated(), expected);
    assert_eq!(from_bytes::<State>(&to_bytes(&world.state)), Ok(world.state.clone()));
    // With the same sum as the others, the highest key of all goes away empty.
    world.must(OWNER, unbond(1));
    let mut all = with(registration(0).network, OWNER, &founders());
    assert_eq!(all.pop(), founders().pop());
    assert_eq!(all, expected);
    assert_eq!(until(&mut world, 8), []);
    world.must(OWNER, unbond(1));
    assert_eq!(until(&mut world, 12), [(11, 3, founders())]);
}

/// What happens in the last block of an epoch itself counts for the one after the next.
#[test]
fn the_last_block_of_an_epoch_is_too_late() {
    let mut world = world(5);
    until(&mut world, 3);
    world.must(OWNER, bond(FOUNDED, Some(registration(0))));
    let expected = with(registration(0).network, OWNER, &founders());
    assert_eq!(until(&mut world, 8), [(7, 2, expected)]);
}

#[test]
fn who_has_less_than_the_least_stake_or_was_convicted_loses_the_seat_with_the_epoch() {
    let mut world = world(4);
    let [first, second, third, fourth] = founders().try_into().unwrap();
    world.must(OTHER, Transfer { to: first, amount: Amount::new(100) });
    world.must(first, unbond(FOUNDED));
    world.must(OTHER, accuse(validators().list()[1].vote));
    assert_eq!(world.state.seated(), [first, second, third, fourth]);
    assert_eq!(until(&mut world, 4), [(3, 1, vec![third, fourth])]);
    assert_eq!(world.state.seated(), [third, fourth]);
    // Who has left can still be convicted, for as long as the genesis says.
    world.must(OTHER, accuse(validators().list()[0].vote));
    assert_eq!(world.state.stake(&first).unwrap().money(), Amount::ZERO);
}

/// A chain without validators would have ended.
#[test]
fn if_nobody_can_have_a_seat_all_stay() {
    let mut world = world(4);
    for (owner, validator) in founders().into_iter().zip(validators().list()) {
        world.must(OTHER, Transfer { to: owner, amount: Amount::new(100) });
        if owner == founders()[0] {
            world.must(owner, unbond(FOUNDED));
        } else {
            world.must(OTHER, accuse(validator.vote));
        }
    }
    assert_eq!(world.state.successors(), founders());
    assert_eq!(until(&mut world, 12), []);
    assert_eq!(world.state.seated(), founders());
    // As long as one has a seat, its keys are its own, even if nothing is at stake any more.
    world.must(founders()[0], Withdraw);
    assert_eq!(world.state.stake(&founders()[0]).unwrap().money(), Amount::ZERO);
    world.must(OTHER, Transfer { to: founders()[0], amount: Amount::new(9_000) });
    world.expect(founders()[0], bond(FOUNDED, Some(registration(0))), 104);
    // The first one who can has all of it.
    world.must(OWNER, bond(1_000, Some(registration(0))));
    assert_eq!(until(&mut world, 16), [(15, 4, vec![OWNER])]);
    assert_eq!(world.state.seated(), [OWNER]);
}

#[test]
fn fees_go_to_those_who_have_seats() {
    let mut world = world(4);
    world.must(OWNER, bond(START / 2, Some(registration(0))));
    for owner in founders().into_iter().skip(1) {
        world.must(OTHER, Transfer { to: owner, amount: Amount::new(100) });
        world.must(owner, unbond(FOUNDED));
    }
    until(&mut world, 4);
    let expected = with(registration(0).network, OWNER, &founders()[..1]);
    assert_eq!(world.state.seated(), expected);
    for _ in 0..4 {
        let before = expected.iter().map(|owner| world.balance(*owner)).collect::<Vec<_>>();
        world.must(BUYER, Transfer { to: OTHER, amount: Amount::new(1) });
        // Three, of which two are burned.
        let turn = usize::try_from(world.state.height().get() % 2).unwrap();
        for (index, owner) in expected.iter().enumerate() {
            let gained = u128::from(index == turn);
            assert_eq!(world.balance(*owner), before[index] + gained, "{index}");
        }
        world.block();
    }
}

#[test]
fn entries_about_validators_are_linked() {
    let mut world = world(4);
    world.must(OWNER, bond(FOUNDED + 1, Some(registration(0))));
    until(&mut world, 5);
    world.must(OWNER, unbond(FOUNDED + 1));
    until(&mut world, 8);
    let about = world.log.iter().filter(|entry| entry.topic == Topic::Validators);
    let about: Vec<_> = about.collect();
    assert_eq!(about.len(), 2);
    assert_eq!(about[1].previous, about[0].digest());
    assert_eq!(world.state.tip(&Topic::Validators), (2, about[1].digest()));
    assert_eq!(about[1].height, Height::new(7));
}
