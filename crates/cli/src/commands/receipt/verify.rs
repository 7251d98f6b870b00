//! `assay receipt verify R`
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::confirm::Asked;
use super::{evidence, read};
use crate::{
    commands::checkpoint::Trusted,
    failure::{Code, Explain, Failure, Result},
    inputs,
    output::{Output, report},
    place,
    proof_file::{self, ProofFile, Statement},
    rows_opening::RowsOpening,
};
use assay_codec::from_bytes;
use assay_import::{CsvOptions, read_csv};
use assay_model::{Schema, Table};
use assay_receipt::{ProofCheck, Receipt, Report, TRAINING_DATA};
use assay_statements::rows::as_digest;
use assay_types::statement::{Privacy, Score};
use serde_json::{Map, Value};
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The receipt
    receipt: PathBuf,
    /// The first facts of the chain, from a source that you trust [default: genesis.json beside the receipt]
    #[arg(long, value_name = "G")]
    genesis: Option<PathBuf>,
    #[command(flatten)]
    trusted: Trusted,
    /// The proof of accuracy, to be verified again
    #[arg(long, value_name = "P")]
    proof: Option<PathBuf>,
    /// The test rows
    #[arg(long, value_name = "CSV")]
    data: Option<PathBuf>,
    /// The opening of the commitment to a private test set, to see that it is the one of --data
    #[arg(long, value_name = "R", requires = "data")]
    rows_opening: Option<PathBuf>,
    #[command(flatten)]
    asked: Asked,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let receipt = read(&args.receipt)?;
    let beside = || place::genesis_path(inputs::folder(&args.receipt));
    let genesis = place::genesis(&args.genesis.clone().unwrap_or_else(beside))?;
    let proof = args.proof.as_deref().map(|path| proof(path, &receipt)).transpose()?;
    let table = args.data.as_deref().map(|path| table(path, &receipt)).transpose()?;
    let is_private = receipt.accuracy.modes.input != Privacy::Public;
    if let (true, Some(table)) = (is_private, &table) {
        expect_private(args, table, &receipt)?;
    } else if args.rows_opening.is_some() {
        return Err(Failure::new(Code::Unverified, "the receipt is about a public test set"));
    }

    let start = Instant::now();
    // A private test set was compared by its commitment.
    let public = table.as_ref().filter(|_| !is_private);
    let checkpoint = args.trusted.read()?;
    let report = receipt.verify_since(&genesis, checkpoint.as_ref(), proof.as_deref(), public);
    let verify_ms = start.elapsed().as_millis();
    let report = report.code(Code::Unverified).context("the receipt does not hold")?;
    let known = args.asked.confirm(&receipt, &genesis, checkpoint.as_ref())?;
    if args.genesis.is_none() {
        output.note(
            "note: the genesis beside a receipt is trusted as it is; --genesis names another",
        );
    }
    let has_data = table.is_some();
    let schema = &receipt.accuracy.schema;
    let mut entries = told((&report, schema), has_data);
    if let Some(height) = known {
        entries.extend(report! { "in_state_of": height.get() });
    }
    entries.extend(report! { "verify_ms": u64::try_from(verify_ms).unwrap_or(u64::MAX) });
    output.report(entries)
}

/// Reads a proof file, whose statement must be that of the receipt.
fn proof(path: &Path, receipt: &Receipt) -> Result<Vec<u8>> {
    let bytes = evidence(path, proof_file::FILE_BYTES_MAX)?;
    let file: ProofFile = from_bytes(&bytes)
        .code(Code::Unverified)
        .context(format!("{} is not a proof", path.display()))?;
    match file.statement {
        Statement::Accuracy(statement) if statement == receipt.accuracy => Ok(file.proof),
        _ => Err(Failure::new(
            Code::Unverified,
            format!("{} proves another statement than the receipt's", path.display()),
        )),
    }
}

/// Reads rows under the names of the receipt; others are not the ones that it is about.
fn table(path: &Path, receipt: &Receipt) -> Result<Table> {
    let bytes = inputs::table_bytes(path)?;
    read_csv(bytes.as_slice(), &CsvOptions::of(&receipt.accuracy.schema))
        .map_err(|error| inputs::bad_table(path, &error))
        .code(Code::Unverified)
}

/// Fails unless `table` is what the commitment of the receipt opens to.
fn expect_private(args: &Args, table: &Table, receipt: &Receipt) -> Result<()> {
    let path = args.rows_opening.as_ref().ok_or_else(|| {
        Failure::new(
            Code::Usage,
            "the test set of the sale is private; only its opening shows which rows they are",
        )
        .hint("name it with --rows-opening, or leave --data out")
    })?;
    let opening = RowsOpening::read(path, table)?;
    if as_digest(&opening.commitment) != receipt.accuracy.data {
        return Err(Failure::new(Code::Unverified, "these are not the test rows of the sale"));
    }
    Ok(())
}

fn told((report, schema): (&Report, &Schema), has_data: bool) -> Map<String, Value> {
    let (at_least, correct) = match report.score {
        Score::Exactly(count) => (report.needed, Some(count)),
        _ => (report.needed, None),
    };
    let mut entries = report! {
        "verified": true,
        "job": report.job.to_string(),
        "owner": report.owner.to_string(),
        "buyer": report.buyer.to_string(),
        "listing": report.dataset.to_string(),
        "model_commitment": report.model.to_string(),
        "rows": report.rows,
        "target": schema.target(),
        "schema": schema.digest().to_string(),
        "at_least": at_least,
    };
    if let Some(correct) = correct {
        entries.extend(report! { "correct": correct });
    }
    entries.extend(report! {
        "threshold": report.threshold.to_string(),
        "fresh": report.fresh,
        "price": report.price.to_string(),
        "burned": report.burned.to_string(),
        "height": report.height.get(),
        "time_ms": report.time_ms,
        "training_data": TRAINING_DATA,
        "proof": match report.proof {
            ProofCheck::Absent => "not given",
            ProofCheck::Same => "the one of the sale; give --data to verify it again",
            ProofCheck::Verified => "verified",
        },
        "data": if has_data { "the rows of the sale" } else { "not given" },
    });
    entries
}
