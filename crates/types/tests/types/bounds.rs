//! Bounded text, bytes and lists.

use assay_codec::{Error, from_bytes, put_str};
use assay_types::bounded::{Bytes, List, Text};

#[test]
fn a_text_is_short_and_harmless() {
    assert!(Text::<4>::new("1234").is_ok());
    assert_eq!(Text::<4>::new("12345"), Err("a text is longer than its limit"));
    assert!(Text::<4>::new("a\nb").is_ok());
    for control in ["\u{1b}[2", "a\0", "a\r", "\u{9b}"] {
        assert_eq!(Text::<4>::new(control), Err("a text holds a control character"));
        let mut out = Vec::new();
        put_str(&mut out, control);
        let why = Error::Invalid("a text holds a control character");
        assert_eq!(from_bytes::<Text<4>>(&out), Err(why));
    }
}

#[test]
fn bytes_and_lists_are_bounded_on_either_way_in() {
    assert!(Bytes::<2>::new(vec![0; 3]).is_none());
    assert!(List::<u8, 2>::new(vec![0; 3]).is_none());
    let three = [3, 0, 0, 0, 1, 2, 3];
    assert!(matches!(from_bytes::<Bytes<2>>(&three), Err(Error::TooLong { .. })));
    assert!(matches!(from_bytes::<List<u8, 2>>(&three), Err(Error::TooLong { .. })));
    assert_eq!(from_bytes::<List<u8, 3>>(&three), Ok(List::new(vec![1, 2, 3]).unwrap()));
}
