//! Threads that are held at a gate, so that what waits can be looked at.

use super::{Full, Pool, Turn, Verify};
use assay_chain::{Answer, Verification};
use assay_model::{Architecture, ops::tree};
use assay_types::statement::{Context, Delivery};
use assay_types::{FieldDigest, ModelCommitment};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

/// What `ORDINARY` says.
const PROOFS_MAX: usize = 128;

/// Proofs that are none, each another one.
pub(crate) fn proofs(numbers: impl IntoIterator<Item = usize>) -> Vec<Verification> {
    numbers.into_iter().map(|number| proof(number, 8)).collect()
}

fn proof(number: usize, bytes: usize) -> Verification {
    let some = FieldDigest::new([1; 8]).unwrap();
    let statement = Delivery {
        context: Context::default(),
        architecture: Architecture::DecisionTree(tree::Bounds::new(1, 2, 1, 3).unwrap()),
        model: ModelCommitment(some),
        key_hash: some,
        secret_hash: some,
        ciphertext: assay_codec::Digest::default(),
    };
    let mut proof = number.to_le_bytes().to_vec();
    proof.resize(bytes, 0);
    Verification::delivery(statement, vec![1], proof)
}

/// Where verifications stop until they are let through; when it is dropped, all are.
pub(crate) struct Gate {
    arrived: Receiver<()>,
    go: Sender<()>,
}

impl Gate {
    pub(crate) fn new() -> (Self, Box<Verify>) {
        let ((tell, arrived), (go, let_through)) = (channel(), channel());
        let (tell, let_through) = (Mutex::new(tell), Mutex::new(let_through));
        let verify = move |proof: &Verification| {
            // Nobody looks any more once the gate is gone.
            let _ = tell.lock().unwrap().send(());
            let _ = let_through.lock().unwrap().recv();
            proof.answer()
        };
        (Self { arrived, go }, Box::new(verify))
    }

    /// Waits until a verification has begun.
    pub(crate) fn arrived(&self) {
        self.arrived.recv().unwrap();
    }

    /// Whether one has begun.
    pub(crate) fn is_quiet(&self) -> bool {
        self.arrived.try_recv().is_err()
    }

    /// Lets one through.
    pub(crate) fn open(&self) {
        self.go.send(()).unwrap();
    }
}

/// Asks, and returns where the answers will come.
fn ask(
    pool: &Pool,
    turn: Turn,
    numbers: impl IntoIterator<Item = usize>,
) -> Result<Receiver<Vec<Answer>>, Full> {
    let (tell, told) = channel();
    pool.push(turn, proofs(numbers), Box::new(move |answers| drop(tell.send(answers))))?;
    Ok(told)
}

#[test]
fn everybody_hears_what_was_found_about_all_that_was_asked() {
    let pool = Pool::start(2, true, Box::new(Verification::answer));
    assert_eq!(ask(&pool, Turn::Urgent, []).unwrap().recv().unwrap(), []);
    let told: Vec<_> = (0..20).map(|at| ask(&pool, Turn::Ordinary, at..at + 3).unwrap()).collect();
    for (at, told) in told.into_iter().enumerate() {
        let mut got: Vec<_> = told.recv().unwrap().iter().map(|it| *it.question()).collect();
        let mut asked: Vec<_> = proofs(at..at + 3).iter().map(|it| *it.question()).collect();
        got.sort_unstable();
        asked.sort_unstable();
        assert_eq!(got, asked);
    }
    assert_eq!((pool.counts().waiting, pool.counts().refused), (0, 0));
}

#[test]
fn what_several_ask_at_once_is_verified_once() {
    let (gate, verify) = Gate::new();
    let pool = Pool::start(1, false, verify);
    let first = ask(&pool, Turn::Ordinary, [1]).unwrap();
    gate.arrived();
    // It is being verified, and then 2 waits.
    let others = [Turn::Ordinary, Turn::Urgent].map(|turn| ask(&pool, turn, [1, 2, 2]).unwrap());
    assert_eq!(pool.counts().waiting, 1);
    gate.open();
    assert_eq!(first.recv().unwrap().len(), 1);
    gate.arrived();
    gate.open();
    for other in others {
        assert_eq!(other.recv().unwrap().len(), 2);
    }
    assert_eq!(pool.counts().verified, 2);
}

#[test]
fn what_a_proposal_needs_goes_before_what_was_handed_in() {
    let (gate, verify) = Gate::new();
    let pool = Pool::start(1, true, verify);
    let handed_in = ask(&pool, Turn::Ordinary, [1, 2, 3]).unwrap();
    gate.arrived();
    // The other thread takes nothing of that, but what is urgent, even if it stands in the ordinary line too.
    let proposal = ask(&pool, Turn::Urgent, [3, 4]).unwrap();
    gate.arrived();
    assert!(gate.is_quiet());
    (0..4).for_each(|_| gate.open());
    assert_eq!(proposal.recv().unwrap().len(), 2);
    assert_eq!(handed_in.recv().unwrap().len(), 3);
    assert_eq!((pool.counts().verified, pool.counts().waiting), (4, 0));
}

#[test]
fn a_verification_that_panics_keeps_nobody_waiting_and_ends_no_thread() {
    let bad = *proof(2, 8).question();
    let verify = move |proof: &Verification| {
        assert_ne!(*proof.question(), bad, "on purpose");
        proof.answer()
    };
    let pool = Pool::start(1, false, Box::new(verify));
    for _ in 0..3 {
        assert_eq!(ask(&pool, Turn::Ordinary, [1, 2, 3]).unwrap().recv().unwrap().len(), 2);
    }
    let counts = pool.counts();
    assert_eq!((counts.verified, counts.failed, counts.waiting), (6, 3, 0));
}

#[test]
fn a_full_pool_refuses_and_keeps_nothing() {
    let (gate, verify) = Gate::new();
    let pool = Pool::start(1, false, verify);
    let first = ask(&pool, Turn::Ordinary, [0]).unwrap();
    gate.arrived();
    let many = ask(&pool, Turn::Ordinary, 1..PROOFS_MAX).unwrap();
    assert!(ask(&pool, Turn::Ordinary, [1000, 1001]).is_err());
    assert_eq!((pool.counts().waiting, pool.counts().refused), (PROOFS_MAX as u64 - 1, 1));
    // One is left; and what is in flight needs no room.
    let last = ask(&pool, Turn::Ordinary, [1000]).unwrap();
    assert!(ask(&pool, Turn::Ordinary, [1001]).is_err());
    let known = ask(&pool, Turn::Ordinary, [0, 1000]).unwrap();
    // Proposals have room of their own.
    let urgent = ask(&pool, Turn::Urgent, [1001]).unwrap();
    drop(gate);
    for (told, count) in [(first, 1), (many, PROOFS_MAX - 1), (last, 1), (known, 2), (urgent, 1)] {
        assert_eq!(told.recv().unwrap().len(), count);
    }
    assert_eq!((pool.counts().verified, pool.counts().waiting), (PROOFS_MAX as u64 + 2, 0));
}

#[test]
fn the_bytes_that_wait_are_bounded() {
    let (gate, verify) = Gate::new();
    let pool = Pool::start(1, false, verify);
    let push = |turn, number| pool.push(turn, vec![proof(number, 20 << 20)], Box::new(drop));
    push(Turn::Ordinary, 0).unwrap();
    gate.arrived();
    (1..4).for_each(|number| push(Turn::Ordinary, number).unwrap());
    assert_eq!(push(Turn::Ordinary, 4), Err(Full));
    (4..7).for_each(|number| push(Turn::Urgent, number).unwrap());
    assert_eq!(push(Turn::Urgent, 7), Err(Full));
}

#[test]
fn nobody_waits_for_a_pool_that_is_gone() {
    let (gate, verify) = Gate::new();
    let pool = Pool::start(1, false, verify);
    let told = ask(&pool, Turn::Ordinary, [1, 2]).unwrap();
    gate.arrived();
    drop(pool);
    assert!(told.recv().is_err());
}
