//! Small graphs, each with one thing about it. Whole files are met in `tests/`.

use super::read_network;
use crate::network::graph::Fault;
use crate::network::{Error, Network, Problem};
use crate::onnx::ReadError;
use crate::onnx::protobuf::{self, Message};

/// A constant of floats.
fn floats(name: &str, dims: &[i64], numbers: &[f32]) -> Message {
    let raw: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    tensor(name, dims, 1, &raw)
}

/// A list of integers.
fn integers(name: &str, numbers: &[i64]) -> Message {
    let raw: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    tensor(name, &[numbers.len() as i64], 7, &raw)
}

fn tensor(name: &str, dims: &[i64], kind: i64, raw: &[u8]) -> Message {
    let mut tensor = Message::new();
    for &length in dims {
        tensor.int(1, length);
    }
    tensor.int(2, kind).text(8, name).raw(9, raw);
    tensor
}

fn node(operator: &str, inputs: &[&str], output: &str, attributes: &[Message]) -> Message {
    let mut node = Message::new();
    for input in inputs {
        node.text(1, input);
    }
    node.text(2, output).text(3, "n").text(4, operator);
    for attribute in attributes {
        node.message(5, attribute);
    }
    node
}

fn value(name: &str, lengths: &[i64]) -> Message {
    let mut shape = Message::new();
    shape.message(1, Message::new().text(2, "n"));
    for length in lengths {
        shape.message(1, Message::new().int(1, *length));
    }
    let mut tensor = Message::new();
    tensor.int(1, 1).message(2, &shape);
    let mut value = Message::new();
    value.text(1, name).message(2, Message::new().message(1, &tensor));
    value
}

/// A graph that reads `x` of these lengths and answers `y`.
fn graph(lengths: &[i64], nodes: &[Message], constants: &[Message]) -> Vec<u8> {
    let mut graph = Message::new();
    for node in nodes {
        graph.message(1, node);
    }
    for constant in constants {
        graph.message(5, constant);
    }
    graph.message(11, &value("x", lengths)).message(12, &value("y", &[]));
    let mut file = Message::new();
    file.int(1, 8).message(7, &graph).message(8, Message::new().text(1, "").int(2, 18));
    file.into_bytes()
}

/// `y = x · w`, two features and two classes, with further nodes and constants before.
fn dense(nodes: &[Message], constants: &[Message], from: &str) -> Result<Network, Error> {
    let mut nodes: Vec<Vec<u8>> = nodes.iter().map(clone).collect();
    nodes.push(clone(&node("MatMul", &[from, "w"], "y", &[])));
    let mut all: Vec<Vec<u8>> = constants.iter().map(clone).collect();
    all.push(clone(&floats("w", &[2, 2], &[1.0, 2.0, 3.0, 4.0])));
    let mut inner = Message::new();
    for node in &nodes {
        inner.raw(1, node);
    }
    for constant in &all {
        inner.raw(5, constant);
    }
    inner.message(11, &value("x", &[2])).message(12, &value("y", &[]));
    let mut file = Message::new();
    file.int(1, 8).message(7, &inner).message(8, Message::new().text(1, "").int(2, 18));
    read_network(&file.into_bytes())
}

fn clone(message: &Message) -> Vec<u8> {
    message.content().to_vec()
}

#[track_caller]
fn problem(got: Result<Network, Error>) -> Problem {
    match got {
        Err(Error::Step { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_dense_layer_is_a_matrix() {
    let network = dense(&[], &[], "x").unwrap();
    assert_eq!(network.exec(&[1.0, 10.0]), [31.0, 42.0]);
    let network = dense(&[node("Relu", &["x"], "r", &[])], &[], "r").unwrap();
    assert_eq!(network.exec(&[-1.0, 10.0]), [30.0, 40.0]);
}

#[test]
fn unknown_steps_are_named() {
    let with = |operator: &str, attributes: &[Message]| {
        dense(&[node(operator, &["x"], "r", attributes)], &[], "r")
    };
    for operator in ["GroupNormalization", "LSTM", "Sin", "Conv3D", "Einsum"] {
        let error = with(operator, &[]).unwrap_err();
        assert!(error.to_string().contains(operator), "{error}");
        assert!(!error.hint().is_empty());
        assert_eq!(problem(Err(error)), Problem::Operator { operator: operator.to_owned() });
    }
    let got = problem(with("Relu", &[protobuf::string("mode", "soft")]));
    assert_eq!(got, Problem::Attribute { name: "mode".to_owned() });
    let hint = problem(with("LSTM", &[])).hint();
    assert!(hint.contains("Conv1D"), "{hint}");
}

#[test]
fn circles_strays_and_missing_values_are_refused() {
    let circle = [node("Relu", &["b"], "a", &[]), node("Relu", &["a"], "b", &[])];
    assert_eq!(problem(dense(&circle, &[], "b")), Problem::NoValue { name: "b".to_owned() });
    let missing = problem(dense(&[node("Add", &["x", "c"], "a", &[])], &[], "a"));
    assert_eq!(missing, Problem::NoValue { name: "c".to_owned() });
    let stray = dense(&[node("Relu", &["x"], "a", &[])], &[], "x");
    assert!(matches!(stray, Err(Error::Unused { .. })), "{stray:?}");
    let twice = [node("Relu", &["x"], "a", &[]), node("Tanh", &["x"], "a", &[])];
    let twice = dense(&twice, &[], "a");
    assert!(matches!(twice, Err(Error::Onnx(ReadError::DuplicateValue { .. }))), "{twice:?}");
}

#[test]
fn weights_that_are_no_numbers_are_refused() {
    for number in [f32::NAN, f32::INFINITY] {
        let nodes = [node("Add", &["x", "c"], "a", &[])];
        let got = problem(dense(&nodes, &[floats("c", &[2], &[0.0, number])], "a"));
        assert_eq!(got, Problem::Fault(Fault::NotFinite));
    }
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    let add = |dims: &[i64], numbers: &[f32]| {
        dense(&[node("Add", &["x", "c"], "a", &[])], &[floats("c", dims, numbers)], "a")
    };
    assert!(add(&[2], &[1.0, 2.0]).is_ok());
    assert!(add(&[1, 2], &[1.0, 2.0]).is_ok());
    assert!(add(&[], &[1.0]).is_ok());
    assert!(matches!(problem(add(&[3], &[1.0; 3])), Problem::Layout(_)));
    // Not as many numbers as the shape says: no constant at all.
    for dims in [&[1_i64 << 40, 1 << 40][..], &[-2], &[4], &[0, i64::MAX]] {
        let got = problem(add(dims, &[1.0, 2.0]));
        assert_eq!(got, Problem::NoValue { name: "c".to_owned() }, "{dims:?}");
    }
    for lengths in [&[1 << 40][..], &[0], &[], &[1, 2, 3, 4], &[1 << 20, 1 << 20, 1 << 20]] {
        let nodes = [node("Relu", &["x"], "y", &[])];
        assert!(read_network(&graph(lengths, &nodes, &[])).is_err(), "{lengths:?}");
    }
}

/// Windows far beyond the image take neither time nor memory.
#[test]
fn huge_windows_are_refused() {
    let image = |attributes: &[Message]| {
        let nodes = [
            node("MaxPool", &["x"], "p", attributes),
            node("GlobalMaxPool", &["p"], "g", &[]),
            node("Flatten", &["g"], "y", &[]),
        ];
        read_network(&graph(&[2, 4, 4], &nodes, &[]))
    };
    let kernel = |taps: i64| protobuf::ints("kernel_shape", [taps, taps]);
    assert!(image(&[kernel(2)]).is_ok());
    for attributes in [
        vec![kernel(1 << 40)],
        vec![kernel(0)],
        vec![kernel(2), protobuf::ints("pads", [1 << 14; 4]), protobuf::ints("strides", [1; 2])],
        vec![kernel(2), protobuf::ints("strides", [0, 1])],
        vec![kernel(2), protobuf::ints("dilations", [1 << 14, 1])],
        vec![kernel(5)],
    ] {
        assert!(image(&attributes).is_err());
    }
}

/// `[channels, height, width]` of the file and `[height, width, channels]` here: names move, cells do not.
#[test]
fn channels_first_columns_are_found() {
    let nodes = [node("GlobalMaxPool", &["x"], "g", &[]), node("Flatten", &["g"], "y", &[])];
    let network = read_network(&graph(&[2, 2, 2], &nodes, &[])).unwrap();
    assert_eq!(network.columns, [0, 4, 1, 5, 2, 6, 3, 7]);
    assert_eq!(network.exec(&[1.0, 2.0, 3.0, 0.0, 0.0, 7.0, 5.0, 6.0]), [3.0, 7.0]);
}

/// The rows of a dense layer's weights follow the cells, whatever flattened them.
#[test]
fn weights_behind_a_reshape_are_rearranged() {
    let weights: Vec<f32> = (0..16).map(|n| n as f32).collect();
    let row: Vec<f32> = (0..8).map(|n| (n * n) as f32 - 9.0).collect();
    let expected: Vec<f32> =
        (0..2).map(|o| (0..8).map(|i| row[i] * weights[2 * i + o]).sum()).collect();
    let flat = [node("Reshape", &["x", "s"], "f", &[]), node("MatMul", &["f", "w"], "y", &[])];
    let constants = || [integers("s", &[0, -1]), floats("w", &[8, 2], &weights)];
    let network = read_network(&graph(&[2, 2, 2], &flat, &constants())).unwrap();
    assert_eq!(network.exec(&row), expected);
    // Axes that were joined are no image, and an axis of what was computed cannot be cut.
    let cut = [
        node("Relu", &["x"], "r", &[]),
        node("Reshape", &["r", "s"], "f", &[]),
        node("GlobalMaxPool", &["f"], "g", &[]),
        node("Flatten", &["g"], "y", &[]),
    ];
    let got = read_network(&graph(&[2, 2, 2], &cut, &[integers("s", &[0, 4, 2, 1])]));
    assert!(matches!(problem(got), Problem::Layout(_)));
    let got = read_network(&graph(&[2, 3, 2], &cut, &[integers("s", &[0, 4, 3, 1])]));
    assert!(matches!(problem(got), Problem::Layout(_)));
}

#[test]
fn external_data_is_refused() {
    let mut constant = floats("c", &[2], &[]);
    constant.int(14, 1);
    let got = dense(&[node("Add", &["x", "c"], "a", &[])], &[constant], "a");
    assert!(matches!(got, Err(Error::Onnx(ReadError::ExternalData { .. }))), "{got:?}");
}

#[test]
fn a_row_of_steps_keeps_no_copies_of_a_constant_without_end() {
    // Four megabytes, and a step of twenty bytes for each further four.
    let large = [floats("c0", &[1 << 20], &vec![1.0; 1 << 20])];
    let names = |kind: &str| -> Vec<String> { (0..40).map(|i| format!("{kind}{i}")).collect() };
    let chain = |operator: &str, names: &[String]| -> Vec<Message> {
        let pair = |pair: &[String]| node(operator, &[&pair[0]], &pair[1], &[]);
        names.windows(2).map(pair).collect()
    };
    for operator in ["Abs", "Identity"] {
        let mut nodes = chain(operator, &names("c"));
        nodes.push(node("Add", &["x", "c39"], "a", &[]));
        assert_eq!(problem(dense(&nodes, &large, "a")), Problem::Fault(Fault::Parameters));
    }
    // Lists of integers as well, of sixteen bytes each.
    let large = [integers("s0", &vec![1; 1 << 18])];
    let mut nodes = chain("Identity", &names("s"));
    nodes.push(node("Reshape", &["x", "s39"], "a", &[]));
    assert_eq!(problem(dense(&nodes, &large, "a")), Problem::Fault(Fault::Parameters));
}
