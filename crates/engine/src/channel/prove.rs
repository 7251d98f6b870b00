//! The prover's end.

use super::Messages;
use crate::cells::Layout;
use crate::challenger::Challenger;
use crate::field::{EF, F};
use crate::pads::{self, Column, Region};
use p3_challenger::FieldChallenger;

/// Sends scalars under their pads.
#[derive(Debug)]
pub struct Prover<'a> {
    challenger: Challenger,
    region: &'a Region,
    cells: &'a [F],
    messages: Messages,
    linear: usize,
    pairs: usize,
    cubes: usize,
    /// Challenges chosen beforehand instead of drawn.
    #[cfg(test)]
    programmed: Option<std::vec::IntoIter<EF>>,
}

impl<'a> Prover<'a> {
    /// Starts behind the commitment to `cells`, which hold the pads.
    pub(crate) fn new(challenger: Challenger, layout: &'a Layout, cells: &'a [F]) -> Self {
        let region = layout.region();
        let messages = Messages::default();
        Self {
            challenger,
            region,
            cells,
            messages,
            linear: 0,
            pairs: 0,
            cubes: 0,
            #[cfg(test)]
            programmed: None,
        }
    }

    /// From here on, challenges are these: tests look at messages as functions of the cells alone.
    #[cfg(test)]
    pub(crate) fn program(&mut self, challenges: Vec<EF>) {
        self.programmed = Some(challenges.into_iter());
    }

    /// The committed cells.
    pub fn cells(&self) -> &'a [F] {
        self.cells
    }

    /// Sends `x` hidden.
    pub fn hide(&mut self, x: EF) {
        let address = self.region.linear(self.linear);
        self.linear += 1;
        self.hide_at(x, address);
    }

    /// Sends `x` and `y` hidden; the verifier gets an expression for their product too.
    pub fn hide_pair(&mut self, x: EF, y: EF) {
        let row = self.pairs;
        self.pairs += 1;
        self.hide_at(x, self.region.product(Column::A, row));
        self.hide_at(y, self.region.product(Column::B, row));
    }

    /// Sends `x` hidden; the verifier gets an expression for its cube too.
    pub fn hide_cube(&mut self, x: EF) {
        let row = self.region.budget().pairs + self.cubes;
        self.cubes += 1;
        self.hide_at(x, self.region.product(Column::A, row));
    }

    /// Sends `x` as it is. The caller vouches that it is uniform, whatever the witness.
    pub fn clear(&mut self, x: EF) {
        self.challenger.observe_algebra_element(x);
        self.messages.clear.push(x);
    }

    /// Draws the next challenge.
    pub fn challenge(&mut self) -> EF {
        #[cfg(test)]
        if let Some(challenges) = &mut self.programmed {
            return challenges.next().expect("as many challenges as the protocol draws");
        }
        self.challenger.sample_algebra_element()
    }

    /// Draws `count` challenges.
    pub fn challenges(&mut self, count: usize) -> Vec<EF> {
        (0..count).map(|_| self.challenge()).collect()
    }

    pub(crate) fn hide_at(&mut self, x: EF, address: usize) {
        let hidden = x + pads::value(self.cells, address);
        self.challenger.observe_algebra_element(hidden);
        self.messages.hidden.push(hidden);
    }

    pub(crate) fn region(&self) -> &'a Region {
        self.region
    }

    pub(crate) fn messages(&self) -> &Messages {
        &self.messages
    }

    pub(crate) fn finish(self) -> (Messages, Challenger) {
        (self.messages, self.challenger)
    }
}
