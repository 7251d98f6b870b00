//! Pages of lists.

use super::answer::{Document, number};
use assay_api::Problem;
use serde::Deserialize;
use serde_json::Value;

/// Documents of a page, unless asked for.
const LIMIT: usize = 50;
/// Most documents of a page.
const LIMIT_MAX: usize = 256;

/// What every list may be asked with.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Page {
    pub(super) after: Option<String>,
    pub(super) limit: Option<String>,
}

impl Page {
    /// How many documents are wanted.
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        let Some(limit) = &self.limit else { return Ok(LIMIT) };
        let limit = usize::try_from(number(limit, "limit")?).unwrap_or(usize::MAX);
        if (1..=LIMIT_MAX).contains(&limit) {
            Ok(limit)
        } else {
            Err(Problem::malformed(format!("limit is 1 to {LIMIT_MAX}")))
        }
    }

    /// The page of a list behind `after`. `name` gives the name of an item, `show` its document.
    pub(super) fn of<T>(
        &self,
        items: &[T],
        name: impl Fn(&T) -> String,
        show: impl Fn(&T) -> Value,
    ) -> Result<Document, Problem> {
        let limit = self.limit()?;
        let start = match &self.after {
            None => 0,
            Some(after) => {
                let at = items.iter().position(|item| name(item) == *after);
                at.ok_or_else(|| Problem::malformed("`after` names nothing in this list"))? + 1
            }
        };
        let rest = items.get(start..).unwrap_or_default();
        let page = rest.get(..limit).unwrap_or(rest);
        let next = page.last().filter(|_| page.len() < rest.len()).map(&name);
        Ok(Document(assay_api::page(page.iter().map(show).collect(), next)))
    }
}

/// Reads a flag of a query.
pub(super) fn flag(text: Option<&str>, what: &str) -> Result<bool, Problem> {
    match text {
        None | Some("false") => Ok(false),
        Some("true" | "") => Ok(true),
        Some(_) => Err(Problem::malformed(format!("{what} is true or false"))),
    }
}
