//! The ledger's questions, answered for real.
//!
//! Proofs are what costs, so every verification is done once: what was found is kept under the
//! names of everything that it depends on (statement, public bytes, proof). The ledger asks about a proof
//! only after it has looked at signature, nonce, balance and the rules of the action.
//!
//! Who wants proofs verified elsewhere asks first which ones are needed ([`Chain::unverified`](crate::Chain::unverified)),
//! and tells what was found ([`Chain::learn`](crate::Chain::learn)). What nobody has told is verified when the ledger asks:
//! that changes when an answer comes, and never which one (note 0029).

mod answers;
mod verification;

pub(crate) use answers::Answers;
pub use verification::{Answer, Question, Verification};

use crate::error::Error;
use crate::store::Store;
use assay_codec::{Digest, from_bytes};
use assay_ledger::{Evidence, TableFacts};
use assay_model::Table;
use assay_statements::delivery;
use assay_types::statement::{Accuracy, Delivery, Privacy};
use assay_types::validators::{VoteKey, VoteSignature};
use assay_types::{
    Address, BlobId, Blobs, DoubleVote, FieldDigest, SignedTx, TestCommitment, recover,
};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Proofs that somebody else is to verify, each once.
pub(crate) type Collected = BTreeMap<Question, Verification>;

/// What is done with a proof about which nothing is known.
#[derive(Debug)]
pub(crate) enum Unknown {
    /// It is verified.
    Verify,
    /// It is kept to be verified elsewhere, and taken for true. What is found in this way is not to be believed.
    Collect(RefCell<Collected>),
}

/// Signatures, proofs and blobs as they are.
#[derive(Debug)]
pub(crate) struct Verifier<'a> {
    /// The blobs of blocks.
    pub(crate) store: &'a Store,
    /// The blobs that wait for a block.
    pub(crate) waiting: Vec<&'a Blobs>,
    /// What is known already.
    pub(crate) answers: &'a Answers,
    /// What becomes of the rest.
    pub(crate) unknown: &'a Unknown,
    /// Why the store could not answer, if so. Whatever was answered then counts for nothing.
    pub(crate) failed: RefCell<Option<Error>>,
}

impl Verifier<'_> {
    fn blob(&self, id: &BlobId) -> Option<Cow<'_, [u8]>> {
        if let Some(bytes) = self.waiting.iter().find_map(|blobs| blobs.get(id)) {
            return Some(Cow::Borrowed(bytes));
        }
        match self.store.blob(id) {
            Ok(found) => found.map(Cow::Owned),
            Err(error) => {
                self.failed.borrow_mut().get_or_insert(error);
                None
            }
        }
    }

    /// Answers a question; `verification` is made only if nothing is known.
    fn holds(&self, question: Question, verification: impl FnOnce() -> Verification) -> bool {
        if let Some(known) = self.answers.get(&question) {
            return known;
        }
        match self.unknown {
            Unknown::Verify => self.answers.verify(&verification()),
            Unknown::Collect(collected) => {
                collected.borrow_mut().entry(question).or_insert_with(verification);
                true
            }
        }
    }
}

impl Evidence for Verifier<'_> {
    fn signer(&self, tx: &SignedTx, genesis: &Digest) -> Option<Address> {
        recover(&tx.tx.signing_digest(genesis), &tx.signature)
    }

    fn has_blob(&self, blob: &BlobId) -> bool {
        self.blob(blob).is_some()
    }

    fn table(&self, blob: &BlobId) -> Option<TableFacts> {
        let table = from_bytes::<Table>(&self.blob(blob)?).ok()?;
        Some(TableFacts {
            table: table.digest(),
            schema: table.schema().digest(),
            rows: u32::try_from(table.rows()).ok()?,
        })
    }

    fn opens_test(&self, commitment: &TestCommitment, table: &Digest, salt: &[u8; 32]) -> bool {
        TestCommitment::of(table, salt) == *commitment
    }

    fn opens_key(&self, key_hash: &FieldDigest, key: &FieldDigest) -> bool {
        delivery::key_hash(key) == *key_hash
    }

    fn accuracy_holds(&self, statement: &Accuracy, table: &BlobId, proof: &BlobId) -> bool {
        let Some(bytes) = self.blob(proof) else { return false };
        // Rows that are behind a commitment in the statement are no rows to anybody here: their blob is sealed.
        let mut rows = None;
        if statement.modes.input == Privacy::Public {
            rows = self.blob(table);
            if rows.is_none() {
                return false;
            }
        }
        let question = Question { statement: statement.digest(), about: *table, proof: *proof };
        self.holds(question, || {
            let (rows, bytes) = (rows.map(Cow::into_owned), bytes.into_owned());
            Verification::accuracy_of(question, statement.clone(), rows, bytes)
        })
    }

    fn delivery_holds(&self, statement: &Delivery, ciphertext: &BlobId, proof: &BlobId) -> bool {
        let (Some(sealed), Some(bytes)) = (self.blob(ciphertext), self.blob(proof)) else {
            return false;
        };
        let question =
            Question { statement: statement.digest(), about: *ciphertext, proof: *proof };
        self.holds(question, || {
            let (sealed, bytes) = (sealed.into_owned(), bytes.into_owned());
            Verification::delivery_of(question, statement.clone(), sealed, bytes)
        })
    }

    fn possesses(&self, vote: &VoteKey, possession: &VoteSignature) -> bool {
        vote.is_possessed(possession)
    }

    fn convicts(&self, evidence: &DoubleVote, genesis: &Digest) -> bool {
        evidence.verify(genesis).is_ok()
    }
}
