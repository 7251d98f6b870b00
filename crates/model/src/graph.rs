//! Models: names, operators and parameters together.

use crate::ops::forest::{self, Forest, ForestTable};
use crate::ops::network::Network;
use crate::ops::tree::{Bounds, DecisionTree, Fault, NodeTable};
use crate::{Architecture, Ordered, Schema};
use assay_codec::{Decode, Digest, Encode, Error, Reader, from_bytes, to_bytes};

/// The first bytes of a model file.
pub const MAGIC: [u8; 8] = *b"\x89ASSAY\r\n";
/// The version of the model file.
pub const VERSION: u16 = 1;

/// The operators of a model, with their parameters. A row goes in, a class comes out.
///
/// Exhaustive on purpose: a new operator must be met wherever models are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Graph {
    /// One decision tree over all features.
    DecisionTree(NodeTable),
    /// A network.
    Network(Network),
    /// Many trees that vote with numbers for a class.
    Forest(ForestTable),
}

impl Graph {
    /// What is public about the graph.
    pub fn architecture(&self) -> Architecture {
        match self {
            Self::DecisionTree(table) => Architecture::DecisionTree(table.bounds()),
            Self::Network(network) => Architecture::Network(network.program().clone()),
            Self::Forest(table) => Architecture::Forest(table.bounds()),
        }
    }

    /// Returns the class of `row`, or `None` if the parameters lead it nowhere.
    pub fn exec(&self, row: &[Ordered]) -> Option<u16> {
        match self {
            Self::DecisionTree(table) => table.exec(row),
            Self::Network(network) => network.exec(row),
            Self::Forest(table) => table.exec(row),
        }
    }

    /// Returns the number that answers `row`, if the graph has one output: the sum of a forest whose
    /// trees all add to one, or the one number of a network's last tensor. It lies between minus and
    /// plus half of the field's order. `None` also where the parameters lead the row nowhere.
    pub fn number(&self, row: &[Ordered]) -> Option<i32> {
        if !self.architecture().is_number() {
            return None;
        }
        match self {
            Self::DecisionTree(_) => None,
            Self::Network(network) => network.number(row),
            Self::Forest(table) => table.number(row),
        }
    }

    /// Returns how many classes answer `row` as well as `class` or better, itself among them: 1 for
    /// the answer. Of equal scores the lower class is the better one. `None` where there is no
    /// answer, or no such class, or only one class: a tree's leaf has no second best.
    pub fn rank(&self, row: &[Ordered], class: u16) -> Option<usize> {
        match self {
            Self::DecisionTree(_) => None,
            Self::Network(network) => network.rank(row, class),
            Self::Forest(table) => table.rank(row, class),
        }
    }

    fn features(&self) -> usize {
        match self {
            Self::DecisionTree(table) => table.bounds().features(),
            Self::Network(network) => network.program().features(),
            Self::Forest(table) => table.bounds().features(),
        }
    }

    fn classes(&self) -> usize {
        match self {
            Self::DecisionTree(table) => table.bounds().classes(),
            Self::Network(network) => network.program().classes(),
            Self::Forest(table) => table.bounds().classes(),
        }
    }
}

impl Encode for Graph {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::DecisionTree(table) => {
                0_u8.encode(out);
                table.encode(out);
            }
            Self::Network(network) => {
                1_u8.encode(out);
                network.encode(out);
            }
            Self::Forest(table) => {
                2_u8.encode(out);
                table.encode(out);
            }
        }
    }
}

impl Decode for Graph {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => NodeTable::decode(from).map(Self::DecisionTree),
            1 => Network::decode(from).map(Self::Network),
            2 => ForestTable::decode(from).map(Self::Forest),
            got => Err(Error::Tag { what: "graph", got }),
        }
    }
}

/// A graph and the names of what it reads and answers.
///
/// The canonical encoding, which starts with [`MAGIC`] and [`VERSION`], is the model file. It holds
/// the parameters exactly as they are committed, so that a commitment can be recomputed from the
/// file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    schema: Schema,
    graph: Graph,
}

impl Model {
    /// Keeps a graph that reads as many features and knows as many classes as `schema` names.
    pub fn new(schema: Schema, graph: Graph) -> Result<Self, &'static str> {
        if schema.features().len() != graph.features() {
            return Err("the schema names another number of features than the graph reads");
        }
        if schema.classes().len() != graph.classes() {
            return Err("the schema names another number of classes than the graph knows");
        }
        Ok(Self { schema, graph })
    }

    /// Lays `tree` out within `bounds`.
    pub fn from_tree(schema: Schema, tree: &DecisionTree, bounds: Bounds) -> Result<Self, Fault> {
        let table = tree.to_table(bounds)?;
        Self::new(schema, Graph::DecisionTree(table)).map_err(|_| Fault::Bounds)
    }

    /// Lays `forest` out within `bounds`.
    pub fn from_forest(
        schema: Schema,
        forest: &Forest,
        bounds: forest::Bounds,
    ) -> Result<Self, forest::Fault> {
        let table = forest.to_table(bounds)?;
        Self::new(schema, Graph::Forest(table)).map_err(|_| forest::Fault::Bounds)
    }

    /// The names of columns and classes.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The operators and parameters.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// What is public about the model, beside its names.
    pub fn architecture(&self) -> Architecture {
        self.graph.architecture()
    }

    /// Returns the class of `row` (an index into the schema's classes), or `None` if the parameters
    /// lead it nowhere.
    pub fn exec(&self, row: &[Ordered]) -> Option<u16> {
        self.graph.exec(row)
    }

    /// Returns the rank of `class` among the answers to `row`, from 1 on, as [`Graph::rank`] says.
    pub fn rank(&self, row: &[Ordered], class: u16) -> Option<usize> {
        self.graph.rank(row, class)
    }

    /// Names this model; not a commitment, for whoever guesses the model can check the guess.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/model/1", self)
    }

    /// Returns the bytes of the model file.
    pub fn to_file(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Reads a model file.
    pub fn from_file(bytes: &[u8]) -> Result<Self, Error> {
        from_bytes(bytes)
    }
}

impl Encode for Model {
    fn encode(&self, out: &mut Vec<u8>) {
        MAGIC.encode(out);
        VERSION.encode(out);
        self.schema.encode(out);
        self.graph.encode(out);
    }
}

impl Decode for Model {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        if from.array::<8>()? != MAGIC {
            return Err(Error::Invalid("not a model file"));
        }
        match u16::decode(from)? {
            VERSION => (),
            crate::regression::VERSION => {
                return Err(Error::Invalid("this model answers with a number, not with a class"));
            }
            _ => return Err(Error::Invalid("a model file of another version")),
        }
        let schema = Schema::decode(from)?;
        Self::new(schema, Graph::decode(from)?).map_err(Error::Invalid)
    }
}
