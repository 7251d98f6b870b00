//! The layer by itself: dishonest provers, agreement with execution, and what the clear readings
//! tell.
//!
//! A [`forge`] writes cells as a dishonest prover would, and [`rules`] says in plain arithmetic
//! which constraints they break, so that a test knows that nothing but the constraint it names can
//! have rejected them.

mod agreement;
mod best;
mod cheats;
mod forge;
mod kept;
mod layer;
mod readings;
mod rules;
