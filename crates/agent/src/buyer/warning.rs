//! What makes an order worth little, as far as the buyer can see it.

use super::{Buyer, Order, order};
use crate::error::Error;
use crate::journal::Entry;
use crate::near;
use crate::statement;
use crate::step::Outside;
use assay_types::{DatasetId, Event, JobId};
use std::fmt;

/// What a buyer should know before it pays.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A model that always answers the same class reaches the threshold.
    MajorityClass {
        /// The class.
        class: String,
        /// How many rows it is right about.
        count: u32,
        /// How many are needed.
        needed: u32,
    },
    /// A model of these rows was bought before, or of nearly as many rows of the same owner and schema: of an
    /// earlier version of the listing, or of another listing.
    BoughtBefore {
        /// The job.
        job: JobId,
        /// The listing then.
        dataset: DatasetId,
        /// The listing's version then.
        version: u32,
        /// The number of rows then.
        rows_then: u32,
        /// The number of rows now.
        rows_now: u32,
        /// Whether they are the very same rows.
        is_same: bool,
    },
    /// An owner has seen this test set in an earlier job, and may have trained for it.
    ShownBefore {
        /// The job.
        job: JobId,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MajorityClass { class, count, needed } => write!(
                f,
                "a model that always answers {class:?} is right about {count} rows, and {needed} are enough"
            ),
            Self::BoughtBefore { job, dataset, version, is_same: true, .. } => write!(
                f,
                "a model of the very same rows was bought before, by job {job} of version {version} of listing {dataset}"
            ),
            Self::BoughtBefore { job, dataset, version, rows_then, rows_now, .. } => write!(
                f,
                "job {job} bought a model of version {version} of listing {dataset}, which had {rows_then} rows; now \
                 there are {rows_now}, and two such models tell about the rows that differ"
            ),
            Self::ShownBefore { job } => {
                write!(
                    f,
                    "the owner of job {job} has seen this test set, and may have trained for it"
                )
            }
        }
    }
}

impl Buyer {
    /// Looks for what makes an order worth little. Nothing is sent.
    pub fn warnings(&self, order: &Order, out: &Outside<'_>) -> Result<Vec<Warning>, Error> {
        let mut warnings: Vec<_> = majority(order, statement::rows(&order.test)?).collect();
        for id in self.others(order) {
            warnings.extend(self.bought(&id, order, out)?);
            warnings.extend(self.shown(&id, order, out)?);
        }
        Ok(warnings)
    }

    /// The jobs that were ordered under other references.
    fn others(&self, order: &Order) -> Vec<JobId> {
        let other = |entry: &Entry| match entry {
            Entry::Ordered { reference, job } if *reference != order.reference => Some(*job),
            _ => None,
        };
        self.party.journal().entries().iter().filter_map(other).collect()
    }

    /// What an earlier sale was of is in its receipt; the market knows the current version only.
    fn bought(
        &self,
        id: &JobId,
        order: &Order,
        out: &Outside<'_>,
    ) -> Result<Option<Warning>, Error> {
        let Some(receipt) = self.receipt(id)? else { return Ok(None) };
        let Some(now) = out.market.listing(&order.dataset)? else { return Ok(None) };
        let [opened, ..] = &receipt.history;
        let Event::Opened { request, owner, .. } = &opened.event else { return Ok(None) };
        let is_his = *owner == now.owner;
        let (before, now) = (&receipt.listing, &now.listing);
        let (rows_then, rows_now) = (before.rows, now.rows);
        let is_same = before.commitment == now.commitment;
        // Rows of two owners may be as many, and have nothing in common.
        let is_near = is_his && before.schema == now.schema && near::is_near(rows_then, rows_now);
        let (dataset, version) = (request.dataset, request.version);
        let bought =
            Warning::BoughtBefore { job: *id, dataset, version, rows_then, rows_now, is_same };
        Ok((is_same || is_near).then_some(bought))
    }

    /// Public rows that were shown are refused by the ledger; of private ones it knows nothing.
    fn shown(
        &self,
        id: &JobId,
        order: &Order,
        out: &Outside<'_>,
    ) -> Result<Option<Warning>, Error> {
        let Some(job) = out.market.job(id)? else { return Ok(None) };
        let kept = self.party.kept_table(&order::file(&job.request.test))?;
        if kept.is_none_or(|kept| kept.digest() != order.test.digest()) {
            return Ok(None);
        }
        let history = out.market.history(id)?;
        let is_shown = history.iter().any(|entry| matches!(entry.event, Event::TestOpened { .. }));
        Ok(is_shown.then_some(Warning::ShownBefore { job: *id }))
    }
}

/// Whether a constant reaches the threshold.
fn majority(order: &Order, rows: u32) -> impl Iterator<Item = Warning> {
    let needed = order.threshold.of(rows);
    let classes = order.test.schema().classes().iter().enumerate();
    let counted = classes.map(|(class, name)| {
        let labels = order.test.labels().iter();
        (labels.filter(|&&label| usize::from(label) == class).count(), name)
    });
    // The first of the most frequent ones.
    let most = counted.rev().max_by_key(|(count, _)| *count);
    let constant = most.and_then(|(count, name)| Some((u32::try_from(count).ok()?, name)));
    let reaches = constant.filter(|(count, _)| needed <= *count);
    reaches
        .map(|(count, class)| Warning::MajorityClass { class: class.clone(), count, needed })
        .into_iter()
}
