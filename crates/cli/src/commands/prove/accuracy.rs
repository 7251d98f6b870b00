//! `assay prove accuracy`

use super::{Committed, cancelled, keep_rows, parts, regression};
use crate::{
    errors::{self, Bound},
    failure::{Code, Failure, Result},
    figure::{self, Metric},
    files::{self, Readers},
    inputs,
    opening::Opening,
    output::{Output, report},
    proof_file::{ProofFile, Statement},
    rows_opening::RowsOpening,
    threshold::Threshold,
};
use assay_codec::to_bytes;
use assay_model::{Graph, Model, Table};
use assay_statements::Progress;
use assay_statements::accuracy::{self, MODES, MODES_COMMITTED, ProveError, Scored, Witness};
use assay_statements::commit::Salt;
use assay_statements::rows::as_digest;
use assay_types::{
    Address, JobId,
    statement::{Accuracy, Context, Count, ErrorMetric, Figure, Score, TopScore},
};
use std::{path::PathBuf, time::Instant};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file; it stays secret
    #[arg(long, value_name = "M")]
    model: PathBuf,
    /// The opening of the model's commitment [default: the one beside the model, else a new one]
    #[arg(long, value_name = "S")]
    opening: Option<PathBuf>,
    /// The table, public unless --hide-data
    #[arg(long, value_name = "CSV")]
    data: PathBuf,
    /// The column to be predicted
    #[arg(long, value_name = "COL")]
    target: String,
    /// The share of rows, or the least figure of a class or R², as 0.93 or 93/100
    #[arg(long, value_name = "X", required_unless_present = "at_most", value_parser = errors::share, allow_hyphen_values = true)]
    at_least: Option<Bound>,
    /// The greatest mean squared error, as 2900, 0.35 or 7/3
    #[arg(long, value_name = "X", conflicts_with = "at_least")]
    at_most: Option<Bound>,
    /// What is measured
    #[arg(long, value_name = "METRIC", default_value = "accuracy")]
    metric: Metric,
    /// The class that precision, recall or f1 is of
    #[arg(long, value_name = "NAME", required_if_eq_any([("metric", "precision"), ("metric", "recall"), ("metric", "f1")]))]
    class: Option<String>,
    /// How many answers are the best, for the metric top-k
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(1..), required_if_eq("metric", "top-k"))]
    k: Option<u16>,
    /// Prove the exact number of correct rows
    #[arg(long)]
    reveal_score: bool,
    /// Prove that the model misses the share or bound
    #[arg(long, conflicts_with = "reveal_score")]
    fewer: bool,
    /// Hide the rows too: only a salted commitment to them is public
    #[arg(long)]
    hide_data: bool,
    /// The opening of an earlier commitment to the rows [default: a new one, beside the proof]
    #[arg(long, value_name = "R", requires = "hide_data")]
    rows_opening: Option<PathBuf>,
    /// Prove so many rows at a time [default: all at once, or as many as fit a gigabyte if all are too many]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "hide_data")]
    part_rows: Option<u32>,
    /// Bind the proof to a job
    #[arg(long, value_name = "J", value_parser = inputs::job)]
    job: Option<JobId>,
    /// Bind the proof to whom it is for
    #[arg(long, value_name = "A", value_parser = inputs::address)]
    recipient: Option<Address>,
    /// Where the proof goes
    #[arg(short, long, value_name = "P")]
    output: PathBuf,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    if let Some(metric) = args.metric.error() {
        return errors_of(args, metric, output);
    }
    let Some(at_least) = args.at_least else {
        return Err(Failure::new(
            Code::Usage,
            "only a mean squared error is claimed with --at-most",
        )
        .hint("claim a share with --at-least, or add --metric mse"));
    };
    let at_least = at_least.share()?;
    let model = inputs::model(&args.model)?;
    let table = inputs::table(&args.data, &args.target, model.schema())?;
    let rows = inputs::rows(&table)?;
    let least = at_least.of(rows);
    check_k(args, &model)?;
    let score = match args.metric.figure() {
        Some(figure) => class_score(args, (figure, at_least), &model, &table)?,
        None => score(args, &model, &table, least)?,
    };
    let commitment =
        Committed { model: &args.model, opening: args.opening.as_deref(), proof: &args.output };
    let opening = commitment.opening(model.graph(), output)?;
    let rows_opening = rows_opening(args, &table)?;
    let statement = statement(args, &model, &table, (&opening, rows_opening.as_ref()), score)?;

    if let Some(part_rows) = part_rows(args, &statement)? {
        let (salt, proof) = (&opening.salt, args.output.as_path());
        let job = parts::Job { whole: statement, part_rows, salt, table: &table, proof };
        return prove_in_parts(job, &model, least, output);
    }
    let (progress, work) = (output.progress(), accuracy::work(&statement).ok());
    let start = Instant::now();
    let secrets = (&opening.salt, rows_opening.as_ref().map(|rows| &rows.salt));
    let proof = proven(&statement, &model, &table, secrets, &mut progress.proof(work))?;
    let prove_ms = start.elapsed().as_millis();
    drop(progress);

    if let (Some(rows), None) = (&rows_opening, &args.rows_opening) {
        keep_rows(rows, &args.output, output)?;
    }
    let security_bits = accuracy::security_bits(&statement);
    let digest = statement.digest();
    let file = ProofFile { statement: Statement::Accuracy(statement), proof };
    files::write(&args.output, &to_bytes(&file), Readers::All)?;
    let mut entries = report! { "rows": rows };
    entries.extend(inputs::report_names(table.schema()));
    inputs::report_score(&mut entries, (score, Some(table.schema())), Some(least));
    entries.extend(report! {
        "proof_bytes": file.proof.len(),
        "prove_ms": u64::try_from(prove_ms).unwrap_or(u64::MAX),
        "security_bits": security_bits,
        "model_commitment": opening.commitment.to_string(),
        "statement": digest.to_string(),
    });
    if let Some(rows) = rows_opening {
        entries.extend(report! { "rows_commitment": rows.commitment.to_string() });
    }
    output.report(entries)
}

/// Proves what is claimed of a model that answers with a number.
fn errors_of(args: &Args, metric: ErrorMetric, output: &Output) -> Result<()> {
    for (is_given, option) in [
        (args.class.is_some(), "--class"),
        (args.reveal_score, "--reveal-score"),
        (args.hide_data, "--hide-data"),
        (args.part_rows.is_some(), "--part-rows"),
    ] {
        if is_given {
            let message = format!("{option} is not for errors of numbers");
            return Err(Failure::new(Code::Usage, message).hint("rows are public, and one proof"));
        }
    }
    let score = errors::claim(metric, args.at_most, args.at_least, args.fewer)?;
    let job = regression::Job {
        model: &args.model,
        opening: args.opening.as_deref(),
        data: &args.data,
        target: &args.target,
        score,
        context: context(args),
        proof: &args.output,
    };
    regression::run(&job, output)
}

/// Where the proof counts.
fn context(args: &Args) -> Context {
    Context {
        job: args.job.unwrap_or_default(),
        recipient: args.recipient.unwrap_or_default(),
        ..Context::default()
    }
}

/// How many rows a part has, if the proof is to have parts.
fn part_rows(args: &Args, statement: &Accuracy) -> Result<Option<u32>> {
    let rows = parts::rows(statement, args.part_rows)?;
    if rows.is_some() && args.hide_data {
        let message = "so many hidden rows have no proof: a proof in parts is about public rows";
        return Err(Failure::new(Code::Usage, message));
    }
    Ok(rows)
}

fn prove_in_parts(job: parts::Job<'_>, model: &Model, least: u32, output: &Output) -> Result<()> {
    let start = Instant::now();
    let (proof, schema) = (job.proof, job.whole.schema.clone());
    let statement = parts::prove(job, model, output)?;
    let prove_ms = start.elapsed().as_millis();
    let mut entries = report! { "rows": statement.whole.rows };
    entries.extend(inputs::report_names(&schema));
    inputs::report_score(&mut entries, (statement.whole.score, Some(&schema)), Some(least));
    let bytes = std::fs::metadata(proof).map_or(0, |file| file.len());
    entries.extend(report! {
        "parts": statement.sums.len(),
        "part_rows": statement.part_rows,
        "proof_bytes": bytes,
        "prove_ms": u64::try_from(prove_ms).unwrap_or(u64::MAX),
        "security_bits": accuracy::parts::security_bits(&statement),
        "model_commitment": statement.whole.model.to_string(),
        "statement": statement.digest().to_string(),
    });
    output.report(entries)
}

/// Proves `statement` with what it is about.
fn proven(
    statement: &Accuracy,
    model: &Model,
    table: &Table,
    salts: (&Salt, Option<&Salt>),
    progress: Progress<'_>,
) -> Result<Vec<u8>> {
    match model.graph() {
        Graph::DecisionTree(model) => prove_with(statement, model, table, salts, progress),
        Graph::Forest(model) => prove_with(statement, model, table, salts, progress),
        Graph::Network(model) => prove_with(statement, model, table, salts, progress),
    }
}

fn prove_with<M: Scored>(
    statement: &Accuracy,
    model: &M,
    table: &Table,
    (salt, rows_salt): (&Salt, Option<&Salt>),
    progress: Progress<'_>,
) -> Result<Vec<u8>> {
    let mut seed = [0; 32];
    assay_wallet::os_random(&mut seed);
    let witness = Witness { model, salt, table };
    let proof = match rows_salt {
        Some(rows) => accuracy::prove_committed(statement, &witness, rows, seed, progress),
        None => accuracy::prove(statement, &witness, seed, progress),
    };
    proof.map_err(refusal)
}

/// The opening of the rows, if they are to be hidden.
fn rows_opening(args: &Args, table: &Table) -> Result<Option<RowsOpening>> {
    let opening = || super::rows_opening(args.rows_opening.as_deref(), table, &args.output);
    args.hide_data.then(opening).transpose()
}

/// What is claimed of a class.
fn class_score(
    args: &Args,
    (figure, at_least): (Figure, Threshold),
    model: &Model,
    table: &Table,
) -> Result<Score> {
    if args.reveal_score {
        return Err(Failure::new(Code::Usage, "the exact figure of a class is not proven")
            .hint("leave out --reveal-score"));
    }
    let name = args.class.as_deref().unwrap_or_default();
    let class = figure::class(table.schema(), name)?;
    let score = figure::claim(figure, class, at_least, args.fewer, table)?;
    let (got, of) = figure::fraction(&score, figure::counted(class, model, table));
    let (least, whole) = (u64::from(score.numerator), u64::from(score.denominator));
    // A fraction has 32 bits at most, and so has a number of rows.
    if (got * whole < least * of) == args.fewer {
        return Ok(Score::Class(score));
    }
    let (figure, short) = (figure::name(figure), figure::decimal(got, of));
    let message = format!(
        "the claim is false, nothing was proven: the {figure} of {name} is {got}/{of} = {short}"
    );
    Err(Failure::new(Code::False, message)
        .hint("claim what is true with --at-least, or a miss with --fewer"))
}

/// Refuses a number of best answers that means nothing here.
fn check_k(args: &Args, model: &Model) -> Result<()> {
    let Some(k) = args.k else { return Ok(()) };
    let refused = |message: &str, hint: &str| {
        Err(Failure::new(Code::Usage, message.to_owned()).hint(hint.to_owned()))
    };
    if args.metric != Metric::TopK {
        return refused("only top-k is about the best of several answers", "add --metric top-k");
    }
    if matches!(model.graph(), Graph::DecisionTree(_)) {
        let message = "a decision tree answers with one class: it has no second best";
        return refused(message, "top-k is for forests and networks");
    }
    if args.hide_data {
        let message = "labels among the best answers are proven of public rows only";
        return refused(message, "leave out --hide-data");
    }
    if model.schema().classes().len() < usize::from(k) {
        return refused("there are fewer classes than best answers", "take a smaller --k");
    }
    Ok(())
}

/// What is claimed. Whether it is true is known before anything is written or proven.
fn score(args: &Args, model: &Model, table: &Table, least: u32) -> Result<Score> {
    let best = args.k.map(|best| (best, inputs::among_best(model, table, best)));
    let correct = match best {
        Some((_, among)) => among.ok_or_else(|| {
            Failure::new(Code::False, "the model gives some row no answer; nothing was proven")
        })?,
        None => inputs::correct(model, table),
    };
    let score = match (args.fewer, args.reveal_score, best) {
        (true, _, None) => Score::Fewer(least),
        (false, true, None) => Score::Exactly(correct),
        (false, false, None) => Score::AtLeast(least),
        (is_fewer, is_exact, Some((best, _))) => {
            let rows = match (is_fewer, is_exact) {
                (true, _) => Count::Fewer(least),
                (false, true) => Count::Exactly(correct),
                (false, false) => Count::AtLeast(least),
            };
            Score::Top(TopScore { best, rows })
        }
    };
    let false_claim = ProveError::False { correct: correct as usize, rows: table.rows() };
    if (correct < least) == args.fewer { Ok(score) } else { Err(refusal(false_claim)) }
}

fn statement(
    args: &Args,
    model: &Model,
    table: &Table,
    (opening, rows): (&Opening, Option<&RowsOpening>),
    score: Score,
) -> Result<Accuracy> {
    Ok(Accuracy {
        context: context(args),
        modes: if rows.is_some() { MODES_COMMITTED } else { MODES },
        architecture: model.architecture(),
        schema: table.schema().clone(),
        model: opening.commitment,
        data: rows.map_or_else(|| table.digest(), |rows| as_digest(&rows.commitment)),
        rows: inputs::rows(table)?,
        score,
    })
}

pub(super) fn refusal(error: ProveError) -> Failure {
    match error {
        ProveError::FalseFigure { .. } => {
            Failure::new(Code::False, format!("{error}; nothing was proven"))
        }
        ProveError::False { correct, rows } => {
            let message = format!(
                "the claim is false, nothing was proven: {correct} of {rows} rows are right"
            );
            Failure::new(Code::False, message)
                .hint("claim what is true with --at-least, or a miss with --fewer")
        }
        ProveError::Cancelled(reason) => cancelled(reason),
        error => error.into(),
    }
}
