//! EIP-712: what every action's typed data has in common.

use super::Tx;
use crate::{Amount, FieldDigest};
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{Eip712Domain, SolStruct};
use assay_codec::{Digest, Encode, to_bytes};

/// The fields that lead every message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) from: Address,
    pub(super) nonce: u64,
    pub(super) valid_until: u64,
    pub(super) max_fee: U256,
}

impl Head {
    pub(super) fn new(tx: &Tx) -> Self {
        Self {
            from: Address(tx.from.0.into()),
            nonce: tx.nonce,
            valid_until: tx.valid_until.get(),
            max_fee: amount(tx.max_fee),
        }
    }
}

/// An action that a wallet can show.
pub(super) trait Typed {
    /// The message, as Solidity would write it.
    type Message: SolStruct;

    /// Fills the message.
    fn message(&self, head: Head) -> Self::Message;

    /// Returns what is signed.
    fn signing_hash(&self, head: Head, domain: &Eip712Domain) -> B256 {
        self.message(head).eip712_signing_hash(domain)
    }
}

pub(super) fn domain(chain: u64, genesis: &Digest) -> Eip712Domain {
    let (name, version) = ("Assay".into(), "1".into());
    let (chain, salt) = (U256::from(chain), B256::from(genesis.0));
    Eip712Domain::new(Some(name), Some(version), Some(chain), None, Some(salt))
}

pub(super) fn amount(amount: Amount) -> U256 {
    U256::from(amount.get())
}

pub(super) fn digest(digest: Digest) -> B256 {
    B256::from(digest.0)
}

pub(super) fn field(digest: &FieldDigest) -> B256 {
    B256::from_slice(&to_bytes(digest))
}

/// Binds all of an action, also what its message only tells in words.
pub(super) fn contents(action: &impl Encode) -> B256 {
    digest(Digest::of("assay/action/1", action))
}
