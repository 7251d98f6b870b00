//! The two kinds of answers: classes and numbers.

use crate::answers::{
    answers_digest, class_states, commit_answers, commit_numbers, number_states, numbers_digest,
};
use crate::commit::Salt;
use assay_codec::Digest;
use assay_engine::field::F;
use assay_engine::poseidon2::{Compressor, HALF};
use assay_layers::Labels;
use assay_model::ops::network::CENTRED_MAX;
use assay_model::regression::{self, Reading};
use assay_model::{Architecture, Graph, Model, Ordered, Schema};
use assay_types::statement::{Answered, Context, Estimate, Inference, Part};
use assay_types::{FieldDigest, ModelCommitment, StatementDigest};
use std::fmt::Debug;

/// A statement of what a model answers: [`Inference`] of classes, [`Estimate`] of numbers.
pub trait Asked: Clone + PartialEq {
    /// What answers.
    type Model: Answering<Statement = Self>;

    /// Names the statement.
    #[doc(hidden)]
    fn name(&self) -> StatementDigest;

    /// Where the proof counts.
    #[doc(hidden)]
    fn context(&self) -> Context;

    /// What both kinds say.
    #[doc(hidden)]
    fn view(&self) -> View<'_>;

    /// Whether an answer can be one.
    #[doc(hidden)]
    fn declares(&self, answer: <Self::Model as Answering>::Answer) -> bool;
}

/// A model that answers with a class or with a number.
pub trait Answering: PartialEq {
    /// What says so.
    type Statement: Asked<Model = Self>;
    /// A class of the schema, or a number in parts of its unit.
    type Answer: Copy + PartialEq + Debug;

    /// The operators and parameters.
    #[doc(hidden)]
    fn operators(&self) -> &Graph;

    /// The names of columns and classes; of a number the unit is the only class.
    #[doc(hidden)]
    fn names(&self) -> &Schema;

    /// Names the model.
    #[doc(hidden)]
    fn name(&self) -> Digest;

    /// Whether it has the statement's architecture and schema.
    #[doc(hidden)]
    fn is_described(&self, statement: &Self::Statement) -> bool;

    /// What it answers.
    #[doc(hidden)]
    fn answer(&self, row: &[Ordered]) -> Option<Self::Answer>;

    /// The statement of these parts.
    #[doc(hidden)]
    fn state(&self, context: Context, parts: Shown, rows: u32) -> Self::Statement;

    /// Names public answers.
    #[doc(hidden)]
    fn public(answers: &[Self::Answer]) -> Digest;

    /// Commits to answers.
    #[doc(hidden)]
    fn commit(&self, answers: &[Self::Answer], salt: &Salt) -> FieldDigest;

    /// The states of the chain that a commitment to answers is.
    #[doc(hidden)]
    fn states(&self, compressor: &Compressor, answers: &[Self::Answer]) -> Vec<[F; HALF]>;

    /// What the layer compares its answers with. `blank` are labels that are all the same.
    #[doc(hidden)]
    fn labels<'a>(
        output: &Part<FieldDigest>,
        answers: Option<&'a [Self::Answer]>,
        blank: &'a [u16],
    ) -> Labels<'a>;

    /// The numbers, if the answers are any.
    #[doc(hidden)]
    fn numbers(answers: &[Self::Answer]) -> &[i32];
}

/// As much of each part as a statement shows.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    pub input: Part<FieldDigest>,
    pub model: Part<ModelCommitment>,
    pub output: Part<FieldDigest>,
}

/// A statement without its kind.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct View<'s> {
    /// Names the protocol.
    pub label: &'static str,
    pub architecture: &'s Architecture,
    pub schema: &'s Schema,
    pub shown: Shown,
    pub rows: u32,
    /// The schema and what outputs stand for, if the answers are numbers.
    pub numbers: Option<(&'s regression::Schema, Reading)>,
}

fn shown<A, S>(statement: &Answered<A, S>) -> Shown {
    let Answered { input, model, output, .. } = *statement;
    Shown { input, model, output }
}

impl Asked for Inference {
    type Model = Model;

    fn name(&self) -> StatementDigest {
        self.digest()
    }

    fn context(&self) -> Context {
        self.context
    }

    fn view(&self) -> View<'_> {
        let Self { architecture, schema, rows, .. } = self;
        let (label, shown) = ("assay/inference/2", shown(self));
        View { label, architecture, schema, shown, rows: *rows, numbers: None }
    }

    fn declares(&self, class: u16) -> bool {
        usize::from(class) < self.schema.classes().len()
    }
}

impl Asked for Estimate {
    type Model = regression::Model;

    fn name(&self) -> StatementDigest {
        self.digest()
    }

    fn context(&self) -> Context {
        self.context
    }

    fn view(&self) -> View<'_> {
        let Self { architecture, schema, rows, .. } = self;
        let (label, shown) = ("assay/estimate/1", shown(self));
        let numbers = Some((schema, architecture.reading()));
        let (architecture, schema) = (architecture.graph(), schema.names());
        View { label, architecture, schema, shown, rows: *rows, numbers }
    }

    /// A number of the field nearest to zero, so that no two of them are the same there.
    fn declares(&self, number: i32) -> bool {
        number.unsigned_abs() <= CENTRED_MAX.unsigned_abs()
    }
}

impl Answering for Model {
    type Statement = Inference;
    type Answer = u16;

    fn operators(&self) -> &Graph {
        self.graph()
    }

    fn names(&self) -> &Schema {
        self.schema()
    }

    fn name(&self) -> Digest {
        self.digest()
    }

    fn is_described(&self, statement: &Inference) -> bool {
        self.architecture() == statement.architecture && *self.schema() == statement.schema
    }

    fn answer(&self, row: &[Ordered]) -> Option<u16> {
        self.exec(row)
    }

    fn state(&self, context: Context, parts: Shown, rows: u32) -> Inference {
        let (architecture, schema) = (self.architecture(), self.schema().clone());
        let Shown { input, model, output } = parts;
        Answered { context, architecture, schema, input, model, output, rows }
    }

    fn public(answers: &[u16]) -> Digest {
        answers_digest(answers)
    }

    fn commit(&self, answers: &[u16], salt: &Salt) -> FieldDigest {
        commit_answers(self.schema(), answers, salt)
    }

    fn states(&self, compressor: &Compressor, answers: &[u16]) -> Vec<[F; HALF]> {
        class_states(compressor, self.schema(), answers)
    }

    fn labels<'a>(
        output: &Part<FieldDigest>,
        answers: Option<&'a [u16]>,
        _blank: &'a [u16],
    ) -> Labels<'a> {
        match output {
            Part::Public(_) => Labels::Public(answers.unwrap_or_default()),
            Part::Committed(_) => Labels::Answers(answers),
            Part::Hidden => Labels::Hidden(answers),
        }
    }

    fn numbers(_: &[u16]) -> &[i32] {
        &[]
    }
}

impl Answering for regression::Model {
    type Statement = Estimate;
    type Answer = i32;

    fn operators(&self) -> &Graph {
        self.graph()
    }

    fn names(&self) -> &Schema {
        self.schema().names()
    }

    fn name(&self) -> Digest {
        self.digest()
    }

    fn is_described(&self, statement: &Estimate) -> bool {
        self.architecture() == statement.architecture && *self.schema() == statement.schema
    }

    fn answer(&self, row: &[Ordered]) -> Option<i32> {
        self.exec(row)
    }

    fn state(&self, context: Context, parts: Shown, rows: u32) -> Estimate {
        let (architecture, schema) = (self.architecture(), self.schema().clone());
        let Shown { input, model, output } = parts;
        Answered { context, architecture, schema, input, model, output, rows }
    }

    fn public(answers: &[i32]) -> Digest {
        numbers_digest(answers)
    }

    fn commit(&self, answers: &[i32], salt: &Salt) -> FieldDigest {
        commit_numbers(self.schema(), answers, salt)
    }

    fn states(&self, compressor: &Compressor, answers: &[i32]) -> Vec<[F; HALF]> {
        number_states(compressor, self.schema(), answers)
    }

    /// The one class answers every row.
    fn labels<'a>(_: &Part<FieldDigest>, _: Option<&'a [i32]>, blank: &'a [u16]) -> Labels<'a> {
        Labels::Public(blank)
    }

    fn numbers(answers: &[i32]) -> &[i32] {
        answers
    }
}
