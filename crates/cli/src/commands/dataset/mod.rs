//! `assay dataset list|show|publish|update|delist`

mod delist;
mod list;
mod publish;
mod show;
mod update;

use crate::{failure::Result, output::Output};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Print what is offered
    List(list::Args),
    /// Print a listing, and write a template for a test set
    Show(show::Args),
    /// Offer the use of rows, which stay with their owner
    Publish(Box<publish::Args>),
    /// Change the terms of a listing; open jobs keep theirs
    Update(Box<update::Args>),
    /// Take a listing off the market; open jobs go on
    Delist(delist::Args),
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<()> {
    match command {
        Command::List(args) => list::run(args, output),
        Command::Show(args) => show::run(args, output),
        Command::Publish(args) => publish::run(args, output),
        Command::Update(args) => update::run(args, output),
        Command::Delist(args) => delist::run(args, output),
    }
}
