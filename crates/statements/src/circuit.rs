//! The circuit of a statement about answers: a layer, and what is opened over the same cells.
//!
//! A score and an inference are one circuit. They differ in what is asserted of the answers, and in
//! which of rows, parameters and answers are public, committed or hidden:
//!
//! | part | public | committed | hidden |
//! |---|---|---|---|
//! | rows | the layer evaluates them | cells, opened by [`rows::Gadget`] | cells |
//! | parameters | at a random point the cells are the public ones | opened by [`chain::Gadget`] | cells |
//! | answers | the labels | a column, opened by [`chain::Gadget`] | nothing but the layer holds them |
//!
//! If the answers are numbers, [`squares`] says how far all of them are from their targets, or [`numbers`]
//! which they are: publicly, or in a column that is opened like that of classes.
//!
//! A part of a larger statement also opens a commitment to what it adds to the sum ([`sum::Gadget`]).
//!
//! # Transcript
//!
//! The layer's; with public parameters, a point; with numbers, a point; the squares'; every batch of
//! compressions.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use crate::batches::{batch_logs, programs};
use crate::numbers::{self, Numbers};
use crate::{answers, chain, commit, rows, sum};
use assay_engine::cells::{Block, Layout};
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::{EF, F};
use assay_engine::linear::Linear;
use assay_engine::mle;
use assay_engine::poseidon2::{self, HALF, Program};
use assay_engine::relations::{Relation, Relations};
use assay_engine::security::Terms;
use assay_engine::session;
use assay_layers::squares::{self, Squares};
use assay_layers::{Answers, Claim, Goal, Kept, Layer, Sizes, Unsupported};
use assay_model::regression::{self, Reading};
use assay_model::{Architecture, Schema};
use assay_types::statement::{Part, Privacy};
use assay_types::{FieldDigest, ModelCommitment};
use p3_field::PrimeCharacteristicRing;

/// Calls a function that is generic over [`Sizes`], as the architecture demands.
macro_rules! by_architecture {
    ($architecture:expr, $otherwise:expr, $call:ident($($argument:expr),*)) => {
        match $architecture {
            assay_model::Architecture::DecisionTree(_) => {
                $call::<assay_layers::tree::Shape>($($argument),*)
            }
            assay_model::Architecture::Forest(_) => {
                $call::<assay_layers::forest::Shape>($($argument),*)
            }
            assay_model::Architecture::Network(_) => {
                $call::<assay_layers::network::Plan>($($argument),*)
            }
            _ => $otherwise,
        }
    };
}
pub(crate) use by_architecture;

/// Why there is no circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    Architecture,
    Sizes,
    /// What is not public cannot be cells of this layer.
    Kept,
    TooLarge,
}

impl From<Unsupported> for Unfit {
    fn from(reason: Unsupported) -> Self {
        match reason {
            Unsupported::Rows => Self::Sizes,
            Unsupported::Kept => Self::Kept,
            _ => Self::Architecture,
        }
    }
}

/// What a statement says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stated<'s> {
    /// Names the protocol.
    pub(crate) label: &'static str,
    pub(crate) architecture: &'s Architecture,
    pub(crate) schema: &'s Schema,
    pub(crate) rows: u32,
    pub(crate) input: Part<FieldDigest>,
    pub(crate) model: Part<ModelCommitment>,
    /// How the labels that the answers are compared with are known. Labels of committed rows are
    /// part of the rows: they count as public here.
    pub(crate) labels: Part<FieldDigest>,
    pub(crate) goal: Goal,
    /// How many answers a label may be among, if it need not be the first.
    pub(crate) best: Option<u16>,
    /// What a part of a larger statement has besides.
    pub(crate) share: Option<Share>,
    /// How far numbers are from their targets, if the answers are numbers.
    pub(crate) squares: Option<Squared<'s>>,
    /// Which numbers they are.
    pub(crate) numbers: Option<Numbered<'s>>,
}

/// What is said of numbers that are the answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbered<'s> {
    pub(crate) schema: &'s regression::Schema,
    /// What number an output of the layer stands for.
    pub(crate) reading: Reading,
    pub(crate) output: Part<FieldDigest>,
    /// The numbers, where they are public; none where only sizes are asked for.
    pub(crate) public: &'s [i32],
}

/// What is said of the distances between answers and targets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Squared<'s> {
    pub(crate) shape: squares::Shape,
    pub(crate) goal: squares::Goal,
    /// What number an output of the layer stands for.
    pub(crate) reading: Reading,
    /// The target of each row; none where only sizes are asked for.
    pub(crate) targets: &'s [i32],
}

impl Squared<'_> {
    /// The circuit over a column of outputs and a block of bits.
    fn over(&self, outputs: Block, bits: Block) -> Squares {
        let Self { shape, goal, reading, targets } = *self;
        let (factor, offset) = (F::from_u32(reading.step()), F::from_i32(reading.offset()));
        let targets = targets.iter().map(|&target| F::from_i32(target) - offset).collect();
        Squares { shape, bits, outputs, factor, targets, goal }
    }
}

/// Numbers over a layer's outputs.
struct Tied<'b> {
    /// The tie, unless the numbers are hidden.
    numbers: Option<Numbers>,
    /// What opens their column, and the commitment.
    column: Option<(chain::Gadget, FieldDigest)>,
    /// The blocks behind.
    rest: &'b [Block],
}

impl Numbered<'_> {
    /// The circuit over a column of outputs for so many rows, which takes what it needs of `blocks`.
    fn over<'b>(&self, outputs: Block, rows: usize, blocks: &'b [Block]) -> Option<Tied<'b>> {
        let Self { schema, reading, output, public } = *self;
        let (log, mut column, mut rest) = (answers::column_log(rows), None, blocks);
        let values = match output {
            Part::Public(_) => {
                let values = public.iter().map(|&number| F::from_i32(number)).collect();
                Some(numbers::Values::Public(values))
            }
            Part::Committed(commitment) => {
                let (&cells, behind) = rest.split_first()?;
                let (gadget, behind) =
                    answers::gadget(answers::number_start(schema, rows), cells, behind)?;
                (column, rest) = (Some((gadget, commitment)), behind);
                Some(numbers::Values::Column(cells))
            }
            Part::Hidden => None,
        };
        let numbers = values.map(|values| Numbers { outputs, reading, rows, log, values });
        Some(Tied { numbers, column, rest })
    }
}

/// One proof of several that say something together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    /// The commitment to the distance between the part's sum and its goal.
    pub(crate) sum: FieldDigest,
    /// The number of proofs.
    pub(crate) proofs: usize,
}

/// The sizes that follow from a statement alone.
pub(crate) struct Plan<S> {
    sizes: S,
    rows: usize,
    /// Binary logarithms of the parameters.
    pieces: Vec<usize>,
    /// Binary logarithms of the batches of compressions.
    pub(crate) batches: Vec<usize>,
    pub(crate) layout: Layout,
}

impl Stated<'_> {
    pub(crate) fn sizes<S: Sizes>(&self) -> Result<S, Unfit> {
        let sizes = (self.schema.features().len(), self.schema.classes().len());
        if sizes != (self.architecture.features(), self.architecture.classes()) {
            return Err(Unfit::Sizes);
        }
        let rows = self.input.privacy() != Privacy::Public;
        let kept = Kept {
            rows,
            answers: match self.labels {
                // What is scored is compared with the labels of the rows, wherever they are.
                Part::Public(_) if rows && !self.goal.is_answers() => Answers::OfRows,
                Part::Public(_) => self.best.map_or(Answers::Labels, Answers::Best),
                Part::Committed(_) => Answers::Column,
                Part::Hidden => Answers::Hidden,
            },
        };
        let rows = usize::try_from(self.rows).map_err(|_| Unfit::Sizes)?;
        Ok(S::of(self.architecture, rows, self.goal.bits(rows), kept)?)
    }

    /// Checks the sizes, whatever the architecture.
    pub(crate) fn check(&self) -> Result<(), Unfit> {
        fn check<S: Sizes>(stated: &Stated<'_>) -> Result<(), Unfit> {
            stated.sizes::<S>().map(drop)
        }
        by_architecture!(self.architecture, Err(Unfit::Architecture), check(self))
    }

    pub(crate) fn plan<S: Sizes>(&self) -> Result<Plan<S>, Unfit> {
        let sizes: S = self.sizes()?;
        let rows = usize::try_from(self.rows).map_err(|_| Unfit::Sizes)?;
        let pieces = commit::pieces(self.architecture).ok_or(Unfit::Architecture)?;
        let (mut logs, mut runs) = (sizes.blocks(), Vec::new());
        let mut chain = |pieces: &[usize]| {
            logs.extend(chain::Gadget::blocks(pieces));
            runs.extend(chain::Gadget::chain_logs(pieces).chain([0]));
        };
        if self.model.committed().is_some() {
            chain(&pieces);
        }
        if self.labels.committed().is_some() {
            chain(&[answers::column_log(rows)]);
        }
        if self.numbers.is_some_and(|numbers| numbers.output.committed().is_some()) {
            // The column itself, and its chain.
            let column = answers::column_log(rows);
            logs.push(column);
            logs.extend(chain::Gadget::blocks(&[column]));
            runs.extend(chain::Gadget::chain_logs(&[column]).chain([0]));
        }
        if self.input.committed().is_some() {
            let cells = sizes.row_cells().ok_or(Unfit::Kept)?;
            logs.extend(rows::Gadget::blocks(&cells));
            runs.extend(rows::Gadget::run_logs(&cells));
        }
        if self.share.is_some() {
            logs.push(sum::BLOCK_LOG);
            runs.push(0);
        }
        let mut budget = sizes.budget();
        if let Some(squares) = &self.squares {
            logs.push(squares.shape.block_log());
            budget = budget + squares.shape.budget();
        }
        let batches = batch_logs(runs);
        let budgets = batches.iter().map(|&log| poseidon2::budget(log));
        let budget = budgets.fold(budget, |sum, budget| sum + budget);
        let layout = Layout::new(&logs, budget).map_err(|_| Unfit::TooLarge)?;
        let layout = layout.one_of(self.share.map_or(1, |share| share.proofs));
        Ok(Plan { sizes, rows, pieces, batches, layout })
    }

    /// How likely it is that the statement is false and believed, by source of error.
    pub(crate) fn security(&self) -> Result<Terms, Unfit> {
        by_architecture!(self.architecture, Err(Unfit::Architecture), security(self))
    }
}

fn security<S: Sizes>(stated: &Stated<'_>) -> Result<Terms, Unfit> {
    let plan = stated.plan::<S>()?;
    let mut terms = crate::terms::common(&plan.layout).ok_or(Unfit::TooLarge)?;
    plan.sizes.security(&mut terms);
    if stated.model.privacy() == Privacy::Public {
        let log = plan.pieces.iter().copied().max().unwrap_or_default();
        terms.point("public weights", log as u64);
    }
    if stated.numbers.is_some_and(|numbers| numbers.output.privacy() != Privacy::Hidden) {
        terms.point("numbers", answers::column_log(plan.rows) as u64);
    }
    if let Some(squares) = &stated.squares {
        squares.shape.security(&mut terms);
    }
    for log in plan.batches {
        crate::terms::poseidon2(&mut terms, log);
    }
    Ok(terms)
}

/// Everything derived from a statement and what is public of it.
pub(crate) struct Circuit<'a, S: Sizes> {
    label: &'static str,
    pub(crate) layer: S::Layer<'a>,
    /// The parameters, if they are public.
    weights: Option<Vec<[F; HALF]>>,
    pub(crate) model: Option<chain::Gadget>,
    pub(crate) answers: Option<chain::Gadget>,
    pub(crate) rows: Option<rows::Gadget>,
    pub(crate) sum: Option<sum::Gadget>,
    pub(crate) numbers: Option<Numbers>,
    pub(crate) squares: Option<Squares>,
    pub(crate) programs: Vec<Program>,
    layout: Layout,
}

impl<'a, S: Sizes> Circuit<'a, S> {
    /// The circuit of a statement; `claim` and public `weights` fit it.
    pub(crate) fn new(
        stated: &Stated<'_>,
        claim: Claim<'a>,
        weights: Option<Vec<[F; HALF]>>,
    ) -> Result<Self, Unfit> {
        let Plan { sizes, rows: count, layout, .. } = stated.plan::<S>()?;
        let (layer, mut rest) = sizes.layer(claim, layout.blocks()).ok_or(Unfit::Kept)?;
        let (mut model, mut answers, mut rows, mut sum) = (None, None, None, None);
        let mut runs = Vec::new();
        if let Part::Committed(commitment) = &stated.model {
            let gadget = commit::gadget(stated.architecture, layer.parameters(), rest);
            let (gadget, left) = gadget.ok_or(Unfit::TooLarge)?;
            runs.extend(gadget.chain_runs());
            runs.push(gadget.salt_run(&commitment.0));
            (model, rest) = (Some(gadget), left);
        }
        if let Part::Committed(commitment) = &stated.labels {
            let column = layer.answers().ok_or(Unfit::Kept)?;
            let start = answers::class_start(stated.schema, count);
            let gadget = answers::gadget(start, column, rest);
            let (gadget, left) = gadget.ok_or(Unfit::TooLarge)?;
            runs.extend(gadget.chain_runs());
            runs.push(gadget.salt_run(commitment));
            (answers, rest) = (Some(gadget), left);
        }
        let mut numbers = None;
        if let Some(numbered) = &stated.numbers {
            let outputs = layer.outputs().ok_or(Unfit::Kept)?;
            let tied = numbered.over(outputs, count, rest).ok_or(Unfit::TooLarge)?;
            numbers = tied.numbers;
            if let Some((gadget, commitment)) = tied.column {
                runs.extend(gadget.chain_runs());
                runs.push(gadget.salt_run(&commitment));
                answers = Some(gadget);
            }
            rest = tied.rest;
        }
        if let Part::Committed(commitment) = &stated.input {
            let cells = layer.rows().ok_or(Unfit::Kept)?;
            let gadget = rows::Gadget::new(stated.schema, count, cells, rest);
            let (gadget, left) = gadget.ok_or(Unfit::TooLarge)?;
            runs.extend(gadget.runs(commitment));
            (rows, rest) = (Some(gadget), left);
        }
        if let Some(share) = &stated.share {
            let (&block, left) = rest.split_first().ok_or(Unfit::TooLarge)?;
            let gadget = sum::Gadget { block, distance: layer.distance() };
            runs.push(gadget.run(&share.sum));
            (sum, rest) = (Some(gadget), left);
        }
        let mut squares = None;
        if let Some(squared) = &stated.squares {
            let outputs = layer.outputs().ok_or(Unfit::Kept)?;
            squares = Some(squared.over(outputs, *rest.first().ok_or(Unfit::TooLarge)?));
        }
        let (label, programs) = (stated.label, programs(runs));
        Ok(Self {
            label,
            layer,
            weights,
            model,
            answers,
            rows,
            sum,
            numbers,
            squares,
            programs,
            layout,
        })
    }

    /// Variables of the point at which public parameters are compared.
    fn weights_log(&self) -> usize {
        self.layer.parameters().iter().map(|block| block.log).max().unwrap_or_default()
    }

    /// Records that the parameters are the public ones.
    fn public_weights(
        &self,
        weights: &[[F; HALF]],
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) {
        let rho = verifier.challenges(self.weights_log());
        let mut cells = weights.as_flattened().iter();
        for block in self.layer.parameters() {
            let (_, rho) = rho.split_at(rho.len().saturating_sub(block.log));
            // The table comes first: a zip that ends takes one more of what it asks first.
            let here = mle::eq_table(rho).into_iter().zip(cells.by_ref());
            let value: EF = here.map(|(eq, &cell)| eq * cell).sum();
            let id = relations.point(rho);
            let mut relation = Relation::new(Linear::public(-value));
            relation.read(EF::ONE, block, id);
            relations.push(relation);
        }
    }
}

impl<S: Sizes> session::Circuit for Circuit<'_, S> {
    fn label(&self) -> &'static str {
        self.label
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        self.layer.verify(verifier, relations)?;
        if let Some(weights) = &self.weights {
            self.public_weights(weights, verifier, relations);
        }
        self.model.iter().chain(&self.answers).for_each(|chain| chain.verify(relations));
        self.rows.iter().for_each(|rows| rows.verify(relations));
        self.sum.iter().for_each(|sum| sum.verify(relations));
        self.numbers.iter().for_each(|numbers| numbers.verify(verifier, relations));
        self.squares.iter().try_for_each(|squares| squares.verify(verifier, relations))?;
        self.programs.iter().try_for_each(|program| poseidon2::verify(program, verifier, relations))
    }
}

#[cfg(feature = "prove")]
pub(crate) use proven::{Opened, Proven};

#[cfg(feature = "prove")]
#[allow(clippy::indexing_slicing, reason = "a prover writes cells of its own layout")]
mod proven {
    use super::{
        Circuit, F, HALF, Layer, Layout, Rejection, Relations, Sizes, Verifier, poseidon2,
    };
    use crate::commit::Salt;
    use crate::rows::Hashed;
    use assay_engine::channel::Prover;
    use assay_engine::session::{self, Cancelled, Progress};
    use assay_layers::Execution;
    use rand::rngs::StdRng;

    /// What is behind the commitments, with every state on the way: for each of them that the
    /// statement has.
    #[derive(Default)]
    pub(crate) struct Opened<'a> {
        pub(crate) model: Option<(Vec<[F; HALF]>, &'a Salt)>,
        pub(crate) answers: Option<(Vec<[F; HALF]>, &'a Salt)>,
        pub(crate) rows: Option<(Hashed, &'a Salt)>,
        /// The sum and its salt.
        pub(crate) sum: Option<[F; HALF]>,
    }

    /// The circuit with its witness.
    pub(crate) struct Proven<'a, S: Sizes> {
        pub(crate) circuit: Circuit<'a, S>,
        pub(crate) model: &'a S::Model,
        pub(crate) execution: Execution<S::Trace>,
        pub(crate) opened: Opened<'a>,
    }

    impl<S: Sizes> session::Circuit for Proven<'_, S> {
        fn label(&self) -> &'static str {
            self.circuit.label()
        }

        fn layout(&self) -> &Layout {
            self.circuit.layout()
        }

        fn verify(
            &self,
            verifier: &mut Verifier<'_>,
            relations: &mut Relations,
        ) -> Result<(), Rejection> {
            self.circuit.verify(verifier, relations)
        }
    }

    impl<S: Sizes> session::Witness for Proven<'_, S> {
        fn fill(&self, cells: &mut [F], rng: &mut StdRng) {
            let Self { circuit, opened, .. } = self;
            circuit.layer.fill(self.model, &self.execution, cells, rng);
            circuit.numbers.iter().for_each(|numbers| numbers.fill(cells));
            let chains = [(&circuit.model, &opened.model), (&circuit.answers, &opened.answers)];
            for (gadget, opened) in chains {
                if let (Some(gadget), Some((states, salt))) = (gadget, opened) {
                    gadget.fill(states, salt, cells);
                }
            }
            if let (Some(gadget), Some((hashed, salt))) = (&circuit.rows, &opened.rows) {
                gadget.fill(hashed, salt, cells);
            }
            if let (Some(gadget), Some(opened)) = (&circuit.sum, &opened.sum) {
                cells[gadget.block.range()].copy_from_slice(opened);
            }
            circuit.squares.iter().for_each(|squares| squares.fill(cells));
        }

        fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled> {
            self.circuit.layer.prove(prover, &mut *progress)?;
            if self.circuit.weights.is_some() {
                // The point at which the verifier compares parameters; nothing is sent.
                prover.challenges(self.circuit.weights_log());
            }
            self.circuit.numbers.iter().for_each(|numbers| numbers.prove(prover));
            if let Some(squares) = &self.circuit.squares {
                squares.prove(prover);
            }
            let mut again = || progress.phase("commitments opened");
            again()?;
            let mut programs = self.circuit.programs.iter();
            programs.try_for_each(|program| poseidon2::prove(program, prover, &mut again))
        }
    }
}
