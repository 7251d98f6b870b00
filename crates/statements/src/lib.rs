//! What is proven about models, end to end: one folder per statement.
//!
//! - [`commit`]: the salted, long-lived commitment to a model;
//! - [`rows`]: the salted commitment to rows that stay hidden, [`answers`]: to what is answered;
//! - [`accuracy`]: the model behind a commitment answers so many rows correctly;
//! - [`inference`]: a model answers these rows so, with classes or numbers, each part public, committed or
//!   hidden;
//! - [`regression`]: a model answers rows with numbers, so far from their targets;
//! - [`delivery`]: a ciphertext decrypts to the model behind a commitment.

pub mod accuracy;
pub mod answers;
mod batches;
mod chain;
mod circuit;
pub mod commit;
pub mod delivery;
#[cfg(feature = "prove")]
mod engine_errors;
pub mod inference;
mod numbers;
pub mod regression;
pub mod rows;
mod sum;
mod terms;
mod work;

pub use assay_engine::security::Terms;
#[cfg(feature = "prove")]
pub use assay_engine::session::{Cancelled, Progress, Watch};
#[cfg(feature = "prove")]
use engine_errors::from_engine;
pub use work::Work;
