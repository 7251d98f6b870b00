//! Forests and networks: every mode, answers that are not theirs, and bytes that are no proof.

use super::super::prove::circuit;
use super::{Case, Inference, Modes, Part, Privacy, ProveError, Rejection};
use super::{PREDICTION, all_modes, salt, verify};
use crate::accuracy::Scored;
use crate::answers::{answers_digest, commit_answers};
use crate::circuit::Proven;
use crate::commit::tests::tampered::mutations;
use assay_engine::{pcs, session};
use assay_layers::Layer as _;
use assay_model::ops::forest::{ForestTable, Votes};
use assay_model::ops::network::{self, Network};
use assay_model::{Graph, Model, Table, synthetic};

/// Which kinds of models there are beside the tree.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Forest(Votes),
    Network,
}

pub(super) const KINDS: [Kind; 2] = [Kind::Forest(Votes::All), Kind::Network];

/// Fifteen rows of five features and three classes.
pub(super) fn case(kind: Kind) -> Case {
    case_of(kind, 15)
}

fn case_of(kind: Kind, rows: usize) -> Case {
    match kind {
        Kind::Forest(votes) => {
            let classes = if votes == Votes::Second { 2 } else { 3 };
            let forest = synthetic::forest((5, classes), votes, (6, 3, 5), 5).unwrap();
            let table = forest.to_table(forest.bounds(4, 0, 7).unwrap()).unwrap();
            let labels = synthetic::tree(5, classes, 3, 5, 5).unwrap();
            let rows = synthetic::table(&labels, rows, 0, 4).unwrap();
            Case::of(Model::new(rows.schema().clone(), Graph::Forest(table)).unwrap(), rows)
        }
        Kind::Network => {
            let network = network::synthetic::mlp(&[5, 7, 3], 1);
            let rows = network::synthetic::table(&network, rows, 4).unwrap();
            Case::of(Model::new(rows.schema().clone(), Graph::Network(network)).unwrap(), rows)
        }
    }
}

/// The same parameters but for one that no row reads.
fn other_model(model: &Model) -> Model {
    let graph = match model.graph() {
        Graph::Forest(table) => {
            let mut values = table.values().to_vec();
            *values.last_mut().unwrap() += 1;
            let slots = table.slots().to_vec();
            Graph::Forest(ForestTable::new(table.bounds(), slots, values).unwrap())
        }
        Graph::Network(network) => {
            // The fourth output of the last layer is padding.
            let layout = network.program().parameter_layout().nodes().last().unwrap();
            let kernel = layout.terms[0].as_ref().unwrap();
            let mut cells = network.parameters().cells().to_vec();
            cells[kernel.taps[0] + kernel.row(0, 0) + 3] += 1;
            Graph::Network(Network::new(network.program().clone(), cells).unwrap())
        }
        Graph::DecisionTree(_) => panic!("a forest or a network"),
    };
    Model::new(model.schema().clone(), graph).unwrap()
}

#[test]
fn every_mode_that_says_something_is_proven() {
    for kind in KINDS {
        let case = case(kind);
        let modes = all_modes().filter(Modes::says_something);
        assert_eq!(modes.map(|modes| drop(case.check(modes))).count(), 20);
    }
}

const COMMITTED: Modes =
    Modes { input: Privacy::Committed, weights: Privacy::Committed, output: Privacy::Committed };

#[test]
fn every_way_to_vote_and_every_kind_of_network_answers() {
    for votes in [Votes::Turns, Votes::Second] {
        let case = case_of(Kind::Forest(votes), 9);
        [PREDICTION, COMMITTED].into_iter().for_each(|modes| drop(case.check(modes)));
    }
    for seed in 200..205 {
        let network = network::synthetic::tiny(seed);
        let rows = network::synthetic::table(&network, 3, seed).unwrap();
        let model = Model::new(rows.schema().clone(), Graph::Network(network)).unwrap();
        let case = Case::of(model, rows);
        [PREDICTION, COMMITTED].into_iter().for_each(|modes| drop(case.check(modes)));
    }
}

/// What a prover that does not ask what the model answers gets.
fn verdict(
    case: &Case,
    model: &Model,
    statement: &Inference,
    answers: &[u16],
) -> Result<(), Rejection> {
    fn verdict<M: Scored>(
        case: &Case,
        model: &M,
        statement: &Inference,
        answers: &[u16],
    ) -> Result<(), Rejection> {
        let witness = case.witness();
        let (circuit, opened) = circuit(statement, model, &witness, (answers, &[])).unwrap();
        let execution = circuit.layer.execute(model).unwrap();
        let proven = Proven { circuit, model, execution, opened };
        let digest = statement.digest().0.0;
        let proof = session::prove(&proven, &digest, &[6; 32], &mut |_| ()).unwrap();
        Ok(session::verify(&proven.circuit, &digest, &proof)?)
    }
    match model.graph() {
        Graph::DecisionTree(model) => verdict(case, model, statement, answers),
        Graph::Forest(model) => verdict(case, model, statement, answers),
        Graph::Network(model) => verdict(case, model, statement, answers),
    }
}

const REJECTED: Result<(), Rejection> = Err(Rejection::Proof(session::Rejection::Relation));

/// The statement that names `answers` in the mode of its output.
fn claiming(case: &Case, modes: Modes, answers: &[u16]) -> Inference {
    let mut statement = case.statement(modes);
    statement.output = match modes.output {
        Privacy::Public => Part::Public(answers_digest(answers)),
        Privacy::Committed => {
            Part::Committed(commit_answers(case.model.schema(), answers, &case.salts[2]))
        }
        Privacy::Hidden => Part::Hidden,
    };
    statement
}

#[test]
fn a_wrong_answer_to_one_row_is_refused() {
    for kind in KINDS {
        let case = case(kind);
        let hidden = Modes { input: Privacy::Hidden, ..PREDICTION };
        for modes in [PREDICTION, COMMITTED, hidden] {
            let statement = claiming(&case, modes, &case.answers);
            assert_eq!(verdict(&case, &case.model, &statement, &case.answers), Ok(()), "{kind:?}");
            for row in [0, 7, 14] {
                let mut answers = case.answers.clone();
                answers[row] = (answers[row] + 1) % 3;
                let statement = claiming(&case, modes, &answers);
                assert!(case.prove(&statement).is_err(), "{kind:?}, row {row}");
                let got = verdict(&case, &case.model, &statement, &answers);
                assert_eq!(got, REJECTED, "{kind:?}, {modes:?}, row {row}");
            }
        }
    }
}

#[test]
fn other_rows_do_not_stand_for_the_committed_ones() {
    for kind in KINDS {
        let case = case(kind);
        let statement = case.statement(COMMITTED);
        let mut values = case.rows.values().to_vec();
        values.swap(0, 5);
        let rows = Table::new(case.rows.schema().clone(), values, case.rows.labels().to_vec());
        let other = Case { salts: case.salts, ..Case::of(case.model.clone(), rows.unwrap()) };
        // With the answers to the other rows, and all else theirs but for the commitment.
        let statement = Inference { output: other.statement(COMMITTED).output, ..statement };
        assert_eq!(verdict(&other, &other.model, &statement, &other.answers), REJECTED, "{kind:?}");
        let statement = other.statement(COMMITTED);
        assert_eq!(verdict(&other, &other.model, &statement, &other.answers), Ok(()), "{kind:?}");
    }
}

#[test]
fn another_model_does_not_answer_for_the_one_that_is_meant() {
    for kind in KINDS {
        let case = case(kind);
        let other = other_model(&case.model);
        assert_eq!(super::answers(&other, &case.rows).unwrap(), case.answers);
        for weights in [Privacy::Committed, Privacy::Public, Privacy::Hidden] {
            let statement = case.statement(Modes { weights, ..PREDICTION });
            let got = verdict(&case, &other, &statement, &case.answers);
            // With hidden weights nothing says which model it was.
            let expected = if weights == Privacy::Hidden { Ok(()) } else { REJECTED };
            assert_eq!(got, expected, "{kind:?}, {weights:?}");
        }
    }
}

#[test]
fn a_commitment_under_another_salt_is_not_opened() {
    for kind in KINDS {
        let case = case(kind);
        let statement = case.statement(PREDICTION);
        let salts = [1, 9, 3].map(salt);
        let other = Case { salts, ..self::case(kind) };
        assert!(matches!(other.prove(&statement), Err(ProveError::Mismatch(_))), "{kind:?}");
        assert_eq!(verdict(&other, &case.model, &statement, &case.answers), REJECTED, "{kind:?}");
    }
}

#[test]
fn changed_bytes_are_rejected() {
    for (kind, modes) in KINDS.into_iter().zip([PREDICTION, COMMITTED]) {
        let case = case(kind);
        let (statement, proof) = case.check(modes);
        for (what, bytes) in mutations(&proof, 1) {
            let got = verify(&statement, &case.known(), &bytes);
            let Err(Rejection::Proof(why)) = got else { panic!("{kind:?}, {what}: {got:?}") };
            let panicked = session::Rejection::Opening(pcs::Rejection::Panicked);
            assert_ne!(why, panicked, "{kind:?}, {what}");
        }
    }
}

#[test]
fn every_mode_has_a_hundred_bits() {
    for kind in KINDS {
        let case = case(kind);
        for modes in all_modes().filter(Modes::says_something) {
            let mut statement = case.statement(modes);
            for rows in [1, 100, 10_000] {
                statement.rows = rows;
                let bits = super::security_bits(&statement);
                assert!(bits >= 100, "{kind:?}, {modes:?}, {rows} rows: {bits}");
            }
        }
    }
}
