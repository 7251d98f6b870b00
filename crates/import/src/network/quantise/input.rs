//! The scales of the input: features to integers.

use super::cells::Cells;
use super::lower::Answer;
use super::observe::Observed;
use super::{Calibration, Options};
use crate::network::graph::{Function, Graph, Node};
use assay_model::ops::network::{InputMap, Scale};

/// Bits of an input whose features have scales of their own. The input is public or committed as it is,
/// never looked up: width costs nothing there.
const OWN_BITS: u32 = 12;
/// Between these lie all scales, so that multipliers and shifts are those of a program.
const SCALES: (f64, f64) = (1e-30, 1e30);

/// Whether every feature may have a scale and an offset: then dense layers and scales, which know
/// features apart, are all that reads them.
fn has_own_scales(graph: &Graph) -> bool {
    let mut readers = graph.nodes().iter().filter(|node| node.reads().contains(&0));
    graph.input().is_flat()
        && readers.all(|node| match node {
            Node::Linear(linear) => linear.groups == 1,
            node => matches!(node, Node::Scale { .. }),
        })
}

/// Whether the input names rows of a table (`one_hot`): then its whole numbers must stay what they are.
fn is_named(graph: &Graph) -> bool {
    let reads_input = |tensor: usize| {
        let maker = tensor.checked_sub(1).map(|index| &graph.nodes()[index]);
        matches!(maker, Some(Node::Linear(linear)) if linear.from == 0)
    };
    graph.nodes().iter().any(
        |node| matches!(node, Node::Map { from, function: Function::IsZero } if reads_input(*from)),
    )
}

/// Chooses the map, and says what its integers mean.
pub(super) fn input(
    graph: &Graph,
    rows: &[Vec<f32>],
    observed: &Observed,
    (options, answer): (&Options, Answer),
) -> (InputMap, Cells) {
    if is_named(graph) {
        let (low, high) = Options::range_of(OWN_BITS as u8, true);
        let (units, offsets) = (vec![1.0], vec![0.0]);
        let cells = Cells { tensor: 0, units, offsets, low: low.into(), high: high.into() };
        return (InputMap::uniform(scale_of(1.0, 0), low, high), cells);
    }
    if has_own_scales(graph) {
        let features = graph.input().channels;
        let high = (1_i16 << OWN_BITS) - 1;
        let scales: Vec<Scale> = (0..features)
            .map(|feature| {
                let values = || rows.iter().map(|row| f64::from(row[feature]));
                let low = values().fold(f64::INFINITY, f64::min);
                let high_seen = values().fold(f64::NEG_INFINITY, f64::max);
                // A number goes on where a feature leaves what was seen; which class is the greatest
                // seldom changes there.
                let margin = match answer {
                    Answer::Number { .. } => (high_seen - low) / 2.0,
                    Answer::Scores => 0.0,
                };
                own(low - margin, high_seen + margin, f64::from(high))
            })
            .collect();
        let units = scales.iter().map(unit).collect();
        let offsets = scales.iter().map(|scale| f64::from(scale.offset)).collect();
        let cells = Cells { tensor: 0, units, offsets, low: 0.0, high: high.into() };
        return (InputMap { scales, low: 0, high }, cells);
    }
    let (low, high) = options.range(0.0 <= observed.low);
    // Outliers of an image are its content.
    let scale = scale_of(observed.limit(Calibration::MinMax) / f64::from(high), 0);
    let cells = Cells {
        tensor: 0,
        units: vec![unit(&scale)],
        offsets: vec![0.0],
        low: low.into(),
        high: high.into(),
    };
    (InputMap::uniform(scale, low, high), cells)
}

/// The scale that spreads `[low, high]` over `[0, top]`.
fn own(low: f64, high: f64, top: f64) -> Scale {
    // A feature that never changed keeps some room, should it.
    let width = if low < high { high - low } else { low.abs().max(1.0) };
    // An offset has 32 bits: a narrow range far from 0 is told apart no finer than that.
    let step = (width / top).max(low.abs() / f64::from(1 << 29));
    let scale = scale_of(step, 0);
    let offset = -(low / unit(&scale)).round();
    // At most 2^30 in size.
    Scale { offset: offset as i32, ..scale }
}

/// `1 / step` as a multiplier of 31 bits and a shift.
fn scale_of(step: f64, offset: i32) -> Scale {
    let inverse = 1.0 / step.clamp(SCALES.0, SCALES.1);
    let shift = 30 - inverse.log2().floor() as i32;
    let multiplier = (inverse * f64::from(shift).exp2()).round();
    // Between 2^30 and 2^31 - 1; the shift between -70 and 131.
    let multiplier = multiplier.min(f64::from(i32::MAX)) as u32;
    Scale { multiplier, shift: shift as i16, offset }
}

/// What one step means, exactly as far as a float can say.
fn unit(scale: &Scale) -> f64 {
    f64::from(scale.shift).exp2() / f64::from(scale.multiplier)
}
