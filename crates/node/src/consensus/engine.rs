//! Everything put together, upon any runtime and network.

use super::Door;
use super::block::{Block, digest};
use super::faults::Watcher;
use super::finalizer::{self, Finalizer};
use super::gossip::{self, Outbox};
use super::keys::{Digest, PublicKey, Scheme};
use super::settings::{self, EPOCH};
use assay_codec::Digest as Hash;
use commonware_broadcast::buffered;
use commonware_consensus::marshal::core::Actor as Marshal;
use commonware_consensus::marshal::resolver::p2p as resolver;
use commonware_consensus::marshal::standard::{Inline, Standard};
use commonware_consensus::marshal::{self};
use commonware_consensus::simplex::scheme::reporter::AttributableReporter;
use commonware_consensus::simplex::types::Context;
use commonware_consensus::simplex::{self};
use commonware_consensus::types::FixedEpocher;
use commonware_consensus::{Application, Reporters};
use commonware_cryptography::Digested;
use commonware_cryptography::certificate::Verifier as _;
use commonware_p2p::{Blocker, Provider, Receiver, Sender};
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Clock, Metrics, Spawner, Storage};
use commonware_storage::archive::prunable;
use commonware_utils::{NZU16, NZUsize};
use rand::{CryptoRng, Rng};
use std::time::Duration;

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
    /// What it signs with.
    pub scheme: Scheme,
    /// Where its blocks begin.
    pub genesis: Hash,
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
    /// Time between two blocks.
    pub interval: Duration,
    /// How the names of its partitions begin, for those who share a disk.
    pub partition: String,
}

/// Runs until the chain fails or ends. `application` proposes and judges.
pub async fn run<E, A, S, R, P, B, D>(
    context: E,
    config: Config<P, B, D>,
    application: A,
    channels: Channels<S, R>,
) -> Result<(), finalizer::Error>
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
        genesis,
        peers,
        blocker,
        door,
        outbox,
        watcher,
        interval,
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
    let certificates = prunable::Archive::init(
        context.child("certificates"),
        settings::archive(
            &partition,
            "certificates",
            &cache,
            Scheme::certificate_codec_config_unbounded(),
        ),
    );
    let certificates =
        certificates.await.expect("the folder of the consensus is readable and whole");
    let blocks = prunable::Archive::init(
        context.child("blocks"),
        settings::archive(&partition, "blocks", &cache, ()),
    );
    let blocks = blocks.await.expect("the folder of the consensus is readable and whole");
    let beginning = Digested::compute(Block::Genesis(genesis), &Sequential).await;
    let (actor, mailbox, _) = Marshal::<_, Standard<Block>, _, _, _, _, _>::init(
        context.child("marshal"),
        certificates,
        blocks,
        settings::marshal(scheme.clone(), beginning, &partition, &cache),
    )
    .await;
    let (inbox, finalizer) = Finalizer::new(door.clone(), mailbox.clone());
    actor.start(inbox, buffer, resolver);
    let label = context.child("application");
    let application = Inline::new(label, application, mailbox, FixedEpocher::new(EPOCH));
    let faults = AttributableReporter::new(
        context.child("faults"),
        scheme.clone(),
        watcher,
        Sequential,
        true,
    );
    let reporter = Reporters::from((application.clone(), faults));
    let begin = settings::Begin { genesis: digest(genesis), interval, partition: &partition };
    let settings = settings::simplex(scheme, blocker, application, reporter, begin, cache);
    let engine = simplex::Engine::new(context.child("simplex"), settings);
    engine.start(channels.votes, channels.certificates, channels.resolver);
    let (sender, receiver) = channels.transactions;
    context.child("gossip_out").spawn(move |_| gossip::send(outbox, sender));
    context.child("gossip_in").spawn(move |_| gossip::receive(door, receiver));
    finalizer.run(context.child("finalizer")).await
}

/// The largest message among `count` validators: a block that somebody asked for. A transaction with its blobs
/// is smaller, since it must fit into one.
pub fn message_bytes_max(count: u32) -> u32 {
    commonware_p2p::max_message_size(&[
        simplex::max_payload_size::<Scheme, Digest>(count),
        marshal::max_payload_size::<Standard<Block>, Scheme>(count, &()),
    ])
}
