//! The market of the demo: three wallets, a chain, two parties, and their terms.

use super::data::DataSet;
use super::model::Asked;
use super::story::Story;
use crate::{
    failure::{Code, Failure, Result},
    files::{self, Readers},
    market, place,
};
use assay_agent::journal::Entry;
use assay_agent::{Audience, Buyer, Offer, Order, Outside, Owner, Placed, Reference, Step, Terms};
use assay_chain::Chain;
use assay_ledger::job::{Ending, Stage};
use assay_model::Table;
use assay_receipt::genesis_to_json;
use assay_types::bounded::{List, Text};
use assay_types::{
    Address, Amount, Card, Curve, DatasetId, Disclosure, JobId, Limits, Orderer, Shape, Threshold,
    Windows,
};
use assay_wallet::os_random;
use std::path::Path;

/// What each party starts with.
const MONEY: Amount = Amount::new(10_000);
/// Blocks that each party has for a step.
const WINDOW: u64 = 20;

/// A sale that goes on.
#[derive(Debug)]
pub(super) struct Sale {
    pub(super) data: &'static DataSet,
    pub(super) asked: Asked,
    pub(super) train: Table,
    pub(super) test: Table,
    pub(super) chain: Chain,
    pub(super) owner: Owner,
    pub(super) buyer: Buyer,
}

impl Sale {
    /// Opens the market of a folder; makes what is not there yet.
    pub(super) fn open(dir: &Path, data: &'static DataSet, asked: Asked) -> Result<Self> {
        let train = data.train()?;
        let test = data.test(&train)?;
        let authority = place::own_wallet(&place::ledger(dir).join("authority"))?;
        let owner = place::own_wallet(&dir.join("owner"))?;
        let buyer = place::own_wallet(&dir.join("buyer"))?;
        let path = place::genesis_path(dir);
        if !path.exists() {
            let parties = [&owner, &buyer].map(|party| (party.keys().address(), MONEY));
            let genesis = place::new_genesis(
                Orderer::Authority(authority.keys().address()),
                parties.to_vec(),
            )?;
            files::write(&path, genesis_to_json(&genesis).as_bytes(), Readers::All)?;
        }
        let genesis = place::genesis(&path)?;
        let chain = place::open_chain(dir, &genesis, authority)?;
        let owner = Owner::open(owner, &genesis.digest())?;
        let buyer = Buyer::open(buyer, &genesis.digest())?;
        let sale = Self { data, asked, train, test, chain, owner, buyer };
        sale.refuse_other()?;
        Ok(sale)
    }

    /// Fails if the folder holds an unfinished sale of another table.
    fn refuse_other(&self) -> Result<()> {
        let reference = self.reference()?;
        let other = self.owner.journal().iter().find_map(|entry| match entry {
            Entry::Listed { reference: got, .. } if *got != reference => Some(got.to_string()),
            _ => None,
        });
        match other {
            None => Ok(()),
            Some(name) => {
                let again = match name.split_once(' ') {
                    Some((table, model)) => format!("--dataset {table} --model {model}"),
                    None => format!("--dataset {name}"),
                };
                Err(Failure::new(Code::Conflict, format!("an unfinished sale of {name} is here"))
                    .hint(format!("finish it with {again}, or choose another --dir")))
            }
        }
    }

    fn reference(&self) -> Result<Reference> {
        Text::new(self.asked.reference(self.data)).map_err(broken)
    }

    /// The owner publishes its listing, in a block.
    pub(super) fn publish(&mut self) -> Result<DatasetId> {
        let offer = Offer {
            reference: self.reference()?,
            table: self.train.clone(),
            terms: terms(self.data, &self.asked)?,
        };
        let Self { chain, owner, .. } = self;
        let random = &mut os_random;
        let mut out = Outside { market: chain, random, progress: &mut |_| () };
        let dataset = owner.publish(&offer, &mut out).map_err(market::failure)?;
        self.produce_if_waiting()?;
        Ok(dataset)
    }

    /// The buyer orders a model, in a block.
    pub(super) fn order(&mut self, dataset: DatasetId) -> Result<Placed> {
        let (num, den) = self.asked.threshold;
        let order = Order {
            reference: self.reference()?,
            dataset,
            algorithm: self.asked.algorithm.clone(),
            test: self.test.clone(),
            audience: Audience::Everybody,
            threshold: Threshold::new(num, den)
                .ok_or("a threshold is at most 1")
                .map_err(broken)?,
            disclosure: Disclosure::Threshold,
            max_price: Amount::new(1_500),
            commit_window: WINDOW,
        };
        let Self { chain, buyer, .. } = self;
        let random = &mut os_random;
        let mut out = Outside { market: chain, random, progress: &mut |_| () };
        let placed = buyer.order(&order, &mut out).map_err(market::failure)?;
        self.produce_if_waiting()?;
        Ok(placed)
    }

    /// The owner does what is due.
    pub(super) fn owner_step(&mut self, story: &mut Story<'_>) -> Result<Step> {
        let Self { chain, owner, .. } = self;
        story
            .watch("owner", |progress| {
                owner.next(&mut Outside { market: chain, random: &mut os_random, progress })
            })
            .map_err(market::failure)
    }

    /// The buyer does what is due.
    pub(super) fn buyer_step(&mut self, story: &mut Story<'_>) -> Result<Step> {
        let Self { chain, buyer, .. } = self;
        story
            .watch("buyer", |progress| {
                buyer.next(&mut Outside { market: chain, random: &mut os_random, progress })
            })
            .map_err(market::failure)
    }

    /// Makes a block of what waits.
    pub(super) fn produce(&mut self) -> Result<()> {
        self.chain.produce(place::now_ms())?;
        Ok(())
    }

    fn produce_if_waiting(&mut self) -> Result<()> {
        if 0 < self.chain.pending() { self.produce() } else { Ok(()) }
    }

    /// How the buyer's job ended, if it has.
    pub(super) fn ending(&self) -> Option<Ending> {
        let own = self.buyer.address();
        let mut jobs = self.chain.state().jobs().filter(|(_, job)| job.buyer == own);
        jobs.find_map(|(_, job)| match job.stage {
            Stage::Ended(ending) => Some(ending),
            _ => None,
        })
    }

    pub(super) fn balance(&self, of: Address) -> Amount {
        self.chain.state().account(&of).balance
    }

    /// What a job costs.
    pub(super) fn prices(&self, job: &JobId) -> Option<(Amount, Amount)> {
        self.chain.state().job(job).map(|job| (job.price, job.evaluation_fee))
    }
}

/// What is written here is within its limits, or the program is broken.
fn broken(rule: &'static str) -> Failure {
    Failure::new(Code::Error, rule)
}

fn terms(data: &DataSet, asked: &Asked) -> Result<Terms> {
    let text = |text: &'static str| Text::new(text).map_err(broken);
    let shape = Shape::Exponential { base: Amount::new(1_000), growth_ppm: 100_000 };
    let (floor, cap) = (Amount::new(100), Amount::new(100_000));
    let depth = data.parameters().max_depth.unwrap_or(assay_model::ops::tree::DEPTH_MAX);
    Ok(Terms {
        card: Card {
            pretty_name: Text::new(data.title).map_err(broken)?,
            description: text("A public table that stands for a private one.")?,
            tags: List::default(),
            task_categories: List::new(vec![Text::new("tabular-classification").map_err(broken)?])
                .unwrap_or_default(),
            source: Text::new(data.source).map_err(broken)?,
        },
        curve: Curve::new(shape, floor, cap, None).map_err(broken)?,
        evaluation_fee: Amount::new(50),
        windows: Windows { open: WINDOW, prove: WINDOW, reveal: WINDOW },
        limits: Limits {
            algorithms: List::new(vec![asked.offered()]).unwrap_or_default(),
            depth_max: depth,
            min_samples_leaf: data.parameters().min_samples_leaf,
            leaves_max: 1 << depth.min(20),
            test_rows_max: 10_000,
            disclosure: Disclosure::Threshold,
        },
        licence: Text::new("CC-BY-4.0").map_err(broken)?,
        sample: None,
    })
}
