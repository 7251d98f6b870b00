//! Every column of the table in sorted order, cut into the segments of the nodes.

use assay_model::{Ordered, Table};
use std::ops::Range;

/// One value: its code above the row it stands in, so that sorting orders by value, then by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry(u64);

impl Entry {
    fn new(value: Ordered, row: u32) -> Self {
        Self(u64::from(value.get()) << 32 | u64::from(row))
    }

    /// The code of the value.
    pub(crate) fn code(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The row.
    pub(crate) fn row(self) -> usize {
        (self.0 & 0xffff_ffff) as usize
    }
}

/// The sorted columns. The rows of a node lie in one range of places, the same in each column.
pub(crate) struct Columns {
    columns: Vec<Vec<Entry>>,
    is_left: Vec<bool>,
    spare: Vec<Entry>,
}

impl Columns {
    /// Sorts the columns of `table`.
    pub(crate) fn new(table: &Table) -> Self {
        let sorted = |feature: usize| {
            // A table has at most 2^24 rows.
            let rows = 0..table.rows() as u32;
            let entry = |row: u32| Entry::new(table.row(row as usize)[feature], row);
            let mut column: Vec<Entry> = rows.map(entry).collect();
            column.sort_unstable();
            column
        };
        let columns = (0..table.schema().features().len()).map(sorted).collect();
        Self { columns, is_left: vec![false; table.rows()], spare: Vec::new() }
    }

    /// The columns of the rows that were drawn, each row once.
    pub(crate) fn of_drawn(&self, times: &[u32]) -> Self {
        let drawn = |column: &Vec<Entry>| {
            column.iter().copied().filter(|entry| times[entry.row()] != 0).collect()
        };
        let columns = self.columns.iter().map(drawn).collect();
        Self { columns, is_left: vec![false; self.is_left.len()], spare: Vec::new() }
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// The entries of a node in one column, in ascending order.
    pub(crate) fn segment(&self, feature: usize, places: Range<usize>) -> &[Entry] {
        &self.columns[feature][places]
    }

    /// Moves the rows of the first `left` entries of column `feature` to the front of the node's
    /// segment in every column; each part stays sorted.
    pub(crate) fn divide(&mut self, feature: usize, places: Range<usize>, left: usize) {
        for (place, entry) in self.columns[feature][places.clone()].iter().enumerate() {
            self.is_left[entry.row()] = place < left;
        }
        for (other, column) in self.columns.iter_mut().enumerate() {
            if other != feature {
                part(&mut column[places.clone()], &self.is_left, &mut self.spare);
            }
        }
    }
}

fn part(segment: &mut [Entry], is_left: &[bool], spare: &mut Vec<Entry>) {
    spare.clear();
    let mut front = 0;
    for place in 0..segment.len() {
        let entry = segment[place];
        if is_left[entry.row()] {
            segment[front] = entry;
            front += 1;
        } else {
            spare.push(entry);
        }
    }
    segment[front..].copy_from_slice(spare);
}
