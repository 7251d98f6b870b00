//! A whole proof: commitment, conversation, opening.
//!
//! # Transcript
//!
//! The circuit's label; the statement digest; the commitment; the circuit's messages; the products
//! of pads; γ; the last sum-check; the commitment again, and its opening.
//!
//! # Encoding
//!
//! 32 bytes of commitment, the hidden scalars, the clear scalars (20 bytes each), the opening.
//! There are no lengths: all counts follow from the layout, and field elements are canonical, so
//! that one proof has one encoding.

#[cfg(feature = "prove")]
mod prove;
#[cfg(feature = "prove")]
#[cfg(test)]
mod tests;
mod verify;
mod wire;

#[cfg(feature = "prove")]
pub use crate::watch::{Answer, Cancelled, Progress, Watch};
#[cfg(feature = "prove")]
pub use prove::{CommitError, Witness, prove};
pub use verify::{converse, verify};

use crate::cells::Layout;
use crate::challenger::Challenger;
use crate::channel::{self, Messages, Verifier};
use crate::closing::Openings;
use crate::field::{EF, F};
use crate::pcs;
use crate::relations::Relations;
use p3_blake3::Blake3;
use p3_challenger::CanObserve;
use p3_field::PrimeCharacteristicRing;

/// What is proven: a layout of cells and a conversation about them, both derived from a statement.
pub trait Circuit {
    /// Names the protocol and its version; absorbed first.
    fn label(&self) -> &'static str;

    /// Where the cells lie and how much is said about them.
    fn layout(&self) -> &Layout;

    /// Receives the prover's messages and records what they claim about the cells.
    ///
    /// The prover runs this too, on its own messages: it is the only description of what is proven.
    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), channel::Rejection>;
}

/// Why a proof is rejected.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The bytes are not those of a proof of this layout.
    #[error("malformed proof: {0}")]
    Malformed(#[from] assay_codec::Error),
    /// The conversation breaks off or goes wrong.
    #[error("the conversation fails: {0}")]
    Channel(#[from] channel::Rejection),
    /// What the prover said about the cells is false.
    #[error("the messages contradict the statement")]
    Relation,
    /// The commitment does not open to what was said.
    #[error("the commitment does not open: {0}")]
    Opening(#[from] pcs::Rejection),
}

/// A proof, decoded.
#[derive(Clone, Debug)]
pub struct Proof {
    /// To all cells.
    pub commitment: pcs::Commitment,
    /// The conversation.
    pub messages: Messages,
    /// At the two points in which the conversation ends.
    pub opening: pcs::Opening,
}

/// Points that every proof opens.
const POINTS: usize = 2;

/// A challenger that has absorbed label and statement.
fn challenger(circuit: &(impl Circuit + ?Sized), statement: &[u8; 32]) -> Challenger {
    let mut challenger = Challenger::from_hasher(circuit.label().as_bytes().to_vec(), Blake3);
    for pair in statement.chunks_exact(2) {
        let &[low, high] = pair else { continue };
        challenger.observe(F::from_u16(u16::from_le_bytes([low, high])));
    }
    challenger
}
