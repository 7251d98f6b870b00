//! A folder with a market in it: `ledger/`, `owner/`, `buyer/`, `genesis.json`.
//!
//! Passwords come from `ASSAY_PASSWORD`, or from the file that `ASSAY_PASSWORD_FILE` names, or from the file `password`
//! that the demo leaves beside a keystore, or from the first line of the standard input, in this order.

use crate::{
    failure::{Code, Explain, Failure, Result},
    files,
};
use assay_chain::Chain;
use assay_receipt::{checkpoint_from_json, genesis_from_json};
use assay_types::stake::Founding;
use assay_types::validators::Checkpoint;
use assay_types::{Address, Amount, Genesis, Orderer, Parameters, Validators};
use assay_wallet::{Cost, Error as WalletError, Wallet, os_random};
use std::{
    io::{BufRead, IsTerminal, Read},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// The variable that holds a password.
pub(crate) const PASSWORD: &str = "ASSAY_PASSWORD";
/// The variable that names a file with a password, as a supervisor hands one over.
pub(crate) const PASSWORD_FILE: &str = "ASSAY_PASSWORD_FILE";
/// Most bytes of a password.
const PASSWORD_BYTES_MAX: u64 = 1024;
/// Most bytes of a genesis, or of a checkpoint.
const GENESIS_BYTES_MAX: u64 = 1 << 24;

/// EIP-155 number of a chain of one's own, one that is meant for private ones.
const CHAIN: u64 = 1337;

/// The folder of the ledger.
pub(crate) fn ledger(dir: &Path) -> PathBuf {
    dir.join("ledger")
}

/// Where the genesis lies.
pub(crate) fn genesis_path(dir: &Path) -> PathBuf {
    dir.join("genesis.json")
}

/// Reads a genesis.
pub(crate) fn genesis(path: &Path) -> Result<Genesis> {
    let bytes = files::read(path, GENESIS_BYTES_MAX)
        .hint("the genesis is the file that a verifier has to trust; name it with --genesis")?;
    genesis_from_json(&bytes)
        .code(Code::Unverified)
        .context(format!("{} is not a genesis", path.display()))
}

/// Reads a checkpoint.
pub(crate) fn checkpoint(path: &Path) -> Result<Checkpoint> {
    let bytes = files::read(path, GENESIS_BYTES_MAX)
        .hint("a checkpoint is a file that `assay checkpoint` wrote")?;
    checkpoint_from_json(&bytes)
        .code(Code::Unverified)
        .context(format!("{} is not a checkpoint", path.display()))
}

/// Begins a chain of this machine's own.
pub(crate) fn new_genesis(
    orderer: Orderer,
    mut balances: Vec<(Address, Amount)>,
) -> Result<Genesis> {
    let parameters = parameters(u64::try_from(orderer.count()).unwrap_or(u64::MAX));
    balances.sort_unstable();
    Genesis::with(CHAIN, now_ms(), orderer, parameters, balances)
        .map_err(|rule| Failure::new(Code::Usage, rule))
}

/// Begins a chain of validators that have something at stake.
pub(crate) fn new_staked_genesis(
    validators: Validators,
    founding: Founding,
    mut balances: Vec<(Address, Amount)>,
) -> Result<Genesis> {
    let count = validators.count().max(founding.rules.seats.into());
    let parameters = parameters(u64::try_from(count).unwrap_or(u64::MAX));
    balances.sort_unstable();
    Genesis::staked(CHAIN, now_ms(), validators, founding, parameters, balances)
        .map_err(|rule| Failure::new(Code::Usage, rule))
}

/// The constants of a chain of so many validators, at most.
fn parameters(count: u64) -> Parameters {
    Parameters {
        fee: Amount::new(2),
        proof_fee: Amount::new(4),
        blob_fee: Amount::new(1),
        fee_burn_ppm: 500_000,
        listing_burn: Amount::new(20),
        sale_burn_ppm: 50_000,
        sale_burn_min: Amount::new(5),
        window_min: count.saturating_mul(2),
        window_max: 1_000,
    }
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

/// Opens the ledger of a folder.
pub(crate) fn chain(dir: &Path) -> Result<Chain> {
    let genesis = genesis(&genesis_path(dir)).hint("`assay demo --dir DIR` makes a market")?;
    if genesis.validators().is_some() {
        return Err(Failure::new(
            Code::Usage,
            "the blocks of this market are ordered by validators",
        )
        .hint("`assay node run` takes part; go through it with --node"));
    }
    open_chain(dir, &genesis, authority(&ledger(dir).join("authority"))?)
}

/// Opens the ledger of a folder to look at it, whoever orders its blocks.
pub(crate) fn read(dir: &Path) -> Result<Chain> {
    let genesis = genesis(&genesis_path(dir)).hint("`assay demo --dir DIR` makes a market")?;
    if genesis.validators().is_some() { follow(dir, &genesis) } else { chain(dir) }
}

/// Opens the wallet of the ledger's authority. The variable holds the password of the party that acts, which
/// is not the authority's: where one lies beside the wallet, it is that.
fn authority(dir: &Path) -> Result<Wallet> {
    let beside = dir.join("password");
    if !Wallet::keystore_path(dir).exists() || !beside.exists() {
        return wallet(dir);
    }
    Wallet::open(dir, &from_file(&beside)?).map_err(|error| wallet_failure(error, dir))
}

/// Opens the ledger of a folder whose blocks are ordered by validators.
pub(crate) fn follow(dir: &Path, genesis: &Genesis) -> Result<Chain> {
    Chain::follow(&ledger(dir), genesis).map_err(opened)
}

/// Opens the ledger of a folder, with the wallet of its authority.
pub(crate) fn open_chain(dir: &Path, genesis: &Genesis, authority: Wallet) -> Result<Chain> {
    Chain::open(&ledger(dir), genesis, authority).map_err(opened)
}

/// Says why a ledger cannot be opened.
fn opened(error: assay_chain::Error) -> Failure {
    match error {
        assay_chain::Error::Busy(_) => {
            Failure::new(Code::Conflict, error.to_string()).hint("wait until the other one is done")
        }
        error => error.into(),
    }
}

/// Opens a wallet.
pub(crate) fn wallet(dir: &Path) -> Result<Wallet> {
    if !Wallet::keystore_path(dir).exists() {
        return Err(missing(dir));
    }
    Wallet::open(dir, &password(dir)?).map_err(|error| wallet_failure(error, dir))
}

/// Says that there is no wallet.
pub(crate) fn missing(dir: &Path) -> Failure {
    Failure::new(Code::NotFound, format!("there is no wallet in {}", dir.display()))
        .hint("`assay wallet new --dir DIR` makes one")
}

/// Says what is wrong with a wallet, and under which exit code.
pub(crate) fn wallet_failure(error: WalletError, dir: &Path) -> Failure {
    match error {
        WalletError::Busy(_) | WalletError::Exists(_) => {
            Failure::new(Code::Conflict, error.to_string())
        }
        WalletError::Missing(_) => missing(dir),
        error => error.into(),
    }
}

/// Opens a wallet whose password lies beside it; makes both if they are not there. Somebody may have taken the password
/// away, to hand it over when it is needed.
///
/// The password is written first: a wallet without it could never be opened again.
pub(crate) fn own_wallet(dir: &Path) -> Result<Wallet> {
    private_folder(dir).context(format!("{} cannot be made", dir.display()))?;
    let path = dir.join("password");
    if Wallet::keystore_path(dir).exists() {
        let password = if path.exists() { from_file(&path)? } else { password(dir)? };
        return Wallet::open(dir, &password).map_err(|error| wallet_failure(error, dir));
    }
    if !path.exists() {
        let mut bytes = [0; 16];
        os_random(&mut bytes);
        files::write_secret(&path, assay_codec::to_hex(&bytes).as_bytes())?;
    }
    Wallet::create(dir, &from_file(&path)?, Cost::STANDARD, &mut os_random)
        .map_err(|error| wallet_failure(error, dir))
}

/// Makes a folder that its owner alone may enter.
fn private_folder(dir: &Path) -> std::io::Result<()> {
    if let Some(parent) = dir.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(dir)
}

fn from_file(path: &Path) -> Result<String> {
    let bytes = files::read(path, PASSWORD_BYTES_MAX)?;
    let text = String::from_utf8(bytes).context(format!("{} is not text", path.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Finds the password of the wallet in `dir`.
pub(crate) fn password(dir: &Path) -> Result<String> {
    if let Some(password) = from_variable()? {
        return Ok(password);
    }
    let beside = dir.join("password");
    if beside.exists() { from_file(&beside) } else { ask() }
}

/// Finds the password that a variable holds, or the file that one names.
fn from_variable() -> Result<Option<String>> {
    if let Ok(password) = std::env::var(PASSWORD) {
        return Ok(Some(password));
    }
    std::env::var_os(PASSWORD_FILE).map(|path| from_file(Path::new(&path))).transpose()
}

/// Reads a password from a variable or the first line of the standard input.
pub(crate) fn ask() -> Result<String> {
    if let Some(password) = from_variable()? {
        return Ok(password);
    }
    let none = || {
        Failure::new(Code::Usage, "a password is needed")
            .hint(format!("set {PASSWORD} or {PASSWORD_FILE}, or write it to the standard input"))
    };
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        // Nothing here hides what is typed.
        return Err(none());
    }
    let mut line = String::new();
    stdin.lock().take(PASSWORD_BYTES_MAX).read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() { Err(none()) } else { Ok(password.to_owned()) }
}
