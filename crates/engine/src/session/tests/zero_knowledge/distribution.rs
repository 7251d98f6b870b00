//! Counted: the scalars of seeded proofs of two witnesses of one statement, challenges fixed.
//!
//! With challenges fixed a scalar is a function of the prover's cells alone, so that nothing but
//! its pads can make it look uniform. Each base-field coefficient is put into 16 bins; chi-square
//! against uniform for each witness, and between the witnesses; the bound is for the largest of all
//! (Bonferroni).

use super::{Toy, cells, challenges, said};
use crate::field::{EF, F};
use crate::pads::{LIMBS, Region};
use crate::session::Circuit;
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing, PrimeField32};

/// Proofs per witness.
const PROOFS: usize = 200;
/// Proofs per witness where a fault must show.
const FEW: usize = 60;
const BINS: usize = 16;
/// Chi-square with 15 degrees of freedom exceeds this with probability 1.3e-11: 2e-7 for all 12,000
/// statistics.
const BOUND: f64 = 84.0;

/// Per coefficient of each scalar, how often each bin was hit.
type Counts = Vec<[u32; BINS]>;

fn count(
    toy: &Toy,
    challenges: &[EF],
    seeds: std::ops::Range<u64>,
    spoil: impl Fn(&mut [F], &Region),
) -> Counts {
    let mut counts = Counts::new();
    for seed in seeds {
        let mut cells = cells(toy, seed);
        spoil(&mut cells, toy.layout().region());
        let messages = said(toy, &cells, challenges).messages;
        let coefficients: Vec<F> = messages
            .hidden
            .iter()
            .chain(&messages.clear)
            .flat_map(|x| {
                let coefficients: &[F] = x.as_basis_coefficients_slice();
                coefficients.to_vec()
            })
            .collect();
        counts.resize(coefficients.len(), [0; BINS]);
        for (bins, c) in counts.iter_mut().zip(coefficients) {
            let bin = u64::from(c.as_canonical_u32()) * BINS as u64 / u64::from(F::ORDER_U32);
            bins[bin as usize] += 1;
        }
    }
    counts
}

fn from_uniform(bins: &[u32; BINS]) -> f64 {
    let expected = f64::from(bins.iter().sum::<u32>()) / BINS as f64;
    bins.iter().map(|&n| (f64::from(n) - expected).powi(2) / expected).sum()
}

fn from_each_other(a: &[u32; BINS], b: &[u32; BINS]) -> f64 {
    let pairs = a.iter().zip(b).map(|(&a, &b)| (f64::from(a), f64::from(b)));
    pairs.filter(|(a, b)| a + b > 0.0).map(|(a, b)| (a - b).powi(2) / (a + b)).sum()
}

/// The scalars that are not uniform, or tell the witnesses apart.
fn exposed(proofs: usize, spoil: impl Fn(&mut [F], &Region)) -> Vec<usize> {
    let toy = Toy::new(5, 1);
    let challenges = challenges(1);
    let a = count(&toy, &challenges, 1_000..1_000 + proofs as u64, &spoil);
    let b = count(&toy.turned(), &challenges, 2_000..2_000 + proofs as u64, &spoil);
    let statistic =
        |i: usize| from_uniform(&a[i]).max(from_uniform(&b[i])).max(from_each_other(&a[i], &b[i]));
    let mut scalars: Vec<usize> =
        (0..a.len()).filter(|&i| BOUND < statistic(i)).map(|i| i / 5).collect();
    scalars.dedup();
    scalars
}

#[test]
fn two_witnesses_give_the_same_uniform_scalars() {
    assert_eq!(exposed(PROOFS, |_, _| ()), Vec::<usize>::new());
}

#[test]
fn a_prover_without_pads_is_caught() {
    let toy = Toy::new(5, 1);
    let region = toy.layout().region();
    let hidden = region.hidden_count(toy.layout().variables());
    let exposed = exposed(FEW, |cells, region| cells[region.block().range()].fill(F::ZERO));
    println!("{} scalars exposed, {hidden} hidden", exposed.len());
    assert!(hidden / 2 < exposed.len());
}

#[test]
fn a_single_missing_or_narrow_pad_is_caught() {
    // Pad 100 is zero, pad 200 has small cells: exactly the two scalars under them show it.
    let exposed = exposed(FEW, |cells, region| {
        let [none, narrow] = [100, 200].map(|i| region.linear(i));
        cells[none..none + LIMBS].fill(F::ZERO);
        for cell in &mut cells[narrow..narrow + LIMBS] {
            *cell = F::from_u32(cell.as_canonical_u32() % (1 << 16));
        }
    });
    assert_eq!(exposed.len(), 2, "{exposed:?}");
}
