//! `assay node run|status`

mod run;
mod status;

use crate::{failure::Result, output::Output};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Serve the market of a folder over HTTP, and make blocks
    Run(run::Args),
    /// Ask a node how it is
    Status(status::Args),
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<()> {
    match command {
        Command::Run(args) => run::run(args, output),
        Command::Status(args) => status::run(args, output),
    }
}
