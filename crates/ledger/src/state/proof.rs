//! The state's root, and proofs of what it holds.

use super::State;
use super::entries::on;
use assay_codec::{Digest, from_bytes, to_bytes};
use assay_types::state::{Kind, Proof, Roots, head};

/// What the state holds under a key, and why that is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The encoding of what is there; `None` if nothing is.
    pub value: Option<Vec<u8>>,
    /// What leads from the state root to the key.
    pub proof: Proof,
}

/// A key that cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key is not one of kind {kind}")]
pub struct BadKey {
    /// The kind.
    pub kind: Kind,
    /// What is wrong with it.
    pub source: assay_codec::Error,
}

impl State {
    /// What is authenticated of the whole state: it depends on the content alone. Costs what has changed since the
    /// root of a state was asked for from which this one has come.
    pub fn root(&self) -> Digest {
        self.roots().root()
    }

    /// What the root is made of.
    pub fn roots(&self) -> Roots {
        let maps = Kind::ALL.map(|kind| on!(self, kind, map => map.root()));
        Roots { head: head(&self.head()), maps }
    }

    /// Shows what is under `key`, the encoding of an address, a name or what else the kind is known by.
    pub fn prove(&self, kind: Kind, key: &[u8]) -> Result<Proven, BadKey> {
        let bad = |source| BadKey { kind, source };
        let (value, path) = on!(self, kind, map => {
            let key = from_bytes(key).map_err(bad)?;
            (map.get(&key).map(to_bytes), map.prove(&key))
        });
        Ok(Proven { value, proof: Proof { roots: self.roots(), path } })
    }
}
