//! Which folds, rates and level each size uses.
//!
//! # Security
//!
//! Every limb of an oracle is a Reed-Solomon word whose message of `M` coefficients is followed by
//! `t` random ones, one for each position that will be opened: that is what hides. The code that
//! the queries test has dimension `M + t`, not `M`, and over `H` positions its unique-decoding
//! radius is `(1 - (M + t)/H) / 2`. The library counts `M` only (except in the base case). Where
//! `t` is small beside `H` the difference is nothing; at `M = 512`, `H = 1024`, `t = 213` it leaves
//! 64 bits of 104. So a smaller size takes a lower rate, or a higher level, until the bits are
//! there.
//!
//! # Grinding
//!
//! The library sizes the queries of mask codes for the whole level, although they are drawn behind
//! the last proof of work. Masks are more than half of an opening. So the level here has one bit of
//! grinding only, with which the library says where witnesses are drawn, and the challenger grinds
//! [`Schedule::grinding`] bits more, wherever it grinds at all: 17, and 21 where 2^22 hashes are
//! nothing beside the rest of a proof. A bit of grinding is a bit less of every query phase, which
//! is a hundredth of an opening.
//!
//! # Size
//!
//! The entries of the table are those of the least size that prove 102.2 bits or more, found by a
//! search over folds and rates that also weighed the words of later codes, which the prover
//! transforms and hashes. What an opening weighs: a position of the first oracle is a row of
//! `2^fold` numbers of the base field, of a later one of the extension; each round brings two mask
//! codes of which 109 positions are opened twice, about 100 KiB in all; a lower rate of a later code
//! saves queries, deepens its tree and is work. Sizes below 2^19 afford a first rate of 1/4 or
//! less, which saves a round.

use p3_whir::parameters::{FoldingFactor, ProtocolParameters, SecurityAssumption};
use p3_whir::pcs::zk::{ZkConfigError, ZkParameters};

use super::Config;

/// Fewest variables; smaller witnesses are padded to this.
pub const VARIABLES_MIN: usize = 8;
/// Most variables.
pub const VARIABLES_MAX: usize = 26;

/// Most bits that a proof may have beyond those of one that stands alone.
pub const SURPLUS_MAX: usize = 13;
/// Fewest variables of such a proof: the smallest code has no room for more randomness.
pub const SURPLUS_VARIABLES_MIN: usize = VARIABLES_MIN + 1;

/// Bits of a level that the library grinds for.
const POW_BITS: usize = 1;
/// Bits that are ground beyond those, and from [`LARGE`] variables on.
const GRINDING: [usize; 2] = [17, 21];
/// Fewest variables of a proof that takes seconds.
const LARGE: usize = 25;

/// The choices that [`Params`](super::Params) are derived from.
///
/// No `Default`: [`Schedule::of`] is the only source outside tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Bits that the library aims at per error term.
    pub level: usize,
    /// Variables folded in each round.
    pub folding: &'static [usize],
    /// Logarithms of the inverse rates of the rounds' codes, hiding randomness not counted.
    pub log_inv_rates: &'static [usize],
    /// Coefficients of a mask in a masked sum-check round.
    pub mask_len: usize,
    /// Logarithm of the mask codes' inverse rate.
    pub mask_log_inv_rate: usize,
    /// Bits of a proof of work beyond what the library asks for.
    pub grinding: usize,
}

impl Schedule {
    /// Returns the schedule of `2^num_vars` cells, or none outside the supported sizes.
    pub fn of(num_vars: usize) -> Option<Self> {
        let (level, folding, log_inv_rates): (usize, &[usize], &[usize]) = match num_vars {
            8 => (86, &[3], &[4]),
            9 => (86, &[3], &[4]),
            10 => (86, &[4], &[4]),
            11 => (86, &[5], &[4]),
            12 => (86, &[6], &[4]),
            13 => (86, &[7], &[4]),
            14 => (89, &[5, 3], &[3, 4]),
            15 => (90, &[5, 4], &[2, 4]),
            16 => (90, &[6, 4], &[2, 4]),
            17 => (90, &[7, 4], &[2, 4]),
            18 => (88, &[7, 5], &[2, 5]),
            19 => (89, &[6, 4, 3], &[1, 3, 4]),
            20 => (88, &[6, 4, 4], &[1, 3, 5]),
            21 => (87, &[6, 5, 4], &[1, 4, 5]),
            22 => (87, &[6, 5, 5], &[1, 3, 6]),
            23 => (87, &[6, 4, 4, 3], &[1, 3, 5, 5]),
            24 => (87, &[6, 4, 4, 4], &[1, 3, 4, 5]),
            25 => (83, &[6, 5, 4, 4], &[1, 3, 4, 5]),
            26 => (83, &[6, 5, 5, 4], &[1, 3, 5, 5]),
            _ => return None,
        };
        let grinding = GRINDING[usize::from(LARGE <= num_vars)];
        Some(Self { level, folding, log_inv_rates, mask_len: 3, mask_log_inv_rate: 3, grinding })
    }

    /// The same with `surplus` bits more of each error term, at most [`SURPLUS_MAX`]: more queries.
    ///
    /// More queries need more randomness, which weakens the code that they test: one bit in six makes
    /// up for it.
    pub fn with(self, surplus: usize) -> Option<Self> {
        let level = self.level + surplus + surplus.div_ceil(6);
        (surplus <= SURPLUS_MAX).then_some(Self { level, ..self })
    }

    /// Logarithm of the first code's inverse rate.
    pub fn log_inv_rate(&self) -> usize {
        self.log_inv_rates.first().copied().unwrap_or_default()
    }

    /// Derives the library's configuration.
    pub(crate) fn config(self, num_vars: usize) -> Result<Config, ZkConfigError> {
        let params = ProtocolParameters {
            starting_log_inv_rate: self.log_inv_rate(),
            round_log_inv_rates: self.log_inv_rates.iter().skip(1).copied().collect(),
            folding_factor: FoldingFactor::PerRound(self.folding.to_vec()),
            // Lists multiply in the hiding base case: beyond unique decoding, 155 bits of field
            // cannot prove 100 bits.
            soundness_type: SecurityAssumption::UniqueDecoding,
            security_level: self.level,
            pow_bits: POW_BITS,
        };
        let zk = ZkParameters { ell_zk: self.mask_len, mask_log_inv_rate: self.mask_log_inv_rate };
        Config::new(num_vars, params, zk)
    }
}
