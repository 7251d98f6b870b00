//! The salted commitment to a model (interface; the body arrives with the engine).

use assay_model::ops::tree::NodeTable;
use assay_types::{FieldDigest, ModelCommitment};

/// Eight uniform field elements that hide a committed model. Whoever holds model and salt can prove with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt(pub FieldDigest);

assay_codec::transparent!(Salt);

/// Commits to `model`.
pub fn commit(model: &NodeTable, salt: &Salt) -> ModelCommitment {
    let _ = (model, salt);
    todo!()
}
