//! Changed proofs and statements against the verifier as it is.

use super::toy::Toy;
use super::{Proof, honest, verify};
use crate::cells::Layout;
use crate::channel::{self, Verifier};
use crate::field::EF;
use crate::relations::Relations;
use crate::session::{Circuit, Rejection};
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng, rngs::StdRng};

fn toy() -> Toy {
    Toy::new(5, 3)
}

/// Bytes of commitment and scalars; the opening follows.
fn opening_at(toy: &Toy) -> usize {
    let region = toy.layout().region();
    32 + 20 * (region.hidden_count(toy.layout().variables()) + region.clear_count())
}

#[test]
fn rejects_every_changed_scalar() {
    let toy = toy();
    let digest = toy.digest();
    let proof = Proof::decode(toy.layout(), &honest(&toy, 1)).unwrap();
    let hidden = proof.messages.hidden.len();
    for i in 0..hidden + proof.messages.clear.len() {
        let mut bad = proof.clone();
        match bad.messages.hidden.get_mut(i) {
            Some(scalar) => *scalar += EF::ONE,
            None => bad.messages.clear[i - hidden] += EF::ONE,
        }
        let got = verify(&toy, &digest, &bad.encode());
        assert!(
            matches!(got, Err(Rejection::Relation | Rejection::Opening(_))),
            "scalar {i}: {got:?}"
        );
    }
}

#[test]
fn rejects_exchanged_scalars() {
    let toy = toy();
    let proof = Proof::decode(toy.layout(), &honest(&toy, 1)).unwrap();
    for i in 1..proof.messages.hidden.len() {
        let mut bad = proof.clone();
        bad.messages.hidden.swap(i - 1, i);
        assert!(verify(&toy, &toy.digest(), &bad.encode()).is_err(), "hidden {i}");
    }
    for i in 1..proof.messages.clear.len() {
        let mut bad = proof.clone();
        bad.messages.clear.swap(i - 1, i);
        assert!(verify(&toy, &toy.digest(), &bad.encode()).is_err(), "clear {i}");
    }
}

#[test]
fn rejects_flipped_bits_in_every_region() {
    let toy = toy();
    let proof = honest(&toy, 1);
    let mut rng = StdRng::seed_from_u64(11);
    let opening = opening_at(&toy);
    assert!(opening < proof.len());
    let (mut undecodable, mut refused) = (0, 0);
    for (region, count) in [(0..32, 40), (32..opening, 120), (opening..proof.len(), 240)] {
        for _ in 0..count {
            let (at, bit) = (rng.random_range(region.clone()), rng.random_range(0..8));
            let mut bad = proof.clone();
            bad[at] ^= 1 << bit;
            match Proof::decode(toy.layout(), &bad) {
                Ok(decoded) => {
                    assert_eq!(decoded.encode(), bad, "one proof, one encoding: byte {at}");
                    refused += 1;
                }
                Err(_) => undecodable += 1,
            }
            let got = verify(&toy, &toy.digest(), &bad);
            assert!(got.is_err(), "bit {bit} of byte {at}");
            let panicked = Rejection::Opening(crate::pcs::Rejection::Panicked);
            assert_ne!(got, Err(panicked), "bit {bit} of byte {at}");
        }
    }
    assert!(100 < refused && 0 < undecodable, "{refused} decoded, {undecodable} did not");
}

#[test]
fn rejects_every_length_but_its_own() {
    let toy = toy();
    let proof = honest(&toy, 1);
    let opening = opening_at(&toy);
    let mut rng = StdRng::seed_from_u64(12);
    let edges = [0, 1, 31, 32, 33, 51, 52, opening - 1, opening, opening + 1, proof.len() - 1];
    let sampled = (0..300).map(|_| rng.random_range(0..proof.len()));
    for length in edges.into_iter().chain(sampled) {
        let got = verify(&toy, &toy.digest(), &proof[..length]);
        assert!(
            matches!(
                got,
                Err(Rejection::Malformed(_)
                    | Rejection::Opening(crate::pcs::Rejection::Malformed(_)))
            ),
            "{length} bytes: {got:?}"
        );
    }
    for more in [vec![0], vec![255], vec![0; 20], proof.clone()] {
        let mut long = proof.clone();
        long.extend(more);
        let got = verify(&toy, &toy.digest(), &long);
        assert!(
            matches!(got, Err(Rejection::Opening(crate::pcs::Rejection::Malformed(_)))),
            "{} bytes: {got:?}",
            long.len()
        );
    }
}

#[test]
fn rejects_a_scalar_beyond_the_field() {
    let toy = toy();
    let proof = honest(&toy, 1);
    // The order itself, a second name of zero.
    for at in [32, 32 + 20 * 7 + 16, opening_at(&toy) - 4] {
        let mut bad = proof.clone();
        bad[at..at + 4].copy_from_slice(&0x7f00_0001_u32.to_le_bytes());
        let got = verify(&toy, &toy.digest(), &bad);
        assert!(matches!(got, Err(Rejection::Malformed(_))), "byte {at}: {got:?}");
    }
}

#[test]
fn rejects_another_statement_digest() {
    let toy = toy();
    let proof = honest(&toy, 1);
    for bit in 0..256 {
        let mut digest = toy.digest();
        digest[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(verify(&toy, &digest, &proof), Err(Rejection::Relation), "bit {bit}");
    }
}

/// The toy under another name.
struct Renamed(Toy);

impl Circuit for Renamed {
    fn label(&self) -> &'static str {
        "assay/toy/2"
    }

    fn layout(&self) -> &Layout {
        self.0.layout()
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), channel::Rejection> {
        self.0.verify(verifier, relations)
    }
}

#[test]
fn rejects_another_label() {
    let toy = toy();
    let (proof, digest) = (honest(&toy, 1), toy.digest());
    assert_eq!(verify(&Renamed(toy), &digest, &proof), Err(Rejection::Relation));
}

#[test]
fn rejects_another_public_input_under_the_same_digest() {
    // The transcript is the same, so that only the algebra can see it.
    let toy = toy();
    let (proof, digest) = (honest(&toy, 1), toy.digest());
    let mut other = toy.clone();
    other.sum += crate::field::F::ONE;
    assert_eq!(verify(&other, &digest, &proof), Err(Rejection::Relation));
    for lane in 0..other.hash.len() {
        let mut other = toy.clone();
        other.hash[lane] += crate::field::F::ONE;
        assert_eq!(verify(&other, &digest, &proof), Err(Rejection::Relation), "lane {lane}");
    }
}

#[test]
fn rejects_parts_of_two_proofs() {
    // Two proofs of one statement; neither commitment, messages nor opening fit the other's.
    let toy = toy();
    let [a, b] = [1, 2].map(|seed| Proof::decode(toy.layout(), &honest(&toy, seed)).unwrap());
    let mut commitment = a.clone();
    commitment.commitment = b.commitment;
    let mut messages = a.clone();
    messages.messages = b.messages.clone();
    let mut opening = a.clone();
    opening.opening = b.opening;
    for (what, mixed) in [("commitment", commitment), ("messages", messages)] {
        let got = verify(&toy, &toy.digest(), &mixed.encode());
        assert_eq!(got, Err(Rejection::Relation), "{what}");
    }
    let got = verify(&toy, &toy.digest(), &opening.encode());
    assert!(matches!(got, Err(Rejection::Opening(_))), "opening: {got:?}");
}
