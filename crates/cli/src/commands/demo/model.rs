//! What the buyer of the demo asks for.

use super::data::{DataSet, Which};
use crate::failure::{Code, Failure, Result};
use assay_types::{
    Algorithm, AlgorithmName, Descent, ForestParameters, Image, Layer, Loss, MaxFeatures,
    NetworkParameters, Offered, Ratio, Sampling, Schedule, Splitter, TreeParameters,
};

/// A kind of model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Model {
    /// One decision tree
    Tree,
    /// Thirty trees that vote
    Forest,
    /// A network with one hidden layer
    Mlp,
    /// A convolutional network, of the digits
    Cnn,
}

/// A model that is asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) model: Model,
    pub(super) algorithm: Algorithm,
    /// The part of the test rows that must be answered correctly.
    pub(super) threshold: (u32, u32),
}

impl Model {
    /// The table that shows it best.
    pub(super) fn table(self) -> Which {
        match self {
            Self::Tree | Self::Forest | Self::Mlp => Which::BreastCancer,
            Self::Cnn => Which::Digits,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Forest => "forest",
            Self::Mlp => "mlp",
            Self::Cnn => "cnn",
        }
    }

    /// What is asked for on a table.
    pub(super) fn of(self, data: &DataSet) -> Result<Asked> {
        let algorithm = match self {
            Self::Tree => Algorithm::DecisionTree(data.parameters()),
            Self::Forest => {
                let tree = TreeParameters { max_features: MaxFeatures::Sqrt, ..data.parameters() };
                let forest = ForestParameters::new(tree, 30, Sampling::Bootstrap, Splitter::Best);
                Algorithm::Forest(forest.map_err(broken)?)
            }
            Self::Mlp => network(None, vec![Layer::Dense { outputs: 24 }], 30)?,
            Self::Cnn => {
                let image = data.image.ok_or_else(|| {
                    Failure::new(Code::Usage, format!("the rows of {} are no images", data.name))
                        .hint("leave --dataset out, or take another --model")
                })?;
                let convolution =
                    |filters| Layer::Convolution { filters, side: 3, stride: 1, padding: 1 };
                let half = Layer::MaxPool { side: 2, stride: 2 };
                network(Some(image), vec![convolution(8), half, convolution(16), half], 20)?
            }
        };
        let threshold = match self {
            Self::Tree => data.thresholds.tree,
            Self::Forest => data.thresholds.forest,
            Self::Mlp | Self::Cnn => data.thresholds.network,
        };
        Ok(Asked { model: self, algorithm, threshold })
    }
}

fn network(image: Option<Image>, layers: Vec<Layer>, epochs: u16) -> Result<Algorithm> {
    let ratio = |num, den| Ratio::new(num, den).ok_or_else(|| broken("a ratio has a denominator"));
    let descent = Descent {
        epochs,
        batch: 32,
        learning_rate: ratio(1, 20)?,
        schedule: Schedule::Linear,
        momentum: ratio(9, 10)?,
        weight_decay: Ratio::ZERO,
        seed: 0,
    };
    let network = NetworkParameters::new(image, layers, Loss::CrossEntropy, descent);
    network.map(Algorithm::Network).map_err(broken)
}

/// What is written here is within its limits, or the program is broken.
fn broken(rule: &'static str) -> Failure {
    Failure::new(Code::Error, rule)
}

impl Asked {
    /// What distinguishes this sale from others, for people and for the parties' journals.
    pub(super) fn reference(&self, data: &DataSet) -> String {
        match self.model {
            Model::Tree => data.name.to_owned(),
            model => format!("{} {}", data.name, model.name()),
        }
    }

    /// What the owner offers: this, and not much more.
    pub(super) fn offered(&self) -> Offered {
        let work_max = 600_000_000_000;
        match self.algorithm.name() {
            AlgorithmName::DecisionTree => Offered::DecisionTree,
            AlgorithmName::Forest => Offered::Forest { trees_max: 100, work_max },
            AlgorithmName::Network => Offered::Network { weights_max: 10_000, work_max },
        }
    }

    /// What stays secret of such a model.
    pub(super) fn secret(&self) -> &'static str {
        match self.algorithm.name() {
            AlgorithmName::DecisionTree => "the tree, its real size",
            AlgorithmName::Forest => "the trees, their real sizes",
            AlgorithmName::Network => "the weights",
        }
    }
}
