//! The thread that owns the chain.

mod actor;
mod mailbox;

pub use actor::start;
pub use mailbox::{Gone, Mailbox, Seen};
