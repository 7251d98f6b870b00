//! What both sides derive for the equations of units: the random point, and the axes over which a
//! mixed term is contracted.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::plan::Plan;
use super::weights::{Weights, through};
use assay_engine::field::EF;
use assay_engine::mle;
use assay_engine::relations::Axis;
use assay_model::ops::network::{Kernel, Node, Shape, Term, Window};
use p3_field::PrimeCharacteristicRing;

/// The random point at which every unit's equation is checked: one for all, of which each unit
/// takes as many coordinates as its axes have.
pub(super) struct Corner {
    rows: Vec<EF>,
    axes: [Vec<EF>; 3],
}

impl Corner {
    /// Number of coordinates.
    pub(super) fn len(plan: &Plan) -> usize {
        let [height, width, channels] = Self::logs(plan);
        let axes = height.saturating_add(width).saturating_add(channels);
        plan.rows_log().saturating_add(axes)
    }

    fn logs(plan: &Plan) -> [usize; 3] {
        let shapes = plan.program.nodes().iter().map(|node| node.shape().logs());
        shapes.fold([0; 3], |[a, b, c], [x, y, z]| [a.max(x), b.max(y), c.max(z)])
    }

    pub(super) fn new(plan: &Plan, challenges: Vec<EF>) -> Self {
        let mut challenges = challenges.into_iter();
        let mut take = |len: usize| -> Vec<EF> { challenges.by_ref().take(len).collect() };
        let mut rows = mle::eq_table(&take(plan.rows_log()));
        rows.truncate(plan.rows);
        Self { rows, axes: Self::logs(plan).map(take) }
    }

    /// The weights of the rows, which all equations share.
    #[cfg(feature = "prove")]
    pub(super) fn rows(&self) -> &[EF] {
        &self.rows
    }

    /// eq of the point over a tensor's cells.
    pub(super) fn weights(&self, shape: Shape) -> Weights {
        let [vertical, horizontal, deep] = &self.axes;
        let axis = |point: &[EF], log: usize, size: usize| {
            let mut weights = mle::eq_table(point.get(..log).unwrap_or(point));
            weights.truncate(size);
            weights
        };
        let [height_log, width_log, channels_log] = shape.logs();
        let [height, width, channels] = shape.sizes();
        Weights {
            rows: self.rows.clone(),
            height: axis(vertical, height_log, height),
            width: axis(horizontal, width_log, width),
            channels: axis(deep, channels_log, channels),
        }
    }
}

/// A mixed term: Σ over [taps along the height, taps along the width, groups, inputs of a group].
pub(super) struct Contraction<'p> {
    pub(super) from: usize,
    pub(super) size: Shape,
    pub(super) rows: &'p Window,
    pub(super) columns: &'p Window,
    pub(super) kernel: &'p Kernel,
}

/// Parameters that are read with the same weights.
pub(super) struct Part {
    pub(super) axes: Vec<Axis>,
    /// Where each of them starts, and its factor.
    pub(super) starts: Vec<(usize, EF)>,
}

impl<'p> Contraction<'p> {
    /// Term `position` of unit `node`, if it is a mixed one.
    pub(super) fn new(plan: &'p Plan, node: usize, position: usize) -> Option<Self> {
        let Node::Unit { terms, .. } = plan.program.nodes().get(node)? else { return None };
        let Term::Mixed { from, rows, columns, .. } = terms.get(position)? else { return None };
        let layout = plan.program.parameter_layout().nodes().get(node)?;
        let kernel = layout.terms.get(position)?.as_ref()?;
        Some(Self { from: *from, size: plan.program.tensor(*from), rows, columns, kernel })
    }

    /// Binary logarithms of the contracted axes.
    pub(super) fn logs(&self) -> [usize; 4] {
        let log = |taps: u32| {
            let log = taps.checked_next_power_of_two().map_or(0, u32::trailing_zeros);
            usize::try_from(log).unwrap_or_default()
        };
        let [groups, inputs, _] = self.kernel.logs();
        [log(self.rows.taps), log(self.columns.taps), groups, inputs]
    }

    /// Number of contracted variables.
    pub(super) fn rounds(&self) -> usize {
        self.logs().iter().fold(0, |sum: usize, &log| sum.saturating_add(log))
    }

    /// The weights of the inputs, where the contracted axes have the weights `at`.
    pub(super) fn inputs(&self, outputs: &Weights, at: &[Vec<EF>; 4]) -> Weights {
        let [vertical, horizontal, groups, inputs] = at;
        let channels = groups.iter().take(self.kernel.groups);
        let channels = channels.flat_map(|&group| {
            inputs.iter().take(self.kernel.inputs).map(move |&input| group * input)
        });
        Weights {
            rows: outputs.rows.clone(),
            height: through(self.rows, self.size.height, &outputs.height, vertical),
            width: through(self.columns, self.size.width, &outputs.width, horizontal),
            channels: channels.collect(),
        }
    }

    /// The weights of the parameters: the taps' times those of groups and inputs times those of the
    /// outputs that a group has.
    pub(super) fn parameters(&self, outputs: &Weights, at: &[Vec<EF>; 4]) -> Vec<Part> {
        let [vertical, horizontal, groups, inputs] = at;
        let kernel = self.kernel;
        let [groups_log, inputs_log, outputs_log] = kernel.logs();
        let taps: Vec<EF> = vertical
            .iter()
            .take(self.rows.taps.try_into().unwrap_or_default())
            .flat_map(|&v| {
                let across =
                    horizontal.iter().take(self.columns.taps.try_into().unwrap_or_default());
                across.map(move |&h| v * h)
            })
            .collect();
        let mut inputs = inputs.clone();
        inputs.truncate(kernel.inputs);
        let axis = |log, weights| Axis::new(log, weights);
        let starts = |offset: usize, factor: EF| {
            let taps = kernel.taps.iter().zip(&taps);
            taps.map(|(&at, &tap)| (at.saturating_add(offset), tap * factor)).collect()
        };
        if kernel.outputs == 1 {
            // One output for each group: the tensor is a product of vectors all the same.
            let both = groups.iter().zip(&outputs.channels).take(kernel.groups);
            let both = both.map(|(&group, &output)| group * output).collect();
            let axes = vec![axis(groups_log, both), axis(inputs_log, inputs)];
            return vec![Part { axes, starts: starts(0, EF::ONE) }];
        }
        let groups = groups.iter().take(kernel.groups);
        let channels = outputs.channels.chunks(kernel.outputs.max(1));
        groups
            .zip(channels)
            .enumerate()
            .map(|(group, (&weight, channels))| Part {
                axes: vec![axis(inputs_log, inputs.clone()), axis(outputs_log, channels.to_vec())],
                starts: starts(kernel.row(group, 0), weight),
            })
            .collect()
    }
}
