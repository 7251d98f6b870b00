//! The thread that owns the chain.

mod actor;
mod lanes;
mod mailbox;

pub use actor::{Pace, start};
pub use mailbox::{Gone, Mailbox, Seen};
