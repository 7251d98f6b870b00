//! Hyper-parameters of a decision tree, as arguments.

use crate::failure::{Code, Explain, Failure, Result};
use assay_model::{ClassWeight, Criterion, MaxFeatures, Ratio, TreeParameters};

/// Hyper-parameters under scikit-learn's names.
#[derive(Debug, clap::Args)]
pub(crate) struct Parameters {
    /// How the impurity of a node is measured; log_loss is another name of entropy
    #[arg(long, value_enum, default_value_t = Measure::Gini)]
    criterion: Measure,
    /// Greatest depth
    #[arg(long, value_name = "N")]
    max_depth: Option<u8>,
    /// Fewest rows of a node that may be split
    #[arg(long, value_name = "N", default_value_t = TreeParameters::SKLEARN.min_samples_split)]
    min_samples_split: u32,
    /// Fewest rows on either side of a split
    #[arg(long, value_name = "N", default_value_t = TreeParameters::SKLEARN.min_samples_leaf)]
    min_samples_leaf: u32,
    /// How many features a node looks at: a number, sqrt, log2 or all [default: all; of a forest, sqrt]
    #[arg(long, value_name = "N", value_parser = max_features)]
    max_features: Option<MaxFeatures>,
    /// Most leaves
    #[arg(long, value_name = "N")]
    max_leaf_nodes: Option<u32>,
    /// Least that a split improves, exactly: 0.001 or 1/1000
    #[arg(long, value_name = "RATIO", default_value = "0")]
    min_impurity_decrease: Ratio,
    /// What a leaf costs when the grown tree is pruned, exactly: 0.01 or 1/100
    #[arg(long, value_name = "RATIO", default_value = "0")]
    ccp_alpha: Ratio,
    /// `balanced`, or `CLASS=N` once per class that does not weigh 1
    #[arg(long, value_name = "WEIGHT")]
    class_weight: Vec<String>,
    /// Decides all that is left to chance: orders of features and rows, first weights, rows drawn
    #[arg(long, value_name = "N", default_value_t = TreeParameters::SKLEARN.seed)]
    seed: u64,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Measure {
    Gini,
    Entropy,
    #[value(name = "log_loss")]
    LogLoss,
}

impl Parameters {
    /// Orders what is left to chance.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns the parameters for a table of these classes, in range.
    pub(crate) fn of(&self, classes: &[String]) -> Result<TreeParameters> {
        self.with(MaxFeatures::All, classes)
    }

    /// The same for one of many trees: unless it is said otherwise, a node looks at few features.
    pub(crate) fn of_forest(&self, classes: &[String]) -> Result<TreeParameters> {
        self.with(MaxFeatures::Sqrt, classes)
    }

    fn with(&self, features: MaxFeatures, classes: &[String]) -> Result<TreeParameters> {
        let parameters = TreeParameters {
            criterion: match self.criterion {
                Measure::Gini => Criterion::Gini,
                Measure::Entropy | Measure::LogLoss => Criterion::Entropy,
            },
            max_depth: self.max_depth,
            min_samples_split: self.min_samples_split,
            min_samples_leaf: self.min_samples_leaf,
            max_features: self.max_features.unwrap_or(features),
            max_leaf_nodes: self.max_leaf_nodes,
            min_impurity_decrease: self.min_impurity_decrease,
            ccp_alpha: self.ccp_alpha,
            class_weight: self.weights(classes)?,
            seed: self.seed,
        };
        parameters.validate().map_err(|rule| Failure::new(Code::Usage, rule))?;
        Ok(parameters)
    }

    fn weights(&self, classes: &[String]) -> Result<ClassWeight> {
        match self.class_weight.as_slice() {
            [] => return Ok(ClassWeight::Equal),
            [only] if only == "balanced" => return Ok(ClassWeight::Balanced),
            _ => {}
        }
        let mut weights = vec![1; classes.len()];
        for text in &self.class_weight {
            // The last one: a class may have the sign in its name.
            let (class, weight) = text
                .rsplit_once('=')
                .and_then(|(class, weight)| Some((class, weight.parse().ok()?)))
                .ok_or_else(|| Failure::new(Code::Usage, format!("{text:?} is no class weight")))
                .hint("--class-weight balanced, or --class-weight CLASS=N with a whole number")?;
            let place = classes.iter().position(|known| known == class);
            let place = place
                .ok_or_else(|| Failure::new(Code::Usage, format!("there is no class {class:?}")))
                .hint(format!("the classes are {classes:?}"))?;
            weights[place] = weight;
        }
        Ok(ClassWeight::Given(weights))
    }
}

fn max_features(text: &str) -> Result<MaxFeatures, &'static str> {
    match text {
        "all" => Ok(MaxFeatures::All),
        "sqrt" => Ok(MaxFeatures::Sqrt),
        "log2" => Ok(MaxFeatures::Log2),
        number => number.parse().map(MaxFeatures::Count).map_err(|_| "a number, sqrt, log2 or all"),
    }
}
