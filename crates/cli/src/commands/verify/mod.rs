//! `assay verify P`
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod expected;
mod inference;
mod parts;
mod regression;

use crate::{
    errors::{self, Bound},
    failure::{Code, Explain, Failure, Result},
    figure::Metric,
    files, inputs,
    output::{Output, printable, report},
    parted_file,
    proof_file::{self, ProofFile, Statement},
    row_range::Expected,
    rows_opening::RowsOpening,
    threshold::Threshold,
};
use assay_codec::{Digest, from_bytes};
use assay_import::{CsvOptions, read_csv};
use assay_model::{Model, Table};
use assay_statements::{Terms, accuracy, delivery, rows::as_digest};
use assay_types::{
    Address, FieldDigest, JobId, ModelCommitment,
    statement::{Accuracy, Context, Delivery, Privacy},
};
use serde_json::{Map, Value};
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The proof file
    proof: PathBuf,
    /// The public table that the proof is about
    #[arg(long, value_name = "CSV")]
    data: Option<PathBuf>,
    /// The opening of the commitment to hidden rows, to see that they are those of --data
    #[arg(long, value_name = "R", requires = "data")]
    rows_opening: Option<PathBuf>,
    /// The expected commitment to hidden rows; or START..END, if the proof is about these rows of --data
    /// alone (the first is 0, END is left out)
    #[arg(long, value_name = "C|RANGE")]
    rows: Option<Expected>,
    /// The column to be predicted, as expected
    #[arg(long, value_name = "COL")]
    target: Option<String>,
    /// The expected names and order of columns and classes, as `assay model commit` tells them
    #[arg(long, value_name = "D", value_parser = inputs::digest)]
    schema: Option<Digest>,
    /// The share of rows, or the figure of a class or R², that is expected, as 0.93 or 93/100
    #[arg(long, value_name = "X", value_parser = errors::share, allow_hyphen_values = true)]
    at_least: Option<Bound>,
    /// The greatest mean squared error that is expected, as 2900, 0.35 or 7/3
    #[arg(long, value_name = "X", conflicts_with = "at_least")]
    at_most: Option<Bound>,
    /// What is expected to be measured [default with --at-least: accuracy, with --at-most: mse]
    #[arg(long, value_name = "METRIC")]
    metric: Option<Metric>,
    /// How many answers are expected to be the best, for the metric top-k
    #[arg(long, value_name = "K")]
    k: Option<u16>,
    /// The class that precision, recall or f1 is expected of
    #[arg(long, value_name = "NAME")]
    class: Option<String>,
    /// Expect a proof that the model misses the share or bound
    #[arg(long)]
    fewer: bool,
    /// The expected commitment, or the file with it
    #[arg(long, value_name = "C")]
    model: Option<String>,
    /// The expected job
    #[arg(long, value_name = "J", value_parser = inputs::job)]
    job: Option<JobId>,
    /// Whom the proof is expected to be for
    #[arg(long, value_name = "A", value_parser = inputs::address)]
    recipient: Option<Address>,
    /// The model file, if its weights are public
    #[arg(long, value_name = "M")]
    weights: Option<PathBuf>,
    /// The committed answers of an inference proof and their opening, to see which they are
    #[arg(long, value_name = "Y")]
    answers_opening: Option<PathBuf>,
    /// The ciphertext that a delivery proof is about
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    ciphertext: Option<PathBuf>,
    /// List how a false statement could be accepted, each source of error in bits
    #[arg(long)]
    security: bool,
}

impl Args {
    /// The expected commitment to hidden rows.
    fn rows_commitment(&self) -> Option<FieldDigest> {
        match self.rows {
            Some(Expected::Commitment(commitment)) => Some(commitment),
            _ => None,
        }
    }

    /// Whether a score is expected.
    fn is_scored(&self) -> bool {
        self.at_least.is_some() || self.at_most.is_some()
    }

    /// The share of rows that is expected.
    fn share(&self) -> Result<Option<Threshold>> {
        self.at_least.map(Bound::share).transpose()
    }

    /// Those of the given rows that the proof is expected to be about.
    fn only(&self, table: Table) -> Result<Table> {
        match self.rows {
            Some(Expected::Range(rows)) => rows.of(&table).code(Code::Unverified),
            _ => Ok(table),
        }
    }
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    if args.fewer && args.at_least.is_none() && args.at_most.is_none() {
        return Err(Failure::new(
            Code::Usage,
            "--fewer is about a share or bound, which is not given",
        )
        .hint("name it with --at-least or --at-most"));
    }
    if matches!(args.rows, Some(Expected::Range(_))) && args.data.is_none() {
        return Err(Failure::new(Code::Usage, "--rows names rows of a table, which is not given")
            .hint("name the table with --data"));
    }
    if let Some((statement, proofs)) = parted_file::open(&args.proof)? {
        return parts::run(args, &statement, proofs, output);
    }
    let bytes = files::read(&args.proof, proof_file::FILE_BYTES_MAX).map_err(unreadable)?;
    let shown = args.proof.display();
    let file: ProofFile =
        from_bytes(&bytes).code(Code::Unverified).context(format!("{shown} is not a proof"))?;
    let digest = file.statement.digest().to_string();
    let mut entries = report! { "verified": true };
    match &file.statement {
        Statement::Accuracy(statement) => accuracy(args, statement, &file.proof, &mut entries)?,
        Statement::Delivery(statement) => delivery(args, statement, &file.proof, &mut entries)?,
        Statement::Inference(statement, answers) => {
            inference::run::<Model>(args, (statement, answers), &file.proof, &mut entries)?;
        }
        Statement::Estimate(statement, numbers) => {
            let said = (statement, numbers.as_slice());
            inference::run::<assay_model::regression::Model>(
                args,
                said,
                &file.proof,
                &mut entries,
            )?;
        }
        Statement::Regression(statement) => {
            regression::run(args, statement, &file.proof, &mut entries)?;
        }
    }
    entries.extend(bound(file.statement.context()));
    entries.extend(report! { "statement": digest });
    if args.security {
        let terms = match &file.statement {
            Statement::Accuracy(statement) => accuracy::security(statement).ok(),
            Statement::Delivery(statement) => delivery::security(statement).ok(),
            Statement::Inference(statement, _) => {
                assay_statements::inference::security(statement).ok()
            }
            Statement::Estimate(statement, _) => {
                assay_statements::inference::security(statement).ok()
            }
            Statement::Regression(statement) => {
                assay_statements::regression::security(statement).ok()
            }
        };
        tell_security(&terms.unwrap_or_default(), &mut entries, output)?;
    }
    output.report(entries)
}

/// Lists how a false statement could be accepted.
fn tell_security(terms: &Terms, entries: &mut Map<String, Value>, output: &Output) -> Result<()> {
    if !output.is_json() {
        return output.text(&format!("{terms}\n"));
    }
    let list = terms.iter().map(|term| {
        report! { "name": term.name, "bits": term.bits.to_string(), "source": term.source }
    });
    let list: Vec<_> = list.collect();
    entries.extend(report! { "security_terms": list });
    Ok(())
}

/// What is there and cannot be read as a proof is no proof: too long, a folder.
fn unreadable(failure: Failure) -> Failure {
    match failure.code {
        Code::NotFound => failure,
        _ => Failure { code: Code::Unverified, ..failure },
    }
}

fn accuracy(
    args: &Args,
    statement: &Accuracy,
    proof: &[u8],
    entries: &mut Map<String, Value>,
) -> Result<()> {
    let least = expect_claim(args, statement)?;
    let (verified, verify_ms) = match statement.modes.input {
        Privacy::Public => {
            if args.rows_commitment().is_some() || args.rows_opening.is_some() {
                return Err(Failure::new(Code::Unverified, "the proof is about public rows"));
            }
            let table = public_rows(args, statement)?;
            timed(|| accuracy::verify(statement, &table, proof))
        }
        _ => {
            expect_rows(args, statement)?;
            timed(|| accuracy::verify_committed(statement, proof))
        }
    };
    verified.code(Code::Unverified)?;
    if statement.modes.input != Privacy::Public {
        entries.extend(report! { "rows_commitment": statement.data.to_string() });
    }
    entries.extend(report! { "rows": statement.rows });
    entries.extend(inputs::report_names(&statement.schema));
    inputs::report_score(entries, (statement.score, Some(&statement.schema)), least);
    entries.extend(report! {
        "proof_bytes": proof.len(),
        "verify_ms": verify_ms,
        "security_bits": accuracy::security_bits(statement),
        "model_commitment": statement.model.to_string(),
    });
    Ok(())
}

/// Compares what is expected of a score with what the proof says; returns the number of rows that is
/// expected.
fn expect_claim(args: &Args, statement: &Accuracy) -> Result<Option<u32>> {
    expect_no_answers(args)?;
    expect_context(args, &statement.context, Some(statement.model))?;
    expect_schema(args, statement.schema.target(), statement.schema.digest())?;
    expected::score(args, statement)?;
    Ok(args.share()?.map(|share| share.of(statement.rows)))
}

/// Runs `work`; returns its result and the milliseconds it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let start = Instant::now();
    let done = work();
    (done, u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX))
}

/// The rows that a proof about public rows needs.
fn public_rows(args: &Args, statement: &Accuracy) -> Result<Table> {
    let data = args.data.as_ref().ok_or_else(|| {
        Failure::new(Code::Usage, "the proof is about public rows, which are not given")
            .hint("name the table with --data")
    })?;
    read_rows(args, data, statement)
}

/// Rows that do not even fit the statement's names are not the ones that it is about.
fn read_rows(args: &Args, data: &Path, statement: &Accuracy) -> Result<Table> {
    let table = read_csv(inputs::table_bytes(data)?.as_slice(), &CsvOptions::of(&statement.schema))
        .map_err(|error| inputs::bad_table(data, &error))
        .code(Code::Unverified)?;
    args.only(table)
}

/// Compares what is expected of hidden rows with their commitment.
fn expect_rows(args: &Args, statement: &Accuracy) -> Result<()> {
    expect("rows", args.rows_commitment().as_ref().map(as_digest), statement.data)?;
    let Some(data) = &args.data else { return Ok(()) };
    let path = args.rows_opening.as_ref().ok_or_else(|| {
        Failure::new(
            Code::Usage,
            "the rows of the proof are hidden; only their opening shows which they are",
        )
        .hint("name it with --rows-opening, or leave --data out")
    })?;
    let opening = RowsOpening::read(path, &read_rows(args, data, statement)?)?;
    expect("rows", Some(as_digest(&opening.commitment)), statement.data)
}

fn delivery(
    args: &Args,
    statement: &Delivery,
    proof: &[u8],
    entries: &mut Map<String, Value>,
) -> Result<()> {
    expect_no_answers(args)?;
    expect_context(args, &statement.context, Some(statement.model))?;
    if args.data.is_some() || args.target.is_some() || args.is_scored() {
        return Err(Failure::new(Code::Unverified, "the proof is about a delivery, not a score"));
    }
    let path = args.ciphertext.as_ref().ok_or_else(|| {
        Failure::new(Code::Usage, "the proof is about a ciphertext, which is not given")
            .hint("name its file with --ciphertext")
    })?;
    let ciphertext = files::read(path, inputs::CIPHERTEXT_BYTES_MAX)?;
    let start = Instant::now();
    let verified = delivery::verify(statement, &ciphertext, proof);
    let verify_ms = start.elapsed().as_millis();
    verified.code(Code::Unverified)?;
    entries.extend(report! {
        "ciphertext_bytes": ciphertext.len(),
        "proof_bytes": proof.len(),
        "verify_ms": u64::try_from(verify_ms).unwrap_or(u64::MAX),
        "security_bits": delivery::security_bits(statement),
        "model_commitment": statement.model.to_string(),
    });
    Ok(())
}

/// What only proofs of inference are about is not expected of others.
fn expect_no_answers(args: &Args) -> Result<()> {
    if args.weights.is_some() || args.answers_opening.is_some() {
        return Err(Failure::new(Code::Unverified, "the proof is not about a model's answers"));
    }
    Ok(())
}

fn expect_context(args: &Args, context: &Context, model: Option<ModelCommitment>) -> Result<()> {
    let commitment = args.model.as_deref().map(inputs::commitment).transpose()?;
    match model {
        Some(model) => expect("model", commitment, model)?,
        None if commitment.is_some() => {
            return Err(Failure::new(Code::Unverified, "the proof is about no committed model"));
        }
        None => (),
    }
    expect("job", args.job, context.job)?;
    expect("recipient", args.recipient, context.recipient)
}

/// Columns, and what answers mean, are named by the prover.
fn expect_schema(args: &Args, target: &str, schema: Digest) -> Result<()> {
    expect("target", args.target.as_deref(), target)?;
    expect("schema", args.schema, schema)
}

/// Where and for whom alone the proof counts, as far as it says so.
fn bound(context: &Context) -> Map<String, Value> {
    let anywhere = Context::default();
    let mut entries = Map::new();
    if context.job != anywhere.job {
        entries.extend(report! { "job": context.job.to_string() });
    }
    if context.recipient != anywhere.recipient {
        entries.extend(report! { "recipient": context.recipient.to_string() });
    }
    entries
}

/// A given expectation equals what the statement says.
fn expect<T: Copy + PartialEq + std::fmt::Display>(
    what: &str,
    expected: Option<T>,
    got: T,
) -> Result<()> {
    match expected {
        Some(expected) if expected != got => {
            let got = printable(&got.to_string());
            let message = format!("the proof is for another {what}: {got}, not {expected}");
            Err(Failure::new(Code::Unverified, message))
        }
        _ => Ok(()),
    }
}
