//! A part of `schema.json`, and where it stands.

use super::json::Strict;
use super::npy::{Array, Kind, double};
use super::zip::{Archive, beginning};
use super::{Error, truth};
use serde_json::{Map, Value};

/// A part of the schema. Every way to read it says where it failed.
pub(super) struct Part<'a> {
    archive: &'a Archive<'a>,
    value: &'a Value,
    place: String,
}

impl<'a> Part<'a> {
    pub(super) fn root(archive: &'a Archive<'a>, value: &'a Value) -> Self {
        Self { archive, value, place: "the model".to_owned() }
    }

    /// Another value at the same place.
    pub(super) fn beside(&self, value: &'a Value) -> Self {
        Self { archive: self.archive, value, place: self.place.clone() }
    }

    pub(super) fn other(&self, expected: &'static str) -> Error {
        Error::Kind { place: self.place.clone(), expected }
    }

    fn map(&self) -> Result<&'a Map<String, Value>, Error> {
        self.value.as_object().ok_or_else(|| self.other("object"))
    }

    /// The entry `key`, which describes this part.
    pub(super) fn child(&self, key: &str) -> Result<Self, Error> {
        let place = format!("{}.{key}", self.place);
        let value = self.map()?.get(key);
        let value = value.ok_or_else(|| Error::Missing { place: place.clone() })?;
        Ok(Self { archive: self.archive, value, place })
    }

    /// The text under `key`.
    pub(super) fn text(&self, key: &str) -> Result<&'a str, Error> {
        let child = self.child(key)?;
        child.value.as_str().ok_or_else(|| child.other("text"))
    }

    /// This part, if skops reads it with `loader`.
    pub(super) fn of(self, loader: &str, expected: &'static str) -> Result<Self, Error> {
        if self.text("__loader__")? == loader { Ok(self) } else { Err(self.other(expected)) }
    }

    fn entries(&self) -> Result<&'a Map<String, Value>, Error> {
        let loader = self.text("__loader__")?;
        let content = self.child("content")?;
        if loader == "DictNode" { content.map() } else { Err(self.other("dictionary")) }
    }

    /// The keys of a dictionary.
    pub(super) fn keys(&self) -> Result<impl Iterator<Item = &'a str>, Error> {
        Ok(self.entries()?.keys().map(String::as_str))
    }

    /// The value of a dictionary's `key`, if it has one.
    pub(super) fn optional(&self, key: &str) -> Result<Option<Self>, Error> {
        let place = beginning(key);
        let value = self.entries()?.get(key);
        Ok(value.map(|value| Self { archive: self.archive, value, place }))
    }

    /// The value of a dictionary's `key`.
    pub(super) fn item(&self, key: &str) -> Result<Self, Error> {
        self.optional(key)?.ok_or_else(|| Error::Missing { place: beginning(key) })
    }

    /// The items of a tuple.
    pub(super) fn tuple(&self) -> Result<Vec<Self>, Error> {
        let loader = self.text("__loader__")?;
        let content = self.child("content")?;
        match content.value.as_array() {
            Some(items) if loader == "TupleNode" => {
                Ok(items.iter().map(|item| self.beside(item)).collect())
            }
            _ => Err(self.other("tuple")),
        }
    }

    /// The items of a list, each with its place.
    pub(super) fn items(&self) -> Result<Vec<Self>, Error> {
        let loader = self.text("__loader__")?;
        let content = self.child("content")?;
        let is_list =
            loader == "ListNode" || (loader == "NdArrayNode" && self.text("type")? == "json");
        let items =
            content.value.as_array().filter(|_| is_list).ok_or_else(|| self.other("list"))?;
        let item = |(index, value)| Self {
            archive: self.archive,
            value,
            place: format!("{}[{index}]", self.place),
        };
        Ok(items.iter().enumerate().map(item).collect())
    }

    /// The text of a plain value.
    pub(super) fn plain_text(&self) -> Result<String, Error> {
        match self.plain()? {
            Value::String(text) => Ok(text),
            _ => Err(self.other("text")),
        }
    }

    /// Whether it is Python's `None`.
    pub(super) fn is_none(&self) -> bool {
        self.plain().is_ok_and(|value| value.is_null())
    }

    /// A truth value.
    pub(super) fn truth(&self) -> Result<bool, Error> {
        self.plain()?.as_bool().ok_or_else(|| self.other("truth value"))
    }

    /// A number.
    pub(super) fn number(&self) -> Result<f64, Error> {
        self.plain()?.as_f64().ok_or_else(|| self.other("number"))
    }

    /// An array of 64-bit floats.
    pub(super) fn doubles(&self) -> Result<Vec<f64>, Error> {
        let array = self.array()?;
        match array.kind {
            Kind::Double => Ok(array.elements().map(double).collect()),
            _ => Err(array.other_type()),
        }
    }

    /// The items of an array of Python objects, which skops writes one by one; `None` for others.
    pub(super) fn list(&self) -> Result<Option<&'a [Value]>, Error> {
        if self.text("__loader__")? != "NdArrayNode" || self.text("type")? != "json" {
            return Ok(None);
        }
        let content = self.child("content")?;
        let items = content.value.as_array().ok_or_else(|| self.other("list"))?;
        Ok(Some(items))
    }

    /// The array's file beside the schema.
    fn file(&self) -> Result<&'a str, Error> {
        if self.text("__loader__")? != "NdArrayNode" || self.text("type")? != "numpy" {
            return Err(self.other("array"));
        }
        self.text("file")
    }

    /// The array beside the schema.
    pub(super) fn array(&self) -> Result<Array, Error> {
        let file = self.file()?;
        Array::new(&beginning(file), self.archive.read(file, usize::MAX)?)
    }

    /// The matrix of floats beside the schema: rows, columns, and the numbers row by row.
    pub(super) fn matrix(&self) -> Result<(usize, usize, Vec<f32>), Error> {
        let file = self.file()?;
        let array = Array::in_any_order(&beginning(file), self.archive.read(file, usize::MAX)?)?;
        array.matrix()?.ok_or_else(|| self.other("matrix"))
    }

    /// A plain value, which skops writes as JSON in JSON.
    fn plain(&self) -> Result<Value, Error> {
        if self.text("__loader__")? != "JsonNode" {
            return Err(self.other("plain value"));
        }
        let Strict(value) = serde_json::from_str(self.text("content")?).map_err(Error::Json)?;
        Ok(value)
    }

    /// An integer, or nothing where Python has `None`.
    pub(super) fn optional_integer(&self) -> Result<Option<i64>, Error> {
        if self.text("__loader__")? == "NdArrayNode" {
            // An integer of NumPy.
            return match self.array()?.integers()?.as_slice() {
                &[value] => Ok(Some(value)),
                _ => Err(self.other("integer")),
            };
        }
        match self.plain()? {
            Value::Null => Ok(None),
            value => value.as_i64().map(Some).ok_or_else(|| self.other("integer")),
        }
    }

    /// An integer.
    pub(super) fn integer(&self) -> Result<i64, Error> {
        self.optional_integer()?.ok_or_else(|| self.other("integer"))
    }

    /// The name of a class or feature, as Python writes it.
    pub(super) fn name(&self) -> Result<String, Error> {
        match self.plain()? {
            Value::String(text) => Ok(text),
            Value::Bool(value) => Ok(truth(value)),
            Value::Number(number) if number.as_i64().is_some() => Ok(number.to_string()),
            _ => Err(self.other("text or integer")),
        }
    }
}
