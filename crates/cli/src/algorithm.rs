//! What is trained and how, as arguments.

use crate::{
    failure::{Code, Failure, Result},
    layers,
    parameters::Parameters,
};
use assay_model::{
    Descent, ForestParameters, Image, Layer, LinearParameters, Loss, NetworkParameters, Ratio,
    Sampling, Schedule, Schema, Splitter, TreeParameters,
};

/// Trees of a forest, if nobody says how many.
const TREES: u16 = 100;

/// An algorithm and its hyper-parameters.
#[derive(Debug, clap::Args)]
pub(crate) struct Algorithm {
    /// What is trained
    #[arg(long, value_enum, default_value_t = Name::Tree)]
    algorithm: Name,
    #[command(flatten, next_help_heading = "Trees and forests")]
    tree: Parameters,
    #[command(flatten)]
    forest: Forest,
    #[command(flatten)]
    network: Network,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Name {
    /// A decision tree
    Tree,
    /// A random forest
    Forest,
    /// Extremely randomised trees
    ExtraTrees,
    /// Logistic regression
    Logistic,
    /// A linear support vector machine
    Svm,
    /// A network of dense layers
    Mlp,
    /// A network of convolutions over small images
    Cnn,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Forests")]
struct Forest {
    /// Number of trees [default: 100]
    #[arg(long, value_name = "N", alias = "n-estimators")]
    trees: Option<u16>,
    /// Whether each tree sees rows drawn at random, with repetition [default: true; of extra trees, false]
    #[arg(long, value_name = "BOOL")]
    bootstrap: Option<bool>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Linear models and networks")]
struct Network {
    /// Passes over the rows [default: 30]
    #[arg(long, value_name = "N")]
    epochs: Option<u16>,
    /// Rows of a batch [default: 32]
    #[arg(long, value_name = "N")]
    batch: Option<u16>,
    /// How far weights go along the slope, exactly: 0.05 or 1/20 [default: 1/20]
    #[arg(long, value_name = "RATIO")]
    learning_rate: Option<Ratio>,
    /// How the learning rate goes on [default: falling]
    #[arg(long, value_enum)]
    schedule: Option<Rate>,
    /// How much of the last step is made again, exactly [default: 9/10]
    #[arg(long, value_name = "RATIO")]
    momentum: Option<Ratio>,
    /// How much of a weight is added to its slope, exactly [default: 1/1000]
    #[arg(long, value_name = "RATIO")]
    weight_decay: Option<Ratio>,
    /// Outputs of the hidden layers of an mlp: 64,32 [default: 64]
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    hidden: Option<Vec<u16>>,
    /// Layers of a cnn before the last: conv:FILTERSxSIDE, max:SIDE, avg:SIDE, dense:N; a side may
    /// be followed by /STRIDE, a conv by +PADDING [default: conv:8x3,max:2,conv:16x3,max:2]
    #[arg(long, value_name = "LAYER,…", value_delimiter = ',', value_parser = layers::layer)]
    layers: Option<Vec<Layer>>,
    /// Of a cnn, what a row is: HEIGHTxWIDTHxCHANNELS, its columns in that order
    #[arg(long, value_name = "HxWxC", value_parser = layers::image)]
    image: Option<Image>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Rate {
    /// As it is
    Constant,
    /// By equal steps to nothing
    Falling,
}

/// What is asked for, in range.
#[derive(Debug)]
pub(crate) enum Asked {
    Tree(TreeParameters),
    Forest(ForestParameters),
    Linear(LinearParameters),
    Network(NetworkParameters),
}

impl Asked {
    /// The same as a job asks for it: a linear model is a network without layers before its last.
    pub(crate) fn ledgers(self) -> assay_types::Algorithm {
        match self {
            Self::Tree(asked) => assay_types::Algorithm::DecisionTree(asked),
            Self::Forest(asked) => assay_types::Algorithm::Forest(asked),
            Self::Linear(asked) => assay_types::Algorithm::Network(asked.as_network()),
            Self::Network(asked) => assay_types::Algorithm::Network(asked),
        }
    }
}

impl Algorithm {
    /// What a table of this schema is to be trained by.
    pub(crate) fn of(&self, schema: &Schema) -> Result<Asked> {
        self.refuse_others(schema)?;
        match self.algorithm {
            Name::Tree => self.tree.of(schema.classes()).map(Asked::Tree),
            Name::Forest => self.forest(Sampling::Bootstrap, Splitter::Best, schema),
            Name::ExtraTrees => self.forest(Sampling::All, Splitter::Random, schema),
            Name::Logistic => self.linear(Loss::CrossEntropy),
            Name::Svm => self.linear(Loss::Hinge),
            Name::Mlp => {
                let hidden = self.network.hidden.clone().unwrap_or_else(|| vec![64]);
                let dense = |outputs| Layer::Dense { outputs };
                self.network(None, hidden.into_iter().map(dense).collect())
            }
            Name::Cnn => {
                let image = self.network.image.ok_or_else(|| {
                    Failure::new(Code::Usage, "a cnn needs --image").hint(image_hint(schema))
                })?;
                let layers = self.network.layers.clone().unwrap_or_else(layers::default);
                self.network(Some(image), layers)
            }
        }
    }

    /// Whatever would have no effect is refused, lest somebody believe it had.
    fn refuse_others(&self, schema: &Schema) -> Result<()> {
        let name = self.algorithm;
        let is_forest = matches!(name, Name::Forest | Name::ExtraTrees);
        let is_tree = is_forest || name == Name::Tree;
        let Forest { trees, bootstrap } = &self.forest;
        let Network { epochs, batch, learning_rate, schedule, momentum, weight_decay, .. } =
            &self.network;
        let has_forests = trees.is_some() || bootstrap.is_some();
        let has_descent = [epochs.is_some(), batch.is_some(), learning_rate.is_some()]
            .contains(&true)
            || [schedule.is_some(), momentum.is_some(), weight_decay.is_some()].contains(&true);
        let Network { hidden, layers, image, .. } = &self.network;
        let has_trees = !is_tree && {
            let plain = TreeParameters { seed: self.tree.seed(), ..TreeParameters::SKLEARN };
            self.tree.of(schema.classes())? != plain
        };
        let refused = [
            (has_trees, "bounds and weights of trees are for tree, forest and extra-trees"),
            (has_forests && !is_forest, "--trees and --bootstrap are for forest and extra-trees"),
            (
                has_descent && is_tree,
                "epochs, batches and rates are for logistic, svm, mlp and cnn",
            ),
            (hidden.is_some() && name != Name::Mlp, "--hidden is for mlp"),
            (layers.is_some() && name != Name::Cnn, "--layers is for cnn"),
            (image.is_some() && name != Name::Cnn, "--image is for cnn"),
        ];
        match refused.into_iter().find(|(is_wrong, _)| *is_wrong) {
            Some((_, rule)) => {
                Err(Failure::new(Code::Usage, rule)
                    .hint("leave it out, or choose another --algorithm"))
            }
            None => Ok(()),
        }
    }

    fn forest(&self, sampling: Sampling, splitter: Splitter, schema: &Schema) -> Result<Asked> {
        let sampling = match self.forest.bootstrap {
            None => sampling,
            Some(true) => Sampling::Bootstrap,
            Some(false) => Sampling::All,
        };
        let tree = self.tree.of_forest(schema.classes())?;
        let trees = self.forest.trees.unwrap_or(TREES);
        ForestParameters::new(tree, trees, sampling, splitter).map(Asked::Forest).map_err(usage)
    }

    fn linear(&self, loss: Loss) -> Result<Asked> {
        LinearParameters::new(loss, self.descent()?).map(Asked::Linear).map_err(usage)
    }

    fn network(&self, input: Option<Image>, layers: Vec<Layer>) -> Result<Asked> {
        NetworkParameters::new(input, layers, Loss::CrossEntropy, self.descent()?)
            .map(Asked::Network)
            .map_err(usage)
    }

    fn descent(&self) -> Result<Descent> {
        let asked = &self.network;
        let ratio = |asked: Option<Ratio>, num, den| {
            let default = Ratio::new(num, den).ok_or_else(|| usage("a ratio has a denominator"));
            asked.map_or(default, Ok)
        };
        Ok(Descent {
            epochs: asked.epochs.unwrap_or(30),
            batch: asked.batch.unwrap_or(32),
            learning_rate: ratio(asked.learning_rate, 1, 20)?,
            schedule: match asked.schedule {
                Some(Rate::Constant) => Schedule::Constant,
                Some(Rate::Falling) | None => Schedule::Linear,
            },
            momentum: ratio(asked.momentum, 9, 10)?,
            weight_decay: ratio(asked.weight_decay, 1, 1000)?,
            seed: self.tree.seed(),
        })
    }
}

fn usage(rule: &'static str) -> Failure {
    Failure::new(Code::Usage, rule)
}

fn image_hint(schema: &Schema) -> String {
    let features = schema.features().len();
    let side = features.isqrt();
    let example = if side * side == features { format!("{side}x{side}x1") } else { "8x8x1".into() };
    format!("say what the {features} columns are, such as --image {example}")
}
