//! The workloads of the benchmark table, timed by phase: `cargo xtask bench`.
//!
//! Prints one line per workload and run; with `--json`, one JSON object per line.

#![allow(clippy::print_stdout, reason = "a benchmark's output is its result")]

use assay_model::ops::forest::Votes;
use assay_model::ops::network::Network;
use assay_model::ops::network::synthetic::{cifar_cnn, lenet5, mlp, table as network_table, vgg16};
use assay_model::ops::tree::{NodeTable, bounds_for};
use assay_model::{Architecture, Table, synthetic};
use assay_statements::Progress;
use assay_statements::accuracy::{self, MODES, MODES_COMMITTED};
use assay_statements::commit::{Committed, Salt, commit};
use assay_statements::delivery;
use assay_statements::rows::{as_digest, commit_rows};
use assay_types::statement::{Accuracy, Context, Delivery, Score};
use assay_types::{FieldDigest, JobId};
use std::fmt::Write;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: assay_memory::Allocator = assay_memory::ALLOCATOR;

/// Runs per workload; the first is cold.
const RUNS: usize = 5;
/// Verifications per run; the fastest counts.
const VERIFICATIONS: usize = 10;

fn main() {
    assay_memory::keep();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let is_json = args.iter().any(|arg| arg == "--json");
    let wanted = args.iter().find(|arg| !arg.starts_with('-')).map_or("all", String::as_str);
    let runs = args
        .iter()
        .find_map(|arg| arg.strip_prefix("--runs="))
        .and_then(|runs| runs.parse().ok())
        .unwrap_or(RUNS);
    for (name, work) in WORKLOADS {
        if wanted == "all" || wanted == *name {
            for run in 0..runs {
                work(run).print(name, run, is_json);
            }
        }
    }
}

/// Runs a workload once; the argument is the number of the run.
type Work = fn(usize) -> Measured;

const WORKLOADS: &[(&str, Work)] = &[
    ("W1", |run| accuracy(30, 2, 10, 1023, 10_000, false, run)),
    ("W1h", |run| accuracy(30, 2, 10, 1023, 10_000, true, run)),
    ("W1'", |run| accuracy(54, 7, 22, 514, 5_000, false, run)),
    ("W2", |run| network(&mlp(&[784, 128, 10], 1), 1_000, run)),
    ("W3", |run| network(&lenet5(1), 100, run)),
    ("W3-1", |run| network(&lenet5(1), 1, run)),
    ("W4", |run| network(&cifar_cnn(1), 1, run)),
    ("W5", |run| network(&vgg16(1), 1, run)),
    ("W7", |run| forest(30, (100, 10, 1023), 1_000, run)),
    // 2^14 slots of four numbers.
    ("W8-64k", |run| delivery_tree(14, run)),
    // 784·128 + 128·10 parameters and biases, 101,770 in all.
    ("W8-100k", |run| delivery_network(&mlp(&[784, 128, 10], 1), run)),
    // 784·1024 + 1024·192 + 192·10 parameters and biases, a million in all.
    ("W8-1M", |run| delivery_network(&mlp(&[784, 1_024, 192, 10], 1), run)),
];

/// One run.
struct Measured {
    phases: Vec<(&'static str, f64)>,
    prove_ms: f64,
    prove_cpu_ms: f64,
    verify_ms: f64,
    plain_ms: Option<f64>,
    proof_bytes: usize,
    security_bits: u32,
}

impl Measured {
    fn print(&self, name: &str, run: usize, is_json: bool) {
        let peak = peak_memory_kib();
        if is_json {
            let mut phases = String::new();
            for (phase, ms) in &self.phases {
                let comma = if phases.is_empty() { "" } else { "," };
                write!(phases, "{comma}\"{phase}\":{ms:.1}").expect("strings take all writes");
            }
            let plain = self.plain_ms.map_or("null".into(), |ms| format!("{ms:.3}"));
            println!(
                "{{\"workload\":\"{name}\",\"run\":{run},\"prove_ms\":{:.1},\"prove_cpu_ms\":{:.1},\"verify_ms\":{:.1},\
                 \"plain_ms\":{plain},\"proof_bytes\":{},\"peak_kib\":{peak},\"security_bits\":{},\"phases_ms\":{{{phases}}}}}",
                self.prove_ms,
                self.prove_cpu_ms,
                self.verify_ms,
                self.proof_bytes,
                self.security_bits,
            );
            return;
        }
        let temperature = if run == 0 { "cold" } else { "warm" };
        let overhead = self.plain_ms.map_or(String::new(), |ms| {
            format!(", {:.0} times plain prediction ({ms:.2} ms)", self.prove_ms / ms)
        });
        println!(
            "{name} {temperature}: prove {:.0} ms (CPU {:.0} ms), verify {:.1} ms, proof {} KiB, peak {} MiB, {} bits{overhead}",
            self.prove_ms,
            self.prove_cpu_ms,
            self.verify_ms,
            self.proof_bytes / 1024,
            peak / 1024,
            self.security_bits,
        );
        let mut line = String::from("   ");
        for (phase, ms) in &self.phases {
            write!(line, " {phase} {ms:.1};").expect("strings take all writes");
        }
        println!("{line}");
    }
}

/// Splits the time between calls by the phase that the last call named.
struct Clock {
    start: Instant,
    cpu: f64,
    lap: Instant,
    phases: Vec<(&'static str, f64)>,
}

impl Clock {
    fn new() -> Self {
        let now = Instant::now();
        Self { start: now, cpu: cpu_ms(), lap: now, phases: Vec::new() }
    }

    fn begin(&mut self, phase: &'static str) {
        self.close();
        // A long phase is told again while it goes on.
        if self.phases.last().is_none_or(|&(last, _)| last != phase) {
            self.phases.push((phase, 0.0));
        }
    }

    fn close(&mut self) {
        let ms = millis(self.lap);
        if let Some(last) = self.phases.last_mut() {
            last.1 += ms;
        }
        self.lap = Instant::now();
    }
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// Returns the shortest of several runs, in milliseconds.
fn fastest(mut work: impl FnMut()) -> f64 {
    let run = |_| {
        let start = Instant::now();
        work();
        millis(start)
    };
    (0..VERIFICATIONS).map(run).fold(f64::INFINITY, f64::min)
}

fn digest(seed: u32) -> FieldDigest {
    FieldDigest::new([seed, 1, 2, 3, 4, 5, 6, 7]).expect("small numbers are field elements")
}

/// A seed per run: a seed is used once.
fn seed(run: usize) -> [u8; 32] {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&run.to_le_bytes());
    seed
}

#[allow(clippy::too_many_arguments, reason = "the table of workloads reads as one line each")]
fn accuracy(
    features: usize,
    classes: usize,
    depth: usize,
    inner: usize,
    rows: usize,
    is_hidden: bool,
    run: usize,
) -> Measured {
    let tree = synthetic::tree(features, classes, depth, inner, 1).expect("such a tree exists");
    let table = synthetic::table(&tree, rows, 100, 2).expect("such a table exists");
    let bounds = bounds_for(&tree, depth as u8, 2 * inner + 1).expect("the bounds hold the tree");
    let model = tree.to_table(bounds).expect("the bounds hold the tree");
    let salt = Salt(digest(1));
    let plain = Instant::now();
    let correct = correct(&model, &table);
    let plain_ms = millis(plain);
    let rows_salt = Salt(digest(4));
    let data = match is_hidden {
        true => as_digest(&commit_rows(&table, &rows_salt)),
        false => table.digest(),
    };
    let statement = Accuracy {
        context: Context::default(),
        modes: if is_hidden { MODES_COMMITTED } else { MODES },
        architecture: Architecture::DecisionTree(bounds),
        schema: table.schema().clone(),
        model: commit(&model, &salt),
        data,
        rows: rows as u32,
        score: Score::AtLeast(correct - correct / 20),
    };
    let witness = accuracy::Witness { model: &model, salt: &salt, table: &table };
    measure(&statement, &table, plain_ms, |progress| {
        if is_hidden {
            accuracy::prove_committed(&statement, &witness, &rows_salt, seed(run), progress)
        } else {
            accuracy::prove(&statement, &witness, seed(run), progress)
        }
    })
}

/// Accuracy of a network over `rows` rows, all of which it answers rightly.
fn network(model: &Network, rows: usize, run: usize) -> Measured {
    let table = network_table(model, rows, 2).expect("such a table exists");
    let salt = Salt(digest(1));
    let plain = Instant::now();
    let correct = model.exec_batch(table.values());
    let plain_ms = millis(plain);
    let correct = correct.iter().zip(table.labels()).filter(|(got, label)| **got == Some(**label));
    let statement = Accuracy {
        context: Context::default(),
        modes: MODES,
        architecture: Architecture::Network(model.program().clone()),
        schema: table.schema().clone(),
        model: commit(model, &salt),
        data: table.digest(),
        rows: rows as u32,
        score: Score::AtLeast(correct.count() as u32),
    };
    let witness = accuracy::Witness { model, salt: &salt, table: &table };
    measure(&statement, &table, plain_ms, |progress| {
        accuracy::prove(&statement, &witness, seed(run), progress)
    })
}

/// Accuracy of a forest of full trees: their number, depth and inner nodes; two classes.
fn forest(features: usize, sizes: (usize, usize, usize), rows: usize, run: usize) -> Measured {
    let forest = synthetic::forest((features, 2), Votes::Second, sizes, 1).expect("it exists");
    let bounds = forest.bounds(0, 0, 0).expect("the bounds hold the forest");
    let model = forest.to_table(bounds).expect("the bounds hold the forest");
    let labels = synthetic::tree(features, 2, 3, 7, 1).expect("such a tree exists");
    let table = synthetic::table(&labels, rows, 100, 2).expect("such a table exists");
    let salt = Salt(digest(1));
    let plain = Instant::now();
    let right = |&row: &usize| model.exec(table.row(row)) == Some(table.labels()[row]);
    let correct = (0..rows).filter(right).count() as u32;
    let plain_ms = millis(plain);
    let statement = Accuracy {
        context: Context::default(),
        modes: MODES,
        architecture: Architecture::Forest(bounds),
        schema: table.schema().clone(),
        model: commit(&model, &salt),
        data: table.digest(),
        rows: rows as u32,
        score: Score::AtLeast(correct - correct / 20),
    };
    let witness = accuracy::Witness { model: &model, salt: &salt, table: &table };
    measure(&statement, &table, plain_ms, |progress| {
        accuracy::prove(&statement, &witness, seed(run), progress)
    })
}

/// Times the proof of `statement`, and its verification.
fn measure(
    statement: &Accuracy,
    table: &Table,
    plain_ms: f64,
    prove: impl FnOnce(Progress<'_>) -> Result<Vec<u8>, accuracy::ProveError>,
) -> Measured {
    let mut clock = Clock::new();
    let proof = prove(&mut |phase| clock.begin(phase)).expect("the claim is true");
    clock.close();
    let (prove_ms, prove_cpu_ms) = (millis(clock.start), cpu_ms() - clock.cpu);
    let verify_ms = fastest(|| {
        let verified = match statement.modes {
            MODES_COMMITTED => accuracy::verify_committed(statement, &proof),
            _ => accuracy::verify(statement, table, &proof),
        };
        verified.expect("the proof is honest");
    });
    Measured {
        phases: clock.phases,
        prove_ms,
        prove_cpu_ms,
        verify_ms,
        plain_ms: Some(plain_ms),
        proof_bytes: proof.len(),
        security_bits: accuracy::security_bits(statement),
    }
}

fn correct(model: &NodeTable, table: &Table) -> u32 {
    let rows = table.labels().iter().enumerate();
    rows.filter(|&(row, &label)| model.exec(table.row(row)) == Some(label)).count() as u32
}

/// Delivery of a tree of `2^slots_log` slots, four numbers each.
fn delivery_tree(slots_log: u32, run: usize) -> Measured {
    let inner = (1 << (slots_log - 1)) - 1;
    let tree = synthetic::tree(30, 2, 20, inner, 1).expect("such a tree exists");
    let bounds = bounds_for(&tree, 20, 2 * inner + 1).expect("the bounds hold the tree");
    let model = tree.to_table(bounds).expect("the bounds hold the tree");
    delivery(&model, run)
}

/// Delivery of a network.
fn delivery_network(model: &Network, run: usize) -> Measured {
    delivery(model, run)
}

fn delivery(model: &impl Committed, run: usize) -> Measured {
    let (salt, key, secret, job) = (Salt(digest(1)), digest(2), digest(3), JobId::default());
    let witness = delivery::Witness { model, salt: &salt, key: &key, secret: &secret };
    let ciphertext = delivery::seal(&witness, &job);
    let statement = Delivery {
        context: Context::default(),
        architecture: model.architecture(),
        model: commit(model, &salt),
        key_hash: delivery::key_hash(&key),
        secret_hash: delivery::secret_hash(&secret, &job),
        ciphertext: delivery::ciphertext_digest(&ciphertext),
    };
    let mut clock = Clock::new();
    let proof = delivery::prove(&statement, &witness, seed(run), &mut |phase| clock.begin(phase))
        .expect("the claim is true");
    clock.close();
    let (prove_ms, prove_cpu_ms) = (millis(clock.start), cpu_ms() - clock.cpu);
    let verify_ms = fastest(|| {
        delivery::verify(&statement, &ciphertext, &proof).expect("the proof is honest");
    });
    Measured {
        phases: clock.phases,
        prove_ms,
        prove_cpu_ms,
        verify_ms,
        plain_ms: None,
        proof_bytes: proof.len(),
        security_bits: delivery::security_bits(&statement),
    }
}

/// CPU time of this process, all threads, in milliseconds; 0 where the system does not tell.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: f64 = fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks * 10.0
}

/// Greatest memory of this process so far, in KiB; 0 where the system does not tell.
fn peak_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or(0)
}
