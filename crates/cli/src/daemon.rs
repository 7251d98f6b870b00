//! A party that goes on by itself: it does what is due, waits for the next block, and outlives its node.
//!
//! What was decided is in the party's folder, so that this loop has nothing to remember: it can be killed
//! anywhere and started again.

use crate::{
    acts,
    config::Settings,
    failure::Result,
    market::failure,
    node_at::Authorities,
    output::{Output, report},
    place,
    stop::Stop,
};
use assay_agent::{Act, Error, Market, MarketError, Outside, Step};
use assay_client::Node;
use assay_types::Height;
use assay_wallet::{Wallet, os_random};
use serde_json::{Value, json};
use std::{path::PathBuf, thread, time::Duration};

/// How often a node is asked for its height.
const POLL: Duration = Duration::from_millis(200);
/// How long a party waits at most between two attempts to reach its node.
const PATIENCE_MAX: Duration = Duration::from_secs(30);

/// Where a party acts, and for how long.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    #[command(flatten)]
    _config: Settings,
    /// The address of a node, as `assay node run` prints it: http://127.0.0.1:8080
    #[arg(long, value_name = "URL", env = "ASSAY_NODE")]
    node: String,
    #[command(flatten)]
    authorities: Authorities,
    /// The folder of the party's wallet, where it also keeps what it has decided
    #[arg(long, value_name = "DIR", env = "ASSAY_WALLET")]
    wallet: PathBuf,
    /// End when so many jobs have ended [default: go on until interrupted]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    jobs: Option<u64>,
}

/// The loop of one party.
pub(crate) struct Daemon<'o> {
    node: Node,
    jobs: Option<u64>,
    stop: Stop,
    output: &'o Output,
}

impl Place {
    pub(crate) fn open<'o>(&self, output: &'o Output) -> Result<(Daemon<'o>, Wallet)> {
        let wallet = place::wallet(&self.wallet)?;
        let stop = Stop::listen()?;
        let node = self.authorities.connect(&self.node)?;
        Ok((Daemon { node, jobs: self.jobs, stop, output }, wallet))
    }
}

impl Daemon<'_> {
    /// The node's market.
    pub(crate) fn market(&self) -> &Node {
        &self.node
    }

    /// Does what is due, until it is asked to end or enough jobs have ended. Every act is one line; trouble
    /// that can pass is told beside them.
    pub(crate) fn run(
        mut self,
        mut next: impl FnMut(&mut Outside<'_>) -> Result<Step, Error>,
    ) -> Result<()> {
        let (mut ended, mut patience) = (0, POLL);
        while !self.stop.is_asked() {
            let height = self.node.height();
            let step = height.map_err(Error::from).and_then(|height| {
                let progress = self.output.progress();
                let mut tell = |phase: &'static str| progress.phase(phase);
                let (market, random) = (&mut self.node, &mut os_random);
                let step = next(&mut Outside { market, random, progress: &mut tell })?;
                Ok((height, step))
            });
            match step {
                Ok((height, Step::Did(act))) => {
                    patience = POLL;
                    self.tell(height, &act)?;
                    ended += u64::from(is_end(&act));
                    if self.jobs.is_some_and(|jobs| jobs <= ended) {
                        return Ok(());
                    }
                }
                Ok((height, Step::Idle | Step::Waiting(_))) => {
                    patience = POLL;
                    self.wait_above(height);
                }
                Err(error) if error.is_final() => return Err(failure(error)),
                Err(error) => {
                    let is_away = matches!(error, Error::Market(MarketError::Unavailable(_)));
                    self.output.failure(&failure(error));
                    if is_away {
                        self.output.note(&format!("trying again in {} ms", patience.as_millis()));
                        self.pause(patience);
                        patience = (2 * patience).min(PATIENCE_MAX);
                    }
                }
            }
        }
        Ok(())
    }

    /// One line for one act.
    fn tell(&self, height: Height, act: &Act) -> Result<()> {
        let mut entries = report! { "height": height.get() };
        match acts::did(act) {
            Ok(told) => entries.extend(told),
            // Nobody is there to read an exit code.
            Err(failure) => {
                self.output.failure(&failure);
                entries.extend(report! { "failed": failure.message });
            }
        }
        if self.output.is_json() {
            return self.output.report(entries);
        }
        let shown = |(key, value): (&String, &Value)| match value {
            Value::String(text) => format!("{key} {}", crate::output::printable(text)),
            value => format!("{key} {value}"),
        };
        let line = entries.iter().map(shown).collect::<Vec<_>>().join(", ");
        self.output.text(&format!("{line}\n"))
    }

    /// Waits for a block, or until something is amiss, which the next attempt will tell.
    fn wait_above(&self, height: Height) {
        while !self.stop.is_asked() {
            self.pause(POLL);
            match self.node.height() {
                Ok(now) if now <= height => {}
                _ => return,
            }
        }
    }

    /// Sleeps, and wakes early if it is to end.
    fn pause(&self, time: Duration) {
        let mut left = time;
        while !left.is_zero() && !self.stop.is_asked() {
            let step = left.min(POLL);
            thread::sleep(step);
            left -= step;
        }
    }
}

/// Whether nothing more will happen in a job.
fn is_end(act: &Act) -> bool {
    matches!(act, Act::Closed { .. } | Act::Received { .. })
}

/// Says who begins, at which node.
pub(crate) fn greeting(address: &impl ToString, node: &Node) -> serde_json::Map<String, Value> {
    report! {
        "address": address.to_string(),
        "genesis": json!(node.genesis().digest().to_string()),
    }
}
