//! The nodes of a market, as processes of their own.

use crate::Load;
use assay_types::Address;
use assay_wallet::{Cost, Wallet, os_random};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Money of each account: enough for every fee.
const FUNDS: u64 = 1_000_000_000;

/// Nodes that run; they end with the measurement.
pub(crate) struct Nodes {
    children: Vec<Child>,
    /// Where each answers.
    pub(crate) urls: Vec<String>,
}

/// A wallet that is quick to open.
pub(crate) fn wallet(dir: &Path, name: &str) -> Wallet {
    let cost = Cost::new(8, 1, 1).unwrap();
    Wallet::create(&dir.join(name), "x", cost, &mut os_random).unwrap()
}

impl Nodes {
    /// Begins a market in which these accounts have money, and serves it.
    pub(crate) fn begin(dir: &Path, load: Load, accounts: &[Address]) -> Self {
        let funds: Vec<_> = accounts.iter().map(|address| format!("{address}={FUNDS}")).collect();
        let funds = funds.iter().flat_map(|fund| ["--fund", fund]);
        let dirs: Vec<_> =
            (0..load.validators.max(1)).map(|number| dir.join(format!("node-{number}"))).collect();
        if load.validators == 0 {
            run(assay().args(["ledger", "new", "--dir"]).arg(&dirs[0]).args(funds));
        } else {
            // All are held at once, so that they differ.
            let held = dirs.iter().map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
            let held: Vec<_> = held.collect();
            for (dir, listener) in dirs.iter().zip(&held) {
                let address = listener.local_addr().unwrap().to_string();
                run(assay().args(["node", "init", "--address", &address, "--dir"]).arg(dir));
            }
            let mut genesis = assay();
            genesis.args(["node", "genesis"]).args(funds);
            for dir in &dirs {
                genesis.arg("--validator").arg(dir.join("validator.json")).arg("--out").arg(dir);
            }
            run(&mut genesis);
        }
        let mut nodes = Self { children: Vec::new(), urls: Vec::new() };
        dirs.iter().for_each(|dir| nodes.start(dir, load.block_ms));
        nodes
    }

    fn start(&mut self, dir: &PathBuf, block_ms: u64) {
        let mut child = assay()
            .args(["node", "run", "--json", "--listen", "127.0.0.1:0", "--peer-rate", "0"])
            .args(["--block-ms", &block_ms.to_string(), "--dir"])
            .arg(dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        self.urls.push(told["url"].as_str().unwrap().to_owned());
        self.children.push(child);
    }

    /// The process of the first.
    pub(crate) fn process(&self) -> u32 {
        self.children[0].id()
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn assay() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}
