//! Networks are delivered like trees.

use super::{
    Rejection, Unfit, Witness, ciphertext_digest, digest, job, key_hash, prove, seal, secret_hash,
    security_bits, verify,
};
use crate::commit::tests::tampered::mutations;
use crate::commit::{Salt, commit};
use crate::delivery::{ProveError, open_network};
use assay_model::Architecture;
use assay_model::ops::network::{Network, synthetic};
use assay_types::statement::{Context, Delivery};

/// The ciphertext, the statement about it, and the proof.
fn delivered(model: &Network) -> (Vec<u8>, Delivery, Vec<u8>) {
    let (salt, key, secret) = (Salt(digest(1)), digest(2), digest(3));
    let witness = Witness { model, salt: &salt, key: &key, secret: &secret };
    let ciphertext = seal(&witness, &job());
    let statement = Delivery {
        context: Context { job: job(), ..Context::default() },
        architecture: Architecture::Network(model.program().clone()),
        model: commit(model, &salt),
        key_hash: key_hash(&key),
        secret_hash: secret_hash(&secret, &job()),
        ciphertext: ciphertext_digest(&ciphertext),
    };
    let proof = prove(&statement, &witness, [1; 32], &mut |_| ()).unwrap();
    (ciphertext, statement, proof)
}

#[test]
fn what_is_proven_opens_to_the_committed_network() {
    for model in [synthetic::mlp(&[3, 2], 1), synthetic::mlp(&[9, 17, 4], 2), synthetic::tiny(3)] {
        let (ciphertext, statement, proof) = delivered(&model);
        verify(&statement, &ciphertext, &proof).unwrap();
        assert!(security_bits(&statement) >= 100);
        let opened = open_network(&ciphertext, model.program(), &digest(2), &digest(3), &job());
        let (opened, salt) = opened.unwrap();
        assert_eq!(commit(&opened, &salt), statement.model);
        assert_eq!(opened, model);
        let other = open_network(&ciphertext, model.program(), &digest(4), &digest(3), &job());
        assert_ne!(other.unwrap().0, model);
    }
}

#[test]
fn a_proof_delivers_nothing_else() {
    let (ciphertext, statement, proof) = delivered(&synthetic::mlp(&[9, 17, 4], 2));
    let changes: [fn(&mut Delivery); 4] = [
        |s| s.model.0 = digest(9),
        |s| s.key_hash = digest(9),
        |s| s.secret_hash = digest(9),
        |s| s.context.chain = 1,
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let mut changed = statement.clone();
        change(&mut changed);
        let got = verify(&changed, &ciphertext, &proof);
        assert!(matches!(got, Err(Rejection::Proof(_))), "change {i}: {got:?}");
    }
    // A changed word in every run of the cipher, under the name that it then has.
    for at in (0..ciphertext.len()).step_by(ciphertext.len() / 9 / 4 * 4) {
        let (mut changed, mut text) = (statement.clone(), ciphertext.clone());
        text[at] ^= 1;
        assert_eq!(verify(&statement, &text, &proof), Err(Unfit::Ciphertext.into()));
        changed.ciphertext = ciphertext_digest(&text);
        let got = verify(&changed, &text, &proof);
        assert!(matches!(got, Err(Rejection::Proof(_))), "byte {at}: {got:?}");
    }
}

#[test]
fn a_witness_of_something_else_is_refused() {
    let (_, statement, _) = delivered(&synthetic::mlp(&[9, 17, 4], 2));
    let other = synthetic::mlp(&[9, 17, 4], 3);
    let (salt, key, secret) = (Salt(digest(1)), digest(2), digest(3));
    let witness = Witness { model: &other, salt: &salt, key: &key, secret: &secret };
    let got = prove(&statement, &witness, [1; 32], &mut |_| ());
    assert!(matches!(got, Err(ProveError::Mismatch(_))), "{got:?}");
}

#[test]
fn changed_bytes_are_rejected() {
    let (ciphertext, statement, proof) = delivered(&synthetic::mlp(&[3, 2], 1));
    for (what, bytes) in mutations(&proof, 4) {
        assert!(verify(&statement, &ciphertext, &bytes).is_err(), "{what}");
    }
}
