//! Rows that differ little from other rows. Whoever has a model of each learns about the rows that differ.

use assay_model::Table;
use std::cmp::Ordering;

/// Tables that differ in at most one row out of so many are nearly the same.
const LITTLE: u64 = 20;

/// Whether two numbers of rows differ little. It is all that somebody else's tables show.
pub(crate) fn is_near(then: u32, now: u32) -> bool {
    LITTLE * u64::from(then.abs_diff(now)) <= u64::from(then)
}

/// Returns in how many rows two tables of one schema differ, if it is in few: what the longer one has
/// beside the rows that both have, whatever their order.
pub(crate) fn differing(before: &Table, now: &Table) -> Option<usize> {
    if before.schema() != now.schema() {
        return None;
    }
    let longer = before.rows().max(now.rows());
    let differing = longer - common(before, now);
    (LITTLE * differing as u64 <= longer as u64).then_some(differing)
}

/// How many rows two tables share, each as often as it is in both.
fn common(one: &Table, other: &Table) -> usize {
    let sorted = |table: &Table| {
        let mut order: Vec<_> = (0..table.rows()).collect();
        order.sort_unstable_by(|&a, &b| compare((table, a), (table, b)));
        order
    };
    let (left, right) = (sorted(one), sorted(other));
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(&a), Some(&b)) = (left.get(i), right.get(j)) {
        let order = compare((one, a), (other, b));
        i += usize::from(order != Ordering::Greater);
        j += usize::from(order != Ordering::Less);
        common += usize::from(order == Ordering::Equal);
    }
    common
}

/// Compares two rows, the labels included.
fn compare((one, a): (&Table, usize), (other, b): (&Table, usize)) -> Ordering {
    let labels = || one.labels()[a].cmp(&other.labels()[b]);
    one.row(a).cmp(other.row(b)).then_with(labels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use assay_model::{Ordered, Schema};

    /// A table of one column; a row's label is whether its number is odd.
    fn table(numbers: impl IntoIterator<Item = u16>) -> Table {
        let numbers: Vec<_> = numbers.into_iter().collect();
        let classes = vec!["even".to_owned(), "odd".to_owned()];
        let schema = Schema::new(vec!["n".to_owned()], "parity".to_owned(), classes).unwrap();
        let values =
            numbers.iter().map(|&n| Ordered::new(1 << 31 | u32::from(n)).unwrap()).collect();
        Table::new(schema, values, numbers.iter().map(|n| n % 2).collect()).unwrap()
    }

    #[test]
    fn rows_are_compared_whatever_their_order_and_as_often_as_they_occur() {
        let before = table(0..100);
        let check = |now: Table, differing: Option<usize>| {
            assert_eq!(super::differing(&before, &now), differing);
            assert_eq!(super::differing(&now, &before), differing);
        };
        check(table(0..100), Some(0));
        check(table((0..100).rev()), Some(0));
        check(table(1..100), Some(1));
        check(table((0..99).chain([500])), Some(1));
        check(table((0..99).chain([98])), Some(1));
        check(table(5..105), Some(5));
        check(table(6..106), None);
        check(table(0..105), Some(5));
        check(table(0..106), None);
        check(table(200..300), None);
    }

    #[test]
    fn a_label_is_part_of_its_row() {
        let before = table(0..40);
        let mut labels = before.labels().to_vec();
        labels[7] = 0;
        let now = Table::new(before.schema().clone(), before.values().to_vec(), labels).unwrap();
        assert_eq!(differing(&before, &now), Some(1));
    }
}
