//! Programs, encodings, execution.

mod exec;
mod reference;
