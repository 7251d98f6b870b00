//! The layer alone.

use super::forge::Forge;
use crate::alone::Alone;
use crate::tree::{Shape, Tree};
use crate::{Claim, Execution, Goal, Kept, Labels, Rows};
use assay_engine::session::Rejection;
use assay_model::ops::tree::NodeTable;
use assay_model::{Architecture, Table};

/// What a prover does to the honest cells.
pub(super) type Tamper<'a> = &'a dyn Fn(&mut Forge<'_>);

/// The layer over public rows; the labels need not be the table's.
pub(super) fn alone<'a>(
    model: &'a NodeTable,
    table: &'a Table,
    goal: Goal,
    labels: Labels<'a>,
    tamper: Tamper<'a>,
) -> Alone<'a, Tree<'a>> {
    let kept = Kept { rows: false, answers: labels.kept() };
    let claim = Claim { rows: Rows::Public(table), labels, goal };
    let execution = Execution::of(Vec::new());
    let tamper = Box::new(move |tree: &Tree<'_>, cells: &mut [_]| {
        tamper(&mut Forge::new(tree, cells));
    });
    let architecture = Architecture::DecisionTree(model.bounds());
    Alone::new::<Shape>(&architecture, kept, claim, (model, execution), tamper)
}

/// Proves and verifies.
pub(super) fn verdict(
    model: &NodeTable,
    table: &Table,
    goal: Goal,
    tamper: Tamper<'_>,
) -> Result<(), Rejection> {
    alone(model, table, goal, Labels::Public(table.labels()), tamper).verdict()
}
