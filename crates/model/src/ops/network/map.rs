//! What becomes of a quotient.

/// A public function of a unit's quotient: the activation, and the saturation.
#[derive(Clone, PartialEq, Eq)]
pub enum Map {
    /// The quotient itself.
    Identity,
    /// The nearest number between two bounds: ReLU, ReLU6, saturation to fewer bits.
    Clamp {
        /// The least value.
        low: i16,
        /// The greatest.
        high: i16,
    },
    /// Any function, by its values at `-2^(b-1)`, `-2^(b-1) + 1`, …, `2^(b-1) - 1`, where `b` is the
    /// number of bits of the quotient.
    Table(Vec<i16>),
}

impl Map {
    /// The value at `quotient`, a number of `bits` bits with its sign.
    ///
    /// # Panics
    ///
    /// If a table has no such entry; those of a [`Program`](super::Program) do.
    pub fn apply(&self, quotient: i16, bits: u8) -> i16 {
        match self {
            Self::Identity => quotient,
            Self::Clamp { low, high } => quotient.max(*low).min(*high),
            Self::Table(values) => values[(i32::from(quotient) + (1 << (bits - 1))) as usize],
        }
    }

    /// All values, of the quotients of `bits` bits from the least.
    pub fn values(&self, bits: u8) -> Vec<i16> {
        let half = 1 << (bits - 1);
        // Within 16 bits, as `bits` is at most 16.
        (-half..half).map(|quotient: i32| self.apply(quotient as i16, bits)).collect()
    }
}

impl std::fmt::Debug for Map {
    /// Writes how long a table is, not its values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Identity => f.write_str("Identity"),
            Self::Clamp { low, high } => write!(f, "Clamp({low}..={high})"),
            Self::Table(values) => write!(f, "Table of {}", values.len()),
        }
    }
}
