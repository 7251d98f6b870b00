//! Faults drawn from a seed while the set of validators changes: those of `random.rs`, and validators that join, leave, come back with
//! the money that they had at stake, sleep through epochs, lose all and begin with a state, and turn bad.
//!
//! Epochs have six blocks. Four have seats at first and two more can have one. At no time are more of a set bad, asleep or without what they signed
//! than it bears, now and in the next epoch; whoever else is struck comes back before anything is expected.

use super::epochs::{bond, leave, verifies};
use super::world::{EPOCH_BLOCKS, Role, STAKE, World, good_link, link, simulate_epochs};
use assay_types::tx::Withdraw;
use assay_types::validators::Handover;
use assay_types::{DoubleVote, Height};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::time::Duration;

/// The first seed of these runs; those below are of one epoch.
pub(crate) const FIRST: u64 = 1_000;
/// Faults of one run.
const STEPS: u64 = 6;
/// Who can have a seat.
const ALL: usize = 6;
/// Fewer than these have no seats: beside a bad one they would make nothing final.
const SEATED_MIN: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Crash,
    CrashAll,
    /// Away until two epochs have ended.
    Sleep,
    /// All but the keys is lost.
    Wipe,
    /// The same, and it begins with the state of another one.
    Restore,
    Partition,
    Slow,
    /// One with a seat signs twice from now on.
    Betray,
}

const FAULTS: [Fault; 8] = [
    Fault::Crash,
    Fault::CrashAll,
    Fault::Sleep,
    Fault::Wipe,
    Fault::Restore,
    Fault::Partition,
    Fault::Slow,
    Fault::Betray,
];

/// What an operator does with its stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Bond(usize),
    Unbond(usize),
    Withdraw(usize),
    /// There is nothing that it could do.
    Nothing,
}

/// What a seed says of one step, whatever has happened before.
#[derive(Clone, Copy)]
struct Drawn {
    fault: Fault,
    victim: usize,
    /// Whose stake changes, if that can be.
    owner: usize,
    /// How long it lasts.
    time: Duration,
    /// Whether it strikes at the end of an epoch, and how much after the block before the last.
    at_end: Option<Duration>,
    /// Who is in the first part when links are cut, by bits.
    part: u8,
}

impl Drawn {
    fn from(random: &mut StdRng) -> Self {
        let (fault, victim) = (random.random_range(0..FAULTS.len()), random.random_range(0..ALL));
        let owner = random.random_range(0..ALL);
        let time = Duration::from_millis(random.random_range(100..5_000));
        let (is_at_end, after_ms) = (random.random_bool(0.5), random.random_range(0..400));
        let at_end = is_at_end.then(|| Duration::from_millis(after_ms));
        let part = random.random_range(1..(1 << ALL) - 1);
        Self { fault: FAULTS[fault], victim, owner, time, at_end, part }
    }
}

#[allow(clippy::print_stdout, reason = "a run that fails is understood by what was done")]
pub(crate) fn run(seed: u64) {
    let mut roles = [Role::Honest; 4];
    if seed.is_multiple_of(4) {
        roles[(seed / 4 % 4) as usize] = Role::Liar;
    }
    println!("seed {seed}: {roles:?}, with epochs");
    let mut random = StdRng::seed_from_u64(seed);
    let (blocks, handovers, convicted) = simulate_epochs(seed, &roles, 2, |mut world| async move {
        world.start_all().await;
        world.grow(1).await;
        for nonce in 0..STEPS {
            step(&mut world, nonce, Drawn::from(&mut random)).await;
        }
        for _ in 0..2 {
            world.epoch().await;
        }
        // What somebody has found, somebody is accused of.
        let found = world.nodes.iter().any(|node| !node.faults.evidence().is_empty());
        world.until("the conviction", |world| !found || convicted(world).is_some()).await;
        let blocks = world.check().len();
        let handovers = check_handovers(&world);
        let alive = (0..ALL).filter(|at| world.nodes[*at].door.now(|_| ()).is_some());
        alive.for_each(|index| verifies(&world, index));
        check_convicted(&world);
        (blocks, handovers, convicted(&world))
    });
    println!("  {blocks} blocks, {handovers} handovers, convicted {convicted:?}");
}

#[allow(clippy::print_stdout, reason = "a run that fails is understood by what was done")]
async fn step(world: &mut World, nonce: u64, drawn: Drawn) {
    let change = change(world, drawn.owner);
    begin(world, change);
    let taker = taker(world);
    world.submit_again(taker, nonce);
    if let Some(after) = drawn.at_end {
        let near_end = |world: &World| world.heights().1 % EPOCH_BLOCKS == EPOCH_BLOCKS - 2;
        world.until("the end of an epoch", near_end).await;
        world.wait(after).await;
    }
    let victim = (0..ALL).map(|more| (drawn.victim + more) % ALL);
    let victim = victim.into_iter().find(|at| world.nodes[*at].role != Role::Twice).unwrap();
    let Drawn { fault, time, part, .. } = drawn;
    let happens = can_be(world, fault, victim, after(world, change));
    let (heights, seated) = (world.heights(), world.seated());
    let verb = if happens { "" } else { " (left out)" };
    println!("  at {heights:?}, seats {seated:?}: {change:?}, {fault:?} of {victim}{verb}");
    if happens {
        strike(world, (fault, victim), time, part).await;
    } else {
        world.wait(time).await;
    }
    world.check();
    // Whoever had taken it may have lost it: an agent that sees it in no block hands it in again.
    let taker = self::taker(world);
    let is_done = |world: &World| {
        world.submit_again(taker, nonce);
        nonce < world.transferred()
    };
    world.until("the transfer", is_done).await;
    while !is_made(world, change) {
        begin(world, change);
        world.grow(2).await;
    }
    world.until("all votes", |world| (0..ALL).all(|index| world.votes(index))).await;
    world.grow(1).await;
    check_handovers(world);
    check_convicted(world);
}

/// Who hands transactions in.
fn taker(world: &World) -> usize {
    (0..ALL).find(|at| world.nodes[*at].role == Role::Honest && world.is_alive(*at)).unwrap()
}

/// What the first one from `owner` on can do with its stake, if the others can go on: few become more, and many fewer.
fn change(world: &World, owner: usize) -> Change {
    let all = (0..ALL).map(|more| change_of(world, (owner + more) % ALL));
    let all: Vec<_> = all.filter(|change| *change != Change::Nothing).collect();
    let are_few = world.successors().len() <= 4;
    let fits = |change: &&Change| matches!(change, Change::Unbond(_)) != are_few;
    all.iter().find(fits).or(all.first()).copied().unwrap_or(Change::Nothing)
}

/// What this one can do.
fn change_of(world: &World, owner: usize) -> Change {
    if world.nodes[owner].role == Role::Twice {
        return Change::Nothing;
    }
    let known = state_of(world, owner);
    let left: Vec<_> = world.successors().into_iter().filter(|at| *at != owner).collect();
    if known.is_bonded {
        let goes_on = SEATED_MIN <= left.len() && goes_on(world, &left, None);
        return if goes_on { Change::Unbond(owner) } else { Change::Nothing };
    }
    match known {
        Known { is_free: true, .. } => Change::Withdraw(owner),
        Known { can_bond: true, .. } => Change::Bond(owner),
        _ => Change::Nothing,
    }
}

/// What the longest chain says of somebody's stake.
struct Known {
    is_bonded: bool,
    /// Something that left can be fetched.
    is_free: bool,
    /// There is money to bond, and for the fees.
    can_bond: bool,
}

fn state_of(world: &World, owner: usize) -> Known {
    let address = world.owner(owner);
    let known = world.top().now(|chain| {
        let (state, stake) = (chain.state(), chain.state().stake(&address));
        let first = stake.and_then(|stake| stake.leaving.first().copied());
        Known {
            is_bonded: stake.is_some_and(|stake| 0 < stake.bonded.get()),
            is_free: first.is_some_and(|leaving| leaving.free <= state.height()),
            can_bond: STAKE + 10 <= state.account(&address).balance.get(),
        }
    });
    known.unwrap()
}

/// Hands it in.
fn begin(world: &World, change: Change) {
    match change {
        Change::Bond(owner) => bond(world, owner),
        Change::Unbond(owner) => leave(world, owner),
        Change::Withdraw(owner) => world.operate(owner, Withdraw),
        Change::Nothing => {}
    }
}

/// Whether it is final.
fn is_made(world: &World, change: Change) -> bool {
    match change {
        Change::Bond(owner) => state_of(world, owner).is_bonded,
        Change::Unbond(owner) => !state_of(world, owner).is_bonded,
        Change::Withdraw(owner) => !state_of(world, owner).is_free,
        Change::Nothing => true,
    }
}

/// Who will have seats when it is final.
fn after(world: &World, change: Change) -> Vec<usize> {
    let mut set = world.successors();
    match change {
        Change::Bond(owner) if !set.contains(&owner) => set.push(owner),
        Change::Unbond(owner) => set.retain(|at| *at != owner),
        _ => {}
    }
    set
}

/// Whether a set makes blocks final without one of them, and without whoever is bad.
fn goes_on(world: &World, set: &[usize], without: Option<usize>) -> bool {
    let there = |at: &&usize| world.nodes[**at].role != Role::Twice && Some(**at) != without;
    set.len() - set.len().saturating_sub(1) / 3 <= set.iter().filter(there).count()
}

/// Whether a fault is one that the sets of now and of the next epochs bear.
fn can_be(world: &World, fault: Fault, victim: usize, next: Vec<usize>) -> bool {
    let sets = [world.seated(), world.successors(), next];
    let without_it = || sets.iter().all(|set| goes_on(world, set, Some(victim)));
    match fault {
        Fault::Crash | Fault::CrashAll | Fault::Partition | Fault::Slow => true,
        Fault::Sleep | Fault::Wipe => without_it(),
        // Some keep all blocks, or whoever is wiped next would ask in vain.
        Fault::Restore => {
            let others = (0..ALL).filter(|at| *at != victim);
            let firsts = others.filter_map(|at| world.nodes[at].door.now(|chain| chain.first()));
            let whole = firsts.filter(|first| first.get() <= 1).count();
            let can = |chain: &mut assay_chain::Chain| chain.snapshot().is_some();
            2 <= whole && without_it() && world.nodes[source(world, victim)].door.now(can).unwrap()
        }
        Fault::Betray => {
            let is_first = world.nodes.iter().all(|node| node.role != Role::Twice);
            is_first && world.seated().contains(&victim) && without_it()
        }
    }
}

/// Whose state another one begins with.
fn source(world: &World, victim: usize) -> usize {
    (0..ALL).find(|at| *at != victim && world.nodes[*at].door.now(|_| ()).is_some()).unwrap()
}

/// Does it, waits a while, and mends it, if it can be mended.
async fn strike(world: &mut World, (fault, victim): (Fault, usize), time: Duration, part: u8) {
    match fault {
        Fault::Crash => {
            world.crash(victim);
            world.wait(time).await;
            world.start(victim).await;
        }
        Fault::CrashAll => {
            (0..ALL).for_each(|index| world.crash(index));
            world.wait(time).await;
            world.start_all().await;
        }
        Fault::Sleep => {
            world.crash(victim);
            for _ in 0..2 {
                world.epoch().await;
            }
            world.start(victim).await;
        }
        Fault::Wipe => {
            world.crash(victim);
            world.wait(time).await;
            world.wipe(victim);
            world.start(victim).await;
        }
        Fault::Restore => {
            world.crash(victim);
            world.wait(time).await;
            world.wipe(victim);
            world.restore(victim, source(world, victim));
            world.start(victim).await;
        }
        Fault::Partition => {
            let side = |at: usize| part >> at & 1;
            world.connect(|from, to| (side(from) == side(to)).then(good_link)).await;
            world.wait(time).await;
            world.connect(|_, _| Some(good_link())).await;
        }
        Fault::Slow => {
            world.connect(|_, _| Some(link(200, 80, 0.9))).await;
            world.wait(time).await;
            world.connect(|_, _| Some(good_link())).await;
        }
        Fault::Betray => world.betray(victim).await,
    }
}

/// All know the same handovers, one more than the other. Returns how many there are.
fn check_handovers(world: &World) -> usize {
    let mut longest: Vec<Handover> = Vec::new();
    for (index, node) in world.nodes.iter().enumerate() {
        let Some(known) = node.door.now(|chain| chain.handovers(0).unwrap()) else { continue };
        let both = known.len().min(longest.len());
        let entries = |list: &[Handover]| -> Vec<_> {
            list[..both].iter().map(|one| (one.entry.clone(), one.certified.header)).collect()
        };
        assert_eq!(entries(&known), entries(&longest), "handovers of {index}");
        if longest.len() < known.len() {
            longest = known;
        }
    }
    longest.len()
}

/// Who was convicted, and when.
fn convicted(world: &World) -> Option<(usize, Height)> {
    let found = (0..ALL).filter_map(|index| {
        let address = world.owner(index);
        let stake = world.top().now(|chain| chain.state().stake(&address).cloned()).unwrap();
        Some((index, stake?.convicted?))
    });
    let found: Vec<_> = found.collect();
    assert!(found.len() <= 1, "{found:?}");
    found.first().copied()
}

/// Nobody is accused, and nobody convicted, but who has turned bad.
fn check_convicted(world: &World) {
    let bad = world.nodes.iter().position(|node| node.role == Role::Twice);
    let key = bad.map(|index| world.registration(index).vote);
    let evidence = world.nodes.iter().flat_map(|node| node.faults.evidence());
    let evidence: Vec<DoubleVote> = evidence.collect();
    assert!(evidence.iter().all(|one| Some(one.guilty) == key), "{bad:?} {evidence:?}");
    if let Some((index, height)) = convicted(world) {
        assert_eq!(Some(index), bad, "convicted at {height}");
    }
}
