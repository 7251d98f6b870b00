//! The configuration: which layers there are, and what they read.

use super::Error;
use super::layer::{Tensor, apply};
use super::settings::Settings;
use super::weights::Weights;
use crate::network::graph::Graph;
use crate::network::{Error as NetworkError, Network, Problem};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Most layers.
const LAYERS_MAX: usize = 1024;
/// Most tensors that a layer reads.
const READS_MAX: usize = 64;

/// What is known while layers are read.
pub(super) struct State<'a> {
    pub(super) graph: Graph,
    pub(super) weights: &'a Weights,
    /// Whether a shape may still be given to the input.
    pub(super) is_fresh: bool,
}

struct Layer<'a> {
    name: &'a str,
    class: &'a str,
    settings: &'a Map<String, Value>,
    /// Names of the layers that are read; `None` if it is the one before.
    reads: Option<Vec<&'a str>>,
}

fn key<'a>(value: &'a Value, key: &'static str) -> Result<&'a Value, Error> {
    value.get(key).ok_or(Error::Config("the configuration lacks an entry"))
}

fn text<'a>(value: &'a Value, name: &'static str) -> Result<&'a str, Error> {
    key(value, name)?.as_str().ok_or(Error::Config("a name in the configuration is no text"))
}

impl<'a> Layer<'a> {
    fn new(value: &'a Value, is_functional: bool) -> Result<Self, Error> {
        if value.get("registered_name").is_some_and(|name| !name.is_null()) {
            return Err(Error::Config("a layer is of somebody's own class"));
        }
        let settings = key(value, "config")?.as_object();
        let settings = settings.ok_or(Error::Config("a layer has no settings"))?;
        let config = key(value, "config")?;
        let reads = if is_functional { Some(reads(value)?) } else { None };
        Ok(Self { name: text(config, "name")?, class: text(value, "class_name")?, settings, reads })
    }
}

/// The layers that a layer reads, from Keras 3's tensors or Keras 2's lists.
fn reads(value: &Value) -> Result<Vec<&str>, Error> {
    let nodes = key(value, "inbound_nodes")?.as_array();
    let found = match nodes.map(Vec::as_slice) {
        Some([]) => Some(Vec::new()),
        Some([node]) => {
            let mut found = Vec::new();
            tensors(node, &mut found, 0).then_some(found)
        }
        // A layer that is used twice shares its weights.
        _ => None,
    };
    found.ok_or(Error::Config("a layer is used several times, or reads in an unknown way"))
}

/// Collects the layers named in a node; whether all of it was understood.
fn tensors<'a>(value: &'a Value, found: &mut Vec<&'a str>, depth: usize) -> bool {
    if READS_MAX < found.len() || 6 < depth {
        return false;
    }
    let history = |list: &'a [Value]| match list {
        // The layer, which of its uses, which of its outputs; its other arguments.
        [Value::String(name), node, output, rest @ ..] => {
            let is_plain = node.as_u64() == Some(0) && output.as_u64() == Some(0);
            let is_bare = rest.iter().all(|rest| rest.as_object().is_some_and(Map::is_empty));
            (is_plain && is_bare).then_some(name.as_str())
        }
        _ => None,
    };
    match value {
        Value::Object(map) if map.contains_key("class_name") => {
            let list = value.pointer("/config/keras_history").and_then(Value::as_array);
            let name = list.and_then(|list| history(list));
            found.extend(name);
            name.is_some() && map["class_name"] == "__keras_tensor__"
        }
        Value::Object(map) => {
            let (args, kwargs) = (map.get("args"), map.get("kwargs"));
            let is_idle = |value: &Value| value.is_null() || *value == Value::Bool(false);
            let is_bare =
                kwargs.and_then(Value::as_object).is_none_or(|map| map.values().all(is_idle));
            is_bare && args.is_some_and(|args| tensors(args, found, depth + 1))
        }
        Value::Array(list) => match history(list) {
            Some(name) => {
                found.push(name);
                true
            }
            None => list.iter().all(|value| tensors(value, found, depth + 1)),
        },
        _ => false,
    }
}

/// The input layer's place, the graph that it begins, and its tensor.
fn input(
    layers: &[Layer<'_>],
    is_functional: bool,
) -> Result<(usize, Graph, Tensor), NetworkError> {
    let is_input = |layer: &Layer<'_>| layer.class == "InputLayer";
    let at = layers.iter().position(is_input).filter(|&at| is_functional || at == 0);
    let at = at.ok_or(NetworkError::Input)?;
    let layer = &layers[at];
    if layer.reads.as_ref().is_some_and(|reads| !reads.is_empty()) {
        return Err(NetworkError::Input);
    }
    let settings = Settings::new(layer.name, layer.class, layer.settings);
    let (graph, tensor) = super::layer::input(&settings)?;
    settings.finish()?;
    Ok((at, graph, tensor))
}

/// Builds the network.
pub(super) fn build(config: &Value, weights: &Weights) -> Result<Network, NetworkError> {
    let class = text(config, "class_name")?;
    let is_functional = match class {
        "Sequential" => false,
        "Functional" | "Model" => true,
        _ => return Err(Error::Config("the model is neither Sequential nor Functional").into()),
    };
    let inner = key(config, "config")?;
    let layers = key(inner, "layers")?.as_array();
    let layers = layers.ok_or(Error::Config("the model has no layers"))?;
    if LAYERS_MAX < layers.len() {
        return Err(Error::Config("the model has too many layers").into());
    }
    let layers: Vec<Layer<'_>> =
        layers.iter().map(|layer| Layer::new(layer, is_functional)).collect::<Result<_, _>>()?;
    let output = match (inner.get("output_layers"), is_functional) {
        (Some(value), true) => {
            let mut found = Vec::new();
            if !tensors(value, &mut found, 0) || found.len() != 1 {
                return Err(NetworkError::Output);
            }
            Some(found[0])
        }
        (None, true) => return Err(NetworkError::Output),
        (_, false) => None,
    };
    // The order of the list need not be that of the tensors, but for a sequence.
    let (at, graph, tensor) = input(&layers, is_functional)?;
    let mut state = State { graph, weights, is_fresh: true };
    let mut made = BTreeMap::from([(layers[at].name, tensor)]);
    let mut last = Some(tensor);
    let others = layers.iter().enumerate().filter(|(other, _)| *other != at);
    let mut open: Vec<&Layer<'_>> = others.map(|(_, layer)| layer).collect();
    while !open.is_empty() {
        let before = open.len();
        let mut rest = Vec::new();
        for layer in open {
            let reads: Option<Vec<Tensor>> = match &layer.reads {
                Some(names) => names.iter().map(|name| made.get(name).copied()).collect(),
                // One after the other.
                None => Some(last.into_iter().collect()),
            };
            let Some(reads) = reads else {
                rest.push(layer);
                continue;
            };
            let settings = Settings::new(layer.name, layer.class, layer.settings);
            let tensor = apply(&settings, &mut state, &reads)?;
            settings.finish()?;
            if made.insert(layer.name, tensor).is_some() {
                let name = layer.name.chars().take(80).collect();
                return Err(Error::DuplicateLayer { name }.into());
            }
            last = Some(tensor);
        }
        if rest.len() == before {
            let problem = Problem::NoValue { name: "a layer".to_owned() };
            return Err(NetworkError::Step { step: format!("{:?}", rest[0].name), problem });
        }
        open = rest;
    }
    let end = match output {
        Some(name) => made.get(name).copied(),
        None => last,
    };
    super::layer::close(state.graph, end.ok_or(NetworkError::Output)?)
}
