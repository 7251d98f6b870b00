//! Linear models and networks that answer with a number: against the programs that wrote them, and their
//! integers against their floats.
//!
//! `oracles/regression_networks.py` trained and saved them, and wrote down what scikit-learn, Keras and
//! onnxruntime answer to the test rows of the diabetes data.
#![allow(clippy::unwrap_used, reason = "outside of #[test] functions clippy does not see a test")]

use assay_import::network::quantise::{Error, Estimator};
use assay_import::network::{Calibration, Network, Options, compile, estimator, import_network};
use assay_import::{CsvOptions, Format, read_csv, read_targets};
use assay_model::regression::{Reading, Scale, Schema, Table};
use std::fs;
use std::path::PathBuf;

/// Parts of a unit.
const PARTS: u32 = 1000;
/// Greatest distance from the other program, as a part of the number.
const TOLERANCE: f64 = 2e-5;

const OPTIONS: Options = Options { calibration: Calibration::MinMax, bits: 8 };

fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../..", path].iter().collect()
}

fn text(name: &str) -> String {
    fs::read_to_string(repository(&format!("oracles/fixtures/regression/{name}"))).unwrap()
}

fn network(file: &str) -> Network {
    let path = repository(&format!("oracles/fixtures/regression/{file}"));
    import_network(&fs::read(path).unwrap(), Format::Auto).unwrap()
}

/// `(case, mean squared error, R²)` of the other programs, in millionths.
fn cases() -> Vec<(String, i64, i64)> {
    let case = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        (fields[0].to_owned(), fields[1].parse().unwrap(), fields[2].parse().unwrap())
    };
    text("networks.csv").lines().skip(1).map(case).collect()
}

fn files(case: &str) -> Vec<String> {
    let ends = ["onnx", "skops", "keras", "h5"].map(|end| format!("{case}.{end}"));
    let exists =
        |name: &String| repository(&format!("oracles/fixtures/regression/{name}")).exists();
    ends.into_iter().filter(exists).collect()
}

fn schema(parts: u32) -> Schema {
    let names = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"];
    let scale = Scale::new(parts, 0, 400 * parts as i32).unwrap();
    Schema::new(names.map(str::to_owned).to_vec(), "progression".into(), "1".into(), scale).unwrap()
}

fn table(side: &str, parts: u32) -> Table {
    let file = fs::read(repository(&format!("data/diabetes/{side}.csv"))).unwrap();
    read_targets(file.as_slice(), &schema(parts)).unwrap()
}

fn floats(table: &Table, row: usize) -> Vec<f32> {
    table.rows().row(row).iter().map(|value| f32::from_bits(value.to_f32_bits())).collect()
}

fn made(network: &Network) -> Estimator {
    estimator(network, &table("train", PARTS), &OPTIONS).unwrap()
}

#[test]
fn numbers_are_those_of_the_programs_that_wrote_the_files() {
    let test = table("test", PARTS);
    let (mut seen, mut read) = (0, 0);
    for (case, mse, r2) in cases() {
        let predictions = text(&format!("{case}.predictions.csv"));
        let predictions: Vec<f64> = predictions.lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(predictions.len(), test.targets().len());
        seen += 1;
        for file in files(&case) {
            let network = network(&file);
            assert!(network.is_number(), "{file}");
            let mut sum = 0.0;
            for (row, expected) in predictions.iter().enumerate() {
                let got = f64::from(network.exec(&floats(&test, row))[0]);
                let off = (got - expected).abs();
                assert!(
                    off <= TOLERANCE * expected.abs().max(1.0),
                    "{file}, {row}: {got}, {expected}"
                );
                sum += (got - f64::from(test.targets()[row]) / f64::from(PARTS)).powi(2);
            }
            // And so are the measures of the report, near the last millionth.
            let report = made(&network).test(&network, &test).unwrap();
            let errors = report.answers;
            assert!((errors.sum_float - sum).abs() < 1e-6 * sum, "{file}");
            let off = errors.mse_float(report.rows) * 1e6 - mse as f64;
            assert!(off.abs() <= 1e-5 * mse as f64, "{file}: {off}");
            let got = errors.r2_float(test.targets(), PARTS).unwrap();
            assert!((got * 1e6 - r2 as f64).abs() <= 20.0, "{file}: {got}");
            read += 1;
        }
    }
    assert_eq!((seen, read), (11, 20));
}

/// An integer answer is as near to the library's as the report says, and the squares that are added up are
/// those of the answers that the model file gives.
#[test]
fn integers_answer_within_the_reported_distance() {
    let test = table("test", PARTS);
    for (case, ..) in cases() {
        let predictions = text(&format!("{case}.predictions.csv"));
        let file = files(&case).pop().unwrap();
        let network = network(&file);
        let made = made(&network);
        let report = made.test(&network, &test).unwrap();
        let errors = report.answers;
        let mut sum = 0;
        for (row, line) in predictions.lines().enumerate() {
            let expected: f64 = line.parse().unwrap();
            let got = made.model.exec(test.rows().row(row)).unwrap();
            let off = (f64::from(got) / f64::from(PARTS) - expected).abs();
            let float = TOLERANCE * expected.abs().max(1.0);
            assert!(off <= errors.apart_max + float, "{file}, {row}: {got}, {expected}");
            sum += u128::from(got.abs_diff(test.targets()[row])).pow(2);
        }
        assert_eq!(sum, errors.sum, "{file}");
        assert!(
            errors.apart_mean <= errors.apart_max && errors.apart_max < 12.0,
            "{file}: {errors:?}"
        );
        // Targets from 25 to 346 are missed by 50 and more: nothing is lost in a step of the answer.
        let mse = sum as f64 / f64::from(PARTS).powi(2) / report.rows as f64;
        let float = errors.mse_float(report.rows);
        assert!((mse - float).abs() < 0.03 * float, "{file}: {mse} where floats have {float}");
    }
}

/// A linear model has one layer, whose integers are as fine as the answer's step.
#[test]
fn a_linear_model_loses_next_to_nothing() {
    let test = table("test", PARTS);
    for kind in ["linear", "ridge", "lasso", "elastic-net", "no-intercept"] {
        let network = network(&format!("sklearn-{kind}.onnx"));
        let made = made(&network);
        let reading = made.model.architecture().reading();
        let step = f64::from(reading.step()) / f64::from(PARTS);
        let errors = made.test(&network, &test).unwrap().answers;
        assert!(step < 0.2, "{kind}: {step}");
        // Features of twelve bits, weights and the answer are rounded.
        assert!(errors.apart_max < 1.0 && errors.apart_mean < 0.3, "{kind}: {errors:?}");
    }
}

#[test]
fn compiling_is_a_function_of_its_inputs() {
    let network = network("torch-mlp.onnx");
    assert_eq!(made(&network).model.to_file(), made(&network).model.to_file());
    let finer = Options { bits: 12, ..OPTIONS };
    let finer = estimator(&network, &table("train", PARTS), &finer).unwrap();
    let apart = |made: &Estimator| made.test(&network, &table("test", PARTS)).unwrap().answers;
    assert!(apart(&finer).apart_mean < apart(&made(&network)).apart_mean);
}

#[test]
fn numbers_and_classes_are_not_taken_for_each_other() {
    let file = fs::read(repository("oracles/fixtures/networks/sklearn-digits-mlp.onnx")).unwrap();
    let classes = import_network(&file, Format::Auto).unwrap();
    let got = estimator(&classes, &table("train", PARTS), &OPTIONS);
    assert!(matches!(got, Err(Error::Kind { got: 10, .. })), "{got:?}");
    let number = network("sklearn-linear.skops");
    let file = fs::read(repository("data/wine/train.csv")).unwrap();
    let wine = read_csv(file.as_slice(), &CsvOptions::new("cultivar")).unwrap();
    let got = compile(&number, &wine, &OPTIONS);
    assert!(matches!(got, Err(Error::Kind { got: 1, .. })), "{got:?}");
    // Too many parts for numbers of 16 bits in steps of at most 2^12.
    let network = network("sklearn-linear.onnx");
    let fine = estimator(&network, &table("train", 40_000), &OPTIONS);
    assert!(fine.is_ok_and(|made| made.model.architecture().reading() != Reading::PLAIN));
}

#[test]
fn what_is_more_than_one_number_is_refused() {
    let file = fs::read(repository("oracles/fixtures/regression/sklearn-linear.onnx")).unwrap();
    let changed = |from: &[u8], to: &[u8]| {
        let at = file.windows(from.len()).position(|window| window == from).unwrap();
        let mut other = file.clone();
        other[at..at + from.len()].copy_from_slice(to);
        import_network(&other, Format::Onnx)
    };
    assert!(changed(b"intercepts", b"intercepts").is_ok());
    for name in [&b"intercepts"[..], b"coefficients", b"post_transform"] {
        if !file.windows(name.len()).any(|window| window == name) {
            continue;
        }
        let mut other = name.to_vec();
        other[0] = b'x';
        assert!(changed(name, &other).is_err());
    }
}
