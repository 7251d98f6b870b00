//! The seed in a JSON file, sealed with a password.
//!
//! ```json
//! {
//!   "version": 1,
//!   "address": "0x…",
//!   "encryption_key": "0x…",
//!   "kdf": { "name": "argon2id", "memory_kib": 65536, "passes": 3, "lanes": 1, "salt": "0x…" },
//!   "cipher": { "name": "xchacha20poly1305", "nonce": "0x…", "ciphertext": "0x…" }
//! }
//! ```
//!
//! The public half can be read without the password, and is authenticated by it. The file is accepted
//! only in the very form in which it is written: a file in which any byte was changed does not open.

use crate::files::{self, Error as FileError};
use crate::seal::{Cost, Error as SealError, Sealed};
use crate::{Keys, Random};
use assay_codec::{Encode, from_hex, to_hex};
use assay_types::Address;
use serde::{Deserialize, Serialize};
use std::path::Path;
use zeroize::Zeroizing;

const VERSION: u32 = 1;
const FILE_BYTES_MAX: u64 = 4096;
const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20poly1305";

/// Why a keystore cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is not a keystore.
    #[error("not a keystore")]
    Json(#[source] serde_json::Error),
    /// A later program wrote the file.
    #[error("keystore of version {got}, this program reads version {VERSION}")]
    Version {
        /// The version read.
        got: u32,
    },
    /// A field does not have the form in which it is written.
    #[error("the keystore's field `{0}` is malformed")]
    Field(&'static str),
    /// The file is a keystore, but not byte for byte as it is written.
    #[error("the keystore is not in its canonical form")]
    Form,
    /// The seed stays closed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The seed does not belong to the address of the file.
    #[error("the keystore's seed does not belong to its address")]
    Address,
}

/// The public half of a keystore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub address: Address,
    /// The X25519 key that messages are sealed to.
    pub encryption_key: [u8; 32],
}

assay_codec::record!(Identity { address, encryption_key });

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    address: String,
    encryption_key: String,
    kdf: Kdf,
    cipher: Cipher,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kdf {
    name: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cipher {
    name: String,
    nonce: String,
    ciphertext: String,
}

/// Seals `keys` into the file at `path`, in one step, replacing what was there.
pub fn write(
    path: &Path,
    keys: &Keys,
    password: &str,
    cost: Cost,
    random: Random<'_>,
) -> Result<(), Error> {
    let identity = Identity { address: keys.address(), encryption_key: keys.encryption_key() };
    let sealed = Sealed::seal(keys.seed(), &bound(&identity), password, cost, random)?;
    Ok(files::write(path, &render(&identity, &sealed), random)?)
}

/// Returns the keys.
pub fn unlock(path: &Path, password: &str) -> Result<Keys, Error> {
    let (identity, sealed) = parse(&files::read(path, FILE_BYTES_MAX)?)?;
    let plaintext = sealed.open(&bound(&identity), password)?;
    let seed: &[u8; 32] =
        plaintext.as_slice().try_into().map_err(|_| Error::Field("ciphertext"))?;
    let keys = Keys::from_seed(&Zeroizing::new(*seed));
    if (keys.address(), keys.encryption_key()) != (identity.address, identity.encryption_key) {
        return Err(Error::Address);
    }
    Ok(keys)
}

/// Returns what the file says about its owner. Without the password this is only what it *says*.
pub fn identity(path: &Path) -> Result<Identity, Error> {
    Ok(parse(&files::read(path, FILE_BYTES_MAX)?)?.0)
}

fn bound(identity: &Identity) -> Vec<u8> {
    let mut out = b"assay/keystore/1".to_vec();
    identity.encode(&mut out);
    out
}

fn render(identity: &Identity, sealed: &Sealed) -> Vec<u8> {
    let document = Document {
        version: VERSION,
        address: identity.address.to_string(),
        encryption_key: to_hex(&identity.encryption_key),
        kdf: Kdf {
            name: KDF.into(),
            memory_kib: sealed.cost.memory_kib(),
            passes: sealed.cost.passes(),
            lanes: sealed.cost.lanes(),
            salt: to_hex(&sealed.salt),
        },
        cipher: Cipher {
            name: CIPHER.into(),
            nonce: to_hex(&sealed.nonce),
            ciphertext: to_hex(&sealed.ciphertext),
        },
    };
    let mut text = serde_json::to_vec_pretty(&document).expect("strings and numbers are JSON");
    text.push(b'\n');
    text
}

fn parse(bytes: &[u8]) -> Result<(Identity, Sealed), Error> {
    let document: Document = serde_json::from_slice(bytes).map_err(Error::Json)?;
    if document.version != VERSION {
        return Err(Error::Version { got: document.version });
    }
    if document.kdf.name != KDF {
        return Err(Error::Field("kdf.name"));
    }
    if document.cipher.name != CIPHER {
        return Err(Error::Field("cipher.name"));
    }
    let identity = Identity {
        address: Address(field("address", &document.address)?),
        encryption_key: field("encryption_key", &document.encryption_key)?,
    };
    let sealed = Sealed {
        cost: Cost::new(document.kdf.memory_kib, document.kdf.passes, document.kdf.lanes)?,
        salt: field("kdf.salt", &document.kdf.salt)?,
        nonce: field("cipher.nonce", &document.cipher.nonce)?,
        ciphertext: field::<48>("cipher.ciphertext", &document.cipher.ciphertext)?.to_vec(),
    };
    if render(&identity, &sealed) != bytes {
        return Err(Error::Form);
    }
    Ok((identity, sealed))
}

fn field<const N: usize>(name: &'static str, text: &str) -> Result<[u8; N], Error> {
    from_hex(text).map_err(|_| Error::Field(name))
}

#[cfg(test)]
mod tests;
