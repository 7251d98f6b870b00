//! What the parties try. A job has a temper, which says who will be silent or give up; in each step a
//! party mostly does what is next, and often something that the rules forbid.

use super::History;
use crate::oracle::*;
use crate::setting::*;
use assay_ledger::job::Stage;
use assay_types::statement::{Privacy, Score};
use assay_types::tx::*;
use assay_types::*;

const BUYERS: [Address; 3] = [BUYER, BUYER_2, STRANGER];
const OWNERS: [Address; 2] = [OWNER, OWNER_2];

/// How a job is going to end if nobody errs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Temper {
    Untrained,
    Declined,
    Unopened,
    Unproven,
    Conceded,
    Missed,
    Unrevealed,
    Sold,
}

fn temper(job: &JobId) -> Temper {
    use Temper::*;
    let all = [Untrained, Declined, Unopened, Unproven, Conceded, Missed, Unrevealed];
    all.get(usize::from(job.0.0[0] % 16)).copied().unwrap_or(Sold)
}

impl History {
    pub(super) fn action(&mut self) -> (Address, Action) {
        match self.random.below(100) {
            0..22 => self.open_job(),
            22..38 => self.on_the_market(),
            38..44 => self.sandwich(),
            _ => self.on_a_job(),
        }
    }

    pub(super) fn publish(&mut self, owner: Address) {
        let listing = self.listing();
        self.send(owner, PublishDataset { listing });
    }

    fn listing(&mut self) -> Listing {
        let curve = self.curve(5);
        let evaluation_fee = self.random.of(&[0, 7, 70, 100_000]);
        let mut listing = listing(curve, evaluation_fee);
        let window = |random: &mut crate::random::Random| 2 + random.below(4) as u64;
        let random = &mut self.random;
        listing.windows =
            Windows { open: window(random), prove: window(random), reveal: window(random) };
        listing.limits.disclosure = random.of(&[Disclosure::Exact, Disclosure::Threshold]);
        self.books.know(&listing);
        listing
    }

    fn curve(&mut self, floor: u128) -> Curve {
        let random = &mut self.random;
        let base = Amount::new(1 + random.below(900) as u128);
        let cap = Amount::new(random.of(&[600, 3_000, 1 << 40]));
        let shape = match random.below(4) {
            0 => Shape::Constant { price: base },
            1 => Shape::Linear { base, slope: Amount::new(random.below(200) as u128) },
            2 => Shape::Exponential { base, growth_ppm: 1_000 + random.below(900_000) as u32 },
            _ => {
                let step = |from, price| Step { from, price: Amount::new(price) };
                Shape::Table(vec![step(0, 10), step(1, 200), step(3, 1_000)])
            }
        };
        let half_life = random.of(&[None, Some(2), Some(7), Some(12)]);
        let floor = Amount::new(floor.max(random.of(&[5, 5, 300])).min(floor * 300));
        Curve::new(shape, if floor.get() < 5 { Amount::new(4) } else { floor }, cap, half_life)
            .unwrap()
    }

    fn dataset(&mut self) -> DatasetId {
        // Mostly a recent one, which is likely to be on the market.
        let back = self.random.below(4).min(self.datasets.len() - 1);
        self.datasets[self.datasets.len() - 1 - back]
    }

    fn on_the_market(&mut self) -> (Address, Action) {
        let (owner, listing) = (self.random.of(&OWNERS), self.listing());
        let dataset = self.dataset();
        match self.random.below(16) {
            0 => (owner, PublishDataset { listing }.into()),
            1 => (POOR, PublishDataset { listing }.into()),
            2..5 => (owner, PublishDataset { listing: self.spoil(listing) }.into()),
            5..8 => {
                let from = self.state.listing(&dataset).unwrap().owner;
                (from, UpdateListing { dataset, listing }.into())
            }
            8 => (owner, UpdateListing { dataset: DatasetId::default(), listing }.into()),
            9 => (self.random.of(&BUYERS), UpdateListing { dataset, listing }.into()),
            10 => {
                let from = self.state.listing(&dataset).unwrap().owner;
                if !self.is_any_left() {
                    return (owner, PublishDataset { listing }.into());
                }
                (from, Delist { dataset }.into())
            }
            11 => {
                let delisted = self.state.listings().find(|(_, listed)| listed.is_delisted);
                let (dataset, from) = delisted.map_or((dataset, owner), |(id, l)| (*id, l.owner));
                if delisted.is_none() {
                    return (from, Transfer { to: from, amount: Amount::new(1) }.into());
                }
                (from, Delist { dataset }.into())
            }
            12 => (owner, Transfer { to: owner, amount: Amount::new(1) }.into()),
            13 => (POOR, Transfer { to: owner, amount: Amount::new(1_000) }.into()),
            _ => {
                let amount = Amount::new(self.random.below(50) as u128);
                (self.random.of(&RICH), Transfer { to: AUTHORITY, amount }.into())
            }
        }
    }

    /// Breaks one of the rules 21 to 24.
    fn spoil(&mut self, mut listing: Listing) -> Listing {
        match self.random.below(8) {
            0 => listing.windows.open = 1,
            1 => listing.windows.prove = 7,
            2 => listing.windows.reveal = 0,
            3 | 4 => listing.curve = self.curve(0),
            5 => listing.rows = 0,
            6 => listing.limits.depth_max = 65,
            _ => listing.limits.min_samples_leaf = 0,
        }
        listing
    }

    fn open_job(&mut self) -> (Address, Action) {
        let mut from = self.random.of(&BUYERS);
        let dataset = self.dataset();
        let listed = self.state.listing(&dataset).unwrap().clone();
        let price = listed.price(self.state.height());
        // Rows are few, so that some come back, of the same buyer or of another.
        let test = (self.random.below(60) as u8, self.random.below(4) as u8);
        let mut job = request(dataset, listed.version, test);
        if self.random.once_in(2) {
            job.max_price = price;
        }
        if self.random.once_in(4) {
            job = private(job, test);
        }
        job.disclosure = self.random.of(&[Disclosure::Threshold, listed.listing.limits.disclosure]);
        job.commit_window = 2 + self.random.below(5) as u64;
        let fault = if self.random.once_in(2) { self.random.below(14) } else { usize::MAX };
        match fault {
            0 => job.dataset = DatasetId::default(),
            1 => {
                let delisted = self.state.listings().find(|(_, listed)| listed.is_delisted);
                job.dataset = delisted.map_or(DatasetId::default(), |(id, _)| *id);
            }
            2 => job.version += 1,
            3 => from = listed.owner,
            4 => job.algorithm = self.random.of(&[tree(6), self::forest(6), self::network(9)]),
            5 => job.rows = self.random.of(&[0, 201]),
            6 => job.threshold = Threshold::new(0, 10).unwrap(),
            7 => job.test_privacy = Privacy::Hidden,
            // The digest of public rows is no commitment that a proof can open.
            13 => {
                let test = TestCommitment(assay_codec::Digest([0xff; 32]));
                (job.test_privacy, job.test) = (Privacy::Committed, test);
            }
            8 => job.disclosure = Disclosure::Exact,
            9 => job.commit_window = self.random.of(&[1, 7]),
            10 => {
                let spent =
                    self.state.jobs().find(|(_, job)| job.buyer == from && job.table().is_some());
                if let Some((_, spent)) = spent {
                    let spent = &spent.request;
                    (job.test, job.test_privacy) = (spent.test, spent.test_privacy);
                }
            }
            11 => job.max_price = price.checked_sub(Amount::new(1)).unwrap(),
            12 => from = POOR,
            _ => {}
        }
        self.tests.insert(JobId::of(from, self.state.account(&from).nonce), test);
        (from, job.into())
    }

    /// A buyer pays no more than today's price for today's version, or has no more; before the job is
    /// opened, somebody else's sale is settled, or the listing is changed.
    fn sandwich(&mut self) -> (Address, Action) {
        let proven = self.state.jobs().find(|(_, job)| matches!(job.stage, Stage::Proven(..)));
        let (dataset, owner, act): (_, _, Action) = match (self.random.below(3), proven) {
            (0, Some((&job, record))) => {
                let reveal = RevealKey { job, key: field(66) };
                (record.request.dataset, record.owner, reveal.into())
            }
            (kind, _) => {
                let (dataset, listing) = (self.dataset(), self.listing());
                let owner = self.state.listing(&dataset).unwrap().owner;
                match kind {
                    1 if self.is_any_left() => (dataset, owner, Delist { dataset }.into()),
                    _ => (dataset, owner, UpdateListing { dataset, listing }.into()),
                }
            }
        };
        let listed = self.state.listing(&dataset).unwrap();
        let test = (self.random.below(60) as u8, 9);
        let max_price = listed.price(self.state.height());
        let escrow = max_price.get() + listed.listing.evaluation_fee.min(max_price).get();
        let mut open = OpenJob { max_price, ..request(dataset, listed.version, test) };
        let mut from = self.random.of(&BUYERS);
        if self.random.once_in(2) && self.leave_to_tight(escrow + PARAMETERS.fee.get()) {
            (from, open.max_price) = (TIGHT, PRICE_MAX);
        }
        self.tests.insert(JobId::of(from, self.state.account(&from).nonce), test);
        self.hold(signed(&self.state, tx(&self.state, from, open)));
        (owner, act)
    }

    /// Makes `needed` all that the party has, if it can be done.
    fn leave_to_tight(&mut self, needed: u128) -> bool {
        let balance = |state: &assay_ledger::State, who| state.account(&who).balance.get();
        let (has, rich) = (balance(&self.state, TIGHT), balance(&self.state, BUYER));
        let fee = PARAMETERS.fee.get();
        if has < needed && needed - has + fee <= rich {
            self.send(BUYER, Transfer { to: TIGHT, amount: Amount::new(needed - has) });
        } else if needed + fee <= has {
            self.send(TIGHT, Transfer { to: BUYER, amount: Amount::new(has - needed - fee) });
        }
        balance(&self.state, TIGHT) == needed
    }

    /// Whether there are offers beside the one that may be taken off the market.
    fn is_any_left(&self) -> bool {
        self.state.listings().filter(|(_, listed)| !listed.is_delisted).count() >= 3
    }

    fn on_a_job(&mut self) -> (Address, Action) {
        if self.jobs.is_empty() {
            return self.open_job();
        }
        let back = self.random.below(8).min(self.jobs.len() - 1);
        let id = self.jobs[self.jobs.len() - 1 - back];
        match self.random.below(20) {
            0 => self.astray(JobId::default()),
            1..3 => self.astray(id),
            _ => self.next_step(id),
        }
    }

    /// A step that is not the sender's, or not due.
    fn astray(&mut self, job: JobId) -> (Address, Action) {
        let parties = self.state.job(&job).map(|job| [job.owner, job.buyer]);
        let from = match parties {
            Some(parties) if self.random.once_in(2) => self.random.of(&parties),
            _ => self.random.of(&RICH),
        };
        let (seed, salt) = self.tests.get(&job).copied().unwrap_or_default();
        let action = match self.random.below(7) {
            0 => Decline { job }.into(),
            1 => commit(&self.state, job).into(),
            2 => OpenTest { job, table: table(seed), salt: [salt; 32] }.into(),
            3 => Concede { job }.into(),
            4 => miss(&self.state, job, seed, Score::Fewer(27)).into(),
            5 => pass(&self.state, job, seed, Score::AtLeast(27)).into(),
            _ => RevealKey { job, key: field(66) }.into(),
        };
        (from, action)
    }

    /// What is due, mostly as it should be.
    fn next_step(&mut self, id: JobId) -> (Address, Action) {
        let job = self.state.job(&id).unwrap().clone();
        let is_false = self.random.once_in(3);
        let temper = temper(&id);
        let action = match job.stage {
            Stage::Opened if temper == Temper::Declined => Decline { job: id }.into(),
            Stage::Opened if is_false => self.false_model(id),
            Stage::Opened if temper != Temper::Untrained => commit(&self.state, id).into(),
            Stage::Committed(_) if is_false || temper != Temper::Unopened => {
                return (job.buyer, self.test(id, is_false));
            }
            Stage::Testing(..) => match temper {
                Temper::Conceded => Concede { job: id }.into(),
                Temper::Missed => self.miss(id, job.request.disclosure, is_false),
                _ if is_false || temper != Temper::Unproven => {
                    self.pass(id, job.request.disclosure, is_false)
                }
                _ => return self.open_job(),
            },
            Stage::Proven(..) if is_false => RevealKey { job: id, key: field(67) }.into(),
            Stage::Proven(..) if temper != Temper::Unrevealed => {
                RevealKey { job: id, key: field(66) }.into()
            }
            _ => return self.open_job(),
        };
        (job.owner, action)
    }

    fn false_model(&mut self, job: JobId) -> Action {
        // Of another kind, or of other features; too large, or of other layers.
        let wrong =
            [model(3, 5), model(2, 6), models(3, 3), models(2, 4), layers(3, 3), layers(2, 4)];
        let architecture = match self.random.below(8) {
            0 => layers(2, 2),
            1 => answer(&self.state, job, 3),
            at => wrong[at - 2].clone(),
        };
        CommitModel { architecture, ..commit(&self.state, job) }.into()
    }

    fn test(&mut self, job: JobId, is_false: bool) -> Action {
        let (seed, salt) = self.tests[&job];
        let is_public = self.state.job(&job).unwrap().request.test_privacy == Privacy::Public;
        let salt = if is_public { [salt; 32] } else { [0; 32] };
        let good = OpenTest { job, table: table(seed), salt };
        if !is_false {
            return good.into();
        }
        let table = match self.random.below(6) {
            0 => ABSENT,
            1 => JUNK,
            2 => strange_table(seed, ROWS, true),
            3 => strange_table(seed, ROWS - 1, false),
            4 => table(seed ^ 0x80),
            _ => return OpenTest { salt: [0xff; 32], ..good }.into(),
        };
        OpenTest { table, ..good }.into()
    }

    fn miss(&mut self, job: JobId, disclosure: Disclosure, is_false: bool) -> Action {
        let score = match disclosure {
            Disclosure::Exact => Score::Exactly(self.random.below(27) as u32),
            Disclosure::Threshold => Score::Fewer(27),
        };
        let mut miss = miss(&self.state, job, self.tests[&job].0, score);
        match (is_false, self.random.below(3)) {
            (false, _) => {}
            (true, 0) => miss.accuracy.score = Score::Fewer(28),
            (true, 1) => miss.proof = ABSENT,
            (true, _) => miss.proof = JUNK,
        }
        miss.into()
    }

    fn pass(&mut self, job: JobId, disclosure: Disclosure, is_false: bool) -> Action {
        let score = match disclosure {
            Disclosure::Exact => Score::Exactly(27 + self.random.below(4) as u32),
            Disclosure::Threshold => Score::AtLeast(27),
        };
        let mut pass = pass(&self.state, job, self.tests[&job].0, score);
        match (is_false, self.random.below(6)) {
            (false, _) => {}
            (true, 0) => pass.accuracy.score = Score::AtLeast(26),
            (true, 1) => pass.delivery.secret_hash = field(78),
            (true, 2) => pass.delivery_proof = ABSENT,
            (true, 3) => pass.delivery_proof = pass.accuracy_proof,
            // A proof of the same claim about another job.
            (true, 4) => pass.accuracy.context.job = JobId::default(),
            (true, _) => pass.accuracy_proof = JUNK,
        }
        pass.into()
    }
}
