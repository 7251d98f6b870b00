//! `assay model …`

mod commit;
mod compile;
mod export;
mod import;
mod inspect;
mod train;

use crate::{failure::Result, output::Output};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Train a model on a table: a tree, a forest, a linear model or a network
    Train(train::Args),
    /// Show what a model is
    Inspect(inspect::Args),
    /// Read trees, a forest or boosted trees that another library trained
    Import(import::Args),
    /// Make the integer model, which can be proven, of a network that was trained with floats
    Compile(compile::Args),
    /// Write a model as ONNX
    Export(export::Args),
    /// Commit to a model, so that claims about it can be proven while it stays hidden
    Commit(commit::Args),
}

pub(crate) fn run(command: Command, output: &Output) -> Result<()> {
    match command {
        Command::Train(args) => train::run(&args, output),
        Command::Inspect(args) => inspect::run(&args, output),
        Command::Import(args) => import::run(&args, output),
        Command::Compile(args) => compile::run(&args, output),
        Command::Export(args) => export::run(&args, output),
        Command::Commit(args) => commit::run(&args, output),
    }
}
