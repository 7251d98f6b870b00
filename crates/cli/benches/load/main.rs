//! What nodes take, and how soon it is final: `cargo xtask load`.
//!
//! A market is made in a scratch folder and served by this program's own `assay node run`: with one authority, or with validators
//! (`--validators=4`). Then either senders with wallets of their own hand signed transfers in over HTTP, one after the other, for a
//! bounded time (`transfers.rs`); or owners who have all proven by themselves hand their proofs in at one moment
//! (`--passes=16`, `proofs.rs`). Everything is on one machine: all nodes and senders share its cores.
//!
//! Prints one line, or with `--json` one object.

#![allow(clippy::print_stdout, reason = "a benchmark's output is its result")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

mod memory;
mod proofs;
mod serving;
mod transfers;

use serde_json::{Map, Value};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// 0: one authority.
    pub(crate) validators: usize,
    pub(crate) senders: usize,
    pub(crate) seconds: u64,
    pub(crate) block_ms: u64,
    /// 0: transfers instead.
    pub(crate) passes: usize,
    is_json: bool,
}

impl Load {
    fn read() -> Self {
        let mut load = Self {
            validators: 0,
            senders: 8,
            seconds: 20,
            block_ms: 200,
            passes: 0,
            is_json: false,
        };
        for arg in std::env::args().skip(1) {
            let (name, value) = arg.split_once('=').unwrap_or((&arg, ""));
            match name {
                "--validators" => load.validators = value.parse().unwrap(),
                "--senders" => load.senders = value.parse().unwrap(),
                "--seconds" => load.seconds = value.parse().unwrap(),
                "--block-ms" => load.block_ms = value.parse().unwrap(),
                "--passes" => load.passes = value.parse().unwrap(),
                "--json" => load.is_json = true,
                // What the test runner says to every benchmark.
                "--bench" => {}
                _ => panic!(
                    "--validators=N, --senders=N, --seconds=S, --block-ms=MS, --passes=N, --json; not {arg}"
                ),
            }
        }
        load
    }
}

fn main() {
    let load = Load::read();
    let mut told = Map::new();
    told.insert("validators".to_owned(), load.validators.into());
    told.insert("block_ms".to_owned(), load.block_ms.into());
    if 0 < load.passes {
        proofs::run(load, &mut told);
    } else {
        transfers::run(load, &mut told);
    }
    if load.is_json {
        println!("{}", Value::Object(told));
    } else {
        let shown: Vec<_> = told.iter().map(|(name, value)| format!("{name} {value}")).collect();
        println!("{}", shown.join("  "));
    }
}
