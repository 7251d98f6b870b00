//! The secret that opens a model commitment, in a file of its own.
//!
//! Whoever holds it and the model can prove with it; whoever guesses the model can use it to confirm the
//! guess. It is written for its owner alone, never overwritten and never printed.

use crate::{
    failure::{Code, Explain, Failure, Result},
    files, inputs,
};
use assay_codec::{Decode, Encode, Error, Reader, from_bytes, to_bytes};
use assay_model::Graph;
use assay_statements::commit::Salt;
use assay_types::{FIELD_ORDER, FieldDigest, ModelCommitment};
use std::path::Path;

/// The first bytes of an opening.
pub(crate) const MAGIC: [u8; 8] = *b"\x89ASSAYO\n";
const VERSION: u16 = 1;
/// Magic, version, commitment and salt.
const FILE_BYTES: u64 = 8 + 2 + 32 + 32;

/// A commitment and the salt that it was made with.
#[derive(Clone, Copy)]
pub(crate) struct Opening {
    pub(crate) commitment: ModelCommitment,
    pub(crate) salt: Salt,
}

impl Opening {
    /// Commits to `model` with a salt of the operating system's randomness.
    pub(crate) fn draw(model: &Graph) -> Self {
        let salt = Salt(uniform(&mut assay_wallet::os_random));
        Self { commitment: inputs::commit(model, &salt), salt }
    }

    /// Reads an opening and checks that it opens a commitment to `model`.
    pub(crate) fn read(path: &Path, model: &Graph) -> Result<Self> {
        let bytes = files::read(path, FILE_BYTES)?;
        let opening: Self =
            from_bytes(&bytes).context(format!("{} is not an opening", path.display()))?;
        if inputs::commit(model, &opening.salt) != opening.commitment {
            let message = format!("{} opens a commitment to another model", path.display());
            return Err(Failure::new(Code::Error, message)
                .hint("commit to this model with `assay model commit`"));
        }
        Ok(opening)
    }

    /// Finds the openings of `model` that lie in `folder`.
    pub(crate) fn find(folder: &Path, model: &Graph) -> Vec<Self> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut paths: Vec<_> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "opening"))
            .take(CANDIDATES_MAX)
            .collect();
        paths.sort();
        paths.iter().filter_map(|path| Self::read(path, model).ok()).collect()
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        files::write_secret(path, &to_bytes(self))
    }
}

/// Most files that are looked into.
const CANDIDATES_MAX: usize = 64;

/// Eight uniform elements of the proof field, by rejection.
pub(crate) fn uniform(random: &mut dyn FnMut(&mut [u8])) -> FieldDigest {
    let elements = std::array::from_fn(|_| {
        loop {
            let mut bytes = [0; 4];
            random(&mut bytes);
            let element = u32::from_le_bytes(bytes) >> 1;
            if element < FIELD_ORDER {
                return element;
            }
        }
    });
    FieldDigest::new(elements).expect("each element is below the order")
}

impl Encode for Opening {
    fn encode(&self, out: &mut Vec<u8>) {
        MAGIC.encode(out);
        VERSION.encode(out);
        self.commitment.encode(out);
        self.salt.encode(out);
    }
}

impl Decode for Opening {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        if from.array::<8>()? != MAGIC {
            return Err(Error::Invalid("not an opening"));
        }
        if u16::decode(from)? != VERSION {
            return Err(Error::Invalid("an opening of another version"));
        }
        Ok(Self { commitment: Decode::decode(from)?, salt: Decode::decode(from)? })
    }
}
