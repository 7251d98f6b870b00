//! Votes: BLS12-381 with public keys in G1 and signatures in G2, as Ethereum's validators use it.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use super::POSSESSION;
use assay_codec::{Decode, Encode, Error, Reader, to_hex};
use blst::BLST_ERROR;
use blst::min_pk::{PublicKey, Signature};
use std::fmt;

/// The suite of votes (draft-irtf-cfrg-bls-signature-05, section 4.2.3).
pub const VOTE_DST: &[u8] = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
/// The suite of proofs of possession.
pub const POSSESSION_DST: &[u8] = b"BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

/// The public key of votes: a point of the right order and not the identity, compressed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct VoteKey([u8; 48]);

/// A vote, or the sum of many: compressed bytes. What they are is found out when they are verified.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VoteSignature(pub [u8; 96]);

impl VoteKey {
    /// Checks that `bytes` are a key.
    pub fn new(bytes: [u8; 48]) -> Result<Self, &'static str> {
        match PublicKey::key_validate(&bytes) {
            // Uncompressed points are longer, so that these bytes are the only encoding.
            Ok(_) => Ok(Self(bytes)),
            Err(_) => Err("a vote key is a point of the group of BLS12-381, and not its identity"),
        }
    }

    /// Returns the compressed point.
    pub fn as_bytes(&self) -> &[u8; 48] {
        &self.0
    }

    /// Whether `proof` shows that somebody has the secret of this key.
    pub fn is_possessed(&self, proof: &VoteSignature) -> bool {
        let message = under(POSSESSION, &self.0);
        holds(&[self], &message, POSSESSION_DST, proof)
    }
}

/// Whether `sum` is the sum of one vote of each of `keys` on `message`; never for no key.
pub(super) fn voted(keys: &[&VoteKey], message: &[u8], sum: &VoteSignature) -> bool {
    holds(keys, message, VOTE_DST, sum)
}

fn holds(keys: &[&VoteKey], message: &[u8], dst: &[u8], sum: &VoteSignature) -> bool {
    // Membership in the group is looked at here for the signature, and was for the keys.
    let Ok(sum) = Signature::sig_validate(&sum.0, true) else { return false };
    let points: Result<Vec<_>, _> = keys.iter().map(|key| PublicKey::from_bytes(&key.0)).collect();
    let Ok(points) = points else { return false };
    let points: Vec<_> = points.iter().collect();
    sum.fast_aggregate_verify(false, message, dst, &points) == BLST_ERROR::BLST_SUCCESS
}

/// Puts a namespace before a message, with its length before that.
pub(super) fn under(namespace: &[u8], message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(&mut out, u64::try_from(namespace.len()).unwrap_or(u64::MAX));
    out.extend_from_slice(namespace);
    out.extend_from_slice(message);
    out
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while let Some(rest) = value.checked_shr(7).filter(|&rest| rest != 0) {
        out.push((value & 0x7f) as u8 | 0x80);
        value = rest;
    }
    out.push(value as u8);
}

impl fmt::Display for VoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl fmt::Debug for VoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for VoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl fmt::Debug for VoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Encode for VoteKey {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
}

impl Decode for VoteKey {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(from.array()?).map_err(Error::Invalid)
    }
}

assay_codec::transparent!(VoteSignature);
