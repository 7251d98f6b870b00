//! What the ledger is told, because it verifies nothing itself.

use assay_codec::Digest;
use assay_types::statement::{Accuracy, Delivery};
use assay_types::validators::{VoteKey, VoteSignature};
use assay_types::{Address, BlobId, DoubleVote, FieldDigest, SignedTx, TestCommitment};

/// What a blob with a test set holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableFacts {
    /// Digest of the rows (`Table::digest`).
    pub table: Digest,
    /// Digest of their schema (`Schema::digest`).
    pub schema: Digest,
    /// Number of rows; each has all features and a label of the schema.
    pub rows: u32,
}

/// Answers about bytes and cryptography.
///
/// Every answer must be a pure function of the arguments and of blobs whose bytes hash to their names:
/// two nodes that hold the same blobs give the same answers. An implementation that cannot answer (a
/// missing file, a failing disk) must not answer `true`.
pub trait Evidence {
    /// Returns who signed `tx` on the chain that began with `genesis`.
    fn signer(&self, tx: &SignedTx, genesis: &Digest) -> Option<Address>;

    /// Returns whether the bytes behind `blob` are here and hash to that name.
    fn has_blob(&self, blob: &BlobId) -> bool;

    /// Reads `blob` as the canonical encoding of a table; `None` if it is anything else.
    fn table(&self, blob: &BlobId) -> Option<TableFacts>;

    /// Returns whether `commitment` opens to the rows behind `table` with `salt`.
    fn opens_test(&self, commitment: &TestCommitment, table: &Digest, salt: &[u8; 32]) -> bool;

    /// Returns whether `key` is the preimage of `key_hash`.
    fn opens_key(&self, key_hash: &FieldDigest, key: &FieldDigest) -> bool;

    /// Returns whether `proof` proves `statement` about the rows in `table`. If the statement's input is
    /// committed, `table` is the encryption of the rows to the prover, and the statement is about its own
    /// `data`, a commitment that the proof opens.
    fn accuracy_holds(&self, statement: &Accuracy, table: &BlobId, proof: &BlobId) -> bool;

    /// Returns whether `proof` proves `statement` about the bytes of `ciphertext`.
    fn delivery_holds(&self, statement: &Delivery, ciphertext: &BlobId, proof: &BlobId) -> bool;

    /// Returns whether `possession` shows that somebody has the secret of `vote`.
    fn possesses(&self, vote: &VoteKey, possession: &VoteSignature) -> bool;

    /// Returns whether the votes convict whoever has the vote key, on the chain that began with `genesis`.
    fn convicts(&self, evidence: &DoubleVote, genesis: &Digest) -> bool;
}
