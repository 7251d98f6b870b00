//! Completeness over all small sizes, one rejection per rule; hostile bytes and hiding in the files
//! beside this one.

mod hiding;
mod hostile;

use assay_codec::{from_bytes, to_bytes};
use p3_blake3::Blake3;
use p3_field::PrimeCharacteristicRing;
use p3_multilinear_util::point::Point;
use p3_multilinear_util::poly::Poly;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{
    Commitment, Opening, Params, Rejection, SURPLUS_MAX, Secret, Size, SizeError, VARIABLES_MAX,
    VARIABLES_MIN, open, verify,
};
use crate::challenger::Challenger;
use crate::field::{EF, F};

fn challenger() -> Challenger {
    Challenger::from_hasher(b"test".to_vec(), Blake3)
}

fn random_cells(num_vars: usize, seed: u64) -> Vec<F> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..1 << num_vars).map(|_| rng.random()).collect()
}

fn alone(num_vars: usize) -> Size {
    Size { num_vars, surplus: 0 }
}

/// Of a proof that stands alone.
fn commit(cells: Vec<F>, seed: &[u8; 32]) -> Result<(Commitment, Secret), SizeError> {
    super::commit(&Params::new(cells.len().ilog2() as usize)?, cells, seed)
}

fn random_points(num_vars: usize, count: usize) -> Vec<Vec<EF>> {
    let mut rng = StdRng::seed_from_u64(2);
    (0..count).map(|_| (0..num_vars).map(|_| rng.random()).collect()).collect()
}

/// Everything a verifier is given.
#[derive(Clone)]
struct Case {
    size: Size,
    commitment: Commitment,
    points: Vec<Vec<EF>>,
    values: Vec<EF>,
    opening: Opening,
}

impl Case {
    fn new(num_vars: usize) -> Self {
        Self::of(random_cells(num_vars, 1), 2, [7; 32])
    }

    fn of(cells: Vec<F>, points: usize, seed: [u8; 32]) -> Self {
        Self::with(alone(cells.len().ilog2() as usize), cells, points, seed)
    }

    fn with(size: Size, cells: Vec<F>, points: usize, seed: [u8; 32]) -> Self {
        let poly = Poly::new(cells.clone());
        let params = Params::of(size).expect("a supported size");
        let (commitment, secret) = super::commit(&params, cells, &seed).expect("as many cells");
        let points = random_points(size.num_vars, points);
        let values = points.iter().map(|p| poly.eval_base(&Point::new(p.clone()))).collect();
        let mut challenger = challenger();
        commitment.observe(&mut challenger);
        let opening = open(secret, &points, &mut challenger);
        Self { size, commitment, points, values, opening }
    }

    fn verify(&self) -> Result<(), Rejection> {
        let mut challenger = challenger();
        self.commitment.observe(&mut challenger);
        self.verify_from(&mut challenger)
    }

    fn verify_from(&self, from: &mut Challenger) -> Result<(), Rejection> {
        let Self { size, commitment, points, values, opening } = self;
        verify(&Params::of(*size)?, commitment, points, values, opening, from)
    }

    #[track_caller]
    fn rejected_by_the_proof(&self) {
        let got = self.verify();
        assert!(matches!(got, Err(Rejection::Proof(_))), "{got:?}");
    }
}

#[test]
fn accepts_honest_openings_of_every_small_size() {
    for num_vars in VARIABLES_MIN..=16 {
        let case = Case::new(num_vars);
        assert_eq!(case.verify(), Ok(()), "{num_vars} variables");
        let params = Params::new(num_vars).unwrap();
        let bytes = case.opening.to_bytes();
        assert!(bytes.len() <= params.opening_bytes_max(2));
        let opening = Opening::from_bytes(&params, 2, &bytes).unwrap();
        assert_eq!(opening.to_bytes(), bytes);
        assert_eq!(Case { opening, ..case }.verify(), Ok(()), "{num_vars} variables, decoded");
    }
}

#[test]
fn accepts_any_number_of_points() {
    for points in [0, 1, 3, 20] {
        assert_eq!(Case::of(random_cells(9, 1), points, [7; 32]).verify(), Ok(()), "{points}");
    }
}

#[test]
fn accepts_points_of_the_cube_and_constant_cells() {
    for cells in [vec![F::ZERO; 256], vec![F::ONE; 256]] {
        let value = EF::from(cells[0]);
        let (commitment, secret) = commit(cells, &[1; 32]).unwrap();
        let points = vec![vec![EF::ZERO; 8], vec![EF::ONE; 8]];
        let mut challenger = challenger();
        commitment.observe(&mut challenger);
        let opening = open(secret, &points, &mut challenger);
        let values = vec![value; 2];
        let case = Case { size: alone(8), commitment, points, values, opening };
        assert_eq!(case.verify(), Ok(()));
    }
}

#[test]
fn every_supported_size_has_parameters_and_no_other() {
    for num_vars in 0..64 {
        let got = Params::new(num_vars);
        if (VARIABLES_MIN..=VARIABLES_MAX).contains(&num_vars) {
            let params = got.unwrap();
            assert!(params.opening_bytes_max(2) < 2 << 20, "{num_vars} variables");
        } else {
            assert_eq!(got.unwrap_err(), SizeError::Variables { got: num_vars });
        }
    }
    let surplus = SURPLUS_MAX + 1;
    let got = Params::of(Size { num_vars: 9, surplus });
    assert_eq!(got.unwrap_err(), SizeError::Surplus { got: surplus });
    let got = Params::of(Size { num_vars: 8, surplus: SURPLUS_MAX });
    assert_eq!(got.unwrap_err(), SizeError::Schedule { num_vars: 8 });
}

#[test]
fn accepts_honest_openings_with_every_surplus() {
    for surplus in 1..=SURPLUS_MAX {
        for num_vars in [9, 13, 14] {
            let size = Size { num_vars, surplus };
            let case = Case::with(size, random_cells(num_vars, 1), 2, [7; 32]);
            assert_eq!(case.verify(), Ok(()), "{size}");
            let (params, bytes) = (Params::of(size).unwrap(), case.opening.to_bytes());
            let opening = Opening::from_bytes(&params, 2, &bytes).unwrap();
            assert_eq!(Case { opening, ..case }.verify(), Ok(()), "{size}, decoded");
            let fewer = Params::of(Size { surplus: surplus - 1, ..size }).unwrap();
            assert!(Opening::from_bytes(&fewer, 2, &bytes).is_err(), "{size}");
        }
    }
}

#[test]
fn refuses_cells_that_the_parameters_are_not_for() {
    for len in [0, 1, 128, 255, 257] {
        let params = Params::new(8).unwrap();
        let got = super::commit(&params, vec![F::ONE; len], &[0; 32]).map(|_| ()).unwrap_err();
        assert_eq!(got, SizeError::Cells { num_vars: 8, got: len });
    }
}

#[test]
fn the_committed_cells_can_be_read_back() {
    let cells = random_cells(8, 3);
    let (_, secret) = commit(cells.clone(), &[0; 32]).unwrap();
    assert_eq!(secret.cells(), cells);
}

#[test]
fn a_commitment_is_its_32_bytes() {
    let (commitment, _) = commit(random_cells(8, 3), &[0; 32]).unwrap();
    let bytes = to_bytes(&commitment);
    assert_eq!(bytes.len(), 32);
    assert_eq!(from_bytes(&bytes), Ok(commitment));
}

#[test]
fn rejects_another_value() {
    let mut case = Case::new(12);
    case.values[1] += EF::ONE;
    assert_eq!(case.verify(), Err(Rejection::Value { index: 1 }));
    // Nor does it help to write the other value into the opening.
    case.opening.proof.evals[1] += EF::ONE;
    case.rejected_by_the_proof();
}

#[test]
fn rejects_another_point() {
    let mut case = Case::new(12);
    case.points[0][3] += EF::ONE;
    case.rejected_by_the_proof();
}

#[test]
fn rejects_points_in_another_order() {
    let mut case = Case::new(12);
    case.points.swap(0, 1);
    case.values.swap(0, 1);
    assert_eq!(case.verify(), Err(Rejection::Value { index: 0 }));
    case.opening.proof.evals.swap(0, 1);
    case.rejected_by_the_proof();
}

#[test]
fn rejects_two_values_at_one_point() {
    let cells = random_cells(12, 1);
    let poly = Poly::new(cells.clone());
    let points = vec![random_points(12, 1).remove(0); 2];
    let values = vec![poly.eval_base(&Point::new(points[0].clone())); 2];
    let (commitment, secret) = commit(cells, &[7; 32]).unwrap();
    let mut challenger = challenger();
    commitment.observe(&mut challenger);
    let opening = open(secret, &points, &mut challenger);
    let honest = Case { size: alone(12), commitment, points, values, opening };
    assert_eq!(honest.verify(), Ok(()), "one value, twice");
    // The second claim alone, and both of them so that their sum is still right.
    for lies in [[EF::ZERO, EF::ONE], [EF::ONE, -EF::ONE]] {
        let mut case = honest.clone();
        for (i, lie) in lies.into_iter().enumerate() {
            case.values[i] += lie;
            case.opening.proof.evals[i] += lie;
        }
        case.rejected_by_the_proof();
    }
}

#[test]
fn rejects_another_commitment() {
    let mut case = Case::new(12);
    case.commitment.0[31] ^= 1;
    case.rejected_by_the_proof();
    case.commitment = Case::of(random_cells(12, 9), 2, [7; 32]).commitment;
    case.rejected_by_the_proof();
}

#[test]
fn rejects_the_opening_of_other_cells() {
    let (mine, mut other) = (Case::new(12), Case::of(random_cells(12, 9), 2, [7; 32]));
    other.commitment = mine.commitment;
    other.rejected_by_the_proof();
    other.values = mine.values;
    assert_eq!(other.verify(), Err(Rejection::Value { index: 0 }));
}

#[test]
fn rejects_a_commitment_that_did_not_enter_the_outer_transcript() {
    let case = Case::new(12);
    let got = case.verify_from(&mut challenger());
    assert!(matches!(got, Err(Rejection::Proof(_))), "{got:?}");
}

#[test]
fn rejects_another_number_of_points() {
    let case = Case::new(8);
    let mut fewer = case.clone();
    fewer.points.pop();
    let expected = Rejection::Count { points: 1, values: 2, opened: 2 };
    assert_eq!(fewer.verify(), Err(expected));
    fewer.values.pop();
    let expected = Rejection::Count { points: 1, values: 1, opened: 2 };
    assert_eq!(fewer.verify(), Err(expected));
}

#[test]
fn rejects_a_point_of_another_arity() {
    let mut case = Case::new(8);
    case.points[1].push(EF::ONE);
    assert_eq!(case.verify(), Err(Rejection::Arity { index: 1, expected: 8, got: 9 }));
}

#[test]
fn rejects_an_opening_of_another_size() {
    let mut case = Case::new(8);
    for other in [alone(9), Size { surplus: 1, ..alone(8) }] {
        case.size = other;
        assert_eq!(case.verify(), Err(Rejection::OtherSize { expected: other, got: alone(8) }));
    }
    case.size = alone(7);
    assert_eq!(case.verify(), Err(SizeError::Variables { got: 7 }.into()));
}

/// Cells of two values at one point cannot both be true: a prover who answers for a neighbour
/// fails.
#[test]
fn rejects_a_prover_who_swaps_one_cell_after_committing() {
    let mut cells = random_cells(12, 1);
    let (commitment, _) = commit(cells.clone(), &[7; 32]).unwrap();
    cells[77] += F::ONE;
    let mut case = Case::of(cells, 2, [7; 32]);
    case.commitment = commitment;
    case.rejected_by_the_proof();
}
