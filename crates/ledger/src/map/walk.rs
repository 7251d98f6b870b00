//! Walking over a map in the order of its keys.

use super::node::Node;
use super::{Key, Map, Value};
use assay_codec::to_bytes;
use assay_types::map::{bit, parting};

/// Walks over entries.
#[derive(Clone)]
pub(crate) struct Iter<'a, K, V> {
    /// What comes next is on top.
    stack: Vec<&'a Node<K, V>>,
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.stack.pop()? {
                Node::Leaf(leaf) => return Some((&leaf.key, &leaf.value)),
                Node::Branch(branch) => self.stack.extend([&*branch.right, &*branch.left]),
            }
        }
    }
}

impl<K: Key, V: Value> Map<K, V> {
    /// Walks over all entries.
    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        Iter { stack: self.top.as_deref().into_iter().collect() }
    }

    /// Walks over the values.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// Walks over the entries whose keys are above `key`.
    pub(crate) fn after(&self, key: &K) -> Iter<'_, K, V> {
        let key = to_bytes(key);
        let Some(nearest) = self.nearest(&key) else { return self.iter() };
        let parting = parting(&key, &to_bytes(&nearest.key));
        let mut stack = Vec::new();
        let mut next = self.top.as_deref();
        while let Some(node) = next.take() {
            match (node, parting) {
                (Node::Branch(branch), parting) if parting.is_none_or(|at| branch.bit < at) => {
                    if bit(&key, branch.bit) != Some(true) {
                        stack.push(&*branch.right);
                    }
                    next = Some(branch.toward(&key));
                }
                // The key itself.
                (_, None) => {}
                // All of it is on one side of the key.
                (node, Some(parting)) if bit(&key, parting) != Some(true) => stack.push(node),
                (_, Some(_)) => {}
            }
        }
        Iter { stack }
    }

    /// Walks over the entries whose keys begin with `prefix`.
    pub(crate) fn beginning(&self, prefix: &[u8]) -> Iter<'_, K, V> {
        let mut node = self.top.as_deref();
        while let Some(Node::Branch(branch)) = node {
            if bit(prefix, branch.bit).is_none() {
                break;
            }
            node = Some(branch.toward(prefix));
        }
        let is_meant = |node: &&Node<K, V>| to_bytes(&node.lowest().key).starts_with(prefix);
        Iter { stack: node.filter(is_meant).into_iter().collect() }
    }
}
