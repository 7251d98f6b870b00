//! The card of a listing, as a file: one JSON object under the names of Hugging Face's data set cards.

use crate::{
    failure::{Code, Explain, Failure, Result},
    files,
};
use assay_types::Card;
use assay_types::bounded::{List, Text};
use serde_json::{Map, Value};
use std::path::Path;

/// Most bytes of the file.
const BYTES_MAX: u64 = 1 << 16;

/// Reads a card.
pub(crate) fn read(path: &Path) -> Result<Card> {
    let bytes = files::read(path, BYTES_MAX)?;
    let parsed = serde_json::from_slice(&bytes).map_err(Failure::from);
    parsed
        .and_then(card)
        .context(format!("{} is not a card", path.display()))
        .hint(r#"a card is {"pretty_name": …, "description": …, "tags": […], "task_categories": […], "source_datasets": …}; only the first is needed"#)
}

fn card(mut fields: Map<String, Value>) -> Result<Card> {
    let card = Card {
        pretty_name: text(fields.remove("pretty_name"), "pretty_name")?,
        description: text(fields.remove("description"), "description")?,
        tags: texts(fields.remove("tags"), "tags")?,
        task_categories: texts(fields.remove("task_categories"), "task_categories")?,
        source: text(fields.remove("source_datasets"), "source_datasets")?,
    };
    if let Some(name) = fields.keys().next() {
        return Err(Failure::new(Code::Error, format!("there is no field {name:?} in a card")));
    }
    if card.pretty_name.as_str().is_empty() {
        return Err(Failure::new(Code::Error, "pretty_name is missing"));
    }
    Ok(card)
}

fn text<const MAX: usize>(value: Option<Value>, name: &str) -> Result<Text<MAX>> {
    match value {
        None => Ok(Text::default()),
        Some(Value::String(text)) => {
            Text::new(text).map_err(|rule| Failure::new(Code::Error, format!("{name}: {rule}")))
        }
        Some(_) => Err(Failure::new(Code::Error, format!("{name} is not text"))),
    }
}

fn texts<const LEN: usize, const MAX: usize>(
    value: Option<Value>,
    name: &str,
) -> Result<List<Text<LEN>, MAX>> {
    let values = match value {
        None => Vec::new(),
        Some(Value::Array(values)) => values,
        Some(_) => return Err(Failure::new(Code::Error, format!("{name} is not a list"))),
    };
    let texts: Result<Vec<_>> = values.into_iter().map(|value| text(Some(value), name)).collect();
    List::new(texts?)
        .ok_or_else(|| Failure::new(Code::Error, format!("{name} has more than {MAX} entries")))
}
