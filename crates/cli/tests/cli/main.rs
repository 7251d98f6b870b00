//! The built program, run as a person or another program runs it.

mod claims;
mod models;
mod session;
mod usage;
