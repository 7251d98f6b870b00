//! What waits for the chain: three lanes, one before the other.
//!
//! The consensus asks in the urgent lane, so that no crowd of readers can make a validator miss its turn. It has
//! few questions open at a time. Then come transactions whose proofs were verified; there are no more of them than
//! proofs in flight. Everybody else shares a lane that is bounded.

use super::desk::Desk;
use super::mailbox::Gone;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Most questions that wait in the ordinary lane.
const WAITING_MAX: usize = 256;

/// A question.
pub(super) type Question = Box<dyn FnOnce(&mut Desk) + Send>;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// The consensus.
    Urgent,
    /// What was looked at before, and goes on.
    Verified,
    /// Everybody else.
    Ordinary,
}

/// What there is to do.
pub(super) enum Next {
    /// Answer this.
    Question(Question),
    /// Nothing was asked in time.
    Nothing,
    /// Nobody can ask any more.
    End,
}

/// The lanes.
#[derive(Default)]
pub(super) struct Lanes {
    queues: Mutex<Queues>,
    wake: Condvar,
}

#[derive(Default)]
struct Queues {
    urgent: VecDeque<Question>,
    verified: VecDeque<Question>,
    ordinary: VecDeque<Question>,
    is_closed: bool,
}

impl Lanes {
    /// Puts a question at the end of its lane.
    pub(super) fn push(&self, lane: Lane, question: Question) -> Result<(), Gone> {
        let mut queues = self.lock();
        if queues.is_closed {
            return Err(Gone::Ended);
        }
        match lane {
            Lane::Urgent => queues.urgent.push_back(question),
            Lane::Verified => queues.verified.push_back(question),
            Lane::Ordinary if WAITING_MAX <= queues.ordinary.len() => return Err(Gone::Busy),
            Lane::Ordinary => queues.ordinary.push_back(question),
        }
        drop(queues);
        self.wake.notify_one();
        Ok(())
    }

    /// Waits for a question, until `due` if there is such a time.
    pub(super) fn pop(&self, due: Option<Instant>) -> Next {
        let mut queues = self.lock();
        loop {
            let first = queues.urgent.pop_front().or_else(|| queues.verified.pop_front());
            if let Some(question) = first.or_else(|| queues.ordinary.pop_front()) {
                return Next::Question(question);
            }
            if queues.is_closed {
                return Next::End;
            }
            queues = match due.map(|due| due.saturating_duration_since(Instant::now())) {
                Some(left) if left.is_zero() => return Next::Nothing,
                Some(left) => {
                    self.wake.wait_timeout(queues, left).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.wake.wait(queues).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Takes no more questions. What waits is answered, if somebody still answers.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.wake.notify_all();
    }

    /// Takes no more questions, and forgets those that wait.
    pub(super) fn abandon(&self) {
        let mut queues = self.lock();
        queues.is_closed = true;
        queues.urgent.clear();
        queues.verified.clear();
        queues.ordinary.clear();
    }

    /// Nothing is left halfway while the lock is held, so that a panic elsewhere has spoilt nothing.
    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
