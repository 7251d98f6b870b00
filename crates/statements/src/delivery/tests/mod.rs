//! What is sealed opens; what is proven is what was sealed.

mod cheats;
mod hostile;
mod keys;
mod network;
mod numbers;

use super::{
    ProveError, Rejection, Unfit, Witness, ciphertext_digest, key_hash, open, prove, seal,
    secret_hash, security_bits, verify,
};
use crate::commit::{Committed, Salt, commit};
use assay_codec::Digest;
use assay_model::ops::forest::{ForestTable, Votes};
use assay_model::ops::tree::{NodeTable, bounds_for};
use assay_model::{Architecture, synthetic};
use assay_types::statement::{Context, Delivery};
use assay_types::{FieldDigest, JobId};

fn digest(seed: u32) -> FieldDigest {
    FieldDigest::new([seed, 1, 2, 3, 4, 5, 6, seed + 7]).unwrap()
}

fn model(inner: usize) -> NodeTable {
    let tree = synthetic::tree(4, 3, 4, inner, 7).unwrap();
    tree.to_table(bounds_for(&tree, 4, 2 * inner + 1).unwrap()).unwrap()
}

fn job() -> JobId {
    JobId(Digest([3; 32]))
}

/// The ciphertext, the statement about it, and the proof.
fn delivered<M: Committed>(model: &M) -> (Vec<u8>, Delivery, Vec<u8>) {
    let (salt, key, secret) = (Salt(digest(1)), digest(2), digest(3));
    let witness = Witness { model, salt: &salt, key: &key, secret: &secret };
    let ciphertext = seal(&witness, &job());
    let statement = Delivery {
        context: Context { job: job(), ..Context::default() },
        architecture: model.architecture(),
        model: commit(model, &salt),
        key_hash: key_hash(&key),
        secret_hash: secret_hash(&secret, &job()),
        ciphertext: ciphertext_digest(&ciphertext),
    };
    let proof = prove(&statement, &witness, [1; 32], &mut |_| ()).unwrap();
    (ciphertext, statement, proof)
}

/// Delivers a model, and opens it.
#[track_caller]
fn check<M: Committed + PartialEq>(model: &M) {
    let (ciphertext, statement, proof) = delivered(model);
    verify(&statement, &ciphertext, &proof).unwrap();
    assert!(security_bits(&statement) >= 100);
    let opened =
        open::<M>(&ciphertext, &statement.architecture, &digest(2), &digest(3), &job()).unwrap();
    assert_eq!(opened.1, Salt(digest(1)));
    assert_eq!(commit(&opened.0, &opened.1), statement.model);
    assert!(opened.0 == *model);
}

#[test]
fn what_is_proven_opens_to_the_committed_model() {
    [4, 9, 14].into_iter().for_each(|inner| check(&model(inner)));
}

#[test]
fn every_phase_can_be_the_last() {
    let model = model(4);
    let (_, statement, _) = delivered(&model);
    let (salt, key, secret) = (Salt(digest(1)), digest(2), digest(3));
    let witness = Witness { model: &model, salt: &salt, key: &key, secret: &secret };
    let stopped = |progress: crate::Progress<'_>| prove(&statement, &witness, [5; 32], progress);
    let phases = crate::accuracy::tests::cancelled::check(stopped);
    assert!(phases.contains("model commitment and cipher"));
}

#[test]
fn what_is_proven_opens_to_the_committed_forest() {
    for (classes, votes, trees) in [(2, Votes::Second, 3), (3, Votes::All, 4), (4, Votes::Turns, 8)]
    {
        let forest = synthetic::forest((5, classes), votes, (trees, 3, 5), 5).unwrap();
        check(&forest.to_table(forest.bounds(4, 0, trees + 1).unwrap()).unwrap());
    }
}

#[test]
fn a_vote_that_no_leaf_has_is_no_forest() {
    // The width of three classes is filled up to four: what fills it is zero, or nothing opens.
    let forest = synthetic::forest((5, 3), Votes::All, (4, 3, 5), 5).unwrap();
    let model = forest.to_table(forest.bounds(0, 0, 0).unwrap()).unwrap();
    let (mut ciphertext, statement, _) = delivered(&model);
    let open = |ciphertext: &[u8]| {
        let opened = open::<ForestTable>(
            ciphertext,
            &statement.architecture,
            &digest(2),
            &digest(3),
            &job(),
        );
        opened.map(drop)
    };
    assert_eq!(open(&ciphertext), Ok(()));
    ciphertext[4 * model.values().len()] ^= 1;
    assert_eq!(open(&ciphertext), Err(Unfit::Ciphertext));
}

#[test]
fn nothing_opens_without_key_and_secret_of_this_job() {
    let model = model(9);
    let (ciphertext, ..) = delivered(&model);
    let with = |key, secret, job| {
        open::<NodeTable>(&ciphertext, &model.architecture(), &key, &secret, &job).ok()
    };
    let right = with(digest(2), digest(3), job());
    assert!(right.is_some());
    assert_ne!(with(digest(4), digest(3), job()), right);
    assert_ne!(with(digest(2), digest(4), job()), right);
    assert_ne!(with(digest(2), digest(3), JobId(Digest([4; 32]))), right);
}

#[test]
fn a_proof_delivers_nothing_else() {
    let model = model(9);
    let (ciphertext, statement, proof) = delivered(&model);
    let changes: [fn(&mut Delivery); 4] = [
        |s| s.model.0 = digest(9),
        |s| s.key_hash = digest(9),
        |s| s.secret_hash = digest(9),
        |s| s.context.job = JobId(Digest([9; 32])),
    ];
    for (i, change) in changes.iter().enumerate() {
        let mut changed = statement.clone();
        change(&mut changed);
        let got = verify(&changed, &ciphertext, &proof);
        assert!(matches!(got, Err(Rejection::Proof(_))), "change {i}: {got:?}");
    }
}

#[test]
fn a_changed_ciphertext_is_rejected_even_if_the_statement_names_it() {
    let model = model(9);
    let (ciphertext, mut statement, proof) = delivered(&model);
    let mut other = ciphertext.clone();
    other[8] ^= 1;
    let got = verify(&statement, &other, &proof);
    assert_eq!(got, Err(Rejection::Unfit(Unfit::Ciphertext)));
    statement.ciphertext = ciphertext_digest(&other);
    assert!(matches!(verify(&statement, &other, &proof), Err(Rejection::Proof(_))));
    let short = &ciphertext[..ciphertext.len() - 4];
    assert_eq!(verify(&statement, short, &proof), Err(Rejection::Unfit(Unfit::Ciphertext)));
}

#[test]
fn a_trees_ciphertext_is_not_that_of_a_network() {
    let (ciphertext, mut statement, proof) = delivered(&model(9));
    let network = assay_model::ops::network::synthetic::mlp(&[5, 3], 1);
    statement.architecture = Architecture::Network(network.program().clone());
    let got = verify(&statement, &ciphertext, &proof);
    assert_eq!(got, Err(Rejection::Unfit(Unfit::Ciphertext)));
}

#[test]
fn a_word_that_is_no_field_element_is_rejected() {
    let model = model(4);
    let (mut ciphertext, ..) = delivered(&model);
    ciphertext[..4].copy_from_slice(&u32::MAX.to_le_bytes());
    let architecture = model.architecture();
    let got = open::<NodeTable>(&ciphertext, &architecture, &digest(2), &digest(3), &job());
    assert_eq!(got, Err(Unfit::Ciphertext));
}

#[test]
fn a_witness_of_something_else_is_refused() {
    let model = model(4);
    let (_, statement, _) = delivered(&model);
    let (salt, key, secret) = (Salt(digest(1)), digest(2), digest(3));
    let prove = |salt, key, secret| {
        let witness = Witness { model: &model, salt: &salt, key: &key, secret: &secret };
        prove(&statement, &witness, [1; 32], &mut |_| ())
    };
    assert!(prove(salt, key, secret).is_ok());
    for got in [
        prove(Salt(digest(9)), key, secret),
        prove(salt, digest(9), secret),
        prove(salt, key, digest(9)),
    ] {
        assert!(matches!(got, Err(ProveError::Mismatch(_))), "{got:?}");
    }
}

#[test]
fn a_ciphertext_is_as_long_as_the_bounds_say_whatever_the_tree() {
    let trees = [4, 14].map(|inner| synthetic::tree(4, 3, 4, inner, 7).unwrap());
    assert_ne!(trees[0].nodes().len(), trees[1].nodes().len());
    let bounds = bounds_for(&trees[1], 4, 29).unwrap();
    let seal = |inner: usize, key: u32| {
        let model = trees[inner].to_table(bounds).unwrap();
        let (salt, key, secret) = (Salt(digest(1)), digest(key), digest(3));
        seal(&Witness { model: &model, salt: &salt, key: &key, secret: &secret }, &job())
    };
    assert_eq!(seal(0, 2).len(), seal(1, 2).len());
    // Nor do two ciphertexts of one model have a number in common.
    let (one, two) = (seal(0, 2), seal(0, 4));
    assert!(one.chunks(4).zip(two.chunks(4)).all(|(one, two)| one != two));
}
