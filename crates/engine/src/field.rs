//! The field, its extension for challenges, and their vector forms.

use p3_field::{ExtensionField, Field, PackedValue, extension::QuinticTrinomialExtensionField};
use p3_koala_bear::KoalaBear;

/// KoalaBear, `p = 2^31 - 2^24 + 1`: what is committed.
pub type F = KoalaBear;
/// Its quintic extension, 155 bits: challenges and everything computed from them.
pub type EF = QuinticTrinomialExtensionField<F>;
/// A vector of [`F`], as wide as the machine's registers.
pub type PF = <F as Field>::Packing;
/// A vector of [`EF`].
pub type PE = <EF as ExtensionField<F>>::ExtensionPacking;
/// Lanes of a vector.
pub const WIDTH: usize = <PF as PackedValue>::WIDTH;
