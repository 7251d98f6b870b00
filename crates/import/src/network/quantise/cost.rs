//! What a program costs in a proof: counted, and guessed.
//!
//! Cells and look-ups are counted from what is public. Seconds and bytes are guessed by a straight line
//! through what the README says of networks, measured on two cores with AVX2:
//!
//! - time and memory: a constant, and a share for each cell that is committed for a row or a table, and for
//!   each parameter, which is hashed too;
//! - size: 0.6 MiB up to 2^19 cells, and more with the square of their logarithm.
//!
//! Against the five measured workloads of 10^5 to 10^7 cells that is off by a quarter at most.

use assay_model::ops::network::{Map, Node, Program};
use std::collections::BTreeSet;

/// Seconds: of any proof, of a million cells, of a million parameters.
const SECONDS: [f64; 3] = [0.12, 0.227, 1.02];
/// Gibibytes, likewise.
const GIBIBYTES: [f64; 3] = [0.10, 0.143, 0.26];
/// Mebibytes of a proof: of any, and for the square of doublings beyond [`SMALL_LOG`].
const MEBIBYTES: [f64; 2] = [0.60, 0.0078];
/// Cells, as a binary logarithm, up to which proofs are of one size.
const SMALL_LOG: u32 = 19;

/// What a proof takes, beside the input and the labels. Axes are padded to powers of two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Cells that are committed to for each row.
    pub cells: usize,
    /// Numbers that are looked up for each row.
    pub lookups: usize,
    /// Entries of all tables, whatever the number of rows.
    pub table_entries: usize,
    /// Cells of the parameters, padding among them.
    pub parameter_cells: usize,
}

impl Cost {
    /// Counts, from what is public.
    pub fn of(program: &Program) -> Self {
        let mut cost =
            Self { parameter_cells: program.parameter_layout().cells(), ..Self::default() };
        let (mut shifts, mut maps) = (BTreeSet::new(), BTreeSet::new());
        for node in program.nodes() {
            let cells: usize = node.shape().logs().map(|log| 1 << log).iter().product();
            match node {
                Node::Unit { shift, quotient_bits, map, .. } => {
                    // Quotient and remainder; the value, unless it is the quotient.
                    let is_identity = matches!(program.maps()[*map], Map::Identity);
                    let columns = 1 + usize::from(0 < *shift) + usize::from(!is_identity);
                    cost.cells += columns * cells;
                    cost.lookups += (1 + usize::from(0 < *shift)) * cells;
                    shifts.insert(*shift);
                    maps.insert((*map, *quotient_bits));
                }
                Node::Max { rows, columns, .. } => {
                    // One comparison for each tap but the first.
                    let steps = (rows.taps as usize * columns.taps as usize).saturating_sub(1);
                    cost.cells += steps * cells;
                    cost.lookups += steps * cells;
                    maps.insert((usize::MAX, 16));
                }
            }
        }
        let of_shifts: usize =
            shifts.iter().filter(|&&shift| 0 < shift).map(|&shift| 1_usize << shift).sum();
        let of_maps: usize = maps.iter().map(|&(_, bits)| 1_usize << bits).sum();
        cost.table_entries = of_shifts + of_maps;
        cost
    }

    /// Guesses what a proof about so many rows takes.
    pub fn estimate(&self, rows: usize) -> Estimate {
        let rows = rows.max(1).checked_next_power_of_two().unwrap_or(usize::MAX);
        let cells = (rows as f64) * self.cells as f64 + self.table_entries as f64;
        let parameters = self.parameter_cells as f64;
        let line =
            |[any, cell, parameter]: [f64; 3]| any + (cell * cells + parameter * parameters) / 1e6;
        // A hash of the parameters is as long as they are.
        let doublings = ((cells + 2.0 * parameters).log2().ceil() - f64::from(SMALL_LOG)).max(0.0);
        let [small, more] = MEBIBYTES;
        Estimate {
            seconds: line(SECONDS),
            memory_bytes: (line(GIBIBYTES) * f64::from(1 << 30)) as u64,
            proof_bytes: ((small + more * doublings * doublings) * f64::from(1 << 20)) as u64,
        }
    }
}

/// A guess at what a proof takes on two cores with AVX2, with nothing else running.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Time.
    pub seconds: f64,
    /// Memory at its most.
    pub memory_bytes: u64,
    /// Size of the proof.
    pub proof_bytes: u64,
}

impl Estimate {
    /// Seconds, MiB of memory and MiB of proof, with two digits: more would promise what a guess does not
    /// hold.
    pub fn in_two_digits(&self) -> [f64; 3] {
        let digits = |number: f64| format!("{number:.1e}").parse().unwrap_or(number);
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        [self.seconds, mib(self.memory_bytes), mib(self.proof_bytes)].map(digits)
    }
}
