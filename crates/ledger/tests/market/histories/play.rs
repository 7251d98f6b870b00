//! One history: a step is a block, a transaction, a late one, or one that was sent before.

use crate::books::Books;
use crate::oracle::{Oracle, sign};
use crate::random::Random;
use crate::setting::*;
use crate::unchanged::check_failure;
use assay_ledger::job::Job;
use assay_ledger::{CheckedTx, Rejection, State, apply, check};
use assay_types::statement::{Privacy, Score};
use assay_types::tx::Transfer;
use assay_types::*;
use std::collections::BTreeMap;

pub(crate) struct History {
    pub(crate) state: State,
    pub(crate) random: Random,
    pub(crate) books: Books,
    pub(crate) datasets: Vec<DatasetId>,
    pub(crate) jobs: Vec<JobId>,
    /// Rows and salt of each job's test set.
    pub(crate) tests: BTreeMap<JobId, (u8, u8)>,
    /// The log, block by block.
    pub(crate) log: Vec<Vec<LogEntry>>,
    /// How often each thing has happened.
    pub(crate) seen: BTreeMap<String, u64>,
    held: Vec<CheckedTx>,
    sent: Vec<SignedTx>,
}

/// Has never had any money.
const BROKE: Address = Address([7; 20]);

impl History {
    pub(crate) fn new(seed: u64) -> Self {
        let genesis = genesis(1_000);
        let mut history = Self {
            state: State::new(&genesis),
            random: Random(seed),
            books: Books::new(&genesis),
            datasets: Vec::new(),
            jobs: Vec::new(),
            tests: BTreeMap::new(),
            log: Vec::new(),
            seen: BTreeMap::new(),
            held: Vec::new(),
            sent: Vec::new(),
        };
        history.block();
        // So that everybody has a log.
        for from in RICH.into_iter().chain([POOR]) {
            history.send(from, Transfer { to: AUTHORITY, amount: Amount::new(1) });
        }
        history.send(BUYER, Transfer { to: TIGHT, amount: Amount::new(10) });
        history.send(TIGHT, Transfer { to: AUTHORITY, amount: Amount::new(1) });
        for owner in [OWNER, OWNER_2, OWNER] {
            history.publish(owner);
        }
        history
    }

    pub(crate) fn step(&mut self) {
        match self.random.below(100) {
            0..10 => self.block(),
            10..13 => self.replay(),
            13..18 => self.forge(),
            18..32 if !self.held.is_empty() => {
                let at = self.random.below(self.held.len());
                let checked = self.held.swap_remove(at);
                self.execute(&checked);
            }
            _ => {
                let (from, action) = self.action();
                let signed = signed(&self.state, tx(&self.state, from, action));
                let is_held = self.random.once_in(6);
                self.submit(signed, is_held);
            }
        }
    }

    /// Nobody does anything any more: after the longest window of each stage, every job is over.
    pub(crate) fn fall_silent(&mut self) {
        for _ in 0..=PARAMETERS.window_max {
            self.block();
        }
    }

    pub(crate) fn saw(&mut self, what: impl Into<String>) {
        *self.seen.entry(what.into()).or_insert(0) += 1;
    }

    /// The next block begins; the books agree with the one before.
    pub(crate) fn block(&mut self) {
        self.state.audit().unwrap();
        self.books.check(&self.state);
        let entries = self.state.open_block(self.state.time_ms() + 5).unwrap();
        self.books.block();
        self.log.push(Vec::new());
        self.record(entries);
    }

    /// Sends what must not be refused.
    #[track_caller]
    pub(crate) fn send(&mut self, from: Address, action: impl Into<Action>) {
        let signed = signed(&self.state, tx(&self.state, from, action));
        let checked = check(signed, &self.state, &Oracle).unwrap();
        self.execute(&checked);
    }

    fn submit(&mut self, signed: SignedTx, is_held: bool) {
        self.sent.push(signed.clone());
        match check(signed, &self.state, &Oracle) {
            Err(rejection) => self.saw(format!("refused {}", rejection.code())),
            Ok(checked) if is_held => self.held.push(checked),
            Ok(checked) => self.execute(&checked),
        }
    }

    pub(crate) fn hold(&mut self, signed: SignedTx) {
        self.submit(signed, true);
    }

    pub(crate) fn execute(&mut self, checked: &CheckedTx) {
        let before = self.state.clone();
        let tx = &checked.signed().tx;
        let outcome = match apply(checked, &mut self.state) {
            Err(rejection) => {
                assert_eq!(self.state, before);
                return self.saw(format!("refused {}", rejection.code()));
            }
            Ok(outcome) => outcome,
        };
        match outcome.failure.as_ref().map(Rejection::code) {
            Some(code) => {
                check_failure(&before, &self.state, tx.from, outcome.fee);
                self.saw(format!("failed {code}"));
            }
            None => self.succeeded(tx),
        }
        self.record(outcome.entries);
        // What is executed is not executed again.
        assert_eq!(apply(checked, &mut self.state).unwrap_err().code(), 3);
    }

    fn succeeded(&mut self, tx: &Tx) {
        match &tx.action {
            Action::PublishDataset(_) => self.datasets.push(DatasetId::of(tx.from, tx.nonce)),
            Action::OpenJob(_) => self.jobs.push(JobId::of(tx.from, tx.nonce)),
            _ => {}
        }
    }

    fn record(&mut self, entries: Vec<LogEntry>) {
        for entry in &entries {
            self.describe(&entry.event);
            self.books.record(&entry.event);
        }
        self.log.last_mut().unwrap().extend(entries);
    }

    fn job(&self, job: &JobId) -> &Job {
        self.state.job(job).unwrap()
    }

    /// Counts what an event shows.
    fn describe(&mut self, event: &Event) {
        let what = match event {
            Event::Executed { .. } => return,
            // There are no stakes in this market.
            Event::Bonded { .. }
            | Event::Unbonded { .. }
            | Event::Withdrawn { .. }
            | Event::Convicted { .. }
            | Event::Seated { .. } => panic!("{event:?}"),
            Event::Transferred { .. } => "transferred",
            Event::Published { .. } => "published",
            Event::Updated { dataset, .. } => {
                let counters = self.state.listing(dataset).unwrap().counters;
                let now = self.state.height();
                if counters.counted == now && counters.last_sale != now {
                    self.saw("updated, half-life changed");
                }
                "updated"
            }
            Event::Delisted { .. } => "delisted",
            Event::Opened { request, price, .. } => return self.describe_price(request, *price),
            Event::Declined { .. } => "declined",
            Event::Expired { .. } => "expired",
            Event::Committed { .. } => "committed",
            Event::BuyerDefaulted { .. } => "buyer defaulted",
            Event::TestOpened { job, fresh, .. }
                if self.job(job).request.test_privacy == Privacy::Committed =>
            {
                assert!(!fresh);
                "test opened, sealed"
            }
            Event::TestOpened { fresh: true, .. } => "test opened, fresh",
            Event::TestOpened { fresh: false, .. } => "test opened, seen before",
            Event::Conceded { manner: Manner::Word, .. } => "conceded by word",
            Event::Conceded { manner: Manner::Silence, .. } => "conceded by silence",
            Event::Missed { job, .. } => match self.job(job).request.disclosure {
                Disclosure::Exact => "missed, exact score",
                Disclosure::Threshold => "missed, fewer",
            },
            Event::Proven { .. } => "proven",
            Event::OwnerDefaulted { .. } => "owner defaulted",
            Event::Settled { job, sale } => {
                let request = &self.job(job).request;
                if request.test_privacy == Privacy::Committed {
                    assert_eq!(sale.table, request.test.0);
                    self.saw("settled, rows hidden");
                }
                let listed = self.state.listing(&sale.dataset).unwrap();
                let (version, is_delisted) = (listed.version, listed.is_delisted);
                if is_delisted {
                    self.saw("settled after delisting");
                }
                if sale.version < version {
                    self.saw("settled after an update");
                }
                match sale.score {
                    Score::Exactly(_) => "settled, exact score",
                    _ => "settled, at least",
                }
            }
        };
        self.saw(what);
    }

    fn describe_price(&mut self, request: &tx::OpenJob, price: Amount) {
        let listed = self.state.listing(&request.dataset).unwrap();
        let (curve, counters) = (listed.listing.curve.clone(), listed.counters);
        let is_decayed = listed.count(self.state.height()) < counters.count;
        let shape = match curve.shape() {
            Shape::Constant { .. } => "priced constant",
            Shape::Linear { .. } => "priced linear",
            Shape::Exponential { .. } => "priced exponential",
            Shape::Table(_) => "priced by a table",
        };
        let disclosure = match request.disclosure {
            Disclosure::Exact => "opened, exact score",
            Disclosure::Threshold => "opened, threshold only",
        };
        let all = [
            (true, shape),
            (true, disclosure),
            (price == request.max_price, "opened at the price limit"),
            (price == curve.floor(), "priced at the floor"),
            (price == curve.cap(), "priced at the cap"),
            (is_decayed, "priced after decay"),
        ];
        all.into_iter().filter(|(is_so, _)| *is_so).for_each(|(_, what)| self.saw(what));
    }

    /// Somebody sends again what was sent before, by whomever.
    fn replay(&mut self) {
        if self.sent.is_empty() {
            return;
        }
        let at = self.random.below(self.sent.len());
        let signed = self.sent[at].clone();
        self.submit(signed, false);
    }

    /// Somebody sends what must never enter a block.
    fn forge(&mut self) {
        let from = self.random.of(&RICH);
        let gift = Transfer { to: AUTHORITY, amount: Amount::new(1) };
        let mut tx = tx(&self.state, from, gift);
        let (mut signer, mut genesis) = (from, self.state.genesis());
        match self.random.below(7) {
            0 => tx.chain += 1,
            1 => tx.valid_until = Height::new(self.state.height().get() - 1),
            2 => tx.nonce += 1,
            3 => tx.max_fee = Amount::new(2),
            4 => (tx.from, tx.nonce, signer) = (BROKE, 0, BROKE),
            5 => signer = POOR,
            _ => genesis = self::genesis(999).digest(),
        }
        let signature = sign(&tx, &signer, &genesis);
        let refused = check(SignedTx { tx, signature }, &self.state, &Oracle).unwrap_err();
        assert!(refused.code() <= 6);
        self.saw(format!("refused {}", refused.code()));
    }
}
