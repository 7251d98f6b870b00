//! What is answered: its name where it is public, its salted commitment where it is not.
//!
//! # Claim
//!
//! `Y` is the Poseidon2 commitment of a column of answers under some salt: the class of each of n
//! rows, and zeros up to a power of two. It is a chain (`chain`) whose start names the schema
//! (columns, classes, their order) and n.
//!
//! Answers are small numbers: without the salt anybody could try them.

use crate::chain::{self, Gadget};
use crate::commit::{Salt, digest, elements, tag};
use crate::rows::named;
use assay_codec::{Digest, Encode, put_seq};
use assay_engine::cells::Block;
use assay_engine::field::F;
use assay_engine::poseidon2::{Compressor, HALF};
use assay_model::Schema;
use assay_types::FieldDigest;
use p3_field::PrimeCharacteristicRing;

/// Smallest binary logarithm of a column: a vector.
const COLUMN_LOG_MIN: usize = 4;

struct Answers<'a>(&'a [u16]);

impl Encode for Answers<'_> {
    fn encode(&self, out: &mut Vec<u8>) {
        put_seq(out, self.0);
    }
}

/// Names public answers: the class index of each row.
pub fn answers_digest(answers: &[u16]) -> Digest {
    Digest::of("assay/answers/1", &Answers(answers))
}

/// Commits to the class index of each row.
pub fn commit_answers(schema: &Schema, answers: &[u16], salt: &Salt) -> FieldDigest {
    let compressor = Compressor::default();
    let end = states(&compressor, schema, answers).last().copied().unwrap_or_default();
    digest(compressor.compress(end, elements(&salt.0)))
}

/// h_0 … h_K.
pub(crate) fn states(compressor: &Compressor, schema: &Schema, answers: &[u16]) -> Vec<[F; HALF]> {
    let calls = (1 << column_log(answers.len())) / HALF;
    let cell = |index: usize| F::from_u16(answers.get(index).copied().unwrap_or_default());
    let blocks = (0..calls).map(|i| std::array::from_fn(|lane| cell(i * HALF + lane)));
    chain::states(compressor, start(schema, answers.len()), blocks)
}

fn start(schema: &Schema, rows: usize) -> [F; HALF] {
    tag("assay/answers/start/2", &named(schema, rows))
}

/// Binary logarithm of the column of so many answers.
pub(crate) fn column_log(rows: usize) -> usize {
    (rows.next_power_of_two().ilog2() as usize).max(COLUMN_LOG_MIN)
}

/// The part of a circuit that opens a commitment to the answers in `column`.
pub(crate) fn gadget<'b>(
    schema: &Schema,
    rows: usize,
    column: Block,
    blocks: &'b [Block],
) -> Option<(Gadget, &'b [Block])> {
    Gadget::new(start(schema, rows), vec![column], blocks)
}

#[cfg(test)]
mod tests {
    use super::{answers_digest, commit_answers};
    use crate::commit::Salt;
    use assay_model::Schema;
    use assay_types::FieldDigest;

    fn schema(class: &str) -> Schema {
        Schema::new(vec!["x".into()], "y".into(), vec!["a".into(), class.into()]).unwrap()
    }

    fn salt(last: u32) -> Salt {
        Salt(FieldDigest::new([1, 2, 3, 4, 5, 6, 7, last]).unwrap())
    }

    #[test]
    fn every_answer_their_number_the_names_and_the_salt_matter() {
        let base = commit_answers(&schema("b"), &[0, 1, 0], &salt(1));
        assert_eq!(base, commit_answers(&schema("b"), &[0, 1, 0], &salt(1)));
        for (name, other) in [
            ("salt", commit_answers(&schema("b"), &[0, 1, 0], &salt(2))),
            ("class", commit_answers(&schema("c"), &[0, 1, 0], &salt(1))),
            ("answer", commit_answers(&schema("b"), &[0, 1, 1], &salt(1))),
            ("order", commit_answers(&schema("b"), &[1, 0, 0], &salt(1))),
            ("number", commit_answers(&schema("b"), &[0, 1, 0, 0], &salt(1))),
        ] {
            assert_ne!(base, other, "{name}");
        }
        assert_ne!(answers_digest(&[0, 1, 0]), answers_digest(&[0, 1]));
        assert_ne!(answers_digest(&[0, 1, 0]), answers_digest(&[1, 0, 0]));
    }

    #[test]
    fn every_cell_matters() {
        let base = commit_answers(&schema("b"), &[0; 64], &salt(1));
        for index in 0..64 {
            let mut answers = [0; 64];
            answers[index] = 1;
            assert_ne!(commit_answers(&schema("b"), &answers, &salt(1)), base, "answer {index}");
        }
    }
}
