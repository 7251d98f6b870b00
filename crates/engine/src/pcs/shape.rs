//! The size of every part of an opening, from the parameters alone.
//!
//! This is what lets a decoder read hostile bytes without believing any length in them.

use super::{Config, DIGEST, SALT};

/// Bytes of an extension-field element.
const EXTENSION: usize = 20;
/// Bytes of a base-field element.
const BASE: usize = 4;

/// An opening's parts, in the order of its encoding.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) evals: usize,
    pub(crate) batches: Vec<Batch>,
    pub(crate) rounds: Vec<Round>,
    pub(crate) base_case: BaseCase,
}

/// One masked sum-check: a variable is folded per round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch {
    pub(crate) rounds: usize,
    /// Coefficients sent per round.
    pub(crate) coefficients: usize,
    /// One grinding witness per round, or none.
    pub(crate) witnesses: usize,
}

/// One code-switching round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) ood_answers: usize,
    pub(crate) rows: Rows,
}

/// The rows of one tree that are opened together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows {
    pub(crate) count: usize,
    pub(crate) width: usize,
    /// Rows of the tree of cells are in the base field, all others in the extension.
    pub(crate) base: bool,
    /// Levels of the tree.
    pub(crate) depth: usize,
}

/// The masked base case.
#[derive(Clone, Debug)]
pub(crate) struct BaseCase {
    pub(crate) message: usize,
    pub(crate) randomness: usize,
    pub(crate) source: Rows,
    pub(crate) fresh: Rows,
    pub(crate) groups: Vec<Group>,
}

/// Masks that were committed together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) message: usize,
    pub(crate) randomness: usize,
    pub(crate) rows: Rows,
}

impl Rows {
    fn new(queries: usize, leaves: usize, width: usize, base: bool) -> Self {
        let depth = leaves.checked_ilog2().map_or(0, |d| usize::try_from(d).unwrap_or(usize::MAX));
        // Asking for at least as many positions as there are opens each of them once.
        Self { count: queries.min(leaves), width, base, depth }
    }

    /// Most digests that the rows' pruned paths need: at each level no more than one per row.
    pub(crate) fn siblings_max(&self) -> usize {
        self.count.saturating_mul(self.depth)
    }

    fn bytes_max(&self) -> usize {
        let element = if self.base { BASE } else { EXTENSION };
        let row = self.width.saturating_mul(element).saturating_add(SALT.saturating_mul(BASE));
        let paths = self.siblings_max().saturating_mul(DIGEST).saturating_add(4);
        self.count.saturating_mul(row).saturating_add(paths)
    }
}

impl Shape {
    pub(crate) fn new(config: &Config, evals: usize) -> Self {
        let batch = |index: usize, pow_bits: usize| {
            let rounds = config.round_folding_factor(index);
            Batch {
                rounds,
                coefficients: config.zk().ell_zk.max(3).saturating_sub(1),
                witnesses: if pow_bits == 0 { 0 } else { rounds },
            }
        };
        let params = config.round_parameters();
        let mut batches = vec![batch(0, config.starting_folding_pow_bits())];
        let mut rounds = Vec::with_capacity(params.len());
        for (i, p) in params.iter().enumerate() {
            let folding = config.round_folding_factor(i);
            let rows = Rows::new(p.num_queries, p.domain_size >> folding, 1 << folding, i == 0);
            rounds.push(Round { ood_answers: p.ood_samples, rows });
            batches.push(batch(i.saturating_add(1), p.folding_pow_bits));
        }
        Self { evals, batches, rounds, base_case: BaseCase::new(config) }
    }

    /// Most bytes of an encoding.
    pub(crate) fn bytes_max(&self) -> usize {
        let mut elements = self.evals;
        let mut bytes = 0usize;
        for b in &self.batches {
            elements =
                elements.saturating_add(b.rounds.saturating_mul(b.coefficients)).saturating_add(1);
            bytes = bytes.saturating_add(b.witnesses.saturating_mul(BASE)).saturating_add(DIGEST);
        }
        for r in &self.rounds {
            elements = elements.saturating_add(r.ood_answers);
            bytes = bytes.saturating_add(r.rows.bytes_max()).saturating_add(2 * DIGEST + BASE);
        }
        let base = &self.base_case;
        elements =
            elements.saturating_add(base.message).saturating_add(base.randomness).saturating_add(1);
        bytes =
            bytes.saturating_add(base.source.bytes_max()).saturating_add(base.fresh.bytes_max());
        bytes = bytes.saturating_add(DIGEST + BASE);
        for g in &base.groups {
            let mask = g.message.saturating_add(g.randomness);
            elements = elements.saturating_add(mask.saturating_mul(g.rows.width));
            bytes =
                bytes.saturating_add(g.rows.bytes_max().saturating_mul(2)).saturating_add(DIGEST);
        }
        bytes.saturating_add(elements.saturating_mul(EXTENSION))
    }
}

impl BaseCase {
    fn new(config: &Config) -> Self {
        let base = config.base_case_config();
        let last = config.final_round_config();
        let leaves = base.code.domain_size;
        let width = 1 << last.folding_factor;
        let first_oracle = config.n_rounds() == 0;
        let groups = base.mask_groups.iter().map(|g| Group {
            message: g.shape.message_len,
            randomness: g.shape.randomness_len,
            rows: Rows::new(base.mask_queries, g.shape.domain_size, g.width, false),
        });
        Self {
            message: base.code.message_len,
            randomness: base.code.randomness_len,
            source: Rows::new(base.num_queries, leaves, width, first_oracle),
            fresh: Rows::new(base.num_queries, leaves, 1, false),
            groups: groups.collect(),
        }
    }
}
