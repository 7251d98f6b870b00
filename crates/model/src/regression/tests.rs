//! Scales, rows and files of models that answer with a number; and that those of classification are
//! what they were.

use super::{Architecture, Model, NUMBER_MAX, Reading, SPAN_MAX, STEP_MAX, Scale, Schema, Table};
use crate::ops::forest::{Forest, ForestTable, Node, Votes};
use crate::ops::network::synthetic;
use crate::ops::tree::POINTERS;
use crate::{Graph, Ordered};
use assay_codec::{Error, from_bytes, to_bytes};
use proptest::prelude::*;

fn schema(features: usize, scale: Scale) -> Schema {
    let features = (0..features).map(|feature| format!("f{feature}")).collect();
    Schema::new(features, "price".into(), "EUR".into(), scale).unwrap()
}

fn scale() -> Scale {
    Scale::new(100, -500, 2000).unwrap()
}

/// A tree that asks once, then one that always says the same.
fn forest(left: i32, right: i32, all: i32) -> ForestTable {
    let split = Node::Split { feature: 1, threshold: Ordered::ZERO, left: 1, right: 2 };
    let leaf = |value| Node::Leaf { values: vec![value] };
    let trees = vec![vec![split, leaf(left), leaf(right)], vec![leaf(all)]];
    let forest = Forest::new(2, 1, Votes::All, trees).unwrap();
    forest.to_table(forest.bounds(3, 9, 4).unwrap()).unwrap()
}

fn sample() -> Model {
    let graph = Graph::Forest(forest(150, -25, 1000));
    Model::new(schema(2, scale()), graph, Reading::PLAIN).unwrap()
}

/// The floats 1 and −1.
const ONE: u32 = 0x3f80_0000;
const MINUS_ONE: u32 = 0xbf80_0000;

fn row(second: u32) -> Vec<Ordered> {
    vec![Ordered::ZERO, Ordered::from_f32_bits(second).unwrap()]
}

#[test]
fn a_forest_of_one_class_answers_with_its_sum() {
    let model = sample();
    assert_eq!(model.exec(&row(MINUS_ONE)), Some(1150));
    assert_eq!(model.exec(&row(ONE)), Some(975));
    assert_eq!(model.exec(&row(ONE)[..1]), None);
    // Around zero, and modulo the field's order.
    let far = (POINTERS / 2) as i32;
    let sum = |left, all| Graph::Forest(forest(left, 0, all)).number(&row(MINUS_ONE));
    assert_eq!((sum(-7, 3), sum(far, 0), sum(far, 1)), (Some(-4), Some(far), Some(-far)));
}

#[test]
fn a_network_of_one_class_answers_with_its_number() {
    let network = synthetic::mlp(&[3, 1], 4);
    let row = [Ordered::ZERO; 3];
    let expected = network.run(&row).unwrap().scores()[0];
    let graph = Graph::Network(network);
    let read = |reading| Model::new(schema(3, scale()), graph.clone(), reading).unwrap();
    assert_eq!(read(Reading::PLAIN).exec(&row), Some(expected.into()));
    let reading = Reading::new(7, -1000).unwrap();
    let model = read(reading);
    assert_eq!(model.exec(&row), Some(7 * i32::from(expected) - 1000));
    assert_eq!(model.architecture().reading(), reading);
    assert_eq!(Model::from_file(&model.to_file()), Ok(model.clone()));
    assert_ne!(model.digest(), read(Reading::PLAIN).digest());
}

#[test]
fn readings_are_bounded() {
    for (step, offset) in [(0, 0), (STEP_MAX + 1, 0), (1, NUMBER_MAX + 1), (1, i32::MIN)] {
        assert!(Reading::new(step, offset).is_err(), "{offset} + {step}·q");
    }
    // No output of 16 bits, no target, and no distance of the two comes near half of the field's order.
    let most = Reading::new(STEP_MAX, NUMBER_MAX).unwrap().number(i16::MAX.into());
    assert!(i64::from(most) + i64::from(NUMBER_MAX) < i64::from(POINTERS / 2));
    // A forest's sums have 30 bits already.
    let forest = sample().graph().architecture();
    assert!(Architecture::new(forest.clone(), Reading::PLAIN).is_ok());
    for (step, offset) in [(2, 0), (1, 1)] {
        let reading = Reading::new(step, offset).unwrap();
        assert!(Architecture::new(forest.clone(), reading).is_err());
        assert!(Model::new(schema(2, scale()), sample().graph().clone(), reading).is_err());
    }
}

#[test]
fn what_answers_with_a_class_is_no_number() {
    let tree = crate::synthetic::tree(2, 1, 2, 2, 1).unwrap();
    let bounds = crate::ops::tree::bounds_for(&tree, 0, 0).unwrap();
    let tree = Graph::DecisionTree(tree.to_table(bounds).unwrap());
    let many = Graph::Network(synthetic::mlp(&[2, 3], 4));
    for graph in [tree, many] {
        assert_eq!(graph.number(&row(0)), None);
        assert!(Architecture::new(graph.architecture(), Reading::PLAIN).is_err());
        assert!(Model::new(schema(2, scale()), graph, Reading::PLAIN).is_err());
    }
    assert!(Model::new(schema(3, scale()), sample().graph().clone(), Reading::PLAIN).is_err());
}

#[test]
fn scales_are_bounded() {
    let scales = [
        (0, 0, 1),
        ((1 << 24) + 1, 0, 1),
        (1, 1, 1),
        (1, 2, 1),
        (1, 0, NUMBER_MAX + 1),
        (1, i32::MIN, 0),
        (1, -1, SPAN_MAX as i32),
    ];
    for (denominator, low, high) in scales {
        assert!(Scale::new(denominator, low, high).is_err(), "{denominator}: {low}..{high}");
    }
    for (low, high, bits) in
        [(0, 1, 3), (0, 3, 4), (0, 4, 5), (-4, 3, 5), (5, 104, 9), (0, SPAN_MAX as i32, 26)]
    {
        let scale = Scale::new(1, low, high).unwrap();
        assert_eq!(scale.error_bits(), bits, "{low}..{high}");
        // An answer that lies outside by the range's length.
        let far = i64::from(high) - i64::from(low);
        assert!(2 * far < 1 << (bits - 1), "{low}..{high}");
    }
}

#[test]
fn targets_lie_in_the_range() {
    let table = |targets: &[i32]| {
        Table::new(schema(1, scale()), vec![Ordered::ZERO; targets.len()], targets.to_vec())
    };
    assert!(table(&[-500, 2000]).is_ok());
    assert!(table(&[-501]).is_err() && table(&[2001]).is_err());
    assert!(Table::new(schema(1, scale()), vec![Ordered::ZERO; 2], vec![0]).is_err());
}

#[test]
fn files_of_one_kind_are_not_read_as_the_other() {
    let (number, class) = (sample().to_file(), crate::tests::sample().to_file());
    assert!(Model::is_file(&number) && !Model::is_file(&class) && !Model::is_file(b"x"));
    let refused = Error::Invalid("this model answers with a number, not with a class");
    assert_eq!(crate::Model::from_file(&number), Err(refused));
    assert!(Model::from_file(&class).is_err());
}

#[test]
fn every_tampered_byte_is_rejected_or_gives_another_model() {
    let model = sample();
    let bytes = model.to_file();
    for index in 0..bytes.len() {
        assert!(Model::from_file(&bytes[..index]).is_err(), "{index} bytes");
        for change in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[index] ^= change;
            if let Ok(other) = Model::from_file(&changed) {
                assert_eq!(other.to_file(), changed, "byte {index}");
                assert_ne!(other.digest(), model.digest(), "byte {index}");
                let _number = other.exec(&row(ONE));
            }
        }
    }
}

/// A change here is a change of the formats: raise [`super::VERSION`] and the digests' labels.
#[test]
fn the_formats_are_frozen() {
    let table = Table::new(schema(2, scale()), [row(ONE), row(MINUS_ONE)].concat(), vec![7, -7]);
    let digests = [schema(2, scale()).digest(), table.unwrap().digest(), sample().digest()];
    assert_eq!(digests.map(|digest| digest.to_string()), GOLDEN);
}

const GOLDEN: [&str; 3] = [
    "0x871398666a4c5e2be2fef06ef1745ba45f3fd62c8e28e389cf402ff0aa355056",
    "0x0f05f5050822d9979f183aec173214ee04cc6a11ec7250abeab35f5d101964a5",
    "0x7e12b17310e927109308100cfd6f2938116f8a91f828165412b0e10aa7ec80aa",
];

proptest! {
    #[test]
    fn tables_come_back(
        denominator in 1_u32..5000, low in -900_i32..0, targets in prop::collection::vec(0_i32..50, 0..9),
    ) {
        let scale = Scale::new(denominator, low, 50).unwrap();
        let table = Table::new(schema(2, scale), vec![Ordered::ZERO; 2 * targets.len()], targets);
        let table = table.unwrap();
        let bytes = to_bytes(&table);
        prop_assert_eq!(from_bytes::<Table>(&bytes), Ok(table.clone()));
        for cut in 0..bytes.len() {
            prop_assert!(from_bytes::<Table>(&bytes[..cut]).is_err());
        }
        if let Some(&target) = table.targets().first() {
            let mut other = table.targets().to_vec();
            other[0] = if target == 0 { 1 } else { target - 1 };
            let other = Table::new(table.schema().clone(), table.rows().values().to_vec(), other);
            prop_assert_ne!(other.unwrap().digest(), table.digest());
        }
    }
}
