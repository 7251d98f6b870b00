//! How JavaScript calls the verifier.
//!
//! 1. `part(which, length)` makes room for a part of the evidence, and says where in memory its bytes are to be written:
//!    0 the receipt, 1 the genesis, 2 the proof, 3 the rows. It answers 0 if there is no such part, or it may not be so long.
//! 2. `blobs()` answers 1 if the first part is a receipt, else 0; either way there is a document then, of UTF-8: the names of the
//!    blobs that parts 2 and 3 are to be filled with, or the problem.
//! 3. `verify()` answers 1 if the receipt holds, else 0; the document is the report or the problem.
//! 4. `answer()` says where it is, `answer_length()` how long.
//!
//! An instance is used once and thrown away, so that nothing of one receipt is there at the next. Where the verifier itself fails
//! (that would be a fault of it), the instance traps, and the page says that nothing was verified.

use crate::{Evidence, blobs as named, verify as check};
use assay_api::Problem;
use serde_json::Value;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Longest part, in bytes. No receipt, proof or test set of a sale is longer: a node's transaction is not.
pub const PART_BYTES_MAX: usize = 8 << 20;

/// What was written so far, and what was answered.
struct State {
    parts: [Vec<u8>; 4],
    answer: String,
}

static STATE: Mutex<State> =
    Mutex::new(State { parts: [const { Vec::new() }; 4], answer: String::new() });

impl State {
    /// 1 for a document, 0 for a problem.
    fn say(&mut self, said: Result<Value, Problem>) -> u32 {
        let (is_good, document) = match said {
            Ok(document) => (1, document),
            Err(problem) => (0, problem.to_json()),
        };
        self.answer = document.to_string();
        is_good
    }
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes room for a part of the evidence, and says where.
#[allow(unsafe_code, reason = "a name that JavaScript knows; nobody else exports it")]
#[unsafe(no_mangle)]
pub extern "C" fn part(which: usize, length: usize) -> *mut u8 {
    let mut state = state();
    match state.parts.get_mut(which) {
        Some(part) if length <= PART_BYTES_MAX => {
            *part = vec![0; length];
            part.as_mut_ptr()
        }
        _ => std::ptr::null_mut(),
    }
}

/// Says which blobs the receipt that was written needs. 1 if it is one.
#[allow(unsafe_code, reason = "a name that JavaScript knows; nobody else exports it")]
#[unsafe(no_mangle)]
pub extern "C" fn blobs() -> u32 {
    let mut state = state();
    let [receipt, ..] = &state.parts;
    let said = named(receipt);
    state.say(said)
}

/// Verifies what was written. 1 if it holds.
#[allow(unsafe_code, reason = "a name that JavaScript knows; nobody else exports it")]
#[unsafe(no_mangle)]
pub extern "C" fn verify() -> u32 {
    let mut state = state();
    let [receipt, genesis, proof, rows] = &state.parts;
    let said = check(Evidence { receipt, genesis, proof, rows });
    state.say(said)
}

/// Where the answer is.
#[allow(unsafe_code, reason = "a name that JavaScript knows; nobody else exports it")]
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> *const u8 {
    state().answer.as_ptr()
}

/// How long the answer is.
#[allow(unsafe_code, reason = "a name that JavaScript knows; nobody else exports it")]
#[unsafe(no_mangle)]
pub extern "C" fn answer_length() -> usize {
    state().answer.len()
}
