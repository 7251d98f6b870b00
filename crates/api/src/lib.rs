//! What a node says over HTTP: paths, documents, problems, and the description of all of them.
//!
//! - [`routes`]: every path, what it answers and what it takes; [`openapi`] describes them;
//! - [`account`], [`listing`], [`job`], [`block`], [`event`], [`quote`]: what is shown of the market;
//! - [`receipt`]: receipts, verified and shown;
//! - [`state`]: an entry of the state, with its proof;
//! - [`Problem`]: why a request was not served;
//! - [`Submission`]: what a wallet hands in; [`typed`]: the same as browsers' wallets sign it.
//!
//! A document shows a value in fields that people and scripts read, and carries its canonical
//! encoding in the field `canonical`, which programs of this project decode ([`canonical`]). Amounts
//! are decimal strings, since they may be beyond what a JavaScript number holds; digests, addresses
//! and keys are hexadecimal with `0x`.

pub mod account;
pub mod block;
mod document;
pub mod event;
pub mod job;
pub mod listing;
pub mod openapi;
mod parameters;
mod problem;
pub mod quote;
pub mod receipt;
pub mod routes;
pub mod stake;
pub mod state;
mod submission;
pub mod typed;

pub use document::{bytes, canonical, page, with_canonical};
pub use problem::Problem;
pub use submission::{SUBMISSION_BYTES_MAX, Submission};

/// Builds the fields of a document: `fields! { "rows": rows, "statement": digest }`.
macro_rules! fields {
    ($($key:literal: $value:expr),* $(,)?) => {{
        let mut entries = serde_json::Map::new();
        $(entries.insert($key.to_owned(), serde_json::json!($value));)*
        entries
    }};
}
pub(crate) use fields;
