//! A leader whose blocks say what their transactions do not do.

use super::world::{Direct, Role, simulate};
use assay_chain::Proposal;
use assay_node::consensus::application::Application;
use assay_node::consensus::block::Block;
use assay_node::consensus::keys::{Digest, PublicKey, Scheme};
use assay_types::Header;
use commonware_consensus::marshal::ancestry::Ancestry;
use commonware_consensus::simplex::types::Context;
use commonware_cryptography::Digested;
use commonware_parallel::Sequential;
use commonware_runtime::Clock;

/// Proposes what an honest leader would, with a state root of its own.
#[derive(Clone)]
pub(crate) struct Liar(pub(crate) Application<Direct>);

/// What the state is claimed to be.
const CLAIMED: assay_codec::Digest = assay_codec::Digest([0xbb; 32]);

impl<E: Clock> commonware_consensus::Application<E> for Liar {
    type SigningScheme = Scheme;
    type Context = Context<Digest, PublicKey>;
    type Block = Block;
    type Input = ();

    async fn propose(
        &mut self,
        context: (E, Self::Context),
        ancestry: impl Ancestry<Block>,
        (): (),
    ) -> Option<Digested<Block>> {
        let honest = self.0.propose(context, ancestry, ()).await?;
        let honest = honest.inner().proposal()?.clone();
        let header = Header { state_root: CLAIMED, ..*honest.header() };
        let lie = Proposal::new(header, honest.txs().to_vec(), honest.blobs().clone()).unwrap();
        Some(Digested::compute(Block::from(lie), &Sequential).await)
    }

    async fn verify(
        &mut self,
        context: (E, Self::Context),
        ancestry: impl Ancestry<Block>,
    ) -> bool {
        self.0.verify(context, ancestry).await
    }
}

#[test]
fn nobody_votes_for_a_lie() {
    let roles = [Role::Honest, Role::Liar, Role::Honest, Role::Honest];
    simulate(1, &roles, |mut world| async move {
        world.start_all().await;
        world.submit(0, 0);
        world.until("the transfer", |world| world.transferred() == 1).await;
        // It leads more than once.
        world.grow(6).await;
        let headers = world.check();
        assert!(headers.iter().all(|header| header.state_root != CLAIMED));
    });
}
