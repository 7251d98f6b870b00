//! The nouns of the market, shared by every crate that speaks to it.
//!
//! Identifiers, amounts and heights are newtypes without `From<u64>`, so that a height cannot be passed
//! where an amount is meant. What has a rule keeps it: [`Curve`], [`Threshold`], [`Genesis`], [`Signature`]
//! and [`bounded`] values exist only in their valid form, decoded or made.
//!
//! - [`tx`]: what people ask of the ledger, and the EIP-712 digests that their wallets sign;
//! - [`Listing`], [`Limits`], [`Curve`], [`Algorithm`]: what is offered and asked for;
//! - [`statement`]: what a proof asserts; [`Blobs`]: proofs and ciphertexts, named by hash;
//! - [`Event`], [`log`], [`merkle`], [`header`], [`Genesis`]: what happened, and how it is shown offline;
//! - [`state`], [`map`]: what a state root is made of, and proofs of single entries;
//! - [`validators`]: who orders the blocks, and when enough of them agree; [`stake`]: what they can lose.
//!
//! ```
//! use assay_types::{Amount, Curve, Shape};
//!
//! let (floor, cap) = (Amount::new(1), Amount::new(1_000));
//! let shape = Shape::Exponential { base: Amount::new(10), growth_ppm: 500_000 };
//! let curve = Curve::new(shape, floor, cap, None).unwrap();
//! let prices: Vec<u128> = [0, 1, 2, 99].iter().map(|&sales| curve.price(sales).get()).collect();
//! assert_eq!(prices, [10, 15, 23, 1_000]);
//! ```

mod algorithm;
mod amount;
mod blob;
pub mod bounded;
mod curve;
mod event;
mod field;
mod genesis;
pub mod header;
mod ids;
mod listing;
pub mod log;
pub mod map;
pub mod merkle;
mod signature;
pub mod stake;
pub mod state;
pub mod statement;
mod terms;
pub mod tx;
pub mod validators;

/// What the types here are made of, for crates that need no more of the model than its shape.
pub use assay_model::{
    Architecture, ClassWeight, Criterion, Descent, ForestParameters, Image, Layer, Loss,
    MaxFeatures, NetworkParameters, Ratio, Sampling, Schedule, Schema, Splitter, TableSize,
    TreeParameters,
    ops::{forest, network, tree::Bounds as TreeBounds},
};

pub use algorithm::{Algorithm, AlgorithmName, Misfit, Offered, PROGRAM_BYTES_MAX};
pub use amount::Amount;
pub use blob::{BLOB_BYTES_MAX, BLOBS_MAX, BlobId, Blobs, ciphertext_bytes};
pub use curve::{Curve, GROWTH_PPM_MAX, GROWTH_PPM_MIN, PRICE_MAX, STEPS_MAX, Shape, Step};
pub use event::{Event, Manner, Sale};
pub use field::{FIELD_ORDER, FieldDigest};
pub use genesis::{ACCOUNTS_MAX, Genesis, NOBODY, Parameters, WHOLE_PPM};
pub use header::{Certified, Finality, Header};
pub use ids::{Address, DatasetId, Height, JobId, ModelCommitment, StatementDigest};
pub use listing::{Card, DataCommitment, Limits, Listing, Windows};
pub use log::{LogEntry, Topic};
pub use signature::{Signature, address_of, recover};
pub use terms::{Disclosure, Metric, TestCommitment, Threshold};
pub use tx::{Action, SignedTx, Tx};
pub use validators::{Certificate, DoubleVote, Orderer, Validator, Validators};
