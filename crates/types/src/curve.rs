//! What the next sale costs, as a function of how many there were.
//!
//! Everything is an exact integer and every division rounds up: against the buyer, who therefore never
//! gains by splitting or repeating. A price is raised to the floor, then lowered to the cap, and what
//! would overflow is above the cap: a price always exists.

use crate::{Amount, Height};
use assay_codec::{Decode, Encode, Error, Reader, put_seq};
use std::fmt;

/// Largest cap. Leaves room for one multiplication by a growth factor.
pub const PRICE_MAX: Amount = Amount::new(1 << 96);
/// Slowest growth, in millionths per sale. Bounds the work of [`Curve::price`]: after some hundred
/// thousand steps the cap is reached.
pub const GROWTH_PPM_MIN: u32 = 1_000;
/// Fastest growth: a hundredfold.
pub const GROWTH_PPM_MAX: u32 = 100_000_000;
/// Most steps of a table.
pub const STEPS_MAX: usize = 64;

/// From so many sales on, this price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Number of sales before the one to be priced.
    pub from: u64,
    /// Its price.
    pub price: Amount,
}

assay_codec::record!(Step { from, price });

/// How the price moves with the number n of sales.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Not at all.
    Constant {
        /// The price.
        price: Amount,
    },
    /// `base + slope·n`.
    Linear {
        /// The first price.
        base: Amount,
        /// What each sale adds.
        slope: Amount,
    },
    /// `base`, then n times `⌈price · (1 + growth/10⁶)⌉`.
    Exponential {
        /// The first price, at least 1.
        base: Amount,
        /// What each sale adds, in millionths of the price.
        growth_ppm: u32,
    },
    /// The price of the last step that n has reached. Starts at 0; neither numbers nor prices fall.
    Table(Vec<Step>),
}

/// A price for every number of sales.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curve {
    shape: Shape,
    floor: Amount,
    cap: Amount,
    half_life: Option<u64>,
}

impl Curve {
    /// Checks and keeps a curve. `half_life`: after each so many blocks without a sale the *count* is
    /// halved, never the price; `None` keeps the count.
    pub fn new(
        shape: Shape,
        floor: Amount,
        cap: Amount,
        half_life: Option<u64>,
    ) -> Result<Self, &'static str> {
        if cap < floor || PRICE_MAX < cap {
            return Err("a curve's cap lies between its floor and 2^96");
        }
        if half_life == Some(0) {
            return Err("a half-life is at least one block");
        }
        match &shape {
            Shape::Exponential { base, growth_ppm } => {
                if *base == Amount::ZERO {
                    return Err("an exponential curve starts above zero");
                }
                if !(GROWTH_PPM_MIN..=GROWTH_PPM_MAX).contains(growth_ppm) {
                    return Err("growth lies between 0.1 % and a hundredfold per sale");
                }
            }
            Shape::Table(steps) => check_steps(steps)?,
            Shape::Constant { .. } | Shape::Linear { .. } => {}
        }
        Ok(Self { shape, floor, cap, half_life })
    }

    /// How the price moves.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The lowest price.
    pub fn floor(&self) -> Amount {
        self.floor
    }

    /// The highest price.
    pub fn cap(&self) -> Amount {
        self.cap
    }

    /// Blocks without a sale after which the count is halved.
    pub fn half_life(&self) -> Option<u64> {
        self.half_life
    }

    /// Returns the price of the next sale after `count` effective ones.
    pub fn price(&self, count: u64) -> Amount {
        let price = match &self.shape {
            Shape::Constant { price } => Some(*price),
            Shape::Linear { base, slope } => {
                slope.checked_mul(u128::from(count)).and_then(|rise| base.checked_add(rise))
            }
            Shape::Exponential { base, growth_ppm } => self.grown(*base, *growth_ppm, count),
            Shape::Table(steps) => {
                let reached = steps.partition_point(|step| step.from <= count);
                reached.checked_sub(1).and_then(|last| steps.get(last)).map(|step| step.price)
            }
        };
        price.map_or(self.cap, |price| price.max(self.floor).min(self.cap))
    }

    /// Returns what is left of `count` at height `now` if the last sale was at `last`.
    pub fn decayed(&self, count: u64, last: Height, now: Height) -> u64 {
        let Some(half_life) = self.half_life else {
            return count;
        };
        let halvings = now.get().saturating_sub(last.get()).checked_div(half_life).unwrap_or(0);
        u32::try_from(halvings).ok().and_then(|halvings| count.checked_shr(halvings)).unwrap_or(0)
    }

    /// `None` stands for a price that has left the range below the cap.
    fn grown(&self, base: Amount, growth_ppm: u32, count: u64) -> Option<Amount> {
        const WHOLE: u128 = 1_000_000;
        let factor = WHOLE.checked_add(u128::from(growth_ppm))?;
        let mut price = base.get();
        for _ in 0..count {
            if self.cap.get() <= price {
                return None;
            }
            price = price.checked_mul(factor)?.div_ceil(WHOLE);
        }
        Some(Amount::new(price))
    }
}

fn check_steps(steps: &[Step]) -> Result<(), &'static str> {
    if steps.len() > STEPS_MAX {
        return Err("a table has at most 64 steps");
    }
    if steps.first().is_none_or(|step| step.from != 0) {
        return Err("a table starts at zero sales");
    }
    let rising = |pair: &[Step]| matches!(pair, [a, b] if a.from < b.from && a.price <= b.price);
    if !steps.windows(2).all(rising) {
        return Err("the steps of a table rise and their prices do not fall");
    }
    Ok(())
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shape {
            Shape::Constant { price } => write!(f, "constant {price}")?,
            Shape::Linear { base, slope } => write!(f, "{base} + {slope} per sale")?,
            Shape::Exponential { base, growth_ppm } => {
                write!(f, "{base}, growing by {growth_ppm} millionths per sale")?;
            }
            Shape::Table(steps) => write!(f, "table of {} steps", steps.len())?,
        }
        write!(f, ", at least {}, at most {}", self.floor, self.cap)?;
        match self.half_life {
            Some(blocks) => write!(f, ", count halved after {blocks} blocks without a sale"),
            None => Ok(()),
        }
    }
}

impl Encode for Shape {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Constant { price } => {
                0_u8.encode(out);
                price.encode(out);
            }
            Self::Linear { base, slope } => {
                1_u8.encode(out);
                base.encode(out);
                slope.encode(out);
            }
            Self::Exponential { base, growth_ppm } => {
                2_u8.encode(out);
                base.encode(out);
                growth_ppm.encode(out);
            }
            Self::Table(steps) => {
                3_u8.encode(out);
                put_seq(out, steps);
            }
        }
    }
}

impl Decode for Shape {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match u8::decode(from)? {
            0 => Self::Constant { price: Amount::decode(from)? },
            1 => Self::Linear { base: Amount::decode(from)?, slope: Amount::decode(from)? },
            2 => Self::Exponential { base: Amount::decode(from)?, growth_ppm: u32::decode(from)? },
            3 => Self::Table(from.seq(STEPS_MAX)?),
            got => return Err(Error::Tag { what: "curve", got }),
        })
    }
}

impl Encode for Curve {
    fn encode(&self, out: &mut Vec<u8>) {
        self.shape.encode(out);
        self.floor.encode(out);
        self.cap.encode(out);
        self.half_life.encode(out);
    }
}

impl Decode for Curve {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let shape = Shape::decode(from)?;
        let (floor, cap) = (Amount::decode(from)?, Amount::decode(from)?);
        Self::new(shape, floor, cap, Option::decode(from)?).map_err(Error::Invalid)
    }
}
