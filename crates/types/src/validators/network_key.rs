//! Is something a network key?
//!
//! A validator with a network key that is none could have a seat, and nobody could be in it; a node could not even name it. So the ledger
//! asks before it registers one.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use alloy_primitives::U256;
use alloy_primitives::uint;

uint! {
    /// 2²⁵⁵ − 19.
    const P: U256 = 57896044618658097711785492504343953926634992332820282019728792003956564819949_U256;
    /// (p − 1)/2.
    const HALF: U256 = 28948022309329048855892746252171976963317496166410141009864396001978282409974_U256;
    /// d = −121665/121666, of the curve −x² + y² = 1 + d·x²·y² (RFC 8032, section 5.1).
    const D: U256 = 37095705934669439343138083508754565189542113879843219016388785533085940283555_U256;
    /// The sign of x stands in the highest bit.
    const SIGN: U256 = 57896044618658097711785492504343953926634992332820282019728792003956564819968_U256;
}

/// Whether these bytes are the one encoding of a point of Ed25519 with x ≠ 0.
///
/// With u = y² − 1 and v = d·y² + 1 it is `x² = u/v`, so there is an x if u·v is a square (v is never 0, since −1/d is none). The two points with x = 0 are
/// no keys.
pub fn is_network_key(bytes: &[u8; 32]) -> bool {
    let encoded = U256::from_le_bytes(*bytes);
    let y = encoded & !SIGN;
    if P <= y {
        return false;
    }
    let square = y.mul_mod(y, P);
    let u = square.add_mod(P.wrapping_sub(U256::ONE), P);
    let v = square.mul_mod(D, P).add_mod(U256::ONE, P);
    // Euler: 1 for squares but 0.
    u.mul_mod(v, P).pow_mod(HALF, P) == U256::ONE
}
