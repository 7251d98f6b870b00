//! Documents: fields to read, and the canonical bytes.

use assay_codec::{Decode, Encode, Error, to_bytes, to_hex};
use serde_json::{Map, Value};

/// The field with the canonical bytes.
const CANONICAL: &str = "canonical";

/// Returns a document that shows `fields` and carries `value`.
pub fn with_canonical(mut fields: Map<String, Value>, value: &impl Encode) -> Value {
    fields.insert(CANONICAL.to_owned(), to_hex(&to_bytes(value)).into());
    Value::Object(fields)
}

/// Reads the value that a document carries. The fields beside it are for people, and not looked at.
pub fn canonical<T: Decode>(document: &Value) -> Result<T, Error> {
    let text = document.get(CANONICAL).and_then(Value::as_str);
    let text = text.ok_or(Error::Invalid("the document has no canonical bytes"))?;
    assay_codec::from_bytes(&bytes(text)?)
}

/// Reads hexadecimal digits of any length.
pub fn bytes(text: &str) -> Result<Vec<u8>, Error> {
    let digits = text.strip_prefix("0x").ok_or(Error::Invalid("hexadecimal begins with 0x"))?;
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |&[high, low]: &[u8; 2]| Some(digit(high)? << 4 | digit(low)?);
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.filter(|_| rest.is_empty()).ok_or(Error::Invalid("not hexadecimal"))
}

/// Returns one page of a list: its documents, and what to ask the next page with.
pub fn page(items: Vec<Value>, next: Option<String>) -> Value {
    let mut page = Map::new();
    page.insert("items".to_owned(), items.into());
    page.insert("next".to_owned(), next.into());
    Value::Object(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use assay_types::Height;

    #[test]
    fn a_document_gives_back_what_it_carries() {
        let document = with_canonical(Map::new(), &Height::new(7));
        assert_eq!(canonical(&document), Ok(Height::new(7)));
        for text in ["", "0", "0x0", "0xzz", "0x+1", "07000000"] {
            assert!(
                canonical::<Height>(&serde_json::json!({ "canonical": text })).is_err(),
                "{text}"
            );
        }
        assert!(canonical::<Height>(&serde_json::json!({})).is_err());
    }
}
