//! Execution against a naive reference, the canonical layout, and one test per way to be rejected.

use super::{
    Bounds, DEPTH_MAX, DecisionTree, Fault, LEAF, Link, Node, NodeTable, POINTERS, Slot, bounds_for,
};
use crate::{Ordered, SplitMix64, synthetic};
use assay_codec::{Error, from_bytes, to_bytes};
use proptest::prelude::*;

/// The definition, as one would say it: at a leaf answer, otherwise ask a child.
fn naive(tree: &DecisionTree, index: usize, row: &[Ordered]) -> u16 {
    match tree.nodes()[index] {
        Node::Leaf { class } => class,
        Node::Split { feature, threshold, left } => {
            let goes_left = row[usize::from(feature)] <= threshold;
            naive(tree, left as usize + usize::from(!goes_left), row)
        }
    }
}

/// The table's rule with each step looked up anew, in wide integers.
fn naive_slots(table: &NodeTable, row: &[Ordered]) -> Option<u16> {
    let mut at = 0_u128;
    for _ in 0..table.bounds().depth() {
        let slot = table.slots().get(usize::try_from(at).ok()?)?;
        let value = u128::from(row.get(usize::from(slot.feature))?.get());
        let threshold = u128::from(slot.high) * 65536 + u128::from(slot.low);
        at = (u128::from(slot.left) + u128::from(value > threshold)) % 0x7f00_0001;
    }
    let last = table.slots().get(usize::try_from(at).ok()?)?;
    let is_answer = last.high == LEAF && usize::from(last.low) < table.bounds().classes();
    is_answer.then_some(last.low)
}

fn value(random: &mut SplitMix64) -> Ordered {
    let picked = random.below(4);
    let bits = if picked == 0 { 0 } else { random.next() as u32 };
    Ordered::from_f32_bits(bits).unwrap_or(Ordered::ZERO)
}

fn code(number: u32) -> Ordered {
    Ordered::new(0xbf80_0000 + number).unwrap()
}

fn leaf(class: u16) -> Node {
    Node::Leaf { class }
}

fn split(left: u32) -> Node {
    Node::Split { feature: 1, threshold: code(5), left }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn tree_table_and_reference_agree(
        seed: u64, features in 1_usize..9, classes in 1_usize..6, depth in 0_usize..8,
        extra in 0_usize..40, slack in 0_u8..4,
    ) {
        let inner = (depth + extra).min((1 << depth) - 1);
        let tree = synthetic::tree(features, classes, depth, inner, seed).unwrap();
        let bounds = bounds_for(&tree, tree.depth() as u8 + slack, extra).unwrap();
        let table = tree.to_table(bounds).unwrap();
        prop_assert_eq!(DecisionTree::from_table(&table), Ok(tree.clone()));
        let rows = synthetic::table(&tree, 20, 0, seed).unwrap();
        for row in 0..rows.rows() {
            let expected = Some(naive(&tree, 0, rows.row(row)));
            prop_assert_eq!(tree.exec(rows.row(row)), expected);
            prop_assert_eq!(table.exec(rows.row(row)), expected);
            prop_assert_eq!(naive_slots(&table, rows.row(row)), expected);
        }
    }

    #[test]
    fn any_slots_execute_without_panic_and_as_defined(seed: u64) {
        let mut random = SplitMix64::new(seed);
        let bounds = Bounds::new(3, 2, 1 + random.below(6) as u8, 3).unwrap();
        let slots = (0..8).map(|index| match random.below(3) {
            0 => Slot::leaf(random.below(9) as u32, random.below(3) as u16),
            1 => Slot::split(random.below(4) as u16, value(&mut random), random.below(9) as u32),
            _ => Slot {
                feature: random.below(3) as u16,
                low: random.next() as u16,
                high: random.next() as u16 | 0xff00,
                left: if random.below(9) == 0 { POINTERS - 1 } else { index },
            },
        });
        let table = NodeTable::new(bounds, slots.collect()).unwrap();
        for _ in 0..10 {
            let row: Vec<_> = (0..3).map(|_| value(&mut random)).collect();
            prop_assert_eq!(table.exec(&row), naive_slots(&table, &row));
            if let Ok(tree) = DecisionTree::from_table(&table) {
                prop_assert_eq!(tree.exec(&row), table.exec(&row));
            }
        }
        prop_assert_eq!(from_bytes::<NodeTable>(&to_bytes(&table)), Ok(table));
    }
}

#[test]
fn the_layout_is_breadth_first_with_looping_padding() {
    let links = [
        Link::Split { feature: 0, threshold: code(9), left: 2, right: 1 },
        Link::Leaf { class: 1 },
        Link::Split { feature: 1, threshold: code(4), left: 4, right: 3 },
        Link::Leaf { class: 0 },
        Link::Leaf { class: 2 },
    ];
    let tree = DecisionTree::from_links(2, 3, &links).unwrap();
    let table = tree.to_table(Bounds::new(2, 3, 5, 3).unwrap()).unwrap();
    let expected = [
        Slot::split(0, code(9), 1),
        Slot::split(1, code(4), 3),
        Slot::leaf(2, 1),
        Slot::leaf(3, 2),
        Slot::leaf(4, 0),
        Slot::leaf(5, 0),
        Slot::leaf(6, 0),
        Slot::leaf(7, 0),
    ];
    assert_eq!(table.slots(), expected);
    assert_eq!(table.exec(&[code(9), code(4)]), Some(2));
    assert_eq!(table.exec(&[code(9), code(5)]), Some(0));
    assert_eq!(table.exec(&[code(10), code(4)]), Some(1));
}

#[test]
fn a_pointer_is_a_number_of_the_field() {
    let bounds = Bounds::new(1, 1, 1, 3).unwrap();
    let table = |left| {
        let mut slots = vec![Slot::leaf(0, 0); 8];
        slots[7].left = left;
        NodeTable::new(bounds, slots)
    };
    assert!(table(POINTERS - 1).is_ok());
    assert!(table(POINTERS).is_err());
    assert!(table(u32::MAX).is_err());
    let right = Slot::split(0, code(1), POINTERS - 1);
    assert_eq!([right.next(code(1).get()), right.next(code(2).get())], [POINTERS - 1, 0]);
}

#[test]
fn an_undeclared_class_is_no_class() {
    let bounds = Bounds::new(1, 2, 1, 3).unwrap();
    let mut slots = vec![Slot::leaf(0, 1); 8];
    assert_eq!(NodeTable::new(bounds, slots.clone()).unwrap().exec(&[code(1)]), Some(1));
    slots[0] = Slot::leaf(0, 2);
    assert_eq!(NodeTable::new(bounds, slots).unwrap().exec(&[code(1)]), None);
}

#[test]
fn rejects_each_fault_of_a_tree() {
    #[track_caller]
    fn check(nodes: &[Node], fault: Fault) {
        assert_eq!(DecisionTree::new(2, 3, nodes), Err(fault));
    }
    check(&[], Fault::Missing { index: 0 });
    check(&[split(1)], Fault::Missing { index: 1 });
    check(&[split(1), leaf(0)], Fault::Missing { index: 2 });
    check(&[split(1), leaf(0), leaf(3)], Fault::Class { index: 2, classes: 3, got: 3 });
    check(&[split(1), leaf(0), leaf(2), leaf(0)], Fault::Stray { expected: 3, got: 4 });
    check(&[split(2), leaf(0), leaf(1), leaf(2)], Fault::Order { index: 0, expected: 1 });
    check(&[split(0), leaf(0), leaf(1)], Fault::Shared { index: 0 });
    check(&[split(1), split(1), leaf(1)], Fault::Shared { index: 1 });
    check(&[split(u32::MAX), leaf(0), leaf(1)], Fault::Missing { index: u32::MAX as usize });
    let swapped = [split(1), split(5), split(3), leaf(0), leaf(0), leaf(0), leaf(0)];
    check(&swapped, Fault::Order { index: 1, expected: 3 });
    let wide = Node::Split { feature: 2, threshold: code(5), left: 1 };
    check(&[wide, leaf(0), leaf(1)], Fault::Feature { index: 0, features: 2, got: 2 });
    assert_eq!(DecisionTree::new(0, 2, &[leaf(0)]), Err(Fault::Sizes));
    assert_eq!(DecisionTree::new(2, 1025, &[leaf(0)]), Err(Fault::Sizes));
}

#[test]
fn rejects_a_tree_deeper_than_the_limit() {
    let chain = |depth: u32| -> Vec<Node> {
        let steps = (0..depth).flat_map(|level| [leaf(0), split(2 * level + 1)]);
        // Root first; then, level by level, a leaf and the next inner node.
        steps.skip(1).chain([leaf(0), leaf(0)]).collect()
    };
    let deepest = u32::from(DEPTH_MAX);
    assert_eq!(DecisionTree::new(2, 2, &chain(deepest)).unwrap().depth(), 64);
    let got = DecisionTree::new(2, 2, &chain(deepest + 1));
    assert_eq!(got, Err(Fault::TooDeep { limit: 64 }));
}

#[test]
fn rejects_bounds_that_do_not_hold_the_tree() {
    let tree = synthetic::tree(4, 3, 4, 8, 1).unwrap();
    let to_table = |bounds: Result<Bounds, _>| tree.to_table(bounds.unwrap()).map(|_| ());
    assert_eq!(to_table(Bounds::new(4, 3, 4, 5)), Ok(()));
    assert_eq!(to_table(Bounds::new(5, 3, 4, 5)), Err(Fault::Bounds));
    assert_eq!(to_table(Bounds::new(4, 2, 4, 5)), Err(Fault::Bounds));
    assert_eq!(to_table(Bounds::new(4, 3, 3, 5)), Err(Fault::TooDeep { limit: 3 }));
    assert_eq!(to_table(Bounds::new(4, 3, 4, 4)), Err(Fault::TooLarge { limit: 16 }));
}

#[test]
fn bounds_are_the_smallest_that_hold_tree_and_declaration() {
    let tree = synthetic::tree(4, 3, 4, 8, 1).unwrap();
    assert_eq!(bounds_for(&tree, 0, 0), Bounds::new(4, 3, 4, 5));
    assert_eq!(bounds_for(&tree, 9, 32), Bounds::new(4, 3, 9, 5));
    assert_eq!(bounds_for(&tree, 9, 33), Bounds::new(4, 3, 9, 6));
    assert!(bounds_for(&tree, 65, 0).is_err());
    assert!(bounds_for(&tree, 0, (1 << 20) + 1).is_err());
    let stump = synthetic::tree(4, 3, 0, 0, 1).unwrap();
    assert_eq!(bounds_for(&stump, 0, 0), Bounds::new(4, 3, 1, 3));
}

#[test]
fn rejects_sizes_out_of_range() {
    for (features, classes, depth, slots_log) in [
        (0, 2, 4, 4),
        (1025, 2, 4, 4),
        (2, 0, 4, 4),
        (2, 1025, 4, 4),
        (2, 2, 0, 4),
        (2, 2, 65, 4),
        (2, 2, 4, 2),
        (2, 2, 4, 21),
    ] {
        assert!(Bounds::new(features, classes, depth, slots_log).is_err());
    }
    assert!(Bounds::new(1024, 1024, 64, 20).is_ok());
}

#[test]
fn rejects_reachable_slots_that_are_no_tree() {
    let sound = synthetic::tree(2, 2, 2, 3, 5).unwrap();
    let table = sound.to_table(Bounds::new(2, 2, 2, 3).unwrap()).unwrap();
    #[track_caller]
    fn check(table: &NodeTable, index: usize, slot: Slot, fault: Fault) {
        let mut slots = table.slots().to_vec();
        slots[index] = slot;
        let changed = NodeTable::new(table.bounds(), slots).unwrap();
        assert_eq!(DecisionTree::from_table(&changed), Err(fault));
    }
    check(&table, 1, Slot::split(0, code(1), 5), Fault::Shared { index: 5 });
    check(&table, 1, Slot::split(0, code(1), 7), Fault::Missing { index: 8 });
    check(&table, 1, Slot::split(2, code(1), 3), Fault::Feature { index: 1, features: 2, got: 2 });
    check(&table, 3, Slot::leaf(3, 2), Fault::Class { index: 3, classes: 2, got: 2 });
    check(&table, 3, Slot::split(0, code(1), 7), Fault::Missing { index: 8 });
    let endless = Slot { left: 4, ..Slot::leaf(3, 1) };
    check(&table, 3, endless, Fault::Threshold { index: 3, got: 0xffff_0001 });
    let unfinished = Slot { feature: 0, low: 0xffff, high: 0x7fff, left: 3 };
    check(&table, 1, unfinished, Fault::Threshold { index: 1, got: 0x7fff_ffff });
    // Padding may hold anything.
    let mut slots = table.slots().to_vec();
    slots[7] = Slot { feature: 9, low: 9, high: 9, left: 9 };
    let padded = NodeTable::new(table.bounds(), slots).unwrap();
    assert_eq!(DecisionTree::from_table(&padded), Ok(sound));
}

#[test]
fn rejects_reachable_slots_below_the_declared_depth() {
    let tree = synthetic::tree(2, 2, 3, 3, 5).unwrap();
    let table = tree.to_table(Bounds::new(2, 2, 3, 3).unwrap()).unwrap();
    let shallow = NodeTable::new(Bounds::new(2, 2, 2, 3).unwrap(), table.slots().to_vec());
    let got = DecisionTree::from_table(&shallow.unwrap());
    assert_eq!(got, Err(Fault::TooDeep { limit: 2 }));
}

#[test]
fn a_few_bytes_that_declare_a_million_slots_allocate_nothing() {
    let bounds = Bounds::new(1024, 1024, 64, 20).unwrap();
    let got = from_bytes::<NodeTable>(&to_bytes(&bounds));
    assert_eq!(got, Err(Error::Truncated { wanted: 10 << 20, left: 0 }));
}
