//! Ordering a model, paid in advance.

use super::{Buyer, Warning};
use crate::error::Error;
use crate::journal::Entry;
use crate::party::Reference;
use crate::statement;
use crate::step::Outside;
use crate::test_set::{self, Audience};
use assay_codec::{to_bytes, to_hex};
use assay_model::Table;
use assay_statements::commit::Salt;
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
    /// Who sees them then.
    pub audience: Audience,
    /// The part of them that must be answered correctly.
    pub threshold: Threshold,
    /// How much of the score is shown.
    pub disclosure: Disclosure,
    /// The most that the buyer pays, the evaluation fee not counted.
    pub max_price: Amount,
    /// Blocks that the owner has for training.
    pub commit_window: u64,
}

/// An order that is on its way, or on the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The job.
    pub job: JobId,
    /// What the buyer should know.
    pub warnings: Vec<Warning>,
}

/// Most scales of a network's features that leave hidden rows a proof.
const SCALES_MAX: usize = 1_000;

/// Whether a proof about hidden rows can be made of what will be trained: a network's features have a scale
/// each, an image's one for each channel, and all that they may become is one table of the proof.
fn can_be_hidden(algorithm: &Algorithm, test: &Table) -> bool {
    let features = test.schema().features().len();
    match algorithm {
        Algorithm::Network(network) => {
            let channels = network.input().map(|image| usize::from(image.channels));
            channels.unwrap_or(features) <= SCALES_MAX
        }
        _ => true,
    }
}

/// Where the rows behind a commitment lie, in the buyer's directory.
pub(super) fn file(test: &TestCommitment) -> String {
    format!("tests/{}.table", &to_hex(&test.0.0)[2..])
}

/// Where they lie as the owner is to have them, if nobody else may see them.
pub(super) fn sealed_file(test: &TestCommitment) -> String {
    format!("tests/{}.sealed", &to_hex(&test.0.0)[2..])
}

impl Buyer {
    /// Orders a model. Under one reference it is ordered, and paid, once: the second call returns what the
    /// first one did.
    pub fn order(&mut self, order: &Order, out: &mut Outside<'_>) -> Result<Placed, Error> {
        self.party.settle(out)?;
        let rows = statement::rows(&order.test)?;
        let warnings = self.warnings(order, out)?;
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
        // The owner would decline: it could prove nothing.
        if order.audience == Audience::Owner && !can_be_hidden(&order.algorithm, &order.test) {
            return Err(Error::Audience);
        }

        let own = self.address();
        if let Some(height) = out.market.opened(&order.test.digest(), &own)? {
            return Err(Error::TestSeen(height));
        }
        let job = JobId::of(own, out.market.account(&own)?.nonce);
        let secret = self.party.field(Kind::BuyerSecret, &job, out)?;
        let test = self.commit_test(order, &job, &listed.listing, out)?;
        self.party.append(Entry::Ordered { reference: order.reference.clone(), job })?;

        let sealed = seal(&secret, &listed.listing, &job, out)?;
        let secret_hash = delivery::secret_hash(&secret, &job);
        let request = request(order, listed.version, (rows, test), (secret_hash, sealed));
        let valid_until = height.checked_add(VALID_BLOCKS).unwrap_or(Height::new(u64::MAX));
        self.party.send(request.into(), Blobs::new(), valid_until, [&order.test], out)?;
        Ok(Placed { job, warnings })
    }

    /// Commits to the test set, and keeps all that it takes to show it. Whether it can be shown is seen here: later it
    /// would cost the evaluation fee. So private rows are sealed now, to the key that the buyer has read.
    fn commit_test(
        &mut self,
        order: &Order,
        job: &JobId,
        listing: &Listing,
        out: &mut Outside<'_>,
    ) -> Result<TestCommitment, Error> {
        let table = &order.test;
        let (test, shown) = match order.audience {
            Audience::Everybody => {
                let salt = self.party.bytes(Kind::TestSalt, job, out)?;
                (TestCommitment::of(&table.digest(), &salt), to_bytes(table))
            }
            Audience::Owner => {
                let salt = Salt(self.party.field(Kind::RowsSalt, job, out)?);
                let key = &listing.encryption_key;
                let sealed = test_set::seal((table, &salt), key, job, &mut *out.random)?;
                let test = test_set::commitment(table, &salt);
                self.party.keep_bytes(&sealed_file(&test), &sealed)?;
                (test, sealed)
            }
        };
        Blobs::new().insert(shown).map_err(Error::Blob)?;
        self.party.keep_table(&file(&test), table, out)?;
        Ok(test)
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
        test_privacy: match order.audience {
            Audience::Everybody => Privacy::Public,
            Audience::Owner => Privacy::Committed,
        },
        disclosure: order.disclosure,
        secret_hash,
        sealed_secret: Bytes::new(sealed)
            .expect("32 bytes and HPKE's overhead are within the limit"),
        max_price: order.max_price,
        commit_window: order.commit_window,
    }
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, SCALES_MAX, Table, can_be_hidden};
    use assay_model::{Ordered, Schema, TreeParameters};
    use assay_types::{Descent, Image, Layer, Loss, NetworkParameters, Ratio, Schedule};

    fn table(features: usize) -> Table {
        let names = (0..features).map(|i| format!("x{i}")).collect();
        let schema = Schema::new(names, "y".into(), vec!["a".into(), "b".into()]).unwrap();
        Table::new(schema, vec![Ordered::ZERO; features], vec![0]).unwrap()
    }

    fn network(image: Option<Image>) -> Algorithm {
        let descent = Descent {
            epochs: 1,
            batch: 1,
            learning_rate: Ratio::new(1, 20).unwrap(),
            schedule: Schedule::Linear,
            momentum: Ratio::ZERO,
            weight_decay: Ratio::ZERO,
            seed: 1,
        };
        let layers = vec![Layer::Dense { outputs: 2 }];
        let network = NetworkParameters::new(image, layers, Loss::CrossEntropy, descent);
        Algorithm::Network(network.unwrap())
    }

    #[test]
    fn very_many_columns_are_hidden_from_everybody_but_a_network() {
        let (few, many) = (table(SCALES_MAX), table(SCALES_MAX + 24));
        assert!(can_be_hidden(&network(None), &few) && !can_be_hidden(&network(None), &many));
        let image = Image { height: 32, width: 32, channels: 1 };
        assert!(can_be_hidden(&network(Some(image)), &many), "an image's channels have scales");
        assert!(can_be_hidden(&Algorithm::DecisionTree(TreeParameters::SKLEARN), &many));
    }
}
