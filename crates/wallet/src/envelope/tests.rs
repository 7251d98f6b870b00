//! One test per way in which a message must not open.

use super::{Error, MESSAGE_BYTES_MAX, OVERHEAD_BYTES, Purpose, open, seal};
use crate::Keys;
use crate::testing::seeded;
use assay_codec::Digest;

const CONTEXT: Digest = Digest([3; 32]);

fn sealed(message: &[u8]) -> (Keys, Vec<u8>) {
    let mut random = seeded(5);
    let keys = Keys::generate(&mut random);
    let key = keys.encryption_key();
    let bytes = seal(message, &key, Purpose::BuyerSecret, &CONTEXT, &mut random).unwrap();
    (keys, bytes)
}

#[test]
fn opens_what_was_sealed() {
    for len in [0, 1, 32, 5000] {
        let message = vec![0x5a; len];
        let (keys, bytes) = sealed(&message);
        assert_eq!(bytes.len(), len + OVERHEAD_BYTES);
        assert_eq!(*open(&bytes, &keys, Purpose::BuyerSecret, &CONTEXT).unwrap(), message);
    }
}

#[test]
fn opens_for_no_other_recipient_purpose_or_job() {
    let (keys, bytes) = sealed(b"secret");
    let other = Keys::from_seed(&[1; 32]);
    assert_eq!(open(&bytes, &other, Purpose::BuyerSecret, &CONTEXT), Err(Error::Open));
    assert_eq!(open(&bytes, &keys, Purpose::TestSet, &CONTEXT), Err(Error::Open));
    assert_eq!(open(&bytes, &keys, Purpose::BuyerSecret, &Digest([4; 32])), Err(Error::Open));
}

#[test]
fn every_changed_byte_is_noticed() {
    let (keys, mut bytes) = sealed(b"secret");
    // X25519 ignores the highest bit of a public key, but the key schedule absorbs its bytes as they are.
    for at in 0..bytes.len() {
        for flip in [1, 0x80] {
            bytes[at] ^= flip;
            let got = open(&bytes, &keys, Purpose::BuyerSecret, &CONTEXT);
            assert_eq!(got, Err(Error::Open), "byte {at}");
            bytes[at] ^= flip;
        }
    }
}

#[test]
fn every_length_but_the_right_one_is_refused() {
    let (keys, mut bytes) = sealed(b"secret");
    for len in 0..bytes.len() {
        let got = open(&bytes[..len], &keys, Purpose::BuyerSecret, &CONTEXT);
        assert_eq!(got, Err(Error::Open), "{len} bytes");
    }
    bytes.push(0);
    assert_eq!(open(&bytes, &keys, Purpose::BuyerSecret, &CONTEXT), Err(Error::Open));
}

#[test]
fn a_recipient_of_small_order_is_refused() {
    let got = seal(b"x", &[0; 32], Purpose::TestSet, &CONTEXT, &mut seeded(1));
    assert_eq!(got, Err(Error::Recipient));
}

#[test]
fn a_message_that_is_too_long_is_refused() {
    let message = vec![0; MESSAGE_BYTES_MAX + 1];
    let keys = Keys::from_seed(&[1; 32]);
    let key = keys.encryption_key();
    let got = seal(&message, &key, Purpose::TestSet, &CONTEXT, &mut seeded(1));
    assert_eq!(got, Err(Error::TooLong(message.len())));
    let long = vec![0; MESSAGE_BYTES_MAX + OVERHEAD_BYTES + 1];
    let got = open(&long, &keys, Purpose::TestSet, &CONTEXT);
    assert_eq!(got, Err(Error::TooLong(long.len())));
}

#[test]
fn two_seals_of_one_message_differ() {
    let mut random = seeded(5);
    let key = Keys::generate(&mut random).encryption_key();
    let mut one = || seal(b"x", &key, Purpose::BuyerSecret, &CONTEXT, &mut random).unwrap();
    assert_ne!(one(), one());
}
