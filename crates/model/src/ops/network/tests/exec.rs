//! Execution, against the definitions.

use super::super::{CENTRED_MAX, Network, Step, ranges, synthetic};
use super::reference::{self, Tensor};
use crate::SplitMix64;
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
