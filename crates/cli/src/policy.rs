//! What an owner takes on by itself, as it is said on the command line.

use assay_agent::{OnMiss, OnPrivate};
use assay_types::{AlgorithmName, Amount};

/// What an owner takes on by itself, within the limits of its listings.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What an owner takes on")]
pub(crate) struct Policy {
    /// What is done with a model that misses the threshold
    #[arg(long, value_enum, env = "ASSAY_ON_MISS", default_value_t = Miss::Prove)]
    on_miss: Miss,
    /// What is done with a job whose test set only the owner is to see. It cannot be looked at before
    /// the model is trained
    #[arg(long, value_enum, env = "ASSAY_ON_PRIVATE", default_value_t = Private::Serve)]
    on_private: Private,
    /// Decline jobs for other algorithms than these [default: whatever the listing allows]
    #[arg(long, value_enum, env = "ASSAY_TRAIN", value_delimiter = ',', value_name = "ALGORITHM")]
    train: Vec<Trained>,
    /// Decline jobs at a lower price: prices fall when nobody buys
    #[arg(long, env = "ASSAY_MIN_PRICE", value_name = "AMOUNT", default_value_t = 0)]
    min_price: u128,
    /// Decline jobs that pay less for a proven miss
    #[arg(long, env = "ASSAY_MIN_EVALUATION_FEE", value_name = "AMOUNT", default_value_t = 0)]
    min_evaluation_fee: u128,
    /// Take no job while so many are under way; it waits, or expires at no cost
    #[arg(long, env = "ASSAY_MAX_LIVE", value_name = "JOBS", default_value_t = u16::MAX,
        value_parser = clap::value_parser!(u16).range(1..))]
    max_live: u16,
    /// Take no job while the account holds less than this
    #[arg(long, env = "ASSAY_RESERVE", value_name = "AMOUNT", default_value_t = 0)]
    reserve: u128,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Private {
    /// Take it
    Serve,
    /// Decline it
    Decline,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Miss {
    /// Prove it, and earn the evaluation fee
    Prove,
    /// Give the fee back
    Concede,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Trained {
    /// Decision trees
    Tree,
    /// Random forests and extra trees
    Forest,
    /// Networks
    Network,
}

impl Policy {
    pub(crate) fn policy(&self) -> assay_agent::Policy {
        let mut policy = assay_agent::Policy {
            on_miss: match self.on_miss {
                Miss::Prove => OnMiss::Prove,
                Miss::Concede => OnMiss::Concede,
            },
            on_private: match self.on_private {
                Private::Serve => OnPrivate::Serve,
                Private::Decline => OnPrivate::Decline,
            },
            price_min: Amount::new(self.min_price),
            evaluation_fee_min: Amount::new(self.min_evaluation_fee),
            live_max: self.max_live.into(),
            reserve: Amount::new(self.reserve),
            ..assay_agent::Policy::default()
        };
        if !self.train.is_empty() {
            policy.algorithms = self.train.iter().map(|algorithm| algorithm.name()).collect();
        }
        policy
    }
}

impl Trained {
    fn name(self) -> AlgorithmName {
        match self {
            Self::Tree => AlgorithmName::DecisionTree,
            Self::Forest => AlgorithmName::Forest,
            Self::Network => AlgorithmName::Network,
        }
    }
}
