//! A proof in parts, checked part by part.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Args, bound, expect_claim, public_rows, tell_security};
use crate::{
    failure::{Code, Explain, Failure, Result},
    inputs,
    output::{Output, report},
    parted_file::Proofs,
};
use assay_statements::accuracy::parts::{self, Checking};
use assay_types::statement::Parted;
use std::time::Instant;

pub(super) fn run(
    args: &Args,
    statement: &Parted,
    mut proofs: Proofs,
    output: &Output,
) -> Result<()> {
    let whole = &statement.whole;
    let least = expect_claim(args, whole)?;
    if args.rows_commitment().is_some() || args.rows_opening.is_some() {
        return Err(Failure::new(Code::Unverified, "the proof is about public rows"));
    }
    let table = public_rows(args, whole)?;
    let start = Instant::now();
    let mut checking = Checking::new(statement, &table).code(Code::Unverified)?;
    let (parts, progress) = (checking.parts(), output.progress());
    let mut proof_bytes = 0_usize;
    for part in 1..=parts {
        progress.phase(format!("part {part} of {parts}"));
        let proof = proofs.next()?;
        proof_bytes = proof_bytes.saturating_add(proof.len());
        let checked = checking.part(&proof);
        checked.code(Code::Unverified).context(format!("part {part} of {parts}"))?;
    }
    let proof = proofs.next()?;
    proof_bytes = proof_bytes.saturating_add(proof.len());
    checking.finish(&proof).code(Code::Unverified).context("the sum of the parts")?;
    proofs.end()?;
    drop(progress);
    let verify_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);

    let mut entries = report! { "verified": true, "rows": whole.rows };
    entries.extend(inputs::report_names(&whole.schema));
    inputs::report_score(&mut entries, (whole.score, Some(&whole.schema)), least);
    entries.extend(report! {
        "parts": parts,
        "part_rows": statement.part_rows,
        "proof_bytes": proof_bytes,
        "verify_ms": verify_ms,
        "security_bits": parts::security_bits(statement),
        "model_commitment": whole.model.to_string(),
    });
    entries.extend(bound(&whole.context));
    entries.extend(report! { "statement": statement.digest().to_string() });
    if args.security {
        let terms = parts::security(statement).unwrap_or_default();
        tell_security(&terms, &mut entries, output)?;
    }
    output.report(entries)
}
