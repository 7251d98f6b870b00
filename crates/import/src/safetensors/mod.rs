//! safetensors, in: the parameters of a network whose architecture stands in another file.
//!
//! A file is the length of a header, eight bytes with the least first; the header, JSON, which says type,
//! shape and place of each tensor; and the numbers. The numbers of all tensors lie one behind the other and
//! fill the rest: a byte that belongs to no tensor, or to two, is an error, as is a name that stands twice.
//! Types are `F32`, `F16` and `BF16`, which 32-bit floats hold exactly.
//!
//! The architecture is the JSON of Keras' `model.to_json()`. Tensors are called as Keras calls its variables,
//! `{variable.path: variable}` of `model.weights`: the last two parts of a name are the layer and the
//! variable, such as `dense_1/kernel`. Every tensor must be read by a layer.

mod error;
mod float;

#[cfg(test)]
mod tests;

pub use error::Error;

use crate::skops::Strict;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Most bytes of a header.
const HEADER_MAX: usize = 1 << 20;
/// Most tensors.
const TENSORS_MAX: usize = 4096;
/// Most axes of a tensor.
const AXES_MAX: usize = 8;
/// An entry of the header that is no tensor.
const METADATA: &str = "__metadata__";

/// Floats of a shape.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tensor {
    pub(crate) dims: Vec<usize>,
    pub(crate) numbers: Vec<f32>,
}

/// Enough of a name to find it.
fn short(name: &str) -> String {
    name.chars().take(80).collect()
}

/// Reads all tensors, by name.
pub(crate) fn read(bytes: &[u8]) -> Result<BTreeMap<String, Tensor>, Error> {
    let (length, rest) = bytes.split_first_chunk().ok_or(Error::Short)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok();
    let length = length.filter(|&length| length <= HEADER_MAX).ok_or(Error::HeaderTooLong)?;
    let (header, data) = rest.split_at_checked(length).ok_or(Error::Short)?;
    if header.first() != Some(&b'{') {
        return Err(Error::NoHeader);
    }
    let Strict(header) = serde_json::from_slice(header).map_err(Error::Json)?;
    let Value::Object(header) = header else { return Err(Error::NoHeader) };
    let mut entries = Vec::new();
    for (name, entry) in &header {
        if name == METADATA {
            // What tools wrote for themselves.
            continue;
        }
        if entries.len() == TENSORS_MAX {
            return Err(Error::TooMany);
        }
        entries.push(Entry::new(name, entry)?);
    }
    entries.sort_by_key(|entry| (entry.start, entry.end));
    let (mut at, mut tensors) = (0, BTreeMap::new());
    for entry in entries {
        let place = || Error::Place { name: short(entry.name) };
        if entry.start != at {
            return Err(place());
        }
        at = entry.end;
        let bytes = data.get(entry.start..entry.end).ok_or_else(place)?;
        let numbers = entry.kind.floats(bytes);
        tensors.insert(entry.name.to_owned(), Tensor { dims: entry.dims, numbers });
    }
    if at == data.len() { Ok(tensors) } else { Err(Error::Rest { got: data.len() - at }) }
}

/// What the header says of a tensor.
struct Entry<'a> {
    name: &'a str,
    kind: float::Kind,
    dims: Vec<usize>,
    start: usize,
    end: usize,
}

impl<'a> Entry<'a> {
    fn new(name: &'a str, entry: &'a Value) -> Result<Self, Error> {
        let malformed = || Error::Entry { name: short(name) };
        let entry: &Map<String, Value> = entry.as_object().ok_or_else(malformed)?;
        let known = ["dtype", "shape", "data_offsets"];
        if entry.len() != known.len() || !known.iter().all(|key| entry.contains_key(*key)) {
            return Err(malformed());
        }
        let kind = entry["dtype"].as_str().ok_or_else(malformed)?;
        let unknown = || Error::Type { name: short(name), got: short(kind) };
        let kind = float::Kind::of(kind).ok_or_else(unknown)?;
        let sizes = |key: &str| {
            let list = entry[key].as_array().filter(|list| list.len() <= AXES_MAX);
            let size = |size: &Value| usize::try_from(size.as_u64()?).ok();
            list.and_then(|list| list.iter().map(size).collect::<Option<Vec<usize>>>())
        };
        let dims = sizes("shape").ok_or_else(malformed)?;
        let Some(&[start, end]) = sizes("data_offsets").as_deref() else {
            return Err(malformed());
        };
        let size = dims.iter().try_fold(kind.size(), |size, &axis| size.checked_mul(axis));
        if size.is_none() || end.checked_sub(start) != size {
            return Err(Error::Size { name: short(name) });
        }
        Ok(Self { name, kind, dims, start, end })
    }
}
