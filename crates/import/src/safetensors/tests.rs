//! Headers, each with one thing wrong; numbers of 16 bits.

use super::float::half;
use super::{Error, Tensor, read};

/// A file of a header and so many bytes behind it.
fn file(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
}

fn entry(kind: &str, shape: &str, start: u64, end: u64) -> String {
    format!("{{\"dtype\":\"{kind}\",\"shape\":{shape},\"data_offsets\":[{start},{end}]}}")
}

#[test]
fn tensors_are_read_by_name() {
    let header = format!(
        "{{\"__metadata__\":{{\"a\":\"b\"}},\"b\":{},\"a\":{}}}  ",
        entry("F32", "[1,2]", 2, 10),
        entry("BF16", "[]", 0, 2)
    );
    let data = [&[0x80, 0xbf][..], &1.5_f32.to_le_bytes(), &(-2_f32).to_le_bytes()].concat();
    let tensors = read(&file(&header, &data)).unwrap();
    assert_eq!(tensors["a"], Tensor { dims: vec![], numbers: vec![-1.0] });
    assert_eq!(tensors["b"], Tensor { dims: vec![1, 2], numbers: vec![1.5, -2.0] });
}

#[test]
fn numbers_of_16_bits_are_exact() {
    for (bits, value) in [
        (0x0000, 0.0),
        (0x0001, 5.960_464_5e-8),
        (0x03ff, 6.097_555e-5),
        (0x0400, 6.103_515_6e-5),
        (0x3c00, 1.0),
        (0x3555, 0.333_251_95),
        (0xc000, -2.0),
        (0x7bff, 65_504.0),
        (0x7c00, f32::INFINITY),
        (0xfc00, f32::NEG_INFINITY),
    ] {
        assert_eq!(half(bits), value, "{bits:#06x}");
    }
    assert!(half(0x7e00).is_nan() && half(0x8000).is_sign_negative());
}

#[test]
fn a_header_is_believed_in_nothing() {
    let one = |entry: &str| file(&format!("{{\"a\":{entry}}}"), &[0; 8]);
    let good = entry("F32", "[2]", 0, 8);
    assert!(read(&one(&good)).is_ok());
    #[track_caller]
    fn check(bytes: &[u8], is_right: impl Fn(&Error) -> bool) {
        let error = read(bytes).unwrap_err();
        assert!(is_right(&error) && !error.hint().is_empty(), "{error:?}");
    }
    check(b"", |e| matches!(e, Error::Short));
    check(&file("{}", b"")[..9], |e| matches!(e, Error::Short));
    check(&u64::MAX.to_le_bytes(), |e| matches!(e, Error::HeaderTooLong));
    check(&((1_u64 << 20) + 1).to_le_bytes(), |e| matches!(e, Error::HeaderTooLong));
    check(&file("", b""), |e| matches!(e, Error::NoHeader));
    check(&file(" {}", b""), |e| matches!(e, Error::NoHeader));
    check(&file("{\"a\":", b""), |e| matches!(e, Error::Json(_)));
    check(&file(&format!("{{\"a\":{good},\"a\":{good}}}"), &[0; 8]), |e| {
        matches!(e, Error::Json(_))
    });
    check(&file("{}", b"x"), |e| matches!(e, Error::Rest { got: 1 }));
    check(&one("[]"), |e| matches!(e, Error::Entry { .. }));
    check(&one("{\"dtype\":\"F32\",\"shape\":[2]}"), |e| matches!(e, Error::Entry { .. }));
    for (kind, shape, start, end) in [("F64", "[1]", 0, 8), ("I32", "[2]", 0, 8), ("", "[2]", 0, 8)]
    {
        check(&one(&entry(kind, shape, start, end)), |e| matches!(e, Error::Type { .. }));
    }
    for shape in ["[-2]", "[2.0]", "[\"2\"]", "2", "[1,1,1,1,1,1,1,1,2]"] {
        check(&one(&entry("F32", shape, 0, 8)), |e| matches!(e, Error::Entry { .. }));
    }
    for (shape, start, end) in [
        ("[3]", 0, 8),
        ("[2]", 8, 0),
        ("[4611686018427387904,4]", 0, 8),
        ("[18446744073709551615]", 0, 8),
    ] {
        check(&one(&entry("F32", shape, start, end)), |e| matches!(e, Error::Size { .. }));
    }
    for (start, end) in [(4, 12), (u64::MAX - 8, u64::MAX)] {
        check(&one(&entry("F32", "[2]", start, end)), |e| matches!(e, Error::Place { .. }));
    }
    // Two tensors of the same bytes, and a hole between two.
    let two = |start: u64| {
        let second = entry("F32", "[1]", start, start + 4);
        file(&format!("{{\"a\":{},\"b\":{second}}}", entry("F32", "[1]", 0, 4)), &[0; 12])
    };
    for start in [0, 8] {
        check(&two(start), |e| matches!(e, Error::Place { .. }));
    }
}
