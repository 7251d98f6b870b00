//! What is answered: its name where it is public, its salted commitment where it is not.
//!
//! # Claim
//!
//! `Y` is the Poseidon2 commitment of a column of answers under some salt: the class of each of n
//! rows, or its number in parts of the unit, and zeros up to a power of two. It is a chain (`chain`)
//! whose start names the schema (columns, classes and their order, or unit and scale) and n.
//!
//! Answers are small numbers: without the salt anybody could try them.

use crate::chain::{self, Gadget};
use crate::commit::{Salt, digest, elements, tag};
use crate::rows::named;
use assay_codec::{Digest, Encode, put_len, put_seq};
use assay_engine::cells::Block;
use assay_engine::field::F;
use assay_engine::poseidon2::{Compressor, HALF};
use assay_model::{Schema, regression};
use assay_types::FieldDigest;
use p3_field::PrimeCharacteristicRing;

/// Smallest binary logarithm of a column: a vector.
const COLUMN_LOG_MIN: usize = 4;

struct Classes<'a>(&'a [u16]);

impl Encode for Classes<'_> {
    fn encode(&self, out: &mut Vec<u8>) {
        put_seq(out, self.0);
    }
}

struct Numbers<'a>(&'a [i32]);

impl Encode for Numbers<'_> {
    fn encode(&self, out: &mut Vec<u8>) {
        put_len(out, self.0.len());
        self.0.iter().for_each(|number| number.cast_unsigned().encode(out));
    }
}

/// Names public answers: the class index of each row.
pub fn answers_digest(answers: &[u16]) -> Digest {
    Digest::of("assay/answers/1", &Classes(answers))
}

/// Names public answers: the number of each row, in parts of the unit.
pub fn numbers_digest(numbers: &[i32]) -> Digest {
    Digest::of("assay/numbers/1", &Numbers(numbers))
}

/// Commits to the class index of each row.
pub fn commit_answers(schema: &Schema, answers: &[u16], salt: &Salt) -> FieldDigest {
    let compressor = Compressor::default();
    commitment(&compressor, &class_states(&compressor, schema, answers), salt)
}

/// Commits to the number of each row, in parts of the unit.
pub fn commit_numbers(schema: &regression::Schema, numbers: &[i32], salt: &Salt) -> FieldDigest {
    let compressor = Compressor::default();
    commitment(&compressor, &number_states(&compressor, schema, numbers), salt)
}

fn commitment(compressor: &Compressor, states: &[[F; HALF]], salt: &Salt) -> FieldDigest {
    let end = states.last().copied().unwrap_or_default();
    digest(compressor.compress(end, elements(&salt.0)))
}

/// h_0 … h_K of classes.
pub(crate) fn class_states(
    compressor: &Compressor,
    schema: &Schema,
    answers: &[u16],
) -> Vec<[F; HALF]> {
    let cells = answers.iter().map(|&class| F::from_u16(class)).collect();
    states(compressor, class_start(schema, answers.len()), cells)
}

/// h_0 … h_K of numbers.
pub(crate) fn number_states(
    compressor: &Compressor,
    schema: &regression::Schema,
    numbers: &[i32],
) -> Vec<[F; HALF]> {
    let cells = numbers.iter().map(|&number| F::from_i32(number)).collect();
    states(compressor, number_start(schema, numbers.len()), cells)
}

fn states(compressor: &Compressor, start: [F; HALF], mut cells: Vec<F>) -> Vec<[F; HALF]> {
    cells.resize(1 << column_log(cells.len()), F::ZERO);
    let (blocks, _) = cells.as_chunks::<HALF>();
    chain::states(compressor, start, blocks.iter().copied())
}

/// h_0 of the classes of so many rows.
pub(crate) fn class_start(schema: &Schema, rows: usize) -> [F; HALF] {
    tag("assay/answers/start/2", &named(schema, rows))
}

/// h_0 of the numbers of so many rows.
pub(crate) fn number_start(schema: &regression::Schema, rows: usize) -> [F; HALF] {
    let mut name = schema.digest().0.to_vec();
    name.extend_from_slice(&(rows as u64).to_le_bytes());
    tag("assay/numbers/start/1", &name)
}

/// Binary logarithm of the column of so many answers.
pub(crate) fn column_log(rows: usize) -> usize {
    (rows.next_power_of_two().ilog2() as usize).max(COLUMN_LOG_MIN)
}

/// The part of a circuit that opens a commitment to the answers in `column`.
pub(crate) fn gadget(
    start: [F; HALF],
    column: Block,
    blocks: &[Block],
) -> Option<(Gadget, &[Block])> {
    Gadget::new(start, vec![column], blocks)
}

#[cfg(test)]
mod tests {
    use super::{answers_digest, commit_answers, commit_numbers, numbers_digest};
    use crate::commit::Salt;
    use assay_model::{Schema, regression};
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
    fn every_number_its_unit_and_scale_matter() {
        let schema = |unit: &str, parts| {
            let scale = regression::Scale::new(parts, 0, 9).unwrap();
            regression::Schema::new(vec!["x".into()], "y".into(), unit.into(), scale).unwrap()
        };
        let base = commit_numbers(&schema("kg", 10), &[-7, 3], &salt(1));
        for (name, other) in [
            ("salt", commit_numbers(&schema("kg", 10), &[-7, 3], &salt(2))),
            ("unit", commit_numbers(&schema("g", 10), &[-7, 3], &salt(1))),
            ("parts", commit_numbers(&schema("kg", 100), &[-7, 3], &salt(1))),
            ("sign", commit_numbers(&schema("kg", 10), &[7, 3], &salt(1))),
            ("order", commit_numbers(&schema("kg", 10), &[3, -7], &salt(1))),
            ("number", commit_numbers(&schema("kg", 10), &[-7, 3, 0], &salt(1))),
            ("kind", commit_answers(schema("kg", 10).names(), &[0, 0], &salt(1))),
        ] {
            assert_ne!(base, other, "{name}");
        }
        assert_ne!(numbers_digest(&[-7, 3]), numbers_digest(&[7, 3]));
        assert_ne!(numbers_digest(&[0]), answers_digest(&[0]));
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
