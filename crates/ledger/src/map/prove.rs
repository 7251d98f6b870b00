//! Proofs of what stands at a key.

use super::node::Node;
use super::{Key, Map, Value};
use assay_codec::to_bytes;
use assay_types::map::{End, Proof, Step, bit, value};

impl<K: Key, V: Value> Map<K, V> {
    /// Proves what stands at `key`, or that nothing does.
    pub(crate) fn prove(&self, key: &K) -> Proof {
        let (key, mut steps) = (to_bytes(key), Vec::new());
        let Some(mut node) = self.top.as_deref() else {
            return Proof { count: 0, steps, end: End::Nowhere };
        };
        loop {
            match node {
                Node::Branch(branch) => {
                    steps.push(Step { bit: branch.bit, sibling: branch.beside(&key).digest() });
                    node = branch.toward(&key);
                }
                Node::Leaf(leaf) => {
                    let other = to_bytes(&leaf.key);
                    let end = if other == key {
                        End::Here
                    } else {
                        End::Other { key: other, value: value(&to_bytes(&leaf.value)) }
                    };
                    return Proof { count: self.count, steps, end };
                }
            }
        }
    }

    /// Whether all that `proof` says of the entries below `key` is true of this map, which holds those entries and none
    /// above `key`. With a proof that leads to the root of some map it follows that this map is that one's beginning.
    pub(crate) fn is_beginning(&self, key: &K, proof: &Proof) -> bool {
        let own = self.prove(key);
        let bytes = to_bytes(key);
        let below = |step: &&Step| bit(&bytes, step.bit) == Some(true);
        own.end == End::Here && own.steps.iter().eq(proof.steps.iter().filter(below))
    }
}
