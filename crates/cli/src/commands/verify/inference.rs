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

use super::{Args, expect, expect_context, expect_schema, timed};
use crate::{
    answers_opening::AnswersOpening,
    failure::{Code, Explain, Failure, Result},
    inputs::{self, AnyModel},
    output::report,
    privacy,
    row_range::RowRange,
    rows_opening::RowsOpening,
    told::Told,
};
use assay_codec::Digest;
use assay_model::{Model, Schema, Table, regression};
use assay_statements::inference::{self, Asked, Known};
use assay_types::{
    FieldDigest,
    statement::{Part, Privacy},
};
use serde_json::{Map, Value};
use std::path::Path;

/// Compares what is expected, verifies, and says what was proven.
pub(super) fn run<M: Read>(
    args: &Args,
    (statement, answers): (&M::Statement, &[M::Answer]),
    proof: &[u8],
    entries: &mut Map<String, Value>,
) -> Result<()> {
    if args.is_scored() || args.ciphertext.is_some() {
        return Err(refused("the proof is about answers, not about a score or a delivery"));
    }
    let view = statement.view();
    expect_context(args, &statement.context(), view.shown.model.committed().copied())?;
    let (target, schema) = M::named(statement);
    expect_schema(args, target, schema)?;
    let rows = rows(args, view.shown.input, (view.rows, view.schema))?;
    let model = model::<M>(args, view.shown.model.privacy())?;
    let opened = opened::<M>(args, statement)?;

    let known = Known { rows: rows.as_ref(), model: model.as_ref(), answers: Some(answers) };
    let (verified, verify_ms) = timed(|| inference::verify(statement, &known, proof));
    verified.code(Code::Unverified)?;
    let shown = opened.as_ref().map_or(answers, |opening| &opening.answers);
    entries.extend(privacy::report_answers::<M>(statement, shown));
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
fn rows(
    args: &Args,
    input: Part<FieldDigest>,
    (count, schema): (u32, &Schema),
) -> Result<Option<Table>> {
    match input {
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
            let tables = tables(args, path, schema)?;
            let failure = || other_rows(args, &tables, (count, digest));
            let found = tables.iter().find(|table| table.digest() == digest);
            found.cloned().map(Some).ok_or_else(failure)
        }
        Part::Committed(commitment) => {
            expect("rows", args.rows_commitment(), commitment)?;
            expect_opening(args, schema, commitment)?;
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
fn tables(args: &Args, path: &Path, schema: &Schema) -> Result<Vec<Table>> {
    // A file that is not there is another matter than one that does not fit.
    inputs::table_bytes(path)?;
    let without = inputs::unlabelled(path, None, schema).code(Code::Unverified)?;
    let with = inputs::unlabelled(path, Some(schema.target()), schema).ok();
    std::iter::once(without).chain(with).map(|table| args.only(table)).collect()
}

/// Committed rows that are given are opened by what is given with them.
fn expect_opening(args: &Args, schema: &Schema, commitment: FieldDigest) -> Result<()> {
    let Some(data) = &args.data else { return Ok(()) };
    let path = args.rows_opening.as_ref().ok_or_else(|| {
        missing(
            "the rows of the proof are committed; only their opening shows which they are",
            "name it with --rows-opening, or leave --data out",
        )
    })?;
    let mut got = Err(refused("the table has no rows"));
    for table in tables(args, data, schema)? {
        got = RowsOpening::read(path, &table);
        if got.is_ok() {
            break;
        }
    }
    expect("rows", Some(got?.commitment), commitment)
}

/// A model of either kind, as a file holds it.
pub(super) trait Read: Told + Sized {
    /// The model, if it is of this kind.
    fn of(model: AnyModel) -> Option<Self>;
}

impl Read for Model {
    fn of(model: AnyModel) -> Option<Self> {
        match model {
            AnyModel::Class(model) => Some(model),
            AnyModel::Number(_) => None,
        }
    }
}

impl Read for regression::Model {
    fn of(model: AnyModel) -> Option<Self> {
        match model {
            AnyModel::Number(model) => Some(model),
            AnyModel::Class(_) => None,
        }
    }
}

/// The model, if its weights are public.
fn model<M: Read>(args: &Args, weights: Privacy) -> Result<Option<M>> {
    match (weights, &args.weights) {
        (Privacy::Public, Some(path)) => {
            let model = M::of(inputs::any_model(path)?);
            model.map(Some).ok_or_else(|| refused("this is not the model that the proof is about"))
        }
        (Privacy::Public, None) => Err(missing(
            "the proof is about a public model, which is not given",
            "name its file with --weights",
        )),
        (_, Some(_)) => Err(refused("the weights of the proof are not public")),
        (_, None) => Ok(None),
    }
}

/// The committed answers, if they are given.
fn opened<M: Told>(
    args: &Args,
    statement: &M::Statement,
) -> Result<Option<AnswersOpening<M::Answer>>> {
    let Some(path) = &args.answers_opening else { return Ok(None) };
    let Part::Committed(commitment) = statement.view().shown.output else {
        return Err(refused("the answers of the proof are not committed"));
    };
    let opening = AnswersOpening::read(path)?;
    expect("answers", Some(M::commitment(statement, &opening)), commitment)?;
    Ok(Some(opening))
}
