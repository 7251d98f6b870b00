//! A proof of what a model answers.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Args, expect, expect_context, expect_names, timed};
use crate::{
    answers_opening::AnswersOpening,
    failure::{Code, Explain, Failure, Result},
    inputs,
    output::report,
    privacy,
    row_range::RowRange,
    rows_opening::RowsOpening,
};
use assay_codec::Digest;
use assay_model::{Model, Table};
use assay_statements::inference::{self, Known};
use assay_types::{
    FieldDigest,
    statement::{Inference, Part},
};
use serde_json::{Map, Value};
use std::path::Path;

/// Compares what is expected, verifies, and says what was proven.
pub(super) fn run(
    args: &Args,
    (statement, answers): (&Inference, &[u16]),
    proof: &[u8],
    entries: &mut Map<String, Value>,
) -> Result<()> {
    if args.is_scored() || args.ciphertext.is_some() {
        return Err(refused("the proof is about answers, not about a score or a delivery"));
    }
    expect_context(args, &statement.context, statement.model.committed().copied())?;
    expect_names(args, &statement.schema)?;
    let rows = rows(args, statement)?;
    let model = model(args, statement)?;
    let opened = opened(args, statement)?;

    let known = Known { rows: rows.as_ref(), model: model.as_ref(), answers: Some(answers) };
    let (verified, verify_ms) = timed(|| inference::verify(statement, &known, proof));
    verified.code(Code::Unverified)?;
    let shown = opened.as_ref().map_or(answers, |opening| &opening.answers);
    entries.extend(privacy::report_inference(statement, shown));
    entries.extend(report! {
        "proof_bytes": proof.len(),
        "verify_ms": verify_ms,
        "security_bits": inference::security_bits(statement),
    });
    Ok(())
}

fn refused(message: &str) -> Failure {
    Failure::new(Code::Unverified, message)
}

fn missing(message: &str, hint: &str) -> Failure {
    Failure::new(Code::Usage, message).hint(hint)
}

/// The rows, if they are public; what is expected of those that are not is compared.
fn rows(args: &Args, statement: &Inference) -> Result<Option<Table>> {
    match statement.input {
        Part::Public(digest) => {
            if args.rows_commitment().is_some() || args.rows_opening.is_some() {
                return Err(refused("the proof is about public rows"));
            }
            let path = args.data.as_ref().ok_or_else(|| {
                missing(
                    "the proof is about public rows, which are not given",
                    "name the table with --data",
                )
            })?;
            let tables = tables(args, path, statement)?;
            let failure = || other_rows(args, &tables, (statement.rows, digest));
            let found = tables.iter().find(|table| table.digest() == digest);
            found.cloned().map(Some).ok_or_else(failure)
        }
        Part::Committed(commitment) => {
            expect("rows", args.rows_commitment(), commitment)?;
            expect_opening(args, statement, commitment)?;
            Ok(None)
        }
        Part::Hidden => {
            if args.rows.is_some() || args.rows_opening.is_some() || args.data.is_some() {
                return Err(refused(
                    "the rows of the proof are hidden: nothing says which they are",
                ));
            }
            Ok(None)
        }
    }
}

/// Says that the rows are others, and which of them are meant if there are.
fn other_rows(args: &Args, tables: &[Table], (count, digest): (u32, Digest)) -> Failure {
    let failure = refused("these are not the rows that the proof is about");
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if args.rows.is_some() || !tables.iter().any(|table| count < table.rows()) {
        return failure;
    }
    match tables.iter().find_map(|table| RowRange::find(table, count, digest)) {
        Some(range) => failure.hint(format!(
            "the proof is about some of them alone: say which you expect, with --rows {range}"
        )),
        None => failure.hint(format!(
            "the proof is about {count} rows: if they are some of these, name them with --rows"
        )),
    }
}

/// The rows of a file without labels, and with them if there are any: either may be what was named.
fn tables(args: &Args, path: &Path, statement: &Inference) -> Result<Vec<Table>> {
    // A file that is not there is another matter than one that does not fit.
    inputs::table_bytes(path)?;
    let schema = &statement.schema;
    let without = inputs::unlabelled(path, None, schema).code(Code::Unverified)?;
    let with = inputs::unlabelled(path, Some(schema.target()), schema).ok();
    std::iter::once(without).chain(with).map(|table| args.only(table)).collect()
}

/// Committed rows that are given are opened by what is given with them.
fn expect_opening(args: &Args, statement: &Inference, commitment: FieldDigest) -> Result<()> {
    let Some(data) = &args.data else { return Ok(()) };
    let path = args.rows_opening.as_ref().ok_or_else(|| {
        missing(
            "the rows of the proof are committed; only their opening shows which they are",
            "name it with --rows-opening, or leave --data out",
        )
    })?;
    let mut got = Err(refused("the table has no rows"));
    for table in tables(args, data, statement)? {
        got = RowsOpening::read(path, &table);
        if got.is_ok() {
            break;
        }
    }
    expect("rows", Some(got?.commitment), commitment)
}

/// The model, if its weights are public.
fn model(args: &Args, statement: &Inference) -> Result<Option<Model>> {
    match (statement.model, &args.weights) {
        (Part::Public(_), Some(path)) => inputs::model(path).map(Some),
        (Part::Public(_), None) => Err(missing(
            "the proof is about a public model, which is not given",
            "name its file with --weights",
        )),
        (_, Some(_)) => Err(refused("the weights of the proof are not public")),
        (_, None) => Ok(None),
    }
}

/// The committed answers, if they are given.
fn opened(args: &Args, statement: &Inference) -> Result<Option<AnswersOpening>> {
    let Some(path) = &args.answers_opening else { return Ok(None) };
    let Part::Committed(commitment) = statement.output else {
        return Err(refused("the answers of the proof are not committed"));
    };
    let opening = AnswersOpening::read(path)?;
    expect("answers", Some(opening.commitment(&statement.schema)), commitment)?;
    Ok(Some(opening))
}
