//! Networks that must not be imported: mutants of good files, and files with one thing wrong.
//!
//! Whatever gets in is executed and compiled: a network that came in has answers.
#![allow(clippy::unwrap_used, reason = "outside of #[test] functions clippy does not see a test")]

use assay_import::Format;
use assay_import::network::{Calibration, Network, Options, compile, estimator, import_network};
use assay_model::{Ordered, Schema, SplitMix64, Table, regression};
use std::fs;
use std::path::PathBuf;

fn files(end: &str) -> Vec<(String, Vec<u8>)> {
    let folder = |name: &str| -> PathBuf {
        [env!("CARGO_MANIFEST_DIR"), "../../oracles/fixtures", name].iter().collect()
    };
    let files = fs::read_dir(folder("networks")).unwrap().map(|entry| entry.unwrap().path());
    // Of those that answer with a number, one of each kind.
    let numbers = ["sklearn-ridge", "sklearn-mlp", "keras-softplus"];
    let numbers = numbers.map(|name| folder("regression").join(format!("{name}.{end}")));
    let mut files: Vec<_> = files
        .chain(numbers.into_iter().filter(|path| path.exists()))
        .filter(|path| path.extension().is_some_and(|extension| extension == end))
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// Changes some bytes: flips, copies, cuts, and numbers that are often at an edge.
fn mutate(bytes: &mut Vec<u8>, random: &mut SplitMix64) {
    for _ in 0..1 + random.below(3) {
        let at = random.below(bytes.len() as u64) as usize;
        let from = random.below(bytes.len() as u64) as usize;
        let len = (random.below(9) as usize).min(bytes.len() - at.max(from));
        match random.below(7) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5) as usize],
            2 => bytes.copy_within(from..from + len, at),
            3 => bytes[at..at + len].fill(0xff),
            4 => drop(bytes.drain(at..at + len)),
            5 => {
                let piece = bytes[from..from + len].to_vec();
                drop(bytes.splice(at..at, piece));
            }
            _ => bytes[at] = bytes[at].wrapping_add(random.below(3) as u8),
        }
    }
}

/// Small numbers for two rows.
fn values(network: &Network) -> Vec<Ordered> {
    let value = |at: usize| Ordered::from_f32_bits(((at % 7) as f32 - 2.0).to_bits()).unwrap();
    (0..2 * network.columns.len()).map(value).collect()
}

fn features(network: &Network) -> Vec<String> {
    (0..network.columns.len()).map(|feature| format!("f{feature}")).collect()
}

/// Compiles a network that may be anything; if there are integers, what the greatest row is answered.
fn integers(network: &Network) -> Result<Option<i32>, assay_import::network::quantise::Error> {
    let options = Options { calibration: Calibration::Entropy, bits: 8 };
    let row = vec![Ordered::MAX; network.columns.len()];
    if network.is_number() {
        let scale = regression::Scale::new(1000, -9000, 9000).unwrap();
        let unit = (String::from("target"), String::from("unit"));
        let schema = regression::Schema::new(features(network), unit.0, unit.1, scale).unwrap();
        let table = regression::Table::new(schema, values(network), vec![0, 1500]).unwrap();
        return Ok(estimator(network, &table, &options)?.model.exec(&row));
    }
    let classes = network.graph.outputs().unwrap();
    let names = (0..classes).map(|class| class.to_string()).collect();
    let schema = Schema::new(features(network), "target".to_owned(), names).unwrap();
    let table = Table::new(schema, values(network), vec![0, 1]).unwrap();
    Ok(compile(network, &table, &options)?.network.exec(&row).map(i32::from))
}

/// Reads what may be anything; whether it was a network.
fn survives(bytes: &[u8]) -> bool {
    let read = import_network(bytes, Format::Auto);
    if let Err(error) = &read {
        assert!(!error.hint().is_empty() && !error.to_string().is_empty());
    }
    let Ok(network) = read else { return false };
    // Mutants of sizes may be right and slow: that they are bounded is shown elsewhere.
    if network.graph.work() < 1 << 20 {
        match integers(&network) {
            Ok(answer) => assert!(answer.is_some()),
            Err(error) => assert!(!error.hint().is_empty()),
        }
    }
    true
}

fn all(end: &str, rounds: u64, seed: u64) -> (usize, usize) {
    let mut random = SplitMix64::new(seed);
    let (mut tried, mut read) = (0, 0);
    for (name, bytes) in files(end) {
        assert!(survives(&bytes), "{name}");
        for _ in 0..rounds {
            let mut mutant = bytes.clone();
            mutate(&mut mutant, &mut random);
            tried += 1;
            read += usize::from(survives(&mutant));
        }
        let cut = random.below(bytes.len() as u64) as usize;
        assert!(!survives(&bytes[..cut]), "{name} cut at {cut}");
    }
    (tried, read)
}

#[test]
fn mutants_of_onnx_neither_panic_nor_answer_nothing() {
    let (tried, read) = all("onnx", 150, 21);
    // Most bytes are weights, of which any will do.
    assert!(2000 < tried && tried / 20 < read && read < tried, "{read} of {tried}");
}

#[test]
fn mutants_of_keras_neither_panic_nor_answer_nothing() {
    // Without a checksum around it, HDF5 is reached by all.
    let (tried, read) = all("h5", 120, 22);
    assert!(500 < tried && 0 < read && read < tried, "{read} of {tried}");
    all("keras", 20, 23);
}

#[test]
fn mutants_of_skops_neither_panic_nor_answer_nothing() {
    all("skops", 60, 24);
}
