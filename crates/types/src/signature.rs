//! Recoverable secp256k1 signatures, as Ethereum's wallets make them.

use crate::Address;
use alloy_primitives::keccak256;
use assay_codec::{Decode, Encode, Error, Reader, to_hex};
use k256::ecdsa::{RecoveryId, VerifyingKey};
use std::fmt;

/// Half of the group's order, rounded down: the largest `s`.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// `r ‖ s ‖ v`, with `s` in the lower half and `v` 27 or 28, so that nobody but the signer can make a
/// second signature of the same message out of the first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 65]);

impl Signature {
    /// Checks the form of a signature; whether it belongs to anybody, [`recover`] says.
    pub fn new(bytes: [u8; 65]) -> Result<Self, &'static str> {
        let [scalars @ .., v] = bytes;
        if !matches!(v, 27 | 28) {
            return Err("the last byte of a signature is 27 or 28");
        }
        let (_, s) = scalars.split_at(32);
        if HALF_ORDER.as_slice() < s {
            return Err("the second half of a signature lies in the lower half of the order");
        }
        Ok(Self(bytes))
    }

    /// Returns `r ‖ s ‖ v`.
    pub fn as_bytes(&self) -> &[u8; 65] {
        &self.0
    }
}

/// Returns who signed `digest`, which must come out of a hash function.
pub fn recover(digest: &[u8; 32], signature: &Signature) -> Option<Address> {
    let [scalars @ .., v] = signature.0;
    let id = RecoveryId::from_byte(v.checked_sub(27)?)?;
    let scalars = k256::ecdsa::Signature::from_slice(&scalars).ok()?;
    let key = VerifyingKey::recover_from_prehash(digest, &scalars, id).ok()?;
    Some(address_of(&key))
}

/// Returns the account of a public key: the last 20 bytes of the Keccak hash of its coordinates.
pub fn address_of(key: &VerifyingKey) -> Address {
    let point = key.to_sec1_point(false);
    // The first byte says that the point is not compressed and is not hashed.
    let coordinates = point.as_bytes().split_first().map_or(&[][..], |(_, rest)| rest);
    let hash = keccak256(coordinates).0;
    let mut address = [0; 20];
    address.copy_from_slice(&hash[12..]);
    Address(address)
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl Encode for Signature {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
}

impl Decode for Signature {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(from.array()?).map_err(Error::Invalid)
    }
}
