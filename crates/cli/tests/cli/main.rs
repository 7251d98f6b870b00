//! The built program, run as a person or another program runs it.
#![allow(clippy::unwrap_used, reason = "a failed preparation fails the test")]

mod best;
mod claims;
mod daemons;
mod datasets;
mod demo;
mod figures;
mod halfway;
mod hidden_rows;
mod imports;
mod inference;
mod jobs;
mod kills;
mod kinds;
mod models;
mod networks;
mod node;
mod page;
mod parts;
mod ports;
mod private;
mod regression;
mod restored;
mod seats;
mod service;
mod session;
mod stakes;
mod states;
mod training;
mod usage;
mod validators;
mod wallets;
