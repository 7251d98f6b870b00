//! The verifier's half. Total: any statement, rows and bytes give `Ok` or a [`Rejection`].
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::closing::Closing;
use super::part;
use crate::accuracy::verify::{public, stated, verify_digest};
use crate::accuracy::{MODES, Rejection, Unfit};
use crate::circuit::Stated;
use assay_engine::session;
use assay_layers::{Claim, Labels, Rows};
use assay_model::Table;
use assay_types::statement::{PARTS_MAX, Parted};

/// A statement whose proofs are checked one after the other. It is proven when [`Checking::finish`]
/// says so.
#[derive(Debug)]
pub struct Checking<'a> {
    statement: &'a Parted,
    whole: Stated<'a>,
    table: &'a Table,
    next: usize,
}

/// What all parts say together, if the parts are those of the rows.
pub(super) fn whole(statement: &Parted) -> Result<Stated<'_>, Unfit> {
    if statement.whole.modes != MODES {
        return Err(Unfit::Hidden);
    }
    let whole = stated(&statement.whole)?;
    let parts = Parted::count(statement.whole.rows, statement.part_rows);
    let is_fit = 0 < parts && parts <= PARTS_MAX && parts == statement.sums.len();
    if is_fit { Ok(whole) } else { Err(Unfit::Parts) }
}

impl<'a> Checking<'a> {
    /// Begins, if the rows are the ones that the statement names.
    pub fn new(statement: &'a Parted, table: &'a Table) -> Result<Self, Unfit> {
        let whole = whole(statement)?;
        public(&statement.whole, &whole, table)?;
        Ok(Self { statement, whole, table, next: 0 })
    }

    /// Number of parts.
    pub fn parts(&self) -> usize {
        self.statement.sums.len()
    }

    /// Checks the proof of the next part.
    pub fn part(&mut self, proof: &[u8]) -> Result<(), Rejection> {
        check(self.statement, self.whole, self.table, self.next, proof)?;
        self.next = self.next.saturating_add(1);
        Ok(())
    }

    /// Checks the closing proof, behind that of the last part.
    pub fn finish(self, proof: &[u8]) -> Result<(), Rejection> {
        if self.next != self.parts() {
            return Err(Unfit::Parts.into());
        }
        let closing = Closing::new(self.statement, self.whole.goal).ok_or(Unfit::TooLarge)?;
        Ok(session::verify(&closing, &self.statement.part(self.next).0.0, proof)?)
    }
}

/// Checks the proof of part `index`.
pub(super) fn check(
    statement: &Parted,
    whole: Stated<'_>,
    table: &Table,
    index: usize,
    proof: &[u8],
) -> Result<(), Rejection> {
    let stated = part(statement, whole, index).ok_or(Unfit::Parts)?;
    let rows = rows(statement, table, index).ok_or(Unfit::Parts)?;
    let labels = Labels::Public(rows.labels());
    let claim = Claim { rows: Rows::Public(&rows), labels, goal: stated.goal };
    verify_digest(&statement.part(index), &stated, claim, proof)
}

/// The rows of part `index`.
pub(super) fn rows(statement: &Parted, table: &Table, index: usize) -> Option<Table> {
    let range = statement.rows(index);
    let features = table.schema().features().len();
    let (from, to) = (range.start.checked_mul(features)?, range.end.checked_mul(features)?);
    let (values, labels) = (table.values().get(from..to)?, table.labels().get(range)?);
    Table::new(table.schema().clone(), values.to_vec(), labels.to_vec()).ok()
}
