//! The encoding of a proof.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{EF, F, POINTS, Proof, Rejection};
use crate::cells::Layout;
use crate::channel::Messages;
use crate::pcs::{self, Commitment, Opening};
use assay_codec::{Decode, Encode, Error, Reader};
use p3_field::{BasedVectorSpace, PrimeField32};

impl Proof {
    /// Returns the encoding.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.commitment.encode(&mut out);
        for scalar in self.messages.hidden.iter().chain(&self.messages.clear) {
            let coefficients: &[F] = scalar.as_basis_coefficients_slice();
            coefficients.iter().for_each(|c| c.as_canonical_u32().encode(&mut out));
        }
        out.extend(self.opening.to_bytes());
        out
    }

    /// Reads the proof of a circuit with this layout, and nothing behind it.
    pub fn decode(layout: &Layout, bytes: &[u8]) -> Result<Self, Rejection> {
        let mut from = Reader::new(bytes);
        let commitment = Commitment::decode(&mut from)?;
        let region = layout.region();
        let hidden = scalars(&mut from, region.hidden_count(layout.variables()))?;
        let clear = scalars(&mut from, region.clear_count())?;
        let params = layout.params().map_err(pcs::Rejection::from)?;
        let rest = from.take(from.left())?;
        let opening = Opening::from_bytes(&params, POINTS, rest)?;
        Ok(Self { commitment, messages: Messages { hidden, clear }, opening })
    }
}

fn scalars(from: &mut Reader<'_>, count: usize) -> Result<Vec<EF>, Error> {
    let bytes = <EF as BasedVectorSpace<F>>::DIMENSION.saturating_mul(4);
    if from.left() < count.saturating_mul(bytes) {
        return Err(Error::Truncated { wanted: count.saturating_mul(bytes), left: from.left() });
    }
    (0..count).map(|_| scalar(from)).collect()
}

fn scalar(from: &mut Reader<'_>) -> Result<EF, Error> {
    let mut coefficients = [F::default(); <EF as BasedVectorSpace<F>>::DIMENSION];
    for coefficient in &mut coefficients {
        let value = u32::decode(from)?;
        if F::ORDER_U32 <= value {
            return Err(Error::Invalid("a field element is not canonical"));
        }
        *coefficient = F::new(value);
    }
    EF::from_basis_coefficients_slice(&coefficients)
        .ok_or(Error::Invalid("a scalar has five coefficients"))
}
