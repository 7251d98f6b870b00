//! Precision, recall and F1 of a class: agreement with their definitions, the edges, and claims that
//! are false by one row.

use super::{Case, ProveError, Rejection, Unfit, case, forest, network, verify};
use crate::accuracy::figure::goal;
use crate::accuracy::{MODES_COMMITTED, Scored, security_bits};
use assay_model::Table;
use assay_types::statement::{Accuracy, ClassScore, Figure, Score};

const FIGURES: [Figure; 3] = [Figure::Precision, Figure::Recall, Figure::F1];

/// Right answers of the class, all answers of it, and rows of it.
pub(super) fn counted<M: Scored>(case: &Case<M>, class: u16) -> (u32, u32, u32) {
    let labels = case.table.labels();
    let answers: Vec<_> =
        (0..labels.len()).map(|row| case.model.answer(case.table.row(row)).unwrap()).collect();
    let count =
        |is: &dyn Fn(usize) -> bool| (0..labels.len()).filter(|&row| is(row)).count() as u32;
    (
        count(&|row| answers[row] == class && labels[row] == class),
        count(&|row| answers[row] == class),
        count(&|row| labels[row] == class),
    )
}

/// The figure as a fraction, as scikit-learn defines it.
fn fraction(figure: Figure, (right, given, positives): (u32, u32, u32)) -> (u32, u32) {
    match figure {
        Figure::Precision if given == 0 => (0, 1),
        Figure::Precision => (right, given),
        Figure::Recall => (right, positives),
        Figure::F1 => (2 * right, given + positives),
    }
}

fn score(figure: Figure, class: u16, positives: u32, share: (u32, u32), is_missed: bool) -> Score {
    let (numerator, denominator) = share;
    Score::Class(ClassScore { figure, class, positives, numerator, denominator, is_missed })
}

/// Every figure of the class: exactly what it is, and a little more.
#[track_caller]
fn agrees<M: Scored>(case: &Case<M>, class: u16) {
    let counts = counted(case, class);
    for figure in FIGURES {
        let (a, b) = fraction(figure, counts);
        if a == 0 {
            continue;
        }
        let said = |share, is_missed| score(figure, class, counts.2, share, is_missed);
        case.check(said((a, b), false));
        let refused = |score| {
            let got = case.prove(&case.statement(score));
            assert!(matches!(got, Err(ProveError::FalseFigure { .. })), "{figure:?}: {got:?}");
        };
        refused(said((a, b), true));
        if a < b {
            let more = (a * 100 + 1, b * 100);
            case.check(said(more, true));
            refused(said(more, false));
        }
    }
}

#[test]
fn figures_are_what_their_definitions_say() {
    let case = case(5, 3, 4, 9, 60);
    (0..3).filter(|&class| counted(&case, class).2 != 0).for_each(|class| agrees(&case, class));
    let (forest, network) = (forest::usual(), network::small());
    agrees(&forest, forest.table.labels()[0]);
    agrees(&network, network.table.labels()[0]);
}

/// Rows whose labels are those of `label`.
fn relabelled(case: Case, label: impl Fn(usize, u16) -> u16) -> Case {
    let answers: Vec<_> =
        (0..case.table.rows()).map(|row| case.model.exec(case.table.row(row)).unwrap()).collect();
    let labels = answers.iter().enumerate().map(|(row, &answer)| label(row, answer)).collect();
    let (schema, values) = (case.table.schema().clone(), case.table.values().to_vec());
    Case { table: Table::new(schema, values, labels).unwrap(), ..case }
}

#[test]
fn a_class_that_is_never_answered_has_no_precision() {
    let answered = case(5, 3, 4, 9, 60);
    let answers: Vec<_> =
        (0..60).map(|row| answered.model.exec(answered.table.row(row)).unwrap()).collect();
    // A class that no leaf has, which every third row has.
    let Some(class) = (0..3).find(|class| !answers.contains(class)) else {
        // All classes are answered: take away one leaf's class by a model of two classes.
        return never_answered();
    };
    check_never(
        &relabelled(answered, |row, answer| if row % 3 == 0 { class } else { answer }),
        class,
    );
}

fn never_answered() {
    let base = case(5, 3, 4, 9, 60);
    let mut slots = base.model.slots().to_vec();
    let leaves = slots.iter_mut().filter(|slot| slot.high == u16::MAX && slot.low == 2);
    leaves.for_each(|leaf| leaf.low = 1);
    let model = assay_model::ops::tree::NodeTable::new(base.model.bounds(), slots).unwrap();
    let case = Case { model, ..base };
    check_never(&relabelled(case, |row, answer| if row % 3 == 0 { 2 } else { answer }), 2);
}

#[track_caller]
fn check_never(case: &Case, class: u16) {
    let (right, given, positives) = counted(case, class);
    assert_eq!((right, given, positives), (0, 0, 20));
    for figure in FIGURES {
        // Not even the smallest share is reached; that it is missed is proven.
        let least = score(figure, class, positives, (1, 1000), false);
        let got = case.prove(&case.statement(least));
        assert!(matches!(got, Err(ProveError::FalseFigure { .. })), "{figure:?}: {got:?}");
        case.check(score(figure, class, positives, (1, 1000), true));
    }
}

#[test]
fn another_claim_is_not_proven_by_it() {
    let case = case(5, 3, 4, 9, 60);
    let class = case.table.labels()[0];
    let positives = counted(&case, class).2;
    let base = ClassScore {
        figure: Figure::Recall,
        class,
        positives,
        numerator: 1,
        denominator: 100,
        is_missed: false,
    };
    let proof = case.check(Score::Class(base));
    for (name, other) in [
        ("figure", ClassScore { figure: Figure::F1, ..base }),
        ("numerator", ClassScore { numerator: 2, ..base }),
        ("denominator", ClassScore { denominator: 99, ..base }),
        ("side", ClassScore { is_missed: true, ..base }),
    ] {
        let got = verify(&case.statement(Score::Class(other)), &case.table, &proof);
        assert!(matches!(got, Err(Rejection::Proof(_))), "{name}: {got:?}");
    }
    let got = verify(&case.statement(Score::AtLeast(1)), &case.table, &proof);
    assert!(matches!(got, Err(Rejection::Proof(_))), "{got:?}");
}

#[test]
fn unfit_figures_are_named() {
    let case = case(5, 3, 4, 9, 60);
    let class = case.table.labels()[0];
    let positives = counted(&case, class).2;
    let base = ClassScore {
        figure: Figure::F1,
        class,
        positives,
        numerator: 1,
        denominator: 2,
        is_missed: false,
    };
    let unfit = |score: ClassScore| case.unfit(|s| s.score = Score::Class(score));
    assert_eq!(unfit(ClassScore { class: 3, ..base }), Unfit::Figure);
    assert_eq!(unfit(ClassScore { numerator: 0, ..base }), Unfit::Figure);
    assert_eq!(unfit(ClassScore { numerator: 3, ..base }), Unfit::Figure);
    assert_eq!(unfit(ClassScore { positives: 0, ..base }), Unfit::Figure);
    assert_eq!(unfit(ClassScore { positives: 61, ..base }), Unfit::Figure);
    assert_eq!(unfit(ClassScore { positives: positives - 1, ..base }), Unfit::Positives);
    assert_eq!(unfit(ClassScore { positives: positives + 1, ..base }), Unfit::Positives);
    let hidden = |s: &mut Accuracy| {
        s.score = Score::Class(base);
        s.modes = MODES_COMMITTED;
        s.data = crate::rows::as_digest(&s.model.0);
    };
    assert_eq!(case.unfit(hidden), Unfit::Labels);
    // 2b − a of 60 rows is more than 2^28.
    let fine = ClassScore { numerator: 1, denominator: 1 << 22, ..base };
    assert_eq!(unfit(fine), Unfit::Wraps);
    let mut statement = case.statement(Score::Class(fine));
    assert_eq!(security_bits(&statement), 0);
    // Recall has weights of one, whatever the fraction.
    statement.score = Score::Class(ClassScore { figure: Figure::Recall, ..fine });
    assert!(security_bits(&statement) >= 100);
}

#[test]
fn a_precision_of_many_rows_is_proven_by_the_weaker_weights() {
    // The weights of the exact form are n·a and n·(b − a) + 1; with b = 2^20 they would wrap around.
    let case = case(5, 3, 4, 9, 60);
    let class = case.table.labels()[0];
    let (right, given, positives) = counted(&case, class);
    let b = 1 << 20;
    let below = ((u64::from(right) * b - 1) / u64::from(given)) as u32;
    let said = |numerator, is_missed| {
        score(Figure::Precision, class, positives, (numerator, b as u32), is_missed)
    };
    case.check(said(below, false));
    case.check(said(below + 2, true));
    let got = case.prove(&case.statement(said(below + 2, false)));
    assert!(matches!(got, Err(ProveError::FalseFigure { .. })), "{got:?}");
}

/// What scikit-learn computes reaches a fraction if and only if the sum that stands for it does.
#[test]
fn sums_agree_with_scikit_learn() {
    let text = include_str!("../../../../../oracles/fixtures/figures.csv");
    let digits =
        |text: &str| -> Vec<u16> { text.bytes().map(|byte| (byte - b'0').into()).collect() };
    let mut statement = case(1, 4, 2, 2, 3).statement(Score::AtLeast(0));
    let mut compared = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let (labels, answers) = (digits(fields[0]), digits(fields[1]));
        let class: u16 = fields[2].parse().unwrap();
        statement.rows = labels.len() as u32;
        let positives = labels.iter().filter(|&&label| label == class).count() as u32;
        for (figure, said) in FIGURES.into_iter().zip(&fields[3..]) {
            let said: f64 = said.parse().unwrap();
            for (a, b) in [(1, 1000), (1, 3), (1, 2), (2, 3), (3, 4), (9, 10), (999, 1000), (1, 1)]
            {
                let share = f64::from(a) / f64::from(b);
                // Fractions of so few rows that are not equal are further apart.
                let reaches = share - 1e-9 < said;
                for is_missed in [false, true] {
                    let Score::Class(score) = score(figure, class, positives, (a, b), is_missed)
                    else {
                        unreachable!()
                    };
                    let goal = goal(&statement, &score).unwrap();
                    let holds = goal.holds(goal.sum(&answers, &labels));
                    assert_eq!(holds, reaches != is_missed, "{line}: {score:?}");
                    compared += 1;
                }
            }
        }
    }
    assert!(10_000 < compared, "{compared}");
}
