//! Proofs that wait to be verified, and who waits for them. No threads here.

use super::Full;
use assay_chain::{Answer, Question, Verification};
use std::collections::{BTreeMap, VecDeque};

/// Most proofs that may wait when one more of a transaction comes: a second or two.
const ORDINARY: Room = Room { proofs: 128, bytes: 64 << 20 };
/// The same for those of proposals: some blocks that compete.
const URGENT: Room = Room { proofs: 512, bytes: 128 << 20 };

/// What is told what was found.
pub(crate) type Done = Box<dyn FnOnce(Vec<Answer>) + Send>;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The consensus.
    Urgent,
    /// Those who hand in.
    Ordinary,
}

#[derive(Clone, Copy, Debug)]
struct Room {
    proofs: usize,
    bytes: usize,
}

/// Proofs that wait or are being verified.
#[derive(Default)]
pub(super) struct Queue {
    flights: BTreeMap<Question, Flight>,
    batches: BTreeMap<u64, Batch>,
    /// Number of the next batch.
    next: u64,
    urgent: VecDeque<Question>,
    ordinary: VecDeque<Question>,
    /// Proofs that no thread has taken, and their bytes.
    proofs: usize,
    bytes: usize,
    is_closed: bool,
}

/// A proof, and the batches that wait for it.
struct Flight {
    /// `None` once a thread has it.
    verification: Option<Verification>,
    batches: Vec<u64>,
}

/// What was asked at once.
struct Batch {
    /// How many of its proofs are in flight.
    left: usize,
    answers: Vec<Answer>,
    done: Done,
}

impl Queue {
    /// Takes all of a batch, or nothing of it. Gives `done` back if there is nothing to wait for.
    pub(super) fn push(
        &mut self,
        turn: Turn,
        proofs: Vec<Verification>,
        done: Done,
    ) -> Result<Option<Done>, Full> {
        let asked: BTreeMap<_, _> = proofs.into_iter().map(|it| (*it.question(), it)).collect();
        if asked.is_empty() || self.is_closed {
            return Ok(Some(done));
        }
        let room = if turn == Turn::Urgent { URGENT } else { ORDINARY };
        let new = asked.iter().filter(|(question, _)| !self.flights.contains_key(question));
        let (count, bytes) =
            new.fold((0, 0), |(count, bytes), (_, new)| (count + 1, bytes + new.bytes()));
        if 0 < count && (room.proofs < self.proofs + count || room.bytes < self.bytes + bytes) {
            return Err(Full);
        }
        let number = self.next;
        self.next += 1;
        self.batches.insert(number, Batch { left: asked.len(), answers: Vec::new(), done });
        for (question, verification) in asked {
            self.board(turn, number, question, verification);
        }
        Ok(None)
    }

    fn board(&mut self, turn: Turn, batch: u64, question: Question, verification: Verification) {
        let line = if turn == Turn::Urgent { &mut self.urgent } else { &mut self.ordinary };
        if let Some(flight) = self.flights.get_mut(&question) {
            flight.batches.push(batch);
            if turn == Turn::Urgent && flight.verification.is_some() {
                // It is in the other line too; whichever comes first takes it.
                line.push_back(question);
            }
            return;
        }
        self.proofs += 1;
        self.bytes += verification.bytes();
        line.push_back(question);
        let flight = Flight { verification: Some(verification), batches: vec![batch] };
        self.flights.insert(question, flight);
    }

    /// Takes the next proof for a thread that works for `turn`; what is urgent goes first.
    pub(super) fn pop(&mut self, turn: Turn) -> Option<Verification> {
        loop {
            let mut question = self.urgent.pop_front();
            if question.is_none() && turn == Turn::Ordinary {
                question = self.ordinary.pop_front();
            }
            let flight = self.flights.get_mut(&question?);
            // One that stood in both lines was taken, and perhaps answered.
            let Some(taken) = flight.and_then(|flight| flight.verification.take()) else {
                continue;
            };
            self.proofs -= 1;
            self.bytes -= taken.bytes();
            return Some(taken);
        }
    }

    /// Ends a flight, with an answer or without. Returns who is to be told what.
    pub(super) fn land(
        &mut self,
        question: &Question,
        answer: Option<Answer>,
    ) -> Vec<(Done, Vec<Answer>)> {
        let flight = self.flights.remove(question);
        let mut told = Vec::new();
        for number in flight.map(|flight| flight.batches).unwrap_or_default() {
            let Some(batch) = self.batches.get_mut(&number) else { continue };
            batch.answers.extend(answer);
            batch.left -= 1;
            if batch.left == 0
                && let Some(batch) = self.batches.remove(&number)
            {
                told.push((batch.done, batch.answers));
            }
        }
        told
    }

    /// How many proofs no thread has taken.
    pub(super) fn waiting(&self) -> usize {
        self.proofs
    }

    /// Forgets everything: nobody waits any more.
    pub(super) fn close(&mut self) {
        *self = Self { is_closed: true, ..Self::default() };
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }
}
