//! A validator's life, from its start to its crash.

use super::liar::Liar;
use super::world::{Direct, INTERVAL};
use assay_node::consensus::accuser::Account;
use assay_node::consensus::application::Application;
use assay_node::consensus::engine::{self, Channels, Ended, Error, Remember};
use assay_node::consensus::faults::Faults;
use assay_node::consensus::gossip::{Gossip, Outbox};
use assay_node::consensus::keys::{PublicKey, Secrets};
use assay_node::consensus::rejoin::Part;
use assay_node::consensus::settings::Kept;
use assay_node::consensus::standing::Standing;
use commonware_p2p::simulated::{Control, Manager};
use commonware_runtime::deterministic::Context;
use commonware_runtime::{Quota, Spawner as _, Supervisor as _};
use commonware_utils::NZU32;
use std::sync::{Arc, Mutex};

/// Most messages of one peer and kind in a second; the library reserves room for as many.
pub(crate) const MESSAGES_MAX: u32 = 1_000;

/// What it lives with.
pub(crate) struct Life {
    pub(crate) secrets: Secrets,
    pub(crate) part: Arc<Mutex<Part>>,
    pub(crate) peers: Manager<PublicKey, Context>,
    pub(crate) control: Control<PublicKey, Context>,
    pub(crate) door: Direct,
    pub(crate) outbox: Outbox,
    pub(crate) faults: Faults,
    pub(crate) standing: Standing,
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
        let known = self.part.clone();
        let remember = Remember(Box::new(move |behind| {
            *known.lock().unwrap() = Part::VotesBehind(Some(Box::new(behind.clone())));
            Ok(())
        }));
        let config = engine::Config {
            secrets: self.secrets.clone(),
            part,
            tracker: None,
            peers: self.peers.clone(),
            blocker: self.control.clone(),
            door: self.door.clone(),
            outbox: self.outbox.clone(),
            faults: self.faults.clone(),
            standing: self.standing.clone(),
            remember,
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
