//! Seeded values of every wire type. The generator is SplitMix64, written out here, because golden hashes
//! rest on it and must not move with a library.

use assay_codec::Digest;
use assay_model::ops::forest::{Bounds as ForestBounds, Votes};
use assay_model::ops::network::{
    Builder, InputMap, Map, Rescale, Scale as InputScale, Shape as TensorShape,
};
use assay_model::regression::{
    Architecture as NumberArchitecture, Reading, Scale, Schema as NumberSchema,
};
use assay_types::bounded::{Bytes, List, Text};
use assay_types::log::{LogEntry, Topic};
use assay_types::merkle;
use assay_types::statement::*;
use assay_types::tx::*;
use assay_types::*;

pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn u32(&mut self) -> u32 {
        (self.next() >> 32) as u32
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }

    fn text<const MAX: usize>(&mut self) -> Text<MAX> {
        let len = self.below(12);
        let letters = (0..len).map(|_| char::from(b'a' + self.below(26) as u8));
        Text::new(letters.collect::<String>()).unwrap()
    }

    fn list<T: Sample, const MAX: usize>(&mut self) -> List<T, MAX> {
        let len = self.below(4);
        List::new((0..len).map(|_| T::sample(self)).collect()).unwrap()
    }

    fn names(&mut self) -> Vec<String> {
        let len = 1 + self.below(4);
        (0..len).map(|i| format!("{i}{}", self.text::<16>())).collect()
    }
}

/// An algorithm of any name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trained(pub(crate) Algorithm);

/// An offer of any name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allowed(pub(crate) Offered);

assay_codec::transparent!(Trained, Allowed);

pub(crate) trait Sample: Sized {
    fn sample(random: &mut Random) -> Self;
}

macro_rules! sample {
    ($($type:ty = |$random:ident| $body:expr;)*) => {$(
        impl Sample for $type {
            fn sample($random: &mut Random) -> Self {
                $body
            }
        }
    )*};
}

fn s<T: Sample>(random: &mut Random) -> T {
    T::sample(random)
}

impl<T: Sample> Sample for Option<T> {
    fn sample(random: &mut Random) -> Self {
        (random.below(2) == 0).then(|| s(random))
    }
}

impl<T: Sample> Sample for Box<T> {
    fn sample(random: &mut Random) -> Self {
        Self::new(s(random))
    }
}

impl<const N: usize> Sample for [u8; N] {
    fn sample(random: &mut Random) -> Self {
        random.bytes(N).try_into().unwrap()
    }
}

impl<const MAX: usize> Sample for Text<MAX> {
    fn sample(random: &mut Random) -> Self {
        random.text()
    }
}

sample! {
    bool = |r| r.below(2) == 0;
    u16 = |r| r.next() as Self;
    u32 = |r| r.u32();
    u64 = |r| r.next();
    Digest = |r| Self(s(r));
    Address = |r| Self(s(r));
    Amount = |r| Self::new(u128::from(r.next()) << r.below(32));
    Height = |r| Self::new(r.next());
    DatasetId = |r| Self(s(r));
    JobId = |r| Self(s(r));
    BlobId = |r| Self(s(r));
    StatementDigest = |r| Self(s(r));
    TestCommitment = |r| Self(s(r));
    FieldDigest = |r| Self::new([0; 8].map(|_: u32| r.below(u64::from(FIELD_ORDER)) as u32)).unwrap();
    ModelCommitment = |r| Self(s(r));
    Signature = |r| {
        let mut bytes: [u8; 65] = s(r);
        bytes[32] &= 0x3f;
        bytes[64] = 27 + (bytes[64] & 1);
        Self::new(bytes).unwrap()
    };
    Privacy = |r| [Self::Public, Self::Committed, Self::Hidden][r.below(3) as usize];
    Modes = |r| Self { input: s(r), weights: s(r), output: s(r) };
    Context = |r| Self {
        chain: s(r), genesis: s(r), job: s(r), prover: s(r), recipient: s(r), deadline: s(r),
    };
    Score = |r| match r.below(3) {
        0 => Self::AtLeast(s(r)),
        1 => Self::Fewer(s(r)),
        _ => Self::Exactly(s(r)),
    };
    Figure = |r| match r.below(3) {
        0 => Self::Precision,
        1 => Self::Recall,
        _ => Self::F1,
    };
    ClassScore = |r| Self {
        figure: s(r), class: s(r), positives: s(r), numerator: s(r), denominator: s(r), is_missed: s(r),
    };
    Parted = |r| Self {
        whole: s(r), part_rows: s(r), sums: (0..r.below(4)).map(|_| s(r)).collect(),
    };
    Architecture = |r| Self::DecisionTree(
        TreeBounds::new(
            1 + r.below(1024) as usize,
            1 + r.below(1024) as usize,
            1 + r.below(64) as u8,
            3 + r.below(18) as u8,
        )
        .unwrap(),
    );
    Schema = |r| Self::new(r.names(), "target".into(), r.names()).unwrap();
    Accuracy = |r| Self {
        context: s(r), modes: s(r), architecture: s(r), schema: s(r), model: s(r), data: s(r),
        rows: s(r), score: s(r),
    };
    ErrorMetric = |r| [Self::MeanSquaredError, Self::RSquared][r.below(2) as usize];
    ErrorScore = |r| Self {
        metric: s(r), numerator: s::<u64>(r).cast_signed(), denominator: s(r), is_missed: s(r),
    };
    Scale = |r| {
        let low = r.below(1 << 20) as i32 - (1 << 19);
        Self::new(1 + r.below(5000) as u32, low, low + 1 + r.below(1 << 20) as i32).unwrap()
    };
    // A forest, or a network of one layer.
    NumberArchitecture = |r| {
        if r.below(2) == 0 {
            let tree = TreeBounds::new(1 + r.below(9) as usize, 1, 1 + r.below(9) as u8, 5).unwrap();
            let bounds = ForestBounds::new(tree, 1 + r.below(9) as usize, Votes::All).unwrap();
            return Self::new(Architecture::Forest(bounds), Reading::PLAIN).unwrap();
        }
        let scale = InputScale { multiplier: 1, shift: 0, offset: r.below(9) as i32 };
        let shape = TensorShape { height: 1, width: 1, channels: 1 + r.below(9) as u32 };
        let mut builder = Builder::new(InputMap::uniform(scale, -9, 9), shape);
        builder.dense(0, 1, Rescale { shift: 4, quotient_bits: 12, map: Map::Identity });
        let offset = r.below(1 << 20) as i32 - (1 << 19);
        let reading = Reading::new(1 + r.below(99) as u32, offset).unwrap();
        Self::new(Architecture::Network(builder.finish().unwrap()), reading).unwrap()
    };
    NumberSchema = |r| Self::new(r.names(), "target".into(), "unit".into(), s(r)).unwrap();
    Regression = |r| Self {
        context: s(r), modes: s(r), architecture: s(r), schema: s(r), model: s(r), data: s(r),
        rows: s(r), score: s(r),
    };
    Inference = |r| Self {
        context: s(r), architecture: s(r), schema: s(r), input: part(r), model: part(r),
        output: part(r), rows: s(r),
    };
    Estimate = |r| Self {
        context: s(r), architecture: s(r), schema: s(r), input: part(r), model: part(r),
        output: part(r), rows: s(r),
    };
    Delivery = |r| Self {
        context: s(r), architecture: s(r), model: s(r), key_hash: s(r), secret_hash: s(r),
        ciphertext: s(r),
    };
    Ratio = |r| Self::new(r.u32() >> r.below(32), r.u32().max(1)).unwrap();
    MaxFeatures = |r| match r.below(4) {
        0 => Self::All,
        1 => Self::Sqrt,
        2 => Self::Log2,
        _ => Self::Count(1 + r.below(100) as u16),
    };
    ClassWeight = |r| match r.below(3) {
        0 => Self::Equal,
        1 => Self::Balanced,
        _ => Self::Given((0..1 + r.below(4)).map(|_| r.u32().max(1)).collect()),
    };
    TreeParameters = |r| Self {
        criterion: [Criterion::Gini, Criterion::Entropy][r.below(2) as usize],
        max_depth: (r.below(2) == 0).then(|| 1 + r.below(64) as u8),
        min_samples_split: 2 + r.below(100) as u32,
        min_samples_leaf: 1 + r.below(100) as u32,
        max_features: s(r),
        max_leaf_nodes: (r.below(2) == 0).then(|| 2 + r.below(100) as u32),
        min_impurity_decrease: s(r),
        ccp_alpha: s(r),
        class_weight: s(r),
        seed: s(r),
    };
    // What golden hashes rest on; all the others are `Trained` and `Allowed`.
    Algorithm = |r| Self::DecisionTree(s(r));
    Offered = |_r| Self::DecisionTree;
    Sampling = |r| [Self::All, Self::Bootstrap][r.below(2) as usize];
    Splitter = |r| [Self::Best, Self::Random][r.below(2) as usize];
    Loss = |r| [Self::CrossEntropy, Self::Hinge][r.below(2) as usize];
    ForestParameters = |r| Self::new(s(r), 1 + r.below(1 << 14) as u16, s(r), s(r)).unwrap();
    Descent = |r| Self {
        epochs: 1 + r.below(100) as u16,
        batch: 1 + r.below(1024) as u16,
        learning_rate: Ratio::new(1 + r.below(99) as u32, 100).unwrap(),
        schedule: [Schedule::Constant, Schedule::Linear][r.below(2) as usize],
        momentum: Ratio::new(r.below(100) as u32, 100).unwrap(),
        weight_decay: Ratio::new(r.below(100) as u32, 1000).unwrap(),
        seed: s(r),
    };
    NetworkParameters = |r| {
        let is_image = r.below(2) == 0;
        let image = Image { height: 8, width: 9, channels: 1 + r.below(3) as u16 };
        let mut layers = Vec::new();
        if is_image {
            let (filters, padding) = (1 + r.below(8) as u16, r.below(2) as u8);
            layers.push(Layer::Convolution { filters, side: 3, stride: 1, padding });
            layers.push(match r.below(2) {
                0 => Layer::MaxPool { side: 2, stride: 2 },
                _ => Layer::AveragePool { side: 2, stride: 2 },
            });
        }
        layers.extend((0..r.below(3)).map(|_| Layer::Dense { outputs: 1 + r.below(50) as u16 }));
        Self::new(is_image.then_some(image), layers, s(r), s(r)).unwrap()
    };
    Trained = |r| Self(match r.below(3) {
        0 => Algorithm::DecisionTree(s(r)),
        1 => Algorithm::Forest(s(r)),
        _ => Algorithm::Network(s(r)),
    });
    Allowed = |r| Self(match r.below(3) {
        0 => Offered::DecisionTree,
        1 => Offered::Forest { trees_max: s(r), work_max: s(r) },
        _ => Offered::Network { weights_max: s(r), work_max: s(r) },
    });
    Metric = |_r| Self::Accuracy;
    Disclosure = |r| [Self::Threshold, Self::Exact][r.below(2) as usize];
    Threshold = |r| {
        let den = r.u32().max(1);
        Self::new(r.u32() % den, den).unwrap()
    };
    Shape = |r| match r.below(4) {
        0 => Self::Constant { price: s(r) },
        1 => Self::Linear { base: s(r), slope: s(r) },
        2 => Self::Exponential {
            base: Amount::new(1 + u128::from(r.next())),
            growth_ppm: GROWTH_PPM_MIN + r.below(1_000_000) as u32,
        },
        _ => Self::Table((0..1 + r.below(4)).map(|i| step(i, r)).collect()),
    };
    Curve = |r| {
        let floor = Amount::new(u128::from(r.next()));
        let cap = floor.checked_add(s(r)).unwrap().min(PRICE_MAX);
        let half_life = (r.below(2) == 0).then(|| r.next().max(1));
        Self::new(s(r), floor, cap, half_life).unwrap()
    };
    Card = |r| Self {
        pretty_name: s(r), description: s(r), tags: r.list(), task_categories: r.list(), source: s(r),
    };
    DataCommitment = |r| match r.below(2) {
        0 => Self::Blake3(s(r)),
        _ => Self::Poseidon2(s(r)),
    };
    Windows = |r| Self { open: s(r), prove: s(r), reveal: s(r) };
    Limits = |r| Self {
        algorithms: r.list(),
        depth_max: r.next() as u8,
        min_samples_leaf: s(r),
        leaves_max: s(r),
        test_rows_max: s(r),
        disclosure: s(r),
    };
    Listing = |r| Self {
        card: s(r), commitment: s(r), schema: s(r), rows: s(r), curve: s(r), evaluation_fee: s(r),
        encryption_key: s(r), windows: s(r), limits: s(r), licence: s(r), sample: s(r),
    };
    Transfer = |r| Self { to: s(r), amount: s(r) };
    PublishDataset = |r| Self { listing: s(r) };
    UpdateListing = |r| Self { dataset: s(r), listing: s(r) };
    Delist = |r| Self { dataset: s(r) };
    OpenJob = |r| Self {
        dataset: s(r), version: s(r), algorithm: s(r), test: s(r), rows: s(r), metric: s(r),
        threshold: s(r), test_privacy: s(r), disclosure: s(r), secret_hash: s(r),
        sealed_secret: Bytes::new(r.bytes(80)).unwrap(), max_price: s(r), commit_window: s(r),
    };
    Decline = |r| Self { job: s(r) };
    CommitModel = |r| Self { job: s(r), model: s(r), architecture: s(r) };
    OpenTest = |r| Self { job: s(r), table: s(r), salt: s(r) };
    Concede = |r| Self { job: s(r) };
    ProveMiss = |r| Self { job: s(r), accuracy: s(r), proof: s(r) };
    SubmitPass = |r| Self {
        job: s(r), accuracy: s(r), accuracy_proof: s(r), delivery: s(r), delivery_proof: s(r),
        ciphertext: s(r),
    };
    RevealKey = |r| Self { job: s(r), key: s(r) };
    Action = |r| match r.below(12) {
        0 => Self::Transfer(s(r)),
        1 => Self::PublishDataset(s(r)),
        2 => Self::UpdateListing(s(r)),
        3 => Self::Delist(s(r)),
        4 => Self::OpenJob(s(r)),
        5 => Self::Decline(s(r)),
        6 => Self::CommitModel(s(r)),
        7 => Self::OpenTest(s(r)),
        8 => Self::Concede(s(r)),
        9 => Self::ProveMiss(s(r)),
        10 => Self::SubmitPass(s(r)),
        _ => Self::RevealKey(s(r)),
    };
    Tx = |r| Self {
        chain: s(r), from: s(r), nonce: s(r), valid_until: s(r), max_fee: s(r), action: s(r),
    };
    SignedTx = |r| Self { tx: s(r), signature: s(r) };
    Parameters = |r| Self {
        fee: s(r), proof_fee: s(r), blob_fee: s(r),
        fee_burn_ppm: r.below(1_000_001) as u32,
        listing_burn: s(r),
        sale_burn_ppm: r.below(1_000_001) as u32,
        sale_burn_min: s(r),
        window_min: 2 + r.below(100),
        window_max: 102 + r.below(100),
    };
    Genesis = |r| {
        let accounts = (0..r.below(5)).map(|i| (Address([i as u8; 20]), s(r))).collect();
        Self::new(1 + r.below(1 << 40), s(r), s(r), s(r), accounts).unwrap()
    };
    Header = |r| Self {
        version: s(r), genesis: s(r), parent: s(r), height: s(r), time_ms: s(r), tx_root: s(r),
        log_root: s(r), state_root: s(r),
    };
    Certified = |r| Self { header: s(r), finality: Finality::Authority(s(r)) };
    Topic = |r| match r.below(3) {
        0 => Self::Account(s(r)),
        1 => Self::Dataset(s(r)),
        _ => Self::Job(s(r)),
    };
    LogEntry = |r| Self {
        topic: s(r), sequence: s(r), previous: s(r), height: s(r), time_ms: s(r), event: s(r),
    };
    merkle::Proof = |r| {
        let len = r.below(8);
        Self { index: s(r), size: s(r), path: (0..len).map(|_| s(r)).collect() }
    };
    Blobs = |r| {
        let mut blobs = Self::new();
        for _ in 0..r.below(4) {
            let len = r.below(40) as usize;
            blobs.insert(r.bytes(len)).unwrap();
        }
        blobs
    };
    Manner = |r| [Self::Word, Self::Silence][r.below(2) as usize];
    Sale = |r| Self {
        buyer: s(r), owner: s(r), dataset: s(r), version: s(r), model: s(r), architecture: s(r),
        table: s(r), rows: s(r), needed: s(r), score: s(r), fresh: s(r), accuracy: s(r),
        accuracy_proof: s(r), delivery: s(r), delivery_proof: s(r), ciphertext: s(r), key: s(r),
        price: s(r), evaluation_fee: s(r), burned: s(r), count: s(r),
    };
    Event = |r| match r.below(16) {
        0 => Self::Executed {
            from: s(r), nonce: s(r), tx: s(r), fee: s(r), burned: s(r), failure: s(r),
        },
        1 => Self::Transferred { from: s(r), to: s(r), amount: s(r) },
        2 => Self::Published { dataset: s(r), owner: s(r), listing: s(r), burned: s(r) },
        3 => Self::Updated { dataset: s(r), version: s(r), listing: s(r) },
        4 => Self::Delisted { dataset: s(r) },
        5 => Self::Opened {
            job: s(r), buyer: s(r), owner: s(r), request: s(r), needed: s(r), price: s(r),
            evaluation_fee: s(r), deadline: s(r),
        },
        6 => Self::Declined { job: s(r), refund: s(r) },
        7 => Self::Expired { job: s(r), refund: s(r) },
        8 => Self::Committed { job: s(r), model: s(r), architecture: s(r), deadline: s(r) },
        9 => Self::BuyerDefaulted { job: s(r), earned: s(r), refund: s(r) },
        10 => Self::TestOpened { job: s(r), table: s(r), blob: s(r), fresh: s(r), deadline: s(r) },
        11 => Self::Conceded { job: s(r), manner: s(r), refund: s(r) },
        12 => Self::Missed {
            job: s(r), accuracy: s(r), proof: s(r), earned: s(r), refund: s(r),
        },
        13 => Self::Proven {
            job: s(r), accuracy: s(r), accuracy_proof: s(r), delivery: s(r), delivery_proof: s(r),
            ciphertext: s(r), key_hash: s(r), deadline: s(r),
        },
        14 => Self::OwnerDefaulted { job: s(r), refund: s(r) },
        _ => Self::Settled { job: s(r), sale: s(r) },
    };
}

fn step(index: u64, random: &mut Random) -> Step {
    Step { from: 10 * index, price: Amount::new(u128::from(1_000 * index + random.below(1_000))) }
}

/// A part in one of the three modes.
fn part<C: Sample>(r: &mut Random) -> Part<C> {
    match r.below(3) {
        0 => Part::Public(s(r)),
        1 => Part::Committed(s(r)),
        _ => Part::Hidden,
    }
}
