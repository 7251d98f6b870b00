//! Evidence without memory: the name of a blob says what it holds and what it proves.

use assay_codec::{Digest, Encode, to_bytes};
use assay_ledger::{Evidence, TableFacts};
use assay_types::statement::{Accuracy, Delivery, Privacy};
use assay_types::validators::{VoteKey, VoteSignature};
use assay_types::*;

pub(crate) struct Oracle;

/// A name whose bytes nobody has.
pub(crate) const ABSENT: BlobId = BlobId(Digest([0xee; 32]));
/// Bytes that are neither a table nor a proof of anything.
pub(crate) const JUNK: BlobId = BlobId(Digest([0x11; 32]));
const TABLE: u8 = 0x7a;
pub(crate) const ROWS: u8 = 30;

/// The name of a blob with the rows of `seed`.
pub(crate) fn table(seed: u8) -> BlobId {
    strange_table(seed, ROWS, false)
}

/// As [`table`], with another number of rows or other columns.
pub(crate) fn strange_table(seed: u8, rows: u8, is_foreign: bool) -> BlobId {
    let mut name = [0; 32];
    name[..4].copy_from_slice(&[TABLE, seed, rows, u8::from(is_foreign)]);
    BlobId(Digest(name))
}

/// The digest of the rows of `seed`.
pub(crate) fn rows(seed: u8) -> Digest {
    Digest([seed; 32])
}

/// The name of a proof of `statement` about `subject`, a table or a ciphertext.
pub(crate) fn proof(statement: StatementDigest, subject: BlobId) -> BlobId {
    BlobId(Digest::of_bytes("test/proof", &to_bytes(&Claim { statement, subject })))
}

/// The name of a proof of `statement`: about the rows in `table`, unless they stay hidden.
pub(crate) fn accuracy_proof(statement: &Accuracy, table: BlobId) -> BlobId {
    let is_public = statement.modes.input == Privacy::Public;
    proof(statement.digest(), if is_public { table } else { BlobId::default() })
}

struct Claim {
    statement: StatementDigest,
    subject: BlobId,
}

impl Encode for Claim {
    fn encode(&self, out: &mut Vec<u8>) {
        self.statement.encode(out);
        self.subject.encode(out);
    }
}

pub(crate) fn key_hash(key: &FieldDigest) -> FieldDigest {
    FieldDigest::new(key.get().map(|element| (element + 1) % FIELD_ORDER)).unwrap()
}

/// The signer's address and a hash of what is signed.
pub(crate) fn sign(tx: &Tx, signer: &Address, genesis: &Digest) -> Signature {
    let mut message = to_bytes(tx);
    genesis.encode(&mut message);
    let mut bytes = [0; 65];
    bytes[..20].copy_from_slice(&signer.0);
    bytes[20..32].copy_from_slice(&Digest::of_bytes("test/sign", &message).0[..12]);
    bytes[64] = 27;
    Signature::new(bytes).unwrap()
}

impl Evidence for Oracle {
    // There are no stakes in this market.
    fn possesses(&self, _: &VoteKey, _: &VoteSignature) -> bool {
        false
    }

    fn convicts(&self, _: &DoubleVote, _: &Digest) -> bool {
        false
    }

    fn signer(&self, signed: &SignedTx, genesis: &Digest) -> Option<Address> {
        let claimed = &signed.signature.as_bytes()[..20];
        let address = Address(claimed.try_into().unwrap());
        (sign(&signed.tx, &address, genesis) == signed.signature).then_some(address)
    }

    fn has_blob(&self, blob: &BlobId) -> bool {
        *blob != ABSENT
    }

    fn table(&self, blob: &BlobId) -> Option<TableFacts> {
        let [TABLE, seed, count, is_foreign, ..] = blob.0.0 else { return None };
        let schema =
            if is_foreign == 0 { crate::setting::schema().digest() } else { Digest::default() };
        Some(TableFacts { table: rows(seed), schema, rows: u32::from(count) })
    }

    fn opens_test(&self, commitment: &TestCommitment, table: &Digest, salt: &[u8; 32]) -> bool {
        TestCommitment::of(table, salt) == *commitment
    }

    fn opens_key(&self, hash: &FieldDigest, key: &FieldDigest) -> bool {
        key_hash(key) == *hash
    }

    fn accuracy_holds(&self, statement: &Accuracy, table: &BlobId, blob: &BlobId) -> bool {
        accuracy_proof(statement, *table) == *blob
    }

    fn delivery_holds(&self, statement: &Delivery, ciphertext: &BlobId, blob: &BlobId) -> bool {
        proof(statement.digest(), *ciphertext) == *blob
    }
}
