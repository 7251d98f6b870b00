//! The market as a whole: every interleaving of a job's transactions, random histories of many parties,
//! and the log that they leave. What is expected is computed here, from the table of the rules alone
//! ([`table`]) and from the events alone ([`books`]), and shares no code with the ledger.

#![allow(clippy::unwrap_used, reason = "in a test, what fails must panic")]
#![allow(clippy::print_stdout, reason = "what was covered is shown beside the test's result")]
#![allow(clippy::wildcard_imports, reason = "a test of the whole market names most of its nouns")]

mod books;
mod codes;
mod histories;
mod log;
mod oracle;
mod pieces;
mod random;
mod setting;
mod state;
mod table;
mod unchanged;
mod walk;
