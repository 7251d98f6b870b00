//! A node of the file while it is read: its attributes, and what to say if it cannot be.

use super::value::Value;
use crate::network::graph::{Fault, Graph, Node as Made};
use crate::network::{Error, Problem};
use crate::onnx::read::proto::{Attribute, Node, short};
use std::collections::BTreeMap;

/// A node of the file, and the values that were made before it.
pub(super) struct Step<'a> {
    pub(super) node: &'a Node<'a>,
    /// The version of the default operators.
    pub(super) version: i64,
    pub(super) values: &'a BTreeMap<&'a str, Value>,
}

impl<'a> Step<'a> {
    pub(super) fn error(&self, problem: Problem) -> Error {
        Error::Step { step: title(self.node), problem }
    }

    pub(super) fn layout<T>(&self, what: &'static str) -> Result<T, Error> {
        Err(self.error(Problem::Layout(what)))
    }

    /// Appends a step of ours.
    pub(super) fn push(&self, graph: &mut Graph, node: Made) -> Result<usize, Error> {
        graph.push(node).map_err(|fault| self.fault(fault))
    }

    pub(super) fn fault(&self, fault: Fault) -> Error {
        self.error(Problem::Fault(fault))
    }

    /// Checks that there are no other attributes, and as many inputs.
    pub(super) fn expect(
        &self,
        inputs: std::ops::RangeInclusive<usize>,
        attributes: &[&str],
    ) -> Result<(), Error> {
        if !inputs.contains(&self.node.inputs.len()) {
            return Err(self.error(Problem::Arity));
        }
        match self.node.attributes.keys().find(|name| !attributes.contains(name)) {
            Some(name) => Err(self.error(Problem::Attribute { name: short(name) })),
            None => Ok(()),
        }
    }

    pub(super) fn bad<T>(&self, name: &'static str, expected: &'static str) -> Result<T, Error> {
        Err(self.error(Problem::Value { name, expected }))
    }

    pub(super) fn int(&self, name: &'static str, default: i64) -> Result<i64, Error> {
        match self.node.attributes.get(name) {
            None => Ok(default),
            Some(&Attribute::Int(value)) => Ok(value),
            Some(_) => self.bad(name, "an integer"),
        }
    }

    pub(super) fn float(&self, name: &'static str, default: f32) -> Result<f32, Error> {
        match self.node.attributes.get(name) {
            None => Ok(default),
            Some(&Attribute::Float(value)) if value.is_finite() => Ok(value),
            Some(_) => self.bad(name, "a number"),
        }
    }

    pub(super) fn ints(&self, name: &'static str) -> Result<Option<&'a [i64]>, Error> {
        match self.node.attributes.get(name) {
            None => Ok(None),
            Some(Attribute::Ints(values)) => Ok(Some(values)),
            Some(_) => self.bad(name, "a list of integers"),
        }
    }

    pub(super) fn text(&self, name: &'static str, default: &'static str) -> Result<&'a str, Error> {
        match self.node.attributes.get(name) {
            None => Ok(default),
            Some(Attribute::Text(bytes)) => {
                std::str::from_utf8(bytes).or_else(|_| self.bad(name, "text"))
            }
            Some(_) => self.bad(name, "text"),
        }
    }

    /// Checks that an attribute has its usual value.
    pub(super) fn only(&self, name: &'static str, usual: i64) -> Result<(), Error> {
        if self.int(name, usual)? == usual { Ok(()) } else { self.bad(name, "the usual value") }
    }

    /// An axis of a tensor that has `rank` axes behind the rows.
    pub(super) fn axis(&self, axis: i64, rank: usize) -> Result<usize, Error> {
        let all = rank as i64 + 1;
        let axis = if axis < 0 { axis.saturating_add(all) } else { axis };
        match axis {
            1.. if axis < all => Ok(axis as usize - 1),
            _ => self.layout("an axis is that of the rows, or does not exist"),
        }
    }
}

/// The operator and its name in the file.
pub(super) fn title(node: &Node<'_>) -> String {
    let name = if node.name.is_empty() { node.outputs.first().unwrap_or(&"") } else { &node.name };
    format!("{} {:?}", short(node.operator), short(name))
}
