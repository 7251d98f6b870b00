//! What the page's encoders are compared with (`web/test`): an order and algorithms, made here.

use crate::session::data;
use assay_codec::{Digest, to_bytes, to_hex};
use assay_import::{CsvOptions, read_csv};
use assay_model::{
    ClassWeight, Criterion, Descent, ForestParameters, Image, Layer, Loss, MaxFeatures,
    NetworkParameters, Ratio, Sampling, Schedule, Splitter, TableSize, TreeParameters,
};
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

/// What the page calls an algorithm, and what it is.
fn algorithms() -> Vec<(Value, Algorithm)> {
    let plain = json!({
        "criterion": "gini", "maxDepth": null, "minSamplesSplit": 2, "minSamplesLeaf": 1, "maxFeatures": "all",
        "maxLeafNodes": null, "classWeight": "none", "seed": 0,
    });
    let other = json!({
        "criterion": "entropy", "maxDepth": 7, "minSamplesSplit": 300, "minSamplesLeaf": 70_000, "maxFeatures": "log2",
        "maxLeafNodes": 99, "classWeight": "balanced", "seed": 1_u64 << 40,
    });
    let bounded = TreeParameters {
        criterion: Criterion::Entropy,
        max_depth: Some(7),
        min_samples_split: 300,
        min_samples_leaf: 70_000,
        max_features: MaxFeatures::Log2,
        max_leaf_nodes: Some(99),
        class_weight: ClassWeight::Balanced,
        seed: 1 << 40,
        ..TreeParameters::SKLEARN
    };
    let drawn = TreeParameters { max_features: MaxFeatures::Sqrt, ..TreeParameters::SKLEARN };
    let mut of_drawn = plain.clone();
    of_drawn["maxFeatures"] = "sqrt".into();
    let forest = |tree: &TreeParameters, trees, sampling, splitter| {
        Algorithm::Forest(ForestParameters::new(tree.clone(), trees, sampling, splitter).unwrap())
    };
    let mut all = vec![
        (
            json!({ "kind": "tree", "tree": plain }),
            Algorithm::DecisionTree(TreeParameters::SKLEARN),
        ),
        (json!({ "kind": "tree", "tree": other }), Algorithm::DecisionTree(bounded.clone())),
        (
            json!({ "kind": "forest", "tree": of_drawn, "trees": 100, "bootstrap": true, "splitter": "best" }),
            forest(&drawn, 100, Sampling::Bootstrap, Splitter::Best),
        ),
        (
            json!({ "kind": "forest", "tree": other, "trees": 300, "bootstrap": false, "splitter": "random" }),
            forest(&bounded, 300, Sampling::All, Splitter::Random),
        ),
    ];
    all.extend(networks());
    all
}

fn networks() -> [(Value, Algorithm); 3] {
    let ratio = |num, den| Ratio::new(num, den).unwrap();
    let usual = Descent {
        epochs: 30,
        batch: 32,
        learning_rate: ratio(1, 20),
        schedule: Schedule::Linear,
        momentum: ratio(9, 10),
        weight_decay: ratio(1, 1000),
        seed: 0,
    };
    let constant = Descent {
        epochs: 300,
        schedule: Schedule::Constant,
        momentum: Ratio::ZERO,
        seed: 1 << 40,
        ..usual
    };
    let of_usual = json!({
        "epochs": 30, "batch": 32, "learningRate": "0.05", "schedule": "falling", "momentum": "0.9",
        "weightDecay": "1/1000", "seed": 0,
    });
    let of_constant = json!({
        "epochs": 300, "batch": 32, "learningRate": "5e-2", "schedule": "constant", "momentum": "0",
        "weightDecay": "0.0010", "seed": 1_u64 << 40,
    });
    let network = |input, layers, loss, descent| {
        Algorithm::Network(NetworkParameters::new(input, layers, loss, descent).unwrap())
    };
    let layers = vec![
        Layer::Convolution { filters: 8, side: 3, stride: 1, padding: 1 },
        Layer::MaxPool { side: 2, stride: 2 },
        Layer::Convolution { filters: 16, side: 3, stride: 2, padding: 0 },
        Layer::AveragePool { side: 1, stride: 3 },
        Layer::Dense { outputs: 300 },
    ];
    let image = Image { height: 12, width: 8, channels: 2 };
    [
        (
            json!({ "kind": "network", "image": null, "layers": "", "loss": "hinge", "descent": of_constant }),
            network(None, Vec::new(), Loss::Hinge, constant),
        ),
        (
            json!({ "kind": "network", "image": null, "layers": "dense:64,dense:300", "loss": "cross-entropy", "descent": of_usual }),
            network(
                None,
                [64, 300].map(|outputs| Layer::Dense { outputs }).to_vec(),
                Loss::CrossEntropy,
                usual,
            ),
        ),
        (
            json!({
                "kind": "network", "image": "12x8x2", "layers": "conv:8x3,max:2,conv:16x3/2+0,avg:1/3,dense:300",
                "loss": "cross-entropy", "descent": of_usual,
            }),
            network(Some(image), layers, Loss::CrossEntropy, usual),
        ),
    ]
}

#[track_caller]
fn check(name: &str, got: &Value) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(name);
    if std::env::var_os("ASSAY_BLESS").is_some() {
        fs::write(&path, serde_json::to_string_pretty(got).unwrap() + "\n").unwrap();
    }
    let expected: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(*got, expected);
}

/// The page makes the same order of the same bytes.
#[test]
fn an_order_is_the_one_that_the_page_makes() {
    check("page-order-1.json", &order());
}

/// The page writes the same bytes, has the wallet show the same words, and counts the same weights and work.
#[test]
fn an_algorithm_is_the_one_that_the_page_asks_for() {
    let shown = algorithms().into_iter().map(|(asked, algorithm)| {
        let features = if asked["image"].is_string() { 192 } else { 13 };
        let size = TableSize { rows: 150, features, classes: 3 };
        let (weights, work) = match &algorithm {
            Algorithm::DecisionTree(_) => (None, None),
            Algorithm::Forest(forest) => (None, Some(forest.work(&size).unwrap())),
            Algorithm::Network(network) => {
                (Some(network.weights(features, 3).unwrap()), Some(network.work(&size).unwrap()))
            }
        };
        json!({
            "asked": asked, "encoded": to_hex(&to_bytes(&algorithm)), "shown": algorithm.to_string(),
            "features": features, "weights": weights, "work": work,
        })
    });
    check("page-algorithms-1.json", &shown.collect::<Vec<_>>().into());
}
