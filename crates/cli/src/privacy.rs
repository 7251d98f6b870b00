//! Who sees a part of a computation, as an argument and in a report.

use crate::{output::report, told::Told};
use assay_statements::inference::Asked;
use assay_types::statement::{Part, Privacy};
use serde_json::{Map, Value};

/// [`Privacy`] on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shown {
    /// Everybody sees it
    Public,
    /// A commitment is public, and can be opened later
    Committed,
    /// Nothing about it is public
    Hidden,
}

impl From<Shown> for Privacy {
    fn from(shown: Shown) -> Self {
        match shown {
            Shown::Public => Self::Public,
            Shown::Committed => Self::Committed,
            Shown::Hidden => Self::Hidden,
        }
    }
}

fn name(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Public => "public",
        Privacy::Committed => "committed",
        Privacy::Hidden => "hidden",
    }
}

/// What a statement about answers says, with the `answers` if there are any.
pub(crate) fn report_answers<M: Told>(
    statement: &M::Statement,
    answers: &[M::Answer],
) -> Map<String, Value> {
    let view = statement.view();
    let shown = view.shown;
    let (target, schema) = M::named(statement);
    let mut entries = report! {
        "rows": view.rows,
        "input": name(shown.input.privacy()),
        "weights": name(shown.model.privacy()),
        "output": name(shown.output.privacy()),
        "target": target,
        "schema": schema.to_string(),
    };
    entries.extend(M::meaning(statement));
    if let Part::Committed(commitment) = shown.input {
        entries.extend(report! { "rows_commitment": commitment.to_string() });
    }
    match shown.model {
        Part::Committed(commitment) => {
            entries.extend(report! { "model_commitment": commitment.to_string() });
        }
        Part::Public(digest) => {
            entries.extend(report! { "model_digest": digest.to_string() });
        }
        Part::Hidden => (),
    }
    if let Part::Committed(commitment) = shown.output {
        entries.extend(report! { "answers_commitment": commitment.to_string() });
    }
    if !answers.is_empty() {
        entries.extend(report! { "answers": M::written(statement, answers) });
    }
    entries
}
