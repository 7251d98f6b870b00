//! One file per command.

pub(crate) mod accuse;
pub(crate) mod buyer;
pub(crate) mod checkpoint;
pub(crate) mod completions;
pub(crate) mod dataset;
pub(crate) mod demo;
pub(crate) mod job;
pub(crate) mod ledger;
pub(crate) mod model;
pub(crate) mod node;
pub(crate) mod owner;
pub(crate) mod predict;
pub(crate) mod prove;
pub(crate) mod receipt;
pub(crate) mod stake;
pub(crate) mod state;
pub(crate) mod verify;
pub(crate) mod wallet;

use crate::{cli::Command, failure::Result, output::Output};

pub(crate) fn run(command: Command, output: &Output) -> Result<()> {
    match command {
        Command::Demo(args) => demo::run(&args, output),
        Command::Model(command) => model::run(command, output),
        Command::Predict(args) => predict::run(&args, output),
        Command::Prove(command) => prove::run(command, output),
        Command::Verify(args) => verify::run(&args, output),
        Command::Receipt(command) => receipt::run(&command, output),
        Command::Dataset(command) => dataset::run(&command, output),
        Command::Job(command) => job::run(&command, output),
        Command::Ledger(command) => ledger::run(&command, output),
        Command::Node(command) => node::run(&command, output),
        Command::State(args) => state::run(&args, output),
        Command::Checkpoint(args) => checkpoint::run(&args, output),
        Command::Owner(command) => owner::run(&command, output),
        Command::Buyer(command) => buyer::run(&command, output),
        Command::Stake(command) => stake::run(&command, output),
        Command::Accuse(args) => accuse::run(&args, output),
        Command::Wallet(command) => wallet::run(&command, output),
        Command::Completions(args) => completions::run(&args, output),
    }
}
