//! Why an ONNX file is no tree or forest.

use crate::model::tree;
use assay_model::ops::tree::TREE_FEATURES_MAX;

/// Why an ONNX file is no tree or forest.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The bytes are no protobuf.
    #[error("not an ONNX file: the bytes are no protobuf")]
    Wire,
    /// A name is not UTF-8.
    #[error("a name is not UTF-8 text")]
    NotText,
    /// A message has a field whose meaning is unknown here.
    #[error("{message} has field {field}, which is not supported")]
    Field {
        /// The message.
        message: &'static str,
        /// The field's number.
        field: u64,
    },
    /// Something stands twice.
    #[error("the file has a second {what}")]
    Twice {
        /// What it is.
        what: &'static str,
    },
    /// There is no graph.
    #[error("the file has no graph")]
    NoGraph,
    /// An operator set has two versions.
    #[error("operators of {domain:?} are wanted in versions {} and {}", versions[0], versions[1])]
    OperatorSets {
        /// The domain.
        domain: String,
        /// The versions.
        versions: [i64; 2],
    },
    /// Operators of another domain are wanted.
    #[error("operators of {domain:?}, version {version}, are not supported")]
    Domain {
        /// The domain.
        domain: String,
        /// The version.
        version: i64,
    },
    /// A list is too long.
    #[error("the file has more than {limit} {what}")]
    TooMany {
        /// What is listed.
        what: &'static str,
        /// The greatest number.
        limit: usize,
    },
    /// An operator is unknown.
    #[error("operator {name:?} of {domain:?} is not supported")]
    Operator {
        /// Its name.
        name: String,
        /// Its domain.
        domain: String,
    },
    /// Two operators, or an operator and an input, give one value.
    #[error("two values are named {name:?}")]
    DuplicateValue {
        /// The name.
        name: String,
    },
    /// There is no tree.
    #[error("the graph has no TreeEnsembleClassifier or TreeEnsembleRegressor")]
    NoTree,
    /// The rows are changed before they reach the tree, or are no tensor of numbers.
    #[error("the tree does not read the graph's one input as it is")]
    Input,
    /// The tree's answer is not an output.
    #[error("the tree's label is no output of the graph")]
    Output,
    /// The number of features is unknown, or out of range.
    #[error("the graph's input has no width between 1 and {TREE_FEATURES_MAX}")]
    Width,
    /// An attribute is unknown.
    #[error("attribute {name:?} is not supported")]
    Attribute {
        /// Its name.
        name: String,
    },
    /// An attribute stands twice.
    #[error("attribute {name:?} stands twice")]
    DuplicateAttribute {
        /// Its name.
        name: String,
    },
    /// An attribute is missing.
    #[error("attribute {name:?} is missing")]
    NoAttribute {
        /// Its name.
        name: &'static str,
    },
    /// An attribute holds other things than its type or name says.
    #[error("attribute {name:?} is of another type")]
    AttributeType {
        /// Its name.
        name: String,
    },
    /// Two attributes that belong together have different lengths.
    #[error("attribute {name:?} has {got} entries, {expected} belong there")]
    Length {
        /// The attribute.
        name: &'static str,
        /// Entries of the one it belongs to.
        expected: usize,
        /// Its entries.
        got: usize,
    },
    /// A tensor lies in another file.
    #[error("tensor {name:?} lies in another file, which is not read")]
    ExternalData {
        /// The tensor.
        name: String,
    },
    /// The graph has several ensembles.
    #[error("the graph has more than one TreeEnsembleClassifier")]
    SeveralEnsembles,
    /// The nodes of a tree do not stand together.
    #[error("the nodes of tree {tree} do not stand together")]
    ScatteredTree {
        /// The tree's number.
        tree: i64,
    },
    /// There are more or fewer base values than scores.
    #[error("{got} base values are added to {expected} sums")]
    BaseValues {
        /// Sums that they could be added to.
        expected: usize,
        /// Base values.
        got: usize,
    },
    /// Both of two classes have scores in an ensemble of many trees.
    #[error("both of two classes have scores, about which runtimes disagree")]
    TwoScores,
    /// The signs of the scores and their transformation say different things.
    #[error(
        "the scores of one of two classes are transformed by {transform:?} and their signs say otherwise: runtimes disagree about the label"
    )]
    AmbiguousScores {
        /// The transformation.
        transform: &'static str,
    },
    /// A row may have no score for a class, and none above 0 for the others.
    #[error("class {class} may be without a score, about which runtimes disagree")]
    UnscoredClass {
        /// The class.
        class: usize,
    },
    /// Scores are transformed in a way that may change the answer.
    #[error("the weights are transformed by {got:?}")]
    Transform {
        /// The transformation.
        got: String,
    },
    /// A node compares in another way.
    #[error("node {index} is a {got:?}, not a BRANCH_LEQ, _LT, _GTE, _GT or a LEAF")]
    Mode {
        /// The node.
        index: usize,
        /// Its mode.
        got: String,
    },
    /// What a node says of missing values is neither yes nor no.
    #[error("node {index} sends missing values neither left nor right")]
    Missing {
        /// The node.
        index: usize,
    },
    /// The first node of a tree is not its root.
    #[error("the first node of tree {tree} has the number {got}, not 0")]
    Root {
        /// The tree's number.
        tree: i64,
        /// Its number.
        got: i64,
    },
    /// Two nodes have one number.
    #[error("two nodes have the number {id}")]
    DuplicateNode {
        /// The number.
        id: i64,
    },
    /// A child or a weight belongs to no node.
    #[error("there is no node of the number {id}")]
    NoNode {
        /// The number.
        id: i64,
    },
    /// A weight stands at an inner node.
    #[error("inner node {index} has a weight")]
    InnerWeight {
        /// The node.
        index: usize,
    },
    /// A leaf weighs a class twice, or one that does not exist.
    #[error("leaf {index} weighs class {class} twice, or there is no such class")]
    ClassId {
        /// The leaf.
        index: usize,
        /// The class.
        class: i64,
    },
    /// Runtimes do not agree about a lone score.
    #[error("leaf {index} has the lone score {got:e}, about which runtimes disagree")]
    Ambiguous {
        /// The leaf.
        index: usize,
        /// The score.
        got: f64,
    },
    /// Labels are both, neither, or fewer than two.
    #[error("the labels are not a list of at least two integers, or texts")]
    Labels,
    /// The metadata names another number of features.
    #[error("the metadata names {got} features, the input has {expected}")]
    Names {
        /// Width of the input.
        expected: usize,
        /// Names.
        got: usize,
    },
    /// The nodes are not a tree that we can hold.
    #[error(transparent)]
    Tree(#[from] tree::Error),
}

impl ReadError {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Operator { .. } | Self::Domain { .. } | Self::NoTree | Self::Input => {
                "convert the tree alone: no scaler, no pipeline, at least two classes; if this is a network, use `assay model compile`"
            }
            Self::Field { .. } | Self::Attribute { .. } | Self::OperatorSets { .. } => {
                "the file uses what could change its meaning: convert the tree with skl2onnx"
            }
            Self::SeveralEnsembles => "convert one model alone, not an ensemble of pipelines",
            Self::Transform { .. } | Self::Ambiguous { .. } => {
                "convert the tree with skl2onnx, which writes probabilities"
            }
            Self::TwoScores | Self::AmbiguousScores { .. } | Self::UnscoredClass { .. } => {
                "convert with skl2onnx or onnxmltools, or import the library's own file instead"
            }
            Self::Mode { .. } => "trees that compare by `<=`, `<`, `>=` or `>` are supported",
            Self::Missing { .. } => "fill in missing values, and train again",
            Self::Width => {
                "convert with FloatTensorType([None, n]), n being the number of features"
            }
            Self::ExternalData { .. } => "save the model in one file",
            Self::Tree(error) => error.hint(),
            _ => "the file is damaged: convert the model again",
        }
    }
}
