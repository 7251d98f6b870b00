//! Documents that show canonical bytes to people and programs.
//!
//! Everything that a document shows is a function of the bytes in its field `canonical`, and a document
//! is read only if it shows exactly that. So there is one decoder of hostile bytes, the codec's, and a
//! changed, missing, added or repeated field is noticed whatever it is.

use assay_codec::{Error as CodecError, to_hex};
use serde_json::{Map, Value};

/// The field with the canonical bytes, always the last one.
const CANONICAL: &str = "canonical";

/// Why a document is not what it should be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// The document is too long.
    #[error("a document has at most {limit} bytes here, this one has {got}")]
    TooLong {
        /// The limit.
        limit: usize,
        /// The length.
        got: usize,
    },
    /// The document is not JSON.
    #[error("not JSON")]
    Json(#[source] serde_json::Error),
    /// The document does not hold the canonical bytes.
    #[error("the document has no field `canonical` in hexadecimal")]
    NoCanonical,
    /// The canonical bytes are none.
    #[error("the canonical bytes do not decode")]
    Canonical(#[source] CodecError),
    /// The history is not that of a sale, so that there is nothing to show.
    #[error("the history is not that of a sale")]
    NoSale,
    /// A field shows something else than the evidence.
    #[error("the field `{0}` does not show what the evidence says")]
    Field(String),
    /// A name occurs twice, or the text is not laid out as `to_json` and common tools do.
    #[error("the document is not in one of the two accepted layouts (indented by two, or compact)")]
    Layout,
}

/// Returns the document with the canonical bytes added, indented by two and ending in a line feed.
pub(crate) fn write(mut shown: Map<String, Value>, canonical: &[u8]) -> String {
    shown.insert(CANONICAL.into(), to_hex(canonical).into());
    let text = serde_json::to_string_pretty(&shown);
    text.expect("strings and numbers are JSON") + "\n"
}

/// Reads a document of at most `limit` bytes. `decode` reads the canonical bytes, `show` says what a
/// document shows of the value besides them.
pub(crate) fn read<T>(
    text: &[u8],
    limit: usize,
    decode: impl FnOnce(&[u8]) -> Result<T, CodecError>,
    show: impl FnOnce(&T) -> Result<Map<String, Value>, FormError>,
) -> Result<T, FormError> {
    if limit < text.len() {
        return Err(FormError::TooLong { limit, got: text.len() });
    }
    let got: Value = serde_json::from_slice(text).map_err(FormError::Json)?;
    let canonical = got.get(CANONICAL).and_then(Value::as_str).ok_or(FormError::NoCanonical)?;
    let value = decode(&from_hex(canonical).ok_or(FormError::NoCanonical)?)
        .map_err(FormError::Canonical)?;
    let mut expected = show(&value)?;
    expected.insert(CANONICAL.into(), canonical.into());
    let expected = Value::Object(expected);
    if let Some(path) = difference(&expected, &got, String::new()) {
        return Err(FormError::Field(path));
    }
    // Equal trees can still hide a name that occurs twice, of which another reader takes the first.
    let layouts = [serde_json::to_vec_pretty(&expected), serde_json::to_vec(&expected)];
    let trimmed = text.trim_ascii_end();
    if layouts.into_iter().flatten().any(|layout| layout == trimmed) {
        Ok(value)
    } else {
        Err(FormError::Layout)
    }
}

/// Takes the members of what `json!` made of braces.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Returns the path of the first leaf in which two documents differ.
fn difference(expected: &Value, got: &Value, path: String) -> Option<String> {
    match (expected, got) {
        (Value::Object(expected), Value::Object(got)) => {
            let under =
                |name: &str| format!("{path}{}{name}", if path.is_empty() { "" } else { "." });
            let extra = got.keys().find(|name| !expected.contains_key(*name));
            extra.map(|name| under(name)).or_else(|| {
                let pairs = expected.iter();
                pairs.into_iter().find_map(|(name, value)| member(got, name, value, under(name)))
            })
        }
        (Value::Array(expected), Value::Array(got)) if expected.len() == got.len() => {
            let mut pairs = expected.iter().zip(got).enumerate();
            pairs.find_map(|(at, (expected, got))| {
                difference(expected, got, format!("{path}[{at}]"))
            })
        }
        _ => (expected != got).then_some(path),
    }
}

fn member(got: &Map<String, Value>, name: &str, expected: &Value, path: String) -> Option<String> {
    match got.get(name) {
        Some(value) => difference(expected, value, path),
        None => Some(path),
    }
}

/// Reads `0x` and lower-case digits: bytes have one text.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x")?.as_bytes();
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut pairs = digits.chunks_exact(2);
    let bytes = pairs
        .by_ref()
        .map(|pair| match pair {
            [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
            _ => None,
        })
        .collect();
    if pairs.remainder().is_empty() { bytes } else { None }
}
