//! The rules of the market, as a pure function.
//!
//! ```text
//! SignedTx --check(&State, &impl Evidence)--> CheckedTx --apply(&mut State)--> Outcome
//! ```
//!
//! Nothing here reads a clock, a file, a socket or a random number, and nothing is verified here either:
//! signatures, proofs and openings come in through [`Evidence`]. The same state and the same checked
//! transactions give the same next state on every machine. The design is `docs/design/0002-ledger.md`.
//!
//! - [`State`] is the whole market: accounts, listings, jobs, the tips of the log. A block is
//!   [`State::open_block`], any number of [`apply`], [`State::close_block`]; its [root](State::root) is that of Merkle maps,
//!   [`State::prove`] shows what is in one, and [`Partial`] is
//!   one that comes in pieces;
//! - [`check`] alone makes a [`CheckedTx`];
//! - [`account`], [`dataset`], [`job`] and [`stake`] hold the rules, one file per transaction, each with the table of
//!   its rules in order of precedence;
//! - a [`Rejection`] is *inadmissible* when it is returned as an error: nothing has changed. It is a *failure*
//!   when it stands in an [`Outcome`]: nonce and fee have changed, and nothing else.

pub mod account;
mod apply;
mod check;
pub mod dataset;
mod envelope;
mod evidence;
mod execute;
pub mod job;
mod map;
mod rejection;
pub mod stake;
mod state;

pub use apply::{Outcome, apply};
pub use check::{CheckedTx, check};
pub use envelope::fee;
pub use evidence::{Evidence, TableFacts};
pub use rejection::Rejection;
pub use state::{
    Account, BadKey, BlockFault, Changed, Imbalance, Misplaced, PIECE_BYTES, Partial, Piece,
    PieceRejection, Proven, State, Tip, Wanted,
};
