//! ONNX, in: a network for tables and images.
//!
//! - **Graph.** One input, `[rows, features]`, `[rows, channels, width]` or `[rows, channels, height,
//!   width]` (channels last, if all that is done with it is to put them first, or nothing else fits). All outputs come from
//!   one list of scores. `Softmax`, `LogSoftmax`, `Sigmoid` and `ArgMax` at the end do not change
//!   which is the greatest, and are left out; a lone score through `Sigmoid` is that of the second of
//!   two classes, above 0. `TopK` at the end is answered by the first. A lone score without `Sigmoid` is a
//!   number: the network is a regressor.
//! - **Operators.** Those in [`operator`]. Every attribute is read or refused. Steps that lead to no output
//!   are refused.
//! - **Constants** are folded as far as shapes and weights need it; tensors in other files are refused.
//!
//! The file's axes are tracked by [`view::View`]; weights are rearranged, tensors never are.

mod convolution;
mod dense;
mod elementwise;
mod embedding;
mod end;
mod input;
mod linear;
mod normalise;
mod pool;
mod reshape;
mod shapes;
mod step;
mod value;
mod view;

#[cfg(test)]
mod tests;

use super::ReadError;
use super::graph::distinct;
use super::proto::{Attribute, Model, Node, short};
use crate::network::graph::{Fault, Function, Graph};
use crate::network::{Error, Network, Problem};
use assay_model::FEATURES_MAX;
use input::Order;
use std::collections::{BTreeMap, BTreeSet};
use step::{Step, title};
use value::Value;

/// Versions of the default operators that are known.
const VERSIONS: std::ops::RangeInclusive<i64> = 7..=25;
/// The domain of classical models.
const ML: &str = "ai.onnx.ml";
/// The versions of its operators that are known.
const ML_VERSIONS: std::ops::RangeInclusive<i64> = 1..=5;
/// Most bytes of constants that are folded: a row of steps would else keep as many copies of one.
const FOLDED_MAX: usize = 1 << 27;

/// Reads a network.
pub(crate) fn read_network(bytes: &[u8]) -> Result<Network, Error> {
    let model = Model::new(bytes)?;
    versions(&model)?;
    distinct(&model.graph)?;
    // Said first: its outputs would be refused for reasons that help nobody.
    let tree = model.graph.nodes.iter().find(|node| node.operator.starts_with("TreeEnsemble"));
    if let Some(node) = tree {
        let problem = Problem::Operator { operator: short(node.operator) };
        return Err(Error::Step { step: title(node), problem });
    }
    let version = ["", "ai.onnx"].iter().find_map(|&domain| model.operator_sets.get(domain));
    let version = version.copied().unwrap_or(*VERSIONS.end());
    let end = end::find(&model.graph)?;
    let needed = needed(&model, &end)?;
    match build(&model, version, &end, &needed, Order::Told) {
        // tf2onnx turns a grey image's axes by a reshape, and scales it before: then the one order that
        // fits is the right one, and if none does what is said of the first is told.
        Err(first @ Error::Step { problem: Problem::Layout(_), .. }) => {
            build(&model, version, &end, &needed, Order::Last).map_err(|_| first)
        }
        done => done,
    }
}

/// Builds the network, given where its scores are, and the nodes that they come from.
fn build(
    model: &Model<'_>,
    version: i64,
    end: &end::End<'_>,
    needed: &BTreeSet<usize>,
    order: Order,
) -> Result<Network, Error> {
    let mut input = input::read(&model.graph, order)?;
    let mut values: BTreeMap<&str, Value> = BTreeMap::new();
    for tensor in &model.graph.constants {
        // What is of another type can still be needed by nobody.
        if let Some(value) = Value::of(tensor) {
            values.insert(tensor.name, value);
        }
    }
    values.insert(input.name, Value::Computed(input.view.clone()));
    let mut folded = 0_usize;
    for (index, node) in model.graph.nodes.iter().enumerate() {
        if !needed.contains(&index) {
            continue;
        }
        let step = Step { node, version, values: &values };
        let made = match input.reshape(&step)? {
            Some(view) => Value::Computed(view),
            None => match embedding::read(&step, &mut input)? {
                Some(view) => Value::Computed(view),
                None => operator(&step, &mut input.graph)?,
            },
        };
        folded += made.bytes();
        if FOLDED_MAX < folded {
            return Err(step.fault(Fault::Parameters));
        }
        // Others than the first would be the mask of a dropout, or statistics.
        let output = node.outputs.first().copied().unwrap_or_default();
        values.insert(output, made);
    }
    let Some(Value::Computed(view)) = values.get(end.scores) else { return Err(Error::Output) };
    let classes = end.classes.clone();
    let graph = end::close(input.graph, view, end.is_lone)?;
    let mut network = Network::new(graph, input.columns)?;
    network.classes = classes;
    if let Some(names) = model.metadata.get("features") {
        let names: Vec<_> = names.split('\n').take(FEATURES_MAX + 1).map(str::to_owned).collect();
        let (expected, got) = (network.columns.len(), names.len());
        if expected != got {
            return Err(ReadError::Names { expected, got }.into());
        }
        network.features = Some(names);
    }
    Ok(network)
}

fn versions(model: &Model<'_>) -> Result<(), Error> {
    for (&domain, &version) in &model.operator_sets {
        let known = match domain {
            "" | "ai.onnx" => VERSIONS,
            ML => ML_VERSIONS,
            _ => return Err(ReadError::Domain { domain: short(domain), version }.into()),
        };
        if !known.contains(&version) {
            return Err(ReadError::Domain { domain: short(domain), version }.into());
        }
    }
    Ok(())
}

/// The nodes that the scores come from. All others must be at the end, behind them.
fn needed(model: &Model<'_>, end: &end::End<'_>) -> Result<BTreeSet<usize>, Error> {
    let nodes = &model.graph.nodes;
    let mut makers = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        makers.extend(node.outputs.iter().map(|&output| (output, index)));
    }
    let mut needed = BTreeSet::new();
    let mut open = vec![end.scores];
    while let Some(value) = open.pop() {
        let index = makers.get(value).copied();
        if let Some(index) = index.filter(|&index| needed.insert(index)) {
            open.extend(nodes[index].inputs.iter().copied());
        }
    }
    for (index, node) in nodes.iter().enumerate() {
        if !needed.contains(&index) && !end.steps.contains(&index) && node.operator != "Constant" {
            return Err(Error::Unused { step: title(node) });
        }
    }
    Ok(needed)
}

/// What a node makes.
fn operator(step: &Step<'_>, graph: &mut Graph) -> Result<Value, Error> {
    let domain = if step.node.domain == "ai.onnx" { "" } else { step.node.domain };
    match (domain, step.node.operator) {
        ("", "Gemm") => dense::gemm(step, graph),
        ("", "MatMul") => dense::matmul(step, graph),
        ("", "Conv") => convolution::conv(step, graph),
        ("", "BatchNormalization") => elementwise::batch_normalization(step, graph),
        ("", "AveragePool") => pool::average(step, graph),
        ("", "MaxPool") => pool::max(step, graph),
        ("", "GlobalAveragePool" | "GlobalMaxPool") => pool::global(step, graph),
        ("", "Softmax") => normalise::softmax(step, graph),
        ("", "LayerNormalization") => normalise::layer(step, graph),
        ("", "InstanceNormalization") => normalise::instance(step, graph),
        ("", "Max" | "Min") => normalise::extremes(step, graph),
        ("", "PRelu") => normalise::prelu(step, graph),
        ("", "ReduceMean" | "ReduceSum" | "ReduceMax") => pool::reduce(step, graph),
        ("", "Flatten") => reshape::flatten(step),
        ("", "Reshape") => reshape::reshape(step),
        ("", "Squeeze" | "Unsqueeze") => reshape::squeeze(step),
        ("", "Transpose") => reshape::transpose(step),
        ("", "Concat") => reshape::concat(step, graph),
        ("", "Slice") => reshape::slice(step, graph),
        ("", "Pad") => reshape::pad(step, graph),
        ("", "Resize" | "Upsample") => reshape::resize(step, graph),
        ("", "Shape" | "Gather" | "Constant") => shapes::known(step, graph),
        ("", "Add" | "Sub" | "Mul" | "Div" | "Pow") => elementwise::binary(step, graph),
        ("", "Identity" | "Dropout" | "Cast") => shapes::same(step),
        (ML, "LinearClassifier") => linear::classifier(step, graph),
        (ML, "LinearRegressor") => linear::regressor(step, graph),
        (ML, "Scaler") => elementwise::scaler(step, graph),
        ("", _) => elementwise::function(step, graph),
        _ => Err(step.error(Problem::Operator { operator: short(step.node.operator) })),
    }
}

/// The function that an operator of one input applies to each number.
fn function_of(step: &Step<'_>) -> Result<Option<Function>, Error> {
    let none: &[&str] = &[];
    let (attributes, function) = match step.node.operator {
        "Relu" => (none, Function::RELU),
        "Sigmoid" => (none, Function::Sigmoid),
        "Tanh" => (none, Function::Tanh),
        "Erf" => (none, Function::Erf),
        "Softplus" => (none, Function::Softplus),
        "Softsign" => (none, Function::Softsign),
        "Abs" => (none, Function::Abs),
        "Exp" => (none, Function::Exp),
        "Log" => (none, Function::Log),
        "Sqrt" => (none, Function::Sqrt),
        "Reciprocal" => (none, Function::Reciprocal),
        "Mish" => (none, Function::mish()),
        "Selu" => {
            let alpha = step.float("alpha", 1.673_263_2)?;
            (&["alpha", "gamma"][..], Function::selu(alpha, step.float("gamma", 1.050_701)?))
        }
        "Celu" => match step.float("alpha", 1.0)? {
            0.0 => return step.bad("alpha", "another number than 0"),
            alpha => (&["alpha"][..], Function::celu(alpha)),
        },
        "Neg" => (none, Function::Affine { factor: -1.0, offset: 0.0 }),
        "HardSwish" => (none, Function::hard_swish()),
        "LeakyRelu" => (&["alpha"][..], Function::LeakyRelu { slope: step.float("alpha", 0.01)? }),
        "Elu" => (&["alpha"][..], Function::Elu { alpha: step.float("alpha", 1.0)? }),
        "HardSigmoid" => {
            let (alpha, beta) = (step.float("alpha", 0.2)?, step.float("beta", 0.5)?);
            (&["alpha", "beta"][..], Function::hard_sigmoid(alpha, beta))
        }
        "Gelu" => match step.text("approximate", "none")? {
            "none" => (&["approximate"][..], Function::gelu()),
            "tanh" => (&["approximate"][..], Function::gelu_tanh()),
            _ => return step.bad("approximate", "\"none\" or \"tanh\""),
        },
        "Swish" if step.float("alpha", 1.0)? == 1.0 => (&["alpha"][..], Function::silu()),
        _ => return Ok(None),
    };
    step.expect(1..=1, attributes)?;
    Ok(Some(function))
}

/// The attribute of a `Constant`.
fn constant<'a>(node: &'a Node<'a>) -> Option<&'a Attribute<'a>> {
    ["value", "value_float", "value_int", "value_ints", "value_floats"]
        .iter()
        .find_map(|&name| node.attributes.get(name))
}
