//! The state entry by entry, as it is stored and sent: kind, key and value, as bytes.

use super::State;
use crate::map::{Change, Key, Map, Value};
use assay_codec::{Error, Reader, from_bytes, to_bytes};
use assay_types::state::Kind;

/// Says something of the map of a kind, whatever its type.
macro_rules! on {
    ($state:expr, $kind:expr, $map:ident => $body:expr) => {
        $crate::state::entries::on!(@ $kind, $map, $body, {$state}, {&})
    };
    (mut $state:expr, $kind:expr, $map:ident => $body:expr) => {
        $crate::state::entries::on!(@ $kind, $map, $body, {$state}, {&mut})
    };
    (@ $kind:expr, $map:ident, $body:expr, {$state:expr}, {$($reference:tt)*}) => {
        match $kind {
            Kind::Account => { let $map = $($reference)* $state.accounts; $body }
            Kind::Listing => { let $map = $($reference)* $state.listings; $body }
            Kind::Job => { let $map = $($reference)* $state.jobs; $body }
            Kind::Opening => { let $map = $($reference)* $state.opened; $body }
            Kind::Spent => { let $map = $($reference)* $state.spent; $body }
            Kind::Tip => { let $map = $($reference)* $state.tips; $body }
            Kind::Stake => { let $map = $($reference)* $state.stakes; $body }
        }
    };
}
pub(super) use on;

/// An entry that is new, is another one, or is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// What it is one of.
    pub kind: Kind,
    /// The encoding of its key.
    pub key: Vec<u8>,
    /// That of its value; `None`: it is gone.
    pub value: Option<Vec<u8>>,
}

/// Bytes that are not part of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misplaced {
    /// The scalars.
    #[error("the scalars of the state cannot be read")]
    Head(#[source] Error),
    /// A key.
    #[error("a key of kind {kind} cannot be read")]
    Key {
        /// Of which kind.
        kind: Kind,
        /// What is wrong with it.
        source: Error,
    },
    /// A value.
    #[error("a value of kind {kind} cannot be read")]
    Value {
        /// Of which kind.
        kind: Kind,
        /// What is wrong with it.
        source: Error,
    },
}

impl State {
    /// Returns what turns `before` into this state, beside the scalars. Costs what has changed, if one has come from
    /// the other.
    pub fn changes(&self, before: &Self) -> Vec<Changed> {
        let mut all = Vec::new();
        add(Kind::Account, &self.accounts, &before.accounts, &mut all);
        add(Kind::Listing, &self.listings, &before.listings, &mut all);
        add(Kind::Job, &self.jobs, &before.jobs, &mut all);
        add(Kind::Opening, &self.opened, &before.opened, &mut all);
        add(Kind::Spent, &self.spent, &before.spent, &mut all);
        add(Kind::Tip, &self.tips, &before.tips, &mut all);
        add(Kind::Stake, &self.stakes, &before.stakes, &mut all);
        all
    }

    /// A state with the same scalars that holds nothing.
    pub fn emptied(&self) -> Self {
        Self::from_head(&self.head()).expect("the encoding of a head is one")
    }

    /// Puts a state together. Whether it is the state of a chain, its root says.
    pub fn from_entries<E>(
        head: &[u8],
        entries: impl IntoIterator<Item = Result<(Kind, Vec<u8>, Vec<u8>), E>>,
    ) -> Result<Self, E>
    where
        E: From<Misplaced>,
    {
        let mut state = Self::from_head(head)?;
        for entry in entries {
            let (kind, key, value) = entry?;
            state.put(kind, &key, &value)?;
        }
        state.find_due();
        Ok(state)
    }

    /// A state with these scalars that holds nothing yet.
    pub(super) fn from_head(bytes: &[u8]) -> Result<Self, Misplaced> {
        let mut from = Reader::new(bytes);
        let state = Self::take_head(&mut from).map_err(Misplaced::Head)?;
        from.finish().map_err(Misplaced::Head)?;
        Ok(state)
    }

    /// Puts an entry where it belongs.
    pub(super) fn put(&mut self, kind: Kind, key: &[u8], value: &[u8]) -> Result<(), Misplaced> {
        on!(mut self, kind, map => {
            let key = from_bytes(key).map_err(|source| Misplaced::Key { kind, source })?;
            map.insert(key, from_bytes(value).map_err(|source| Misplaced::Value { kind, source })?);
        });
        Ok(())
    }
}

fn add<K: Key, V: Value>(
    kind: Kind,
    after: &Map<K, V>,
    before: &Map<K, V>,
    all: &mut Vec<Changed>,
) {
    let changed = |Change { key, value }| Changed {
        kind,
        key: to_bytes(&key),
        value: value.as_ref().map(to_bytes),
    };
    all.extend(after.changes(before).into_iter().map(changed));
}
