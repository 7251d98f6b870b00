//! `assay owner run`

mod run;

use crate::{failure::Result, output::Output};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Serve the jobs of a data owner: train, commit, prove, deliver
    Run(run::Args),
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<()> {
    match command {
        Command::Run(args) => run::run(args, output),
    }
}
