//! The numbers that the library is given: time limits, buffers, what is kept.

use super::block::Block;
use super::keys::{Digest, PublicKey, Scheme};
use super::schemes::Schemes;
use commonware_broadcast::buffered;
use commonware_consensus::marshal::resolver::p2p as resolver;
use commonware_consensus::marshal::{self, Start};
use commonware_consensus::simplex::config::{Floor, ForwardPolicy, SkipPolicy};
use commonware_consensus::simplex::elector::RoundRobin;
use commonware_consensus::simplex::types::{Activity, Context};
use commonware_consensus::simplex::{self, SkipBudget};
use commonware_consensus::types::{Epoch, FixedEpocher, ViewDelta};
use commonware_consensus::{CertifiableAutomaton, Relay, Reporter};
use commonware_cryptography::{Digested, Sha256};
use commonware_p2p::{Blocker, Provider};
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_storage::archive::prunable;
use commonware_storage::translator::EightCap;
use commonware_utils::{NZDuration, NZU64, NZUsize};
use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;

/// One epoch without end, where the validators never change.
pub const EPOCH: NonZeroU64 = NonZeroU64::MAX;
/// Buffers of journals.
const BUFFER: NonZeroUsize = NZUsize!(1 << 20);
/// Messages that wait for an actor.
const MAILBOX: NonZeroUsize = NZUsize!(1024);
/// Views that are remembered behind the last final one.
const VIEWS: u64 = 64;
/// Views in one file of what is remembered of them.
const SECTION: NonZeroU64 = NZU64!(64);
/// What is kept of final blocks: those of 18 hours, if one takes a second, in at most 260 open files.
pub const KEPT: Kept = Kept { blocks: 64 * 1024, section: NZU64!(1024) };
/// Final blocks that are handed out before the first of them is written.
const UNWRITTEN_MAX: NonZeroUsize = NZUsize!(8);
/// Blocks of one peer that are kept before they are asked for.
const PROPOSED_MAX: usize = 10;
/// How long an answer of a peer is waited for.
const FETCH: Duration = Duration::from_secs(2);
/// Longest wait for a leader's proposal, beyond the interval.
const LEADER: Duration = Duration::from_millis(1500);
/// Longest wait for a proposal to be judged, beyond that.
const JUDGED: Duration = Duration::from_millis(1500);

/// How many final blocks are kept for validators that were away. The chain keeps them for ever, in a store of its own, but without the
/// blobs of jobs that ended long ago.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// So many of the last ones, and what is in one file with them.
    pub blocks: u64,
    /// Blocks in one file. Four files of each section stay open.
    pub section: NonZeroU64,
}

/// Where a validator begins, and how fast it goes.
#[derive(Clone, Debug)]
pub struct Begin<'a> {
    /// In which epoch.
    pub epoch: u64,
    /// Behind which block it votes: the one that everybody begins with, that of a snapshot, or a later one.
    pub floor: Floor<Scheme, Digest>,
    /// Time between two blocks.
    pub interval: Duration,
    /// How the names of partitions begin.
    pub partition: &'a str,
}

/// How proposals are passed on.
pub fn broadcast<P: Provider<PublicKey = PublicKey>>(
    public_key: PublicKey,
    peer_provider: P,
) -> buffered::Config<PublicKey, (), P, Sequential> {
    buffered::Config {
        public_key,
        mailbox_size: MAILBOX,
        deque_size: PROPOSED_MAX,
        priority: false,
        codec_config: (),
        peer_provider,
        strategy: Sequential,
    }
}

/// How blocks are asked for.
pub fn resolver<P, B>(
    public_key: PublicKey,
    peer_provider: P,
    blocker: B,
) -> resolver::Config<PublicKey, P, B>
where
    P: Provider<PublicKey = PublicKey>,
    B: Blocker<PublicKey = PublicKey>,
{
    resolver::Config {
        public_key,
        peer_provider,
        blocker,
        mailbox_size: MAILBOX,
        fetch_timeout: NZDuration!(FETCH),
        fetch_retry_delay: Duration::from_millis(100),
        priority_requests: false,
        priority_responses: false,
    }
}

/// How final blocks are put in order.
pub fn marshal(
    provider: Schemes,
    epocher: FixedEpocher,
    start: Start<Scheme, Digest, Digested<Block>>,
    partition: &str,
    cache: &CacheRef,
) -> marshal::Config<Schemes, FixedEpocher, Sequential, Block, Digested<Block>> {
    marshal::Config {
        provider,
        epocher,
        start,
        partition_prefix: format!("{partition}marshal"),
        mailbox_size: MAILBOX,
        view_retention: ViewDelta::new(VIEWS),
        prunable_items_per_section: SECTION,
        page_cache: cache.clone(),
        replay_buffer: BUFFER,
        key_write_buffer: BUFFER,
        value_write_buffer: BUFFER,
        block_codec_config: (),
        max_repair: NZUsize!(20),
        max_pending_acks: UNWRITTEN_MAX,
        strategy: Sequential,
    }
}

/// Longest wait for a view before it is given up.
pub fn certification_timeout(interval: Duration) -> Duration {
    interval + LEADER + JUDGED
}

/// The partition of what is signed in an epoch. The first epoch was the only one once.
pub(super) fn journal(partition: &str, epoch: u64) -> String {
    match epoch {
        0 => format!("{partition}simplex"),
        epoch => format!("{partition}simplex-{epoch}"),
    }
}

/// How votes are given and waited for.
pub fn simplex<A, B, F>(
    scheme: Scheme,
    blocker: B,
    application: A,
    reporter: F,
    begin: Begin<'_>,
    page_cache: CacheRef,
) -> simplex::Config<Scheme, RoundRobin<Sha256>, B, Digest, A, A, F, Sequential>
where
    A: CertifiableAutomaton<Context = Context<Digest, PublicKey>> + Relay + Clone,
    B: Blocker<PublicKey = PublicKey>,
    F: Reporter<Activity = Activity<Scheme, Digest>>,
{
    let leader_timeout = begin.interval + LEADER;
    let certification_timeout = certification_timeout(begin.interval);
    simplex::Config {
        scheme,
        elector: RoundRobin::<Sha256>::default(),
        blocker,
        automaton: application.clone(),
        relay: application,
        reporter,
        strategy: Sequential,
        partition: journal(begin.partition, begin.epoch),
        mailbox_size: MAILBOX,
        epoch: Epoch::new(begin.epoch),
        floor: begin.floor,
        replay_buffer: BUFFER,
        write_buffer: BUFFER,
        page_cache,
        leader_timeout,
        certification_timeout,
        timeout_retry: Duration::from_secs(1),
        view_retention: ViewDelta::new(VIEWS),
        skip: SkipPolicy::Enabled {
            timeout: certification_timeout + Duration::from_secs(2),
            budget: SkipBudget::Participants,
        },
        fetch_timeout: NZDuration!(FETCH),
        fetch_retry_delay: Duration::from_millis(500),
        forward: ForwardPolicy::SilentVoters,
        // Or who contradicts a vote for a block that is final by now would be kept out without evidence.
        track_historical_votes: true,
    }
}

/// How an archive of final things lies on the disk.
pub fn archive<C>(
    partition: &str,
    name: &str,
    cache: &CacheRef,
    codec_config: C,
    section: NonZeroU64,
) -> prunable::Config<EightCap, C> {
    let name = format!("{partition}{name}");
    prunable::Config {
        translator: EightCap,
        metadata_partition: format!("{name}-metadata"),
        key_partition: format!("{name}-key"),
        key_page_cache: cache.clone(),
        value_partition: format!("{name}-value"),
        compression: None,
        codec_config,
        items_per_section: section,
        key_write_buffer: BUFFER,
        value_write_buffer: BUFFER,
        replay_buffer: BUFFER,
    }
}
