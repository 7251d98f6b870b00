//! Everything put together, upon any runtime and network.

use super::Door;
use super::accuser::{self, Account};
use super::block::{Block, digest};
use super::faults::{Faults, Watcher};
use super::finalizer::{self, Finalizer};
use super::gossip::{self, Gossip, Outbox};
use super::keys::{Digest, PublicKey, Scheme};
use super::rejoin::{Final, Part, Watch};
use super::settings::{self, EPOCH, Kept};
use assay_codec::Digest as Hash;
use commonware_broadcast::buffered;
use commonware_codec::CodecShared;
use commonware_consensus::marshal;
use commonware_consensus::marshal::Start;
use commonware_consensus::marshal::core::Actor as Marshal;
use commonware_consensus::marshal::resolver::p2p as resolver;
use commonware_consensus::marshal::standard::{Inline, Standard};
use commonware_consensus::simplex;
use commonware_consensus::simplex::config::Floor;
use commonware_consensus::simplex::scheme::reporter::AttributableReporter;
use commonware_consensus::simplex::types::Context;
use commonware_consensus::types::FixedEpocher;
use commonware_consensus::{Application, Reporters};
use commonware_cryptography::Digested;
use commonware_cryptography::certificate::Verifier as _;
use commonware_p2p::{Blocker, Provider, Receiver, Sender};
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Clock, Metrics, Spawner, Storage};
use commonware_storage::archive::prunable;
use commonware_storage::translator::EightCap;
use commonware_utils::{NZU16, NZUsize};
use futures::future::{Either, select};
use rand::{CryptoRng, Rng};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

type Archive<E, V> = prunable::Archive<EightCap, E, Digest, V>;
type Certified = simplex::types::Finalization<Scheme, Digest>;

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
    /// Whom it speaks for.
    pub public_key: PublicKey,
    /// What it signs with, or what it only verifies with if it watches.
    pub scheme: Scheme,
    /// Where it votes, if it does.
    pub part: Part,
    /// What the chain began with.
    pub genesis: Hash,
    /// The block with whose state this one's began, unless that was the genesis: the consensus goes on from there.
    pub floor: Option<Final>,
    /// Who its peers are.
    pub peers: P,
    /// What keeps peers out that lie.
    pub blocker: B,
    /// The chain.
    pub door: D,
    /// Transactions to send.
    pub outbox: Outbox,
    /// Where evidence goes.
    pub watcher: Watcher,
    /// Who accuses those it convicts, and where that is told.
    pub accuser: Option<(Account, Gossip)>,
    /// Time between two blocks.
    pub interval: Duration,
    /// How many final blocks it keeps for others.
    pub kept: Kept,
    /// How the names of its partitions begin, for those who share a disk.
    pub partition: String,
}

/// Why an engine ends well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The chain has.
    Chain,
    /// It has watched long enough, and may vote behind this block.
    Watched(Box<Final>),
}

/// Runs until the chain fails or ends, or until it has watched long enough. `application` proposes and judges.
pub async fn run<E, A, S, R, P, B, D>(
    context: E,
    config: Config<P, B, D>,
    application: A,
    channels: Channels<S, R>,
) -> Result<Ended, finalizer::Error>
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
    let Config {
        public_key,
        scheme,
        part,
        genesis,
        floor,
        peers,
        blocker,
        door,
        outbox,
        watcher,
        accuser,
        interval,
        kept,
        partition,
    } = config;
    let cache = CacheRef::new(NZU16!(4096 - 16), NZUsize!(1024));
    let (broadcast, buffer) = buffered::Engine::new(
        context.child("broadcast"),
        settings::broadcast(public_key.clone(), peers.clone()),
    );
    broadcast.start(channels.blocks);
    let resolver = resolver::init(
        context.child("backfill"),
        settings::resolver(public_key, peers, blocker.clone()),
        channels.backfill,
    );
    let (certificates, blocks) = archives(&context, &partition, &cache, kept).await;
    let (start, floor) = begin(genesis, floor).await;
    let (actor, mailbox, _) = Marshal::<_, Standard<Block>, _, _, _, _, _>::init(
        context.child("marshal"),
        certificates,
        blocks,
        settings::marshal(scheme.clone(), start, &partition, &cache),
    )
    .await;
    let (inbox, finalizer) = Finalizer::new(door.clone(), mailbox.clone(), kept);
    actor.start(inbox, buffer, resolver);
    let label = context.child("application");
    let application = Inline::new(label, application, mailbox, FixedEpocher::new(EPOCH));
    accuse(context.child("accuser"), accuser, watcher.faults().clone(), door.clone());
    let watch = Watch::default();
    let both = Reporters::from((watcher, watch.clone()));
    let label = context.child("faults");
    let faults = AttributableReporter::new(label, scheme.clone(), both, Sequential, true);
    let reporter = Reporters::from((application.clone(), faults));
    let begin = settings::Begin { floor: part.floor(floor), interval, partition: &partition };
    let settings = settings::simplex(scheme, blocker, application, reporter, begin, cache);
    let engine = simplex::Engine::new(context.child("simplex"), settings);
    engine.start(channels.votes, channels.certificates, channels.resolver);
    let (sender, receiver) = channels.transactions;
    context.child("gossip_out").spawn(move |_| gossip::send(outbox, sender));
    context.child("gossip_in").spawn(move |_| gossip::receive(door, receiver));
    let written = finalizer.run(context.child("finalizer"));
    if part != Part::Watches {
        return written.await.map(|()| Ended::Chain);
    }
    let clock = context.child("watch");
    let watched = watch.safe(&clock, settings::certification_timeout(interval));
    match select(pin!(written), pin!(watched)).await {
        Either::Left((written, _)) => written.map(|()| Ended::Chain),
        Either::Right((safe, _)) => Ok(Ended::Watched(Box::new(safe))),
    }
}

/// Where the two halves of the library begin: at the genesis, or at the block of a snapshot.
async fn begin(
    genesis: Hash,
    floor: Option<Final>,
) -> (Start<Scheme, Digest, Digested<Block>>, Floor<Scheme, Digest>) {
    match floor {
        Some(floor) => (Start::Floor(floor.clone()), Floor::Finalized(floor)),
        None => {
            let beginning = Digested::compute(Block::Genesis(genesis), &Sequential).await;
            (Start::Genesis(beginning), Floor::Genesis(digest(genesis)))
        }
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
) -> (Archive<E, Certified>, Archive<E, Arc<Block>>) {
    let unbounded = Scheme::certificate_codec_config_unbounded();
    let label = context.child("certificates");
    let certificates = archive(label, (partition, "certificates"), cache, unbounded, kept).await;
    let blocks = archive(context.child("blocks"), (partition, "blocks"), cache, (), kept).await;
    (certificates, blocks)
}

/// Opens an archive of final things.
async fn archive<E, V>(
    context: E,
    (partition, name): (&str, &str),
    cache: &CacheRef,
    codec: V::Cfg,
    kept: Kept,
) -> Archive<E, V>
where
    E: commonware_storage::Context,
    V: CodecShared,
{
    let settings = settings::archive(partition, name, cache, codec, kept.section);
    prunable::Archive::init(context, settings)
        .await
        .expect("the folder of the consensus is readable and whole")
}

/// The largest message among `count` validators: a block that somebody asked for. A transaction with its blobs
/// is smaller, since it must fit into one.
pub fn message_bytes_max(count: u32) -> u32 {
    commonware_p2p::max_message_size(&[
        simplex::max_payload_size::<Scheme, Digest>(count),
        marshal::max_payload_size::<Standard<Block>, Scheme>(count, &()),
    ])
}
