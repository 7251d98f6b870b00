//! A node that says what a test wants: whatever it says, a transaction is never taken for executed when
//! it is not.

mod light;
mod succession;
mod tls;

use crate::Node;
use assay_agent::{Market, MarketError};
use assay_api::with_canonical;
use assay_codec::Digest;
use assay_types::tx::Transfer;
use assay_types::{
    Address, Amount, Blobs, Event, Genesis, Height, LogEntry, Parameters, Signature, SignedTx,
    Topic, Tx,
};
use serde_json::{Map, Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

const SENDER: Address = Address([7; 20]);

/// The least that a market asks for.
const PARAMETERS: Parameters = Parameters {
    fee: Amount::new(1),
    proof_fee: Amount::new(1),
    blob_fee: Amount::new(1),
    fee_burn_ppm: 0,
    listing_burn: Amount::new(1),
    sale_burn_ppm: 0,
    sale_burn_min: Amount::new(0),
    window_min: 2,
    window_max: 9,
};

fn genesis() -> Genesis {
    Genesis::new(9, 1, Address([1; 20]), PARAMETERS, vec![(SENDER, Amount::new(9))]).unwrap()
}

fn tx() -> SignedTx {
    let action = Transfer { to: Address([2; 20]), amount: Amount::new(1) }.into();
    let (nonce, valid_until, max_fee) = (0, Height::new(3), Amount::new(1));
    let mut signature = [1; 65];
    signature[64] = 27;
    let tx = Tx { chain: 9, from: SENDER, nonce, valid_until, max_fee, action };
    SignedTx { tx, signature: Signature::new(signature).unwrap() }
}

/// What is answered: status and body.
type Answer = (u16, String);

/// Serves what `answer` says to a path, at a number of requests before.
fn serve(answer: impl Fn(&str, u64) -> Answer + Send + 'static) -> Node {
    let url = listen(move |path, count| match path {
        "/v1/genesis" => (200, assay_receipt::genesis_to_json(&genesis())),
        path => answer(path, count),
    });
    Node::connect(&url).unwrap()
}

/// Serves what `answer` says, and returns where.
fn listen(answer: impl Fn(&str, u64) -> Answer + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for (count, stream) in listener.incoming().enumerate() {
            let Ok(stream) = stream else { return };
            reply(stream, |path| answer(path, count as u64));
        }
    });
    url
}

fn reply(mut stream: TcpStream, answer: impl Fn(&str) -> Answer) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    let (status, body) = answer(first.split(' ').nth(1).unwrap());
    let head = format!(
        "HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all((head + &body).as_bytes());
}

fn problem(status: u16, code: &str) -> Answer {
    (status, json!({ "status": status, "code": code, "detail": "no" }).to_string())
}

/// The log says that this transaction was executed.
fn executed(tx: Digest) -> Answer {
    let (fee, burned) = (Amount::new(1), Amount::new(0));
    let event = Event::Executed { from: SENDER, nonce: 0, tx, fee, burned, failure: Some(12) };
    let (topic, previous) = (Topic::Account(SENDER), Digest::default());
    let entry =
        LogEntry { topic, sequence: 0, previous, height: Height::new(2), time_ms: 1, event };
    (200, with_canonical(Map::new(), &entry).to_string())
}

fn is_transaction(path: &str) -> bool {
    path.starts_with("/v1/accounts/")
}

#[track_caller]
fn rejected(got: Result<impl std::fmt::Debug, MarketError>, code: u16) {
    match got {
        Err(MarketError::Rejected(refusal)) => assert_eq!(refusal.code, code),
        got => panic!("{got:?}"),
    }
}

#[test]
fn a_transaction_is_waited_for_until_it_is_in_a_block() {
    let mut node = serve(|path, count| match path {
        "/v1/transactions" => (202, json!({ "tx": "0x" }).to_string()),
        "/v1/status" => (200, json!({ "height": 1 }).to_string()),
        _ if is_transaction(path) && count < 8 => problem(404, "not-found"),
        _ => executed(tx().digest()),
    });
    assert_eq!(node.settle().unwrap(), None, "nothing was sent");
    assert_eq!(node.submit(tx(), Blobs::new()).unwrap(), tx().digest());
    let execution = node.settle().unwrap().unwrap();
    assert_eq!((execution.tx, execution.failure), (tx().digest(), Some(12)));
    assert_eq!(node.settle().unwrap(), None, "it is told once");
}

#[test]
fn what_no_block_took_in_time_is_not_done() {
    let mut node = serve(|path, count| match path {
        "/v1/transactions" => (202, json!({ "tx": "0x" }).to_string()),
        "/v1/status" => (200, json!({ "height": count / 2 }).to_string()),
        _ => problem(404, "not-found"),
    });
    node.submit(tx(), Blobs::new()).unwrap();
    rejected(node.settle(), 2);
}

#[test]
fn another_transaction_of_the_same_number_is_not_this_one() {
    let mut node = serve(|path, _| match path {
        "/v1/transactions" => (202, json!({ "tx": "0x" }).to_string()),
        "/v1/status" => (200, json!({ "height": 1 }).to_string()),
        _ => executed(Digest([9; 32])),
    });
    node.submit(tx(), Blobs::new()).unwrap();
    rejected(node.settle(), 3);
}

#[test]
fn a_rule_is_a_rejection_and_everything_else_is_no_answer() {
    let mut node = serve(|_, _| problem(422, "rule-62"));
    rejected(node.submit(tx(), Blobs::new()), 62);
    for answer in [
        problem(503, "busy"),
        problem(500, "failed"),
        (404, "nothing here".to_owned()),
        (200, "no JSON".to_owned()),
        (200, Value::Null.to_string()),
        (200, json!({ "height": "7", "canonical": "0x00", "items": 1 }).to_string()),
    ] {
        let node = serve(move |_, _| answer.clone());
        let answers = [
            node.height().map(drop),
            node.account(&SENDER).map(drop),
            node.listings().map(drop),
            node.jobs(None).map(drop),
            node.blob(&Default::default()).map(drop),
        ];
        for got in answers {
            assert!(matches!(got, Err(MarketError::Unavailable(_))), "{got:?}");
        }
    }
}
