//! The rules of programs.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use super::node::{QUOTIENT_BITS_MAX, QUOTIENT_BITS_MIN, SHIFT_MAX, SUM_BITS_MAX};
use super::program::Parts;
use super::{AXIS_MAX, Fault, Map, Node, Rule, Shape, Term, Window, is_centred};
use crate::{CLASSES_MAX, FEATURES_MAX};

/// Most nodes.
pub const NODES_MAX: usize = 1024;
/// Most maps.
pub const MAPS_MAX: usize = 64;
/// Most entries of all tables.
pub const TABLES_MAX: usize = 1 << 20;
/// Most terms of a unit.
pub const TERMS_MAX: usize = 64;
/// Most cells of a tensor.
pub const TENSOR_MAX: usize = 1 << 22;
/// Most cells of all tensors; a [`Trace`](super::Trace) takes at most eight bytes for each.
pub const TRACE_MAX: usize = 1 << 24;
/// Most taps of windows in terms, and outputs of windows in maxima: so many steps it takes to check
/// a program.
pub const WINDOWS_MAX: u64 = 1 << 20;
/// Most multiplications for a row.
pub const WORK_MAX: u64 = 1 << 34;

impl Parts {
    /// Returns the first rule that is broken, but for those of the layout; or how many
    /// multiplications a row costs at most.
    pub(super) fn check(&self) -> Result<u64, Fault> {
        let whole = |rule| Fault { node: None, rule };
        self.check_ends().map_err(whole)?;
        self.check_maps().map_err(whole)?;
        let mut before = vec![self.shape];
        let (mut cells, mut work, mut steps) = (self.shape.cells(), 0_u64, 0_u64);
        for (index, node) in self.nodes.iter().enumerate() {
            let at = |rule| Fault { node: Some(index), rule };
            // Before any window is walked along.
            steps = steps.saturating_add(window_sizes(node));
            if WINDOWS_MAX < steps {
                return Err(at(Rule::WindowSizes));
            }
            let cost = self.check_node(node, &before).map_err(at)?;
            work = work.saturating_add(cost);
            cells = cells.saturating_add(node.shape().cells());
            before.push(node.shape());
        }
        if TRACE_MAX < cells {
            return Err(whole(Rule::TraceSize));
        }
        if WORK_MAX < work {
            return Err(whole(Rule::Work));
        }
        let last = before.last().copied().unwrap_or(self.shape);
        let is_answer = last == Shape::flat(last.channels) && last.cells() <= CLASSES_MAX;
        if is_answer { Ok(work) } else { Err(whole(Rule::Answer)) }
    }

    fn check_ends(&self) -> Result<(), Rule> {
        check_shape(self.shape)?;
        if FEATURES_MAX < self.shape.cells() {
            return Err(Rule::Features);
        }
        self.input.check(self.shape.channels as usize, self.shape.cells())?;
        if (1..=NODES_MAX).contains(&self.nodes.len()) { Ok(()) } else { Err(Rule::NodeCount) }
    }

    fn check_maps(&self) -> Result<(), Rule> {
        if MAPS_MAX < self.maps.len() {
            return Err(Rule::MapCount);
        }
        let mut entries = 0_usize;
        for map in &self.maps {
            match map {
                Map::Clamp { low, high } if high < low => return Err(Rule::ClampOrder),
                Map::Table(values) => entries = entries.saturating_add(values.len()),
                Map::Identity | Map::Clamp { .. } => {}
            }
        }
        if TABLES_MAX < entries { Err(Rule::TablesSize) } else { Ok(()) }
    }

    /// Returns how many multiplications, or comparisons, the node costs at most.
    fn check_node(&self, node: &Node, before: &[Shape]) -> Result<u64, Rule> {
        check_shape(node.shape())?;
        match node {
            Node::Unit { terms, shape, shift, quotient_bits, map, .. } => {
                if !(1..=TERMS_MAX).contains(&terms.len()) {
                    return Err(Rule::TermCount);
                }
                if SHIFT_MAX < *shift {
                    return Err(Rule::Shift);
                }
                self.check_map(*quotient_bits, *shift, *map)?;
                let mut work = 0_u64;
                for term in terms {
                    work = work.saturating_add(check_term(term, *shape, before)?);
                }
                Ok(work)
            }
            Node::Max { from, rows, columns, shape } => {
                let source = *before.get(*from).ok_or(Rule::From)?;
                check_window(rows, shape.height)?;
                check_window(columns, shape.width)?;
                let is_full =
                    rows.reads_everywhere(source.height) && columns.reads_everywhere(source.width);
                if !is_full {
                    return Err(Rule::EmptyMaximum);
                }
                if source.channels != shape.channels {
                    return Err(Rule::MaxChannels);
                }
                Ok(product(*shape, &[rows.taps, columns.taps]))
            }
        }
    }

    fn check_map(&self, bits: u8, shift: u8, map: usize) -> Result<(), Rule> {
        if !(QUOTIENT_BITS_MIN..=QUOTIENT_BITS_MAX).contains(&bits) {
            return Err(Rule::QuotientBits);
        }
        if SUM_BITS_MAX < bits.saturating_add(shift) {
            return Err(Rule::SumBits);
        }
        match self.maps.get(map).ok_or(Rule::MapIndex)? {
            Map::Table(values) if values.len() != 1 << bits => Err(Rule::TableLength),
            _ => Ok(()),
        }
    }
}

fn window_sizes(node: &Node) -> u64 {
    let sum =
        |sizes: &[u32]| sizes.iter().fold(0_u64, |sum, &size| sum.saturating_add(u64::from(size)));
    let taps = |term: &Term| match term {
        Term::Fixed { rows, columns, channels, .. } => {
            sum(&[rows.taps, columns.taps, channels.taps])
        }
        Term::Mixed { rows, columns, .. } => sum(&[rows.taps, columns.taps]),
        Term::Product { .. } => 0,
    };
    match node {
        Node::Max { rows, columns, .. } => sum(&[rows.outputs, columns.outputs]),
        Node::Unit { terms, .. } => {
            terms.iter().fold(0, |all, term| all.saturating_add(taps(term)))
        }
    }
}

fn check_shape(shape: Shape) -> Result<(), Rule> {
    let axes = [shape.height, shape.width, shape.channels];
    if !axes.iter().all(|size| (1..=AXIS_MAX).contains(size)) {
        return Err(Rule::Axis);
    }
    if TENSOR_MAX < shape.cells() { Err(Rule::TensorSize) } else { Ok(()) }
}

fn check_window(window: &Window, outputs: u32) -> Result<(), Rule> {
    if !window.is_bounded() {
        return Err(Rule::WindowNumbers);
    }
    if window.outputs == outputs { Ok(()) } else { Err(Rule::WindowOutputs) }
}

fn check_reading(window: &Window, outputs: u32, inputs: u32) -> Result<(), Rule> {
    check_window(window, outputs)?;
    if window.reads_something(inputs) { Ok(()) } else { Err(Rule::NoInput) }
}

fn check_term(term: &Term, shape: Shape, before: &[Shape]) -> Result<u64, Rule> {
    let source = |from: &usize| before.get(*from).copied().ok_or(Rule::From);
    match term {
        Term::Fixed { from, rows, columns, channels, factor } => {
            let source = source(from)?;
            check_reading(rows, shape.height, source.height)?;
            check_reading(columns, shape.width, source.width)?;
            check_reading(channels, shape.channels, source.channels)?;
            if *factor == 0 || !is_centred(*factor) {
                return Err(Rule::Factor);
            }
            Ok(product(shape, &[rows.taps, columns.taps, channels.taps]))
        }
        Term::Mixed { from, rows, columns, groups, outputs } => {
            let source = source(from)?;
            check_reading(rows, shape.height, source.height)?;
            check_reading(columns, shape.width, source.width)?;
            let divides = |channels: u32| channels.checked_rem(*groups) == Some(0);
            if !divides(source.channels) || !divides(*outputs) {
                return Err(Rule::Groups);
            }
            if *outputs != shape.channels {
                return Err(Rule::Outputs);
            }
            let inputs = source.channels.checked_div(*groups).unwrap_or(0);
            Ok(product(shape, &[rows.taps, columns.taps, inputs]))
        }
        Term::Product { left, right } => {
            if source(left)? != shape || source(right)? != shape {
                return Err(Rule::ProductShape);
            }
            Ok(product(shape, &[]))
        }
    }
}

fn product(shape: Shape, taps: &[u32]) -> u64 {
    let cells = shape.cells() as u64;
    taps.iter().fold(cells, |work, &taps| work.saturating_mul(u64::from(taps)))
}
