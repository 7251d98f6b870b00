//! Bytes under a password: argon2id makes the key, XChaCha20-Poly1305 seals.
//!
//! The parameters of the hash travel with the sealed bytes and are authenticated by them. They are
//! bounded when they are read, before any memory is taken: a hostile file costs at most 512 MiB and
//! some seconds.

use crate::random::{Random, draw};
use argon2::{Algorithm, Argon2, Params, Version};
use assay_codec::{Decode, Encode, Error as CodecError, Reader, put_bytes};
use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{Aead, KeyInit, Payload},
};
use zeroize::Zeroizing;

const MEMORY_KIB_MAX: u32 = 512 * 1024;
const PASSES_MAX: u32 = 12;
const LANES_MAX: u32 = 4;

/// Why sealed bytes do not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The parameters of the password hash are outside their bounds.
    #[error("password hash of {memory_kib} KiB, {passes} passes, {lanes} lanes is out of bounds")]
    Cost {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes over the memory.
        passes: u32,
        /// Lanes.
        lanes: u32,
    },
    /// The password is wrong, or the sealed bytes were changed; the two cannot be told apart.
    #[error("wrong password, or the file was changed")]
    Password,
    /// The password hash did not run.
    #[error("the password hash failed (not enough memory?)")]
    Hash,
    /// The plaintext is too long for the cipher.
    #[error("too long to be sealed")]
    TooLong,
}

/// What one guess of the password costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// 64 MiB, three passes, one lane: about an eighth of a second.
    pub const STANDARD: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// Chooses the parameters of argon2id, within 8 KiB per lane and 512 MiB, 1-12 passes, 1-4 lanes.
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, Error> {
        let fits = 1 <= lanes
            && lanes <= LANES_MAX
            && 1 <= passes
            && passes <= PASSES_MAX
            && 8 * lanes <= memory_kib
            && memory_kib <= MEMORY_KIB_MAX;
        if fits {
            Ok(Self { memory_kib, passes, lanes })
        } else {
            Err(Error::Cost { memory_kib, passes, lanes })
        }
    }

    /// Memory in KiB.
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub const fn passes(self) -> u32 {
        self.passes
    }

    /// Lanes.
    pub const fn lanes(self) -> u32 {
        self.lanes
    }

    fn key(self, password: &str, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, Error> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_| Error::Hash)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), salt, &mut *key)
            .map_err(|_| Error::Hash)?;
        Ok(key)
    }
}

/// Ciphertext, and all that is needed to open it but the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) cost: Cost,
    pub(crate) salt: [u8; 16],
    pub(crate) nonce: [u8; 24],
    pub(crate) ciphertext: Vec<u8>,
}

impl Sealed {
    /// Seals `plaintext`; `open` will want the same `bound` bytes.
    pub(crate) fn seal(
        plaintext: &[u8],
        bound: &[u8],
        password: &str,
        cost: Cost,
        random: Random<'_>,
    ) -> Result<Self, Error> {
        let (salt, nonce) = (draw(random), draw(random));
        let key = cost.key(password, &salt)?;
        let payload = Payload { msg: plaintext, aad: &associated(cost, &salt, bound) };
        let ciphertext = XChaCha20Poly1305::new((&*key).into())
            .encrypt((&nonce).into(), payload)
            .map_err(|_| Error::TooLong)?;
        Ok(Self { cost, salt, nonce, ciphertext })
    }

    /// Returns the plaintext.
    pub(crate) fn open(&self, bound: &[u8], password: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let key = self.cost.key(password, &self.salt)?;
        let aad = associated(self.cost, &self.salt, bound);
        XChaCha20Poly1305::new((&*key).into())
            .decrypt((&self.nonce).into(), Payload { msg: &self.ciphertext, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_| Error::Password)
    }

    /// Reads a sealed value whose ciphertext has at most `limit` bytes.
    pub(crate) fn decode(from: &mut Reader<'_>, limit: usize) -> Result<Self, CodecError> {
        let (memory_kib, passes, lanes) =
            (u32::decode(from)?, u32::decode(from)?, u32::decode(from)?);
        let cost = Cost::new(memory_kib, passes, lanes)
            .map_err(|_| CodecError::Invalid("a password hash out of bounds"))?;
        Ok(Self { cost, salt: from.array()?, nonce: from.array()?, ciphertext: from.bytes(limit)? })
    }
}

impl Encode for Sealed {
    fn encode(&self, out: &mut Vec<u8>) {
        put_cost(out, self.cost);
        self.salt.encode(out);
        self.nonce.encode(out);
        put_bytes(out, &self.ciphertext);
    }
}

fn put_cost(out: &mut Vec<u8>, cost: Cost) {
    cost.memory_kib.encode(out);
    cost.passes.encode(out);
    cost.lanes.encode(out);
}

fn associated(cost: Cost, salt: &[u8; 16], bound: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put_cost(&mut out, cost);
    salt.encode(&mut out);
    put_bytes(&mut out, bound);
    out
}
