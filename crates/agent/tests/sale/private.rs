//! Test sets that nobody but the two parties sees, and buyers who seal something else.

use crate::leaks::scan;
use crate::silence::{LISTING, MISS, OPEN_TEST, STEP};
use crate::veiled::Veiled;
use crate::world::{EVALUATION_FEE, MONEY, PRICE, World, order, table};
use assay_agent::Step;
use assay_agent::gate::{Gate, What};
use assay_agent::{
    Act, Audience, Error, Market, OnMiss, OnPrivate, Order, Outside, Policy, Reason,
};
use assay_codec::{Encode, to_bytes};
use assay_ledger::job::{Ending, StageName};
use assay_model::Table;
use assay_receipt::{ProofCheck, Rejection};
use assay_statements::rows::{as_digest, commit_rows};
use assay_types::bounded::Bytes;
use assay_types::statement::{Privacy, Score};
use assay_types::tx::UpdateListing;
use assay_types::{Action, Amount, BlobId, Blobs, DatasetId, FieldDigest, Height};
use assay_types::{JobId, Listing, SignedTx, Tx};
use assay_wallet::envelope::{self, Purpose};
use assay_wallet::openings::{Kind, Name};
use std::fs;

#[test]
fn a_model_is_sold_on_a_private_test_set() {
    let mut world = World::private();
    let job = world.ordered(8, 9);
    world.run();
    let passed = |act: &Act| matches!(act, Act::Passed { score: Score::AtLeast(32), .. });
    assert!(world.acts.iter().any(passed), "{:?}", world.acts);
    assert!(world.acts.contains(&Act::Checked { job }));
    assert!(world.acts.contains(&Act::Received { job }));

    let genesis = world.genesis.clone();
    let buyer = world.buyer.as_ref().unwrap();
    let delivered = buyer.delivered(&job).unwrap().unwrap();
    let (receipt, proof) = (&delivered.receipt, delivered.accuracy_proof.as_slice());
    let report = receipt.verify(&genesis, Some(proof), None).unwrap();
    assert_eq!((report.job, report.proof, report.fresh), (job, ProofCheck::Verified, false));
    assert_eq!(receipt.accuracy.modes.input, Privacy::Committed);
    // Nobody can be shown these rows for the digest that they have; the buyer's salt opens the commitment.
    let rows = table("test");
    assert_eq!(receipt.verify(&genesis, Some(proof), Some(&rows)), Err(Rejection::OtherData));
    let salt = buyer.rows_salt(&job).unwrap().unwrap();
    assert_eq!(receipt.accuracy.data, as_digest(&commit_rows(&rows, &salt)));

    let [owner, buyer, _] = world.money();
    let pass = 2 + 6 + 3;
    assert_eq!(owner, MONEY + PRICE - PRICE / 20 + EVALUATION_FEE - LISTING - 2 * STEP - pass);
    assert_eq!(buyer, MONEY - PRICE - EVALUATION_FEE - STEP - OPEN_TEST);
}

#[test]
fn a_miss_is_proven_on_a_private_test_set() {
    let mut world = World::private();
    let job = world.ordered(1, 1);
    world.run();
    let missed = |act: &Act| matches!(act, Act::Missed { score: Score::Fewer(36), .. });
    assert!(world.acts.iter().any(missed), "{:?}", world.acts);
    assert!(world.acts.contains(&Act::Closed { job, ending: Ending::Missed }));
    let [owner, buyer, _] = world.money();
    assert_eq!(owner, MONEY + EVALUATION_FEE - LISTING - STEP - MISS);
    assert_eq!(buyer, MONEY - EVALUATION_FEE - STEP - OPEN_TEST);
}

#[test]
fn a_miss_on_a_private_test_set_can_be_conceded() {
    let mut world = World::private();
    let job = world.ordered(1, 1);
    world
        .owner
        .as_mut()
        .unwrap()
        .set_policy(Policy { on_miss: OnMiss::Concede, ..Policy::default() });
    world.run();
    assert!(world.acts.contains(&Act::Conceded { job, reason: Reason::Miss }));
}

/// The test rows as they are encoded, as floats, and as lines of the file.
fn forbid_test(gate: &mut Gate) {
    gate.forbid_rows(&table("test"));
    let path = format!("{}/../../data/wine/test.csv", env!("CARGO_MANIFEST_DIR"));
    for line in fs::read_to_string(path).unwrap().lines().skip(1) {
        gate.forbid(What::Row, line.as_bytes());
        let values: Vec<f32> = line.split(',').filter_map(|field| field.parse().ok()).collect();
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        gate.forbid(What::Row, &bytes);
    }
}

#[test]
fn a_private_test_set_lies_nowhere_in_the_clear() {
    for (num, den) in [(8, 9), (1, 1)] {
        let mut world = World::private();
        let job = world.ordered(num, den);
        world.run();
        let mut gate = Gate::new();
        forbid_test(&mut gate);
        let openings = world.buyer.as_ref().unwrap().wallet().openings();
        let salt: FieldDigest = openings
            .get_as(&Name::on_chain(Kind::RowsSalt, &world.genesis.digest(), &job))
            .unwrap()
            .unwrap();
        gate.forbid(What::Opening, &to_bytes(&salt));
        // The owner opens what is sealed whenever it needs it, and writes it nowhere.
        assert_eq!(scan(&gate, world.root(), None), []);
        fs::write(world.path("buyer/spilled.rows"), to_bytes(&table("test"))).unwrap();
        assert!(!scan(&gate, world.root(), None).is_empty());
    }
}

/// Up to the committed model; then catches what the buyer would send.
fn caught() -> (World, JobId, SignedTx, Blobs) {
    let mut world = World::private();
    let job = world.ordered(8, 9);
    world.step();
    world.produce();
    let World { chain, buyer, random, .. } = &mut world;
    let random = &mut |out: &mut [u8]| random.fill(out);
    let mut caught = None;
    let mut swallow = |_: &mut dyn Market, tx: SignedTx, blobs| {
        let digest = tx.digest();
        caught = Some((tx, blobs));
        Ok(digest)
    };
    let mut market = Veiled::new(chain.as_mut().unwrap(), &mut swallow);
    let mut out = Outside { market: &mut market, random, progress: &mut |_| () };
    let step = buyer.as_mut().unwrap().next(&mut out).unwrap();
    assert_eq!(step, Step::Did(Act::TestOpened { job }));
    let (tx, blobs) = caught.unwrap();
    (world, job, tx, blobs)
}

/// The buyer shows `blob` instead of what it should.
fn show(world: &mut World, signed: &SignedTx, blob: Vec<u8>) {
    let Action::OpenTest(mut open) = signed.tx.action.clone() else { panic!("a test set") };
    let mut blobs = Blobs::new();
    open.table = blobs.insert(blob).unwrap();
    let tx = Tx { action: open.into(), ..signed.tx.clone() };
    let buyer = world.buyer.as_ref().unwrap();
    let signature = buyer.wallet().keys().sign(&tx.signing_digest(&world.genesis.digest()));
    Market::submit(world.chain(), SignedTx { tx, signature }, blobs).unwrap();
    world.produce();
}

/// Seals rows and salt to the owner.
fn seal(world: &mut World, content: &[u8], purpose: Purpose, job: &JobId) -> Vec<u8> {
    let key = world.owner.as_ref().unwrap().wallet().keys().encryption_key();
    let random = &mut |out: &mut [u8]| world.random.fill(out);
    envelope::seal(content, &key, purpose, &job.0, random).unwrap()
}

/// The owner cannot prove anything, and loses nothing but the fees of its own transactions.
#[track_caller]
fn check_conceded(forge: impl FnOnce(&mut World, &JobId, FieldDigest) -> Vec<u8>) {
    let (mut world, job, signed, _) = caught();
    let openings = world.buyer.as_ref().unwrap().wallet().openings();
    let salt = openings
        .get_as(&Name::on_chain(Kind::RowsSalt, &world.genesis.digest(), &job))
        .unwrap()
        .unwrap();
    let blob = forge(&mut world, &job, salt);
    show(&mut world, &signed, blob);
    world.run();
    assert!(
        world.acts.contains(&Act::Conceded { job, reason: Reason::TestSet }),
        "{:?}",
        world.acts
    );
    assert!(world.acts.contains(&Act::Closed { job, ending: Ending::Conceded }));
    let [owner, buyer, _] = world.money();
    assert_eq!((owner, buyer), (MONEY - LISTING - 2 * STEP, MONEY - STEP - OPEN_TEST));
}

/// What an honest buyer seals.
fn content(salt: &FieldDigest, table: &Table) -> Vec<u8> {
    let mut bytes = to_bytes(salt);
    table.encode(&mut bytes);
    bytes
}

#[test]
fn a_blob_that_is_sealed_to_nobody_is_conceded() {
    check_conceded(|_, _, _| vec![7; 500]);
    check_conceded(|_, _, _| Vec::new());
    check_conceded(|_, _, salt| content(&salt, &table("test")));
}

#[test]
fn a_blob_for_another_job_or_purpose_is_conceded() {
    check_conceded(|world, _, salt| {
        seal(world, &content(&salt, &table("test")), Purpose::TestSet, &JobId::default())
    });
    check_conceded(|world, job, salt| {
        seal(world, &content(&salt, &table("test")), Purpose::BuyerSecret, job)
    });
}

#[test]
fn a_sealed_set_that_is_not_the_committed_one_is_conceded() {
    // Other rows, one other label, another salt, no table, more than a table.
    check_conceded(|world, job, salt| {
        seal(world, &content(&salt, &table("train")), Purpose::TestSet, job)
    });
    check_conceded(|world, job, salt| {
        let rows = table("test");
        let mut labels = rows.labels().to_vec();
        labels[5] = (labels[5] + 1) % 3;
        let other = Table::new(rows.schema().clone(), rows.values().to_vec(), labels).unwrap();
        seal(world, &content(&salt, &other), Purpose::TestSet, job)
    });
    check_conceded(|world, job, _| {
        let salt = FieldDigest::new([5; 8]).unwrap();
        seal(world, &content(&salt, &table("test")), Purpose::TestSet, job)
    });
    check_conceded(|world, job, salt| seal(world, &to_bytes(&salt), Purpose::TestSet, job));
    check_conceded(|world, job, salt| {
        let longer = [content(&salt, &table("test")), vec![0]].concat();
        seal(world, &longer, Purpose::TestSet, job)
    });
}

#[test]
fn the_same_rows_sealed_once_more_are_served() {
    let (mut world, job, signed, _) = caught();
    let openings = world.buyer.as_ref().unwrap().wallet().openings();
    let salt: FieldDigest = openings
        .get_as(&Name::on_chain(Kind::RowsSalt, &world.genesis.digest(), &job))
        .unwrap()
        .unwrap();
    let blob = seal(&mut world, &content(&salt, &table("test")), Purpose::TestSet, &job);
    show(&mut world, &signed, blob);
    world.run();
    assert!(world.acts.contains(&Act::Received { job }), "{:?}", world.acts);
}

#[test]
fn a_market_that_gives_out_another_blob_makes_nobody_concede() {
    let mut world = World::private();
    let job = world.ordered(8, 9);
    for _ in 0..2 {
        world.step();
        world.produce();
    }
    assert_eq!(world.chain().state().job(&job).unwrap().stage.name(), StageName::Testing);
    let World { chain, owner, random, .. } = &mut world;
    let random = &mut |out: &mut [u8]| random.fill(out);
    let mut refuse = |_: &mut dyn Market, _: SignedTx, _| panic!("nothing is sent");
    let mut market = Veiled::new(chain.as_mut().unwrap(), &mut refuse);
    market.blob = Some(vec![7; 500]);
    let mut out = Outside { market: &mut market, random, progress: &mut |_| () };
    let got = owner.as_mut().unwrap().next(&mut out);
    assert!(matches!(got, Err(Error::Lie { .. })), "{got:?}");
    world.restart(false);
    world.run();
    assert!(world.acts.contains(&Act::Received { job }), "{:?}", world.acts);
}

#[test]
fn an_owner_may_take_public_test_sets_only() {
    let mut world = World::private();
    let job = world.ordered(8, 9);
    world
        .owner
        .as_mut()
        .unwrap()
        .set_policy(Policy { on_private: OnPrivate::Decline, ..Policy::default() });
    let [owner, _] = world.step();
    assert_eq!(owner, Step::Did(Act::Declined { job, reason: Reason::HiddenTest }));
    world.produce();
    world.run();
    assert_eq!(world.money()[1], MONEY - STEP);

    let mut world = World::new();
    let job = world.ordered(8, 9);
    world
        .owner
        .as_mut()
        .unwrap()
        .set_policy(Policy { on_private: OnPrivate::Decline, ..Policy::default() });
    world.run();
    assert!(world.acts.contains(&Act::Received { job }));
}

/// A new version that the owner's program would not make.
pub(crate) fn relist(world: &mut World, dataset: DatasetId, change: impl FnOnce(&mut Listing)) {
    let mut listing = world.chain().state().listing(&dataset).unwrap().listing.clone();
    change(&mut listing);
    let (from, digest) = (world.owner.as_ref().unwrap().address(), world.genesis.digest());
    let tx = Tx {
        chain: world.genesis.chain(),
        from,
        nonce: world.chain().state().account(&from).nonce,
        valid_until: Height::new(1_000),
        max_fee: Amount::new(100),
        action: UpdateListing { dataset, listing }.into(),
    };
    let signature = world.owner.as_ref().unwrap().wallet().keys().sign(&tx.signing_digest(&digest));
    Market::submit(world.chain(), SignedTx { tx, signature }, Blobs::new()).unwrap();
    world.produce();
}

/// An owner who could keep the buyer from sealing would be paid for the buyer's silence.
#[test]
fn a_useless_key_in_a_later_version_stops_no_buyer() {
    let mut world = World::private();
    let job = world.ordered(8, 9);
    world.step();
    world.produce();
    let dataset = world.chain().state().job(&job).unwrap().request.dataset;
    relist(&mut world, dataset, |listing| listing.encryption_key = [0; 32]);
    assert_eq!(world.chain().state().listing(&dataset).unwrap().version, 2);
    world.run();
    assert!(world.acts.contains(&Act::Received { job }), "{:?}", world.acts);
}

#[test]
fn a_test_set_that_is_too_long_to_be_shown_is_not_ordered_with() {
    for audience in [Audience::Everybody, Audience::Owner] {
        let mut world = World::new();
        world.audience = audience;
        let dataset = world.publish().unwrap();
        world.produce();
        let rows = table("test");
        let times = 5 * (1 << 20) / (4 * rows.values().len()) + 1;
        let long = Table::new(
            rows.schema().clone(),
            rows.values().repeat(times),
            rows.labels().repeat(times),
        );
        let order = Order { test: long.unwrap(), audience, ..order(dataset, 8, 9) };
        let got = world.with_buyer(|buyer, out| buyer.order(&order, out));
        assert!(matches!(got, Err(Error::Blob(_))), "{got:?}");
        world.produce();
        assert_eq!(world.money()[1], MONEY);
    }
}

#[test]
fn what_is_named_and_what_is_sealed_are_those_of_the_job() {
    let (_, _, signed, blobs) = caught();
    let Action::OpenTest(open) = signed.tx.action else { panic!("a test set") };
    assert_eq!(open.salt, [0; 32]);
    let sealed = blobs.get(&open.table).unwrap();
    assert_eq!(BlobId::of(sealed), open.table);
    // HPKE's overhead, a salt and the table.
    assert_eq!(sealed.len(), 48 + 32 + to_bytes(&table("test")).len());
}

/// Nothing could be delivered to a buyer whose secret the owner does not know, so nothing is trained.
#[test]
fn a_secret_that_is_not_the_one_of_the_job_is_declined() {
    let mut world = World::new();
    let dataset = world.publish().unwrap();
    world.produce();
    let World { chain, buyer, random, .. } = &mut world;
    let random = &mut |out: &mut [u8]| random.fill(out);
    let mut caught = None;
    let mut swallow = |_: &mut dyn Market, tx: SignedTx, _| {
        let digest = tx.digest();
        caught = Some(tx);
        Ok(digest)
    };
    let mut market = Veiled::new(chain.as_mut().unwrap(), &mut swallow);
    let mut out = Outside { market: &mut market, random, progress: &mut |_| () };
    let job = buyer.as_mut().unwrap().order(&order(dataset, 8, 9), &mut out).unwrap().job;
    let tx = caught.unwrap().tx;

    let Action::OpenJob(mut open) = tx.action.clone() else { panic!("an order") };
    let other = FieldDigest::new([6; 8]).unwrap();
    let sealed = seal(&mut world, &to_bytes(&other), Purpose::BuyerSecret, &job);
    open.sealed_secret = Bytes::new(sealed).unwrap();
    let tx = Tx { action: (*open).into(), ..tx };
    let keys = world.buyer.as_ref().unwrap().wallet().keys();
    let signature = keys.sign(&tx.signing_digest(&world.genesis.digest()));
    Market::submit(world.chain(), SignedTx { tx, signature }, Blobs::new()).unwrap();
    world.produce();
    let [owner, _] = world.step();
    assert_eq!(owner, Step::Did(Act::Declined { job, reason: Reason::Secret }));
}
