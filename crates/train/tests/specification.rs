//! Another program, in another language, made the same integers from `docs/design/0014-training.md`.
//!
//! `oracles/descent.py` trains four networks with Python's own numbers and writes down the input's scales
//! and, for each layer, its shift, weights and biases.
#![allow(clippy::unwrap_used, reason = "outside of #[test] functions clippy does not see a test")]

use assay_import::{CsvOptions, read_csv};
use assay_model::ops::network::{Network, Node, NodeLayout, Term};
use assay_model::{Descent, Image, Layer, Loss, NetworkParameters, Ratio, Schedule, Table};
use assay_train::network;
use std::fmt::Write;

fn load(dataset: &str, target: &str) -> Table {
    let path = format!("{}/../../data/{dataset}/train.csv", env!("CARGO_MANIFEST_DIR"));
    read_csv(std::fs::File::open(path).unwrap(), &CsvOptions::new(target)).unwrap()
}

/// The cases of `descent.py`, in its order.
fn cases() -> Vec<(&'static str, Table, NetworkParameters)> {
    let ratio = |(num, den)| Ratio::new(num, den).unwrap();
    let descent = |epochs, batch, rate, schedule, momentum, decay, seed| Descent {
        epochs,
        batch,
        learning_rate: ratio(rate),
        schedule,
        momentum: ratio(momentum),
        weight_decay: ratio(decay),
        seed,
    };
    let (constant, linear) = (Schedule::Constant, Schedule::Linear);
    let network = |input, layers: &[Layer], loss, descent| {
        NetworkParameters::new(input, layers.to_vec(), loss, descent).unwrap()
    };
    let dense = |outputs| Layer::Dense { outputs };
    let layers = [
        Layer::Convolution { filters: 4, side: 3, stride: 1, padding: 1 },
        Layer::MaxPool { side: 3, stride: 2 },
        Layer::Convolution { filters: 6, side: 2, stride: 2, padding: 1 },
        Layer::AveragePool { side: 2, stride: 1 },
        dense(8),
    ];
    let image = Some(Image { height: 8, width: 8, channels: 1 });
    let (wine, cancer) = (load("wine", "cultivar"), load("breast-cancer", "diagnosis"));
    let logistic = descent(10, 16, (1, 20), linear, (9, 10), (1, 1000), 1);
    let svm = descent(4, 7, (1, 300), constant, (1, 3), (1, 7), 2);
    let mlp = descent(6, 20, (1, 10), linear, (0, 1), (0, 1), 3);
    let cnn = descent(2, 32, (1, 25), linear, (9, 10), (1, 1000), 4);
    let entropy = Loss::CrossEntropy;
    vec![
        ("wine-logistic", wine.clone(), network(None, &[], entropy, logistic)),
        ("cancer-svm", cancer, network(None, &[], Loss::Hinge, svm)),
        ("wine-mlp", wine, network(None, &[dense(8), dense(5)], entropy, mlp)),
        ("digits-cnn", load("digits", "digit"), network(image, &layers, entropy, cnn)),
    ]
}

/// A line of numbers behind a word.
fn line(out: &mut String, word: &str, numbers: impl IntoIterator<Item = i64>) {
    out.push_str(word);
    numbers.into_iter().for_each(|number| write!(out, " {number}").unwrap());
    out.push('\n');
}

fn layer(out: &mut String, network: &Network, node: &Node, layout: &NodeLayout) {
    let Node::Unit { terms, shift, .. } = node else { return };
    let cells = network.parameters().cells();
    line(out, "shift", [i64::from(*shift)]);
    let mut weights = Vec::new();
    for (term, kernel) in terms.iter().zip(&layout.terms) {
        if let Term::Fixed { factor, .. } = term {
            weights.push(i64::from(*factor));
        }
        if let Some(kernel) = kernel {
            for tap in &kernel.taps {
                for input in 0..kernel.inputs {
                    let row = &cells[tap + kernel.row(0, input)..][..kernel.outputs];
                    weights.extend(row.iter().map(|&cell| i64::from(cell)));
                }
            }
        }
    }
    line(out, "weights", weights);
    let bias = layout.bias.unwrap();
    line(out, "biases", cells[bias.at..][..bias.channels].iter().map(|&cell| cell.into()));
}

#[test]
fn networks_are_those_of_another_implementation() {
    let path =
        format!("{}/../../oracles/fixtures/training/networks.txt", env!("CARGO_MANIFEST_DIR"));
    let expected = std::fs::read_to_string(path).unwrap();
    let mut got = String::new();
    for (name, table, asked) in cases() {
        let network = network::train(&table, &asked, &|_| ()).unwrap();
        writeln!(got, "case {name}").unwrap();
        let scales = &network.program().input().scales;
        let numbers = scales.iter().flat_map(|scale| {
            [i64::from(scale.multiplier), i64::from(scale.shift), i64::from(scale.offset)]
        });
        line(&mut got, "input", numbers);
        let nodes = network.program().nodes().iter();
        for (node, layout) in nodes.zip(network.program().parameter_layout().nodes()) {
            layer(&mut got, &network, node, layout);
        }
    }
    for (at, (got, expected)) in got.lines().zip(expected.lines()).enumerate() {
        assert_eq!(got, expected, "line {}", at + 1);
    }
    assert_eq!(got.lines().count(), expected.lines().count());
}
