//! Transfers.

use crate::world::{BUYER, OWNER, START, World};
use assay_types::Amount;
use assay_types::tx::Transfer;

#[test]
fn transfer_rejections_in_order_of_precedence() {
    let world = World::new();
    world.expect(BUYER, Transfer { to: BUYER, amount: Amount::new(START) }, 11);
    world.expect(BUYER, Transfer { to: OWNER, amount: Amount::new(START - 2) }, 12);
    world.expect(BUYER, Transfer { to: OWNER, amount: Amount::new(START - 3) }, 0);
}
