//! `assay demo`: a whole sale between two parties with folders of their own, told step by step.

mod data;
mod deliver;
mod host;
mod model;
mod sale;
mod story;

use crate::{
    delivered::RECEIPT,
    failure::{Code, Failure, Result},
    output::Output,
    place,
};
use assay_agent::{Act, Step};
use assay_ledger::job::Ending;
use data::Which;
use model::Model;
use sale::Sale;
use std::path::{Path, PathBuf};
use story::Story;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The table that the owner sells the use of [default: breast-cancer; of a cnn: digits]
    #[arg(long, value_enum)]
    dataset: Option<Which>,
    /// What the buyer has trained
    #[arg(long, value_enum, default_value_t = Model::Tree)]
    model: Model,
    /// The folder of the market: ledger, owner, buyer, and what is delivered
    #[arg(long, value_name = "DIR", default_value = "assay-demo")]
    dir: PathBuf,
    /// Keep the market and its page open afterwards, until Ctrl-C
    #[arg(long)]
    serve: bool,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let dir = args.dir.as_path();
    let is_resumed = refuse_other(dir)?;
    let data = args.dataset.unwrap_or(args.model.table()).data();
    let asked = args.model.of(data)?;
    let mut story = Story::new(output, dir);
    let mut sale = Sale::open(dir, data, asked)?;
    story.begin(&sale, is_resumed)?;

    let dataset = sale.publish()?;
    story.listed(&sale, &dataset)?;
    let placed = sale.order(dataset)?;
    story.ordered(&sale, &placed)?;
    let ending = play(&mut sale, &mut story)?;
    if ending != Some(Ending::Settled) {
        return Err(not_sold(ending));
    }
    let mut report = deliver::deliver(&sale, &placed.job, &story)?;
    story.end(&report);
    if args.serve {
        story.open(&sale);
        report.entries.insert("page".to_owned(), sale.page().into());
        output.report(report.entries)?;
        sale.serve()
    } else {
        sale.close()?;
        output.report(report.entries)
    }
}

/// Lets both parties do what is due, and waits for the blocks that take it, until nothing is due any more.
fn play(sale: &mut Sale, story: &mut Story<'_>) -> Result<Option<Ending>> {
    let mut ending = sale.ending()?;
    loop {
        // The buyer first, who verifies what the owner has proven before the owner reveals.
        let buyer = sale.buyer_step(story)?;
        story.step(sale, &buyer)?;
        let owner = sale.owner_step(story)?;
        story.step(sale, &owner)?;
        for step in [&owner, &buyer] {
            if let Step::Did(Act::Closed { ending: got, .. }) = step {
                ending = Some(*got);
            }
        }
        if owner == Step::Idle && buyer == Step::Idle {
            return Ok(ending);
        }
        sale.settle()?;
    }
}

/// A sale that ended otherwise: an interrupted demo whose heights have moved on without it.
fn not_sold(ending: Option<Ending>) -> Failure {
    let how = ending.map_or("nothing is due any more".to_owned(), |ending| ending.to_string());
    let code = if ending.is_some() { Code::Deadline } else { Code::Error };
    Failure::new(code, format!("the job in this folder ended without a sale: {how}"))
        .hint("start again with another --dir")
}

/// Fails if the folder holds a finished demo, or something else; returns whether it holds an unfinished one.
fn refuse_other(dir: &Path) -> Result<bool> {
    let shown = dir.display();
    if dir.join(RECEIPT).exists() {
        let message = format!("{shown} holds a finished sale");
        return Err(Failure::new(Code::Conflict, message).hint(format!(
            "look at it with `assay receipt show {shown}/receipt.json`, or choose another --dir"
        )));
    }
    let Ok(mut entries) = dir.read_dir() else { return Ok(false) };
    if place::ledger(dir).exists() {
        return Ok(true);
    }
    match entries.next() {
        None => Ok(false),
        Some(_) => Err(Failure::new(Code::Conflict, format!("{shown} is not empty"))
            .hint("choose another --dir")),
    }
}
