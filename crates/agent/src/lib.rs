//! The owner's and the buyer's side of a sale: what each of them has to do next, and doing it once.
//!
//! - [`Market`] is the seam to the ledger: a chain in the same process today, a server tomorrow;
//! - [`Owner`] publishes a listing, trains for the jobs on it, commits, proves, delivers, reveals;
//! - [`Buyer`] orders, shows the test set, checks the proofs itself, decrypts what was delivered and keeps
//!   the receipt;
//! - [`Owner::next`] and [`Buyer::next`] do one thing that is due and say what it was ([`Step`]). They wait
//!   for nothing: who calls them decides when blocks are made.
//!
//! # Crashes
//!
//! A party is a directory: its wallet, a journal of what it has decided ([`journal`]), and the one
//! transaction that is on its way (its outbox). Secrets are in the wallet's openings before the transaction that
//! depends on them is written down; the signed transaction is in the outbox before it is sent. After a crash
//! the same transaction is sent again, and its nonce lets the ledger execute it once. Everything else follows
//! from the market's state. A transaction that was charged and failed is not tried again.
//!
//! # Privacy
//!
//! Whatever leaves a party goes through one function, which looks for rows, salts, keys and parameters in it
//! ([`gate`]) and stops what must not leave. The owner's rows are read by the trainer and by that function,
//! and by nothing else. A test set is seen by everybody once it is opened, or by the owner alone ([`Audience`]);
//! the owner then opens it anew whenever it needs it, and writes it down nowhere.
//!
//! No clock is read here, and randomness is an argument ([`Outside`]).
//!
//! *Limits.* One transaction of a party is under way at a time. A new version of a listing changes its terms,
//! never its rows.
//!
//! Place in the graph: above `chain`, `wallet`, `import`, `train`, `statements` and `receipt`; below the
//! programs.

mod buyer;
mod disk;
mod embedded;
mod error;
pub mod gate;
pub mod journal;
mod market;
mod near;
mod outbox;
mod owner;
mod party;
mod proofs;
pub mod quote;
mod statement;
mod step;
mod test_set;

pub use buyer::{Buyer, Delivered, Order, Placed, Warning};
pub use disk::Error as DiskError;
pub use error::Error;
pub use market::{Execution, Market, MarketError, Refusal};
pub use outbox::Error as OutboxError;
pub use owner::{Near, Offer, OnMiss, OnPrivate, Owner, Policy, Terms};
pub use party::Reference;
pub use step::{Act, Outside, Reason, Step, phase};
pub use test_set::Audience;
