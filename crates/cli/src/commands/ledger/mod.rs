//! `assay ledger new|advance|show`

mod advance;
pub(crate) mod new;
mod show;

use crate::{failure::Result, output::Output};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Begin a ledger of this machine's own
    New(new::Args),
    /// Make blocks, so that windows pass
    Advance(advance::Args),
    /// Print the state of a ledger
    Show(show::Args),
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<()> {
    match command {
        Command::New(args) => new::run(args, output),
        Command::Advance(args) => advance::run(args, output),
        Command::Show(args) => show::run(args, output),
    }
}
