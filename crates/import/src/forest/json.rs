//! Parts of a JSON file that know where they stand.

use super::Error;
use crate::skops::Strict;
use serde_json::Value;

/// A part of a file. Every way to read it says where it failed.
#[derive(Clone, Debug)]
pub(crate) struct Json<'a> {
    value: &'a Value,
    place: String,
}

impl<'a> Json<'a> {
    /// Parses a file in which no key stands twice.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Value, Error> {
        let Strict(value) = serde_json::from_slice(bytes).map_err(Error::Json)?;
        Ok(value)
    }

    pub(crate) fn root(value: &'a Value) -> Self {
        Self { value, place: "the model".to_owned() }
    }

    fn other(&self, expected: &'static str) -> Error {
        Error::Kind { place: self.place.clone(), expected }
    }

    /// An error about this part's value.
    pub(crate) fn unsupported(&self) -> Error {
        let mut got = self.value.to_string();
        got.truncate(got.char_indices().nth(80).map_or(got.len(), |(at, _)| at));
        Error::Unsupported { place: self.place.clone(), got }
    }

    /// The entry `key`, if there is one.
    pub(crate) fn optional(&self, key: &str) -> Result<Option<Self>, Error> {
        let map = self.value.as_object().ok_or_else(|| self.other("object"))?;
        let place = || format!("{}.{key}", self.place);
        Ok(map.get(key).map(|value| Self { value, place: place() }))
    }

    /// The entry `key`.
    pub(crate) fn get(&self, key: &str) -> Result<Self, Error> {
        let missing = || Error::Missing { place: format!("{}.{key}", self.place) };
        self.optional(key)?.ok_or_else(missing)
    }

    /// The items of a list.
    pub(crate) fn list(&self) -> Result<impl Iterator<Item = Self> + use<'a>, Error> {
        let items = self.value.as_array().ok_or_else(|| self.other("list"))?;
        let place = self.place.clone();
        let item = move |(index, value)| Self { value, place: format!("{place}[{index}]") };
        Ok(items.iter().enumerate().map(item))
    }

    /// A list without items, or nothing.
    pub(crate) fn is_empty_list(&self) -> bool {
        self.value.as_array().is_some_and(Vec::is_empty)
    }

    pub(crate) fn text(&self) -> Result<&'a str, Error> {
        self.value.as_str().ok_or_else(|| self.other("text"))
    }

    pub(crate) fn truth(&self) -> Result<bool, Error> {
        self.value.as_bool().ok_or_else(|| self.other("truth value"))
    }

    /// A number, or the text of one.
    pub(crate) fn number(&self) -> Result<f64, Error> {
        let number = match self.value {
            Value::String(text) => text.trim().parse().ok(),
            value => value.as_f64(),
        };
        number.ok_or_else(|| self.other("number"))
    }

    /// An integer, or the text of one.
    pub(crate) fn integer(&self) -> Result<i64, Error> {
        let number = match self.value {
            Value::String(text) => text.trim().parse().ok(),
            value => value.as_i64(),
        };
        number.ok_or_else(|| self.other("integer"))
    }

    /// A size.
    pub(crate) fn size(&self) -> Result<usize, Error> {
        usize::try_from(self.integer()?).map_err(|_| self.other("size"))
    }

    /// All numbers of a list.
    pub(crate) fn numbers(&self) -> Result<Vec<f64>, Error> {
        let items = self.value.as_array().ok_or_else(|| self.other("list"))?;
        let number = |value: &Value| value.as_f64().ok_or_else(|| self.other("list of numbers"));
        items.iter().map(number).collect()
    }

    /// All integers of a list.
    pub(crate) fn integers(&self) -> Result<Vec<i64>, Error> {
        let items = self.value.as_array().ok_or_else(|| self.other("list"))?;
        let integer = |value: &Value| value.as_i64().ok_or_else(|| self.other("list of integers"));
        items.iter().map(integer).collect()
    }
}
