//! Models that answer with a number: every mode, numbers that are not theirs, and what a number could be
//! taken for.

use super::super::prove::circuit;
use super::hiding::simulated;
use super::{Known, ProveError, Rejection, Unfit, Witness};
use super::{PREDICTION, all_modes, answers, describe, prove, salt, security_bits, verify};
use crate::accuracy::Scored;
use crate::answers::{commit_numbers, numbers_digest};
use crate::circuit::{Circuit, Proven};
use crate::commit::Salt;
use crate::commit::tests::tampered::{Tampered, mutations};
use assay_engine::field::F;
use assay_engine::session;
use assay_layers::{Layer as _, Sizes, forest, network};
use assay_model::ops::forest::Votes;
use assay_model::ops::network::synthetic as networks;
use assay_model::ops::tree::POINTERS;
use assay_model::regression::{Architecture, Model, Reading, Scale, Schema};
use assay_model::{Graph, Table, synthetic};
use assay_types::FieldDigest;
use assay_types::statement::{Context, Estimate, Modes, Part, Privacy};
use p3_field::PrimeCharacteristicRing;

/// Rows: less than the cells of a column.
const ROWS: usize = 13;
/// Parts of a unit.
const PARTS: u32 = 10;

const COMMITTED: Modes =
    Modes { input: Privacy::Committed, weights: Privacy::Committed, output: Privacy::Committed };

struct Case {
    model: Model,
    rows: Table,
    answers: Vec<i32>,
    salts: [Salt; 3],
}

fn case(graph: Graph, reading: Reading) -> Case {
    let features = graph.architecture().features();
    let names = (0..features).map(|feature| format!("x{feature}")).collect();
    let scale = Scale::new(PARTS, -1000, 1000).unwrap();
    let schema = Schema::new(names, "y".into(), "m".into(), scale).unwrap();
    let model = Model::new(schema.clone(), graph, reading).unwrap();
    let drawn = synthetic::tree(features, 1, 1, 1, 1).unwrap();
    let drawn = synthetic::table(&drawn, ROWS, 0, 7).unwrap();
    let values = drawn.values().to_vec();
    let rows = Table::new(schema.names().clone(), values, vec![0; ROWS]).unwrap();
    let answers = answers(&model, &rows).unwrap();
    Case { model, rows, answers, salts: [1, 2, 3].map(salt) }
}

fn of_forest() -> Case {
    let forest = synthetic::forest((5, 1), Votes::All, (4, 3, 5), 5).unwrap();
    let table = forest.to_table(forest.bounds(4, 0, 5).unwrap()).unwrap();
    case(Graph::Forest(table), Reading::PLAIN)
}

/// Outputs of which each stands for many parts, far from zero.
fn of_network() -> Case {
    case(Graph::Network(networks::mlp(&[5, 7, 1], 1)), Reading::new(21, -4000).unwrap())
}

impl Case {
    fn witness(&self) -> Witness<'_, Model> {
        let [rows_salt, model_salt, answers_salt] = self.salts.each_ref().map(Some);
        Witness { model: &self.model, rows: &self.rows, rows_salt, model_salt, answers_salt }
    }

    fn statement(&self, modes: Modes) -> Estimate {
        describe(Context::default(), modes, &self.witness()).unwrap()
    }

    /// The statement that names other numbers.
    fn claiming(&self, modes: Modes, numbers: &[i32]) -> Estimate {
        let mut statement = self.statement(modes);
        statement.output = match modes.output {
            Privacy::Public => Part::Public(numbers_digest(numbers)),
            Privacy::Committed => {
                Part::Committed(commit_numbers(self.model.schema(), numbers, &self.salts[2]))
            }
            Privacy::Hidden => Part::Hidden,
        };
        statement
    }

    fn known(&self) -> Known<'_, Model> {
        let (rows, model) = (Some(&self.rows), Some(&self.model));
        Known { rows, model, answers: Some(&self.answers) }
    }

    /// What is public.
    fn public(&self, modes: Modes) -> Known<'_, Model> {
        let known = self.known();
        Known {
            rows: known.rows.filter(|_| modes.input == Privacy::Public),
            model: known.model.filter(|_| modes.weights == Privacy::Public),
            answers: known.answers.filter(|_| modes.output == Privacy::Public),
        }
    }

    #[track_caller]
    fn check(&self, modes: Modes) -> (Estimate, Vec<u8>) {
        let statement = self.statement(modes);
        let proof = prove(&statement, &self.witness(), [5; 32], &mut |_| ()).unwrap();
        assert_eq!(verify(&statement, &self.public(modes), &proof), Ok(()), "{modes:?}");
        assert!(100 <= security_bits(&statement));
        (statement, proof)
    }

    /// The verdict on a prover who says `numbers`, whatever the model answers.
    fn verdict(
        &self,
        statement: &Estimate,
        numbers: &[i32],
        tamper: &dyn Fn(&Places, &mut [F]),
    ) -> Result<(), Rejection> {
        match self.model.graph() {
            Graph::Forest(model) => self.verdict_of(model, statement, numbers, tamper),
            Graph::Network(model) => self.verdict_of(model, statement, numbers, tamper),
            Graph::DecisionTree(_) => panic!("no tree answers with a number"),
        }
    }

    fn verdict_of<T: Scored>(
        &self,
        model: &T,
        statement: &Estimate,
        numbers: &[i32],
        tamper: &dyn Fn(&Places, &mut [F]),
    ) -> Result<(), Rejection> {
        let witness = self.witness();
        let (inner, opened) = circuit(statement, model, &witness, (numbers, &[0; ROWS])).unwrap();
        let places = Places::of(&inner);
        let execution = inner.layer.execute(model).unwrap();
        let inner = Proven { circuit: inner, model, execution, opened };
        let tampered = Tampered { inner, tamper: &|cells| tamper(&places, cells) };
        let digest = statement.digest().0.0;
        let proof = session::prove(&tampered, &digest, &[6; 32], &mut |_| ()).unwrap();
        Ok(session::verify(&tampered.inner, &digest, &proof)?)
    }
}

/// Where outputs are, and the column of numbers if there is one.
struct Places {
    outputs: usize,
    column: Option<usize>,
}

impl Places {
    fn of<S: Sizes>(circuit: &Circuit<'_, S>) -> Self {
        let column = match circuit.numbers.as_ref().map(|numbers| &numbers.values) {
            Some(crate::numbers::Values::Column(block)) => Some(block.at),
            _ => None,
        };
        Self { outputs: circuit.layer.outputs().unwrap().at, column }
    }
}

fn nothing(_: &Places, _: &mut [F]) {}

const REJECTED: Result<(), Rejection> = Err(Rejection::Proof(session::Rejection::Relation));

#[test]
fn every_mode_that_says_something_is_proven() {
    for case in [of_forest(), of_network()] {
        let modes = all_modes().filter(Modes::says_something);
        assert_eq!(modes.map(|modes| drop(case.check(modes))).count(), 20);
    }
}

#[test]
fn a_wrong_number_is_rejected() {
    for case in [of_forest(), of_network()] {
        for modes in [PREDICTION, COMMITTED] {
            let statement = case.statement(modes);
            assert_eq!(case.verdict(&statement, &case.answers, &nothing), Ok(()));
            for (row, by) in [(0, 1), (6, -1), (ROWS - 1, 1000)] {
                let mut numbers = case.answers.clone();
                numbers[row] += by;
                let statement = case.claiming(modes, &numbers);
                assert_eq!(case.verdict(&statement, &numbers, &nothing), REJECTED, "row {row}");
                // An honest prover says no, where the claim is open to all.
                let got = prove(&statement, &case.witness(), [5; 32], &mut |_| ());
                match modes.output {
                    Privacy::Public => assert_eq!(got, Err(ProveError::False)),
                    _ => assert!(matches!(got, Err(ProveError::Mismatch(_)))),
                }
            }
        }
    }
}

/// The layer's own constraints hold the outputs: they cannot be moved to where the numbers are.
#[test]
fn outputs_cannot_be_moved_to_the_numbers() {
    for case in [of_forest(), of_network()] {
        let reading = case.model.architecture().reading();
        for modes in [PREDICTION, COMMITTED] {
            let mut numbers = case.answers.clone();
            numbers[3] += reading.step() as i32;
            let statement = case.claiming(modes, &numbers);
            let tamper = |places: &Places, cells: &mut [F]| {
                cells[places.outputs + 3] += F::ONE;
                if let Some(column) = places.column {
                    cells[column + 3] += F::from_u32(reading.step());
                }
            };
            assert_eq!(case.verdict(&statement, &numbers, &tamper), REJECTED);
        }
    }
}

#[test]
fn a_commitment_to_other_numbers_is_not_opened() {
    for case in [of_forest(), of_network()] {
        let mut numbers = case.answers.clone();
        numbers[4] -= 1;
        let statement = case.claiming(COMMITTED, &numbers);
        // The column is right, the commitment is to something else.
        assert_eq!(case.verdict(&statement, &case.answers, &nothing), REJECTED);
        // Or the column is what was committed to, and the outputs are right.
        let column = |places: &Places, cells: &mut [F]| {
            cells[places.column.unwrap() + 4] -= F::ONE;
        };
        assert_eq!(case.verdict(&statement, &numbers, &column), REJECTED);
    }
}

#[test]
fn a_number_behind_the_last_row_is_no_row() {
    let case = of_forest();
    let mut more = case.answers.clone();
    more.push(77);
    let mut statement = case.claiming(COMMITTED, &more);
    let column = |places: &Places, cells: &mut [F]| {
        cells[places.column.unwrap() + ROWS] = F::from_u32(77);
    };
    assert_eq!(case.verdict(&statement, &case.answers, &column), REJECTED);
    // The commitment's start names the rows: they are so many that it opens, but for the last one.
    statement.output = case.claiming(COMMITTED, &case.answers).output;
    assert_eq!(case.verdict(&statement, &case.answers, &nothing), Ok(()));
    assert_eq!(case.verdict(&statement, &case.answers, &column), REJECTED);
}

/// Modulo the field's order there are two integers of 32 bits for some numbers.
#[test]
fn a_number_has_one_representative() {
    let case = of_network();
    let row = case.answers.iter().position(|&number| number < 0).unwrap();
    let mut numbers = case.answers.clone();
    numbers[row] += POINTERS as i32;
    let (statement, proof) = case.check(PREDICTION);
    let statement = Estimate { output: Part::Public(numbers_digest(&numbers)), ..statement };
    let known = Known { answers: Some(&numbers), ..case.known() };
    let got = verify(&statement, &known, &proof);
    assert_eq!(got, Err(Unfit::Answer { row }.into()));
}

#[test]
fn a_proof_proves_no_other_statement() {
    let case = of_network();
    let (statement, proof) = case.check(COMMITTED);
    let graph = case.model.graph().architecture();
    let reads = |step, offset| {
        let reading = Reading::new(step, offset).unwrap();
        Estimate {
            architecture: Architecture::new(graph.clone(), reading).unwrap(),
            ..statement.clone()
        }
    };
    let names = |unit: &str, parts| {
        let (names, scale) = (case.model.schema().names(), Scale::new(parts, -1000, 1000).unwrap());
        let features = names.features().to_vec();
        let schema = Schema::new(features, "y".into(), unit.into(), scale).unwrap();
        Estimate { schema, ..statement.clone() }
    };
    let other = FieldDigest::new([1; 8]).unwrap();
    for (name, changed) in [
        ("step", reads(22, -4000)),
        ("zero", reads(21, -3999)),
        ("unit", names("km", PARTS)),
        ("parts", names("m", PARTS + 1)),
        ("rows", Estimate { rows: ROWS as u32 - 1, ..statement.clone() }),
        ("output", Estimate { output: Part::Committed(other), ..statement.clone() }),
        ("input", Estimate { input: Part::Committed(other), ..statement.clone() }),
    ] {
        assert!(verify(&changed, &case.known(), &proof).is_err(), "{name}");
    }
    for (what, bytes) in mutations(&proof, 12) {
        assert!(verify(&statement, &case.known(), &bytes).is_err(), "{what}");
    }
}

#[test]
fn what_is_public_is_what_the_statement_names() {
    let case = of_forest();
    let all = Modes { weights: Privacy::Public, ..PREDICTION };
    let (statement, proof) = case.check(all);
    let known = case.known();
    let other = of_network();
    for (changed, unfit) in [
        (Known { rows: None, ..known }, Unfit::Absent("rows")),
        (Known { model: None, ..known }, Unfit::Absent("weights")),
        (Known { answers: None, ..known }, Unfit::Absent("answers")),
        (Known { model: Some(&other.model), ..known }, Unfit::Model),
        (Known { answers: Some(&other.answers), ..known }, Unfit::Answers),
        (Known { answers: Some(&case.answers[1..]), ..known }, Unfit::Answers),
    ] {
        assert_eq!(verify(&statement, &changed, &proof), Err(unfit.into()));
    }
    let hidden = Modes { weights: Privacy::Hidden, output: Privacy::Hidden, ..PREDICTION };
    let got = describe(Context::default(), hidden, &case.witness());
    assert_eq!(got, Err(Unfit::SaysNothing.into()));
}

#[test]
fn a_conversation_needs_nothing_hidden() {
    let (public, committed, hidden) = (Privacy::Public, Privacy::Committed, Privacy::Hidden);
    for (input, output) in
        [(public, public), (committed, committed), (hidden, public), (committed, hidden)]
    {
        let modes = Modes { input, weights: committed, output };
        let case = of_forest();
        let (statement, proof) = case.check(modes);
        let known = case.public(modes);
        assert!(simulated::<forest::Shape, Model>(&statement, &known, &proof, 3), "{modes:?}");
        let case = of_network();
        let (statement, proof) = case.check(modes);
        let known = case.public(modes);
        assert!(simulated::<network::Plan, Model>(&statement, &known, &proof, 3), "{modes:?}");
    }
}
