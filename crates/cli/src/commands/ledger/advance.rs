//! `assay ledger advance N --dir DIR`

use crate::{
    failure::Result,
    output::{Output, report},
    place,
};
use std::path::PathBuf;

/// Most blocks that are made at once.
const BLOCKS_MAX: u64 = 1_000_000;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many blocks
    #[arg(value_parser = clap::value_parser!(u64).range(1..=BLOCKS_MAX))]
    blocks: u64,
    /// The folder of the market
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let mut chain = place::chain(&args.dir)?;
    let progress = output.progress();
    progress.phase("making blocks");
    let entries = chain.advance(args.blocks, place::now_ms())?;
    drop(progress);
    output.report(report! {
        "height": chain.height().get(),
        "blocks": args.blocks,
        "events": entries.len(),
    })
}
