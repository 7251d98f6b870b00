//! Keys under which a transaction is handed in once (`Idempotency-Key`): the same request under the same key is
//! answered as the first time, and another request under it is refused. Keys of what failed may be used again.

use assay_api::Problem;
use assay_codec::Digest;
use axum::http::HeaderMap;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Longest key.
const KEY_BYTES_MAX: usize = 128;
/// Most keys that are remembered; the oldest is forgotten.
const KEYS_MAX: usize = 4096;

/// The keys of late.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    entries: BTreeMap<String, Entry>,
    /// Number of keys so far, by which the oldest is known.
    count: u64,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    body: Digest,
    /// The transaction; `None` while it is being taken.
    tx: Option<String>,
}

/// What is known of a key.
#[derive(Debug)]
pub(super) enum Answer {
    /// It was used for this transaction.
    Known(String),
    /// It is used now.
    New(Claim),
}

/// A key in use. It is free again if nothing comes of it.
#[derive(Debug)]
pub(super) struct Claim {
    keys: Keys,
    key: String,
    is_answered: bool,
}

impl Keys {
    /// Reads a request's key.
    pub(super) fn key(&self, headers: &HeaderMap) -> Result<Option<String>, Problem> {
        let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
        let key = key.to_str().ok().filter(|key| (1..=KEY_BYTES_MAX).contains(&key.len()));
        let key = key.ok_or_else(|| Problem::malformed("a key has 1 to 128 visible characters"))?;
        Ok(Some(key.to_owned()))
    }

    /// Takes a key for a body.
    pub(super) fn claim(&self, key: String, body: &[u8]) -> Result<Answer, Problem> {
        let body = Digest::of_bytes("assay/idempotency/1", body);
        let mut known = self.lock();
        if let Some(entry) = known.entries.get(&key) {
            let conflict = |status, code: &str, detail: &str| {
                Err(Problem { status, code: code.into(), detail: detail.into() })
            };
            return match &entry.tx {
                _ if entry.body != body => {
                    conflict(422, "key-reused", "this key was used for another request")
                }
                None => conflict(409, "key-in-use", "a request under this key is being answered"),
                Some(tx) => Ok(Answer::Known(tx.clone())),
            };
        }
        if KEYS_MAX <= known.entries.len() {
            let oldest = known.entries.iter().min_by_key(|(_, entry)| entry.number);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                known.entries.remove(&oldest);
            }
        }
        let number = known.count;
        known.count = number.wrapping_add(1);
        known.entries.insert(key.clone(), Entry { number, body, tx: None });
        Ok(Answer::New(Claim { keys: self.clone(), key, is_answered: false }))
    }

    /// Nothing is left half done under the lock, so a thread that ended in it has broken nothing.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    /// Notes what became of the request.
    pub(super) fn answered(mut self, tx: String) {
        self.is_answered = true;
        if let Some(entry) = self.keys.lock().entries.get_mut(&self.key) {
            entry.tx = Some(tx);
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.is_answered {
            self.keys.lock().entries.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, KEYS_MAX, Keys};

    fn new(keys: &Keys, key: &str, body: &[u8]) -> super::Claim {
        match keys.claim(key.to_owned(), body) {
            Ok(Answer::New(claim)) => claim,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_second_request_is_answered_as_the_first() {
        let keys = Keys::default();
        new(&keys, "a", b"x").answered("0x1".into());
        assert!(matches!(keys.claim("a".into(), b"x"), Ok(Answer::Known(tx)) if tx == "0x1"));
        assert_eq!(keys.claim("a".into(), b"y").unwrap_err().code, "key-reused");
    }

    #[test]
    fn a_key_in_use_waits_and_is_free_after_a_failure() {
        let keys = Keys::default();
        let claim = new(&keys, "a", b"x");
        assert_eq!(keys.claim("a".into(), b"x").unwrap_err().code, "key-in-use");
        drop(claim);
        new(&keys, "a", b"y").answered("0x2".into());
    }

    #[test]
    fn old_keys_are_forgotten() {
        let keys = Keys::default();
        for number in 0..=KEYS_MAX {
            new(&keys, &number.to_string(), b"x").answered("0x".into());
        }
        assert!(matches!(keys.claim("0".into(), b"x"), Ok(Answer::New(_))));
        assert!(matches!(keys.claim(KEYS_MAX.to_string(), b"x"), Ok(Answer::Known(_))));
    }
}
