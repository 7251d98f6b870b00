//! Runs of any length, put into one batch of compressions or two, the longest first.
//!
//! A batch has as many calls as a power of two. Where the runs fill little more than half of one,
//! a second, shorter batch for the rest is cheaper than the idle half.

use assay_engine::poseidon2::{LOG_MIN, Program, Run};
use std::cmp::Reverse;

/// How many of the runs, whose logarithms fall, go into the first batch.
fn first_batch(logs: &[usize]) -> usize {
    let total: usize = logs.iter().map(|log| 1 << log).sum();
    let half = total.next_power_of_two() / 2;
    let rest = total.saturating_sub(half).next_power_of_two();
    if half < 1 << LOG_MIN || half / 2 < rest {
        return logs.len();
    }
    // Runs of falling length end at every power of two below their sum.
    let mut end = 0_usize;
    logs.iter()
        .take_while(|log| {
            end += 1 << **log;
            end <= half
        })
        .count()
}

/// Binary logarithms of the batches for runs of these logarithms.
pub(crate) fn batch_logs(mut logs: Vec<usize>) -> Vec<usize> {
    logs.sort_by_key(|&log| Reverse(log));
    let (first, second) = logs.split_at(first_batch(&logs));
    let log = |logs: &[usize]| {
        let calls: usize = logs.iter().map(|log| 1 << log).sum();
        (calls.next_power_of_two().ilog2() as usize).max(LOG_MIN)
    };
    [first, second].into_iter().filter(|logs| !logs.is_empty()).map(log).collect()
}

/// The batches of `runs`, whose positions are set here.
pub(crate) fn programs(mut runs: Vec<Run>) -> Vec<Program> {
    runs.sort_by_key(|run| Reverse(run.log));
    let logs: Vec<usize> = runs.iter().map(|run| run.log).collect();
    let second = runs.split_off(first_batch(&logs));
    [runs, second]
        .into_iter()
        .filter(|runs| !runs.is_empty())
        .map(|mut runs| {
            let mut at = 0;
            for run in &mut runs {
                run.at = at;
                at += 1 << run.log;
            }
            Program::new(runs)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{batch_logs, programs};
    use assay_engine::field::F;
    use assay_engine::poseidon2::{HALF, Lanes, Run};
    use p3_field::PrimeCharacteristicRing;

    #[test]
    fn half_a_batch_is_not_left_idle() {
        let zeros = || Lanes::Constant([F::ZERO; HALF]);
        let run =
            |log: &usize| Run { at: 0, log: *log, state: zeros(), block: zeros(), output: zeros() };
        for (logs, expected) in [
            (vec![0], vec![4]),
            (vec![1, 1, 0, 0, 0, 0, 0, 0], vec![4]),
            (vec![4, 0], vec![4, 4]),
            (vec![10, 0], vec![10, 4]),
            (vec![0, 9, 10], vec![11]),
            (vec![10, 8, 7, 0], vec![10, 9]),
            (vec![10, 10, 0], vec![11, 4]),
            (vec![10, 10, 3, 3, 0, 0], vec![11, 5]),
        ] {
            assert_eq!(batch_logs(logs.clone()), expected, "{logs:?}");
            let programs = programs(logs.iter().map(run).collect());
            let got: Vec<usize> = programs.iter().map(|program| program.log()).collect();
            assert_eq!(got, expected, "{logs:?}");
        }
    }
}
