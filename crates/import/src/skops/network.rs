//! scikit-learn's linear models and perceptrons: dense layers, one or several.
//!
//! A regressor of one target has one output, which is its answer. Of classifiers:
//!
//! Of two classes there is one score, that of the second, which wins above 0; of more there is one for
//! each, and the greatest wins. A logistic regression's and a perceptron's probabilities keep that order.

use super::front::{self, Front};
use super::part::Part;
use super::zip::{Archive, beginning};
use super::{ENDS, Error as FileError, names, same, schema};
use crate::network::graph::{Function, Graph, Linear, Node, PARAMETERS_MAX, Shape, Window};
use crate::network::{Error, Network, Problem};
use assay_model::{CLASSES_MAX, FEATURES_MAX};

/// Most entries of an archive: perceptrons keep an array for each step of their training.
const ENTRIES_MAX: usize = 4096;

/// Parts of a linear model or a perceptron that do not say what it answers.
const TRAINING: [&str; 57] = [
    "penalty",
    "C",
    "l1_ratio",
    "dual",
    "tol",
    "fit_intercept",
    "intercept_scaling",
    "class_weight",
    "random_state",
    "solver",
    "max_iter",
    "verbose",
    "warm_start",
    "n_jobs",
    "n_iter_",
    "loss",
    "multi_class",
    "alpha",
    "batch_size",
    "learning_rate",
    "learning_rate_init",
    "power_t",
    "hidden_layer_sizes",
    "shuffle",
    "momentum",
    "nesterovs_momentum",
    "early_stopping",
    "validation_fraction",
    "beta_1",
    "beta_2",
    "epsilon",
    "n_iter_no_change",
    "max_fun",
    "_label_binarizer",
    "_random_state",
    "t_",
    "n_layers_",
    "_best_coefs",
    "_best_intercepts",
    "loss_curve_",
    "_no_improvement_count",
    "best_loss_",
    "validation_scores_",
    "best_validation_score_",
    "_optimizer",
    "loss_",
    "_coef_indptr",
    "_intercept_indptr",
    "copy_X",
    "positive",
    "rank_",
    "singular_",
    "solver_",
    "precompute",
    "selection",
    "dual_gap_",
    "sparse_coef_",
];
/// Parts that are read.
const READ: [&str; 10] = [
    "activation",
    "classes_",
    "coef_",
    "coefs_",
    "feature_names_in_",
    "intercept_",
    "intercepts_",
    "n_features_in_",
    "n_outputs_",
    "out_activation_",
];

/// Reads a network.
pub(crate) fn read_network(bytes: &[u8]) -> Result<Network, Error> {
    let archive = Archive::new(bytes, ENTRIES_MAX, &ENDS)?;
    let schema = schema(&archive)?;
    let (front, root) = front::split(Part::root(&archive, &schema))?;
    let (module, class) = (root.text("__module__")?, root.text("__class__")?);
    let Some(kind) = Kind::of(module, class) else {
        return Err(FileError::Class { got: beginning(&format!("{module}.{class}")) }.into());
    };
    let estimator = root.of("ObjectNode", "estimator")?.child("content")?;
    let known =
        |name: &&str| READ.contains(name) || TRAINING.contains(name) || *name == "_sklearn_version";
    if let Some(name) = estimator.keys()?.find(|name| !known(name)) {
        return Err(FileError::Attribute { name: beginning(name) }.into());
    }
    let layers = if kind.is_perceptron {
        perceptron(&estimator, kind.ends)?
    } else {
        linear(&estimator, kind.is_number)?
    };
    assemble(&estimator, &front, kind, layers)
}

/// What an estimator is.
#[derive(Clone, Copy)]
struct Kind {
    is_perceptron: bool,
    is_number: bool,
    /// What may become of a perceptron's outputs.
    ends: &'static [&'static str],
}

impl Kind {
    fn of(module: &str, class: &str) -> Option<Self> {
        let (folder, is_number) = match class {
            "LogisticRegression" => ("sklearn.linear_model", false),
            "LinearSVC" => ("sklearn.svm", false),
            "MLPClassifier" => ("sklearn.neural_network", false),
            "LinearRegression" | "Ridge" | "Lasso" | "ElasticNet" => ("sklearn.linear_model", true),
            "MLPRegressor" => ("sklearn.neural_network", true),
            _ => return None,
        };
        // Probabilities keep the order of scores; a number stays what it is.
        let ends: &[&str] = if is_number { &["identity"] } else { &["logistic", "softmax"] };
        let is_perceptron = class.starts_with("MLP");
        module.starts_with(folder).then_some(Self { is_perceptron, is_number, ends })
    }
}

/// Weights `[inputs, outputs]`, biases, and what follows.
struct Layer {
    inputs: usize,
    outputs: usize,
    weights: Vec<f32>,
    bias: Vec<f32>,
    function: Option<Function>,
}

fn linear(estimator: &Part<'_>, is_number: bool) -> Result<Vec<Layer>, FileError> {
    let coefficients = estimator.item("coef_")?;
    // A regressor's are a list, if its target was one.
    let list = coefficients.array().ok().filter(|array| is_number && array.shape.len() == 1);
    let (outputs, inputs, numbers) = match list {
        Some(list) => (1, list.shape[0], list.floats()?),
        None => coefficients.matrix()?,
    };
    let intercept = estimator.item("intercept_")?;
    let mut bias = match intercept.number() {
        // Fitted without one.
        Ok(number) if is_number => vec![number as f32],
        _ => intercept.array()?.floats()?,
    };
    if bias.len() == 1 && outputs != 1 {
        // Fitted without intercepts.
        bias = vec![bias[0]; outputs];
    }
    let column = |input| {
        let numbers = &numbers;
        (0..outputs).map(move |output| numbers[output * inputs + input])
    };
    let weights = (0..inputs).flat_map(column).collect();
    Ok(vec![Layer { inputs, outputs, weights, bias, function: None }])
}

fn perceptron(estimator: &Part<'_>, ends: &[&str]) -> Result<Vec<Layer>, FileError> {
    let activation = estimator.item("activation")?;
    let hidden = match activation.name()?.as_str() {
        "relu" => Some(Function::RELU),
        "logistic" => Some(Function::Sigmoid),
        "tanh" => Some(Function::Tanh),
        "identity" => None,
        _ => return Err(activation.other("relu, logistic, tanh or identity")),
    };
    let end = estimator.item("out_activation_")?;
    if !ends.contains(&end.name()?.as_str()) {
        return Err(end.other("logistic or softmax of a classifier, identity of a regressor"));
    }
    let (weights, biases) =
        (estimator.item("coefs_")?.items()?, estimator.item("intercepts_")?.items()?);
    same("layers", weights.len() as i64, biases.len() as i64)?;
    let (mut layers, mut parameters) = (Vec::new(), 0);
    for (at, (part, bias)) in weights.iter().zip(&biases).enumerate() {
        let (inputs, outputs, numbers) = part.matrix()?;
        // Many layers may name one array.
        parameters += numbers.len();
        if PARAMETERS_MAX < parameters {
            return Err(part.other("network of at most 2^23 parameters"));
        }
        let function = if at + 1 < weights.len() { hidden.clone() } else { None };
        let bias = bias.array()?.floats()?;
        layers.push(Layer { inputs, outputs, weights: numbers, bias, function });
    }
    Ok(layers)
}

fn assemble(
    estimator: &Part<'_>,
    front: &Front,
    kind: Kind,
    mut layers: Vec<Layer>,
) -> Result<Network, Error> {
    let features = estimator.item("n_features_in_")?.integer()?;
    let last = layers.last_mut().ok_or(Error::Output)?;
    let classes = if kind.is_number {
        if last.outputs != 1 {
            return Err(FileError::Outputs { got: last.outputs as i64 }.into());
        }
        None
    } else {
        let classes = names(&estimator.item("classes_")?, CLASSES_MAX)?;
        if classes.len() == 2 && last.outputs == 1 {
            // The first class has the score 0.
            last.outputs = 2;
            last.weights = last.weights.iter().flat_map(|&weight| [0.0, weight]).collect();
            last.bias = last.bias.iter().flat_map(|&bias| [0.0, bias]).collect();
        }
        same("classes", classes.len() as i64, last.outputs as i64)?;
        Some(classes)
    };
    let width = usize::try_from(features).ok().filter(|&width| width <= FEATURES_MAX);
    let mut graph = Graph::new(Shape::flat(width.unwrap_or(0))).map_err(Error::Answer)?;
    front.fits(features)?;
    let scaled = |fault| Error::Step { step: "scaler".to_owned(), problem: Problem::Fault(fault) };
    let mut from = front.push(&mut graph).map_err(scaled)?;
    for (at, layer) in layers.into_iter().enumerate() {
        let failed =
            |fault| Error::Step { step: format!("layer {at}"), problem: Problem::Fault(fault) };
        let Layer { inputs, outputs, weights, bias, function } = layer;
        same("inputs", graph.shapes()[from].channels as i64, inputs as i64)?;
        let one = Window::identity(1);
        let linear = Linear { from, rows: one, columns: one, groups: 1, outputs, weights, bias };
        from = graph.push(Node::Linear(linear)).map_err(failed)?;
        if let Some(function) = function {
            from = graph.push(Node::Map { from, function }).map_err(failed)?;
        }
    }
    let columns = (0..graph.input().cells()).collect();
    let mut network = Network::new(graph, columns)?;
    network.classes = classes;
    let named = match (&front.names, estimator.optional("feature_names_in_")?) {
        (Some(named), _) => Some(named.clone()),
        (None, Some(part)) => Some(names(&part, FEATURES_MAX)?),
        (None, None) => None,
    };
    if let Some(named) = &named {
        same("features", features, named.len() as i64)?;
    }
    network.features = named;
    Ok(network)
}
