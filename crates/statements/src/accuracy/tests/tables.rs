//! Tables of slots that no tree lays out: what executes is proven, and what is proven is delivered
//! as it is.

use super::{Case, case, verify};
use crate::delivery;
use assay_codec::Digest;
use assay_model::ops::tree::{DecisionTree, Fault, LEAF, NodeTable, Slot};
use assay_types::statement::{Context, Delivery, Score};
use assay_types::{FieldDigest, JobId};

/// A case whose table was changed, with its count.
fn changed(change: impl Fn(&mut [Slot])) -> Case {
    let case = case(5, 3, 4, 9, 60);
    let mut slots = case.model.slots().to_vec();
    change(&mut slots);
    let model = NodeTable::new(case.model.bounds(), slots).unwrap();
    Case::new(model, case.table, NodeTable::exec)
}

/// Proves the count, delivers the model, and opens it.
fn proven_and_delivered(case: &Case) -> NodeTable {
    let exact = case.statement(Score::Exactly(case.correct as u32));
    verify(&exact, &case.table, &case.prove(&exact).unwrap()).unwrap();

    let [key, secret] = [3, 4].map(|seed| FieldDigest::new([seed; 8]).unwrap());
    let job = JobId(Digest([3; 32]));
    let witness =
        delivery::Witness { model: &case.model, salt: &case.salt, key: &key, secret: &secret };
    let ciphertext = delivery::seal(&witness, &job);
    let statement = Delivery {
        context: Context { job, ..Context::default() },
        architecture: exact.architecture,
        model: exact.model,
        key_hash: delivery::key_hash(&key),
        secret_hash: delivery::secret_hash(&secret, &job),
        ciphertext: delivery::ciphertext_digest(&ciphertext),
    };
    let proof = delivery::prove(&statement, &witness, [1; 32], &mut |_| ()).unwrap();
    delivery::verify(&statement, &ciphertext, &proof).unwrap();
    let opened = delivery::open(&ciphertext, &statement.architecture, &key, &secret, &job);
    let (opened, salt) = opened.unwrap();
    assert_eq!(salt, case.salt);
    opened
}

#[test]
fn garbage_where_no_row_comes_is_proven_and_delivered() {
    let case = changed(|slots| {
        let [.., a, b] = slots else { return };
        *a = Slot { feature: u16::MAX, low: u16::MAX, high: u16::MAX, left: 0x7f00_0000 };
        *b = Slot { feature: 5, low: 1, high: LEAF, left: 1 << 20 };
    });
    assert!(DecisionTree::from_table(&case.model).is_ok());
    assert_eq!(proven_and_delivered(&case), case.model);
}

#[test]
fn a_table_that_is_no_tree_is_proven_and_delivered() {
    // Two slots lead to the same children: it executes, and whoever wants a tree of it must expect
    // an error.
    let case = changed(|slots| slots[2].left = slots[1].left);
    assert!(matches!(DecisionTree::from_table(&case.model), Err(Fault::Shared { .. })));
    assert_eq!(proven_and_delivered(&case), case.model);
}

#[test]
fn a_leaf_that_moves_on_is_proven_and_delivered() {
    // Marked as a leaf, but its pointer leads to another one, whose class counts if there are steps
    // left.
    let case = changed(|slots| {
        let last = slots.len() - 1;
        let moves = |slot: &&mut Slot| slot.high == LEAF;
        if let Some(leaf) = slots.iter_mut().find(moves) {
            leaf.left = last as u32;
        }
    });
    assert!(DecisionTree::from_table(&case.model).is_err());
    assert_eq!(proven_and_delivered(&case), case.model);
}
