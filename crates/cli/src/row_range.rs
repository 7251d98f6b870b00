//! Some of a file's rows, as an argument: `START..END`.

use crate::{
    failure::{Code, Failure, Result},
    inputs,
};
use assay_codec::Digest;
use assay_model::Table;
use assay_types::FieldDigest;
use std::{fmt, str::FromStr};

/// Most values that are hashed in search of rows.
const LOOKED_AT_MAX: usize = 1 << 24;

/// The rows from number `start` on, up to but without number `end`. The first row behind the header is
/// number 0. There is at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowRange {
    start: usize,
    end: usize,
}

impl RowRange {
    /// A table of these rows alone, in their order.
    pub(crate) fn of(self, table: &Table) -> Result<Table> {
        if table.rows() < self.end {
            let message = format!("there are no rows {self} in a table of {}", table.rows());
            return Err(Failure::new(Code::Error, message).hint(
                "the first row behind the header is number 0, and the last one named is left out",
            ));
        }
        let width = table.schema().features().len();
        let values = table.values()[self.start * width..self.end * width].to_vec();
        let labels = table.labels()[self.start..self.end].to_vec();
        let rows = Table::new(table.schema().clone(), values, labels);
        Ok(rows.expect("rows of a table are a table"))
    }

    /// Which `count` neighbouring rows of `table` have this digest, if that many may be looked at.
    pub(crate) fn find(table: &Table, count: usize, digest: Digest) -> Option<Self> {
        let places = (table.rows() + 1).checked_sub(count).filter(|_| count != 0)?;
        let values = count.checked_mul(table.schema().features().len() + 1)?;
        if LOOKED_AT_MAX < values.checked_mul(places)? {
            return None;
        }
        let ranges = (0..places).map(|start| Self { start, end: start + count });
        ranges.into_iter().find(|range| range.of(table).is_ok_and(|rows| rows.digest() == digest))
    }
}

impl FromStr for RowRange {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (start, end) = text.split_once("..").ok_or("rows are named as START..END")?;
        let [Ok(start), Ok(end)] = [start, end].map(str::parse) else {
            return Err("rows are named as START..END, two numbers");
        };
        if end <= start {
            return Err("there are no rows between START and END");
        }
        Ok(Self { start, end })
    }
}

impl fmt::Display for RowRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// Which rows a proof is expected to be about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected {
    /// Those behind a commitment.
    Commitment(FieldDigest),
    /// Some of the rows that are given.
    Range(RowRange),
}

impl FromStr for Expected {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("0x") {
            let commitment = inputs::field_digest(text).map_err(|error| error.to_string())?;
            return Ok(Self::Commitment(commitment));
        }
        Ok(Self::Range(text.parse()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use assay_model::{Ordered, Schema};

    #[test]
    fn rows_are_counted_from_0_and_the_last_is_left_out() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let schema = Schema::new(names(&["a", "b"]), "t".to_owned(), names(&["x", "y"])).unwrap();
        let values: Vec<_> = (0..8).map(|n| Ordered::new(1 << 31 | n).unwrap()).collect();
        let table = Table::new(schema, values.clone(), vec![0, 1, 1, 0]).unwrap();
        let of = |text: &str| text.parse::<RowRange>().unwrap().of(&table);
        let some = of("1..3").unwrap();
        assert_eq!((some.values(), some.labels()), (&values[2..6], &[1, 1][..]));
        assert_eq!(of("0..4").unwrap(), table);
        let fault = of("3..5").unwrap_err();
        assert_eq!(fault.message, "there are no rows 3..5 in a table of 4");

        let find = |count| RowRange::find(&table, count, some.digest());
        assert_eq!(find(2), Some(RowRange { start: 1, end: 3 }));
        assert_eq!([0, 1, 3, 4, 5, usize::MAX].map(find), [None; 6]);
    }

    #[test]
    fn rejects_what_names_no_rows() {
        for text in ["", "3", "3..", "..3", "3..3", "4..3", "-1..3", "a..b", "1..2..3", "1...3"] {
            assert!(text.parse::<RowRange>().is_err(), "{text}");
        }
    }
}
