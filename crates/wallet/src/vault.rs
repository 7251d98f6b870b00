//! A party's files at rest: private rows and test sets, sealed under a key of the wallet.
//!
//! ```text
//! magic (8) | nonce (24) | XChaCha20-Poly1305 of the bytes, bound to magic and name
//! ```
//!
//! The key follows from the wallet's seed, so that the password of the keystore is what guards the rows too; a
//! backup of the wallet opens them, and does not hold them. A file is bound to its name: two files of
//! one party cannot be exchanged for each other. An older file of the same name can take a newer one's place;
//! names of rows are commitments to them, of which there is one version.

use crate::Keys;
use crate::random::{Random, draw};
use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{Aead, KeyInit, Payload},
};

const MAGIC: [u8; 8] = *b"assayva1";
const NONCE_BYTES: usize = 24;

/// Why bytes at rest do not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is of another kind, or cut off.
    #[error("not a file that was sealed by a wallet")]
    Magic,
    /// Sealed by another wallet, under another name, or changed since.
    #[error("sealed by another wallet or for another name, or changed since")]
    Closed,
    /// Too long for the cipher.
    #[error("too long to be sealed")]
    TooLong,
}

/// Seals `bytes` as the file `name`: 48 bytes more.
pub(crate) fn seal(
    keys: &Keys,
    name: &str,
    bytes: &[u8],
    random: Random<'_>,
) -> Result<Vec<u8>, Error> {
    let nonce: [u8; NONCE_BYTES] = draw(random);
    let bound = bound(name);
    let payload = Payload { msg: bytes, aad: &bound };
    let sealed = cipher(keys).encrypt(&nonce.into(), payload).map_err(|_| Error::TooLong)?;
    Ok([MAGIC.as_slice(), &nonce, &sealed].concat())
}

/// Opens what [`seal`] sealed.
pub(crate) fn open(keys: &Keys, name: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
    let rest = sealed.strip_prefix(&MAGIC).ok_or(Error::Magic)?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(Error::Magic)?;
    let bound = bound(name);
    let payload = Payload { msg: ciphertext, aad: &bound };
    cipher(keys).decrypt(&(*nonce).into(), payload).map_err(|_| Error::Closed)
}

fn cipher(keys: &Keys) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*keys.derive("assay/wallet/vault/1")).into())
}

fn bound(name: &str) -> Vec<u8> {
    [MAGIC.as_slice(), name.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::seeded;

    fn keys(seed: u64) -> Keys {
        Keys::generate(&mut seeded(seed))
    }

    #[test]
    fn what_is_sealed_opens_under_its_name_and_tells_nothing_but_its_length() {
        let keys = keys(1);
        for length in [0, 1, 31, 4096] {
            let bytes = vec![0x5A; length];
            let sealed = seal(&keys, "rows/a", &bytes, &mut seeded(2)).unwrap();
            assert_eq!(sealed.len(), length + 48);
            assert!(length < 16 || !sealed.windows(8).any(|window| window == &bytes[..8]));
            assert_eq!(open(&keys, "rows/a", &sealed).unwrap(), bytes);
        }
        let twice = [3, 4].map(|seed| seal(&keys, "a", b"rows", &mut seeded(seed)).unwrap());
        assert_ne!(twice[0], twice[1], "equal rows do not look equal");
    }

    #[test]
    fn another_name_another_wallet_and_every_changed_byte_stay_closed() {
        let sealed = seal(&keys(1), "rows/a", b"private", &mut seeded(2)).unwrap();
        assert_eq!(open(&keys(1), "rows/b", &sealed), Err(Error::Closed));
        assert_eq!(open(&keys(2), "rows/a", &sealed), Err(Error::Closed));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            let expected = if at < MAGIC.len() { Error::Magic } else { Error::Closed };
            assert_eq!(open(&keys(1), "rows/a", &changed), Err(expected), "byte {at}");
            let expected = if at < 32 { Error::Magic } else { Error::Closed };
            assert_eq!(open(&keys(1), "rows/a", &sealed[..at]), Err(expected), "first {at}");
        }
    }
}
