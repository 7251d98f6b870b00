//! A market that is served: parties act through its address, and it goes on where it was.

use crate::datasets::market;
use crate::session::{Session, data};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longest wait for blocks.
const PATIENCE: Duration = Duration::from_secs(60);

/// A node that runs.
pub(crate) struct Serving {
    child: Child,
    pub(crate) url: String,
    height: u64,
}

impl Serving {
    /// Serves the market in `d`.
    pub(crate) fn start(session: &Session) -> Self {
        Self::start_with(session, "d", &[])
    }

    /// Serves the market of a folder, with variables set.
    pub(crate) fn start_with(session: &Session, dir: &str, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_assay"))
            .args(["node", "run", "--dir", dir, "--listen", "127.0.0.1:0", "--block-ms", "300"])
            .args(["--json", "--log-format", "json"])
            .envs(variables.iter().copied())
            .current_dir(session.path("."))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let url = told["url"].as_str().unwrap().to_owned();
        Self { child, url, height: told["height"].as_u64().unwrap() }
    }

    /// Waits until its chain has `height` blocks; returns what it says then.
    pub(crate) fn reaches(&self, session: &Session, height: u64) -> Value {
        let start = Instant::now();
        loop {
            let status = session.ok(&["node", "status", &self.url]);
            if height <= status["height"].as_u64().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "{status}");
        }
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, as a service manager does.
    pub(crate) fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }

    /// What it answers to one line of HTTP.
    fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        write!(stream, "{request}\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

#[test]
fn a_whole_sale_goes_through_a_node() {
    let session = market();
    // The same authority, who will say something else there.
    copy(&session.path("d"), &session.path("other"));
    let node = Serving::start(&session);
    let at = ["--node", &node.url];
    let owner = [&at[..], &["--wallet", "d/owner"]].concat();
    let buyer = [&at[..], &["--wallet", "d/buyer"]].concat();
    let (train, test) = (data("wine/train.csv"), data("wine/test.csv"));
    let publish =
        ["dataset", "publish", "--data", &train, "--target", "cultivar", "--card", "card.json"];
    let terms = ["--curve", "linear:700:50", "--evaluation-fee", "10", "--prove-window", "100"];
    let windows = ["--open-window", "100", "--reveal-window", "100", "--limit-samples-leaf", "3"];
    let listed = session.ok(&[&publish[..], &owner, &terms, &windows].concat());
    let dataset = listed["dataset"].as_str().unwrap();
    assert!(0 < listed["height"].as_u64().unwrap());
    // Once is enough.
    session.fails(&[&publish[..], &owner, &terms, &windows].concat(), 6, "published already");

    let order = ["job", "open", "--dataset", dataset, "--data", &test, "--target", "cultivar"];
    let asked = ["--at-least", "0.9", "--commit-window", "100", "--max-depth", "4"];
    let asked = [&asked[..], &["--min-samples-split", "6", "--min-samples-leaf", "3"]].concat();
    let asked = [&order[..], &buyer, &asked].concat();
    session.fails(&[&asked[..], &["--max-price", "699"]].concat(), 6, "above the limit");
    let opened = session.ok(&[&asked[..], &["--max-price", "800"]].concat());
    let job = opened["job"].as_str().unwrap().to_owned();
    let does = |party: &[&str], what: &str| {
        let told = session.ok(&[&["job", "next"], party].concat());
        assert_eq!(told["did"], what, "{told}");
    };
    does(&owner, "committed");
    does(&buyer, "opened the test set");
    does(&owner, "proved a pass");
    does(&buyer, "verified both proofs");
    does(&owner, "revealed the key");
    does(&buyer, "received the model");
    does(&owner, "closed");
    let save = ["job", "show", &job, "--wallet", "d/buyer", "--save", "got"];
    assert_eq!(session.ok(&[&save[..], &at].concat())["stage"], "settled");
    let receipt = ["receipt", "verify", "got/receipt.json", "--genesis", "d/genesis.json"];
    let proof = ["--proof", "got/accuracy.proof", "--data", &test];
    assert_eq!(session.ok(&[&receipt[..], &proof].concat())["price"], "700");
    // The chain still knows of the sale; one in which it never was does not.
    let known = session.ok(&[&receipt[..], &at].concat());
    assert!(known["height"].as_u64() <= known["in_state_of"].as_u64(), "{known}");
    let other = Serving::start_with(&session, "other", &[]);
    other.reaches(&session, 1);
    let unknown = [&receipt[..], &["--node", &other.url]].concat();
    session.fails(&unknown, 3, "not what the log of its job says");
    // Whoever was there has a checkpoint, which the other one is behind.
    let from = [&at[..], &["--genesis", "d/genesis.json"]].concat();
    session.ok(&[&["checkpoint", "--out", "now.json"][..], &from].concat());
    let since = ["--checkpoint", "now.json"];
    session.ok(&[&receipt[..], &at, &since].concat());
    session.fails(&[&unknown[..], &since].concat(), 3, "the node speaks of block");
    other.stop();
    let list = session.ok(&[&["dataset", "list", "--sort", "burned"], &at[..]].concat());
    assert_eq!(list["listings"][0]["burned_in_window"], "35");
    let status = session.ok(&["node", "status", &node.url]);
    assert_eq!((&status["jobs"], &status["listings"]), (&1.into(), &1.into()));

    // Nobody else may have the folder meanwhile; what is in it is the same afterwards.
    session.fails(&["ledger", "show", "--dir", "d"], 6, "in use");
    node.stop();
    let shown = session.ok(&["ledger", "show", "--dir", "d"]);
    assert_eq!(shown["jobs"][0]["stage"], "settled");
    let node = Serving::start(&session);
    assert!(shown["height"].as_u64().unwrap() <= node.height);
    assert_eq!(
        session.ok(&[&["job", "show", &job], &["--node", &node.url][..]].concat())["stage"],
        "settled"
    );
}

#[test]
fn what_a_node_cannot_serve_has_a_problem_with_a_name() {
    let session = market();
    let node = Serving::start(&session);
    let none = "0x".to_owned() + &"00".repeat(32);
    for (request, status, code) in [
        (format!("GET /v1/jobs/{none} HTTP/1.1"), 404, "not-found"),
        ("GET /v1/jobs/0x12 HTTP/1.1".into(), 400, "malformed"),
        ("GET /v1/jobs?limit=0 HTTP/1.1".into(), 400, "malformed"),
        ("GET /v1/jobs?limit=257 HTTP/1.1".into(), 400, "malformed"),
        (format!("GET /v1/jobs?after={none} HTTP/1.1"), 400, "malformed"),
        ("GET /v1/jobs?live=perhaps HTTP/1.1".into(), 400, "malformed"),
        ("GET /v1/datasets?sort=beauty HTTP/1.1".into(), 400, "malformed"),
        ("GET /v1/blocks/x HTTP/1.1".into(), 400, "malformed"),
        ("GET /v1/blocks/99999999 HTTP/1.1".into(), 404, "not-found"),
        (format!("GET /v1/blobs/{none} HTTP/1.1"), 404, "not-found"),
        ("GET /elsewhere HTTP/1.1".into(), 404, "not-found"),
        ("DELETE /v1/jobs HTTP/1.1".into(), 405, "method"),
        ("GET /v1/transactions HTTP/1.1".into(), 405, "method"),
        ("POST /v1/transactions HTTP/1.1".into(), 415, "media"),
        (
            "POST /v1/transactions HTTP/1.1\r\nContent-Type: application/octet-stream\r\nContent-Length: 0".into(),
            400,
            "malformed",
        ),
        (
            "POST /v1/transactions HTTP/1.1\r\nContent-Type: application/octet-stream\r\nContent-Length: 999999999"
                .into(),
            413,
            "too-long",
        ),
    ] {
        let answer = node.raw(&request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {answer}");
        assert!(answer.contains("application/problem+json"), "{request}: {answer}");
        assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{request}: {answer}");
    }
    let description = node.raw("GET /v1/openapi.json HTTP/1.1");
    assert!(description.contains("\"openapi\":\"3.1.0\""), "{description}");
    assert!(node.raw("GET /metrics HTTP/1.1").contains("\nassay_requests_refused_total 16\n"));
}

#[test]
fn the_log_is_a_stream_that_goes_on_where_it_was_cut() {
    let session = market();
    let node = Serving::start(&session);
    let owner = ["--node", &node.url, "--wallet", "d/owner"];
    let train = data("wine/train.csv");
    let publish =
        ["dataset", "publish", "--data", &train, "--target", "cultivar", "--card", "card.json"];
    session
        .ok(&[&publish[..], &owner, &["--curve", "constant:5", "--evaluation-fee", "1"]].concat());
    let follow = |header: &str, count: usize| -> Vec<String> {
        let mut stream = TcpStream::connect(node.url.strip_prefix("http://").unwrap()).unwrap();
        write!(stream, "GET /v1/events HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n").unwrap();
        let lines = BufReader::new(stream).lines().map_while(Result::ok);
        lines
            .filter(|line| line.starts_with("id:") || line.starts_with("data:"))
            .take(count)
            .collect()
    };
    let all = follow("Last-Event-ID: 0", 4);
    assert_eq!((&all[0][..], &all[2][..]), ("id: 1", "id: 2"), "{all:?}");
    assert!(
        all[3].contains("\"event\":\"Published\"") || all[1].contains("\"event\":\"Published\""),
        "{all:?}"
    );
    assert_eq!(follow("Last-Event-ID: 1", 2), all[2..]);
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    let session = market();
    let node = Serving::start_with(&session, "d", &[("ASSAY_PEER_RATE", "1")]);
    // More than a bucket holds and a slow machine refills.
    let mut answers = (0..1000).map(|_| node.raw("GET /healthz HTTP/1.1"));
    let refused = answers.find(|answer| answer.starts_with("HTTP/1.1 429")).unwrap();
    let (head, body) = refused.split_once("\r\n\r\n").unwrap();
    let seconds = head.lines().find_map(|line| line.strip_prefix("retry-after: ")).unwrap();
    let problem: Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["code"], "too-many");
    let detail = format!("too many requests from this address; try again in {seconds} s");
    assert_eq!(problem["detail"], detail);
}

/// The list of routes, of which the description is made, and the router are two lists.
#[test]
fn every_route_of_the_description_is_served() {
    let session = market();
    let node = Serving::start(&session);
    let answer = node.raw("GET /v1/openapi.json HTTP/1.1");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let description: Value = serde_json::from_str(body).unwrap();
    let paths = description["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 33);
    for (path, methods) in paths {
        // A stream has no end; another test reads it.
        if path == "/v1/events" {
            continue;
        }
        let method = methods.as_object().unwrap().keys().next().unwrap().to_uppercase();
        let digest = "0x".to_owned() + &"11".repeat(32);
        let account = "0x".to_owned() + &"11".repeat(20);
        let place = ["dataset", "job", "table", "blob"]
            .iter()
            .fold(path.clone(), |place, name| place.replace(&format!("{{{name}}}"), &digest));
        let place = place.replace("{address}", &account).replace("{buyer}", &account);
        let place = place.replace("{nonce}", "0").replace("{height}", "1");
        let place = place.replace("{kind}", "account").replace("{key}", &account);
        let answer = node.raw(&format!("{method} {place} HTTP/1.1"));
        assert!(!answer.contains("no such path"), "{place}: {answer}");
        assert!(!answer.starts_with("HTTP/1.1 405"), "{place}: {answer}");
        let expects = if place.contains("0x") { "HTTP/1.1 404" } else { "HTTP/1.1 200" };
        let is_known = answer.starts_with(expects);
        // An account that never was is empty, and proven to be none; a job without one has no history; and a
        // block, or a snapshot, may not be there yet.
        let special = [
            "/v1/accounts/{address}",
            "/v1/accounts/{address}/history",
            "/v1/jobs/{job}/history",
            "/v1/blocks/{height}",
            "/v1/state/{kind}/{key}",
            "/v1/snapshot",
            "/v1/snapshot/{height}/{kind}",
        ];
        let is_special = special.contains(&path.as_str());
        assert!(is_known || is_special || method == "POST", "{place}: {answer}");
    }
}
