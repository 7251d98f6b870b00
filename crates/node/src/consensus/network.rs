//! Validators that run: authenticated connections, upon the operating system's runtime, in threads of their own.

use super::accuser::Account;
use super::application::Application;
use super::engine::{self, Channels, Ended, message_bytes_max};
use super::faults::{Faults, Watcher};
use super::gossip::{self, Gossip, Outbox};
use super::keys::{self, PublicKey, Secrets};
use super::rejoin::{self, Part};
use super::settings::KEPT;
use super::{Door, finalizer};
use assay_types::validators::namespace;
use assay_types::{Certified, Genesis};
use commonware_consensus::Viewable as _;
use commonware_cryptography::ChaCha20Poly1305;
use commonware_p2p::authenticated::lookup;
use commonware_p2p::{Address, AddressableManager as _};
use commonware_runtime::{Handle, Quota, Runner as _, Supervisor as _, tokio};
use commonware_stream::cups::{self, Cups};
use commonware_stream::sake::{self, Sake};
use commonware_utils::channel::oneshot;
use commonware_utils::ordered::Map;
use commonware_utils::{NZU32, NZUsize};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

/// Messages of one stream that a peer may send in a second, and that wait to be read.
const MESSAGES_MAX: u32 = 1024;

/// How a validator takes part.
#[derive(Debug)]
pub struct Config {
    /// Its keys.
    pub secrets: Secrets,
    /// Where it listens for its peers.
    pub listen: SocketAddr,
    /// Where the others listen, by their network keys.
    pub peers: Vec<([u8; 32], SocketAddr)>,
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
    /// The chain began with a snapshot of a block that was not certified itself.
    #[error("the consensus cannot go on from the block with whose state the chain began")]
    Beginning,
    /// The keys do not fit.
    #[error(transparent)]
    Keys(#[from] keys::Error),
    /// Somebody's key is none of the genesis.
    #[error("a peer is no validator of the genesis, or is named twice")]
    Peer,
    /// A block cannot be written.
    #[error(transparent)]
    Finalizer(#[from] finalizer::Error),
    /// The folder cannot be read or written.
    #[error("the folder of the consensus cannot be used")]
    Folder(#[source] std::io::Error),
    /// The threads cannot be started.
    #[error("the threads of the consensus cannot be started")]
    Thread(#[source] std::io::Error),
    /// A fault of the program, or of its disk; the log has more.
    #[error("the consensus has ended by itself")]
    Panic,
}

/// A consensus that runs. Dropping it does not end it.
#[derive(Debug)]
pub struct Running {
    thread: thread::JoinHandle<Result<(), Error>>,
    stop: oneshot::Sender<()>,
    /// Is told when it has ended.
    ended: Option<oneshot::Receiver<()>>,
    /// Where transactions go.
    pub gossip: Gossip,
    /// What was found against other validators.
    pub faults: Faults,
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
        self.thread.join().map_err(|_| Error::Panic)?
    }
}

/// Starts to take part in the chain behind `door`, which began with the state after the block `beginning`, or with the
/// genesis.
pub fn start(
    genesis: &Genesis,
    beginning: Option<&Certified>,
    config: Config,
    door: impl Door,
) -> Result<Running, Error> {
    let validators = genesis.validators().ok_or(Error::Genesis)?;
    let voter = config.secrets.scheme(&genesis.digest(), validators)?;
    let observer = keys::observer(&genesis.digest(), validators)?;
    let count = u32::try_from(validators.count()).map_err(|_| Error::Genesis)?;
    let floor = match beginning {
        Some(block) => Some(keys::finalization(block, validators.count()).ok_or(Error::Beginning)?),
        None => None,
    };
    let members: Vec<_> = validators.list().iter().map(|one| one.network).collect();
    let peers = peers(&config, &members)?;
    let (gossip, outbox) = gossip::channel();
    let faults = Faults::default();
    let (stop, stopped) = oneshot::channel();
    let (tell, ended) = oneshot::channel();
    let part = rejoin::part(&config.dir).map_err(Error::Folder)?;
    let setup = Setup {
        voter,
        observer,
        count,
        peers,
        genesis: genesis.digest(),
        floor,
        config,
        outbox,
        gossip: gossip.clone(),
        watcher: faults.watch(genesis.digest(), validators),
    };
    let body = move || {
        let result = setup.live(part, &door, stopped);
        let _ = tell.send(());
        result
    };
    let thread =
        thread::Builder::new().name("consensus".into()).spawn(body).map_err(Error::Thread)?;
    Ok(Running { thread, stop, ended: Some(ended), gossip, faults })
}

/// Returns where every peer listens, oneself included.
fn peers(config: &Config, members: &[[u8; 32]]) -> Result<Map<PublicKey, Address>, Error> {
    let own = (config.secrets.public(), config.listen.into());
    let mut list: Vec<(PublicKey, Address)> = vec![own];
    for (key, address) in &config.peers {
        let public = keys::public_key(key).ok_or(Error::Peer)?;
        if !members.contains(key) {
            return Err(Error::Peer);
        }
        if public != config.secrets.public() {
            list.push((public, (*address).into()));
        }
    }
    Map::try_from(list).map_err(|_| Error::Peer)
}

struct Setup {
    voter: keys::Scheme,
    observer: keys::Scheme,
    count: u32,
    peers: Map<PublicKey, Address>,
    genesis: assay_codec::Digest,
    floor: Option<rejoin::Final>,
    config: Config,
    outbox: Outbox,
    gossip: Gossip,
    watcher: Watcher,
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
        // Nobody could be watched.
        let must_watch = 1 < self.count && !self.config.votes_at_once;
        let mut part = match part {
            Part::Watches if !must_watch => {
                rejoin::complete(dir, None).map_err(Error::Folder)?;
                Part::VotesBehind(None)
            }
            part => part,
        };
        loop {
            if part == Part::Watches {
                tracing::warn!("what was signed here is lost: no vote before others have gone on");
            }
            match self.run(part, door.clone(), &mut stopped)? {
                None | Some(Ended::Chain) => return Ok(()),
                Some(Ended::Watched(behind)) => {
                    rejoin::complete(dir, Some(&behind)).map_err(Error::Folder)?;
                    tracing::info!(view = behind.view().get(), "it votes from now on");
                    part = Part::VotesBehind(Some(behind));
                }
            }
        }
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
            let Self { voter, observer, count, peers, genesis, floor, config, .. } = self;
            let (outbox, gossip, watcher) = (&self.outbox, &self.gossip, &self.watcher);
            let Config { secrets, listen, interval, is_eager, account, .. } = config;
            let scheme = if part == Part::Watches { observer } else { voter };
            let handshake = Cups::<_, ChaCha20Poly1305>::new(
                Sake {
                    signer: secrets.network.clone(),
                    synchrony_bound: Duration::from_secs(5),
                    max_handshake_age: Duration::from_secs(10),
                    version: sake::Version::V1,
                },
                cups::Version::V1,
            );
            // The addresses come from the operator, and may well be private ones.
            let settings = lookup::Config::local(
                handshake,
                &namespace(genesis),
                *listen,
                NonZeroUsize::new(*count as usize).unwrap_or(NonZeroUsize::MIN),
                message_bytes_max(*count),
                NZUsize!(1024),
            );
            let (mut network, mut oracle) =
                lookup::Network::new(context.child("network"), settings);
            oracle.track(0, peers.clone());
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
                public_key: secrets.public(),
                scheme: scheme.clone(),
                part,
                genesis: *genesis,
                floor: floor.clone(),
                peers: oracle.clone(),
                blocker: oracle,
                door,
                outbox: outbox.clone(),
                watcher: watcher.clone(),
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
                _ = network => Err(Error::Panic),
                () = stopped => Ok(None),
            }
        })
    }
}
