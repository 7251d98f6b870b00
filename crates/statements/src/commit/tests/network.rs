//! What a commitment to a network depends on.

use super::salt;
use crate::commit::{chain, commit};
use assay_engine::poseidon2::{Compressor, HALF};
use assay_model::ops::network::{Network, synthetic};

#[test]
fn every_cell_of_the_block_matters() {
    let base = synthetic::mlp(&[3, 5, 2], 1);
    let commitment = commit(&base, &salt(8));
    assert_eq!(commitment, commit(&base, &salt(8)));
    assert_ne!(commitment, commit(&base, &salt(9)));
    for cell in 0..base.parameters().cells().len() {
        let mut cells = base.parameters().cells().to_vec();
        cells[cell] += 1;
        let other = Network::new(base.program().clone(), cells).unwrap();
        assert_ne!(commitment, commit(&other, &salt(8)), "cell {cell}");
    }
}

#[test]
fn the_program_matters() {
    // The same cells under another shift of the rescale.
    let [one, two] = [1, 2].map(synthetic::tiny);
    assert_ne!(commit(&one, &salt(8)), commit(&two, &salt(8)));
    let cells = one.parameters().cells().len();
    assert_eq!(chain(&Compressor::default(), &one).len(), cells / HALF + 1);
}
