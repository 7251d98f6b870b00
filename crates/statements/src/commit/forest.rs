//! What is hashed of a forest: the values, then the four columns of the slots, eight neighbours at a
//! time.

use super::{Committed, F, HALF, NetworkGadget, sealed, start_of};
use assay_engine::cells::Block;
use assay_model::Architecture;
use assay_model::ops::forest::{Bounds, ForestTable};
use assay_model::ops::tree::Slot;
use p3_field::PrimeCharacteristicRing;

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
        let column = |read: fn(&Slot) -> u32| self.slots().iter().map(read).map(F::from_u32);
        let cells: Vec<F> = values
            .chain(std::iter::repeat_n(F::ZERO, filled))
            .chain(column(|slot| slot.feature.into()))
            .chain(column(|slot| slot.low.into()))
            .chain(column(|slot| slot.high.into()))
            .chain(column(|slot| slot.left))
            .collect();
        // Every column has a multiple of eight numbers.
        let count = cells.len() / HALF;
        let block = move |i: usize| std::array::from_fn(|lane| cells[i * HALF + lane]);
        (0..count).map(block)
    }
}

/// Binary logarithms of the blocks of a forest's parameters, in the order in which they are hashed.
pub(crate) fn forest_logs(bounds: &Bounds) -> [usize; 5] {
    let slots = bounds.slots_log();
    let width = bounds.width().next_power_of_two().ilog2() as usize;
    [width + slots, slots, slots, slots, slots]
}

/// The opening of a forest's commitment; the blocks that are left are returned.
pub(crate) fn forest_gadget<'b>(
    bounds: Bounds,
    parameters: &[Block; 5],
    blocks: &'b [Block],
) -> Option<(NetworkGadget, &'b [Block])> {
    NetworkGadget::starting(start_of(&Architecture::Forest(bounds)), parameters, blocks)
}
