//! Receipts that the authority has signed, and that contradict themselves: a faulty or lying ledger.

use super::sale::{Fixture, authority, sold};
use crate::{Receipt, Rejection};
use assay_codec::Digest;
use assay_types::statement::{Privacy, Score};
use assay_types::validators::Checkpoint;
use assay_types::{
    Address, Amount, BlobId, DatasetId, Event, FieldDigest, Finality, Height, JobId,
    ModelCommitment, StatementDigest, Threshold, Topic, header, merkle,
};
use assay_wallet::Keys;

#[track_caller]
fn refused(receipt: &Receipt, fixture: &Fixture) -> Rejection {
    receipt.verify(&fixture.genesis, None, None).unwrap_err()
}

/// Changes what the last entry says about the sale, and nothing else.
#[track_caller]
fn sale_says(change: impl FnOnce(&mut assay_types::Sale), about: &'static str) {
    let fixture = sold();
    let mut events = fixture.events();
    let Event::Settled { sale, .. } = &mut events[4] else { panic!("the last event is the sale") };
    change(sale);
    let got = refused(&fixture.receipt_of(events), &fixture);
    assert_eq!(got, Rejection::Contradiction(about));
}

#[test]
fn the_sale_says_what_the_entries_before_it_say() {
    let somebody = Address([9; 20]);
    let other = FieldDigest::new([99; 8]).unwrap();
    sale_says(|sale| sale.buyer = somebody, "the buyer");
    sale_says(|sale| sale.owner = somebody, "the owner");
    sale_says(|sale| sale.dataset = DatasetId::default(), "the listing");
    sale_says(|sale| sale.version = 2, "the listing's version");
    sale_says(|sale| sale.rows += 1, "the number of rows");
    sale_says(|sale| sale.needed -= 1, "the rows needed");
    sale_says(|sale| sale.price = Amount::new(99), "the price");
    sale_says(|sale| sale.evaluation_fee = Amount::new(9), "the evaluation fee");
    sale_says(|sale| sale.burned = Amount::new(101), "what was burned");
    sale_says(|sale| sale.model = ModelCommitment(other), "the model");
    sale_says(|sale| sale.table = Digest([9; 32]), "the test rows");
    sale_says(|sale| sale.fresh = false, "freshness");
    sale_says(|sale| sale.accuracy = StatementDigest::default(), "the statement about accuracy");
    sale_says(|sale| sale.accuracy_proof = BlobId::default(), "the proof of accuracy");
    sale_says(|sale| sale.delivery = StatementDigest::default(), "the statement about delivery");
    sale_says(|sale| sale.delivery_proof = BlobId::default(), "the proof of delivery");
    sale_says(|sale| sale.ciphertext = BlobId::default(), "the ciphertext");
    sale_says(|sale| sale.key = other, "the key");
    sale_says(|sale| sale.score = Score::AtLeast(1), "the score");
}

/// Changes the statements, and all entries with them.
#[track_caller]
fn statement_says(change: impl FnOnce(&mut Fixture), about: &'static str) {
    let mut fixture = sold();
    change(&mut fixture);
    fixture.sale.accuracy = fixture.accuracy.digest();
    fixture.sale.delivery = fixture.delivery.digest();
    let got = refused(&fixture.receipt(), &fixture);
    assert_eq!(got, Rejection::Contradiction(about));
}

#[test]
fn the_statements_are_about_the_sale() {
    let context = "the context of a statement";
    let other = FieldDigest::new([99; 8]).unwrap();
    statement_says(|sold| sold.accuracy.context.chain = 8, context);
    statement_says(|sold| sold.accuracy.context.genesis = Digest([9; 32]), context);
    statement_says(|sold| sold.delivery.context.job = JobId::default(), context);
    statement_says(|sold| sold.accuracy.context.prover = Address([9; 20]), context);
    statement_says(|sold| sold.delivery.context.recipient = Address([9; 20]), context);
    let deadline = "the deadline of a statement";
    statement_says(|sold| sold.accuracy.context.deadline = Height::new(31), deadline);
    statement_says(|sold| sold.delivery.context.deadline = Height::new(29), deadline);
    statement_says(|sold| sold.accuracy.modes.output = Privacy::Public, "what is hidden");
    statement_says(|sold| sold.accuracy.model = ModelCommitment(other), "the model proven");
    statement_says(|sold| sold.delivery.model = ModelCommitment(other), "the model delivered");
    statement_says(|sold| sold.accuracy.data = Digest([9; 32]), "the rows proven");
    statement_says(|sold| sold.accuracy.rows = 23, "the number of rows proven");
    statement_says(|sold| sold.delivery.key_hash = other, "the key");
    statement_says(|sold| sold.delivery.secret_hash = other, "the buyer's secret");
    statement_says(|sold| sold.listing.schema = other_schema(), "the schema");
}

fn other_schema() -> assay_model::Schema {
    let names = |names: [&str; 2]| names.map(String::from).to_vec();
    assay_model::Schema::new(names(["a", "b"]), "y".into(), names(["c", "d"])).unwrap()
}

#[test]
fn the_proven_score_reaches_the_threshold() {
    let score = |score| {
        move |sold: &mut Fixture| {
            sold.accuracy.score = score;
            sold.sale.score = score;
        }
    };
    statement_says(score(Score::AtLeast(21)), "the threshold reached");
    statement_says(score(Score::Exactly(21)), "the threshold reached");
    statement_says(score(Score::Exactly(25)), "the threshold reached");
    statement_says(score(Score::Fewer(24)), "the threshold reached");
    statement_says(|sold| sold.request.threshold = Threshold::new(1, 2).unwrap(), "the threshold");
}

#[test]
fn an_exact_score_may_be_shown() {
    let mut fixture = sold();
    fixture.accuracy.score = Score::Exactly(23);
    fixture.sale.score = Score::Exactly(23);
    fixture.sale.accuracy = fixture.accuracy.digest();
    assert!(fixture.receipt().verify(&fixture.genesis, None, None).is_ok());
}

#[test]
fn the_events_are_those_of_a_sale() {
    let fixture = sold();
    for at in 0..5 {
        let mut events = fixture.events();
        events[at] = Event::Declined { job: fixture.accuracy.context.job, refund: Amount::ZERO };
        let got = refused(&fixture.receipt_of(events), &fixture);
        assert_eq!(got, Rejection::Event(at));
    }
}

#[test]
fn an_event_of_another_job_is_refused() {
    let fixture = sold();
    let mut events = fixture.events();
    let Event::Committed { job, .. } = &mut events[1] else { panic!("the second event") };
    *job = JobId::default();
    assert_eq!(refused(&fixture.receipt_of(events), &fixture), Rejection::Event(1));
}

#[test]
fn the_history_has_no_gap() {
    let fixture = sold();
    let mut receipt = fixture.receipt();
    receipt.history.swap(1, 2);
    assert_eq!(refused(&receipt, &fixture), Rejection::History);
    let mut receipt = fixture.receipt();
    receipt.history[2].time_ms += 1;
    assert_eq!(refused(&receipt, &fixture), Rejection::History);
    let mut receipt = fixture.receipt();
    for entry in &mut receipt.history {
        entry.topic = Topic::Account(Address([1; 20]));
    }
    assert_eq!(refused(&receipt, &fixture), Rejection::History);
}

#[test]
fn the_listing_is_the_one_that_was_sold() {
    let fixture = sold();
    let (dataset, owner) = (fixture.sale.dataset, fixture.sale.owner);
    let (listing, burned) = (fixture.listing.digest(), Amount::ZERO);
    let check = |listed, about| {
        let receipt = fixture.receipt_with(fixture.events(), listed);
        assert_eq!(refused(&receipt, &fixture), Rejection::Contradiction(about));
    };
    let other = DatasetId::default();
    let somebody = Address([9; 20]);
    check(Event::Published { dataset: other, owner, listing, burned }, "the listing");
    check(Event::Published { dataset, owner: somebody, listing, burned }, "the owner");
    let wrong = Digest([9; 32]);
    check(Event::Published { dataset, owner, listing: wrong, burned }, "the listing's content");
    check(Event::Updated { dataset, version: 2, listing }, "the listing's version");
    check(Event::Delisted { dataset }, "the listing's entry");
}

#[test]
fn a_header_of_another_chain_or_authority_is_refused() {
    let fixture = sold();
    let mut receipt = fixture.receipt();
    let header = &mut receipt.settled.certified.header;
    header.genesis = Digest([9; 32]);
    let signature = authority().sign(&header.digest().0);
    receipt.settled.certified.finality = Finality::Authority(signature);
    let got = refused(&receipt, &fixture);
    let is_genesis =
        |source: &header::Rejection| matches!(source, header::Rejection::Genesis { .. });
    assert!(
        matches!(&got, Rejection::Header { entry: "settlement", source } if is_genesis(source))
    );

    let mut receipt = fixture.receipt();
    let digest = receipt.published.certified.header.digest();
    let stranger = Keys::from_seed(&[9; 32]).sign(&digest.0);
    receipt.published.certified.finality = Finality::Authority(stranger);
    let got = refused(&receipt, &fixture);
    assert!(matches!(got, Rejection::Header { entry: "listing", .. }), "{got:?}");
}

/// Whoever trusts a checkpoint takes no other block of its height, and none of another chain.
#[test]
fn a_receipt_and_a_checkpoint_agree() {
    let fixture = sold();
    let receipt = fixture.receipt();
    let header = receipt.settled.certified.header;
    let with = |genesis, block| {
        let trusted = Checkpoint::new(genesis, header.height, block, Vec::new()).unwrap();
        receipt.verify_since(&fixture.genesis, Some(&trusted), None, None)
    };
    let genesis = fixture.genesis.digest();
    assert_eq!(with(genesis, header.digest()), receipt.verify(&fixture.genesis, None, None));
    let other = with(genesis, Digest([9; 32])).unwrap_err();
    let source = header::Rejection::Checkpoint { height: header.height };
    assert_eq!(other, Rejection::Header { entry: "settlement", source });
    let foreign = with(Digest([9; 32]), header.digest()).unwrap_err();
    assert!(matches!(foreign, Rejection::Checkpoint(_)) && foreign.code() == 11, "{foreign:?}");
}

#[test]
fn an_entry_that_is_not_in_the_block_is_refused() {
    let fixture = sold();
    let mut receipt = fixture.receipt();
    receipt.settled.inclusion.index = 1;
    let got = refused(&receipt, &fixture);
    let is_root = |source: &merkle::Rejection| matches!(source, merkle::Rejection::Root { .. });
    assert!(matches!(&got, Rejection::Inclusion { source, .. } if is_root(source)), "{got:?}");
    let mut receipt = fixture.receipt();
    std::mem::swap(&mut receipt.settled, &mut receipt.published);
    assert!(matches!(refused(&receipt, &fixture), Rejection::Inclusion { .. }));
}

/// A true entry, put again into the log of a later block.
#[test]
fn an_entry_belongs_to_the_block_of_its_height_and_time() {
    let fixture = sold();
    for (height, time_ms) in [(1, 0), (0, 1)] {
        let mut receipt = fixture.receipt();
        let header = &mut receipt.settled.certified.header;
        header.height = Height::new(header.height.get() + height);
        header.time_ms += time_ms;
        let signature = authority().sign(&header.digest().0);
        receipt.settled.certified.finality = Finality::Authority(signature);
        let got = refused(&receipt, &fixture);
        assert!(matches!(got, Rejection::Contradiction(_)), "{got:?}");
    }
}
