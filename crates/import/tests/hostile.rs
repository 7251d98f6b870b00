//! Files that must not be imported: a corpus, each with what is said of it, and seeded mutants.
//!
//! `oracles/hostile.py` made the corpus. With `ASSAY_BLESS` set, `expected.txt` is written instead of
//! compared.
#![allow(clippy::unwrap_used, reason = "outside of #[test] functions clippy does not see a test")]

use assay_import::model::{Read, read};
use assay_import::{Format, import_model, import_tree};
use assay_model::{Ordered, SplitMix64};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../..", path].iter().collect()
}

/// The files of a folder that end like this, in order of their names.
fn files(folder: &str, end: &str) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(repository(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == end))
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

const CORPUS: &str = "oracles/fixtures/hostile";

#[test]
fn every_hostile_file_is_refused_for_its_own_reason() {
    let mut got = String::new();
    for (name, bytes) in [files(CORPUS, "skops"), files(CORPUS, "onnx")].concat() {
        // By name, so that a broken beginning is not taken for another format.
        let auto = import_model(&bytes, Format::Auto).map(|_| ());
        let format = if name.ends_with("skops") { Format::Skops } else { Format::Onnx };
        let error = import_model(&bytes, format).map(|_| ()).expect_err(&name);
        assert!(auto.is_err(), "{name}");
        assert!(!error.hint().is_empty());
        let mut said = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            write!(said, ": {error}").unwrap();
            source = error.source();
        }
        writeln!(got, "{name}: {said}").unwrap();
    }
    let path = repository(&format!("{CORPUS}/expected.txt"));
    if std::env::var_os("ASSAY_BLESS").is_some() {
        fs::write(&path, &got).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap();
    for (got, expected) in got.lines().zip(expected.lines()) {
        assert_eq!(got, expected);
    }
    assert_eq!(got.lines().count(), expected.lines().count());
    assert!(100 < got.lines().count());
}

/// Changes some bytes: flips, copies, cuts, and numbers that are often at an edge.
fn mutate(bytes: &mut Vec<u8>, random: &mut SplitMix64) {
    for _ in 0..1 + random.below(4) {
        if bytes.is_empty() {
            return;
        }
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

/// Whatever is read is executed too: a model that came in answers every row.
#[track_caller]
fn survives(bytes: &[u8], format: Format) -> bool {
    let imported = match read(bytes, format) {
        Ok(Read::Tree(imported)) => imported,
        Ok(Read::Forest(_)) => {
            let Ok(model) = import_model(bytes, format) else { return false };
            let row = vec![Ordered::ZERO; model.schema().features().len()];
            assert!(model.exec(&row).is_some());
            return true;
        }
        Ok(Read::Number(read)) => {
            let Ok(forest) = read.forest(1000) else { return false };
            let table = forest.to_table(forest.bounds(0, 0, 0).unwrap()).unwrap();
            assert!(table.number(&vec![Ordered::ZERO; forest.features()]).is_some());
            return true;
        }
        Err(_) => return false,
    };
    let row = vec![Ordered::ZERO; imported.tree.features()];
    assert!(imported.tree.exec(&row).is_some());
    assert!(imported.tree.nodes().len() <= 1 << 20);
    if let Ok(model) = import_model(bytes, format) {
        assert_eq!(model.exec(&row), imported.tree.exec(&row));
    }
    true
}

#[test]
fn mutants_neither_panic_nor_answer_nothing() {
    let mut random = SplitMix64::new(11);
    let (mut tried, mut read) = (0, 0);
    for (end, format) in [("skops", Format::Skops), ("onnx", Format::Onnx)] {
        let small = |file: &(String, Vec<u8>)| file.1.len() < 20_000;
        let regressors = files("oracles/fixtures/regression", end);
        let seeds =
            [files("oracles/fixtures/import", end), files(CORPUS, end), regressors].concat();
        for (name, bytes) in seeds.iter().filter(|file| small(file) && 1 < file.1.len()) {
            let rounds = if bytes.len() < 3000 { 250 } else { 100 };
            for _ in 0..rounds {
                let mut mutant = bytes.clone();
                mutate(&mut mutant, &mut random);
                tried += 1;
                read += usize::from(survives(&mutant, format));
            }
            let cut = random.below(bytes.len() as u64) as usize;
            // Cut between its two graphs, a file of two is a good one of one.
            let may_survive = name == "two-graphs.onnx";
            assert!(may_survive || !survives(&bytes[..cut], Format::Auto), "{name} cut at {cut}");
        }
    }
    assert!(20_000 < tried, "{tried}");
    // Mutations that leave a model behind prove that the mutants reach the end of the readers.
    assert!(200 < read, "{read}");
}

/// Mutants whose checksums are right, so that they reach what the checksum protects.
#[test]
fn mutants_of_the_parts_of_an_archive_neither_panic_nor_answer_nothing() {
    let mut random = SplitMix64::new(12);
    let mut read = 0;
    for (name, bytes) in files("oracles/fixtures/import", "skops") {
        let Some(entries) = stored(&bytes) else { continue };
        for _ in 0..700 {
            let mut entries = entries.clone();
            let changed = random.below(entries.len() as u64) as usize;
            mutate(&mut entries[changed].1, &mut random);
            read += usize::from(survives(&archive(&entries), Format::Skops));
        }
        assert!(survives(&archive(&entries), Format::Skops), "{name}");
    }
    assert!(200 < read, "{read}");
}

#[test]
fn a_schema_that_is_too_long_is_not_parsed() {
    let schema = vec![b' '; (1 << 24) + 1];
    let bytes = archive(&[("schema.json".into(), schema)]);
    let got = import_tree(&bytes, Format::Auto).unwrap_err();
    assert_eq!(got.to_string(), "schema.json has 16777217 bytes, 16777216 at most");
}

/// One entry's bytes hold another entry: each would be inflated by itself.
#[test]
fn entries_that_share_bytes_are_refused() {
    let inner = archive(&[("b.npy".into(), vec![7; 9])]);
    let header = inner.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let outer = archive(&[("a.npy".into(), inner[..header].to_vec())]);
    let end = outer.len() - 22;
    let start = outer.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    let mut second = inner[header..inner.len() - 22].to_vec();
    second[42..46].copy_from_slice(&(30 + 5_u32).to_le_bytes());
    let mut bytes = [&outer[..end], &second, &outer[end..]].concat();
    let at = end + second.len();
    bytes[at + 8..at + 12].copy_from_slice(&[2, 0, 2, 0]);
    let len = (end - start + second.len()) as u32;
    bytes[at + 12..at + 16].copy_from_slice(&len.to_le_bytes());
    let got = import_tree(&bytes, Format::Auto).unwrap_err();
    let expected = "not a zip archive as skops writes them: two entries share bytes";
    assert_eq!(got.to_string(), expected);
}

#[test]
fn a_file_that_is_too_long_is_not_looked_at() {
    let bytes = vec![0x08; (1 << 25) + 1];
    let got = import_tree(&bytes, Format::Auto).unwrap_err();
    assert_eq!(got.to_string(), "the file has 33554433 bytes, 33554432 at most");
}

/// What is committed to is what a file means.
#[test]
fn two_saves_of_one_model_are_one_model() {
    let (_, bytes) = files("oracles/fixtures/import", "skops").swap_remove(0);
    let mut entries = stored(&bytes).unwrap();
    entries.reverse();
    let schema = entries.iter_mut().find(|entry| entry.0 == "schema.json").unwrap();
    let spaced = String::from_utf8(schema.1.clone()).unwrap().replace(": ", " :\n");
    schema.1 = spaced.into_bytes();
    let other = archive(&entries);
    assert_ne!(bytes, other);
    let [one, two] = [bytes, other].map(|file| import_model(&file, Format::Auto).unwrap());
    assert_eq!(one.to_file(), two.to_file());
    assert_eq!(one.digest(), two.digest());
}

/// The entries of an archive that compresses none, or `None`.
fn stored(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let short = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let long = |at: usize| short(at) | short(at + 2) << 16;
    let (mut at, mut entries) = (0, Vec::new());
    while bytes[at..].starts_with(b"PK\x03\x04") {
        if short(at + 8) != 0 {
            return None;
        }
        let start = at + 30 + short(at + 26);
        let name = String::from_utf8(bytes[at + 30..start].to_vec()).unwrap();
        let start = start + short(at + 28);
        at = start + long(at + 18);
        entries.push((name, bytes[start..at].to_vec()));
    }
    Some(entries)
}

/// An archive with right checksums.
fn archive(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let (offset, len) = (bytes.len() as u32, content.len() as u32);
        let mut fields = [0; 16];
        fields[0..2].copy_from_slice(&20_u16.to_le_bytes());
        let sums = [checksum(content), len, len].map(u32::to_le_bytes).concat();
        let head = [&fields[..10], &sums, &(name.len() as u16).to_le_bytes()].concat();
        bytes.extend([&b"PK\x03\x04"[..], &head, &[0; 2], name.as_bytes(), content].concat());
        directory.extend([&b"PK\x01\x02"[..], &[20, 0], &head, &[0; 12]].concat());
        directory.extend([&offset.to_le_bytes(), name.as_bytes()].concat());
    }
    let (count, start) = (entries.len() as u16, bytes.len() as u32);
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(); 2].concat());
    bytes.extend([directory.len() as u32, start].map(u32::to_le_bytes).concat());
    bytes.extend([0; 2]);
    bytes
}

/// CRC-32, bit by bit.
fn checksum(bytes: &[u8]) -> u32 {
    let shift = |rest: u32, _| if rest & 1 == 1 { rest >> 1 ^ 0xedb8_8320 } else { rest >> 1 };
    !bytes.iter().fold(!0, |rest, &byte| (0..8).fold(rest ^ u32::from(byte), shift))
}
