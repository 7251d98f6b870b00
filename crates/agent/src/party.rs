//! What owner and buyer have in common: a directory, secrets, decisions, and one door to the outside.

use crate::disk;
use crate::error::{Error, is_about_fees};
use crate::gate::{Gate, Leak, Role, What};
use crate::journal::{Entry, Journal};
use crate::market::MarketError;
use crate::outbox::{Outbox, Outgoing};
use crate::proofs;
use crate::step::{Outside, phase};
use assay_codec::{Decode, Digest, Encode, from_bytes, to_bytes};
use assay_model::{Graph, Table};
use assay_types::bounded::Text;
use assay_types::{
    Action, Address, Blobs, FIELD_ORDER, FieldDigest, Height, JobId, ModelCommitment, SignedTx, Tx,
};
use assay_wallet::openings::{Kind, Name};
use assay_wallet::{Keys, Wallet};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A party's own name for a listing or an order. Under one name nothing is published or paid twice.
pub type Reference = Text<64>;

/// Longest table that a party keeps.
const TABLE_BYTES_MAX: u64 = 1 << 32;

/// Number of the ledger's rule about nonces.
const NONCE: u16 = 3;

/// A party.
#[derive(Debug)]
pub(crate) struct Party {
    role: Role,
    wallet: Wallet,
    journal: Journal,
    outbox: Outbox,
    genesis: Digest,
    /// What was handed in, and at which height: at the same height it need not be handed in again.
    handed_in: Option<(Digest, Height)>,
    /// Jobs in trouble: they are left alone until the party is opened again, so that others go on.
    stuck: BTreeSet<JobId>,
}

/// How far the transaction in the outbox has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Post {
    /// There is none.
    Clear,
    /// It waits for a block.
    Waiting(Digest),
    /// It was charged, and failed.
    Failed { tx: Digest, job: Option<JobId>, code: u16 },
}

impl Party {
    /// Opens a party in its wallet's directory, on the chain of `genesis`.
    pub(crate) fn open(wallet: Wallet, genesis: &Digest, role: Role) -> Result<Self, Error> {
        let dir = wallet.dir();
        let journal = Journal::open(&dir.join("journal.log"), genesis)?;
        let outbox = Outbox::open(&dir.join("outbox"))?;
        Ok(Self {
            role,
            journal,
            outbox,
            genesis: *genesis,
            handed_in: None,
            stuck: BTreeSet::new(),
            wallet,
        })
    }

    pub(crate) fn keys(&self) -> &Keys {
        self.wallet.keys()
    }

    pub(crate) fn address(&self) -> Address {
        self.wallet.keys().address()
    }

    pub(crate) fn wallet(&self) -> &Wallet {
        &self.wallet
    }

    pub(crate) fn into_wallet(self) -> Wallet {
        self.wallet
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    pub(crate) fn append(&mut self, entry: Entry) -> Result<(), Error> {
        Ok(self.journal.append(entry)?)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.wallet.dir().join(name)
    }

    /// The transaction that is on its way.
    pub(crate) fn outgoing(&self) -> Option<&SignedTx> {
        self.outbox.current().map(|outgoing| &outgoing.tx)
    }

    /// Fails if the market is on another chain.
    pub(crate) fn meet(&self, out: &Outside<'_>) -> Result<(), Error> {
        let (expected, got) = (self.genesis, out.market.genesis().digest());
        if expected == got { Ok(()) } else { Err(Error::Chain { expected, got }) }
    }

    /// Passes on what came of a job's step, and notes a job in trouble.
    pub(crate) fn tried<T>(&mut self, id: &JobId, done: Result<T, Error>) -> Result<T, Error> {
        if done.as_ref().is_err_and(Error::is_local) {
            self.stuck.insert(*id);
        }
        done
    }

    /// Whether the job is in trouble.
    pub(crate) fn is_stuck(&self, id: &JobId) -> bool {
        self.stuck.contains(id)
    }

    /// Whether a transaction about this job has failed before.
    pub(crate) fn has_failed(&self, id: &JobId) -> bool {
        let failed =
            |entry: &Entry| matches!(entry, Entry::Failed { job, .. } if *job == Some(*id));
        self.journal.entries().iter().any(failed)
    }

    /// Whether the job has ended and what it left is kept.
    pub(crate) fn has_closed(&self, id: &JobId) -> bool {
        let closed = |entry: &Entry| matches!(entry, Entry::Closed { job } if job == id);
        self.journal.entries().iter().any(closed)
    }

    /// Names a secret. Commitments mean the same everywhere; jobs and listings are of this chain.
    fn name(&self, kind: Kind, id: &impl Encode) -> Name {
        match kind {
            Kind::Model | Kind::ModelSalt => Name::new(kind, id),
            _ => Name::on_chain(kind, &self.genesis, id),
        }
    }

    /// Returns a kept secret.
    pub(crate) fn kept<T: Decode>(&self, kind: Kind, id: &impl Encode) -> Result<Option<T>, Error> {
        Ok(self.wallet.openings().get_as(&self.name(kind, id))?)
    }

    /// Returns the kept model behind a commitment.
    pub(crate) fn kept_model(&self, model: &ModelCommitment) -> Result<Option<Graph>, Error> {
        let Some(bytes) = self.wallet.openings().get(&self.name(Kind::Model, model)) else {
            return Ok(None);
        };
        proofs::read(bytes).map(Some).ok_or(Error::Damaged("a model of the wallet"))
    }

    /// Keeps a secret, durably.
    pub(crate) fn keep(
        &mut self,
        kind: Kind,
        id: &impl Encode,
        value: &impl Encode,
        out: &mut Outside<'_>,
    ) -> Result<(), Error> {
        let name = self.name(kind, id);
        Ok(self.wallet.openings_mut().put_as(name, value, &mut *out.random)?)
    }

    /// Returns a kept secret of 32 bytes, or draws and keeps one.
    pub(crate) fn bytes(
        &mut self,
        kind: Kind,
        id: &impl Encode,
        out: &mut Outside<'_>,
    ) -> Result<[u8; 32], Error> {
        if let Some(Digest(bytes)) = self.kept(kind, id)? {
            return Ok(bytes);
        }
        let bytes = out.draw();
        self.keep(kind, id, &Digest(bytes), out)?;
        Ok(bytes)
    }

    /// Returns a kept secret of the proof field, or draws and keeps one.
    pub(crate) fn field(
        &mut self,
        kind: Kind,
        id: &impl Encode,
        out: &mut Outside<'_>,
    ) -> Result<FieldDigest, Error> {
        if let Some(kept) = self.kept(kind, id)? {
            return Ok(kept);
        }
        let drawn = uniform(out);
        self.keep(kind, id, &drawn, out)?;
        Ok(drawn)
    }

    /// Keeps bytes that are no secret of the wallet's under `name`, durably.
    pub(crate) fn keep_bytes(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.path(name);
        disk::create_dir(path.parent().unwrap_or(Path::new(".")))?;
        Ok(disk::write(&path, bytes)?)
    }

    /// Returns bytes that were kept under `name`.
    pub(crate) fn kept_bytes(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(disk::read(&self.path(name), TABLE_BYTES_MAX)?)
    }

    /// Keeps rows under `name`, durably, and closed to all but the wallet.
    pub(crate) fn keep_table(
        &self,
        name: &str,
        table: &Table,
        out: &mut Outside<'_>,
    ) -> Result<(), Error> {
        let sealed = self.wallet.seal(name, &to_bytes(table), &mut *out.random);
        self.keep_bytes(name, &sealed.map_err(|_| Error::Blob("the table is too long"))?)
    }

    /// Returns rows that were kept under `name`.
    pub(crate) fn kept_table(&self, name: &str) -> Result<Option<Table>, Error> {
        let Some(sealed) = self.kept_bytes(name)? else { return Ok(None) };
        let damaged = Error::Damaged("a table of this party");
        let Ok(bytes) = self.wallet.unseal(name, &sealed) else { return Err(damaged) };
        from_bytes(&bytes).map(Some).map_err(|_| damaged)
    }

    /// Sends a transaction: the only way out of a party. `private` are the rows that must not be in it.
    ///
    /// The gate looks at it first, then it is written down, then it is handed in.
    pub(crate) fn send<'t>(
        &mut self,
        action: Action,
        blobs: Blobs,
        valid_until: Height,
        private: impl IntoIterator<Item = &'t Table>,
        out: &mut Outside<'_>,
    ) -> Result<Digest, Error> {
        self.meet(out)?;
        if let Some(tx) = self.outgoing() {
            return Err(Error::OnItsWay(tx.digest()));
        }
        self.guard(&action, &blobs, private)?;
        let genesis = out.market.genesis();
        let from = self.address();
        let tx = Tx {
            chain: genesis.chain(),
            from,
            nonce: out.market.account(&from)?.nonce,
            valid_until,
            max_fee: assay_ledger::fee(genesis.parameters(), &action),
            action,
        };
        let signature = self.keys().sign(&tx.signing_digest(&self.genesis));
        let tx = SignedTx { tx, signature };
        let digest = tx.digest();
        self.outbox.put(Outgoing { tx, blobs })?;
        match self.hand_in(out) {
            // It is written down; the next call hands it in again.
            Err(Error::Market(MarketError::Unavailable(_))) => Ok(digest),
            done => done.map(|()| digest),
        }
    }

    /// Looks at everything that is about to leave.
    fn guard<'t>(
        &self,
        action: &Action,
        blobs: &Blobs,
        private: impl IntoIterator<Item = &'t Table>,
    ) -> Result<(), Error> {
        if !self.role.permits(action) {
            return Err(Leak::Role.into());
        }
        let mut gate = Gate::new();
        private.into_iter().for_each(|table| gate.forbid_rows(table));
        let disclosed = match action {
            Action::OpenTest(action) => Some(self.name(Kind::TestSalt, &action.job)),
            Action::RevealKey(action) => Some(self.name(Kind::DeliveryKey, &action.job)),
            _ => None,
        };
        for (name, value) in self.wallet.openings().iter() {
            match name.kind {
                _ if disclosed == Some(*name) => {}
                Kind::Model => proofs::read(value)
                    .map(|model| gate.forbid_model(&model))
                    .ok_or(Error::Damaged("a model of the wallet"))?,
                _ => gate.forbid(What::Opening, value),
            }
        }
        gate.check(&to_bytes(action))?;
        blobs.iter().try_for_each(|(_, bytes)| gate.check(bytes))?;
        Ok(())
    }

    /// Finds out what has become of the transaction on its way; hands it in again if need be.
    pub(crate) fn settle(&mut self, out: &mut Outside<'_>) -> Result<Post, Error> {
        self.meet(out)?;
        let Some(signed) = self.outgoing() else { return Ok(Post::Clear) };
        let (digest, tx) = (signed.digest(), &signed.tx);
        let (nonce, valid_until, job) = (tx.nonce, tx.valid_until, job_of(&tx.action));
        if nonce < out.market.account(&self.address())?.nonce {
            let execution = out.market.executed(&self.address(), nonce)?;
            // Another transaction under the same number: this one will never be executed.
            let own = execution.filter(|execution| execution.tx == digest);
            let failure = own.and_then(|execution| execution.failure);
            if let Some(code) = failure {
                self.journal.append(Entry::Failed { tx: digest, job, code })?;
            }
            self.outbox.clear()?;
            return Ok(failure.map_or(Post::Clear, |code| Post::Failed { tx: digest, job, code }));
        }
        let height = out.market.height()?;
        if valid_until <= height {
            self.outbox.clear()?;
            return Ok(Post::Clear);
        }
        if self.handed_in != Some((digest, height)) {
            self.hand_in(out)?;
        }
        Ok(Post::Waiting(digest))
    }

    /// Hands the transaction in the outbox in.
    fn hand_in(&mut self, out: &mut Outside<'_>) -> Result<(), Error> {
        let Some(Outgoing { tx, blobs }) = self.outbox.current().cloned() else { return Ok(()) };
        let digest = tx.digest();
        (out.progress)(phase::HANDING_IN);
        match out.market.submit(tx, blobs) {
            Ok(_) => {}
            // Its number is the next one by the last block, so it, or another with that number, waits.
            Err(MarketError::Rejected(rejection)) if rejection.code == NONCE => {}
            Err(MarketError::Rejected(rejection)) => {
                if !is_about_fees(&rejection) {
                    self.outbox.clear()?;
                }
                return Err(MarketError::Rejected(rejection).into());
            }
            Err(error) => return Err(error.into()),
        }
        self.handed_in = Some((digest, out.market.height()?));
        Ok(())
    }
}

/// The job that an action is about.
fn job_of(action: &Action) -> Option<JobId> {
    match action {
        Action::Decline(action) => Some(action.job),
        Action::CommitModel(action) => Some(action.job),
        Action::OpenTest(action) => Some(action.job),
        Action::Concede(action) => Some(action.job),
        Action::ProveMiss(action) => Some(action.job),
        Action::SubmitPass(action) => Some(action.job),
        Action::RevealKey(action) => Some(action.job),
        _ => None,
    }
}

/// Draws eight uniform elements of the proof field, by rejection.
pub(crate) fn uniform(out: &mut Outside<'_>) -> FieldDigest {
    let elements = std::array::from_fn(|_| {
        loop {
            let element = u32::from_le_bytes(out.draw()) >> 1;
            if element < FIELD_ORDER {
                return element;
            }
        }
    });
    FieldDigest::new(elements).expect("each element is below the order")
}
