//! One proof and everything that its verification depends on.

use assay_codec::from_bytes;
use assay_model::Table;
use assay_statements::{accuracy, delivery};
use assay_types::statement::{Accuracy, Delivery, Privacy};
use assay_types::{BlobId, StatementDigest};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a verification depends on: the statement, the public bytes it is about, the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    pub(super) statement: StatementDigest,
    pub(super) about: BlobId,
    pub(super) proof: BlobId,
}

/// What was found. Only [`Verification::answer`] makes one, so that whoever has one can believe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    question: Question,
    holds: bool,
}

/// A proof that can be verified anywhere, by itself.
#[derive(Clone, Debug)]
pub struct Verification {
    question: Question,
    claim: Claim,
    proof: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Claim {
    /// About these rows, in their encoding; `None`: about rows behind a commitment.
    Accuracy(Box<Accuracy>, Option<Vec<u8>>),
    /// About this ciphertext.
    Delivery(Box<Delivery>, Vec<u8>),
}

impl Answer {
    /// What was asked.
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// Whether the proof proves the statement.
    pub fn holds(&self) -> bool {
        self.holds
    }
}

impl Verification {
    /// Whether `proof` proves `statement` about the rows in `table`. Where these are behind a commitment, `table` is
    /// a ciphertext that only the prover can read.
    pub fn accuracy(statement: Accuracy, table: Vec<u8>, proof: Vec<u8>) -> Self {
        let about = BlobId::of(&table);
        let question = Question { statement: statement.digest(), about, proof: BlobId::of(&proof) };
        Self::accuracy_of(question, statement, Some(table), proof)
    }

    /// The same, when the names are known. Rows that are not public are not needed.
    pub(super) fn accuracy_of(
        question: Question,
        statement: Accuracy,
        table: Option<Vec<u8>>,
        proof: Vec<u8>,
    ) -> Self {
        let rows = table.filter(|_| statement.modes.input == Privacy::Public);
        Self { question, claim: Claim::Accuracy(Box::new(statement), rows), proof }
    }

    /// Whether `proof` proves `statement` about `ciphertext`.
    pub fn delivery(statement: Delivery, ciphertext: Vec<u8>, proof: Vec<u8>) -> Self {
        let about = BlobId::of(&ciphertext);
        let question = Question { statement: statement.digest(), about, proof: BlobId::of(&proof) };
        Self::delivery_of(question, statement, ciphertext, proof)
    }

    /// The same, when the names are known.
    pub(super) fn delivery_of(
        question: Question,
        statement: Delivery,
        ciphertext: Vec<u8>,
        proof: Vec<u8>,
    ) -> Self {
        Self { question, claim: Claim::Delivery(Box::new(statement), ciphertext), proof }
    }

    /// Names everything that the answer depends on.
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// How many bytes it holds, nearly.
    pub fn bytes(&self) -> usize {
        let public = match &self.claim {
            Claim::Accuracy(_, rows) => rows.as_ref(),
            Claim::Delivery(_, ciphertext) => Some(ciphertext),
        };
        public.map_or(0, Vec::len).saturating_add(self.proof.len())
    }

    /// Verifies. Cost: some 20 ms.
    ///
    /// Verifiers return, whatever they are given. Should one panic in spite of that, it has not found that the proof
    /// holds: the answer is the same wherever it is asked for, and no thread ends by it.
    pub fn answer(&self) -> Answer {
        let holds = catch_unwind(AssertUnwindSafe(|| self.holds())).unwrap_or(false);
        Answer { question: self.question, holds }
    }

    fn holds(&self) -> bool {
        match &self.claim {
            Claim::Accuracy(statement, None) => {
                accuracy::verify_committed(statement, &self.proof).is_ok()
            }
            Claim::Accuracy(statement, Some(rows)) => from_bytes::<Table>(rows)
                .is_ok_and(|rows| accuracy::verify(statement, &rows, &self.proof).is_ok()),
            Claim::Delivery(statement, ciphertext) => {
                delivery::verify(statement, ciphertext, &self.proof).is_ok()
            }
        }
    }
}
