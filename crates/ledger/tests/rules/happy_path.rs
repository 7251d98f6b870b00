//! A sale from the listing to the key, to the last unit.

use crate::world::{AUTHORITY, BUYER, OWNER, START, World, field, table};
use assay_codec::{from_bytes, to_bytes};
use assay_ledger::{State, job::Ending, job::Stage};
use assay_types::log::is_history;
use assay_types::{Amount, Event, Topic};

#[test]
fn a_model_is_sold() {
    let mut world = World::new();
    let dataset = world.publish();
    let job = world.settled(dataset, 10);

    // The owner paid for 4 transactions (one with 2 proofs and 3 blobs) and the listing; the buyer for
    // two (one with a blob). 2.5 % of the price are burned.
    assert_eq!(world.balance(OWNER), START - (3 + 50) - 3 - 26 - 3 + 1_070 - 25);
    assert_eq!(world.balance(BUYER), START - 1_070 - 3 - 4);
    let fees = [3, 3, 3, 4, 26, 3];
    let burned: u128 = fees.iter().map(|fee: &u128| fee.div_ceil(2)).sum();
    assert_eq!(world.balance(AUTHORITY), fees.iter().sum::<u128>() - burned);
    assert_eq!(world.state.burned(), Amount::new(burned + 50 + 25));

    let ended = world.state.job(&job).unwrap();
    assert_eq!(ended.stage, Stage::Ended(Ending::Settled));
    assert_eq!(ended.escrow, Amount::ZERO);
    let counters = world.state.listing(&dataset).unwrap().counters;
    assert_eq!((counters.sales, counters.count, counters.burned), (1, 1, Amount::new(25)));
    assert_eq!(counters.last_sale, world.state.height());
}

#[test]
fn the_log_tells_the_whole_story_once() {
    let mut world = World::new();
    let dataset = world.publish();
    let job = world.settled(dataset, 10);
    let about = |topic| {
        let entries = world.log.iter().filter(|entry| entry.topic == topic);
        entries.cloned().collect::<Vec<_>>()
    };
    let story = about(Topic::Job(job));
    assert!(is_history(&story));
    assert_eq!(world.state.tip(&Topic::Job(job)), (5, story[4].digest()));
    assert!(matches!(
        story.iter().map(|entry| &entry.event).collect::<Vec<_>>()[..],
        [
            Event::Opened { .. },
            Event::Committed { .. },
            Event::TestOpened { .. },
            Event::Proven { .. },
            Event::Settled { .. }
        ]
    ));
    let Event::Settled { sale, .. } = &story[4].event else { panic!("settled") };
    assert_eq!((sale.table, sale.fresh, sale.needed, sale.rows), (table(10).0, true, 27, 30));
    assert_eq!((sale.price, sale.burned, sale.count), (Amount::new(1_000), Amount::new(25), 1));
    assert_eq!(sale.key, field(66));
    for topic in [Topic::Account(OWNER), Topic::Account(BUYER), Topic::Dataset(dataset)] {
        assert!(is_history(&about(topic)));
    }
    assert_eq!(world.log.len(), 2 * 6, "an entry for each transaction and one for what it did");
}

#[test]
fn a_snapshot_is_the_state() {
    let mut world = World::new();
    let dataset = world.publish();
    world.settled(dataset, 10);
    world.proven(dataset, 11);
    let copy: State = from_bytes(&to_bytes(&world.state)).unwrap();
    assert_eq!(copy, world.state);
    assert_eq!(copy.root(), world.state.root());
}

/// The root follows from every encoding in the state; who changes one on purpose blesses it here.
#[test]
fn the_state_after_a_sale_is_frozen() {
    let mut world = World::new();
    let dataset = world.publish();
    world.settled(dataset, 10);
    world.proven(dataset, 11);
    let expected = "0xcb076992cba1d06164c81ddae44967ee6e0b4a1f6012ebf093b1c7b9c68f0ba9";
    assert_eq!(world.state.root().to_string(), expected);
}

#[test]
fn a_snapshot_has_one_encoding_and_bad_ones_are_refused() {
    let mut world = World::new();
    let dataset = world.publish();
    world.proven(dataset, 10);
    let bytes = to_bytes(&world.state);
    for len in (0..bytes.len()).step_by(7) {
        assert!(from_bytes::<State>(&bytes[..len]).is_err());
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(state) = from_bytes::<State>(&changed) {
            assert_eq!(to_bytes(&state), changed);
            assert_ne!(state.root(), world.state.root());
        }
    }
}

#[test]
fn time_does_not_run_backwards() {
    let mut world = World::new();
    let before = world.state.clone();
    assert!(world.state.open_block(world.state.time_ms() - 1).is_err());
    assert_eq!(world.state, before);
    assert!(world.state.open_block(world.state.time_ms()).is_ok());
}
