//! `e^(-x)` in fixed point.

/// Bits behind the point of the answer.
const FRACTION: u32 = 30;
/// Bits behind the point while tables are made.
const FINE: u32 = 60;
/// From here on, in sixteenths, the answer is 0: it would be less than a fifth of a unit.
const COARSE_MAX: usize = 24 * 16;

/// `⌊2^30·e^(-k/16) + 1/2⌋` and `⌊2^30·e^(-k/4096) + 1/2⌋`.
#[derive(Debug)]
pub(super) struct Exp {
    coarse: Vec<u64>,
    fine: Vec<u64>,
}

impl Exp {
    /// Makes the tables.
    pub(super) fn new() -> Self {
        Self { coarse: powers(4, COARSE_MAX), fine: powers(12, 256) }
    }

    /// Returns `e^(-x)` for `x = number / 2^12`, in units of `2^-30`: with `number = 256·k + l` it is
    /// `⌊coarse[k]·fine[l] / 2^30 + 1/2⌋`.
    pub(super) fn negative(&self, number: u64) -> u64 {
        let coarse = usize::try_from(number >> 8).ok().and_then(|k| self.coarse.get(k));
        coarse.map_or(0, |coarse| {
            let fine = self.fine[(number & 255) as usize];
            (coarse * fine + (1 << (FRACTION - 1))) >> FRACTION
        })
    }
}

/// The first `count` powers of `e^(-2^-log)`. They are computed with twice as many bits, so that rounding
/// gives the nearest.
fn powers(log: u32, count: usize) -> Vec<u64> {
    // The series of e^(-x); its terms fall below the last bit before the twentieth.
    let (mut base, mut term) = (0_i128, 1_i128 << FINE);
    for k in 1..20 {
        base += term;
        term = -(term >> log) / k;
    }
    let (mut powers, mut power) = (Vec::with_capacity(count), 1_i128 << FINE);
    for _ in 0..count {
        powers.push(((power + (1 << (FINE - FRACTION - 1))) >> (FINE - FRACTION)) as u64);
        power = (power * base) >> FINE;
    }
    powers
}
