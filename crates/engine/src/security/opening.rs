//! The soundness error of one hiding opening, from the numbers that the verifier runs with.
//!
//! Written down in our own terms, so that a test can weaken each number and watch the bits fall.

use super::{Bits, Terms};
use crate::challenger::difficulty;
use crate::pcs::Config;

/// A randomised code that is tested by queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    /// Message coefficients of a word.
    pub(super) message: u64,
    /// Random coefficients behind them.
    pub(super) randomness: u64,
    /// Positions of a word.
    pub(super) positions: u64,
    /// Positions that are opened.
    pub(super) queries: u64,
    /// Words that share their positions.
    pub(super) width: u64,
}

impl Code {
    /// Bits with which the queries find a word outside the unique-decoding radius.
    ///
    /// A Reed-Solomon code of dimension `k = message + randomness` over `n` positions decodes
    /// uniquely up to `(n - k)/2` errors, so each query misses with probability at most `(n + k) /
    /// 2n`.
    pub(super) fn miss(&self) -> Bits {
        let dimension = self.message.saturating_add(self.randomness);
        let twice = self.positions.saturating_mul(2);
        Bits::log2(twice, self.positions.saturating_add(dimension)).times(self.queries)
    }
}

/// One fold and the queries that tie its result to the oracle it folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Round {
    pub(super) code: Code,
    /// Variables folded.
    pub(super) folds: u64,
    /// Degree of a sum-check round's polynomial, mask included.
    pub(super) degree: u64,
    /// Out-of-domain samples.
    pub(super) samples: u64,
    /// Grinding before the positions are drawn.
    pub(super) pow_bits: u32,
}

/// The numbers of an opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) claims: u64,
    /// The last one is the base case.
    pub(super) rounds: Vec<Round>,
    pub(super) masks: Vec<Code>,
}

impl Numbers {
    pub(super) fn new(config: &Config, grinding: usize, claims: usize) -> Self {
        let base = config.base_case_config();
        let degree = wide(config.zk().ell_zk.max(3) - 1);
        let mut rounds: Vec<Round> = Vec::new();
        for (i, round) in config.round_parameters().iter().enumerate() {
            let folds = config.round_folding_factor(i);
            let code = Code {
                // Before its fold the round's polynomial has `num_variables + folds` variables.
                message: 1 << round.num_variables,
                randomness: wide(config.oracle_randomness()[i]),
                positions: wide(round.domain_size >> folds),
                queries: wide(round.num_queries),
                width: 1 << folds,
            };
            let samples = wide(round.ood_samples);
            let pow_bits = narrow(difficulty(round.pow_bits, grinding));
            rounds.push(Round { code, folds: wide(folds), degree, samples, pow_bits });
        }
        let folds = config.round_folding_factor(config.n_rounds());
        let code = Code {
            message: wide(base.code.message_len),
            randomness: wide(base.code.randomness_len),
            positions: wide(base.code.domain_size),
            queries: wide(base.num_queries),
            width: 1 << folds,
        };
        let pow_bits = narrow(difficulty(base.pow_bits, grinding));
        rounds.push(Round { code, folds: wide(folds), degree, samples: 0, pow_bits });
        let masks = base.mask_groups.iter().map(|group| Code {
            message: wide(group.shape.message_len),
            randomness: wide(group.shape.randomness_len),
            positions: wide(group.shape.domain_size),
            queries: wide(base.mask_queries),
            width: wide(group.width),
        });
        Self { claims: wide(claims), rounds, masks: masks.collect() }
    }

    pub(super) fn terms(&self, terms: &mut Terms) {
        terms.powers("opening: claims", self.claims);
        let last = self.rounds.len().saturating_sub(1);
        for (i, round) in self.rounds.iter().enumerate() {
            // Mutual correlated agreement up to unique decoding costs a fold one position in |EF|
            // (taken over the unfolded domain, as the library does); the round polynomial its
            // degree; the masks are mixed in once.
            let domain = round.code.positions.saturating_mul(round.code.width);
            let fold = domain.saturating_add(round.degree).saturating_mul(round.folds);
            let name = format!("opening: fold {i}");
            terms.algebraic(
                name,
                "2020/654 (unique decoding), 2026/391 constr 6.3",
                fold.saturating_add(1),
            );
            let bits = round.code.miss().plus(Bits::whole(round.pow_bits));
            terms.push(format!("opening: queries {i}"), "2024/1586 (query phase, grinding)", bits);
            if i < last {
                let batched = round.samples.saturating_add(round.code.queries);
                terms.algebraic(format!("opening: switch {i}"), "2026/391 constr 9.7", batched);
            }
        }
        let grinding = Bits::whole(self.rounds.last().map_or(0, |round| round.pow_bits));
        let mut agreement = self.rounds.last().map_or(0, |round| round.code.positions);
        for (i, mask) in self.masks.iter().enumerate() {
            agreement = agreement.saturating_add(mask.positions.saturating_mul(mask.width));
            let bits = mask.miss().plus(grinding);
            terms.push(format!("opening: mask {i}"), "2026/391 constr 7.2 (query phase)", bits);
        }
        // All lists have one member, so the target check adds one to the agreement terms.
        terms.algebraic(
            "opening: base case",
            "2026/391 constr 7.2 (agreement)",
            agreement.saturating_add(1),
        );
    }
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn narrow(bits: usize) -> u32 {
    // Few bits where there are many is the pessimistic side.
    u32::try_from(bits).unwrap_or(0)
}
