//! `assay receipt verify|show`

mod confirm;
mod show;
mod verify;

use crate::{
    failure::{Code, Explain, Failure, Result},
    files,
    output::Output,
};
use assay_receipt::{JSON_BYTES_MAX, Receipt};
use std::path::Path;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Verify a receipt offline
    Verify(verify::Args),
    /// Print what a receipt says, without verifying it
    Show(show::Args),
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<()> {
    match command {
        Command::Verify(args) => verify::run(args, output),
        Command::Show(args) => show::run(args, output),
    }
}

/// Reads a file that is evidence. What is longer than any evidence is none.
fn evidence(path: &Path, limit: u64) -> Result<Vec<u8>> {
    files::read(path, limit).map_err(|failure| match failure.code {
        Code::Error => Failure { code: Code::Unverified, ..failure },
        _ => failure,
    })
}

fn read(path: &Path) -> Result<Receipt> {
    Receipt::parse(&evidence(path, JSON_BYTES_MAX as u64)?)
        .code(Code::Unverified)
        .context(format!("{} is not a receipt", path.display()))
}
