//! Changed messages under unchanged challenges: Fiat-Shamir cannot help, only the algebra can
//! reject.

use super::Toy;
use super::staged::{cells, hear, hear_programmed, say, started};
use crate::channel::Verifier;
use crate::field::{EF, F};
use crate::session::Circuit;
use crate::session::tests::staged::Committed;
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};

#[test]
fn every_scalar_matters_to_the_algebra() {
    let toy = Toy::new(5, 1);
    let cells = cells(&toy, 1);
    let start = started(&toy, &Committed::new(cells.clone(), 1).commitment);
    let messages = say(&toy, &cells, start.clone(), None).messages;
    let (honest, _, challenges) = hear(&toy, Verifier::new(start, toy.layout(), &messages));
    let honest = honest.unwrap();
    let again = hear_programmed(&toy, &messages, &challenges).0;
    assert_eq!(again.as_ref(), Some(&honest), "the same challenges, the same end");

    let generator: EF = EF::from_basis_coefficients_fn(|i| F::from_bool(i == 4));
    let (mut tried, mut accepted) = (0, Vec::new());
    for change in [EF::ONE, generator] {
        for i in 0..messages.hidden.len() + messages.clear.len() {
            let mut bad = messages.clone();
            match bad.hidden.get_mut(i) {
                Some(scalar) => *scalar += change,
                None => bad.clear[i - messages.hidden.len()] += change,
            }
            tried += 1;
            if hear_programmed(&toy, &bad, &challenges).0.as_ref() == Some(&honest) {
                accepted.push(i);
            }
        }
    }
    let region = toy.layout().region();
    let scalars = region.hidden_count(toy.layout().variables()) + region.clear_count();
    assert_eq!(tried, 2 * scalars, "no scalar was left out");
    assert_eq!(accepted, Vec::<usize>::new());
}
