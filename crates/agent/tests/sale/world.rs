//! An owner, a buyer and a chain, driven by hand.

use assay_agent::{
    Act, Audience, Buyer, Error, Market, Offer, Order, Outside, Owner, Placed, Step, Terms,
};
use assay_chain::Chain;
use assay_import::{CsvOptions, read_csv};
use assay_model::{Criterion, Table, TreeParameters};
use assay_types::bounded::{List, Text};
use assay_types::{
    Algorithm, Amount, Card, Curve, DatasetId, Disclosure, Genesis, JobId, Limits, Offered,
    Parameters, Shape, Threshold, Windows,
};
use assay_wallet::{Cost, Keys, Wallet};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) const MONEY: u128 = 10_000;
pub(crate) const PRICE: u128 = 1_000;
pub(crate) const EVALUATION_FEE: u128 = 50;
pub(crate) const WINDOW: u64 = 5;
const SEEDS: [[u8; 32]; 3] = [[1; 32], [2; 32], [3; 32]];
const NAMES: [&str; 3] = ["ledger/authority", "owner", "buyer"];

/// A seeded source of bytes; not for secrets.
#[derive(Debug)]
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            // SplitMix64.
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (z ^ (z >> 31)) as u8;
        }
    }
}

/// The three of them. `None` while one is not running.
pub(crate) struct World {
    pub(crate) chain: Option<Chain>,
    pub(crate) owner: Option<Owner>,
    pub(crate) buyer: Option<Buyer>,
    pub(crate) genesis: Genesis,
    pub(crate) random: Seeded,
    /// Who is to see the test sets of orders.
    pub(crate) audience: Audience,
    /// What orders ask for.
    pub(crate) algorithm: Algorithm,
    /// Acts of both sides, in order.
    pub(crate) acts: Vec<Act>,
    time_ms: u64,
    /// Dropped last.
    dir: TempDir,
}

pub(crate) fn table(name: &str) -> Table {
    let path = format!("{}/../../data/wine/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    let schema = read_csv(
        fs::read(path.replace(name, "train")).unwrap().as_slice(),
        &CsvOptions::new("cultivar"),
    );
    let options =
        CsvOptions { target: "cultivar", schema: Some(schema.as_ref().unwrap().schema()) };
    read_csv(fs::read(path).unwrap().as_slice(), &options).unwrap()
}

fn keys(which: usize) -> Keys {
    Keys::from_seed(&SEEDS[which])
}

/// The genesis of chain number `chain`.
fn genesis(chain: u64) -> Genesis {
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
    let mut balances: Vec<_> =
        [1, 2].iter().map(|&party| (keys(party).address(), Amount::new(MONEY))).collect();
    balances.sort_unstable();
    Genesis::new(chain, 1_000, keys(0).address(), parameters, balances).unwrap()
}

pub(crate) fn parameters() -> TreeParameters {
    TreeParameters {
        criterion: Criterion::Gini,
        max_depth: Some(4),
        min_samples_split: 2,
        min_samples_leaf: 2,
        ..TreeParameters::SKLEARN
    }
}

pub(crate) fn offer() -> Offer {
    let price = Shape::Constant { price: Amount::new(PRICE) };
    Offer {
        reference: Text::new("wine").unwrap(),
        table: table("train"),
        terms: Terms {
            card: Card {
                pretty_name: Text::new("Wine").unwrap(),
                description: Text::new("Three cultivars.").unwrap(),
                tags: List::default(),
                task_categories: List::default(),
                source: Text::new("UCI").unwrap(),
            },
            curve: Curve::new(price, Amount::new(100), Amount::new(5_000), None).unwrap(),
            evaluation_fee: Amount::new(EVALUATION_FEE),
            windows: Windows { open: WINDOW, prove: WINDOW, reveal: WINDOW },
            limits: Limits {
                algorithms: List::new(vec![
                    Offered::DecisionTree,
                    Offered::Forest { trees_max: 10, work_max: 1 << 40 },
                    Offered::Network { weights_max: 1_000, work_max: 1 << 40 },
                ])
                .unwrap(),
                depth_max: 8,
                min_samples_leaf: 2,
                leaves_max: 256,
                test_rows_max: 1000,
                disclosure: Disclosure::Threshold,
            },
            licence: Text::new("CC-BY-4.0").unwrap(),
            sample: None,
        },
    }
}

pub(crate) fn order(dataset: DatasetId, num: u32, den: u32) -> Order {
    Order {
        reference: Text::new("first").unwrap(),
        dataset,
        algorithm: Algorithm::DecisionTree(parameters()),
        test: table("test"),
        audience: Audience::Everybody,
        threshold: Threshold::new(num, den).unwrap(),
        disclosure: Disclosure::Threshold,
        max_price: Amount::new(2_000),
        commit_window: WINDOW,
    }
}

impl World {
    /// Three wallets in three folders, and an empty chain.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut random = Seeded::new(9);
        let cheap = Cost::new(8, 1, 1).unwrap();
        for (name, seed) in NAMES.iter().zip(&SEEDS) {
            let folder = dir.path().join(name);
            let fill = &mut |out: &mut [u8]| random.fill(out);
            drop(Wallet::create_with(&folder, Keys::from_seed(seed), "x", cheap, fill).unwrap());
        }
        let mut world = Self {
            chain: None,
            owner: None,
            buyer: None,
            genesis: genesis(7),
            random,
            audience: Audience::Everybody,
            algorithm: Algorithm::DecisionTree(parameters()),
            acts: Vec::new(),
            time_ms: 2_000,
            dir,
        };
        world.restart(true);
        world
    }

    /// The same, but for test sets that only the owner is to see.
    pub(crate) fn private() -> Self {
        Self { audience: Audience::Owner, ..Self::new() }
    }

    /// The same, but for orders of a network.
    pub(crate) fn of_networks() -> Self {
        Self::of(crate::kinds::network())
    }

    /// The same, but for orders of such models.
    pub(crate) fn of(algorithm: Algorithm) -> Self {
        Self { algorithm, ..Self::new() }
    }

    /// The same three on another chain, with all that their wallets have kept.
    pub(crate) fn on_another_chain(mut self) -> Self {
        (self.owner, self.buyer, self.chain) = (None, None, None);
        let cheap = Cost::new(8, 1, 1).unwrap();
        let dir = tempfile::tempdir().unwrap();
        for (which, name) in NAMES.iter().enumerate() {
            let (from, backup) = (self.wallet(which), dir.path().join(format!("{which}.backup")));
            let fill = &mut |out: &mut [u8]| self.random.fill(out);
            from.backup(&backup, "x", cheap, fill).unwrap();
            let folder = dir.path().join(name);
            drop(Wallet::create_from_backup(&folder, &backup, "x", cheap, fill).unwrap());
        }
        let mut world = Self { genesis: genesis(8), acts: Vec::new(), time_ms: 2_000, dir, ..self };
        world.restart(true);
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn root(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn wallet(&self, which: usize) -> Wallet {
        Wallet::open(&self.path(NAMES[which]), "x").unwrap()
    }

    /// Drops both parties, and the chain with what waits in it, and opens them from their folders.
    pub(crate) fn restart(&mut self, with_chain: bool) {
        (self.owner, self.buyer) = (None, None);
        if with_chain || self.chain.is_none() {
            self.chain = None;
            let authority = self.wallet(0);
            self.chain = Some(Chain::open(&self.path("ledger"), &self.genesis, authority).unwrap());
        }
        let genesis = self.genesis.digest();
        self.owner = Some(Owner::open(self.wallet(1), &genesis).unwrap());
        self.buyer = Some(Buyer::open(self.wallet(2), &genesis).unwrap());
    }

    pub(crate) fn chain(&mut self) -> &mut Chain {
        self.chain.as_mut().unwrap()
    }

    /// Gives the owner what it needs.
    pub(crate) fn with_owner<T>(
        &mut self,
        act: impl FnOnce(&mut Owner, &mut Outside<'_>) -> T,
    ) -> T {
        let random = &mut |out: &mut [u8]| self.random.fill(out);
        let market: &mut dyn Market = self.chain.as_mut().unwrap();
        let mut out = Outside { market, random, progress: &mut |_| () };
        act(self.owner.as_mut().unwrap(), &mut out)
    }

    /// Gives the buyer what it needs.
    pub(crate) fn with_buyer<T>(
        &mut self,
        act: impl FnOnce(&mut Buyer, &mut Outside<'_>) -> T,
    ) -> T {
        let random = &mut |out: &mut [u8]| self.random.fill(out);
        let market: &mut dyn Market = self.chain.as_mut().unwrap();
        let mut out = Outside { market, random, progress: &mut |_| () };
        act(self.buyer.as_mut().unwrap(), &mut out)
    }

    pub(crate) fn publish(&mut self) -> Result<DatasetId, Error> {
        self.with_owner(|owner, out| owner.publish(&offer(), out))
    }

    pub(crate) fn order(
        &mut self,
        dataset: DatasetId,
        num: u32,
        den: u32,
    ) -> Result<Placed, Error> {
        let (audience, algorithm) = (self.audience, self.algorithm.clone());
        let order = Order { audience, algorithm, ..order(dataset, num, den) };
        self.with_buyer(|buyer, out| buyer.order(&order, out))
    }

    /// Makes a block.
    pub(crate) fn produce(&mut self) {
        self.time_ms += 1_000;
        let time_ms = self.time_ms;
        self.chain().produce(time_ms).unwrap();
    }

    /// A listing and an order for so many of the test rows, both in blocks.
    pub(crate) fn ordered(&mut self, num: u32, den: u32) -> JobId {
        let dataset = self.publish().unwrap();
        self.produce();
        let job = self.order(dataset, num, den).unwrap().job;
        self.produce();
        job
    }

    /// One step of each side.
    pub(crate) fn step(&mut self) -> [Step; 2] {
        let steps = [
            self.with_owner(|owner, out| owner.next(out)).unwrap(),
            self.with_buyer(|buyer, out| buyer.next(out)).unwrap(),
        ];
        for step in &steps {
            if let Step::Did(act) = step {
                self.acts.push(act.clone());
            }
        }
        steps
    }

    /// Steps and blocks until nothing is due any more.
    pub(crate) fn run(&mut self) {
        for _ in 0..40 {
            if self.step() == [Step::Idle, Step::Idle] {
                return;
            }
            self.produce();
        }
        panic!("the sale does not end: {:?}", self.acts);
    }

    /// Balances of owner and buyer, and what was burned.
    pub(crate) fn money(&mut self) -> [u128; 3] {
        let balance =
            |chain: &Chain, which| chain.state().account(&keys(which).address()).balance.get();
        let chain = self.chain();
        [balance(chain, 1), balance(chain, 2), chain.state().burned().get()]
    }
}
