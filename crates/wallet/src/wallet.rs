//! One directory with all secrets of a party.

use crate::files::{self, Error as FileError};
use crate::openings::{self, Openings, backup};
use crate::vault::{self, Error as VaultError};
use crate::{Cost, Keys, Random, keystore};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Why a wallet cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The keystore cannot be used.
    #[error(transparent)]
    Keystore(#[from] keystore::Error),
    /// The openings cannot be used.
    #[error(transparent)]
    Openings(#[from] openings::Error),
    /// The backup cannot be used.
    #[error(transparent)]
    Backup(#[from] openings::BackupError),
    /// Another process has the wallet open.
    #[error("the wallet in {} is in use", .0.display())]
    Busy(PathBuf),
    /// There is a wallet already.
    #[error("there is a wallet in {} already", .0.display())]
    Exists(PathBuf),
    /// There is no wallet.
    #[error("there is no wallet in {}", .0.display())]
    Missing(PathBuf),
    /// The keystore is there, the openings are not.
    #[error("the wallet in {} has lost its openings", .0.display())]
    OpeningsMissing(PathBuf),
    /// The backup belongs to another wallet.
    #[error("the backup belongs to {backup}, not to {wallet}")]
    OtherWallet {
        /// Whose backup it is.
        backup: assay_types::Address,
        /// Whose wallet it is.
        wallet: assay_types::Address,
    },
}

/// Keys and openings of one party; the only process that has them open.
#[derive(Debug)]
pub struct Wallet {
    dir: PathBuf,
    keys: Keys,
    openings: Openings,
    /// Held until the wallet is dropped.
    _lock: File,
}

impl Wallet {
    /// Creates a wallet with fresh keys in `dir`, which may exist but hold no wallet.
    pub fn create(
        dir: &Path,
        password: &str,
        cost: Cost,
        random: Random<'_>,
    ) -> Result<Self, Error> {
        let keys = Keys::generate(random);
        Self::create_with(dir, keys, password, cost, random)
    }

    /// Creates a wallet with these keys in `dir`, which may exist but hold no wallet.
    pub fn create_with(
        dir: &Path,
        keys: Keys,
        password: &str,
        cost: Cost,
        random: Random<'_>,
    ) -> Result<Self, Error> {
        let lock = Self::claim(dir)?;
        let openings = Openings::create(&openings_path(dir), openings_key(&keys), random)?;
        keystore::write(&Self::keystore_path(dir), &keys, password, cost, random)?;
        Ok(Self { dir: dir.to_owned(), keys, openings, _lock: lock })
    }

    /// Opens the wallet in `dir`.
    ///
    /// [`Error::OpeningsMissing`] is mended by [`Wallet::create_from_backup`], with the old keystore moved
    /// out of the way.
    pub fn open(dir: &Path, password: &str) -> Result<Self, Error> {
        let path = Self::keystore_path(dir);
        if !path.exists() {
            return Err(Error::Missing(dir.to_owned()));
        }
        let lock = lock(dir)?;
        let keys = keystore::unlock(&path, password)?;
        if !openings_path(dir).exists() {
            return Err(Error::OpeningsMissing(dir.to_owned()));
        }
        let openings = Openings::open(&openings_path(dir), openings_key(&keys))?;
        Ok(Self { dir: dir.to_owned(), keys, openings, _lock: lock })
    }

    /// Where the keystore of the wallet in `dir` lies; [`keystore::identity`] reads it without password.
    pub fn keystore_path(dir: &Path) -> PathBuf {
        dir.join("keystore.json")
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Keeps the keys alone, for who only signs: other processes may open the wallet from now on.
    pub fn into_keys(self) -> Keys {
        self.keys
    }

    /// What opens commitments and ciphertexts.
    pub fn openings(&self) -> &Openings {
        &self.openings
    }

    /// The openings, to add to them.
    pub fn openings_mut(&mut self) -> &mut Openings {
        &mut self.openings
    }

    /// Seals the contents of a file of this party's, so that only this wallet opens them, and only as `name`.
    pub fn seal(
        &self,
        name: &str,
        bytes: &[u8],
        random: Random<'_>,
    ) -> Result<Vec<u8>, VaultError> {
        vault::seal(&self.keys, name, bytes, random)
    }

    /// Opens what [`Wallet::seal`] sealed as `name`.
    pub fn unseal(&self, name: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        vault::open(&self.keys, name, sealed)
    }

    /// Seals the keys with `new`, if `old` opens them. Keys, openings and older backups stay as they are.
    pub fn change_password(
        &self,
        old: &str,
        new: &str,
        cost: Cost,
        random: Random<'_>,
    ) -> Result<(), Error> {
        let path = Self::keystore_path(&self.dir);
        let keys = keystore::unlock(&path, old)?;
        Ok(keystore::write(&path, &keys, new, cost, random)?)
    }

    /// Writes keys and openings to one file, sealed with a password of its own.
    pub fn backup(
        &self,
        path: &Path,
        password: &str,
        cost: Cost,
        random: Random<'_>,
    ) -> Result<(), Error> {
        Ok(backup::write(path, (&self.keys, &self.openings), password, cost, random)?)
    }

    /// Adds the openings of a backup of this wallet to those that it has, all or none.
    pub fn restore(
        &mut self,
        path: &Path,
        password: &str,
        random: Random<'_>,
    ) -> Result<(), Error> {
        let contents = backup::read(path, password)?;
        if contents.keys.seed() != self.keys.seed() {
            return Err(Error::OtherWallet {
                backup: contents.keys.address(),
                wallet: self.keys.address(),
            });
        }
        Ok(self.openings.put_all(contents.iter(), random)?)
    }

    /// Creates the wallet of a backup in `dir`, sealed with the backup's password.
    pub fn create_from_backup(
        dir: &Path,
        path: &Path,
        password: &str,
        cost: Cost,
        random: Random<'_>,
    ) -> Result<Self, Error> {
        let contents = backup::read(path, password)?;
        let lock = Self::claim(dir)?;
        let key = openings_key(&contents.keys);
        let mut openings = Openings::create(&openings_path(dir), key, random)?;
        openings.put_all(contents.iter(), random)?;
        keystore::write(&Self::keystore_path(dir), &contents.keys, password, cost, random)?;
        Ok(Self { dir: dir.to_owned(), keys: contents.keys, openings, _lock: lock })
    }

    /// Locks a directory in which there is no wallet. The keystore is written last, so that a crash
    /// leaves no wallet rather than half of one.
    fn claim(dir: &Path) -> Result<File, Error> {
        files::create_dir(dir)?;
        let lock = lock(dir)?;
        if Self::keystore_path(dir).exists() {
            return Err(Error::Exists(dir.to_owned()));
        }
        Ok(lock)
    }
}

fn openings_path(dir: &Path) -> PathBuf {
    dir.join("openings.log")
}

fn openings_key(keys: &Keys) -> zeroize::Zeroizing<[u8; 32]> {
    keys.derive("assay/wallet/openings/1")
}

fn lock(dir: &Path) -> Result<File, Error> {
    let path = dir.join("lock");
    let file = files::private(OpenOptions::new().write(true).create(true).truncate(false))
        .open(&path)
        .map_err(files::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Busy(dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(files::io("lock", &path)(source).into()),
    }
}

#[cfg(test)]
mod tests;
