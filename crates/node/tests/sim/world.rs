//! A chain of several validators, each with a folder of its own, and what must hold whatever happens.

use super::bad;
use super::door::Peer;
pub(crate) use super::door::{Direct, Verifies};
pub(crate) use super::founding::{
    BOB, STAKE, alice, genesis, operator, operator_of, secrets, staked_genesis,
};
use super::life::Life;
use assay_api::Submission;
use assay_chain::Chain;
use assay_chain::snapshot::restore;
use assay_node::consensus::accuser::Account;
use assay_node::consensus::engine::{Error, message_bytes_max};
use assay_node::consensus::faults::Faults;
use assay_node::consensus::gossip::{self, Gossip};
use assay_node::consensus::keys::{PublicKey, Secrets};
use assay_node::consensus::rejoin::Part;
use assay_node::consensus::settings::{KEPT, Kept};
use assay_node::consensus::standing::Standing;
use assay_types::tx::Transfer;
use assay_types::{Address, Amount, Blobs, DoubleVote, Genesis, Header, Height, SignedTx, Tx};
use commonware_consensus::Epochable as _;
use commonware_p2p::simulated::{self, Link, Network, Oracle};
use commonware_runtime::deterministic::{self, Context};
use commonware_runtime::{
    Clock as _, Handle, Runner as _, Spawner as _, Storage as _, Supervisor as _,
};
use commonware_utils::{NZUsize, Probability};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// Time between two blocks.
pub(crate) const INTERVAL: Duration = Duration::from_millis(200);
/// Between two looks at what is waited for.
const LOOK: Duration = Duration::from_millis(50);
/// How often a state is kept to be handed out.
const SNAPSHOT_BLOCKS: u64 = 2;
/// Looks before a wait is given up: two minutes of the simulation.
const LOOKS_MAX: usize = 2_400;

/// How a validator behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// As it should.
    Honest,
    /// Proposes blocks whose state is made up.
    Liar,
    /// Votes twice, whatever it hears of.
    Twice,
    /// Nullifies every view, and finalises what it hears of in it.
    Both,
}

/// One validator.
pub(crate) struct Node {
    pub(crate) secrets: Secrets,
    /// Who stands behind it, where there are stakes.
    pub(crate) operator: Option<u8>,
    pub(crate) role: Role,
    pub(crate) door: Direct,
    pub(crate) faults: Faults,
    pub(crate) standing: Standing,
    gossip: Option<Gossip>,
    handle: Option<Handle<Result<(), Error>>>,
    /// Lives so far.
    lives: u64,
    /// Times it has lost its folders.
    wiped: u64,
    /// Times it has lost what it signed, with or without the ledger.
    forgot: u64,
    /// Where it may vote.
    part: Arc<Mutex<Part>>,
}

/// All of them.
pub(crate) struct World {
    pub(crate) context: Context,
    pub(crate) genesis: Genesis,
    pub(crate) nodes: Vec<Node>,
    /// How many final blocks everybody keeps who begins to live now.
    pub(crate) kept: Kept,
    /// Whether nodes accuse who votes twice.
    accuses: bool,
    oracle: Oracle<PublicKey, Context>,
    dir: TempDir,
}

/// A link of this quality.
pub(crate) fn link(latency_ms: u64, jitter_ms: u64, success: f64) -> Link {
    Link {
        latency: Duration::from_millis(latency_ms),
        jitter: Duration::from_millis(jitter_ms),
        success_rate: Probability::from_f64(success).unwrap(),
    }
}

pub(crate) fn good_link() -> Link {
    link(10, 3, 1.0)
}

/// Runs a test among validators of these roles, which are all connected and not yet alive.
pub(crate) fn simulate<T, F: Future<Output = T>>(
    seed: u64,
    roles: &[Role],
    test: impl FnOnce(World) -> F,
) -> T {
    let settings = deterministic::Config::new().with_seed(seed);
    let roles = roles.to_vec();
    deterministic::Runner::new(settings).start(|context| async move {
        let count = u8::try_from(roles.len()).unwrap();
        let world = World::new(context, &roles, genesis(count)).await;
        test(world).await
    })
}

/// The same among validators with stakes, whose nodes accuse if `accuses`.
pub(crate) fn simulate_staked<T, F: Future<Output = T>>(
    seed: u64,
    roles: &[Role],
    accuses: bool,
    test: impl FnOnce(World) -> F,
) -> T {
    let settings = deterministic::Config::new().with_seed(seed);
    let roles = roles.to_vec();
    deterministic::Runner::new(settings).start(|context| async move {
        let count = u8::try_from(roles.len()).unwrap();
        let world = World::new(context, &roles, staked_genesis(count, (0, 0))).await;
        test(World { accuses, ..world }).await
    })
}

/// Blocks of an epoch.
pub(crate) const EPOCH_BLOCKS: u64 = 6;

/// The same where the set follows the stakes. `joiners` more nodes have keys and money, and are no validators yet.
pub(crate) fn simulate_epochs<T, F: Future<Output = T>>(
    seed: u64,
    roles: &[Role],
    joiners: u8,
    test: impl FnOnce(World) -> F,
) -> T {
    let settings = deterministic::Config::new().with_seed(seed);
    let mut roles = roles.to_vec();
    deterministic::Runner::new(settings).start(|context| async move {
        let count = u8::try_from(roles.len()).unwrap();
        let seats = count + joiners;
        let (genesis, mut secrets) = staked_genesis(count, (EPOCH_BLOCKS, seats));
        secrets.extend((count..seats).map(self::secrets));
        roles.extend((count..seats).map(|_| Role::Honest));
        let world = World::new(context, &roles, (genesis, secrets)).await;
        test(World { accuses: true, ..world }).await
    })
}

impl World {
    async fn new(
        context: Context,
        roles: &[Role],
        (genesis, secrets): (Genesis, Vec<Secrets>),
    ) -> Self {
        let count = u32::try_from(roles.len()).unwrap();
        let peers: Vec<_> = secrets.iter().map(Secrets::public).collect();
        let settings = simulated::Config {
            max_size: message_bytes_max(count),
            max_peers_per_set: NZUsize!(8),
            disconnect_on_block: true,
            tracked_peer_sets: NZUsize!(1),
        };
        let (network, oracle) =
            Network::new_with_peers(context.child("network"), settings, peers).await;
        network.start();
        let nodes = secrets.into_iter().zip(roles).map(|(secrets, &role)| Node {
            operator: operator_of(&secrets, &genesis),
            secrets,
            role,
            door: Direct::default(),
            faults: Faults::default(),
            standing: Standing::default(),
            gossip: None,
            handle: None,
            lives: 0,
            wiped: 0,
            forgot: 0,
            part: Arc::new(Mutex::new(Part::VotesBehind(None))),
        });
        let nodes = nodes.collect();
        let (accuses, dir) = (false, tempfile::tempdir().unwrap());
        let world = Self { context, genesis, nodes, kept: KEPT, accuses, oracle, dir };
        world.connect(|_, _| Some(good_link())).await;
        world
    }

    /// Sets every link anew; `None` cuts it.
    pub(crate) async fn connect(&self, quality: impl Fn(usize, usize) -> Option<Link>) {
        for from in 0..self.nodes.len() {
            for to in 0..self.nodes.len() {
                if from == to {
                    continue;
                }
                let ends = (self.nodes[from].secrets.public(), self.nodes[to].secrets.public());
                // There may be none.
                let _ = self.oracle.remove_link(ends.0.clone(), ends.1.clone()).await;
                if let Some(link) = quality(from, to) {
                    self.oracle.add_link(ends.0, ends.1, link).await.unwrap();
                }
            }
        }
    }

    pub(crate) async fn start_all(&mut self) {
        for index in 0..self.nodes.len() {
            self.start(index).await;
        }
    }

    /// Brings a validator to life, with what its folders hold.
    pub(crate) async fn start(&mut self, index: usize) {
        let dir = self.dir.path().join(format!("{index}-{}", self.nodes[index].wiped));
        let set = bad::set(self);
        let node = &mut self.nodes[index];
        assert!(node.handle.is_none(), "it is alive");
        node.lives += 1;
        let public = node.secrets.public();
        let control = self.oracle.control(public.clone());
        let context = self.context.child("validator").with_attribute("index", index);
        let context = context.with_attribute("life", node.lives);
        if matches!(node.role, Role::Twice | Role::Both) {
            let handle = bad::start(context, (node.role, &node.secrets), &control, set).await;
            node.handle = Some(handle);
            return;
        }
        let chain = Chain::follow(&dir, &self.genesis).unwrap().with_snapshots(SNAPSHOT_BLOCKS);
        node.door.chain = Arc::new(Mutex::new(Some(chain)));
        let (gossip, outbox) = gossip::channel();
        node.gossip = Some(gossip.clone());
        node.standing = Standing::default();
        let operator = node.operator.filter(|_| self.accuses).map(operator);
        let account = operator.map(|keys| Account {
            address: keys.address(),
            sign: Arc::new(move |digest| keys.sign(digest)),
        });
        let life = Life {
            secrets: node.secrets.clone(),
            part: node.part.clone(),
            peers: self.oracle.manager(),
            control,
            door: node.door.clone(),
            outbox,
            faults: node.faults.clone(),
            standing: node.standing.clone(),
            kept: self.kept,
            accuser: account.map(|account| (account, gossip)),
            partition: format!("v{index}_{}_", node.forgot),
            is_liar: node.role == Role::Liar,
        };
        node.handle = Some(context.spawn(move |context| life.run(context)));
    }

    /// Kills a validator: its tasks end where they are, and only what is on the disk remains.
    pub(crate) fn crash(&mut self, index: usize) {
        let node = &mut self.nodes[index];
        let Some(handle) = node.handle.take() else { return };
        handle.abort();
        node.gossip = None;
        node.door.chain.lock().unwrap().take();
    }

    /// From now on a validator signs twice whatever it hears of.
    pub(crate) async fn betray(&mut self, index: usize) {
        self.crash(index);
        self.nodes[index].role = Role::Twice;
        self.start(index).await;
    }

    /// Makes a dead validator forget everything but its keys.
    pub(crate) fn wipe(&mut self, index: usize) {
        assert!(!self.is_alive(index));
        self.nodes[index].wiped += 1;
        self.lose_votes(index, Part::Watches);
    }

    /// Makes a dead validator forget what it signed and keep its ledger.
    pub(crate) fn lose_votes(&mut self, index: usize, part: Part) {
        assert!(!self.is_alive(index));
        self.nodes[index].forgot += 1;
        *self.nodes[index].part.lock().unwrap() = part;
    }

    /// Makes a dead validator lose its ledger and keep what it signed.
    pub(crate) fn lose_ledger(&mut self, index: usize) {
        assert!(!self.is_alive(index));
        self.nodes[index].wiped += 1;
    }

    /// The epochs before `end` of which a validator has a journal.
    pub(crate) async fn journals(&self, index: usize, end: u64) -> Vec<u64> {
        let mut found = Vec::new();
        for epoch in 0..end {
            let number = if epoch == 0 { String::new() } else { format!("-{epoch}") };
            let name = format!("v{index}_{}_simplex{number}", self.nodes[index].forgot);
            if self.context.scan(&name).await.is_ok() {
                found.push(epoch);
            }
        }
        found
    }

    /// The epoch of the block behind which a validator votes.
    pub(crate) fn votes_behind(&self, index: usize) -> Option<u64> {
        match &*self.nodes[index].part.lock().unwrap() {
            Part::VotesBehind(Some(block)) => Some(block.epoch().get()),
            _ => None,
        }
    }

    /// The same for one who believes that it has never signed anything.
    pub(crate) fn wipe_and_forget(&mut self, index: usize) {
        self.wipe(index);
        *self.nodes[index].part.lock().unwrap() = Part::VotesBehind(None);
    }

    /// Whether a validator votes.
    pub(crate) fn votes(&self, index: usize) -> bool {
        self.is_alive(index) && *self.nodes[index].part.lock().unwrap() != Part::Watches
    }

    /// Lets a dead validator that has nothing begin with the state that another one hands out.
    pub(crate) fn restore(&mut self, index: usize, from: usize) -> Height {
        assert!(!self.is_alive(index));
        let dir = self.dir.path().join(format!("{index}-{}", self.nodes[index].wiped));
        restore(&dir, &self.genesis, &mut Peer(&self.nodes[from].door)).unwrap()
    }

    /// Waits until a validator ends by itself.
    pub(crate) async fn end(&mut self, index: usize) -> Result<(), Error> {
        let ended = self.nodes[index].handle.take().unwrap().await.unwrap();
        self.nodes[index].gossip = None;
        self.nodes[index].door.chain.lock().unwrap().take();
        ended
    }

    pub(crate) fn is_alive(&self, index: usize) -> bool {
        self.nodes[index].handle.is_some()
    }

    /// The validators that have a chain now.
    pub(crate) fn chains(&self) -> Vec<&Direct> {
        let nodes = self.nodes.iter().map(|node| &node.door);
        nodes.filter(|door| door.now(|_| ()).is_some()).collect()
    }

    /// The last final block of the one that has the fewest, and of the one that has most.
    pub(crate) fn heights(&self) -> (u64, u64) {
        let heights = self.chains().into_iter().map(|door| door.now(|chain| chain.height().get()));
        let heights: Vec<_> = heights.flatten().collect();
        (heights.iter().copied().min().unwrap_or(0), heights.iter().copied().max().unwrap_or(0))
    }

    /// Lets time pass.
    pub(crate) async fn wait(&self, time: Duration) {
        self.context.sleep(time).await;
    }

    /// Lets time pass until something holds.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..LOOKS_MAX {
            if holds(self) {
                return;
            }
            self.wait(LOOK).await;
        }
        let faults = self.nodes.iter().map(|node| node.faults.evidence());
        let faults: Vec<_> = faults.collect();
        panic!("in vain: {what}; heights {:?}; found {faults:?}", self.heights());
    }

    /// Waits until everybody who is alive has `more` blocks more than anybody has now.
    pub(crate) async fn grow(&self, more: u64) {
        let goal = self.heights().1 + more;
        self.until(&format!("block {goal}"), |world| goal <= world.heights().0).await;
    }

    /// Signs Alice's transaction with this number.
    pub(crate) fn transfer(&self, nonce: u64) -> SignedTx {
        let tx = Tx {
            chain: self.genesis.chain(),
            from: alice().address(),
            nonce,
            valid_until: Height::new(1_000_000),
            max_fee: Amount::new(100),
            action: Transfer { to: BOB, amount: Amount::new(10) }.into(),
        };
        let signature = alice().sign(&tx.signing_digest(&self.genesis.digest()));
        SignedTx { tx, signature }
    }

    /// Hands a transaction in, as the HTTP interface does.
    pub(crate) fn submit(&self, index: usize, nonce: u64) {
        let (node, tx) = (&self.nodes[index], self.transfer(nonce));
        node.door.now(|chain| chain.submit(tx.clone(), Blobs::new()).unwrap()).unwrap();
        node.gossip.as_ref().unwrap().send(&Submission { tx, blobs: Blobs::new() });
    }

    /// Has proofs verified in this way by all that begin to live now.
    pub(crate) fn verify_by(&mut self, verifies: &Verifies) {
        self.nodes.iter_mut().for_each(|node| node.door.verifies = verifies.clone());
    }

    /// Hands a transaction in, of which the others only hear in a block.
    pub(crate) fn hand_in(&self, index: usize, Submission { tx, blobs }: Submission) {
        self.nodes[index].door.now(|chain| chain.submit(tx, blobs).unwrap()).unwrap();
    }

    /// How many transactions of a sender are final everywhere.
    pub(crate) fn executed(&self, from: &Address) -> u64 {
        let nonce = |chain: &mut Chain| chain.state().account(from).nonce;
        self.chains().iter().filter_map(|door| door.now(nonce)).min().unwrap_or(0)
    }

    /// Hands Alice's transaction in once more, as an agent does that sees it in no block: what a node had not yet in
    /// one, it loses when it crashes. Where it waits or was executed, it is refused.
    pub(crate) fn submit_again(&self, index: usize, nonce: u64) {
        let (node, tx) = (&self.nodes[index], self.transfer(nonce));
        let taken = node.door.now(|chain| chain.submit(tx.clone(), Blobs::new()).is_ok());
        if taken == Some(true) {
            node.gossip.as_ref().unwrap().send(&Submission { tx, blobs: Blobs::new() });
        }
    }

    /// How many of Alice's transactions are final everywhere.
    pub(crate) fn transferred(&self) -> u64 {
        self.executed(&alice().address())
    }

    /// All of it holds, against this validator alone.
    #[track_caller]
    pub(crate) fn check_evidence(&self, evidence: &[DoubleVote], guilty: usize) {
        let key = self.genesis.validators().unwrap().list()[guilty].vote;
        for one in evidence {
            assert_eq!(one.guilty, key);
            assert_eq!(one.verify(&self.genesis.digest()), Ok(()));
        }
    }

    /// What must hold, whatever has happened: no two final blocks of one height, every one certified, and
    /// no money made or lost. Returns the headers of the longest chain.
    pub(crate) fn check(&self) -> Vec<Header> {
        let mut all = BTreeMap::new();
        for door in self.chains() {
            for header in door.now(|chain| self.check_one(chain)).unwrap() {
                let known = *all.entry(header.height).or_insert(header);
                assert_eq!(known, header, "two final blocks of one height");
            }
        }
        all.into_values().collect()
    }

    fn check_one(&self, chain: &Chain) -> Vec<Header> {
        let state = chain.state();
        let held: u128 = state.accounts().map(|(_, account)| account.balance.get()).sum();
        let escrowed: u128 = state.jobs().map(|(_, job)| job.escrow.get()).sum();
        let staked: u128 = state.stakes().map(|(_, stake)| stake.money().get()).sum();
        let sum = held + escrowed + staked + state.burned().get();
        assert_eq!(sum, self.genesis.supply().get(), "money");
        let mut headers = Vec::new();
        for height in chain.first().get()..=chain.height().get() {
            let certified = chain.block(Height::new(height)).unwrap().unwrap().certified;
            headers.push(certified.header);
            if height == chain.height().get() {
                chain.succession().verify(&certified).unwrap();
                assert_eq!(certified.header.state_root, state.root());
            }
        }
        headers
    }
}
