//! What is hashed of each kind of model, and how it is read back.

use super::{Committed, F, HALF, sealed};
use assay_layers::network;
use assay_model::ops::forest::ForestTable;
use assay_model::ops::network::{Network, centred};
use assay_model::ops::tree::{NodeTable, Slot};
use assay_model::{Architecture, Graph};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

/// Binary logarithms of the blocks of the parameters, in the order in which they are hashed; `None`
/// of an architecture that nothing commits to.
pub(crate) fn pieces(architecture: &Architecture) -> Option<Vec<usize>> {
    Some(match architecture {
        Architecture::DecisionTree(bounds) => vec![bounds.slots_log(); 4],
        Architecture::Forest(bounds) => {
            let slots = bounds.slots_log();
            let width = bounds.width().next_power_of_two().ilog2() as usize;
            vec![width + slots, slots, slots, slots, slots]
        }
        Architecture::Network(program) => network::parameter_logs(program),
        _ => return None,
    })
}

/// The parameters of any model, eight numbers at a time.
pub(crate) fn blocks_of(graph: &Graph) -> Vec<[F; HALF]> {
    use sealed::Committed as _;
    match graph {
        Graph::DecisionTree(model) => model.blocks().collect(),
        Graph::Forest(model) => model.blocks().collect(),
        Graph::Network(model) => model.blocks().collect(),
    }
}

impl Committed for NodeTable {
    fn architecture(&self) -> Architecture {
        Architecture::DecisionTree(self.bounds())
    }
}

impl sealed::Committed for NodeTable {
    fn blocks(&self) -> impl Iterator<Item = [F; HALF]> {
        eight(columns(self.slots()).collect())
    }

    fn from_blocks(architecture: &Architecture, blocks: &[[F; HALF]]) -> Option<Self> {
        let &Architecture::DecisionTree(bounds) = architecture else { return None };
        Self::new(bounds, slots(blocks.as_flattened(), bounds.slots())?).ok()
    }
}

impl Committed for ForestTable {
    fn architecture(&self) -> Architecture {
        Architecture::Forest(self.bounds())
    }
}

impl sealed::Committed for ForestTable {
    fn blocks(&self) -> impl Iterator<Item = [F; HALF]> {
        let bounds = self.bounds();
        // The width is filled up to a power of two.
        let filled = (bounds.width().next_power_of_two() - bounds.width()) << bounds.slots_log();
        let values = self.values().iter().map(|&value| F::from_i32(value));
        let filled = values.chain(std::iter::repeat_n(F::ZERO, filled));
        eight(filled.chain(columns(self.slots())).collect())
    }

    fn from_blocks(architecture: &Architecture, blocks: &[[F; HALF]]) -> Option<Self> {
        let &Architecture::Forest(bounds) = architecture else { return None };
        let cells = blocks.as_flattened();
        let (values, columns) =
            cells.split_at_checked(cells.len().checked_sub(4 * bounds.slots())?)?;
        let (values, filled) = values.split_at_checked(bounds.values())?;
        if filled.iter().any(|&cell| cell != F::ZERO) {
            return None;
        }
        let values = values.iter().map(number).collect();
        Self::new(bounds, slots(columns, bounds.slots())?, values).ok()
    }
}

impl Committed for Network {
    fn architecture(&self) -> Architecture {
        Architecture::Network(self.program().clone())
    }
}

impl sealed::Committed for Network {
    fn blocks(&self) -> impl Iterator<Item = [F; HALF]> {
        let (blocks, _) = self.parameters().cells().as_chunks::<HALF>();
        blocks.iter().map(|block| block.map(F::from_i32))
    }

    fn from_blocks(architecture: &Architecture, blocks: &[[F; HALF]]) -> Option<Self> {
        let Architecture::Network(program) = architecture else { return None };
        let cells = blocks.as_flattened().iter().map(number).collect();
        Self::new(program.clone(), cells).ok()
    }
}

/// The integer next to zero that the cell stands for.
fn number(cell: &F) -> i32 {
    centred(cell.as_canonical_u32().into())
}

/// Eight neighbours at a time; every column has a multiple of eight numbers.
fn eight(cells: Vec<F>) -> impl Iterator<Item = [F; HALF]> {
    let count = cells.len() / HALF;
    (0..count).map(move |i| std::array::from_fn(|lane| cells[i * HALF + lane]))
}

/// The four columns of slots, one behind the other.
fn columns(slots: &[Slot]) -> impl Iterator<Item = F> {
    let column = |read: fn(&Slot) -> u32| slots.iter().map(read).map(F::from_u32);
    column(|slot| slot.feature.into())
        .chain(column(|slot| slot.low.into()))
        .chain(column(|slot| slot.high.into()))
        .chain(column(|slot| slot.left))
}

/// `count` slots from their columns, if all numbers are in range.
fn slots(cells: &[F], count: usize) -> Option<Vec<Slot>> {
    let number = |column: usize, slot: usize| {
        cells.get(column * count + slot).map(PrimeField32::as_canonical_u32)
    };
    let slot = |i| {
        Some(Slot {
            feature: number(0, i)?.try_into().ok()?,
            low: number(1, i)?.try_into().ok()?,
            high: number(2, i)?.try_into().ok()?,
            left: number(3, i)?,
        })
    };
    (0..count).map(slot).collect()
}
