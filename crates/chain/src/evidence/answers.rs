//! What is known about proofs.

use super::verification::{Answer, Question, Verification};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Answers of one generation. Two are kept: the older one is forgotten when the younger one is full, so that what
/// was learnt a moment ago is never what is forgotten.
const GENERATION_MAX: usize = 2048;

/// Proofs that were verified before, here or elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    known: RefCell<Known>,
    verified: Cell<u64>,
    in_place: Cell<u64>,
}

#[derive(Debug, Default)]
struct Known {
    young: BTreeMap<Question, bool>,
    old: BTreeMap<Question, bool>,
}

impl Answers {
    /// How many proofs were verified, rather than known.
    pub(crate) fn verified(&self) -> u64 {
        self.verified.get()
    }

    /// How many of them were verified on the thread that asked.
    pub(crate) fn in_place(&self) -> u64 {
        self.in_place.get()
    }

    pub(crate) fn get(&self, question: &Question) -> Option<bool> {
        let known = self.known.borrow();
        known.young.get(question).or_else(|| known.old.get(question)).copied()
    }

    /// Keeps an answer.
    pub(crate) fn learn(&self, answer: Answer) {
        if self.get(answer.question()).is_some() {
            return;
        }
        self.verified.set(self.verified.get().saturating_add(1));
        let mut known = self.known.borrow_mut();
        if GENERATION_MAX <= known.young.len() {
            known.old = std::mem::take(&mut known.young);
        }
        known.young.insert(*answer.question(), answer.holds());
    }

    /// Verifies now, and keeps the answer.
    pub(crate) fn verify(&self, verification: &Verification) -> bool {
        self.in_place.set(self.in_place.get().saturating_add(1));
        let answer = verification.answer();
        self.learn(answer);
        answer.holds()
    }
}

#[cfg(test)]
mod tests {
    use super::{Answers, GENERATION_MAX};
    use crate::evidence::Verification;
    use assay_model::{Architecture, ops::tree};
    use assay_types::statement::{Context, Delivery};
    use assay_types::{FieldDigest, ModelCommitment};

    #[test]
    fn the_answers_that_are_kept_are_bounded_and_the_last_ones_are_among_them() {
        let some = FieldDigest::new([1; 8]).unwrap();
        let bounds = tree::Bounds::new(1, 2, 1, 3).unwrap();
        let statement = Delivery {
            context: Context::default(),
            architecture: Architecture::DecisionTree(bounds),
            model: ModelCommitment(some),
            key_hash: some,
            secret_hash: some,
            ciphertext: assay_codec::Digest::default(),
        };
        let answers = Answers::default();
        let mut asked = Vec::new();
        for number in 0..u32::try_from(3 * GENERATION_MAX).unwrap() {
            let bytes = || number.to_le_bytes().to_vec();
            let answer = Verification::delivery(statement.clone(), bytes(), bytes()).answer();
            // Twice is once.
            answers.learn(answer);
            answers.learn(answer);
            asked.push(*answer.question());
        }
        let (forgotten, kept) = asked.split_at(GENERATION_MAX);
        assert!(forgotten.iter().all(|question| answers.get(question).is_none()));
        assert!(kept.iter().all(|question| answers.get(question) == Some(false)));
        assert_eq!((answers.verified(), answers.in_place()), (asked.len() as u64, 0));
    }
}
