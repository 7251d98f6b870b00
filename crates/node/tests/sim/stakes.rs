//! What the operators of validators do with their stakes, and who has seats.

use super::door::Direct;
use super::founding::{BOB, operator};
use super::world::{EPOCH_BLOCKS, Node, World};
use assay_api::Submission;
use assay_types::stake::{Endpoint, Registration};
use assay_types::{Action, Address, Amount, Blobs, Height, SignedTx, Tx};

impl World {
    /// Hands in at a node what its operator does.
    pub(crate) fn operate(&self, index: usize, action: impl Into<Action>) {
        let (node, genesis) = (&self.nodes[index], &self.genesis);
        let keys = operator(node.operator.unwrap());
        // Its own chain may not be the longest yet.
        let chains = self.chains().into_iter();
        let nonce = chains
            .filter_map(|door| door.now(|chain| chain.state().account(&keys.address()).nonce));
        let tx = Tx {
            chain: genesis.chain(),
            from: keys.address(),
            nonce: nonce.max().unwrap(),
            valid_until: Height::new(1_000_000),
            max_fee: Amount::new(100),
            action: action.into(),
        };
        let signature = keys.sign(&tx.signing_digest(&genesis.digest()));
        let submission = Submission { tx: SignedTx { tx, signature }, blobs: Blobs::new() };
        for door in self.chains() {
            let Submission { tx, blobs } = submission.clone();
            let _ = door.now(|chain| chain.submit(tx, blobs));
        }
    }

    /// What a node says of the validator that it would be.
    pub(crate) fn registration(&self, index: usize) -> Registration {
        let node = &self.nodes[index];
        let assay_types::Validator { network, vote, possession, .. } = node.secrets.validator(BOB);
        let port = 100 + u16::try_from(index).unwrap();
        let endpoint = Endpoint::new(([127, 0, 0, 1], port).into()).unwrap();
        Registration { network, vote, possession, endpoint }
    }

    /// The chain with most blocks; of equals the first.
    pub(crate) fn top(&self) -> &Direct {
        let height = |door: &Direct| door.now(|chain| chain.height().get());
        let top = self.heights().1;
        self.chains().into_iter().find(|door| height(door) == Some(top)).unwrap()
    }

    /// Who has a seat now, by the numbers of their nodes, as the longest chain says.
    pub(crate) fn seated(&self) -> Vec<usize> {
        self.owned(&self.top().now(|chain| chain.state().seated().to_vec()).unwrap())
    }

    /// Who would have one in the next epoch, if this one ended now.
    pub(crate) fn successors(&self) -> Vec<usize> {
        self.owned(&self.top().now(|chain| chain.state().successors()).unwrap())
    }

    /// The account behind a node.
    pub(crate) fn owner(&self, index: usize) -> Address {
        operator(self.nodes[index].operator.unwrap()).address()
    }

    /// The nodes behind which these accounts are.
    fn owned(&self, owners: &[Address]) -> Vec<usize> {
        let has = |node: &Node| {
            node.operator.is_some_and(|number| owners.contains(&operator(number).address()))
        };
        (0..self.nodes.len()).filter(|index| has(&self.nodes[*index])).collect()
    }

    /// Lets time pass until the first block of an epoch that has not begun is written everywhere.
    pub(crate) async fn epoch(&self) {
        let goal = (self.heights().1 / EPOCH_BLOCKS + 1) * EPOCH_BLOCKS;
        self.until(&format!("block {goal}"), |world| goal <= world.heights().0).await;
    }
}
