//! Lower-case hexadecimal with a `0x` prefix, the textual form of every digest and identifier.

use crate::Error;
use std::fmt::Write;

/// Returns `0x` and two digits per byte.
pub fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 + 2 * bytes.len());
    text.push_str("0x");
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string succeeds");
    }
    text
}

/// Reads exactly `N` bytes; the prefix may be left out, digits may be of either case.
pub fn from_hex<const N: usize>(text: &str) -> Result<[u8; N], Error> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    if digits.len() != 2 * N {
        return Err(Error::Invalid("hexadecimal text of the wrong length"));
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let nibble = |digit: u8| char::from(digit).to_digit(16);
        let (Some(high), Some(low)) = (nibble(pair[0]), nibble(pair[1])) else {
            return Err(Error::Invalid("not hexadecimal"));
        };
        *byte = (high << 4 | low) as u8;
    }
    Ok(bytes)
}
