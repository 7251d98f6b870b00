//! What each mode needs, what it leaves out, and that none passes for another.

use super::{Case, Inference, Known, Part, Privacy, ProveError, Rejection, Unfit};
use super::{PREDICTION, all_modes, case, changed, describe, verify};
use assay_codec::Digest;
use assay_model::Table;
use assay_types::FieldDigest;
use assay_types::statement::{Context, Modes};

#[test]
fn statements_that_say_nothing_are_refused() {
    let case = case(5, 3, 4, 9, 20);
    let mut refused = 0;
    for modes in all_modes().filter(|modes| !modes.says_something()) {
        let got = describe(Context::default(), modes, &case.witness());
        assert_eq!(got, Err(ProveError::Unfit(Unfit::SaysNothing)), "{modes:?}");
        let mut statement = case.statement(PREDICTION);
        statement.input = some(modes.input);
        statement.output = some(modes.output);
        if modes.weights == Privacy::Hidden {
            statement.model = Part::Hidden;
        }
        let got = verify(&statement, &case.known(), &[]);
        assert_eq!(got, Err(Rejection::Unfit(Unfit::SaysNothing)), "{modes:?}");
        assert_eq!(case.prove(&statement), Err(ProveError::Unfit(Unfit::SaysNothing)));
        refused += 1;
    }
    assert_eq!(refused, 7);
}

/// Anything in this mode.
fn some(privacy: Privacy) -> Part<FieldDigest> {
    match privacy {
        Privacy::Public => Part::Public(Digest([7; 32])),
        Privacy::Committed => Part::Committed(FieldDigest::new([7; 8]).unwrap()),
        Privacy::Hidden => Part::Hidden,
    }
}

#[test]
fn a_proof_for_one_mode_fails_in_every_other() {
    let case = case(5, 3, 4, 9, 20);
    let statements: Vec<Inference> =
        all_modes().filter(Modes::says_something).map(|modes| case.statement(modes)).collect();
    for modes in [
        PREDICTION,
        Modes { input: Privacy::Committed, output: Privacy::Committed, ..PREDICTION },
        Modes { weights: Privacy::Hidden, ..PREDICTION },
        Modes { input: Privacy::Hidden, weights: Privacy::Public, output: Privacy::Public },
    ] {
        let (own, proof) = case.check(modes);
        for other in &statements {
            let got = verify(other, &case.known(), &proof);
            assert_eq!(got.is_ok(), *other == own, "{modes:?} as {:?}", other.modes());
        }
    }
}

/// The same row as often as there were rows.
fn repeated(case: Case, row: usize) -> Case {
    let count = case.rows.rows();
    let values = case.rows.row(row).repeat(count);
    let rows = Table::new(case.rows.schema().clone(), values, vec![0; count]).unwrap();
    Case { rows, ..case }
}

#[test]
fn a_statement_does_not_depend_on_what_is_hidden() {
    let new = || case(5, 3, 4, 9, 20);
    // Another model with the same answers: a slot that no row reaches.
    let other = changed(&new().model, |slots| slots.last_mut().unwrap().low ^= 1);
    let other = Case { model: other, ..new() };
    for (weights, is_same) in
        [(Privacy::Hidden, true), (Privacy::Committed, false), (Privacy::Public, false)]
    {
        let modes = Modes { weights, ..PREDICTION };
        assert_eq!(new().statement(modes) == other.statement(modes), is_same, "{weights:?}");
    }
    // Other rows with the same answer.
    let answers = new().answers;
    let same = (1..20).find(|&row| answers[row] == answers[0]).unwrap();
    let [one, other] = [0, same].map(|row| repeated(new(), row));
    for (input, is_same) in
        [(Privacy::Hidden, true), (Privacy::Committed, false), (Privacy::Public, false)]
    {
        let modes = Modes { input, ..PREDICTION };
        assert_eq!(one.statement(modes) == other.statement(modes), is_same, "{input:?}");
    }
}

#[test]
fn public_parts_are_needed_and_must_be_the_ones_that_are_named() {
    let case = case(5, 3, 4, 9, 20);
    let public = Privacy::Public;
    let modes = Modes { input: public, weights: public, output: public };
    let (statement, proof) = case.check(modes);
    let check = |known: Known<'_>, expected: Unfit| {
        let got = verify(&statement, &known, &proof);
        assert_eq!(got, Err(Rejection::Unfit(expected)));
    };
    let known = case.known();
    check(Known { rows: None, ..known }, Unfit::Absent("rows"));
    check(Known { model: None, ..known }, Unfit::Absent("weights"));
    check(Known { answers: None, ..known }, Unfit::Absent("answers"));

    let other = super::case(5, 3, 4, 10, 20);
    assert_ne!(other.rows, case.rows);
    check(Known { rows: Some(&other.rows), ..known }, Unfit::Rows);
    let model = changed(&case.model, |slots| {
        // A slot that no row reaches is part of the model too.
        slots.last_mut().unwrap().low ^= 1;
    });
    check(Known { model: Some(&model), ..known }, Unfit::Model);
    let mut answers = case.answers.clone();
    answers[3] = (answers[3] + 1) % 3;
    check(Known { answers: Some(&answers), ..known }, Unfit::Answers);
    answers.truncate(19);
    check(Known { answers: Some(&answers), ..known }, Unfit::Answers);
}
