//! Checks a receipt. Total: any receipt, genesis, proof and table give a [`Report`] or a [`Rejection`],
//! never a panic.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use crate::{Anchor, Receipt};
use assay_model::Table;
use assay_statements::{accuracy, delivery};
use assay_types::statement::{Context, Modes, Privacy, Score};
use assay_types::tx::OpenJob;
use assay_types::validators::succession::Foreign;
use assay_types::validators::{Checkpoint, Succession, succession};
use assay_types::{
    Address, Amount, BlobId, DatasetId, Event, Genesis, Height, JobId, LogEntry, ModelCommitment,
    Sale, Threshold, Topic, header, log, merkle,
};

/// What a receipt proves, once it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The job.
    pub job: JobId,
    /// Who paid.
    pub buyer: Address,
    /// Who was paid.
    pub owner: Address,
    /// The listing.
    pub dataset: DatasetId,
    /// The model.
    pub model: ModelCommitment,
    /// The part of the rows that was asked for.
    pub threshold: Threshold,
    /// How many rows that is.
    pub needed: u32,
    /// How many rows there are.
    pub rows: u32,
    /// What was proven about them.
    pub score: Score,
    /// Whether the rows had not been opened on this ledger when the model was committed.
    pub fresh: bool,
    /// The price.
    pub price: Amount,
    /// What of the price was burned.
    pub burned: Amount,
    /// The block of the settlement.
    pub height: Height,
    /// Its time, in milliseconds since 1970.
    pub time_ms: u64,
    /// What was done with the proof.
    pub proof: ProofCheck,
    /// Whether the test rows were given, and are those of the sale.
    pub has_data: bool,
}

/// How far the proof itself was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofCheck {
    /// No proof was given: the ledger's word that it verified one.
    Absent,
    /// The proof is the one that the ledger verified; without the test rows it cannot be verified again.
    Same,
    /// The proof was verified again.
    Verified,
}

/// Why a receipt is not one. Numbers are stable; rules are checked in this order.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[repr(u16)]
#[non_exhaustive]
pub enum Rejection {
    /// The history has a gap, or belongs to no job.
    #[error("the entries are not the unbroken history of one job")]
    History = 1,
    /// The history is not that of a sale.
    #[error("entry {0} of the history is not the one that a sale has there")]
    Event(usize) = 2,
    /// Two pieces of evidence disagree.
    #[error("the receipt contradicts itself about {0}")]
    Contradiction(&'static str) = 3,
    /// A header is not final on this chain.
    #[error("the header of the {entry} is not final")]
    Header {
        /// Whose header.
        entry: &'static str,
        /// Why.
        source: header::Rejection,
    } = 4,
    /// An entry is not in the log.
    #[error("the {entry} is not in the log")]
    Inclusion {
        /// Which entry.
        entry: &'static str,
        /// Why.
        source: merkle::Rejection,
    } = 5,
    /// The proof given is not the one of the sale.
    #[error("this is not the proof of the sale")]
    OtherProof = 6,
    /// The rows given are not those of the sale.
    #[error("these are not the test rows of the sale")]
    OtherData = 7,
    /// The proof does not prove the statement.
    #[error("the proof is rejected")]
    Proof(#[source] accuracy::Rejection) = 8,
    /// The validators have not changed in this way. Looked at before rule 4.
    #[error("handover {index} does not hold")]
    Handover {
        /// Its number, from 0.
        index: usize,
        /// Why.
        source: succession::Rejection,
    } = 9,
    /// A change of validators is not one before the entries. Looked at with the one above.
    #[error("handover {index} is not before the entries of this receipt")]
    Superfluous {
        /// Its number, from 0.
        index: usize,
    } = 10,
    /// The checkpoint is about another chain. Looked at first.
    #[error("the checkpoint is none of this chain")]
    Checkpoint(#[source] Foreign) = 11,
}

impl Rejection {
    /// The stable number of the rule.
    pub fn code(&self) -> u16 {
        match self {
            Self::History => 1,
            Self::Event(_) => 2,
            Self::Contradiction(_) => 3,
            Self::Header { .. } => 4,
            Self::Inclusion { .. } => 5,
            Self::OtherProof => 6,
            Self::OtherData => 7,
            Self::Proof(_) => 8,
            Self::Handover { .. } => 9,
            Self::Superfluous { .. } => 10,
            Self::Checkpoint(_) => 11,
        }
    }
}

/// The events of a sale, in their order.
struct Events<'a> {
    opened: Opened<'a>,
    sale: &'a Sale,
}

/// What the first event fixed.
struct Opened<'a> {
    request: &'a OpenJob,
    needed: u32,
}

impl Receipt {
    /// Checks everything that the receipt says against `genesis`; the proof of accuracy and the test rows
    /// too, as far as they are given.
    ///
    /// # Closing the protocol
    ///
    /// The caller MUST have `genesis` from a source that it trusts: it names who makes blocks final, whose signature
    /// makes a header final.
    pub fn verify(
        &self,
        genesis: &Genesis,
        proof: Option<&[u8]>,
        table: Option<&Table>,
    ) -> Result<Report, Rejection> {
        self.verify_since(genesis, None, proof, table)
    }

    /// The same, by somebody who also trusts a checkpoint: that the validators changed as it says, and that its block is final.
    ///
    /// # Closing the protocol
    ///
    /// The caller MUST have `checkpoint` from a source that it trusts, like `genesis`. About blocks before it says no more than
    /// who was in office: whoever has the keys of those can still certify other ones.
    pub fn verify_since(
        &self,
        genesis: &Genesis,
        checkpoint: Option<&Checkpoint>,
        proof: Option<&[u8]>,
        table: Option<&Table>,
    ) -> Result<Report, Rejection> {
        let begun = match checkpoint {
            None => Succession::new(genesis),
            Some(checkpoint) => {
                Succession::since(genesis, checkpoint).map_err(Rejection::Checkpoint)?
            }
        };
        let job = self.job()?;
        let events = self.events()?;
        self.check_statements(genesis, &job, &events)?;
        self.check_listing(events.sale)?;
        let [.., last] = &self.history;
        let succession = self.succession(begun, last.height.max(self.listed.height))?;
        anchored(&succession, "settlement", last, &self.settled)?;
        anchored(&succession, "listing", &self.listed, &self.published)?;
        let proof = self.check_proof(events.sale, proof, table)?;
        Ok(report(job, &events, last, (proof, table.is_some())))
    }

    /// Follows the validators from those of the genesis on, to those of block `end`.
    fn succession(&self, begun: Succession, end: Height) -> Result<Succession, Rejection> {
        let mut succession = begun;
        for (index, handover) in self.handovers.iter().enumerate() {
            if end <= handover.entry.height {
                return Err(Rejection::Superfluous { index });
            }
            let followed = succession.follow(handover);
            followed.map_err(|source| Rejection::Handover { index, source })?;
        }
        Ok(succession)
    }

    fn job(&self) -> Result<JobId, Rejection> {
        let [first, ..] = &self.history;
        match first.topic {
            Topic::Job(job) if log::is_history(&self.history) => Ok(job),
            _ => Err(Rejection::History),
        }
    }

    /// Reads what the first event fixed and what the last one says, and compares all that is between.
    fn events(&self) -> Result<Events<'_>, Rejection> {
        let [opened, .., settled] = &self.history;
        if let Some(at) = self.history.iter().position(|entry| entry.event.topic() != entry.topic) {
            return Err(Rejection::Event(at));
        }
        let Event::Opened { buyer, owner, request, needed, price, evaluation_fee, .. } =
            &opened.event
        else {
            return Err(Rejection::Event(0));
        };
        let Event::Settled { sale, .. } = &settled.event else {
            return Err(Rejection::Event(4));
        };
        same("the buyer", buyer, &sale.buyer)?;
        same("the owner", owner, &sale.owner)?;
        same("the listing", &request.dataset, &sale.dataset)?;
        same("the listing's version", &request.version, &sale.version)?;
        same("the number of rows", &request.rows, &sale.rows)?;
        same("the rows needed", needed, &sale.needed)?;
        same("the threshold", needed, &request.threshold.of(request.rows))?;
        same("the price", price, &sale.price)?;
        same("the evaluation fee", evaluation_fee, &sale.evaluation_fee)?;
        within("what was burned", sale.burned, sale.price)?;
        self.check_course(sale)?;
        Ok(Events { opened: Opened { request, needed: *needed }, sale })
    }

    /// Compares the three events in the middle with the sale.
    fn check_course(&self, sale: &Sale) -> Result<(), Rejection> {
        let [_, committed, tested, proven, _] = &self.history;
        let Event::Committed { model, architecture, .. } = &committed.event else {
            return Err(Rejection::Event(1));
        };
        let Event::TestOpened { table, fresh, deadline, .. } = &tested.event else {
            return Err(Rejection::Event(2));
        };
        let Event::Proven {
            accuracy,
            accuracy_proof,
            delivery,
            delivery_proof,
            ciphertext,
            key_hash,
            ..
        } = &proven.event
        else {
            return Err(Rejection::Event(3));
        };
        for context in [&self.accuracy.context, &self.delivery.context] {
            same("the deadline of a statement", &context.deadline, deadline)?;
        }
        same("the model", model, &sale.model)?;
        same("the architecture", architecture, &sale.architecture)?;
        same("the test rows", table, &sale.table)?;
        same("freshness", fresh, &sale.fresh)?;
        same("the statement about accuracy", accuracy, &sale.accuracy)?;
        same("the proof of accuracy", accuracy_proof, &sale.accuracy_proof)?;
        same("the statement about delivery", delivery, &sale.delivery)?;
        same("the proof of delivery", delivery_proof, &sale.delivery_proof)?;
        same("the ciphertext", ciphertext, &sale.ciphertext)?;
        same("the hash of the key", key_hash, &self.delivery.key_hash)?;
        same("the key", key_hash, &delivery::key_hash(&sale.key))
    }

    /// Checks that the statements are those of the log, and say what the log says.
    fn check_statements(
        &self,
        genesis: &Genesis,
        job: &JobId,
        events: &Events<'_>,
    ) -> Result<(), Rejection> {
        let Self { accuracy, delivery, .. } = self;
        let sale = events.sale;
        same("the statement about accuracy", &accuracy.digest(), &sale.accuracy)?;
        same("the statement about delivery", &delivery.digest(), &sale.delivery)?;
        for context in [&accuracy.context, &delivery.context] {
            let expected = Context {
                chain: genesis.chain(),
                genesis: genesis.digest(),
                job: *job,
                prover: sale.owner,
                recipient: sale.buyer,
                deadline: context.deadline,
            };
            same("the context of a statement", context, &expected)?;
        }
        let input = events.opened.request.test_privacy;
        same("what is hidden", &accuracy.modes, &Modes { input, ..Modes::SCORED })?;
        same("the model proven", &accuracy.model, &sale.model)?;
        same("the model delivered", &delivery.model, &sale.model)?;
        same("the architecture proven", &accuracy.architecture, &sale.architecture)?;
        same("the architecture delivered", &delivery.architecture, &sale.architecture)?;
        same("the rows proven", &accuracy.data, &sale.table)?;
        same("the number of rows proven", &accuracy.rows, &sale.rows)?;
        same("the schema", &accuracy.schema, &self.listing.schema)?;
        same("the score", &accuracy.score, &sale.score)?;
        same("the buyer's secret", &delivery.secret_hash, &events.opened.request.secret_hash)?;
        let reached = match accuracy.score {
            Score::AtLeast(count) => count == sale.needed,
            Score::Exactly(count) => sale.needed <= count && count <= sale.rows,
            // No job asks for anything else.
            Score::Fewer(_) | Score::Class(_) | Score::Top(_) => false,
        };
        same("the threshold reached", &reached, &true)
    }

    fn check_listing(&self, sale: &Sale) -> Result<(), Rejection> {
        let (dataset, version, digest) = match &self.listed.event {
            Event::Published { dataset, listing, owner, .. } => {
                same("the owner", owner, &sale.owner)?;
                (dataset, 1, listing)
            }
            Event::Updated { dataset, version, listing } => (dataset, *version, listing),
            _ => return Err(Rejection::Contradiction("the listing's entry")),
        };
        same("the listing's entry", &self.listed.topic, &Topic::Dataset(*dataset))?;
        same("the listing", dataset, &sale.dataset)?;
        same("the listing's version", &version, &sale.version)?;
        same("the listing's content", digest, &self.listing.digest())
    }

    fn check_proof(
        &self,
        sale: &Sale,
        proof: Option<&[u8]>,
        table: Option<&Table>,
    ) -> Result<ProofCheck, Rejection> {
        if proof.is_some_and(|bytes| BlobId::of(bytes) != sale.accuracy_proof) {
            return Err(Rejection::OtherProof);
        }
        if table.is_some_and(|table| table.digest() != sale.table) {
            return Err(Rejection::OtherData);
        }
        if let (Some(proof), true) = (proof, self.accuracy.modes.input != Privacy::Public) {
            return accuracy::verify_committed(&self.accuracy, proof)
                .map(|()| ProofCheck::Verified)
                .map_err(Rejection::Proof);
        }
        match (proof, table) {
            (None, _) => Ok(ProofCheck::Absent),
            (Some(_), None) => Ok(ProofCheck::Same),
            (Some(proof), Some(table)) => accuracy::verify(&self.accuracy, table, proof)
                .map(|()| ProofCheck::Verified)
                .map_err(Rejection::Proof),
        }
    }
}

/// Checks that `entry` is in the log of a final block of this chain, and was made by that block.
fn anchored(
    succession: &Succession,
    name: &'static str,
    entry: &LogEntry,
    anchor: &Anchor,
) -> Result<(), Rejection> {
    let Anchor { certified, inclusion } = anchor;
    succession.verify(certified).map_err(|source| Rejection::Header { entry: name, source })?;
    let header = &certified.header;
    merkle::verify(&header.log_root, &assay_codec::to_bytes(entry), inclusion)
        .map_err(|source| Rejection::Inclusion { entry: name, source })?;
    same("the height of an entry", &entry.height, &header.height)?;
    same("the time of an entry", &entry.time_ms, &header.time_ms)
}

fn report(
    job: JobId,
    events: &Events<'_>,
    last: &LogEntry,
    (proof, has_data): (ProofCheck, bool),
) -> Report {
    let sale = events.sale;
    Report {
        job,
        buyer: sale.buyer,
        owner: sale.owner,
        dataset: sale.dataset,
        model: sale.model,
        threshold: events.opened.request.threshold,
        needed: events.opened.needed,
        rows: sale.rows,
        score: sale.score,
        fresh: sale.fresh,
        price: sale.price,
        burned: sale.burned,
        height: last.height,
        time_ms: last.time_ms,
        proof,
        has_data,
    }
}

fn same<T: PartialEq + ?Sized>(what: &'static str, a: &T, b: &T) -> Result<(), Rejection> {
    if a == b { Ok(()) } else { Err(Rejection::Contradiction(what)) }
}

fn within(what: &'static str, part: Amount, whole: Amount) -> Result<(), Rejection> {
    if part <= whole { Ok(()) } else { Err(Rejection::Contradiction(what)) }
}
