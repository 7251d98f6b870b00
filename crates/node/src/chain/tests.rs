//! The thread of the chain while proofs are verified: held at a gate, they take as long as a test wants.

#[path = "../../tests/sim/sale.rs"]
mod sale;

use super::{Gone, Mailbox, Pace, Refused, start};
use crate::consensus::Door;
use crate::pool::tests::{Gate, proofs};
use crate::pool::{Pool, Turn};
use assay_api::Submission;
use assay_chain::{Chain, Error, SubmitError};
use assay_codec::Digest;
use assay_types::{Amount, Genesis, Height, Parameters};
use assay_wallet::{Cost, Keys, Wallet};
use sale::Sale;
use std::future::Future;
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::oneshot::error::TryRecvError;
use tokio::sync::oneshot::{Receiver, channel};

type Taken = Result<Result<Digest, Refused>, Gone>;

/// A chain that is waiting for a proof, and makes no block by itself.
struct World {
    mailbox: Mailbox,
    actor: JoinHandle<Result<(), Error>>,
    runtime: tokio::runtime::Runtime,
    sale: Sale,
    deadline: Height,
    _dir: TempDir,
}

fn genesis(owner: &Keys) -> Genesis {
    let parameters = Parameters {
        fee: Amount::new(2),
        proof_fee: Amount::new(3),
        blob_fee: Amount::new(1),
        fee_burn_ppm: 500_000,
        listing_burn: Amount::new(5),
        sale_burn_ppm: 50_000,
        sale_burn_min: Amount::new(1),
        window_min: 2,
        window_max: 1000,
    };
    let authority = Keys::from_seed(&[1; 32]).address();
    let balances = vec![(owner.address(), Amount::new(1_000_000))];
    Genesis::new(7, 1_000, authority, parameters, balances).unwrap()
}

impl World {
    fn new(pool: Pool) -> Self {
        let (dir, owner) = (tempfile::tempdir().unwrap(), Keys::from_seed(&[2; 32]));
        let (cheap, seed) = (Cost::new(8, 1, 1).unwrap(), Keys::from_seed(&[1; 32]));
        let mut random = |out: &mut [u8]| out.fill(5);
        let folder = dir.path().join("authority");
        let wallet = Wallet::create_with(&folder, seed, "x", cheap, &mut random).unwrap();
        let genesis = genesis(&owner);
        let mut chain = Chain::open(dir.path(), &genesis, wallet).unwrap();
        let mut sale = Sale::new(&genesis, owner);
        for Submission { tx, blobs } in sale.steps() {
            chain.submit(tx, blobs).unwrap();
            let results = chain.produce(2_000).unwrap().results;
            assert!(results.iter().all(|(_, result)| result.as_ref().unwrap().failure.is_none()));
        }
        let deadline = chain.state().job(&sale.job()).unwrap().deadline;
        let never = Pace::Every { interval: Duration::from_secs(1_000_000), is_eager: false };
        let (mailbox, actor) = start(chain, pool, never, || 3_000);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build();
        Self { mailbox, actor, runtime: runtime.unwrap(), sale, deadline, _dir: dir }
    }

    /// With one thread that verifies, held at a gate.
    fn gated() -> (Self, Gate) {
        let (gate, verify) = Gate::new();
        (Self::new(Pool::start(1, false, verify)), gate)
    }

    /// Another proof that is none.
    fn miss(&mut self, number: u8) -> Submission {
        self.sale.false_miss(self.deadline, number)
    }

    /// Hands in; what becomes of it is heard later.
    fn submit(&self, submission: Submission) -> Receiver<Taken> {
        let (tell, told) = channel();
        let taken = self.mailbox.submit(submission);
        self.runtime.spawn(async move { tell.send(taken.await) });
        told
    }

    fn ask<T: Send + 'static>(&self, question: fn(&mut Chain) -> T) -> T {
        self.runtime.block_on(self.mailbox.ask(question)).unwrap()
    }

    fn wait<T>(&self, it: impl Future<Output = T>) -> T {
        self.runtime.block_on(it)
    }

    #[track_caller]
    fn taken(&self, told: Receiver<Taken>) -> Digest {
        self.wait(told).unwrap().unwrap().unwrap()
    }

    #[track_caller]
    fn refused(&self, told: Receiver<Taken>) -> Refused {
        self.wait(told).unwrap().unwrap().unwrap_err()
    }
}

#[test]
fn the_chain_answers_while_a_proof_is_verified() {
    let (mut world, gate) = World::gated();
    let miss = world.miss(1);
    let (digest, mut told) = (miss.tx.digest(), world.submit(miss));
    gate.arrived();
    assert_eq!(world.ask(|chain| (chain.height().get(), chain.pending())), (5, 0));
    // The consensus is answered too, and blocks are made.
    let made = Door::ask(&world.mailbox, |chain| chain.produce(4_000).unwrap());
    assert!(world.wait(made).unwrap().results.is_empty());
    assert_eq!(told.try_recv().unwrap_err(), TryRecvError::Empty);
    gate.open();
    assert_eq!(world.taken(told), digest);
    let produced = world.ask(|chain| chain.produce(5_000).unwrap());
    assert!(produced.results[0].1.as_ref().unwrap().failure.is_some());
    assert_eq!(world.ask(|chain| (chain.verifications(), chain.verifications_in_place())), (1, 0));
}

/// The first one pays for its proof; what would use its number is not looked at before.
#[test]
fn the_transactions_of_a_sender_have_their_proofs_verified_one_after_the_other() {
    let (mut world, gate) = World::gated();
    let first = world.miss(1);
    world.sale.nonce -= 1;
    let rivals = [2, 3].map(|number| {
        world.sale.nonce = first.tx.tx.nonce;
        world.miss(number)
    });
    let (next, again) = (world.miss(4), first.clone());
    let first = world.submit(first);
    gate.arrived();
    let rivals = rivals.map(|rival| world.submit(rival));
    let again = world.submit(again);
    let next = world.submit(next);
    gate.open();
    world.taken(first);
    for rival in rivals.into_iter().chain([again]) {
        let refused = world.refused(rival);
        assert!(matches!(refused, Refused::Chain(SubmitError::Rejected(_))), "{refused}");
    }
    gate.arrived();
    gate.open();
    world.taken(next);
    assert_eq!(world.mailbox.verifications().verified, 2);
    assert_eq!(world.ask(|chain| (chain.pending(), chain.verifications_in_place())), (2, 0));
}

#[test]
fn who_hangs_up_is_charged_all_the_same() {
    let (mut world, gate) = World::gated();
    let (first, next) = (world.miss(1), world.miss(2));
    drop(world.mailbox.submit(first));
    gate.arrived();
    let next = world.submit(next);
    gate.open();
    gate.open();
    world.taken(next);
    assert_eq!(world.ask(|chain| chain.pending()), 2);
}

#[test]
fn nobody_stands_in_the_line_of_another() {
    let (mut world, gate) = World::gated();
    let (first, next) = (world.miss(1), world.miss(2));
    let first = world.submit(first);
    gate.arrived();
    let mut forged = next.clone();
    forged.tx.tx.max_fee = Amount::new(99);
    // It is told at once, while the gate is closed.
    let refused = world.refused(world.submit(forged));
    assert!(matches!(refused, Refused::Chain(SubmitError::Rejected(_))), "{refused}");
    drop(gate);
    world.taken(first);
    world.taken(world.submit(next));
}

#[test]
fn the_line_of_a_sender_is_bounded() {
    let (mut world, gate) = World::gated();
    let first = world.miss(0);
    let first = world.submit(first);
    gate.arrived();
    let mut behind: Vec<_> = (1..=65).map(|number| world.miss(number)).collect();
    let last = behind.pop().unwrap();
    let behind: Vec<_> = behind.into_iter().map(|miss| world.submit(miss)).collect();
    let refused = world.refused(world.submit(last));
    assert!(matches!(refused, Refused::Behind), "{refused}");
    drop(gate);
    world.taken(first);
    for told in behind {
        world.taken(told);
    }
}

#[test]
fn what_finds_no_room_among_the_proofs_is_refused_and_can_come_again() {
    let (mut world, gate) = World::gated();
    world.mailbox.pool.push(Turn::Ordinary, proofs(0..1), Box::new(drop)).unwrap();
    gate.arrived();
    let (tell, full) = std::sync::mpsc::channel();
    let done = Box::new(move |_| tell.send(()).unwrap());
    world.mailbox.pool.push(Turn::Ordinary, proofs(1..129), done).unwrap();
    let miss = world.miss(1);
    let refused = world.refused(world.submit(miss.clone()));
    assert!(matches!(refused, Refused::Proofs(_)), "{refused}");
    assert_eq!(world.mailbox.verifications().refused, 1);
    drop(gate);
    full.recv().unwrap();
    world.taken(world.submit(miss));
}

#[test]
fn a_verification_that_breaks_off_is_made_by_the_chain() {
    let mut world = World::new(Pool::start(1, false, Box::new(|_| panic!("on purpose"))));
    let miss = world.miss(1);
    world.taken(world.submit(miss));
    assert_eq!(world.mailbox.verifications().failed, 1);
    assert_eq!(world.ask(|chain| (chain.pending(), chain.verifications_in_place())), (1, 1));
}

#[test]
fn the_chain_ends_while_a_proof_is_verified() {
    let (mut world, gate) = World::gated();
    let miss = world.miss(1);
    let told = world.submit(miss);
    gate.arrived();
    let World { mailbox, actor, runtime, .. } = world;
    drop(mailbox);
    actor.join().unwrap().unwrap();
    assert!(matches!(runtime.block_on(told).unwrap(), Err(Gone::Ended)));
}
