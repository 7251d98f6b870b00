//! Which compressions a statement needs, and where they lie in their batches.

use crate::commit::Gadget;
use crate::{answers, rows};
use assay_engine::pads::Budget;
use assay_engine::poseidon2;
use assay_layers::tree::Shape;
use assay_types::statement::Inference;

/// What is hashed in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Model,
    Answers,
    /// The joined ends of the rows' chains, and the call behind them that adds the salt.
    Rows,
    ModelSalt,
    AnswersSalt,
}

/// The batches: the rows' chains, if there are any, and everything else.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Binary logarithm of the batch of the rows' chains.
    pub(super) chains: Option<usize>,
    /// Pieces of the other batch with their positions, rising.
    pub(super) pieces: Vec<(Piece, usize)>,
    end: usize,
}

impl Plan {
    pub(super) fn new(statement: &Inference, shape: &Shape) -> Self {
        // (piece, binary logarithm of its alignment, calls)
        let mut wanted = Vec::new();
        if statement.model.committed().is_some() {
            let log = Gadget::chain_log(shape.bounds());
            wanted.extend([(Piece::Model, log, 1 << log), (Piece::ModelSalt, 0, 1)]);
        }
        if statement.output.committed().is_some() {
            let log = answers::chain_log(shape.rows_log());
            wanted.extend([(Piece::Answers, log, 1 << log), (Piece::AnswersSalt, 0, 1)]);
        }
        let has_chains = statement.input.committed().is_some();
        if has_chains {
            let log = rows::chains_log(shape);
            wanted.push((Piece::Rows, log, (1_usize << log).saturating_add(1)));
        }
        // The longest first, so that few calls are left idle between them.
        wanted.sort_by_key(|&(_, log, _)| std::cmp::Reverse(log));
        let mut end = 0_usize;
        let place = |(piece, log, calls): (Piece, usize, usize)| {
            let at = end.next_multiple_of(1 << log);
            end = at.saturating_add(calls);
            (piece, at)
        };
        let pieces = wanted.into_iter().map(place).collect();
        Self { chains: has_chains.then(|| rows::calls_log(shape)), pieces, end }
    }

    /// Binary logarithms of the batches.
    pub(super) fn logs(&self) -> impl Iterator<Item = usize> {
        let short =
            (!self.pieces.is_empty()).then(|| self.end.next_power_of_two().ilog2() as usize);
        self.chains.into_iter().chain(short).map(|log| log.max(poseidon2::LOG_MIN))
    }

    /// What the batches exchange.
    pub(super) fn budget(&self) -> Budget {
        self.logs().map(poseidon2::budget).fold(Budget::default(), |sum, one| sum + one)
    }
}
