//! How the engines of the simulator, and each other's snapshots, reach a chain: in the same thread, at once.

use assay_api::Submission;
use assay_chain::snapshot::{Beginning, Source};
use assay_chain::{Answer, Chain, Verification};
use assay_codec::{from_bytes, to_bytes};
use assay_ledger::{Piece, Wanted};
use assay_node::consensus::Door;
use assay_node::pool::Pool;
use assay_types::validators::Handovers;
use assay_types::{BlobId, Height};
use std::convert::Infallible;
use std::future::{Future, ready};
use std::sync::{Arc, Mutex};

/// A chain in the same thread; gone once its validator has crashed.
#[derive(Clone, Default)]
pub(crate) struct Direct {
    pub(super) chain: Arc<Mutex<Option<Chain>>>,
    pub(super) verifies: Verifies,
}

/// Who verifies the proofs of proposals before they are executed. Whoever it is, the simulation waits: it is the same
/// every time.
#[derive(Clone, Default)]
pub(crate) enum Verifies {
    /// The same thread.
    #[default]
    AtOnce,
    /// Nobody: the ledger does when it asks.
    Nobody,
    /// Other threads.
    Pool(Arc<Pool>),
}

impl Direct {
    /// Asks at once.
    pub(crate) fn now<T>(&self, question: impl FnOnce(&mut Chain) -> T) -> Option<T> {
        self.chain.lock().unwrap().as_mut().map(question)
    }
}

impl Door for Direct {
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Chain) -> T + Send + 'static,
    ) -> Option<T> {
        self.now(question)
    }

    fn submit(&self, submission: Submission) -> impl Future<Output = bool> + Send {
        let Submission { tx, blobs } = submission;
        ready(self.now(|chain| chain.submit(tx, blobs).is_ok()).unwrap_or(false))
    }

    async fn verify(&self, proofs: Vec<Verification>) -> Vec<Answer> {
        match &self.verifies {
            Verifies::AtOnce => proofs.iter().map(Verification::answer).collect(),
            Verifies::Nobody => Vec::new(),
            Verifies::Pool(pool) => {
                let waiting = tokio::runtime::Builder::new_current_thread().build().unwrap();
                waiting.block_on(pool.verify(proofs))
            }
        }
    }
}

/// Hands out the snapshots of a validator, as its HTTP interface does.
pub(crate) struct Peer<'a>(pub(crate) &'a Direct);

impl Source for Peer<'_> {
    type Error = Infallible;

    fn beginning(&mut self) -> Result<Beginning, Infallible> {
        let beginning = self.0.now(|chain| chain.snapshot().unwrap()).unwrap();
        Ok(from_bytes(&to_bytes(&beginning)).unwrap())
    }

    fn handovers(&mut self, first: u64) -> Result<Handovers, Infallible> {
        let handovers = Handovers(self.0.now(|chain| chain.handovers(first).unwrap()).unwrap());
        Ok(from_bytes(&to_bytes(&handovers)).unwrap())
    }

    fn piece(&mut self, height: Height, wanted: &Wanted) -> Result<Option<Piece>, Infallible> {
        let piece = self.0.now(|chain| chain.piece(height, wanted)).unwrap();
        Ok(piece.map(|piece| from_bytes(&to_bytes(&piece)).unwrap()))
    }

    fn blob(&mut self, id: &BlobId) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.now(|chain| chain.blob(id).unwrap()).unwrap())
    }
}
