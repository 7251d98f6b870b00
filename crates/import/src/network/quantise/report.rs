//! What a program costs in answers.

use super::{Compiled, Cost, Made, Meaning};
use crate::network::{Network, graph};
use assay_model::Table;
use assay_model::ops::network::{self as model, Node};

/// What is known about a program before anything is proven of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report<A = Right> {
    /// Rows that were answered.
    pub rows: usize,
    /// How well floats and integers answer them.
    pub answers: A,
    /// Parameters that are read.
    pub parameters: usize,
    /// The steps.
    pub layers: Vec<Layer>,
    /// What a proof takes.
    pub cost: Cost,
}

/// How many rows a classifier answers right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Right {
    /// Rows that the floats answer as labelled.
    pub correct_float: usize,
    /// Rows that the integers answer as labelled.
    pub correct: usize,
    /// Rows that both answer alike.
    pub agreeing: usize,
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

impl Made {
    /// Answers all rows of a table both ways; `each` is told of a row what floats and integers make of it,
    /// if these have an answer.
    pub(super) fn report<A: Default>(
        &self,
        network: &Network,
        table: &Table,
        mut each: impl FnMut(&mut A, usize, &graph::Trace, Option<&model::Trace>),
    ) -> Report<A> {
        let mut answers = A::default();
        let program = self.network.program();
        let layer = |(node, meaning): (&Node, &Meaning)| Layer {
            shape: node.shape().sizes(),
            step: meaning.step,
            error_mean: 0.0,
            error_max: 0.0,
        };
        let mut layers: Vec<Layer> =
            program.nodes().iter().zip(&self.meanings).map(layer).collect();
        for row in 0..table.rows() {
            let floats = network.graph.exec(&super::cells(network, table, row));
            let ordered: Vec<_> =
                network.columns.iter().map(|&column| table.row(row)[column]).collect();
            let integers = self.network.run(&ordered);
            each(&mut answers, row, &floats, integers.as_ref());
            let Some(integers) = integers else { continue };
            for (index, (layer, meaning)) in layers.iter_mut().zip(&self.meanings).enumerate() {
                let made = integers.tensor(index + 1);
                let float = |&y: &f32| (f64::from(y) - meaning.offset) / meaning.step;
                let pairs = made.iter().zip(floats.tensors[meaning.tensor].iter().map(float));
                let errors = pairs.map(|(&x, y)| (f64::from(x) - y).abs());
                let (sum, max) =
                    errors.fold((0.0, layer.error_max), |(sum, max), e| (sum + e, e.max(max)));
                layer.error_mean += sum / made.len() as f64 / table.rows() as f64;
                layer.error_max = max;
            }
        }
        Report {
            rows: table.rows(),
            answers,
            parameters: program.parameter_layout().parameters(),
            layers,
            cost: Cost::of(program),
        }
    }

    /// Counts the rows that are answered with their labels.
    pub(super) fn right(&self, network: &Network, table: &Table) -> Report {
        self.report(network, table, |right: &mut Right, row, floats, integers| {
            let label = usize::from(table.labels()[row]);
            let class = integers.map(|integers| usize::from(integers.class()));
            right.correct_float += usize::from(floats.class() == label);
            right.correct += usize::from(class == Some(label));
            right.agreeing += usize::from(class == Some(floats.class()));
        })
    }
}

impl Compiled {
    /// Answers the rows of another table, whose features are in the file's order.
    pub fn test(&self, network: &Network, table: &Table) -> Result<Report, super::Error> {
        super::check(network, table)?;
        Ok(self.made.right(network, table))
    }
}
