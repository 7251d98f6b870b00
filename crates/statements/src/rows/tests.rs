//! What a commitment to rows depends on.

use super::{as_digest, commit_rows, from_digest};
use crate::commit::Salt;
use assay_model::{Ordered, Schema, Table};
use assay_types::FieldDigest;

fn table(values: &[u32], labels: &[u16], target: &str) -> Table {
    let width = values.len() / labels.len();
    let features = (0..width).map(|i| format!("x{i}")).collect();
    let schema = Schema::new(features, target.into(), vec!["a".into(), "b".into()]).unwrap();
    let values = values.iter().map(|&bits| Ordered::from_f32_bits(bits).unwrap()).collect();
    Table::new(schema, values, labels.to_vec()).unwrap()
}

fn salt(last: u32) -> Salt {
    Salt(FieldDigest::new([1, 2, 3, 4, 5, 6, 7, last]).unwrap())
}

#[test]
fn values_labels_names_sizes_and_salt_all_matter() {
    let base = commit_rows(&table(&[1, 2, 3, 4], &[0, 1], "y"), &salt(8));
    assert_eq!(base, commit_rows(&table(&[1, 2, 3, 4], &[0, 1], "y"), &salt(8)));
    for (name, other) in [
        ("salt", commit_rows(&table(&[1, 2, 3, 4], &[0, 1], "y"), &salt(9))),
        ("value", commit_rows(&table(&[1, 2, 3, 5], &[0, 1], "y"), &salt(8))),
        ("upper half", commit_rows(&table(&[1 << 20, 2, 3, 4], &[0, 1], "y"), &salt(8))),
        ("label", commit_rows(&table(&[1, 2, 3, 4], &[0, 0], "y"), &salt(8))),
        ("target", commit_rows(&table(&[1, 2, 3, 4], &[0, 1], "z"), &salt(8))),
        ("rows", commit_rows(&table(&[1, 2, 3, 4, 0, 0], &[0, 1, 0], "y"), &salt(8))),
        ("columns", commit_rows(&table(&[1, 2, 3, 4], &[0], "y"), &salt(8))),
    ] {
        assert_ne!(base, other, "{name}");
    }
}

#[test]
fn a_commitment_stands_in_the_place_of_a_digest() {
    let rows = commit_rows(&table(&[1, 2, 3, 4], &[0, 1], "y"), &salt(8));
    assert_eq!(from_digest(&as_digest(&rows)), Some(rows));
}
