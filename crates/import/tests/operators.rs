//! Small networks, one for each operator, against the programs that execute them elsewhere.
//!
//! `oracles/operators.py` wrote them with random weights, and what onnxruntime and Keras answer.
#![allow(clippy::unwrap_used, reason = "outside of #[test] functions clippy does not see a test")]

use assay_import::Format;
use assay_import::network::{Calibration, Compiled, Network, Options, compile, import_network};
use assay_model::{Graph, Model, Ordered, Schema, Table};
use std::fs;
use std::path::PathBuf;

/// Greatest distance of the floats from the other program, in parts of the greatest score.
const TOLERANCE: f64 = 2e-4;
/// Greatest distance of the integers, likewise, and rows that they may answer otherwise.
const ERROR_MAX: f64 = 0.08;
const OTHERS_MAX: usize = 4;

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../oracles/fixtures/operators"].iter().collect()
}

fn numbers(name: &str) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(folder().join(name)).unwrap();
    text.lines().map(|line| line.split(',').map(|x| x.parse().unwrap()).collect()).collect()
}

/// The files, with their cases.
fn files() -> Vec<(String, Vec<u8>)> {
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let is_network = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "onnx" || extension == "keras")
    };
    let file = |path: PathBuf| {
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())
    };
    let mut files: Vec<_> = paths.filter(is_network).map(file).collect();
    files.sort();
    files
}

fn rows(case: &str) -> Vec<Vec<f64>> {
    numbers(if case.starts_with("words") { "words.csv" } else { "rows.csv" })
}

/// Rows as a table, labelled as the scores say.
fn table(rows: &[Vec<f64>], scores: &[Vec<f64>]) -> Table {
    let features = (0..rows[0].len()).map(|feature| format!("f{feature}")).collect();
    let classes = (0..scores[0].len()).map(|class| class.to_string()).collect();
    let schema = Schema::new(features, "target".to_owned(), classes).unwrap();
    let code = |x: &f64| Ordered::from_f32_bits((*x as f32).to_bits()).unwrap();
    let values = rows.iter().flatten().map(code).collect();
    let label = |scores: &Vec<f64>| {
        let best = scores.iter().copied().fold(f64::MIN, f64::max);
        scores.iter().position(|&score| score == best).unwrap() as u16
    };
    Table::new(schema, values, scores.iter().map(label).collect()).unwrap()
}

fn compiled(network: &Network, table: &Table) -> Compiled {
    compile(network, table, &Options { calibration: Calibration::MinMax, bits: 8 }).unwrap()
}

/// A network with softmax and layer normalisation inside, whose proof is tested by `assay-statements`,
/// which reads no foreign files. With `ASSAY_BLESS` set it is compiled anew.
#[test]
fn the_compiled_network_that_is_proven_elsewhere_is_this_one() {
    let (case, path) = ("softmax-and-norm", folder().join("softmax-and-norm.model"));
    let network =
        import_network(&fs::read(folder().join("softmax-and-norm.onnx")).unwrap(), Format::Onnx);
    let scores = numbers(&format!("{case}.scores.csv"));
    let table = table(&rows(case), &scores);
    let compiled = compiled(&network.unwrap(), &table);
    if std::env::var_os("ASSAY_BLESS").is_some() {
        let model = Model::new(compiled.schema, Graph::Network(compiled.network)).unwrap();
        fs::write(&path, model.to_file()).unwrap();
    }
    // Exponentials may differ by machine in their last bit, and with them a program: not its answers.
    let model = Model::from_file(&fs::read(&path).unwrap()).unwrap();
    let is_right = |&row: &usize| model.exec(table.row(row)) == Some(table.labels()[row]);
    let right = (0..table.rows()).filter(is_right).count();
    assert!(table.rows() - OTHERS_MAX <= right, "{right}");
}

#[test]
fn every_operator_answers_as_elsewhere() {
    let files = files();
    assert!(50 < files.len(), "{}", files.len());
    let mut wrong = Vec::new();
    for (case, bytes) in &files {
        let network = match import_network(bytes, Format::Auto) {
            Ok(network) => network,
            Err(error) => {
                wrong.push(format!("{case}: {error}"));
                continue;
            }
        };
        let (rows, scores) = (rows(case), numbers(&format!("{case}.scores.csv")));
        let table = table(&rows, &scores);
        let compiled = compiled(&network, &table);
        let step = compiled.report.layers.last().unwrap().step;
        let size = scores.iter().flatten().fold(0.0_f64, |size, x| size.max(x.abs()));
        let (mut floats_off, mut integers_off) = (0.0_f64, 0.0_f64);
        for (index, (row, expected)) in rows.iter().zip(&scores).enumerate() {
            let row: Vec<f32> = row.iter().map(|&x| x as f32).collect();
            let floats = network.exec(&row);
            let ordered: Vec<Ordered> =
                network.columns.iter().map(|&column| table.row(index)[column]).collect();
            let integers = compiled.network.run(&ordered).unwrap();
            let integers = integers.tensor(compiled.report.layers.len());
            for ((&float, &integer), &expected) in floats.iter().zip(integers).zip(expected) {
                floats_off = floats_off.max((f64::from(float) - expected).abs() / size);
                let off = f64::from(integer) * step - expected;
                integers_off = integers_off.max(off.abs() / size);
            }
        }
        // What the report says of the last layer is what is seen here, up to the floats' rounding.
        let said = compiled.report.layers.last().unwrap().error_max * step / size;
        let others = rows.len() - compiled.report.answers.agreeing;
        println!(
            "{case}: floats {floats_off:.1e}, integers {integers_off:.4}, said {said:.4}, {others} others"
        );
        if floats_off > TOLERANCE
            || integers_off > ERROR_MAX
            || (integers_off - said).abs() > TOLERANCE
            || others > OTHERS_MAX
        {
            wrong.push(format!("{case}: floats {floats_off:.1e}, integers {integers_off:.4}, said {said:.4}, {others}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
