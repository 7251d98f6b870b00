//! The proof engine: field, transcript, and one folder per protocol.

pub mod field;
