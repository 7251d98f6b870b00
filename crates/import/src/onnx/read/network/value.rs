//! What a name of the file stands for while it is read.

use super::view::View;
use super::{Error, Step};
use crate::network::Problem;
use crate::onnx::read::proto::Tensor;

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Computed from the row.
    Computed(View),
    /// The row's own numbers, cut to whole ones: places of a table, and nothing else.
    Places(View),
    /// Floats that are the same for all rows.
    Floats(Array),
    /// Integers that are the same for all rows, `None` where the number of rows stands: shapes, axes.
    Integers(Vec<Option<i64>>),
}

/// Floats of a shape, the last axis innermost.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Array {
    pub(super) dims: Vec<usize>,
    pub(super) numbers: Vec<f32>,
}

impl Array {
    /// Reads a tensor of floats whose shape fits.
    pub(super) fn new(tensor: &Tensor<'_>) -> Option<Self> {
        let dims = tensor.shape()?;
        let numbers = tensor.floats()?;
        Some(Self { dims, numbers })
    }

    /// The one number, if it is one.
    pub(super) fn scalar(&self) -> Option<f32> {
        if let &[number] = self.numbers.as_slice() { Some(number) } else { None }
    }
}

impl Value {
    /// Reads a constant.
    pub(super) fn of(tensor: &Tensor<'_>) -> Option<Self> {
        if let Some(array) = Array::new(tensor) {
            return Some(Self::Floats(array));
        }
        let numbers = tensor.all_integers()?;
        (tensor.shape()?.len() <= 1)
            .then(|| Self::Integers(numbers.into_iter().map(Some).collect()))
    }
}

impl Value {
    /// Bytes of a constant.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Computed(_) | Self::Places(_) => 0,
            Self::Floats(array) => size_of_val(array.numbers.as_slice()),
            Self::Integers(list) => size_of_val(list.as_slice()),
        }
    }
}

impl<'a> Step<'a> {
    /// Input `at`, unless it is left out.
    pub(super) fn optional(&self, at: usize) -> Option<&'a str> {
        self.node.inputs.get(at).copied().filter(|name| !name.is_empty())
    }

    /// Input `at`.
    pub(super) fn value(&self, at: usize) -> Result<&Value, Error> {
        let name = self.optional(at).ok_or_else(|| self.error(Problem::Arity))?;
        let missing = || Problem::NoValue { name: super::short(name) };
        self.values.get(name).ok_or_else(|| self.error(missing()))
    }

    /// Input `at`, which is computed.
    pub(super) fn computed(&self, at: usize) -> Result<View, Error> {
        match self.value(at)? {
            Value::Computed(view) => Ok(view.clone()),
            _ => Err(self.error(Problem::NotComputed)),
        }
    }

    /// Input `at`, which is constant floats.
    pub(super) fn floats(&self, at: usize, what: &'static str) -> Result<&Array, Error> {
        match self.value(at)? {
            Value::Floats(array) => Ok(array),
            _ => Err(self.error(Problem::NotConstant { what })),
        }
    }

    /// Input `at`, which is constant integers if it is there.
    pub(super) fn integers(
        &self,
        at: usize,
        what: &'static str,
    ) -> Result<Option<Vec<i64>>, Error> {
        if self.optional(at).is_none() {
            return Ok(None);
        }
        let known = match self.value(at)? {
            Value::Integers(list) => list.iter().copied().collect(),
            _ => None,
        };
        known.map(Some).ok_or_else(|| self.error(Problem::NotConstant { what }))
    }
}
