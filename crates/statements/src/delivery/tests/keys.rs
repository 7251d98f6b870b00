//! Who knows the key stream.

use super::super::cipher::{Stream, cipher_tag, counter, key_tag, secret_tag};
use super::{digest, job, key_hash, model, open, seal, secret_hash};
use crate::commit::{Committed, Salt, elements};
use crate::delivery::Witness;
use assay_codec::Digest;
use assay_engine::poseidon2::compress;
use assay_types::{FieldDigest, JobId};

/// Numbers as a digest.
fn named(lanes: [assay_engine::field::F; 8]) -> FieldDigest {
    crate::commit::digest(lanes)
}

#[test]
fn a_buyer_who_chooses_a_public_tag_learns_nothing_from_the_key_hash() {
    let key = digest(2);
    let announced = elements(&key_hash(&key));
    let mixed = |secret| compress(secret, cipher_tag(&job()));
    for (name, secret) in [
        ("KEY", key_tag()),
        ("SECRET", secret_tag(&job())),
        ("CIPHER", cipher_tag(&job())),
        ("zero", [Default::default(); 8]),
        ("counter 0", counter(0)),
        ("counter 1", counter(1)),
    ] {
        let stream = Stream::new(&key, &named(secret), &job());
        // All that two hashes of public values, the secret and what was announced can give.
        let known = [announced, secret, mixed(secret), key_tag(), cipher_tag(&job())];
        for a in known {
            assert_ne!(stream.key, a, "{name}");
            for b in known {
                assert_ne!(stream.key, compress(a, b), "{name}");
            }
        }
    }
    // What the order of the derivation prevents: with the key in front, this secret would give it
    // away.
    assert_eq!(compress(elements(&key), key_tag()), announced);
}

#[test]
fn the_model_does_not_open_with_what_was_announced() {
    let (model, salt, key) = (model(9), Salt(digest(1)), digest(2));
    let secret = named(key_tag());
    let witness = Witness { model: &model, salt: &salt, key: &key, secret: &secret };
    let ciphertext = seal(&witness, &job());
    let architecture = model.architecture();
    let opened = |key: &FieldDigest| open(&ciphertext, &architecture, key, &secret, &job()).ok();
    assert_eq!(opened(&key), Some((model.clone(), salt)));
    assert_ne!(opened(&key_hash(&key)), Some((model.clone(), salt)));
    assert_ne!(opened(&secret), Some((model.clone(), salt)));
}

#[test]
fn a_key_stream_is_of_one_job_key_and_secret() {
    let other = JobId(Digest([4; 32]));
    let streams = [
        Stream::new(&digest(2), &digest(3), &job()),
        Stream::new(&digest(2), &digest(3), &other),
        Stream::new(&digest(2), &digest(4), &job()),
        Stream::new(&digest(4), &digest(3), &job()),
        Stream::new(&digest(3), &digest(2), &job()),
    ];
    for (i, a) in streams.iter().enumerate() {
        for b in &streams[..i] {
            assert_ne!(a.key, b.key, "stream {i}");
        }
    }
    // Neither announcement tells that two jobs have one buyer.
    assert_ne!(secret_hash(&digest(3), &job()), secret_hash(&digest(3), &other));
}
