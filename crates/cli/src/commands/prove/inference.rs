//! `assay prove inference`

use super::{Committed, cancelled, keep_rows, rows_opening};
use crate::{
    answers_opening::AnswersOpening,
    failure::{Code, Failure, Result},
    files::{self, Readers},
    inputs::{self, AnyModel},
    opening::Opening,
    output::{Output, report},
    privacy::{self, Shown},
    proof_file::ProofFile,
    row_range::RowRange,
    rows_opening::RowsOpening,
    told::{Answer, Told},
};
use assay_codec::to_bytes;
use assay_model::Table;
use assay_statements::inference::{self, Asked, ProveError, Unfit, Witness};
use assay_types::{
    Address, JobId,
    statement::{Context, Modes, Privacy},
};
use std::{path::PathBuf, time::Instant};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file
    #[arg(long, value_name = "M")]
    model: PathBuf,
    /// The rows to be answered
    #[arg(long, value_name = "CSV")]
    data: PathBuf,
    /// Keep this column of labels, which are classes, in what the rows are named or committed by
    /// [default: drop it]
    #[arg(long, value_name = "COL")]
    target: Option<String>,
    /// Answer these rows alone: START..END, the first row is 0, END is left out [default: all]
    #[arg(long, value_name = "RANGE")]
    rows: Option<RowRange>,
    /// Who sees the rows
    #[arg(long, value_name = "MODE", default_value = "public")]
    input: Shown,
    /// Who sees the model
    #[arg(long, value_name = "MODE", default_value = "committed")]
    weights: Shown,
    /// Who sees the answers
    #[arg(long, value_name = "MODE", default_value = "public")]
    output: Shown,
    /// The opening of the model's commitment [default: the one beside the model, else a new one]
    #[arg(long, value_name = "S")]
    opening: Option<PathBuf>,
    /// The opening of an earlier commitment to the rows [default: a new one, beside the proof]
    #[arg(long, value_name = "R")]
    rows_opening: Option<PathBuf>,
    /// Bind the proof to a job
    #[arg(long, value_name = "J", value_parser = inputs::job)]
    job: Option<JobId>,
    /// Bind the proof to whom it is for
    #[arg(long, value_name = "A", value_parser = inputs::address)]
    recipient: Option<Address>,
    /// Where the proof goes
    #[arg(short = 'o', long = "proof", value_name = "P")]
    proof: PathBuf,
}

/// What opens the committed parts.
struct Openings<A> {
    rows: Option<RowsOpening>,
    model: Option<Opening>,
    answers: Option<AnswersOpening<A>>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    match inputs::any_model(&args.model)? {
        AnyModel::Class(model) => answered(args, &model, output),
        AnyModel::Number(_) if args.target.is_some() => {
            Err(Failure::new(Code::Usage, "rows to be answered with numbers have no labels")
                .hint("leave out --target"))
        }
        AnyModel::Number(model) => answered(args, &model, output),
    }
}

/// Proves what a model of either kind answers.
fn answered<M: Told>(args: &Args, model: &M, output: &Output) -> Result<()> {
    let modes = modes(args)?;
    let table = inputs::unlabelled(&args.data, args.target.as_deref(), model.names())?;
    let table = args.rows.map(|rows| rows.of(&table)).transpose()?.unwrap_or(table);
    inputs::rows(&table)?;
    // Whether there is anything to be proven is known before anything is written.
    let answers = inference::answers(model, &table).map_err(refusal)?;
    let openings = openings(args, modes, (model, &table, &answers), output)?;
    let witness = Witness {
        model,
        rows: &table,
        rows_salt: openings.rows.as_ref().map(|opening| &opening.salt),
        model_salt: openings.model.as_ref().map(|opening| &opening.salt),
        answers_salt: openings.answers.as_ref().map(|opening| &opening.salt),
    };
    let context = Context {
        job: args.job.unwrap_or_default(),
        recipient: args.recipient.unwrap_or_default(),
        ..Context::default()
    };
    let statement = inference::describe(context, modes, &witness).map_err(refusal)?;

    let (progress, work) = (output.progress(), inference::work(&statement).ok());
    let start = Instant::now();
    let mut seed = [0; 32];
    assay_wallet::os_random(&mut seed);
    let proof = inference::prove(&statement, &witness, seed, &mut progress.proof(work));
    let prove_ms = start.elapsed().as_millis();
    drop(progress);
    let proof = proof.map_err(refusal)?;
    keep(args, &openings, output)?;

    let shown = if modes.output == Privacy::Public { answers } else { Vec::new() };
    let mut entries = privacy::report_answers::<M>(&statement, &shown);
    entries.extend(report! {
        "proof_bytes": proof.len(),
        "prove_ms": u64::try_from(prove_ms).unwrap_or(u64::MAX),
        "security_bits": inference::security_bits(&statement),
        "statement": statement.name().to_string(),
    });
    let file = ProofFile { statement: M::filed(statement, shown), proof };
    files::write(&args.proof, &to_bytes(&file), Readers::All)?;
    output.report(entries)
}

/// The modes, if they say anything and what else is given fits them.
fn modes(args: &Args) -> Result<Modes> {
    let [input, weights, output] = [args.input, args.weights, args.output].map(Privacy::from);
    let modes = Modes { input, weights, output };
    if !modes.says_something() {
        return Err(Failure::new(Code::Usage, Unfit::SaysNothing.to_string())
            .hint("some model always answers some rows somehow"));
    }
    if args.rows_opening.is_some() && input != Privacy::Committed {
        return Err(Failure::new(Code::Usage, "only a committed input has an opening")
            .hint("add --input committed"));
    }
    if args.opening.is_some() && weights != Privacy::Committed {
        return Err(Failure::new(Code::Usage, "only committed weights have an opening")
            .hint("leave --weights out, or --opening"));
    }
    Ok(modes)
}

/// Reads or draws what opens the committed parts; for what is drawn there is room beside the proof.
fn openings<M: Told>(
    args: &Args,
    modes: Modes,
    (model, table, answers): (&M, &Table, &[M::Answer]),
    output: &Output,
) -> Result<Openings<M::Answer>> {
    let is_committed = |privacy| privacy == Privacy::Committed;
    let committed =
        Committed { model: &args.model, opening: args.opening.as_deref(), proof: &args.proof };
    let rows = is_committed(modes.input)
        .then(|| rows_opening(args.rows_opening.as_deref(), table, &args.proof))
        .transpose()?;
    let model_opening = is_committed(modes.weights)
        .then(|| committed.opening(model.operators(), output))
        .transpose()?;
    let answers = if is_committed(modes.output) {
        files::refuse_existing(&inputs::beside(&args.proof, "answers"))?;
        Some(AnswersOpening::draw(answers))
    } else {
        None
    };
    Ok(Openings { rows, model: model_opening, answers })
}

/// Writes what was drawn beside the proof, which is made.
fn keep<A: Answer>(args: &Args, openings: &Openings<A>, output: &Output) -> Result<()> {
    if let (Some(rows), None) = (&openings.rows, &args.rows_opening) {
        keep_rows(rows, &args.proof, output)?;
    }
    if let Some(answers) = &openings.answers {
        let path = inputs::beside(&args.proof, "answers");
        answers.write(&path)?;
        output.note(&format!("the answers and their opening are in {}", path.display()));
    }
    Ok(())
}

fn refusal(error: ProveError) -> Failure {
    match error {
        ProveError::NoAnswer { .. } | ProveError::False => {
            Failure::new(Code::False, format!("{error}; nothing was proven"))
        }
        ProveError::Cancelled(reason) => cancelled(reason),
        error => error.into(),
    }
}
