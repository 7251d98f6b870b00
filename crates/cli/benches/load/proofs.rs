//! Many owners hand their proofs in at one moment.
//!
//! Each owner lists a table, each buyer orders a tree and opens its test set, each owner trains and proves: all at their own pace. What an
//! owner hands in then, two proofs and a ciphertext, is held back until the last of them is ready. What is measured is from
//! there until the last is final: transport, verification by every node, blocks of megabytes, agreement.

use crate::Load;
use crate::memory::Memory;
use crate::serving::{Nodes, wallet};
use assay_agent::{
    Act, Audience, Buyer, Execution, Market, MarketError, Offer, Order, Outside, Owner, Step, Terms,
};
use assay_client::Node;
use assay_codec::Digest;
use assay_import::{CsvOptions, read_csv};
use assay_ledger::Account;
use assay_ledger::dataset::Listed;
use assay_ledger::job::Job;
use assay_model::{Table, TreeParameters};
use assay_receipt::Receipt;
use assay_types::bounded::{List, Text};
use assay_types::{
    Action, Address, Algorithm, Amount, BlobId, Blobs, Card, Curve, DatasetId, Disclosure, Genesis,
    Height, JobId, Limits, LogEntry, Offered, Shape, SignedTx, Threshold, Windows,
};
use assay_wallet::{Wallet, os_random};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Instant;

/// Blocks for every step: nobody is late.
const WINDOW: u64 = 1_000;
const TRAIN: &[u8] = include_bytes!("../../../../data/breast-cancer/train.csv");
const TEST: &[u8] = include_bytes!("../../../../data/breast-cancer/test.csv");

/// A node whose owner waits for the others before it hands its proofs in.
struct Held {
    node: Node,
    together: Arc<Barrier>,
    /// When its proofs were handed in, and how many bytes they and the ciphertext have.
    sent: Option<(Instant, usize)>,
}

/// What was measured of one owner.
struct Pass {
    sent: Instant,
    done: Instant,
    bytes: usize,
    height: u64,
}

/// Lets `load.passes` sales come to their proofs, and measures these.
pub(crate) fn run(load: Load, told: &mut Map<String, Value>) {
    let dir = tempfile::tempdir().unwrap();
    let wallets = (0..load.passes).map(|number| {
        ["owner", "buyer"].map(|side| wallet(dir.path(), &format!("{side}-{number}")))
    });
    let wallets: Vec<_> = wallets.collect();
    let accounts: Vec<_> = wallets.iter().flatten().map(|wallet| wallet.keys().address()).collect();
    let nodes = Nodes::begin(dir.path(), load, &accounts);
    let together = Arc::new(Barrier::new(load.passes));
    let memory = Memory::watch(nodes.process());
    let sales = wallets.into_iter().zip(nodes.urls.iter().cycle()).map(|([owner, buyer], url)| {
        let held =
            Held { node: Node::connect(url).unwrap(), together: together.clone(), sent: None };
        thread::spawn(move || sale(owner, buyer, held))
    });
    let sales: Vec<_> = sales.collect();
    let passes: Vec<_> = sales.into_iter().map(|sale| sale.join().unwrap()).collect();
    memory.tell(told);

    let start = passes.iter().map(|pass| pass.sent).min().unwrap();
    let end = passes.iter().map(|pass| pass.done).max().unwrap();
    let seconds = end.duration_since(start).as_secs_f64();
    let bytes: usize = passes.iter().map(|pass| pass.bytes).sum();
    let mut blocks: BTreeMap<u64, usize> = BTreeMap::new();
    passes.iter().for_each(|pass| *blocks.entry(pass.height).or_default() += pass.bytes);
    let rounded = |value: f64| Value::from((value * 100.0).round() / 100.0);
    told.insert("passes".to_owned(), load.passes.into());
    told.insert("proofs".to_owned(), (2 * load.passes).into());
    told.insert("bytes".to_owned(), bytes.into());
    told.insert("seconds".to_owned(), rounded(seconds));
    told.insert("blocks".to_owned(), blocks.len().into());
    told.insert("largest_block_bytes".to_owned(), blocks.values().max().copied().into());
    told.insert("blocks_of_2_mb_per_second".to_owned(), rounded(bytes as f64 / 2e6 / seconds));
    told.insert("proofs_per_second".to_owned(), rounded(2.0 * passes.len() as f64 / seconds));
    let latency = |pass: &Pass| pass.done.duration_since(pass.sent).as_millis();
    let mut latencies: Vec<_> = passes.iter().map(latency).collect();
    latencies.sort_unstable();
    let median = u64::try_from(latencies[latencies.len() / 2]).unwrap();
    told.insert("final_ms_median".to_owned(), median.into());
}

/// One sale, up to the block that holds its proofs.
fn sale(owner: Wallet, buyer: Wallet, mut held: Held) -> Pass {
    let genesis = held.genesis().digest();
    let mut owner = Owner::open(owner, &genesis).unwrap();
    let mut buyer = Buyer::open(buyer, &genesis).unwrap();
    let train = read_csv(TRAIN, &CsvOptions::new("diagnosis")).unwrap();
    let test = read_csv(TEST, &CsvOptions::of(train.schema())).unwrap();
    let dataset = held.act(|out| owner.publish(&offer(train), out).unwrap());
    held.act(|out| buyer.order(&order(dataset, test), out).unwrap());
    loop {
        for is_owner in [false, true] {
            let step = held.act(|out| {
                if is_owner { owner.next(out).unwrap() } else { buyer.next(out).unwrap() }
            });
            let (Step::Did(Act::Passed { job, .. }), Some((sent, bytes))) = (step, held.sent)
            else {
                continue;
            };
            let done = Instant::now();
            let history = held.history(&job).unwrap();
            let height = history.last().unwrap().height.get();
            return Pass { sent, done, bytes, height };
        }
    }
}

impl Held {
    /// Lets a party act, and waits for the block that takes what it sent.
    fn act<T>(&mut self, work: impl FnOnce(&mut Outside<'_>) -> T) -> T {
        let mut progress = |_: &'static str| ();
        let mut out = Outside { market: self, random: &mut os_random, progress: &mut progress };
        let done = work(&mut out);
        let executed = self.node.settle().unwrap();
        assert_eq!(executed.and_then(|executed| executed.failure), None);
        done
    }
}

impl Market for Held {
    fn genesis(&self) -> &Genesis {
        self.node.genesis()
    }

    fn height(&self) -> Result<Height, MarketError> {
        self.node.height()
    }

    fn account(&self, address: &Address) -> Result<Account, MarketError> {
        self.node.account(address)
    }

    fn listing(&self, dataset: &DatasetId) -> Result<Option<Listed>, MarketError> {
        self.node.listing(dataset)
    }

    fn listings(&self) -> Result<Vec<(DatasetId, Listed)>, MarketError> {
        self.node.listings()
    }

    fn burned_since(&self, since: Height) -> Result<BTreeMap<DatasetId, Amount>, MarketError> {
        self.node.burned_since(since)
    }

    fn job(&self, job: &JobId) -> Result<Option<Job>, MarketError> {
        self.node.job(job)
    }

    fn jobs(&self, party: Option<&Address>) -> Result<Vec<(JobId, Job)>, MarketError> {
        self.node.jobs(party)
    }

    fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, MarketError> {
        self.node.blob(id)
    }

    fn history(&self, job: &JobId) -> Result<Vec<LogEntry>, MarketError> {
        self.node.history(job)
    }

    fn opened(&self, table: &Digest, buyer: &Address) -> Result<Option<Height>, MarketError> {
        self.node.opened(table, buyer)
    }

    fn executed(&self, from: &Address, nonce: u64) -> Result<Option<Execution>, MarketError> {
        self.node.executed(from, nonce)
    }

    fn receipt(&self, job: &JobId) -> Result<Option<Receipt>, MarketError> {
        self.node.receipt(job)
    }

    fn submit(&mut self, tx: SignedTx, blobs: Blobs) -> Result<Digest, MarketError> {
        if matches!(tx.tx.action, Action::SubmitPass(_)) {
            self.together.wait();
            let bytes = blobs.iter().map(|(_, bytes)| bytes.len()).sum();
            self.sent = Some((Instant::now(), bytes));
        }
        self.node.submit(tx, blobs)
    }
}

fn offer(table: Table) -> Offer {
    let price = Shape::Constant { price: Amount::new(700) };
    Offer {
        reference: Text::new("tumours").unwrap(),
        table,
        terms: Terms {
            card: Card {
                pretty_name: Text::new("Tumours").unwrap(),
                description: Text::default(),
                tags: List::default(),
                task_categories: List::default(),
                source: Text::default(),
            },
            curve: Curve::new(price, Amount::new(100), Amount::new(1_000), None).unwrap(),
            evaluation_fee: Amount::new(10),
            windows: Windows { open: WINDOW, prove: WINDOW, reveal: WINDOW },
            limits: Limits {
                algorithms: List::new(vec![Offered::DecisionTree]).unwrap(),
                depth_max: 5,
                min_samples_leaf: 4,
                leaves_max: 32,
                test_rows_max: 1_000,
                disclosure: Disclosure::Threshold,
            },
            licence: Text::default(),
            sample: None,
        },
    }
}

fn order(dataset: DatasetId, test: Table) -> Order {
    let parameters = TreeParameters {
        max_depth: Some(5),
        min_samples_split: 10,
        min_samples_leaf: 4,
        ..TreeParameters::SKLEARN
    };
    Order {
        reference: Text::new("tumours").unwrap(),
        dataset,
        algorithm: Algorithm::DecisionTree(parameters),
        test,
        audience: Audience::Everybody,
        threshold: Threshold::new(90, 100).unwrap(),
        disclosure: Disclosure::Threshold,
        max_price: Amount::new(1_000),
        commit_window: WINDOW,
    }
}
