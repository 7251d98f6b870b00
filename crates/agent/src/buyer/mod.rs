//! The buyer's side.
//!
//! | the job is | the buyer |
//! |---|---|
//! | opened | waits |
//! | committed | shows the test set, to everybody or sealed to the owner |
//! | testing | waits |
//! | proven | verifies both proofs itself |
//! | settled | decrypts, compares with the commitment, keeps model, proofs and receipt |

mod check;
mod order;
mod receive;
mod warning;

pub use order::{Order, Placed};
pub use receive::Delivered;
pub use warning::Warning;

use crate::error::Error;
use crate::gate::Role;
use crate::journal::Entry;
use crate::party::{Party, Post};
use crate::step::{Act, Outside, Step};
use crate::test_set::TestSet;
use assay_codec::{Digest, to_bytes};
use assay_ledger::job::{Ending, Job, Stage};
use assay_types::statement::Privacy;
use assay_types::tx::OpenTest;
use assay_types::{Address, Blobs, JobId};
use assay_wallet::Wallet;
use assay_wallet::openings::Kind;
use std::collections::BTreeSet;

/// What opens the commitment to a test set.
const SALT: &str = "the salt of the test set";

/// A buyer: a wallet, a journal, and test sets.
#[derive(Debug)]
pub struct Buyer {
    party: Party,
}

impl Buyer {
    /// Opens the buyer whose directory is that of `wallet`, on the chain of `genesis`.
    pub fn open(wallet: Wallet, genesis: &Digest) -> Result<Self, Error> {
        Ok(Self { party: Party::open(wallet, genesis, Role::Buyer)? })
    }

    /// The buyer's account.
    pub fn address(&self) -> Address {
        self.party.address()
    }

    /// The buyer's wallet.
    pub fn wallet(&self) -> &Wallet {
        self.party.wallet()
    }

    /// What the buyer has decided so far.
    pub fn journal(&self) -> &[Entry] {
        self.party.journal().entries()
    }

    /// Does one thing that is due, if there is one. A job in which it fails is left alone until the buyer is
    /// opened again, so that no job can keep it from the others.
    pub fn next(&mut self, out: &mut Outside<'_>) -> Result<Step, Error> {
        match self.party.settle(out)? {
            Post::Clear => {}
            Post::Waiting(tx) => return Ok(Step::Waiting(tx)),
            Post::Failed { tx, job, code } => return Ok(Step::Did(Act::Failed { tx, job, code })),
        }
        for id in self.ordered() {
            if self.party.has_closed(&id) || self.party.is_stuck(&id) {
                continue;
            }
            let Some(job) = out.market.job(&id)? else { continue };
            let done = self.act(&id, &job, out);
            if let Some(act) = self.party.tried(&id, done)? {
                return Ok(Step::Did(act));
            }
        }
        Ok(Step::Idle)
    }

    fn ordered(&self) -> BTreeSet<JobId> {
        let job = |entry: &Entry| match entry {
            Entry::Ordered { job, .. } => Some(*job),
            _ => None,
        };
        self.party.journal().entries().iter().filter_map(job).collect()
    }

    fn act(&mut self, id: &JobId, job: &Job, out: &mut Outside<'_>) -> Result<Option<Act>, Error> {
        match &job.stage {
            // What is sent now is executed in the next block at the earliest.
            Stage::Committed(_)
                if out.market.height()? < job.deadline && !self.party.has_failed(id) =>
            {
                self.open_test(id, job, out).map(Some)
            }
            Stage::Proven(..) if !self.has_checked(id) => self.check(id, out).map(Some),
            Stage::Ended(Ending::Settled) => self.receive(id, job, out).map(Some),
            Stage::Ended(ending) => {
                self.party.append(Entry::Closed { job: *id })?;
                Ok(Some(Act::Closed { job: *id, ending: *ending }))
            }
            _ => Ok(None),
        }
    }

    fn has_checked(&self, id: &JobId) -> bool {
        let checked = |entry: &Entry| matches!(entry, Entry::Checked { job } if job == id);
        self.party.journal().entries().iter().any(checked)
    }

    /// The test set of a job.
    fn test(&self, id: &JobId, job: &Job) -> Result<TestSet, Error> {
        let missing = |what| Error::Missing { what, job: *id };
        let table = self.party.kept_table(&order::file(&job.request.test))?;
        let table = table.ok_or(missing("the test set"))?;
        let salt = match job.request.test_privacy {
            Privacy::Public => None,
            _ => Some(self.party.kept(Kind::RowsSalt, id)?.ok_or(missing(SALT))?),
        };
        Ok(TestSet { table, salt })
    }

    /// Shows the test set, now that the model is fixed.
    fn open_test(&mut self, id: &JobId, job: &Job, out: &mut Outside<'_>) -> Result<Act, Error> {
        let test_set = self.test(id, job)?;
        let missing = |what| Error::Missing { what, job: *id };
        let (bytes, salt) = match test_set.private() {
            Some(_) => {
                let sealed = self.party.kept_bytes(&order::sealed_file(&job.request.test))?;
                // The salt is in what is sealed; nobody else may see it.
                (sealed.ok_or(missing("the sealed test set"))?, [0; 32])
            }
            None => {
                let Digest(salt) = self.party.kept(Kind::TestSalt, id)?.ok_or(missing(SALT))?;
                (to_bytes(&test_set.table), salt)
            }
        };
        let mut blobs = Blobs::new();
        let blob = blobs.insert(bytes).map_err(Error::Blob)?;
        let action = OpenTest { job: *id, table: blob, salt }.into();
        self.party.send(action, blobs, job.deadline, test_set.private(), out)?;
        Ok(Act::TestOpened { job: *id })
    }
}
