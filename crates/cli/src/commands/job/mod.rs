//! `assay job open|next|decline|show|list`

mod decline;
mod list;
mod next;
mod open;
mod show;

use crate::{failure::Result, output::Output};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Order a model for a test set, and pay into escrow
    Open(Box<open::Args>),
    /// Do what is due for a wallet, in whichever of its jobs is the most urgent
    Next(next::Args),
    /// Refuse a job, as its owner
    Decline(decline::Args),
    /// Print a job; write what was delivered into a folder
    Show(show::Args),
    /// Print the jobs on the ledger
    List(list::Args),
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<()> {
    match command {
        Command::Open(args) => open::run(args, output),
        Command::Next(args) => next::run(args, output),
        Command::Decline(args) => decline::run(args, output),
        Command::Show(args) => show::run(args, output),
        Command::List(args) => list::run(args, output),
    }
}
