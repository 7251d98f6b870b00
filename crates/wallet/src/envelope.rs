//! Messages that one party seals to another: HPKE (RFC 9180) in base mode with X25519, HKDF-SHA256
//! and ChaCha20-Poly1305.
//!
//! The purpose and the context (a job, a listing) enter the key schedule, so that a message sealed for
//! one job opens for no other. Base mode does not say who sealed; the transaction that carries the
//! message does.

use crate::{Keys, Random};
use assay_codec::{Digest, Encode, put_str};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable,
    aead::ChaCha20Poly1305,
    kdf::HkdfSha256,
    kem::X25519HkdfSha256,
    rand_core::{TryCryptoRng, TryRng},
};
use std::convert::Infallible;
use zeroize::Zeroizing;

/// Bytes that a message grows by: the encapsulated key and the tag.
pub const OVERHEAD_BYTES: usize = 32 + 16;

/// Longest message: the size of the largest blob of the ledger.
pub const MESSAGE_BYTES_MAX: usize = 16 << 20;

/// What a message is for. Messages for different purposes never open as each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The buyer's secret of a job, for the owner.
    BuyerSecret,
    /// A private test set, for the owner.
    TestSet,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::BuyerSecret => "assay/envelope/buyer-secret/1",
            Self::TestSet => "assay/envelope/test-set/1",
        }
    }
}

/// Why a message could not be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The message is too long.
    #[error("a message has at most {MESSAGE_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// The recipient's key is not a usable X25519 key.
    #[error("the recipient's key is not a usable X25519 key")]
    Recipient,
    /// The bytes were not sealed to this key, purpose and context, or were changed.
    #[error("the message was not sealed for this recipient, purpose and context, or was changed")]
    Open,
}

/// Seals `message` to the holder of `recipient`.
pub fn seal(
    message: &[u8],
    recipient: &[u8; 32],
    purpose: Purpose,
    context: &Digest,
    random: Random<'_>,
) -> Result<Vec<u8>, Error> {
    if MESSAGE_BYTES_MAX < message.len() {
        return Err(Error::TooLong(message.len()));
    }
    let recipient = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(recipient)
        .map_err(|_| Error::Recipient)?;
    let (encapsulated, ciphertext) =
        hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &recipient,
            &info(purpose, context),
            message,
            &[],
            &mut Source(random),
        )
        .map_err(|_| Error::Recipient)?;
    Ok([encapsulated.to_bytes().as_slice(), &ciphertext].concat())
}

/// Opens what [`seal`] made for these keys.
pub fn open(
    sealed: &[u8],
    keys: &Keys,
    purpose: Purpose,
    context: &Digest,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if MESSAGE_BYTES_MAX + OVERHEAD_BYTES < sealed.len() {
        return Err(Error::TooLong(sealed.len()));
    }
    let (encapsulated, ciphertext) = sealed.split_at_checked(32).ok_or(Error::Open)?;
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated)
        .map_err(|_| Error::Open)?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &keys.decryption_key(),
        &encapsulated,
        &info(purpose, context),
        ciphertext,
        &[],
    )
    .map(Zeroizing::new)
    .map_err(|_| Error::Open)
}

fn info(purpose: Purpose, context: &Digest) -> Vec<u8> {
    let mut out = Vec::new();
    put_str(&mut out, purpose.label());
    context.encode(&mut out);
    out
}

/// Shows a [`Random`] to the HPKE library.
struct Source<'a>(Random<'a>);

impl TryRng for Source<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        (self.0)(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        (self.0)(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        (self.0)(out);
        Ok(())
    }
}

impl TryCryptoRng for Source<'_> {}

#[cfg(test)]
mod tests;
