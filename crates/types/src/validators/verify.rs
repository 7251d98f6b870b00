//! Is a certificate one of a quorum, and about this block?
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use super::bls::voted;
use super::{Certificate, Validators};
use crate::header::{Header, VERSION};

/// Why a certificate does not make a block final; the first rule that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Rule 1: descendants are linked.
    #[error("descendant {index} does not follow the header before it")]
    Descendant {
        /// Its number, from 0.
        index: usize,
    },
    /// Rule 2: signers rise.
    #[error("signer {signer} stands twice or out of order")]
    Order {
        /// The signer.
        signer: u8,
    },
    /// Rule 3: signers are validators.
    #[error("signer {signer} is none of the {count} validators")]
    Stranger {
        /// The signer.
        signer: u8,
        /// How many validators there are.
        count: usize,
    },
    /// Rule 4: they are enough.
    #[error("{got} validators have signed, {expected} are needed")]
    Quorum {
        /// How many must sign.
        expected: usize,
        /// How many have.
        got: usize,
    },
    /// Rule 5: they have signed.
    #[error("the signature is not that of the validators it names")]
    Signature,
}

impl Validators {
    /// Checks that a quorum of these validators has finalised `header`, or a descendant of it.
    ///
    /// # Closing the protocol
    ///
    /// The caller MUST have checked version and genesis of `header`, and that these are the validators of that
    /// genesis.
    pub fn verify(&self, header: &Header, certificate: &Certificate) -> Result<(), Rejection> {
        let mut last = *header;
        for (index, next) in certificate.descendants.iter().enumerate() {
            let follows = next.version == VERSION
                && next.genesis == header.genesis
                && next.parent == last.digest()
                && last.height.checked_add(1) == Some(next.height);
            if !follows {
                return Err(Rejection::Descendant { index });
            }
            last = *next;
        }
        let (count, mut before) = (self.count(), None);
        let mut keys = Vec::new();
        for &signer in &certificate.signers {
            if before.is_some_and(|before| signer <= before) {
                return Err(Rejection::Order { signer });
            }
            let validator = self.list().get(usize::from(signer));
            keys.push(&validator.ok_or(Rejection::Stranger { signer, count })?.vote);
            before = Some(signer);
        }
        if keys.len() < self.quorum() {
            return Err(Rejection::Quorum { expected: self.quorum(), got: keys.len() });
        }
        let message = certificate.message(&header.genesis, &last.digest());
        if !voted(&keys, &message, &certificate.signature) {
            return Err(Rejection::Signature);
        }
        Ok(())
    }
}
