//! Where secrets come from.

/// A source of uniform bytes that fills what it is given. Programs pass [`os_random`]; a test passes a
/// seeded generator.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]);

/// Fills `out` from the operating system's generator.
///
/// # Panics
///
/// If the operating system has no randomness: any key made without it would be a gift.
pub fn os_random(out: &mut [u8]) {
    getrandom::fill(out).expect("the operating system provides randomness");
}

/// Draws `N` bytes.
pub(crate) fn draw<const N: usize>(random: Random<'_>) -> [u8; N] {
    let mut bytes = [0; N];
    random(&mut bytes);
    bytes
}
