//! The networks that are measured.

use super::super::{InputMap, Map, Network, Scale, Shape, Window};
use super::sketch::{Finish, Sketch};

/// Maps the floats of `[1, 2)` onto `-128..=127`.
const PIXELS: Scale = Scale { multiplier: 1, shift: -8, offset: -384 };

fn sketch(height: u32, width: u32, channels: u32, seed: u64) -> Sketch {
    let input = InputMap::uniform(PIXELS, -128, 127);
    Sketch::new(input, Shape { height, width, channels }, seed)
}

fn relu() -> Finish {
    Finish { bits: 16, map: Map::Clamp { low: 0, high: 127 }, weight: 127 }
}

fn scores() -> Finish {
    Finish { bits: 16, map: Map::Identity, weight: 127 }
}

/// The same window along both axes.
fn square(window: Window) -> [Window; 2] {
    [window, window]
}

/// A convolution 3 × 3 that keeps height and width, which are equal, and a ReLU.
fn convolution(sketch: &mut Sketch, outputs: u32) {
    let from = sketch.last();
    let window = Window::sliding(sketch.shape(from).height, 3, 1, 1);
    sketch.convolution(from, square(window), [1, outputs], relu());
}

/// The maximum over squares that cover a square without overlap.
fn pool(sketch: &mut Sketch, size: u32) {
    let from = sketch.last();
    let window = Window::sliding(sketch.shape(from).height / size, size, size, 0);
    sketch.max(from, square(window));
}

fn dense(sketch: &mut Sketch, widths: &[u32]) {
    let Some((&classes, hidden)) = widths.split_last() else { return };
    for &width in hidden {
        sketch.dense(sketch.last(), width, relu());
    }
    sketch.dense(sketch.last(), classes, scores());
}

/// Dense layers of these widths with ReLUs between them; `widths[0]` is the number of features.
/// `[784, 128, 10]` has 101,770 parameters.
///
/// # Panics
///
/// If there are fewer than two widths, or if they are beyond the bounds of programs.
pub fn mlp(widths: &[u32], seed: u64) -> Network {
    let mut sketch = sketch(1, 1, widths[0], seed);
    dense(&mut sketch, &widths[1..]);
    sketch.finish(0)
}

/// LeNet-5 with ReLUs and maxima over 28 × 28 × 1: 61,706 parameters, 10 classes.
pub fn lenet5(seed: u64) -> Network {
    let mut sketch = sketch(28, 28, 1, seed);
    sketch.convolution(0, square(Window::sliding(28, 5, 1, 2)), [1, 6], relu());
    pool(&mut sketch, 2);
    sketch.convolution(sketch.last(), square(Window::sliding(10, 5, 1, 0)), [1, 16], relu());
    pool(&mut sketch, 2);
    dense(&mut sketch, &[120, 84, 10]);
    sketch.finish(0)
}

/// A convolutional network over 32 × 32 × 3: 264,298 parameters, 10 classes.
pub fn cifar_cnn(seed: u64) -> Network {
    let mut sketch = sketch(32, 32, 3, seed);
    for (outputs, size) in [(32, 2), (64, 4)] {
        convolution(&mut sketch, outputs);
        convolution(&mut sketch, outputs);
        pool(&mut sketch, size);
    }
    dense(&mut sketch, &[192, 10]);
    sketch.finish(0)
}

/// VGG16 over 32 × 32 × 3, its dense layers 512 wide: 15,245,130 parameters, 10 classes.
pub fn vgg16(seed: u64) -> Network {
    let mut sketch = sketch(32, 32, 3, seed);
    for (outputs, times) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)] {
        for _ in 0..times {
            convolution(&mut sketch, outputs);
        }
        pool(&mut sketch, 2);
    }
    dense(&mut sketch, &[512, 512, 10]);
    sketch.finish(0)
}
