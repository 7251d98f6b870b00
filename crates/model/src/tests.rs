//! Names, rows and model files: round trips, rejections, and files that were tampered with.

use crate::ops::tree::{Bounds, bounds_for};
use crate::{Architecture, Graph, Model, Ordered, Schema, Table, synthetic};
use assay_codec::{Encode, Error, Hasher, from_bytes, to_bytes};
use proptest::prelude::*;

pub(crate) fn sample() -> Model {
    let tree = synthetic::tree(3, 3, 3, 5, 8).unwrap();
    let rows = synthetic::table(&tree, 0, 0, 0).unwrap();
    let bounds = bounds_for(&tree, 4, 0).unwrap();
    Model::from_tree(rows.schema().clone(), &tree, bounds).unwrap()
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|&name| name.to_owned()).collect()
}

proptest! {
    #[test]
    fn codes_keep_the_order_of_floats(a: u32, b: u32) {
        let (Some(x), Some(y)) = (Ordered::from_f32_bits(a), Ordered::from_f32_bits(b)) else {
            return Ok(());
        };
        // Sign and magnitude as integers, the order that IEEE 754 gives finite floats.
        let key = |bits: u32| {
            let magnitude = i64::from(bits & 0x7fff_ffff);
            if bits >> 31 == 1 { -magnitude } else { magnitude }
        };
        prop_assert_eq!(x.cmp(&y), key(a).cmp(&key(b)));
        prop_assert_eq!(Ordered::from_f32_bits(x.to_f32_bits()), Some(x));
        prop_assert_eq!(from_bytes::<Ordered>(&to_bytes(&x)), Ok(x));
    }

    #[test]
    fn model_files_come_back(
        seed: u64, features in 1_usize..9, classes in 1_usize..6, depth in 0_usize..5,
    ) {
        let tree = synthetic::tree(features, classes, depth, depth, seed).unwrap();
        let rows = synthetic::table(&tree, 5, 300, seed).unwrap();
        let bounds = bounds_for(&tree, 7, 11).unwrap();
        let model = Model::from_tree(rows.schema().clone(), &tree, bounds).unwrap();
        prop_assert_eq!(Model::from_file(&model.to_file()), Ok(model.clone()));
        prop_assert_eq!(from_bytes::<Table>(&to_bytes(&rows)), Ok(rows.clone()));
        for row in 0..rows.rows() {
            prop_assert_eq!(model.exec(rows.row(row)), tree.exec(rows.row(row)));
        }
    }
}

#[test]
fn negative_zero_is_zero_and_the_rest_has_no_code() {
    assert_eq!(Ordered::from_f32_bits(0x8000_0000), Some(Ordered::ZERO));
    for bits in [0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0xffff_ffff] {
        assert_eq!(Ordered::from_f32_bits(bits), None);
    }
    for code in [0, 0x007f_ffff, 0x7fff_ffff, 0xff80_0000, u32::MAX] {
        assert_eq!(Ordered::new(code), None);
    }
}

#[test]
fn every_tampered_byte_is_rejected_or_gives_another_model() {
    let model = sample();
    let bytes = model.to_file();
    let row = [Ordered::ZERO; 3];
    for index in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[index] ^= change;
            if let Ok(other) = Model::from_file(&changed) {
                assert_eq!(other.to_file(), changed, "byte {index}");
                assert_ne!(other.digest(), model.digest(), "byte {index}");
                let _class = other.exec(&row);
            }
        }
    }
}

/// A change here is a change of the format: raise [`crate::VERSION`], then write the new digest.
#[test]
fn the_format_of_version_1_has_not_changed() {
    let mut files = Hasher::new("assay/test/model-files/1");
    let mut tables = Hasher::new("assay/test/tables/1");
    for seed in 0..64 {
        let (features, classes) = (1 + seed as usize % 5, 2 + seed as usize % 3);
        let tree = synthetic::tree(features, classes, 4, 9, seed).unwrap();
        let rows = synthetic::table(&tree, 7, 100, seed).unwrap();
        let bounds = bounds_for(&tree, 5, 0).unwrap();
        let model = Model::from_tree(rows.schema().clone(), &tree, bounds).unwrap();
        files.update(&model.to_file());
        tables.update(&to_bytes(&rows));
    }
    assert_eq!(
        files.finish().to_string(),
        "0xeacaea05af591f803ca7d82e4a5a29ae0074afc0a1f7c9d45c02707e0bf26cfb"
    );
    assert_eq!(
        tables.finish().to_string(),
        "0x2070d1d72a22ffdf03ac65d62cba818447a2bd9e7d1e0d16cccc10c2b24032a5"
    );
}

#[test]
fn parameters_do_not_appear_in_logs() {
    let text = format!("{:?}", sample());
    assert!(text.contains("bounds") && !text.contains("slots:") && !text.contains("left"));
}

#[test]
fn rejects_truncated_and_extended_files() {
    let bytes = sample().to_file();
    for len in 0..bytes.len() {
        assert!(Model::from_file(&bytes[..len]).is_err(), "{len} bytes");
    }
    assert_eq!(Model::from_file(&[bytes, vec![0]].concat()), Err(Error::Trailing(1)));
}

#[test]
fn rejects_other_files_versions_and_operators() {
    let bytes = sample().to_file();
    let at = |index: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[index] = byte;
        Model::from_file(&changed)
    };
    assert_eq!(at(0, 0), Err(Error::Invalid("not a model file")));
    let number = "this model answers with a number, not with a class";
    assert_eq!(at(8, 3), Err(Error::Invalid(number)));
    for version in [0, 2, 4] {
        assert_eq!(at(8, version), Err(Error::Invalid("a model file of another version")));
    }
    let mut graph = to_bytes(sample().graph());
    graph[0] = 9;
    assert_eq!(from_bytes::<Graph>(&graph), Err(Error::Tag { what: "graph", got: 9 }));
    assert_eq!(from_bytes::<Architecture>(&[9]), Err(Error::Tag { what: "architecture", got: 9 }));
}

#[test]
fn a_huge_table_or_schema_allocates_nothing() {
    for count in [u32::MAX, 1025, 1024] {
        assert!(from_bytes::<Schema>(&to_bytes(&count)).is_err());
    }
    let schema = sample().schema().clone();
    let mut bytes = to_bytes(&schema);
    (1_u32 << 30).encode(&mut bytes);
    assert_eq!(from_bytes::<Table>(&bytes), Err(Error::Truncated { wanted: 4, left: 0 }));
}

#[test]
fn rejects_a_schema_of_other_sizes_than_the_graph() {
    let Graph::DecisionTree(table) = sample().graph().clone() else { panic!("a tree") };
    let new = |features: &[&str], classes: &[&str]| {
        let schema = Schema::new(names(features), "y".into(), names(classes)).unwrap();
        Model::new(schema, Graph::DecisionTree(table.clone())).map(|_| ())
    };
    assert_eq!(new(&["a", "b", "c"], &["p", "q", "r"]), Ok(()));
    assert!(new(&["a", "b"], &["p", "q", "r"]).is_err());
    assert!(new(&["a", "b", "c"], &["p", "q"]).is_err());
}

#[test]
fn rejects_names_that_are_no_names() {
    let long = "x".repeat(257);
    #[track_caller]
    fn check(features: &[&str], target: &str, classes: &[&str]) {
        assert!(Schema::new(names(features), target.into(), names(classes)).is_err());
    }
    assert!(Schema::new(names(&["a"]), "y".into(), names(&["a"])).is_ok());
    check(&[], "y", &["a"]);
    check(&["a"], "y", &[]);
    check(&["a", ""], "y", &["a"]);
    check(&["a", "a"], "y", &["a"]);
    check(&["a"], "a", &["a"]);
    check(&["a"], "", &["a"]);
    check(&["a"], "y", &["b", "b"]);
    check(&[&long], "y", &["b"]);
}

#[test]
fn rejects_rows_that_do_not_fit_the_schema() {
    let schema = Schema::new(names(&["a", "b"]), "y".into(), names(&["p", "q"])).unwrap();
    let table = |values: usize, labels: &[u16]| {
        Table::new(schema.clone(), vec![Ordered::ZERO; values], labels.to_vec()).map(|_| ())
    };
    assert_eq!(table(4, &[0, 1]), Ok(()));
    assert!(table(3, &[0, 1]).is_err());
    assert!(table(4, &[0, 2]).is_err());
}

#[test]
fn declared_bounds_change_the_architecture_and_its_digest() {
    let one = Architecture::DecisionTree(Bounds::new(3, 2, 4, 5).unwrap());
    for bounds in [(4, 2, 4, 5), (3, 3, 4, 5), (3, 2, 5, 5), (3, 2, 4, 6)] {
        let (features, classes, depth, slots_log) = bounds;
        let bounds = Bounds::new(features, classes, depth, slots_log).unwrap();
        let other = Architecture::DecisionTree(bounds);
        assert_ne!(other.digest(), one.digest());
        assert_eq!(from_bytes(&to_bytes(&other)), Ok(other));
    }
}
