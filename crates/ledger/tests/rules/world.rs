//! A small market, and the steps of flow A as one call each.

use crate::evidence::{Facts, key_hash, sign};
use assay_codec::Digest;
use assay_ledger::{Outcome, Rejection, State, TableFacts, apply, check, fee};
use assay_types::bounded::{Bytes, List, Text};
use assay_types::statement::{Accuracy, Context, Delivery, Modes, Privacy, Score};
use assay_types::tx::*;
use assay_types::*;

pub(crate) const AUTHORITY: Address = Address([0xaa; 20]);
pub(crate) const OWNER: Address = Address([1; 20]);
pub(crate) const BUYER: Address = Address([2; 20]);
pub(crate) const OTHER: Address = Address([3; 20]);
pub(crate) const POOR: Address = Address([4; 20]);
pub(crate) const START: u128 = 1_000_000;
pub(crate) const SALT: [u8; 32] = [9; 32];

pub(crate) const PARAMETERS: Parameters = Parameters {
    fee: Amount::new(3),
    proof_fee: Amount::new(10),
    blob_fee: Amount::new(1),
    fee_burn_ppm: 500_000,
    listing_burn: Amount::new(50),
    sale_burn_ppm: 25_000,
    sale_burn_min: Amount::new(5),
    window_min: 2,
    window_max: 100,
};

pub(crate) fn genesis(chain: u64, time_ms: u64) -> Genesis {
    let rich = [OWNER, BUYER, OTHER].map(|address| (address, Amount::new(START)));
    Genesis::new(chain, time_ms, AUTHORITY, PARAMETERS, rich.to_vec()).unwrap()
}

pub(crate) fn field(seed: u32) -> FieldDigest {
    FieldDigest::new([seed; 8]).unwrap()
}

pub(crate) fn schema() -> Schema {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Schema::new(names(&["age", "dose"]), "risk".into(), names(&["low", "high"])).unwrap()
}

pub(crate) fn listing() -> Listing {
    let shape = Shape::Linear { base: Amount::new(1_000), slope: Amount::new(100) };
    Listing {
        card: Card {
            pretty_name: Text::new("Doses").unwrap(),
            description: Text::new("What became of them.").unwrap(),
            tags: List::default(),
            task_categories: List::default(),
            source: Text::default(),
        },
        commitment: DataCommitment::Blake3(Digest([5; 32])),
        schema: schema(),
        rows: 400,
        curve: Curve::new(shape, Amount::new(5), Amount::new(1_000_000), Some(50)).unwrap(),
        evaluation_fee: Amount::new(70),
        encryption_key: [6; 32],
        windows: Windows { open: 10, prove: 20, reveal: 5 },
        limits: Limits {
            algorithms: List::new(vec![Offered::DecisionTree]).unwrap(),
            depth_max: 5,
            min_samples_leaf: 4,
            leaves_max: 32,
            test_rows_max: 200,
            disclosure: Disclosure::Exact,
        },
        licence: Text::new("CC-BY-4.0").unwrap(),
        sample: None,
    }
}

/// The same for every algorithm.
pub(crate) fn wide_listing() -> Listing {
    let mut listing = listing();
    let offered = vec![
        Offered::DecisionTree,
        Offered::Forest { trees_max: 16_000, work_max: u64::MAX },
        Offered::Network { weights_max: 2_500_000, work_max: 1 << 40 },
    ];
    listing.limits.algorithms = List::new(offered).unwrap();
    listing
}

/// Rows that are told apart by `seed`, and the blob that holds them.
pub(crate) fn table(seed: u8) -> (Digest, BlobId) {
    (Digest([seed; 32]), BlobId(Digest([seed ^ 0xff; 32])))
}

/// A tree of this depth.
pub(crate) fn tree(max_depth: u8) -> TreeParameters {
    TreeParameters { max_depth: Some(max_depth), min_samples_leaf: 4, ..TreeParameters::SKLEARN }
}

/// So many of these trees.
pub(crate) fn forest(trees: u16, tree: TreeParameters) -> Algorithm {
    let forest = ForestParameters::new(tree, trees, Sampling::Bootstrap, Splitter::Best);
    Algorithm::Forest(forest.unwrap())
}

/// A network with dense layers before its last.
pub(crate) fn network(outputs: &[u16]) -> Algorithm {
    let descent = Descent {
        epochs: 1,
        batch: 8,
        learning_rate: Ratio::new(1, 10).unwrap(),
        schedule: Schedule::Constant,
        momentum: Ratio::ZERO,
        weight_decay: Ratio::ZERO,
        seed: 1,
    };
    let layers = outputs.iter().map(|&outputs| Layer::Dense { outputs }).collect();
    let network = NetworkParameters::new(None, layers, Loss::CrossEntropy, descent);
    Algorithm::Network(network.unwrap())
}

pub(crate) fn request(dataset: DatasetId, seed: u8) -> OpenJob {
    OpenJob {
        dataset,
        version: 1,
        algorithm: Algorithm::DecisionTree(tree(4)),
        test: TestCommitment::of(&table(seed).0, &SALT),
        rows: 30,
        metric: Metric::Accuracy,
        threshold: Threshold::new(9, 10).unwrap(),
        test_privacy: Privacy::Public,
        disclosure: Disclosure::Threshold,
        secret_hash: field(77),
        sealed_secret: Bytes::new(vec![8; 80]).unwrap(),
        max_price: Amount::new(2_000),
        commit_window: 8,
    }
}

pub(crate) fn model() -> Architecture {
    Architecture::DecisionTree(TreeBounds::new(2, 2, 4, 5).unwrap())
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) facts: Facts,
    pub(crate) log: Vec<LogEntry>,
}

impl World {
    /// A market in its first block, with the rows of seeds 10 to 19 known to whoever asks.
    pub(crate) fn new() -> Self {
        Self::at(&genesis(7, 1_000))
    }

    pub(crate) fn at(genesis: &Genesis) -> Self {
        let mut world =
            Self { state: State::new(genesis), facts: Facts::default(), log: Vec::new() };
        for seed in 10..20 {
            let (digest, blob) = table(seed);
            let facts = TableFacts { table: digest, schema: schema().digest(), rows: 30 };
            world.facts.tables.insert(blob, facts);
            world.facts.blobs.insert(blob);
        }
        world.block();
        world
    }

    /// Closes the open block and opens the next; returns what ended by itself.
    pub(crate) fn block(&mut self) -> Vec<LogEntry> {
        self.state.close_block().unwrap();
        let entries = self.state.open_block(self.state.time_ms() + 5).unwrap();
        self.state.audit().unwrap();
        self.log.extend(entries.clone());
        entries
    }

    pub(crate) fn advance_to(&mut self, height: Height) {
        while self.state.height() < height {
            self.block();
        }
    }

    pub(crate) fn balance(&self, address: Address) -> u128 {
        self.state.account(&address).balance.get()
    }

    pub(crate) fn tx(&self, from: Address, action: impl Into<Action>) -> Tx {
        let action = action.into();
        let (chain, valid_until) = (self.state.chain(), self.state.height());
        let nonce = self.state.account(&from).nonce;
        Tx { chain, from, nonce, valid_until, max_fee: fee(&PARAMETERS, &action), action }
    }

    pub(crate) fn signed(&self, tx: Tx) -> SignedTx {
        let signature = sign(&tx, &tx.from, &self.state.genesis());
        SignedTx { tx, signature }
    }

    /// Checks and applies; a refusal must not change the state, and no step may break the audit.
    #[track_caller]
    pub(crate) fn run(&mut self, signed: SignedTx) -> Result<Outcome, Rejection> {
        let before = self.state.clone();
        let done = check(signed, &self.state, &self.facts)
            .and_then(|checked| apply(&checked, &mut self.state));
        match &done {
            Ok(outcome) => self.log.extend(outcome.entries.clone()),
            Err(_) => assert_eq!(self.state, before, "a refusal must not change the state"),
        }
        self.state.audit().unwrap();
        done
    }

    /// Runs an action that succeeds and returns its event.
    #[track_caller]
    pub(crate) fn must(&mut self, from: Address, action: impl Into<Action>) -> Event {
        let outcome = self.run(self.signed(self.tx(from, action))).unwrap();
        assert_eq!(outcome.failure, None);
        outcome.entries.last().unwrap().event.clone()
    }

    /// Runs an action on a copy of the world and compares the number of the broken rule, 0 for none.
    /// A failure must have changed nothing but nonce and money, and money only by the fee.
    #[track_caller]
    pub(crate) fn expect(&self, from: Address, action: impl Into<Action>, code: u16) {
        let mut copy = self.clone();
        let got = copy.run(self.signed(self.tx(from, action)));
        match &got {
            Err(rejection) => assert_eq!(rejection.code(), code, "{rejection}"),
            Ok(outcome) => {
                assert_eq!(outcome.failure.as_ref().map_or(0, Rejection::code), code);
                if outcome.failure.is_some() {
                    let (before, after) = (self.state.account(&from), copy.state.account(&from));
                    assert_eq!(after.nonce, before.nonce + 1);
                    assert_eq!(after.balance.checked_add(outcome.fee), Some(before.balance));
                    assert!(copy.state.jobs().eq(self.state.jobs()));
                    assert!(copy.state.listings().eq(self.state.listings()));
                }
            }
        }
    }

    pub(crate) fn publish(&mut self) -> DatasetId {
        let dataset = DatasetId::of(OWNER, self.state.account(&OWNER).nonce);
        self.must(OWNER, PublishDataset { listing: listing() });
        dataset
    }

    pub(crate) fn open(&mut self, request: OpenJob) -> JobId {
        let job = JobId::of(BUYER, self.state.account(&BUYER).nonce);
        self.must(BUYER, request);
        job
    }

    pub(crate) fn commit(&mut self, job: JobId) {
        self.must(OWNER, commit(job));
    }

    pub(crate) fn test(&mut self, job: JobId, seed: u8) {
        self.block();
        self.must(BUYER, OpenTest { job, table: table(seed).1, salt: SALT });
    }

    pub(crate) fn context(&self, id: JobId) -> Context {
        let job = self.state.job(&id).unwrap();
        Context {
            chain: self.state.chain(),
            genesis: self.state.genesis(),
            job: id,
            prover: job.owner,
            recipient: job.buyer,
            deadline: job.deadline,
        }
    }

    pub(crate) fn accuracy(&self, id: JobId, score: Score) -> Accuracy {
        let job = self.state.job(&id).unwrap();
        Accuracy {
            context: self.context(id),
            modes: Modes::SCORED,
            architecture: model(),
            schema: schema(),
            model: ModelCommitment(field(55)),
            data: job.table().unwrap_or_default(),
            rows: job.request.rows,
            score,
        }
    }

    /// A submission whose blobs are here and whose proofs hold, about the rows of `seed`.
    pub(crate) fn pass(&mut self, job: JobId, seed: u8, score: Score) -> SubmitPass {
        let accuracy = self.accuracy(job, score);
        let ciphertext = BlobId(Digest([0xc0; 32]));
        let delivery = Delivery {
            context: self.context(job),
            architecture: model(),
            model: ModelCommitment(field(55)),
            key_hash: key_hash(&field(66)),
            secret_hash: field(77),
            ciphertext: Digest([0xcc; 32]),
        };
        let (accuracy_proof, delivery_proof) =
            (BlobId(Digest([0xa0; 32])), BlobId(Digest([0xd0; 32])));
        let facts = &mut self.facts;
        facts.blobs.extend([ciphertext, accuracy_proof, delivery_proof]);
        facts.proofs.insert((accuracy.digest(), table(seed).1, accuracy_proof));
        facts.proofs.insert((delivery.digest(), ciphertext, delivery_proof));
        SubmitPass { job, accuracy, accuracy_proof, delivery, delivery_proof, ciphertext }
    }

    /// A miss whose proof is here and holds.
    pub(crate) fn miss(&mut self, job: JobId, seed: u8, score: Score) -> ProveMiss {
        let accuracy = self.accuracy(job, score);
        let proof = BlobId(Digest([0xb0; 32]));
        self.facts.blobs.insert(proof);
        self.facts.proofs.insert((accuracy.digest(), table(seed).1, proof));
        ProveMiss { job, accuracy, proof }
    }

    /// Runs a job with the rows of `seed` up to `Testing`.
    pub(crate) fn testing(&mut self, dataset: DatasetId, seed: u8) -> JobId {
        let job = self.open(request(dataset, seed));
        self.commit(job);
        self.test(job, seed);
        job
    }

    /// Runs a job to `Proven`.
    pub(crate) fn proven(&mut self, dataset: DatasetId, seed: u8) -> JobId {
        let job = self.testing(dataset, seed);
        let pass = self.pass(job, seed, Score::AtLeast(27));
        self.must(OWNER, pass);
        job
    }

    /// Runs a job to `Settled`.
    pub(crate) fn settled(&mut self, dataset: DatasetId, seed: u8) -> JobId {
        let job = self.proven(dataset, seed);
        self.must(OWNER, RevealKey { job, key: field(66) });
        job
    }
}

pub(crate) fn commit(job: JobId) -> CommitModel {
    CommitModel { job, model: ModelCommitment(field(55)), architecture: model() }
}
