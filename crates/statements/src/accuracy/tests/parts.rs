//! Proofs in parts: completeness, every exchange of parts, and one dishonest prover per rule.

use super::{Case, Rejection, Unfit, case, forest, network};
use crate::accuracy::parts::closing::{Closing, Proven};
use crate::accuracy::parts::{Checking, Proving, Secret, VARIABLES, part_rows, security_bits};
use crate::accuracy::{MODES_COMMITTED, ProveError, Scored, Witness};
use crate::commit::tests::tampered::{Tampered, mutations};
use crate::sum;
use assay_engine::field::F;
use assay_engine::session;
use assay_model::Architecture;
use assay_model::ops::tree::Bounds;
use assay_types::FieldDigest;
use assay_types::statement::{Accuracy, ClassScore, Figure, PARTS_MAX, Parted, Score};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

pub(super) const SECRET: Secret = Secret([7; 32]);

/// A statement, the proofs of its parts, and that they add up.
pub(super) struct Made {
    statement: Parted,
    parts: Vec<Vec<u8>>,
    closing: Vec<u8>,
}

pub(super) fn proving<M: Scored>(case: &Case<M>, score: Score, rows: u32) -> Proving<'_, M> {
    let witness = Witness { model: &case.model, salt: &case.salt, table: &case.table };
    Proving::new(case.statement(score), rows, witness, &SECRET).unwrap()
}

pub(super) fn made<M: Scored>(proving: &Proving<'_, M>) -> Made {
    let statement = proving.statement().clone();
    let part = |part| proving.part(part, [part as u8; 32], &mut |_| ()).unwrap();
    let parts = (0..statement.sums.len()).map(part).collect();
    Made { statement, parts, closing: proving.closing([99; 32], &mut |_| ()).unwrap() }
}

impl Made {
    /// Checks these parts in this order.
    fn check<'p, M: Scored>(
        &self,
        case: &Case<M>,
        parts: impl IntoIterator<Item = &'p Vec<u8>>,
        closing: &[u8],
    ) -> Result<(), Rejection> {
        let mut checking = Checking::new(&self.statement, &case.table)?;
        parts.into_iter().try_for_each(|proof| checking.part(proof))?;
        checking.finish(closing)
    }

    pub(super) fn verify<M: Scored>(&self, case: &Case<M>) -> Result<(), Rejection> {
        self.check(case, &self.parts, &self.closing)
    }
}

#[track_caller]
pub(super) fn check<M: Scored>(case: &Case<M>, score: Score, rows: u32) -> Made {
    let made = made(&proving(case, score, rows));
    assert_eq!(made.verify(case), Ok(()), "{score:?}, {rows} rows");
    made
}

fn f1(case: &Case<impl Scored>, numerator: u32) -> Score {
    let class = case.table.labels()[0];
    let positives = case.table.labels().iter().filter(|&&label| label == class).count() as u32;
    let (figure, denominator, is_missed) = (Figure::F1, 1000, false);
    Score::Class(ClassScore { figure, class, positives, numerator, denominator, is_missed })
}

#[test]
fn every_kind_of_model_and_score_is_proven_in_parts() {
    let case = case(5, 3, 4, 9, 60);
    let k = case.correct as u32;
    for (score, rows) in [
        (Score::AtLeast(k), 25),
        (Score::Exactly(k), 30),
        (Score::Fewer(k + 1), 59),
        (Score::AtLeast(0), 60),
        (f1(&case, 1), 25),
    ] {
        check(&case, score, rows);
    }
    let forest = forest::usual();
    check(&forest, Score::Exactly(forest.correct as u32), 17);
    let network = network::small();
    check(&network, Score::AtLeast(network.correct as u32), 3);
    check(&network, f1(&network, 1), 1);
}

#[test]
fn a_false_claim_is_refused_before_anything_is_proven() {
    let case = case(5, 3, 4, 9, 60);
    let witness = Witness { model: &case.model, salt: &case.salt, table: &case.table };
    let claim = |score| Proving::new(case.statement(score), 25, witness, &SECRET).map(drop);
    let false_claim = Err(ProveError::False { correct: case.correct, rows: 60 });
    assert_eq!(claim(Score::AtLeast(case.correct as u32 + 1)), false_claim);
    assert!(matches!(claim(f1(&case, 1000)), Err(ProveError::FalseFigure { .. })));
}

#[test]
fn parts_are_not_exchanged_left_out_or_repeated() {
    let case = case(5, 3, 4, 9, 60);
    let made = check(&case, Score::AtLeast(1), 20);
    let Made { parts, closing, .. } = &made;
    for (name, order) in [
        ("0 and 1 exchanged", [1, 0, 2]),
        ("1 and 2 exchanged", [0, 2, 1]),
        ("a part twice", [0, 1, 1]),
        ("the first twice", [0, 0, 2]),
    ] {
        let got = made.check(&case, order.map(|part| &parts[part]), closing);
        assert!(matches!(got, Err(Rejection::Proof(_))), "{name}: {got:?}");
    }
    let short = made.check(&case, &parts[..2], closing);
    assert_eq!(short, Err(Rejection::Unfit(Unfit::Parts)), "a part left out");
    let long = made.check(&case, parts.iter().chain([&parts[2]]), closing);
    assert_eq!(long, Err(Rejection::Unfit(Unfit::Parts)), "a part too many");
    let got = made.check(&case, [&parts[0], &parts[1], closing], closing);
    assert!(matches!(got, Err(Rejection::Proof(_))), "the closing proof for a part: {got:?}");
    let got = made.check(&case, parts, &parts[2]);
    assert!(matches!(got, Err(Rejection::Proof(_))), "a part for the closing proof: {got:?}");
}

#[test]
fn parts_of_another_statement_do_not_fit() {
    let case = case(5, 3, 4, 9, 60);
    let one = check(&case, Score::AtLeast(1), 20);
    // Other salts, another score, other parts, another chain: the first part's rows are the same.
    let witness = Witness { model: &case.model, salt: &case.salt, table: &case.table };
    let mut elsewhere = case.statement(Score::AtLeast(1));
    elsewhere.context.chain = 1;
    for (whole, rows, secret) in [
        (case.statement(Score::AtLeast(1)), 20, Secret([8; 32])),
        (case.statement(Score::AtLeast(2)), 20, SECRET),
        (case.statement(Score::AtLeast(1)), 30, SECRET),
        (elsewhere, 20, SECRET),
    ] {
        let other = Proving::new(whole, rows, witness, &secret).unwrap();
        assert_ne!(other.statement().sums[0], one.statement.sums[0], "sums hide behind salts");
        let proof = other.part(0, [1; 32], &mut |_| ()).unwrap();
        assert!(other.is_proven(0, &proof) && !other.is_proven(0, &one.parts[0]));
        let got = one.check(&case, [&proof, &one.parts[1], &one.parts[2]], &one.closing);
        assert!(matches!(got, Err(Rejection::Proof(_))), "{got:?}");
        let closing = other.closing([1; 32], &mut |_| ()).unwrap();
        let got = one.check(&case, &one.parts, &closing);
        assert!(matches!(got, Err(Rejection::Proof(_))), "{got:?}");
    }
    // What is proven is not proven again.
    let same = proving(&case, Score::AtLeast(1), 20);
    assert_eq!(*same.statement(), one.statement);
    assert!((0..3).all(|part| same.is_proven(part, &one.parts[part])));
    assert!(!same.is_proven(1, &one.parts[0]));
}

#[test]
fn a_changed_statement_is_not_proven() {
    let case = case(5, 3, 4, 9, 60);
    let made = check(&case, Score::AtLeast(1), 20);
    let changes: [fn(&mut Parted); 5] = [
        |s| s.whole.score = Score::AtLeast(2),
        |s| s.whole.context.deadline = assay_types::Height::new(3),
        |s| s.whole.model.0 = FieldDigest::new([1; 8]).unwrap(),
        |s| s.sums[2] = FieldDigest::new([1; 8]).unwrap(),
        |s| s.sums.swap(0, 1),
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let mut statement = made.statement.clone();
        change(&mut statement);
        let mut checking = Checking::new(&statement, &case.table).unwrap();
        for part in &made.parts {
            let got = checking.part(part);
            assert!(matches!(got, Err(Rejection::Proof(_))), "change {i}: {got:?}");
        }
    }
    let unfit = |change: fn(&mut Parted)| {
        let mut statement = made.statement.clone();
        change(&mut statement);
        Checking::new(&statement, &case.table).map(drop)
    };
    assert_eq!(unfit(|s| s.part_rows = 0), Err(Unfit::Parts));
    assert_eq!(unfit(|s| s.part_rows = 19), Err(Unfit::Parts));
    assert_eq!(unfit(|s| s.sums.push(s.sums[0])), Err(Unfit::Parts));
    assert_eq!(unfit(|s| s.sums.clear()), Err(Unfit::Parts));
    assert_eq!(unfit(|s| s.whole.modes = MODES_COMMITTED), Err(Unfit::Hidden));
    assert_eq!(unfit(|s| s.whole.rows = 59), Err(Unfit::Data));
    assert_eq!(unfit(|s| s.whole.data = assay_codec::Digest([0; 32])), Err(Unfit::Data));
}

#[test]
fn changed_bytes_are_rejected() {
    let case = case(5, 3, 4, 9, 60);
    let made = check(&case, Score::AtLeast(1), 40);
    for (what, bytes) in mutations(&made.parts[1], 1) {
        let got = made.check(&case, [&made.parts[0], &bytes], &made.closing);
        assert!(matches!(got, Err(Rejection::Proof(_))), "{what}: {got:?}");
    }
    for (what, bytes) in mutations(&made.closing, 2) {
        let got = made.check(&case, &made.parts, &bytes);
        assert!(matches!(got, Err(Rejection::Proof(_))), "{what}: {got:?}");
    }
}

pub(super) const REJECTED: Result<(), Rejection> =
    Err(Rejection::Proof(session::Rejection::Relation));

/// Part 1 is said to add more than it does.
pub(super) fn commits_to_more<M>(proving: &mut Proving<'_, M>, more: F) {
    proving.opened[1][0] += more;
    proving.statement.sums[1] = sum::commit(proving.opened[1]);
}

#[test]
fn a_part_adds_what_it_is_committed_to() {
    let case = case(5, 3, 4, 9, 60);
    for lie in [F::ONE, -F::ONE] {
        let mut proving = proving(&case, Score::AtLeast(1), 20);
        // The commitment is to one row more, or less, than the part has.
        commits_to_more(&mut proving, lie);
        assert_eq!(made(&proving).verify(&case), REJECTED);
        // Or the commitment is right, and its opening is not.
        let mut proving = super::parts::proving(&case, Score::AtLeast(1), 20);
        proving.opened[1][0] += lie;
        assert_eq!(made(&proving).verify(&case), REJECTED);
    }
}

#[test]
fn a_part_answers_with_the_committed_model() {
    let case = case(5, 3, 4, 9, 60);
    let mut slots = case.model.slots().to_vec();
    slots.last_mut().unwrap().low ^= 1;
    let other = assay_model::ops::tree::NodeTable::new(case.model.bounds(), slots).unwrap();
    let mut proving = proving(&case, Score::AtLeast(1), 20);
    proving.witness.model = &other;
    assert_eq!(made(&proving).verify(&case), REJECTED);
}

/// The closing proof of a prover who writes other cells, for a score that does not hold.
fn closes(
    case: &Case,
    score: Score,
    tamper: &dyn Fn(&mut Proven),
    bits: &dyn Fn(&mut [F]),
) -> bool {
    let mut proving = proving(case, Score::AtLeast(0), 20);
    proving.statement.whole = case.statement(score);
    let goal = match score {
        Score::AtLeast(k) => assay_layers::Goal::AtLeast(k),
        Score::Fewer(k) => assay_layers::Goal::Fewer(k),
        _ => assay_layers::Goal::Exactly(case.correct as u32),
    };
    let closing = Closing::new(&proving.statement, goal).unwrap();
    let distance = goal.distance(case.correct as i64);
    let mut proven = Proven { closing, opened: proving.opened.clone(), distance };
    tamper(&mut proven);
    let range = proven.closing.bits.range();
    let tampered = Tampered { inner: proven, tamper: &|cells| bits(&mut cells[range.clone()]) };
    let digest = proving.statement.part(3).0.0;
    let proof = session::prove(&tampered, &digest, &[6; 32], &mut |_| ()).unwrap();
    session::verify(&tampered.inner.closing, &digest, &proof).is_ok()
}

#[test]
fn parts_add_up_to_the_score() {
    let case = case(5, 3, 4, 9, 60);
    let k = case.correct as u32;
    let honest = (&|_: &mut Proven| (), &|_: &mut [F]| ());
    for score in [Score::AtLeast(k), Score::Fewer(k + 1), Score::Exactly(k)] {
        assert!(closes(&case, score, honest.0, honest.1), "{score:?}");
    }
    for score in [Score::AtLeast(k + 1), Score::Fewer(k)] {
        assert!(!closes(&case, score, honest.0, honest.1), "{score:?}");
        // A sum that was not committed.
        for lie in [F::ONE, -F::ONE] {
            let other = |proven: &mut Proven| proven.opened[1][0] += lie;
            assert!(!closes(&case, score, &other, honest.1), "{score:?}");
        }
        // A distance of −1: as one bit, as two, and as the number below the order of the field.
        assert!(!closes(&case, score, honest.0, &|bits| bits[0] = -F::ONE), "{score:?}");
        let two = |bits: &mut [F]| bits[..2].copy_from_slice(&[F::ONE, -F::ONE]);
        assert!(!closes(&case, score, honest.0, &two), "{score:?}");
        let wrapped = |bits: &mut [F]| {
            let order = F::ORDER_U32 - 1;
            bits.iter_mut()
                .enumerate()
                .for_each(|(j, bit)| *bit = F::from_bool(order >> j & 1 == 1));
        };
        assert!(!closes(&case, score, honest.0, &wrapped), "{score:?}");
    }
}

/// A statement about a table of so many rows.
fn large(rows: u32, depth: u8, slots_log: u8) -> Accuracy {
    let mut whole = case(30, 2, 3, 5, 10).statement(Score::AtLeast(1));
    whole.rows = rows;
    let bounds = Bounds::new(30, 2, depth, slots_log).unwrap();
    whole.architecture = Architecture::DecisionTree(bounds);
    whole
}

#[test]
fn parts_are_as_large_as_memory_is_bounded() {
    let sums = |count: usize| vec![FieldDigest::new([1; 8]).unwrap(); count];
    for (rows, depth, slots_log) in [(1_000_000, 10, 11), (16_000_000, 10, 11), (50_000, 64, 20)] {
        let whole = large(rows, depth, slots_log);
        let part_rows = part_rows(&whole).unwrap();
        let count = Parted::count(rows, part_rows);
        let statement = Parted { whole, part_rows, sums: sums(count) };
        let bits = security_bits(&statement);
        assert!(100 <= bits, "{count} parts: {bits} bits");
    }
    // The most parts there may be, of which each opens a commitment of 124 bits.
    let whole = large(PARTS_MAX as u32 * 100, 10, 11);
    let most = Parted { whole, part_rows: 100, sums: sums(PARTS_MAX) };
    assert!(100 <= security_bits(&most));
    // One row that takes more has a part of its own size.
    assert_eq!(VARIABLES, 23);
}
