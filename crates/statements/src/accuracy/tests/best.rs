//! Labels among the best answers of forests and networks.

use super::{Case, ProveError, Rejection, Unfit, verify};
use crate::accuracy::{MODES_COMMITTED, Scored, security_bits};
use crate::rows::as_digest;
use assay_types::statement::{Accuracy, Count, Score, TopScore};

pub(super) fn top(best: u16, rows: Count) -> Score {
    Score::Top(TopScore { best, rows })
}

/// Rows whose label is among the best, by the ranks of execution.
pub(super) fn hits<M: Scored>(case: &Case<M>, best: u16) -> u32 {
    let is_hit = |&(row, &label): &(usize, &u16)| {
        case.model.rank(case.table.row(row), label).unwrap() <= usize::from(best)
    };
    case.table.labels().iter().enumerate().filter(is_hit).count() as u32
}

fn check<M: Scored>(case: &Case<M>) {
    let classes = case.table.schema().classes().len() as u16;
    assert_eq!(hits(case, 1), case.correct as u32);
    for best in [1, 2, classes] {
        let hits = hits(case, best);
        case.check(top(best, Count::Exactly(hits)));
        let proof = case.check(top(best, Count::AtLeast(hits)));
        for other in [top(best + 1, Count::AtLeast(hits)), top(best, Count::AtLeast(hits - 1))] {
            let got = verify(&case.statement(other), &case.table, &proof);
            assert!(got.is_err(), "{other:?}");
        }
        let got = case.prove(&case.statement(top(best, Count::Fewer(hits))));
        assert!(matches!(got, Err(ProveError::False { .. })), "{got:?}");
        assert!(security_bits(&case.statement(top(best, Count::AtLeast(hits)))) >= 100);
    }
    assert_eq!(hits(case, classes), case.table.rows() as u32, "every label is some answer");
}

#[test]
fn forests_and_networks_have_best_answers() {
    check(&super::forest::usual());
    check(&super::network::small());
}

#[test]
fn what_has_none_is_named() {
    let case = super::network::small();
    let unfit = |best, rows| case.unfit(|s| s.score = top(best, rows));
    assert_eq!(unfit(0, Count::AtLeast(1)), Unfit::Best);
    assert_eq!(unfit(5, Count::AtLeast(1)), Unfit::Best);
    assert_eq!(unfit(2, Count::AtLeast(8)), Unfit::Score);
    assert_eq!(unfit(2, Count::Fewer(0)), Unfit::Score);
    let hidden = |s: &mut Accuracy| {
        s.score = top(2, Count::AtLeast(1));
        s.modes = MODES_COMMITTED;
        s.data = as_digest(&s.model.0);
    };
    assert_eq!(case.unfit(hidden), Unfit::Labels);
    let tree = super::case(5, 3, 4, 9, 60);
    assert_eq!(tree.unfit(|s| s.score = top(2, Count::AtLeast(1))), Unfit::Ranks);
    let got = tree.prove(&tree.statement(top(2, Count::AtLeast(1))));
    assert_eq!(got, Err(ProveError::Unfit(Unfit::Ranks)));
}

#[test]
fn a_proof_of_one_kind_is_none_of_the_other() {
    let case = super::forest::usual();
    let k = case.correct as u32;
    let (plain, best) = (Score::AtLeast(k), top(1, Count::AtLeast(k)));
    for (proven, claimed) in [(plain, best), (best, plain)] {
        let proof = case.check(proven);
        let got = verify(&case.statement(claimed), &case.table, &proof);
        assert!(matches!(got, Err(Rejection::Proof(_))), "{got:?}");
    }
}
