//! A validator's life, from its start to its crash.

use super::liar::Liar;
use super::world::{Direct, INTERVAL};
use assay_codec::Digest;
use assay_node::consensus::accuser::Account;
use assay_node::consensus::application::Application;
use assay_node::consensus::engine::{self, Channels, Ended};
use assay_node::consensus::faults::Watcher;
use assay_node::consensus::finalizer::Error;
use assay_node::consensus::gossip::{Gossip, Outbox};
use assay_node::consensus::keys::{PublicKey, Scheme};
use assay_node::consensus::rejoin::{Final, Part};
use assay_node::consensus::settings::Kept;
use commonware_p2p::simulated::{Control, Manager};
use commonware_runtime::deterministic::Context;
use commonware_runtime::{Quota, Spawner as _, Supervisor as _};
use commonware_utils::NZU32;
use std::sync::{Arc, Mutex};

/// Most messages of one peer and kind in a second; the library reserves room for as many.
pub(crate) const MESSAGES_MAX: u32 = 1_000;

/// What it lives with.
pub(crate) struct Life {
    pub(crate) public: PublicKey,
    pub(crate) voter: Scheme,
    pub(crate) observer: Scheme,
    pub(crate) part: Arc<Mutex<Part>>,
    pub(crate) genesis: Digest,
    pub(crate) floor: Option<Final>,
    pub(crate) peers: Manager<PublicKey, Context>,
    pub(crate) control: Control<PublicKey, Context>,
    pub(crate) door: Direct,
    pub(crate) outbox: Outbox,
    pub(crate) watcher: Watcher,
    pub(crate) kept: Kept,
    pub(crate) accuser: Option<(Account, Gossip)>,
    pub(crate) partition: String,
    pub(crate) is_liar: bool,
}

impl Life {
    /// Watches, if it must, and then votes.
    pub(crate) async fn run(self, context: Context) -> Result<(), Error> {
        loop {
            match self.once(&context).await? {
                Ended::Chain => return Ok(()),
                Ended::Watched(block) => {
                    *self.part.lock().unwrap() = Part::VotesBehind(Some(block));
                }
            }
        }
    }

    /// Runs in a task of its own: all that it has started ends with it.
    async fn once(&self, context: &Context) -> Result<Ended, Error> {
        let part = self.part.lock().unwrap().clone();
        let is_watching = part == Part::Watches;
        let quota = Quota::per_second(NZU32!(MESSAGES_MAX));
        let mut channels = Vec::new();
        for number in 0..6 {
            channels.push(self.control.register(number, quota).await.unwrap());
        }
        let [votes, certificates, resolver, backfill, blocks, transactions] =
            <[_; 6]>::try_from(channels).ok().unwrap();
        let channels = Channels { votes, certificates, resolver, backfill, blocks, transactions };
        let config = engine::Config {
            public_key: self.public.clone(),
            scheme: if is_watching { self.observer.clone() } else { self.voter.clone() },
            part,
            genesis: self.genesis,
            floor: self.floor.clone(),
            peers: self.peers.clone(),
            blocker: self.control.clone(),
            door: self.door.clone(),
            outbox: self.outbox.clone(),
            watcher: self.watcher.clone(),
            accuser: self.accuser.clone(),
            interval: INTERVAL,
            kept: self.kept,
            partition: self.partition.clone(),
        };
        let application = Application::new(self.door.clone(), INTERVAL, false);
        let is_liar = self.is_liar;
        let label = if is_watching { "watching" } else { "voting" };
        let task = context.child(label).spawn(move |context| async move {
            if is_liar {
                engine::run(context.child("engine"), config, Liar(application), channels).await
            } else {
                engine::run(context.child("engine"), config, application, channels).await
            }
        });
        task.await.unwrap()
    }
}
