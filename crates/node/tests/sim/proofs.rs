//! Proofs in blocks: who verifies them, and when, makes no difference to any block.

use super::sale::Sale;
use super::world::{Role, Verifies, World, alice, simulate};
use assay_node::pool::Pool;
use assay_types::{Header, Height};
use std::sync::Arc;

/// Runs a sale up to two false proofs that one validator alone has heard of. Returns the blocks, and how many proofs
/// the others have verified while the ledger waited.
fn run(verifies: &Verifies) -> (Vec<Header>, Vec<u64>) {
    simulate(11, &[Role::Honest; 4], |mut world| async move {
        world.verify_by(verifies);
        world.start_all().await;
        let mut sale = Sale::new(&world.genesis, alice());
        for step in sale.steps() {
            let (from, nonce) = (step.tx.tx.from, step.tx.tx.nonce);
            world.hand_in(0, step);
            world.until("a step", |world| nonce < world.executed(&from)).await;
        }
        let job = sale.job();
        let deadline = world.chains()[0].now(|chain| chain.state().job(&job).unwrap().deadline);
        for number in 0..2 {
            // One in a block: what comes after a false one cannot be told beforehand.
            world.hand_in(0, sale.false_miss(deadline.unwrap(), number));
            world.until("a proof", |world| sale.nonce == world.executed(&sale.owner())).await;
        }
        let in_place = |world: &World| {
            let others = world.chains().into_iter().skip(1);
            others.filter_map(|door| door.now(|chain| chain.verifications_in_place())).collect()
        };
        for door in world.chains() {
            assert_eq!(door.now(|chain| chain.verifications()), Some(2));
            assert!(door.now(|chain| Height::new(5) < chain.height()).unwrap());
        }
        (world.check(), in_place(&world))
    })
}

#[test]
fn blocks_are_the_same_whoever_verifies_their_proofs() {
    let (blocks, in_place) = run(&Verifies::Nobody);
    assert_eq!(in_place, [2, 2, 2]);
    for verifies in [Verifies::AtOnce, Verifies::Pool(Arc::new(Pool::of_cores()))] {
        assert_eq!(run(&verifies), (blocks.clone(), vec![0, 0, 0]));
    }
}
