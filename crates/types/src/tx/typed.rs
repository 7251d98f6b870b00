//! EIP-712: what every action's typed data has in common.

use super::Tx;
use crate::{Amount, FieldDigest};
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{Eip712Domain, SolStruct, SolValue};
use assay_codec::{Digest, Encode, to_bytes, to_hex};

/// Bytes of a word of Solidity's encoding.
const WORD: usize = 32;

/// A field of a message, as a wallet's window shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedField {
    /// Its name.
    pub name: String,
    /// Its type in Solidity: `address`, `bytes32`, `string`, or an unsigned integer.
    pub kind: String,
    /// Its value: text, a decimal number, or hexadecimal digits behind `0x`.
    pub value: String,
}

/// What a wallet is asked to sign, as a document for `eth_signTypedData_v4` has it. The domain is `{ name:
/// "Assay", version: "1", chainId, salt }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedData {
    /// EIP-155 number of the chain.
    pub chain: u64,
    /// The digest of its genesis.
    pub salt: Digest,
    /// The action's name.
    pub primary_type: &'static str,
    /// The message, in the order of its type.
    pub fields: Vec<TypedField>,
}

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
    type Message: SolStruct + SolValue;

    /// Fills the message.
    fn message(&self, head: Head) -> Self::Message;
}

/// The same, whatever the message.
pub(super) trait Signed {
    /// Returns what is signed.
    fn signing_hash(&self, head: Head, domain: &Eip712Domain) -> B256;

    /// Returns what is shown.
    fn fields(&self, head: Head) -> Vec<TypedField>;
}

impl<T: Typed> Signed for T {
    fn signing_hash(&self, head: Head, domain: &Eip712Domain) -> B256 {
        self.message(head).eip712_signing_hash(domain)
    }

    fn fields(&self, head: Head) -> Vec<TypedField> {
        shown(&self.message(head))
    }
}

/// Reads the fields of a message from its type, which is what is hashed, and from its encoding for contracts.
fn shown<M: SolStruct + SolValue>(message: &M) -> Vec<TypedField> {
    let bytes = message.abi_encode();
    // A struct with a string in it stands behind its own offset.
    let body = bytes.get(if M::DYNAMIC { WORD } else { 0 }..).unwrap_or_default();
    let root = M::eip712_root_type();
    let inner = root.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    let fields = inner.unwrap_or_default().split(',').enumerate();
    let field = |(at, field): (usize, &str)| {
        let (kind, name) = field.split_once(' ')?;
        let word = body.get(at * WORD..(at + 1) * WORD)?;
        let value = match kind {
            "address" => to_hex(word.get(12..)?),
            "bytes32" => to_hex(word),
            "string" => text(body, word)?,
            _ => U256::from_be_slice(word).to_string(),
        };
        Some(TypedField { name: name.to_owned(), kind: kind.to_owned(), value })
    };
    fields.filter_map(field).collect()
}

/// Reads the text whose place in `body` is in `word`.
fn text(body: &[u8], word: &[u8]) -> Option<String> {
    let number = |word: &[u8]| usize::try_from(U256::from_be_slice(word)).ok();
    let rest = body.get(number(word)?..)?;
    let (len, rest) = rest.split_at_checked(WORD)?;
    String::from_utf8(rest.get(..number(len)?)?.to_vec()).ok()
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
