//! A state on its way to somebody who has only its root: in pieces, each of which is checked when it comes.
//!
//! A [`Piece`] holds consecutive entries of one kind and the proof of the last of them. Entries come in the order of their
//! keys, so whoever has all the earlier ones can compute every neighbour on the left of that proof's path. If these
//! are the ones that the proof leads to the root with, then nothing up to there is missing, added or changed.

use super::State;
use super::entries::{Misplaced, on};
use super::proof::BadKey;
use crate::map::{Key, Map, Value};
use assay_codec::{
    Decode, Digest, Encode, Error, Reader, from_bytes, put_bytes, put_len, to_bytes,
};
use assay_types::map;
use assay_types::state::{self, Kind, Roots, VALUE_BYTES_MAX, verify_head};

/// Most entries of a piece.
const PIECE_ENTRIES_MAX: usize = 4096;
/// How many bytes of keys and values a piece has before it takes no further entry.
pub const PIECE_BYTES: usize = 256 << 10;

/// Consecutive entries of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What they are.
    pub kind: Kind,
    /// The encodings of their keys and values.
    pub entries: Vec<(Vec<u8>, Vec<u8>)>,
    /// That the last of them is part of the state.
    pub last: map::Proof,
}

impl Encode for Piece {
    fn encode(&self, out: &mut Vec<u8>) {
        self.kind.encode(out);
        put_len(out, self.entries.len());
        for (key, value) in &self.entries {
            put_bytes(out, key);
            put_bytes(out, value);
        }
        self.last.encode(out);
    }
}

impl Decode for Piece {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let kind = Kind::decode(from)?;
        let len = from.len("entries", PIECE_ENTRIES_MAX)?;
        let mut entries = Vec::new();
        for _ in 0..len {
            entries.push((from.bytes(map::KEY_BYTES_MAX)?, from.bytes(VALUE_BYTES_MAX)?));
        }
        Ok(Self { kind, entries, last: map::Proof::decode(from)? })
    }
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Of which kind.
    pub kind: Kind,
    /// The encoding of the last key that is there; `None`: from the first one on.
    pub after: Option<Vec<u8>>,
}

/// Why a piece is not the next one of a state; the first rule that is broken. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PieceRejection {
    /// Rule 1: scalars and roots are those of the state.
    #[error("the beginning is not that of this state")]
    Head(#[source] state::Rejection),
    /// Rule 2: it is of the kind that was asked for, and not empty.
    #[error("these are not the entries that come next")]
    Kind,
    /// Rule 3: keys rise.
    #[error("entry {index} does not come after the one before")]
    Order {
        /// Its number, from 0.
        index: usize,
    },
    /// Rule 4: entries can be read.
    #[error("an entry cannot be read")]
    Entry(#[source] Misplaced),
    /// Rule 5: the last one is part of the state.
    #[error("the last entry is not one of this state")]
    Last(#[source] map::Rejection),
    /// Rule 6: and so is everything before it.
    #[error("an entry before the last is missing, changed or made up")]
    Content,
    /// Rule 7: at the end, the whole has the root that was asked for.
    #[error("the state is not complete: its root is {got}, expected {expected}")]
    Root {
        /// The root asked for.
        expected: Digest,
        /// The root of what is there.
        got: Digest,
    },
}

/// A state of which the first entries are there.
#[derive(Clone, Debug)]
pub struct Partial {
    state: State,
    root: Digest,
    roots: Roots,
    wanted: Option<Wanted>,
}

impl State {
    /// Returns the entries after a key, in a piece of about [`PIECE_BYTES`]; `None` if there are none.
    pub fn piece(&self, wanted: &Wanted) -> Result<Option<Piece>, BadKey> {
        let Wanted { kind, after } = wanted;
        on!(self, *kind, map => {
            let bad = |source| BadKey { kind: *kind, source };
            let after = after.as_deref().map(from_bytes).transpose().map_err(bad)?;
            Ok(piece(*kind, map, after.as_ref()))
        })
    }
}

impl Partial {
    /// Begins with the scalars and roots of the state behind `root`.
    ///
    /// # Closing the protocol
    ///
    /// The caller MUST have `root` from a header that it has found final.
    pub fn begin(root: &Digest, head: &[u8], roots: Roots) -> Result<Self, PieceRejection> {
        verify_head(root, head, &roots).map_err(PieceRejection::Head)?;
        let state = State::from_head(head).map_err(PieceRejection::Entry)?;
        let mut partial = Self { state, root: *root, roots, wanted: None };
        partial.wanted = partial.first_of(&Kind::ALL);
        Ok(partial)
    }

    /// What comes next; `None` when everything is there.
    pub fn wanted(&self) -> Option<&Wanted> {
        self.wanted.as_ref()
    }

    /// Adds the piece that comes next.
    pub fn add(&mut self, piece: &Piece) -> Result<(), PieceRejection> {
        let Some(Wanted { kind, after }) = &self.wanted else { return Err(PieceRejection::Kind) };
        let Some((key, value)) = piece.entries.last().filter(|_| piece.kind == *kind) else {
            return Err(PieceRejection::Kind);
        };
        let (mut before, mut state) = (after.as_deref(), self.state.clone());
        for (index, (key, value)) in piece.entries.iter().enumerate() {
            if before.is_some_and(|before| key.as_slice() <= before) {
                return Err(PieceRejection::Order { index });
            }
            state.put(*kind, key, value).map_err(PieceRejection::Entry)?;
            before = Some(key);
        }
        let root = self.root_of(*kind);
        map::verify(&root, key, Some(value), &piece.last).map_err(PieceRejection::Last)?;
        let is_content = on!(state, *kind, map => {
            from_bytes(key).is_ok_and(|key| map.is_beginning(&key, &piece.last))
        });
        if !is_content {
            return Err(PieceRejection::Content);
        }
        let is_last = piece.last.steps.iter().all(|step| map::bit(key, step.bit) == Some(true));
        let rest =
            Kind::ALL.iter().position(|one| one == kind).map_or(0, |at| at.saturating_add(1));
        self.state = state;
        self.wanted = if is_last {
            self.first_of(Kind::ALL.get(rest..).unwrap_or_default())
        } else {
            Some(Wanted { kind: *kind, after: Some(key.clone()) })
        };
        Ok(())
    }

    /// Returns the state, when everything is there.
    pub fn finish(mut self) -> Result<State, PieceRejection> {
        self.state.find_due();
        let (expected, got) = (self.root, self.state.root());
        if got == expected { Ok(self.state) } else { Err(PieceRejection::Root { expected, got }) }
    }

    /// What is wanted of the first of these kinds of which there is something.
    fn first_of(&self, kinds: &[Kind]) -> Option<Wanted> {
        let nothing = map::root(0, None);
        let kind = kinds.iter().find(|kind| self.root_of(**kind) != nothing)?;
        Some(Wanted { kind: *kind, after: None })
    }

    fn root_of(&self, kind: Kind) -> Digest {
        let roots = Kind::ALL.into_iter().zip(self.roots.maps);
        roots.filter(|(one, _)| *one == kind).map(|(_, root)| root).next().unwrap_or_default()
    }
}

fn piece<K: Key, V: Value>(kind: Kind, map: &Map<K, V>, after: Option<&K>) -> Option<Piece> {
    let rest = after.map_or_else(|| map.iter(), |key| map.after(key));
    let (mut entries, mut bytes, mut last) = (Vec::new(), 0_usize, None);
    for (key, value) in rest.take(PIECE_ENTRIES_MAX) {
        let entry = (to_bytes(key), to_bytes(value));
        bytes = bytes.saturating_add(entry.0.len()).saturating_add(entry.1.len());
        entries.push(entry);
        last = Some(key);
        if PIECE_BYTES <= bytes {
            break;
        }
    }
    Some(Piece { kind, entries, last: map.prove(last?) })
}
