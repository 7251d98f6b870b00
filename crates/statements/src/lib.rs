//! What is proven about models, end to end: one folder per statement.
//!
//! - [`commit`]: the salted, long-lived commitment to a model;
//! - [`accuracy`]: the model behind a commitment answers so many public rows correctly;
//! - [`delivery`]: a ciphertext decrypts to the model behind a commitment.

pub mod accuracy;
pub mod commit;
pub mod delivery;
mod terms;
