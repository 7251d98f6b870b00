//! The wire format against its published examples, and what cannot be exported. That the files answer
//! as our models do was judged by onnxruntime; see `crates/train/tests/onnx.rs`.

use super::protobuf::Message;
use super::{Error, export_onnx};
use assay_model::ops::tree::{Bounds, NodeTable, Slot, bounds_for};
use assay_model::{Graph, Model, Schema, synthetic};

#[test]
fn fields_are_written_as_the_format_says() {
    // The examples of the protobuf documentation, "Encoding".
    let mut message = Message::new();
    message.int(1, 150).text(2, "testing");
    assert_eq!(message.into_bytes(), b"\x08\x96\x01\x12\x07testing");
    let mut message = Message::new();
    message.message(3, Message::new().int(1, 150)).int(1, -2).float(1, 0x3f80_0000);
    let expected =
        b"\x1a\x03\x08\x96\x01\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01\x0d\0\0\x80\x3f";
    assert_eq!(message.into_bytes(), expected);
}

#[test]
fn the_file_does_not_depend_on_the_declared_bounds() {
    let tree = synthetic::tree(3, 2, 3, 5, 1).unwrap();
    let schema = synthetic::table(&tree, 0, 0, 0).unwrap().schema().clone();
    let export = |depth, nodes| {
        let bounds = bounds_for(&tree, depth, nodes).unwrap();
        export_onnx(&Model::from_tree(schema.clone(), &tree, bounds).unwrap()).unwrap()
    };
    assert_eq!(export(3, 8), export(20, 1000));
}

#[test]
fn rejects_slots_that_are_no_tree_and_a_single_class() {
    let model = |classes: usize, slots: Vec<Slot>| {
        let names = (0..classes).map(|class| format!("c{class}")).collect();
        let schema = Schema::new(vec!["x".into()], "y".into(), names).unwrap();
        let bounds = Bounds::new(1, classes, 2, 3).unwrap();
        Model::new(schema, Graph::DecisionTree(NodeTable::new(bounds, slots).unwrap())).unwrap()
    };
    let looping = vec![Slot::split(0, assay_model::Ordered::ZERO, 0); 8];
    assert!(matches!(export_onnx(&model(2, looping)), Err(Error::NoTree(_))));
    let leaf = vec![Slot::leaf(0, 0); 8];
    assert_eq!(export_onnx(&model(1, leaf.clone())), Err(Error::OneClass));
    assert!(export_onnx(&model(2, leaf)).is_ok());
}

#[test]
fn rejects_networks() {
    let network = assay_model::ops::network::synthetic::mlp(&[1, 2], 1);
    let table = assay_model::ops::network::synthetic::table(&network, 0, 0).unwrap();
    let model = Model::new(table.schema().clone(), Graph::Network(network)).unwrap();
    assert_eq!(export_onnx(&model), Err(Error::Network));
}
