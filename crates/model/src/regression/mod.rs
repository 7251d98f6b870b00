//! Models that answer with a number, and rows whose target is one.
//!
//! A number is an integer: so many parts of a unit, of which the [`Scale`] says how many make one.
//! Targets are exactly such numbers; nothing is rounded when a table is read. What a model answers
//! is the same integer that its execution adds up, and may lie outside of the range.
//!
//! Classification is not touched: a [`Schema`] here wraps the [`crate::Schema`] of a table with one
//! class, named after the unit, and rows are a [`crate::Table`] whose labels mean nothing. What names
//! and encodes numbers has labels, tags and versions of its own.
//!
//! - [`Schema`] names the columns, the unit and the scale; [`Table`] holds rows with targets;
//! - [`Model`] is a [`Schema`] and a [`crate::Graph`] of one output: a forest whose trees all add to
//!   one sum, or a network whose last tensor is one number; [`Reading`] says how many parts it stands for.
//!
//! ```
//! use assay_model::regression::{Model, Reading, Scale, Schema, Table};
//! use assay_model::ops::forest::{Forest, Node, Votes};
//! use assay_model::{Graph, Ordered};
//!
//! // Two trees that say 1.5 and -0.25, in hundredths.
//! let leaf = |value| vec![Node::Leaf { values: vec![value] }];
//! let forest = Forest::new(1, 1, Votes::All, vec![leaf(150), leaf(-25)])?;
//! let graph = Graph::Forest(forest.to_table(forest.bounds(0, 0, 0)?)?);
//! let schema = Schema::new(vec!["age".into()], "weight".into(), "kg".into(), Scale::new(100, 0, 500)?)?;
//! let model = Model::new(schema.clone(), graph, Reading::PLAIN)?;
//! let table = Table::new(schema, vec![Ordered::ZERO; 2], vec![125, 130])?;
//! assert_eq!(model.exec(table.rows().row(0)), Some(125));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod architecture;
mod model;
mod schema;
mod table;

#[cfg(test)]
mod tests;

pub use architecture::{Architecture, Reading, STEP_MAX};
pub use model::{Model, VERSION};
pub use schema::{DENOMINATOR_MAX, NUMBER_MAX, SPAN_MAX, Scale, Schema};
pub use table::Table;
