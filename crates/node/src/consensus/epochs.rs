//! One engine of simplex for each epoch, over one marshal.
//!
//! The last block of an epoch is the beginning of the next one: as soon as it is written, everybody knows who follows. Messages
//! of each epoch have a channel of their own, so none can be taken for one of another.
//!
//! Nobody stays behind. Who hears of an epoch that has not begun here asks whoever speaks of it for the last block of its own.
//! And until the first block of an epoch is written, whoever has the last one of the epoch before sends its certificate to all: those who
//! have a seat now may be the ones that did not hear of it.

use super::Door;
use super::block::{Block, digest};
use super::engine::{Ended, Error, Remember};
use super::faults::Faults;
use super::finalizer;
use super::keys::{self, Digest, PublicKey, Scheme, Secrets, finalization};
use super::past;
use super::rejoin::{Final, Part, Watch};
use super::schemes::Schemes;
use super::settings::{self, Kept};
use super::standing::{Claims, Standing};
use assay_chain::Chain;
use assay_codec::Digest as Hash;
use assay_types::validators::Succession;
use assay_types::{Certified, Height, Validators};
use commonware_codec::Encode as _;
use commonware_consensus::marshal::core::Mailbox;
use commonware_consensus::marshal::standard::{Inline, Standard};
use commonware_consensus::simplex;
use commonware_consensus::simplex::config::Floor;
use commonware_consensus::simplex::scheme::reporter::AttributableReporter;
use commonware_consensus::simplex::types::{Certificate, Context};
use commonware_consensus::types::{FixedEpocher, Height as Number};
use commonware_consensus::{Application, Epochable as _, Reporters};
use commonware_p2p::utils::mux::{Builder as _, GlobalSender, Muxer, SubReceiver, SubSender};
use commonware_p2p::{Blocker, Receiver, Recipients, Sender};
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Clock, Handle, Metrics, Spawner, Storage};
use commonware_utils::channel::mpsc;
use commonware_utils::non_empty_vec;
use rand::{CryptoRng, Rng};
use std::cmp::Reverse;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::time::{Duration, UNIX_EPOCH};

/// A peer, by its network key, and where it is reached.
pub type Peer = ([u8; 32], SocketAddr);
/// Takes notice of where peers are: a number that rises, and the peers.
pub struct Tracker(pub Box<dyn FnMut(u64, Vec<Peer>) + Send>);

impl fmt::Debug for Tracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracker").finish_non_exhaustive()
    }
}

/// Time between two times that the certificate of the last block before an epoch is sent.
const AGAIN: Duration = Duration::from_secs(5);
const OPEN: &str = "the channels of an epoch are opened once";

/// What all epochs have in common.
pub(super) struct Config<A, B, D> {
    /// What this node signs with, where it is a validator.
    pub(super) secrets: Secrets,
    /// Where it votes.
    pub(super) part: Part,
    /// The certificate of the block behind which the engine begins, unless that is the genesis.
    pub(super) floor: Option<Final>,
    /// The chain.
    pub(super) door: D,
    /// Proposes and judges.
    pub(super) application: A,
    /// What keeps peers out that lie.
    pub(super) blocker: B,
    /// What is final.
    pub(super) marshal: Mailbox<Scheme, Standard<Block>>,
    /// What verifies certificates.
    pub(super) schemes: Schemes,
    /// How long epochs are.
    pub(super) epocher: FixedEpocher,
    /// Where evidence goes.
    pub(super) faults: Faults,
    /// Where it is told what is missing here.
    pub(super) standing: Standing,
    /// Is told behind which block this validator votes from now on.
    pub(super) remember: Remember,
    /// How many final blocks everybody keeps.
    pub(super) kept: Kept,
    /// Is told where peers are, if they may change.
    pub(super) tracker: Option<Tracker>,
    /// Time between two blocks.
    pub(super) interval: Duration,
    /// How the names of partitions begin.
    pub(super) partition: String,
    /// Pages of journals.
    pub(super) cache: CacheRef,
}

/// An epoch that is about to begin, or goes on.
struct Epoch {
    number: u64,
    /// The first epoch of its validators.
    since: u64,
    /// Height of its last block.
    last: Height,
    validators: Validators,
    /// The last block before it, and how many could sign that; `None` in the first one, or if it is not kept.
    before: Option<(Certified, usize)>,
    genesis: Hash,
}

impl Epoch {
    /// Whether a block is not yet one of this epoch.
    fn begins(&self, height: Height) -> bool {
        self.before.as_ref().is_some_and(|(block, _)| height <= block.header.height)
    }

    /// The last block before an epoch; all have as many blocks.
    fn before(&self, epoch: u64) -> u64 {
        let blocks = self.last.get().saturating_add(1) / self.number.saturating_add(1);
        epoch.saturating_mul(blocks).saturating_sub(1)
    }

    /// Who has a seat, by the names of peers.
    fn members(&self) -> Vec<PublicKey> {
        let list = self.validators.list().iter();
        list.filter_map(|validator| keys::public_key(&validator.network)).collect()
    }
}

/// A block that was written.
struct Written {
    block: Certified,
    /// How many could sign it.
    count: usize,
    peers: Vec<Peer>,
}

/// Length of epochs, in blocks; without end where the set never changes.
pub(super) fn epocher(succession: &Succession) -> FixedEpocher {
    let blocks = NonZeroU64::new(succession.last(0).get().saturating_add(1));
    FixedEpocher::new(blocks.unwrap_or(settings::EPOCH))
}

/// The epoch of the next block. `None`: no validators order the blocks.
fn current(chain: &Chain) -> Option<Epoch> {
    let succession = chain.succession();
    let number = succession.epoch(chain.height().checked_add(1)?);
    let before = match number.checked_sub(1) {
        None => None,
        Some(before) => {
            // Not kept, if the chain began within the epoch: then it goes on from its beginning.
            let last = chain.certified(succession.last(before)).ok().flatten();
            last.map(|last| (last, succession.orderer(before).count()))
        }
    };
    let (last, validators) = (succession.last(number), succession.validators(number)?.clone());
    let since = succession.sets().map(|(since, _)| since).take_while(|since| *since <= number);
    let since = since.last().unwrap_or(0);
    Some(Epoch { number, since, last, validators, before, genesis: succession.genesis() })
}

/// The validators that are known after the last block, and where they are reached: those who have a seat, then those
/// with most at stake.
fn peers(chain: &Chain) -> Vec<Peer> {
    let state = chain.state();
    let seated = state.seated();
    let mut known: Vec<_> = state
        .stakes()
        .map(|(owner, stake)| (!seated.contains(owner), Reverse(stake.bonded), stake))
        .filter(|(is_out, bonded, _)| !is_out || 0 < bonded.0.get())
        .collect();
    known.sort_by_key(|(is_out, bonded, stake)| (*is_out, *bonded, stake.network));
    known.iter().map(|(_, _, stake)| (stake.network, stake.endpoint.get())).collect()
}

/// What is to be known of a block that was written; `None` if it is not kept.
fn written(chain: &Chain, height: Height) -> Option<Written> {
    let succession = chain.succession();
    let count = succession.orderer(succession.epoch(height)).count();
    let block = chain.certified(height).ok()??;
    Some(Written { block, count, peers: peers(chain) })
}

/// Runs one epoch after the other, until the chain ends or has been watched long enough. `heights` says which block was
/// written last.
pub(super) async fn run<E, A, S, R, B, D>(
    context: E,
    mut config: Config<A, B, D>,
    streams: [(S, R); 3],
    mut heights: mpsc::UnboundedReceiver<Height>,
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
    B: Blocker<PublicKey = PublicKey>,
    D: Door,
{
    let [votes, certificates, resolver] = streams;
    let label = |name| context.child("stream").with_attribute("name", name);
    let votes = Muxer::builder(label("votes"), votes.0, votes.1).with_backup();
    let (mux, mut votes, mut ahead) = votes.build();
    mux.start();
    let certificates = Muxer::builder(label("certificates"), certificates.0, certificates.1);
    let (mux, mut certificates, mut teller) = certificates.with_global_sender().build();
    mux.start();
    let (mux, mut resolver) = Muxer::new(label("resolver"), resolver.0, resolver.1);
    mux.start();
    let mut seen = Seen::new(config.part == Part::Watches);
    if let Some(known) = config.door.ask(|chain| peers(chain)).await {
        seen.track(&mut config.tracker, 0, known);
    }
    loop {
        let Some(epoch) = config.door.ask(|chain| current(chain)).await.flatten() else {
            return Ok(Ended::Chain);
        };
        let (scheme, mut claims) = enter(&context, &mut config, &epoch).await?;
        let opened = [
            votes.register(epoch.number).await.expect(OPEN),
            certificates.register(epoch.number).await.expect(OPEN),
            resolver.register(epoch.number).await.expect(OPEN),
        ];
        let engine = start(&context, &config, &epoch, scheme, opened);
        let (mut is_new, mut again) = (epoch.before.is_some(), context.current() + AGAIN);
        loop {
            // In this order whatever the machine: the simulator must see the same again.
            tokio::select! {
                biased;
                height = heights.recv() => {
                    let Some(height) = height else { return Ok(Ended::Chain) };
                    is_new = is_new && epoch.begins(height);
                    if let Some(ended) = see(&mut config, &mut seen, now_ms(&context), height).await {
                        return Ok(ended);
                    }
                    if epoch.last <= height {
                        break;
                    }
                }
                message = ahead.recv() => {
                    let Some((number, (peer, _))) = message else { return Ok(Ended::Chain) };
                    if epoch.number < number {
                        hear(&config.door, config.kept, &epoch, claims.hear(&peer, number)).await?;
                        config.standing.hear(number);
                        let last = Number::new(epoch.last.get());
                        config.marshal.hint_finalized(last, non_empty_vec![peer]);
                    }
                }
                () = context.sleep_until(again), if is_new => {
                    again = context.current() + AGAIN;
                    if let Some(before) = &epoch.before {
                        tell(&mut teller, before);
                    }
                }
            }
        }
        // Whoever still needs the last block asks the marshal.
        engine.abort();
    }
}

/// Gets ready for an epoch. Returns what this node signs with in it, or verifies with.
async fn enter<A, B, D: Door>(
    storage: &impl Storage,
    config: &mut Config<A, B, D>,
    epoch: &Epoch,
) -> Result<(Scheme, Claims), Error> {
    if let Some((before, count)) = &epoch.before
        && let Some(last) = finalization(before, *count)
    {
        let Config { partition, part, remember, .. } = &mut *config;
        past::forget(storage, partition, part, remember, last).await?;
    }
    config.standing.begins(epoch.number, epoch.last);
    let verifier = keys::observer(&epoch.genesis, &epoch.validators)?;
    config.schemes.put(epoch.since, epoch.number, verifier.clone());
    let scheme = if config.part.votes_in(epoch.number) {
        config.secrets.member(&epoch.genesis, &epoch.validators)?
    } else {
        verifier
    };
    Ok((scheme, Claims::of(epoch.members())))
}

/// Takes notice of an epoch that has begun for certain. An error: the end of this one is forgotten.
async fn hear(
    door: &impl Door,
    kept: Kept,
    epoch: &Epoch,
    begun: Option<u64>,
) -> Result<(), finalizer::Error> {
    let Some(begun) = begun else { return Ok(()) };
    let (tip, kept) = (epoch.before(begun), kept.blocks);
    // Without asking, mostly: it cannot be so.
    if tip.saturating_sub(epoch.before(epoch.number)) <= kept {
        return Ok(());
    }
    let Some(height) = door.ask(|chain| chain.height()).await else { return Ok(()) };
    if kept < tip.saturating_sub(height.get()) {
        return Err(finalizer::Error::Behind { height, tip, kept });
    }
    Ok(())
}

/// What was seen of the chain in this life.
struct Seen {
    /// Where it watches.
    watch: Option<Watch>,
    /// Where peers were told to be last.
    peers: Vec<Peer>,
}

impl Seen {
    fn new(watches: bool) -> Self {
        Self { watch: watches.then(Watch::default), peers: Vec::new() }
    }

    /// Tells where peers are, if that has changed.
    fn track(&mut self, tracker: &mut Option<Tracker>, number: u64, peers: Vec<Peer>) {
        if let Some(Tracker(track)) = tracker
            && self.peers != peers
        {
            self.peers.clone_from(&peers);
            track(number, peers);
        }
    }
}

/// Takes notice of a block that was written, and says whether that is the end.
async fn see<A, B, D: Door>(
    config: &mut Config<A, B, D>,
    seen: &mut Seen,
    now_ms: u64,
    height: Height,
) -> Option<Ended> {
    let asked = config.door.ask(move |chain| written(chain, height)).await;
    let Some(written) = asked else { return Some(Ended::Chain) };
    let Written { block, count, peers } = written?;
    seen.track(&mut config.tracker, height.get(), peers);
    let safe = seen.watch.as_mut()?.see(now_ms, &block, count)?;
    Some(Ended::Watched(Box::new(safe)))
}

/// Milliseconds since 1970.
fn now_ms(clock: &impl Clock) -> u64 {
    let now = clock.current().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

/// Sends the certificate of the last block of an epoch, in the channel of that.
fn tell<S: Sender<PublicKey = PublicKey>>(
    teller: &mut GlobalSender<S>,
    (block, count): &(Certified, usize),
) {
    if let Some(last) = finalization(block, *count) {
        let epoch = last.epoch().get();
        let message = Certificate::<Scheme, Digest>::Finalization(last).encode();
        // Who does not get it now gets it the next time.
        let _ = teller.send(epoch, Recipients::All, message, false);
    }
}

fn start<E, A, S, B, D>(
    context: &E,
    config: &Config<A, B, D>,
    epoch: &Epoch,
    scheme: Scheme,
    [votes, certificates, resolver]: [(SubSender<S>, SubReceiver<PublicKey>); 3],
) -> Handle<()>
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
    B: Blocker<PublicKey = PublicKey>,
    D: Door,
{
    let number = epoch.number;
    let (application, marshal) = (config.application.clone(), config.marshal.clone());
    let (epocher, blocker, cache) =
        (config.epocher.clone(), config.blocker.clone(), config.cache.clone());
    let (interval, partition) = (config.interval, config.partition.clone());
    let watcher = config.faults.watch(epoch.genesis, &epoch.validators);
    let floor = floor(config, epoch);
    tracing::info!(epoch = number, validators = epoch.validators.count(), "an epoch begins");
    // In a task of its own: all that it starts ends with it.
    context.child("epoch").with_attribute("number", number).spawn(move |context| async move {
        let label = context.child("application");
        let application = Inline::new(label, application, marshal, epocher);
        let label = context.child("faults");
        let faults = AttributableReporter::new(label, scheme.clone(), watcher, Sequential, true);
        let reporter = Reporters::from((application.clone(), faults));
        let begin = settings::Begin { epoch: number, floor, interval, partition: &partition };
        let settings = settings::simplex(scheme, blocker, application, reporter, begin, cache);
        let engine = simplex::Engine::new(context.child("simplex"), settings);
        let _ = engine.start(votes, certificates, resolver).await;
    })
}

/// Behind which block an epoch begins here: the one from which this validator votes, or that of a snapshot, if they are of this
/// epoch; otherwise the last one before it.
fn floor<A, B, D>(config: &Config<A, B, D>, epoch: &Epoch) -> Floor<Scheme, Digest> {
    let behind = match &config.part {
        Part::VotesBehind(Some(block)) => Some(block.as_ref()),
        Part::VotesBehind(None) | Part::Watches => None,
    };
    let known = [behind, config.floor.as_ref()].into_iter().flatten();
    match known
        .max_by_key(|block| block.proposal.round)
        .filter(|block| block.epoch().get() == epoch.number)
    {
        Some(block) => Floor::Finalized(block.clone()),
        None => {
            let before = epoch.before.as_ref();
            let hash = before.map_or(epoch.genesis, |(block, _)| block.header.digest());
            Floor::Genesis(digest(hash))
        }
    }
}
