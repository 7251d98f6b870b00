//! The prover's half.

use super::{Circuit, Proof, challenger};
use crate::channel::{Prover, Verifier};
use crate::field::F;
use crate::pads;
use crate::pcs;
use crate::relations::Relations;
use crate::watch::{Cancelled, Progress};
use crate::{closing, products};
use assay_codec::Digest;
use rand::{SeedableRng, rngs::StdRng};

/// A circuit together with the means to prove it.
pub trait Witness: Circuit {
    /// Fills the circuit's blocks of `cells`; whatever is not witness must be drawn from `rng`:
    /// columns of which readings are revealed end in [`BLIND_ROWS`](crate::pads::BLIND_ROWS)
    /// uniform rows.
    fn fill(&self, cells: &mut [F], rng: &mut StdRng);

    /// Sends the messages that [`Circuit::verify`] receives, unless it is stopped on the way.
    fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled>;
}

/// Why nothing was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// The commitment has no such size.
    #[error(transparent)]
    Size(#[from] pcs::SizeError),
    /// The circuit's verifier refuses the circuit's own messages: a fault in the circuit.
    #[error("the circuit refuses its own prover: {0}")]
    Circuit(#[from] crate::channel::Rejection),
    /// Whoever follows the proof stopped it.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Proves what `circuit` describes, for the statement with this digest, and returns the encoded
/// proof.
///
/// A false witness gives a proof that does not verify. `seed` is 32 bytes of the operating system's
/// randomness, used once: two proofs from one seed may reveal what both hide.
pub fn prove(
    circuit: &impl Witness,
    statement: &[u8; 32],
    seed: &[u8; 32],
    progress: Progress<'_>,
) -> Result<Vec<u8>, CommitError> {
    let layout = circuit.layout();
    progress.phase("witness")?;
    let mut rng = StdRng::from_seed(Digest::of_bytes("assay engine cells", seed).0);
    let mut cells = vec![F::default(); 1 << layout.variables()];
    circuit.fill(&mut cells, &mut rng);
    pads::fill(&mut cells, layout.region(), &mut rng);

    progress.phase("commitment")?;
    let (commitment, secret) = pcs::commit(
        &layout.params()?,
        cells,
        &Digest::of_bytes("assay engine commitment", seed).0,
    )?;
    let mut challenger = challenger(circuit, statement);
    commitment.observe(&mut challenger);

    let mut prover = Prover::new(challenger.clone(), layout, secret.cells());
    circuit.prove(&mut prover, &mut *progress)?;
    products::prove(&mut prover);

    progress.phase("relations")?;
    let mut replay = Verifier::new(challenger, layout, prover.messages());
    let mut relations = Relations::default();
    super::verify::record(circuit, &mut replay, &mut relations)?;
    drop(replay);
    let functional = relations.batch(prover.challenge());

    progress.phase("last sum-check")?;
    let points = closing::prove(&mut prover, layout, &functional);
    let (messages, mut challenger) = prover.finish();
    if messages.clear.len() != layout.region().clear_count() {
        return Err(crate::channel::Rejection::Budget("clear scalars").into());
    }

    progress.phase("opening")?;
    let opening = pcs::open(secret, &points, &mut challenger);
    Ok(Proof { commitment, messages, opening }.encode())
}
