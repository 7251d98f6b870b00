//! The JSON of `dump_model`: every node holds its children.

use super::{Header, split};
use crate::forest::{Error, Json, NODES_MAX, Node};

/// Reads header and trees.
pub(super) fn read(bytes: &[u8]) -> Result<(Header, Vec<Vec<Node>>), Error> {
    let file = Json::parse(bytes)?;
    let root = Json::root(&file);
    if let Some(average) = root.optional("average_output")?
        && average.truth()?
    {
        return Err(average.unsupported());
    }
    let names = root.get("feature_names")?.list()?;
    let header = Header {
        features: names.map(|name| name.text().map(str::to_owned)).collect::<Result<_, _>>()?,
        objective: root.get("objective")?.text()?.to_owned(),
        classes: root.get("num_class")?.size()?,
        trees_per_round: root.get("num_tree_per_iteration")?.size()?,
    };
    let trees = root.get("tree_info")?.list()?.enumerate();
    let trees = trees.map(|(index, tree)| nodes(index, tree.get("tree_structure")?));
    Ok((header, trees.collect::<Result<_, _>>()?))
}

/// The nodes of a tree, the root first. A file's nesting is bounded by its parser.
fn nodes(tree: usize, root: Json<'_>) -> Result<Vec<Node>, Error> {
    let mut nodes = Vec::new();
    // The next place is handed out when a node is met, so that children follow their parents.
    let mut queue = std::collections::VecDeque::from([root]);
    let mut free = 1_usize;
    while let Some(node) = queue.pop_front() {
        if NODES_MAX < free {
            return Err(Error::TooLarge);
        }
        if let Some(value) = node.optional("leaf_value")? {
            if node.optional("leaf_coeff")?.is_some() {
                return Err(Error::LinearLeaves { tree });
            }
            nodes.push(Node::Leaf(vec![value.number()?]));
            continue;
        }
        if node.get("decision_type")?.text()? != "<=" {
            return Err(Error::Categorical { tree });
        }
        match node.get("missing_type")?.text()? {
            "None" | "NaN" => (),
            _ => return Err(Error::ZeroIsMissing { tree }),
        }
        let feature = node.get("split_feature")?.integer()?;
        let threshold = node.get("threshold")?.number()?;
        nodes.push(split((tree, nodes.len()), feature, threshold, [free, free + 1])?);
        queue.extend([node.get("left_child")?, node.get("right_child")?]);
        free += 2;
    }
    Ok(nodes)
}
