//! How two maps differ. What they share is not looked at, so it costs what has changed since one was a copy of the
//! other.

use super::node::Node;
use super::{Key, Map, Value};
use assay_codec::to_bytes;
use assay_types::map::{bit, parting};
use std::sync::Arc;

/// An entry that is new, is another one, or is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change<K, V> {
    pub(crate) key: K,
    /// `None`: it is gone.
    pub(crate) value: Option<V>,
}

type Link<'a, K, V> = Option<&'a Arc<Node<K, V>>>;

impl<K: Key, V: Value> Map<K, V> {
    /// What turns `before` into this map, in the order of the keys. What was written anew without being another
    /// value may be among it.
    pub(crate) fn changes(&self, before: &Self) -> Vec<Change<K, V>> {
        let mut found = Vec::new();
        compare(before.top.as_ref(), self.top.as_ref(), &mut found);
        found
    }
}

fn compare<K: Key, V: Value>(
    before: Link<'_, K, V>,
    after: Link<'_, K, V>,
    found: &mut Vec<Change<K, V>>,
) {
    let (old, new) = match (before, after) {
        (None, None) => return,
        (Some(old), None) => return all(old, found, true),
        (None, Some(new)) => return all(new, found, false),
        (Some(old), Some(new)) => (old, new),
    };
    if Arc::ptr_eq(old, new) {
        return;
    }
    let parting = parting(&to_bytes(&old.lowest().key), &to_bytes(&new.lowest().key));
    // Where each of them parts; a leaf does nowhere.
    let bit_of = |node: &Node<K, V>| match node {
        Node::Leaf(_) => None,
        Node::Branch(branch) => Some(branch.bit),
    };
    let first = [bit_of(old), bit_of(new), parting].into_iter().flatten().min();
    let Some(first) = first else {
        // Two leaves of one key.
        return all(new, found, false);
    };
    let (old_left, old_right) = halves(old, first);
    let (new_left, new_right) = halves(new, first);
    compare(old_left, new_left, found);
    compare(old_right, new_right, found);
}

/// Parts a node at a bit before which all its keys are the same.
fn halves<K: Key, V>(node: &Arc<Node<K, V>>, at: u16) -> (Link<'_, K, V>, Link<'_, K, V>) {
    match &**node {
        Node::Branch(branch) if branch.bit == at => (Some(&branch.left), Some(&branch.right)),
        _ if bit(&to_bytes(&node.lowest().key), at) == Some(true) => (None, Some(node)),
        _ => (Some(node), None),
    }
}

fn all<K: Key, V: Value>(node: &Node<K, V>, found: &mut Vec<Change<K, V>>, is_gone: bool) {
    match node {
        Node::Leaf(leaf) => {
            let value = (!is_gone).then(|| leaf.value.clone());
            found.push(Change { key: leaf.key.clone(), value });
        }
        Node::Branch(branch) => {
            all(&branch.left, found, is_gone);
            all(&branch.right, found, is_gone);
        }
    }
}
