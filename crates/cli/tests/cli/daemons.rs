//! Parties that go on by themselves, while they and their node are killed and started again.

use crate::datasets::market;
use crate::node::Serving;
use crate::session::{Session, data};
use serde_json::Value;
use std::io::{self, BufRead, BufReader, Lines};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

/// A party that runs.
pub(crate) struct Daemon {
    child: Child,
    told: Lines<BufReader<ChildStdout>>,
}

impl Daemon {
    /// Starts it, and waits until it has greeted its node.
    pub(crate) fn start(session: &Session, side: &str, url: &str, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_assay"))
            .args([side, "run", "--json", "--node", url, "--wallet", &format!("d/{side}")])
            .args(more)
            .current_dir(session.path("."))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let told = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut daemon = Self { child, told };
        assert!(daemon.next().unwrap()["address"].is_string());
        daemon
    }

    /// What it tells next; `None` when it has ended.
    fn next(&mut self) -> Option<Value> {
        let line = self.told.next()?.unwrap();
        Some(serde_json::from_str(&line).unwrap())
    }

    /// Waits until it tells that it did this.
    pub(crate) fn until(&mut self, did: &str) {
        while let Some(told) = self.next() {
            if told["did"] == did {
                return;
            }
        }
        panic!("it has ended without having {did}");
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What it did until it ended by itself, and its exit code.
    pub(crate) fn rest(mut self) -> (Vec<String>, i32) {
        let mut all = Vec::new();
        while let Some(told) = self.next() {
            all.push(told["did"].as_str().unwrap_or("failed").to_owned());
        }
        (all, self.child.wait().unwrap().code().unwrap())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One address for a node that comes back at another.
struct Door {
    url: String,
    behind: Arc<Mutex<String>>,
}

impl Door {
    fn before(node: &Serving) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behind = Arc::new(Mutex::new(node.url.clone()));
        let to = Arc::clone(&behind);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let address = to.lock().unwrap().replace("http://", "");
                // Nobody behind it: the connection is closed.
                if let Ok(node) = TcpStream::connect(address) {
                    let (from, back) = (stream.try_clone().unwrap(), node.try_clone().unwrap());
                    thread::spawn(move || pass(from, node));
                    thread::spawn(move || pass(back, stream));
                }
            }
        });
        Self { url, behind }
    }

    fn lead_to(&self, node: &Serving) {
        self.behind.lock().unwrap().clone_from(&node.url);
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

/// Publishes the wines, and orders a tree.
pub(crate) fn ordered(session: &Session, url: &str) -> String {
    let (train, test) = (data("wine/train.csv"), data("wine/test.csv"));
    let publish =
        ["dataset", "publish", "--data", &train, "--target", "cultivar", "--card", "card.json"];
    let terms = ["--curve", "linear:700:50", "--evaluation-fee", "10", "--prove-window", "100"];
    let windows = ["--open-window", "100", "--reveal-window", "100", "--limit-samples-leaf", "3"];
    let owner = ["--node", url, "--wallet", "d/owner"];
    let listed = session.ok(&[&publish[..], &owner, &terms, &windows].concat());
    let order = ["job", "open", "--data", &test, "--target", "cultivar", "--at-least", "0.9"];
    let asked = ["--commit-window", "100", "--max-depth", "4", "--min-samples-split", "6"];
    let price = ["--min-samples-leaf", "3", "--max-price", "800"];
    let dataset = ["--dataset", listed["dataset"].as_str().unwrap()];
    let buyer = ["--node", url, "--wallet", "d/buyer"];
    let opened = session.ok(&[&order[..], &dataset, &asked, &price, &buyer].concat());
    opened["job"].as_str().unwrap().to_owned()
}

#[test]
fn a_sale_goes_through_by_itself_whoever_is_killed() {
    let session = market();
    let node = Serving::start(&session);
    let door = Door::before(&node);
    let job = ordered(&session, &door.url);

    let mut owner = Daemon::start(&session, "owner", &door.url, &[]);
    owner.until("committed");
    owner.kill();
    let mut buyer = Daemon::start(&session, "buyer", &door.url, &["--jobs", "1"]);
    buyer.until("opened the test set");
    let owner = Daemon::start(&session, "owner", &door.url, &["--jobs", "1"]);
    // The node goes away under both of them, and comes back elsewhere.
    node.stop();
    let node = Serving::start(&session);
    door.lead_to(&node);
    let (acts, code) = owner.rest();
    assert_eq!((acts.last().unwrap().as_str(), code), ("closed", 0), "{acts:?}");
    assert!(!acts.contains(&"committed".to_owned()), "it was on its way already: {acts:?}");
    let (acts, code) = buyer.rest();
    assert_eq!((acts.last().unwrap().as_str(), code), ("received the model", 0), "{acts:?}");

    let at = ["--node", &node.url];
    let save = ["job", "show", &job, "--wallet", "d/buyer", "--save", "got"];
    assert_eq!(session.ok(&[&save[..], &at].concat())["stage"], "settled");
    let receipt = ["receipt", "verify", "got/receipt.json", "--genesis", "d/genesis.json"];
    assert_eq!(session.ok(&receipt)["price"], "700");
}

#[test]
fn a_policy_is_kept_and_a_daemon_ends_when_it_is_asked_to() {
    let session = market();
    let node = Serving::start(&session);
    let job = ordered(&session, &node.url);
    let policy = ["--train", "forest,network"];
    let mut owner = Daemon::start(&session, "owner", &node.url, &policy);
    // Its wallet is its own while it runs.
    let show = ["job", "next", "--node", &node.url, "--wallet", "d/owner"];
    session.fails(&show, 6, "in use");
    let told = owner.next().unwrap();
    assert_eq!((&told["did"], &told["job"]), (&"declined".into(), &job.as_str().into()));
    assert_eq!(told["reason"], "the owner does not train this algorithm");
    owner.until("closed");
    let pid = owner.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(owner.rest(), (vec![], 0));
    let stage = session.ok(&["job", "show", &job, "--node", &node.url]);
    assert_eq!(stage["stage"], "declined");
}

#[test]
fn a_daemon_does_not_start_on_another_chain_or_without_a_node() {
    let session = market();
    let away = ["owner", "run", "--node", "http://127.0.0.1:1", "--wallet", "d/owner"];
    session.fails(&away, 1, "there is no node at");
    session.fails(&["buyer", "run", "--node", "x", "--wallet", "nobody"], 5, "no wallet");
    session.fails(&[&away[..], &["--jobs", "0"]].concat(), 2, "0 is not in 1..");
}

#[test]
fn flags_come_before_variables_and_variables_before_the_file() {
    let session = market();
    session.put("settings", "[owner]\nnode = \"http://127.0.0.1:1\"\nwallet = \"d/owner\"\n");
    let run = ["owner", "run", "--config", "settings"];
    session.fails(&run, 1, "there is no node at http://127.0.0.1:1:");
    let variable = [("ASSAY_NODE", "http://127.0.0.1:2")];
    let ran = session.run_with(&run, &variable);
    assert!(ran.stderr.contains("no node at http://127.0.0.1:2:"), "{}", ran.stderr);
    let flag = [&run[..], &["--node", "http://127.0.0.1:3"]].concat();
    let ran = session.run_with(&flag, &variable);
    assert!(ran.stderr.contains("no node at http://127.0.0.1:3:"), "{}", ran.stderr);
    session.put("settings", "[owner]\nnodes = 1\n");
    session.fails(&run, 2, "settings cannot be used: [owner]: there is no setting nodes");
    session.fails(&["owner", "run", "--config", "nowhere"], 5, "nowhere");
}
