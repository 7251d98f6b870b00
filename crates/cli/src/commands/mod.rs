//! One file per command.

pub(crate) mod completions;
pub(crate) mod model;
pub(crate) mod predict;
pub(crate) mod prove;
pub(crate) mod verify;

use crate::{cli::Command, failure::Result, output::Output};

pub(crate) fn run(command: Command, output: &Output) -> Result<()> {
    match command {
        Command::Model(command) => model::run(command, output),
        Command::Predict(args) => predict::run(&args, output),
        Command::Prove(prove::Command::Accuracy(args)) => prove::run(&args, output),
        Command::Verify(args) => verify::run(&args, output),
        Command::Completions(args) => completions::run(&args, output),
    }
}
