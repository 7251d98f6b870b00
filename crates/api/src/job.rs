//! Jobs, as they are shown.

use crate::fields;
use assay_ledger::job::{Job, Stage};
use assay_types::JobId;
use assay_types::statement::Privacy;
use serde_json::{Map, Value};

/// What everybody can know of a job.
pub fn shown(id: &JobId, job: &Job) -> Map<String, Value> {
    let model = match &job.stage {
        Stage::Committed(model) | Stage::Testing(model, _) | Stage::Proven(model, ..) => {
            Some(model)
        }
        Stage::Opened | Stage::Ended(_) => None,
    };
    fields! {
        "job": id.to_string(),
        "stage": job.stage.name().to_string(),
        "turn": turn(job),
        "deadline": job.is_live().then_some(job.deadline.get()),
        "dataset": job.request.dataset.to_string(),
        "version": job.request.version,
        "owner": job.owner.to_string(),
        "buyer": job.buyer.to_string(),
        "algorithm": job.request.algorithm.to_string(),
        "rows": job.request.rows,
        "threshold": job.request.threshold.to_string(),
        "at_least": job.needed,
        "price": job.price.to_string(),
        "evaluation_fee": job.evaluation_fee.to_string(),
        "escrow": job.escrow.to_string(),
        "opened": job.opened.get(),
        "model_commitment": model.map(|model| model.commitment.to_string()),
        "test_commitment": job.request.test.to_string(),
        "test_set": job.table().map(|digest| digest.to_string()),
        "test_set_seen_by": match job.request.test_privacy {
            Privacy::Public => "everybody",
            _ => "the owner",
        },
    }
}

/// Whose step comes next.
fn turn(job: &Job) -> Option<&'static str> {
    match job.stage {
        Stage::Committed(_) => Some("buyer"),
        Stage::Opened | Stage::Testing(..) | Stage::Proven(..) => Some("owner"),
        Stage::Ended(_) => None,
    }
}
