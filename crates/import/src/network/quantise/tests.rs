//! The parts of the quantiser. Whole networks are met in `tests/`.

use super::observe::observe;
use super::{Calibration, Cost, Options, compile};
use crate::network::Network;
use crate::network::graph::{Function, Graph, Linear, Node, Shape, Window};
use assay_model::ops::network::{Map, Node as Made, Term, synthetic};
use assay_model::{Ordered, Schema, SplitMix64, Table};

fn table(features: usize, rows: &[Vec<f32>]) -> Table {
    let names = (0..features).map(|feature| format!("f{feature}")).collect();
    let schema = Schema::new(names, "t".to_owned(), vec!["a".to_owned(), "b".to_owned()]).unwrap();
    let code = |&value: &f32| Ordered::from_f32_bits(value.to_bits()).unwrap();
    let values = rows.iter().flatten().map(code).collect();
    Table::new(schema, values, vec![0; rows.len()]).unwrap()
}

fn rows(features: usize, count: usize, spread: f32) -> Vec<Vec<f32>> {
    let mut random = SplitMix64::new(9);
    let mut value = |_| (random.below(2001) as f32 / 1000.0 - 1.0) * spread;
    (0..count).map(|_| (0..features).map(&mut value).collect()).collect()
}

fn dense(from: usize, inputs: usize, outputs: usize, seed: u64) -> Node {
    let mut random = SplitMix64::new(seed);
    let mut number = || random.below(2001) as f32 / 1000.0 - 1.0;
    let one = Window::identity(1);
    let weights = (0..inputs * outputs).map(|_| number()).collect();
    let bias = (0..outputs).map(|_| number()).collect();
    Node::Linear(Linear { from, rows: one, columns: one, groups: 1, outputs, weights, bias })
}

fn network(nodes: Vec<Node>, features: usize) -> Network {
    let mut graph = Graph::new(Shape::flat(features)).unwrap();
    for node in nodes {
        graph.push(node).unwrap();
    }
    Network::new(graph, (0..features).collect()).unwrap()
}

const EIGHT: Options = Options { calibration: Calibration::MinMax, bits: 8 };

#[test]
fn outliers_are_cut_off_where_that_is_asked_for() {
    let graph = network(vec![dense(0, 1, 2, 1)], 1).graph;
    let mut many = rows(1, 20_000, 1.0);
    many.push(vec![100.0]);
    let limit = |calibration| observe(&graph, &many, calibration)[0].limit(calibration);
    assert_eq!(limit(Calibration::MinMax), 100.0);
    let (percentile, entropy) = (limit(Calibration::Percentile), limit(Calibration::Entropy));
    assert!((0.9..5.0).contains(&percentile), "{percentile}");
    assert!((0.9..20.0).contains(&entropy), "{entropy}");
}

/// Features of very different sizes, one of which never changes.
#[test]
fn features_have_scales_of_their_own() {
    let network = network(vec![dense(0, 3, 2, 2)], 3);
    let mut data = rows(3, 200, 1.0);
    for row in &mut data {
        row[1] = 1e6 + row[1] * 10.0;
        row[2] = 7.0;
    }
    // The second weight would drown the others' scores.
    let compiled = compile(&network, &table(3, &data), &EIGHT).unwrap();
    assert_eq!(compiled.network.program().input().scales.len(), 3);
    assert!(compiled.report.layers[0].error_max < 3.0, "{:?}", compiled.report.layers);
}

/// A residual is added to the convolution's own sum, and a function of it needs no unit of its own.
#[test]
fn sums_are_rounded_once() {
    let nodes = vec![
        dense(0, 4, 4, 3),
        Node::Map { from: 1, function: Function::RELU },
        dense(2, 4, 4, 4),
        Node::Add { terms: vec![(2, 1.0), (3, 1.0)] },
        Node::Map { from: 4, function: Function::RELU },
        dense(5, 4, 2, 5),
    ];
    let compiled = compile(&network(nodes, 4), &table(4, &rows(4, 300, 3.0)), &EIGHT).unwrap();
    let nodes = compiled.network.program().nodes();
    assert_eq!(nodes.len(), 3);
    let Made::Unit { terms, .. } = &nodes[1] else { panic!("a unit") };
    assert!(matches!(terms[..], [Term::Fixed { .. }, Term::Mixed { .. }]), "{terms:?}");
    assert_eq!(compiled.network.program().maps()[0], Map::Clamp { low: 0, high: 255 });
    let last = compiled.report.layers.last().unwrap();
    assert!(last.error_max / 4095.0 < 0.02, "{last:?}");
}

#[test]
fn products_of_computed_tensors_keep_their_value() {
    let nodes = vec![
        dense(0, 4, 4, 6),
        dense(0, 4, 4, 7),
        Node::Map { from: 2, function: Function::Sigmoid },
        Node::Product { left: 1, right: 3 },
        Node::Add { terms: vec![(4, 1.0), (1, 0.5)] },
        dense(5, 4, 2, 8),
    ];
    let network = network(nodes, 4);
    let compiled = compile(&network, &table(4, &rows(4, 300, 2.0)), &EIGHT).unwrap();
    let is_product = |node: &Made| match node {
        Made::Unit { terms, .. } => terms.iter().any(|term| matches!(term, Term::Product { .. })),
        Made::Max { .. } => false,
    };
    assert!(compiled.network.program().nodes().iter().any(is_product));
    for layer in &compiled.report.layers {
        assert!(layer.error_mean.is_finite());
    }
    assert!(285 <= compiled.report.answers.agreeing, "{}", compiled.report.answers.agreeing);
}

/// Rows far beyond all that scales were chosen from have an answer, too.
#[test]
fn every_row_has_an_answer() {
    let nodes = vec![
        dense(0, 5, 30, 9),
        Node::Map { from: 1, function: Function::silu() },
        dense(2, 30, 30, 10),
        Node::Map { from: 3, function: Function::RELU },
        dense(4, 30, 2, 11),
    ];
    let network = network(nodes, 5);
    let compiled = compile(&network, &table(5, &rows(5, 50, 0.01)), &EIGHT).unwrap();
    for row in rows(5, 500, 1e30).iter().chain(&rows(5, 500, 1.0)) {
        let row: Vec<Ordered> =
            row.iter().map(|value| Ordered::from_f32_bits(value.to_bits()).unwrap()).collect();
        assert!(compiled.network.exec(&row).is_some());
    }
}

/// A channel whose weights are small beside the others has eight bits still.
#[test]
fn the_smallest_channel_keeps_its_bits() {
    let mut small = dense(2, 4, 4, 12);
    if let Node::Linear(linear) = &mut small {
        linear.weights.iter_mut().step_by(4).for_each(|weight| *weight /= 200.0);
    }
    let relu = |from| Node::Map { from, function: Function::RELU };
    let nodes = vec![dense(0, 4, 4, 14), relu(1), small, relu(3), dense(4, 4, 2, 13)];
    let compiled = compile(&network(nodes, 4), &table(4, &rows(4, 100, 1.0)), &EIGHT).unwrap();
    let layout = compiled.network.program().parameter_layout();
    let kernel = layout.nodes()[1].terms[0].as_ref().unwrap();
    let cells = compiled.network.parameters().cells();
    let size = |input: usize| cells[kernel.taps[0] + kernel.row(0, input)].unsigned_abs();
    let greatest = (0..4).map(size).max().unwrap();
    assert!((127..1 << 16).contains(&greatest), "{greatest}");
}

/// What the README says of networks, on two cores with AVX2.
#[test]
fn estimates_are_near_what_was_measured() {
    let (mib, gib) = (f64::from(1 << 20), f64::from(1 << 30));
    for (name, network, rows, seconds, memory, size) in [
        ("W2", synthetic::mlp(&[784, 128, 10], 1), 1000, 0.42, 0.2, 0.62),
        ("W3, one", synthetic::lenet5(1), 1, 0.25, 0.15, 0.60),
        ("W3", synthetic::lenet5(1), 100, 1.6, 1.0, 0.74),
        ("W4", synthetic::cifar_cnn(1), 1, 0.71, 0.3, 0.64),
        ("W5", synthetic::vgg16(1), 1, 16.0, 4.2, 0.88),
    ] {
        let got = Cost::of(network.program()).estimate(rows);
        println!("{name}: {got:?} for {:?}", Cost::of(network.program()));
        assert!((0.75..1.3).contains(&(got.seconds / seconds)), "{name}: {got:?}");
        assert!((0.75..1.3).contains(&(got.memory_bytes as f64 / gib / memory)), "{name}: {got:?}");
        assert!((0.94..1.06).contains(&(got.proof_bytes as f64 / mib / size)), "{name}: {got:?}");
    }
}
