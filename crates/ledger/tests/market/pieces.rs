//! A state that comes in pieces: it arrives whole, and no lie does.

use crate::setting::*;
use assay_codec::{from_bytes, to_bytes};
use assay_ledger::{Partial, Piece, PieceRejection, State, Wanted, apply, check};
use assay_types::state::Kind;
use assay_types::tx::{PublishDataset, Transfer};
use assay_types::{Address, Amount};

/// A market of many accounts, some logs, and one listing.
fn crowd(accounts: u64) -> State {
    let mut state = market();
    let run = |state: &mut State, action: assay_types::Action| {
        let signed = signed(state, tx(state, OWNER, action));
        apply(&check(signed, state, &crate::oracle::Oracle).unwrap(), state).unwrap();
    };
    run(&mut state, PublishDataset { listing: listing(linear(), 70) }.into());
    for number in 0..accounts {
        let mut to = [0x33; 20];
        to[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        run(&mut state, Transfer { to: Address(to), amount: Amount::new(1) }.into());
    }
    state
}

fn begin(state: &State) -> Partial {
    Partial::begin(&state.root(), &state.head(), state.roots()).unwrap()
}

/// Cuts a piece after some entries, as a server with smaller pieces would.
fn cut(state: &State, wanted: &Wanted, len: usize) -> Piece {
    let mut piece = state.piece(wanted).unwrap().unwrap();
    piece.entries.truncate(len);
    let key = &piece.entries.last().unwrap().0;
    piece.last = state.prove(piece.kind, key).unwrap().proof.path;
    piece
}

#[test]
fn a_state_arrives_in_pieces_of_any_size() {
    let state = crowd(60);
    for len in [1, 2, 7, 4096] {
        let mut partial = begin(&state);
        while let Some(wanted) = partial.wanted().cloned() {
            let piece = cut(&state, &wanted, len);
            assert_eq!(from_bytes::<Piece>(&to_bytes(&piece)), Ok(piece.clone()));
            partial.add(&piece).unwrap();
        }
        assert_eq!(partial.finish().unwrap(), state);
    }
    assert_eq!(state.piece(&Wanted { kind: Kind::Job, after: None }), Ok(None));
}

#[test]
fn a_large_state_comes_in_bounded_pieces() {
    let state = crowd(6_000);
    let (mut partial, mut pieces) = (begin(&state), 0);
    while let Some(wanted) = partial.wanted().cloned() {
        let piece = state.piece(&wanted).unwrap().unwrap();
        assert!(to_bytes(&piece).len() < (256 << 10) + (64 << 10));
        partial.add(&piece).unwrap();
        pieces += 1;
    }
    assert_eq!(pieces, 2 + 1 + 1, "accounts, listings, tips");
    assert_eq!(partial.finish().unwrap(), state);
}

#[test]
fn each_lie_is_named() {
    let state = crowd(30);
    let mut partial = begin(&state);
    partial.add(&cut(&state, partial.wanted().unwrap(), 9)).unwrap();
    let honest = cut(&state, partial.wanted().unwrap(), 9);
    let lie = |change: &dyn Fn(&mut Piece), expected: &str| {
        let mut piece = honest.clone();
        change(&mut piece);
        let before = format!("{partial:?}");
        let got = partial.clone().add(&piece).unwrap_err();
        assert!(format!("{got:?}").starts_with(expected), "{got:?}");
        assert_eq!(format!("{partial:?}"), before);
    };
    lie(&|piece| piece.kind = Kind::Tip, "Kind");
    lie(&|piece| piece.entries.clear(), "Kind");
    lie(&|piece| piece.entries.swap(2, 3), "Order { index: 3 }");
    lie(&|piece| piece.entries[0].0 = vec![0; 20], "Order { index: 0 }");
    lie(&|piece| piece.entries[4].0.push(0), "Entry(Key");
    lie(&|piece| piece.entries[4].1.push(0), "Entry(Value");
    lie(&|piece| piece.entries[8].1[0] ^= 1, "Last");
    lie(&|piece| drop(piece.entries.pop()), "Last");
    lie(&|piece| piece.last.count += 1, "Last");
    lie(&|piece| piece.entries[4].1[0] ^= 1, "Content");
    lie(&|piece| drop(piece.entries.remove(0)), "Content");
    lie(&|piece| drop(piece.entries.remove(7)), "Content");
    lie(
        &|piece| {
            let mut more = piece.entries[4].clone();
            more.0[19] ^= 1;
            piece.entries.insert(if more.0 < piece.entries[4].0 { 4 } else { 5 }, more);
        },
        "Content",
    );
    // One that leaves out what comes first, and begins in the middle.
    let mut late = begin(&state);
    assert_eq!(late.add(&honest), Err(PieceRejection::Content));
    assert!(matches!(late.finish(), Err(PieceRejection::Root { .. })));
}

#[test]
fn a_beginning_of_another_state_is_refused() {
    let (state, other) = (crowd(3), crowd(4));
    let refused = |head: &State, roots: &State| {
        let got = Partial::begin(&state.root(), &head.head(), roots.roots());
        assert!(matches!(got, Err(PieceRejection::Head(_))));
    };
    refused(&other, &state);
    refused(&state, &other);
    refused(&other, &other);
}
