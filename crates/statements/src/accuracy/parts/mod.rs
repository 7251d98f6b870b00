//! A score of more rows than one proof holds, part by part.
//!
//! # Claim
//!
//! As in [`accuracy`](super), of all rows of a public table. Its rows are cut into parts of
//! `part_rows` rows, the last of which has the rest. Of part i with commitment C_i, a proof of its own
//! shows
//!
//! ```text
//! C_i opens to d_i,   d_i = S_i + o_i,   S_i the part's sum under the model behind M,   0 ≤ d_i < 2^bits
//! ```
//!
//! where S_i is the number of correct rows, or the weighed sum of a figure, and o_i a public number
//! that keeps d_i from being negative (0 for a number of rows). The closing proof shows
//!
//! ```text
//! C_1 … C_n open to d_1 … d_n,   Σ d_i + Σ_j factor_j·bit_j = target + Σ o_i,   bit_j ∈ {0, 1}
//! ```
//!
//! so that nothing is learnt of a single part's score.
//!
//! # Binding
//!
//! The statement ([`Parted`]) holds the whole claim (with the digest of all rows, and M), `part_rows` and
//! all C_i in order. Every proof absorbs the digest of all of it and its own index: a part belongs to
//! one place of one statement. The verifier ([`Checking`]) hashes the whole table itself, takes the
//! rows of each part from it, and asks for the parts in order: none can be left out, repeated or
//! exchanged. C_i binds d_i by 124 bits.
//!
//! # Memory
//!
//! A part has as many rows as fit 2^[`VARIABLES`] committed numbers, or one row where that takes more
//! ([`part_rows`]): a prover needs less than 1 GiB beside the rows themselves, which take four bytes per
//! value and are at most 2^24. A verifier needs the rows and one part's proof.
//!
//! Soundness error: at most the sum over all proofs ([`security`]). The opening of each has log2 of
//! their number bits more than that of a proof that stands alone (`Layout::one_of`), and the opening
//! is what bounds a proof: together they are as hard to forge as one proof.

pub(in crate::accuracy) mod closing;
#[cfg(feature = "prove")]
mod prove;
mod verify;

#[cfg(feature = "prove")]
pub use prove::{Proving, Secret};
pub use verify::Checking;

use super::Unfit;
use super::verify::stated;
use crate::circuit::{self, Share, Stated, by_architecture};
use assay_engine::security::Terms;
use assay_layers::Sizes;
use assay_types::FieldDigest;
use assay_types::statement::{Accuracy, Parted};

/// Binary logarithm of the numbers that the proof of a part commits to.
pub const VARIABLES: usize = 23;

/// What the proof of part `index` says; `whole` is what all of them say together.
fn part<'s>(statement: &Parted, whole: Stated<'s>, index: usize) -> Option<Stated<'s>> {
    let rows = statement.rows(index).len();
    let goal = whole.goal.of_part(rows).0;
    let share = Share { sum: *statement.sums.get(index)?, proofs: proofs(statement) };
    let rows = u32::try_from(rows).ok()?;
    Some(Stated { label: "assay/accuracy/part/2", rows, goal, share: Some(share), ..whole })
}

/// The number of proofs: one for each part, and the closing one.
fn proofs(statement: &Parted) -> usize {
    statement.sums.len().saturating_add(1)
}

/// The number of rows of each part, if nothing else is asked for.
pub fn part_rows(whole: &Accuracy) -> Result<u32, Unfit> {
    let stated = stated(whole)?;
    let variables = |rows| {
        let goal = stated.goal.of_part(usize::try_from(rows).unwrap_or(usize::MAX)).0;
        let share = FieldDigest::new([0; 8]).map(|sum| Share { sum, proofs: 1 });
        variables(&Stated { rows, goal, share, ..stated })
    };
    let most = variables(1)?.max(VARIABLES);
    let fits = |rows| variables(rows).is_ok_and(|variables| variables <= most);
    // The greatest that fits lies in low..high.
    let (mut low, mut high) = (1, whole.rows.saturating_add(1));
    while 1 < high.saturating_sub(low) {
        let middle = low.midpoint(high);
        *(if fits(middle) { &mut low } else { &mut high }) = middle;
    }
    Ok(low)
}

fn variables(stated: &Stated<'_>) -> Result<usize, circuit::Unfit> {
    fn variables<S: Sizes>(stated: &Stated<'_>) -> Result<usize, circuit::Unfit> {
        Ok(stated.plan::<S>()?.layout.variables())
    }
    let otherwise = Err(circuit::Unfit::Architecture);
    by_architecture!(stated.architecture, otherwise, variables(stated))
}

/// How likely a false statement of these sizes is to be accepted, by source of error: the sum over all
/// proofs.
pub fn security(statement: &Parted) -> Result<Terms, Unfit> {
    let whole = verify::whole(statement)?;
    let parts = statement.sums.len();
    let last = parts.saturating_sub(1);
    let part = |index| part(statement, whole, index).ok_or(Unfit::Parts);
    let mut terms = Terms::new();
    if let Some(others) = u64::try_from(last).ok().filter(|&others| others != 0) {
        terms.extend_times(part(0)?.security()?, others);
    }
    terms.extend(part(last)?.security()?);
    terms.extend(closing::security(parts).ok_or(Unfit::TooLarge)?);
    Ok(terms)
}

/// Proven security of the whole statement in bits, rounded down; 0 if the statement makes no sense.
pub fn security_bits(statement: &Parted) -> u32 {
    let bits = security(statement).map_or(0, |terms| terms.total().floor());
    u32::try_from(bits).unwrap_or(u32::MAX)
}
