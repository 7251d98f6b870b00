//! What is expected of a score.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::Args;
use crate::{
    failure::{Code, Failure, Result},
    figure::{self, Metric},
    output::printable,
    threshold::Threshold,
};
use assay_types::statement::{Accuracy, ClassScore, Count, Score, TopScore};

/// Compares metric, class and threshold, as far as they are given.
pub(super) fn score(args: &Args, statement: &Accuracy) -> Result<()> {
    let got = told(statement);
    let other = |expected: String| {
        Err(Failure::new(Code::Unverified, format!("the proof is for {got}, not {expected}")))
    };
    if args.at_most.is_some() || args.metric.is_some_and(|metric| metric.error().is_some()) {
        return other("errors of numbers".into());
    }
    let share = args.share()?;
    let metric = match (args.metric, share, &args.class) {
        (None, None, None) if args.k.is_none() => return Ok(()),
        (metric, ..) if args.k.is_some() => metric.unwrap_or(Metric::TopK),
        (metric, ..) => metric.unwrap_or(Metric::Accuracy),
    };
    let best = match statement.score {
        Score::Top(TopScore { best, .. }) => Some(best),
        _ => None,
    };
    if (metric == Metric::TopK) != best.is_some() {
        return other(
            if best.is_some() { "another metric" } else { "the best of several answers" }.into(),
        );
    }
    if args.k.is_some() && args.k != best {
        return other(format!("the {} best answers", args.k.unwrap_or_default()));
    }
    match (metric.figure(), statement.score) {
        (None, Score::Class(_)) => other("a number of correct rows".into()),
        (None, _) if args.class.is_some() => other("a figure of a class".into()),
        (None, score) => {
            let Some(share) = share else { return Ok(()) };
            let least = share.of(statement.rows);
            if is_met(score, least, args.fewer) {
                return Ok(());
            }
            let expected = if args.fewer { "fewer than" } else { "at least" };
            other(format!("{expected} {least}"))
        }
        (Some(figure), Score::Class(score)) => {
            let class = args.class.as_deref().map(|name| figure::class(&statement.schema, name));
            let is_class = class.transpose()?.is_none_or(|class| class == score.class);
            let is_share = share.is_none_or(|share| is_same(&score, share, args.fewer));
            if figure == score.figure && is_class && is_share {
                return Ok(());
            }
            other(format!("what is expected of {}", figure::name(figure)))
        }
        (Some(figure), _) => other(format!("a {}", figure::name(figure))),
    }
}

/// A fraction in other terms is the same fraction.
fn is_same(score: &ClassScore, share: Threshold, fewer: bool) -> bool {
    let of = share.reduced().map(|(numerator, denominator)| {
        u64::from(numerator).saturating_mul(score.denominator.into())
            == u64::from(denominator).saturating_mul(score.numerator.into())
    });
    of == Some(true) && fewer == score.is_missed
}

/// A revealed score has no threshold of its own: it must reach the expected one.
fn is_met(score: Score, least: u32, fewer: bool) -> bool {
    match score {
        Score::AtLeast(count) => !fewer && count == least,
        Score::Fewer(count) => fewer && count == least,
        Score::Exactly(count) => (count < least) == fewer,
        Score::Class(_) => false,
        Score::Top(TopScore { rows, .. }) => is_met(
            match rows {
                Count::AtLeast(count) => Score::AtLeast(count),
                Count::Fewer(count) => Score::Fewer(count),
                Count::Exactly(count) => Score::Exactly(count),
            },
            least,
            fewer,
        ),
    }
}

fn told(statement: &Accuracy) -> String {
    match statement.score {
        Score::AtLeast(count) => format!("at least {count} correct rows"),
        Score::Fewer(count) => format!("fewer than {count} correct rows"),
        Score::Exactly(count) => format!("exactly {count} correct rows"),
        Score::Top(TopScore { best, rows }) => {
            let rows = match rows {
                Count::AtLeast(count) => format!("at least {count}"),
                Count::Fewer(count) => format!("fewer than {count}"),
                Count::Exactly(count) => format!("exactly {count}"),
            };
            format!("{rows} rows with their label among the {best} best answers")
        }
        Score::Class(ClassScore { figure, class, numerator, denominator, is_missed, .. }) => {
            let relation = if is_missed { "less than" } else { "at least" };
            let class = statement.schema.classes().get(usize::from(class));
            // A name in somebody else's file writes no line of its own.
            let class = printable(class.map(String::as_str).unwrap_or_default());
            let figure = figure::name(figure);
            format!("{figure} of {class} {relation} {numerator}/{denominator}")
        }
    }
}
