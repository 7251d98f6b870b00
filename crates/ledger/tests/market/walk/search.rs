//! The search itself.

use super::node::{Node, curve_listing, next, timeout};
use crate::oracle::Oracle;
use crate::setting::*;
use crate::table::*;
use crate::unchanged::check_failure;
use assay_ledger::{CheckedTx, Outcome, Rejection, apply, check};
use assay_types::tx::{PublishDataset, Transfer};
use assay_types::{Action, Address, Amount, DatasetId, JobId};
use std::collections::BTreeMap;

/// What was found.
#[derive(Default)]
pub(super) struct Walked {
    pub(super) tables: Vec<Table>,
    /// From, to, and whether a block passed.
    pub(super) edges: Vec<(usize, usize, bool)>,
    pub(super) attempts: u64,
    pub(super) races: u64,
    pub(super) refused: BTreeMap<u16, u64>,
    pub(super) failed: BTreeMap<u16, u64>,
    pub(super) lost: BTreeMap<u16, u64>,
}

/// Somebody's transaction that was let in, and what it leads to.
struct Admitted {
    from: Address,
    what: Move,
    checked: CheckedTx,
    after: Option<Node>,
}

/// Walks all markets of up to `jobs_max` jobs that `parties` can reach.
pub(super) fn walk(jobs_max: usize, parties: &[Address], moves: fn(&Table) -> Vec<Move>) -> Walked {
    let start = start();
    let mut walked = Walked { tables: vec![start.table.clone()], ..Walked::default() };
    let mut places = BTreeMap::from([(start.table.clone(), 0)]);
    let mut nodes = vec![start];
    let mut at = 0;
    while let Some(node) = nodes.get(at).cloned() {
        let mut reached = vec![(passed(&node), true)];
        let mut admitted = Vec::new();
        for &from in parties {
            for what in moves(&node.table) {
                admitted.extend(attempt(&node, from, what, &mut walked));
            }
        }
        for first in &admitted {
            race(&node, first, &admitted, &mut walked);
        }
        let after = admitted.into_iter().filter_map(|admitted| admitted.after);
        reached.extend(after.map(|after| (after, false)));
        for (after, is_tick) in reached {
            if jobs_max < after.table.jobs.len() {
                continue;
            }
            let place = *places.entry(after.table.clone()).or_insert_with(|| {
                walked.tables.push(after.table.clone());
                nodes.push(after);
                nodes.len() - 1
            });
            walked.edges.push((at, place, is_tick));
        }
        at += 1;
    }
    walked
}

/// One listing; each party has sent something, so that each has a log.
fn start() -> Node {
    let mut node = Node {
        table: Table::new(),
        state: market(),
        dataset: DatasetId::of(OWNER, 1),
        jobs: Vec::new(),
        aside: BTreeMap::new(),
    };
    let gift = Action::from(Transfer { to: AUTHORITY, amount: Amount::new(1) });
    let gifts = [OWNER, BUYER, STRANGER, BUYER_2].map(|from| (from, gift.clone()));
    let publish = Action::from(PublishDataset { listing: curve_listing(1) });
    for (from, action) in gifts.into_iter().chain([(OWNER, publish)]) {
        let signed = signed(&node.state, tx(&node.state, from, action.clone()));
        let checked = check(signed, &node.state, &Oracle).unwrap();
        let outcome = apply(&checked, &mut node.state).unwrap();
        assert_eq!(outcome.failure, None);
        node.pay(from, &action, outcome.fee, true);
    }
    *node.aside.get_mut(&OWNER).unwrap() -= 50;
    node.check();
    node
}

/// A block passes: what is due ends, in the order of names, and nothing else happens.
fn passed(node: &Node) -> Node {
    let mut after = node.clone();
    let entries = after.state.open_block(node.state.time_ms() + 5).unwrap();
    assert_eq!(after.state.height(), next(node.state.height()));
    let mut due: Vec<(JobId, End)> =
        after.table.tick().into_iter().map(|(at, end)| (node.jobs[at], end)).collect();
    due.sort();
    let got: Vec<(JobId, End)> = entries.iter().map(|entry| timeout(&entry.event)).collect();
    assert_eq!(got, due);
    after.check();
    after
}

/// `from` tries `what`: refused, charged or done, as the table says.
fn attempt(node: &Node, from: Address, what: Move, walked: &mut Walked) -> Option<Admitted> {
    walked.attempts += 1;
    let expected = node.table.expected(from, what);
    let signed = signed(&node.state, tx(&node.state, from, node.action(from, what)));
    // `check` cannot change the state: it is given a shared one.
    let checked = match (check(signed, &node.state, &Oracle), &expected) {
        (Ok(checked), Verdict::Done(_) | Verdict::Failed(_)) => checked,
        (Err(rejection), Verdict::Refused(code)) => {
            assert_eq!(rejection.code(), *code, "{what:?} of {from} in {:?}", node.table);
            *walked.refused.entry(*code).or_insert(0) += 1;
            return None;
        }
        (got, _) => panic!("{what:?} of {from}: {got:?} in {:?}", node.table),
    };
    let after = execute(node, &checked, (from, what), expected);
    if let Some(code) = after.1 {
        *walked.failed.entry(code).or_insert(0) += 1;
    }
    let after = after.1.is_none().then_some(after.0);
    Some(Admitted { from, what, checked, after })
}

/// Applies a transaction in `node` and compares with what was `expected`; returns where it leads, and why
/// it failed, if so.
fn execute(
    node: &Node,
    checked: &CheckedTx,
    (from, what): (Address, Move),
    expected: Verdict,
) -> (Node, Option<u16>) {
    let mut after = node.clone();
    let outcome: Outcome = apply(checked, &mut after.state).unwrap();
    let code = outcome.failure.as_ref().map(Rejection::code);
    let tx = &checked.signed().tx;
    after.pay(from, &tx.action, outcome.fee, code.is_none());
    match (expected, code) {
        (Verdict::Done(table), None) => {
            if node.table.jobs.len() < table.jobs.len() {
                after.jobs.push(JobId::of(from, tx.nonce));
            }
            after.table = table;
        }
        // What `check` would refuse now is charged when it is too late for that.
        (Verdict::Failed(expected) | Verdict::Refused(expected), Some(got)) => {
            assert_eq!(got, expected);
            check_failure(&node.state, &after.state, from, outcome.fee);
        }
        (expected, got) => panic!("{what:?} of {from}: {got:?}, expected {expected:?}"),
    }
    after.check();
    // Nothing is executed twice.
    let again = after.state.clone();
    assert_eq!(apply(checked, &mut after.state).unwrap_err().code(), 3);
    assert_eq!(after.state, again);
    (after, code)
}

/// What was checked here is applied after somebody else's transaction, or in the next block.
fn race(node: &Node, late: &Admitted, others: &[Admitted], walked: &mut Walked) {
    let earlier = others.iter().filter(|other| other.from != late.from);
    let moved = earlier.filter_map(|other| other.after.clone()).chain([passed(node)]);
    for node in moved {
        walked.races += 1;
        let expected = match (node.table.expected(late.from, late.what), late.checked.is_doomed()) {
            // A false proof stays one; that the job has moved is found first.
            (Verdict::Done(_), true) => unreachable!("a false proof is never done"),
            (expected, _) => expected,
        };
        if let (_, Some(code)) = execute(&node, &late.checked, (late.from, late.what), expected) {
            *walked.lost.entry(code).or_insert(0) += 1;
        }
    }
}
