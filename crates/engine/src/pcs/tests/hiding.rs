//! What the salts and the seeds are for.

use std::collections::BTreeSet;

use p3_blake3::Blake3;
use p3_commit::Mmcs;
use p3_field::PrimeCharacteristicRing;
use p3_matrix::Matrix;
use p3_matrix::dense::RowMajorMatrix;
use p3_merkle_tree::MerkleTreeMmcs;
use p3_symmetric::{CryptographicHasher, SerializingHasher};
use p3_whir::pcs::proof::QueryOpenings;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::super::{Compress, DIGEST, Params, SALT};
use super::{Case, commit, random_cells};
use crate::field::F;

type Unsalted = MerkleTreeMmcs<F, u8, SerializingHasher<Blake3>, Compress, 2, DIGEST>;

fn hash(row: impl IntoIterator<Item = F>) -> [u8; DIGEST] {
    SerializingHasher::new(Blake3).hash_iter(row)
}

/// An observer holds the digests beside the opened leaves' paths. Where a leaf can be guessed, its
/// digest confirms the guess, unless the leaf is salted.
#[test]
fn the_dictionary_attack_succeeds_without_salt_and_fails_with_it() {
    // One of 256 leaves is opened; its neighbour holds one secret byte.
    let secret = 173;
    let leaf = |byte: usize| [F::from_usize(byte), F::ONE, F::ZERO, F::TWO];
    let table = || {
        let rows = (0..256).flat_map(|i| leaf(if i == 1 { secret } else { 0 }));
        RowMajorMatrix::new(rows.collect(), 4)
    };
    let dictionary: Vec<_> = (0..256).map(|byte| hash(leaf(byte))).collect();

    let unsalted = Unsalted::new(SerializingHasher::new(Blake3), Compress::new(Blake3), 0);
    let (_, data) = unsalted.commit_matrix(table());
    let (_, pruned) = unsalted.open_multi_batch(&[0], &data);
    let found = dictionary.iter().position(|d| pruned.sibling_hashes.contains(d));
    assert_eq!(found, Some(secret), "without salt the byte is read off");

    let scheme = Params::new(8).unwrap().scheme(generator(1), generator(2));
    let (_, data) = scheme.mmcs.commit_matrix(table());
    let (_, (_, pruned)) = scheme.mmcs.open_multi_batch(&[0], &data);
    let found = dictionary.iter().position(|d| pruned.sibling_hashes.contains(d));
    assert_eq!(found, None, "with salt no guess is confirmed");
    let zeros: Vec<_> =
        (0..256).map(|b| hash(leaf(b).into_iter().chain([F::ZERO; SALT]))).collect();
    assert!(!zeros.iter().any(|d| pruned.sibling_hashes.contains(d)), "nor with a salt of zeros");
}

/// The same on a real opening, against an observer who has guessed every row of the code right.
#[test]
fn no_digest_of_an_opening_confirms_a_row_of_the_committed_code() {
    let (_, secret) = commit(random_cells(8, 1), &[7; 32]).unwrap();
    let code = secret.scheme.mmcs.get_matrices(&secret.data.merkle)[0];
    let guesses: BTreeSet<_> = (0..code.height()).map(|i| hash(code.row(i).unwrap())).collect();

    let opening = Case::new(8).opening;
    let QueryOpenings::Base(source) = &opening.proof.base_case.source_openings else {
        panic!("the first oracle is in the base field")
    };
    let digests = &source.proof.1.sibling_hashes;
    assert!(digests.len() > 50);
    assert!(!digests.iter().any(|d| guesses.contains(d)));

    let unsalted = Unsalted::new(SerializingHasher::new(Blake3), Compress::new(Blake3), 0);
    let (_, data) = unsalted.commit_matrix(code.clone());
    let (_, pruned) = unsalted.open_multi_batch(&[0, 9], &data);
    assert!(pruned.sibling_hashes.iter().any(|d| guesses.contains(d)), "the attack is a real one");
}

#[test]
fn salts_differ_from_leaf_to_leaf() {
    let opening = Case::new(14).opening;
    let QueryOpenings::Base(rows) = &opening.proof.rounds[0].openings else {
        panic!("the first oracle is in the base field")
    };
    let salts: BTreeSet<Vec<u32>> = rows.proof.0.iter().map(|s| canonical(&s[0])).collect();
    let positions: BTreeSet<Vec<u32>> = rows.rows.iter().map(|r| canonical(r)).collect();
    assert_eq!(salts.len(), positions.len());
    assert!(salts.len() > 90);
}

#[test]
fn one_seed_gives_one_opening_on_one_thread() {
    // Several threads race for the grinding witness; see `commit`.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let bytes = || pool.install(|| Case::new(12).opening.to_bytes());
    assert_eq!(bytes(), bytes());
}

#[test]
fn another_seed_gives_another_commitment_and_other_openings() {
    let cells = random_cells(8, 1);
    let [a, b] = [[7; 32], [8; 32]].map(|seed| Case::of(cells.clone(), 2, seed));
    assert_ne!(a.commitment, b.commitment);
    assert_eq!(a.values, b.values);
    let (a, b) = (a.opening.proof.base_case, b.opening.proof.base_case);
    assert!(a.blinded_message.iter().zip(&b.blinded_message).all(|(a, b)| a != b));
}

/// Equal cells are not equal commitments: the masks come from another stream than the salts.
#[test]
fn masks_and_salts_come_from_different_streams() {
    let (_, secret) = commit(vec![F::ZERO; 256], &[7; 32]).unwrap();
    let (_, (salts, _)) = secret.scheme.mmcs.open_batch(0, &secret.data.merkle).unpack();
    let masks = &secret.data.randomness;
    assert!(masks.iter().filter(|&&m| m != F::ZERO).count() > masks.len() / 2);
    assert!(!masks.windows(SALT).any(|window| window == salts[0]));
}

fn canonical(row: &[F]) -> Vec<u32> {
    use p3_field::PrimeField32;
    row.iter().map(F::as_canonical_u32).collect()
}

fn generator(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}
