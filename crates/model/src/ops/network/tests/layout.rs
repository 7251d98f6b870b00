//! Where parameters lie.

use super::super::{Layout, Network, Parameters, Vector, synthetic};
use super::Draft;
use assay_codec::{Error, Reader};
use proptest::prelude::*;

/// Every tensor: where it starts, and binary logarithms of its size.
fn tensors(layout: &Layout) -> Vec<(usize, usize)> {
    let node = |node: &super::super::NodeLayout| {
        let kernels = node.terms.iter().flatten();
        let taps = kernels.flat_map(|kernel| {
            kernel.taps.iter().map(|&at| (at, kernel.logs().iter().sum())).collect::<Vec<_>>()
        });
        taps.chain(node.bias.map(|bias| (bias.at, bias.log()))).collect::<Vec<_>>()
    };
    layout.nodes().iter().flat_map(node).collect()
}

#[test]
fn larger_tensors_come_first_and_a_bias_behind_its_taps() {
    let program = Draft::sample().program().unwrap();
    let layout = program.parameter_layout();
    let [convolution, max, product, dense] = layout.nodes() else { panic!("four nodes") };
    let kernel = convolution.terms[0].as_ref().unwrap();
    assert_eq!(kernel.taps, [64, 72, 80, 88, 96, 104, 112, 120, 128]);
    assert_eq!((kernel.logs(), convolution.terms[1].is_none()), ([0, 1, 2], true));
    assert_eq!(convolution.bias, Some(Vector { at: 136, channels: 4 }));
    assert!(max.terms.is_empty() && max.bias.is_none());
    assert!(product.terms == [None] && product.bias.is_none());
    let kernel = dense.terms[0].as_ref().unwrap();
    assert_eq!((&kernel.taps[..], kernel.logs()), (&[0, 16, 32, 48][..], [0, 2, 2]));
    assert_eq!(dense.bias, Some(Vector { at: 140, channels: 3 }));
    assert_eq!(layout.cells(), 144);
    assert_eq!(layout.parameters(), 9 * 8 + 4 + 4 * 12 + 3);
}

#[test]
fn groups_inputs_and_outputs_are_padded_each() {
    let kernel = super::super::Kernel { taps: vec![0], groups: 3, inputs: 5, outputs: 3 };
    assert_eq!(kernel.logs(), [2, 3, 2]);
    assert_eq!(
        [kernel.row(0, 0), kernel.row(0, 4), kernel.row(1, 0), kernel.row(2, 1)],
        [0, 16, 32, 68]
    );
}

proptest! {
    #[test]
    fn tensors_lie_side_by_side_at_multiples_of_their_sizes(seed: u64) {
        let network = synthetic::tiny(seed);
        let layout = network.program().parameter_layout();
        let mut all = tensors(layout);
        all.sort_unstable();
        let mut end = 0;
        for window in all.windows(2) {
            prop_assert!(window[1].1 <= window[0].1, "larger ones first");
        }
        for (at, log) in all {
            prop_assert_eq!((at, at % (1 << log)), (end, 0));
            end += 1 << log;
        }
        prop_assert_eq!(layout.cells(), end.next_multiple_of(8));
    }
}

#[test]
fn rejects_blocks_of_other_lengths_and_numbers_beyond_the_field() {
    let program = Draft::sample().program().unwrap();
    let new = |cells| Network::new(program.clone(), cells).map(|_| ());
    let length = "a block of parameters has the length that its layout says";
    let centred = "a parameter is a centred number of the field";
    let with = |cell| [vec![0; 143], vec![cell]].concat();
    assert_eq!(new(with(1_065_353_216)), Ok(()));
    assert_eq!(new(with(-1_065_353_216)), Ok(()));
    assert_eq!(new(with(1_065_353_217)), Err(centred));
    assert_eq!(new(with(-1_065_353_217)), Err(centred));
    assert_eq!(new(with(i32::MIN)), Err(centred));
    assert_eq!(new(vec![0; 143]), Err(length));
    assert_eq!(new(vec![0; 145]), Err(length));
}

#[test]
fn a_short_program_that_declares_millions_of_parameters_allocates_nothing() {
    let program = Draft::dense(2048, 1024, 0, 16).program().unwrap();
    let layout = program.parameter_layout();
    let got = Parameters::decode(layout, &mut Reader::new(&[0; 7]));
    assert_eq!(got, Err(Error::Truncated { wanted: 1 << 23, left: 7 }));
}
