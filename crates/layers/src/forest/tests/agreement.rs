//! What is proven is what execution answers.

use super::layer::{alone, verdict};
use super::rules::broken;
use crate::{Goal, Unprovable, Weighed};
use assay_engine::session::Rejection;
use assay_model::ops::forest::{ForestTable, Votes};
use assay_model::ops::tree::Slot;
use assay_model::{Ordered, SplitMix64, Table, synthetic};

/// A forest that declares more than it is, and rows of which it answers some as labelled.
fn case(
    (features, classes): (usize, usize),
    votes: Votes,
    sizes: (usize, usize, usize),
    rows: usize,
    seed: u64,
) -> (ForestTable, Table) {
    let forest = synthetic::forest((features, classes), votes, sizes, seed).unwrap();
    let declared = forest.bounds(sizes.1 as u8 + 1, 0, sizes.0 + 1).unwrap();
    let labels = synthetic::tree(features, classes, 3, 5, seed).unwrap();
    let table = synthetic::table(&labels, rows, 300, seed).unwrap();
    (forest.to_table(declared).unwrap(), table)
}

fn correct(model: &ForestTable, table: &Table) -> u32 {
    let right = |row: &usize| model.exec(table.row(*row)) == Some(table.labels()[*row]);
    (0..table.rows()).filter(right).count() as u32
}

#[track_caller]
fn agrees(model: &ForestTable, table: &Table) {
    let correct = correct(model, table);
    let honest = |forge: &mut super::forge::Forge<'_>| assert_eq!(broken(forge), []);
    for goal in [Goal::Exactly(correct), Goal::AtLeast(correct), Goal::Fewer(correct + 1)] {
        assert_eq!(verdict(model, table, goal, &honest), Ok(()), "{goal:?}");
    }
    for goal in [Goal::Exactly(correct + 1), Goal::AtLeast(correct + 1), Goal::Fewer(correct)] {
        // What cannot be stated is refused before.
        if goal.is_stated_for(table.rows()) {
            let got = verdict(model, table, goal, &|_| ());
            assert_eq!(got, Err(Rejection::Relation), "{goal:?}");
        }
    }
    let class = table.labels()[0];
    for (hit, miss) in [(11, -9), (-70_000, 3)] {
        let weighed = |least| Goal::Weighed(Weighed { class, hit, miss, least });
        let answers: Vec<u16> =
            (0..table.rows()).map(|row| model.exec(table.row(row)).unwrap()).collect();
        let sum = weighed(0).sum(&answers, table.labels());
        assert_eq!(verdict(model, table, weighed(sum), &honest), Ok(()), "{hit}, {miss}");
        if weighed(sum + 1).is_stated_for(table.rows()) {
            let got = verdict(model, table, weighed(sum + 1), &|_| ());
            assert_eq!(got, Err(Rejection::Relation), "{hit}, {miss}");
        }
    }
    let alone = alone(model, table, Goal::AtLeast(0), &|_| ());
    let execution = alone.layer.execute(model).unwrap();
    assert_eq!(execution.correct(table.labels()), correct as usize);
}

#[test]
fn small_and_odd_sizes_agree() {
    for (sizes, votes, trees, rows) in [
        ((1, 1), Votes::All, (1, 0, 0), 1),
        ((1, 2), Votes::Second, (1, 1, 1), 3),
        ((3, 3), Votes::Turns, (3, 2, 3), 16),
        ((17, 5), Votes::All, (4, 3, 4), 17),
        ((2, 4), Votes::Turns, (8, 1, 1), 5),
    ] {
        let (model, table) = case(sizes, votes, trees, rows, 7);
        agrees(&model, &table);
    }
}

#[test]
fn any_forest_agrees() {
    let mut random = SplitMix64::new(11);
    let mut below = |bound: u64| random.below(bound) as usize;
    for _ in 0..6 {
        let votes = [Votes::All, Votes::Turns, Votes::Second][below(3)];
        let classes = if votes == Votes::Second { 2 } else { 2 + below(2) };
        let rounds = 1 + below(3);
        let trees = if votes == Votes::Turns { rounds * classes } else { rounds };
        let (features, depth, rows) = (1 + below(4), 1 + below(3), 1 + below(19));
        let sizes = (trees, depth, depth);
        let (model, table) = case((features, classes), votes, sizes, rows, below(1000) as u64);
        agrees(&model, &table);
    }
}

#[test]
fn sums_that_wrap_around_mean_what_execution_says() {
    let (model, table) = case((2, 2), Votes::Second, (2, 1, 1), 9, 3);
    let half = assay_model::ops::forest::VALUE_MAX;
    // Two votes of nearly half the field add up to a number just below zero, or just above.
    for (vote, class) in [(half, 0), (-half, 1)] {
        let values = vec![vote; model.values().len()];
        // The third tree is the declared one that is not there.
        let mut values = values;
        values[2] = 0;
        let wrapped = ForestTable::new(model.bounds(), model.slots().to_vec(), values).unwrap();
        assert_eq!(wrapped.exec(table.row(0)), Some(class));
        agrees(&wrapped, &table);
    }
}

#[test]
fn a_row_without_an_answer_has_no_proof() {
    let (model, table) = case((2, 2), Votes::Second, (2, 1, 1), 9, 3);
    // Three trees: between 2^29 and the modulus less 2^29.
    let far = vec![240_000_000; model.values().len()];
    let far = ForestTable::new(model.bounds(), model.slots().to_vec(), far).unwrap();
    let mut slots = model.slots().to_vec();
    slots[0] = Slot::split(0, Ordered::MAX, 0);
    let circle = ForestTable::new(model.bounds(), slots, model.values().to_vec()).unwrap();
    for model in [&far, &circle] {
        let alone = alone(model, &table, Goal::AtLeast(0), &|_| ());
        assert_eq!(alone.layer.execute(model).map(drop), Err(Unprovable::NoClass { row: 0 }));
    }
    let other = case((2, 2), Votes::Second, (2, 2, 2), 9, 3).0;
    let alone = alone(&model, &table, Goal::AtLeast(0), &|_| ());
    assert_eq!(alone.layer.execute(&other).map(drop), Err(Unprovable::Bounds));
}
