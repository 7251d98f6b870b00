//! The owner's side.
//!
//! | the job is | the owner |
//! |---|---|
//! | opened | opens the buyer's secret, trains on its rows, commits to the model; or declines |
//! | committed | waits for the test set |
//! | testing | proves the score and delivers; or proves a miss; or concedes: if it wants to, or if no test set was sealed |
//! | proven | reveals the key |

mod commit;
mod policy;
mod prove;
mod publish;
mod relist;
mod train;
mod warning;

pub use policy::{OnMiss, OnPrivate, Policy};
pub use publish::{Offer, Terms};
pub use warning::Near;

use crate::error::Error;
use crate::gate::Role;
use crate::journal::Entry;
use crate::party::{Party, Post};
use crate::step::{Act, Outside, Reason, Step};
use assay_codec::Digest;
use assay_ledger::job::{Job, Stage};
use assay_model::Table;
use assay_types::tx::{Concede, Decline, RevealKey};
use assay_types::{Address, Blobs, DataCommitment, DatasetId, JobId};
use assay_wallet::Wallet;
use assay_wallet::openings::Kind;
use std::collections::BTreeMap;

/// A data owner: a wallet, a journal, and private rows.
#[derive(Debug)]
pub struct Owner {
    party: Party,
    /// The private rows, by listing.
    tables: BTreeMap<DatasetId, (DataCommitment, Table)>,
    policy: Policy,
}

impl Owner {
    /// Opens the owner whose directory is that of `wallet`, on the chain of `genesis`.
    pub fn open(wallet: Wallet, genesis: &Digest) -> Result<Self, Error> {
        let party = Party::open(wallet, genesis, Role::Owner)?;
        let mut tables = BTreeMap::new();
        for entry in party.journal().entries() {
            let Entry::Listed { dataset, commitment, .. } = entry else { continue };
            let table = party.kept_table(&publish::file(commitment))?;
            let table = table.ok_or(Error::Damaged("the folder of the private rows"))?;
            tables.insert(*dataset, (*commitment, table));
        }
        Ok(Self { party, tables, policy: Policy::default() })
    }

    /// Sets what the owner takes on by itself.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// The owner's account.
    pub fn address(&self) -> Address {
        self.party.address()
    }

    /// Leaves the role, and keeps the wallet: one may be an owner here and a buyer there.
    pub fn into_wallet(self) -> Wallet {
        self.party.into_wallet()
    }

    /// The owner's wallet.
    pub fn wallet(&self) -> &Wallet {
        self.party.wallet()
    }

    /// What the owner has decided so far.
    pub fn journal(&self) -> &[Entry] {
        self.party.journal().entries()
    }

    /// Does one thing that is due, if there is one. A job in which it fails is left alone until the owner is
    /// opened again, so that no job can keep it from the others.
    pub fn next(&mut self, out: &mut Outside<'_>) -> Result<Step, Error> {
        match self.party.settle(out)? {
            Post::Clear => {}
            Post::Waiting(tx) => return Ok(Step::Waiting(tx)),
            Post::Failed { tx, job, code } => return Ok(Step::Did(Act::Failed { tx, job, code })),
        }
        if let Some(act) = self.close(out)? {
            return Ok(Step::Did(act));
        }
        let (own, height) = (self.address(), out.market.height()?);
        let mut live = out.market.live_jobs(&own)?;
        live.retain(|(_, job)| job.owner == own);
        // The key is what is paid for, and takes no time: no training of another job is to come before it.
        live.sort_by_key(|(_, job)| !matches!(job.stage, Stage::Proven(..)));
        let has_room = self
            .policy
            .has_room(live.iter().map(|(_, job)| job), out.market.account(&own)?.balance);
        for (id, job) in &live {
            // What is sent now is executed in the next block at the earliest.
            let is_due = height < job.deadline && (has_room || job.stage != Stage::Opened);
            if !is_due || self.party.has_failed(id) || self.party.is_stuck(id) {
                continue;
            }
            let done = self.act(id, job, out);
            if let Some(act) = self.party.tried(id, done)? {
                return Ok(Step::Did(act));
            }
        }
        Ok(Step::Idle)
    }

    /// Refuses a job that is opened.
    pub fn decline(&mut self, id: &JobId, out: &mut Outside<'_>) -> Result<Act, Error> {
        self.party.settle(out)?;
        let job = out.market.job(id)?.filter(|job| job.owner == self.address());
        let job = job.ok_or(Error::Job(*id))?;
        if job.stage != Stage::Opened {
            return Err(Error::Stage { job: *id, stage: job.stage.name() });
        }
        self.refuse(id, &job, Reason::Will, out)
    }

    fn act(&mut self, id: &JobId, job: &Job, out: &mut Outside<'_>) -> Result<Option<Act>, Error> {
        match &job.stage {
            Stage::Opened => self.commit(id, job, out).map(Some),
            Stage::Testing(model, test) => self.prove(id, job, (model, test), out).map(Some),
            Stage::Proven(..) => self.reveal(id, job, out).map(Some),
            Stage::Committed(_) | Stage::Ended(_) => Ok(None),
        }
    }

    fn refuse(
        &mut self,
        id: &JobId,
        job: &Job,
        reason: Reason,
        out: &mut Outside<'_>,
    ) -> Result<Act, Error> {
        self.party.append(Entry::Declined { job: *id })?;
        let action = Decline { job: *id }.into();
        let private = self.tables.values().map(|(_, table)| table);
        self.party.send(action, Blobs::new(), job.deadline, private, out)?;
        Ok(Act::Declined { job: *id, reason })
    }

    fn concede(
        &mut self,
        id: &JobId,
        job: &Job,
        reason: Reason,
        out: &mut Outside<'_>,
    ) -> Result<Act, Error> {
        let action = Concede { job: *id }.into();
        let private = self.tables.values().map(|(_, table)| table);
        self.party.send(action, Blobs::new(), job.deadline, private, out)?;
        Ok(Act::Conceded { job: *id, reason })
    }

    fn reveal(&mut self, id: &JobId, job: &Job, out: &mut Outside<'_>) -> Result<Act, Error> {
        let missing = Error::Missing { what: "the key", job: *id };
        let key = self.party.kept(Kind::DeliveryKey, id)?.ok_or(missing)?;
        let action = RevealKey { job: *id, key }.into();
        let private = self.tables.values().map(|(_, table)| table);
        self.party.send(action, Blobs::new(), job.deadline, private, out)?;
        Ok(Act::Revealed { job: *id })
    }

    /// Notes one job that has ended since.
    fn close(&mut self, out: &mut Outside<'_>) -> Result<Option<Act>, Error> {
        let taken = self.party.journal().entries().iter().filter_map(|entry| match entry {
            Entry::Trained { job, .. } | Entry::Declined { job } => Some(*job),
            _ => None,
        });
        for id in taken.collect::<std::collections::BTreeSet<_>>() {
            if self.party.has_closed(&id) {
                continue;
            }
            if let Some(Job { stage: Stage::Ended(ending), .. }) = out.market.job(&id)? {
                self.party.append(Entry::Closed { job: id })?;
                return Ok(Some(Act::Closed { job: id, ending }));
            }
        }
        Ok(None)
    }
}
