//! A sale from listing to receipt.

use crate::world::{EVALUATION_FEE, MONEY, PRICE, World, parameters, table};
use assay_agent::{Act, Error, MarketError, Step, Warning};
use assay_ledger::job::Ending;
use assay_model::Graph;
use assay_receipt::ProofCheck;
use assay_statements::commit::{Salt, commit};
use assay_types::Event;
use assay_types::statement::Score;
use assay_wallet::openings::{Kind, Name};

#[test]
fn a_model_is_sold() {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    world.run();

    let kinds: Vec<_> = world.acts.iter().map(std::mem::discriminant).collect();
    let [committed, opened, passed, rest @ ..] = world.acts.as_slice() else { panic!("{kinds:?}") };
    assert!(matches!(committed, Act::Committed { .. }));
    assert!(matches!(opened, Act::TestOpened { .. }));
    assert!(matches!(passed, Act::Passed { score: Score::AtLeast(32), .. }), "{passed:?}");
    // The owner reveals and the buyer checks at the same height; so do receiving and closing.
    assert_eq!(rest.len(), 4);
    for act in [
        Act::Revealed { job },
        Act::Checked { job },
        Act::Received { job },
        Act::Closed { job, ending: Ending::Settled },
    ] {
        assert!(rest.contains(&act), "{act:?}");
    }

    let delivered = world.buyer.as_ref().unwrap().delivered(&job).unwrap().unwrap();
    let genesis = world.genesis.clone();
    let report = delivered
        .receipt
        .verify(&genesis, Some(&delivered.accuracy_proof), Some(&table("test")))
        .unwrap();
    assert_eq!((report.job, report.proof, report.fresh), (job, ProofCheck::Verified, true));

    // The owner: price less the burned part, the evaluation fee, less fees (listing, commit, pass, reveal).
    let burned = PRICE / 20;
    let [owner, buyer, _] = world.money();
    assert_eq!(owner, MONEY + PRICE - burned + EVALUATION_FEE - 5 - 2 - 2 - (2 + 6 + 3) - 2);
    assert_eq!(buyer, MONEY - PRICE - EVALUATION_FEE - 2 - (2 + 1));
}

#[test]
fn the_delivered_model_is_the_committed_one() {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    world.run();
    let delivered = world.buyer.as_ref().unwrap().delivered(&job).unwrap().unwrap();
    let Event::Settled { sale, .. } = &delivered.receipt.history[4].event else { panic!("a sale") };
    let Graph::DecisionTree(nodes) = delivered.model.graph() else { panic!("a tree") };

    // The owner's copy, and one that was trained here.
    let openings = world.owner.as_ref().unwrap().wallet().openings();
    let own = openings.get_as(&Name::new(Kind::Model, &sale.model)).unwrap();
    assert_eq!(own.as_ref(), Some(delivered.model.graph()));
    let (train, test) = (table("train"), table("test"));
    let tree = assay_train::train(&train, &parameters()).unwrap();
    for rows in [&train, &test] {
        for row in 0..rows.rows() {
            assert_eq!(delivered.model.exec(rows.row(row)), tree.exec(rows.row(row)));
        }
    }

    // The buyer holds the salt and can prove with the model.
    let openings = world.buyer.as_ref().unwrap().wallet().openings();
    let salt = openings.get_as(&Name::new(Kind::ModelSalt, &sale.model)).unwrap();
    assert_eq!(commit(nodes, &Salt(salt.unwrap())), sale.model);
    assert!(delivered.onnx.is_some_and(|file| !file.is_empty()));
}

#[test]
fn one_reference_is_one_listing_and_one_order() {
    let mut world = World::new();
    let dataset = world.publish().unwrap();
    assert_eq!(world.publish().unwrap(), dataset);
    world.produce();
    assert_eq!(world.publish().unwrap(), dataset);
    let placed = world.order(dataset, 8, 9).unwrap();
    assert_eq!(world.order(dataset, 8, 9).unwrap(), placed);
    world.produce();
    assert_eq!(world.order(dataset, 8, 9).unwrap(), placed);
    world.produce();
    assert_eq!(world.chain().state().jobs().count(), 1);
    assert_eq!(world.chain().state().listings().count(), 1);
}

#[test]
fn a_price_above_the_limit_is_not_paid() {
    let mut world = World::new();
    let dataset = world.publish().unwrap();
    world.produce();
    let got = world.with_buyer(|buyer, out| {
        let mut order = crate::world::order(dataset, 8, 9);
        order.max_price = assay_types::Amount::new(PRICE - 1);
        buyer.order(&order, out)
    });
    assert!(matches!(got, Err(Error::Price { .. })), "{got:?}");
    world.produce();
    assert_eq!(world.money()[1], MONEY);
}

#[test]
fn rows_that_were_shown_before_are_not_ordered_with() {
    let mut world = World::new();
    world.ordered(8, 9);
    world.run();
    let dataset = world.publish().unwrap();
    let got = world.with_buyer(|buyer, out| {
        let mut order = crate::world::order(dataset, 8, 9);
        order.reference = assay_types::bounded::Text::new("second").unwrap();
        buyer.order(&order, out)
    });
    assert!(matches!(got, Err(Error::TestSeen(_))), "{got:?}");
}

#[test]
fn a_refused_order_can_be_made_again() {
    let mut world = World::new();
    let dataset = world.publish().unwrap();
    world.produce();
    let got = world.with_buyer(|buyer, out| {
        let mut order = crate::world::order(dataset, 8, 9);
        order.commit_window = 1;
        buyer.order(&order, out)
    });
    assert!(matches!(got, Err(Error::Market(MarketError::Rejected(_)))), "{got:?}");
    let placed = world.order(dataset, 8, 9).unwrap();
    world.produce();
    assert!(world.chain().state().job(&placed.job).is_some());
}

#[test]
fn a_threshold_that_a_constant_reaches_is_warned_about() {
    let mut world = World::new();
    let dataset = world.publish().unwrap();
    world.produce();
    let placed = world.order(dataset, 1, 3).unwrap();
    let [Warning::MajorityClass { count, needed, .. }] = placed.warnings.as_slice() else {
        panic!("{:?}", placed.warnings)
    };
    assert!(needed <= count);
    let mut world = World::new();
    let dataset = world.publish().unwrap();
    world.produce();
    assert_eq!(world.order(dataset, 8, 9).unwrap().warnings, []);
}

#[test]
fn a_party_belongs_to_one_chain() {
    let mut world = World::new();
    world.owner = None;
    let got = assay_agent::Owner::open(world.wallet(1), &assay_codec::Digest([1; 32]));
    assert!(matches!(got, Err(Error::Journal(_))), "{got:?}");
}

#[test]
fn nothing_is_due_without_a_job() {
    let mut world = World::new();
    assert_eq!(world.step(), [Step::Idle, Step::Idle]);
    world.publish().unwrap();
    assert!(matches!(world.step(), [Step::Waiting(_), Step::Idle]));
    world.produce();
    assert_eq!(world.step(), [Step::Idle, Step::Idle]);
}
