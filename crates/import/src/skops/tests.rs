//! The parts of a skops file, one by one. Whole files are met in `tests/`.

use super::Error;
use super::json::Strict;
use super::literal::Literal;
use super::npy::{Array, Kind};
use super::zip::checksum;

#[test]
fn the_checksum_is_that_of_zip() {
    // The check value of CRC-32/ISO-HDLC.
    assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    assert_eq!(checksum(b""), 0);
}

#[test]
fn headers_are_read_as_python_writes_them() {
    let text = |text: &str| Literal::Text(text.to_owned());
    let shape = Literal::Sequence(vec![Literal::Int(3), Literal::Int(1)]);
    let got =
        Literal::parse("{'descr': [('a', '<i8'), ('', '|V7')], 'shape': (3, 1), 'x': True, } \n");
    let pair = |a, b| Literal::Sequence(vec![text(a), text(b)]);
    let descr = Literal::Sequence(vec![pair("a", "<i8"), pair("", "|V7")]);
    let entries = [("descr", descr), ("shape", shape), ("x", Literal::Bool(true))];
    let entries = entries.map(|(key, value)| (key.to_owned(), value));
    assert_eq!(got, Some(Literal::Dict(entries.into())));
    assert_eq!(Literal::parse("()"), Some(Literal::Sequence(vec![])));
}

#[test]
fn headers_hold_no_code_no_escapes_and_no_key_twice() {
    for text in [
        "",
        "{",
        "{'a': 1",
        "{'a' 1}",
        "{'a': 1, 'a': 2}",
        "{'a': x}",
        "{'a': -1}",
        "{'a': 99999999999999999999}",
        "'\\x41'",
        "(1 2)",
        "(1,) ()",
        "((((((1,),),),),),)",
        "open('x')",
    ] {
        assert_eq!(Literal::parse(text), None, "{text}");
    }
}

fn array(version: u8, header: &str, data: &[u8]) -> Result<Array, Error> {
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    if version == 1 {
        bytes.extend((header.len() as u16).to_le_bytes());
    } else {
        bytes.extend((header.len() as u32).to_le_bytes());
    }
    bytes.extend(header.bytes());
    bytes.extend(data);
    Array::new("a.npy", bytes)
}

fn header(descr: &str, shape: &str) -> String {
    format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}")
}

#[test]
fn arrays_of_every_version_are_read() {
    for version in 1..=3 {
        let array = array(version, &header("'<i2'", "(2,)"), &[1, 0, 0xff, 0xff]).unwrap();
        assert_eq!(array.integers().unwrap(), [1, -1]);
        assert_eq!(array.shape, [2]);
    }
    assert!(matches!(array(4, &header("'<i2'", "(0,)"), &[]), Err(Error::Header { .. })));
}

#[test]
fn integers_keep_their_sign_and_size() {
    let read = |descr: &str, data: &[u8]| array(1, &header(descr, "()"), data).unwrap().integers();
    assert_eq!(read("'|i1'", &[0x80]).unwrap(), [-128]);
    assert_eq!(read("'|u1'", &[0x80]).unwrap(), [128]);
    assert_eq!(read("'<u4'", &[0xff; 4]).unwrap(), [0xffff_ffff]);
    assert_eq!(read("'<i8'", &[0xff; 8]).unwrap(), [-1]);
    assert_eq!(read("'|b1'", &[1]).unwrap(), [1]);
    assert!(matches!(read("'|b1'", &[2]), Err(Error::Type { .. })));
    assert!(matches!(read("'<u8'", &[0xff; 8]), Err(Error::Type { .. })));
    assert!(matches!(read("'<f8'", &[0; 8]), Err(Error::Type { .. })));
}

#[test]
fn texts_lose_the_zeros_that_fill_them() {
    let data: Vec<u8> = "ab\0ö\0\0".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let array = array(1, &header("'<U3'", "(2,)"), &data).unwrap();
    assert_eq!(array.texts().unwrap(), ["ab", "ö"]);
}

#[test]
fn records_have_the_size_of_their_parts() {
    let descr = "[('a', '<i8'), ('b', '<f8'), ('', '|V7'), ('c', '|u1')]";
    let array = array(1, &header(descr, "(2,)"), &[0; 48]).unwrap();
    assert_eq!(array.kind.size(), 24);
    assert!(matches!(&array.kind, Kind::Record(parts) if parts.len() == 4));
    assert_eq!(array.elements().count(), 2);
}

#[test]
fn a_shape_is_compared_with_the_bytes_before_anything_is_allocated() {
    for shape in ["(3,)", "(1,)", "(10500000000000000,)", "(4294967296, 4294967296, 4294967296)"] {
        assert!(
            matches!(array(1, &header("'<i8'", shape), &[0; 16]), Err(Error::Size { .. })),
            "{shape}"
        );
    }
    let many = array(1, &header("'<i8'", "(2, 1, 1, 1, 1)"), &[0; 16]);
    assert!(matches!(many, Err(Error::Size { .. })));
}

#[test]
fn a_key_stands_once() {
    let read = |text: &str| serde_json::from_str::<Strict>(text).map(|Strict(value)| value);
    let text = r#"{"a": [1, -2, 0.5, "x", null, true], "b": {"a": {}}}"#;
    assert_eq!(read(text).unwrap(), serde_json::from_str::<serde_json::Value>(text).unwrap());
    assert!(read(r#"{"a": 1, "b": 2, "a": 1}"#).is_err());
    assert!(read(r#"[{"b": {"a": 1, "a": 2}}]"#).is_err());
}
