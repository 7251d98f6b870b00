//! What a commitment depends on.

mod network;
pub(crate) mod tampered;

use super::{Salt, commit};
use assay_model::ops::tree::{Bounds, NodeTable, Slot};
use assay_types::FieldDigest;

fn model(slots_log: u8, class: u16) -> NodeTable {
    let bounds = Bounds::new(4, 3, 2, slots_log).unwrap();
    let mut slots: Vec<Slot> = (0..1 << slots_log).map(|i| Slot::leaf(i, 0)).collect();
    slots[0] = Slot::leaf(0, class);
    NodeTable::new(bounds, slots).unwrap()
}

fn salt(last: u32) -> Salt {
    Salt(FieldDigest::new([1, 2, 3, 4, 5, 6, 7, last]).unwrap())
}

#[test]
fn model_salt_and_bounds_all_matter() {
    let base = commit(&model(3, 1), &salt(8));
    assert_eq!(base, commit(&model(3, 1), &salt(8)));
    assert_ne!(base, commit(&model(3, 2), &salt(8)));
    assert_ne!(base, commit(&model(3, 1), &salt(9)));
    assert_ne!(base, commit(&model(4, 1), &salt(8)));
}

#[test]
fn every_number_of_every_slot_matters() {
    let base = model(3, 1);
    let commitment = commit(&base, &salt(8));
    for index in 0..base.slots().len() {
        for field in 0..4 {
            let mut slots = base.slots().to_vec();
            let slot = &mut slots[index];
            match field {
                0 => slot.feature += 1,
                1 => slot.low += 1,
                2 => slot.high -= 1,
                _ => slot.left += 1,
            }
            let changed = NodeTable::new(base.bounds(), slots).unwrap();
            assert_ne!(commitment, commit(&changed, &salt(8)), "slot {index}, field {field}");
        }
    }
}

#[test]
fn golden_vector() {
    let text = include_str!("../../../../../vectors/model-commitment-v2.txt");
    let expected = text.lines().find(|line| !line.starts_with('#')).unwrap();
    assert_eq!(commit(&model(3, 1), &salt(8)).to_string(), expected);
}

#[test]
fn two_models_never_share_a_commitment() {
    // A pointer and the pointer plus the order of the field: one of them is no model.
    let base = model(3, 1);
    let mut slots = base.slots().to_vec();
    slots[1].left += 0x7f00_0001;
    if let Ok(aliased) = NodeTable::new(base.bounds(), slots) {
        assert_ne!(commit(&base, &salt(8)), commit(&aliased, &salt(8)));
    }
}
