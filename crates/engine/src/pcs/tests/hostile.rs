//! Bytes and shapes that no honest prover makes. The property is always the same: a rejection, and
//! never one that had to catch a panic.

use assay_codec::Error;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_whir::pcs::proof::QueryOpenings;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::{DIGEST, Opening, Params, Proof, Rejection};
use super::Case;
use crate::field::F;

/// Decodes `bytes` in the place of the case's opening, and verifies.
fn replay(case: &Case, params: &Params, bytes: &[u8]) -> Result<(), Rejection> {
    let opening = Opening::from_bytes(params, case.points.len(), bytes)?;
    assert_eq!(opening.to_bytes(), bytes, "two encodings of one opening");
    let mut values = opening.proof.evals.clone();
    // Let the proof speak for itself where it changed its own values.
    values.truncate(case.values.len());
    Case { opening, values, ..case.clone() }.verify()
}

#[track_caller]
fn check(case: &Case, params: &Params, bytes: &[u8], what: &str) {
    match replay(case, params, bytes) {
        Ok(()) => panic!("{what}: accepted"),
        Err(Rejection::Panicked) => panic!("{what}: the library panicked"),
        Err(_) => {}
    }
}

fn fuzz(num_vars: usize, rounds: usize) {
    let case = Case::new(num_vars);
    let params = Params::new(num_vars).expect("a supported size");
    let honest = case.opening.to_bytes();
    assert_eq!(replay(&case, &params, &honest), Ok(()));
    let mut rng = StdRng::seed_from_u64(num_vars as u64);
    for i in 0..rounds {
        let mut bytes = honest.clone();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..bytes.len());
            bytes[at] ^= 1 << rng.random_range(0..8);
        }
        if bytes != honest {
            check(&case, &params, &bytes, &format!("flip {i}"));
        }
        // A whole word, so that field elements stay canonical and counts become wild.
        let mut bytes = honest.clone();
        let at = rng.random_range(0..bytes.len() / 4) * 4;
        let word = [0, 1, F::ORDER_U32 - 1, u32::MAX, rng.random::<u32>() >> 8][i % 5];
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
        if bytes != honest {
            check(&case, &params, &bytes, &format!("word {i}"));
        }
    }
}

#[test]
fn rejects_flipped_bytes_of_an_opening_in_one_round() {
    fuzz(8, 1500);
}

#[test]
fn rejects_flipped_bytes_of_an_opening_in_two_rounds() {
    fuzz(14, 750);
}

#[test]
fn rejects_every_flip_in_the_head_and_the_tail() {
    let case = Case::new(14);
    let params = Params::new(14).unwrap();
    let honest = case.opening.to_bytes();
    let ends = (0..400).chain(honest.len() - 400..honest.len());
    for at in ends {
        let mut bytes = honest.clone();
        bytes[at] ^= 1;
        check(&case, &params, &bytes, &format!("byte {at}"));
    }
}

#[test]
fn rejects_truncated_and_extended_bytes() {
    let case = Case::new(14);
    let params = Params::new(14).unwrap();
    let honest = case.opening.to_bytes();
    for len in (0..honest.len()).step_by(997).chain([honest.len() - 1]) {
        let got = replay(&case, &params, &honest[..len]);
        assert!(
            matches!(got, Err(Rejection::Malformed(Error::Truncated { .. }))),
            "{len}: {got:?}"
        );
    }
    for extra in [1, 3, 32, 4096] {
        let bytes = [&honest[..], &vec![0; extra]].concat();
        let expected = Error::Trailing(extra);
        assert_eq!(replay(&case, &params, &bytes), Err(expected.into()));
    }
}

#[test]
fn rejects_more_bytes_than_any_opening_has_before_reading_them() {
    let params = Params::new(8).unwrap();
    let limit = params.opening_bytes_max(2);
    let got = Opening::from_bytes(&params, 2, &vec![0; limit + 1]).unwrap_err();
    let expected = Error::TooLong { what: "an opening", limit, got: limit + 1 };
    assert_eq!(got, expected.into());
}

#[test]
fn rejects_field_elements_that_are_not_reduced() {
    let case = Case::new(8);
    let params = Params::new(8).unwrap();
    let mut bytes = case.opening.to_bytes();
    let word: [u8; 4] = bytes[..4].try_into().unwrap();
    let alias = u32::from_le_bytes(word) + F::ORDER_U32;
    bytes[..4].copy_from_slice(&alias.to_le_bytes());
    let expected = Error::Invalid("a field element is not reduced");
    assert_eq!(replay(&case, &params, &bytes), Err(expected.into()));
}

#[test]
fn rejects_the_bytes_of_another_size_or_another_number_of_points() {
    let case = Case::new(14);
    let bytes = case.opening.to_bytes();
    for num_vars in (8..=26).filter(|&n| n != 14) {
        let params = Params::new(num_vars).unwrap();
        assert!(Opening::from_bytes(&params, 2, &bytes).is_err(), "{num_vars} variables");
    }
    let params = Params::new(14).unwrap();
    for points in [0, 1, 3, usize::MAX] {
        let got = Opening::from_bytes(&params, points, &bytes);
        assert!(matches!(got, Err(Rejection::Malformed(_))), "{points} points");
    }
}

#[test]
fn random_bytes_are_no_opening() {
    let params = Params::new(9).unwrap();
    let mut rng = StdRng::seed_from_u64(5);
    for _ in 0..500 {
        let len = rng.random_range(0..params.opening_bytes_max(1));
        let bytes: Vec<u8> = (0..len).map(|_| rng.random()).collect();
        assert!(Opening::from_bytes(&params, 1, &bytes).is_err());
    }
}

/// How a length lies.
#[derive(Clone, Copy, Debug)]
enum Lie {
    Empty,
    Shorter,
    Longer,
    Longest,
}

trait Length {
    fn lie(&mut self, lie: Lie) -> bool;
}

impl<T: Clone> Length for Vec<T> {
    fn lie(&mut self, lie: Lie) -> bool {
        let Some(last) = self.last().cloned() else { return false };
        match lie {
            Lie::Empty => self.clear(),
            Lie::Shorter => drop(self.pop()),
            Lie::Longer => self.push(last),
            Lie::Longest => self.resize(self.len() + 5000, last),
        }
        true
    }
}

/// Calls `f` on every vector of the proof, and on the first member of every vector of vectors.
fn vectors(proof: &mut Proof, f: &mut impl FnMut(&str, &mut dyn Length)) {
    macro_rules! rows {
        ($opening:expr) => {
            f("rows", &mut $opening.rows);
            if let Some(row) = $opening.rows.first_mut() {
                f("row", row);
            }
            f("salts", &mut $opening.proof.0);
            if let Some(salt) = $opening.proof.0.first_mut() {
                f("salts of a row", salt);
                if let Some(salt) = salt.first_mut() {
                    f("salt", salt);
                }
            }
            f("paths", &mut $opening.proof.1.sibling_hashes);
        };
    }
    macro_rules! either {
        ($opening:expr) => {
            match &mut $opening {
                QueryOpenings::Base(opening) => {
                    rows!(opening);
                }
                QueryOpenings::Extension(opening) => {
                    rows!(opening);
                }
            }
        };
    }
    f("evals", &mut proof.evals);
    f("sumchecks", &mut proof.sumchecks);
    for sumcheck in &mut proof.sumchecks {
        f("round_coefficients", &mut sumcheck.round_coefficients);
        if let Some(coefficients) = sumcheck.round_coefficients.first_mut() {
            f("coefficients", coefficients);
        }
        f("pow_witnesses", &mut sumcheck.pow_witnesses);
    }
    f("sumcheck_mask_commitments", &mut proof.sumcheck_mask_commitments);
    f("rounds", &mut proof.rounds);
    for round in &mut proof.rounds {
        f("ood_answers", &mut round.ood_answers);
        either!(round.openings);
    }
    let base = &mut proof.base_case;
    f("fresh_mask_commitments", &mut base.fresh_mask_commitments);
    f("blinded_message", &mut base.blinded_message);
    f("blinded_randomness", &mut base.blinded_randomness);
    f("blinded_masks", &mut base.blinded_masks);
    for mask in &mut base.blinded_masks {
        f("mask message", &mut mask.message);
        f("mask randomness", &mut mask.randomness);
    }
    either!(base.source_openings);
    rows!(base.fresh_main_openings);
    f("mask_openings", &mut base.mask_openings);
    for pair in &mut base.mask_openings {
        rows!(pair.carried);
        rows!(pair.fresh);
    }
}

/// Bytes cannot carry such lies, as they carry no lengths; a proof in memory could. The library
/// itself must turn each down too, without panic.
#[test]
fn rejects_every_lie_about_a_length() {
    for num_vars in [8, 14] {
        let case = Case::new(num_vars);
        let params = Params::new(num_vars).unwrap();
        let honest = case.opening.to_bytes();
        let mut count = 0;
        vectors(&mut case.opening.proof.clone(), &mut |_, _| count += 1);
        let mut lies = 0;
        for target in 0..count {
            for lie in [Lie::Empty, Lie::Shorter, Lie::Longer, Lie::Longest] {
                let mut bad = case.clone();
                let (mut at, mut name) = (0, String::new());
                let mut lied = false;
                vectors(&mut bad.opening.proof, &mut |what, vector| {
                    if at == target {
                        name = format!("{num_vars} variables, {what} ({target}): {lie:?}");
                        lied = vector.lie(lie);
                    }
                    at += 1;
                });
                if lied {
                    lies += 1;
                    let got = bad.verify();
                    assert!(!matches!(got, Ok(()) | Err(Rejection::Panicked)), "{name}: {got:?}");
                    // Some lies have no bytes at all: those encode as the honest opening does.
                    let bytes = bad.opening.to_bytes();
                    if bytes != honest {
                        check(&case, &params, &bytes, &name);
                    }
                }
            }
        }
        assert!(lies > 100, "{lies}");
    }
}

#[test]
fn rejects_rows_of_the_wrong_field_and_roots_of_several_digests() {
    let case = Case::new(8);
    let mut bad = case.clone();
    let fresh = bad.opening.proof.base_case.fresh_main_openings.clone();
    bad.opening.proof.base_case.source_openings = QueryOpenings::Extension(fresh);
    bad.rejected_by_the_proof();

    let mut bad = case;
    let root = &mut bad.opening.proof.base_case.fresh_main_commitment;
    *root = super::super::Root::new(vec![[0; DIGEST]; 4]);
    bad.rejected_by_the_proof();
}

#[test]
fn rejects_a_grinding_witness_that_is_off_by_one() {
    let mut case = Case::new(14);
    let round = case.clone();
    case.opening.proof.base_case.pow_witness += F::ONE;
    case.rejected_by_the_proof();
    case = round;
    case.opening.proof.rounds[0].pow_witness += F::ONE;
    case.rejected_by_the_proof();
}
