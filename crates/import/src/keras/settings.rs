//! A layer's settings: each is read, or must have its usual value.

use crate::network::graph::Fault;
use crate::network::{Error, Problem};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Settings that say nothing about what a trained layer answers.
const ASIDE: [&str; 34] = [
    "activity_regularizer",
    "beta_constraint",
    "beta_initializer",
    "beta_regularizer",
    "bias_constraint",
    "bias_initializer",
    "bias_regularizer",
    "depthwise_constraint",
    "depthwise_initializer",
    "depthwise_regularizer",
    "dtype",
    "alpha_constraint",
    "alpha_initializer",
    "alpha_regularizer",
    "embeddings_constraint",
    "embeddings_initializer",
    "embeddings_regularizer",
    "gamma_constraint",
    "gamma_initializer",
    "gamma_regularizer",
    "kernel_constraint",
    "kernel_initializer",
    "kernel_regularizer",
    "momentum",
    "moving_mean_initializer",
    "moving_variance_initializer",
    "name",
    "noise_shape",
    "pointwise_constraint",
    "pointwise_initializer",
    "pointwise_regularizer",
    "renorm_momentum",
    "seed",
    "trainable",
];

/// The settings of a layer, of which none may be left unread.
pub(super) struct Settings<'a> {
    pub(super) name: &'a str,
    pub(super) class: &'a str,
    all: &'a Map<String, Value>,
    read: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Settings<'a> {
    pub(super) fn new(name: &'a str, class: &'a str, all: &'a Map<String, Value>) -> Self {
        Self { name, class, all, read: RefCell::default() }
    }

    pub(super) fn error(&self, problem: Problem) -> Error {
        let short = |text: &str| text.chars().take(80).collect::<String>();
        Error::Step { step: format!("{} {:?}", short(self.class), short(self.name)), problem }
    }

    pub(super) fn fault(&self, fault: Fault) -> Error {
        self.error(Problem::Fault(fault))
    }

    pub(super) fn layout(&self, what: &'static str) -> Error {
        self.error(Problem::Layout(what))
    }

    pub(super) fn bad(&self, name: &'static str, expected: &'static str) -> Error {
        self.error(Problem::Value { name, expected })
    }

    /// A setting; `None` where there is none, or null.
    pub(super) fn get(&self, name: &'static str) -> Option<&'a Value> {
        self.read.borrow_mut().insert(name);
        self.all.get(name).filter(|value| !value.is_null())
    }

    /// Checks that settings have values that change nothing.
    pub(super) fn usual(&self, list: &[(&'static str, Value)]) -> Result<(), Error> {
        for (name, usual) in list {
            if self.get(name).is_some_and(|value| value != usual) {
                return Err(self.bad(name, "the usual value"));
            }
        }
        Ok(())
    }

    /// Checks that every setting was read.
    pub(super) fn finish(&self) -> Result<(), Error> {
        let read = self.read.borrow();
        let is_open =
            |name: &&String| !read.contains(name.as_str()) && !ASIDE.contains(&name.as_str());
        match self.all.keys().find(is_open) {
            Some(name) => {
                Err(self.error(Problem::Attribute { name: name.chars().take(80).collect() }))
            }
            None => Ok(()),
        }
    }

    pub(super) fn flag(&self, name: &'static str, default: bool) -> Result<bool, Error> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => value.as_bool().ok_or_else(|| self.bad(name, "true or false")),
        }
    }

    pub(super) fn size(&self, name: &'static str) -> Result<usize, Error> {
        let size =
            self.get(name).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
        size.filter(|size| (1..=1 << 14).contains(size)).ok_or_else(|| self.bad(name, "a size"))
    }

    pub(super) fn number(&self, name: &'static str, default: f64) -> Result<f32, Error> {
        let number = match self.get(name) {
            None => Some(default),
            // Keras writes some numbers as arrays.
            Some(value) => value.as_f64().or_else(|| value.get("config")?.get("value")?.as_f64()),
        };
        let number = number.map(|number| number as f32).filter(|number| number.is_finite());
        number.ok_or_else(|| self.bad(name, "a number"))
    }

    pub(super) fn text(&self, name: &'static str, default: &'static str) -> Result<&'a str, Error> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => value.as_str().ok_or_else(|| self.bad(name, "text")),
        }
    }

    /// One size for each of `N` axes; a lone one stands for all.
    pub(super) fn sizes<const N: usize>(&self, name: &'static str) -> Result<[usize; N], Error> {
        let size = |value: &Value| {
            let size = value.as_u64().and_then(|size| usize::try_from(size).ok());
            size.filter(|size| (1..=1 << 14).contains(size))
        };
        let sizes = match self.get(name) {
            None => Some([1; N]),
            Some(Value::Array(list)) => {
                let sizes: Option<Vec<usize>> = list.iter().map(size).collect();
                sizes.and_then(|sizes| sizes.try_into().ok())
            }
            Some(value) => size(value).map(|size| [size; N]),
        };
        sizes.ok_or_else(|| self.bad(name, "a size for each axis"))
    }
}
