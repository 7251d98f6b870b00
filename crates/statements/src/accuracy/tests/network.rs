//! The same statement about networks.

use super::{Case, ProveError, Rejection, Unfit, security_bits, verify};
use crate::accuracy::MODES_COMMITTED;
use crate::commit::Salt;
use crate::commit::tests::tampered::mutations;
use crate::rows::as_digest;
use assay_codec::Digest;
use assay_engine::{pcs, session};
use assay_model::ops::network::{
    InputMap, Network, Node, Program, Scale, Shape, Term, Window, synthetic,
};
use assay_model::{Architecture, Graph, Model, Table};
use assay_types::statement::{Accuracy, Score};
use assay_types::{FieldDigest, JobId};

fn case(model: Network, rows: usize) -> Case<Network> {
    let table = synthetic::table(&model, rows, 4).unwrap();
    let classes = model.program().classes() as u16;
    // A third of the labels are wrong, if there is another class.
    let labels = table.labels().iter().enumerate();
    let labels = labels.map(|(i, &label)| if i % 3 == 2 { (label + 1) % classes } else { label });
    let table = Table::new(table.schema().clone(), table.values().to_vec(), labels.collect());
    Case::new(model, table.unwrap(), Network::exec)
}

/// Thirty features, each of which becomes any of 2^16 integers in a way of its own.
fn many_integers() -> Program {
    let scales = vec![Scale { multiplier: 1, shift: 0, offset: 0 }; 30];
    let input = InputMap { scales, low: i16::MIN, high: i16::MAX };
    let plain = synthetic::mlp(&[30, 2], 1);
    let (maps, nodes) = (plain.program().maps().to_vec(), plain.program().nodes().to_vec());
    Program::new(input, plain.program().tensor(0), maps, nodes).unwrap()
}

pub(super) fn tiny(seed: u64) -> Case<Network> {
    case(synthetic::tiny(seed), 3)
}

pub(super) fn small() -> Case<Network> {
    case(synthetic::mlp(&[6, 9, 4], 1), 7)
}

#[test]
fn networks_of_every_kind_are_proven() {
    for seed in 100..106 {
        let case = tiny(seed);
        case.check(Score::Exactly(case.correct as u32));
    }
}

/// Softmax and layer normalisation are maxima, tables and products: nothing else is proven for them.
#[test]
fn softmax_and_normalisation_inside_are_proven() {
    let path = "../../oracles/fixtures/operators/softmax-and-norm.model";
    let path = [env!("CARGO_MANIFEST_DIR"), path].iter().collect::<std::path::PathBuf>();
    let model = Model::from_file(&std::fs::read(path).unwrap()).unwrap();
    let Graph::Network(network) = model.graph() else { panic!("a network") };
    let products = |node: &Node| match node {
        Node::Unit { terms, .. } => {
            terms.iter().filter(|term| matches!(term, Term::Product { .. })).count()
        }
        Node::Max { .. } => 0,
    };
    assert_eq!(network.program().nodes().iter().map(products).sum::<usize>(), 2);
    let case = case(network.clone(), 9);
    case.check(Score::Exactly(case.correct as u32));
    case.check(Score::AtLeast(case.correct as u32));
}

#[test]
fn a_witness_of_something_else_is_refused() {
    let case = small();
    let statement = case.statement(Score::AtLeast(0));
    let other = Case { model: synthetic::mlp(&[6, 9, 4], 2), ..small() };
    let salted = Case { salt: Salt(FieldDigest::new([1; 8]).unwrap()), ..small() };
    for witness in [other, salted] {
        assert!(matches!(witness.prove(&statement), Err(ProveError::Mismatch(_))));
    }
}

#[test]
fn a_proof_proves_no_other_statement() {
    let case = small();
    let score = Score::AtLeast(2);
    let proof = case.check(score);
    let changes: [fn(&mut Accuracy); 4] = [
        |s| s.context.job = JobId(Digest([1; 32])),
        |s| s.score = Score::AtLeast(1),
        |s| s.score = Score::Exactly(2),
        |s| s.model.0 = FieldDigest::new([1; 8]).unwrap(),
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let mut changed = case.statement(score);
        change(&mut changed);
        let got = verify(&changed, &case.table, &proof);
        assert!(matches!(got, Err(Rejection::Proof(_))), "change {i}: {got:?}");
    }
}

#[test]
fn unfit_statements_are_named() {
    let case = small();
    let unfit = |change: fn(&mut Accuracy)| case.unfit(change);
    let hidden = |s: &mut Accuracy| {
        s.modes = MODES_COMMITTED;
        s.data = as_digest(&s.model.0);
    };
    assert_eq!(unfit(hidden), Unfit::Data);
    let many_integers = |s: &mut Accuracy| {
        s.modes = MODES_COMMITTED;
        s.data = as_digest(&s.model.0);
        s.architecture = Architecture::Network(many_integers());
        s.schema = synthetic::table(&synthetic::mlp(&[30, 2], 1), 1, 1).unwrap().schema().clone();
    };
    assert_eq!(unfit(many_integers), Unfit::Public);
    assert_eq!(unfit(|s| s.data = Digest([0; 32])), Unfit::Data);
    assert_eq!(unfit(|s| s.rows -= 1), Unfit::Data);
    assert_eq!(unfit(|s| s.rows = 0), Unfit::Sizes);
    assert_eq!(unfit(|s| s.score = Score::AtLeast(8)), Unfit::Score);
    let wide = |s: &mut Accuracy| {
        let program = synthetic::mlp(&[5, 4], 1).program().clone();
        s.architecture = Architecture::Network(program);
    };
    assert_eq!(unfit(wide), Unfit::Sizes);
}

/// A hundred bytes of program that ask for 2^28 columns: refused before any room is taken for them.
#[test]
fn a_program_of_endless_columns_is_no_statement() {
    let table = synthetic::table(&synthetic::mlp(&[4, 4], 1), 2, 1).unwrap();
    let window = Window { taps: 1 << 14, repeat: 1 << 14, ..Window::identity(1) };
    let (rows, columns, shape) = (window, window, Shape::flat(4));
    let scale = Scale { multiplier: 1, shift: 0, offset: 0 };
    let input = InputMap::uniform(scale, -100, 100);
    let nodes = vec![Node::Max { from: 0, rows, columns, shape }];
    let program = Program::new(input, shape, Vec::new(), nodes).unwrap();
    let mut statement = small().statement(Score::AtLeast(0));
    statement.architecture = Architecture::Network(program);
    (statement.schema, statement.rows) = (table.schema().clone(), 2);
    statement.data = table.digest();
    let got = verify(&statement, &table, &[]);
    assert_eq!(got, Err(Rejection::Unfit(Unfit::Architecture)));
    assert_eq!(security_bits(&statement), 0);
}

#[test]
fn changed_bytes_are_rejected() {
    let case = small();
    let score = Score::AtLeast(2);
    let proof = case.check(score);
    let statement = case.statement(score);
    for (what, bytes) in mutations(&proof, 3) {
        let got = verify(&statement, &case.table, &bytes);
        let Err(Rejection::Proof(why)) = got else { panic!("{what}: {got:?}") };
        let panicked = session::Rejection::Opening(pcs::Rejection::Panicked);
        assert_ne!(why, panicked, "{what}");
    }
}

#[test]
fn every_network_of_the_table_has_a_hundred_bits() {
    for (model, rows) in [
        (synthetic::mlp(&[784, 128, 10], 1), 1_000),
        (synthetic::lenet5(1), 100),
        (synthetic::cifar_cnn(1), 1),
    ] {
        let mut statement = small().statement(Score::AtLeast(0));
        let table = synthetic::table(&model, 1, 1).unwrap();
        statement.architecture = Architecture::Network(model.program().clone());
        statement.schema = table.schema().clone();
        statement.rows = rows;
        assert!(security_bits(&statement) >= 100, "{:?}", model.program());
    }
}
