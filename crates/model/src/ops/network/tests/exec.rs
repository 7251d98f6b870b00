//! Execution, against the definitions.

use super::super::{
    Builder, CENTRED_MAX, MODULUS, Network, Node, Shape, Step, Term, Window, ranges, synthetic,
};
use super::reference::{self, Tensor};
use super::{Draft, float, identity};
use crate::SplitMix64;
use assay_codec::{from_bytes, to_bytes};
use proptest::prelude::*;

fn flat(tensor: &Tensor) -> Vec<i128> {
    tensor.iter().flatten().flatten().copied().collect()
}

fn wide<T: Copy + Into<i128>>(cells: &[T]) -> Vec<i128> {
    cells.iter().map(|&cell| cell.into()).collect()
}

/// Compares every tensor of three rows with the reference; returns how many had an answer.
#[track_caller]
fn check(network: &Network, seed: u64) -> usize {
    let table = synthetic::table(network, 3, seed).unwrap();
    let mut answers = 0;
    for row in (0..3).map(|row| table.row(row)) {
        let expected = reference::run(network, row);
        assert_eq!(network.exec(row), expected.class);
        let Some(trace) = network.run(row) else { continue };
        answers += 1;
        assert_eq!(wide(&trace.input), flat(&expected.tensors[0]));
        for (index, step) in trace.steps.iter().enumerate() {
            assert_eq!(wide(step.values()), flat(&expected.tensors[index + 1]), "node {index}");
            if let Step::Unit { quotients, remainders, .. } = step {
                assert_eq!(wide(quotients), flat(&expected.quotients[index]), "node {index}");
                assert_eq!(wide(remainders), flat(&expected.remainders[index]), "node {index}");
            }
        }
    }
    answers
}

proptest! {
    #[test]
    fn small_networks_compute_what_the_definitions_say(seed: u64) {
        let network = synthetic::tiny(seed);
        ranges(network.program(), network.parameters()).unwrap();
        prop_assert_eq!(check(&network, seed), 3);
    }

    /// Weights of all sizes: sums wrap around the field, and quotients overflow.
    #[test]
    fn any_parameters_compute_what_the_definitions_say(seed: u64, size in 0_u32..31) {
        let program = synthetic::tiny(seed).program().clone();
        let mut random = SplitMix64::new(seed);
        let limit = i64::from(CENTRED_MAX) >> size;
        let cell = |_| (random.below(2 * limit as u64 + 1) as i64 - limit) as i32;
        let cells = (0..program.parameter_layout().cells()).map(cell).collect();
        check(&Network::new(program, cells).unwrap(), seed);
    }
}

#[test]
fn the_workloads_have_their_sizes_and_never_overflow() {
    for (network, parameters) in [
        (synthetic::mlp(&[784, 128, 10], 1), 101_770),
        (synthetic::lenet5(2), 61_706),
        (synthetic::cifar_cnn(3), 264_298),
    ] {
        let program = network.program();
        assert_eq!(program.parameter_layout().parameters(), parameters);
        ranges(program, network.parameters()).unwrap();
        let table = synthetic::table(&network, 3, 9).unwrap();
        for row in 0..3 {
            assert_eq!(network.exec(table.row(row)), Some(table.labels()[row]));
        }
    }
}

#[test]
fn vgg16_is_made_checked_and_executed() {
    let network = synthetic::vgg16(4);
    let program = network.program();
    assert_eq!(program.parameter_layout().parameters(), 15_245_130);
    ranges(program, network.parameters()).unwrap();
    let table = synthetic::table(&network, 1, 9).unwrap();
    let bytes = to_bytes(&network);
    let read: Network = from_bytes(&bytes).unwrap();
    assert_eq!(read.exec(table.row(0)), Some(table.labels()[0]));
}

/// Quotients of one input and one weight of 1.
#[test]
fn a_quotient_is_rounded_down_and_must_fit() {
    let network = Draft::dense(1, 1, 1, 4).network(&[1]);
    let quotient = |input: i32| {
        let trace = network.run(&[float(input)])?;
        let Step::Unit { quotients, remainders, .. } = &trace.steps[0] else { panic!("a unit") };
        Some((quotients[0], remainders[0]))
    };
    let got = [-17, -16, -3, -2, -1, 0, 1, 15, 16].map(quotient);
    let fits = [(-8, 0), (-2, 1), (-1, 0), (-1, 1), (0, 0), (0, 1), (7, 1)].map(Some);
    assert_eq!((got[0], got[8]), (None, None));
    assert_eq!(got[1..8], fits);
    assert_eq!(network.exec(&[float(16)]), None);
}

#[test]
fn sums_wrap_around_the_field() {
    let network = Draft::dense(2, 1, 0, 16).network(&[CENTRED_MAX, CENTRED_MAX]);
    // (p − 1)/2 twice is p − 1, which is −1.
    let got = network.run(&[float(1), float(1)]).unwrap();
    assert_eq!(got.scores(), [-1]);
    assert!(network.run(&[float(1), float(0)]).is_none());
}

/// The largest products, more of them than fit into 64 bits.
#[test]
fn long_sums_of_large_products_are_exact() {
    let mut draft = Draft::dense(4096, 1, 24, 6);
    let Node::Unit { terms, .. } = &mut draft.nodes[0] else { panic!("a unit") };
    let Term::Mixed { rows, .. } = &mut terms[0] else { panic!("a mixed term") };
    // Every tap reads the only row.
    *rows = Window { taps: 64, repeat: 64, ..Window::identity(1) };
    let products = 64 * 4096;
    for (input, weight) in [(-32_768, CENTRED_MAX), (32_767, CENTRED_MAX - 1), (-32_768, -3)] {
        let network = draft.clone().network(&vec![weight; products]);
        let trace = network.run(&vec![float(input); 4096]).unwrap();
        let Step::Unit { quotients, remainders, .. } = &trace.steps[0] else { panic!("a unit") };
        let got = i128::from(quotients[0]) << 24 | i128::from(remainders[0]);
        let sum = i128::from(input) * i128::from(weight) * products as i128;
        assert_eq!((got - sum) % i128::from(MODULUS), 0);
        assert!(got.abs() <= i128::from(CENTRED_MAX));
    }
}

#[test]
fn the_lowest_of_equal_classes_wins() {
    let network = Draft::dense(3, 3, 0, 16).network(&[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    let class = |row: [i32; 3]| network.exec(&row.map(float));
    assert_eq!(class([5, 5, 5]), Some(0));
    assert_eq!(class([4, 5, 5]), Some(1));
    assert_eq!(class([-9, -9, -8]), Some(2));
    assert_eq!(class([-32_768, -32_768, -32_768]), Some(0));
}

#[test]
fn padding_counts_for_nothing_in_a_maximum() {
    let input = identity(-100, 100);
    let mut builder = Builder::new(input, Shape { height: 1, width: 3, channels: 1 });
    let windows = [Window::identity(1), Window::sliding(3, 3, 1, 1)];
    builder.max(0, windows);
    let windows = [Window::identity(1), Window::sliding(1, 1, 1, 0)];
    builder.max(1, windows);
    let network = Network::new(builder.finish().unwrap(), vec![]).unwrap();
    let trace = network.run(&[-5, -7, -9].map(float)).unwrap();
    assert_eq!(trace.tensor(1), [-5, -5, -7]);
}

#[test]
fn a_row_without_all_features_has_no_class() {
    let network = Draft::dense(2, 2, 0, 16).network(&[1, 0, 0, 1]);
    assert_eq!(network.exec(&[float(1)]), None);
    assert_eq!(network.exec(&[float(1), float(2)]), Some(1));
    assert_eq!(network.exec(&[float(1), float(2), float(3)]), Some(1));
    let rows = [1, 2, 2, 1, 40_000, 0].map(float);
    assert_eq!(network.exec_batch(&rows), [Some(1), Some(0), Some(0)]);
}

#[test]
fn every_kind_of_step_is_among_the_small_networks() {
    let mut seen = [0; 8];
    for seed in 0..200 {
        let network = synthetic::tiny(seed);
        for node in network.program().nodes() {
            let Node::Unit { terms, .. } = node else {
                seen[0] += 1;
                continue;
            };
            for term in terms {
                let strides = |window: &Window| window.stride != 1 && window.outputs != 1;
                match term {
                    Term::Fixed { channels, .. } => {
                        seen[1] += 1;
                        seen[2] += usize::from(channels.offset != 0);
                    }
                    Term::Mixed { rows, columns, groups, .. } => {
                        seen[3] += usize::from(1 < *groups);
                        seen[4] += usize::from([rows, columns].into_iter().any(strides));
                        seen[5] += usize::from(1 < rows.dilation && 1 < rows.taps);
                        seen[6] += usize::from(1 < rows.repeat && 1 < rows.outputs);
                    }
                    Term::Product { .. } => seen[7] += 1,
                }
            }
        }
    }
    assert!(seen.iter().all(|&count| 10 < count), "{seen:?}");
}

#[test]
fn ranks_are_places_in_the_order_of_scores() {
    for seed in 0..20 {
        let network = synthetic::tiny(seed);
        let table = synthetic::table(&network, 5, seed).unwrap();
        for row in 0..5 {
            let trace = network.run(table.row(row)).unwrap();
            let scores = trace.scores();
            let mut order: Vec<usize> = (0..scores.len()).collect();
            order.sort_by_key(|&class| (std::cmp::Reverse(scores[class]), class));
            for (place, &class) in order.iter().enumerate() {
                assert_eq!(network.rank(table.row(row), class as u16), Some(place + 1));
            }
            assert_eq!(trace.class(), order[0] as u16);
            assert_eq!(trace.rank(scores.len() as u16), None);
        }
    }
}
