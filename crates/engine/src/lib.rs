//! The proof engine: field, transcript, and one folder per protocol.

pub mod challenger;
pub mod field;
pub mod pcs;
pub mod security;
