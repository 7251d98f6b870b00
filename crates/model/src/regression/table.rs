//! Rows whose targets are numbers, independent of the file they came from.

use super::Schema;
use crate::{FEATURES_MAX, Ordered, ROWS_MAX};
use assay_codec::{Decode, Digest, Encode, Error, Reader, put_len, put_seq};

/// Rows and their targets under a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    schema: Schema,
    /// The labels are zero.
    rows: crate::Table,
    targets: Vec<i32>,
}

impl Table {
    /// Checks and keeps the rows. `values` has the shape `[row, feature]`; `targets` are parts of the
    /// unit, within the range of the schema's scale.
    pub fn new(
        schema: Schema,
        values: Vec<Ordered>,
        targets: Vec<i32>,
    ) -> Result<Self, &'static str> {
        if ROWS_MAX < targets.len() {
            return Err("a table has at most 2^24 rows");
        }
        let scale = schema.scale();
        if targets.iter().any(|target| !(scale.low()..=scale.high()).contains(target)) {
            return Err("a target lies in the declared range");
        }
        let rows = crate::Table::new(schema.names().clone(), values, vec![0; targets.len()])?;
        Ok(Self { schema, rows, targets })
    }

    /// Columns, unit and scale.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The rows, as a table whose labels mean nothing.
    pub fn rows(&self) -> &crate::Table {
        &self.rows
    }

    /// The target of each row, in parts of the unit.
    pub fn targets(&self) -> &[i32] {
        &self.targets
    }

    /// Names rows and targets: the commitment of public data, recomputed by whoever holds them.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/regression/table/1", self)
    }
}

impl Encode for Table {
    fn encode(&self, out: &mut Vec<u8>) {
        self.schema.encode(out);
        put_seq(out, self.rows.values());
        put_len(out, self.targets.len());
        self.targets.iter().for_each(|target| target.cast_unsigned().encode(out));
    }
}

impl Decode for Table {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let schema = Schema::decode(from)?;
        let values = from.seq(ROWS_MAX.saturating_mul(FEATURES_MAX))?;
        let targets: Vec<u32> = from.seq(ROWS_MAX)?;
        let targets = targets.into_iter().map(u32::cast_signed).collect();
        Self::new(schema, values, targets).map_err(Error::Invalid)
    }
}
