//! The verifier's half. Total: any statement, rows and bytes give `Ok` or a [`Rejection`].
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Accuracy, MODES, MODES_COMMITTED, Rejection, Unfit, figure};
use crate::circuit::{Circuit, Stated, by_architecture};
use crate::rows;
use assay_engine::session;
use assay_layers::{Claim, Goal, Labels, Rows, Sizes};
use assay_model::{Architecture, Table};
use assay_types::StatementDigest;
use assay_types::statement::{Count, Part, Score, TopScore};

/// Checks `proof` against `statement` and the public rows.
pub fn verify(statement: &Accuracy, table: &Table, proof: &[u8]) -> Result<(), Rejection> {
    let stated = stated(statement)?;
    let claim = public(statement, &stated, table)?;
    verify_digest(&statement.digest(), &stated, claim, proof)
}

/// Checks `proof` against a `statement` about committed rows.
pub fn verify_committed(statement: &Accuracy, proof: &[u8]) -> Result<(), Rejection> {
    let stated = stated(statement)?;
    let claim = committed(statement, &stated, None)?;
    verify_digest(&statement.digest(), &stated, claim, proof)
}

/// Checks `proof` against a claim that has this name.
pub(super) fn verify_digest(
    digest: &StatementDigest,
    stated: &Stated<'_>,
    claim: Claim<'_>,
    proof: &[u8],
) -> Result<(), Rejection> {
    fn verify<S: Sizes>(
        digest: &StatementDigest,
        stated: &Stated<'_>,
        claim: Claim<'_>,
        proof: &[u8],
    ) -> Result<(), Rejection> {
        let circuit = Circuit::<S>::new(stated, claim, None).map_err(Unfit::from)?;
        Ok(session::verify(&circuit, &digest.0.0, proof)?)
    }
    let otherwise = Err(Unfit::Architecture.into());
    by_architecture!(stated.architecture, otherwise, verify(digest, stated, claim, proof))
}

/// What `statement` says, if anything.
pub(super) fn stated(statement: &Accuracy) -> Result<Stated<'_>, Unfit> {
    let (label, input) = match statement.modes {
        MODES => ("assay/accuracy/2", Part::Public(statement.data)),
        MODES_COMMITTED => {
            let rows = rows::from_digest(&statement.data).ok_or(Unfit::Data)?;
            ("assay/accuracy/committed-rows/2", Part::Committed(rows))
        }
        _ => return Err(Unfit::Modes),
    };
    let goal = match statement.score {
        Score::AtLeast(k) => Goal::AtLeast(k),
        Score::Fewer(k) => Goal::Fewer(k),
        Score::Exactly(k) => Goal::Exactly(k),
        Score::Class(_) | Score::Top(_) if statement.modes != MODES => return Err(Unfit::Labels),
        Score::Class(score) => figure::goal(statement, &score)?,
        Score::Top(TopScore { rows, .. }) => match rows {
            Count::AtLeast(k) => Goal::AtLeast(k),
            Count::Fewer(k) => Goal::Fewer(k),
            Count::Exactly(k) => Goal::Exactly(k),
        },
    };
    let best = best(statement)?;
    let count = usize::try_from(statement.rows).map_err(|_| Unfit::Sizes)?;
    let Accuracy { architecture, schema, model, data, rows, .. } = statement;
    let (model, labels) = (Part::Committed(*model), Part::Public(*data));
    let stated = Stated {
        label,
        architecture,
        schema,
        rows: *rows,
        input,
        model,
        labels,
        goal,
        best,
        share: None,
        squares: None,
        numbers: None,
    };
    stated.check()?;
    if goal.is_stated_for(count) { Ok(stated) } else { Err(Unfit::Score) }
}

/// How many answers a label may be among, if the score is about the best of several.
fn best(statement: &Accuracy) -> Result<Option<u16>, Unfit> {
    let Score::Top(TopScore { best, .. }) = statement.score else { return Ok(None) };
    // A leaf of a tree has one class and no second best.
    if matches!(statement.architecture, Architecture::DecisionTree(_)) {
        return Err(Unfit::Ranks);
    }
    let is_some = 1 <= best && usize::from(best) <= statement.schema.classes().len();
    if is_some { Ok(Some(best)) } else { Err(Unfit::Best) }
}

/// What is claimed of public rows, if they are the ones that the statement names.
pub(super) fn public<'a>(
    statement: &Accuracy,
    stated: &Stated<'_>,
    table: &'a Table,
) -> Result<Claim<'a>, Unfit> {
    let is_fit = u32::try_from(table.rows()) == Ok(statement.rows)
        && *table.schema() == statement.schema
        && statement.modes == MODES;
    if !is_fit || table.digest() != statement.data {
        return Err(Unfit::Data);
    }
    let labels = table.labels();
    if let Score::Class(score) = statement.score
        && !figure::counts(&score, labels)
    {
        return Err(Unfit::Positives);
    }
    Ok(Claim { rows: Rows::Public(table), labels: Labels::Public(labels), goal: stated.goal })
}

/// What is claimed of committed rows.
pub(super) fn committed<'a>(
    statement: &Accuracy,
    stated: &Stated<'_>,
    table: Option<&'a Table>,
) -> Result<Claim<'a>, Unfit> {
    if statement.modes != MODES_COMMITTED {
        return Err(Unfit::Modes);
    }
    Ok(Claim { rows: Rows::Committed(table), labels: Labels::OfRows, goal: stated.goal })
}
