//! The graph's input, and where the columns of a table go in it.

use super::reshape::{target, zeros};
use super::step::Step;
use super::value::Value;
use super::view::{Axis, Dim, View};
use crate::network::Error;
use crate::network::graph::{Graph, Shape};
use crate::onnx::read::graph::rows;
use crate::onnx::read::proto::{Graph as File, Node};

/// The input, with what was made of it so far.
pub(super) struct Input<'a> {
    pub(super) name: &'a str,
    pub(super) graph: Graph,
    pub(super) view: View,
    /// For each of our cells, the file's.
    pub(super) columns: Vec<usize>,
    /// The nodes that read the input.
    readers: Vec<&'a Node<'a>>,
    nodes: &'a [Node<'a>],
}

/// Element types of numbers: floats and integers.
const NUMBERS: [i64; 4] = [1, 6, 7, 11];

/// Whether an image's channels are its first axis or its last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As what is done with it first tells.
    Told,
    /// Last, though nothing tells.
    Last,
}

/// Reads the input.
pub(super) fn read<'a>(file: &'a File<'a>, order: Order) -> Result<Input<'a>, Error> {
    let input = rows(file)?;
    let lengths: Option<Vec<usize>> = input
        .shape
        .iter()
        .skip(1)
        .map(|length| length.and_then(|length| usize::try_from(length).ok()))
        .collect();
    let lengths = lengths.filter(|_| NUMBERS.contains(&input.element)).ok_or(Error::Input)?;
    let readers = readers(&file.nodes, input.name);
    let is_last = order == Order::Last || are_channels_last(&readers);
    let (shape, dims) = shaped(&lengths, is_last).ok_or(Error::Input)?;
    let graph = Graph::new(shape).map_err(Error::Answer)?;
    let view = View { tensor: 0, dims };
    let columns = view.order(shape);
    Ok(Input { name: input.name, graph, view, columns, readers, nodes: &file.nodes })
}

fn readers<'a>(nodes: &'a [Node<'a>], name: &str) -> Vec<&'a Node<'a>> {
    nodes.iter().filter(|node| node.inputs.contains(&name)).collect()
}

/// Whether all that is done with a tensor is to put its channels, which come last, first.
fn are_channels_last(readers: &[&Node<'_>]) -> bool {
    use crate::onnx::read::proto::Attribute::Ints;
    let is_transpose = |node: &&Node<'_>| {
        node.operator == "Transpose"
            && matches!(node.attributes.get("perm"), Some(Ints(order)) if matches!(order[..], [0, 3, 1, 2] | [0, 2, 1]))
    };
    !readers.is_empty() && readers.iter().all(is_transpose)
}

/// Our shape for a file's axes, and what they are.
fn shaped(lengths: &[usize], is_last: bool) -> Option<(Shape, Vec<Dim>)> {
    let of = |list: &[(Axis, usize)]| list.iter().map(|&(axis, len)| Dim::of(axis, len)).collect();
    use Axis::{Channels, Height, Width};
    Some(match *lengths {
        [features] => (Shape::flat(features), of(&[(Channels, features)])),
        [w, c] if is_last => (Shape::new(1, w, c), of(&[(Width, w), (Channels, c)])),
        [c, w] => (Shape::new(1, w, c), of(&[(Channels, c), (Width, w)])),
        [h, w, c] if is_last => {
            (Shape::new(h, w, c), of(&[(Height, h), (Width, w), (Channels, c)]))
        }
        [c, h, w] => (Shape::new(h, w, c), of(&[(Channels, c), (Height, h), (Width, w)])),
        _ => return None,
    })
}

impl Input<'_> {
    /// Makes the input, which has one number for each place of a sequence, a tensor of one channel.
    /// Returns whether `view` is the input, and nothing was made of it yet.
    pub(super) fn be_sequence(&mut self, view: &View) -> bool {
        let is_first = view.tensor == 0 && view.dims.len() == 1 && self.graph.nodes().is_empty();
        let len = view.dims.first().map_or(0, Dim::len);
        match Graph::new(Shape::new(1, len, 1)) {
            // Whoever reads the input beside knows its axes by other names.
            Ok(graph) if is_first && self.has_one_reader() => {
                self.graph = graph;
                self.columns = (0..len).collect();
                true
            }
            _ => false,
        }
    }

    /// Whether the input is read once, and what it is cast to as well.
    fn has_one_reader(&self) -> bool {
        let mut name = self.name;
        for _ in self.nodes {
            let readers = readers(self.nodes, name);
            let [reader] = readers.as_slice() else { return false };
            match (reader.operator, reader.outputs.first()) {
                ("Cast" | "Identity", Some(output)) => name = output,
                _ => return true,
            }
        }
        false
    }

    /// A `Reshape` of the rows themselves makes images of them: then the input has that shape.
    pub(super) fn reshape(&mut self, step: &Step<'_>) -> Result<Option<View>, Error> {
        let is_first = step.node.operator == "Reshape"
            && step.node.inputs.first() == Some(&self.name)
            && self.readers.iter().all(|reader| matches!(reader.operator, "Reshape" | "Shape"))
            && self.readers.iter().filter(|reader| reader.operator == "Reshape").count() == 1
            && self.graph.nodes().is_empty()
            && self.view.dims.len() == 1;
        let (true, Some(Value::Integers(asked))) =
            (is_first, step.node.inputs.get(1).and_then(|name| step.values.get(name)))
        else {
            return Ok(None);
        };
        step.expect(2..=2, &["allowzero"])?;
        zeros(step, asked)?;
        let old = [self.view.dims[0].len()];
        let output = step.node.outputs.first().copied().unwrap_or_default();
        let is_last = are_channels_last(&readers(self.nodes, output));
        let made = target(asked, &old).and_then(|lengths| shaped(&lengths, is_last));
        let Some((shape, dims)) = made else { return Ok(None) };
        self.graph = Graph::new(shape).map_err(|fault| step.fault(fault))?;
        let view = View { tensor: 0, dims };
        self.columns = view.order(shape);
        Ok(Some(view))
    }
}
