//! What a party is told before it pays, or shows that it has rows.

use crate::private::relist;
use crate::world::{World, order, table};
use assay_agent::{Audience, Near, Order, Warning};
use assay_codec::Digest;
use assay_model::Table;
use assay_types::DataCommitment;
use assay_types::bounded::Text;

#[test]
fn rows_that_were_bought_or_shown_before_are_warned_about() {
    let mut world = World::private();
    let job = world.ordered(8, 9);
    world.run();
    let dataset = world.publish().unwrap();
    let warnings = |world: &mut World, order: &Order| {
        world.with_buyer(|buyer, out| buyer.warnings(order, out)).unwrap()
    };
    let first = Order { audience: Audience::Owner, ..order(dataset, 8, 9) };
    assert_eq!(warnings(&mut world, &first), []);
    let second = Order { reference: Text::new("second").unwrap(), ..first };
    let bought = Warning::BoughtBefore {
        job,
        dataset,
        version: 1,
        rows_then: 142,
        rows_now: 142,
        is_same: true,
    };
    let both = [bought.clone(), Warning::ShownBefore { job }];
    assert_eq!(warnings(&mut world, &second), both);
    let placed = world.with_buyer(|buyer, out| buyer.order(&second, out)).unwrap();
    assert_eq!(placed.warnings, both);
    world.produce();
    world.run();

    // Other rows were shown to nobody; the model would be of the same rows all the same.
    let third = Order { test: table("train"), ..second };
    let third = Order { reference: Text::new("third").unwrap(), ..third };
    let got = warnings(&mut world, &third);
    assert_eq!(got.len(), 2, "{got:?}");
    assert_eq!(got.iter().filter(|warning| **warning == bought).count(), 1);
}

#[test]
fn a_version_of_nearly_the_same_rows_is_warned_about() {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    world.run();
    let dataset = world.publish().unwrap();
    let mut order = order(dataset, 8, 9);
    (order.reference, order.test) = (Text::new("second").unwrap(), table("train"));
    for (rows_now, is_near) in [(143, true), (149, true), (135, true), (150, false), (134, false)] {
        relist(&mut world, dataset, |listing| {
            (listing.rows, listing.commitment) =
                (rows_now, DataCommitment::Blake3(Digest([8; 32])));
        });
        let got = world.with_buyer(|buyer, out| buyer.warnings(&order, out)).unwrap();
        let (version, rows_then) = (1, 142);
        let bought =
            Warning::BoughtBefore { job, dataset, version, rows_then, rows_now, is_same: false };
        assert_eq!(got, if is_near { vec![bought] } else { Vec::new() }, "{rows_now}");
    }
}

/// `table` without its first rows.
fn without(table: &Table, rows: usize) -> Table {
    let width = table.schema().features().len();
    let values = table.values()[rows * width..].to_vec();
    Table::new(table.schema().clone(), values, table.labels()[rows..].to_vec()).unwrap()
}

#[test]
fn a_listing_that_differs_little_from_another_is_warned_about() {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    world.run();
    let dataset = world.publish().unwrap();
    for (cut, is_near) in [(7, true), (8, false)] {
        let mut offer = crate::world::offer();
        offer.table = without(&offer.table, cut);
        offer.reference = Text::new(format!("without {cut}")).unwrap();
        // The owner compares the rows themselves, before it shows that it has them.
        let near = world.with_owner(|owner, out| owner.near(&offer.table, out)).unwrap();
        let expected = Near { dataset, rows: 142, differing: cut };
        assert_eq!(near.contains(&expected), is_near, "{near:?}");
        let other = world.with_owner(|owner, out| owner.publish(&offer, out)).unwrap();
        world.produce();
        let near = world.with_owner(|owner, out| owner.near_listing(&other, out)).unwrap();
        assert_eq!(near.contains(&expected), is_near, "{near:?}");
        assert!(near.iter().all(|near| near.dataset != other), "{near:?}");

        // A buyer sees the numbers of rows, and whose they are.
        let mut order = order(other, 8, 9);
        (order.reference, order.test) = (Text::new("second").unwrap(), table("train"));
        let got = world.with_buyer(|buyer, out| buyer.warnings(&order, out)).unwrap();
        let (version, rows_then, rows_now) = (1, 142, 142 - cut as u32);
        let bought =
            Warning::BoughtBefore { job, dataset, version, rows_then, rows_now, is_same: false };
        assert_eq!(got, if is_near { vec![bought] } else { Vec::new() }, "{cut}");
    }
}
