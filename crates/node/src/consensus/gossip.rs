//! Transactions, from the node where they were handed in to the others.
//!
//! A node sends what it has taken to all validators, once: they are all connected. Whoever leads puts it in a
//! block. What did not arrive waits where it was handed in, until that node leads.

use super::Door;
use assay_api::Submission;
use assay_chain::PROPOSAL_BYTES_MAX;
use assay_codec::{from_bytes, to_bytes};
use commonware_p2p::{Receiver, Recipients, Sender};
use commonware_utils::channel::mpsc;
use futures::lock::Mutex;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
use std::future::Future;
use std::sync::Arc;

/// Most transactions that wait to be sent.
const WAITING_MAX: usize = 256;
/// Most transactions of others that are handed in and not yet taken or refused.
const OPEN_MAX: usize = 32;

/// Sends transactions to the other validators.
#[derive(Clone, Debug)]
pub struct Gossip(mpsc::Sender<Vec<u8>>);

/// What is to be sent. It outlives an engine that watches.
#[derive(Clone, Debug)]
pub struct Outbox(Arc<Mutex<mpsc::Receiver<Vec<u8>>>>);

/// Returns both ends.
pub fn channel() -> (Gossip, Outbox) {
    let (sender, receiver) = mpsc::channel(WAITING_MAX);
    (Gossip(sender), Outbox(Arc::new(Mutex::new(receiver))))
}

impl Gossip {
    /// Sends a transaction that was taken here. If too many wait, it stays here and is proposed from here.
    pub fn send(&self, submission: &Submission) {
        let _ = self.0.try_send(to_bytes(submission));
    }
}

/// Sends what is handed in here.
pub async fn send(outbox: Outbox, mut sender: impl Sender) {
    let mut waiting = outbox.0.lock().await;
    while let Some(bytes) = waiting.recv().await {
        sender.send(Recipients::All, bytes, false);
    }
}

/// Takes what others send, in the order in which it comes. What is refused here was taken there: numbers may arrive out
/// of order, and the other node will propose it.
pub async fn receive(door: impl Door, mut receiver: impl Receiver) {
    let mut open = FuturesUnordered::new();
    while let Ok((_, message)) = receiver.recv().await {
        let bytes = message.as_ref();
        if PROPOSAL_BYTES_MAX < bytes.len() {
            continue;
        }
        let Ok(submission) = from_bytes::<Submission>(bytes) else { continue };
        open.push(door.submit(submission));
        while let Some(is_taken) = next(&mut open).await {
            if !is_taken {
                tracing::debug!("a transaction of a peer was not taken");
            }
        }
    }
}

/// What became of one that was handed in, if that is known; waits for it when too many are open.
async fn next(open: &mut FuturesUnordered<impl Future<Output = bool>>) -> Option<bool> {
    if OPEN_MAX <= open.len() { open.next().await } else { open.next().now_or_never()? }
}
