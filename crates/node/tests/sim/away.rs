//! A validator that was away for longer than the others keep blocks, and one that was not.

use super::world::{Role, World, simulate};
use assay_node::consensus::engine::Error;
use assay_node::consensus::finalizer::Error::Behind;
use assay_node::consensus::settings::Kept;
use commonware_utils::NZU64;

const FOUR: [Role; 4] = [Role::Honest; 4];
/// Who is away.
const AWAY: usize = 3;
/// Blocks of which the first are forgotten: those of the last 64 views can be had in any case.
const LONG: u64 = 100;
const KEPT: Kept = Kept { blocks: 16, section: NZU64!(4) };

/// Lets the others make so many blocks without it.
async fn go_away(world: &mut World, blocks: u64) {
    world.kept = KEPT;
    world.start_all().await;
    world.grow(2).await;
    world.crash(AWAY);
    world.grow(blocks).await;
}

#[test]
fn who_was_away_for_less_than_is_kept_comes_back() {
    simulate(13, &FOUR, |mut world| async move {
        go_away(&mut world, 10).await;
        world.start(AWAY).await;
        world.grow(30).await;
        world.check();
    });
}

/// It ends, saying why, and a snapshot brings it back.
#[test]
fn who_was_away_for_longer_begins_with_a_snapshot() {
    simulate(14, &FOUR, |mut world| async move {
        go_away(&mut world, LONG).await;
        // The others have indeed forgotten: who does not know that waits for ever.
        world.kept = Kept { blocks: 10 * LONG, ..KEPT };
        world.start(AWAY).await;
        let (before, most) = world.heights();
        world.until("blocks of the others", |world| most + 6 <= world.heights().1).await;
        assert_eq!(world.heights().0, before);
        world.crash(AWAY);
        world.kept = KEPT;
        world.start(AWAY).await;
        let ended = world.end(AWAY).await;
        let Err(Error::Finalizer(Behind { height, tip, kept: 16 })) = ended else {
            panic!("{ended:?}")
        };
        assert!(height.get() + 16 < tip, "{height} {tip}");
        world.wipe(AWAY);
        world.restore(AWAY, 0);
        world.start(AWAY).await;
        world.until("it votes again", |world| world.votes(AWAY)).await;
        world.grow(3).await;
        world.check();
    });
}
