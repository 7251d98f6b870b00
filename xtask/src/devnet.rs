//! `cargo xtask devnet [DIR]`: four validators on this machine, and a wallet with money.

use crate::cargo;
use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// How many validators there are.
const COUNT: usize = 4;
/// What the wallet begins with.
const MONEY: u64 = 1_000_000;

/// Begins a chain in `dir`, or goes on with the one that is there, and serves it until it is interrupted.
pub(crate) fn run(root: &Path, dir: &Path) -> Result<()> {
    let built = cargo(root).args(["build", "--release", "--bin", "assay"]).status();
    ensure!(built.context("cargo cannot be started")?.success(), "the program cannot be built");
    let assay = root.join("target/release/assay");
    let dirs: Vec<_> = (0..COUNT).map(|number| dir.join(format!("v{number}"))).collect();
    if !dir.join("v0/genesis.json").exists() {
        begin(&assay, dir, &dirs)?;
    }
    let started = dirs.iter().map(|dir| start(&assay, dir));
    let nodes = started.collect::<Result<Vec<_>>>()?;
    eprintln!("a wallet with {MONEY}: {}", dir.join("wallet").display());
    eprintln!("Ctrl-C ends all of them; the same folder goes on");
    for mut node in nodes {
        node.wait().context("a validator is gone")?;
    }
    Ok(())
}

/// Makes keys, a wallet and a genesis.
fn begin(assay: &Path, dir: &Path, dirs: &[PathBuf]) -> Result<()> {
    std::fs::create_dir_all(dir)?;
    // All are held at once, so that they differ.
    let held = dirs.iter().map(|_| TcpListener::bind("127.0.0.1:0"));
    let held = held.collect::<Result<Vec<_>, _>>().context("there is no free port")?;
    for (dir, listener) in dirs.iter().zip(&held) {
        let address = listener.local_addr()?.to_string();
        let mut init = Command::new(assay);
        told(init.args(["node", "init", "--address", &address, "--dir"]).arg(dir))?;
    }
    drop(held);
    let wallet = dir.join("wallet");
    let mut new = Command::new(assay);
    let password = wallet.join("password");
    std::fs::create_dir_all(&wallet)?;
    std::fs::write(&password, "devnet")?;
    let made =
        told(new.args(["wallet", "new", "--dir"]).arg(&wallet).env("ASSAY_PASSWORD", "devnet"))?;
    let address = field(&made, "address").context("a wallet has an address")?;
    let mut genesis = Command::new(assay);
    genesis.args(["node", "genesis", "--fund", &format!("{address}={MONEY}")]);
    for dir in dirs {
        genesis.arg("--validator").arg(dir.join("validator.json")).arg("--out").arg(dir);
    }
    told(&mut genesis).map(drop)
}

/// Starts a validator, and says where it answers.
fn start(assay: &Path, dir: &Path) -> Result<Child> {
    let mut child = Command::new(assay)
        .args(["node", "run", "--listen", "127.0.0.1:0", "--json", "--dir"])
        .arg(dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("a validator cannot be started")?;
    let mut line = String::new();
    let stdout = child.stdout.take().context("it was piped")?;
    BufReader::new(stdout).read_line(&mut line)?;
    let Some(url) = field(&line, "url") else { bail!("{} does not start", dir.display()) };
    eprintln!("{}: {url}", dir.display());
    Ok(child)
}

/// Runs a command with `--json`; returns what it printed.
fn told(command: &mut Command) -> Result<String> {
    let output = command.arg("--json").stdin(Stdio::null()).output()?;
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{command:?}: {complaint}");
    Ok(String::from_utf8(output.stdout)?)
}

/// Finds a field of text in an object of JSON. What is looked for holds no escapes.
fn field(json: &str, name: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{name}\""))?;
    let (_, rest) = rest.split_once('"')?;
    Some(rest.split_once('"')?.0.to_owned())
}
