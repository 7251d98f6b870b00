//! One dishonest prover per rule. Each is as honest as it can be about everything else.

use super::staged::{
    Committed, Last, cells, challenge_e, hear, hear_programmed, prove_cells, say, started,
};
use super::toy::{Cheat, Toy};
use super::{honest, prove, verify};
use crate::channel::Verifier;
use crate::field::{EF, F};
use crate::pads::{Column, LAST_SLOTS, LIMBS, value};
use crate::pcs;
use crate::session::{Circuit, Rejection, converse};
use p3_field::{BasedVectorSpace, Field, PrimeCharacteristicRing, PrimeField32};

fn toy() -> Toy {
    Toy::new(6, 4)
}

#[track_caller]
fn check(toy: &Toy, proof: &[u8], expected: &Rejection) {
    assert_eq!(verify(toy, &toy.digest(), proof).as_ref(), Err(expected));
}

#[test]
fn rejects_every_departure_from_the_circuit() {
    for cheat in [
        Cheat::OutOfRange,
        Cheat::Multiplicity,
        Cheat::MovedMultiplicity,
        Cheat::Square,
        Cheat::Sum,
        Cheat::Preimage,
        Cheat::BlindRow,
        Cheat::Order,
        Cheat::Exchanged,
        Cheat::IdleCall,
        Cheat::Trees,
    ] {
        let toy = toy().with(cheat);
        let proof = prove(&toy, &toy.digest(), &[1; 32], &mut |_| ()).unwrap();
        assert_eq!(verify(&toy, &toy.digest(), &proof), Err(Rejection::Relation), "{cheat:?}");
    }
    honest(&toy().with(Cheat::None), 1);
}

#[test]
fn rejects_a_false_statement_of_an_honest_prover() {
    let mut other_sum = toy();
    other_sum.sum += F::ONE;
    let mut other_hash = toy();
    other_hash.hash[7] += F::ONE;
    for toy in [other_sum, other_hash] {
        let proof = prove(&toy, &toy.digest(), &[2; 32], &mut |_| ()).unwrap();
        check(&toy, &proof, &Rejection::Relation);
    }
}

#[test]
fn rejects_wrong_products_of_pads_in_every_kind_of_row() {
    let toy = toy();
    let region = toy.layout().region();
    let budget = region.budget();
    assert!(budget.pairs > 1 && budget.cubes > 1, "the toy has both kinds of rows");
    let rows = [0, budget.pairs - 1, budget.pairs, budget.pairs + budget.cubes - 1];
    for (row, column) in rows.into_iter().flat_map(|row| [(row, Column::B), (row, Column::E)]) {
        let mut cells = cells(&toy, 1);
        cells[region.product(column, row) + 2] += F::ONE;
        check(&toy, &prove_cells(&toy, &cells), &Rejection::Relation);
    }
    // The rows behind them belong to nobody.
    let mut cells = cells(&toy, 1);
    cells[region.product(Column::E, budget.pairs + budget.cubes)] += F::ONE;
    assert_eq!(verify(&toy, &toy.digest(), &prove_cells(&toy, &cells)), Ok(()));
}

#[test]
fn rejects_a_prover_that_observed_another_commitment() {
    let toy = toy();
    let cells = cells(&toy, 1);
    let other = Committed::new(super::staged::cells(&toy, 2), 2).commitment;
    let committed = Committed::new(cells.clone(), 1);
    assert_ne!(other, committed.commitment);
    let said = say(&toy, &cells, started(&toy, &other), None);
    let proof = committed.open(said.messages, &said.points, said.challenger);
    check(&toy, &proof, &Rejection::Relation);
}

#[test]
fn rejects_a_prover_that_speaks_of_other_cells_than_it_committed_to() {
    let toy = toy();
    let spoken = cells(&toy, 1);
    let [_, _, m, _] = toy.blocks();
    for at in [0, m.at, toy.layout().region().linear(0), toy.layout().region().last(1, 0)] {
        let mut cells = spoken.clone();
        cells[at] += F::ONE;
        let committed = Committed::new(cells, 1);
        let said = say(&toy, &spoken, started(&toy, &committed.commitment), None);
        let proof = committed.open(said.messages, &said.points, said.challenger);
        let got = verify(&toy, &toy.digest(), &proof);
        assert!(
            matches!(got, Err(Rejection::Opening(pcs::Rejection::Value { .. }))),
            "cell {at}: {got:?}"
        );
    }
}

/// A false witness, committed, and what an honest conversation about it sounds like.
fn liar() -> (Toy, Vec<F>, Committed) {
    let toy = toy().with(Cheat::Sum);
    let cells = cells(&toy, 1);
    let committed = Committed::new(cells.clone(), 1);
    (toy, cells, committed)
}

/// Puts `value` where the opening states its value `index`.
fn restate(toy: &Toy, proof: &mut [u8], index: usize, value: EF) {
    let region = toy.layout().region();
    let scalars = region.hidden_count(toy.layout().variables()) + region.clear_count();
    let at = 32 + 20 * (scalars + index);
    let coefficients: &[F] = value.as_basis_coefficients_slice();
    for (bytes, c) in proof[at..at + 20].chunks_exact_mut(4).zip(coefficients) {
        bytes.copy_from_slice(&c.as_canonical_u32().to_le_bytes());
    }
}

#[test]
fn rejects_a_liar_who_solves_for_the_answer_z() {
    let (toy, cells, committed) = liar();
    let start = started(&toy, &committed.commitment);
    let mut messages = say(&toy, &cells, start.clone(), None).messages;
    let heard = |messages: &_| hear(&toy, Verifier::new(start.clone(), toy.layout(), messages));
    let z = Last::of(&toy).z;
    let (none, residual, _) = heard(&messages);
    assert!(none.is_none(), "the lie shows");
    messages.clear[z] += EF::ONE;
    let slope = heard(&messages).1 - residual;
    messages.clear[z] -= EF::ONE + residual * slope.inverse();

    // The relation holds now, but z is not p + e·q.
    let mut verifier = Verifier::new(start, toy.layout(), &messages);
    let (openings, residual) = converse(&toy, &mut verifier).unwrap();
    assert_eq!(residual, EF::ZERO);
    let openings = openings.unwrap();
    let challenger = verifier.finish().unwrap().unwrap();
    let mut proof = committed.open(messages, &openings.points, challenger);
    check(&toy, &proof, &Rejection::Opening(pcs::Rejection::Value { index: 1 }));
    restate(&toy, &mut proof, 1, openings.values[1]);
    let got = verify(&toy, &toy.digest(), &proof);
    assert!(matches!(got, Err(Rejection::Opening(pcs::Rejection::Proof(_)))), "{got:?}");
}

#[test]
fn rejects_a_liar_who_solves_for_the_last_evaluation() {
    let (toy, cells, committed) = liar();
    let start = started(&toy, &committed.commitment);
    let mut messages = say(&toy, &cells, start.clone(), None).messages;
    let Last { f, z, .. } = Last::of(&toy);
    let (_, residual, drawn) = hear(&toy, Verifier::new(start.clone(), toy.layout(), &messages));
    messages.clear[f] += EF::ONE;
    let slope = hear_programmed(&toy, &messages, &drawn).1 - residual;
    messages.clear[f] -= EF::ONE + residual * slope.inverse();

    // Another f(r*) gives another e, to which z must answer; g is honest.
    let (_, _, drawn) = hear(&toy, Verifier::new(start.clone(), toy.layout(), &messages));
    let e = challenge_e(&drawn);
    let region = toy.layout().region();
    for j in 0..LAST_SLOTS {
        messages.clear[z + j] =
            value(&cells, region.last(0, j)) + e * value(&cells, region.last(1, j));
    }
    let mut verifier = Verifier::new(start, toy.layout(), &messages);
    let (openings, residual) = converse(&toy, &mut verifier).unwrap();
    assert_eq!(residual, EF::ZERO);
    let openings = openings.unwrap();
    let challenger = verifier.finish().unwrap().unwrap();
    let mut proof = committed.open(messages, &openings.points, challenger);
    check(&toy, &proof, &Rejection::Opening(pcs::Rejection::Value { index: 0 }));
    restate(&toy, &mut proof, 0, openings.values[0]);
    let got = verify(&toy, &toy.digest(), &proof);
    assert!(matches!(got, Err(Rejection::Opening(pcs::Rejection::Proof(_)))), "{got:?}");
}

#[test]
fn rejects_a_liar_who_guesses_e() {
    // With e known before g, any lie could be told: the guess must be wrong.
    let (toy, cells, committed) = liar();
    let start = started(&toy, &committed.commitment);
    let mut said = say(&toy, &cells, start.clone(), None);
    let (_, residual, drawn) = hear(&toy, Verifier::new(start, toy.layout(), &said.messages));
    let g = Last::of(&toy).g;
    said.messages.clear[g] += residual * challenge_e(&drawn).inverse();
    let (openings, ..) = hear_programmed(&toy, &said.messages, &drawn);
    assert!(openings.is_some(), "with the guessed e the lie would pass");
    let proof = committed.open(said.messages, &said.points, said.challenger);
    check(&toy, &proof, &Rejection::Relation);
}

#[test]
fn rejects_pads_that_serve_twice() {
    // Cells are the prover's choice: equal pads hide nothing, yet prove nothing false either.
    let toy = toy().with(Cheat::Sum);
    let region = toy.layout().region();
    let mut cells = cells(&toy, 1);
    for i in 1..region.linear_count() {
        for t in 0..LIMBS {
            cells[region.linear(i) + t] = cells[region.linear(0) + t];
        }
    }
    check(&toy, &prove_cells(&toy, &cells), &Rejection::Relation);
    cells[toy.blocks()[1].at] -= F::ONE;
    let honest = toy.with(Cheat::None);
    assert_eq!(verify(&honest, &honest.digest(), &prove_cells(&honest, &cells)), Ok(()));
}
