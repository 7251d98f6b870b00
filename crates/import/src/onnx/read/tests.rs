//! The wire format, lone scores, and attributes. Whole files are met in `tests/`.

use super::ReadError;
use super::proto::{Attribute, Model};
use super::wire::{Fields, Wire, push_doubles, push_floats, push_ints};
use crate::model::{Error, Imported, Read};
use crate::onnx::protobuf::{self, Message};
use crate::{Format, export_onnx, import_model};
use assay_model::ops::tree::bounds_for;
use assay_model::{Model as Ours, synthetic};

fn fields(bytes: &[u8]) -> Result<Vec<(u64, Wire<'_>)>, ReadError> {
    Fields::new(bytes).collect()
}

#[test]
fn fields_are_read_as_the_format_says() {
    // The examples of the protobuf documentation, "Encoding".
    assert_eq!(fields(b"\x08\x96\x01").unwrap(), [(1, Wire::Varint(150))]);
    assert_eq!(fields(b"\x12\x07testing").unwrap(), [(2, Wire::Bytes(b"testing"))]);
    assert_eq!(fields(b"\x0d\0\0\x80\x3f").unwrap(), [(1, Wire::Four([0, 0, 0x80, 0x3f]))]);
    assert_eq!(
        fields(b"\x09\x01\0\0\0\0\0\0\0").unwrap(),
        [(1, Wire::Eight([1, 0, 0, 0, 0, 0, 0, 0]))]
    );
    let minus_two = b"\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01";
    assert_eq!(fields(minus_two).unwrap(), [(1, Wire::Varint(-2_i64 as u64))]);
}

#[test]
fn rejects_bytes_that_are_no_fields() {
    let too_long = [&[0x08][..], &[0xff; 9], &[2]].concat();
    for bytes in [
        &b"\x08"[..],
        b"\x08\x80",
        b"\x12\x05four",
        b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x0d\0\0\0",
        b"\x0b\x0c",
        b"\x00\x00",
        &too_long,
    ] {
        assert_eq!(fields(bytes), Err(ReadError::Wire), "{bytes:?}");
    }
}

#[test]
fn repeated_numbers_are_read_packed_or_not() {
    let (mut ints, mut floats, mut doubles) = (vec![], vec![], vec![]);
    for value in [Wire::Varint(3), Wire::Bytes(&[4, 0x96, 1])] {
        push_ints(&mut ints, value).unwrap();
    }
    for value in [Wire::Four(1_f32.to_le_bytes()), Wire::Bytes(&2_f32.to_le_bytes())] {
        push_floats(&mut floats, value).unwrap();
    }
    for value in [Wire::Eight(1_f64.to_le_bytes()), Wire::Bytes(&2_f64.to_le_bytes())] {
        push_doubles(&mut doubles, value).unwrap();
    }
    assert_eq!(
        (ints, floats.as_slice(), doubles.as_slice()),
        (vec![3, 4, 150], &[1.0, 2.0][..], &[1.0, 2.0][..])
    );
    assert!(push_floats(&mut floats, Wire::Bytes(&[0; 5])).is_err());
    assert!(push_doubles(&mut doubles, Wire::Bytes(&[0; 9])).is_err());
    assert!(push_ints(&mut vec![], Wire::Bytes(&[0x80])).is_err());
}

/// A file whose tree has one split, two leaves, and these attributes beside.
fn file(more: impl FnOnce(&mut Message)) -> Vec<u8> {
    let mut node = Message::new();
    node.text(1, "x").text(2, "label").text(2, "scores");
    node.text(4, "TreeEnsembleClassifier").text(7, "ai.onnx.ml");
    for attribute in [
        protobuf::ints("nodes_treeids", [0, 0, 0]),
        protobuf::ints("nodes_nodeids", [0, 1, 2]),
        protobuf::ints("nodes_featureids", [0, 0, 0]),
        protobuf::strings("nodes_modes", ["BRANCH_LEQ", "LEAF", "LEAF"]),
        protobuf::ints("nodes_truenodeids", [1, 0, 0]),
        protobuf::ints("nodes_falsenodeids", [2, 0, 0]),
        protobuf::ints("class_treeids", [0, 0]),
        protobuf::ints("class_nodeids", [1, 2]),
        protobuf::strings("classlabels_strings", ["no", "yes"]),
    ] {
        node.message(5, &attribute);
    }
    more(&mut node);
    let tensor = |name: &str, shape: &Message| {
        let mut tensor = Message::new();
        tensor.int(1, 1).message(2, shape);
        let mut value = Message::new();
        value.text(1, name).message(2, Message::new().message(1, &tensor));
        value
    };
    let mut shape = Message::new();
    shape.message(1, &Message::new()).message(1, Message::new().int(1, 1));
    let mut graph = Message::new();
    graph.message(1, &node).message(11, &tensor("x", &shape));
    graph.message(12, &tensor("label", &Message::new()));
    let mut file = Message::new();
    file.int(1, 8).message(7, &graph);
    file.into_bytes()
}

/// The tree of a file.
fn read_tree(bytes: &[u8]) -> Result<Imported, ReadError> {
    match super::read(bytes) {
        Ok(Read::Tree(tree)) => Ok(tree),
        Err(Error::Onnx(error)) => Err(error),
        other => panic!("{other:?}"),
    }
}

/// What the two leaves answer, given their lone scores.
fn answers(class: i64, scores: [f32; 2], transform: Option<&str>) -> Result<[u16; 2], ReadError> {
    let file = file(|node| {
        node.message(5, &protobuf::floats("nodes_values", [0, 0, 0]));
        node.message(5, &protobuf::ints("class_ids", [class; 2]));
        node.message(5, &protobuf::floats("class_weights", scores.map(f32::to_bits)));
        if let Some(transform) = transform {
            node.message(5, &protobuf::string("post_transform", transform));
        }
    });
    let imported = read_tree(&file)?;
    let row = |code| [assay_model::Ordered::new(code).unwrap()];
    Ok([0x8000_0000, 0x8000_0001].map(|code| imported.tree.exec(&row(code)).unwrap()))
}

#[test]
fn a_lone_score_means_the_second_class_above_a_half() {
    for class in [0, 1] {
        for transform in [None, Some("NONE")] {
            assert_eq!(answers(class, [0.25, 0.75], transform), Ok([0, 1]));
            assert_eq!(answers(class, [0.5, 0.500_001], transform), Ok([0, 1]));
            assert_eq!(answers(class, [1.0, 0.0], transform), Ok([1, 0]));
        }
    }
}

#[test]
fn a_logistic_lone_score_means_the_second_class_above_zero() {
    assert_eq!(answers(0, [-0.1, 0.1], Some("LOGISTIC")), Ok([0, 1]));
    assert_eq!(answers(0, [0.0, -2.0], Some("LOGISTIC")), Ok([0, 0]));
    assert_eq!(answers(0, [0.0, 0.75], Some("LOGISTIC")), Ok([0, 1]));
}

#[test]
fn scores_about_which_runtimes_disagree_are_refused() {
    let ambiguous = |scores, transform| {
        matches!(answers(0, scores, transform), Err(ReadError::Ambiguous { .. }))
    };
    assert!(ambiguous([-0.1, 0.1], None));
    assert!(ambiguous([0.25, 0.75], Some("LOGISTIC")));
    assert!(ambiguous([0.0, 0.5], Some("LOGISTIC")));
}

#[test]
fn thresholds_of_64_bits_are_rounded_down() {
    let mut tensor = Message::new();
    let raw: Vec<u8> = [0.1_f64, 0.0, 0.0].map(f64::to_le_bytes).concat();
    tensor.int(1, 3).int(2, 11).raw(9, &raw);
    let mut values = Message::new();
    values.text(1, "nodes_values_as_tensor").message(5, &tensor).int(20, 4);
    let file = file(|node| {
        node.message(5, &values);
        node.message(5, &protobuf::ints("class_ids", [0, 0]));
        node.message(5, &protobuf::floats("class_weights", [0.0, 1.0].map(f32::to_bits)));
    });
    let imported = read_tree(&file).unwrap();
    let code = |value: f32| [assay_model::Ordered::from_f32_bits(value.to_bits()).unwrap()];
    assert_eq!(imported.tree.exec(&code(0.1_f32.next_down())), Some(0));
    assert_eq!(imported.tree.exec(&code(0.1)), Some(1));
}

#[test]
fn lists_are_bounded_before_they_fill_memory() {
    #[track_caller]
    fn check(field: u64, item: &Message, count: usize, what: &'static str, limit: usize) {
        let read = |count| {
            let mut graph = Message::new();
            for _ in 0..count {
                graph.message(field, item);
            }
            let mut file = Message::new();
            file.message(7, &graph);
            Model::new(&file.into_bytes()).map(|_| ())
        };
        assert_eq!(read(count), Ok(()));
        assert_eq!(read(count + 1), Err(ReadError::TooMany { what, limit }));
    }
    let empty = Message::new();
    check(1, &empty, 4096, "operators", 4096);
    check(5, &empty, 4096, "constants", 4096);
    check(11, &empty, 4096, "inputs", 4096);
    check(12, &empty, 4096, "outputs", 4096);
    let few = |field| {
        let mut node = Message::new();
        for _ in 0..65 {
            node.text(field, "");
        }
        let mut graph = Message::new();
        graph.message(1, &node);
        let mut file = Message::new();
        file.message(7, &graph);
        Model::new(&file.into_bytes()).map(|_| ())
    };
    let many = |what| Err(ReadError::TooMany { what, limit: 64 });
    assert_eq!(few(1), many("inputs of an operator"));
    assert_eq!(few(2), many("outputs of an operator"));
    let many = Err(ReadError::TooMany { what: "numbers in a list", limit: 1 << 22 });
    assert_eq!(push_ints(&mut vec![], Wire::Bytes(&vec![0; (1 << 22) + 1])), many);
    assert_eq!(push_floats(&mut vec![], Wire::Bytes(&vec![0; (4 << 22) + 4])), many);
    assert_eq!(push_doubles(&mut vec![], Wire::Bytes(&vec![0; (8 << 22) + 8])), many);
}

/// Each output leads through all the operators: looked at one by one, that would take for ever.
#[test]
fn long_ways_to_the_label_are_gone_once() {
    let name = |step: usize| format!("v{step}");
    let mut graph = Message::new();
    for step in 0..4000 {
        let mut node = Message::new();
        node.text(1, &name(step + 1)).text(2, &name(step)).text(4, "Identity");
        graph.message(1, &node).message(12, Message::new().text(1, &name(step)));
    }
    let mut tree = Message::new();
    tree.text(1, "x").text(2, "label").text(4, "TreeEnsembleClassifier").text(7, "ai.onnx.ml");
    let mut shape = Message::new();
    shape.message(1, &Message::new()).message(1, Message::new().int(1, 1));
    let mut tensor = Message::new();
    tensor.int(1, 1).message(2, &shape);
    let mut input = Message::new();
    input.text(1, "x").message(2, Message::new().message(1, &tensor));
    graph.message(1, &tree).message(11, &input);
    let mut file = Message::new();
    file.message(7, &graph);
    assert_eq!(read_tree(&file.into_bytes()), Err(ReadError::Output));
}

#[test]
fn an_empty_attribute_keeps_its_type() {
    let read = |attribute: &Message| {
        let mut node = Message::new();
        node.message(5, attribute);
        let mut graph = Message::new();
        graph.message(1, &node);
        let mut file = Message::new();
        file.message(7, &graph);
        let bytes = file.into_bytes();
        let model = Model::new(&bytes)?;
        Ok(match model.graph.nodes[0].attributes.get("a") {
            Some(Attribute::Ints(list)) => list.len(),
            Some(Attribute::Texts(list)) => 10 + list.len(),
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(read(&protobuf::ints("a", [])), Ok(0));
    assert_eq!(read(&protobuf::strings("a", [""])), Ok(11));
    let mut twice = Message::new();
    twice.text(1, "a").int(8, 1).float(7, 0).int(20, 7);
    let other = Err(ReadError::AttributeType { name: "a".to_owned() });
    assert_eq!(read(&twice), other);
    let mut lying = Message::new();
    lying.text(1, "a").int(8, 1).int(20, 6);
    assert_eq!(read(&lying), other);
}

#[test]
fn synthetic_exports_come_back() {
    for seed in 0..40 {
        let (features, classes) = (1 + seed as usize % 7, 2 + seed as usize % 5);
        let tree = synthetic::tree(features, classes, 5, 5 + seed as usize % 20, seed).unwrap();
        let schema = synthetic::table(&tree, 0, 0, 0).unwrap().schema().clone();
        let bounds = bounds_for(&tree, 0, 0).unwrap();
        let model = Ours::from_tree(schema, &tree, bounds).unwrap();
        assert_eq!(import_model(&export_onnx(&model).unwrap(), Format::Auto).unwrap(), model);
    }
}
