//! The demo is killed in the middle and started again: whatever the moment, there is one sale, paid once.
//!
//! The folder is all that is left of a killed run: the ledger, both parties, and what they deliver.
//! What the system was told to write, it does write after a kill. Torn writes, as when the power
//! goes, are simulated where the writing is done: in the chain, the journal and the openings.

use crate::session::{Session, data};
use serde_json::Value;
use std::{
    io::Read,
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

/// A run that goes on, and what it will have told when it is over.
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
        let mut stderr = child.stderr.take().unwrap();
        let (tell, told) = mpsc::channel();
        // It ends with the run, whoever ends that.
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stderr.read_to_end(&mut bytes);
            let _ = tell.send(String::from_utf8_lossy(&bytes).into_owned());
        });
        Self { child, told }
    }

    /// Kills the run after `delay`; returns the step that it was at, or `None` if it was done before.
    fn kill_after(mut self, delay: Duration) -> Option<usize> {
        match self.told.recv_timeout(delay) {
            Ok(told) => {
                assert!(self.child.wait().unwrap().success(), "{told}");
                None
            }
            Err(RecvTimeoutError::Timeout) => {
                self.child.kill().unwrap();
                // It may have ended by itself between the deadline and the signal.
                let status = self.child.wait().unwrap();
                let told = self.told.recv().unwrap();
                assert!(status.code().is_none_or(|code| code == 0), "{status}: {told}");
                (!status.success()).then(|| steps(&told))
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// How many headings, as in "3. The owner trains", were told.
fn steps(told: &str) -> usize {
    told.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).count()
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

/// What a run that nobody disturbs leaves, and how long it takes.
fn undisturbed() -> (Left, Duration) {
    let session = Session::empty();
    let start = Instant::now();
    assert!(Running::start(&session).kill_after(Duration::from_secs(120)).is_none());
    let whole = start.elapsed();
    let left = left(&session);
    assert_eq!(left.jobs, [[Value::from("settled"), Value::from("1000"), Value::from("0")]]);
    assert_eq!(left.listings, [[Value::from(1), Value::from("1100")]]);
    (left, whole)
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

/// A part of the whole run, in millionths. The moments of every second folder lie in the second half:
/// the first is spent on the keys of three wallets, and the market begins behind it.
fn moment(folder: u64, random: &mut u64) -> u64 {
    let share = (folder * 1_000_000 + millionths(random)) / kills();
    if folder % 2 == 1 { 500_000 + share / 2 } else { share }
}

#[test]
fn a_demo_that_is_killed_at_any_moment_sells_once() {
    let (expected, mut whole) = undisturbed();
    let test = data("wine/test.csv");
    let mut random = SEED;
    let mut landed = [0_u64; 10];
    for folder in 0..kills() {
        let session = Session::empty();
        // One folder in four is struck a second time, while it recovers.
        let strikes = if folder % 4 == 3 { 2 } else { 1 };
        let mut delays = Vec::new();
        while delays.len() < strikes && !session.path("d/receipt.json").exists() {
            let delay = whole.mul_f64(moment(folder, &mut random) as f64 / 1e6);
            delays.push(delay);
            let start = Instant::now();
            match Running::start(&session).kill_after(delay) {
                Some(step) => landed[step.min(9)] += 1,
                // The run that was measured was a slow one.
                None => whole = whole.min(start.elapsed()),
            }
        }
        finish(&session);
        assert_eq!(left(&session), expected, "folder {folder}, after {delays:?} of {whole:?}");
        let args = ["receipt", "verify", "d/receipt.json", "--proof", "d/accuracy.proof"];
        let verified = session.ok(&[&args[..], &["--data", &test]].concat());
        assert_eq!((&verified["proof"], &verified["price"]), (&"verified".into(), &"1000".into()));
    }
    println!("kills by the step that was told last: {landed:?}, of runs of {whole:?}");
    // Runs that were over before they could be killed show nothing.
    assert!(kills() <= 4 * landed.iter().sum::<u64>(), "{landed:?}");
}
