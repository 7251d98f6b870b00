//! Thresholds, answers, and what bounds a model.

use super::tree::{Error, heaviest, threshold};
use super::{Error as ModelError, Format, import_model, import_tree};
use assay_model::Ordered;
use assay_model::ops::tree::bounds_for;
use proptest::prelude::*;

fn bits(value: f32) -> Ordered {
    Ordered::from_f32_bits(value.to_bits()).unwrap()
}

proptest! {
    /// The one thing that a threshold does, for every float beside it.
    #[test]
    fn a_rounded_threshold_decides_as_the_64_bit_one(near: f32, part in -2.0_f64..2.0, other: f32) {
        prop_assume!(near.is_finite() && other.is_finite());
        let gap = f64::from(near.next_up().min(f32::MAX)) - f64::from(near);
        let exact = f64::from(near) + part * gap;
        let Ok(rounded) = threshold(0, exact) else {
            return Ok(());
        };
        for value in [near, near.next_up(), near.next_down(), other, 0.0, -0.0] {
            if value.is_finite() {
                prop_assert_eq!(bits(value) <= rounded, f64::from(value) <= exact);
            }
        }
    }
}

#[test]
fn thresholds_are_rounded_down_and_not_to_the_nearest() {
    // 0.1 lies just below its nearest 32-bit float.
    assert_eq!(threshold(0, 0.1), Ok(bits(0.1_f32.next_down())));
    assert_eq!(threshold(0, f64::from(0.1_f32)), Ok(bits(0.1)));
    assert_eq!(threshold(0, -0.0), Ok(Ordered::ZERO));
    assert_eq!(threshold(0, -1e-300), Ok(bits(-f32::from_bits(1))));
    assert_eq!(threshold(0, 1e-300), Ok(Ordered::ZERO));
    assert_eq!(threshold(0, 1e300), Ok(Ordered::MAX));
    assert_eq!(threshold(3, -1e300), Err(Error::TooLow { index: 3, got: -1e300 }));
    assert_eq!(threshold(3, f64::INFINITY), Err(Error::NotFinite { index: 3, got: f64::INFINITY }));
}

#[test]
fn a_leaf_answers_the_first_of_its_heaviest_classes() {
    let answer = |weights: &[f64]| heaviest(7, weights.iter().copied());
    assert_eq!(answer(&[0.25, 0.5, 0.25]), Ok(1));
    assert_eq!(answer(&[0.0, 3.0, 3.0]), Ok(1));
    assert_eq!(answer(&[0.5, 0.5]), Ok(0));
    assert_eq!(answer(&[0.0, 0.0]), Err(Error::Weightless { index: 7 }));
    assert_eq!(answer(&[]), Err(Error::Weightless { index: 7 }));
    assert_eq!(answer(&[1.0, -1.0]), Err(Error::Weight { index: 7, got: -1.0 }));
    assert!(answer(&[1.0, f64::NAN]).is_err());
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../oracles/fixtures/import/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

#[test]
fn a_model_may_declare_more_than_it_is_and_not_less() {
    let read = || import_tree(&fixture("wine-objects.skops"), Format::Auto).unwrap();
    let bounds = bounds_for(&read().tree, 20, 100).unwrap();
    let model = read().into_model(Some("kind"), bounds).unwrap();
    assert_eq!(model.schema().target(), "kind");
    assert_eq!(model.graph().architecture(), assay_model::Architecture::DecisionTree(bounds));
    let small = import_tree(&fixture("wine-lone.skops"), Format::Auto).unwrap();
    let small = bounds_for(&small.tree, 1, 1).unwrap();
    assert!(matches!(read().into_model(None, small), Err(ModelError::Bounds(_))));
    let named = import_tree(&fixture("breast-cancer-named.skops"), Format::Auto).unwrap();
    let bounds = bounds_for(&named.tree, 0, 0).unwrap();
    // A target that is a feature.
    assert!(matches!(named.into_model(Some("mean radius"), bounds), Err(ModelError::Names(_))));
}

#[test]
fn a_file_of_another_format_is_named() {
    let read = |bytes: &[u8]| import_model(bytes, Format::Auto).unwrap_err();
    assert!(matches!(read(b"\x80\x04\x95pickled"), ModelError::Pickle));
    assert!(matches!(read(b""), ModelError::Unknown));
    assert!(matches!(read(b"\x89HDF\r\n\x1a\n"), ModelError::Unknown));
    assert!(matches!(read(b"PK\x05\x06"), ModelError::Skops(_)));
    assert!(matches!(read(b"\x08\x08"), ModelError::Onnx(_)));
}
