//! How many transfers a node takes, and how soon they are final: `cargo xtask load`.
//!
//! A market is made in a scratch folder and served by this program's own `assay node run`; senders with wallets of
//! their own hand signed transfers in over HTTP, one after the other, for a bounded time. A transfer is final
//! for a sender when the node's stream of events tells its execution. Everything is on one machine: senders and
//! node share its cores.
//!
//! Prints one line, or with `--json` one object.

#![allow(clippy::print_stdout, reason = "a benchmark's output is its result")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

use assay_agent::Market;
use assay_api::canonical;
use assay_client::Node;
use assay_codec::Digest;
use assay_types::tx::Transfer;
use assay_types::{Address, Amount, Blobs, Event, Height, LogEntry, SignedTx, Tx};
use assay_wallet::{Cost, Wallet, os_random};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Money of each sender: enough for every fee.
const FUNDS: u64 = 1_000_000_000;
/// How long is waited at most for what was sent to become final.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is asked for.
#[derive(Clone, Copy, Debug)]
struct Load {
    senders: usize,
    seconds: u64,
    block_ms: u64,
    is_json: bool,
}

impl Load {
    fn read() -> Self {
        let mut load = Self { senders: 8, seconds: 20, block_ms: 200, is_json: false };
        for arg in std::env::args().skip(1) {
            let (name, value) = arg.split_once('=').unwrap_or((&arg, ""));
            match name {
                "--senders" => load.senders = value.parse().unwrap(),
                "--seconds" => load.seconds = value.parse().unwrap(),
                "--block-ms" => load.block_ms = value.parse().unwrap(),
                "--json" => load.is_json = true,
                // What the test runner says to every benchmark.
                "--bench" => {}
                _ => panic!("--senders=N, --seconds=S, --block-ms=MS, --json; not {arg}"),
            }
        }
        load
    }
}

/// When something was seen, by the digest of its transaction.
type Times = Arc<Mutex<BTreeMap<Digest, Instant>>>;

fn main() {
    let load = Load::read();
    let dir = tempfile::tempdir().unwrap();
    let wallets: Vec<_> = (0..load.senders).map(|number| wallet(dir.path(), number)).collect();
    let market = begin(dir.path(), &wallets);
    let (node, url) = Serving::start(&market, load.block_ms);
    let (sent, seen): (Times, Times) = Default::default();
    follow(&url, Arc::clone(&seen));

    let start = Instant::now();
    let end = start + Duration::from_secs(load.seconds);
    let senders: Vec<_> = wallets
        .into_iter()
        .map(|wallet| {
            let (url, sent) = (url.clone(), Arc::clone(&sent));
            thread::spawn(move || send(&wallet, &url, end, &sent))
        })
        .collect();
    let memory = watch_memory(node.0.id(), end);
    senders.into_iter().for_each(|sender| sender.join().unwrap());
    let wall = start.elapsed();
    wait_for(&sent, &seen);
    report(load, wall, (&sent.lock().unwrap(), &seen.lock().unwrap()), &memory);
}

/// A wallet that is quick to open.
fn wallet(dir: &Path, number: usize) -> Wallet {
    let cost = Cost::new(8, 1, 1).unwrap();
    Wallet::create(&dir.join(format!("sender-{number}")), "x", cost, &mut os_random).unwrap()
}

/// Makes a market in which the senders have money.
fn begin(dir: &Path, wallets: &[Wallet]) -> std::path::PathBuf {
    let market = dir.join("market");
    let mut new = assay();
    new.args(["ledger", "new", "--dir"]).arg(&market);
    for wallet in wallets {
        new.args(["--fund", &format!("{}={FUNDS}", wallet.keys().address())]);
    }
    assert!(new.stdout(Stdio::null()).status().unwrap().success());
    market
}

fn assay() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
    command.stdin(Stdio::null());
    command
}

/// The node; it ends with the measurement.
struct Serving(Child);

impl Serving {
    fn start(market: &Path, block_ms: u64) -> (Self, String) {
        let mut child = assay()
            .args(["node", "run", "--json", "--listen", "127.0.0.1:0", "--dir"])
            .arg(market)
            .args(["--block-ms", &block_ms.to_string(), "--peer-rate", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        (Self(child), told["url"].as_str().unwrap().to_owned())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Notes when the stream of events tells that a transaction was executed.
fn follow(url: &str, seen: Times) {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    // 1.0: without chunks, so that lines are lines.
    write!(stream, "GET /v1/events?after=0 HTTP/1.0\r\nHost: {address}\r\n\r\n").unwrap();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let Some(data) = line.strip_prefix("data:") else { continue };
            let document: Value = serde_json::from_str(data).unwrap();
            let entry: LogEntry = canonical(&document).unwrap();
            if let Event::Executed { tx, failure, .. } = entry.event {
                assert_eq!(failure, None, "a transfer fails");
                seen.lock().unwrap().insert(tx, Instant::now());
            }
        }
    });
}

/// Hands transfers in until the time is over.
fn send(wallet: &Wallet, url: &str, end: Instant, sent: &Times) {
    let mut node = Node::connect(url).unwrap();
    let genesis = node.genesis().digest();
    let from = wallet.keys().address();
    let mut nonce = node.account(&from).unwrap().nonce;
    while Instant::now() < end {
        let action = Transfer { to: Address([7; 20]), amount: Amount::new(1) }.into();
        let (chain, valid_until) = (node.genesis().chain(), Height::new(u64::MAX));
        let tx = Tx { chain, from, nonce, valid_until, max_fee: Amount::new(1_000), action };
        let signature = wallet.keys().sign(&tx.signing_digest(&genesis));
        let signed = SignedTx { tx, signature };
        let (digest, before) = (signed.digest(), Instant::now());
        // A node that is full says so, and is asked again.
        if Market::submit(&mut node, signed, Blobs::new()).is_ok() {
            sent.lock().unwrap().insert(digest, before);
            nonce += 1;
        } else {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Resident bytes of the node, once a second.
fn watch_memory(process: u32, end: Instant) -> Vec<u64> {
    let mut all = Vec::new();
    while Instant::now() < end {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("");
        let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap_or(0);
        all.push(kib << 10);
        thread::sleep(Duration::from_secs(1));
    }
    all
}

/// Waits until everything that was taken is final.
fn wait_for(sent: &Times, seen: &Times) {
    let start = Instant::now();
    let is_done = || {
        let (sent, seen) = (sent.lock().unwrap(), seen.lock().unwrap());
        sent.keys().all(|tx| seen.contains_key(tx))
    };
    while !is_done() {
        assert!(start.elapsed() < PATIENCE, "what was taken does not become final");
        thread::sleep(Duration::from_millis(20));
    }
}

fn report(
    load: Load,
    wall: Duration,
    (sent, seen): (&BTreeMap<Digest, Instant>, &BTreeMap<Digest, Instant>),
    memory: &[u64],
) {
    let mut latencies: Vec<_> =
        sent.iter().map(|(tx, before)| seen[tx].duration_since(*before).as_millis()).collect();
    latencies.sort_unstable();
    let at = |percent: usize| latencies.get(latencies.len() * percent / 100).copied().unwrap_or(0);
    let per_second = sent.len() as f64 / wall.as_secs_f64();
    let mib = |bytes: Option<&u64>| bytes.copied().unwrap_or(0) >> 20;
    let told = json!({
        "senders": load.senders,
        "block_ms": load.block_ms,
        "seconds": wall.as_secs(),
        "transfers": sent.len(),
        "transfers_per_second": per_second.round(),
        "final_ms_median": u64::try_from(at(50)).unwrap(),
        "final_ms_99": u64::try_from(at(99)).unwrap(),
        "memory_mib_first": mib(memory.first()),
        "memory_mib_most": mib(memory.iter().max()),
        "memory_mib_last": mib(memory.last()),
    });
    if load.is_json {
        println!("{told}");
    } else {
        let shown = |(name, value): (&String, &Value)| format!("{name} {value}");
        let line: Vec<_> = told.as_object().unwrap().iter().map(shown).collect();
        println!("{}", line.join("  "));
    }
}
