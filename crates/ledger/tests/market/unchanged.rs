//! What a failure may change: nonce and fee of its sender, and the record of it in the log.

use assay_codec::to_bytes;
use assay_ledger::State;
use assay_types::{Address, Amount};
use std::ops::Range;

/// Checks that nothing between `before` and `after` differs but what a failed transaction of `from`, with
/// this fee, changes.
#[track_caller]
pub(crate) fn check_failure(before: &State, after: &State, from: Address, fee: Amount) {
    assert_eq!(excess(before, after, from, fee), None);
}

const REST: &str = "a listing, a job, a test or a log";

/// Returns what has changed that a failure may not change.
fn excess(before: &State, after: &State, from: Address, fee: Amount) -> Option<&'static str> {
    let burned = fee.get().div_ceil(2);
    if after.burned().get() != before.burned().get() + burned {
        return Some("the burned sum");
    }
    for (address, account) in after.accounts() {
        let mut expected = before.account(address);
        let mut balance = expected.balance.get();
        if *address == from {
            balance -= fee.get();
            expected.nonce += 1;
        }
        if *address == crate::setting::AUTHORITY {
            balance += fee.get() - burned;
        }
        expected.balance = Amount::new(balance);
        if *account != expected {
            return Some("an account");
        }
    }
    let is_rest_equal = rest(before, from) == rest(after, from);
    (!is_rest_equal).then_some(REST)
}

/// The encoding of everything but accounts, the burned sum, and the end of the sender's own log.
///
/// All of it is compared, so that no field which the state may get later is forgotten. The sender must have
/// an entry in its log already.
fn rest(state: &State, from: Address) -> Vec<u8> {
    let mut bytes = to_bytes(state);
    let topic = [&[0][..], &from.0].concat();
    let tip = bytes.windows(topic.len()).rposition(|window| *window == topic).unwrap();
    let tip = tip + topic.len()..tip + topic.len() + 8 + 32;
    bytes[tip].fill(0);
    let accounts = accounts(state);
    bytes.drain(accounts.start - 16..accounts.end);
    bytes
}

/// Where the accounts are: behind genesis, chain, authority, parameters, supply, height, time and burned sum.
fn accounts(state: &State) -> Range<usize> {
    let start = 32 + 8 + 20 + to_bytes(state.parameters()).len() + 16 + 8 + 8 + 16;
    start..start + 4 + state.accounts().count() * (20 + 16 + 8)
}

#[test]
fn the_comparison_sees_each_kind_of_change() {
    use crate::setting::*;
    use assay_ledger::{apply, check};
    use assay_types::DatasetId;
    use assay_types::tx::{PublishDataset, Transfer, UpdateListing};
    let run = |state: &mut State, action: assay_types::Action| {
        let signed = signed(state, tx(state, OWNER, action));
        apply(&check(signed, state, &crate::oracle::Oracle).unwrap(), state).unwrap().fee
    };
    let mut before = market();
    let listing = listing(linear(), 70);
    run(&mut before, Transfer { to: BUYER, amount: Amount::new(1) }.into());
    run(&mut before, PublishDataset { listing: listing.clone() }.into());
    let changes: [(assay_types::Action, &str); 3] = [
        (Transfer { to: BUYER, amount: Amount::new(1) }.into(), "an account"),
        (PublishDataset { listing: listing.clone() }.into(), "the burned sum"),
        (UpdateListing { dataset: DatasetId::of(OWNER, 1), listing }.into(), REST),
    ];
    for (change, what) in changes {
        let mut after = before.clone();
        let fee = run(&mut after, change);
        assert_eq!(excess(&before, &after, OWNER, fee), Some(what));
    }
}
