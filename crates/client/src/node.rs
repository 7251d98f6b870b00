//! A node as a market.

use crate::transport::{Fault, Transport};
use crate::trust::{Distrust, Trust};
use assay_agent::{Execution, Market, MarketError, Refusal};
use assay_api::{Submission, canonical};
use assay_codec::{Decode, Digest, from_hex, to_bytes};
use assay_ledger::Account;
use assay_ledger::dataset::Listed;
use assay_ledger::job::Job;
use assay_ledger::stake::Stake;
use assay_receipt::{Receipt, genesis_from_json};
use assay_types::{
    Address, Amount, BlobId, Blobs, DatasetId, Genesis, Height, JobId, LogEntry, SignedTx,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

/// How often a node is asked whether a transaction is in a block: soon at first.
const POLL: [Duration; 2] = [Duration::from_millis(4), Duration::from_millis(50)];

/// Why there is no node to talk to.
#[derive(Debug, thiserror::Error)]
#[error("there is no node at {url}")]
pub struct NoNode {
    /// Where.
    pub url: String,
    /// What was heard instead.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
    /// Why somebody who is there is not believed to be the node.
    pub distrust: Option<Distrust>,
}

/// A node elsewhere.
#[derive(Debug)]
pub struct Node {
    transport: Transport,
    genesis: Genesis,
    /// The transaction that was handed in last.
    sent: Option<Sent>,
}

/// A transaction that may not be in a block yet.
#[derive(Clone, Copy, Debug)]
struct Sent {
    tx: Digest,
    from: Address,
    nonce: u64,
    valid_until: Height,
}

/// Number of the ledger's rule about what comes too late.
const LATE: u16 = 2;
/// Number of the ledger's rule about transactions out of turn.
const NONCE: u16 = 3;

impl Node {
    /// Greets the node at `url`, as in `http://127.0.0.1:8080`; one at `https://` must have a certificate by an authority
    /// of the web.
    pub fn connect(url: &str) -> Result<Self, NoNode> {
        Self::connect_by(url, &Trust::Web)
    }

    /// The same, with other authorities.
    pub fn connect_by(url: &str, trust: &Trust) -> Result<Self, NoNode> {
        let none = |source: Box<dyn std::error::Error + Send + Sync>,
                    distrust: Option<Distrust>| {
            NoNode { url: url.into(), source, distrust }
        };
        let transport = Transport::new(url, trust);
        let genesis = transport.bytes("/v1/genesis").map_err(|fault| {
            let distrust = fault.distrust();
            none(fault.into(), distrust)
        })?;
        let genesis = genesis_from_json(&genesis.unwrap_or_default());
        let genesis = genesis.map_err(|error| none(error.into(), None))?;
        Ok(Self { transport, genesis, sent: None })
    }

    /// Waits until the transaction that was handed in last is in a block; `None` if nothing waits. That no
    /// block took it in time, or took another one with its number, is a rejection.
    pub fn settle(&mut self) -> Result<Option<Execution>, MarketError> {
        let Some(Sent { tx, from, nonce, valid_until }) = self.sent else { return Ok(None) };
        let refused = |code, reason| Err(MarketError::Rejected(Refusal { code, reason }));
        let [mut poll, slowest] = POLL;
        loop {
            // The height comes first: a block that is made in between is seen below.
            let height = self.height()?;
            match self.executed(&from, nonce)? {
                Some(execution) => {
                    self.sent = None;
                    if execution.tx == tx {
                        return Ok(Some(execution));
                    }
                    return refused(
                        NONCE,
                        format!("another transaction with number {nonce} was executed"),
                    );
                }
                None if valid_until <= height => {
                    self.sent = None;
                    return refused(
                        LATE,
                        format!("no block up to {valid_until} took the transaction"),
                    );
                }
                None => {
                    thread::sleep(poll);
                    poll = slowest.min(poll * 2);
                }
            }
        }
    }

    /// What the node says of itself.
    pub fn status(&self) -> Result<Value, MarketError> {
        self.document("/v1/status")
    }

    /// What validators have at stake, by the account that stands behind them.
    pub fn stakes(&self) -> Result<Vec<(Address, Stake)>, MarketError> {
        let all = self.list("/v1/stakes", "", "owner")?;
        Ok(all.into_iter().map(|(owner, stake)| (Address(owner), stake)).collect())
    }

    fn value<T: Decode>(&self, path: &str) -> Result<Option<T>, MarketError> {
        let document = self.transport.document(path)?;
        document.map(|document| decoded(&document)).transpose()
    }

    fn required<T: Decode>(&self, path: &str) -> Result<T, MarketError> {
        self.value(path)?.ok_or_else(|| answer("a path is missing"))
    }

    fn field<'d>(document: &'d Value, name: &str) -> Result<&'d Value, MarketError> {
        document.get(name).ok_or_else(|| answer(format!("the field {name} is missing")))
    }

    fn document(&self, path: &str) -> Result<Value, MarketError> {
        Ok(self.transport.document(path)?.ok_or(Fault::Answer("a path is missing".into()))?)
    }

    /// Reads all pages of a list. `name` is the field with an item's name.
    fn list<T: Decode, const N: usize>(
        &self,
        path: &str,
        query: &str,
        name: &str,
    ) -> Result<Vec<([u8; N], T)>, MarketError> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.document(&format!("{path}?limit=256{query}{after}"))?;
            let items = Self::field(&page, "items")?.as_array();
            for item in items.ok_or_else(|| answer("items are a list"))? {
                let name = Self::field(item, name)?.as_str().unwrap_or_default();
                let name = from_hex::<N>(name).map_err(|error| answer(error.to_string()))?;
                all.push((name, decoded(item)?));
            }
            match page.get("next").and_then(Value::as_str) {
                Some(next) if next.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                    after = format!("&after={next}");
                }
                _ => return Ok(all),
            }
        }
    }
}

fn answer(what: impl Into<String>) -> MarketError {
    Fault::Answer(what.into()).into()
}

fn decoded<T: Decode>(document: &Value) -> Result<T, MarketError> {
    canonical(document).map_err(|error| answer(error.to_string()))
}

impl Market for Node {
    fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    fn height(&self) -> Result<Height, MarketError> {
        let status = self.document("/v1/status")?;
        let height = Self::field(&status, "height")?.as_u64();
        height.map(Height::new).ok_or_else(|| answer("the height is no number"))
    }

    fn account(&self, address: &Address) -> Result<Account, MarketError> {
        self.required(&format!("/v1/accounts/{address}"))
    }

    fn listing(&self, dataset: &DatasetId) -> Result<Option<Listed>, MarketError> {
        self.value(&format!("/v1/datasets/{}", dataset.0))
    }

    fn listings(&self) -> Result<Vec<(DatasetId, Listed)>, MarketError> {
        let all = self.list("/v1/datasets", "&all=true", "dataset")?;
        Ok(all.into_iter().map(|(name, listed)| (DatasetId(Digest(name)), listed)).collect())
    }

    fn burned_since(&self, since: Height) -> Result<BTreeMap<DatasetId, Amount>, MarketError> {
        let document = self.document(&format!("/v1/burned?since={since}"))?;
        let burned = Self::field(&document, "burned")?.as_object();
        let burned = burned.ok_or_else(|| answer("what was burned is a map"))?;
        let read = |(name, sum): (&String, &Value)| {
            let name = from_hex::<32>(name).ok()?;
            let sum = sum.as_str()?.parse().ok()?;
            Some((DatasetId(Digest(name)), Amount::new(sum)))
        };
        let burned: Option<BTreeMap<_, _>> = burned.iter().map(read).collect();
        burned.ok_or_else(|| answer("what was burned cannot be read"))
    }

    fn job(&self, job: &JobId) -> Result<Option<Job>, MarketError> {
        self.value(&format!("/v1/jobs/{}", job.0))
    }

    fn jobs(&self, party: Option<&Address>) -> Result<Vec<(JobId, Job)>, MarketError> {
        let query = party.map_or_else(String::new, |party| format!("&party={party}"));
        let all = self.list("/v1/jobs", &query, "job")?;
        Ok(all.into_iter().map(|(name, job)| (JobId(Digest(name)), job)).collect())
    }

    fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, MarketError> {
        let bytes = self.transport.bytes(&format!("/v1/blobs/{id}"))?;
        // Its name is the hash of its bytes: other bytes are another blob.
        match bytes {
            Some(bytes) if BlobId::of(&bytes) != *id => Err(answer("these bytes are another blob")),
            bytes => Ok(bytes),
        }
    }

    fn history(&self, job: &JobId) -> Result<Vec<LogEntry>, MarketError> {
        let page = self.document(&format!("/v1/jobs/{}/history", job.0))?;
        let items = Self::field(&page, "items")?.as_array();
        items.ok_or_else(|| answer("items are a list"))?.iter().map(decoded).collect()
    }

    fn opened(&self, table: &Digest, buyer: &Address) -> Result<Option<Height>, MarketError> {
        self.value(&format!("/v1/test-sets/{table}/openings/{buyer}"))
    }

    fn executed(&self, from: &Address, nonce: u64) -> Result<Option<Execution>, MarketError> {
        let entry = self.value(&format!("/v1/accounts/{from}/transactions/{nonce}"))?;
        Ok(entry.as_ref().and_then(Execution::of))
    }

    fn receipt(&self, job: &JobId) -> Result<Option<Receipt>, MarketError> {
        let bytes = self.transport.bytes(&format!("/v1/jobs/{}/receipt", job.0))?;
        let receipt = bytes.map(|bytes| Receipt::from_json(&bytes)).transpose();
        receipt.map_err(|error| answer(error.to_string()))
    }

    fn submit(&mut self, tx: SignedTx, blobs: Blobs) -> Result<Digest, MarketError> {
        let (digest, head) = (tx.digest(), &tx.tx);
        let (from, nonce, valid_until) = (head.from, head.nonce, head.valid_until);
        self.transport.post("/v1/transactions", &to_bytes(&Submission { tx, blobs }))?;
        self.sent = Some(Sent { tx: digest, from, nonce, valid_until });
        Ok(digest)
    }
}
