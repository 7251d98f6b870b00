//! Seeded networks and rows for benchmarks and tests. Integers only: the same on every machine.
//!
//! Weights are random, shifts so large that [`ranges`](super::ranges) finds no overflow: every row
//! has an answer. Rows hold the floats of `[1, 2)`, uniformly, as those of
//! [`synthetic::table`](crate::synthetic::table) do.

mod sketch;
mod tiny;
mod workloads;

pub use tiny::tiny;
pub use workloads::{cifar_cnn, lenet5, mlp, vgg16};

use super::Network;
use crate::{Ordered, Schema, SplitMix64, Table};

/// The code of 1.0; the floats of `[1, 2)` are the `2^23` codes from here.
const ONE: u32 = 0xbf80_0000;

/// Returns `rows` random rows, labelled by `network`.
///
/// # Errors
///
/// If there are more rows than a [`Table`] may have.
pub fn table(network: &Network, rows: usize, seed: u64) -> Result<Table, &'static str> {
    if crate::ROWS_MAX < rows {
        return Err("a table has at most 2^24 rows");
    }
    let program = network.program();
    let named = |kind: &str, count: usize| (0..count).map(|i| format!("{kind}{i}")).collect();
    let names = (named("x", program.features()), named("c", program.classes()));
    let schema = Schema::new(names.0, "y".into(), names.1)?;
    let mut random = SplitMix64::new(seed);
    let value = |_| Ordered::new(ONE + random.below(1 << 23) as u32).unwrap_or(Ordered::MAX);
    let values: Vec<Ordered> = (0..rows * program.features()).map(value).collect();
    let labels = network.exec_batch(&values).into_iter().map(|class| class.unwrap_or(0));
    Table::new(schema, values, labels.collect())
}
