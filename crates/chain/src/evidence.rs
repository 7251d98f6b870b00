//! The ledger's questions, answered for real.
//!
//! Proofs are what costs, so every verification is done once: what was found is kept under the
//! names of everything that it depends on (statement, public bytes, proof). The ledger asks about a proof
//! only after it has looked at signature, nonce, balance and the rules of the action.

use crate::error::Error;
use crate::store::Store;
use assay_codec::{Digest, from_bytes};
use assay_ledger::{Evidence, TableFacts};
use assay_model::Table;
use assay_statements::{accuracy, delivery};
use assay_types::statement::{Accuracy, Delivery, Privacy};
use assay_types::{
    Address, BlobId, Blobs, FieldDigest, SignedTx, StatementDigest, TestCommitment, recover,
};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Most answers that are kept; the store of answers starts anew when it is full.
const ANSWERS_MAX: usize = 4096;

/// What a verification depends on: the statement, the public bytes it is about, the proof.
type Question = (StatementDigest, BlobId, BlobId);

/// Proofs that were verified before.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    known: RefCell<BTreeMap<Question, bool>>,
    verified: Cell<u64>,
}

impl Answers {
    /// How many proofs were verified, rather than known.
    pub(crate) fn verified(&self) -> u64 {
        self.verified.get()
    }

    fn ask(&self, question: Question, verify: impl FnOnce() -> bool) -> bool {
        if let Some(&answer) = self.known.borrow().get(&question) {
            return answer;
        }
        self.verified.set(self.verified.get().saturating_add(1));
        let answer = verify();
        let mut known = self.known.borrow_mut();
        if ANSWERS_MAX <= known.len() {
            known.clear();
        }
        known.insert(question, answer);
        answer
    }
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
        if statement.modes.input != Privacy::Public {
            // The rows are behind the commitment in the statement; their blob is sealed for the owner.
            return self.answers.ask((statement.digest(), *table, *proof), || {
                accuracy::verify_committed(statement, &bytes).is_ok()
            });
        }
        let Some(rows) = self.blob(table) else { return false };
        self.answers.ask((statement.digest(), *table, *proof), || {
            from_bytes::<Table>(&rows)
                .is_ok_and(|rows| accuracy::verify(statement, &rows, &bytes).is_ok())
        })
    }

    fn delivery_holds(&self, statement: &Delivery, ciphertext: &BlobId, proof: &BlobId) -> bool {
        let (Some(sealed), Some(bytes)) = (self.blob(ciphertext), self.blob(proof)) else {
            return false;
        };
        self.answers.ask((statement.digest(), *ciphertext, *proof), || {
            delivery::verify(statement, &sealed, &bytes).is_ok()
        })
    }
}
