//! Everything put together, upon any runtime and network.

use super::Door;
use super::accuser::{self, Account};
use super::beginning::{self, Known};
use super::block::Block;
use super::epochs::{self, Tracker};
use super::faults::Faults;
use super::finalizer::{self, Finalizer};
use super::folder;
use super::gossip::{self, Gossip, Outbox};
use super::keys::{self, Digest, PublicKey, Scheme, Secrets};
use super::rejoin::{Final, Part};
use super::settings::{self, Kept};
use super::standing::{self, Standing};
use commonware_broadcast::buffered;
use commonware_codec::CodecShared;
use commonware_consensus::Application;
use commonware_consensus::marshal;
use commonware_consensus::marshal::core::{Actor as Marshal, Processed};
use commonware_consensus::marshal::resolver::p2p as resolver;
use commonware_consensus::marshal::standard::Standard;
use commonware_consensus::simplex;
use commonware_consensus::simplex::types::Context;
use commonware_cryptography::certificate::Verifier as _;
use commonware_p2p::utils::mux::prefixed;
use commonware_p2p::{Blocker, Provider, Receiver, Sender};
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Clock, Metrics, Spawner, Storage};
use commonware_storage::archive::{self, prunable};
use commonware_storage::translator::EightCap;
use commonware_utils::channel::mpsc;
use commonware_utils::{NZU16, NZUsize};
use futures::future::{Either, select};
use rand::{CryptoRng, Rng};
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

/// Final things, by their heights.
pub(super) type Archive<E, V> = prunable::Archive<EightCap, E, Digest, V>;

/// One stream of messages to all peers, and from them.
pub type Channel<S, R> = (S, R);

/// The streams of the consensus.
#[derive(Debug)]
pub struct Channels<S, R> {
    /// Votes of single validators.
    pub votes: Channel<S, R>,
    /// Certificates of many.
    pub certificates: Channel<S, R>,
    /// Certificates that somebody asks for.
    pub resolver: Channel<S, R>,
    /// Blocks that somebody asks for.
    pub backfill: Channel<S, R>,
    /// Blocks, from who proposes them.
    pub blocks: Channel<S, R>,
    /// Transactions.
    pub transactions: Channel<S, R>,
}

/// What an engine is about.
#[derive(Debug)]
pub struct Config<P, B, D> {
    /// Whom it speaks for, and what it signs with in the epochs in which that is a validator.
    pub secrets: Secrets,
    /// Where it votes, if it does.
    pub part: Part,
    /// Who its peers are.
    pub peers: P,
    /// What keeps peers out that lie.
    pub blocker: B,
    /// Is told where peers are, if they may change.
    pub tracker: Option<Tracker>,
    /// The chain.
    pub door: D,
    /// Transactions to send.
    pub outbox: Outbox,
    /// Where evidence goes.
    pub faults: Faults,
    /// Where it is told what is missing here.
    pub standing: Standing,
    /// Is told behind which block this validator votes from now on.
    pub remember: Remember,
    /// Who accuses those it convicts, and where that is told.
    pub accuser: Option<(Account, Gossip)>,
    /// Time between two blocks.
    pub interval: Duration,
    /// How many final blocks it keeps for others.
    pub kept: Kept,
    /// How the names of its partitions begin, for those who share a disk.
    pub partition: String,
}

/// Writes down that this validator votes only behind a block, so that it still is so after a crash.
pub struct Remember(pub Box<Write>);

/// Writes it.
pub type Write = dyn FnMut(&Final) -> Result<(), folder::Error> + Send;

impl fmt::Debug for Remember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remember").finish_non_exhaustive()
    }
}

/// Why an engine ends well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The chain has.
    Chain,
    /// It has watched long enough, and may vote behind this block.
    Watched(Box<Final>),
}

/// Why one does not begin, or ends badly.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The chain began with a snapshot of a block that was not certified itself.
    #[error("the consensus cannot go on from the block with whose state the chain began")]
    Beginning,
    /// The keys of the validators are none.
    #[error(transparent)]
    Keys(#[from] keys::Error),
    /// The archives of final blocks cannot be read or written.
    #[error("the final blocks that are kept for others cannot be read or written")]
    Archive(#[from] archive::Error),
    /// What must be remembered cannot be written.
    #[error(transparent)]
    Folder(#[from] folder::Error),
    /// A block cannot be written.
    #[error(transparent)]
    Finalizer(#[from] finalizer::Error),
}

/// Runs until the chain fails or ends, or until it has watched long enough. `application` proposes and judges.
pub async fn run<E, A, S, R, P, B, D>(
    context: E,
    config: Config<P, B, D>,
    application: A,
    channels: Channels<S, R>,
) -> Result<Ended, Error>
where
    A: Application<
            E,
            SigningScheme = Scheme,
            Context = Context<Digest, PublicKey>,
            Block = Block,
            Input = (),
        >,
    E: Clock + CryptoRng + Rng + Spawner + Storage + Metrics,
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
    P: Provider<PublicKey = PublicKey>,
    B: Blocker<PublicKey = PublicKey>,
    D: Door,
{
    let Config { secrets, part, peers, blocker, tracker, door, outbox, faults, .. } = config;
    let (standing, remember) = (config.standing, config.remember);
    let (accuser, interval, partition) = (config.accuser, config.interval, config.partition);
    let kept = config.kept;
    let Some(known) = door.ask(Known::of).await else { return Ok(Ended::Chain) };
    let schemes = known.schemes()?;
    let epocher = epochs::epocher(&known.succession);
    let cache = CacheRef::new(NZU16!(4096 - 16), NZUsize!(1024));
    let (broadcast, buffer) = buffered::Engine::new(
        context.child("broadcast"),
        settings::broadcast(secrets.public(), peers.clone()),
    );
    broadcast.start(channels.blocks);
    let resolver = resolver::init(
        context.child("backfill"),
        settings::resolver(secrets.public(), peers, blocker.clone()),
        channels.backfill,
    );
    let (certificates, blocks) = archives(&context, &partition, &cache, kept).await?;
    let (floor, blocks) = known.floor(&certificates, blocks).await?;
    let start = beginning::start(known.genesis, floor.clone()).await;
    let (actor, mailbox, begins) = Marshal::<_, Standard<Block>, _, _, _, _, _>::init(
        context.child("marshal"),
        certificates,
        blocks,
        settings::marshal(schemes.clone(), epocher.clone(), start, &partition, &cache),
    )
    .await;
    known.follows(begins.processed().map(Processed::height))?;
    let (tell, written) = mpsc::unbounded_channel();
    let (inbox, finalizer) =
        Finalizer::new(door.clone(), mailbox.clone(), (kept, tell), standing.clone());
    let (known, asked) = (standing.clone(), door.clone());
    context.child("standing").spawn(move |clock| standing::watch(clock, known, asked));
    actor.start(inbox, buffer, resolver);
    accuse(context.child("accuser"), accuser, faults.clone(), door.clone());
    let (sender, receiver) = channels.transactions;
    context.child("gossip_out").spawn(move |_| gossip::send(outbox, sender));
    let taker = door.clone();
    context.child("gossip_in").spawn(move |_| gossip::receive(taker, receiver));
    let config = epochs::Config {
        secrets,
        part,
        floor,
        door,
        application,
        blocker,
        marshal: mailbox,
        schemes,
        epocher,
        faults,
        standing,
        remember,
        kept,
        tracker,
        interval,
        partition,
        cache,
    };
    let streams = [channels.votes, channels.certificates, channels.resolver];
    let epochs = epochs::run(context.child("epochs"), config, streams, written);
    let written = finalizer.run(context.child("finalizer"));
    match select(pin!(written), pin!(epochs)).await {
        Either::Left((written, _)) => Ok(written.map(|()| Ended::Chain)?),
        Either::Right((ended, _)) => ended,
    }
}

/// Lets somebody accuse, if somebody does.
fn accuse(
    context: impl Clock + Spawner,
    accuser: Option<(Account, Gossip)>,
    faults: Faults,
    door: impl Door,
) {
    if let Some((account, gossip)) = accuser {
        context.spawn(move |clock| accuser::run(clock, account, faults, door, gossip));
    }
}

/// Opens the archives of certificates and blocks.
async fn archives<E: commonware_storage::Context>(
    context: &E,
    partition: &str,
    cache: &CacheRef,
    kept: Kept,
) -> Result<(Archive<E, Final>, Archive<E, Arc<Block>>), archive::Error> {
    let unbounded = Scheme::certificate_codec_config_unbounded();
    let label = context.child("certificates");
    let certificates = open(label, (partition, "certificates"), cache, unbounded, kept).await?;
    let blocks = open(context.child("blocks"), (partition, "blocks"), cache, (), kept).await?;
    Ok((certificates, blocks))
}

/// Opens an archive of final things.
async fn open<E, V>(
    context: E,
    (partition, name): (&str, &str),
    cache: &CacheRef,
    codec: V::Cfg,
    kept: Kept,
) -> Result<Archive<E, V>, archive::Error>
where
    E: commonware_storage::Context,
    V: CodecShared,
{
    let settings = settings::archive(partition, name, cache, codec, kept.section);
    prunable::Archive::init(context, settings).await
}

/// The largest message among `count` validators: a block that somebody asked for. A transaction with its blobs
/// is smaller, since it must fit into one.
pub fn message_bytes_max(count: u32) -> u32 {
    commonware_p2p::max_message_size(&[
        prefixed(simplex::max_payload_size::<Scheme, Digest>(count)),
        marshal::max_payload_size::<Standard<Block>, Scheme>(count, &()),
    ])
}
