//! The sponge behind every challenge: Blake3 over the bytes of what was said.

use p3_blake3::Blake3;
use p3_challenger::{HashChallenger, SerializingChallenger32};

use crate::field::F;

/// Absorbs field elements and digests as bytes, draws field elements without bias.
///
/// Start one with `Challenger::from_hasher(label, Blake3)`. Everything that a proof depends on is
/// absorbed before the first challenge is drawn.
pub type Challenger = SerializingChallenger32<F, HashChallenger<u8, Blake3, 32>>;
