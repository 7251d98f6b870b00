//! The nouns of the market, shared by every crate that speaks to it.
//!
//! Identifiers, amounts and heights are newtypes without `From<u64>`, so that a height cannot be passed
//! where an amount is meant. [`statement`] describes what a proof asserts.

mod amount;
mod field;
mod ids;
pub mod statement;

pub use amount::Amount;
pub use field::{FIELD_ORDER, FieldDigest};
pub use ids::{Address, DatasetId, Height, JobId, ModelCommitment, StatementDigest};
