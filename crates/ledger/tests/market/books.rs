//! Books kept from the events alone, and listings followed block by block: what the ledger must hold.

use crate::setting::{AUTHORITY, PARAMETERS};
use assay_codec::Digest;
use assay_ledger::State;
use assay_types::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
struct Offer {
    listing: Listing,
    version: u32,
    is_delisted: bool,
    /// Sales that count, and blocks since the last one or since another half-life.
    count: u64,
    idle: u64,
    sales: u64,
    misses: u64,
    concessions: u64,
    defaults: u64,
    burned: u128,
}

#[derive(Clone, Debug)]
struct Deal {
    dataset: DatasetId,
    owner: Address,
    buyer: Address,
    price: u128,
    fee: u128,
    is_over: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    balances: BTreeMap<Address, u128>,
    nonces: BTreeMap<Address, u64>,
    burned: u128,
    /// What has been written into listings; the events show only digests.
    contents: BTreeMap<Digest, Listing>,
    offers: BTreeMap<DatasetId, Offer>,
    deals: BTreeMap<JobId, Deal>,
}

impl Books {
    pub(crate) fn new(genesis: &Genesis) -> Self {
        let balances = genesis.balances().iter().map(|(who, amount)| (*who, amount.get()));
        Self { balances: balances.collect(), ..Self::default() }
    }

    pub(crate) fn know(&mut self, listing: &Listing) {
        self.contents.insert(listing.digest(), listing.clone());
    }

    /// A block begins: every count is one block older.
    pub(crate) fn block(&mut self) {
        for offer in self.offers.values_mut() {
            offer.idle += 1;
            let half_life = offer.listing.curve.half_life();
            if half_life.is_some_and(|blocks| offer.idle.is_multiple_of(blocks)) {
                offer.count /= 2;
            }
        }
    }

    pub(crate) fn price(&self, dataset: &DatasetId) -> u128 {
        let offer = &self.offers[dataset];
        price(&offer.listing.curve, offer.count)
    }

    pub(crate) fn record(&mut self, event: &Event) {
        match event {
            Event::Executed { from, nonce, fee, burned, .. } => {
                assert_eq!(self.nonces.insert(*from, nonce + 1).unwrap_or(0), *nonce);
                assert_eq!(burned.get(), fee.get().div_ceil(2));
                self.take(*from, fee.get());
                self.give(AUTHORITY, fee.get() - burned.get());
                self.burned += burned.get();
            }
            Event::Transferred { from, to, amount } => {
                self.take(*from, amount.get());
                self.give(*to, amount.get());
            }
            Event::Published { .. } | Event::Updated { .. } | Event::Delisted { .. } => {
                self.record_listing(event);
            }
            Event::Opened { job, buyer, owner, request, needed, price, evaluation_fee, .. } => {
                let offer = &self.offers[&request.dataset];
                assert_eq!(request.version, offer.version);
                assert!(!offer.is_delisted);
                assert_eq!(price.get(), self.price(&request.dataset));
                assert!(*price <= request.max_price);
                assert_eq!(*evaluation_fee, offer.listing.evaluation_fee.min(*price));
                let (num, den) = (request.threshold.num(), request.threshold.den());
                assert!(
                    u64::from(num) * u64::from(request.rows) <= u64::from(*needed) * u64::from(den)
                );
                assert!(
                    u64::from(num) * u64::from(request.rows)
                        > u64::from(needed - 1) * u64::from(den)
                );
                let (price, fee) = (price.get(), evaluation_fee.get());
                self.take(*buyer, price + fee);
                let (dataset, owner, buyer) = (request.dataset, *owner, *buyer);
                let deal = Deal { dataset, owner, buyer, price, fee, is_over: false };
                assert!(self.deals.insert(*job, deal).is_none());
            }
            Event::Committed { .. } | Event::TestOpened { .. } | Event::Proven { .. } => {}
            _ => self.record_ending(event),
        }
    }

    fn record_listing(&mut self, event: &Event) {
        match event {
            Event::Published { dataset, owner, listing, burned } => {
                assert_eq!(*burned, PARAMETERS.listing_burn);
                self.take(*owner, burned.get());
                self.burned += burned.get();
                let listing = self.contents[listing].clone();
                let offer = Offer {
                    listing,
                    version: 1,
                    is_delisted: false,
                    count: 0,
                    idle: 0,
                    sales: 0,
                    misses: 0,
                    concessions: 0,
                    defaults: 0,
                    burned: 0,
                };
                assert!(self.offers.insert(*dataset, offer).is_none());
            }
            Event::Updated { dataset, version, listing } => {
                let listing = self.contents[listing].clone();
                let offer = self.offers.get_mut(dataset).unwrap();
                assert_eq!(*version, offer.version + 1);
                if listing.curve.half_life() != offer.listing.curve.half_life() {
                    offer.idle = 0;
                }
                (offer.version, offer.listing) = (*version, listing);
            }
            Event::Delisted { dataset } => {
                self.offers.get_mut(dataset).unwrap().is_delisted = true;
            }
            other => panic!("{other:?}"),
        }
    }

    /// A job ends: once, and with what the rules say.
    fn record_ending(&mut self, event: &Event) {
        let (Event::Declined { job, .. }
        | Event::Expired { job, .. }
        | Event::BuyerDefaulted { job, .. }
        | Event::Conceded { job, .. }
        | Event::Missed { job, .. }
        | Event::OwnerDefaulted { job, .. }
        | Event::Settled { job, .. }) = event
        else {
            panic!("{event:?} is no ending");
        };
        let deal = self.deals.get_mut(job).unwrap();
        assert!(!deal.is_over, "a job is paid out once");
        deal.is_over = true;
        let deal = deal.clone();
        let both = deal.price + deal.fee;
        let offer = self.offers.get_mut(&deal.dataset).unwrap();
        let (owner, buyer) = match event {
            Event::Declined { refund, .. } | Event::Expired { refund, .. } => (0, refund.get()),
            Event::OwnerDefaulted { refund, .. } => {
                offer.defaults += 1;
                (0, refund.get())
            }
            Event::Conceded { refund, .. } => {
                offer.concessions += 1;
                (0, refund.get())
            }
            Event::BuyerDefaulted { earned, refund, .. } => (earned.get(), refund.get()),
            Event::Missed { earned, refund, .. } => {
                offer.misses += 1;
                (earned.get(), refund.get())
            }
            Event::Settled { sale, .. } => {
                let burned = (deal.price * 25).div_ceil(1_000).max(5);
                assert_eq!(sale.burned.get(), burned);
                assert_eq!((sale.price.get(), sale.evaluation_fee.get()), (deal.price, deal.fee));
                assert_eq!((sale.owner, sale.buyer), (deal.owner, deal.buyer));
                (offer.count, offer.idle) = (offer.count + 1, 0);
                assert_eq!(sale.count, offer.count);
                offer.sales += 1;
                offer.burned += burned;
                self.burned += burned;
                (both - burned, 0)
            }
            other => panic!("{other:?}"),
        };
        let (owner_must, buyer_must) = match event {
            Event::BuyerDefaulted { .. } | Event::Missed { .. } => (deal.fee, deal.price),
            Event::Settled { .. } => (owner, 0),
            _ => (0, both),
        };
        assert_eq!((owner, buyer), (owner_must, buyer_must), "{event:?}");
        self.give(deal.owner, owner);
        self.give(deal.buyer, buyer);
    }

    fn give(&mut self, to: Address, amount: u128) {
        *self.balances.entry(to).or_insert(0) += amount;
    }

    fn take(&mut self, from: Address, amount: u128) {
        *self.balances.get_mut(&from).unwrap() -= amount;
    }

    /// Checks that the ledger holds what the books say: every balance, counter and price.
    pub(crate) fn check(&self, state: &State) {
        for (who, account) in state.accounts() {
            assert_eq!(account.balance.get(), self.balances.get(who).copied().unwrap_or(0));
            assert_eq!(account.nonce, self.nonces.get(who).copied().unwrap_or(0));
        }
        assert_eq!(state.burned().get(), self.burned);
        assert_eq!(state.jobs().count(), self.deals.len());
        for (id, job) in state.jobs() {
            let deal = &self.deals[id];
            let escrow = if deal.is_over { 0 } else { deal.price + deal.fee };
            assert_eq!((job.is_live(), job.escrow.get()), (!deal.is_over, escrow));
        }
        assert_eq!(state.listings().count(), self.offers.len());
        for (dataset, listed) in state.listings() {
            let offer = &self.offers[dataset];
            let counters = &listed.counters;
            assert_eq!((listed.version, listed.is_delisted), (offer.version, offer.is_delisted));
            assert_eq!((counters.sales, counters.misses), (offer.sales, offer.misses));
            assert_eq!(counters.concessions, offer.concessions);
            assert_eq!(counters.defaults, offer.defaults);
            assert_eq!(counters.burned.get(), offer.burned);
            assert_eq!(listed.count(state.height()), offer.count);
            assert_eq!(state.price(dataset).unwrap().get(), self.price(dataset));
        }
    }
}

/// The price after `count` sales, one sale after the other.
fn price(curve: &Curve, count: u64) -> u128 {
    let price = match curve.shape() {
        Shape::Constant { price } => price.get(),
        Shape::Linear { base, slope } => (0..count).fold(base.get(), |sum, _| sum + slope.get()),
        Shape::Exponential { base, growth_ppm } => (0..count).fold(base.get(), |price, _| {
            let grown = price * (1_000_000 + u128::from(*growth_ppm));
            grown.div_ceil(1_000_000).min(curve.cap().get())
        }),
        Shape::Table(steps) => {
            let mut reached = steps.iter().filter(|step| step.from <= count);
            reached.next_back().unwrap().price.get()
        }
    };
    price.max(curve.floor().get()).min(curve.cap().get())
}
