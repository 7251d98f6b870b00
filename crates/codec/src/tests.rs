//! Round trips, then one test per way to be rejected.

use crate::{Digest, Encode, Error, Reader, from_bytes, from_hex, to_bytes, to_hex};
use proptest::prelude::*;

proptest! {
    #[test]
    fn integers_and_options_come_back(a: u8, b: u16, c: u32, d: u64, e: u128, f: Option<u32>) {
        let mut out = Vec::new();
        a.encode(&mut out);
        b.encode(&mut out);
        c.encode(&mut out);
        d.encode(&mut out);
        e.encode(&mut out);
        f.encode(&mut out);
        let mut from = Reader::new(&out);
        prop_assert_eq!(crate::Decode::decode(&mut from), Ok(a));
        prop_assert_eq!(crate::Decode::decode(&mut from), Ok(b));
        prop_assert_eq!(crate::Decode::decode(&mut from), Ok(c));
        prop_assert_eq!(crate::Decode::decode(&mut from), Ok(d));
        prop_assert_eq!(crate::Decode::decode(&mut from), Ok(e));
        prop_assert_eq!(crate::Decode::decode(&mut from), Ok(f));
        prop_assert_eq!(from.finish(), Ok(()));
    }

    #[test]
    fn whatever_decodes_is_canonical(bytes: Vec<u8>) {
        if let Ok(value) = from_bytes::<Option<u16>>(&bytes) {
            prop_assert_eq!(to_bytes(&value), bytes);
        }
    }

    #[test]
    fn hexadecimal_comes_back(bytes: [u8; 20]) {
        prop_assert_eq!(from_hex::<20>(&to_hex(&bytes)), Ok(bytes));
    }
}

#[test]
fn rejects_trailing_bytes() {
    assert_eq!(from_bytes::<u8>(&[1, 2]), Err(Error::Trailing(1)));
}

#[test]
fn rejects_a_second_way_to_write_true() {
    assert_eq!(from_bytes::<bool>(&[2]), Err(Error::Tag { what: "bool", got: 2 }));
}

#[test]
fn a_huge_length_allocates_nothing() {
    let mut from = Reader::new(&[255, 255, 255, 255, 0]);
    let got = from.seq::<u8>(usize::MAX);
    assert_eq!(got, Err(Error::Truncated { wanted: 1, left: 0 }));
}

#[test]
fn rejects_a_length_above_its_limit() {
    let mut from = Reader::new(&[3, 0, 0, 0, 1, 2, 3]);
    assert_eq!(from.bytes(2), Err(Error::TooLong { what: "bytes", limit: 2, got: 3 }));
}

#[test]
fn rejects_text_that_is_no_text() {
    let mut from = Reader::new(&[1, 0, 0, 0, 255]);
    assert_eq!(from.string(9), Err(Error::Invalid("text is not UTF-8")));
}

#[test]
fn labels_separate_digests() {
    assert_ne!(Digest::of("a", &7_u8), Digest::of("b", &7_u8));
}
