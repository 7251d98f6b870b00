//! What an owner takes on by itself.

use crate::step::Reason;
use assay_ledger::job::{Job, Stage};
use assay_types::statement::Privacy;
use assay_types::{AlgorithmName, Amount};
use std::collections::BTreeSet;

/// What an owner does with a model that misses the threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnMiss {
    /// Prove it, and earn the evaluation fee.
    #[default]
    Prove,
    /// Give the fee back.
    Concede,
}

/// What an owner does with a job whose test set is to stay hidden. Only the owner can look at what the buyer has sealed;
/// if it is something else, training was for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnPrivate {
    /// Take it.
    #[default]
    Serve,
    /// Decline it.
    Decline,
}

/// What an owner takes on by itself, within the limits of the listing, which everybody sees and the ledger
/// enforces. The policy is the owner's own business. It is asked before anything is trained, never about a job that was
/// taken: what is begun is brought to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What is done with a model that misses the threshold.
    pub on_miss: OnMiss,
    /// What is done with a job whose test set is to stay hidden.
    pub on_private: OnPrivate,
    /// The algorithms that are trained; others are declined.
    pub algorithms: BTreeSet<AlgorithmName>,
    /// Jobs at a lower price are declined: prices fall when nobody buys.
    pub price_min: Amount,
    /// Jobs that pay less for a proven miss are declined.
    pub evaluation_fee_min: Amount,
    /// How many jobs are under way at once; others wait, or expire, which costs nobody anything.
    pub live_max: usize,
    /// Money that is not spent on new jobs: with less in the account none is taken.
    pub reserve: Amount,
}

impl Default for Policy {
    /// Takes everything that the listing allows.
    fn default() -> Self {
        let algorithms =
            [AlgorithmName::DecisionTree, AlgorithmName::Forest, AlgorithmName::Network];
        Self {
            on_miss: OnMiss::default(),
            on_private: OnPrivate::default(),
            algorithms: algorithms.into(),
            price_min: Amount::new(0),
            evaluation_fee_min: Amount::new(0),
            live_max: usize::MAX,
            reserve: Amount::new(0),
        }
    }
}

impl Policy {
    /// Why a job is declined that was opened just now.
    pub(super) fn refuses(&self, job: &Job) -> Option<Reason> {
        let is_hidden = job.request.test_privacy != Privacy::Public;
        if !self.algorithms.contains(&job.request.algorithm.name()) {
            Some(Reason::Algorithm)
        } else if job.price < self.price_min {
            Some(Reason::Price)
        } else if job.evaluation_fee < self.evaluation_fee_min {
            Some(Reason::EvaluationFee)
        } else if is_hidden && self.on_private == OnPrivate::Decline {
            Some(Reason::HiddenTest)
        } else {
            None
        }
    }

    /// Whether one more job may be begun: `live` are the owner's jobs, `balance` is its money.
    pub(super) fn has_room<'j>(
        &self,
        live: impl IntoIterator<Item = &'j Job>,
        balance: Amount,
    ) -> bool {
        let under_way = live.into_iter().filter(|job| job.stage != Stage::Opened).count();
        under_way < self.live_max && self.reserve <= balance
    }
}
