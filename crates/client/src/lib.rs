//! The market of a node, over HTTP: what an agent asks of a chain in its own process, it can ask of one
//! elsewhere.
//!
//! The node is believed in what it says of the market, as a chain in the same process is; what it
//! cannot do is to act for a party, or to forge a receipt. An agent checks proofs and openings itself. Whoever
//! believes no node asks through [`light`]; [`Snapshots`] fetches a whole state, which is not believed either.

pub mod light;
mod node;
mod snapshot;
#[cfg(test)]
mod tests;
mod transport;
mod trust;

pub use node::{NoNode, Node};
pub use snapshot::{NoSnapshot, Snapshots};
pub use trust::{Distrust, NoAuthorities, Trust};
