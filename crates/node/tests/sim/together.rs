//! Nobody misbehaves.

use super::world::{BOB, Role, simulate};
use assay_types::Amount;

const FOUR: [Role; 4] = [Role::Honest; 4];

#[test]
fn four_validators_finalise_a_transfer() {
    simulate(1, &FOUR, |mut world| async move {
        world.start_all().await;
        world.submit(2, 0);
        world.submit(2, 1);
        world.until("two transfers", |world| world.transferred() == 2).await;
        for door in world.chains() {
            let balance = door.now(|chain| chain.state().account(&BOB).balance).unwrap();
            assert_eq!(balance, Amount::new(20));
            // Whatever was taken from a peer is out of the way again.
            assert_eq!(door.now(|chain| chain.pending()), Some(0));
        }
        world.grow(3).await;
        world.check();
    });
}

/// Any validator's interface takes a transaction: the leader of the next block has heard of it.
#[test]
fn a_transaction_need_not_wait_for_its_node_to_lead() {
    simulate(2, &FOUR, |mut world| async move {
        world.start_all().await;
        world.grow(1).await;
        let before = world.heights().1;
        world.submit(0, 0);
        world.until("the transfer", |world| world.transferred() == 1).await;
        // The block that was being made when it came, and the next.
        assert!(world.heights().1 <= before + 3, "{before} {:?}", world.heights());
    });
}

/// Every message and every write, not blocks alone: these hardly depend on who was first.
#[test]
fn the_same_seed_gives_the_same_run() {
    let run = |seed| {
        simulate(seed, &FOUR, |mut world| async move {
            world.start_all().await;
            world.submit(1, 0);
            world.grow(2).await;
            (world.check(), world.context.auditor().state())
        })
    };
    assert_eq!(run(3), run(3));
    assert_ne!(run(3).1, run(4).1);
}
