//! Rows in canonical form, independent of the file they came from.

use crate::{Ordered, Schema};
use assay_codec::{Decode, Digest, Encode, Error, Reader, put_seq};

/// Most rows of a table.
pub const ROWS_MAX: usize = 1 << 24;

/// Labelled rows under a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    schema: Schema,
    values: Vec<Ordered>,
    labels: Vec<u16>,
}

impl Table {
    /// Checks and keeps the rows. `values` has the shape `[row, feature]`, `labels` are class
    /// indices.
    pub fn new(
        schema: Schema,
        values: Vec<Ordered>,
        labels: Vec<u16>,
    ) -> Result<Self, &'static str> {
        if ROWS_MAX < labels.len() {
            return Err("a table has at most 2^24 rows");
        }
        if values.len() != labels.len() * schema.features().len() {
            return Err("a row has one value per feature");
        }
        if labels.iter().any(|&label| schema.classes().len() <= usize::from(label)) {
            return Err("a label is the index of a class");
        }
        Ok(Self { schema, values, labels })
    }

    /// The names of columns and classes.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.labels.len()
    }

    /// The features of row `index`.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    pub fn row(&self, index: usize) -> &[Ordered] {
        let width = self.schema.features().len();
        &self.values[index * width..(index + 1) * width]
    }

    /// All values, shape `[row, feature]`.
    pub fn values(&self) -> &[Ordered] {
        &self.values
    }

    /// The class index of each row.
    pub fn labels(&self) -> &[u16] {
        &self.labels
    }

    /// Names these rows: the commitment of public data, recomputed by whoever holds the rows.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/table/1", self)
    }
}

impl Encode for Table {
    fn encode(&self, out: &mut Vec<u8>) {
        self.schema.encode(out);
        put_seq(out, &self.values);
        put_seq(out, &self.labels);
    }
}

impl Decode for Table {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let schema = Schema::decode(from)?;
        let values = from.seq(ROWS_MAX.saturating_mul(crate::FEATURES_MAX))?;
        let labels = from.seq(ROWS_MAX)?;
        Self::new(schema, values, labels).map_err(Error::Invalid)
    }
}
