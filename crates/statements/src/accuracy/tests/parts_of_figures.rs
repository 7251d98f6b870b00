//! Figures of a class and best answers, in parts: what each part adds, and that the parts add up.

use super::best::{hits, top};
use super::figure::counted;
use super::parts::{REJECTED, SECRET, check, commits_to_more, made, proving};
use super::{Case, case, forest, network};
use crate::accuracy::figure::goal;
use crate::accuracy::parts::Proving;
use crate::accuracy::parts::closing::{Closing, Proven};
use crate::accuracy::{ProveError, Scored, Witness};
use crate::commit::tests::tampered::Tampered;
use crate::sum;
use assay_engine::field::F;
use assay_engine::session;
use assay_layers::Goal;
use assay_types::statement::{ClassScore, Count, Figure, Score};
use p3_field::PrimeCharacteristicRing;

const PART_ROWS: u32 = 20;
const FIGURES: [Figure; 3] = [Figure::Precision, Figure::Recall, Figure::F1];

/// A class that is answered rightly, wrongly, and missed.
fn mixed() -> (Case, u16) {
    let is_mixed = |case: &Case, class: u16| {
        let (right, given, positives) = counted(case, class);
        0 < right && right < given && right < positives
    };
    let cases = [(5, 3, 4, 9), (6, 2, 5, 20), (8, 3, 6, 40), (4, 4, 5, 20)];
    let mut cases = cases.into_iter().map(|(features, classes, depth, inner)| {
        let case = case(features, classes, depth, inner, 60);
        let class = (0..classes as u16).find(|&class| is_mixed(&case, class));
        (case, class)
    });
    cases.find_map(|(case, class)| Some((case, class?))).expect("some labels are noise")
}

/// What the figure of the class is, exactly, and a little more.
fn figures(case: &Case, class: u16, figure: Figure) -> [ClassScore; 2] {
    let (right, given, positives) = counted(case, class);
    let (a, b) = match figure {
        Figure::Precision => (right, given),
        Figure::Recall => (right, positives),
        Figure::F1 => (2 * right, given + positives),
    };
    [(a, b), (a * 100 + 1, b * 100)].map(|(numerator, denominator)| ClassScore {
        figure,
        class,
        positives,
        numerator,
        denominator,
        is_missed: false,
    })
}

/// The sum of the rows' weights.
fn weighed(case: &Case, goal: &Goal, rows: std::ops::Range<usize>) -> i64 {
    let answer = |row: usize| case.model.answer(case.table.row(row)).unwrap();
    let answers: Vec<_> = rows.clone().map(answer).collect();
    goal.sum(&answers, &case.table.labels()[rows])
}

/// Honest parts of a claim that may be false, the claim as a goal, and by how much it is met.
fn parts_of(
    case: &Case,
    score: ClassScore,
) -> (Proving<'_, assay_model::ops::tree::NodeTable>, Goal, i64) {
    let mut proving = proving(case, Score::AtLeast(0), PART_ROWS);
    proving.statement.whole = case.statement(Score::Class(score));
    let goal = goal(&proving.statement.whole, &score).unwrap();
    for part in 0..proving.statement.sums.len() {
        let rows = proving.statement.rows(part);
        let (of_part, _) = goal.of_part(rows.len());
        let distance = of_part.distance(weighed(case, &of_part, rows));
        proving.opened[part][0] = F::from_u64(distance);
        proving.statement.sums[part] = sum::commit(proving.opened[part]);
    }
    let Goal::Weighed(weighed_goal) = goal else { panic!("a figure is a weighed sum") };
    let over = weighed(case, &goal, 0..case.table.rows()) - weighed_goal.least;
    (proving, goal, over)
}

/// Whether a closing proof of these parts is accepted, by a prover who writes other cells.
fn closes(
    case: &Case,
    score: ClassScore,
    tamper: &dyn Fn(&mut Proven),
    bits: &dyn Fn(&mut [F], i64),
) -> bool {
    let (proving, goal, over) = parts_of(case, score);
    let closing = Closing::new(&proving.statement, goal).unwrap();
    let distance = over.max(0).unsigned_abs();
    let mut proven = Proven { closing, opened: proving.opened.clone(), distance };
    tamper(&mut proven);
    let range = proven.closing.bits.range();
    let tampered =
        Tampered { inner: proven, tamper: &|cells| bits(&mut cells[range.clone()], over) };
    let digest = proving.statement.part(proving.statement.sums.len()).0.0;
    let proof = session::prove(&tampered, &digest, &[6; 32], &mut |_| ()).unwrap();
    session::verify(&tampered.inner.closing, &digest, &proof).is_ok()
}

#[test]
fn parts_add_up_to_a_figure() {
    let (case, class) = mixed();
    let honest = (&|_: &mut Proven| (), &|_: &mut [F], _: i64| ());
    for figure in FIGURES {
        let [exact, more] = figures(&case, class, figure);
        assert!(closes(&case, exact, honest.0, honest.1), "{figure:?}");
        let (_, _, over) = parts_of(&case, more);
        assert!(over < 0, "{figure:?}: the claim is false");
        assert!(!closes(&case, more, honest.0, honest.1), "{figure:?}");
        // A part is said to add what is missing, and its commitment says otherwise.
        let other = |proven: &mut Proven| proven.opened[1][0] += F::from_i64(-over);
        assert!(!closes(&case, more, &other, honest.1), "{figure:?}");
        // What is missing, as one bit of a negative distance.
        let negative = |bits: &mut [F], over: i64| bits[0] = F::from_i64(over);
        assert!(!closes(&case, more, honest.0, &negative), "{figure:?}");
    }
}

#[test]
fn a_part_adds_to_a_figure_what_it_is_committed_to() {
    let (case, class) = mixed();
    for figure in FIGURES {
        let [exact, more] = figures(&case, class, figure);
        check(&case, Score::Class(exact), PART_ROWS);
        let mut proving = proving(&case, Score::Class(exact), PART_ROWS);
        commits_to_more(&mut proving, F::ONE);
        assert_eq!(made(&proving).verify(&case), REJECTED, "{figure:?}");
        // A commitment to what makes a false claim true: the parts add up, and one of them lies.
        let (mut proving, _, over) = parts_of(&case, more);
        commits_to_more(&mut proving, F::from_i64(-over));
        proving.distance = 0;
        let made = made(&proving);
        assert_eq!(made.verify(&case), REJECTED, "{figure:?}");
    }
}

#[track_caller]
fn best_in_parts<M: Scored>(case: &Case<M>, part_rows: u32) {
    let hits = hits(case, 2);
    check(case, top(2, Count::Exactly(hits)), part_rows);
    let witness = Witness { model: &case.model, salt: &case.salt, table: &case.table };
    let whole = case.statement(top(2, Count::Fewer(hits)));
    let got = Proving::new(whole, part_rows, witness, &SECRET).map(drop);
    assert!(matches!(got, Err(ProveError::False { .. })), "{got:?}");
    let mut proving = proving(case, top(2, Count::AtLeast(hits)), part_rows);
    commits_to_more(&mut proving, F::ONE);
    assert_eq!(made(&proving).verify(case), REJECTED);
}

#[test]
fn labels_among_the_best_answers_are_proven_in_parts() {
    best_in_parts(&forest::usual(), 17);
    best_in_parts(&network::small(), 4);
}
