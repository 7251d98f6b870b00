//! What the last steps say when labels are answers: completeness, and one dishonest prover per rule
//! that scores do not have.

use super::forge::Forge;
use super::layer::{Tamper, alone};
use super::rules::{Rule, broken};
use crate::tree::shape::Column;
use crate::{Goal, Labels};
use assay_engine::field::F;
use assay_engine::session::Rejection;
use assay_model::ops::tree::{Bounds, NodeTable, Slot};
use assay_model::{Ordered, Schema, Table};
use p3_field::PrimeCharacteristicRing;
use std::cell::RefCell;

/// One split at zero between slots 1 and 2, which answer `left` and `right` of three classes.
fn model(left: u16, right: u16) -> NodeTable {
    let mut slots: Vec<_> = (0..8).map(|at| Slot::leaf(at, 0)).collect();
    slots[0] = Slot::split(0, Ordered::ZERO, 1);
    slots[1] = Slot::leaf(1, left);
    slots[2] = Slot::leaf(2, right);
    NodeTable::new(Bounds::new(1, 3, 2, 3).unwrap(), slots).unwrap()
}

/// Rows of one value each, on the left where it is 0 and on the right where it is 1.
fn table(sides: &[u32]) -> Table {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let schema = Schema::new(names(&["x"]), "y".into(), names(&["a", "b", "c"])).unwrap();
    let code = |&side: &u32| Ordered::new(Ordered::ZERO.get() + side).unwrap();
    Table::new(schema, sides.iter().map(code).collect(), vec![0; sides.len()]).unwrap()
}

const SIDES: &[u32] = &[0, 1, 1, 0, 1];

/// Everybody's, cells, nobody's.
fn kinds(answers: &[u16]) -> [Labels<'_>; 3] {
    [Labels::Public(answers), Labels::Answers(Some(answers)), Labels::Hidden(Some(answers))]
}

/// What the cells break, and the verdict.
fn outcome(
    model: &NodeTable,
    labels: Labels<'_>,
    tamper: Tamper<'_>,
) -> (Vec<Rule>, Result<(), Rejection>) {
    let (seen, table) = (RefCell::new(Vec::new()), table(SIDES));
    let goal = Goal::Answers(SIDES.len() as u32);
    let tamper = |cells: &mut Forge<'_>| {
        tamper(cells);
        *seen.borrow_mut() = broken(cells);
    };
    let verdict = alone(model, &table, goal, labels, &tamper).verdict();
    (seen.into_inner(), verdict)
}

#[track_caller]
fn rejected(labels: Labels<'_>, rules: &[Rule], tamper: Tamper<'_>) {
    let (broken, verdict) = outcome(&model(1, 2), labels, tamper);
    assert_eq!(broken, rules, "{labels:?}");
    assert_eq!(verdict, Err(Rejection::Relation), "{labels:?}");
}

#[test]
fn right_answers_are_accepted_however_they_are_shown() {
    for labels in kinds(&[1, 2, 2, 1, 2]) {
        assert_eq!(outcome(&model(1, 2), labels, &|_| ()), (vec![], Ok(())));
        let same = |forge: &mut Forge<'_>| {
            let honest = forge.cells.to_vec();
            forge.follow_all();
            forge.close();
            assert_eq!(forge.cells, honest);
        };
        assert_eq!(outcome(&model(1, 2), labels, &same), (vec![], Ok(())));
    }
}

#[test]
fn a_wrong_answer_to_one_row_is_rejected() {
    // Below the class there is a difference, and only the count objects; above it there is none.
    for (answers, rules) in [
        ([1, 2, 0, 1, 2], &[Rule::Count][..]),
        ([0, 2, 2, 1, 2], &[Rule::Count]),
        ([1, 2, 2, 2, 2], &[Rule::Count, Rule::Low]),
    ] {
        for labels in kinds(&answers) {
            rejected(labels, rules, &|forge| forge.close());
        }
    }
}

#[test]
fn a_wrong_answer_is_not_called_right() {
    for labels in kinds(&[1, 2, 0, 1, 2]) {
        rejected(labels, &[Rule::RightLabel], &|forge| {
            // C = 1 leaves D_low = TL − XL, which is in range.
            let step = forge.last(2);
            forge.set(Column::Carry, step, F::ONE);
            forge.close();
        });
    }
}

#[test]
fn answers_are_not_exchanged_between_rows() {
    for labels in kinds(&[2, 1, 2, 1, 2]) {
        let (broken, verdict) = outcome(&model(1, 2), labels, &|forge| forge.close());
        assert_eq!((broken, verdict), (vec![Rule::Count, Rule::Low], Err(Rejection::Relation)));
    }
}

/// A leaf of class 3 of 3, and answers that say so.
#[test]
fn an_undeclared_class_is_no_answer() {
    let model = model(1, 3);
    for labels in kinds(&[1, 3, 3, 1, 3]) {
        let (broken, verdict) = outcome(&model, labels, &|forge| forge.close());
        assert_eq!((broken, verdict), (vec![Rule::High], Err(Rejection::Relation)));
        // With the mark of the last class the difference is in range, and the mark is wrong.
        let (broken, verdict) = outcome(&model, labels, &|forge| {
            for row in [1, 2, 4] {
                let step = forge.last(row);
                forge.set(Column::ValueHigh, step, F::from_u16(u16::MAX));
            }
            forge.close();
        });
        assert_eq!((broken, verdict), (vec![Rule::ValueMark], Err(Rejection::Relation)));
        // With the sign the difference counts from the other side.
        let (broken, verdict) = outcome(&model, labels, &|forge| {
            for row in [1, 2, 4] {
                let step = forge.last(row);
                forge.set(Column::Sign, step, F::ONE);
            }
            forge.close();
        });
        assert_eq!((broken, verdict), (vec![Rule::AnswerSign], Err(Rejection::Relation)));
    }
}

#[test]
fn the_last_steps_hold_the_answers_and_no_others() {
    // The steps agree with the tree in everything; only the column of answers says something else.
    for answers in [[1, 2, 0, 1, 2], [2, 2, 2, 1, 2]] {
        let labels = Labels::Answers(Some(&answers));
        rejected(labels, &[Rule::Label], &|forge| {
            (0..5).for_each(|row| forge.answer_with(row, [1, 2, 2, 1, 2][row]));
            forge.close();
        });
        rejected(Labels::Public(&answers), &[Rule::Label], &|forge| {
            (0..5).for_each(|row| forge.answer_with(row, [1, 2, 2, 1, 2][row]));
            forge.close();
        });
    }
}

#[test]
fn there_is_no_answer_behind_the_last_row() {
    let answers = [1, 2, 2, 1, 2];
    for behind in [5, 15] {
        let (_, verdict) = outcome(&model(1, 2), Labels::Answers(Some(&answers)), &|forge| {
            let block = forge.tree.columns.answers.unwrap();
            forge.cells[block.at + behind] = F::ONE;
        });
        assert_eq!(verdict, Err(Rejection::Relation), "cell {behind}");
    }
}
