//! The demo is killed in the middle and started again: whatever the moment, there is one sale, paid once.
//!
//! The folder is all that is left of a killed run: the ledger, both parties, and what they deliver.
//! What the system was told to write, it does write after a kill. Torn writes, as when the power
//! goes, are simulated where the writing is done: in the chain, the journal and the openings.

use crate::session::{Session, data};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

const WINE: &[&str] = &["demo", "--dataset", "wine", "--dir", "d"];
/// What follows "finished" when a run is started once more.
const FINISHED: i32 = 6;
const SEED: u64 = 0x6b69_6c6c;

/// Kills in a usual run of the tests, and with `ASSAY_DEEP`.
fn kills() -> u64 {
    if std::env::var_os("ASSAY_DEEP").is_some() { 200 } else { 8 }
}

/// SplitMix64, as a number from 0 to 1,000,000.
fn millionths(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % 1_000_000
}

/// A run that goes on, and the lines that it tells.
struct Running {
    child: Child,
    told: Receiver<String>,
}

impl Running {
    fn start(session: &Session) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_assay"))
            .args(WINE)
            .current_dir(session.path("."))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = child.stderr.take().unwrap();
        let (tell, told) = mpsc::channel();
        // It ends with the run, whoever ends that.
        thread::spawn(move || {
            let lines = BufReader::new(stderr).lines().map_while(Result::ok);
            lines.for_each(|line| drop(tell.send(line)));
        });
        Self { child, told }
    }

    /// Waits for the run to end well; returns how long each step took, beginning with what comes
    /// before the first heading.
    fn lengths(mut self) -> Vec<Duration> {
        let mut lengths = Vec::new();
        let mut start = Instant::now();
        for line in &self.told {
            if is_heading(&line) {
                lengths.push(start.elapsed());
                start = Instant::now();
            }
        }
        lengths.push(start.elapsed());
        assert!(self.child.wait().unwrap().success());
        lengths
    }

    /// Kills the run when it has told `headings` of them and `delay` has gone by; returns how many it
    /// had told by then, or `None` if it was done before.
    fn kill(mut self, headings: usize, delay: Duration) -> Option<usize> {
        let mut seen = 0;
        while seen < headings {
            match self.told.recv() {
                Ok(line) => seen += usize::from(is_heading(&line)),
                Err(_) => return self.ended(),
            }
        }
        let strike = Instant::now() + delay;
        loop {
            match self.told.recv_timeout(strike.saturating_duration_since(Instant::now())) {
                Ok(line) => seen += usize::from(is_heading(&line)),
                Err(RecvTimeoutError::Disconnected) => return self.ended(),
                Err(RecvTimeoutError::Timeout) => break,
            }
        }
        self.child.kill().unwrap();
        // It may have ended by itself between the deadline and the signal.
        let status = self.child.wait().unwrap();
        seen += self.told.iter().filter(|line| is_heading(line)).count();
        assert!(status.code().is_none_or(|code| code == 0), "{status}");
        (!status.success()).then_some(seen)
    }

    fn ended(mut self) -> Option<usize> {
        assert!(self.child.wait().unwrap().success());
        None
    }
}

/// A heading, as in "3. The owner trains".
fn is_heading(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_digit())
}

/// What is left when the sale is over: all that does not depend on keys, salts and the clock.
#[derive(Debug, PartialEq)]
struct Left {
    /// Balance and number of transactions of each account, the poorest first.
    accounts: Vec<(u64, u64)>,
    burned: Value,
    log_entries: Value,
    /// Stage, price and escrow of each job.
    jobs: Vec<[Value; 3]>,
    /// Sales of each listing, and what the next one costs.
    listings: Vec<[Value; 2]>,
    model: Vec<u8>,
    onnx: Vec<u8>,
}

fn left(session: &Session) -> Left {
    let shown = session.ok(&["ledger", "show", "--dir", "d"]);
    let list = |name: &str| shown[name].as_array().unwrap().iter();
    let account = |account: &Value| {
        let balance = account["balance"].as_str().unwrap().parse::<u64>().unwrap();
        (balance, account["nonce"].as_u64().unwrap())
    };
    let mut accounts: Vec<_> = list("accounts").map(account).collect();
    accounts.sort_unstable();
    let job = |job: &Value| ["stage", "price", "escrow"].map(|key| job[key].clone());
    let listing = |listing: &Value| ["sales", "price"].map(|key| listing[key].clone());
    Left {
        accounts,
        burned: shown["burned"].clone(),
        log_entries: shown["log_entries"].clone(),
        jobs: list("jobs").map(job).collect(),
        listings: list("listings").map(listing).collect(),
        model: session.get("d/model.assay"),
        onnx: session.get("d/model.onnx"),
    }
}

/// What a run that nobody disturbs leaves, and how long each of its steps takes.
fn undisturbed() -> (Left, Vec<Duration>) {
    let session = Session::empty();
    let lengths = Running::start(&session).lengths();
    let left = left(&session);
    assert_eq!(left.jobs, [[Value::from("settled"), Value::from("1000"), Value::from("0")]]);
    assert_eq!(left.listings, [[Value::from(1), Value::from("1100")]]);
    (left, lengths)
}

/// Starts the demo until it says that it is finished; demands that it never says anything else.
#[track_caller]
fn finish(session: &Session) {
    let ran = session.run(WINE);
    if ran.code == 0 {
        session.fails(WINE, FINISHED, "finished");
    } else {
        assert_eq!(ran.code, FINISHED, "{}", ran.stderr);
        assert!(ran.stderr.contains("finished"), "{}", ran.stderr);
    }
}

#[test]
fn a_demo_that_is_killed_at_any_moment_sells_once() {
    let (expected, lengths) = undisturbed();
    let test = data("wine/test.csv");
    let mut random = SEED;
    let mut landed = vec![0_u64; lengths.len()];
    for folder in 0..kills() {
        let session = Session::empty();
        // One folder in four is struck a second time, while it recovers.
        let strikes = if folder % 4 == 3 { 2 } else { 1 };
        let mut at = Vec::new();
        while at.len() < strikes && !session.path("d/receipt.json").exists() {
            // Every step is struck as often, whatever its length, anywhere within it.
            let step = (folder as usize + at.len()) % lengths.len();
            let delay = lengths[step].mul_f64(millionths(&mut random) as f64 / 1e6);
            at.push((step, delay));
            if let Some(step) = Running::start(&session).kill(step, delay) {
                landed[step.min(lengths.len() - 1)] += 1;
            }
        }
        finish(&session);
        assert_eq!(left(&session), expected, "folder {folder}, after {at:?}");
        let args = ["receipt", "verify", "d/receipt.json", "--proof", "d/accuracy.proof"];
        let verified = session.ok(&[&args[..], &["--data", &test]].concat());
        assert_eq!((&verified["proof"], &verified["price"]), (&"verified".into(), &"1000".into()));
    }
    println!("kills by the step that was told last: {landed:?}, of steps of {lengths:?}");
    // Runs that were over before they could be killed show nothing.
    assert!(kills() <= 2 * landed.iter().sum::<u64>(), "{landed:?}");
    if lengths.len() as u64 * 10 < kills() {
        assert!(landed.iter().all(|&kills| 0 < kills), "a step was never struck: {landed:?}");
    }
}
