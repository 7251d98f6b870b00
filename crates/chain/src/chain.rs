//! Opening, submitting, producing.

use crate::block::{Block, TXS_MAX};
use crate::build::{Built, Tip, ended};
use crate::candidates::Candidates;
use crate::error::{Error, SubmitError};
use crate::evidence::{Answers, Unknown, Verifier};
use crate::handovers::seat;
use crate::snapshot::{SNAPSHOT_BLOCKS, Snapshots};
use crate::store::{Addition, Base, Store};
use crate::validators::ROOM_BYTES;
use assay_codec::{Digest, to_bytes};
use assay_ledger::{CheckedTx, Outcome, Rejection, State, apply, check};
use assay_types::tx::TX_BYTES_MAX;
use assay_types::validators::{Handover, Succession};
use assay_types::{
    Action, Blobs, Certified, Finality, Genesis, Height, JobId, LogEntry, Orderer, SignedTx,
};
use assay_wallet::Wallet;
use redb::{Builder, Database};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::Path;

/// Most bytes of transactions and blobs that wait for a block.
pub const PENDING_BYTES_MAX: usize = 128 << 20;
/// How many blocks after the end of a job its blobs are kept.
pub const RETENTION_BLOCKS: u64 = 10_000;
/// The database's name in the directory.
pub(crate) const DATABASE: &str = "chain.redb";
/// What the database may keep of its file in memory; its own default is a gibibyte, which a long-lived node would fill.
const CACHE_BYTES: usize = 64 << 20;
/// Blocks that [`Chain::advance`] writes at once.
const BATCH: u64 = 64;

/// A chain and its directory; the only process that has it open.
#[derive(Debug)]
pub struct Chain {
    pub(crate) store: Store,
    pub(crate) genesis: Genesis,
    pub(crate) tip: Tip,
    /// The last header; `None` before the first block.
    pub(crate) last: Option<Certified>,
    /// What it began with, unless that was the genesis.
    pub(crate) base: Option<Base>,
    /// How validators changed before that.
    pub(crate) before: Vec<Handover>,
    /// States that are handed out.
    pub(crate) snapshots: Snapshots,
    pub(crate) snapshot_blocks: u64,
    /// Who orders the blocks of each epoch.
    pub(crate) succession: Succession,
    /// Who signs the blocks; `None` where validators do.
    authority: Option<Wallet>,
    pub(crate) answers: Answers,
    pub(crate) pending: Vec<Pending>,
    /// The state after everything that waits, in a block that is never closed; `None` until it is needed.
    pub(crate) ahead: Option<State>,
    /// Blocks that validators have proposed.
    pub(crate) candidates: Candidates,
    retention: u64,
    /// Held until the chain is dropped.
    _lock: Option<File>,
}

/// A transaction that waits for a block.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) checked: CheckedTx,
    pub(crate) blobs: Blobs,
    bytes: usize,
}

/// A block that is part of the chain now.
#[derive(Clone, Debug)]
pub struct Produced {
    /// Its header, and why it is final.
    pub certified: Certified,
    /// What became of each transaction that waited, by its digest: executed (perhaps to fail), or dropped
    /// because it has become inadmissible.
    pub results: Vec<(Digest, Result<Outcome, Rejection>)>,
    /// What the block did, in order; what expired at its start comes first.
    pub entries: Vec<LogEntry>,
}

impl Chain {
    /// Opens the chain in `dir`, or begins one there. `authority` is the wallet of the account that the
    /// genesis names; by custom it lies in the folder `authority` of the same directory.
    pub fn open(dir: &Path, genesis: &Genesis, authority: Wallet) -> Result<Self, Error> {
        Self::open_with(dir, genesis, Some(authority))
    }

    /// Opens the chain in `dir`, or begins one there, whose blocks the validators of the genesis order.
    pub fn follow(dir: &Path, genesis: &Genesis) -> Result<Self, Error> {
        Self::open_with(dir, genesis, None)
    }

    fn open_with(dir: &Path, genesis: &Genesis, authority: Option<Wallet>) -> Result<Self, Error> {
        fs::create_dir_all(dir).map_err(io("create", dir))?;
        let lock = lock(dir)?;
        let path = dir.join(DATABASE);
        if !path.exists() {
            create(dir, |store| store.put_genesis(genesis))?;
        }
        let db = database().open(path).map_err(Error::store)?;
        Self::open_database(db, Some(genesis), authority, Some(lock))
    }

    /// Opens the chain in `dir`, whatever it began with. Whether that is the chain that is meant, the caller
    /// has to know.
    pub fn resume(dir: &Path, authority: Wallet) -> Result<Self, Error> {
        let path = dir.join(DATABASE);
        if !path.exists() {
            return Err(Error::Missing(dir.to_owned()));
        }
        let lock = lock(dir)?;
        let db = database().open(path).map_err(Error::store)?;
        Self::open_database(db, None, Some(authority), Some(lock))
    }

    pub(crate) fn open_database(
        db: Database,
        expected: Option<&Genesis>,
        authority: Option<Wallet>,
        lock: Option<File>,
    ) -> Result<Self, Error> {
        let store = Store::new(db)?;
        let genesis = store.genesis()?.ok_or(Error::Corrupt("the genesis is missing"))?;
        if let Some(expected) = expected.filter(|expected| **expected != genesis) {
            return Err(Error::Genesis { expected: expected.digest(), got: genesis.digest() });
        }
        match (genesis.orderer(), &authority) {
            (Orderer::Authority(expected), Some(wallet)) => {
                let (expected, got) = (*expected, wallet.keys().address());
                if expected != got {
                    return Err(Error::Authority { expected, got });
                }
            }
            (Orderer::Validators(_), None) => {}
            _ => return Err(Error::Orderer),
        }
        let (tip, succession) = store.replay(&genesis)?;
        let (base, before) = (store.base()?, store.handovers()?);
        let last = match store.block(tip.state.height())? {
            Some(block) => Some(block.certified),
            None => base.as_ref().map(|base| base.certified.clone()),
        };
        let mut chain = Self {
            store,
            genesis,
            tip,
            last,
            base,
            before,
            succession,
            snapshots: Snapshots::default(),
            snapshot_blocks: SNAPSHOT_BLOCKS,
            authority,
            answers: Answers::default(),
            pending: Vec::new(),
            ahead: None,
            candidates: Candidates::default(),
            retention: RETENTION_BLOCKS,
            _lock: lock,
        };
        chain.keep_snapshot();
        Ok(chain)
    }

    /// Keeps the blobs of ended jobs for `blocks` blocks instead of [`RETENTION_BLOCKS`].
    #[must_use]
    pub fn with_retention(mut self, blocks: u64) -> Self {
        self.retention = blocks;
        self
    }

    /// Keeps a state to hand out every so many blocks, instead of every [`SNAPSHOT_BLOCKS`](crate::snapshot::SNAPSHOT_BLOCKS);
    /// with 0 there is none but that of the block with which it was opened.
    #[must_use]
    pub fn with_snapshots(mut self, blocks: u64) -> Self {
        self.snapshot_blocks = blocks;
        self
    }

    /// What the chain began with.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The state after the last block.
    pub fn state(&self) -> &State {
        &self.tip.state
    }

    /// The last block's number; 0 before the first.
    pub fn height(&self) -> Height {
        self.tip.state.height()
    }

    /// Number of transactions that wait for a block.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Takes a transaction for the next block and returns its digest. `blobs` are those that it names and
    /// that are not here yet.
    ///
    /// The transaction is checked against the state after everything that waits, so what is refused is
    /// refused now. A transaction with a false proof is taken: it will fail, and pay for it.
    pub fn submit(&mut self, signed: SignedTx, blobs: Blobs) -> Result<Digest, SubmitError> {
        let bytes = self.admit(&signed, &blobs)?;
        let digest = signed.digest();
        let mut ahead = self.take_ahead()?;
        let taken = self.ask(signed, self.near(&blobs), &ahead).and_then(|checked| {
            apply(&checked, &mut ahead)?;
            Ok(checked)
        });
        // A refusal has not changed it.
        self.ahead = Some(ahead);
        self.pending.push(Pending { checked: taken?, blobs, bytes });
        Ok(digest)
    }

    /// Makes the next block of what waits. If the clock was set back, it takes the time of the block before.
    ///
    /// After an error nothing has changed, and what waited still waits.
    pub fn produce(&mut self, time_ms: u64) -> Result<Produced, Error> {
        let mut open = self.tip.open(time_ms)?;
        let mut results = Vec::new();
        for pending in &self.pending {
            let digest = pending.checked.signed().digest();
            results.push((digest, open.execute(&pending.checked)));
        }
        let built = open.close()?;
        let block = built.block(self.sign(&built)?);
        let pending = std::mem::take(&mut self.pending);
        let executed = pending.iter().zip(&results).filter(|(_, (_, result))| result.is_ok());
        let blobs: Vec<_> = executed.map(|(pending, _)| &pending.blobs).collect();
        match self.append(built, block, &blobs) {
            Ok(produced) => Ok(Produced { results, ..produced }),
            Err(error) => {
                self.pending = pending;
                Err(error)
            }
        }
    }

    /// Writes the next block and goes on from there.
    pub(crate) fn append(
        &mut self,
        built: Built,
        block: Block,
        blobs: &[&Blobs],
    ) -> Result<Produced, Error> {
        let addition = addition(&built, &block, blobs, self.retention);
        self.store.append(&[addition], &self.tip.state, &built.tip.state)?;
        seat(&mut self.succession, &built.entries)?;
        (self.tip, self.last) = (built.tip, Some(block.certified.clone()));
        self.ahead = None;
        self.keep_snapshot();
        let digests = built.txs.iter().map(SignedTx::digest);
        let results = digests.zip(built.outcomes.into_iter().map(Ok)).collect();
        Ok(Produced { certified: block.certified, results, entries: built.entries })
    }

    /// Makes a block final, where one authority does.
    fn sign(&self, built: &Built) -> Result<Finality, Error> {
        let authority = self.authority.as_ref().ok_or(Error::Orderer)?;
        Ok(Finality::Authority(authority.keys().sign(&built.header.digest().0)))
    }

    /// Makes `blocks` blocks, the first of what waits, all at `time_ms`. Returns what they did.
    pub fn advance(&mut self, blocks: u64, time_ms: u64) -> Result<Vec<LogEntry>, Error> {
        let Some(mut rest) = blocks.checked_sub(1) else { return Ok(Vec::new()) };
        let mut entries = self.produce(time_ms)?.entries;
        while rest > 0 {
            let count = rest.min(BATCH);
            entries.extend(self.produce_empty(count, time_ms)?);
            rest -= count;
        }
        Ok(entries)
    }

    /// Makes and writes empty blocks at once.
    fn produce_empty(&mut self, count: u64, time_ms: u64) -> Result<Vec<LogEntry>, Error> {
        let mut made: Vec<Built> = Vec::new();
        for _ in 0..count {
            let tip = made.last().map_or(&self.tip, |built| &built.tip);
            made.push(tip.open(time_ms)?.close()?);
        }
        let Some(last) = made.last() else { return Ok(Vec::new()) };
        let tip = last.tip.clone();
        let blocks = made.iter().map(|built| Ok(built.block(self.sign(built)?)));
        let blocks = blocks.collect::<Result<Vec<_>, Error>>()?;
        let both = made.iter().zip(&blocks);
        let additions: Vec<_> =
            both.map(|(built, block)| addition(built, block, &[], self.retention)).collect();
        self.store.append(&additions, &self.tip.state, &tip.state)?;
        (self.tip, self.last) = (tip, blocks.into_iter().last().map(|block| block.certified));
        self.ahead = None;
        self.keep_snapshot();
        Ok(made.into_iter().flat_map(|built| built.entries).collect())
    }

    /// Looks at sizes, before anything is computed; returns how many bytes will wait.
    pub(crate) fn admit(&self, signed: &SignedTx, blobs: &Blobs) -> Result<usize, SubmitError> {
        let got = to_bytes(signed).len();
        if TX_BYTES_MAX < got {
            return Err(SubmitError::TooLong { limit: TX_BYTES_MAX, got });
        }
        let named = signed.tx.action.blobs();
        if let Some((&stranger, _)) = blobs.iter().find(|(id, _)| !named.contains(id)) {
            return Err(SubmitError::UnnamedBlob(stranger));
        }
        let bytes = got + blobs.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        if self.authority.is_none() && ROOM_BYTES < bytes {
            return Err(SubmitError::TooLarge { limit: ROOM_BYTES, got: bytes });
        }
        let waiting = self.pending.iter().map(|pending| pending.bytes).sum::<usize>();
        if TXS_MAX <= self.pending.len() || PENDING_BYTES_MAX < waiting + bytes {
            return Err(SubmitError::Full);
        }
        Ok(bytes)
    }

    /// Checks a transaction against a state whose block is open. Blobs are looked for in `near`, then in final
    /// blocks.
    pub(crate) fn ask(
        &self,
        signed: SignedTx,
        near: Vec<&Blobs>,
        state: &State,
    ) -> Result<CheckedTx, SubmitError> {
        self.ask_with(signed, near, state, &Unknown::Verify)
    }

    /// The same; `unknown` says what is done with proofs about which nothing is known.
    pub(crate) fn ask_with(
        &self,
        signed: SignedTx,
        near: Vec<&Blobs>,
        state: &State,
        unknown: &Unknown,
    ) -> Result<CheckedTx, SubmitError> {
        let evidence = Verifier {
            store: &self.store,
            waiting: near,
            answers: &self.answers,
            unknown,
            failed: Default::default(),
        };
        let checked = check(signed, state, &evidence);
        // A disk that fails must not turn a true proof into a false one that is charged for.
        match evidence.failed.into_inner() {
            Some(error) => Err(error.into()),
            None => Ok(checked?),
        }
    }

    /// The blobs that wait, and those that come along.
    pub(crate) fn near<'a>(&'a self, own: &'a Blobs) -> Vec<&'a Blobs> {
        self.pending.iter().map(|pending| &pending.blobs).chain([own]).collect()
    }

    /// Takes the state after everything that waits, to be put back: a block that will never be closed, with what
    /// waits executed in it.
    pub(crate) fn take_ahead(&mut self) -> Result<State, Error> {
        if let Some(ahead) = self.ahead.take() {
            return Ok(ahead);
        }
        let mut ahead = self.tip.state.clone();
        ahead.open_block(ahead.time_ms())?;
        for pending in &self.pending {
            // What has become inadmissible since will be dropped from the block too.
            let _ = apply(&pending.checked, &mut ahead);
        }
        Ok(ahead)
    }
}

/// Says who holds the blobs of a block, and who lets go when.
fn addition<'a>(
    built: &'a Built,
    block: &'a Block,
    blobs: &[&'a Blobs],
    retention: u64,
) -> Addition<'a> {
    let height = built.header.height.get();
    let later = height.saturating_add(retention).max(height.saturating_add(1));
    let (mut holds, mut releases) = (Vec::new(), Vec::new());
    for (signed, outcome) in built.txs.iter().zip(&built.outcomes) {
        // All that is named, not only what came along: another job may let go of the rest.
        let named = signed.tx.action.blobs();
        if named.is_empty() {
            continue;
        }
        match job_of(&signed.tx.action) {
            Some(job) if outcome.failure.is_none() => holds.push((job.0, named)),
            _ => {
                holds.push((signed.digest(), named));
                releases.push((later, signed.digest()));
            }
        }
    }
    let ends = built.entries.iter().filter_map(|entry| ended(&entry.event));
    releases.extend(ends.map(|job| (later, job.0)));
    Addition { block, entries: &built.entries, blobs: blobs.to_vec(), holds, releases }
}

/// Returns the job that an action with blobs belongs to.
fn job_of(action: &Action) -> Option<JobId> {
    match action {
        Action::OpenTest(action) => Some(action.job),
        Action::ProveMiss(action) => Some(action.job),
        Action::SubmitPass(action) => Some(action.job),
        _ => None,
    }
}

/// How databases are opened.
fn database() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// Makes a chain under another name and moves it into place: a crash leaves a chain or none.
pub(crate) fn create(
    dir: &Path,
    fill: impl FnOnce(&Store) -> Result<(), Error>,
) -> Result<(), Error> {
    let path = &dir.join(DATABASE);
    let temporary = dir.join("chain.redb.new");
    if temporary.exists() {
        fs::remove_file(&temporary).map_err(io("remove", &temporary))?;
    }
    let db = database().create(&temporary).map_err(Error::store)?;
    fill(&Store::new(db)?)?;
    fs::rename(&temporary, path).map_err(io("create", path))?;
    if cfg!(unix) {
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(io("sync", dir))?;
    }
    Ok(())
}

pub(crate) fn lock(dir: &Path) -> Result<File, Error> {
    let path = dir.join("lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Busy(dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(io("lock", &path)(source)),
    }
}

/// Names the failed action and its file.
pub(crate) fn io<'a>(
    action: &'static str,
    path: &'a Path,
) -> impl FnOnce(std::io::Error) -> Error + use<'a> {
    move |source| Error::Io { action, path: path.to_owned(), source }
}
