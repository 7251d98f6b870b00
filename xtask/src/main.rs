//! `cargo xtask <task>`: the repository's chores, in Rust, with nothing to install by hand.
#![allow(clippy::print_stderr, reason = "a chore speaks to whoever runs it")]

mod bench;
mod ci;
mod devnet;
mod page;
mod sim;
mod tidy;
mod verifier;

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

const USAGE: &str = "usage: cargo xtask <task>

  ci    everything a change must pass, cheapest first
  bench [WORKLOAD] [--json] [--runs=N]
        the workloads of the benchmark table, cold and warm: time per phase, CPU, memory, proof, verification
  devnet [DIR]
        four validators on this machine and a wallet with money, in target/devnet or another folder
  sim SEED
        validators in the simulator under the faults of a seed, or of many: `7`, `0..100`
  load [--validators=N] [--senders=N] [--seconds=S] [--block-ms=MS] [--passes=N] [--json]
        transfers, or with --passes proofs, handed in to nodes over HTTP: how many a second, how soon final, memory
  verifier
        the verifier of receipts for browsers, and target/release/assay with it; needs the target wasm32-unknown-unknown and clang
  page  the page: built anew, compared with what is committed, tested, gone through with a browser
  tidy  what no compiler checks: crate graph, file sizes, verifier headers, forbidden words";

fn main() -> ExitCode {
    let task = std::env::args().nth(1).unwrap_or_default();
    let done = match task.as_str() {
        "bench" => bench::proofs(&root(), std::env::args().skip(2)),
        "load" => bench::load(&root(), std::env::args().skip(2)),
        "ci" => ci::run(&root()),
        "page" => page::check(&root()),
        "verifier" => verifier::run(&root()),
        "devnet" => {
            let dir = std::env::args().nth(2);
            devnet::run(&root(), &dir.map_or_else(|| root().join("target/devnet"), PathBuf::from))
        }
        "sim" => sim::run(&root(), &std::env::args().nth(2).unwrap_or_else(|| "1".into())),
        "tidy" => tidy::run(&root()),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Cargo, as somebody starts it in the repository: it has told this program about itself (`CARGO_PKG_NAME` and the like), and
/// build scripts that look at that would have to run again, now and the next time without us.
fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        let of_this_program = ["CARGO_PKG_", "CARGO_MANIFEST_"];
        if name.to_str().is_some_and(|name| of_this_program.iter().any(|of| name.starts_with(of))) {
            command.env_remove(name);
        }
    }
    command
}

/// The repository, wherever the task was started from.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
