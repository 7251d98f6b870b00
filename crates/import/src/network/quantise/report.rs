//! What a program costs in answers.

use super::{Compiled, Cost};
use crate::network::Network;
use assay_model::Table;
use assay_model::ops::network::Node;

/// What is known about a program before anything is proven of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Rows that were answered.
    pub rows: usize,
    /// Rows that the floats answer as labelled.
    pub correct_float: usize,
    /// Rows that the integers answer as labelled.
    pub correct: usize,
    /// Rows that both answer alike.
    pub agreeing: usize,
    /// Parameters that are read.
    pub parameters: usize,
    /// The steps.
    pub layers: Vec<Layer>,
    /// What a proof takes.
    pub cost: Cost,
}

/// One step of a program.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Shape of what it makes: height, width, channels.
    pub shape: [usize; 3],
    /// What one step of its integers means.
    pub step: f64,
    /// Mean distance from the floats, in steps.
    pub error_mean: f64,
    /// Greatest distance from the floats, in steps.
    pub error_max: f64,
}

impl std::fmt::Display for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { step, error_mean, error_max, .. } = self;
        write!(f, "off by {error_mean:.2} steps, at most {error_max:.2}; a step is {step:.3e}")
    }
}

/// Answers all rows of a table both ways.
pub(super) fn report(network: &Network, compiled: &Compiled, table: &Table) -> Report {
    let program = compiled.network.program();
    let mut report = Report {
        rows: table.rows(),
        parameters: program.parameter_layout().parameters(),
        cost: Cost::of(program),
        ..Report::default()
    };
    let layer = |(node, &(_, step)): (&Node, &(usize, f64))| Layer {
        shape: node.shape().sizes(),
        step,
        error_mean: 0.0,
        error_max: 0.0,
    };
    report.layers = program.nodes().iter().zip(&compiled.meanings).map(layer).collect();
    for row in 0..table.rows() {
        let floats = network.graph.exec(&super::cells(network, table, row));
        let ordered: Vec<_> =
            network.columns.iter().map(|&column| table.row(row)[column]).collect();
        let label = usize::from(table.labels()[row]);
        report.correct_float += usize::from(floats.class() == label);
        let Some(integers) = compiled.network.run(&ordered) else { continue };
        let class = usize::from(integers.class());
        report.correct += usize::from(class == label);
        report.agreeing += usize::from(class == floats.class());
        for (index, (layer, &(tensor, step))) in
            report.layers.iter_mut().zip(&compiled.meanings).enumerate()
        {
            let made = integers.tensor(index + 1);
            let pairs = made.iter().zip(&floats.tensors[tensor]);
            let errors = pairs.map(|(&x, &y)| (f64::from(x) - f64::from(y) / step).abs());
            let (sum, max) =
                errors.fold((0.0, layer.error_max), |(sum, max), e| (sum + e, e.max(max)));
            layer.error_mean += sum / made.len() as f64 / table.rows() as f64;
            layer.error_max = max;
        }
    }
    report
}

impl Compiled {
    /// Answers the rows of another table, whose features are in the file's order.
    pub fn test(&self, network: &Network, table: &Table) -> Result<Report, super::Error> {
        super::check(network, table)?;
        Ok(report(network, self, table))
    }
}
