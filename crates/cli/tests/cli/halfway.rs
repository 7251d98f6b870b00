//! A folder as the demo leaves it when it is stopped after the order, made by the libraries alone; and one with
//! a ledger on which nothing has happened.

use crate::demo::wine;
use crate::session::Session;
use assay_agent::{Audience, Buyer, Offer, Order, Outside, Owner, Terms};
use assay_chain::Chain;
use assay_model::TreeParameters;
use assay_types::bounded::{List, Text};
use assay_types::{
    Address, Algorithm, Amount, Card, Curve, DatasetId, Disclosure, Genesis, Limits, Offered,
    Parameters, Shape, Threshold, Windows,
};
use assay_wallet::{Cost, Wallet, os_random};
use std::fs;

const WINDOW: u64 = 10;

/// A market with wallets that open quickly, on which nothing has happened.
pub(crate) fn market() -> Session {
    let session = Session::empty();
    opened(&session);
    session
}

/// A folder with wallets that open quickly and belong to no market yet; returns whose they are besides.
pub(crate) fn wallets() -> (Session, [Address; 2]) {
    let session = Session::empty();
    let addresses = ["owner", "buyer"].map(|name| wallet(&session, name).keys().address());
    (session, addresses)
}

/// A job that waits for its owner; blocks 1 and 2 hold the listing and the order.
pub(crate) fn ordered() -> Session {
    let session = Session::empty();
    let (mut chain, mut owner, mut buyer) = opened(&session);
    let (random, progress) = (&mut os_random, &mut |_: &'static str| ());
    let mut out = Outside { market: &mut chain, random, progress };
    let dataset = owner.publish(&offer(), &mut out).unwrap();
    chain.produce(2_000).unwrap();
    let (random, progress) = (&mut os_random, &mut |_: &'static str| ());
    let mut out = Outside { market: &mut chain, random, progress };
    buyer.order(&order(dataset), &mut out).unwrap();
    chain.produce(3_000).unwrap();
    session
}

fn opened(session: &Session) -> (Chain, Owner, Buyer) {
    let [authority, owner, buyer] =
        ["ledger/authority", "owner", "buyer"].map(|name| wallet(session, name));
    let genesis = genesis(&authority, [&owner, &buyer]);
    session.put("d/genesis.json", assay_receipt::genesis_to_json(&genesis));
    let chain = Chain::open(&session.path("d/ledger"), &genesis, authority).unwrap();
    let owner = Owner::open(owner, &genesis.digest()).unwrap();
    let buyer = Buyer::open(buyer, &genesis.digest()).unwrap();
    (chain, owner, buyer)
}

fn wallet(session: &Session, name: &str) -> Wallet {
    let dir = session.path("d").join(name);
    let cheap = Cost::new(8, 1, 1).unwrap();
    let wallet = Wallet::create(&dir, "x", cheap, &mut os_random).unwrap();
    fs::write(dir.join("password"), "x").unwrap();
    wallet
}

fn genesis(authority: &Wallet, parties: [&Wallet; 2]) -> Genesis {
    let parameters = Parameters {
        fee: Amount::new(1),
        proof_fee: Amount::new(1),
        blob_fee: Amount::new(1),
        fee_burn_ppm: 500_000,
        listing_burn: Amount::new(5),
        sale_burn_ppm: 50_000,
        sale_burn_min: Amount::new(1),
        window_min: 2,
        window_max: 100,
    };
    let mut balances = parties.map(|party| (party.keys().address(), Amount::new(5_000))).to_vec();
    balances.sort_unstable();
    Genesis::new(9, 1_000, authority.keys().address(), parameters, balances).unwrap()
}

fn offer() -> Offer {
    let price = Shape::Constant { price: Amount::new(700) };
    Offer {
        reference: Text::new("wine").unwrap(),
        table: wine("train"),
        terms: Terms {
            card: Card {
                pretty_name: Text::new("Wine").unwrap(),
                description: Text::default(),
                tags: List::default(),
                task_categories: List::default(),
                source: Text::default(),
            },
            curve: Curve::new(price, Amount::new(100), Amount::new(1_000), None).unwrap(),
            evaluation_fee: Amount::new(10),
            windows: Windows { open: WINDOW, prove: WINDOW, reveal: WINDOW },
            limits: Limits {
                algorithms: List::new(vec![Offered::DecisionTree]).unwrap(),
                depth_max: 4,
                min_samples_leaf: 3,
                leaves_max: 16,
                test_rows_max: 100,
                disclosure: Disclosure::Threshold,
            },
            licence: Text::default(),
            sample: None,
        },
    }
}

fn order(dataset: DatasetId) -> Order {
    let parameters = TreeParameters {
        max_depth: Some(4),
        min_samples_split: 6,
        min_samples_leaf: 3,
        ..TreeParameters::SKLEARN
    };
    Order {
        reference: Text::new("wine").unwrap(),
        dataset,
        algorithm: Algorithm::DecisionTree(parameters),
        test: wine("test"),
        audience: Audience::Everybody,
        threshold: Threshold::new(90, 100).unwrap(),
        disclosure: Disclosure::Threshold,
        max_price: Amount::new(1_000),
        commit_window: WINDOW,
    }
}
