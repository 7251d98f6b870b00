//! The constraints of the layer in plain arithmetic.

use super::forge::{Forge, index};
use crate::forest::shape::{Column, LIMB_LOG};
use assay_engine::field::F;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

/// A constraint that cells can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    Sign,
    Carry,
    Root,
    Next,
    Low,
    High,
    Slot,
    Data,
    SlotRange,
    End,
    Leaf,
    Filled,
    Behind,
    Sums,
    Mark,
    One,
    Count,
    Uses,
}

fn is_limb(value: F) -> bool {
    value.as_canonical_u32() >> LIMB_LOG == 0
}

fn is_bit(value: F) -> bool {
    value == F::ZERO || value == F::ONE
}

/// The rules that the cells break, each once.
pub(super) fn broken(forge: &Forge<'_>) -> Vec<Rule> {
    let mut rules = Vec::new();
    steps(forge, &mut rules);
    ends(forge, &mut rules);
    answers(forge, &mut rules);
    let counts = forge.counts();
    let columns = &forge.forest.columns;
    let uses = [
        (columns.data_uses, counts.data),
        (columns.limb_uses, counts.limbs),
        (columns.slot_uses, counts.slots),
        (columns.leaf_uses, counts.leaves),
    ];
    if uses.iter().any(|(block, counts)| forge.cells[block.range()] != **counts) {
        rules.push(Rule::Uses);
    }
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn steps(forge: &Forge<'_>, rules: &mut Vec<Rule>) {
    let shape = &forge.forest.shape;
    let (depth, trees) = (forge.depth(), shape.bounds().trees());
    let mut check = |rule, holds: bool| {
        if !holds {
            rules.push(rule);
        }
    };
    for step in 0..shape.steps() {
        let get = |column| forge.get(column, step);
        let (pair, level) = (step / depth, step % depth);
        check(Rule::Sign, is_bit(get(Column::Sign)));
        check(Rule::Carry, is_bit(get(Column::Carry)));
        if level == 0 {
            check(Rule::Root, get(Column::Node) == F::from_usize(pair % trees));
        }
        if level + 1 < depth {
            let next = forge.get(Column::Node, step + 1);
            check(Rule::Next, next == get(Column::Left) + get(Column::Sign));
        }
        let [low, high] = forge.differences(step);
        check(Rule::Low, is_limb(low));
        check(Rule::High, is_limb(high));
        let node = index(get(Column::Node));
        let held = [Column::Feature, Column::ThresholdLow, Column::ThresholdHigh, Column::Left];
        check(Rule::Slot, node < shape.bounds().slots() && forge.slot(node) == held.map(get));
        let (row, feature) = (pair / trees, index(get(Column::Feature)));
        let value = forge.value(row, feature);
        let halves = [F::from_u32(value & 0xffff), F::from_u32(value >> LIMB_LOG)];
        let is_there = feature < shape.bounds().features();
        check(Rule::Data, is_there && halves == [get(Column::ValueLow), get(Column::ValueHigh)]);
    }
    for slot in 0..shape.bounds().slots() {
        let [feature, low, high, _] = forge.slot(slot);
        check(Rule::SlotRange, [feature, low, high].into_iter().all(is_limb));
    }
}

fn ends(forge: &Forge<'_>, rules: &mut Vec<Rule>) {
    let shape = &forge.forest.shape;
    for pair in 0..shape.pairs() {
        let last = pair * forge.depth() + forge.depth() - 1;
        let end = forge.end(pair);
        if end != forge.get(Column::Left, last) + forge.get(Column::Sign, last) {
            rules.push(Rule::End);
        }
        let slot = index(end);
        let is_leaf = slot < shape.bounds().slots()
            && forge.slot(slot)[2] == F::from_u16(u16::MAX)
            && (0..shape.bounds().width())
                .all(|vote| forge.vote(vote, pair) == forge.cells[forge.value_at(vote, slot)]);
        if !is_leaf {
            rules.push(Rule::Leaf);
        }
    }
    let used = shape.bounds().values();
    if forge.cells[forge.forest.columns.values.range()][used..]
        .iter()
        .any(|&value| value != F::ZERO)
    {
        rules.push(Rule::Filled);
    }
}

fn answers(forge: &Forge<'_>, rules: &mut Vec<Rule>) {
    if !forge.limbs_behind().into_iter().all(is_limb) {
        rules.push(Rule::Behind);
    }
    let shape = &forge.forest.shape;
    for row in 0..1 << shape.rows_log() {
        let mut marked = F::ZERO;
        for (class, sum) in forge.sums(row).into_iter().enumerate() {
            marked += forge.is(class, row);
            let [low, high] = forge.behind(class, row);
            let distance = low + high * F::from_u32(1 << LIMB_LOG);
            if distance != forge.top(row) - sum - F::ONE + marked {
                rules.push(Rule::Sums);
            }
        }
        if marked != F::ONE {
            rules.push(Rule::One);
        }
        for class in 0..1 << shape.classes_log() {
            let is = forge.is(class, row);
            let [low, high] = forge.behind(class, row);
            let distance = low + high * F::from_u32(1 << LIMB_LOG);
            if !is_bit(is) || is * distance != F::ZERO {
                rules.push(Rule::Mark);
            }
        }
    }
    let goal = forge.forest.goal;
    let bit = |j| forge.is(forge.classes(), j) * goal.factor(j);
    let distance: F = (0..shape.slack()).map(bit).sum();
    if forge.right() + distance != goal.target() {
        rules.push(Rule::Count);
    }
}
