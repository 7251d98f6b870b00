//! Votes against a naive count, layouts against the trees they are of, and what is refused.

use super::{Bounds, Fault, Forest, ForestTable, Node, VALUE_MAX, Votes, answer, rank};
use crate::ops::tree::{self, POINTERS, Slot};
use crate::{Architecture, Graph, Model, Ordered, Schema, SplitMix64, synthetic};
use assay_codec::{from_bytes, to_bytes};
use proptest::prelude::*;

fn code(number: u32) -> Ordered {
    Ordered::new(0xbf80_0000 + number).unwrap()
}

fn leaf(values: &[i32]) -> Node {
    Node::Leaf { values: values.to_vec() }
}

fn split(feature: u16, threshold: u32, left: usize, right: usize) -> Node {
    Node::Split { feature, threshold: code(threshold), left, right }
}

/// What the trees answer, by the textbook: recursion, sums of wide integers, the first maximum.
fn naive(forest: &Forest, votes: Votes, row: &[Ordered]) -> u16 {
    let mut sums = vec![0_i64; forest.classes()];
    for (index, tree) in forest.trees().iter().enumerate() {
        let mut node = 0;
        let values = loop {
            match &tree[node] {
                Node::Leaf { values } => break values,
                &Node::Split { feature, threshold, left, right } => {
                    node = if row[usize::from(feature)] <= threshold { left } else { right };
                }
            }
        };
        match votes {
            Votes::All => sums.iter_mut().zip(values).for_each(|(s, &v)| *s += i64::from(v)),
            Votes::Turns => sums[index % forest.classes()] += i64::from(values[0]),
            Votes::Second => sums[1] += i64::from(values[0]),
        }
    }
    let top = *sums.iter().max().unwrap();
    sums.iter().position(|&sum| sum == top).unwrap() as u16
}

fn rows(features: usize, count: usize, seed: u64) -> Vec<Vec<Ordered>> {
    let tree = synthetic::tree(features, 2, 1, 1, seed).unwrap();
    let table = synthetic::table(&tree, count, 0, seed).unwrap();
    (0..count).map(|row| table.row(row).to_vec()).collect()
}

proptest! {
    #[test]
    fn tables_answer_as_trees_do(
        seed: u64, features in 1_usize..6, classes in 2_usize..5, rounds in 1_usize..4,
        depth in 0_usize..5, kind in 0_usize..3, more in 0_usize..9,
    ) {
        let votes = [Votes::All, Votes::Turns, Votes::Second][kind];
        let classes = if votes == Votes::Second { 2 } else { classes };
        let trees = if votes == Votes::Turns { rounds * classes } else { rounds };
        let forest =
            synthetic::forest((features, classes), votes, (trees, depth, depth), seed).unwrap();
        let declared = forest.bounds(depth as u8 + 1, more, trees + more).unwrap();
        for bounds in [forest.bounds(0, 0, 0).unwrap(), declared] {
            let table = forest.to_table(bounds).unwrap();
            for row in rows(features, 20, seed) {
                prop_assert_eq!(table.exec(&row), Some(naive(&forest, votes, &row)));
            }
            prop_assert_eq!(from_bytes::<ForestTable>(&to_bytes(&table)), Ok(table.clone()));
            let architecture = Architecture::Forest(bounds);
            let read = from_bytes::<Architecture>(&to_bytes(&architecture));
            prop_assert_eq!(read, Ok(architecture.clone()));
            let graph = Graph::Forest(table);
            prop_assert_eq!(graph.architecture(), architecture);
            prop_assert_eq!(from_bytes::<Graph>(&to_bytes(&graph)), Ok(graph));
        }
    }

    #[test]
    fn an_answer_is_the_only_top_of_a_narrow_arc(base in 0..POINTERS, steps in prop::collection::vec(0_u32..4, 1..6)) {
        let sums: Vec<u32> = steps.iter().map(|&step| (base + step) % POINTERS).collect();
        let top = *steps.iter().max().unwrap();
        let first = steps.iter().position(|&step| step == top).unwrap();
        prop_assert_eq!(answer(&sums), Some(first as u16));
    }
}

#[test]
fn sums_too_far_apart_have_no_answer() {
    let far = 1 << 29;
    assert_eq!(answer(&[0, far - 1]), Some(1));
    assert_eq!(answer(&[far - 1, 0]), Some(0));
    assert_eq!(answer(&[far, 0]), None);
    assert_eq!(answer(&[0, far]), Some(1), "a sum before the answer may be less by 2^29");
    assert_eq!(answer(&[0, far + 1]), None);
    assert_eq!(answer(&[0, POINTERS / 3, 2 * (POINTERS / 3)]), None, "around the circle");
    assert_eq!(answer(&[]), None);
}

#[test]
fn ties_go_to_the_lowest_class() {
    let tied = Forest::new(1, 3, Votes::All, vec![vec![leaf(&[1, 4, 4])]]).unwrap();
    let table = tied.to_table(tied.bounds(1, 8, 3).unwrap()).unwrap();
    assert_eq!(table.exec(&[code(1)]), Some(1));
    let zero = Forest::new(1, 2, Votes::Second, vec![vec![leaf(&[0])]]).unwrap();
    let table = zero.to_table(zero.bounds(0, 0, 0).unwrap()).unwrap();
    assert_eq!(table.exec(&[code(1)]), Some(0));
}

#[test]
fn the_votes_of_a_padding_tree_count() {
    let forest = Forest::new(1, 2, Votes::Second, vec![vec![leaf(&[-3])]]).unwrap();
    let table = forest.to_table(forest.bounds(1, 8, 4).unwrap()).unwrap();
    assert_eq!(table.exec(&[code(1)]), Some(0));
    let mut values = table.values().to_vec();
    values[3] = 4;
    let other = ForestTable::new(table.bounds(), table.slots().to_vec(), values).unwrap();
    assert_eq!(other.exec(&[code(1)]), Some(1));
}

#[test]
fn a_tree_that_ends_in_no_leaf_gives_no_answer() {
    let forest = Forest::new(
        1,
        2,
        Votes::Second,
        vec![vec![split(0, 5, 1, 2), leaf(&[1]), leaf(&[2])], vec![leaf(&[1])]],
    )
    .unwrap();
    let table = forest.to_table(forest.bounds(0, 0, 0).unwrap()).unwrap();
    assert_eq!(table.exec(&[code(1)]), Some(1));
    assert_eq!(table.exec(&[]), None, "a row without features");
    // Tree 0 begins in slot 0, its leaves are slots 2 and 3; slot 1 is the root of tree 1.
    let answer = |slot| {
        let mut slots = table.slots().to_vec();
        slots[0] = slot;
        let values = table.values().to_vec();
        ForestTable::new(table.bounds(), slots, values).unwrap().exec(&[code(1)])
    };
    assert_eq!(answer(Slot::split(0, code(5), 8)), None, "a slot that is not there");
    assert_eq!(answer(Slot::split(9, code(5), 2)), None, "a feature that is not there");
    assert_eq!(answer(Slot::split(0, code(5), 0)), None, "a circle");
    assert_eq!(answer(Slot::split(0, code(5), 1)), Some(1), "another tree's leaf is a leaf");
}

#[test]
fn what_is_no_forest_is_refused() {
    let new = |trees: Vec<Vec<Node>>| Forest::new(2, 2, Votes::All, trees);
    let one = || leaf(&[1, 2]);
    assert_eq!(new(vec![]), Err(Fault::Trees { got: 0 }));
    assert_eq!(new(vec![vec![]]), Err(Fault::Missing { tree: 0, node: 0 }));
    assert_eq!(
        new(vec![vec![one()], vec![leaf(&[1])]]),
        Err(Fault::Width { tree: 1, node: 0, expected: 2, got: 1 })
    );
    assert_eq!(
        new(vec![vec![leaf(&[0, VALUE_MAX + 1])]]),
        Err(Fault::Value { tree: 0, node: 0, got: VALUE_MAX + 1 })
    );
    assert_eq!(
        new(vec![vec![split(2, 0, 1, 2), one(), one()]]),
        Err(Fault::Feature { tree: 0, node: 0, features: 2, got: 2 })
    );
    assert_eq!(new(vec![vec![split(0, 0, 1, 1), one()]]), Err(Fault::Shared { tree: 0, node: 1 }));
    assert_eq!(new(vec![vec![split(0, 0, 0, 1), one()]]), Err(Fault::Shared { tree: 0, node: 0 }));
    assert_eq!(new(vec![vec![split(0, 0, 1, 9), one()]]), Err(Fault::Missing { tree: 0, node: 9 }));
    assert_eq!(new(vec![vec![one(), one()]]), Err(Fault::Stray { tree: 0, expected: 1, got: 2 }));
    let chain = |depth: usize| {
        let mut nodes: Vec<Node> =
            (0..depth).flat_map(|i| [split(0, 0, 2 * i + 1, 2 * i + 2), one()]).collect();
        // The left child of each split is its leaf, the right one the next split.
        nodes.push(one());
        nodes
    };
    assert_eq!(new(vec![chain(64)]).unwrap().depth(), 64);
    assert_eq!(new(vec![chain(65)]), Err(Fault::TooDeep { tree: 0, limit: 64 }));
    let turns = Forest::new(2, 3, Votes::Turns, vec![vec![leaf(&[1])]; 4]).unwrap();
    assert_eq!(turns.bounds(0, 0, 0).unwrap().trees(), 6, "the last round is filled up");
    assert!(matches!(
        Forest::new(2, 3, Votes::Second, vec![vec![leaf(&[1])]]),
        Err(Fault::Votes(_))
    ));
    assert_eq!(Forest::new(0, 2, Votes::All, vec![vec![one()]]), Err(Fault::Sizes));
}

#[test]
fn bounds_that_do_not_fit_are_refused() {
    let sizes = |slots_log| tree::Bounds::new(3, 3, 4, slots_log).unwrap();
    assert!(Bounds::new(sizes(4), 16, Votes::All).is_ok());
    assert!(Bounds::new(sizes(4), 17, Votes::All).is_err(), "more trees than slots");
    assert!(Bounds::new(sizes(4), 0, Votes::All).is_err());
    assert!(Bounds::new(sizes(4), 4, Votes::Turns).is_err(), "not as many trees for each class");
    assert!(Bounds::new(sizes(4), 4, Votes::Second).is_err(), "three classes");
    let wide = tree::Bounds::new(3, 1024, 4, 14).unwrap();
    assert!(Bounds::new(wide, 4, Votes::All).is_err(), "2^24 values");
    assert!(Bounds::new(wide, 1024, Votes::Turns).is_ok());

    let forest = synthetic::forest((3, 2), Votes::Second, (3, 2, 3), 1).unwrap();
    let bounds = |features, depth, slots_log, trees, votes| {
        Bounds::new(tree::Bounds::new(features, 2, depth, slots_log).unwrap(), trees, votes)
            .unwrap()
    };
    assert!(forest.to_table(bounds(3, 2, 5, 3, Votes::Second)).is_ok());
    assert_eq!(forest.to_table(bounds(4, 2, 5, 3, Votes::Second)), Err(Fault::Bounds));
    assert_eq!(forest.to_table(bounds(3, 2, 5, 3, Votes::All)), Err(Fault::Bounds));
    assert_eq!(
        forest.to_table(bounds(3, 1, 5, 3, Votes::Second)),
        Err(Fault::TooDeep { tree: 0, limit: 1 })
    );
    assert_eq!(forest.to_table(bounds(3, 2, 5, 2, Votes::Second)), Err(Fault::Trees { got: 3 }));
    assert_eq!(
        forest.to_table(bounds(3, 2, 4, 3, Votes::Second)),
        Err(Fault::TooLarge { limit: 16, got: 21 })
    );
    let names = |kind: &str, count: usize| (0..count).map(|i| format!("{kind}{i}")).collect();
    let schema = Schema::new(names("x", 2), "y".into(), names("c", 2)).unwrap();
    assert!(Model::from_forest(schema, &forest, bounds(3, 2, 5, 3, Votes::Second)).is_err());
}

#[test]
fn an_encoding_that_declares_more_than_it_holds_takes_no_room() {
    let forest = synthetic::forest((3, 2), Votes::All, (3, 2, 3), 1).unwrap();
    let table = forest.to_table(forest.bounds(0, 0, 0).unwrap()).unwrap();
    let bytes = to_bytes(&table);
    for cut in 0..bytes.len() {
        assert!(from_bytes::<ForestTable>(&bytes[..cut]).is_err(), "{cut} bytes");
    }
    // The last value becomes -2^31, which the field does not hold in its centred form.
    let mut wide = bytes.clone();
    wide.last_chunk_mut::<4>().unwrap().copy_from_slice(&i32::MIN.to_le_bytes());
    assert!(from_bytes::<ForestTable>(&wide).is_err());
}

#[test]
fn ranks_are_places_in_the_order_of_sums() {
    let mut random = SplitMix64::new(5);
    for _ in 0..200 {
        let classes = 1 + random.below(6) as usize;
        // Few different numbers, on both sides of zero: ties, and sums that wrap around.
        let signed: Vec<i64> = (0..classes).map(|_| random.below(7) as i64 - 3).collect();
        let modulus = i64::from(POINTERS);
        let sums: Vec<u32> = signed.iter().map(|&sum| sum.rem_euclid(modulus) as u32).collect();
        let mut order: Vec<usize> = (0..classes).collect();
        order.sort_by_key(|&class| (-signed[class], class));
        for (place, &class) in order.iter().enumerate() {
            assert_eq!(rank(&sums, class as u16), Some(place + 1), "{signed:?}");
        }
        assert_eq!(answer(&sums), Some(order[0] as u16));
        assert_eq!(rank(&sums, classes as u16), None);
    }
    assert_eq!(rank(&[0, 1 << 29], 1), Some(1), "as far apart as may be");
    assert_eq!(rank(&[0, 1 << 29], 0), Some(2));
    assert_eq!(rank(&[0, 1 << 30], 0), None, "no answer");
}
