//! The nodes of a map, and what is remembered of them.

use assay_codec::{Decode, Digest, Encode, to_bytes};
use assay_types::Amount;
use assay_types::map::{self, bit};
use std::sync::{Arc, OnceLock};

/// What can be a value.
pub(crate) trait Value: Encode + Decode + Clone {
    /// What it holds.
    fn totals(&self) -> Totals {
        Totals::default()
    }
}

/// What values hold together: kept for each node, so that an audit costs what has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Money; `None` if it exceeds the largest amount.
    pub(crate) money: Option<Amount>,
    /// How many of them live.
    pub(crate) live: u64,
    /// How many of them break a rule.
    pub(crate) faults: u64,
}

impl Default for Totals {
    fn default() -> Self {
        Self { money: Some(Amount::ZERO), live: 0, faults: 0 }
    }
}

impl Totals {
    /// Money alone.
    pub(crate) fn money(amount: Amount) -> Self {
        Self { money: Some(amount), ..Self::default() }
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        let money = self.money.zip(other.money);
        Self {
            money: money.and_then(|(one, other)| one.checked_add(other)),
            live: self.live.saturating_add(other.live),
            faults: self.faults.saturating_add(other.faults),
        }
    }
}

/// Part of a map: one entry, or all that go the same way up to a bit.
#[derive(Clone)]
pub(super) enum Node<K, V> {
    Leaf(Leaf<K, V>),
    Branch(Branch<K, V>),
}

#[derive(Clone)]
pub(super) struct Leaf<K, V> {
    pub(super) key: K,
    pub(super) value: V,
    digest: OnceLock<Digest>,
}

#[derive(Clone)]
pub(super) struct Branch<K, V> {
    /// The first bit in which its keys differ.
    pub(super) bit: u16,
    /// Those with a zero there.
    pub(super) left: Arc<Node<K, V>>,
    /// Those with a one.
    pub(super) right: Arc<Node<K, V>>,
    digest: OnceLock<Digest>,
    totals: OnceLock<Totals>,
}

impl<K, V> Leaf<K, V> {
    pub(super) fn new(key: K, value: V) -> Self {
        Self { key, value, digest: OnceLock::new() }
    }
}

impl<K, V> Branch<K, V> {
    /// Lets `new` part from `other`.
    pub(super) fn new(
        bit: u16,
        is_right: bool,
        new: Arc<Node<K, V>>,
        other: Arc<Node<K, V>>,
    ) -> Self {
        let (left, right) = if is_right { (other, new) } else { (new, other) };
        Self { bit, left, right, digest: OnceLock::new(), totals: OnceLock::new() }
    }

    /// The child on the way of `key`.
    pub(super) fn toward(&self, key: &[u8]) -> &Arc<Node<K, V>> {
        if bit(key, self.bit) == Some(true) { &self.right } else { &self.left }
    }

    /// The other one.
    pub(super) fn beside(&self, key: &[u8]) -> &Arc<Node<K, V>> {
        if bit(key, self.bit) == Some(true) { &self.left } else { &self.right }
    }

    pub(super) fn toward_mut(&mut self, key: &[u8]) -> &mut Arc<Node<K, V>> {
        if bit(key, self.bit) == Some(true) { &mut self.right } else { &mut self.left }
    }
}

impl<K, V> Node<K, V> {
    /// Forgets what was computed, since something below will change.
    pub(super) fn forget(&mut self) {
        match self {
            Self::Leaf(leaf) => leaf.digest = OnceLock::new(),
            Self::Branch(branch) => {
                (branch.digest, branch.totals) = (OnceLock::new(), OnceLock::new());
            }
        }
    }

    /// Any leaf below: the lowest.
    pub(super) fn lowest(&self) -> &Leaf<K, V> {
        let mut node = self;
        loop {
            match node {
                Self::Leaf(leaf) => return leaf,
                Self::Branch(branch) => node = &branch.left,
            }
        }
    }
}

impl<K: Encode + Clone, V: Value> Node<K, V> {
    /// Steps from a branch towards `key`, where something will change.
    pub(super) fn descend<'a>(slot: &'a mut Arc<Self>, key: &[u8]) -> &'a mut Arc<Self> {
        if let Self::Leaf(_) = **slot {
            return slot;
        }
        let node = Arc::make_mut(slot);
        node.forget();
        match node {
            Self::Branch(branch) => branch.toward_mut(key),
            Self::Leaf(_) => unreachable!("it is a branch"),
        }
    }

    /// Its digest. As deep as the path is long: at most the bits of a key.
    pub(super) fn digest(&self) -> Digest {
        match self {
            Self::Leaf(leaf) => *leaf.digest.get_or_init(|| {
                map::leaf(&to_bytes(&leaf.key), &map::value(&to_bytes(&leaf.value)))
            }),
            Self::Branch(branch) => *branch.digest.get_or_init(|| {
                map::branch(branch.bit, &branch.left.digest(), &branch.right.digest())
            }),
        }
    }

    /// What its values hold.
    pub(super) fn totals(&self) -> Totals {
        match self {
            Self::Leaf(leaf) => leaf.value.totals(),
            Self::Branch(branch) => {
                *branch.totals.get_or_init(|| branch.left.totals().and(branch.right.totals()))
            }
        }
    }
}
