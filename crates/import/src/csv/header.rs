//! The first line: which column goes where.

use super::Error;
use assay_model::{NAME_BYTES_MAX, Schema};
use std::collections::{BTreeMap, BTreeSet};

/// Checks the names of the columns, which stand on line `row`.
pub(super) fn names(names: Vec<String>, row: u64) -> Result<Vec<String>, Error> {
    let mut seen = BTreeSet::new();
    for (place, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(Error::Unnamed { number: place + 1 });
        }
        if NAME_BYTES_MAX < name.len() {
            return Err(Error::NameTooLong { what: "a column's name", row, got: name.len() });
        }
        if !seen.insert(name) {
            return Err(Error::Duplicate { name: name.clone() });
        }
    }
    Ok(names)
}

/// Where the target and, in the order of the table, the features stand in a record.
pub(super) struct Places {
    pub(super) target: Option<usize>,
    pub(super) features: Vec<usize>,
}

/// Takes every column beside the target as a feature, in the order of the file.
pub(super) fn free(names: &[String], target: &str) -> Result<Places, Error> {
    let Some(place) = names.iter().position(|name| name == target) else {
        return Err(Error::NoTarget { target: target.to_owned(), columns: names.to_vec() });
    };
    let features: Vec<usize> = (0..names.len()).filter(|&other| other != place).collect();
    if features.is_empty() {
        return Err(Error::NoFeatures { target: target.to_owned() });
    }
    Ok(Places { target: Some(place), features })
}

/// Finds the columns of `schema` by name; nothing but they and the target may be there.
pub(super) fn matched(names: &[String], schema: &Schema) -> Result<Places, Error> {
    let by_name: BTreeMap<&String, usize> = names.iter().zip(0..).collect();
    let is_missing = |name: &&String| !by_name.contains_key(name);
    let missing: Vec<String> = schema.features().iter().filter(is_missing).cloned().collect();
    if !missing.is_empty() {
        return Err(Error::MissingColumns { names: missing });
    }
    let known: BTreeSet<&str> = schema.features().iter().map(String::as_str).collect();
    let is_extra =
        |name: &&String| name.as_str() != schema.target() && !known.contains(name.as_str());
    let extra: Vec<String> = names.iter().filter(is_extra).cloned().collect();
    if !extra.is_empty() {
        return Err(Error::ExtraColumns { names: extra });
    }
    let features = schema.features().iter().filter_map(|name| by_name.get(name).copied()).collect();
    let target = names.iter().position(|name| name == schema.target());
    Ok(Places { target, features })
}
