//! A tree of fractions, all layers kept.

use crate::field::{EF, PE, PF};
use crate::packed::{GRAIN, halves, unpack};
use p3_field::{Algebra, PrimeCharacteristicRing};
use rayon::prelude::*;

/// One layer: numerators and denominators. Leaves have base-field numerators.
#[derive(Debug)]
pub(super) enum Layer {
    /// The leaves.
    Leaves(Vec<PF>, Vec<PE>),
    /// Inner layers that fill vectors.
    Packed(Vec<PE>, Vec<PE>),
    /// The few at the top.
    Scalar(Vec<EF>, Vec<EF>),
}

/// Sums of fractions over a table of `2^log` leaves.
#[derive(Debug)]
pub struct Tree {
    /// Layer k has 2^k fractions; the root is layer 0.
    pub(super) layers: Vec<Layer>,
}

impl Tree {
    /// Adds up the leaves.
    ///
    /// # Panics
    ///
    /// If the tables differ in length or are not a power of two.
    pub fn new(numerators: Vec<PF>, denominators: Vec<PE>) -> Self {
        assert_eq!(numerators.len(), denominators.len(), "a fraction has both parts");
        assert!(denominators.len().is_power_of_two(), "a tree has 2^log leaves");
        let mut layers = vec![Layer::Leaves(numerators, denominators)];
        while let Some(next) = layers.last().and_then(Layer::above) {
            layers.push(next);
        }
        layers.reverse();
        Self { layers }
    }

    /// Number of layers above the leaves.
    pub(super) fn log(&self) -> usize {
        self.layers.len() - 1
    }

    pub(super) fn root(&self) -> (EF, EF) {
        let (numerators, denominators) = self.layers[0].scalars();
        (numerators[0], denominators[0])
    }
}

impl Layer {
    fn above(&self) -> Option<Self> {
        Some(match self {
            Self::Leaves(n, d) if d.len() > 1 => {
                let (n, d) = add_halves(n, d);
                Self::Packed(n, d)
            }
            Self::Packed(n, d) if d.len() > 1 => {
                let (n, d) = add_halves(n, d);
                Self::Packed(n, d)
            }
            _ => {
                let (n, d) = self.scalars();
                if n.len() == 1 {
                    return None;
                }
                let (n, d) = add_halves(&n, &d);
                Self::Scalar(n, d)
            }
        })
    }

    /// Returns both tables in scalars.
    pub(super) fn scalars(&self) -> (Vec<EF>, Vec<EF>) {
        match self {
            Self::Leaves(n, d) => {
                (unpack(&n.iter().map(|&n| PE::from(n)).collect::<Vec<_>>()), unpack(d))
            }
            Self::Packed(n, d) => (unpack(n), unpack(d)),
            Self::Scalar(n, d) => (n.clone(), d.clone()),
        }
    }
}

/// Adds the fractions of the lower half to those of the upper half.
fn add_halves<N, A>(numerators: &[N], denominators: &[A]) -> (Vec<A>, Vec<A>)
where
    N: PrimeCharacteristicRing + Copy + Send + Sync,
    A: Algebra<N> + Copy + Send + Sync,
{
    let ((n0, n1), (d0, d1)) = (halves(numerators), halves(denominators));
    (n0.par_iter().zip(n1), d0.par_iter().zip(d1))
        .into_par_iter()
        .with_min_len(GRAIN)
        .map(|((&n0, &n1), (&d0, &d1))| (d1 * n0 + d0 * n1, d0 * d1))
        .unzip()
}
