//! The table of a job's states, written down a second time: who may do what when, what it leads to, where
//! the money goes. Heights are relative, so that a market has finitely many states.
//!
//! One owner, one listing of two versions, one set of test rows that every job is about.

use crate::setting::{BUYER, OWNER};
use assay_types::Address;
use std::collections::BTreeMap;

/// A job with this salt is about rows that stay hidden.
pub(crate) const SEALED: u8 = 3;

/// Every window, in blocks.
pub(crate) const WINDOW: u64 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    Declined,
    Expired,
    BuyerDefault,
    Conceded,
    Missed,
    OwnerDefault,
    Settled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Opened,
    /// `is_new`: in this block.
    Committed {
        is_new: bool,
    },
    Testing {
        fresh: bool,
    },
    Proven {
        fresh: bool,
    },
    Ended(End),
}

/// One job.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    pub(crate) buyer: Address,
    pub(crate) salt: u8,
    /// P.
    pub(crate) price: u128,
    /// E.
    pub(crate) fee: u128,
    pub(crate) phase: Phase,
    /// Blocks until the deadline.
    pub(crate) left: u64,
    /// Whether its buyer had shown the rows in a block before the job's.
    pub(crate) was_seen: bool,
    /// Whether anybody had shown them up to the block of the model.
    pub(crate) is_stale: bool,
    /// Whether its commitment is open.
    pub(crate) is_spent: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Table {
    pub(crate) version: u32,
    pub(crate) is_delisted: bool,
    pub(crate) sales: u64,
    pub(crate) jobs: Vec<Line>,
    /// Who has shown the rows; `true` if in a block before this one.
    pub(crate) shown: BTreeMap<Address, bool>,
}

/// A job by its place, or one that does not exist.
pub(crate) type Job = Option<usize>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Showing {
    Good,
    Absent,
    NoTable,
    WrongSalt,
    Foreign,
    WrongCount,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    Good,
    OtherScore,
    OtherSecret,
    Absent,
    False,
    FalseDelivery,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    Give,
    GiveOneself,
    Update,
    Delist,
    Open { salt: u8, version: u32 },
    Decline(Job),
    Commit(Job, bool),
    Show(Job, Showing),
    Concede(Job),
    Miss(Job, Claim),
    Pass(Job, Claim),
    Reveal(Job, bool),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Never enters a block.
    Refused(u16),
    /// Charged.
    Failed(u16),
    Done(Table),
}

use Verdict::{Done, Failed, Refused};

impl Table {
    pub(crate) fn new() -> Self {
        let (jobs, shown) = (Vec::new(), BTreeMap::new());
        Self { version: 1, is_delisted: false, sales: 0, jobs, shown }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.jobs.iter().all(|job| matches!(job.phase, Phase::Ended(_)))
    }

    /// The evaluation fee of a version.
    pub(crate) fn fee(version: u32) -> u128 {
        if version == 1 { 70 } else { 5_000 }
    }

    pub(crate) fn price(&self) -> u128 {
        1_000 + 100 * u128::from(self.sales)
    }

    /// What a sale at `price` burns: 2.5 %, at least 5.
    pub(crate) fn burn(price: u128) -> u128 {
        (price * 25).div_ceil(1_000).max(5)
    }

    /// What `who` has gained by all jobs so far; an escrow is lost to the buyer as long as it lasts.
    pub(crate) fn gain(&self, who: Address) -> i128 {
        let money = |amount: u128| i128::try_from(amount).unwrap();
        let mut gain = 0;
        for job in &self.jobs {
            let (price, fee) = (money(job.price), money(job.fee));
            let (owner, buyer) = match job.phase {
                Phase::Ended(End::Settled) => {
                    (price + fee - money(Self::burn(job.price)), -price - fee)
                }
                Phase::Ended(End::Missed | End::BuyerDefault) => (fee, -fee),
                Phase::Ended(_) => (0, 0),
                _ => (0, -price - fee),
            };
            gain += if who == OWNER { owner } else { 0 };
            gain += if who == job.buyer { buyer } else { 0 };
        }
        gain
    }

    /// The next block begins; returns which jobs end, and how.
    pub(crate) fn tick(&mut self) -> Vec<(usize, End)> {
        self.shown.values_mut().for_each(|earlier| *earlier = true);
        let mut ended = Vec::new();
        for (at, job) in self.jobs.iter_mut().enumerate() {
            let end = match &mut job.phase {
                Phase::Opened => End::Expired,
                Phase::Committed { is_new } => {
                    *is_new = false;
                    End::BuyerDefault
                }
                Phase::Testing { .. } => End::Conceded,
                Phase::Proven { .. } => End::OwnerDefault,
                Phase::Ended(_) => continue,
            };
            match job.left.checked_sub(1) {
                Some(left) => job.left = left,
                None => {
                    job.end(end);
                    ended.push((at, end));
                }
            }
        }
        ended
    }

    /// What must happen if `from` does `what` now.
    pub(crate) fn expected(&self, from: Address, what: Move) -> Verdict {
        match what {
            Move::GiveOneself => Refused(11),
            Move::Give => Done(self.clone()),
            Move::Update => self.listed(from, |table| table.version += 1),
            Move::Delist => self.listed(from, |table| table.is_delisted = true),
            Move::Open { salt, version } => self.open(from, salt, version),
            Move::Decline(job) => self.owners(from, job, Phase::is_opened, |table, at| {
                table.jobs[at].end(End::Declined);
                Ok(())
            }),
            Move::Commit(job, fits) => self.owners(from, job, Phase::is_opened, |table, at| {
                let is_stale = !table.shown.is_empty();
                let job = &mut table.jobs[at];
                (job.left, job.is_stale) = (WINDOW, is_stale);
                job.phase = Phase::Committed { is_new: true };
                if fits { Ok(()) } else { Err(Refused(75)) }
            }),
            Move::Show(job, how) => self.show(from, job, how),
            Move::Concede(job) => self.owners(from, job, Phase::is_testing, |table, at| {
                table.jobs[at].end(End::Conceded);
                Ok(())
            }),
            Move::Miss(job, claim) => self.owners(from, job, Phase::is_testing, |table, at| {
                table.jobs[at].end(End::Missed);
                claim.fault()
            }),
            Move::Pass(job, claim) => self.owners(from, job, Phase::is_testing, |table, at| {
                let job = &mut table.jobs[at];
                let Phase::Testing { fresh } = job.phase else { unreachable!() };
                (job.phase, job.left) = (Phase::Proven { fresh }, WINDOW);
                claim.fault()
            }),
            Move::Reveal(job, fits) => self.owners(from, job, Phase::is_proven, |table, at| {
                table.jobs[at].end(End::Settled);
                table.sales += 1;
                if fits { Ok(()) } else { Err(Refused(86)) }
            }),
        }
    }

    fn listed(&self, from: Address, change: fn(&mut Self)) -> Verdict {
        if from != OWNER {
            return Refused(32);
        }
        if self.is_delisted {
            return Refused(33);
        }
        let mut next = self.clone();
        change(&mut next);
        Done(next)
    }

    fn open(&self, from: Address, salt: u8, version: u32) -> Verdict {
        let spent = |job: &Line| job.is_spent && job.buyer == from && job.salt == salt;
        if self.is_delisted {
            return Refused(52);
        }
        if version != self.version {
            return Refused(53);
        }
        if from == OWNER {
            return Refused(54);
        }
        if self.jobs.iter().any(spent) {
            return Refused(61);
        }
        let mut next = self.clone();
        let price = self.price();
        next.jobs.push(Line {
            buyer: from,
            salt,
            price,
            fee: Self::fee(version).min(price),
            phase: Phase::Opened,
            left: WINDOW,
            was_seen: self.shown.get(&from) == Some(&true),
            is_stale: false,
            is_spent: false,
        });
        Done(next)
    }

    /// A step of the owner in a certain phase.
    fn owners(
        &self,
        from: Address,
        job: Job,
        phase: fn(&Phase) -> bool,
        change: impl Fn(&mut Self, usize) -> Result<(), Verdict>,
    ) -> Verdict {
        let Some(at) = job else { return Refused(71) };
        if from != OWNER {
            return Refused(72);
        }
        if !phase(&self.jobs[at].phase) {
            return Refused(74);
        }
        let mut next = self.clone();
        match change(&mut next, at) {
            Ok(()) => Done(next),
            Err(verdict) => verdict,
        }
    }

    fn show(&self, from: Address, job: Job, how: Showing) -> Verdict {
        let Some(at) = job else { return Refused(71) };
        let job = &self.jobs[at];
        if from != job.buyer {
            return Refused(73);
        }
        let Phase::Committed { is_new } = job.phase else { return Refused(74) };
        let fault = match how {
            _ if is_new => Some(77),
            Showing::Absent => Some(7),
            Showing::WrongSalt if job.salt == SEALED => Some(79),
            // Whatever else it is, only the owner can read it.
            _ if job.salt == SEALED => None,
            Showing::NoTable => Some(78),
            Showing::WrongSalt => Some(79),
            Showing::Foreign => Some(80),
            Showing::WrongCount => Some(81),
            Showing::Good => job.was_seen.then_some(82),
        };
        if let Some(code) = fault {
            return Refused(code);
        }
        let mut next = self.clone();
        let is_public = job.salt != SEALED;
        if is_public {
            next.shown.entry(from).or_insert(false);
        }
        for other in &mut next.jobs {
            // Model and rows in one block: nobody can say which came first.
            if is_public && other.phase == (Phase::Committed { is_new: true }) {
                other.is_stale = true;
            }
        }
        let job = &mut next.jobs[at];
        let fresh = is_public && !job.is_stale;
        (job.phase, job.left) = (Phase::Testing { fresh }, WINDOW);
        (job.is_spent, job.was_seen, job.is_stale) = (true, false, false);
        Done(next)
    }
}

impl Line {
    fn end(&mut self, end: End) {
        (self.phase, self.left) = (Phase::Ended(end), 0);
        (self.was_seen, self.is_stale) = (false, false);
    }
}

impl Phase {
    fn is_opened(&self) -> bool {
        matches!(self, Self::Opened)
    }

    pub(crate) fn is_testing(&self) -> bool {
        matches!(self, Self::Testing { .. })
    }

    pub(crate) fn is_proven(&self) -> bool {
        matches!(self, Self::Proven { .. })
    }
}

impl Claim {
    fn fault(self) -> Result<(), Verdict> {
        Err(match self {
            Self::Good => return Ok(()),
            Self::OtherScore => Refused(83),
            Self::OtherSecret => Refused(84),
            Self::Absent => Refused(7),
            Self::False | Self::FalseDelivery => Failed(85),
        })
    }
}

#[test]
fn the_table_sells_a_model() {
    let mut table = Table::new();
    let mut play = |from, what| match table.expected(from, what) {
        Done(next) => table = next,
        other => panic!("{other:?}"),
    };
    play(BUYER, Move::Open { salt: 1, version: 1 });
    play(OWNER, Move::Commit(Some(0), true));
    assert_eq!(table.expected(BUYER, Move::Show(Some(0), Showing::Good)), Refused(77));
    table.tick();
    let mut play = |from, what| match table.expected(from, what) {
        Done(next) => table = next,
        other => panic!("{other:?}"),
    };
    play(BUYER, Move::Show(Some(0), Showing::Good));
    play(OWNER, Move::Pass(Some(0), Claim::Good));
    play(OWNER, Move::Reveal(Some(0), true));
    assert_eq!((table.gain(OWNER), table.gain(BUYER)), (1_070 - 25, -1_070));
}
