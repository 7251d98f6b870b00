//! Transfers, one after the other from each sender.

use crate::Load;
use crate::memory::Memory;
use crate::serving::{Nodes, wallet};
use assay_agent::Market;
use assay_api::canonical;
use assay_client::Node;
use assay_codec::Digest;
use assay_types::tx::Transfer;
use assay_types::{Address, Amount, Blobs, Event, Height, LogEntry, SignedTx, Tx};
use assay_wallet::Wallet;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How long is waited at most for what was sent to become final.
const PATIENCE: Duration = Duration::from_secs(30);

/// When something was seen, by the digest of its transaction.
type Times = Arc<Mutex<BTreeMap<Digest, Instant>>>;

/// Hands transfers in for a bounded time, each sender at a node of its own in turn.
pub(crate) fn run(load: Load, told: &mut Map<String, Value>) {
    let dir = tempfile::tempdir().unwrap();
    let wallets = (0..load.senders).map(|number| wallet(dir.path(), &format!("sender-{number}")));
    let wallets: Vec<_> = wallets.collect();
    let accounts: Vec<_> = wallets.iter().map(|wallet| wallet.keys().address()).collect();
    let nodes = Nodes::begin(dir.path(), load, &accounts);
    let (sent, seen): (Times, Times) = Default::default();
    follow(&nodes.urls[0], Arc::clone(&seen));

    let memory = Memory::watch(nodes.process());
    let start = Instant::now();
    let end = start + Duration::from_secs(load.seconds);
    let senders: Vec<_> = wallets
        .into_iter()
        .zip(nodes.urls.iter().cycle())
        .map(|(wallet, url)| {
            let (url, sent) = (url.clone(), Arc::clone(&sent));
            thread::spawn(move || send(&wallet, &url, end, &sent))
        })
        .collect();
    senders.into_iter().for_each(|sender| sender.join().unwrap());
    let wall = start.elapsed();
    wait_for(&sent, &seen);
    memory.tell(told);

    let (sent, seen) = (sent.lock().unwrap(), seen.lock().unwrap());
    let latency = |(tx, before): (&Digest, &Instant)| {
        u64::try_from(seen[tx].duration_since(*before).as_millis()).unwrap()
    };
    let mut latencies: Vec<_> = sent.iter().map(latency).collect();
    latencies.sort_unstable();
    let at = |percent: usize| latencies.get(latencies.len() * percent / 100).copied().unwrap_or(0);
    told.insert("senders".to_owned(), load.senders.into());
    told.insert("seconds".to_owned(), wall.as_secs().into());
    told.insert("transfers".to_owned(), sent.len().into());
    let per_second = sent.len() as f64 / wall.as_secs_f64();
    told.insert("transfers_per_second".to_owned(), per_second.round().into());
    told.insert("final_ms_median".to_owned(), at(50).into());
    told.insert("final_ms_99".to_owned(), at(99).into());
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
