//! Networks are delivered like trees.

use super::{Rejection, Unfit, Witness, check, ciphertext_digest, delivered, digest, job, open};
use super::{prove, verify};
use crate::commit::Salt;
use crate::commit::tests::tampered::mutations;
use crate::delivery::ProveError;
use assay_model::ops::network::{Network, synthetic};
use assay_types::statement::Delivery;

#[test]
fn what_is_proven_opens_to_the_committed_network() {
    for model in [synthetic::mlp(&[3, 2], 1), synthetic::mlp(&[9, 17, 4], 2), synthetic::tiny(3)] {
        check(&model);
        let (ciphertext, Delivery { architecture, .. }, _) = delivered(&model);
        let other = open::<Network>(&ciphertext, &architecture, &digest(4), &digest(3), &job());
        assert_ne!(other.unwrap().0, model, "every key opens to a network");
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
