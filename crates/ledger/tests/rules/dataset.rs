//! Listings.

use crate::world::{BUYER, OTHER, OWNER, POOR, START, World, listing, request};
use assay_types::tx::{Delist, PublishDataset, Transfer, UpdateListing};
use assay_types::{Amount, Curve, DatasetId, Event, Height, Listing, Shape};

/// The number of a rule, and how to mend a listing that breaks it.
type Mend = (u16, fn(&mut Listing));

/// How to mend the faults of a [`faulty`] listing one by one.
fn mended() -> Vec<Mend> {
    vec![
        (21, |listing| listing.windows.open = 2),
        (21, |listing| listing.windows.prove = 100),
        (21, |listing| listing.windows.reveal = 5),
        (22, |listing| listing.curve = curve(5)),
        (23, |listing| listing.rows = 1),
        (24, |l| l.limits.algorithms = crate::world::listing().limits.algorithms),
        (24, |listing| listing.limits.depth_max = 64),
        (24, |listing| listing.limits.min_samples_leaf = 1),
        (24, |listing| listing.limits.leaves_max = 2),
        (24, |listing| listing.limits.test_rows_max = 1),
    ]
}

fn curve(floor: u128) -> Curve {
    let shape = Shape::Constant { price: Amount::new(9) };
    Curve::new(shape, Amount::new(floor), Amount::new(10), None).unwrap()
}

/// A listing with every fault.
fn faulty() -> Listing {
    let mut faulty = listing();
    (faulty.windows.open, faulty.windows.prove, faulty.windows.reveal) = (1, 101, 0);
    faulty.curve = curve(4);
    faulty.rows = 0;
    faulty.limits.algorithms = assay_types::bounded::List::default();
    (faulty.limits.depth_max, faulty.limits.min_samples_leaf) = (65, 0);
    (faulty.limits.leaves_max, faulty.limits.test_rows_max) = (1, 0);
    faulty
}

#[test]
fn publish_rejections_in_order_of_precedence() {
    let mut world = World::new();
    world.must(BUYER, Transfer { to: POOR, amount: Amount::new(52) });
    let mut listing = faulty();
    for (code, mend) in mended() {
        world.expect(POOR, PublishDataset { listing: listing.clone() }, code);
        mend(&mut listing);
    }
    world.expect(POOR, PublishDataset { listing: listing.clone() }, 25);
    world.must(BUYER, Transfer { to: POOR, amount: Amount::new(1) });
    world.expect(POOR, PublishDataset { listing }, 0);
}

#[test]
fn update_rejections_in_order_of_precedence() {
    let mut world = World::new();
    let (old, dataset) = (world.publish(), world.publish());
    world.must(OWNER, Delist { dataset: old });
    let mut listing = faulty();
    let update = |dataset, listing: &Listing| UpdateListing { dataset, listing: listing.clone() };
    world.expect(OTHER, update(DatasetId::default(), &listing), 31);
    world.expect(OTHER, update(old, &listing), 32);
    world.expect(OWNER, update(old, &listing), 33);
    for (code, mend) in mended() {
        world.expect(OWNER, update(dataset, &listing), code);
        mend(&mut listing);
    }
    world.expect(OWNER, update(dataset, &listing), 0);
}

#[test]
fn delist_rejections_in_order_of_precedence() {
    let mut world = World::new();
    let dataset = world.publish();
    world.expect(OTHER, Delist { dataset: DatasetId::default() }, 31);
    world.expect(OTHER, Delist { dataset }, 32);
    world.must(OWNER, Delist { dataset });
    world.expect(OWNER, Delist { dataset }, 33);
}

#[test]
fn publishing_burns_a_flat_amount() {
    let mut world = World::new();
    world.publish();
    assert_eq!(world.balance(OWNER), START - 53);
    assert_eq!(world.state.burned(), Amount::new(52));
}

#[test]
fn open_jobs_keep_what_they_were_opened_with() {
    let mut world = World::new();
    let dataset = world.publish();
    let job = world.open(request(dataset, 10));
    let before = world.state.job(&job).unwrap().clone();
    let mut dearer = listing();
    dearer.evaluation_fee = Amount::new(1);
    dearer.windows.open = 2;
    let updated = world.must(OWNER, UpdateListing { dataset, listing: dearer });
    assert!(matches!(updated, Event::Updated { version: 2, .. }));
    world.must(OWNER, Delist { dataset });
    assert_eq!(world.state.job(&job), Some(&before));
    world.commit(job);
    assert_eq!(world.state.job(&job).unwrap().deadline, Height::new(1 + 10));
}

#[test]
fn the_price_climbs_with_sales_and_the_count_halves_in_silence() {
    let mut world = World::new();
    let dataset = world.publish();
    let price = |world: &World| world.state.price(&dataset).unwrap().get();
    let mut prices = vec![price(&world)];
    for seed in 10..13 {
        world.settled(dataset, seed);
        prices.push(price(&world));
    }
    assert_eq!(prices, [1_000, 1_100, 1_200, 1_300]);
    let sold = world.state.height();
    world.advance_to(sold.checked_add(49).unwrap());
    assert_eq!(price(&world), 1_300);
    world.block();
    assert_eq!(price(&world), 1_100);
    // A sale counts from what is left: 3 halves to 1, and 1 more makes 2.
    world.settled(dataset, 13);
    assert_eq!(price(&world), 1_200);
    assert_eq!(world.state.listing(&dataset).unwrap().counters.sales, 4);
}

/// A listing that sells for 1,000 and 100 more for each sale that counts.
fn halving_after(half_life: Option<u64>) -> Listing {
    let shape = Shape::Linear { base: Amount::new(1_000), slope: Amount::new(100) };
    let (floor, cap) = (Amount::new(5), Amount::new(1_000_000));
    let curve = Curve::new(shape, floor, cap, half_life).unwrap();
    Listing { curve, ..listing() }
}

#[test]
fn no_version_brings_decayed_sales_back_or_lets_old_silence_count_for_a_new_half_life() {
    let mut world = World::new();
    let dataset = world.publish();
    for seed in 10..14 {
        world.settled(dataset, seed);
    }
    let sold = world.state.height();
    let price = |world: &World| world.state.price(&dataset).unwrap().get();
    let update = |world: &mut World, half_life| {
        world.must(OWNER, UpdateListing { dataset, listing: halving_after(half_life) });
    };
    // 4 sales, halved once after 50 blocks. Without a half-life they stay 2, and are not 4 again.
    world.advance_to(sold.checked_add(50).unwrap());
    assert_eq!(price(&world), 1_200);
    update(&mut world, None);
    assert_eq!(price(&world), 1_200);
    // Ten of the blocks before this version would each be a half-life of the new one.
    world.advance_to(sold.checked_add(60).unwrap());
    update(&mut world, Some(5));
    assert_eq!(price(&world), 1_200);
    world.advance_to(sold.checked_add(64).unwrap());
    // A version that keeps the half-life does not start it anew.
    update(&mut world, Some(5));
    assert_eq!(price(&world), 1_200);
    world.block();
    assert_eq!(price(&world), 1_100);
    assert_eq!(world.state.listing(&dataset).unwrap().counters.last_sale, sold);
}
