//! What a party did, as it is told.

use crate::{
    failure::{Code, Failure, Result},
    inputs,
    output::report,
};
use assay_agent::Act;
use assay_ledger::job::Ending;
use assay_types::JobId;
use assay_types::statement::Score;
use serde_json::{Map, Value};

/// Tells what was done. A failed transaction and a window that was let pass are errors.
pub(crate) fn did(act: &Act) -> Result<Map<String, Value>> {
    let entries = |what: &str, job: &JobId| report! { "did": what, "job": job.to_string() };
    Ok(match act {
        Act::Declined { job, reason } => {
            extended(entries("declined", job), report! { "reason": reason.to_string() })
        }
        Act::Committed { job, model, .. } => {
            extended(entries("committed", job), report! { "model_commitment": model.to_string() })
        }
        Act::TestOpened { job } => entries("opened the test set", job),
        Act::Passed { job, score, accuracy_bytes, delivery_bytes, ciphertext_bytes } => {
            let sizes = report! {
                "proof_bytes": accuracy_bytes,
                "delivery_proof_bytes": delivery_bytes,
                "ciphertext_bytes": ciphertext_bytes,
            };
            extended(extended(entries("proved a pass", job), scored(*score)), sizes)
        }
        Act::Missed { job, score, proof_bytes } => {
            let size = report! { "proof_bytes": proof_bytes };
            extended(extended(entries("proved a miss", job), scored(*score)), size)
        }
        Act::Conceded { job, reason } => {
            extended(entries("conceded", job), report! { "reason": reason.to_string() })
        }
        Act::Checked { job } => entries("verified both proofs", job),
        Act::Revealed { job } => entries("revealed the key", job),
        Act::Received { job } => entries("received the model", job),
        Act::Closed { job, ending } => closed(job, *ending)?,
        Act::Failed { tx, code, .. } => {
            let message = format!("transaction {tx} was charged and failed (rule {code})");
            return Err(Failure::new(Code::Error, message).hint("it is not tried again"));
        }
        _ => return Err(Failure::new(Code::Error, "this program does not know what was done")),
    })
}

fn extended(mut entries: Map<String, Value>, more: Map<String, Value>) -> Map<String, Value> {
    entries.extend(more);
    entries
}

fn scored(score: Score) -> Map<String, Value> {
    let mut entries = Map::new();
    inputs::report_score(&mut entries, (score, None), None);
    entries
}

/// Tells how a job has ended: a window that passed is an error, the other endings are results.
fn closed(job: &JobId, ending: Ending) -> Result<Map<String, Value>> {
    let (who, money) = match ending {
        Ending::Expired | Ending::OwnerDefault => {
            ("the owner", "price and evaluation fee went back to the buyer")
        }
        Ending::BuyerDefault => {
            ("the buyer", "the evaluation fee went to the owner, the price back to the buyer")
        }
        Ending::Declined | Ending::Conceded | Ending::Missed | Ending::Settled => {
            return Ok(report! {
                "did": "closed",
                "job": job.to_string(),
                "ending": ending.to_string(),
            });
        }
    };
    let message = format!("job {job} has ended, {ending}: {who} let a window pass");
    Err(Failure::new(Code::Deadline, message).hint(money))
}
