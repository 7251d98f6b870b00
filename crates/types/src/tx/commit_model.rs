//! Fixing the model before the test set is shown.

use super::typed::{Head, Typed, contents, digest, field};
use crate::{JobId, ModelCommitment};
use assay_model::Architecture;

/// Fix the model, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitModel {
    /// The job.
    pub job: JobId,
    /// Its salted commitment.
    pub model: ModelCommitment,
    /// Its shape and declared bounds, under which it is committed.
    pub architecture: Architecture,
}

assay_codec::record!(CommitModel { job, model, architecture });

#[allow(missing_docs, reason = "a message's fields are explained at the action's")]
mod message {
    alloy_sol_types::sol! {
        #[derive(Debug)]
        struct CommitModel {
            address from;
            uint64 nonce;
            uint64 validUntil;
            uint256 maxFee;
            bytes32 job;
            bytes32 model;
            string architecture;
            bytes32 contents;
        }
    }
}

impl Typed for CommitModel {
    type Message = message::CommitModel;

    fn message(&self, head: Head) -> Self::Message {
        message::CommitModel {
            from: head.from,
            nonce: head.nonce,
            validUntil: head.valid_until,
            maxFee: head.max_fee,
            job: digest(self.job.0),
            model: field(&self.model.0),
            architecture: describe(&self.architecture),
            contents: contents(self),
        }
    }
}

fn describe(architecture: &Architecture) -> String {
    match architecture {
        Architecture::DecisionTree(bounds) => format!(
            "decision tree, {} features, {} classes, depth {}, {} slots",
            bounds.features(),
            bounds.classes(),
            bounds.depth(),
            bounds.slots()
        ),
        Architecture::Network(program) => format!(
            "network, {} features, {} classes, {} nodes, {} parameters",
            program.features(),
            program.classes(),
            program.nodes().len(),
            program.parameter_layout().parameters()
        ),
        Architecture::Forest(bounds) => format!(
            "forest, {} features, {} classes, {} trees, depth {}, {} slots",
            bounds.features(),
            bounds.classes(),
            bounds.trees(),
            bounds.depth(),
            bounds.slots()
        ),
        // Whatever it is, `contents` binds it.
        _ => "other".to_owned(),
    }
}
