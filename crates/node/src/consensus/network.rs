//! Validators that run: authenticated connections, upon the operating system's runtime, in threads of their own.

use super::Door;
use super::accuser::Account;
use super::application::Application;
use super::engine::{self, Channels, Ended, Remember, message_bytes_max};
use super::epochs::{Peer, Tracker};
use super::faults::Faults;
use super::folder;
use super::gossip::{self, Gossip, Outbox};
use super::keys::{self, PublicKey, Secrets};
use super::rejoin::{self, Part};
use super::settings::KEPT;
use super::standing::Standing;
use assay_types::stake::StakeRules;
use assay_types::validators::namespace;
use assay_types::{Genesis, Height, Validators};
use commonware_consensus::{Epochable as _, Viewable as _};
use commonware_cryptography::{ChaCha20Poly1305, ed25519};
use commonware_p2p::authenticated::lookup;
use commonware_p2p::{Address, AddressableManager as _};
use commonware_runtime::{Handle, Quota, Runner as _, Supervisor as _, tokio};
use commonware_stream::cups::{self, Cups};
use commonware_stream::sake::{self, Sake};
use commonware_utils::channel::oneshot;
use commonware_utils::ordered::Map;
use commonware_utils::{NZU32, NZUsize};
use std::any::Any;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

/// Messages of one stream that a peer may send in a second, and that wait to be read.
const MESSAGES_MAX: u32 = 1024;
/// Most peers of a node, where they change: twice as many as there are seats, and no more than this.
const PEERS_MAX: usize = 192;

/// How a validator takes part.
#[derive(Debug)]
pub struct Config {
    /// Its keys.
    pub secrets: Secrets,
    /// Where it listens for its peers.
    pub listen: SocketAddr,
    /// Where others listen, by their network keys. Where there are stakes, these say more; what stands here comes first.
    pub peers: Vec<Peer>,
    /// Where the consensus keeps what it has signed. Who has lost it watches before it votes.
    pub dir: PathBuf,
    /// Or votes at once: the operator knows that these keys have signed nothing that is not in the folder.
    pub votes_at_once: bool,
    /// Time between two blocks.
    pub interval: Duration,
    /// Propose as soon as something waits.
    pub is_eager: bool,
    /// Who accuses validators that vote twice, if somebody does.
    pub account: Option<Account>,
}

/// Why the consensus does not begin, or has ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The genesis names an authority.
    #[error("the genesis names no validators")]
    Genesis,
    /// The keys do not fit.
    #[error(transparent)]
    Keys(#[from] keys::Error),
    /// Somebody's key is none of the genesis.
    #[error("a peer is no validator of the genesis, or is named twice")]
    Peer,
    /// The engine does not begin, or has failed.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// Peers cannot be waited for there.
    #[error("cannot wait for peers at {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The folder cannot be used.
    #[error("the folder of the consensus cannot be used")]
    Folder(#[from] folder::Error),
    /// What the only validator has signed is lost.
    #[error(
        "what this validator has signed is not in {}, and it is the only one: nobody can tell it what was final after block {height} of its \
         ledger. If no other node has followed it, or none that did has a later block (`assay node status`), start it with --vote-at-once; otherwise \
         restore a snapshot of that node first, or two blocks of one height will be final", dir.display()
    )]
    Alone {
        /// The folder.
        dir: PathBuf,
        /// The last block of its ledger.
        height: Height,
    },
    /// The threads cannot be started.
    #[error("the threads of the consensus cannot be started")]
    Thread(#[source] std::io::Error),
    /// What the library keeps is damaged, or there is a fault of the program; the log has more.
    #[error(
        "the consensus has ended by itself: {message}; if it does so whenever it is started, what lies in {} is damaged: move that folder away and \
         start again (a validator then watches before it votes)", dir.display()
    )]
    Panic {
        /// The folder.
        dir: PathBuf,
        /// What the library said.
        message: String,
    },
    /// The connections to peers are gone: a fault of the program.
    #[error("the network of the consensus has ended by itself")]
    Network,
}

/// A consensus that runs. Dropping it does not end it.
#[derive(Debug)]
pub struct Running {
    thread: thread::JoinHandle<Result<(), Error>>,
    stop: oneshot::Sender<()>,
    dir: PathBuf,
    /// Is told when it has ended.
    ended: Option<oneshot::Receiver<()>>,
    /// Where transactions go.
    pub gossip: Gossip,
    /// What was found against other validators.
    pub faults: Faults,
    /// What is missing here.
    pub standing: Standing,
}

impl Running {
    /// Is done when the consensus has ended by itself; once.
    pub fn ended(&mut self) -> impl Future<Output = ()> + Send + 'static {
        let ended = self.ended.take();
        async move {
            match ended {
                Some(ended) => drop(ended.await),
                None => std::future::pending().await,
            }
        }
    }

    /// Asks it to end, and waits.
    pub fn stop(self) -> Result<(), Error> {
        let _ = self.stop.send(());
        let Self { thread, dir, .. } = self;
        thread.join().map_err(|panic| Error::Panic { dir, message: message(&*panic) })?
    }
}

/// What was said in a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.unwrap_or_else(|| "it did not say why".to_owned())
}

/// Starts to take part in the chain behind `door`.
pub fn start(genesis: &Genesis, config: Config, door: impl Door) -> Result<Running, Error> {
    let validators = genesis.validators().ok_or(Error::Genesis)?;
    let rules = genesis.founding().map(|founding| founding.rules).filter(StakeRules::has_epochs);
    if rules.is_none() {
        // Whoever is none of these never will be.
        config.secrets.scheme(&genesis.digest(), validators)?;
    }
    let seats = rules.map_or(validators.count(), |rules| usize::from(rules.seats));
    let count =
        if rules.is_some() { seats.max(seats.saturating_mul(2).min(PEERS_MAX)) } else { seats };
    let members: Vec<_> = validators.list().iter().map(|one| one.network).collect();
    let peers = peers(&config, &members, rules.is_some())?;
    // The library ends the whole consensus when it cannot: that is found out here, and said.
    let listen = |source| Error::Listen { address: config.listen, source };
    drop(TcpListener::bind(config.listen).map_err(listen)?);
    let (gossip, outbox) = gossip::channel();
    let faults = Faults::default();
    let (stop, stopped) = oneshot::channel();
    let (tell, ended) = oneshot::channel();
    folder::open(&config.dir)?;
    let part = rejoin::part(&config.dir)?;
    let (standing, dir) = (Standing::default(), config.dir.clone());
    let setup = Setup {
        has_epochs: rules.is_some(),
        seats: u32::try_from(seats).map_err(|_| Error::Genesis)?,
        count: NonZeroUsize::new(count).unwrap_or(NonZeroUsize::MIN),
        peers,
        genesis: genesis.digest(),
        config,
        outbox,
        gossip: gossip.clone(),
        faults: faults.clone(),
        standing: standing.clone(),
    };
    let body = move || {
        let result = setup.live(part, &door, stopped);
        let _ = tell.send(());
        result
    };
    let thread =
        thread::Builder::new().name("consensus".into()).spawn(body).map_err(Error::Thread)?;
    Ok(Running { thread, stop, dir, ended: Some(ended), gossip, faults, standing })
}

/// Returns where every peer listens, oneself included. Where the set changes, not only the first `members` are peers.
fn peers(
    config: &Config,
    members: &[[u8; 32]],
    has_epochs: bool,
) -> Result<Map<PublicKey, Address>, Error> {
    let own = (config.secrets.public(), config.listen.into());
    let mut list: Vec<(PublicKey, Address)> = vec![own];
    for (key, address) in &config.peers {
        let public = keys::public_key(key).ok_or(Error::Peer)?;
        if !has_epochs && !members.contains(key) {
            return Err(Error::Peer);
        }
        if public != config.secrets.public() {
            list.push((public, (*address).into()));
        }
    }
    Map::try_from(list).map_err(|_| Error::Peer)
}

/// Keeps connections to `count` peers: those that the operator has named, then whoever has a seat or something at stake.
fn tracker(
    mut oracle: lookup::Oracle<PublicKey>,
    named: Map<PublicKey, Address>,
    count: usize,
) -> Tracker {
    Tracker(Box::new(move |height, found: Vec<Peer>| {
        let mut peers: Vec<(PublicKey, Address)> =
            named.iter_pairs().map(|(key, address)| (key.clone(), address.clone())).collect();
        peers.truncate(count);
        for (key, endpoint) in found {
            let Some(public) = keys::public_key(&key) else { continue };
            if peers.len() < count && named.get_value(&public).is_none() {
                peers.push((public, endpoint.into()));
            }
        }
        match Map::try_from(peers) {
            // Number 0 are those that were named.
            Ok(peers) => drop(oracle.track(height.saturating_add(1), peers)),
            Err(error) => tracing::error!(?error, "a peer is there twice"),
        }
    }))
}

/// How a connection is authenticated and encrypted.
fn handshake(secrets: &Secrets) -> Cups<Sake<ed25519::PrivateKey>, ChaCha20Poly1305> {
    let sake = Sake {
        signer: secrets.network.clone(),
        synchrony_bound: Duration::from_secs(5),
        max_handshake_age: Duration::from_secs(10),
        version: sake::Version::V1,
    };
    Cups::new(sake, cups::Version::V1)
}

struct Setup {
    has_epochs: bool,
    /// Most validators.
    seats: u32,
    /// Most peers.
    count: NonZeroUsize,
    peers: Map<PublicKey, Address>,
    genesis: assay_codec::Digest,
    config: Config,
    outbox: Outbox,
    gossip: Gossip,
    faults: Faults,
    standing: Standing,
}

impl Setup {
    /// Watches, if it must, and then votes.
    fn live(
        &self,
        part: Part,
        door: &impl Door,
        mut stopped: oneshot::Receiver<()>,
    ) -> Result<(), Error> {
        let dir = &self.config.dir;
        let mut part = match part {
            Part::Watches if self.config.votes_at_once => {
                rejoin::complete(dir, None)?;
                Part::VotesBehind(None)
            }
            part => part,
        };
        loop {
            if part == Part::Watches {
                tracing::warn!("what was signed here is lost: no vote before others have gone on");
            }
            match self.run(part, door.clone(), &mut stopped).map_err(|error| self.damaged(error))? {
                None | Some(Ended::Chain) => return Ok(()),
                Some(Ended::Watched(behind)) => {
                    rejoin::complete(dir, Some(&behind))?;
                    let (epoch, view) = (behind.epoch().get(), behind.view().get());
                    tracing::info!(epoch, view, "it votes from now on");
                    part = Part::VotesBehind(Some(behind));
                }
            }
        }
    }

    /// Says where what cannot be read lies.
    fn damaged(&self, error: Error) -> Error {
        match error {
            Error::Engine(engine::Error::Archive(source)) => {
                let message = format!("the final blocks that are kept cannot be read: {source}");
                Error::Panic { dir: self.config.dir.clone(), message }
            }
            error => error,
        }
    }

    /// Looks whether there is anybody to watch. Where the set changes, one that was alone may not be any more.
    async fn look(&self, door: &impl Door) -> Result<(), Error> {
        let asked = door.ask(|chain| {
            let (succession, height) = (chain.succession(), chain.height());
            let next = succession.epoch(Height::new(height.get().saturating_add(1)));
            (height, succession.validators(next).map_or(0, Validators::count))
        });
        let Some((height, 1)) = asked.await else { return Ok(()) };
        let dir = self.config.dir.clone();
        if !self.has_epochs {
            return Err(Error::Alone { dir, height });
        }
        let alone = "one validator alone has signed all blocks up to the last one here: if that is this one, and no other has joined since, \
                     nothing is final before it is started with --vote-at-once";
        tracing::warn!(height = height.get(), "{alone}");
        Ok(())
    }

    /// Lives once; `None` if it was stopped.
    fn run(
        &self,
        part: Part,
        door: impl Door,
        stopped: &mut oneshot::Receiver<()>,
    ) -> Result<Option<Ended>, Error> {
        let settings = tokio::Config::new()
            .with_storage_directory(self.config.dir.join("journals"))
            .with_worker_threads(2)
            .with_catch_panics(false);
        tokio::Runner::new(settings).start(|context| async move {
            if part == Part::Watches {
                self.look(&door).await?;
            }
            let Self { has_epochs, seats, count, peers, genesis, config, .. } = self;
            let (outbox, gossip, faults) = (&self.outbox, &self.gossip, &self.faults);
            let dir = config.dir.clone();
            let Config { secrets, listen, interval, is_eager, account, .. } = config;
            // The addresses come from operators, and may well be private ones.
            let settings = lookup::Config::local(
                handshake(secrets),
                &namespace(genesis),
                *listen,
                *count,
                message_bytes_max(*seats),
                NZUsize!(1024),
            );
            let (mut network, mut oracle) =
                lookup::Network::new(context.child("network"), settings);
            oracle.track(0, peers.clone());
            let tracker = has_epochs.then(|| tracker(oracle.clone(), peers.clone(), count.get()));
            let rate = Quota::per_second(NZU32!(MESSAGES_MAX));
            let channels = Channels {
                votes: network.register(0, rate),
                certificates: network.register(1, rate),
                resolver: network.register(2, rate),
                backfill: network.register(3, rate),
                blocks: network.register(4, rate),
                transactions: network.register(5, rate),
            };
            let network: Handle<()> = network.start();
            let config = engine::Config {
                secrets: secrets.clone(),
                part,
                peers: oracle.clone(),
                blocker: oracle,
                tracker,
                door,
                outbox: outbox.clone(),
                faults: faults.clone(),
                standing: self.standing.clone(),
                remember: Remember(Box::new(move |behind| rejoin::complete(&dir, Some(behind)))),
                accuser: account.clone().map(|account| (account, gossip.clone())),
                interval: *interval,
                kept: KEPT,
                partition: String::new(),
            };
            let application = Application::new(config.door.clone(), *interval, *is_eager);
            let engine = engine::run(context.child("engine"), config, application, channels);
            let stopped = async move {
                if (&mut *stopped).await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            ::tokio::select! {
                result = engine => Ok(Some(result?)),
                _ = network => Err(Error::Network),
                () = stopped => Ok(None),
            }
        })
    }
}
