//! `assay buyer run`

mod run;

use crate::{failure::Result, output::Output};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Drive what a buyer has ordered: show test sets, verify, decrypt, keep receipts
    Run(run::Args),
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<()> {
    match command {
        Command::Run(args) => run::run(args, output),
    }
}
