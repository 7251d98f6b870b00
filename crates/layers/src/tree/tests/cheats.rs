//! One dishonest prover per constraint. Each makes everything else fit, so that only its constraint
//! can reject it.

use super::forge::Forge;
use super::layer::verdict;
use super::rules::{Rule, broken};
use crate::tree::Goal;
use crate::tree::shape::Column;
use assay_engine::field::F;
use assay_engine::session::Rejection;
use assay_model::ops::tree::{Bounds, LEAF, NodeTable, Slot};
use assay_model::{Ordered, Schema, Table};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

fn code(number: u32) -> Ordered {
    Ordered::new(0xbf80_0000 + number).unwrap()
}

/// Three features in four columns; depth three; a threshold with two limbs.
fn model() -> NodeTable {
    let slots = vec![
        Slot::split(1, code(100), 1),
        Slot::leaf(1, 1),
        Slot::split(2, code(65_541), 3),
        Slot::leaf(3, 2),
        Slot::leaf(4, 0),
        Slot::leaf(5, 2),
        Slot::leaf(6, 0),
        Slot::leaf(7, 0),
    ];
    NodeTable::new(Bounds::new(3, 3, 3, 3).unwrap(), slots).unwrap()
}

/// Six rows, three of them answered correctly: 0, 2 and 3. Rows 1 and 2 meet a threshold exactly.
fn table() -> Table {
    let rows = [
        ([0, 50, 0], 1),
        ([0, 100, 0], 2),
        ([0, 200, 65_541], 2),
        ([0, 200, 65_542], 0),
        ([9, 200, 5], 0),
        ([0, 300, 200_000], 1),
    ];
    let names = |kind: &str| (0..3).map(|i| format!("{kind}{i}")).collect();
    let schema = Schema::new(names("x"), "y".into(), names("c")).unwrap();
    let values = rows.iter().flat_map(|(values, _)| values.map(code)).collect();
    Table::new(schema, values, rows.iter().map(|&(_, label)| label).collect()).unwrap()
}

/// What the forged cells break, and what the verifier says to them.
fn outcome(goal: Goal, forge: fn(&mut Forge<'_>)) -> (Vec<Rule>, Result<(), Rejection>) {
    let seen = std::cell::RefCell::new(Vec::new());
    let verdict = verdict(&model(), &table(), goal, &|cells| {
        forge(cells);
        *seen.borrow_mut() = broken(cells);
    });
    (seen.into_inner(), verdict)
}

#[track_caller]
fn rejected(goal: Goal, rule: Rule, forge: fn(&mut Forge<'_>)) {
    let (broken, verdict) = outcome(goal, forge);
    assert_eq!(broken, [rule], "the prover breaks one rule");
    let is_rejected = matches!(verdict, Err(Rejection::Relation | Rejection::Opening(_)));
    assert!(is_rejected, "{rule:?}: {verdict:?}");
}

#[track_caller]
fn accepted(goal: Goal, forge: fn(&mut Forge<'_>)) {
    assert_eq!(outcome(goal, forge), (vec![], Ok(())));
}

#[test]
fn what_a_forge_writes_of_an_honest_row_is_accepted() {
    for goal in
        [Goal::AtLeast(0), Goal::AtLeast(3), Goal::Fewer(4), Goal::Fewer(7), Goal::Exactly(3)]
    {
        accepted(goal, |_| ());
        let same = |forge: &mut Forge<'_>| {
            let honest = forge.cells.to_vec();
            forge.follow_all();
            forge.close();
            assert_eq!(forge.cells, honest, "a forge without a lie writes what the prover writes");
        };
        verdict(&model(), &table(), goal, &same).unwrap();
    }
}

/// Sends row 1 into the branch where its label is: it meets the threshold exactly, so the claim is
/// off by one.
fn wrong_branch(forge: &mut Forge<'_>, carry: F) {
    let step = forge.at(1, 0);
    forge.set(Column::Sign, step, F::ONE);
    forge.set(Column::Carry, step, carry);
    forge.follow(1, 1, 2);
    forge.close();
}

#[test]
fn wrong_branch_has_no_lower_difference() {
    rejected(Goal::AtLeast(4), Rule::Low, |forge| wrong_branch(forge, F::ZERO));
}

#[test]
fn wrong_branch_has_no_upper_difference() {
    rejected(Goal::AtLeast(4), Rule::High, |forge| wrong_branch(forge, F::ONE));
}

#[test]
fn a_carry_that_is_no_bit_does_not_wrap_a_difference_around_the_field() {
    // −1 = h·2^16 + d with both in range, since the field is smaller than 2^32.
    rejected(Goal::AtLeast(4), Rule::Carry, |forge| {
        wrong_branch(forge, -F::from_u32((F::ORDER_U32 - 1) >> 16));
    });
}

#[test]
fn a_sign_that_is_no_bit_leads_nowhere_else() {
    // Row 2 meets the threshold exactly; S = −2 leads it two slots back.
    rejected(Goal::Fewer(3), Rule::Sign, |forge| {
        let step = forge.at(2, 1);
        forge.set(Column::Sign, step, -F::TWO);
        forge.follow(2, 2, 1);
        forge.close();
    });
}

#[test]
fn a_wrong_carry_has_a_difference_out_of_range() {
    rejected(Goal::AtLeast(3), Rule::Low, |forge| {
        // Row 4: value 5, threshold 65541 = 5 + 2^16. No borrow.
        let step = forge.at(4, 1);
        assert_eq!(forge.get(Column::Carry, step), F::ZERO);
        forge.set(Column::Carry, step, F::ONE);
        forge.close();
    });
}

#[test]
fn a_wrong_value_is_not_in_the_data() {
    rejected(Goal::AtLeast(4), Rule::Data, |forge| {
        let step = forge.at(1, 0);
        let value = forge.get(Column::ValueLow, step);
        forge.set(Column::ValueLow, step, value + F::ONE);
        forge.compare(step);
        forge.follow(1, 1, 2);
        forge.close();
    });
}

#[test]
fn a_value_of_another_row_is_not_in_this_one() {
    rejected(Goal::AtLeast(4), Rule::Data, |forge| {
        let step = forge.at(1, 0);
        let other = forge.value(2, 1);
        forge.set(Column::ValueLow, step, F::from_u32(other & 0xffff));
        forge.set(Column::ValueHigh, step, F::from_u32(other >> 16));
        forge.compare(step);
        forge.follow(1, 1, 2);
        forge.close();
    });
}

#[test]
fn a_wrong_threshold_is_not_in_the_slot() {
    rejected(Goal::AtLeast(4), Rule::Slot, |forge| {
        let step = forge.at(1, 0);
        let threshold = forge.get(Column::ThresholdLow, step);
        forge.set(Column::ThresholdLow, step, threshold - F::ONE);
        forge.compare(step);
        forge.follow(1, 1, 2);
        forge.close();
    });
}

#[test]
fn a_wrong_feature_is_not_in_the_slot() {
    rejected(Goal::Fewer(3), Rule::Slot, |forge| {
        // Row 3 by its first feature.
        let step = forge.at(3, 1);
        let value = forge.value(3, 0);
        forge.set(Column::Feature, step, F::ZERO);
        forge.set(Column::ValueLow, step, F::from_u32(value & 0xffff));
        forge.set(Column::ValueHigh, step, F::from_u32(value >> 16));
        forge.compare(step);
        forge.follow(3, 2, 3);
        forge.close();
    });
}

#[test]
fn a_wrong_child_is_not_in_the_slot() {
    rejected(Goal::AtLeast(4), Rule::Slot, |forge| {
        let step = forge.at(1, 0);
        forge.set(Column::Left, step, F::TWO);
        forge.follow(1, 1, 2);
        forge.close();
    });
}

#[test]
fn a_wrong_class_is_not_in_the_slot() {
    rejected(Goal::AtLeast(4), Rule::Slot, |forge| {
        let step = forge.last(1);
        forge.set(Column::ThresholdLow, step, F::TWO);
        forge.set(Column::Sign, step, F::ZERO);
        forge.set(Column::Carry, step, F::ONE);
        forge.close();
    });
}

#[test]
fn the_next_slot_follows_from_the_last() {
    rejected(Goal::AtLeast(4), Rule::Next, |forge| {
        forge.follow(1, 1, 2);
        forge.close();
    });
    rejected(Goal::AtLeast(4), Rule::Next, |forge| {
        forge.follow(1, 3, 3);
        forge.close();
    });
}

#[test]
fn a_row_starts_at_the_root() {
    rejected(Goal::AtLeast(4), Rule::Root, |forge| {
        forge.follow(1, 0, 2);
        forge.close();
    });
}

#[test]
fn a_wrong_class_does_not_count_as_right() {
    rejected(Goal::AtLeast(4), Rule::RightLabel, |forge| {
        let step = forge.last(4);
        forge.set(Column::Sign, step, F::ZERO);
        forge.set(Column::Carry, step, F::ONE);
        forge.close();
    });
    rejected(Goal::Exactly(4), Rule::RightLabel, |forge| {
        let step = forge.last(1);
        forge.set(Column::Sign, step, F::ONE);
        forge.set(Column::Carry, step, F::ONE);
        forge.close();
    });
}

#[test]
fn a_right_class_does_not_count_as_wrong() {
    for goal in [Goal::Fewer(3), Goal::Exactly(2)] {
        rejected(goal, Rule::Low, |forge| {
            let step = forge.last(0);
            forge.set(Column::Carry, step, F::ZERO);
            forge.close();
        });
        rejected(goal, Rule::Low, |forge| {
            let step = forge.last(0);
            forge.set(Column::Sign, step, F::ONE);
            forge.set(Column::Carry, step, F::ZERO);
            forge.close();
        });
    }
}

#[test]
fn another_label_is_not_compared() {
    rejected(Goal::AtLeast(4), Rule::Label, |forge| {
        let step = forge.last(1);
        forge.set(Column::ValueLow, step, F::ONE);
        forge.set(Column::Sign, step, F::ZERO);
        forge.set(Column::Carry, step, F::ONE);
        forge.close();
    });
    rejected(Goal::Fewer(3), Rule::Label, |forge| {
        let step = forge.last(0);
        forge.set(Column::ValueLow, step, F::from_u8(3));
        forge.set(Column::Sign, step, F::ONE);
        forge.set(Column::Carry, step, F::ZERO);
        forge.close();
    });
}

#[test]
fn a_row_ends_in_a_leaf() {
    // Slot 1 loops on itself and holds the label of row 0, but is no leaf.
    rejected(Goal::AtLeast(3), Rule::LeafMark, |forge| {
        forge.set_slot(1, [0, 1, 0xbf80, 1]);
        forge.follow_all();
        for row in [0, 1] {
            let step = forge.last(row);
            forge.set(Column::Sign, step, F::ONE);
        }
        forge.close();
    });
}

#[test]
fn a_last_step_is_marked() {
    rejected(Goal::AtLeast(3), Rule::ValueMark, |forge| {
        let step = forge.last(0);
        forge.set(Column::ValueHigh, step, F::from_u16(LEAF - 1));
        forge.close();
    });
}

#[test]
fn a_distance_has_bits() {
    for goal in [Goal::AtLeast(4), Goal::Fewer(3)] {
        rejected(goal, Rule::Carry, |forge| {
            forge.set(Column::Carry, forge.slack(), -F::ONE);
        });
    }
    rejected(Goal::AtLeast(3), Rule::Sign, |forge| {
        forge.set(Column::Sign, forge.slack(), F::TWO);
    });
}

#[test]
fn an_exact_score_has_no_distance() {
    let bits = |forge: &mut Forge<'_>| {
        for j in 0..forge.tree.shape.slack() {
            forge.set(Column::Carry, forge.slack() + j, F::ONE);
        }
    };
    accepted(Goal::Exactly(3), bits);
    for k in [2, 4, 0, 6] {
        rejected(Goal::Exactly(k), Rule::Count, bits);
    }
}

#[test]
fn a_count_that_is_off_by_one_is_rejected() {
    for goal in [Goal::AtLeast(4), Goal::Fewer(3), Goal::Exactly(2), Goal::Exactly(4)] {
        rejected(goal, Rule::Count, |_| ());
    }
}

/// The last step of row 0, which is right, once more in `at`.
fn copy_of_a_right_step(forge: &mut Forge<'_>, at: usize) {
    for column in [
        Column::Node,
        Column::Feature,
        Column::ThresholdLow,
        Column::ThresholdHigh,
        Column::Left,
        Column::ValueLow,
        Column::ValueHigh,
        Column::Sign,
        Column::Carry,
    ] {
        let value = forge.get(column, forge.last(0));
        forge.set(column, at, value);
    }
}

#[test]
fn a_padding_row_or_a_blind_row_counts_for_nothing() {
    let padding = |forge: &mut Forge<'_>| {
        copy_of_a_right_step(forge, forge.slack() + forge.tree.shape.slack());
    };
    let blind = |forge: &mut Forge<'_>| {
        copy_of_a_right_step(forge, (1 << forge.tree.shape.steps_log()) - 1);
    };
    accepted(Goal::AtLeast(3), padding);
    accepted(Goal::AtLeast(3), blind);
    rejected(Goal::AtLeast(4), Rule::Count, padding);
    rejected(Goal::AtLeast(4), Rule::Count, blind);
}

#[test]
fn a_feature_beyond_the_last_cannot_be_followed() {
    // The fourth column of the data table is padding: value 0.
    rejected(Goal::AtLeast(2), Rule::Data, |forge| {
        let [_, low, high, left] = forge.slot(2).map(|value| value.as_canonical_u32());
        forge.set_slot(2, [3, low, high, left]);
        forge.follow_all();
        forge.close();
    });
}

#[test]
fn a_feature_beyond_the_row_is_not_the_next_rows() {
    // Feature 4 of a row would be feature 0 of the next; behind the last row it would be padding.
    rejected(Goal::AtLeast(0), Rule::Data, |forge| {
        let [_, low, high, left] = forge.slot(2).map(|value| value.as_canonical_u32());
        forge.set_slot(2, [4, low, high, left]);
        forge.follow_all();
        forge.close();
    });
}

#[test]
fn a_slot_beyond_the_last_cannot_be_followed() {
    rejected(Goal::AtLeast(0), Rule::Slot, |forge| {
        forge.follow(1, 3, 7);
        let before = forge.at(1, 2);
        forge.set(Column::Left, before, F::from_u8(8));
        forge.set(Column::Node, before + 1, F::from_u8(8));
        forge.close();
    });
}

#[test]
fn a_slot_holds_limbs_even_where_no_row_comes() {
    const LARGE: u32 = 1 << 16;
    for slot in [[LARGE, 0, 0, 7], [0, LARGE, 0, 7], [0, 0, LARGE, 7]] {
        let forge = move |forge: &mut Forge<'_>| {
            forge.set_slot(7, slot);
            forge.close();
            assert_eq!(broken(forge), [Rule::SlotRange]);
        };
        let got = verdict(&model(), &table(), Goal::AtLeast(3), &forge);
        assert_eq!(got, Err(Rejection::Relation));
    }
    // A pointer may be any number where no row comes.
    accepted(Goal::AtLeast(3), |forge| {
        forge.set_slot(7, [0xffff, 0xffff, 0xffff, F::ORDER_U32 - 1]);
        forge.close();
    });
}

#[test]
fn multiplicities_are_those_of_the_lookups() {
    let moves: [fn(&mut Forge<'_>); 7] = [
        |forge| forge.cells[forge.tree.columns.data_uses.at] += F::ONE,
        |forge| forge.cells[forge.tree.columns.limb_uses.at + 77] += F::ONE,
        |forge| forge.cells[forge.tree.columns.slot_uses.at] -= F::ONE,
        // From one entry to another.
        |forge| {
            let at = forge.tree.columns.slot_uses.at;
            forge.cells[at] -= F::ONE;
            forge.cells[at + 1] += F::ONE;
        },
        // From one table to another.
        |forge| {
            forge.cells[forge.tree.columns.slot_uses.at] -= F::ONE;
            forge.cells[forge.tree.columns.limb_uses.at] += F::ONE;
        },
        // Padding behind the features, and behind the rows.
        |forge| forge.cells[forge.tree.columns.data_uses.at + 3] += F::ONE,
        |forge| forge.cells[forge.tree.columns.data_uses.range().end - 1] += F::ONE,
    ];
    for forge in moves {
        rejected(Goal::AtLeast(3), Rule::Uses, forge);
    }
}

#[test]
fn a_pointer_wraps_around_the_field_as_execution_does() {
    // Slot 4 sends every row to its right child, p − 1 + 1: in the field slot 0, which is a leaf.
    let mut slots = model().slots().to_vec();
    slots[0] = Slot { feature: 0, low: 1, high: LEAF, left: 2 };
    slots[2] = Slot { feature: 0, low: 1, high: LEAF, left: 4 };
    slots[4] = Slot { feature: 0, low: 0, high: 0x0080, left: F::ORDER_U32 - 1 };
    let forged = NodeTable::new(model().bounds(), slots).unwrap();
    let table = table();
    let is_right = |&row: &usize| forged.exec(table.row(row)) == Some(table.labels()[row]);
    let count = (0..table.rows()).filter(is_right).count();
    let forge = |forge: &mut Forge<'_>| {
        forge.set_slot(0, [0, 1, 0xffff, 2]);
        forge.set_slot(2, [0, 1, 0xffff, 4]);
        forge.set_slot(4, [0, 0, 0x0080, F::ORDER_U32 - 1]);
        forge.follow_all();
        forge.close();
    };
    for goal in [Goal::AtLeast(2), Goal::AtLeast(3), Goal::Exactly(2)] {
        let (_, verdict) = outcome(goal, forge);
        assert_eq!(verdict.is_ok(), goal.holds(count as i64), "{goal:?} of {count}");
    }
    assert_eq!(verdict(&forged, &table, Goal::AtLeast(2), &|_| ()), Ok(()));
}
