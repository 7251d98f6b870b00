//! What the page's encoders are compared with (`web/test/order.test.js`): an order, made here.

use crate::session::data;
use assay_codec::{Digest, to_bytes, to_hex};
use assay_import::{CsvOptions, read_csv};
use assay_model::TreeParameters;
use assay_statements::delivery;
use assay_types::bounded::Bytes;
use assay_types::statement::Privacy;
use assay_types::tx::OpenJob;
use assay_types::{
    Address, Algorithm, Amount, DatasetId, Disclosure, FieldDigest, Height, JobId, Metric,
    TestCommitment, Threshold, Tx,
};
use assay_wallet::Keys;
use assay_wallet::envelope::{self, Purpose};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

const GENESIS: Digest = Digest([7; 32]);
const BUYER: Address = Address([0x11; 20]);
const NONCE: u64 = 5;
const SALT: [u8; 32] = [0x22; 32];
/// What the sealing key is made of, so that sealing is a function.
const SEED: [u8; 32] = [0x33; 32];

/// The order, and all that it is made of.
fn order() -> Value {
    let train = fs::read(data("wine/train.csv")).unwrap();
    let train = read_csv(train.as_slice(), &CsvOptions::new("cultivar")).unwrap();
    let bytes = fs::read(data("wine/test.csv")).unwrap();
    let table = read_csv(bytes.as_slice(), &CsvOptions::of(train.schema())).unwrap();
    let owner = Keys::from_seed(&[0x44; 32]);
    let job = JobId::of(BUYER, NONCE);
    let secret = FieldDigest::new([1, 20, 300, 4_000, 50_000, 600_000, 7_000_000, 80_000_000]);
    let secret = secret.unwrap();
    let random = &mut |out: &mut [u8]| out.copy_from_slice(&SEED[..out.len()]);
    let (plain, key) = (to_bytes(&secret), owner.encryption_key());
    let sealed = envelope::seal(&plain, &key, Purpose::BuyerSecret, &job.0, random).unwrap();
    let tree = TreeParameters {
        max_depth: Some(4),
        min_samples_split: 6,
        min_samples_leaf: 3,
        ..TreeParameters::SKLEARN
    };
    let request = OpenJob {
        dataset: DatasetId(Digest([0x55; 32])),
        version: 2,
        algorithm: Algorithm::DecisionTree(tree),
        test: TestCommitment::of(&table.digest(), &SALT),
        rows: u32::try_from(table.rows()).unwrap(),
        metric: Metric::Accuracy,
        threshold: Threshold::new(900, 1000).unwrap(),
        test_privacy: Privacy::Public,
        disclosure: Disclosure::Threshold,
        secret_hash: delivery::secret_hash(&secret, &job),
        sealed_secret: Bytes::new(sealed).unwrap(),
        max_price: Amount::new(800),
        commit_window: 100,
    };
    let (valid_until, max_fee) = (Height::new(107), Amount::new(2));
    let action = request.into();
    let tx = Tx { chain: 1337, from: BUYER, nonce: NONCE, valid_until, max_fee, action };
    json!({
        "features": table.schema().features(),
        "target": table.schema().target(),
        "classes": table.schema().classes(),
        "encryption_key": to_hex(&key),
        "secret": to_hex(&plain),
        "job": job.to_string(),
        "table": table.digest().to_string(),
        "action": to_hex(&to_bytes(&tx.action)),
        "digest": to_hex(&tx.signing_digest(&GENESIS)),
        "typed_data": assay_api::typed::document(&tx.typed_data(&GENESIS)),
    })
}

/// The page makes the same order of the same bytes.
#[test]
fn an_order_is_the_one_that_the_page_makes() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/page-order-1.json");
    let got = order();
    if std::env::var_os("ASSAY_BLESS").is_some() {
        fs::write(&path, serde_json::to_string_pretty(&got).unwrap() + "\n").unwrap();
    }
    let expected: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(got, expected);
}
