//! A state of the ledger beside the state of the table that it must be in.

use crate::oracle::*;
use crate::setting::*;
use crate::table::*;
use assay_ledger::State;
use assay_ledger::job::{Ending, Stage};
use assay_types::statement::Score;
use assay_types::tx::*;
use assay_types::{Action, Address, Amount, DatasetId, Event, Height, JobId};
use std::collections::BTreeMap;

pub(super) const SEED: u8 = 9;

#[derive(Clone)]
pub(super) struct Node {
    pub(super) table: Table,
    pub(super) state: State,
    pub(super) dataset: DatasetId,
    pub(super) jobs: Vec<JobId>,
    /// What each party has gained beside the jobs: fees, what publishing burned, gifts.
    pub(super) aside: BTreeMap<Address, i128>,
}

pub(super) fn curve_listing(version: u32) -> assay_types::Listing {
    listing(linear(), Table::fee(version))
}

impl Node {
    /// The action that makes `what` of the table come true.
    pub(super) fn action(&self, from: Address, what: Move) -> Action {
        let name = |job: Job| job.map_or(JobId::default(), |at| self.jobs[at]);
        let salt = |job: Job| [job.map_or(0, |at| self.table.jobs[at].salt); 32];
        let dataset = self.dataset;
        match what {
            Move::Give => Transfer { to: AUTHORITY, amount: Amount::new(1) }.into(),
            Move::GiveOneself => Transfer { to: from, amount: Amount::new(1) }.into(),
            Move::Update => {
                let listing = curve_listing(self.table.version + 1);
                UpdateListing { dataset, listing }.into()
            }
            Move::Delist => Delist { dataset }.into(),
            Move::Open { salt: SEALED, version } => {
                let test = (SEED, SEALED);
                private(request(dataset, version, test), test).into()
            }
            Move::Open { salt, version } => request(dataset, version, (SEED, salt)).into(),
            Move::Decline(job) => Decline { job: name(job) }.into(),
            Move::Commit(job, true) => commit(&self.state, name(job)).into(),
            Move::Commit(job, false) => {
                let (state, job) = (&self.state, name(job));
                CommitModel { architecture: answer(state, job, 3), ..commit(state, job) }.into()
            }
            Move::Show(job, how) => {
                let blob = match how {
                    Showing::Good | Showing::WrongSalt => table(SEED),
                    Showing::Absent => ABSENT,
                    Showing::NoTable => JUNK,
                    Showing::Foreign => strange_table(SEED, ROWS, true),
                    Showing::WrongCount => strange_table(SEED, ROWS - 1, false),
                };
                let salt = match (how, salt(job)) {
                    (Showing::WrongSalt, _) => [0xff; 32],
                    (_, salt) if salt == [SEALED; 32] => [0; 32],
                    (_, salt) => salt,
                };
                OpenTest { job: name(job), table: blob, salt }.into()
            }
            Move::Concede(job) => Concede { job: name(job) }.into(),
            Move::Miss(job, claim) => self.miss(name(job), claim),
            Move::Pass(job, claim) => self.pass(name(job), claim),
            Move::Reveal(job, fits) => {
                RevealKey { job: name(job), key: field(if fits { 66 } else { 67 }) }.into()
            }
        }
    }

    fn miss(&self, job: JobId, claim: Claim) -> Action {
        let score = if claim == Claim::OtherScore { 28 } else { 27 };
        let mut miss = miss(&self.state, job, SEED, Score::Fewer(score));
        match claim {
            Claim::Absent => miss.proof = ABSENT,
            Claim::False => miss.proof = JUNK,
            _ => {}
        }
        miss.into()
    }

    fn pass(&self, job: JobId, claim: Claim) -> Action {
        let score = if claim == Claim::OtherScore { 26 } else { 27 };
        let mut pass = pass(&self.state, job, SEED, Score::AtLeast(score));
        match claim {
            Claim::Absent => pass.delivery_proof = ABSENT,
            Claim::False => pass.accuracy_proof = JUNK,
            Claim::FalseDelivery => pass.delivery_proof = JUNK,
            Claim::OtherSecret => pass.delivery.secret_hash = field(78),
            Claim::Good | Claim::OtherScore => {}
        }
        pass.into()
    }

    /// Writes down what executing `action` cost `from` beside the jobs.
    pub(super) fn pay(&mut self, from: Address, action: &Action, fee: Amount, is_done: bool) {
        let mut cost = fee.get();
        if let (Action::Transfer(gift), true) = (action, is_done) {
            cost += gift.amount.get();
        }
        *self.aside.entry(from).or_insert(0) -= i128::try_from(cost).unwrap();
    }

    /// Checks that ledger and table say the same: stages, deadlines, escrows, counters, every balance.
    #[track_caller]
    pub(super) fn check(&self) {
        self.state.audit().unwrap();
        assert_eq!(self.state.jobs().count(), self.table.jobs.len());
        for (line, id) in self.table.jobs.iter().zip(&self.jobs) {
            let job = self.state.job(id).unwrap();
            let is_live = check_stage(line, &job.stage);
            let escrow = if is_live { line.price + line.fee } else { 0 };
            assert_eq!(job.escrow, Amount::new(escrow));
            assert_eq!((job.price.get(), job.evaluation_fee.get()), (line.price, line.fee));
            assert_eq!(job.buyer, line.buyer);
            if is_live {
                assert_eq!(job.deadline, self.state.height().checked_add(line.left).unwrap());
            }
        }
        for who in RICH {
            let aside = self.aside.get(&who).copied().unwrap_or(0);
            let expected = i128::try_from(START).unwrap() + aside + self.table.gain(who);
            let got = i128::try_from(self.state.account(&who).balance.get()).unwrap();
            assert_eq!(got, expected, "balance of {who} in {:?}", self.table);
        }
        self.check_listing();
    }

    #[track_caller]
    fn check_listing(&self) {
        let listed = self.state.listing(&self.dataset).unwrap();
        assert_eq!(listed.version, self.table.version);
        assert_eq!(listed.is_delisted, self.table.is_delisted);
        let count = |end: End| {
            let ended = |job: &&Line| job.phase == Phase::Ended(end);
            self.table.jobs.iter().filter(ended).count() as u64
        };
        let counters = listed.counters;
        assert_eq!(counters.sales, count(End::Settled));
        assert_eq!(counters.misses, count(End::Missed));
        assert_eq!(counters.concessions, count(End::Conceded));
        assert_eq!(counters.defaults, count(End::OwnerDefault));
        assert_eq!(listed.price(self.state.height()).get(), self.table.price());
    }
}

/// Compares the stages and returns whether the job lives.
#[track_caller]
fn check_stage(line: &Line, stage: &Stage) -> bool {
    match (line.phase, stage) {
        (Phase::Opened, Stage::Opened) | (Phase::Committed { .. }, Stage::Committed(_)) => true,
        (Phase::Testing { fresh }, Stage::Testing(_, test))
        | (Phase::Proven { fresh }, Stage::Proven(_, test, _)) => {
            assert_eq!(test.fresh, fresh);
            true
        }
        (Phase::Ended(end), Stage::Ended(ending)) => {
            assert_eq!(end_of(*ending), end);
            false
        }
        (phase, stage) => panic!("{phase:?} expected, got {stage:?}"),
    }
}

pub(super) fn end_of(ending: Ending) -> End {
    match ending {
        Ending::Declined => End::Declined,
        Ending::Expired => End::Expired,
        Ending::BuyerDefault => End::BuyerDefault,
        Ending::Conceded => End::Conceded,
        Ending::Missed => End::Missed,
        Ending::OwnerDefault => End::OwnerDefault,
        Ending::Settled => End::Settled,
    }
}

/// What an event of time says has ended.
pub(super) fn timeout(event: &Event) -> (JobId, End) {
    use assay_types::Manner::Silence;
    match event {
        Event::Expired { job, .. } => (*job, End::Expired),
        Event::BuyerDefaulted { job, .. } => (*job, End::BuyerDefault),
        Event::Conceded { job, manner: Silence, .. } => (*job, End::Conceded),
        Event::OwnerDefaulted { job, .. } => (*job, End::OwnerDefault),
        other => panic!("{other:?} at the start of a block"),
    }
}

/// The height one block later.
pub(super) fn next(height: Height) -> Height {
    height.checked_add(1).unwrap()
}
