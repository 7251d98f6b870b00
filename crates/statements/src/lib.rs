//! What is proven about models, end to end: one folder per statement.
//!
//! - [`commit`]: the salted, long-lived commitment to a model;
//! - [`rows`]: the salted commitment to rows that stay hidden;
//! - [`accuracy`]: the model behind a commitment answers so many rows correctly;
//! - [`delivery`]: a ciphertext decrypts to the model behind a commitment.

pub mod accuracy;
pub mod commit;
pub mod delivery;
pub mod rows;
mod terms;
