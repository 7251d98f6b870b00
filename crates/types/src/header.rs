//! Blocks, as far as a receipt needs them.

use crate::validators::{self, Certificate, Orderer};
use crate::{Address, Height, Signature, recover};
use assay_codec::{Decode, Digest, Encode, Error, Reader};

/// The version of the format of headers and of everything that they bind but the state: its root names its own
/// version ([`crate::state`]), so that receipts outlive it.
pub const VERSION: u16 = 1;

/// What one block adds to the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Format, [`VERSION`].
    pub version: u16,
    /// The chain. Bound here because a receipt shows one header and not the way back to the first.
    pub genesis: Digest,
    /// Digest of the header before; of the genesis at height 1.
    pub parent: Digest,
    /// Number of the block, from 1.
    pub height: Height,
    /// When it was made, in milliseconds since 1970.
    pub time_ms: u64,
    /// [`merkle::root`](crate::merkle::root) over the block's transactions, signatures included.
    pub tx_root: Digest,
    /// [`merkle::root`](crate::merkle::root) over the log entries that the block made.
    pub log_root: Digest,
    /// Root of the state after the block: [`state::Roots::root`](crate::state::Roots::root).
    pub state_root: Digest,
}

assay_codec::record!(Header {
    version,
    genesis,
    parent,
    height,
    time_ms,
    tx_root,
    log_root,
    state_root,
});

impl Header {
    /// Names this block; also what its finality signs.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/header/1", self)
    }
}

/// Why a block cannot be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finality {
    /// The genesis' authority signed the header's digest.
    Authority(Signature),
    /// A quorum of the genesis' validators signed it, or the digest of a header that descends from it.
    Validators(Box<Certificate>),
}

impl Encode for Finality {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Authority(signature) => {
                0_u8.encode(out);
                signature.encode(out);
            }
            Self::Validators(certificate) => {
                if certificate.epoch == 0 {
                    1_u8.encode(out);
                } else {
                    2_u8.encode(out);
                    certificate.epoch.encode(out);
                }
                certificate.encode_rest(out);
            }
        }
    }
}

impl Decode for Finality {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Signature::decode(from).map(Self::Authority),
            1 => Certificate::decode_rest(0, from).map(Box::new).map(Self::Validators),
            2 => match u64::decode(from)? {
                0 => Err(Error::Invalid("a certificate of the first epoch does not name it")),
                epoch => Certificate::decode_rest(epoch, from).map(Box::new).map(Self::Validators),
            },
            got => Err(Error::Tag { what: "finality", got }),
        }
    }
}

/// A header that is final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    /// The header.
    pub header: Header,
    /// Why it is final.
    pub finality: Finality,
}

assay_codec::record!(Certified { header, finality });

/// Why a header is not final on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Another format.
    #[error("header version {0} is unknown")]
    Version(u16),
    /// Another chain.
    #[error("the header belongs to genesis {got}, expected {expected}")]
    Genesis {
        /// The chain asked for.
        expected: Digest,
        /// The header's chain.
        got: Digest,
    },
    /// Nobody's signature, or somebody else's.
    #[error("the header is not signed by authority {expected}")]
    Authority {
        /// Who had to sign.
        expected: Address,
    },
    /// The signature of one where many decide, or the other way round.
    #[error("the header is not final in the way of this chain")]
    Kind,
    /// The certificate is from another epoch than the block.
    #[error("the header belongs to epoch {expected}, its certificate to epoch {got}")]
    Epoch {
        /// The header's.
        expected: u64,
        /// The certificate's.
        got: u64,
    },
    /// The checkpoint that is trusted knows of changes of validators before this block, of which not all were shown.
    #[error(
        "the checkpoint knows of more changes of validators before this block than the {known} that were shown"
    )]
    Missing {
        /// How many were shown.
        known: u64,
    },
    /// The checkpoint that is trusted names another block.
    #[error("the checkpoint names another block at height {height}")]
    Checkpoint {
        /// The checkpoint's height.
        height: Height,
    },
    /// The validators have not agreed.
    #[error("the header is not certified by its validators")]
    Validators(#[source] validators::Rejection),
}

impl Certified {
    /// Checks that the header is final on the chain behind `genesis`, in an epoch in which `orderer` orders the blocks.
    ///
    /// # Closing the protocol
    ///
    /// The caller MUST know that `epoch` is that of the header, and who was in office then
    /// ([`Succession`](crate::validators::Succession)).
    pub fn verify(&self, genesis: &Digest, epoch: u64, orderer: &Orderer) -> Result<(), Rejection> {
        let Self { header, finality } = self;
        if header.version != VERSION {
            return Err(Rejection::Version(header.version));
        }
        if header.genesis != *genesis {
            return Err(Rejection::Genesis { expected: *genesis, got: header.genesis });
        }
        match (orderer, finality) {
            (Orderer::Authority(authority), Finality::Authority(signature)) => {
                if recover(&header.digest().0, signature) != Some(*authority) {
                    return Err(Rejection::Authority { expected: *authority });
                }
                Ok(())
            }
            (Orderer::Validators(validators), Finality::Validators(certificate)) => {
                if certificate.epoch != epoch {
                    return Err(Rejection::Epoch { expected: epoch, got: certificate.epoch });
                }
                validators.verify(header, certificate).map_err(Rejection::Validators)
            }
            _ => Err(Rejection::Kind),
        }
    }
}
