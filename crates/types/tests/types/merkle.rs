//! The Merkle format: golden vectors, and one test per way to cheat.

use crate::sample::Random;
use assay_codec::{Digest, Hasher};
use assay_types::merkle::{PATH_MAX, Proof, Rejection, prove, root, verify};
use std::path::PathBuf;

fn leaves(n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|i| Random(i as u64).bytes(i % 7)).collect()
}

#[test]
fn every_leaf_of_every_small_tree_is_proven() {
    for n in 0..40 {
        let leaves = leaves(n);
        let root = root(&leaves);
        for (index, leaf) in leaves.iter().enumerate() {
            let proof = prove(&leaves, index).unwrap();
            assert_eq!((proof.index, proof.size), (index as u64, n as u64));
            assert_eq!(verify(&root, leaf, &proof), Ok(()));
        }
        assert_eq!(prove(&leaves, n), None);
    }
}

#[test]
fn three_leaves_by_hand() {
    let hash = |label: &str, parts: &[&[u8]]| {
        let mut hasher = Hasher::new(label);
        parts.iter().for_each(|part| hasher.update(part));
        hasher.finish()
    };
    let leaf = |i: u64, bytes: &[u8]| hash("assay/merkle/leaf/1", &[&i.to_le_bytes(), bytes]);
    let node = |l: Digest, r: Digest| hash("assay/merkle/node/1", &[&l.0, &r.0]);
    let top = node(node(leaf(0, b"a"), leaf(1, b"")), leaf(2, b"cc"));
    let expected = hash("assay/merkle/root/1", &[&3_u64.to_le_bytes(), &top.0]);
    assert_eq!(root(&[b"a".to_vec(), Vec::new(), b"cc".to_vec()]), expected);
}

#[test]
fn golden_roots() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/merkle-1.json");
    let hex = |bytes: &[u8]| assay_codec::to_hex(bytes);
    let got: Vec<serde_json::Value> = [0, 1, 2, 3, 5, 8, 13]
        .into_iter()
        .map(|n| {
            let leaves = leaves(n);
            let proofs: Vec<serde_json::Value> = (0..n)
                .map(|i| {
                    let path = prove(&leaves, i).unwrap().path;
                    path.iter().map(ToString::to_string).collect::<Vec<_>>().into()
                })
                .collect();
            serde_json::json!({
                "leaves": leaves.iter().map(|leaf| hex(leaf)).collect::<Vec<_>>(),
                "root": root(&leaves).to_string(),
                "paths": proofs,
            })
        })
        .collect();
    if std::env::var_os("ASSAY_BLESS").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&got).unwrap() + "\n").unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let expected: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(got, expected);
}

fn tampered() -> (Digest, Vec<u8>, Proof) {
    let leaves = leaves(11);
    (root(&leaves), leaves[6].clone(), prove(&leaves, 6).unwrap())
}

#[test]
fn rejects_another_leaf_place_size_path_or_root() {
    let (root, leaf, proof) = tampered();
    let check = |root: &Digest, leaf: &[u8], change: fn(&mut Proof)| {
        let mut proof = proof.clone();
        change(&mut proof);
        assert!(verify(root, leaf, &proof).is_err());
    };
    check(&root, b"other", |_| ());
    check(&Digest([1; 32]), &leaf, |_| ());
    check(&root, &leaf, |proof| proof.index = 7);
    check(&root, &leaf, |proof| proof.index = 10);
    check(&root, &leaf, |proof| proof.size = 12);
    check(&root, &leaf, |proof| proof.size = 16);
    check(&root, &leaf, |proof| proof.path.reverse());
    for at in 0..proof.path.len() {
        for bit in [0, 255] {
            let mut proof = proof.clone();
            proof.path[at].0[bit / 8] ^= 1 << (bit % 8);
            assert!(verify(&root, &leaf, &proof).is_err());
        }
    }
}

#[test]
fn rejects_a_leaf_that_is_not_there() {
    let (root, leaf, proof) = tampered();
    for (index, size) in [(11, 11), (0, 0), (u64::MAX, 3)] {
        let proof = Proof { index, size, ..proof.clone() };
        assert_eq!(verify(&root, &leaf, &proof), Err(Rejection::Index { index, size }));
    }
}

#[test]
fn rejects_a_path_of_the_wrong_length() {
    let (root, leaf, mut proof) = tampered();
    proof.path.pop();
    assert_eq!(verify(&root, &leaf, &proof), Err(Rejection::Length { expected: 4, got: 3 }));
    proof.path.extend([Digest::default(); 2]);
    assert_eq!(verify(&root, &leaf, &proof), Err(Rejection::Length { expected: 4, got: 5 }));
    proof.path.extend([Digest::default(); PATH_MAX]);
    assert!(verify(&root, &leaf, &proof).is_err());
}

#[test]
fn rejects_a_node_shown_as_a_leaf() {
    let leaves = leaves(2);
    let mut node = prove(&leaves, 1).unwrap().path[0].0.to_vec();
    node.extend(prove(&leaves, 0).unwrap().path[0].0);
    let proof = Proof { index: 0, size: 1, path: Vec::new() };
    assert!(verify(&root(&leaves), &node, &proof).is_err());
}

#[test]
fn the_greatest_sizes_do_not_panic() {
    let (root, leaf, _) = tampered();
    for index in [0, 1, u64::MAX - 1] {
        let proof = Proof { index, size: u64::MAX, path: vec![Digest::default(); 64] };
        assert!(verify(&root, &leaf, &proof).is_err());
    }
}
