//! Which architectures may answer a job.

use crate::limits::{descent, forest, network, tree};
use assay_types::forest::{Bounds as ForestBounds, Votes};
use assay_types::network::{Builder, InputMap, Map, Program, Rescale, Scale, Shape, Term, Window};
use assay_types::*;

/// Features and classes of the data.
const DATA: (usize, usize) = (64, 10);

#[track_caller]
fn check(algorithm: &Algorithm, architecture: &Architecture, expected: Result<(), Misfit>) {
    assert_eq!(algorithm.admit(architecture, DATA), expected);
}

fn bounds(features: usize, classes: usize, depth: u8, slots_log: u8) -> TreeBounds {
    TreeBounds::new(features, classes, depth, slots_log).unwrap()
}

/// An image of 8 by 8, a convolution, a maximum, and a dense layer before the last.
fn asked() -> Algorithm {
    let layers = vec![
        Layer::Convolution { filters: 4, side: 3, stride: 1, padding: 1 },
        Layer::MaxPool { side: 2, stride: 2 },
        Layer::Dense { outputs: 12 },
    ];
    let image = Image { height: 8, width: 8, channels: 1 };
    let network = NetworkParameters::new(Some(image), layers, Loss::CrossEntropy, descent());
    Algorithm::Network(network.unwrap())
}

fn rescale() -> Rescale {
    Rescale { shift: 4, quotient_bits: 16, map: Map::Clamp { low: 0, high: 255 } }
}

/// Its answer, with as many filters and a window of this side, and what `more` does before the last layer.
fn answered(filters: u32, side: u32, more: impl FnOnce(&mut Builder, usize) -> usize) -> Program {
    let scale = Scale { multiplier: 1, shift: 0, offset: 0 };
    let input = InputMap::uniform(scale, -100, 100);
    let mut builder = Builder::new(input, Shape { height: 8, width: 8, channels: 1 });
    let window = Window::sliding(8, side, 1, (side - 1) / 2);
    let tensor = builder.convolution(0, [window, window], 1, filters, rescale());
    let halved = Window::sliding(4, 2, 2, 0);
    let tensor = builder.max(tensor, [halved, halved]);
    let tensor = builder.dense(tensor, 12, rescale());
    let tensor = more(&mut builder, tensor);
    builder.dense(tensor, 10, rescale());
    builder.finish().unwrap()
}

#[test]
fn a_model_is_of_the_kind_that_was_asked_for() {
    let trees = Architecture::DecisionTree(bounds(64, 10, 3, 4));
    let forests = ForestBounds::new(bounds(64, 10, 3, 4), 1, Votes::All).unwrap();
    let forests = Architecture::Forest(forests);
    let networks = Architecture::Network(answered(4, 3, |_, tensor| tensor));
    let algorithms = [tree(Some(3), 1, None), forest(1, Some(3), 4), asked()];
    for (i, algorithm) in algorithms.iter().enumerate() {
        for (j, architecture) in [&trees, &forests, &networks].into_iter().enumerate() {
            check(algorithm, architecture, if i == j { Ok(()) } else { Err(Misfit::Kind) });
        }
    }
}

#[test]
fn a_tree_is_no_larger_than_asked() {
    let size = |what, max, got| Err(Misfit::Size { what, max, got });
    let asked = tree(Some(3), 1, Some(5));
    let answer = |depth, slots_log| Architecture::DecisionTree(bounds(64, 10, depth, slots_log));
    check(&asked, &answer(3, 4), Ok(()));
    check(&asked, &answer(4, 5), size("depth", 3, 4));
    check(&asked, &answer(3, 5), size("slots", 16, 32));
    let other = Architecture::DecisionTree(bounds(63, 10, 3, 4));
    check(&asked, &other, Err(Misfit::Shape { expected: DATA, got: (63, 10) }));
}

#[test]
fn a_forest_is_no_larger_than_asked() {
    let size = |what, max, got| Err(Misfit::Size { what, max, got });
    // Three trees of at most fifteen nodes.
    let asked = forest(3, Some(3), 4);
    let answer = |trees, depth, slots_log| {
        let bounds = ForestBounds::new(bounds(64, 10, depth, slots_log), trees, Votes::All);
        Architecture::Forest(bounds.unwrap())
    };
    check(&asked, &answer(3, 3, 6), Ok(()));
    check(&asked, &answer(4, 4, 7), size("trees", 3, 4));
    check(&asked, &answer(3, 4, 7), size("depth", 3, 4));
    check(&asked, &answer(3, 3, 7), size("slots", 64, 128));
    let other = ForestBounds::new(bounds(64, 9, 3, 6), 3, Votes::All).unwrap();
    let shape = Misfit::Shape { expected: DATA, got: (64, 9) };
    check(&asked, &Architecture::Forest(other), Err(shape));
}

#[test]
fn a_network_has_the_layers_that_were_asked_for() {
    let layers = Err(Misfit::Layers);
    let with = |program| Architecture::Network(program);
    check(&asked(), &with(answered(4, 3, |_, tensor| tensor)), Ok(()));
    // Windows are the owner's, as long as there are no more weights.
    check(&asked(), &with(answered(4, 1, |_, tensor| tensor)), Ok(()));
    let weights = 4 * 10 + 12 * 65 + 10 * 13;
    let more = Misfit::Size { what: "weights", max: weights, got: weights + 4 * 16 };
    check(&asked(), &with(answered(4, 5, |_, tensor| tensor)), Err(more));
    check(&asked(), &with(answered(3, 3, |_, tensor| tensor)), layers);
    // One step more, of a shape that is there.
    let longer = answered(4, 3, |builder, tensor| {
        let one = Window::whole(1);
        builder.max(tensor, [one, one])
    });
    check(&asked(), &with(longer), layers);
    // The shapes are right, and one step reads two tensors.
    let scale = Scale { multiplier: 1, shift: 0, offset: 0 };
    let input = InputMap::uniform(scale, -100, 100);
    let mut builder = Builder::new(input, Shape::flat(64));
    let first = builder.dense(0, 64, rescale());
    let (rows, columns) = (Window::whole(1), Window::whole(1));
    let channels = Window::sliding(64, 1, 1, 0);
    let taken = |from| Term::Fixed { from, rows, columns, channels, factor: 1 };
    builder.unit(vec![taken(0), taken(first)], false, Shape::flat(64), rescale());
    builder.dense(2, 10, rescale());
    check(&network(&[64, 64]), &with(builder.finish().unwrap()), layers);
    // One term that is a product reads two tensors as well.
    let mut builder = Builder::new(InputMap::uniform(scale, -100, 100), Shape::flat(64));
    let first = builder.dense(0, 64, rescale());
    let square = Term::Product { left: first, right: 0 };
    builder.unit(vec![square], false, Shape::flat(64), rescale());
    builder.dense(2, 10, rescale());
    check(&network(&[64, 64]), &with(builder.finish().unwrap()), layers);
    // All shapes are right, and one sum takes the same cell as often as a window may.
    let builder = Builder::new(InputMap::uniform(scale, -100, 100), Shape::flat(64));
    let slow = |taps| {
        let rows = Window { taps, repeat: 1 << 14, ..Window::identity(1) };
        let channels = Window::identity(64);
        Term::Fixed { from: 0, rows, columns, channels, factor: 1 }
    };
    let sum = |taps| {
        let mut builder = builder.clone();
        builder.unit(vec![slow(taps)], false, Shape::flat(64), rescale());
        builder.dense(1, 10, rescale());
        with(builder.finish().unwrap())
    };
    check(&network(&[64]), &sum(64), Ok(()));
    check(&network(&[64]), &sum(65), layers);
    // The asked network reads an image; this one reads a list.
    let flat = network::synthetic::mlp(&[64, 12, 10], 1).program().clone();
    check(&asked(), &with(flat.clone()), layers);
    check(&network(&[12]), &with(flat), Ok(()));
}

#[test]
fn a_program_is_bounded() {
    let scale = Scale { multiplier: 1, shift: 0, offset: 0 };
    let mut builder = Builder::new(InputMap::uniform(scale, -100, 100), Shape::flat(64));
    let table = Map::Table((0..=i16::MAX).collect());
    builder.dense(0, 10, Rescale { shift: 4, quotient_bits: 15, map: table });
    let program = builder.finish().unwrap();
    let got = assay_codec::to_bytes(&program).len() as u64;
    let max = PROGRAM_BYTES_MAX as u64;
    assert!(max < got);
    let what = "bytes of the program";
    check(&network(&[]), &Architecture::Network(program), Err(Misfit::Size { what, max, got }));
}
