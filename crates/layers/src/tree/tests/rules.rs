//! The layer's constraints in plain arithmetic, one name each.

use super::forge::Forge;
use crate::tree::Labels;
use crate::tree::shape::{Column, LIMB_LOG};
use assay_engine::field::F;
use assay_model::ops::tree::LEAF;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use std::collections::BTreeSet;

/// What cells can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// S is a bit.
    Sign,
    /// C is a bit, in steps and behind them.
    Carry,
    /// A row starts in slot 0.
    Root,
    /// The next slot follows from the last.
    Next,
    /// The last step holds the label.
    Label,
    /// … and the mark.
    ValueMark,
    /// The last step of an answer has no sign.
    AnswerSign,
    /// The last slot is marked as a leaf.
    LeafMark,
    /// What counts as right is right.
    RightLabel,
    /// Count and distance give the goal.
    Count,
    /// The lower difference is a limb.
    Low,
    /// The upper difference is a limb.
    High,
    /// A step holds what the slot holds.
    Slot,
    /// A step holds what the row holds.
    Data,
    /// What a slot holds are limbs.
    SlotRange,
    /// Multiplicities are those of the lookups.
    Uses,
}

fn is_limb(value: F) -> bool {
    value.as_canonical_u32() >> LIMB_LOG == 0
}

fn is_bit(value: F) -> bool {
    value == F::ZERO || value == F::ONE
}

/// Names what the cells break.
pub(super) fn broken(forge: &Forge<'_>) -> Vec<Rule> {
    let mut broken = BTreeSet::new();
    let mut check = |rule, holds: bool| {
        if !holds {
            broken.insert(rule);
        }
    };
    let shape = &forge.tree.shape;
    let mut sum = F::ZERO;
    for step in shape.each_step() {
        let get = |column| forge.get(column, step.index);
        let (s, c, node) = (get(Column::Sign), get(Column::Carry), get(Column::Node));
        check(Rule::Sign, is_bit(s));
        check(Rule::Carry, is_bit(c));
        check(Rule::Root, step.level != 0 || node == F::ZERO);
        let is_last = shape.is_last(&step);
        let [low, high] = forge.differences(step.index, is_last);
        check(Rule::Low, is_limb(low));
        check(Rule::High, is_limb(high));
        let held = [Column::Feature, Column::ThresholdLow, Column::ThresholdHigh, Column::Left];
        let index = node.as_canonical_u32() as usize;
        let is_slot = index < shape.bounds().slots() && held.map(get) == forge.slot(index);
        check(Rule::Slot, is_slot);
        let value = [get(Column::ValueLow), get(Column::ValueHigh)];
        if is_last {
            let (goal, label) = (forge.tree.goal, forge.tree.labels_at_hand()[step.row]);
            let (weight, label) = (goal.weight(label), F::from_u16(goal.expected(label)));
            check(Rule::Label, matches!(forge.tree.labels, Labels::Hidden(_)) || value[0] == label);
            let is_answer = forge.tree.ends().answers.is_some();
            let offset = if is_answer { value[0] } else { F::ZERO };
            check(Rule::ValueMark, value[1] - offset == forge.tree.ends().mark());
            check(Rule::AnswerSign, !is_answer || s == F::ZERO);
            check(Rule::LeafMark, get(Column::ThresholdHigh) == F::from_u16(LEAF));
            check(Rule::RightLabel, c * (get(Column::ThresholdLow) - value[0]) == F::ZERO);
            sum += weight * c;
        } else {
            let next = forge.get(Column::Node, step.index + 1);
            check(Rule::Next, next == get(Column::Left) + s);
            let feature = get(Column::Feature).as_canonical_u32() as usize;
            let code = forge.value(step.row, feature);
            let there = [code & 0xffff, code >> LIMB_LOG].map(F::from_u32);
            check(Rule::Data, feature < shape.bounds().features() && value == there);
        }
    }
    for j in 0..shape.slack() {
        let bit = forge.get(Column::Carry, forge.slack() + j);
        check(Rule::Carry, is_bit(bit));
        check(Rule::Sign, is_bit(forge.get(Column::Sign, forge.slack() + j)));
        sum += forge.tree.goal.factor(j) * bit;
    }
    check(Rule::Count, sum == forge.tree.goal.target());
    for slot in 0..shape.bounds().slots() {
        let [feature, low, high, _] = forge.slot(slot);
        check(Rule::SlotRange, [feature, low, high].into_iter().all(is_limb));
    }
    let counts = forge.counts();
    let columns = &forge.tree.columns;
    let is_counted = [
        (columns.data_uses, &counts.data),
        (columns.limb_uses, &counts.limbs),
        (columns.slot_uses, &counts.slots),
    ]
    .into_iter()
    .all(|(block, counts)| forge.cells[block.range()] == **counts);
    check(Rule::Uses, is_counted);
    broken.into_iter().collect()
}
