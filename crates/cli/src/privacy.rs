//! Who sees a part of a computation, as an argument and in a report.

use crate::output::report;
use assay_types::statement::{Inference, Part, Privacy};
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

/// What an inference statement says, with the names of the `answers` if there are any.
pub(crate) fn report_inference(statement: &Inference, answers: &[u16]) -> Map<String, Value> {
    let modes = statement.modes();
    let mut entries = report! {
        "rows": statement.rows,
        "input": name(modes.input),
        "weights": name(modes.weights),
        "output": name(modes.output),
    };
    entries.extend(crate::inputs::report_names(&statement.schema));
    if let Part::Committed(commitment) = statement.input {
        entries.extend(report! { "rows_commitment": commitment.to_string() });
    }
    match statement.model {
        Part::Committed(commitment) => {
            entries.extend(report! { "model_commitment": commitment.to_string() });
        }
        Part::Public(digest) => {
            entries.extend(report! { "model_digest": digest.to_string() });
        }
        Part::Hidden => (),
    }
    if let Part::Committed(commitment) = statement.output {
        entries.extend(report! { "answers_commitment": commitment.to_string() });
    }
    if !answers.is_empty() {
        let classes = statement.schema.classes();
        let names: Vec<_> = answers.iter().map(|&class| classes.get(usize::from(class))).collect();
        entries.extend(report! { "answers": names });
    }
    entries
}
