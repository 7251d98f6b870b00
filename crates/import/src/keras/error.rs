//! Why a file is no model that Keras saved.

use crate::skops;

/// Why a file is no model that Keras saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The archive breaks a rule.
    #[error("the archive is none of Keras")]
    Archive(#[source] skops::Error),
    /// The configuration is no JSON, or a key stands twice.
    #[error("the configuration cannot be read")]
    Json(#[source] serde_json::Error),
    /// The HDF5 file is damaged, or uses what is not read.
    #[error("the weights cannot be read: {0}")]
    Hdf5(String),
    /// The configuration is arranged in an unknown way.
    #[error("{0}")]
    Config(&'static str),
    /// A layer's weights are missing, or of another number of axes.
    #[error("layer {layer:?} has no weights of the number or type that belongs there")]
    Weights {
        /// The layer.
        layer: String,
    },
    /// Two layers have one name.
    #[error("two layers are named {name:?}")]
    DuplicateLayer {
        /// The name.
        name: String,
    },
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Archive(_) => "save the model with model.save(\"model.keras\")",
            Self::Config(_) => {
                "save a Sequential or Functional model with one input and one output"
            }
            _ => "save the model again with Keras 3",
        }
    }
}
