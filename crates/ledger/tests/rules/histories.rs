//! Random histories: whatever the parties do, in whatever order, no money appears or disappears, nobody
//! loses more than the rules say, and nobody is locked in.

use crate::world::{
    BUYER, OTHER, OWNER, SALT, START, World, commit, field, listing, request, table,
};
use assay_ledger::job::{Ending, Stage};
use assay_types::statement::Score;
use assay_types::tx::*;
use assay_types::{Action, Address, Amount, DatasetId, JobId, Threshold};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const HISTORIES: u64 = 60;
const STEPS: usize = 120;

struct History {
    world: World,
    random: StdRng,
    datasets: Vec<DatasetId>,
    jobs: Vec<JobId>,
}

impl History {
    fn pick(&mut self, below: usize) -> usize {
        self.random.random_range(0..below)
    }

    fn who(&mut self) -> Address {
        [OWNER, BUYER, OTHER][self.pick(3)]
    }

    fn job(&mut self) -> JobId {
        if self.jobs.is_empty() {
            return JobId::default();
        }
        // Mostly a recent one, which is likely to live.
        let back = self.pick(4).min(self.jobs.len() - 1);
        self.jobs[self.jobs.len() - 1 - back]
    }

    fn step(&mut self) {
        let kind = self.pick(14);
        if kind == 13 {
            self.world.block();
            return;
        }
        let job = self.job();
        let (from, action) = match kind {
            0..4 => self.on_the_market(kind),
            _ => self.on_a_job(kind, job),
        };
        let name = JobId::of(from, self.world.state.account(&from).nonce);
        let is_open = matches!(action, Action::OpenJob(_));
        let done = self.world.run(self.world.signed(self.world.tx(from, action)));
        if is_open && done.is_ok_and(|outcome| outcome.failure.is_none()) {
            self.jobs.push(name);
        }
    }

    fn on_the_market(&mut self, kind: usize) -> (Address, Action) {
        let from = self.who();
        let index = self.pick(self.datasets.len());
        let dataset = self.datasets[index];
        let action = match kind {
            0 => Transfer { to: OTHER, amount: Amount::new(9) }.into(),
            1 => UpdateListing { dataset, listing: listing() }.into(),
            _ => {
                let version = self.world.state.listing(&dataset).map_or(1, |l| l.version);
                let threshold = Threshold::new(1 + self.pick(10) as u32, 10).unwrap();
                let seed = 10 + self.pick(10) as u8;
                OpenJob { version, threshold, ..request(dataset, seed) }.into()
            }
        };
        (from, action)
    }

    /// Mostly the right party with the right rows, not mostly at the right time.
    fn on_a_job(&mut self, kind: usize, id: JobId) -> (Address, Action) {
        let Some(job) = self.world.state.job(&id).cloned() else {
            return (OWNER, Decline { job: id }.into());
        };
        let fits = |&seed: &u8| request(job.request.dataset, seed).test == job.request.test;
        let seed = (10..20).find(fits).unwrap();
        let needed = job.needed;
        match kind {
            4 => (job.owner, Decline { job: id }.into()),
            5 | 6 => (job.owner, commit(id).into()),
            7 | 8 => {
                let test = OpenTest { job: id, table: table(seed).1, salt: SALT };
                (job.buyer, test.into())
            }
            9 => (job.owner, Concede { job: id }.into()),
            10 => (job.owner, self.world.miss(id, seed, Score::Fewer(needed)).into()),
            11 => {
                let mut pass = self.world.pass(id, seed, Score::AtLeast(needed));
                if self.pick(4) == 0 {
                    pass.accuracy_proof = pass.delivery_proof;
                }
                (job.owner, pass.into())
            }
            _ => (job.owner, RevealKey { job: id, key: field(66) }.into()),
        }
    }
}

fn play(seed: u64) -> History {
    let mut world = World::new();
    let datasets = vec![world.publish(), world.publish()];
    let random = StdRng::seed_from_u64(seed);
    let mut history = History { world, random, datasets, jobs: Vec::new() };
    for _ in 0..STEPS {
        history.step();
    }
    history
}

#[test]
fn money_is_conserved_and_nobody_is_locked_in() {
    let mut endings = std::collections::BTreeMap::new();
    for seed in 0..HISTORIES {
        let mut history = play(seed);
        // All fall silent; four windows later every job must be over. The audit runs in every block.
        for _ in 0..4 * 25 {
            history.world.block();
        }
        for (_, job) in history.world.state.jobs() {
            let Stage::Ended(ending) = job.stage else { panic!("seed {seed}: {job:?} lives on") };
            assert_eq!(job.escrow, Amount::ZERO);
            *endings.entry(ending.to_string()).or_insert(0_u32) += 1;
        }
        let state = &history.world.state;
        let held: u128 = state.accounts().map(|(_, account)| account.balance.get()).sum();
        assert_eq!(held + state.burned().get(), 3 * START, "seed {seed}");
    }
    assert_eq!(endings.len(), 7, "the histories reach every ending: {endings:?}");
}

#[test]
fn what_each_job_paid_is_what_its_ending_says() {
    use assay_types::Event;
    for seed in 0..HISTORIES {
        let history = play(seed);
        for entry in &history.world.log {
            let (id, to_owner, to_buyer, burned, ending) = match &entry.event {
                Event::Declined { job, refund } => (job, 0, refund.get(), 0, Ending::Declined),
                Event::Expired { job, refund } => (job, 0, refund.get(), 0, Ending::Expired),
                Event::Conceded { job, refund, .. } => (job, 0, refund.get(), 0, Ending::Conceded),
                Event::OwnerDefaulted { job, refund } => {
                    (job, 0, refund.get(), 0, Ending::OwnerDefault)
                }
                Event::BuyerDefaulted { job, earned, refund } => {
                    (job, earned.get(), refund.get(), 0, Ending::BuyerDefault)
                }
                Event::Missed { job, earned, refund, .. } => {
                    (job, earned.get(), refund.get(), 0, Ending::Missed)
                }
                Event::Settled { job, sale } => {
                    let all = sale.price.get() + sale.evaluation_fee.get();
                    let burned = sale.burned.get();
                    (job, all - burned, 0, burned, Ending::Settled)
                }
                _ => continue,
            };
            let job = history.world.state.job(id).unwrap();
            let (price, fee) = (job.price.get(), job.evaluation_fee.get());
            assert_eq!(job.stage, Stage::Ended(ending));
            assert_eq!(to_owner + to_buyer + burned, price + fee);
            let has_settled = ending == Ending::Settled;
            assert!(has_settled || price <= to_buyer, "a buyer loses at most the evaluation fee");
            let has_proven = has_settled || ending == Ending::Missed;
            assert!(!has_proven || fee <= to_owner, "an owner who proves gets at least that");
        }
    }
}

#[test]
fn the_same_history_gives_the_same_root() {
    let root = |seed| play(seed).world.state.root();
    assert_eq!(root(1), root(1));
    assert_ne!(root(1), root(2));
}
