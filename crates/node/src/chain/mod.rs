//! The thread that owns the chain.

mod actor;
mod desk;
mod lanes;
mod mailbox;
#[cfg(test)]
mod tests;

pub use actor::{Pace, start};
pub use desk::Refused;
pub use mailbox::{Gone, Mailbox, Seen};
