//! Provers with a model that is not the committed one. What they do with the right one is in the
//! layer's tests.

use super::super::verify::{public, stated};
use super::{Case, case};
use crate::circuit::{Circuit, Opened, Proven};
use crate::commit::tests::tampered::{Tampered, rewrite, write};
use crate::commit::{Salt, chain, commit};
use assay_engine::cells::Block;
use assay_engine::field::F;
use assay_engine::poseidon2::Compressor;
use assay_engine::session::{self, Circuit as _, Rejection};
use assay_layers::tree;
use assay_model::Architecture;
use assay_model::ops::tree::{Bounds, NodeTable};
use assay_types::FieldDigest;
use assay_types::statement::{Accuracy, Score};
use p3_field::PrimeCharacteristicRing;

/// Blocks of the tree layer, before those of the commitment.
const LAYER_BLOCKS: usize = 16;

/// Proves `statement` with whatever the case holds, and verifies.
fn verdict(
    case: &Case,
    statement: &Accuracy,
    tamper: &dyn Fn(&[Block], &mut [F]),
) -> Result<(), Rejection> {
    let stated = stated(statement).unwrap();
    let claim = public(statement, &stated, &case.table).unwrap();
    let circuit = Circuit::<tree::Shape>::new(&stated, claim, None).unwrap();
    let blocks = circuit.layout().blocks().to_vec();
    let model = &case.model;
    let states = chain(&Compressor::default(), model);
    let opened = Opened { model: Some((states, &case.salt)), ..Opened::default() };
    let execution = circuit.layer.execute(model).unwrap();
    let inner = Proven { circuit, model, execution, opened };
    let tampered = Tampered { inner, tamper: &|cells| tamper(&blocks[LAYER_BLOCKS..], cells) };
    let digest = statement.digest().0.0;
    let proof = session::prove(&tampered, &digest, &[6; 32], &mut |_| ()).unwrap();
    session::verify(&tampered.inner, &digest, &proof)
}

fn nothing(_: &[Block], _: &mut [F]) {}

fn digest(last: u32) -> FieldDigest {
    FieldDigest::new([9, 8, 7, 6, 5, 4, 3, last]).unwrap()
}

#[test]
fn the_committed_model_is_accepted() {
    let case = case(5, 3, 4, 9, 60);
    let statement = case.statement(Score::Exactly(case.correct as u32));
    assert_eq!(verdict(&case, &statement, &nothing), Ok(()));
}

#[test]
fn a_commitment_to_another_model_or_salt_is_not_opened() {
    let case = case(5, 3, 4, 9, 60);
    let mut statement = case.statement(Score::Exactly(case.correct as u32));
    let mut slots = case.model.slots().to_vec();
    // A slot that no row reaches is committed too.
    slots.last_mut().unwrap().low ^= 1;
    let other = NodeTable::new(case.model.bounds(), slots).unwrap();
    for (model, salt) in [(&other, case.salt), (&case.model, Salt(digest(3)))] {
        statement.model = commit(model, &salt);
        assert_eq!(verdict(&case, &statement, &nothing), Err(Rejection::Relation));
    }
}

/// The same slots under other bounds of the same layout.
fn deeper(case: &Case) -> NodeTable {
    let bounds = case.model.bounds();
    let depth = bounds.depth() as u8 + 1;
    let bounds = Bounds::new(bounds.features(), bounds.classes(), depth, bounds.slots_log() as u8);
    NodeTable::new(bounds.unwrap(), case.model.slots().to_vec()).unwrap()
}

#[test]
fn a_commitment_under_other_bounds_is_not_opened() {
    let mut case = case(5, 3, 4, 9, 60);
    let shallow = case.model.clone();
    let committed = commit(&shallow, &case.salt);
    case.model = deeper(&case);
    let mut statement = case.statement(Score::Exactly(case.correct as u32));
    assert_eq!(verdict(&case, &statement, &nothing), Ok(()), "the same model, committed anew");
    statement.model = committed;
    assert_eq!(verdict(&case, &statement, &nothing), Err(Rejection::Relation));
    // The whole chain of the other bounds: all is right but where it starts.
    let states = chain(&Compressor::default(), &shallow);
    let restart = |blocks: &[Block], cells: &mut [F]| {
        rewrite(blocks, cells, &states);
    };
    assert_eq!(verdict(&case, &statement, &restart), Err(Rejection::Relation));
    // The same cells are the honest ones where the bounds are.
    case.model = shallow;
    let statement = case.statement(Score::Exactly(case.correct as u32));
    assert_eq!(Architecture::DecisionTree(case.model.bounds()), statement.architecture);
    assert_eq!(verdict(&case, &statement, &restart), Ok(()));
}

#[test]
fn a_chain_without_a_gap_is_needed() {
    let case = case(5, 3, 4, 9, 60);
    let statement = case.statement(Score::Exactly(case.correct as u32));
    for block in 0..6 {
        let bump = |blocks: &[Block], cells: &mut [F]| {
            let at = blocks[block].range().end - 1;
            let value = cells[at] + F::ONE;
            write(cells, at, &[value]);
        };
        assert_eq!(verdict(&case, &statement, &bump), Err(Rejection::Relation), "block {block}");
    }
}
