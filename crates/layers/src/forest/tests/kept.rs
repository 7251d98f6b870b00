//! Rows and answers that are cells: agreement with execution, and one dishonest prover per rule.

use super::cheats::{model, table};
use super::forge::Forge;
use super::layer::{Tamper, claimed};
use crate::forest::shape::Column;
use crate::{Claim, Goal, Labels, Rows};
use assay_engine::field::F;
use assay_engine::session::Rejection;
use assay_model::ops::forest::{ForestTable, Votes};
use assay_model::{Table, synthetic};
use p3_field::PrimeCharacteristicRing;

/// A score of hidden rows.
fn scored(
    model: &ForestTable,
    table: &Table,
    goal: Goal,
    tamper: Tamper<'_>,
) -> Result<(), Rejection> {
    let rows = Rows::Committed(Some(table));
    claimed(model, Claim { rows, labels: Labels::OfRows, goal }, tamper).verdict()
}

fn answers(model: &ForestTable, table: &Table) -> Vec<u16> {
    (0..table.rows()).map(|row| model.exec(table.row(row)).unwrap()).collect()
}

/// The answers of rows, in a column or nowhere.
fn answered(
    model: &ForestTable,
    rows: Rows<'_>,
    is_column: bool,
    tamper: Tamper<'_>,
) -> Result<(), Rejection> {
    let answers = answers(model, rows.table().unwrap());
    let goal = Goal::Answers(answers.len() as u32);
    let labels =
        if is_column { Labels::Answers(Some(&answers)) } else { Labels::Hidden(Some(&answers)) };
    claimed(model, Claim { rows, labels, goal }, tamper).verdict()
}

#[track_caller]
fn check(model: &ForestTable, table: &Table) {
    let answers = answers(model, table);
    let right = answers.iter().zip(table.labels()).filter(|(answer, label)| answer == label);
    let correct = right.count() as u32;
    for goal in [Goal::AtLeast(correct), Goal::Exactly(correct), Goal::Fewer(correct + 1)] {
        assert_eq!(scored(model, table, goal, &|_| ()), Ok(()), "{goal:?}");
    }
    for goal in [Goal::AtLeast(correct + 1), Goal::Exactly(correct + 1), Goal::Fewer(correct)] {
        assert_eq!(scored(model, table, goal, &|_| ()), Err(Rejection::Relation), "{goal:?}");
    }
    for rows in [Rows::Public(table), Rows::Committed(Some(table))] {
        for is_column in [false, true] {
            assert_eq!(answered(model, rows, is_column, &|_| ()), Ok(()));
        }
    }
    let rows = Rows::Committed(Some(table));
    let goal = Goal::Answers(answers.len() as u32);
    let verdict = |labels: &[u16]| {
        claimed(model, Claim { rows, labels: Labels::Public(labels), goal }, &|_| ()).verdict()
    };
    assert_eq!(verdict(&answers), Ok(()));
    let mut wrong = answers.clone();
    wrong[0] = (wrong[0] + 1) % model.bounds().classes() as u16;
    if wrong != answers {
        assert_eq!(verdict(&wrong), Err(Rejection::Relation));
    }
}

#[test]
fn hidden_rows_of_every_way_to_vote_agree_with_execution() {
    for (sizes, votes, trees, rows) in [
        ((1, 2), Votes::Second, (1, 1, 1), 1),
        ((3, 3), Votes::Turns, (3, 2, 3), 16),
        ((7, 5), Votes::All, (4, 3, 4), 17),
        ((8, 2), Votes::All, (2, 1, 1), 5),
    ] {
        let forest = synthetic::forest(sizes, votes, trees, 7).unwrap();
        let declared = forest.bounds(trees.1 as u8 + 1, 0, trees.0 + 1).unwrap();
        let labels = synthetic::tree(sizes.0, sizes.1, 3, 5, 7).unwrap();
        let table = synthetic::table(&labels, rows, 300, 7).unwrap();
        check(&forest.to_table(declared).unwrap(), &table);
    }
    check(&model(), &table());
}

/// A prover who claims what its cells say of hidden rows is refused.
#[track_caller]
fn refused(what: &str, tamper: Tamper<'_>) {
    let table = table();
    for correct in 0..=table.rows() as u32 {
        let got = scored(&model(), &table, Goal::Exactly(correct), tamper);
        assert!(got.is_err(), "{what}, {correct} right");
    }
}

/// The same where two rows are right, as without the lie.
#[track_caller]
fn refused_as_many(what: &str, tamper: Tamper<'_>) {
    assert!(scored(&model(), &table(), Goal::Exactly(2), tamper).is_err(), "{what}");
}

/// A cell of hidden rows, two features each, among the lower halves.
fn cell(forge: &Forge<'_>, row: usize, cell: usize) -> usize {
    forge.forest.columns.data.unwrap()[0].at + (row << forge.forest.shape.features_log()) + cell
}

#[test]
fn values_are_those_of_the_hidden_rows() {
    for column in 0..2 {
        refused_as_many("a value that no step compares", &|forge| {
            let at = forge.forest.columns.data.unwrap()[column].at;
            forge.cells[at] += F::ONE;
            forge.forest.fill_right(forge.cells);
        });
    }
}

#[test]
fn a_label_is_no_feature() {
    // Tree 0 decides by the label: the cell is there, under a tag that nothing looks up.
    refused("a split by the label", &|forge| {
        let at = forge.forest.columns.slots[0].at;
        forge.cells[at] = F::TWO;
        for row in 0..4 {
            let step = forge.at(row, 0, 0);
            let label = forge.forest.labels_at_hand()[row];
            for (column, value) in [
                (Column::Feature, F::TWO),
                (Column::ValueLow, F::from_u16(label)),
                (Column::ValueHigh, F::ZERO),
            ] {
                forge.set(column, step, value);
            }
            forge.compare(step);
            // A label is below every threshold: row by row, into the first leaf.
            forge.follow(row, 0, 1, 3);
            forge.answer(row);
            let answer = (0..3).find(|&class| forge.is(class, row) == F::ONE).unwrap();
            let column = forge.forest.columns.answers.unwrap().at;
            forge.cells[column + row] = F::from_usize(answer);
        }
        forge.forest.fill_right(forge.cells);
        forge.close();
    });
}

#[test]
fn a_mark_that_a_row_is_right_is_true() {
    for row in 0..4 {
        refused("another mark", &|forge| {
            let at = forge.forest.columns.right.unwrap()[0].at + row;
            forge.cells[at] = F::ONE - forge.cells[at];
        });
    }
}

#[test]
fn an_answer_that_is_not_marked_is_refused() {
    // Row 1 is answered with another class than its label.
    refused("a label as answer", &|forge| {
        let label = forge.forest.labels_at_hand()[1];
        let at = forge.forest.columns.answers.unwrap().at + 1;
        assert_ne!(forge.cells[at], F::from_u16(label));
        forge.cells[at] = F::from_u16(label);
        forge.forest.fill_right(forge.cells);
    });
}

#[test]
fn another_label_is_another_row() {
    // The label in the cells is the answer: it is what is compared, and what a commitment holds.
    let honest = table();
    let answers = answers(&model(), &honest);
    let goal = Goal::Exactly(3);
    let got = scored(&model(), &honest, goal, &|forge| {
        let at = cell(forge, 1, 2);
        forge.cells[at] = F::from_u16(answers[1]);
        forge.forest.fill_right(forge.cells);
    });
    assert_eq!(got, Ok(()), "nothing but the commitment to the rows says which they are");
}

#[test]
fn a_label_far_from_every_class_has_no_difference() {
    for label in [F::from_u8(9), -F::from_u8(9)] {
        refused_as_many("no class", &|forge| {
            let at = cell(forge, 1, 2);
            forge.cells[at] = label;
            forge.forest.fill_right(forge.cells);
        });
    }
}

#[test]
fn a_column_holds_the_answers_and_nothing_else() {
    let (model, table) = (model(), table());
    for rows in [Rows::Public(&table), Rows::Committed(Some(&table))] {
        for row in [0, 3, 4, 15] {
            let got = answered(&model, rows, true, &|forge| {
                let at = forge.forest.columns.answers.unwrap().at + row;
                forge.cells[at] += F::ONE;
            });
            assert_eq!(got, Err(Rejection::Relation), "row {row}");
        }
    }
}

#[test]
fn wrong_multiplicities_are_refused() {
    refused_as_many("differences", &|forge| {
        let at = forge.forest.columns.right.unwrap()[1].at;
        forge.cells[at] += F::ONE;
        forge.cells[at + 1] -= F::ONE;
    });
}

#[test]
fn a_conversation_tells_nothing_and_every_scalar_matters() {
    let (model, table) = (model(), table());
    let answers = answers(&model, &table);
    let rows = Rows::Committed(Some(&table));
    for (seed, claim) in (0..).zip([
        Claim { rows, labels: Labels::OfRows, goal: Goal::AtLeast(0) },
        Claim { rows, labels: Labels::Answers(Some(&answers)), goal: Goal::Answers(4) },
    ]) {
        claimed(&model, claim, &|_| ()).check_conversation(seed);
    }
}
