//! A stand-in for cryptography: what holds is written down beforehand, everything else is false.

use assay_codec::{Digest, Encode, to_bytes};
use assay_ledger::{Evidence, TableFacts};
use assay_types::statement::{Accuracy, Delivery};
use assay_types::validators::{VoteKey, VoteSignature};
use assay_types::{
    Address, BlobId, DoubleVote, FIELD_ORDER, FieldDigest, Signature, SignedTx, StatementDigest,
};
use assay_types::{TestCommitment, Tx};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Default)]
pub(crate) struct Facts {
    pub(crate) blobs: BTreeSet<BlobId>,
    pub(crate) tables: BTreeMap<BlobId, TableFacts>,
    /// Statement, table or ciphertext, proof.
    pub(crate) proofs: BTreeSet<(StatementDigest, BlobId, BlobId)>,
    /// How often a proof had to be verified.
    pub(crate) verified: Cell<u32>,
}

impl Evidence for Facts {
    fn signer(&self, signed: &SignedTx, genesis: &Digest) -> Option<Address> {
        let claimed = &signed.signature.as_bytes()[..20];
        let address = Address(claimed.try_into().unwrap());
        (sign(&signed.tx, &address, genesis) == signed.signature).then_some(address)
    }

    fn has_blob(&self, blob: &BlobId) -> bool {
        self.blobs.contains(blob)
    }

    fn table(&self, blob: &BlobId) -> Option<TableFacts> {
        self.tables.get(blob).copied()
    }

    fn opens_test(&self, commitment: &TestCommitment, table: &Digest, salt: &[u8; 32]) -> bool {
        TestCommitment::of(table, salt) == *commitment
    }

    fn opens_key(&self, hash: &FieldDigest, key: &FieldDigest) -> bool {
        key_hash(key) == *hash
    }

    fn accuracy_holds(&self, statement: &Accuracy, table: &BlobId, proof: &BlobId) -> bool {
        self.verified.set(self.verified.get() + 1);
        self.proofs.contains(&(statement.digest(), *table, *proof))
    }

    fn delivery_holds(&self, statement: &Delivery, ciphertext: &BlobId, proof: &BlobId) -> bool {
        self.verified.set(self.verified.get() + 1);
        self.proofs.contains(&(statement.digest(), *ciphertext, *proof))
    }

    fn possesses(&self, _: &VoteKey, possession: &VoteSignature) -> bool {
        *possession == TRUE
    }

    fn convicts(&self, evidence: &DoubleVote, _: &Digest) -> bool {
        self.verified.set(self.verified.get() + 1);
        evidence.conflict.votes().iter().all(|(_, signature)| *signature == TRUE)
    }
}

/// The only signature of a vote key that holds.
const TRUE: VoteSignature = VoteSignature([1; 96]);

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

pub(crate) fn key_hash(key: &FieldDigest) -> FieldDigest {
    FieldDigest::new(key.get().map(|element| (element + 1) % FIELD_ORDER)).unwrap()
}
