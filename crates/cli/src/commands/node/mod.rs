//! `assay node init|genesis|run|status|snapshot|restore`

mod genesis;
mod init;
mod restore;
mod run;
mod snapshot;
mod status;

use crate::{failure::Result, output::Output};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make the keys of a validator
    Init(init::Args),
    /// Begin a chain whose blocks are ordered by validators
    Genesis(genesis::Args),
    /// Serve the market of a folder over HTTP, and make blocks, alone or with other validators
    Run(run::Args),
    /// Ask a node how it is
    Status(status::Args),
    /// Write the state of a ledger into a folder, as a backup
    Snapshot(snapshot::Args),
    /// Begin a ledger with the state of another one, of a node or of a backup, which is verified
    Restore(restore::Args),
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<()> {
    match command {
        Command::Init(args) => init::run(args, output),
        Command::Genesis(args) => genesis::run(args, output),
        Command::Run(args) => run::run(args, output),
        Command::Status(args) => status::run(args, output),
        Command::Snapshot(args) => snapshot::run(args, output),
        Command::Restore(args) => restore::run(args, output),
    }
}
