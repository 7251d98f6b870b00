//! `assay model inspect M`

use crate::{
    failure::Result,
    inputs::{self, AnyModel},
    numbers,
    output::{Output, report},
};
use assay_codec::Digest;
use assay_import::network::Cost;
use assay_model::{
    Graph,
    ops::{
        forest::{ForestTable, Votes},
        network::{Map, Node, Program, Term},
        tree::{DecisionTree, NodeTable},
    },
    regression,
};
use serde_json::{Map as Entries, Value};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The model file
    model: PathBuf,
    /// Rows that a proof would be about, to guess what it takes
    #[arg(long, value_name = "N", default_value_t = 1)]
    rows: usize,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let model = match inputs::any_model(&args.model)? {
        AnyModel::Class(model) => model,
        AnyModel::Number(model) => return number(args, &model, output),
    };
    let kind = kind(model.graph());
    let schema = model.schema();
    let mut entries = report! {
        "kind": kind,
        "target": schema.target(),
        "classes": schema.classes(),
        "features": schema.features(),
    };
    entries.extend(sizes(args, model.graph())?);
    entries.extend(names(model.graph(), model.digest()));
    output.report(entries)
}

/// A model that answers with a number.
fn number(args: &Args, model: &regression::Model, output: &Output) -> Result<()> {
    let schema = model.schema();
    let mut entries = report! { "kind": kind(model.graph()) };
    entries.extend(numbers::report_schema(schema, model.architecture().reading()));
    entries.extend(report! { "features": schema.features() });
    entries.extend(sizes(args, model.graph())?);
    entries.extend(names(model.graph(), model.digest()));
    output.report(entries)
}

fn kind(graph: &Graph) -> &'static str {
    match graph {
        Graph::DecisionTree(_) => "decision tree",
        Graph::Forest(_) => "forest",
        Graph::Network(_) => "network",
    }
}

fn sizes(args: &Args, graph: &Graph) -> Result<Entries<String, Value>> {
    Ok(match graph {
        Graph::DecisionTree(table) => tree(table)?,
        Graph::Forest(table) => forest(table),
        Graph::Network(network) => {
            let mut entries = report! { "layers": layers(network.program()) };
            entries.extend(cost(network.program(), args.rows));
            entries
        }
    })
}

fn names(graph: &Graph, digest: Digest) -> Entries<String, Value> {
    report! {
        "architecture": graph.architecture().digest().to_string(),
        "model_digest": digest.to_string(),
    }
}

fn tree(table: &NodeTable) -> Result<Entries<String, Value>> {
    let (tree, bounds) = (DecisionTree::from_table(table)?, table.bounds());
    Ok(report! {
        "depth": tree.depth(),
        "leaves": tree.leaves(),
        "nodes": tree.nodes().len(),
        "declared_depth": bounds.depth(),
        "declared_nodes": bounds.slots(),
    })
}

fn forest(table: &ForestTable) -> Entries<String, Value> {
    let bounds = table.bounds();
    let votes = match bounds.votes() {
        Votes::All if bounds.classes() == 1 => "each tree, added up",
        Votes::All => "each tree, for all classes",
        Votes::Turns => "the trees in turns, for one class each",
        Votes::Second => "each tree, for or against the second class",
    };
    report! {
        "votes": votes,
        "declared_trees": bounds.trees(),
        "declared_depth": bounds.depth(),
        "declared_nodes": bounds.slots(),
    }
}

/// What a proof about a network takes: counted, and guessed for so many rows.
pub(super) fn cost(program: &Program, rows: usize) -> Entries<String, Value> {
    let cost = Cost::of(program);
    let Cost { cells, lookups, table_entries, parameter_cells } = cost;
    let [seconds, memory_mib, proof_mib] = cost.estimate(rows).in_two_digits();
    report! {
        "parameters": program.parameter_layout().parameters(),
        "committed_parameters": parameter_cells,
        "committed_cells_per_row": cells,
        "lookups_per_row": lookups,
        "table_entries": table_entries,
        "estimated_rows": rows,
        "estimated_seconds_2_cores_avx2": seconds,
        "estimated_memory_mib": memory_mib,
        "estimated_proof_mib": proof_mib,
    }
}

/// A line for each layer: what it does, the shape that it makes, how its sums are scaled.
pub(super) fn layers(program: &Program) -> Vec<String> {
    let layer = |node: &Node| {
        let shape = node.shape();
        let shape = format!("[{}, {}, {}]", shape.height, shape.width, shape.channels);
        match node {
            Node::Max { rows, columns, .. } => {
                format!("maximum {}x{} {shape}", rows.taps, columns.taps)
            }
            Node::Unit { terms, shift, quotient_bits, map, .. } => {
                let terms: Vec<String> = terms.iter().map(term).collect();
                let map = match &program.maps()[*map] {
                    Map::Identity => "as it is".to_owned(),
                    Map::Clamp { low, high } => format!("within {low}..{high}"),
                    Map::Table(_) => "by a table".to_owned(),
                };
                let terms = terms.join(" + ");
                format!("{terms} {shape}, over 2^{shift} to {quotient_bits} bits, {map}")
            }
        }
    };
    program.nodes().iter().map(layer).collect()
}

fn term(term: &Term) -> String {
    match term {
        Term::Mixed { rows, columns, groups, from, .. } if 1 < *groups => {
            format!("convolution {}x{} of {from} in {groups} groups", rows.taps, columns.taps)
        }
        Term::Mixed { rows, columns, from, .. } if rows.outputs * columns.outputs == 1 => {
            format!("dense of {from}")
        }
        Term::Mixed { rows, columns, from, .. } => {
            format!("convolution {}x{} of {from}", rows.taps, columns.taps)
        }
        Term::Fixed { from, factor, .. } => format!("{factor} times {from}"),
        Term::Product { left, right } => format!("{left} times {right}, cell by cell"),
    }
}
