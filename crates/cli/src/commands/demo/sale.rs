//! The market of the demo: a node, two parties, and their terms.

use super::data::DataSet;
use super::host;
use super::model::Asked;
use super::story::Story;
use crate::{
    failure::{Code, Explain, Failure, Result},
    market, place,
};
use assay_agent::journal::Entry;
use assay_agent::{
    Audience, Buyer, Market, Offer, Order, Outside, Owner, Placed, Reference, Step, Terms,
};
use assay_client::Node;
use assay_ledger::job::{Ending, Stage};
use assay_model::Table;
use assay_node::Hosted;
use assay_types::bounded::{List, Text};
use assay_types::{
    Address, Amount, Card, Curve, DatasetId, Disclosure, JobId, Limits, Shape, Threshold, Windows,
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
    hosted: Hosted,
    pub(super) node: Node,
    pub(super) owner: Owner,
    pub(super) buyer: Buyer,
}

impl Sale {
    /// Opens the market of a folder; makes what is not there yet.
    pub(super) fn open(dir: &Path, data: &'static DataSet, asked: Asked) -> Result<Self> {
        let train = data.train()?;
        let test = data.test(&train)?;
        // It comes first: it tells a demo that was interrupted from a folder of something else.
        std::fs::create_dir_all(place::ledger(dir))?;
        let owner = place::own_wallet(&dir.join("owner"))?;
        let buyer = place::own_wallet(&dir.join("buyer"))?;
        let parties = [&owner, &buyer].map(|party| (party.keys().address(), MONEY));
        host::begin(dir, parties.to_vec())?;
        let (hosted, node) = host::start(dir)?;
        let genesis = node.genesis().digest();
        let owner = Owner::open(owner, &genesis)?;
        let buyer = Buyer::open(buyer, &genesis)?;
        let sale = Self { data, asked, train, test, hosted, node, owner, buyer };
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
        let Self { node, owner, .. } = self;
        let random = &mut os_random;
        let mut out = Outside { market: node, random, progress: &mut |_| () };
        let dataset = owner.publish(&offer, &mut out).map_err(market::failure)?;
        self.settle()?;
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
        let Self { node, buyer, .. } = self;
        let random = &mut os_random;
        let mut out = Outside { market: node, random, progress: &mut |_| () };
        let placed = buyer.order(&order, &mut out).map_err(market::failure)?;
        self.settle()?;
        Ok(placed)
    }

    /// The owner does what is due.
    pub(super) fn owner_step(&mut self, story: &mut Story<'_>) -> Result<Step> {
        let Self { node, owner, .. } = self;
        story
            .watch("owner", |progress| {
                owner.next(&mut Outside { market: node, random: &mut os_random, progress })
            })
            .map_err(market::failure)
    }

    /// The buyer does what is due.
    pub(super) fn buyer_step(&mut self, story: &mut Story<'_>) -> Result<Step> {
        let Self { node, buyer, .. } = self;
        story
            .watch("buyer", |progress| {
                buyer.next(&mut Outside { market: node, random: &mut os_random, progress })
            })
            .map_err(market::failure)
    }

    /// Waits until what was handed in is in a block. What failed there is told by the party, which looks for it.
    pub(super) fn settle(&mut self) -> Result<()> {
        self.node.settle()?;
        Ok(())
    }

    /// How the buyer's job ended, if it has.
    pub(super) fn ending(&self) -> Result<Option<Ending>> {
        let mut jobs = self.node.jobs(Some(&self.buyer.address()))?.into_iter();
        Ok(jobs.find_map(|(_, job)| match job.stage {
            Stage::Ended(ending) => Some(ending),
            _ => None,
        }))
    }

    pub(super) fn balance(&self, of: Address) -> Result<Amount> {
        Ok(self.node.account(&of)?.balance)
    }

    /// What the sales and fees have burned so far.
    pub(super) fn burned(&self) -> Result<String> {
        let status = self.node.status()?;
        Ok(status["burned"].as_str().unwrap_or_default().to_owned())
    }

    /// What a job costs: the model, the test.
    pub(super) fn prices(&self, job: &JobId) -> Result<(Amount, Amount)> {
        let job = self.node.job(job)?.ok_or("the job is gone").map_err(broken)?;
        Ok((job.price, job.evaluation_fee))
    }

    /// The price of the next sale.
    pub(super) fn price(&self, dataset: &DatasetId) -> Result<Amount> {
        let listed = self.node.listing(dataset)?.ok_or("the listing is gone").map_err(broken)?;
        Ok(listed.price(self.node.height()?))
    }

    /// Where the market can be looked at.
    pub(super) fn page(&self) -> String {
        format!("http://{}/", self.hosted.address())
    }

    /// Ends the market.
    pub(super) fn close(self) -> Result<()> {
        self.hosted.stop().context("the node has not ended well")
    }

    /// Keeps the market open until the program is asked to end.
    pub(super) fn serve(self) -> Result<()> {
        self.hosted.serve().context("the node has ended")
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
