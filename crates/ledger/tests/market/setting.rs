//! A market with several parties, and the steps of flow A as the actions of honest and lying ones.

use crate::oracle::*;
use assay_codec::{Digest, to_bytes};
use assay_ledger::{State, fee};
use assay_types::bounded::{Bytes, List, Text};
use assay_types::statement::{Accuracy, Context, Delivery, Modes, Privacy, Score};
use assay_types::tx::*;
use assay_types::*;
use std::sync::LazyLock;

pub(crate) const AUTHORITY: Address = Address([0xaa; 20]);
pub(crate) const OWNER: Address = Address([1; 20]);
pub(crate) const BUYER: Address = Address([2; 20]);
pub(crate) const STRANGER: Address = Address([3; 20]);
pub(crate) const OWNER_2: Address = Address([4; 20]);
pub(crate) const BUYER_2: Address = Address([5; 20]);
pub(crate) const POOR: Address = Address([6; 20]);
/// Has just enough for what it wants.
pub(crate) const TIGHT: Address = Address([8; 20]);
pub(crate) const RICH: [Address; 5] = [OWNER, BUYER, STRANGER, OWNER_2, BUYER_2];
pub(crate) const START: u128 = 100_000_000;
/// What the poorest has: a few fees, and then not even one.
pub(crate) const LITTLE: u128 = 44;

pub(crate) const PARAMETERS: Parameters = Parameters {
    fee: Amount::new(3),
    proof_fee: Amount::new(10),
    blob_fee: Amount::new(1),
    fee_burn_ppm: 500_000,
    listing_burn: Amount::new(50),
    sale_burn_ppm: 25_000,
    sale_burn_min: Amount::new(5),
    window_min: 2,
    window_max: 6,
};

pub(crate) fn genesis(time_ms: u64) -> Genesis {
    let mut balances = RICH.map(|address| (address, Amount::new(START))).to_vec();
    balances.push((POOR, Amount::new(LITTLE)));
    Genesis::new(7, time_ms, AUTHORITY, PARAMETERS, balances).unwrap()
}

/// A market in its first block.
pub(crate) fn market() -> State {
    let mut state = State::new(&genesis(1_000));
    state.open_block(1_005).unwrap();
    state
}

pub(crate) fn field(seed: u32) -> FieldDigest {
    FieldDigest::new([seed; 8]).unwrap()
}

pub(crate) fn schema() -> Schema {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Schema::new(names(&["age", "dose"]), "risk".into(), names(&["low", "high"])).unwrap()
}

pub(crate) fn linear() -> Curve {
    let shape = Shape::Linear { base: Amount::new(1_000), slope: Amount::new(100) };
    Curve::new(shape, Amount::new(5), Amount::new(1_000_000), None).unwrap()
}

/// An offer in which every window is as short as the ledger allows.
pub(crate) fn listing(curve: Curve, evaluation_fee: u128) -> Listing {
    Listing {
        card: Card {
            pretty_name: Text::new("Doses").unwrap(),
            description: Text::default(),
            tags: List::default(),
            task_categories: List::default(),
            source: Text::default(),
        },
        commitment: DataCommitment::Blake3(Digest([5; 32])),
        schema: schema(),
        rows: 400,
        curve,
        evaluation_fee: Amount::new(evaluation_fee),
        encryption_key: [6; 32],
        windows: Windows { open: 2, prove: 2, reveal: 2 },
        limits: Limits {
            algorithms: List::new(vec![
                Offered::DecisionTree,
                Offered::Forest { trees_max: 5, work_max: 1 << 40 },
                Offered::Network { weights_max: 50, work_max: 1 << 40 },
            ])
            .unwrap(),
            depth_max: 5,
            min_samples_leaf: 4,
            leaves_max: 32,
            test_rows_max: 200,
            disclosure: Disclosure::Exact,
        },
        licence: Text::default(),
        sample: None,
    }
}

fn parameters(max_depth: u8) -> TreeParameters {
    TreeParameters { max_depth: Some(max_depth), min_samples_leaf: 4, ..TreeParameters::SKLEARN }
}

pub(crate) fn tree(max_depth: u8) -> Algorithm {
    Algorithm::DecisionTree(parameters(max_depth))
}

pub(crate) fn forest(trees: u16) -> Algorithm {
    let sampling = Sampling::Bootstrap;
    let forest = ForestParameters::new(parameters(4), trees, sampling, Splitter::Best);
    Algorithm::Forest(forest.unwrap())
}

pub(crate) fn network(outputs: u16) -> Algorithm {
    let descent = Descent {
        epochs: 1,
        batch: 8,
        learning_rate: Ratio::new(1, 10).unwrap(),
        schedule: Schedule::Constant,
        momentum: Ratio::ZERO,
        weight_decay: Ratio::ZERO,
        seed: 1,
    };
    let layers = vec![Layer::Dense { outputs }];
    let network = NetworkParameters::new(None, layers, Loss::CrossEntropy, descent);
    Algorithm::Network(network.unwrap())
}

/// What a job asks for: all algorithms have their turn, and none has a rule of its own but for the model.
fn asked(salt: u8) -> Algorithm {
    match salt % 3 {
        0 => tree(4),
        1 => forest(3),
        _ => network(3),
    }
}

/// A job about the rows of `seed` under `salt`, to be trained within two blocks.
pub(crate) fn request(dataset: DatasetId, version: u32, (seed, salt): (u8, u8)) -> OpenJob {
    OpenJob {
        dataset,
        version,
        algorithm: asked(salt),
        test: TestCommitment::of(&rows(seed), &[salt; 32]),
        rows: u32::from(ROWS),
        metric: Metric::Accuracy,
        threshold: Threshold::new(9, 10).unwrap(),
        test_privacy: Privacy::Public,
        disclosure: Disclosure::Threshold,
        secret_hash: field(77),
        sealed_secret: Bytes::new(vec![8; 80]).unwrap(),
        max_price: PRICE_MAX,
        commit_window: 2,
    }
}

/// The same about rows that stay hidden.
pub(crate) fn private(job: OpenJob, (seed, salt): (u8, u8)) -> OpenJob {
    let commitment = field(u32::from_be_bytes([0, 1, seed, salt]));
    let test = TestCommitment(Digest(to_bytes(&commitment).try_into().unwrap()));
    OpenJob { test, test_privacy: Privacy::Committed, ..job }
}

pub(crate) fn model(features: usize, slots_log: u8) -> Architecture {
    Architecture::DecisionTree(TreeBounds::new(features, 2, 4, slots_log).unwrap())
}

/// A model of many trees.
pub(crate) fn models(features: usize, trees: usize) -> Architecture {
    let tree = TreeBounds::new(features, 2, 4, 7).unwrap();
    Architecture::Forest(forest::Bounds::new(tree, trees, forest::Votes::All).unwrap())
}

/// A model with a hidden layer, of at most four units.
pub(crate) fn layers(features: u32, hidden: u32) -> Architecture {
    // Made once: the walks ask for them a million times.
    static MADE: LazyLock<Vec<network::Program>> = LazyLock::new(|| {
        let sizes = [2, 3].into_iter().flat_map(|features| (1..5).map(move |h| [features, h, 2]));
        sizes.map(|sizes| network::synthetic::mlp(&sizes, 1).program().clone()).collect()
    });
    let is_this = |program: &&network::Program| {
        program.features() == features as usize && program.tensor(1).channels == hidden
    };
    Architecture::Network(MADE.iter().find(is_this).unwrap().clone())
}

/// A model of the kind that the job asks for, which reads so many features.
pub(crate) fn answer(state: &State, job: JobId, features: u8) -> Architecture {
    match state.job(&job).map(|job| job.request.algorithm.name()) {
        None | Some(AlgorithmName::DecisionTree) => model(features.into(), 5),
        Some(AlgorithmName::Forest) => models(features.into(), 3),
        Some(AlgorithmName::Network) => layers(features.into(), 3),
    }
}

pub(crate) fn commit(state: &State, job: JobId) -> CommitModel {
    CommitModel { job, model: ModelCommitment(field(55)), architecture: answer(state, job, 2) }
}

fn context(state: &State, id: JobId) -> Context {
    let (prover, recipient, deadline) = match state.job(&id) {
        Some(job) => (job.owner, job.buyer, job.deadline),
        None => Default::default(),
    };
    let (chain, genesis) = (state.chain(), state.genesis());
    Context { chain, genesis, job: id, prover, recipient, deadline }
}

pub(crate) fn accuracy(state: &State, id: JobId, seed: u8, score: Score) -> Accuracy {
    let hidden = state.job(&id).filter(|job| job.request.test_privacy == Privacy::Committed);
    let (input, data) = match hidden {
        Some(job) => (Privacy::Committed, job.request.test.0),
        None => (Privacy::Public, rows(seed)),
    };
    Accuracy {
        context: context(state, id),
        modes: Modes { input, ..Modes::SCORED },
        architecture: answer(state, id, 2),
        schema: schema(),
        model: ModelCommitment(field(55)),
        data,
        rows: u32::from(ROWS),
        score,
    }
}

/// A submission whose proofs hold.
pub(crate) fn pass(state: &State, job: JobId, seed: u8, score: Score) -> SubmitPass {
    let accuracy = accuracy(state, job, seed, score);
    let ciphertext = BlobId(Digest([0xc0; 32]));
    let delivery = Delivery {
        context: context(state, job),
        architecture: answer(state, job, 2),
        model: ModelCommitment(field(55)),
        key_hash: key_hash(&field(66)),
        secret_hash: field(77),
        ciphertext: Digest([0xcc; 32]),
    };
    let accuracy_proof = accuracy_proof(&accuracy, table(seed));
    let delivery_proof = proof(delivery.digest(), ciphertext);
    SubmitPass { job, accuracy, accuracy_proof, delivery, delivery_proof, ciphertext }
}

/// A miss whose proof holds.
pub(crate) fn miss(state: &State, job: JobId, seed: u8, score: Score) -> ProveMiss {
    let accuracy = accuracy(state, job, seed, score);
    let proof = accuracy_proof(&accuracy, table(seed));
    ProveMiss { job, accuracy, proof }
}

pub(crate) fn tx(state: &State, from: Address, action: impl Into<Action>) -> Tx {
    let action = action.into();
    let (chain, valid_until) = (state.chain(), Height::new(u64::MAX));
    let nonce = state.account(&from).nonce;
    Tx { chain, from, nonce, valid_until, max_fee: fee(&PARAMETERS, &action), action }
}

pub(crate) fn signed(state: &State, tx: Tx) -> SignedTx {
    let signature = sign(&tx, &tx.from, &state.genesis());
    SignedTx { tx, signature }
}
