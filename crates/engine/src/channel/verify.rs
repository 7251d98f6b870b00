//! The verifier's end. Total: any messages give expressions or a [`Rejection`].
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Messages, Rejection};
use crate::cells::Layout;
use crate::challenger::Challenger;
use crate::field::EF;
use crate::linear::Linear;
use crate::pads::{Column, Region};
use p3_challenger::FieldChallenger;
use p3_field::PrimeCharacteristicRing;

/// Expressions for two hidden scalars and their product.
#[derive(Clone, Debug)]
pub struct Product {
    /// The first.
    pub x: Linear,
    /// The second.
    pub y: Linear,
    /// x·y.
    pub xy: Linear,
}

/// Where challenges come from.
#[derive(Clone, Debug)]
enum Source {
    /// Fiat-Shamir.
    Live(Box<Challenger>),
    /// Chosen beforehand, for tests in which only the algebra can reject.
    Programmed(std::vec::IntoIter<EF>),
}

/// Receives hidden scalars as expressions in their pads.
#[derive(Clone, Debug)]
pub struct Verifier<'a> {
    source: Source,
    region: &'a Region,
    hidden: std::slice::Iter<'a, EF>,
    clear: std::slice::Iter<'a, EF>,
    linear: usize,
    pairs: usize,
    cubes: usize,
    drawn: Vec<EF>,
}

impl<'a> Verifier<'a> {
    /// Starts behind the commitment.
    pub(crate) fn new(challenger: Challenger, layout: &'a Layout, messages: &'a Messages) -> Self {
        Self::from_source(Source::Live(Box::new(challenger)), layout, messages)
    }

    /// Starts with challenges chosen beforehand: for simulators and frozen-challenge tests only.
    /// What it accepts is no proof.
    pub fn programmed(challenges: Vec<EF>, layout: &'a Layout, messages: &'a Messages) -> Self {
        Self::from_source(Source::Programmed(challenges.into_iter()), layout, messages)
    }

    fn from_source(source: Source, layout: &'a Layout, messages: &'a Messages) -> Self {
        Self {
            source,
            region: layout.region(),
            hidden: messages.hidden.iter(),
            clear: messages.clear.iter(),
            linear: 0,
            pairs: 0,
            cubes: 0,
            drawn: Vec::new(),
        }
    }

    /// Receives a hidden scalar.
    pub fn recv(&mut self) -> Result<Linear, Rejection> {
        if self.linear >= self.region.linear_count() {
            return Err(Rejection::Budget("linear pads"));
        }
        let address = self.region.linear(self.linear);
        self.linear = self.linear.saturating_add(1);
        self.recv_at(address)
    }

    /// Receives `N` hidden scalars.
    pub fn recv_array<const N: usize>(&mut self) -> Result<[Linear; N], Rejection> {
        let mut all = std::array::from_fn(|_| Linear::default());
        for one in &mut all {
            *one = self.recv()?;
        }
        Ok(all)
    }

    /// Receives two hidden scalars, with an expression for their product.
    pub fn recv_pair(&mut self) -> Result<Product, Rejection> {
        if self.pairs >= self.region.budget().pairs {
            return Err(Rejection::Budget("pairs"));
        }
        let row = self.pairs;
        self.pairs = self.pairs.saturating_add(1);
        let address = |column| self.region.product(column, row);
        let (a, b, e) = (address(Column::A), address(Column::B), address(Column::E));
        let x = self.recv_at(a)?;
        let y = self.recv_at(b)?;
        let (c, d) = (x.constant, y.constant);
        let xy = Linear { constant: c * d, terms: vec![(a, -d), (b, -c), (e, EF::ONE)] };
        Ok(Product { x, y, xy })
    }

    /// Receives a hidden scalar, with an expression for its cube.
    pub fn recv_cube(&mut self) -> Result<(Linear, Linear), Rejection> {
        let budget = self.region.budget();
        if self.cubes >= budget.cubes {
            return Err(Rejection::Budget("cubes"));
        }
        let row = budget.pairs.saturating_add(self.cubes);
        self.cubes = self.cubes.saturating_add(1);
        let address = |column| self.region.product(column, row);
        let (a, a2, a3) = (address(Column::A), address(Column::B), address(Column::E));
        let x = self.recv_at(a)?;
        let c = x.constant;
        let three_c = c.double() + c;
        let terms = vec![(a, -(three_c * c)), (a2, three_c), (a3, -EF::ONE)];
        Ok((x, Linear { constant: c * c * c, terms }))
    }

    /// Receives a scalar sent as it is.
    pub fn clear(&mut self) -> Result<EF, Rejection> {
        let x = *self.clear.next().ok_or(Rejection::Short)?;
        self.observe(x);
        Ok(x)
    }

    /// Receives `N` scalars sent as they are.
    pub fn clear_array<const N: usize>(&mut self) -> Result<[EF; N], Rejection> {
        let mut all = [EF::ZERO; N];
        for one in &mut all {
            *one = self.clear()?;
        }
        Ok(all)
    }

    /// Draws the next challenge.
    pub fn challenge(&mut self) -> EF {
        let challenge = match &mut self.source {
            Source::Live(challenger) => challenger.sample_algebra_element(),
            Source::Programmed(challenges) => challenges.next().unwrap_or(EF::ONE),
        };
        self.drawn.push(challenge);
        challenge
    }

    /// Draws `count` challenges.
    pub fn challenges(&mut self, count: usize) -> Vec<EF> {
        (0..count).map(|_| self.challenge()).collect()
    }

    /// The challenges drawn so far.
    pub fn drawn(&self) -> &[EF] {
        &self.drawn
    }

    pub(crate) fn recv_at(&mut self, address: usize) -> Result<Linear, Rejection> {
        let constant = *self.hidden.next().ok_or(Rejection::Short)?;
        self.observe(constant);
        Ok(Linear { constant, terms: vec![(address, -EF::ONE)] })
    }

    pub(crate) fn region(&self) -> &'a Region {
        self.region
    }

    /// Checks that the circuit used its budget to the last pad; the product check's own pads are
    /// not counted.
    pub(crate) fn check_budget(&self) -> Result<(), Rejection> {
        let budget = self.region.budget();
        if self.linear != budget.linear {
            return Err(Rejection::Budget("linear pads"));
        }
        if self.pairs != budget.pairs {
            return Err(Rejection::Budget("pairs"));
        }
        if self.cubes != budget.cubes {
            return Err(Rejection::Budget("cubes"));
        }
        Ok(())
    }

    /// Checks that nothing is left of the proof; gives back the challenger for the opening.
    pub(crate) fn finish(mut self) -> Result<Option<Challenger>, Rejection> {
        if self.hidden.next().is_some() || self.clear.next().is_some() {
            return Err(Rejection::Long);
        }
        Ok(match self.source {
            Source::Live(challenger) => Some(*challenger),
            Source::Programmed(_) => None,
        })
    }

    fn observe(&mut self, x: EF) {
        if let Source::Live(challenger) = &mut self.source {
            challenger.observe_algebra_element(x);
        }
    }
}
