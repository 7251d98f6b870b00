//! The layer alone.

use crate::alone::Alone;
use crate::network::{Execution, Network, Plan};
use crate::{Claim, Goal, Kept, Labels, Rows, Sizes};
use assay_engine::field::F;
use assay_engine::session::Rejection;
use assay_model::ops::network as model;
use assay_model::{Architecture, Table};

/// What a prover does to the honest cells.
pub(super) type Tamper<'a> = &'a dyn Fn(&Network, &mut [F]);

/// Proves and verifies; the prover executes the rows as `execution` says.
pub(super) fn verdict(
    model: &model::Network,
    table: &Table,
    execution: &Execution,
    goal: Goal,
    tamper: Tamper<'_>,
) -> Result<(), Rejection> {
    let claim = Claim { rows: Rows::Public(table), labels: Labels::Public(table.labels()), goal };
    alone(model, claim, execution, tamper).verdict()
}

/// The layer of a claim, whose rows and answers are cells where they are not public.
pub(super) fn alone<'a>(
    model: &'a model::Network,
    claim: Claim<'a>,
    execution: &Execution,
    tamper: Tamper<'a>,
) -> Alone<'a, Network> {
    let rows = matches!(claim.rows, Rows::Committed(_));
    alone_kept(model, Kept { rows, answers: claim.labels.kept() }, claim, execution, tamper)
}

/// The same with what is kept said outright.
pub(super) fn alone_kept<'a>(
    model: &'a model::Network,
    kept: Kept,
    claim: Claim<'a>,
    execution: &Execution,
    tamper: Tamper<'a>,
) -> Alone<'a, Network> {
    let architecture = Architecture::Network(model.program().clone());
    let known = (model, execution.clone());
    let alone = Alone::new::<Plan>(&architecture, kept, claim, known, Box::new(tamper));
    assert_eq!(alone.layer.plan.budget().clear, 0, "nothing is sent in the clear");
    alone
}
