//! How the time of a proof is shared among its phases, from public sizes alone.
//!
//! A guess, for whoever waits: it makes a clock of the names that a prover tells. Nanoseconds for a
//! committed number and for a compression were read off the benchmark's phases of W1, W5 and W7 (two
//! cores with AVX2); only their ratios matter.

use crate::circuit::{Plan, Stated, Unfit, by_architecture};
use assay_layers::Sizes;
use assay_model::Architecture;

/// For each committed number, in the order in which the phases begin.
const BEFORE: [(&str, u64); 3] = [("execution", 30), ("witness", 12), ("commitment", 32)];
const OF_TREES: [(&str, u64); 3] = [("lookups", 70), ("zerocheck", 40), ("answers", 1)];
const OF_NETWORKS: [(&str, u64); 2] = [("lookups", 6), ("layers", 3)];
const BEHIND: [(&str, u64); 3] = [("relations", 1), ("last sum-check", 54), ("opening", 75)];
/// For each compression.
const COMPRESSION: u64 = 3900;

/// The phases of a proof in their order, and what each of them takes beside the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work(Vec<(&'static str, u64)>);

impl Work {
    pub(crate) fn of(stated: &Stated<'_>) -> Result<Self, Unfit> {
        fn sizes<S: Sizes>(stated: &Stated<'_>) -> Result<(usize, Vec<usize>), Unfit> {
            let Plan { layout, batches, .. } = stated.plan::<S>()?;
            Ok((layout.variables(), batches))
        }
        let otherwise = Err(Unfit::Architecture);
        let (variables, batches) = by_architecture!(stated.architecture, otherwise, sizes(stated))?;
        let layer: &[_] = match stated.architecture {
            Architecture::Network(_) => &OF_NETWORKS,
            _ => &OF_TREES,
        };
        let compressions: u64 = batches.iter().map(|log| 1 << log).sum();
        let of_cells = |&(name, each): &(&'static str, u64)| (name, each << variables);
        let mut phases: Vec<_> = BEFORE.iter().chain(layer).map(of_cells).collect();
        phases.push(("commitments opened", compressions.saturating_mul(COMPRESSION)));
        phases.extend(BEHIND.iter().map(of_cells));
        Ok(Self(phases))
    }

    /// The share of the work, in thousandths, that is done when `phase` begins; `None` if there is no
    /// such phase.
    pub fn done(&self, phase: &str) -> Option<u64> {
        let at = self.0.iter().position(|&(name, _)| name == phase)?;
        let sum = |phases: &[(&str, u64)]| phases.iter().map(|&(_, work)| work).sum::<u64>();
        let (before, _) = self.0.split_at(at);
        sum(before).saturating_mul(1000).checked_div(sum(&self.0))
    }
}
