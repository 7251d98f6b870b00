//! The layer alone.

use super::forge::Forge;
use crate::alone::Alone;
use crate::forest::{Forest, Shape};
use crate::{Claim, Execution, Goal, Kept, Labels, Rows};
use assay_engine::session::Rejection;
use assay_model::ops::forest::ForestTable;
use assay_model::{Architecture, Table};

/// What a prover does to the honest cells.
pub(super) type Tamper<'a> = &'a dyn Fn(&mut Forge<'_>);

/// The layer over public rows and labels.
pub(super) fn alone<'a>(
    model: &'a ForestTable,
    table: &'a Table,
    goal: Goal,
    tamper: Tamper<'a>,
) -> Alone<'a, Forest<'a>> {
    let labels = Labels::Public(table.labels());
    claimed(model, Claim { rows: Rows::Public(table), labels, goal }, tamper)
}

/// The layer of a claim, whose rows and answers are cells where they are not public.
pub(super) fn claimed<'a>(
    model: &'a ForestTable,
    claim: Claim<'a>,
    tamper: Tamper<'a>,
) -> Alone<'a, Forest<'a>> {
    let rows = matches!(claim.rows, Rows::Committed(_));
    claimed_kept(model, Kept { rows, answers: claim.labels.kept() }, claim, tamper)
}

/// The same with what is kept said outright.
pub(super) fn claimed_kept<'a>(
    model: &'a ForestTable,
    kept: Kept,
    claim: Claim<'a>,
    tamper: Tamper<'a>,
) -> Alone<'a, Forest<'a>> {
    let execution = Execution::of(Vec::new());
    let tamper = Box::new(move |forest: &Forest<'_>, cells: &mut [_]| {
        tamper(&mut Forge::new(forest, cells));
    });
    let architecture = Architecture::Forest(model.bounds());
    Alone::new::<Shape>(&architecture, kept, claim, (model, execution), tamper)
}

/// Proves and verifies.
pub(super) fn verdict(
    model: &ForestTable,
    table: &Table,
    goal: Goal,
    tamper: Tamper<'_>,
) -> Result<(), Rejection> {
    alone(model, table, goal, tamper).verdict()
}
