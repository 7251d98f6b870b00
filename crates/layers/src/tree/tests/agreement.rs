//! The proof against execution, on models and tables of every kind.

use super::layer::verdict;
use crate::{Goal, Sizes, Weighed};
use assay_engine::field::F;
use assay_engine::session::Rejection;
use assay_model::ops::tree::{Bounds, NodeTable, Slot, bounds_for};
use assay_model::{Ordered, Schema, SplitMix64, Table, synthetic};
use p3_field::PrimeField32;

/// What a model is like, beyond its tree.
#[derive(Clone, Copy, Debug)]
struct Dimensions {
    features: usize,
    classes: usize,
    depth: usize,
    inner: usize,
    rows: usize,
    /// Declared depth beyond the tree's.
    deeper: u8,
}

fn case(sizes: Dimensions, seed: u64) -> (NodeTable, Table) {
    let Dimensions { features, classes, depth, inner, rows, deeper } = sizes;
    let tree = synthetic::tree(features, classes, depth, inner, seed).unwrap();
    let table = synthetic::table(&tree, rows, 300, seed + 1).unwrap();
    let bounds = bounds_for(&tree, tree.depth() as u8 + deeper, 2 * inner + 3).unwrap();
    let model = tree.to_table(bounds).unwrap();
    // What no row reaches may be anything at all.
    let mut random = SplitMix64::new(seed);
    let mut slots = model.slots().to_vec();
    for slot in &mut slots[tree.nodes().len()..] {
        let [a, b] = [random.next(), random.next()];
        let [feature, low, high] = [a as u16, (a >> 16) as u16, (a >> 32) as u16];
        *slot = Slot { feature, low, high, left: (b % u64::from(F::ORDER_U32)) as u32 };
    }
    (NodeTable::new(bounds, slots).unwrap(), table)
}

/// Counts as the definition does, and asks the proof about each side of the count.
#[track_caller]
fn agrees(model: &NodeTable, table: &Table) {
    let is_right = |&row: &usize| model.exec(table.row(row)) == Some(table.labels()[row]);
    let count = (0..table.rows()).filter(is_right).count() as u32;
    let mut goals = vec![
        (Goal::AtLeast(count), true),
        (Goal::Fewer(count + 1), true),
        (Goal::Exactly(count), true),
        (Goal::AtLeast(count + 1), false),
        (Goal::Exactly(count + 1), false),
        (Goal::Fewer(count), false),
    ];
    if let Some(below) = count.checked_sub(1) {
        goals.extend([(Goal::Exactly(below), false), (Goal::AtLeast(below), true)]);
    }
    for (goal, holds) in goals {
        assert_eq!(goal.holds(count.into()), holds);
        let expected = if holds { Ok(()) } else { Err(Rejection::Relation) };
        assert_eq!(verdict(model, table, goal, &|_| ()), expected, "{goal:?} of {count}");
    }
    agrees_about_a_class(model, table);
}

/// Weighs the rows that are answered with a class, and asks the proof about each side of the sum.
#[track_caller]
fn agrees_about_a_class(model: &NodeTable, table: &Table) {
    let class = table.labels()[0];
    for (hit, miss) in [(11, -9), (1, 0), (-7, 3)] {
        let rows = (0..table.rows()).filter(|&row| model.exec(table.row(row)) == Some(class));
        let weights = rows.map(|row| if table.labels()[row] == class { hit } else { miss });
        let sum: i64 = weights.map(i64::from).sum();
        for (least, expected) in [(sum, Ok(())), (sum + 1, Err(Rejection::Relation))] {
            let goal = Goal::Weighed(Weighed { class, hit, miss, least });
            assert_eq!(goal.holds(sum), expected.is_ok());
            // What cannot be stated is refused before.
            if goal.is_stated_for(table.rows()) {
                assert_eq!(verdict(model, table, goal, &|_| ()), expected, "{goal:?} of {sum}");
            }
        }
    }
}

#[test]
fn a_proof_says_what_execution_counts() {
    let base = Dimensions { features: 5, classes: 3, depth: 4, inner: 9, rows: 40, deeper: 0 };
    let cases = [
        base,
        Dimensions { rows: 1, ..base },
        Dimensions { classes: 1, ..base },
        Dimensions { features: 1, ..base },
        Dimensions { features: 33, ..base },
        Dimensions { features: 64, rows: 17, ..base },
        Dimensions { deeper: 9, ..base },
        Dimensions { depth: 1, inner: 1, ..base },
        Dimensions { depth: 0, inner: 0, ..base },
        Dimensions { depth: 12, inner: 12, rows: 9, ..base },
    ];
    for (seed, sizes) in (1..).zip(cases) {
        let (model, table) = case(sizes, seed);
        agrees(&model, &table);
    }
}

#[test]
fn random_sizes_agree_too() {
    let mut random = SplitMix64::new(20);
    let mut below = |bound: u64| random.below(bound) as usize;
    for seed in 0..5 {
        let depth = below(7);
        let most = ((1 << depth) - 1).min(depth + 20);
        let sizes = Dimensions {
            features: 1 + below(20),
            classes: 1 + below(6),
            depth,
            inner: depth + below((most - depth + 1) as u64),
            rows: 1 + below(70),
            deeper: below(5) as u8,
        };
        let (model, table) = case(sizes, 100 + seed);
        agrees(&model, &table);
    }
}

#[test]
fn an_undeclared_class_counts_as_wrong() {
    // The slots are the prover's: the claim is about the count, and a class that no label has is
    // right for no row.
    let (model, table) =
        case(Dimensions { features: 2, classes: 2, depth: 1, inner: 1, rows: 20, deeper: 0 }, 5);
    let undeclared = |forge: &mut super::forge::Forge<'_>| {
        forge.set_slot(1, [0, 2, 0xffff, 1]);
        forge.follow_all();
        forge.close();
    };
    let mut slots = model.slots().to_vec();
    slots[1] = Slot::leaf(1, 2);
    let forged = NodeTable::new(model.bounds(), slots).unwrap();
    let is_right = |&row: &usize| forged.exec(table.row(row)) == Some(table.labels()[row]);
    let count = (0..table.rows()).filter(is_right).count() as u32;
    assert!((0..table.rows()).any(|row| forged.exec(table.row(row)).is_none()));
    assert_eq!(verdict(&model, &table, Goal::Exactly(count), &undeclared), Ok(()));
    let more = verdict(&model, &table, Goal::AtLeast(count + 1), &undeclared);
    assert_eq!(more, Err(Rejection::Relation));
}

#[test]
fn bounds_of_the_largest_kind_have_a_layout_or_an_error() {
    use crate::tree::Shape;
    use assay_engine::cells::Layout;
    let bounds = Bounds::new(1024, 1024, 64, 20).unwrap();
    for rows in [1, 1000, assay_model::ROWS_MAX] {
        let shape = Shape::new(bounds, rows).unwrap();
        let layout = Layout::new(&shape.blocks(), shape.budget());
        assert_eq!(layout.is_ok(), rows != assay_model::ROWS_MAX, "{rows} rows");
    }
    assert!(Shape::new(bounds, 0).is_err());
    assert!(Shape::new(bounds, assay_model::ROWS_MAX + 1).is_err());
}

#[test]
fn codes_that_are_equal_in_the_field_are_compared_as_numbers() {
    // Each value, and the same plus the order of the field, with a threshold from one to the other.
    let low = 0x0100_0000;
    let high = low + F::ORDER_U32;
    let code = |number: u32| Ordered::new(number).unwrap();
    let bounds = Bounds::new(1, 2, 1, 3).unwrap();
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let schema = Schema::new(names(&["x"]), "y".into(), names(&["left", "right"])).unwrap();
    for (threshold, answers) in
        [(low - 1, [1, 1]), (low, [0, 1]), (high - 1, [0, 1]), (high, [0, 0])]
    {
        let mut slots: Vec<_> = (0..8).map(|at| Slot::leaf(at, 0)).collect();
        slots[0] = Slot::split(0, code(threshold), 1);
        slots[2] = Slot::leaf(2, 1);
        let model = NodeTable::new(bounds, slots).unwrap();
        let got = [low, high].map(|number| model.exec(&[code(number)]));
        assert_eq!(got, answers.map(Some), "threshold {threshold}");
        let values = vec![code(low), code(high)];
        agrees(&model, &Table::new(schema.clone(), values, vec![0, 1]).unwrap());
    }
}

/// What is looked up as often as the field has numbers, or counted so often, is as good as never.
#[test]
fn nothing_is_counted_up_to_the_order_of_the_field() {
    use crate::tree::Shape;
    use assay_engine::cells::Layout;
    let mut largest = 0;
    for (features, depth, slots_log) in [(1, 1, 3), (1, 64, 20), (1024, 1, 3), (1024, 64, 20)] {
        let bounds = Bounds::new(features, 1024, depth, slots_log).unwrap();
        for rows in (0..=24).map(|log| 1 << log) {
            for shape in [Shape::new(bounds, rows), Shape::committed(bounds, rows)] {
                let shape = shape.unwrap();
                if Layout::new(&shape.blocks(), shape.budget()).is_ok() {
                    let fractions = shape.tree_logs().map(|log| 1_u64 << log).iter().sum::<u64>();
                    largest = largest.max(fractions);
                }
            }
        }
    }
    assert!((1 << 22..u64::from(F::ORDER_U32)).contains(&largest), "{largest} fractions");
}
