//! The two keys of a party, from one seed.

use crate::random::{Random, draw};
use assay_codec::Digest;
use assay_types::{Address, Signature, address_of};
use hpke::{Kem, Serializable, kem::X25519HkdfSha256};
use k256::ecdsa::SigningKey;
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// A secp256k1 key that signs and an X25519 key that messages are sealed to.
///
/// Both come from the seed by Blake3 in its key derivation mode, under labels of their own, so that
/// neither tells anything about the other. Secrets are wiped when the value is dropped.
pub struct Keys {
    seed: Zeroizing<[u8; 32]>,
    signing: SigningKey,
    address: Address,
    encryption: [u8; 32],
}

impl Keys {
    /// Draws a seed.
    pub fn generate(random: Random<'_>) -> Self {
        Self::from_seed(&Zeroizing::new(draw(random)))
    }

    /// Derives the keys of `seed`.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let signing = signing_key(seed);
        let (_, public) = X25519HkdfSha256::derive_keypair(&*derive("assay/wallet/hpke/1", seed));
        Self {
            seed: Zeroizing::new(*seed),
            address: address_of(signing.verifying_key()),
            signing,
            encryption: public.to_bytes().into(),
        }
    }

    /// The account that this party signs for.
    pub fn address(&self) -> Address {
        self.address
    }

    /// The X25519 public key that messages to this party are sealed to.
    pub fn encryption_key(&self) -> [u8; 32] {
        self.encryption
    }

    /// Signs an EIP-712 digest (deterministic nonce after RFC 6979, low `s`).
    pub fn sign(&self, digest: &[u8; 32]) -> Signature {
        sign_with(&self.signing, digest)
    }

    /// The seed of the key under which a validator is known to its peers.
    pub fn network_seed(&self) -> Zeroizing<[u8; 32]> {
        self.derive("assay/wallet/validator-network/1")
    }

    /// The seed of the key with which a validator votes.
    pub fn vote_seed(&self) -> Zeroizing<[u8; 32]> {
        self.derive("assay/wallet/validator-vote/1")
    }

    /// The seed, for the keystore and the backup.
    pub(crate) fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// A key for another use, named by `label`.
    pub(crate) fn derive(&self, label: &str) -> Zeroizing<[u8; 32]> {
        derive(label, &self.seed)
    }

    /// The secret half of [`Keys::encryption_key`].
    pub(crate) fn decryption_key(&self) -> <X25519HkdfSha256 as Kem>::PrivateKey {
        X25519HkdfSha256::derive_keypair(&*self.derive("assay/wallet/hpke/1")).0
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("address", &self.address).finish_non_exhaustive()
    }
}

fn derive(label: &str, seed: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let mut digest = Digest::of_bytes(label, seed);
    let key = Zeroizing::new(digest.0);
    digest.0.zeroize();
    key
}

/// The first of the seed's candidates that is a scalar of the curve; the first fails once in 2^127.
fn signing_key(seed: &[u8; 32]) -> SigningKey {
    let mut candidate = derive("assay/wallet/secp256k1/1", seed);
    loop {
        match SigningKey::from_slice(&*candidate) {
            Ok(key) => return key,
            Err(_) => candidate = derive("assay/wallet/secp256k1/1", &candidate),
        }
    }
}

fn sign_with(key: &SigningKey, digest: &[u8; 32]) -> Signature {
    let (signature, recovery) = key.sign_prehash_recoverable(digest);
    let mut bytes = [0; 65];
    bytes[..64].copy_from_slice(&signature.to_bytes());
    bytes[64] = 27 + recovery.to_byte();
    Signature::new(bytes)
        .expect("`s` is low, and an `r` above the order comes once in 2^127 signatures")
}

#[cfg(test)]
mod tests;
