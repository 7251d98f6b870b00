//! One dishonest prover per constraint. Each makes everything else fit, so that only its constraint
//! can reject it.

use super::forge::Forge;
use super::layer::verdict;
use super::rules::{Rule, broken};
use crate::Goal;
use crate::forest::shape::Column;
use assay_engine::field::F;
use assay_engine::session::Rejection;
use assay_model::ops::forest::{Forest, ForestTable, Node, Votes};
use assay_model::{Ordered, Schema, Table};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

fn code(number: u32) -> Ordered {
    Ordered::new(0xbf80_0000 + number).unwrap()
}

fn leaf(values: [i32; 3]) -> Node {
    Node::Leaf { values: values.to_vec() }
}

fn split(feature: u16, threshold: u32) -> Node {
    Node::Split { feature, threshold: code(threshold), left: 1, right: 2 }
}

/// Two trees and a third that is declared only. Roots are slots 0 to 2, leaves 3 and 4, 5 and 6.
pub(super) fn model() -> ForestTable {
    let trees = vec![
        vec![split(0, 100), leaf([5, 0, 0]), leaf([0, 5, 0])],
        vec![split(1, 65_541), leaf([0, 0, 3]), leaf([1, 0, 0])],
    ];
    let forest = Forest::new(2, 3, Votes::All, trees).unwrap();
    forest.to_table(forest.bounds(2, 8, 3).unwrap()).unwrap()
}

/// One leaf of these votes.
fn stump(votes: [i32; 3]) -> ForestTable {
    let forest = Forest::new(2, 3, Votes::All, vec![vec![leaf(votes)]]).unwrap();
    forest.to_table(forest.bounds(0, 0, 0).unwrap()).unwrap()
}

fn rows(rows: &[([u32; 2], u16)]) -> Table {
    let names = |kind: &str, count| (0..count).map(|i| format!("{kind}{i}")).collect();
    let schema = Schema::new(names("x", 2), "y".into(), names("c", 3)).unwrap();
    let values = rows.iter().flat_map(|(values, _)| values.map(code)).collect();
    Table::new(schema, values, rows.iter().map(|&(_, label)| label).collect()).unwrap()
}

/// The sums are [5, 0, 3], [0, 5, 3], [6, 0, 0], [1, 5, 0]: rows 0 and 3 are answered correctly.
pub(super) fn table() -> Table {
    rows(&[([50, 5], 0), ([200, 5], 2), ([100, 65_542], 1), ([200, 65_542], 1)])
}

/// What the forged cells break, and what the verifier says to them.
fn outcome(
    model: &ForestTable,
    table: &Table,
    goal: Goal,
    forge: fn(&mut Forge<'_>),
) -> (Vec<Rule>, Result<(), Rejection>) {
    let seen = std::cell::RefCell::new(Vec::new());
    let verdict = verdict(model, table, goal, &|cells| {
        forge(cells);
        *seen.borrow_mut() = broken(cells);
    });
    (seen.into_inner(), verdict)
}

#[track_caller]
fn rejected_for(
    model: &ForestTable,
    table: &Table,
    goal: Goal,
    rule: Rule,
    forge: fn(&mut Forge<'_>),
) {
    let (broken, verdict) = outcome(model, table, goal, forge);
    assert_eq!(broken, [rule], "the prover breaks one rule");
    let is_rejected = matches!(verdict, Err(Rejection::Relation | Rejection::Opening(_)));
    assert!(is_rejected, "{rule:?}: {verdict:?}");
}

#[track_caller]
fn rejected(goal: Goal, rule: Rule, forge: fn(&mut Forge<'_>)) {
    rejected_for(&model(), &table(), goal, rule, forge);
}

#[test]
fn what_a_forge_writes_of_honest_rows_is_accepted() {
    for goal in [Goal::AtLeast(0), Goal::AtLeast(2), Goal::Fewer(3), Goal::Exactly(2)] {
        let same = |forge: &mut Forge<'_>| {
            let honest = forge.cells.to_vec();
            for row in 0..4 {
                (0..3).for_each(|tree| forge.follow(row, tree, 0, tree));
                forge.answer(row);
            }
            forge.close();
            assert_eq!(forge.cells, honest, "a forge without a lie writes what the prover writes");
        };
        let (broken, verdict) = outcome(&model(), &table(), goal, same);
        assert_eq!((broken, verdict), (vec![], Ok(())));
    }
}

/// Sends row 2 into the other branch of tree 0, which it meets exactly: its sums are [1, 5, 0].
fn wrong_branch(forge: &mut Forge<'_>, carry: F) {
    let step = forge.at(2, 0, 0);
    forge.set(Column::Sign, step, F::ONE);
    forge.set(Column::Carry, step, carry);
    forge.follow(2, 0, 1, 4);
    forge.answer(2);
    forge.close();
}

#[test]
fn wrong_branch_has_no_differences() {
    rejected(Goal::AtLeast(3), Rule::Low, |forge| wrong_branch(forge, F::ZERO));
    rejected(Goal::AtLeast(3), Rule::High, |forge| wrong_branch(forge, F::ONE));
}

#[test]
fn signs_and_carries_are_bits() {
    rejected(Goal::AtLeast(3), Rule::Carry, |forge| {
        wrong_branch(forge, -F::from_u32((F::ORDER_U32 - 1) >> 16));
    });
    // Row 2 meets the threshold of tree 0 exactly; S = −2 leads it two slots back, into tree 1.
    rejected(Goal::Fewer(3), Rule::Sign, |forge| {
        let step = forge.at(2, 0, 0);
        assert_eq!(forge.get(Column::Left, step), F::from_u8(3));
        forge.set(Column::Sign, step, -F::TWO);
        forge.follow(2, 0, 1, 1);
        forge.answer(2);
        forge.close();
    });
}

#[test]
fn a_wrong_value_is_not_in_the_data() {
    rejected(Goal::AtLeast(3), Rule::Data, |forge| {
        let step = forge.at(2, 0, 0);
        let value = forge.get(Column::ValueLow, step);
        forge.set(Column::ValueLow, step, value + F::ONE);
        forge.compare(step);
        forge.follow(2, 0, 1, 4);
        forge.answer(2);
        forge.close();
    });
}

#[test]
fn a_value_of_another_row_is_not_in_this_one() {
    rejected(Goal::AtLeast(3), Rule::Data, |forge| {
        let step = forge.at(2, 0, 0);
        let other = forge.value(3, 0);
        forge.set(Column::ValueLow, step, F::from_u32(other & 0xffff));
        forge.set(Column::ValueHigh, step, F::from_u32(other >> 16));
        forge.compare(step);
        forge.follow(2, 0, 1, 4);
        forge.answer(2);
        forge.close();
    });
}

#[test]
fn a_wrong_threshold_or_child_is_not_in_the_slot() {
    rejected(Goal::AtLeast(3), Rule::Slot, |forge| {
        let step = forge.at(2, 0, 0);
        let threshold = forge.get(Column::ThresholdLow, step);
        forge.set(Column::ThresholdLow, step, threshold - F::ONE);
        forge.compare(step);
        forge.follow(2, 0, 1, 4);
        forge.answer(2);
        forge.close();
    });
    rejected(Goal::AtLeast(3), Rule::Slot, |forge| {
        forge.set(Column::Left, forge.at(2, 0, 0), F::from_u8(4));
        forge.follow(2, 0, 1, 4);
        forge.answer(2);
        forge.close();
    });
}

#[test]
fn a_step_into_another_tree_is_no_step() {
    rejected(Goal::AtLeast(3), Rule::Next, |forge| {
        // Row 1 goes on in tree 1 while it is in tree 0: [0, 0, 6].
        forge.follow(1, 0, 1, 5);
        forge.answer(1);
        forge.close();
    });
}

#[test]
fn a_tree_counted_twice_begins_at_another_root() {
    rejected(Goal::AtLeast(3), Rule::Root, |forge| {
        // Row 1: tree 1 in the place of tree 0, [0, 0, 6].
        forge.follow(1, 0, 0, 1);
        forge.answer(1);
        forge.close();
    });
    rejected(Goal::AtLeast(3), Rule::Root, |forge| {
        // Tree 1 in the place of the tree that is only declared, twice: [0, 5, 6].
        forge.follow(1, 2, 0, 1);
        forge.answer(1);
        forge.close();
    });
}

#[test]
fn a_tree_that_is_skipped_ends_where_its_steps_lead() {
    rejected(Goal::AtLeast(3), Rule::End, |forge| {
        // Row 1 without tree 0: it ends in the padding, [0, 0, 3].
        forge.end_in(1, 0, 7);
        forge.answer(1);
        forge.close();
    });
}

#[test]
fn votes_are_the_values_of_the_leaf() {
    rejected(Goal::AtLeast(3), Rule::Leaf, |forge| {
        forge.set_vote(2, forge.pair(1, 1), F::from_u8(6));
        forge.answer(1);
        forge.close();
    });
    rejected(Goal::AtLeast(3), Rule::Leaf, |forge| {
        // Row 1 without the votes of tree 0.
        forge.set_vote(1, forge.pair(1, 0), F::ZERO);
        forge.answer(1);
        forge.close();
    });
    rejected(Goal::AtLeast(3), Rule::Leaf, |forge| {
        // A vote for another class.
        forge.set_vote(1, forge.pair(1, 0), F::ZERO);
        forge.set_vote(2, forge.pair(1, 0), F::from_u8(5));
        forge.answer(1);
        forge.close();
    });
}

#[test]
fn a_padding_tree_votes_as_its_leaf_says() {
    rejected(Goal::AtLeast(3), Rule::Leaf, |forge| {
        forge.set_vote(2, forge.pair(1, 2), F::from_u8(9));
        forge.answer(1);
        forge.close();
    });
    // With the value in the slot it is another model, which says so too.
    let votes = |forge: &mut Forge<'_>| {
        let at = forge.value_at(2, 2);
        forge.cells[at] = F::from_u8(9);
        for row in 0..4 {
            forge.follow(row, 2, 0, 2);
            forge.answer(row);
        }
        forge.close();
    };
    assert_eq!(outcome(&model(), &table(), Goal::Exactly(1), votes), (vec![], Ok(())));
    let mut values = model().values().to_vec();
    values[2 << 3 | 2] = 9;
    let other = ForestTable::new(model().bounds(), model().slots().to_vec(), values).unwrap();
    let answers: Vec<_> = (0..4).map(|row| other.exec(table().row(row))).collect();
    assert_eq!(answers, [Some(2); 4]);
}

#[test]
fn a_path_that_is_too_long_ends_in_no_leaf() {
    let trees = vec![vec![
        split(0, 100),
        leaf([5, 0, 0]),
        Node::Split { feature: 0, threshold: code(300), left: 3, right: 4 },
        leaf([0, 5, 0]),
        leaf([0, 0, 5]),
    ]];
    let forest = Forest::new(2, 3, Votes::All, trees).unwrap();
    let deep = forest.to_table(forest.bounds(0, 0, 0).unwrap()).unwrap();
    let mut slots = deep.slots().to_vec();
    // A detour: both children of the second split are what the root was.
    (slots[3], slots[4]) = (slots[0], slots[0]);
    let endless = ForestTable::new(deep.bounds(), slots, deep.values().to_vec()).unwrap();
    let table = rows(&[([200, 0], 1)]);
    assert_eq!(endless.exec(table.row(0)), None);
    rejected_for(&endless, &table, Goal::AtLeast(1), Rule::Leaf, |forge| {
        forge.follow(0, 0, 0, 0);
        forge.set_vote(1, 0, F::from_u8(5));
        forge.answer(0);
        forge.close();
    });
}

#[test]
fn sums_are_those_of_the_votes() {
    rejected(Goal::AtLeast(3), Rule::Sums, |forge| {
        // Row 1: class 2 with the sum 3 is said to be the greatest; class 1 not to be ahead.
        for class in 0..3 {
            forge.set_is(class, 1, F::from_bool(class == 2));
        }
        forge.distances(1, F::from_u8(3));
        forge.set_behind(1, 1, [0, 0]);
        forge.close();
    });
    rejected(Goal::Fewer(2), Rule::Sums, |forge| {
        // Row 0 is answered with class 2, whose sum is said to be 6.
        for class in 0..3 {
            forge.set_is(class, 0, F::from_bool(class == 2));
        }
        forge.distances(0, F::from_u8(6));
        forge.set_behind(2, 0, [0, 0]);
        forge.close();
    });
}

#[test]
fn a_sum_ahead_of_the_answer_is_out_of_range() {
    rejected(Goal::AtLeast(3), Rule::Behind, |forge| {
        for class in 0..3 {
            forge.set_is(class, 1, F::from_bool(class == 2));
        }
        forge.distances(1, F::from_u8(3));
        forge.close();
    });
}

#[test]
fn a_tie_goes_to_no_higher_index() {
    let table = rows(&[([0, 0], 1)]);
    assert_eq!(stump([2, 2, 1]).exec(table.row(0)), Some(0));
    rejected_for(&stump([2, 2, 1]), &table, Goal::AtLeast(1), Rule::Behind, |forge| {
        forge.set_is(0, 0, F::ZERO);
        forge.set_is(1, 0, F::ONE);
        forge.distances(0, F::TWO);
        forge.close();
    });
}

#[test]
fn a_marked_class_is_not_behind() {
    rejected(Goal::AtLeast(3), Rule::Mark, |forge| {
        // Row 1: the greatest sum is 5, but class 2 is marked.
        for class in 0..3 {
            forge.set_is(class, 1, F::from_bool(class == 2));
        }
        forge.distances(1, F::from_u8(6));
        forge.close();
    });
}

#[test]
fn marks_are_bits() {
    let table = rows(&[([0, 0], 1)]);
    // −1 and 2 add up to one answer, and count twice.
    rejected_for(&stump([0, 0, 0]), &table, Goal::AtLeast(1), Rule::Mark, |forge| {
        forge.set_is(0, 0, -F::ONE);
        forge.set_is(1, 0, F::TWO);
        forge.distances(0, F::TWO);
        forge.set_is(3, 0, F::ONE);
        forge.recount();
    });
    // So are the bits of the distance.
    rejected(Goal::AtLeast(3), Rule::Mark, |forge| {
        forge.set_is(3, 0, -F::ONE);
        forge.recount();
    });
}

#[test]
fn a_row_has_one_answer() {
    let table = rows(&[([0, 0], 0)]);
    rejected_for(&stump([2, 3, 0]), &table, Goal::AtLeast(1), Rule::One, |forge| {
        forge.set_is(0, 0, F::ONE);
        forge.distances(0, F::TWO);
        forge.close();
    });
    // None at all.
    rejected_for(&stump([2, 0, 0]), &table, Goal::Fewer(1), Rule::One, |forge| {
        forge.set_is(0, 0, F::ZERO);
        forge.distances(0, F::from_u8(3));
        forge.close();
    });
}

#[test]
fn sums_too_far_apart_have_no_answer() {
    let table = rows(&[([0, 0], 0)]);
    let far = stump([1 << 29, 0, 0]);
    assert_eq!(far.exec(table.row(0)), None);
    // The cells of that model, where a near one stood.
    rejected_for(&stump([1, 0, 0]), &table, Goal::AtLeast(1), Rule::Behind, |forge| {
        let at = forge.value_at(0, 0);
        forge.cells[at] = F::from_u32(1 << 29);
        forge.follow(0, 0, 0, 0);
        forge.distances(0, F::from_u32(1 << 29));
        forge.close();
    });
}

#[test]
fn the_count_is_that_of_the_marks() {
    for goal in [Goal::AtLeast(3), Goal::Fewer(2), Goal::Exactly(3), Goal::Exactly(1)] {
        rejected(goal, Rule::Count, |_| ());
    }
}

#[test]
fn what_the_width_is_filled_up_with_is_zero() {
    rejected(Goal::AtLeast(2), Rule::Filled, |forge| {
        let at = forge.value_at(3, 1);
        forge.cells[at] = F::ONE;
    });
}

#[test]
fn slots_hold_numbers_below_two_to_the_sixteen() {
    rejected(Goal::AtLeast(2), Rule::SlotRange, |forge| {
        // A slot that no row reaches.
        let [feature, ..] = forge.forest.columns.slots;
        forge.cells[feature.at + 7] = F::from_u32(1 << 16);
        forge.recount();
    });
}

#[test]
fn multiplicities_are_those_of_the_lookups() {
    rejected(Goal::AtLeast(2), Rule::Uses, |forge| {
        forge.cells[forge.forest.columns.slot_uses.at] += F::ONE;
    });
    rejected(Goal::AtLeast(2), Rule::Uses, |forge| {
        forge.cells[forge.forest.columns.leaf_uses.at] += F::ONE;
    });
    rejected(Goal::AtLeast(2), Rule::Uses, |forge| {
        forge.cells[forge.forest.columns.data_uses.at] += F::ONE;
    });
    rejected(Goal::AtLeast(2), Rule::Uses, |forge| {
        forge.cells[forge.forest.columns.limb_uses.at] += F::ONE;
    });
}
