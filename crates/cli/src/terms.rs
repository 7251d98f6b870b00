//! The terms of a listing, as arguments.

use crate::{
    card,
    curve::{amount, shape},
    failure::{Code, Explain, Failure, Result},
};
use assay_agent::Terms;
use assay_types::bounded::{List, Text};
use assay_types::{
    AlgorithmName, Amount, Card, Curve, Disclosure, Limits, Listing, Offered, PRICE_MAX,
    Parameters, Shape, Windows,
};
use std::path::PathBuf;

/// Blocks of a window, unless another number is given.
const WINDOW: u64 = 20;
/// Deepest tree that a job may ask for, unless another depth is given.
const DEPTH_MAX: u8 = 10;
/// Fewest rows of a leaf, unless another number is given: a leaf of one row describes it.
const MIN_SAMPLES_LEAF: u32 = 5;
/// Most rows of a test set, unless another number is given.
const TEST_ROWS_MAX: u32 = 10_000;
/// A full tree of this depth has as many leaves as a model can have.
const LEAVES_LOG_MAX: u8 = 19;

/// Units of training's work in a second, about.
const UNITS_PER_SECOND: u64 = 1_000_000_000;

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Allowed {
    Tree,
    Forest,
    Network,
}

impl Allowed {
    fn name(self) -> AlgorithmName {
        match self {
            Self::Tree => AlgorithmName::DecisionTree,
            Self::Forest => AlgorithmName::Forest,
            Self::Network => AlgorithmName::Network,
        }
    }
}

/// An algorithm under the limits that it has unless others are given.
fn new_offer(name: AlgorithmName) -> Offered {
    let work_max = 600 * UNITS_PER_SECOND;
    match name {
        AlgorithmName::DecisionTree => Offered::DecisionTree,
        AlgorithmName::Forest => Offered::Forest { trees_max: 100, work_max },
        AlgorithmName::Network => Offered::Network { weights_max: 100_000, work_max },
    }
}

/// What an owner asks for. In an update, what is not given stays.
#[derive(Debug, clap::Args)]
pub(crate) struct TermsArgs {
    /// What people read: a JSON object with pretty_name, description, tags, task_categories,
    /// source_datasets
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,
    /// The price after n sales: constant:PRICE, linear:BASE:SLOPE, exponential:BASE:MILLIONTHS,
    /// table:0=PRICE,SALES=PRICE,…
    #[arg(long, value_name = "CURVE", value_parser = shape)]
    curve: Option<Shape>,
    /// The lowest price [default: what a sale burns at least]
    #[arg(long, value_name = "N", value_parser = amount)]
    floor: Option<Amount>,
    /// The highest price [default: 2^96]
    #[arg(long, value_name = "N", value_parser = amount)]
    cap: Option<Amount>,
    /// Blocks without a sale after which the number of sales counts half, 0 for never [default: 0]
    #[arg(long, value_name = "BLOCKS")]
    half_life: Option<u64>,
    /// What a proven miss earns [default: 0]
    #[arg(long, value_name = "N", value_parser = amount)]
    evaluation_fee: Option<Amount>,
    /// Blocks that the buyer has to show the test set [default: 20]
    #[arg(long, value_name = "BLOCKS")]
    open_window: Option<u64>,
    /// Blocks that the owner has to prove [default: 20]
    #[arg(long, value_name = "BLOCKS")]
    prove_window: Option<u64>,
    /// Blocks that the owner has to reveal the key [default: 20]
    #[arg(long, value_name = "BLOCKS")]
    reveal_window: Option<u64>,
    /// What jobs may ask for: tree, forest, network; a network's program shows mean and deviation of every
    /// feature, or of every channel of an image, to everybody [default: tree]
    #[arg(long, value_enum, value_name = "LIST", value_delimiter = ',')]
    allow: Vec<Allowed>,
    /// Most trees of a forest that a job may ask for [default: 100]
    #[arg(long, value_name = "N")]
    limit_trees: Option<u16>,
    /// Most weights of a network that a job may ask for [default: 100000]
    #[arg(long, value_name = "N")]
    limit_weights: Option<u32>,
    /// Most seconds that training a forest or a network takes, about, on one core [default: 600]
    #[arg(long, value_name = "SECONDS")]
    limit_training: Option<u32>,
    /// Deepest tree that a job may ask for [default: 10]
    #[arg(long, value_name = "N")]
    limit_depth: Option<u8>,
    /// Fewest rows of a leaf that a job may ask for [default: 5]
    #[arg(long, value_name = "N")]
    limit_samples_leaf: Option<u32>,
    /// Most leaves that a job may ask for [default: those of a full tree]
    #[arg(long, value_name = "N")]
    limit_leaves: Option<u32>,
    /// Most rows of a test set [default: 10000]
    #[arg(long, value_name = "N")]
    limit_test_rows: Option<u32>,
    /// Whether a job may ask for the exact score [default: false]
    #[arg(long, value_name = "BOOL")]
    allow_exact_score: Option<bool>,
    /// Licence of the models, an SPDX expression where there is one
    #[arg(long, value_name = "TEXT")]
    licence: Option<String>,
}

impl TermsArgs {
    /// The terms of a new listing.
    pub(crate) fn new_terms(&self, parameters: &Parameters) -> Result<Terms> {
        let needed = |name| Failure::new(Code::Usage, format!("a listing needs {name}"));
        let card = self.card()?.ok_or_else(|| needed("--card"))?;
        let shape = self.curve.clone().ok_or_else(|| needed("--curve"))?;
        let before = (shape, parameters.sale_burn_min, PRICE_MAX, None);
        let windows = Windows { open: WINDOW, prove: WINDOW, reveal: WINDOW };
        let depth_max = self.limit_depth.unwrap_or(DEPTH_MAX);
        let limits = Limits {
            algorithms: List::new(vec![Offered::DecisionTree]).unwrap_or_default(),
            depth_max,
            min_samples_leaf: MIN_SAMPLES_LEAF,
            leaves_max: 1 << depth_max.min(LEAVES_LOG_MAX),
            test_rows_max: TEST_ROWS_MAX,
            disclosure: Disclosure::Threshold,
        };
        Ok(Terms {
            card,
            curve: self.curve(before)?,
            evaluation_fee: self.evaluation_fee.unwrap_or(Amount::ZERO),
            windows: self.windows(windows),
            limits: self.limits(&limits),
            licence: self.licence()?.unwrap_or_default(),
            sample: None,
        })
    }

    /// The terms of a new version of a listing.
    pub(crate) fn changed(&self, before: &Listing) -> Result<Terms> {
        let terms = Terms::of(before);
        let curve = &before.curve;
        let parts = (curve.shape().clone(), curve.floor(), curve.cap(), curve.half_life());
        Ok(Terms {
            card: self.card()?.unwrap_or(terms.card),
            curve: self.curve(parts)?,
            evaluation_fee: self.evaluation_fee.unwrap_or(terms.evaluation_fee),
            windows: self.windows(terms.windows),
            limits: self.limits(&terms.limits),
            licence: self.licence()?.unwrap_or(terms.licence),
            sample: terms.sample,
        })
    }

    fn card(&self) -> Result<Option<Card>> {
        self.card.as_deref().map(card::read).transpose()
    }

    fn licence(&self) -> Result<Option<Text<128>>> {
        let licence = self.licence.clone().map(Text::new).transpose();
        licence.map_err(|rule| Failure::new(Code::Usage, format!("--licence: {rule}")))
    }

    fn curve(
        &self,
        (shape, floor, cap, half_life): (Shape, Amount, Amount, Option<u64>),
    ) -> Result<Curve> {
        let half_life = match self.half_life {
            None => half_life,
            Some(0) => None,
            given => given,
        };
        let shape = self.curve.clone().unwrap_or(shape);
        let (floor, cap) = (self.floor.unwrap_or(floor), self.cap.unwrap_or(cap));
        let curve = Curve::new(shape, floor, cap, half_life);
        curve
            .map_err(|rule| Failure::new(Code::Usage, rule))
            .hint("--curve, --floor, --cap and --half-life make the curve")
    }

    fn windows(&self, before: Windows) -> Windows {
        Windows {
            open: self.open_window.unwrap_or(before.open),
            prove: self.prove_window.unwrap_or(before.prove),
            reveal: self.reveal_window.unwrap_or(before.reveal),
        }
    }

    /// What is on offer: what was, or what is said now; each under its old limits, or those said now.
    fn algorithms(&self, before: &List<Offered, 16>) -> List<Offered, 16> {
        let mut names: Vec<_> = self.allow.iter().map(|allowed| allowed.name()).collect();
        if names.is_empty() {
            names = before.as_slice().iter().map(Offered::name).collect();
        }
        names.sort_unstable();
        names.dedup();
        let offer = |name: AlgorithmName| {
            let known = before.as_slice().iter().copied().find(|offered| offered.name() == name);
            self.offered(known.unwrap_or_else(|| new_offer(name)))
        };
        List::new(names.into_iter().map(offer).collect()).unwrap_or_default()
    }

    fn offered(&self, before: Offered) -> Offered {
        let work = self.limit_training.map(|seconds| u64::from(seconds) * UNITS_PER_SECOND);
        match before {
            Offered::DecisionTree => Offered::DecisionTree,
            Offered::Forest { trees_max, work_max } => Offered::Forest {
                trees_max: self.limit_trees.unwrap_or(trees_max),
                work_max: work.unwrap_or(work_max),
            },
            Offered::Network { weights_max, work_max } => Offered::Network {
                weights_max: self.limit_weights.unwrap_or(weights_max),
                work_max: work.unwrap_or(work_max),
            },
        }
    }

    fn limits(&self, before: &Limits) -> Limits {
        let disclosure = self
            .allow_exact_score
            .map(|is_allowed| if is_allowed { Disclosure::Exact } else { Disclosure::Threshold });
        Limits {
            algorithms: self.algorithms(&before.algorithms),
            depth_max: self.limit_depth.unwrap_or(before.depth_max),
            min_samples_leaf: self.limit_samples_leaf.unwrap_or(before.min_samples_leaf),
            leaves_max: self.limit_leaves.unwrap_or(before.leaves_max),
            test_rows_max: self.limit_test_rows.unwrap_or(before.test_rows_max),
            disclosure: disclosure.unwrap_or(before.disclosure),
        }
    }
}
