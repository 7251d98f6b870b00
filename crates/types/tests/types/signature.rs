//! Signatures: known answers, and every second form refused.

use assay_codec::{from_bytes, from_hex, to_bytes};
use assay_types::{Address, Signature, address_of, recover};
use k256::ecdsa::SigningKey;

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

pub(crate) fn sign(key: &SigningKey, digest: &[u8; 32]) -> Signature {
    let (scalars, id) = key.sign_prehash_recoverable(digest);
    let mut bytes = [0; 65];
    bytes[..64].copy_from_slice(&scalars.to_bytes());
    bytes[64] = 27 + id.to_byte();
    Signature::new(bytes).unwrap()
}

#[test]
fn the_address_of_a_known_key() {
    // The first account of the mnemonic "test test … junk", known to every Ethereum developer.
    let secret = from_hex::<32>("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
    let key = SigningKey::from_slice(&secret.unwrap()).unwrap();
    let expected = from_hex::<20>("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266").unwrap();
    assert_eq!(address_of(key.verifying_key()), Address(expected));
}

#[test]
fn a_signature_leads_to_its_signer_and_to_nobody_else() {
    for seed in 1..20 {
        let key = key(seed);
        let signature = sign(&key, &[seed ^ 0x55; 32]);
        let signer = address_of(key.verifying_key());
        assert_eq!(recover(&[seed ^ 0x55; 32], &signature), Some(signer));
        assert_ne!(recover(&[seed; 32], &signature), Some(signer));
        assert_eq!(from_bytes(&to_bytes(&signature)), Ok(signature));
    }
}

#[test]
fn rejects_the_other_half_of_the_order() {
    let signature = sign(&key(1), &[7; 32]);
    let scalars = k256::ecdsa::Signature::from_slice(&signature.as_bytes()[..64]).unwrap();
    let high = -*scalars.s();
    let mut bytes = *signature.as_bytes();
    bytes[32..64].copy_from_slice(&high.to_bytes());
    bytes[64] ^= 27 ^ 28;
    let why = "the second half of a signature lies in the lower half of the order";
    assert_eq!(Signature::new(bytes), Err(why));
    // Half the order itself, (n - 1)/2, is the last that is low.
    let half = k256::Scalar::from(2_u64).invert().unwrap() - k256::Scalar::ONE;
    bytes[32..64].copy_from_slice(&half.to_bytes());
    assert!(Signature::new(bytes).is_ok());
    let above = half + k256::Scalar::ONE;
    bytes[32..64].copy_from_slice(&above.to_bytes());
    assert_eq!(Signature::new(bytes), Err(why));
}

#[test]
fn rejects_every_other_last_byte() {
    let mut bytes = *sign(&key(1), &[7; 32]).as_bytes();
    for v in (0..=255).filter(|v| !matches!(v, 27 | 28)) {
        bytes[64] = v;
        assert_eq!(Signature::new(bytes), Err("the last byte of a signature is 27 or 28"));
    }
}

#[test]
fn nobody_signs_with_zero_or_the_order() {
    let mut order = [0xff; 32];
    order[15] = 0xfe;
    order[16..].copy_from_slice(&from_hex::<16>("baaedce6af48a03bbfd25e8cd0364141").unwrap());
    for r in [[0; 32], order, [0xff; 32]] {
        let mut bytes = *sign(&key(1), &[7; 32]).as_bytes();
        bytes[..32].copy_from_slice(&r);
        assert_eq!(recover(&[7; 32], &Signature::new(bytes).unwrap()), None);
    }
    let mut bytes = *sign(&key(1), &[7; 32]).as_bytes();
    bytes[32..64].fill(0);
    assert_eq!(recover(&[7; 32], &Signature::new(bytes).unwrap()), None);
}
