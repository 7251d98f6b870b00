//! `assay prove …`

mod accuracy;
mod inference;
mod parts;
mod regression;

use crate::{
    failure::{Code, Failure, Result},
    files, inputs, interrupt,
    opening::Opening,
    output::Output,
    rows_opening::RowsOpening,
};
use assay_model::{Graph, Table};
use assay_statements::Cancelled;
use std::path::Path;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Prove how many rows of a table a hidden model answers correctly, or how far its numbers are off
    Accuracy(accuracy::Args),
    /// Prove what a model answers; input, weights and output may each be public, committed or hidden
    Inference(inference::Args),
}

pub(crate) fn run(command: Command, output: &Output) -> Result<()> {
    interrupt::listen()?;
    match command {
        Command::Accuracy(args) => accuracy::run(&args, output),
        Command::Inference(args) => inference::run(&args, output),
    }
}

/// What is said when the user stopped a proof.
fn cancelled(reason: Cancelled) -> Failure {
    Failure::new(Code::Cancelled, reason.to_string())
}

/// The named opening of the rows, or a new one, for which there is room beside the proof.
fn rows_opening(named: Option<&Path>, table: &Table, proof: &Path) -> Result<RowsOpening> {
    match named {
        Some(path) => RowsOpening::read(path, table),
        None => {
            files::refuse_existing(&inputs::beside(proof, "rows"))?;
            Ok(RowsOpening::draw(table))
        }
    }
}

/// Writes a new opening of rows beside the proof, which is made.
fn keep_rows(opening: &RowsOpening, proof: &Path, output: &Output) -> Result<()> {
    let path = inputs::beside(proof, "rows");
    opening.write(&path)?;
    output.note(&format!("the opening of the rows' commitment is in {}", path.display()));
    Ok(())
}

/// Where the opening of a model's commitment may be.
struct Committed<'a> {
    /// The model file.
    model: &'a Path,
    /// The opening that is named.
    opening: Option<&'a Path>,
    /// The proof, beside which a new one goes.
    proof: &'a Path,
}

impl Committed<'_> {
    /// The named opening, or the only one beside the model, or a new one beside the proof.
    fn opening(&self, model: &Graph, output: &Output) -> Result<Opening> {
        if let Some(path) = self.opening {
            return Opening::read(path, model);
        }
        let mut found = Opening::find(inputs::folder(self.model), model);
        found.extend(Opening::find(Path::new("."), model));
        found.extend(Opening::find(inputs::folder(self.proof), model));
        found.sort_by_key(|opening| opening.commitment);
        found.dedup_by_key(|opening| opening.commitment);
        match found.as_slice() {
            [opening] => Ok(*opening),
            [] => {
                let opening = Opening::draw(model);
                let path = inputs::beside(self.proof, "opening");
                opening.write(&path)?;
                output.note(&format!(
                    "the model was not committed yet; the opening of its new commitment is in {}",
                    path.display()
                ));
                Ok(opening)
            }
            _ => Err(Failure::new(Code::Usage, "the model has several commitments")
                .hint("name the opening of the one that is meant with --opening")),
        }
    }
}
