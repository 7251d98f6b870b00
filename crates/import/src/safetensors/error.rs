//! Why a file holds no parameters of a network.

/// Why a file holds no parameters of a network.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file ends before its header does.
    #[error("not a safetensors file: it ends before its header does")]
    Short,
    /// The header is too long.
    #[error("the header is said to have more than {limit} bytes", limit = super::HEADER_MAX)]
    HeaderTooLong,
    /// The header is no object.
    #[error("not a safetensors file: the header is no JSON object")]
    NoHeader,
    /// The header is no JSON, or a name stands twice.
    #[error("the header cannot be read")]
    Json(#[source] serde_json::Error),
    /// There are too many tensors.
    #[error("the file has more than {limit} tensors", limit = super::TENSORS_MAX)]
    TooMany,
    /// What is said of a tensor is not type, shape and place.
    #[error("tensor {name:?} is not described by dtype, shape and data_offsets")]
    Entry {
        /// Its name.
        name: String,
    },
    /// Numbers of another type.
    #[error("tensor {name:?} has numbers of type {got:?}, not F32, F16 or BF16")]
    Type {
        /// Its name.
        name: String,
        /// The type.
        got: String,
    },
    /// A tensor has more or fewer bytes than its shape takes.
    #[error("tensor {name:?} has another number of bytes than its shape takes")]
    Size {
        /// Its name.
        name: String,
    },
    /// A tensor does not begin where the one before ends, or ends outside the file.
    #[error("tensor {name:?} does not lie right behind the one before it, within the file")]
    Place {
        /// Its name.
        name: String,
    },
    /// Bytes belong to no tensor.
    #[error("the last {got} bytes belong to no tensor")]
    Rest {
        /// As many.
        got: usize,
    },
    /// A tensor is called in an unknown way.
    #[error("tensor {name:?} is not called <layer>/<variable> as Keras calls its variables")]
    Name {
        /// Its name.
        name: String,
    },
    /// Two tensors are the same variable of a layer.
    #[error("a second tensor is {name:?} of its layer")]
    Twice {
        /// Its name.
        name: String,
    },
    /// No layer reads a tensor.
    #[error("no layer of the architecture reads the tensors of {layer:?}")]
    Unused {
        /// The layer that they name.
        layer: String,
    },
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Type { .. } => "save the parameters as 32-bit floats",
            Self::Name { .. } | Self::Twice { .. } | Self::Unused { .. } => {
                "save {v.path: v.numpy() for v in model.weights} of the model whose to_json() is the architecture"
            }
            Self::TooMany => "save one network only",
            _ => "the file is damaged: save it again with safetensors",
        }
    }
}
