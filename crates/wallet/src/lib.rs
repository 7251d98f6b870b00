//! A party's secrets: who it is, what was sealed for it, and what opens its commitments.
//!
//! - [`Keys`]: a secp256k1 signing key and an X25519 key, both derived from one 32-byte seed;
//! - [`keystore`]: the seed in a file, sealed with a password (argon2id, XChaCha20-Poly1305);
//! - [`envelope`]: messages sealed to a party (HPKE), bound to a purpose and a context;
//! - [`openings`]: the append-only, encrypted file of salts, keys and secrets, and its backup;
//! - the vault ([`Wallet::seal`]): files that a party keeps beside them, sealed under a key of the wallet;
//! - [`Wallet`]: one directory with all of it, locked against a second process.
//!
//! **Losing the openings loses the model.** A commitment can be opened only with its salt: a seller
//! without it can neither prove nor deliver, a buyer without the job's secret cannot decrypt what was
//! paid for. The seed does not bring them back; [`Wallet::backup`] does, and is meant to be run after
//! every sale.
//!
//! Randomness is always an argument, so that tests are deterministic; programs pass [`os_random`].
//!
//! ```
//! use assay_wallet::{Cost, Wallet, os_random};
//!
//! let dir = tempfile::tempdir()?;
//! let wallet = Wallet::create(dir.path(), "correct horse", Cost::STANDARD, &mut os_random)?;
//! let address = wallet.keys().address();
//! drop(wallet);
//! assert_eq!(Wallet::open(dir.path(), "correct horse")?.keys().address(), address);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Place in the graph: above `types`, below `chain` and `agent`.

pub mod envelope;
mod files;
mod keys;
pub mod keystore;
pub mod openings;
mod random;
mod seal;
#[cfg(test)]
mod testing;
mod vault;
mod wallet;

pub use files::Error as FileError;
pub use keys::Keys;
pub use random::{Random, os_random};
pub use seal::{Cost, Error as SealError};
pub use vault::Error as VaultError;
pub use wallet::{Error, Wallet};
