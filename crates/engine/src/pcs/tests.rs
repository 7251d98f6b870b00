//! Completeness over all small sizes, one rejection per rule, hostile bytes, and what is hidden.

use p3_blake3::Blake3;
use p3_multilinear_util::point::Point;
use p3_multilinear_util::poly::Poly;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{Commitment, Opening, Params, Rejection, Secret, commit, open, verify};
use crate::challenger::Challenger;
use crate::field::{EF, F};

fn challenger() -> Challenger {
    Challenger::from_hasher(b"test".to_vec(), Blake3)
}

fn cells(num_vars: usize, seed: u64) -> Vec<F> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..1 << num_vars).map(|_| rng.random()).collect()
}

struct Case {
    num_vars: usize,
    commitment: Commitment,
    points: Vec<Vec<EF>>,
    values: Vec<EF>,
    opening: Opening,
}

impl Case {
    /// Two points, opened after the commitment has entered the transcript.
    fn new(num_vars: usize, seed: u8) -> Self {
        let cells = cells(num_vars, 1);
        let (commitment, secret) = commit(cells.clone(), &[seed; 32]).unwrap();
        Self::open(&cells, commitment, secret)
    }

    fn open(cells: &[F], commitment: Commitment, secret: Secret) -> Self {
        let num_vars = secret.num_vars();
        let mut rng = StdRng::seed_from_u64(2);
        let points: Vec<Vec<EF>> =
            (0..2).map(|_| (0..num_vars).map(|_| rng.random()).collect()).collect();
        let poly = Poly::new(cells.to_vec());
        let values = points.iter().map(|p| poly.eval_base(&Point::new(p.clone()))).collect();
        let mut ch = challenger();
        commitment.observe(&mut ch);
        let opening = open(secret, &points, &mut ch);
        Self { num_vars, commitment, points, values, opening }
    }

    fn verify(&self) -> Result<(), Rejection> {
        let mut ch = challenger();
        self.commitment.observe(&mut ch);
        verify(self.num_vars, &self.commitment, &self.points, &self.values, &self.opening, &mut ch)
    }
}

#[test]
fn accepts_honest_openings_of_every_small_size() {
    for num_vars in 8..=16 {
        let case = Case::new(num_vars, 7);
        assert_eq!(case.verify(), Ok(()), "{num_vars} variables");
        let params = Params::new(num_vars).unwrap();
        let bytes = case.opening.to_bytes();
        println!("{num_vars}: {} of {}", bytes.len(), params.opening_bytes_max(2));
        let opening = Opening::from_bytes(&params, 2, &bytes).unwrap();
        assert_eq!(opening.to_bytes(), bytes);
        assert_eq!(Case { opening, ..case }.verify(), Ok(()), "{num_vars} variables, decoded");
    }
}
