//! Between a tree and its slots.

use super::decision::breadth_first;
use super::{Bounds, DecisionTree, Fault, LEAF, Link, Node, NodeTable, Slot};
use crate::Ordered;

impl DecisionTree {
    /// Lays the tree out in the canonical way: node `i` in slot `i`, and the slots behind it leaves
    /// of class 0 that loop on themselves.
    pub fn to_table(&self, bounds: Bounds) -> Result<NodeTable, Fault> {
        if bounds.features() != self.features() || bounds.classes() != self.classes() {
            return Err(Fault::Bounds);
        }
        if bounds.depth() < self.depth() {
            return Err(Fault::TooDeep { limit: bounds.depth() });
        }
        if bounds.slots() < self.nodes().len() {
            return Err(Fault::TooLarge { limit: bounds.slots() });
        }
        let padding = std::iter::repeat(&Node::Leaf { class: 0 });
        // At most 2^20 slots: every index fits.
        let slots = (0..bounds.slots() as u32).zip(self.nodes().iter().chain(padding));
        let slots = slots.map(|(index, node)| match *node {
            Node::Leaf { class } => Slot::leaf(index, class),
            Node::Split { feature, threshold, left } => Slot::split(feature, threshold, left),
        });
        NodeTable::new(bounds, slots.collect()).map_err(|_| Fault::Bounds)
    }

    /// Reads the tree that hangs on slot 0. Slots that no path reaches are not looked at.
    ///
    /// The tree answers every row as the table does. A table can be executed without being a tree
    /// (two slots may lead to a third); such a table is an error here.
    pub fn from_table(table: &NodeTable) -> Result<Self, Fault> {
        let bounds = table.bounds();
        let tree = breadth_first(bounds.features(), bounds.classes(), |index| {
            let slot = table.slots().get(index).ok_or(Fault::Missing { index })?;
            let left = slot.left as usize;
            if slot.high == LEAF && left == index {
                return Ok(Link::Leaf { class: slot.low });
            }
            let got = slot.threshold();
            let threshold = Ordered::new(got).ok_or(Fault::Threshold { index, got })?;
            let right = left.saturating_add(1);
            Ok(Link::Split { feature: slot.feature, threshold, left, right })
        })?;
        match tree.depth() <= bounds.depth() {
            true => Ok(tree),
            false => Err(Fault::TooDeep { limit: bounds.depth() }),
        }
    }
}
