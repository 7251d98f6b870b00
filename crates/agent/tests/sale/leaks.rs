//! What lies outside the owner's folder when the key is not yet revealed, and afterwards.

use crate::world::{World, table};
use assay_agent::gate::{Gate, Leak, What};
use assay_agent::{Act, Error, Step};
use assay_codec::{Digest, to_bytes};
use assay_ledger::job::StageName;
use assay_model::Graph;
use assay_model::{Schema, Table};
use assay_types::JobId;
use assay_wallet::openings::Kind;
use std::fs;
use std::path::{Path, PathBuf};

/// All files below `dir`, without those below `except`.
fn files(dir: &Path, except: Option<&Path>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if except == Some(path.as_path()) {
            continue;
        }
        if path.is_dir() { found.extend(files(&path, except)) } else { found.push(path) }
    }
    found
}

/// What the gate finds in the files below `dir`.
pub(crate) fn scan(gate: &Gate, dir: &Path, except: Option<&Path>) -> Vec<(PathBuf, Leak)> {
    let mut leaks = Vec::new();
    let files = files(dir, except);
    assert!(!files.is_empty());
    for path in files {
        if let Err(leak) = gate.check(&fs::read(&path).unwrap()) {
            leaks.push((path, leak));
        }
    }
    leaks
}

/// Rows as they are encoded, as floats in either byte order, and as lines of the file.
fn forbid_rows(gate: &mut Gate) {
    let train = table("train");
    gate.forbid_rows(&train);
    let path = format!("{}/../../data/wine/train.csv", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    for line in text.lines().skip(1) {
        gate.forbid(What::Row, line.as_bytes());
        let values: Vec<f32> = line.split(',').filter_map(|field| field.parse().ok()).collect();
        let little: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let big: Vec<u8> = values.iter().flat_map(|value| value.to_be_bytes()).collect();
        gate.forbid(What::Row, &little);
        gate.forbid(What::Row, &big);
    }
}

/// The owner's secrets of these kinds, from its own wallet.
fn forbid_openings(gate: &mut Gate, world: &World, kinds: &[Kind]) {
    let openings = world.owner.as_ref().unwrap().wallet().openings();
    for (name, value) in openings.iter().filter(|(name, _)| kinds.contains(&name.kind)) {
        match name.kind {
            Kind::Model => {
                gate.forbid_model(&assay_codec::from_bytes::<Graph>(value).unwrap());
            }
            _ => gate.forbid(What::Opening, value),
        }
    }
}

/// Writes the owner's openings in the clear, where the scan must find them.
fn spill(world: &World) {
    let openings = world.owner.as_ref().unwrap().wallet().openings();
    for (number, (_, value)) in openings.iter().enumerate() {
        fs::write(world.path(&format!("owner/spilled-{number}")), value).unwrap();
    }
}

/// Up to the transaction with the proofs; the key is still the owner's.
fn proven() -> (World, JobId) {
    let mut world = World::new();
    let job = world.ordered(8, 9);
    for _ in 0..3 {
        world.step();
        world.produce();
    }
    assert_eq!(world.chain().state().job(&job).unwrap().stage.name(), StageName::Proven);
    (world, job)
}

#[test]
fn before_the_reveal_nothing_secret_is_outside() {
    let (world, _) = proven();
    let mut gate = Gate::new();
    forbid_rows(&mut gate);
    let kinds = [Kind::ModelSalt, Kind::Model, Kind::DeliveryKey, Kind::DataSalt];
    forbid_openings(&mut gate, &world, &kinds);
    // Nowhere: what lies in the owner's own folder is sealed.
    assert_eq!(scan(&gate, world.root(), None), []);

    // The same scan finds the rows, and every opening, once they are in the clear.
    fs::write(world.path("owner/spilled.rows"), to_bytes(&table("train"))).unwrap();
    assert_eq!(scan(&gate, &world.path("owner"), None).len(), 1);
    spill(&world);
    assert_eq!(scan(&gate, &world.path("owner"), None).len(), 1 + 4);
}

#[test]
fn after_the_sale_rows_and_salts_are_still_nowhere_else() {
    let (mut world, job) = proven();
    world.run();
    assert!(world.acts.contains(&Act::Received { job }));
    let mut gate = Gate::new();
    forbid_rows(&mut gate);
    forbid_openings(&mut gate, &world, &[Kind::ModelSalt, Kind::DataSalt]);
    assert_eq!(scan(&gate, world.root(), None), []);

    // Key and model are where they should be now: on the ledger, and with the buyer.
    let mut gate = Gate::new();
    forbid_openings(&mut gate, &world, &[Kind::DeliveryKey]);
    assert!(!scan(&gate, &world.path("ledger"), None).is_empty());
    let mut gate = Gate::new();
    forbid_openings(&mut gate, &world, &[Kind::Model]);
    assert!(!scan(&gate, &world.path("buyer"), None).is_empty());
    assert_eq!(scan(&gate, &world.path("ledger"), None), []);
}

#[test]
fn the_test_set_stays_with_the_buyer_until_the_model_is_fixed() {
    let mut world = World::new();
    world.ordered(8, 9);
    let mut gate = Gate::new();
    gate.forbid_rows(&table("test"));
    let buyer = world.path("buyer");
    assert_eq!(scan(&gate, world.root(), None), []);
    world.step();
    world.produce();
    assert_eq!(scan(&gate, world.root(), None), []);
    assert!(matches!(world.step(), [Step::Idle, Step::Did(Act::TestOpened { .. })]));
    world.produce();
    assert!(!scan(&gate, world.root(), Some(&buyer)).is_empty());
}

#[test]
fn the_gate_stops_an_owner_that_would_send_its_rows() {
    let mut world = World::new();
    // A table whose rows are as wide as a digest, and a "sample" that is one of them.
    let got = world.with_owner(|owner, out| {
        let mut offer = crate::world::offer();
        offer.table = narrow(&offer.table);
        let row: Vec<u8> = offer.table.row(0).iter().flat_map(to_bytes).collect();
        offer.terms.sample = Some(Digest(row.try_into().unwrap()));
        owner.publish(&offer, out)
    });
    assert!(matches!(got, Err(Error::Leak(Leak::Secret { what: What::Row, .. }))), "{got:?}");
    world.produce();
    assert_eq!(world.chain().state().listings().count(), 0);
}

/// The first eight features.
fn narrow(table: &Table) -> Table {
    let names = table.schema();
    let (features, classes) = (names.features()[..8].to_vec(), names.classes().to_vec());
    let schema = Schema::new(features, names.target().to_owned(), classes).unwrap();
    let rows = (0..table.rows()).flat_map(|row| table.row(row)[..8].to_vec());
    Table::new(schema, rows.collect(), table.labels().to_vec()).unwrap()
}
