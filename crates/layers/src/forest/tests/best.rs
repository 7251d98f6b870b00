//! Labels among the best answers: agreement with execution, and one dishonest prover per rule.

use super::cheats::{model, table};
use super::layer::{Tamper, claimed_kept};
use crate::{Answers, Claim, Goal, Kept, Labels, Rows};
use assay_engine::cells::Block;
use assay_engine::field::F;
use assay_engine::session::Rejection;
use assay_model::ops::forest::{ForestTable, Votes};
use assay_model::{Table, synthetic};
use p3_field::PrimeCharacteristicRing;

fn verdict(
    model: &ForestTable,
    table: &Table,
    (best, goal): (u16, Goal),
    tamper: Tamper<'_>,
) -> Result<(), Rejection> {
    let kept = Kept { rows: false, answers: Answers::Best(best) };
    let claim = Claim { rows: Rows::Public(table), labels: Labels::Public(table.labels()), goal };
    claimed_kept(model, kept, claim, tamper).verdict()
}

/// Rows whose label is among the best, by the ranks of execution.
fn hits(model: &ForestTable, table: &Table, best: u16) -> u32 {
    let rows = table.labels().iter().enumerate();
    let is_hit = |&(row, &label): &(usize, &u16)| {
        model.rank(table.row(row), label).unwrap() <= usize::from(best)
    };
    rows.filter(is_hit).count() as u32
}

#[track_caller]
fn check(model: &ForestTable, table: &Table, best: u16) {
    let hits = hits(model, table, best);
    for goal in [Goal::AtLeast(hits), Goal::Exactly(hits), Goal::Fewer(hits + 1)] {
        assert_eq!(verdict(model, table, (best, goal), &|_| ()), Ok(()), "{best}, {goal:?}");
    }
    for goal in [Goal::AtLeast(hits + 1), Goal::Exactly(hits + 1), Goal::Fewer(hits)] {
        let got = verdict(model, table, (best, goal), &|_| ());
        assert_eq!(got, Err(Rejection::Relation), "{best}, {goal:?}");
    }
}

#[test]
fn labels_among_the_best_are_those_of_execution() {
    // The sums of rows 0 and 2 have a tie, of classes 1 and 2.
    for best in 1..=3 {
        check(&model(), &table(), best);
    }
    for (sizes, votes, trees, rows) in [
        ((1, 2), Votes::Second, (1, 1, 1), 1),
        ((3, 4), Votes::Turns, (8, 2, 3), 17),
        ((7, 5), Votes::All, (4, 3, 4), 5),
    ] {
        let forest = synthetic::forest(sizes, votes, trees, 7).unwrap();
        let declared = forest.bounds(trees.1 as u8 + 1, 0, trees.0 + 1).unwrap();
        let labels = synthetic::tree(sizes.0, sizes.1, 3, 5, 7).unwrap();
        let table = synthetic::table(&labels, rows, 300, 7).unwrap();
        check(&forest.to_table(declared).unwrap(), &table, sizes.1 as u16 - 1);
    }
}

/// A prover who claims what its cells say is refused, however many rows it claims.
#[track_caller]
fn refused(what: &str, tamper: Tamper<'_>) {
    for count in 0..=4 {
        let got = verdict(&model(), &table(), (1, Goal::Exactly(count)), tamper);
        assert!(got.is_err(), "{what}, {count}");
    }
}

#[test]
fn a_difference_is_that_of_the_sums() {
    for lie in [F::ONE, -F::ONE, F::from_u32(1 << 14), -F::from_u32(1 << 14)] {
        for is_high in [false, true] {
            refused("another difference", &|forge| {
                let best = forge.forest.columns.best.unwrap();
                let block = if is_high { best.high } else { best.low };
                let at = forge.class_at(block, 1, 1);
                forge.cells[at] += lie;
                follow(forge, best.ahead);
                forge.recount();
            });
        }
    }
}

/// Makes signs, ranks and hits follow the differences as they are written.
fn follow(forge: &mut super::forge::Forge<'_>, ahead: Block) {
    let best = forge.forest.columns.best.unwrap();
    for class in 0..3 {
        for row in 0..4 {
            let high = forge.cells[forge.class_at(best.high, class, row)];
            let is_ahead = 1 << 14 <= super::forge::index(high);
            let at = forge.class_at(ahead, class, row);
            forge.cells[at] = F::from_bool(is_ahead);
        }
    }
    forge.forest.fill_hits(forge.cells);
}

#[test]
fn a_class_that_is_ahead_is_counted_and_no_other() {
    for class in 0..3 {
        refused("another rank", &|forge| {
            let best = forge.forest.columns.best.unwrap();
            let at = forge.class_at(best.ahead, class, 1);
            forge.cells[at] = F::ONE - forge.cells[at];
            forge.forest.fill_hits(forge.cells);
        });
    }
}

#[test]
fn a_hit_is_a_rank_among_the_best() {
    for row in 0..4 {
        refused("another mark", &|forge| {
            let at = forge.forest.columns.best.unwrap().hit.at + row;
            forge.cells[at] = F::ONE - forge.cells[at];
        });
    }
}

#[test]
fn wrong_multiplicities_are_refused() {
    for which in 0..2 {
        refused("uses", &|forge| {
            let best = forge.forest.columns.best.unwrap();
            let at = [best.sign_uses, best.rank_uses][which].at;
            forge.cells[at] += F::ONE;
            forge.cells[at + 1] -= F::ONE;
        });
    }
}

#[test]
fn a_conversation_tells_nothing_and_every_scalar_matters() {
    let (model, table) = (model(), table());
    let kept = Kept { rows: false, answers: Answers::Best(2) };
    let (rows, labels) = (Rows::Public(&table), Labels::Public(table.labels()));
    let claim = Claim { rows, labels, goal: Goal::AtLeast(0) };
    claimed_kept(&model, kept, claim, &|_| ()).check_conversation(4);
}
