//! A persistent map with a Merkle root, in the format of [`assay_types::map`].
//!
//! Copies share their nodes: a copy costs nothing, and a change costs the path to it, whatever the size of
//! the map. Digests and sums are computed when they are asked for, once for each node, by whichever copy asks first.
//! So a block costs what it changes, in time and memory, and any number of competing blocks can be kept.
//!
//! Entries stand in the order of their keys' encodings. Of two keys no encoding is the beginning of the other, as
//! with all encodings of one type.

mod changes;
mod node;
mod prove;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use changes::Change;
pub(crate) use node::{Totals, Value};

use assay_codec::{Decode, Digest, Encode, to_bytes};
use assay_types::map::{self, bit, parting};
use node::{Branch, Leaf, Node};
use std::fmt;
use std::sync::Arc;

/// What can be a key.
pub(crate) trait Key: Encode + Decode + Clone {}

impl<K: Encode + Decode + Clone> Key for K {}

/// Keys and their values.
#[derive(Clone)]
pub(crate) struct Map<K, V> {
    top: Option<Arc<Node<K, V>>>,
    count: u64,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self { top: None, count: 0 }
    }
}

impl<K: fmt::Debug + Key, V: fmt::Debug + Value> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Two maps are equal if their entries are; whether they share nodes makes no difference.
impl<K: Key + PartialEq, V: Value + PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && self.iter().eq(other.iter())
    }
}

impl<K: Key + Eq, V: Value + Eq> Eq for Map<K, V> {}

impl<K: Key, V: Value> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl<K: Key, V: Value> Map<K, V> {
    /// Number of entries.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// What is authenticated: the same for the same entries.
    pub(crate) fn root(&self) -> Digest {
        map::root(self.count, self.top.as_ref().map(|top| top.digest()).as_ref())
    }

    /// What all values hold together.
    pub(crate) fn totals(&self) -> Totals {
        self.top.as_ref().map_or_else(Totals::default, |top| top.totals())
    }

    /// Returns what stands at `key`.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let key = to_bytes(key);
        let leaf = self.nearest(&key)?;
        (to_bytes(&leaf.key) == key).then_some(&leaf.value)
    }

    /// Whether something stands at `key`.
    pub(crate) fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Returns what stands at `key`, to be changed.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if !self.contains(key) {
            return None;
        }
        let key = to_bytes(key);
        let mut slot = self.top.as_mut()?;
        loop {
            let node = Arc::make_mut(slot);
            node.forget();
            match node {
                Node::Leaf(leaf) => return Some(&mut leaf.value),
                Node::Branch(branch) => slot = branch.toward_mut(&key),
            }
        }
    }

    /// Returns what stands at `key`, to be changed; nothing is the default.
    pub(crate) fn get_or_default(&mut self, key: &K) -> &mut V
    where
        V: Default,
    {
        if !self.contains(key) {
            self.insert(key.clone(), V::default());
        }
        self.get_mut(key).expect("it was inserted if it was not there")
    }

    /// Puts a value at `key`.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        let bytes = to_bytes(&key);
        debug_assert!(bytes.len() <= map::KEY_BYTES_MAX, "a key is too long to be proven");
        let nearest = self.nearest(&bytes).map(|leaf| parting(&bytes, &to_bytes(&leaf.key)));
        let leaf = Arc::new(Node::Leaf(Leaf::new(key, value)));
        let Some(top) = &mut self.top else {
            (self.top, self.count) = (Some(leaf), 1);
            return;
        };
        let parting = nearest.flatten();
        let mut slot = top;
        // Down to where the key parts from all keys below, or to its leaf.
        while let Node::Branch(branch) = &**slot {
            if parting.is_some_and(|parting| parting < branch.bit) {
                break;
            }
            slot = Node::descend(slot, &bytes);
        }
        *slot = match parting {
            None => leaf,
            Some(parting) => {
                self.count = self.count.saturating_add(1);
                let other = Arc::clone(slot);
                let is_right = bit(&bytes, parting) == Some(true);
                Arc::new(Node::Branch(Branch::new(parting, is_right, leaf, other)))
            }
        };
    }

    /// Takes away what stands at `key`, if something does.
    pub(crate) fn remove(&mut self, key: &K) {
        if !self.contains(key) {
            return;
        }
        self.count = self.count.saturating_sub(1);
        let key = to_bytes(key);
        let Some(mut slot) = self.top.as_mut() else { return };
        while let Node::Branch(branch) = &**slot {
            if let Node::Leaf(_) = **branch.toward(&key) {
                // Its neighbour moves up.
                *slot = Arc::clone(branch.beside(&key));
                return;
            }
            slot = Node::descend(slot, &key);
        }
        self.top = None;
    }

    /// Returns the entry with the lowest key.
    pub(crate) fn first(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    /// The leaf at the end of the way of `key`. It shares with `key` whatever any leaf shares with it.
    fn nearest(&self, key: &[u8]) -> Option<&Leaf<K, V>> {
        let mut node = self.top.as_deref()?;
        loop {
            match node {
                Node::Leaf(leaf) => return Some(leaf),
                Node::Branch(branch) => node = branch.toward(key),
            }
        }
    }
}
