//! A proposal, as the library sends, stores and names it.

use super::keys::Digest;
use assay_chain::{PROPOSAL_BYTES_MAX, Proposal};
use assay_codec::{Digest as Hash, to_bytes};
use bytes::BufMut;
use commonware_codec::{Buf, EncodeSize, Error, Read, ReadExt as _, Write};
use commonware_consensus::types::Height;
use commonware_consensus::{Block as ConsensusBlock, BoundedBlock, Heightable};
use commonware_cryptography::Digestible;
use std::sync::Arc;

/// Bytes before a proposal: which kind of block it is, and how long.
const HEAD_BYTES: usize = 5;

/// A block of the consensus. Its digest is that of the header, which names the whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The beginning, which nobody proposes.
    Genesis(Hash),
    /// What a leader proposes.
    Proposal(Arc<Proposal>),
}

impl Block {
    /// Returns the proposal, if it is one.
    pub fn proposal(&self) -> Option<&Arc<Proposal>> {
        match self {
            Self::Genesis(_) => None,
            Self::Proposal(proposal) => Some(proposal),
        }
    }

    /// The digest of the header, or of the genesis.
    pub fn hash(&self) -> Hash {
        match self {
            Self::Genesis(genesis) => *genesis,
            Self::Proposal(proposal) => proposal.digest(),
        }
    }
}

impl From<Proposal> for Block {
    fn from(proposal: Proposal) -> Self {
        Self::Proposal(Arc::new(proposal))
    }
}

/// The library's digests hold the same bytes.
pub fn digest(hash: Hash) -> Digest {
    commonware_cryptography::blake3::Digest(hash.0)
}

impl Write for Block {
    fn write(&self, out: &mut impl BufMut) {
        let (tag, bytes) = match self {
            Self::Genesis(genesis) => (0, genesis.0.to_vec()),
            Self::Proposal(proposal) => (1, to_bytes(&**proposal)),
        };
        out.put_u8(tag);
        out.put_u32(u32::try_from(bytes.len()).expect("a proposal has at most 8 MiB"));
        out.put_slice(&bytes);
    }
}

impl EncodeSize for Block {
    fn encode_size(&self) -> usize {
        HEAD_BYTES
            + match self {
                Self::Genesis(_) => 32,
                Self::Proposal(proposal) => to_bytes(&**proposal).len(),
            }
    }
}

impl Read for Block {
    type Cfg = ();

    fn read_cfg(from: &mut impl Buf, _: &()) -> Result<Self, Error> {
        let (tag, len) = (u8::read(from)?, u32::read(from)?);
        let len = usize::try_from(len).map_err(|_| Error::InvalidLength(usize::MAX))?;
        if PROPOSAL_BYTES_MAX < len {
            return Err(Error::InvalidLength(len));
        }
        if from.remaining() < len {
            return Err(Error::EndOfBuffer);
        }
        let mut bytes = vec![0; len];
        from.copy_to_slice(&mut bytes);
        match tag {
            0 => {
                let genesis = bytes.try_into().map_err(|_| Error::InvalidLength(len))?;
                Ok(Self::Genesis(Hash(genesis)))
            }
            1 => match Proposal::from_bytes(&bytes) {
                Ok(proposal) => Ok(proposal.into()),
                Err(_) => Err(Error::Invalid("block", "not a proposal")),
            },
            tag => Err(Error::InvalidEnum(tag)),
        }
    }
}

impl Digestible for Block {
    type Digest = Digest;

    fn digest(&self) -> Digest {
        digest(self.hash())
    }
}

impl Heightable for Block {
    fn height(&self) -> Height {
        match self {
            Self::Genesis(_) => Height::zero(),
            Self::Proposal(proposal) => Height::new(proposal.header().height.get()),
        }
    }
}

impl ConsensusBlock for Block {
    fn parent(&self) -> Digest {
        match self {
            // Nothing is before it.
            Self::Genesis(_) => digest(Hash([0; 32])),
            Self::Proposal(proposal) => digest(proposal.header().parent),
        }
    }
}

impl BoundedBlock for Block {
    fn max_encode_size(_: &()) -> usize {
        HEAD_BYTES + PROPOSAL_BYTES_MAX
    }
}
