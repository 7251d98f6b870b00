//! Labels among the best answers: agreement with execution, and one dishonest prover per rule.

use super::cheats::{deep, dense, honest, pooled, rows};
use super::layer::{Tamper, alone_kept};
use crate::network::Network;
use crate::{Answers, Claim, Goal, Kept, Labels, scored};
use assay_engine::field::F;
use assay_engine::session::Rejection;
use assay_model::Table;
use assay_model::ops::network as model;
use assay_model::ops::network::synthetic;
use p3_field::PrimeCharacteristicRing;

fn verdict(
    network: &model::Network,
    table: &Table,
    (best, goal): (u16, Goal),
    tamper: Tamper<'_>,
) -> Result<(), Rejection> {
    let kept = Kept { rows: false, answers: Answers::Best(best) };
    let (rows, labels) = (scored::Rows::Public(table), Labels::Public(table.labels()));
    let execution = honest(network, table);
    alone_kept(network, kept, Claim { rows, labels, goal }, &execution, tamper).verdict()
}

/// Rows whose label is among the best, by the ranks of execution.
fn hits(network: &model::Network, table: &Table, best: u16) -> u32 {
    let rows = table.labels().iter().enumerate();
    let is_hit = |&(row, &label): &(usize, &u16)| {
        network.rank(table.row(row), label).unwrap() <= usize::from(best)
    };
    rows.filter(is_hit).count() as u32
}

#[track_caller]
fn check(network: &model::Network, table: &Table, best: u16) {
    let hits = hits(network, table, best);
    for goal in [Goal::AtLeast(hits), Goal::Exactly(hits), Goal::Fewer(hits + 1)] {
        assert_eq!(verdict(network, table, (best, goal), &|_, _| ()), Ok(()), "{best}, {goal:?}");
    }
    for goal in [Goal::AtLeast(hits + 1), Goal::Exactly(hits + 1), Goal::Fewer(hits)] {
        assert!(verdict(network, table, (best, goal), &|_, _| ()).is_err(), "{best}, {goal:?}");
    }
}

#[test]
fn labels_among_the_best_are_those_of_execution() {
    for network in [dense(1), deep(), pooled()] {
        for best in 1..=3 {
            check(&network, &rows(), best);
        }
    }
    for seed in 0..4 {
        let network = synthetic::tiny(seed);
        let table = super::mixed_labels(&network, 1 + seed as usize % 4, seed);
        check(&network, &table, 1 + seed as u16 % 2);
    }
}

#[test]
fn the_first_of_equal_scores_is_the_best() {
    // All weights are one: all scores are equal, and ranks are classes.
    let network = super::cheats::equal();
    for best in 1..=3 {
        check(&network, &rows(), best);
        assert_eq!(hits(&network, &rows(), best), u32::from(best), "labels 0, 1, 2");
    }
}

/// A prover who claims what its cells say is refused, however many rows it claims.
#[track_caller]
fn refused(what: &str, tamper: Tamper<'_>) {
    for network in [dense(1), pooled()] {
        let table = rows();
        for count in 0..=3 {
            let got = verdict(&network, &table, (1, Goal::Exactly(count)), tamper);
            assert!(got.is_err(), "{what}, {count}");
        }
    }
}

/// The first cell of a block of what is said of ranks.
fn block(layer: &Network, which: usize) -> usize {
    let best = layer.plan.best.unwrap();
    layer.columns.block([best.own, best.ahead, best.hit][which]).at
}

#[test]
fn a_label_with_another_score_is_refused() {
    for lie in [F::from_u8(40), -F::from_u8(40), F::ONE] {
        refused("another score", &|layer, cells| {
            cells[block(layer, 0) + 1] += lie;
            layer.fill_ahead(cells);
            layer.fill_uses(cells);
        });
    }
}

#[test]
fn a_class_that_is_ahead_is_counted_and_no_other() {
    for class in 0..3 {
        refused("another rank", &|layer, cells| {
            let at = block(layer, 1) + (1 << layer.plan.answer.axes[3]) + class;
            cells[at] = F::ONE - cells[at];
            layer.fill_hits(cells);
            layer.fill_uses(cells);
        });
    }
}

#[test]
fn a_hit_is_a_rank_among_the_best() {
    for row in 0..3 {
        refused("another mark", &|layer, cells| {
            let at = block(layer, 2) + row;
            cells[at] = F::ONE - cells[at];
            layer.fill_uses(cells);
        });
    }
}

#[test]
fn a_score_behind_the_last_row_is_refused() {
    refused("a fourth row", &|layer, cells| {
        cells[block(layer, 0) + 3] += F::ONE;
        layer.fill_ahead(cells);
        layer.fill_uses(cells);
    });
}

#[test]
fn a_conversation_tells_nothing_and_every_scalar_matters() {
    let (network, table) = (deep(), rows());
    let kept = Kept { rows: false, answers: Answers::Best(2) };
    let (rows, labels) = (scored::Rows::Public(&table), Labels::Public(table.labels()));
    let claim = Claim { rows, labels, goal: Goal::AtLeast(0) };
    let execution = honest(&network, &table);
    alone_kept(&network, kept, claim, &execution, &|_, _| ()).check_conversation(4);
}
