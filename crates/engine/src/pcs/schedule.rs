//! Which rate and which level each size uses.
//!
//! Every limb of an oracle is a Reed-Solomon word whose message of `M` coefficients is followed by
//! `t` random ones, one for each position that will be opened: that is what hides. The code that
//! the queries test has dimension `M + t`, not `M`, and over `H` positions its unique-decoding
//! radius is `(1 - (M + t)/H) / 2`. The library counts `M` only (except in the base case). Where
//! `t` is small beside `H` the difference is nothing; at `M = 512`, `H = 1024`, `t = 213` it leaves
//! 64 bits of 104. So a smaller size takes a lower rate, or a higher level, until the bits are
//! there.

use p3_whir::parameters::{FoldingFactor, ProtocolParameters, SecurityAssumption};
use p3_whir::pcs::zk::{ZkConfigError, ZkParameters};

use super::Config;

/// Fewest variables; smaller witnesses are padded to this.
pub const VARIABLES_MIN: usize = 8;
/// Most variables.
pub const VARIABLES_MAX: usize = 26;

/// Variables folded per round, from the second on.
const FOLDING: usize = 5;

/// The choices that [`Params`](super::Params) are derived from.
///
/// No `Default`: [`Schedule::of`] is the only source outside tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Logarithm of the first code's inverse rate, hiding randomness not counted.
    pub log_inv_rate: usize,
    /// Bits that the library aims at per error term.
    pub level: usize,
    /// Of those, at most so many by grinding.
    pub pow_bits: usize,
    /// Variables folded in the first round: one or two more where that saves a whole round.
    pub first_folding: usize,
    /// Coefficients of a mask in a masked sum-check round.
    pub mask_len: usize,
    /// Logarithm of the mask codes' inverse rate.
    pub mask_log_inv_rate: usize,
}

impl Schedule {
    /// Returns the schedule of `2^num_vars` cells, or none outside the supported sizes.
    pub fn of(num_vars: usize) -> Option<Self> {
        let (log_inv_rate, level) = match num_vars {
            8 => (6, 104),
            9 => (5, 104),
            10 | 11 => (4, 104),
            12 => (4, 108),
            13 => (3, 110),
            14 => (3, 105),
            15 => (2, 107),
            16 => (2, 104),
            17 => (1, 108),
            18 => (1, 105),
            19..=VARIABLES_MAX => (1, 104),
            _ => return None,
        };
        let first_folding = match num_vars {
            22 => 6,
            23 => 7,
            _ => FOLDING,
        };
        Some(Self {
            log_inv_rate,
            level,
            pow_bits: 16,
            first_folding,
            mask_len: 3,
            mask_log_inv_rate: 4,
        })
    }

    /// Derives the library's configuration.
    pub(crate) fn config(self, num_vars: usize) -> Result<Config, ZkConfigError> {
        let params = ProtocolParameters {
            starting_log_inv_rate: self.log_inv_rate,
            round_log_inv_rates: vec![],
            folding_factor: match self.first_folding {
                FOLDING => FoldingFactor::Constant(FOLDING),
                first => FoldingFactor::ConstantFromSecondRound(first, FOLDING),
            },
            // Lists multiply in the hiding base case: beyond unique decoding, 155 bits of field
            // cannot prove 100 bits.
            soundness_type: SecurityAssumption::UniqueDecoding,
            security_level: self.level,
            pow_bits: self.pow_bits,
        };
        let zk = ZkParameters { ell_zk: self.mask_len, mask_log_inv_rate: self.mask_log_inv_rate };
        Config::new(num_vars, params, zk)
    }
}
