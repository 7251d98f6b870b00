//! The command line's grammar; each command's own arguments stand in its file.

use crate::commands::{
    accuse, buyer, checkpoint, completions, dataset, demo, job, ledger, model, node, owner,
    predict, prove, receipt, stake, state, verify, wallet,
};
use clap::{Parser, Subcommand};

/// Machine learning in which nothing is paid for before it is proven.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// Print one JSON object instead of lines
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Watch a whole sale: a model trained on private rows is proven, paid for and delivered
    Demo(demo::Args),
    /// Train, look at, export and commit to models
    #[command(subcommand)]
    Model(model::Command),
    /// Answer rows with a model
    Predict(predict::Args),
    /// Prove a claim about a model
    #[command(subcommand)]
    Prove(prove::Command),
    /// Check a proof file
    Verify(verify::Args),
    /// Verify or print what remains of a sale
    #[command(subcommand)]
    Receipt(receipt::Command),
    /// Offer the use of rows, and look at what is offered
    #[command(subcommand)]
    Dataset(dataset::Command),
    /// Order models, and do what is due in a sale
    #[command(subcommand)]
    Job(job::Command),
    /// Make a ledger in a folder, look at it, and make blocks
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// Serve a market to others, over HTTP
    #[command(subcommand)]
    Node(node::Command),
    /// Tell what an account, a listing or a job is, without believing the node that says so
    State(state::Args),
    /// Keep for later which block is final now, and who the validators are
    Checkpoint(checkpoint::Args),
    /// Be a data owner at a node, without anybody at the keyboard
    #[command(subcommand)]
    Owner(owner::Command),
    /// Be a buyer at a node, without anybody at the keyboard
    #[command(subcommand)]
    Buyer(buyer::Command),
    /// Put money at stake as a validator, and take it back
    #[command(subcommand)]
    Stake(stake::Command),
    /// Convict a validator that has voted twice
    Accuse(accuse::Args),
    /// Make, look at, back up and restore wallets
    #[command(subcommand)]
    Wallet(wallet::Command),
    /// Print a completion script for a shell
    Completions(completions::Args),
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 error, 2 usage, 3 verification failed, \
4 the claim is false and nothing was proven, 5 not found, 6 conflict or price limit, 7 deadline, 130 stopped";
