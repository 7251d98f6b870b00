//! A sale, small but whole: a tree, its test rows, the log, two final headers.

use crate::{Anchor, HISTORY, Receipt};
use assay_codec::{Digest, to_bytes};
use assay_model::ops::tree::{self, NodeTable};
use assay_model::{Architecture, Criterion, Table, TreeParameters, synthetic};
use assay_statements::commit::{self, Salt};
use assay_statements::{accuracy, delivery};
use assay_types::bounded::{Bytes, List, Text};
use assay_types::statement::{Accuracy, Context, Delivery, Modes, Privacy, Score};
use assay_types::tx::OpenJob;
use assay_types::{
    Address, Algorithm, Amount, BlobId, Card, Certified, Curve, DataCommitment, DatasetId,
    Disclosure, Event, FieldDigest, Finality, Genesis, Header, Height, JobId, Limits, Listing,
    LogEntry, Metric, Offered, Parameters, Sale, Shape, TestCommitment, Threshold, Topic, Windows,
    header, log, merkle,
};
use assay_wallet::Keys;

const ROWS: u32 = 24;
const LISTED: u64 = 2;
const SETTLED: u64 = 9;

/// All that a test can want.
#[derive(Clone, Debug)]
pub(super) struct Fixture {
    pub(super) genesis: Genesis,
    pub(super) table: Table,
    pub(super) nodes: NodeTable,
    pub(super) salt: Salt,
    pub(super) accuracy: Accuracy,
    pub(super) delivery: Delivery,
    pub(super) listing: Listing,
    pub(super) sale: Sale,
    pub(super) request: OpenJob,
}

/// Who signs the headers.
pub(super) fn authority() -> Keys {
    Keys::from_seed(&[1; 32])
}

fn field(value: u32) -> FieldDigest {
    FieldDigest::new([value; 8]).unwrap()
}

fn genesis() -> Genesis {
    let parameters = Parameters {
        fee: Amount::new(1),
        proof_fee: Amount::new(1),
        blob_fee: Amount::new(1),
        fee_burn_ppm: 500_000,
        listing_burn: Amount::new(5),
        sale_burn_ppm: 50_000,
        sale_burn_min: Amount::new(1),
        window_min: 2,
        window_max: 1000,
    };
    let balances = vec![(authority().address(), Amount::new(1_000_000))];
    Genesis::new(7, 1_000, authority().address(), parameters, balances).unwrap()
}

fn listing(table: &Table) -> Listing {
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
        schema: table.schema().clone(),
        rows: 500,
        curve: Curve::new(price, Amount::new(100), Amount::new(100), None).unwrap(),
        evaluation_fee: Amount::new(10),
        encryption_key: [6; 32],
        windows: Windows { open: 10, prove: 10, reveal: 10 },
        limits: Limits {
            algorithms: List::new(vec![Offered::DecisionTree]).unwrap(),
            depth_max: 8,
            min_samples_leaf: 1,
            leaves_max: 64,
            test_rows_max: 1000,
            disclosure: Disclosure::Threshold,
        },
        licence: Text::new("CC-BY-4.0").unwrap(),
        sample: None,
    }
}

fn request(
    table: &Digest,
    owner: Address,
    threshold: Threshold,
    secret_hash: FieldDigest,
) -> OpenJob {
    OpenJob {
        dataset: DatasetId::of(owner, 0),
        version: 1,
        algorithm: Algorithm::DecisionTree(TreeParameters {
            criterion: Criterion::Gini,
            max_depth: Some(4),
            min_samples_split: 2,
            min_samples_leaf: 1,
            ..TreeParameters::SKLEARN
        }),
        test: TestCommitment::of(table, &[8; 32]),
        rows: ROWS,
        metric: Metric::Accuracy,
        threshold,
        test_privacy: Privacy::Public,
        disclosure: Disclosure::Threshold,
        secret_hash,
        sealed_secret: Bytes::new(vec![1, 2, 3]).unwrap(),
        max_price: Amount::new(200),
        commit_window: 10,
    }
}

/// A model that answers all rows, sold.
pub(super) fn sold() -> Fixture {
    let (owner, buyer) = (Keys::from_seed(&[2; 32]).address(), Keys::from_seed(&[3; 32]).address());
    let genesis = genesis();
    let tree = synthetic::tree(4, 3, 3, 6, 1).unwrap();
    let table = synthetic::table(&tree, ROWS as usize, 0, 2).unwrap();
    let nodes = tree.to_table(tree::bounds_for(&tree, 4, 16).unwrap()).unwrap();
    let salt = Salt(field(11));
    let listing = listing(&table);
    let (key, secret) = (field(12), field(13));
    let job = JobId::of(buyer, 0);
    let context = Context {
        chain: genesis.chain(),
        genesis: genesis.digest(),
        job,
        prover: owner,
        recipient: buyer,
        deadline: Height::new(30),
    };
    let architecture = Architecture::DecisionTree(nodes.bounds());
    let model = commit::commit(&nodes, &salt);
    let threshold = Threshold::new(9, 10).unwrap();
    let accuracy = Accuracy {
        context,
        modes: Modes::SCORED,
        architecture: architecture.clone(),
        schema: table.schema().clone(),
        model,
        data: table.digest(),
        rows: ROWS,
        score: Score::AtLeast(threshold.of(ROWS)),
    };
    let sealed = vec![7; 64];
    let delivery = Delivery {
        context,
        architecture: architecture.clone(),
        model,
        key_hash: delivery::key_hash(&key),
        secret_hash: delivery::secret_hash(&secret, &job),
        ciphertext: BlobId::of(&sealed).0,
    };
    let request = request(&table.digest(), owner, threshold, delivery.secret_hash);
    let sale = Sale {
        buyer,
        owner,
        dataset: request.dataset,
        version: 1,
        model,
        architecture,
        table: table.digest(),
        rows: ROWS,
        needed: threshold.of(ROWS),
        score: accuracy.score,
        fresh: true,
        accuracy: accuracy.digest(),
        accuracy_proof: BlobId::of(b"proof of accuracy"),
        delivery: delivery.digest(),
        delivery_proof: BlobId::of(b"proof of delivery"),
        ciphertext: BlobId::of(&sealed),
        key,
        price: Amount::new(100),
        evaluation_fee: Amount::new(10),
        burned: Amount::new(5),
        count: 1,
    };
    Fixture { genesis, table, nodes, salt, accuracy, delivery, listing, sale, request }
}

impl Fixture {
    /// Proves the score, and names the proof in the sale.
    pub(super) fn prove(&mut self) -> Vec<u8> {
        let witness =
            accuracy::Witness { model: &self.nodes, salt: &self.salt, table: &self.table };
        let proof = accuracy::prove(&self.accuracy, &witness, [9; 32], &mut |_| ()).unwrap();
        self.sale.accuracy_proof = BlobId::of(&proof);
        proof
    }

    /// The five events of the sale.
    pub(super) fn events(&self) -> [Event; HISTORY] {
        let Self { sale, request, .. } = self;
        let job = self.accuracy.context.job;
        let deadline = Height::new(30);
        [
            Event::Opened {
                job,
                buyer: sale.buyer,
                owner: sale.owner,
                request: Box::new(request.clone()),
                needed: sale.needed,
                price: sale.price,
                evaluation_fee: sale.evaluation_fee,
                deadline,
            },
            Event::Committed {
                job,
                model: sale.model,
                architecture: sale.architecture.clone(),
                deadline,
            },
            Event::TestOpened {
                job,
                table: sale.table,
                blob: BlobId::of(&to_bytes(&self.table)),
                fresh: sale.fresh,
                deadline,
            },
            Event::Proven {
                job,
                accuracy: sale.accuracy,
                accuracy_proof: sale.accuracy_proof,
                delivery: sale.delivery,
                delivery_proof: sale.delivery_proof,
                ciphertext: sale.ciphertext,
                key_hash: self.delivery.key_hash,
                deadline,
            },
            Event::Settled { job, sale: Box::new(sale.clone()) },
        ]
    }

    /// The receipt of the sale as it stands, logged and signed by the authority.
    pub(super) fn receipt(&self) -> Receipt {
        self.receipt_of(self.events())
    }

    /// The receipt of other events, logged and signed by the authority: what it could do if it lied.
    pub(super) fn receipt_of(&self, events: [Event; HISTORY]) -> Receipt {
        let listed = Event::Published {
            dataset: self.sale.dataset,
            owner: self.sale.owner,
            listing: self.listing.digest(),
            burned: Amount::new(5),
        };
        self.receipt_with(events, listed)
    }

    /// The same, with another entry for the listing.
    pub(super) fn receipt_with(&self, events: [Event; HISTORY], listed: Event) -> Receipt {
        let topic = Topic::Job(self.accuracy.context.job);
        let mut previous = Digest::default();
        let mut sequence = 0;
        let history = events.map(|event| {
            let height = Height::new(SETTLED - 4 + sequence);
            let time_ms = 1_000 + height.get();
            let entry = LogEntry { topic, sequence, previous, height, time_ms, event };
            previous = entry.digest();
            sequence += 1;
            entry
        });
        assert!(log::is_history(&history));
        let listed = LogEntry {
            topic: listed.topic(),
            sequence: 0,
            previous: Digest::default(),
            height: Height::new(LISTED),
            time_ms: 1_000 + LISTED,
            event: listed,
        };
        Receipt {
            settled: self.anchor(&history[4]),
            published: self.anchor(&listed),
            history,
            listing: self.listing.clone(),
            listed,
            accuracy: self.accuracy.clone(),
            delivery: self.delivery.clone(),
            handovers: Vec::new(),
        }
    }

    /// Puts an entry into a block, third of five, and makes the block final.
    pub(super) fn anchor(&self, entry: &LogEntry) -> Anchor {
        let mut leaves = vec![vec![1], vec![2], to_bytes(entry), vec![3], vec![4]];
        leaves[0].resize(100, 0);
        let header = Header {
            version: header::VERSION,
            genesis: self.genesis.digest(),
            parent: Digest([1; 32]),
            height: entry.height,
            time_ms: entry.time_ms,
            tx_root: Digest([2; 32]),
            log_root: merkle::root(&leaves),
            state_root: Digest([3; 32]),
        };
        let finality = Finality::Authority(authority().sign(&header.digest().0));
        let inclusion = merkle::prove(&leaves, 2).unwrap();
        Anchor { certified: Certified { header, finality }, inclusion }
    }
}
