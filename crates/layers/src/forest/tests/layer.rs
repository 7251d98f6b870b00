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

/// The layer.
pub(super) fn alone<'a>(
    model: &'a ForestTable,
    table: &'a Table,
    goal: Goal,
    tamper: Tamper<'a>,
) -> Alone<'a, Forest<'a>> {
    let claim = Claim { rows: Rows::Public(table), labels: Labels::Public(table.labels()), goal };
    let execution = Execution::of(Vec::new());
    let tamper = Box::new(move |forest: &Forest<'_>, cells: &mut [_]| {
        tamper(&mut Forge::new(forest, cells));
    });
    let architecture = Architecture::Forest(model.bounds());
    Alone::new::<Shape>(&architecture, Kept::default(), claim, (model, execution), tamper)
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
