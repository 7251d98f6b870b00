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

use super::{MODES, Rejection, Unfit, bound};
use crate::circuit::{Circuit, Squared, Stated, by_architecture};
use assay_engine::session;
use assay_layers::squares::{Goal as Bound, Shape};
use assay_layers::{Claim, Goal, Labels, Rows, Sizes};
use assay_model::regression::Table;
use assay_types::StatementDigest;
use assay_types::statement::{Part, Regression};

/// Checks `proof` against `statement` and the public rows.
pub fn verify(statement: &Regression, table: &Table, proof: &[u8]) -> Result<(), Rejection> {
    fn verify<S: Sizes>(
        digest: &StatementDigest,
        stated: &Stated<'_>,
        claim: Claim<'_>,
        proof: &[u8],
    ) -> Result<(), Rejection> {
        let circuit = Circuit::<S>::new(stated, claim, None).map_err(Unfit::from)?;
        Ok(session::verify(&circuit, &digest.0.0, proof)?)
    }
    let (stated, claim) = public(statement, table)?;
    let otherwise = Err(Unfit::Architecture.into());
    let digest = statement.digest();
    by_architecture!(stated.architecture, otherwise, verify(&digest, &stated, claim, proof))
}

/// What `statement` says of sizes, if anything.
pub(super) fn stated(statement: &Regression) -> Result<Stated<'_>, Unfit> {
    if statement.modes != MODES {
        return Err(Unfit::Modes);
    }
    bound::check(&statement.score)?;
    let Regression { architecture, schema, model, data, rows, .. } = statement;
    let count = usize::try_from(*rows).map_err(|_| Unfit::Sizes)?;
    if count == 0 {
        return Err(Unfit::Sizes);
    }
    let shape = Shape::new(count, schema.scale().error_bits()).ok_or(Unfit::Wraps)?;
    let reading = architecture.reading();
    let bound = Bound { bound: 0, is_missed: statement.score.is_missed };
    let stated = Stated {
        label: "assay/regression/2",
        architecture: architecture.graph(),
        schema: schema.names(),
        rows: *rows,
        input: Part::Public(*data),
        model: Part::Committed(*model),
        labels: Part::Public(*data),
        goal: Goal::AtLeast(0),
        best: None,
        share: None,
        squares: Some(Squared { shape, goal: bound, reading, targets: &[] }),
        numbers: None,
    };
    stated.check()?;
    Ok(stated)
}

/// What `statement` says and claims of public rows, if they are the ones that it names.
pub(super) fn public<'a>(
    statement: &'a Regression,
    table: &'a Table,
) -> Result<(Stated<'a>, Claim<'a>), Unfit> {
    let mut stated = stated(statement)?;
    let is_fit = u32::try_from(table.targets().len()) == Ok(statement.rows)
        && *table.schema() == statement.schema;
    if !is_fit || table.digest() != statement.data {
        return Err(Unfit::Data);
    }
    let most = bound::most(&statement.score, table)?;
    let goal = Bound { bound: most, is_missed: statement.score.is_missed };
    if let Some(squares) = &mut stated.squares {
        if !squares.shape.states(&goal) {
            return Err(Unfit::Score);
        }
        (squares.goal, squares.targets) = (goal, table.targets());
    }
    let rows = table.rows();
    let labels = Labels::Public(rows.labels());
    Ok((stated, Claim { rows: Rows::Public(rows), labels, goal: stated.goal }))
}
