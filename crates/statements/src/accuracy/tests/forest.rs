//! Forests: completeness, dishonest statements, and provers with a model that is not the committed
//! one. What they do with the right one is in the layer's tests.

use super::super::verify::{public, stated};
use super::{Case, Unfit};
use crate::accuracy::{MODES_COMMITTED, security_bits, verify};
use crate::circuit::{Circuit, Opened, Proven};
use crate::commit::tests::tampered::Tampered;
use crate::commit::{chain, commit};
use crate::rows::as_digest;
use assay_codec::Digest;
use assay_engine::poseidon2::Compressor;
use assay_engine::session;
use assay_layers::forest;
use assay_model::ops::forest::{Bounds, ForestTable, Votes};
use assay_model::ops::tree;
use assay_model::{Architecture, synthetic};
use assay_types::FieldDigest;
use assay_types::statement::{Accuracy, Score};

fn case(
    (features, classes): (usize, usize),
    votes: Votes,
    sizes: (usize, usize, usize),
    rows: usize,
) -> Case<ForestTable> {
    let forest = synthetic::forest((features, classes), votes, sizes, 5).unwrap();
    let bounds = forest.bounds(sizes.1 as u8 + 1, 0, sizes.0 + 1).unwrap();
    let labels = synthetic::tree(features, classes, 3, 5, 5).unwrap();
    let table = synthetic::table(&labels, rows, 200, 4).unwrap();
    Case::new(forest.to_table(bounds).unwrap(), table, ForestTable::exec)
}

pub(super) fn usual() -> Case<ForestTable> {
    case((5, 3), Votes::All, (4, 3, 5), 40)
}

#[test]
fn every_way_to_vote_is_proven() {
    for case in [
        case((1, 2), Votes::Second, (1, 1, 1), 1),
        case((33, 2), Votes::Second, (9, 4, 9), 17),
        case((3, 4), Votes::Turns, (8, 2, 3), 30),
        case((2, 5), Votes::All, (3, 6, 6), 9),
    ] {
        case.check(Score::Exactly(case.correct as u32));
    }
}

/// A change of a statement, and what it is called.
type Change = (&'static str, fn(&mut Accuracy));

#[test]
fn a_proof_proves_no_other_statement() {
    let case = usual();
    let statement = case.statement(Score::AtLeast(1));
    let proof = case.prove(&statement).unwrap();
    let changes: &[Change] = &[
        ("chain", |s| s.context.chain = 1),
        ("threshold", |s| s.score = Score::AtLeast(0)),
        ("kind of score", |s| s.score = Score::Exactly(1)),
        ("model", |s| s.model.0 = FieldDigest::new([1; 8]).unwrap()),
        ("data", |s| s.data = Digest([1; 32])),
        ("trees", |s| {
            let Architecture::Forest(bounds) = s.architecture else { panic!("a forest") };
            let more = Bounds::new(bounds.tree(), bounds.trees() + 1, bounds.votes()).unwrap();
            s.architecture = Architecture::Forest(more);
        }),
        ("operator", |s| {
            let Architecture::Forest(bounds) = s.architecture else { panic!("a forest") };
            s.architecture = Architecture::DecisionTree(bounds.tree());
        }),
    ];
    for (name, change) in changes {
        let mut changed = statement.clone();
        change(&mut changed);
        assert!(verify(&changed, &case.table, &proof).is_err(), "{name}");
    }
    for cut in [0, 31, proof.len() / 2, proof.len() - 1] {
        assert!(verify(&statement, &case.table, &proof[..cut]).is_err(), "{cut} bytes");
    }
    let mut long = proof.clone();
    long.push(0);
    assert!(verify(&statement, &case.table, &long).is_err());
    for at in (0..proof.len()).step_by(proof.len() / 40) {
        let mut bent = proof.clone();
        bent[at] ^= 1;
        assert!(verify(&statement, &case.table, &bent).is_err(), "byte {at}");
    }
}

#[test]
fn unfit_statements_are_named() {
    let case = usual();
    let unfit = |change: fn(&mut Accuracy)| case.unfit(change);
    let hidden = |s: &mut Accuracy| {
        s.modes = MODES_COMMITTED;
        s.data = as_digest(&s.model.0);
    };
    assert_eq!(unfit(hidden), Unfit::Data);
    assert_eq!(unfit(|s| s.data = Digest([0; 32])), Unfit::Data);
    assert_eq!(unfit(|s| s.rows -= 1), Unfit::Data);
    assert_eq!(unfit(|s| s.rows = 0), Unfit::Sizes);
    assert_eq!(unfit(|s| s.score = Score::AtLeast(41)), Unfit::Score);
    let wide = |s: &mut Accuracy| {
        let sizes = tree::Bounds::new(6, 3, 5, 6).unwrap();
        s.architecture = Architecture::Forest(Bounds::new(sizes, 5, Votes::All).unwrap());
    };
    assert_eq!(unfit(wide), Unfit::Sizes);
    let huge = |s: &mut Accuracy| {
        let sizes = tree::Bounds::new(5, 3, 64, 20).unwrap();
        s.architecture = Architecture::Forest(Bounds::new(sizes, 1 << 14, Votes::All).unwrap());
        s.rows = 40;
    };
    assert_eq!(unfit(huge), Unfit::TooLarge);
}

#[test]
fn only_the_committed_model_is_opened() {
    let case = usual();
    let honest = case.statement(Score::Exactly(case.correct as u32));
    let verdict = |statement: &Accuracy, model: &ForestTable, chained: &ForestTable| {
        let stated = stated(statement).unwrap();
        let claim = public(statement, &stated, &case.table).unwrap();
        let circuit = Circuit::<forest::Shape>::new(&stated, claim, None).unwrap();
        let states = chain(&Compressor::default(), chained);
        let opened = Opened { model: Some((states, &case.salt)), ..Opened::default() };
        let execution = circuit.layer.execute(model).unwrap();
        let inner = Proven { circuit, model, execution, opened };
        let proven = Tampered { inner, tamper: &|_| () };
        let digest = statement.digest().0.0;
        let proof = session::prove(&proven, &digest, &[6; 32], &mut |_| ()).unwrap();
        session::verify(&proven.inner, &digest, &proof)
    };
    assert_eq!(verdict(&honest, &case.model, &case.model), Ok(()));
    // A slot, and a value, that no row reaches.
    let (bounds, slots) = (case.model.bounds(), case.model.slots());
    let (mut other_slots, mut other_values) = (slots.to_vec(), case.model.values().to_vec());
    other_slots.last_mut().unwrap().low ^= 1;
    *other_values.last_mut().unwrap() += 1;
    for other in [
        ForestTable::new(bounds, other_slots, case.model.values().to_vec()).unwrap(),
        ForestTable::new(bounds, slots.to_vec(), other_values).unwrap(),
    ] {
        let mut statement = honest.clone();
        statement.model = commit(&other, &case.salt);
        for chained in [&case.model, &other] {
            let got = verdict(&statement, &case.model, chained);
            assert_eq!(got, Err(session::Rejection::Relation));
        }
    }
}

#[test]
fn every_statement_has_a_hundred_bits() {
    let case = usual();
    for (rows, depth, slots_log, trees, votes) in [
        (1, 1, 3, 1, Votes::All),
        (100, 6, 12, 60, Votes::Turns),
        (1000, 10, 18, 100, Votes::All),
        (20_000, 6, 12, 21, Votes::All),
    ] {
        let mut statement = case.statement(Score::AtLeast(1));
        statement.rows = rows;
        let trees_shape = tree::Bounds::new(5, 3, depth, slots_log).unwrap();
        statement.architecture =
            Architecture::Forest(Bounds::new(trees_shape, trees, votes).unwrap());
        let bits = security_bits(&statement);
        assert!(bits >= 100, "{rows} rows: {bits} bits");
    }
}
