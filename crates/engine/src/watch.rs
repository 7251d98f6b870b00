//! Who follows a proof as it is made, and may stop it.

use std::ops::ControlFlow;

/// Is told the name of each phase of a proof as it begins, and again while a long one goes on.
///
/// Closures are such: one that returns nothing never stops the proof, one that returns
/// [`ControlFlow::Break`] does, at once. What is stopped leaves nothing behind, and its seed is
/// spent.
pub trait Watch {
    /// Hears of a phase.
    fn phase(&mut self, name: &'static str) -> Result<(), Cancelled>;
}

/// Is told of the phases.
pub type Progress<'a> = &'a mut dyn Watch;

/// The proof was not wanted any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled, nothing was proven")]
pub struct Cancelled;

/// What a closure says to a phase.
pub trait Answer {
    /// Whether the proof goes on.
    fn goes_on(self) -> bool;
}

impl Answer for () {
    fn goes_on(self) -> bool {
        true
    }
}

impl Answer for ControlFlow<()> {
    fn goes_on(self) -> bool {
        self.is_continue()
    }
}

impl<F: FnMut(&'static str) -> A, A: Answer> Watch for F {
    fn phase(&mut self, name: &'static str) -> Result<(), Cancelled> {
        if self(name).goes_on() { Ok(()) } else { Err(Cancelled) }
    }
}
