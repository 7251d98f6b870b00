//! What a model answers with, as people read it: names of classes, or numbers in units.

use crate::{answers_opening::AnswersOpening, numbers, output::report, proof_file::Statement};
use assay_codec::{Digest, Encode, Error, Reader, put_len, put_seq};
use assay_model::{Model, ROWS_MAX, regression};
use assay_statements::answers::{commit_answers, commit_numbers};
use assay_statements::inference::Answering;
use assay_types::FieldDigest;
use assay_types::statement::{Estimate, Inference};
use serde_json::{Map, Value};

/// An answer in a file.
pub(crate) trait Answer: Copy {
    /// The version of files that hold such answers and their opening.
    const VERSION: u16;

    fn put(answers: &[Self], out: &mut Vec<u8>);

    fn take(from: &mut Reader<'_>) -> Result<Vec<Self>, Error>;
}

impl Answer for u16 {
    const VERSION: Self = 1;

    fn put(answers: &[Self], out: &mut Vec<u8>) {
        put_seq(out, answers);
    }

    fn take(from: &mut Reader<'_>) -> Result<Vec<Self>, Error> {
        from.seq(ROWS_MAX)
    }
}

impl Answer for i32 {
    const VERSION: u16 = 2;

    fn put(answers: &[Self], out: &mut Vec<u8>) {
        put_len(out, answers.len());
        answers.iter().for_each(|number| number.cast_unsigned().encode(out));
    }

    fn take(from: &mut Reader<'_>) -> Result<Vec<Self>, Error> {
        let numbers: Vec<u32> = from.seq(ROWS_MAX)?;
        Ok(numbers.into_iter().map(u32::cast_signed).collect())
    }
}

/// A model of either kind.
pub(crate) trait Told: Answering<Answer: Answer> {
    /// The answers, as they are written.
    fn written(statement: &Self::Statement, answers: &[Self::Answer]) -> Vec<String>;

    /// The column to be predicted, and the name of the schema.
    fn named(statement: &Self::Statement) -> (&str, Digest);

    /// What the answers mean, beside that.
    fn meaning(statement: &Self::Statement) -> Map<String, Value>;

    /// The commitment that answers and their salt make.
    fn commitment(
        statement: &Self::Statement,
        opening: &AnswersOpening<Self::Answer>,
    ) -> FieldDigest;

    /// The statement and the public answers, as a file holds them.
    fn filed(statement: Self::Statement, answers: Vec<Self::Answer>) -> Statement;
}

impl Told for Model {
    fn written(statement: &Inference, answers: &[u16]) -> Vec<String> {
        let name = |&class: &u16| statement.schema.classes().get(usize::from(class)).cloned();
        answers.iter().map(|class| name(class).unwrap_or_default()).collect()
    }

    fn named(statement: &Inference) -> (&str, Digest) {
        (statement.schema.target(), statement.schema.digest())
    }

    fn meaning(_: &Inference) -> Map<String, Value> {
        Map::new()
    }

    fn commitment(statement: &Inference, opening: &AnswersOpening<u16>) -> FieldDigest {
        commit_answers(&statement.schema, &opening.answers, &opening.salt)
    }

    fn filed(statement: Inference, answers: Vec<u16>) -> Statement {
        Statement::Inference(statement, answers)
    }
}

impl Told for regression::Model {
    fn written(statement: &Estimate, answers: &[i32]) -> Vec<String> {
        let parts = statement.schema.scale().denominator();
        answers.iter().map(|&number| numbers::units(number, parts)).collect()
    }

    fn named(statement: &Estimate) -> (&str, Digest) {
        (statement.schema.target(), statement.schema.digest())
    }

    fn meaning(statement: &Estimate) -> Map<String, Value> {
        report! { "unit": statement.schema.unit() }
    }

    fn commitment(statement: &Estimate, opening: &AnswersOpening<i32>) -> FieldDigest {
        commit_numbers(&statement.schema, &opening.answers, &opening.salt)
    }

    fn filed(statement: Estimate, answers: Vec<i32>) -> Statement {
        Statement::Estimate(statement, answers)
    }
}
