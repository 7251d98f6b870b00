//! Known answers of Ethereum, and what the keys do not tell.

use super::{Keys, sign_with};
use crate::testing::seeded;
use assay_codec::{from_hex, to_hex};
use assay_types::{address_of, recover};
use k256::ecdsa::SigningKey;

/// The example of EIP-712: the key is the Keccak hash of "cow", the digest that of Cow's mail to Bob.
const COW: &str = "0xc85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4";
const MAIL: &str = "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2";

#[test]
fn signs_the_mail_of_eip_712() {
    let key = SigningKey::from_slice(&from_hex::<32>(COW).unwrap()).unwrap();
    let digest = from_hex(MAIL).unwrap();
    let signature = sign_with(&key, &digest);
    assert_eq!(
        to_hex(signature.as_bytes()),
        "0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d\
         07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c"
    );
    let cow = address_of(key.verifying_key());
    assert_eq!(cow.to_string(), "0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826");
    assert_eq!(recover(&digest, &signature), Some(cow));
}

#[test]
fn the_key_is_the_hash_of_cow() {
    assert_eq!(to_hex(alloy_primitives::keccak256("cow").as_slice()), COW);
}

/// Fixes the derivation: another label or another order would lock every keystore out of its account.
#[test]
fn a_seed_gives_the_same_keys_for_ever() {
    let keys = Keys::from_seed(&[7; 32]);
    assert_eq!(keys.address().to_string(), "0x4262fdc9460ed56cf53c95c3023b004bf017f746");
    assert_eq!(
        to_hex(&keys.encryption_key()),
        "0x47ce5c55ccb5da6dea73cdbb741c490b6af3099d490782bc15f44a82868d1706"
    );
}

#[test]
fn whoever_signed_is_recovered_and_nobody_else() {
    let mut random = seeded(1);
    let (keys, other) = (Keys::generate(&mut random), Keys::generate(&mut random));
    for byte in 0..32 {
        let digest = [byte; 32];
        let signature = keys.sign(&digest);
        assert_eq!(recover(&digest, &signature), Some(keys.address()));
        assert_ne!(recover(&[byte + 100; 32], &signature), Some(keys.address()));
        assert_ne!(recover(&digest, &signature), Some(other.address()));
    }
}

#[test]
fn the_two_keys_and_the_seed_have_nothing_in_common() {
    let keys = Keys::from_seed(&[9; 32]);
    let signing: [u8; 32] = keys.signing.to_bytes().into();
    let sealing: [u8; 32] = *keys.derive("assay/wallet/hpke/1");
    assert!(signing != sealing && signing != *keys.seed() && sealing != *keys.seed());
}

#[test]
fn shows_the_address_and_no_secret() {
    let keys = Keys::from_seed(&[0xab; 32]);
    let shown = format!("{keys:?}");
    assert_eq!(shown, format!("Keys {{ address: {}, .. }}", keys.address()));
}
