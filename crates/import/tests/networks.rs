//! Imported networks against the programs that wrote them, and their integers against their floats.
//!
//! `oracles/networks.py` trained and saved them, and wrote down what onnxruntime, Keras and scikit-learn
//! answer to rows of the test set.
#![allow(clippy::unwrap_used, reason = "outside of #[test] functions clippy does not see a test")]

use assay_import::network::quantise::Error;
use assay_import::network::{Calibration, Network, Options, Report, compile, import_network};
use assay_import::{CsvOptions, Format, read_csv};
use assay_model::{Schema, Table};
use std::fs;
use std::path::PathBuf;

/// Greatest distance from the other program, in parts of the greatest score of a row.
const TOLERANCE: f64 = 1e-4;

fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../..", path].iter().collect()
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(repository(&format!("oracles/fixtures/networks/{name}"))).unwrap()
}

fn text(name: &str) -> String {
    String::from_utf8(fixture(name)).unwrap()
}

/// `(case, data set, right answers of all test rows)`.
fn cases() -> Vec<(String, String, usize)> {
    let case = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        (fields[0].to_owned(), fields[1].to_owned(), fields[2].parse().unwrap())
    };
    text("cases.csv").lines().skip(1).map(case).collect()
}

/// The files of a case.
fn files(case: &str) -> Vec<String> {
    let ends = ["onnx", "skops", "keras", "h5"].map(|end| format!("{case}.{end}"));
    let exists = |name: &String| repository(&format!("oracles/fixtures/networks/{name}")).exists();
    ends.into_iter().filter(exists).collect()
}

fn table(dataset: &str, side: &str) -> Table {
    let target = match dataset {
        "breast-cancer" => "diagnosis",
        "digits" => "digit",
        _ => "cultivar",
    };
    let file = fs::read(repository(&format!("data/{dataset}/{side}.csv"))).unwrap();
    read_csv(file.as_slice(), &CsvOptions::new(target)).unwrap()
}

fn row(table: &Table, row: usize) -> Vec<f32> {
    table.row(row).iter().map(|value| f32::from_bits(value.to_f32_bits())).collect()
}

fn softmax(scores: &[f64]) -> Vec<f64> {
    let top = scores.iter().copied().fold(f64::MIN, f64::max);
    let parts: Vec<f64> = scores.iter().map(|score| (score - top).exp()).collect();
    let all: f64 = parts.iter().sum();
    parts.iter().map(|part| part / all).collect()
}

/// Whether the scores are the same before or after whatever the file ends with.
fn is_same(got: &[f64], expected: &[f64]) -> bool {
    let is_near = |got: &[f64]| {
        let size = expected.iter().fold(1e-3_f64, |size, score| size.max(score.abs()));
        got.len() == expected.len()
            && got.iter().zip(expected).all(|(a, b)| (a - b).abs() <= TOLERANCE * size)
    };
    let logs: Vec<f64> = softmax(got).iter().map(|part| part.ln()).collect();
    let sigmoids: Vec<f64> = got.iter().map(|score| 1.0 / (1.0 + (-score).exp())).collect();
    let all: f64 = sigmoids.iter().sum();
    let shares: Vec<f64> = sigmoids.iter().map(|score| score / all).collect();
    let last = got.len() - 1;
    [got, &softmax(got), &logs, &sigmoids, &shares, &got[last..], &sigmoids[last..]]
        .iter()
        .any(|got| is_near(got))
}

#[track_caller]
fn read(name: &str) -> Network {
    let network = import_network(&fixture(name), Format::Auto);
    network.unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn floats_answer_as_the_program_that_wrote_the_file() {
    let mut checked = 0;
    for (case, dataset, right) in cases() {
        let table = table(&dataset, "test");
        for name in files(&case) {
            let network = read(&name);
            for (index, line) in text(&format!("{case}.scores.csv")).lines().enumerate() {
                let expected: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
                let got: Vec<f64> =
                    network.exec(&row(&table, index)).iter().map(|&x| x.into()).collect();
                assert!(is_same(&got, &expected), "{name}, row {index}: {got:?} for {expected:?}");
            }
            let answer = |index: usize| {
                let scores = network.exec(&row(&table, index));
                let best = scores.iter().copied().fold(f32::MIN, f32::max);
                scores.iter().position(|&score| score == best) == Some(table.labels()[index].into())
            };
            let got = (0..table.rows()).filter(|&index| answer(index)).count();
            assert_eq!(got, right, "{name}");
            checked += 1;
        }
    }
    assert!(15 < checked, "{checked}");
}

/// Compiles a case on the rows it was trained on, and answers the test rows both ways.
#[track_caller]
fn answers(name: &str, dataset: &str, options: &Options) -> Report {
    let network = read(name);
    let compiled = compile(&network, &table(dataset, "train"), options).unwrap();
    compiled.test(&network, &table(dataset, "test")).unwrap()
}

/// Every network, with every way to choose scales: no more than one in fifty rows more is wrong, and
/// whatever the row, there is an answer.
#[test]
fn integers_answer_nearly_as_floats() {
    let every = [Calibration::MinMax, Calibration::Percentile, Calibration::Entropy];
    for (index, (case, dataset, right)) in cases().into_iter().enumerate() {
        let files = files(&case);
        let calibrations = if index % 4 == 0 { &every[..] } else { &every[index % 3..][..1] };
        for &calibration in calibrations {
            let report = answers(&files[0], &dataset, &Options { calibration, bits: 8 });
            println!(
                "{case} {calibration:?}: {} of {} right, floats {}; alike {}; {:?}",
                report.answers.correct,
                report.rows,
                report.answers.correct_float,
                report.answers.agreeing,
                report.cost
            );
            assert_eq!(report.answers.correct_float, right, "{case}");
            let slack = report.rows / 50;
            assert!(
                right <= report.answers.correct + slack,
                "{case} {calibration:?}: {}",
                report.answers.correct
            );
            assert!(report.layers.iter().all(|layer| layer.error_mean.is_finite()), "{case}");
        }
    }
}

/// More bits bring the integers nearer to the floats.
#[test]
fn bits_are_worth_something() {
    let case = "keras-digits-functional.keras";
    let agreeing = |bits| {
        let options = Options { calibration: Calibration::MinMax, bits };
        answers(case, "digits", &options).answers.agreeing
    };
    let (few, usual, many) = (agreeing(4), agreeing(8), agreeing(11));
    assert!(few < usual && usual <= many && 470 <= many, "{few} {usual} {many}");
}

/// One model, saved in several formats, is one network.
#[test]
fn formats_give_one_network() {
    for case in ["keras-digits-functional", "keras-digits-cnn", "keras-cancer-mlp"] {
        let read = |end: &str| read(&format!("{case}.{end}"));
        assert_eq!(read("keras"), read("h5"), "{case}");
    }
}

#[test]
fn tables_that_do_not_fit_are_refused() {
    let network = read("sklearn-digits-mlp.onnx");
    let options = Options { calibration: Calibration::MinMax, bits: 8 };
    let refused = |table: &Table, options: &Options| compile(&network, table, options).unwrap_err();
    let (digits, cancer) = (table("digits", "train"), table("breast-cancer", "train"));
    let got = refused(&cancer, &options);
    assert_eq!(got, Error::Features { expected: 64, got: 30 });
    let schema = digits.schema();
    let fewer = Schema::new(
        schema.features().to_vec(),
        schema.target().to_owned(),
        schema.classes()[..9].to_vec(),
    );
    let none = Table::new(fewer.unwrap(), Vec::new(), Vec::new()).unwrap();
    assert_eq!(refused(&none, &options), Error::Classes { expected: 10, got: 9 });
    let none = Table::new(schema.clone(), Vec::new(), Vec::new()).unwrap();
    assert_eq!(refused(&none, &options), Error::NoRows);
    for bits in [0, 3, 13, 255] {
        assert_eq!(refused(&digits, &Options { bits, ..options }), Error::Bits { got: bits });
    }
}
