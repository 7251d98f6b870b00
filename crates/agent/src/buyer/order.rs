//! Ordering a model, paid in advance.

use super::Buyer;
use crate::error::Error;
use crate::journal::Entry;
use crate::party::Reference;
use crate::statement;
use crate::step::Outside;
use assay_codec::{to_bytes, to_hex};
use assay_model::Table;
use assay_statements::delivery;
use assay_types::bounded::Bytes;
use assay_types::statement::Privacy;
use assay_types::tx::OpenJob;
use assay_types::{
    Action, Algorithm, Amount, Blobs, DatasetId, Disclosure, FieldDigest, Height, JobId, Listing,
    Metric, TestCommitment, Threshold,
};
use assay_wallet::envelope::{self, Purpose};
use assay_wallet::openings::Kind;
use zeroize::Zeroizing;

/// Blocks in which an order must get into a block, or is given up.
const VALID_BLOCKS: u64 = 100;

/// What a buyer wants.
#[derive(Clone, Debug)]
pub struct Order {
    /// The buyer's name for it.
    pub reference: Reference,
    /// The listing.
    pub dataset: DatasetId,
    /// What is to be trained.
    pub algorithm: Algorithm,
    /// The rows that the model has to answer. They stay in the buyer's directory until the model is fixed.
    pub test: Table,
    /// The part of them that must be answered correctly.
    pub threshold: Threshold,
    /// How much of the score is shown.
    pub disclosure: Disclosure,
    /// The most that the buyer pays, the evaluation fee not counted.
    pub max_price: Amount,
    /// Blocks that the owner has for training.
    pub commit_window: u64,
}

/// What a buyer should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A model that always answers the same class reaches the threshold.
    MajorityClass {
        /// The class.
        class: String,
        /// How many rows it is right about.
        count: u32,
        /// How many are needed.
        needed: u32,
    },
}

/// An order that is on its way, or on the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The job.
    pub job: JobId,
    /// What the buyer should know.
    pub warnings: Vec<Warning>,
}

/// Where the rows behind a commitment lie, in the buyer's directory.
pub(super) fn file(test: &TestCommitment) -> String {
    format!("tests/{}.table", &to_hex(&test.0.0)[2..])
}

impl Buyer {
    /// Orders a model. Under one reference it is ordered, and paid, once: the second call returns what the
    /// first one did.
    pub fn order(&mut self, order: &Order, out: &mut Outside<'_>) -> Result<Placed, Error> {
        self.party.settle(out)?;
        let rows = statement::rows(&order.test)?;
        let warnings = warnings(order, rows);
        if let Some(job) = self.placed(&order.reference, out)? {
            return Ok(Placed { job, warnings });
        }
        if let Some(tx) = self.party.outgoing() {
            return Err(Error::OnItsWay(tx.digest()));
        }
        let listed = out.market.listing(&order.dataset)?.filter(|listed| !listed.is_delisted);
        let listed = listed.ok_or(Error::Listing(order.dataset))?;
        let height = out.market.height()?;
        let price = listed.price(height);
        if order.max_price < price {
            return Err(Error::Price { price, max_price: order.max_price });
        }
        if *order.test.schema() != listed.listing.schema {
            return Err(Error::Schema);
        }

        let own = self.address();
        if let Some(height) = out.market.opened(&order.test.digest(), &own)? {
            return Err(Error::TestSeen(height));
        }
        let job = JobId::of(own, out.market.account(&own)?.nonce);
        let secret = self.party.field(Kind::BuyerSecret, &job, out)?;
        let salt = self.party.bytes(Kind::TestSalt, &job, out)?;
        let test = TestCommitment::of(&order.test.digest(), &salt);
        self.party.keep_table(&file(&test), &order.test)?;
        self.party.append(Entry::Ordered { reference: order.reference.clone(), job })?;

        let sealed = seal(&secret, &listed.listing, &job, out)?;
        let secret_hash = delivery::secret_hash(&secret, &job);
        let request = request(order, listed.version, (rows, test), (secret_hash, sealed));
        let valid_until = height.checked_add(VALID_BLOCKS).unwrap_or(Height::new(u64::MAX));
        self.party.send(request.into(), Blobs::new(), valid_until, [&order.test], out)?;
        Ok(Placed { job, warnings })
    }

    /// Finds what was ordered under `reference`, or is on its way. What was refused is neither.
    fn placed(&self, reference: &Reference, out: &Outside<'_>) -> Result<Option<JobId>, Error> {
        let ordered = self.party.journal().entries().iter().rev().find_map(|entry| match entry {
            Entry::Ordered { reference: got, job } if got == reference => Some(*job),
            _ => None,
        });
        let Some(job) = ordered else { return Ok(None) };
        let is_on_its_way = self.party.outgoing().is_some_and(|signed| {
            matches!(signed.tx.action, Action::OpenJob(_))
                && JobId::of(signed.tx.from, signed.tx.nonce) == job
        });
        let is_here = is_on_its_way || out.market.job(&job)?.is_some();
        Ok(is_here.then_some(job))
    }
}

fn seal(
    secret: &FieldDigest,
    listing: &Listing,
    job: &JobId,
    out: &mut Outside<'_>,
) -> Result<Vec<u8>, Error> {
    let (plain, key) = (Zeroizing::new(to_bytes(secret)), &listing.encryption_key);
    envelope::seal(&plain, key, Purpose::BuyerSecret, &job.0, &mut *out.random).map_err(Error::Seal)
}

fn request(
    order: &Order,
    version: u32,
    (rows, test): (u32, TestCommitment),
    (secret_hash, sealed): (FieldDigest, Vec<u8>),
) -> OpenJob {
    OpenJob {
        dataset: order.dataset,
        version,
        algorithm: order.algorithm.clone(),
        test,
        rows,
        metric: Metric::Accuracy,
        threshold: order.threshold,
        test_privacy: Privacy::Public,
        disclosure: order.disclosure,
        secret_hash,
        sealed_secret: Bytes::new(sealed)
            .expect("32 bytes and HPKE's overhead are within the limit"),
        max_price: order.max_price,
        commit_window: order.commit_window,
    }
}

/// Looks for what makes an order worth little.
fn warnings(order: &Order, rows: u32) -> Vec<Warning> {
    let needed = order.threshold.of(rows);
    let classes = order.test.schema().classes().iter().enumerate();
    let counted = classes.map(|(class, name)| {
        let labels = order.test.labels().iter();
        (labels.filter(|&&label| usize::from(label) == class).count(), name)
    });
    // The first of the most frequent ones.
    let most = counted.rev().max_by_key(|(count, _)| *count);
    let constant = most.and_then(|(count, name)| Some((u32::try_from(count).ok()?, name)));
    match constant {
        Some((count, class)) if needed <= count => {
            vec![Warning::MajorityClass { class: class.clone(), count, needed }]
        }
        _ => Vec::new(),
    }
}
