//! Keys, in the form of the library.

use assay_codec::Digest as Hash;
use assay_types::validators::{POSSESSION, VoteKey, VoteSignature, namespace};
use assay_types::{Address, Certificate, Certified, Finality, Header, Validator, Validators};
use commonware_codec::{Copying, DecodeExt as _, Encode as _};
use commonware_consensus::simplex::scheme::bls12381_multisig;
use commonware_consensus::simplex::types::{Finalization, Proposal};
use commonware_consensus::types::{Epoch, Participant, Round, View};
use commonware_cryptography::Signer as _;
use commonware_cryptography::bls12381::certificate::multisig;
use commonware_cryptography::bls12381::primitives::group::{G1, Private};
use commonware_cryptography::bls12381::primitives::ops::{self, aggregate};
use commonware_cryptography::bls12381::primitives::variant::MinPk;
use commonware_cryptography::certificate::Signers;
use commonware_cryptography::{blake3, ed25519};
use commonware_utils::ordered::BiMap;
use std::fmt;

/// Names a validator to its peers.
pub type PublicKey = ed25519::PublicKey;
/// Names a block: the digest of its header.
pub type Digest = blake3::Digest;
/// How votes are signed and added up: BLS12-381, keys in G1, signatures in G2, with the signers named.
pub type Scheme = bls12381_multisig::Scheme<PublicKey, MinPk>;

/// Why keys cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A network key of the genesis is none.
    #[error("the network key of validator {0} is not a key of Ed25519")]
    NetworkKey(usize),
    /// A vote key of the genesis is none. Cannot be, since the genesis was checked.
    #[error("the vote key of validator {0} is not a key of BLS12-381")]
    VoteKey(usize),
    /// The genesis names others.
    #[error("the genesis names no validator with these keys")]
    Stranger,
}

/// The two secrets of a validator.
#[derive(Clone)]
pub struct Secrets {
    pub(super) network: ed25519::PrivateKey,
    vote: Private,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("network", &self.public()).finish_non_exhaustive()
    }
}

impl Secrets {
    /// Derives the secrets from two seeds, which must be secret and independent.
    pub fn from_seeds(network: &[u8; 32], vote: &[u8; 32]) -> Self {
        let network =
            ed25519::PrivateKey::decode(Copying(network)).expect("any 32 bytes are a seed");
        let mut candidate = Hash::of_bytes("assay/validator/vote/1", vote);
        loop {
            // About every other candidate lies below the order of the group.
            match Private::decode(Copying(&candidate.0)) {
                Ok(vote) => return Self { network, vote },
                Err(_) => candidate = Hash::of_bytes("assay/validator/vote/1", &candidate.0),
            }
        }
    }

    /// The name under which peers know this validator.
    pub fn public(&self) -> PublicKey {
        self.network.public_key()
    }

    /// What a genesis says of this validator, whose fees go to `payee`.
    pub fn validator(&self, payee: Address) -> Validator {
        let public = ops::compute_public::<MinPk>(&self.vote);
        let possession = ops::sign_proof_of_possession::<MinPk>(&self.vote, POSSESSION);
        Validator {
            network: fixed(&self.public().encode()),
            vote: VoteKey::new(fixed(&public.encode())).expect("the key of a secret is one"),
            possession: VoteSignature(fixed(&possession.encode())),
            payee,
        }
    }

    /// What this validator signs with, as one of `validators`.
    pub fn scheme(&self, genesis: &Hash, validators: &Validators) -> Result<Scheme, Error> {
        self.signer(genesis, validators)?.ok_or(Error::Stranger)
    }

    /// The same, or what only verifies, of one that is none of them.
    pub fn member(&self, genesis: &Hash, validators: &Validators) -> Result<Scheme, Error> {
        match self.signer(genesis, validators)? {
            Some(signer) => Ok(signer),
            None => observer(genesis, validators),
        }
    }

    fn signer(&self, genesis: &Hash, validators: &Validators) -> Result<Option<Scheme>, Error> {
        let participants = participants(validators)?;
        Ok(Scheme::signer(&namespace(genesis), participants, self.vote.clone()))
    }
}

/// What somebody verifies with who signs nothing.
pub fn observer(genesis: &Hash, validators: &Validators) -> Result<Scheme, Error> {
    Ok(Scheme::verifier(&namespace(genesis), participants(validators)?))
}

/// Returns the validators in the form of the library, which orders them as we do.
fn participants(validators: &Validators) -> Result<BiMap<PublicKey, G1>, Error> {
    let mut pairs = Vec::new();
    for (index, validator) in validators.list().iter().enumerate() {
        let network = public_key(&validator.network).ok_or(Error::NetworkKey(index))?;
        let vote =
            G1::decode(Copying(validator.vote.as_bytes())).map_err(|_| Error::VoteKey(index))?;
        pairs.push((network, vote));
    }
    Ok(BiMap::try_from(pairs).expect("the keys of a genesis are distinct"))
}

/// Reads a network key.
pub fn public_key(bytes: &[u8; 32]) -> Option<PublicKey> {
    PublicKey::decode(Copying(bytes)).ok()
}

/// Returns the certificate of a block that was certified itself in the form of the library, which goes on from there;
/// `None` if it was not. `count` is that of the validators of its epoch.
pub fn finalization(certified: &Certified, count: usize) -> Option<Finalization<Scheme, Digest>> {
    let Finality::Validators(certificate) = &certified.finality else { return None };
    if !certificate.descendants.is_empty() {
        return None;
    }
    let round = Round::new(Epoch::new(certificate.epoch), View::new(certificate.view));
    let parent = View::new(certificate.parent_view);
    let payload = super::block::digest(certified.header.digest());
    let signers = certificate.signers.iter().map(|&signer| Participant::new(signer.into()));
    let signers = Signers::new(u32::try_from(count).ok()?, signers).ok()?;
    let signature =
        aggregate::Signature::<MinPk>::decode(Copying(&certificate.signature.0)).ok()?;
    Some(Finalization {
        proposal: Proposal::new(round, parent, payload),
        certificate: multisig::Certificate { signers, signature: signature.into() },
    })
}

/// Returns a certificate of the library in the form that receipts carry.
pub fn certificate(
    finalization: &Finalization<Scheme, Digest>,
    descendants: Vec<Header>,
) -> Option<Certificate> {
    let signature = finalization.certificate.signature.get()?.encode();
    let signers = finalization.certificate.signers.iter();
    Some(Certificate {
        epoch: finalization.proposal.round.epoch().get(),
        descendants,
        view: finalization.proposal.round.view().get(),
        parent_view: finalization.proposal.parent.get(),
        signers: signers.map(|signer| u8::try_from(signer.get()).ok()).collect::<Option<_>>()?,
        signature: VoteSignature(fixed(&signature)),
    })
}

pub(super) fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("keys and signatures have a fixed length")
}

#[cfg(test)]
mod tests {
    use super::{Hash, fixed, public_key};
    use assay_codec::from_hex;
    use assay_types::validators::is_network_key;
    use commonware_codec::Encode as _;

    /// Of order 8 (and 4, by y = 0, below): keys that nobody has a secret of.
    const SMALL: [&str; 2] = [
        "0x26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "0xc7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ];

    /// A key that the ledger takes and the library does not would end every node when its owner gets a seat.
    #[track_caller]
    fn is_a_key_of_the_library(bytes: &[u8; 32]) {
        let key = public_key(bytes).unwrap_or_else(|| panic!("{bytes:02x?}"));
        assert_eq!(fixed::<32>(&key.encode()), *bytes);
    }

    #[test]
    fn what_the_ledger_takes_for_a_network_key_is_one_of_the_library() {
        let mut taken = 0;
        for number in 0..512_u64 {
            let bytes = Hash::of_bytes("assay/test/network-key/1", &number.to_le_bytes()).0;
            assert_eq!(is_network_key(&bytes), public_key(&bytes).is_some(), "{bytes:02x?}");
            taken += u32::from(is_network_key(&bytes));
        }
        assert!((200..312).contains(&taken), "half of all bytes are keys: {taken}");
    }

    #[test]
    fn so_are_those_at_the_edges() {
        let mut edges: Vec<[u8; 32]> = SMALL.iter().map(|text| from_hex(text).unwrap()).collect();
        for low in 0..=u8::MAX {
            let mut small = [0; 32];
            small[0] = low;
            // Around p, which ends in ed, and up to the end of what 255 bits hold.
            let mut large = [0xff; 32];
            (large[0], large[31]) = (low, 0x7f);
            edges.extend([small, large]);
        }
        let mut taken = 0;
        for mut bytes in edges {
            for _ in 0..2 {
                bytes[31] ^= 0x80;
                if is_network_key(&bytes) {
                    is_a_key_of_the_library(&bytes);
                    taken += 1;
                }
            }
        }
        assert!(200 < taken, "{taken}");
    }
}
