//! `assay prove accuracy --metric mse|r2`: models that answer with a number.

use super::{Committed, cancelled};
use crate::{
    errors,
    failure::{Code, Failure, Result},
    files::{self, Readers},
    inputs,
    output::{Output, report},
    proof_file::{ProofFile, Statement},
};
use assay_codec::to_bytes;
use assay_model::Graph;
use assay_model::regression::{Model, Table};
use assay_statements::Progress;
use assay_statements::commit::Salt;
use assay_statements::regression::{self, MODES, ProveError, Witness};
use assay_types::statement::{Context, ErrorScore, Regression};
use std::{path::Path, time::Instant};

/// What is to be proven, and where the files are.
pub(super) struct Job<'a> {
    pub(super) model: &'a Path,
    pub(super) opening: Option<&'a Path>,
    pub(super) data: &'a Path,
    pub(super) target: &'a str,
    pub(super) score: ErrorScore,
    pub(super) context: Context,
    pub(super) proof: &'a Path,
}

pub(super) fn run(job: &Job<'_>, output: &Output) -> Result<()> {
    let model = inputs::regressor(job.model)?;
    let table = inputs::targets(job.data, job.target, model.schema())?;
    let rows = inputs::rows(table.rows())?;
    let committed = Committed { model: job.model, opening: job.opening, proof: job.proof };
    let opening = committed.opening(model.graph(), output)?;
    let statement = Regression {
        context: job.context,
        modes: MODES,
        architecture: model.architecture(),
        schema: model.schema().clone(),
        model: opening.commitment,
        data: table.digest(),
        rows,
        score: job.score,
    };
    let (progress, work) = (output.progress(), regression::work(&statement).ok());
    let start = Instant::now();
    let proof = proven(&statement, &model, &table, &opening.salt, &mut progress.proof(work));
    let proof = proof.map_err(|error| refusal(error, &statement, &table))?;
    let prove_ms = start.elapsed().as_millis();
    drop(progress);

    let security_bits = regression::security_bits(&statement);
    let digest = statement.digest();
    let file = ProofFile { statement: Statement::Regression(statement), proof };
    files::write(job.proof, &to_bytes(&file), Readers::All)?;
    let schema = model.schema();
    let mut entries = report! {
        "rows": rows,
        "target": schema.target(),
        "schema": schema.digest().to_string(),
    };
    entries.extend(errors::report(&job.score, schema));
    entries.extend(report! {
        "proof_bytes": file.proof.len(),
        "prove_ms": u64::try_from(prove_ms).unwrap_or(u64::MAX),
        "security_bits": security_bits,
        "model_commitment": opening.commitment.to_string(),
        "statement": digest.to_string(),
    });
    output.report(entries)
}

fn proven(
    statement: &Regression,
    model: &Model,
    table: &Table,
    salt: &Salt,
    progress: Progress<'_>,
) -> Result<Vec<u8>, ProveError> {
    let mut seed = [0; 32];
    assay_wallet::os_random(&mut seed);
    match model.graph() {
        Graph::Forest(model) => {
            regression::prove(statement, &Witness { model, salt, table }, seed, progress)
        }
        Graph::Network(model) => {
            regression::prove(statement, &Witness { model, salt, table }, seed, progress)
        }
        Graph::DecisionTree(_) => Err(regression::Unfit::Architecture.into()),
    }
}

fn refusal(error: ProveError, statement: &Regression, table: &Table) -> Failure {
    match error {
        ProveError::False { sum, .. } => {
            let metric = statement.score.metric;
            let got = errors::measured(metric, sum, table).unwrap_or_default();
            let name = errors::name(metric);
            let message = format!("the claim is false, nothing was proven: {name} is {got}");
            Failure::new(Code::False, message)
                .hint("claim what is true with --at-most or --at-least, or a miss with --fewer")
        }
        error @ ProveError::Far { .. } => Failure::new(Code::Error, error.to_string())
            .hint("import the model again, with a wider --range"),
        ProveError::Cancelled(reason) => cancelled(reason),
        error => error.into(),
    }
}
