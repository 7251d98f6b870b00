//! A circuit must use its budget to the last scalar: both sides refuse one that does not.

use crate::cells::Layout;
use crate::channel::{Prover, Rejection, Verifier};
use crate::field::{EF, F};
use crate::linear::Linear;
use crate::pads::Budget;
use crate::relations::{RELATIONS_MAX, Relations};
use crate::session::{self, Cancelled, Circuit, CommitError, Progress, Witness, prove, verify};
use p3_field::PrimeCharacteristicRing;
use rand::rngs::StdRng;

/// Says what `spoken` counts, whatever was budgeted, and records so many relations, all true.
struct Talker {
    layout: Layout,
    spoken: Budget,
    relations: usize,
}

const BUDGET: Budget = Budget { linear: 3, pairs: 2, cubes: 2, clear: 2 };

impl Talker {
    fn new(spoken: Budget) -> Self {
        Self { layout: Layout::new(&[4], BUDGET).unwrap(), spoken, relations: 0 }
    }
}

impl Circuit for Talker {
    fn label(&self) -> &'static str {
        "assay/talker/1"
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        (0..self.relations).for_each(|_| relations.push_zero(Linear::zero()));
        for _ in 0..self.spoken.linear {
            verifier.recv()?;
        }
        for _ in 0..self.spoken.pairs {
            verifier.recv_pair()?;
        }
        for _ in 0..self.spoken.cubes {
            verifier.recv_cube()?;
        }
        for _ in 0..self.spoken.clear {
            let _ = verifier.clear()?;
        }
        Ok(())
    }
}

impl Witness for Talker {
    fn fill(&self, _: &mut [F], _: &mut StdRng) {}

    fn prove(&self, prover: &mut Prover<'_>, _: Progress<'_>) -> Result<(), Cancelled> {
        (0..self.spoken.linear).for_each(|_| prover.hide(EF::ONE));
        (0..self.spoken.pairs).for_each(|_| prover.hide_pair(EF::ONE, EF::TWO));
        (0..self.spoken.cubes).for_each(|_| prover.hide_cube(EF::ONE));
        (0..self.spoken.clear).for_each(|_| prover.clear(EF::ONE));
        Ok(())
    }
}

fn attempt(talker: &Talker) -> Result<Vec<u8>, CommitError> {
    prove(talker, &[0; 32], &[1; 32], &mut |_| ())
}

/// Each count, one less and one more.
fn others() -> [(&'static str, Budget); 6] {
    let Budget { linear, pairs, cubes, .. } = BUDGET;
    [
        ("linear pads", Budget { linear: linear - 1, ..BUDGET }),
        ("linear pads", Budget { linear: linear + 1, ..BUDGET }),
        ("pairs", Budget { pairs: pairs - 1, ..BUDGET }),
        ("pairs", Budget { pairs: pairs + 1, ..BUDGET }),
        ("cubes", Budget { cubes: cubes - 1, ..BUDGET }),
        ("cubes", Budget { cubes: cubes + 1, ..BUDGET }),
    ]
}

#[test]
fn a_budget_that_is_used_up_is_accepted() {
    let talker = Talker::new(BUDGET);
    let proof = attempt(&talker).unwrap();
    assert_eq!(verify(&talker, &[0; 32], &proof), Ok(()));
}

#[test]
fn the_prover_refuses_a_circuit_off_its_budget() {
    for (what, spoken) in others() {
        let got = attempt(&Talker::new(spoken));
        assert_eq!(got, Err(CommitError::Circuit(Rejection::Budget(what))), "{spoken:?}");
    }
}

#[test]
fn the_verifier_refuses_a_circuit_off_its_budget() {
    let proof = attempt(&Talker::new(BUDGET)).unwrap();
    for (what, spoken) in others() {
        let got = verify(&Talker::new(spoken), &[0; 32], &proof);
        let expected = session::Rejection::Channel(Rejection::Budget(what));
        assert_eq!(got, Err(expected), "{spoken:?}");
    }
}

#[test]
fn the_verifier_refuses_more_or_fewer_clear_scalars() {
    let proof = attempt(&Talker::new(BUDGET)).unwrap();
    for clear in [0, BUDGET.clear - 1, BUDGET.clear + 1] {
        let got = verify(&Talker::new(Budget { clear, ..BUDGET }), &[0; 32], &proof);
        assert!(got.is_err(), "{clear} clear scalars: {got:?}");
    }
}

#[test]
fn more_relations_than_are_counted_are_refused() {
    // The products of pads add four.
    let most = Talker { relations: RELATIONS_MAX - 4, ..Talker::new(BUDGET) };
    let proof = attempt(&most).unwrap();
    assert_eq!(verify(&most, &[0; 32], &proof), Ok(()));
    let more = Talker { relations: RELATIONS_MAX - 3, ..most };
    let refused = Rejection::Budget("relations");
    assert_eq!(attempt(&more), Err(CommitError::Circuit(refused)));
    let got = verify(&more, &[0; 32], &proof);
    assert_eq!(got, Err(session::Rejection::Channel(refused)));
}
