//! What verifies the certificates of each epoch.

use super::keys::Scheme;
use commonware_consensus::types::Epoch;
use commonware_cryptography::certificate::{Provider, Scoped};
use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

/// The schemes of all epochs that are known.
#[derive(Clone, Debug, Default)]
pub struct Schemes(Arc<RwLock<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// By the first epoch of each set.
    schemes: BTreeMap<u64, Arc<Scheme>>,
    /// Epochs before this one are known.
    end: u64,
}

impl Schemes {
    /// From the epoch `since` on up to `last`, at least, certificates are verified with `scheme`.
    pub fn put(&self, since: u64, last: u64, scheme: Scheme) {
        let Ok(mut known) = self.0.write() else { return };
        known.schemes.insert(since, Arc::new(scheme));
        known.end = known.end.max(last.saturating_add(1));
    }
}

impl Provider for Schemes {
    type Scope = Epoch;
    type Scheme = Scheme;

    fn scoped(&self, epoch: Epoch) -> Option<Scoped<Scheme>> {
        let (known, epoch) = (self.0.read().ok()?, epoch.get());
        if known.end <= epoch {
            return None;
        }
        let (_, scheme) = known.schemes.range(..=epoch).next_back()?;
        Some(Scoped::scheme(scheme.clone()))
    }
}
