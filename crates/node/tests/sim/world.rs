//! A chain of several validators, each with a folder of its own, and what must hold whatever happens.

pub(crate) use super::founding::{
    BOB, STAKE, alice, genesis, operator, operator_of, secrets, staked_genesis,
};
use super::life::{Life, MESSAGES_MAX};
use assay_api::Submission;
use assay_chain::snapshot::{Beginning, Source, restore};
use assay_chain::{Answer, Chain, Verification};
use assay_codec::{from_bytes, to_bytes};
use assay_ledger::{Piece, Wanted};
use assay_node::consensus::Door;
use assay_node::consensus::accuser::Account;
use assay_node::consensus::engine::{Error, message_bytes_max};
use assay_node::consensus::faults::Faults;
use assay_node::consensus::gossip::{self, Gossip};
use assay_node::consensus::keys::{PublicKey, Scheme, Secrets};
use assay_node::consensus::rejoin::Part;
use assay_node::consensus::settings::{KEPT, Kept};
use assay_node::pool::Pool;
use assay_types::stake::{Endpoint, Registration};
use assay_types::tx::Transfer;
use assay_types::validators::Handovers;
use assay_types::{
    Action, Address, Amount, BlobId, Blobs, DoubleVote, Genesis, Header, Height, SignedTx, Tx,
};
use commonware_consensus::simplex::mocks::conflicter::{self, Conflicter};
use commonware_consensus::simplex::mocks::nuller::{self, Nuller};
use commonware_cryptography::blake3::Blake3;
use commonware_p2p::simulated::{self, Link, Network, Oracle};
use commonware_p2p::utils::mux::Muxer;
use commonware_runtime::deterministic::{self, Context};
use commonware_runtime::{Clock as _, Handle, Quota, Runner as _, Spawner as _, Supervisor as _};
use commonware_utils::{NZU32, NZUsize, Probability};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::{Future, ready};
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

/// A chain in the same thread; gone once its validator has crashed.
#[derive(Clone, Default)]
pub(crate) struct Direct {
    chain: Arc<Mutex<Option<Chain>>>,
    verifies: Verifies,
}

/// Who verifies the proofs of proposals before they are executed. Whoever it is, the simulation waits: it is the same
/// every time.
#[derive(Clone, Default)]
pub(crate) enum Verifies {
    /// The same thread.
    #[default]
    AtOnce,
    /// Nobody: the ledger does when it asks.
    Nobody,
    /// Other threads.
    Pool(Arc<Pool>),
}

impl Direct {
    /// Asks at once.
    pub(crate) fn now<T>(&self, question: impl FnOnce(&mut Chain) -> T) -> Option<T> {
        self.chain.lock().unwrap().as_mut().map(question)
    }
}

impl Door for Direct {
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Chain) -> T + Send + 'static,
    ) -> Option<T> {
        self.now(question)
    }

    fn submit(&self, submission: Submission) -> impl Future<Output = bool> + Send {
        let Submission { tx, blobs } = submission;
        ready(self.now(|chain| chain.submit(tx, blobs).is_ok()).unwrap_or(false))
    }

    async fn verify(&self, proofs: Vec<Verification>) -> Vec<Answer> {
        match &self.verifies {
            Verifies::AtOnce => proofs.iter().map(Verification::answer).collect(),
            Verifies::Nobody => Vec::new(),
            Verifies::Pool(pool) => {
                let waiting = tokio::runtime::Builder::new_current_thread().build().unwrap();
                waiting.block_on(pool.verify(proofs))
            }
        }
    }
}

/// Hands out the snapshots of a validator, as its HTTP interface does.
struct Peer<'a>(&'a Direct);

impl Source for Peer<'_> {
    type Error = Infallible;

    fn beginning(&mut self) -> Result<Beginning, Infallible> {
        let beginning = self.0.now(|chain| chain.snapshot().unwrap()).unwrap();
        Ok(from_bytes(&to_bytes(&beginning)).unwrap())
    }

    fn handovers(&mut self, first: u64) -> Result<Handovers, Infallible> {
        let handovers = Handovers(self.0.now(|chain| chain.handovers(first).unwrap()).unwrap());
        Ok(from_bytes(&to_bytes(&handovers)).unwrap())
    }

    fn piece(&mut self, height: Height, wanted: &Wanted) -> Result<Option<Piece>, Infallible> {
        let piece = self.0.now(|chain| chain.piece(height, wanted)).unwrap();
        Ok(piece.map(|piece| from_bytes(&to_bytes(&piece)).unwrap()))
    }

    fn blob(&mut self, id: &BlobId) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.now(|chain| chain.blob(id).unwrap()).unwrap())
    }
}

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
    operator: Option<u8>,
    pub(crate) role: Role,
    pub(crate) door: Direct,
    pub(crate) faults: Faults,
    gossip: Option<Gossip>,
    handle: Option<Handle<Result<(), Error>>>,
    /// Lives so far.
    lives: u64,
    /// Times it has lost its folders.
    wiped: u64,
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
            gossip: None,
            handle: None,
            lives: 0,
            wiped: 0,
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
        let node = &mut self.nodes[index];
        assert!(node.handle.is_none(), "it is alive");
        node.lives += 1;
        let public = node.secrets.public();
        let control = self.oracle.control(public.clone());
        let context = self.context.child("validator").with_attribute("index", index);
        let context = context.with_attribute("life", node.lives);
        if matches!(node.role, Role::Twice | Role::Both) {
            let validators = self.genesis.validators().unwrap();
            let scheme = node.secrets.scheme(&self.genesis.digest(), validators).unwrap();
            let quota = Quota::per_second(NZU32!(MESSAGES_MAX));
            let votes = control.register(0, quota).await.unwrap();
            // In the channel of the first epoch.
            let (mux, mut handle) = Muxer::new(context.child("mux"), votes.0, votes.1);
            mux.start();
            let votes = handle.register(0).await.unwrap();
            let handle = if node.role == Role::Twice {
                let settings = conflicter::Config { scheme };
                let context = context.child("conflicter");
                Conflicter::<_, Scheme, Blake3>::new(context, settings).start(votes)
            } else {
                let settings = nuller::Config { scheme };
                Nuller::<_, Scheme, Blake3>::new(context.child("nuller"), settings).start(votes)
            };
            node.handle = Some(context.spawn(move |_| async move {
                let _ = handle.await;
                Ok(())
            }));
            return;
        }
        let chain = Chain::follow(&dir, &self.genesis).unwrap().with_snapshots(SNAPSHOT_BLOCKS);
        node.door.chain = Arc::new(Mutex::new(Some(chain)));
        let (gossip, outbox) = gossip::channel();
        node.gossip = Some(gossip.clone());
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
            kept: self.kept,
            accuser: account.map(|account| (account, gossip)),
            partition: format!("v{index}_{}_", node.wiped),
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

    /// Makes a dead validator forget everything but its keys.
    pub(crate) fn wipe(&mut self, index: usize) {
        assert!(!self.is_alive(index));
        self.nodes[index].wiped += 1;
        *self.nodes[index].part.lock().unwrap() = Part::Watches;
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
        self.crash(index);
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

    /// Hands in at a node what its operator does.
    pub(crate) fn operate(&self, index: usize, action: impl Into<Action>) {
        let (node, genesis) = (&self.nodes[index], &self.genesis);
        let keys = operator(node.operator.unwrap());
        // Its own chain may not be the longest yet.
        let chains = self.chains().into_iter();
        let nonce = chains
            .filter_map(|door| door.now(|chain| chain.state().account(&keys.address()).nonce));
        let tx = Tx {
            chain: genesis.chain(),
            from: keys.address(),
            nonce: nonce.max().unwrap(),
            valid_until: Height::new(1_000_000),
            max_fee: Amount::new(100),
            action: action.into(),
        };
        let signature = keys.sign(&tx.signing_digest(&genesis.digest()));
        let submission = Submission { tx: SignedTx { tx, signature }, blobs: Blobs::new() };
        for door in self.chains() {
            let Submission { tx, blobs } = submission.clone();
            let _ = door.now(|chain| chain.submit(tx, blobs));
        }
    }

    /// What a node says of the validator that it would be.
    pub(crate) fn registration(&self, index: usize) -> Registration {
        let node = &self.nodes[index];
        let assay_types::Validator { network, vote, possession, .. } = node.secrets.validator(BOB);
        let port = 100 + u16::try_from(index).unwrap();
        let endpoint = Endpoint::new(([127, 0, 0, 1], port).into()).unwrap();
        Registration { network, vote, possession, endpoint }
    }

    /// Who has a seat now, by the numbers of their nodes, as the longest chain says.
    pub(crate) fn seated(&self) -> Vec<usize> {
        let top = self.heights().1;
        let chains = self.chains().into_iter();
        let mut seated = chains.filter_map(|door| {
            door.now(|chain| (chain.height().get(), chain.state().seated().to_vec()))
        });
        let (_, seated) = seated.find(|(height, _)| *height == top).unwrap();
        let owner = |node: &Node| node.operator.map(|number| operator(number).address());
        let has = |node: &Node| owner(node).is_some_and(|owner| seated.contains(&owner));
        (0..self.nodes.len()).filter(|index| has(&self.nodes[*index])).collect()
    }

    /// Lets time pass until the first block of an epoch that has not begun is written everywhere.
    pub(crate) async fn epoch(&self) {
        let goal = (self.heights().1 / EPOCH_BLOCKS + 1) * EPOCH_BLOCKS;
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
