//! `assay wallet new|show|backup|restore`
//!
//! Passwords: see [`crate::place`]. A backup is sealed with the wallet's own password.

use crate::{
    failure::{Code, Failure, Result},
    output::{Output, report},
    place::{self, missing},
};
use assay_wallet::{Cost, Wallet, keystore, os_random};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a wallet with fresh keys
    New(Dir),
    /// Print a wallet's address and encryption key; no password is needed
    Show(Dir),
    /// Write keys and openings to one file, sealed with the wallet's password
    Backup(Backup),
    /// Bring the openings of a backup back, or all of the wallet if there is none
    Restore(Backup),
}

/// A wallet.
#[derive(Debug, clap::Args)]
pub(crate) struct Dir {
    /// The wallet's folder
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

/// A wallet and a file.
#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// The wallet's folder
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The backup
    file: PathBuf,
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<()> {
    match command {
        Command::New(args) => new(&args.dir, output),
        Command::Show(args) => show(&args.dir, output),
        Command::Backup(args) => backup(args, output),
        Command::Restore(args) => restore(args, output),
    }
}

fn new(dir: &Path, output: &Output) -> Result<()> {
    if Wallet::keystore_path(dir).exists() {
        let message = format!("there is a wallet in {} already", dir.display());
        return Err(Failure::new(Code::Conflict, message).hint("choose another --dir"));
    }
    let made = Wallet::create(dir, &place::ask()?, Cost::STANDARD, &mut os_random);
    tell(&made.map_err(|error| place::wallet_failure(error, dir))?, output)
}

fn show(dir: &Path, output: &Output) -> Result<()> {
    let path = Wallet::keystore_path(dir);
    if !path.exists() {
        return Err(missing(dir));
    }
    let identity = keystore::identity(&path)?;
    output.report(report! {
        "address": identity.address.to_string(),
        "encryption_key": assay_codec::to_hex(&identity.encryption_key),
    })
}

fn backup(args: &Backup, output: &Output) -> Result<()> {
    if args.file.exists() {
        let message = format!("{} exists", args.file.display());
        return Err(Failure::new(Code::Conflict, message).hint("backups are never overwritten"));
    }
    let dir = &args.dir;
    if !Wallet::keystore_path(dir).exists() {
        return Err(missing(dir));
    }
    let password = place::password(dir)?;
    let wallet = Wallet::open(dir, &password).map_err(|error| place::wallet_failure(error, dir))?;
    wallet.backup(&args.file, &password, Cost::STANDARD, &mut os_random)?;
    output.report(report! {
        "address": wallet.keys().address().to_string(),
        "openings": wallet.openings().iter().count(),
        "backup": args.file.display().to_string(),
    })
}

fn restore(args: &Backup, output: &Output) -> Result<()> {
    let Backup { dir, file } = args;
    if !file.exists() {
        return Err(Failure::new(Code::NotFound, format!("there is no {}", file.display())));
    }
    let password = place::password(dir)?;
    let failed = |error| place::wallet_failure(error, dir);
    if Wallet::keystore_path(dir).exists() {
        let mut wallet = Wallet::open(dir, &password).map_err(failed)?;
        wallet.restore(file, &password, &mut os_random).map_err(failed)?;
        return tell(&wallet, output);
    }
    let made = Wallet::create_from_backup(dir, file, &password, Cost::STANDARD, &mut os_random);
    tell(&made.map_err(failed)?, output)
}

fn tell(wallet: &Wallet, output: &Output) -> Result<()> {
    output.report(report! {
        "address": wallet.keys().address().to_string(),
        "encryption_key": assay_codec::to_hex(&wallet.keys().encryption_key()),
        "openings": wallet.openings().iter().count(),
    })
}
