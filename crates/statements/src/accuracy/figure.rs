//! Precision, recall and F1 of one class, as sums of the rows that are answered with it.
//!
//! Of n rows with the class, P answered with it and TP of both, and a fraction a/b:
//!
//! ```text
//! recall ≥ a/b      TP ≥ ⌈a·n/b⌉
//! F1 ≥ a/b          2b·TP − a·P ≥ a·n                                      F1 = 2·TP/(P + n)
//! precision ≥ a/b   n·(b·TP − a·P) + TP ≥ 1                                0 if P = 0
//! ```
//!
//! each Σ weight·[answered with the class], where a row of the class has one weight and any other row
//! another ([`Goal::Weighed`]). That a figure is missed is the same with all signs changed.
//!
//! *No predictions.* scikit-learn's `zero_division` is 0 here: a class that is never answered with has
//! precision 0, which reaches no fraction. That is what n and TP do in the last line: if b·TP − a·P is
//! not negative the left side is at least TP, which is 0 only if P is; if it is negative the left side
//! is at most TP − n. Recall and F1 have a denominator if any row has the class, which is demanded.
//!
//! *Large tables.* The last line's weights are n times greater than the others'. Where they could wrap
//! around in the field, `b·TP − a·P ≥ 1` is proven instead, which is no weaker: a precision of exactly
//! a/b then has no proof, and neither has one of 0 for want of predictions that is said to be missed.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Accuracy, Unfit};
use assay_layers::{Goal, Weighed};
use assay_types::statement::{ClassScore, Figure};

/// What the score says of a weighed sum.
pub(super) fn goal(statement: &Accuracy, score: &ClassScore) -> Result<Goal, Unfit> {
    let &ClassScore { figure, class, positives, numerator, denominator, .. } = score;
    let is_class = usize::from(class) < statement.schema.classes().len();
    let is_share = 0 < numerator && numerator <= denominator;
    if !is_class || !is_share || positives == 0 || statement.rows < positives {
        return Err(Unfit::Figure);
    }
    let rows = usize::try_from(statement.rows).map_err(|_| Unfit::Sizes)?;
    let (n, a, b) = (i128::from(positives), i128::from(numerator), i128::from(denominator));
    let weigh = |hit: i128, miss: i128, least: i128| stated(score, rows, [hit, miss, least]);
    let goal = match figure {
        Figure::Recall => weigh(1, 0, ceil(n, a, b).ok_or(Unfit::Wraps)?),
        Figure::F1 => {
            let hit = b.checked_mul(2).and_then(|twice| twice.checked_sub(a));
            weigh(hit.ok_or(Unfit::Wraps)?, minus(a), n.checked_mul(a).ok_or(Unfit::Wraps)?)
        }
        Figure::Precision => {
            let over = b.checked_sub(a).ok_or(Unfit::Wraps)?;
            let exact = |x: i128| n.checked_mul(x).ok_or(Unfit::Wraps);
            let hit = exact(over)?.checked_add(1).ok_or(Unfit::Wraps)?;
            weigh(hit, minus(exact(a)?), 1).or_else(|| more(score, rows, [over, minus(a)]))
        }
    };
    goal.ok_or(Unfit::Wraps)
}

/// Whether so many labels are the class as the score says.
pub(super) fn counts(score: &ClassScore, labels: &[u16]) -> bool {
    let positives = labels.iter().filter(|&&label| label == score.class).count();
    usize::try_from(score.positives) == Ok(positives)
}

fn minus(x: i128) -> i128 {
    x.saturating_neg()
}

/// ⌈n·a/b⌉.
fn ceil(n: i128, a: i128, b: i128) -> Option<i128> {
    let product = n.checked_mul(a)?.checked_add(b)?.checked_sub(1)?;
    product.checked_div(b)
}

/// The goal that the sum is at least this, or that it is less; none that could wrap around.
fn stated(score: &ClassScore, rows: usize, [hit, miss, least]: [i128; 3]) -> Option<Goal> {
    let weighed = |hit: i128, miss: i128, least: i128| {
        let goal = Goal::Weighed(Weighed {
            class: score.class,
            hit: hit.try_into().ok()?,
            miss: miss.try_into().ok()?,
            least: least.try_into().ok()?,
        });
        goal.is_stated_for(rows).then_some(goal)
    };
    match score.is_missed {
        false => weighed(hit, miss, least),
        true => weighed(minus(hit), minus(miss), minus(least).checked_add(1)?),
    }
}

/// The goal that the sum is more than zero, or that it is less than zero.
fn more(score: &ClassScore, rows: usize, [hit, miss]: [i128; 2]) -> Option<Goal> {
    // Less than zero is less than the least sum that is not.
    let least = i128::from(!score.is_missed);
    stated(score, rows, [hit, miss, least])
}
