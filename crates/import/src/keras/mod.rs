//! Keras, in: `.keras` archives and `.h5` files of Sequential and Functional models.
//!
//! The configuration, JSON, says which layers there are and what they read; the weights lie in HDF5, beside
//! it in the archive or around it in the file. Layers are those of the file `layer`; every setting of a layer is
//! read or refused, but for those of training (initialisers, regularisers, constraints) and of execution
//! (types, names). Nothing is executed: `Lambda` layers and registered classes are refused.
//!
//! The configuration may also stand alone, beside weights in safetensors.
//!
//! Tensors are `[height, width, channels]` as here; a table's columns go in that order.

mod config;
mod error;
mod layer;
mod merge;
mod normalise;
mod settings;
mod spatial;
mod weights;

#[cfg(test)]
mod tests;

pub use error::Error;

use crate::network::{Error as NetworkError, Network};
use crate::safetensors;
use crate::skops::json::Strict;
use crate::skops::zip::Archive;
use serde_json::Value;
use weights::{Hdf5, Weights};

/// The first bytes of an HDF5 file.
pub(crate) const MAGIC: [u8; 8] = *b"\x89HDF\r\n\x1a\n";
/// Most entries of an archive: metadata, configuration, weights, and what may come.
const ENTRIES_MAX: usize = 8;
/// Most bytes of a configuration.
const CONFIG_MAX: usize = 1 << 22;
/// What an archive's configuration is called; other archives are no Keras.
const CONFIG: &str = "config.json";

/// Whether an archive is one of Keras.
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    open(bytes).is_ok_and(|archive| archive.read(CONFIG, CONFIG_MAX).is_ok())
}

fn open(bytes: &[u8]) -> Result<Archive<'_>, Error> {
    Archive::new(bytes, ENTRIES_MAX, &[".json", ".weights.h5"]).map_err(Error::Archive)
}

/// Reads a network.
pub(crate) fn read_network(bytes: &[u8]) -> Result<Network, NetworkError> {
    if bytes.starts_with(&MAGIC) {
        let weights = Hdf5::of_file(bytes.to_vec())?;
        let config = parse(weights.config()?.as_bytes())?;
        return config::build(&config, &Weights::File(weights));
    }
    let archive = open(bytes)?;
    let config = archive.read(CONFIG, CONFIG_MAX).map_err(Error::Archive)?;
    let weights = archive.read("model.weights.h5", usize::MAX).map_err(Error::Archive)?;
    config::build(&parse(&config)?, &Weights::File(Hdf5::of_archive(weights)?))
}

/// Reads a network whose configuration, `model.to_json()`, stands apart from its weights, safetensors.
pub(crate) fn read_apart(weights: &[u8], config: &[u8]) -> Result<Network, NetworkError> {
    let weights = Weights::of_tensors(safetensors::read(weights)?)?;
    let network = config::build(&parse(config)?, &weights)?;
    weights.finish()?;
    Ok(network)
}

fn parse(bytes: &[u8]) -> Result<Value, Error> {
    if CONFIG_MAX < bytes.len() {
        return Err(Error::Config("the configuration is too long"));
    }
    let Strict(value) = serde_json::from_slice(bytes).map_err(Error::Json)?;
    Ok(value)
}
