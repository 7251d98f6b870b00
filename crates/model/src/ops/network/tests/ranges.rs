//! Interval analysis, against executions.

use super::super::{Interval, Overflow, Step, ranges, synthetic};
use super::{Draft, identity};
use proptest::prelude::*;

fn interval(low: i128, high: i128) -> Interval {
    Interval { low, high }
}

fn holds(interval: Interval, cells: &[i16]) -> bool {
    cells.iter().all(|&cell| (interval.low..=interval.high).contains(&i128::from(cell)))
}

proptest! {
    #[test]
    fn whatever_is_computed_lies_in_its_range(seed: u64) {
        let network = synthetic::tiny(seed);
        let ranges = ranges(network.program(), network.parameters()).unwrap();
        let table = synthetic::table(&network, 8, seed).unwrap();
        for row in 0..8 {
            let trace = network.run(table.row(row)).unwrap();
            for (range, step) in ranges.iter().zip(&trace.steps) {
                prop_assert!(holds(range.values, step.values()));
                if let Step::Unit { quotients, .. } = step {
                    prop_assert!(holds(range.quotients, quotients));
                }
            }
        }
    }
}

#[test]
fn a_range_is_reached_where_inputs_are_free() {
    let draft = Draft { input: identity(-8, 7), ..Draft::dense(2, 1, 2, 16) };
    let network = draft.network(&[3, -2]);
    let range = ranges(network.program(), network.parameters()).unwrap()[0];
    assert_eq!(range.sums, interval(-38, 37));
    assert_eq!((range.quotients, range.values), (interval(-10, 9), interval(-10, 9)));
    let ends = [[-8, 7], [7, -8]]
        .map(|row| network.run(&row.map(super::float)).unwrap().scores().to_vec());
    assert_eq!(ends, [[-10], [9]]);
}

#[test]
fn finds_sums_that_may_wrap() {
    let network = Draft { input: identity(-8, 7), ..Draft::dense(2, 1, 24, 6) };
    let network = network.network(&[1 << 27, 0]);
    let got = ranges(network.program(), network.parameters());
    assert_eq!(got, Err(Overflow::Sum { node: 0, low: -(1 << 30), high: 7 << 27 }));
    let network = Draft { input: identity(-7, 7), ..Draft::dense(2, 1, 24, 6) };
    let network = network.network(&[1 << 27, 0]);
    // No sum wraps; the quotient is another matter.
    let got = ranges(network.program(), network.parameters());
    assert_eq!(got, Err(Overflow::Quotient { node: 0, low: -56, high: 56, bits: 6 }));
}

#[test]
fn finds_quotients_of_too_many_bits() {
    for (weight, fits) in [(1, true), (2, false)] {
        let draft = Draft { input: identity(-8, 7), ..Draft::dense(1, 1, 0, 4) };
        let network = draft.network(&[weight]);
        let got = ranges(network.program(), network.parameters());
        let expected = Overflow::Quotient { node: 0, low: -16, high: 14, bits: 4 };
        assert_eq!(got.err(), (!fits).then_some(expected));
    }
}
