//! Validators that have lost what they signed.

use super::world::{Role, World, good_link, simulate};
use assay_types::{Finality, Height};
use std::time::Duration;

const FOUR: [Role; 4] = [Role::Honest; 4];
/// Who loses it.
const VICTIM: usize = 2;

/// Cuts all links some milliseconds after a block, kills the victim and starts it without its folders; mends the links after some
/// seconds, and returns
/// what the others have found when three more blocks are final, and whether the victim has them too.
fn struck(after_ms: u64, cut_s: u64, wipe: fn(&mut World, usize)) -> (usize, bool) {
    simulate(after_ms, &FOUR, |mut world| async move {
        world.start_all().await;
        world.grow(1).await;
        world.wait(Duration::from_millis(after_ms)).await;
        world.connect(|_, _| None).await;
        world.crash(VICTIM);
        wipe(&mut world, VICTIM);
        world.start(VICTIM).await;
        world.wait(Duration::from_secs(cut_s)).await;
        world.connect(|_, _| Some(good_link())).await;
        let goal = world.heights().1 + 3;
        world.until("three blocks", |world| goal <= world.heights().1).await;
        world.wait(Duration::from_secs(8)).await;
        world.check();
        let others = world.nodes.iter().enumerate().filter(|(index, _)| *index != VICTIM);
        let found = others.map(|(_, node)| node.faults.evidence().len()).sum();
        (found, goal <= world.heights().0 && world.votes(VICTIM))
    })
}

/// Milliseconds after a block, in the middle of a view and when the victim has voted for a block that is not final at once; and seconds
/// without links, less and more than it watches.
const STRUCK: [(u64, u64); 3] = [(20, 1), (60, 1), (60, 9)];

#[test]
fn who_watches_first_votes_twice_in_no_view() {
    for (after_ms, cut_s) in STRUCK {
        assert_eq!(struck(after_ms, cut_s, World::wipe), (0, true), "{after_ms} ms, {cut_s} s");
    }
}

/// Or the test above could not fail. When somebody is struck so that it matters depends on the order in which everything happens, so that time is
/// looked for; then who watches is struck at the same time.
#[test]
fn who_does_not_is_found_out_and_kept_out() {
    let matters = |after_ms: &u64| {
        let (found, is_back) = struck(*after_ms, 1, World::wipe_and_forget);
        0 < found && !is_back
    };
    let after_ms = (1..20).map(|tens| 10 * tens).find(matters).expect("it matters at some time");
    assert_eq!(struck(after_ms, 1, World::wipe), (0, true), "{after_ms} ms");
}

#[test]
fn who_has_watched_votes_again() {
    simulate(5, &FOUR, |mut world| async move {
        world.start_all().await;
        world.grow(3).await;
        world.crash(VICTIM);
        world.wipe(VICTIM);
        world.start(VICTIM).await;
        assert!(!world.votes(VICTIM));
        world.until("it votes", |world| world.votes(VICTIM)).await;
        // Without it there would be no quorum.
        world.crash((VICTIM + 1) % 4);
        world.grow(3).await;
        let headers = world.check();
        let last = Height::new(headers.len() as u64);
        let door = &world.nodes[VICTIM].door;
        let block = door.now(|chain| chain.block(last).unwrap().unwrap()).unwrap();
        let Finality::Validators(certificate) = block.certified.finality else { unreachable!() };
        assert!(certificate.signers.contains(&2), "{:?}", certificate.signers);
        // And once more, from what it has kept.
        world.crash(VICTIM);
        world.start(VICTIM).await;
        assert!(world.votes(VICTIM));
        world.grow(3).await;
        assert!(world.nodes.iter().all(|node| node.faults.evidence().is_empty()));
    });
}
