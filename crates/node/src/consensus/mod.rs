//! Blocks ordered by many validators: simplex, behind the chain.
//!
//! Everything of the consensus library stays in this module. The chain says what is valid (`assay_chain::Proposal`
//! and the three methods that judge it); this module finds out what is agreed.
//!
//! | file | what it does |
//! |---|---|
//! | [`keys`] | a validator's secrets, and the set of a genesis in the form of the library |
//! | [`block`] | a proposal as the library sends, stores and names it |
//! | [`application`] | proposes and judges, by asking the chain |
//! | [`finalizer`] | hands what is final to the chain, in order |
//! | [`proofs`] | has the proofs of a block verified before the chain executes it |
//! | [`faults`] | keeps the evidence against those who vote twice |
//! | [`accuser`] | hands that evidence in |
//! | [`epochs`], [`schemes`] | one engine for each set of validators, and what verifies its certificates |
//! | [`gossip`] | transactions, from the node where they were handed in to the others |
//! | [`beginning`] | where an engine begins, with what the chain knows |
//! | [`engine`] | puts all of it together, upon any runtime and network |
//! | [`rejoin`] | a validator that has lost what it signed watches before it votes |
//! | [`past`] | what was signed in epochs that are over is forgotten |
//! | [`standing`] | finds out that a node cannot go on, and says what to do |
//! | [`folder`] | the format of the folder |
//! | [`settings`] | the numbers that the library is given |
//! | [`network`] | authenticated connections, upon the operating system's runtime |
//!
//! The same engine runs in the deterministic simulator (`tests/sim`). `docs/design/0025-validators.md` says what is
//! signed, `0026-consensus.md` how it is agreed on.

pub mod accuser;
pub mod application;
pub mod beginning;
pub mod block;
pub mod engine;
pub mod epochs;
pub mod faults;
pub mod finalizer;
pub mod folder;
pub mod gossip;
pub mod keys;
pub mod network;
pub mod past;
pub mod proofs;
pub mod rejoin;
pub mod schemes;
pub mod settings;
pub mod standing;

use assay_api::Submission;
use assay_chain::{Answer, Chain, Verification};
use std::future::Future;

/// Where the chain is asked.
pub trait Door: Clone + Send + Sync + 'static {
    /// Asks a question that the consensus waits for, before all others. `None`: the chain has ended.
    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Chain) -> T + Send + 'static,
    ) -> impl Future<Output = Option<T>> + Send;

    /// Hands in what somebody else has taken; it has its place when this returns. Tells whether it was taken.
    fn submit(&self, submission: Submission) -> impl Future<Output = bool> + Send;

    /// Has proofs verified. Those without an answer are verified by the chain when it needs them.
    fn verify(&self, proofs: Vec<Verification>) -> impl Future<Output = Vec<Answer>> + Send;
}
