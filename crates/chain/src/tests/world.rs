//! A chain with an owner and a buyer, and the steps of a sale.

use crate::{Chain, Error, Produced, SubmitError};
use assay_codec::{Digest, to_bytes};
use assay_model::ops::tree::{self, NodeTable};
use assay_model::{Architecture, Criterion, Table, TreeParameters, synthetic};
use assay_statements::commit::{self, Salt};
use assay_statements::{accuracy, delivery};
use assay_types::bounded::{Bytes, List, Text};
use assay_types::statement::{Accuracy, Context, Delivery, Modes, Privacy, Score};
use assay_types::tx::{
    CommitModel, OpenJob, OpenTest, ProveMiss, PublishDataset, RevealKey, SubmitPass, Transfer,
};
use assay_types::{
    Action, Algorithm, Amount, BlobId, Blobs, Card, Curve, DataCommitment, DatasetId, Disclosure,
    FieldDigest, Genesis, Height, JobId, Limits, Listing, Metric, ModelCommitment, Offered,
    Parameters, Shape, SignedTx, TestCommitment, Threshold, Tx, Windows,
};
use assay_wallet::{Cost, Keys, Wallet};
use redb::Database;
use std::path::Path;
use tempfile::TempDir;

pub(super) const PASSWORD: &str = "authority";
const ROWS: u32 = 24;
const NEEDED: u32 = 22;
const TEST_SALT: [u8; 32] = [8; 32];

pub(super) fn owner() -> Keys {
    Keys::from_seed(&[2; 32])
}

pub(super) fn buyer() -> Keys {
    Keys::from_seed(&[3; 32])
}

pub(super) fn field(value: u32) -> FieldDigest {
    FieldDigest::new([value; 8]).unwrap()
}

pub(super) fn genesis_of(chain: u64) -> Genesis {
    let parameters = Parameters {
        fee: Amount::new(2),
        proof_fee: Amount::new(3),
        blob_fee: Amount::new(1),
        fee_burn_ppm: 500_000,
        listing_burn: Amount::new(5),
        sale_burn_ppm: 50_000,
        sale_burn_min: Amount::new(1),
        window_min: 2,
        window_max: 1000,
    };
    let money = Amount::new(10_000);
    let mut balances = vec![(owner().address(), money), (buyer().address(), money)];
    balances.sort_unstable();
    let authority = Keys::from_seed(&[1; 32]).address();
    Genesis::new(chain, 1_000, authority, parameters, balances).unwrap()
}

pub(super) fn genesis() -> Genesis {
    genesis_of(7)
}

/// Opens or makes the authority's wallet in a directory.
pub(super) fn wallet(dir: &Path) -> Wallet {
    let dir = dir.join("authority");
    if Wallet::keystore_path(&dir).exists() {
        return Wallet::open(&dir, PASSWORD).unwrap();
    }
    let mut random = |out: &mut [u8]| out.fill(5);
    let cheap = Cost::new(8, 1, 1).unwrap();
    Wallet::create_with(&dir, Keys::from_seed(&[1; 32]), PASSWORD, cheap, &mut random).unwrap()
}

/// The chain of [`genesis`] in a directory.
pub(super) fn open(dir: &Path) -> Result<Chain, Error> {
    Chain::open(dir, &genesis(), wallet(dir))
}

/// A model, its test rows, and everything that its sale needs.
pub(super) struct Goods {
    pub(super) table: Table,
    pub(super) nodes: NodeTable,
    pub(super) salt: Salt,
    pub(super) key: FieldDigest,
    pub(super) secret: FieldDigest,
}

pub(super) fn goods() -> Goods {
    let tree = synthetic::tree(4, 3, 3, 6, 1).unwrap();
    let table = synthetic::table(&tree, ROWS as usize, 0, 2).unwrap();
    let nodes = tree.to_table(tree::bounds_for(&tree, 4, 16).unwrap()).unwrap();
    Goods { table, nodes, salt: Salt(field(11)), key: field(12), secret: field(13) }
}

impl Goods {
    /// The blob of the test rows.
    pub(super) fn table_blob(&self) -> Vec<u8> {
        to_bytes(&self.table)
    }
}

pub(super) fn blobs(list: impl IntoIterator<Item = Vec<u8>>) -> Blobs {
    let mut blobs = Blobs::new();
    for bytes in list {
        blobs.insert(bytes).unwrap();
    }
    blobs
}

/// A chain that is driven by hand.
pub(super) struct World {
    pub(super) chain: Chain,
    pub(super) goods: Goods,
    pub(super) time_ms: u64,
    /// Dropped last.
    pub(super) dir: TempDir,
}

impl World {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { chain: open(dir.path()).unwrap(), goods: goods(), time_ms: 2_000, dir }
    }

    /// A chain on another disk.
    pub(super) fn on(db: Database, dir: TempDir) -> Result<Self, Error> {
        let chain = Chain::open_database(db, Some(&genesis()), Some(wallet(dir.path())), None)?;
        Ok(Self { chain, goods: goods(), time_ms: 2_000, dir })
    }

    /// Signs the sender's next transaction.
    pub(super) fn sign(&self, keys: &Keys, action: impl Into<Action>) -> SignedTx {
        let state = self.chain.state();
        let tx = Tx {
            chain: state.chain(),
            from: keys.address(),
            nonce: state.account(&keys.address()).nonce,
            valid_until: Height::new(1_000_000),
            max_fee: Amount::new(100),
            action: action.into(),
        };
        let signature = keys.sign(&tx.signing_digest(&state.genesis()));
        SignedTx { tx, signature }
    }

    pub(super) fn submit(
        &mut self,
        keys: &Keys,
        action: impl Into<Action>,
        blobs: Blobs,
    ) -> Result<Digest, SubmitError> {
        let signed = self.sign(keys, action);
        self.chain.submit(signed, blobs)
    }

    pub(super) fn produce(&mut self) -> Result<Produced, Error> {
        self.time_ms += 1_000;
        self.chain.produce(self.time_ms)
    }

    /// Submits and produces; the transaction must succeed.
    #[track_caller]
    pub(super) fn run(&mut self, keys: &Keys, action: impl Into<Action>, blobs: Blobs) -> Produced {
        self.submit(keys, action, blobs).unwrap();
        let produced = self.produce().unwrap();
        assert_eq!(produced.results.len(), 1);
        assert_eq!(produced.results[0].1.as_ref().unwrap().failure, None);
        produced
    }

    pub(super) fn listing(&self) -> Listing {
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
            schema: self.goods.table.schema().clone(),
            rows: 500,
            curve: Curve::new(price, Amount::new(100), Amount::new(100), None).unwrap(),
            evaluation_fee: Amount::new(10),
            encryption_key: owner().encryption_key(),
            windows: Windows { open: 10, prove: 10, reveal: 10 },
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

    pub(super) fn publish(&mut self) -> DatasetId {
        let listing = self.listing();
        let dataset = DatasetId::of(owner().address(), self.nonce(&owner()));
        self.run(&owner(), PublishDataset { listing }, Blobs::new());
        dataset
    }

    /// Opens a job on version `version` of a listing, with test rows committed under `salt`.
    pub(super) fn open_job(&mut self, dataset: DatasetId, version: u32, salt: [u8; 32]) -> JobId {
        let (job, request) = self.job(dataset, version, salt);
        self.run(&buyer(), request, Blobs::new());
        job
    }

    fn job(&self, dataset: DatasetId, version: u32, salt: [u8; 32]) -> (JobId, OpenJob) {
        let job = JobId::of(buyer().address(), self.nonce(&buyer()));
        let request = OpenJob {
            dataset,
            version,
            algorithm: Algorithm::DecisionTree(TreeParameters {
                criterion: Criterion::Gini,
                max_depth: Some(4),
                min_samples_split: 2,
                min_samples_leaf: 1,
                ..TreeParameters::SKLEARN
            }),
            test: TestCommitment::of(&self.goods.table.digest(), &salt),
            rows: ROWS,
            metric: Metric::Accuracy,
            threshold: Threshold::new(9, 10).unwrap(),
            test_privacy: Privacy::Public,
            disclosure: Disclosure::Threshold,
            secret_hash: delivery::secret_hash(&self.goods.secret, &job),
            sealed_secret: Bytes::new(vec![1, 2, 3]).unwrap(),
            max_price: Amount::new(200),
            commit_window: 10,
        };
        (job, request)
    }

    /// Submits the buyer's first job.
    pub(super) fn submit_job(&mut self, dataset: DatasetId) {
        let (_, request) = self.job(dataset, 1, TEST_SALT);
        self.submit(&buyer(), request, Blobs::new()).unwrap();
    }

    /// Submits the model of the buyer's first job.
    pub(super) fn submit_model(&mut self) {
        let job = JobId::of(buyer().address(), 0);
        let model = ModelCommitment(field(9));
        let architecture = self.architecture();
        self.submit(&owner(), CommitModel { job, model, architecture }, Blobs::new()).unwrap();
    }

    /// Submits the test rows of the buyer's first job.
    pub(super) fn submit_test(&mut self) {
        let (job, rows) = (JobId::of(buyer().address(), 0), self.goods.table_blob());
        let action = OpenTest { job, table: BlobId::of(&rows), salt: TEST_SALT };
        self.submit(&buyer(), action, blobs([rows])).unwrap();
    }

    /// Submits the model that the goods are about.
    pub(super) fn submit_true_model(&mut self, job: JobId) {
        let model = commit::commit(&self.goods.nodes, &self.goods.salt);
        let architecture = self.architecture();
        self.submit(&owner(), CommitModel { job, model, architecture }, Blobs::new()).unwrap();
    }

    pub(super) fn commit_model(&mut self, job: JobId) -> ModelCommitment {
        let model = commit::commit(&self.goods.nodes, &self.goods.salt);
        let architecture = self.architecture();
        self.run(&owner(), CommitModel { job, model, architecture }, Blobs::new());
        model
    }

    pub(super) fn open_test(&mut self, job: JobId, salt: [u8; 32]) {
        let rows = self.goods.table_blob();
        let action = OpenTest { job, table: BlobId::of(&rows), salt };
        self.run(&buyer(), action, blobs([rows]));
    }

    /// Everything up to the open test set, under a listing of its own.
    pub(super) fn tested(&mut self) -> JobId {
        let dataset = self.publish();
        let job = self.open_job(dataset, 1, TEST_SALT);
        self.commit_model(job);
        self.open_test(job, TEST_SALT);
        job
    }

    /// The proof of the score and the delivery, with their blobs.
    pub(super) fn pass(&self, job: JobId) -> (SubmitPass, [Vec<u8>; 3]) {
        let goods = &self.goods;
        let accuracy = self.accuracy(job, Score::AtLeast(NEEDED));
        let witness = delivery::Witness {
            model: &goods.nodes,
            salt: &goods.salt,
            key: &goods.key,
            secret: &goods.secret,
        };
        let sealed = delivery::seal(&witness, &job);
        let delivery = Delivery {
            context: accuracy.context,
            architecture: accuracy.architecture.clone(),
            model: accuracy.model,
            key_hash: delivery::key_hash(&goods.key),
            secret_hash: delivery::secret_hash(&goods.secret, &job),
            ciphertext: delivery::ciphertext_digest(&sealed),
        };
        let first = self.prove(&accuracy);
        let second = delivery::prove(&delivery, &witness, [9; 32], &mut |_| ()).unwrap();
        let pass = SubmitPass {
            job,
            accuracy,
            accuracy_proof: BlobId::of(&first),
            delivery,
            delivery_proof: BlobId::of(&second),
            ciphertext: BlobId::of(&sealed),
        };
        (pass, [first, second, sealed])
    }

    /// A proof that is none, of a miss that did not happen.
    pub(super) fn false_miss(&self, job: JobId) -> (ProveMiss, Vec<u8>) {
        let proof = vec![0xaa; 100];
        let accuracy = self.accuracy(job, Score::Fewer(NEEDED));
        (ProveMiss { job, accuracy, proof: BlobId::of(&proof) }, proof)
    }

    fn prove(&self, statement: &Accuracy) -> Vec<u8> {
        let goods = &self.goods;
        let witness =
            accuracy::Witness { model: &goods.nodes, salt: &goods.salt, table: &goods.table };
        accuracy::prove(statement, &witness, [9; 32], &mut |_| ()).unwrap()
    }

    fn accuracy(&self, job: JobId, score: Score) -> Accuracy {
        let state = self.chain.state();
        Accuracy {
            context: Context {
                chain: state.chain(),
                genesis: state.genesis(),
                job,
                prover: owner().address(),
                recipient: buyer().address(),
                deadline: state.job(&job).unwrap().deadline,
            },
            modes: Modes::SCORED,
            architecture: self.architecture(),
            schema: self.goods.table.schema().clone(),
            model: commit::commit(&self.goods.nodes, &self.goods.salt),
            data: self.goods.table.digest(),
            rows: ROWS,
            score,
        }
    }

    pub(super) fn reveal(&mut self, job: JobId) {
        let key = self.goods.key;
        self.run(&owner(), RevealKey { job, key }, Blobs::new());
    }

    /// The whole of flow A.
    pub(super) fn sell(&mut self) -> JobId {
        let job = self.tested();
        let (pass, proofs) = self.pass(job);
        self.run(&owner(), pass, blobs(proofs));
        self.reveal(job);
        job
    }

    pub(super) fn transfer(&self, amount: u128) -> Transfer {
        Transfer { to: owner().address(), amount: Amount::new(amount) }
    }

    pub(super) fn balance(&self, keys: &Keys) -> u128 {
        self.chain.state().account(&keys.address()).balance.get()
    }

    pub(super) fn nonce(&self, keys: &Keys) -> u64 {
        self.chain.state().account(&keys.address()).nonce
    }

    fn architecture(&self) -> Architecture {
        Architecture::DecisionTree(self.goods.nodes.bounds())
    }
}
