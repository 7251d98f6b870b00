//! Completeness in every mode that says something, then one dishonest statement per field.

mod cheats;
mod hiding;
mod hostile;
mod kinds;
mod modes;
mod numbers;

use super::{Answering, Known, ProveError, Rejection, Unfit, Witness, answers, describe, prove};
use super::{security_bits, verify};
use crate::commit::Salt;
use assay_codec::Digest;
use assay_model::ops::tree::{Bounds, DecisionTree, NodeTable, Slot, bounds_for};
use assay_model::{Architecture, Graph, Model, Schema, SplitMix64, Table, synthetic};
use assay_types::statement::{Context, Inference, Modes, Part, Privacy};
use assay_types::{Address, FieldDigest, Height, JobId};

/// The three modes.
const PRIVACIES: [Privacy; 3] = [Privacy::Public, Privacy::Committed, Privacy::Hidden];

/// All 27 combinations.
fn all_modes() -> impl Iterator<Item = Modes> {
    let each = |input| {
        let each = move |weights| PRIVACIES.map(|output| Modes { input, weights, output });
        PRIVACIES.into_iter().flat_map(each)
    };
    PRIVACIES.into_iter().flat_map(each)
}

/// What a paid prediction shows.
const PREDICTION: Modes =
    Modes { input: Privacy::Public, weights: Privacy::Committed, output: Privacy::Public };

fn salt(first: u32) -> Salt {
    Salt(FieldDigest::new([first, 8, 7, 6, 5, 4, 3, 2]).unwrap())
}

struct Case {
    model: Model,
    rows: Table,
    answers: Vec<u16>,
    salts: [Salt; 3],
}

fn case(features: usize, classes: usize, depth: usize, inner: usize, rows: usize) -> Case {
    let tree = synthetic::tree(features, classes, depth, inner, 3).unwrap();
    let table = synthetic::table(&tree, rows, 200, 4).unwrap();
    let bounds = bounds_for(&tree, depth as u8 + 1, 2 * inner + 1).unwrap();
    Case::new(&tree, bounds, table)
}

impl Case {
    fn new(tree: &DecisionTree, bounds: Bounds, rows: Table) -> Self {
        Self::of(Model::from_tree(rows.schema().clone(), tree, bounds).unwrap(), rows)
    }

    fn of(model: Model, rows: Table) -> Self {
        let answers = answers(&model, &rows).unwrap();
        Self { model, rows, answers, salts: [1, 2, 3].map(salt) }
    }

    fn witness(&self) -> Witness<'_> {
        let [rows_salt, model_salt, answers_salt] = self.salts.each_ref().map(Some);
        Witness { model: &self.model, rows: &self.rows, rows_salt, model_salt, answers_salt }
    }

    fn statement(&self, modes: Modes) -> Inference {
        describe(Context::default(), modes, &self.witness()).unwrap()
    }

    fn prove(&self, statement: &Inference) -> Result<Vec<u8>, ProveError> {
        prove(statement, &self.witness(), [5; 32], &mut |_| ())
    }

    /// Everything; a verifier looks at what is public only.
    fn known(&self) -> Known<'_> {
        let (rows, model) = (Some(&self.rows), Some(&self.model));
        Known { rows, model, answers: Some(&self.answers) }
    }

    /// What is public.
    fn public(&self, modes: Modes) -> Known<'_> {
        let known = self.known();
        Known {
            rows: known.rows.filter(|_| modes.input == Privacy::Public),
            model: known.model.filter(|_| modes.weights == Privacy::Public),
            answers: known.answers.filter(|_| modes.output == Privacy::Public),
        }
    }

    #[track_caller]
    fn check(&self, modes: Modes) -> (Inference, Vec<u8>) {
        let statement = self.statement(modes);
        assert_eq!(statement.modes(), modes);
        let proof = self.prove(&statement).unwrap();
        assert_eq!(verify(&statement, &self.public(modes), &proof), Ok(()), "{modes:?}");
        (statement, proof)
    }
}

/// The parameters of a tree.
fn slots(model: &Model) -> &NodeTable {
    let Graph::DecisionTree(table) = model.graph() else { panic!("a tree") };
    table
}

/// A model with other parameters of the same bounds.
fn changed(model: &Model, change: impl FnOnce(&mut [Slot])) -> Model {
    let table = slots(model);
    let mut slots = table.slots().to_vec();
    change(&mut slots);
    let table = NodeTable::new(table.bounds(), slots).unwrap();
    Model::new(model.schema().clone(), Graph::DecisionTree(table)).unwrap()
}

#[test]
fn every_mode_that_says_something_is_proven() {
    let case = case(5, 3, 4, 9, 20);
    let mut proven = 0;
    for modes in all_modes().filter(Modes::says_something) {
        case.check(modes);
        proven += 1;
    }
    assert_eq!(proven, 20);
}

#[test]
fn every_phase_can_be_the_last() {
    let case = case(5, 3, 4, 9, 6);
    let statement = case.statement(PREDICTION);
    let stopped =
        |progress: crate::Progress<'_>| prove(&statement, &case.witness(), [5; 32], progress);
    assert!(crate::accuracy::tests::cancelled::check(stopped).contains("execution"));
}

#[test]
fn small_and_odd_sizes_are_proven() {
    let committed = Privacy::Committed;
    let modes = [
        PREDICTION,
        Modes { input: committed, weights: committed, output: committed },
        Modes { input: Privacy::Hidden, weights: Privacy::Public, output: committed },
    ];
    for (features, classes, depth, inner, rows) in [
        (1, 1, 1, 1, 1),
        (1, 2, 2, 2, 3),
        (15, 2, 3, 5, 17),
        (16, 3, 3, 5, 16),
        (64, 10, 1, 1, 40),
        (3, 2, 12, 30, 9),
        (4, 2, 2, 2, 130),
    ] {
        let case = case(features, classes, depth, inner, rows);
        modes.into_iter().for_each(|modes| drop(case.check(modes)));
    }
}

#[test]
fn random_models_and_rows_agree_with_execution() {
    let mut random = SplitMix64::new(7);
    let mut below = |bound: u64| random.below(bound) as usize;
    let modes: Vec<Modes> = all_modes().filter(Modes::says_something).collect();
    for seed in 0..8 {
        let depth = below(6);
        let inner = depth + below(((1 << depth) - 1 - depth).min(12) as u64 + 1);
        let (features, classes, rows) = (1 + below(12), 1 + below(5), 1 + below(50));
        let tree = synthetic::tree(features, classes, depth, inner, seed).unwrap();
        let table = synthetic::table(&tree, rows, 300, seed + 1).unwrap();
        let case = Case::new(&tree, bounds_for(&tree, 0, 2 * inner + 3).unwrap(), table);
        let executed: Vec<_> = (0..rows).map(|row| tree.exec(case.rows.row(row))).collect();
        assert_eq!(case.answers.iter().copied().map(Some).collect::<Vec<_>>(), executed);
        case.check(modes[below(modes.len() as u64)]);

        // Any other answer to any row is refused, and what is proven about it does not verify.
        let mut statement = case.statement(PREDICTION);
        let mut wrong = case.answers.clone();
        wrong[below(rows as u64)] += 1;
        statement.output = Part::Public(crate::answers::answers_digest(&wrong));
        assert_eq!(case.prove(&statement), Err(ProveError::False));
        let got = cheats::verdict(&case, &statement, &wrong, &|_, _| ());
        assert_ne!(got, Ok(()));
    }
}

#[test]
fn a_model_without_an_answer_proves_nothing() {
    let mut case = case(5, 3, 4, 9, 20);
    let (is_leaf, undeclared) = (|slot: &&mut Slot| slot.high == u16::MAX, 3);
    case.model = changed(&case.model, |slots| {
        slots.iter_mut().filter(is_leaf).for_each(|leaf| leaf.low = undeclared);
    });
    let got = describe(Context::default(), PREDICTION, &case.witness());
    assert_eq!(got, Err(ProveError::NoAnswer { row: 0 }));
}

#[test]
fn a_witness_that_does_not_fit_is_refused() {
    let case = case(5, 3, 4, 9, 20);
    let all = Modes { input: Privacy::Committed, output: Privacy::Committed, ..PREDICTION };
    let statement = case.statement(all);
    for changed in 0..3 {
        let mut other = case.witness();
        let salt = salt(9);
        let place = [&mut other.rows_salt, &mut other.model_salt, &mut other.answers_salt];
        *place.into_iter().nth(changed).unwrap() = Some(&salt);
        let got = prove(&statement, &other, [5; 32], &mut |_| ());
        assert!(matches!(got, Err(ProveError::Mismatch(_))), "salt {changed}");
    }
    let without = Witness { rows_salt: None, ..case.witness() };
    let got = describe(Context::default(), all, &without);
    assert!(matches!(got, Err(ProveError::Mismatch(_))));
}

/// A change of a statement, and what it is called.
type Change = (&'static str, fn(&mut Inference));

#[test]
fn a_proof_proves_no_other_statement() {
    let case = case(5, 3, 4, 9, 20);
    let committed = Privacy::Committed;
    let modes = Modes { input: committed, weights: committed, output: committed };
    let (statement, proof) = case.check(modes);
    let other = FieldDigest::new([1; 8]).unwrap();
    let changes: &[Change] = &[
        ("chain", |s| s.context.chain = 1),
        ("genesis", |s| s.context.genesis = Digest([1; 32])),
        ("job", |s| s.context.job = JobId(Digest([1; 32]))),
        ("prover", |s| s.context.prover = Address([1; 20])),
        ("recipient", |s| s.context.recipient = Address([1; 20])),
        ("deadline", |s| s.context.deadline = Height::new(9)),
        ("rows", |s| s.rows -= 1),
        ("bounds", |s| {
            s.architecture = Architecture::DecisionTree(Bounds::new(5, 3, 6, 5).unwrap());
        }),
        ("names", |s| {
            let names = |kind: &str, count| (0..count).map(|i| format!("{kind}{i}")).collect();
            s.schema = Schema::new(names("other", 5), "y".into(), names("class", 3)).unwrap();
        }),
    ];
    for (name, change) in changes {
        let mut changed = statement.clone();
        change(&mut changed);
        assert!(verify(&changed, &case.known(), &proof).is_err(), "{name}");
    }
    for (name, changed) in [
        ("input", Inference { input: Part::Committed(other), ..statement.clone() }),
        ("output", Inference { output: Part::Committed(other), ..statement.clone() }),
        (
            "model",
            Inference {
                model: Part::Committed(assay_types::ModelCommitment(other)),
                ..statement.clone()
            },
        ),
    ] {
        assert!(verify(&changed, &case.known(), &proof).is_err(), "{name}");
    }
}

#[test]
fn every_mode_has_a_hundred_bits() {
    let case = case(30, 2, 3, 5, 10);
    for modes in all_modes() {
        for (rows, depth, slots_log) in
            [(1, 1, 3), (100, 10, 11), (10_000, 10, 11), (60_000, 12, 16)]
        {
            let mut statement = case.statement(PREDICTION);
            let template = |privacy| match privacy {
                Privacy::Public => Part::Public(Digest([0; 32])),
                Privacy::Committed => Part::Committed(FieldDigest::new([1; 8]).unwrap()),
                Privacy::Hidden => Part::Hidden,
            };
            (statement.input, statement.output) = (template(modes.input), template(modes.output));
            statement.model = match template(modes.weights) {
                Part::Public(digest) => Part::Public(digest),
                Part::Committed(commitment) => {
                    Part::Committed(assay_types::ModelCommitment(commitment))
                }
                Part::Hidden => Part::Hidden,
            };
            statement.rows = rows;
            let bounds = Bounds::new(30, 2, depth, slots_log).unwrap();
            statement.architecture = Architecture::DecisionTree(bounds);
            let bits = security_bits(&statement);
            assert_eq!(modes.says_something(), 100 <= bits, "{modes:?}, {rows} rows: {bits}");
            assert!(modes.says_something() || bits == 0);
        }
    }
}
