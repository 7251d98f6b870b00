//! Proofs about models that answer with a number.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Args, expect_context, expect_no_answers, expect_schema, timed};
use crate::{
    errors,
    failure::{Code, Explain, Failure, Result},
    figure::Metric,
    inputs,
    output::report,
};
use assay_import::read_targets;
use assay_statements::regression;
use assay_types::statement::{ErrorMetric, Regression};
use serde_json::{Map, Value};

pub(super) fn run(
    args: &Args,
    statement: &Regression,
    proof: &[u8],
    entries: &mut Map<String, Value>,
) -> Result<()> {
    expect_no_answers(args)?;
    expect_context(args, &statement.context, Some(statement.model))?;
    let schema = &statement.schema;
    expect_schema(args, schema.target(), schema.digest())?;
    expect_score(args, statement)?;
    let data = args.data.as_ref().ok_or_else(|| {
        Failure::new(Code::Usage, "the proof is about public rows, which are not given")
            .hint("name the table with --data")
    })?;
    let table = read_targets(inputs::table_bytes(data)?.as_slice(), schema)
        .map_err(|error| inputs::bad_table(data, &error))
        .code(Code::Unverified)?;
    let (verified, verify_ms) = timed(|| regression::verify(statement, &table, proof));
    verified.code(Code::Unverified)?;
    entries.extend(report! {
        "rows": statement.rows,
        "target": schema.target(),
        "schema": schema.digest().to_string(),
    });
    entries.extend(errors::report(&statement.score, schema));
    entries.extend(report! {
        "proof_bytes": proof.len(),
        "verify_ms": verify_ms,
        "security_bits": regression::security_bits(statement),
        "model_commitment": statement.model.to_string(),
    });
    Ok(())
}

/// Compares measure and fraction, as far as they are given.
fn expect_score(args: &Args, statement: &Regression) -> Result<()> {
    let other = |expected: &str| {
        let got = errors::told(&statement.score);
        Err(Failure::new(Code::Unverified, format!("the proof is for {got}, not {expected}")))
    };
    if args.rows.is_some() || args.rows_opening.is_some() {
        return other("for hidden rows, or some of a table's rows");
    }
    if args.class.is_some() {
        return other("for a figure of a class");
    }
    let is_bounded = args.is_scored();
    let metric = match (args.metric.map(Metric::error), args.at_most) {
        (None, None) if !is_bounded => return Ok(()),
        // A share alone is one of rows.
        (None, None) | (Some(None), _) => return other("for a score of classes"),
        (None, Some(_)) => ErrorMetric::MeanSquaredError,
        (Some(Some(metric)), _) => metric,
    };
    if metric != statement.score.metric {
        return other(errors::name(metric));
    }
    if !is_bounded {
        return Ok(());
    }
    let expected = errors::claim(metric, args.at_most, args.at_least, args.fewer)?;
    match errors::is_same(&expected, &statement.score) {
        true => Ok(()),
        false => other(&errors::told(&expected)),
    }
}
