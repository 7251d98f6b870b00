//! A sale up to the open test set, and proofs that are none: no prover is needed for these.

use assay_api::Submission;
use assay_codec::{Digest, to_bytes};
use assay_model::ops::tree;
use assay_model::{Architecture, Criterion, Table, TreeParameters, synthetic};
use assay_types::bounded::{Bytes, List, Text};
use assay_types::statement::{Accuracy, Context, Modes, Privacy, Score};
use assay_types::tx::{CommitModel, OpenJob, OpenTest, ProveMiss, PublishDataset, Transfer};
use assay_types::{
    Action, Algorithm, Amount, BlobId, Blobs, Card, Curve, DataCommitment, DatasetId, Disclosure,
    FieldDigest, Genesis, Height, JobId, Limits, Listing, Metric, ModelCommitment, Offered, Shape,
    SignedTx, TestCommitment, Threshold, Tx, Windows,
};
use assay_wallet::Keys;

const ROWS: u32 = 24;
/// Of these rows, as the threshold has it.
const NEEDED: u32 = 22;
const SALT: [u8; 32] = [8; 32];
/// Blocks that each party has for each step.
const WINDOW: u64 = 500;

/// Both parties, and the numbers of their next transactions.
pub(crate) struct Sale {
    genesis: Genesis,
    owner: Keys,
    buyer: Keys,
    table: Table,
    architecture: Architecture,
    /// The owner's next number.
    pub(crate) nonce: u64,
}

fn field(value: u32) -> FieldDigest {
    FieldDigest::new([value; 8]).unwrap()
}

fn blobs(bytes: Vec<u8>) -> Blobs {
    let mut blobs = Blobs::new();
    blobs.insert(bytes).unwrap();
    blobs
}

impl Sale {
    /// `owner` has all the money, and has done nothing.
    pub(crate) fn new(genesis: &Genesis, owner: Keys) -> Self {
        let tree = synthetic::tree(4, 3, 3, 6, 1).unwrap();
        let table = synthetic::table(&tree, ROWS as usize, 0, 2).unwrap();
        let bounds = tree::bounds_for(&tree, 4, 16).unwrap();
        Self {
            genesis: genesis.clone(),
            owner,
            buyer: Keys::from_seed(&[77; 32]),
            table,
            architecture: Architecture::DecisionTree(bounds),
            nonce: 0,
        }
    }

    pub(crate) fn owner(&self) -> assay_types::Address {
        self.owner.address()
    }

    pub(crate) fn job(&self) -> JobId {
        JobId::of(self.buyer.address(), 0)
    }

    /// What comes before a proof; each is for a block of its own.
    pub(crate) fn steps(&mut self) -> Vec<Submission> {
        let dataset = DatasetId::of(self.owner(), 1);
        let job = self.job();
        let funds = Transfer { to: self.buyer.address(), amount: Amount::new(5_000) };
        let rows = to_bytes(&self.table);
        let open = OpenTest { job, table: BlobId::of(&rows), salt: SALT };
        let commit = CommitModel {
            job,
            model: ModelCommitment(field(9)),
            architecture: self.architecture.clone(),
        };
        let publish = PublishDataset { listing: self.listing() };
        let order = self.sign(&self.buyer, 0, self.order(dataset));
        let open = self.sign(&self.buyer, 1, open);
        vec![
            self.by_owner(funds, Blobs::new()),
            self.by_owner(publish, Blobs::new()),
            Submission { tx: order, blobs: Blobs::new() },
            self.by_owner(commit, Blobs::new()),
            Submission { tx: open, blobs: blobs(rows) },
        ]
    }

    /// A proof that is none, and pays for it. `number` makes it another one.
    pub(crate) fn false_miss(&mut self, deadline: Height, number: u8) -> Submission {
        let accuracy = Accuracy {
            context: Context {
                chain: self.genesis.chain(),
                genesis: self.genesis.digest(),
                job: self.job(),
                prover: self.owner(),
                recipient: self.buyer.address(),
                deadline,
            },
            modes: Modes::SCORED,
            architecture: self.architecture.clone(),
            schema: self.table.schema().clone(),
            model: ModelCommitment(field(9)),
            data: self.table.digest(),
            rows: ROWS,
            score: Score::Fewer(NEEDED),
        };
        let proof = vec![number; 100];
        let miss = ProveMiss { job: self.job(), accuracy, proof: BlobId::of(&proof) };
        self.by_owner(miss, blobs(proof))
    }

    fn by_owner(&mut self, action: impl Into<Action>, blobs: Blobs) -> Submission {
        let tx = self.sign(&self.owner, self.nonce, action);
        self.nonce += 1;
        Submission { tx, blobs }
    }

    fn sign(&self, keys: &Keys, nonce: u64, action: impl Into<Action>) -> SignedTx {
        let tx = Tx {
            chain: self.genesis.chain(),
            from: keys.address(),
            nonce,
            valid_until: Height::new(1_000_000),
            max_fee: Amount::new(100),
            action: action.into(),
        };
        let signature = keys.sign(&tx.signing_digest(&self.genesis.digest()));
        SignedTx { tx, signature }
    }

    fn listing(&self) -> Listing {
        let price = Shape::Constant { price: Amount::new(100) };
        Listing {
            card: Card {
                pretty_name: Text::new("Synthetic rows").unwrap(),
                description: Text::new("Drawn from a seed.").unwrap(),
                tags: List::default(),
                task_categories: List::default(),
                source: Text::new("a generator").unwrap(),
            },
            commitment: DataCommitment::blake3(&Digest([4; 32]), &[5; 32]),
            schema: self.table.schema().clone(),
            rows: 500,
            curve: Curve::new(price, Amount::new(100), Amount::new(100), None).unwrap(),
            evaluation_fee: Amount::new(10),
            encryption_key: self.owner.encryption_key(),
            windows: Windows { open: WINDOW, prove: WINDOW, reveal: WINDOW },
            limits: Limits {
                algorithms: List::new(vec![Offered::DecisionTree]).unwrap(),
                depth_max: 8,
                min_samples_leaf: 1,
                leaves_max: 256,
                test_rows_max: 1000,
                disclosure: Disclosure::Threshold,
            },
            licence: Text::new("CC-BY-4.0").unwrap(),
            sample: None,
        }
    }

    fn order(&self, dataset: DatasetId) -> OpenJob {
        OpenJob {
            dataset,
            version: 1,
            algorithm: Algorithm::DecisionTree(TreeParameters {
                criterion: Criterion::Gini,
                max_depth: Some(4),
                min_samples_split: 2,
                min_samples_leaf: 1,
                ..TreeParameters::SKLEARN
            }),
            test: TestCommitment::of(&self.table.digest(), &SALT),
            rows: ROWS,
            metric: Metric::Accuracy,
            threshold: Threshold::new(9, 10).unwrap(),
            test_privacy: Privacy::Public,
            disclosure: Disclosure::Threshold,
            secret_hash: field(7),
            sealed_secret: Bytes::new(vec![1, 2, 3]).unwrap(),
            max_price: Amount::new(200),
            commit_window: WINDOW,
        }
    }
}
