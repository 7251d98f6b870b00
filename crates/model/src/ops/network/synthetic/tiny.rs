//! Small networks with every kind of step.

use super::super::{InputMap, Map, Network, Scale, Shape, Term, Window};
use super::sketch::{Finish, Sketch};

/// Returns a random network of a few small tensors: convolutions with strides, padding, dilation,
/// groups and up-sampling, fixed terms of all kinds, products, sums of several terms, maxima,
/// tables. Cells of parameters that nothing reads are random too.
pub fn tiny(seed: u64) -> Network {
    // Its own stream, so that sizes do not depend on how the sketch draws.
    let mut sketch = Sketch::new(InputMap::uniform(SCALE, 0, 0), Shape::flat(1), seed);
    let sizes = [0; 3].map(|_| sketch.number(1, 4) as u32);
    let [height, width, channels] = sizes;
    let shape = Shape { height, width, channels };
    let input = input(&mut sketch, shape);
    let mut sketch = Sketch::new(input, shape, sketch.random.next());
    for _ in 0..sketch.number(1, 5) {
        step(&mut sketch);
    }
    let from = sketch.number(0, sketch.last() as i64) as usize;
    let classes = sketch.number(1, 5) as u32;
    let finish = finish(&mut sketch);
    sketch.dense(from, classes, finish);
    sketch.finish(1 << 29)
}

/// Maps the floats of `[1, 2)` onto `-16..=16`.
const SCALE: Scale = Scale { multiplier: 1, shift: -5, offset: -48 };

fn input(sketch: &mut Sketch, shape: Shape) -> InputMap {
    let counts = [1, shape.channels as usize, shape.cells()];
    let count = counts[sketch.number(0, 2) as usize];
    let scale = |_| {
        let multiplier = sketch.number(1, 1 << 20) as u32;
        Scale { multiplier, shift: 15, offset: -sketch.number(1, 64) as i32 }
    };
    let scales = (0..count).map(scale).collect();
    let (low, high) = (sketch.number(-128, 0) as i16, sketch.number(0, 127) as i16);
    InputMap { scales, low, high }
}

/// Appends a node to the sketch.
fn step(sketch: &mut Sketch) {
    let from = any(sketch);
    let source = sketch.shape(from);
    if sketch.number(0, 4) == 0 {
        let windows = [full(sketch, source.height), full(sketch, source.width)];
        sketch.max(from, windows);
        return;
    }
    // Half of the units keep a shape, so that there are products.
    let shape = if sketch.number(0, 1) == 0 {
        source
    } else {
        let [height, width, channels] = [0; 3].map(|_| sketch.number(1, 4) as u32);
        Shape { height, width, channels }
    };
    let terms = (0..sketch.number(1, 3)).map(|_| term(sketch, shape)).collect();
    let has_bias = sketch.number(0, 1) == 0;
    let finish = finish(sketch);
    sketch.unit(terms, has_bias, shape, finish);
}

fn any(sketch: &mut Sketch) -> usize {
    sketch.number(0, sketch.last() as i64) as usize
}

fn term(sketch: &mut Sketch, shape: Shape) -> Term {
    let from = any(sketch);
    let source = sketch.shape(from);
    let kind = sketch.number(0, 2);
    let same: Vec<usize> =
        (0..=sketch.last()).filter(|&tensor| sketch.shape(tensor) == shape).collect();
    if kind == 0 && !same.is_empty() {
        let [left, right] = [0; 2].map(|_| same[sketch.number(0, same.len() as i64 - 1) as usize]);
        return Term::Product { left, right };
    }
    let rows = window(sketch, source.height, shape.height);
    let columns = window(sketch, source.width, shape.width);
    if kind == 1 {
        let channels = window(sketch, source.channels, shape.channels);
        let factor = [1, -1, 3, -20][sketch.number(0, 3) as usize];
        return Term::Fixed { from, rows, columns, channels, factor };
    }
    let both = [source.channels, shape.channels];
    let divides = |&groups: &u32| both.iter().all(|channels| channels.is_multiple_of(groups));
    let groups: Vec<u32> = (1..=4).filter(divides).collect();
    let groups = groups[sketch.number(0, groups.len() as i64 - 1) as usize];
    Term::Mixed { from, rows, columns, groups, outputs: shape.channels }
}

/// A window that reads something.
fn window(sketch: &mut Sketch, inputs: u32, outputs: u32) -> Window {
    let mut number = |low, high| sketch.number(low, high);
    let window = Window {
        outputs,
        taps: number(1, 3) as u32,
        stride: number(1, 3) as u32,
        dilation: number(1, 3) as u32,
        offset: number(-4, 3) as i32,
        repeat: number(1, 2) as u32,
    };
    if window.reads_something(inputs) { window } else { Window { offset: 0, ..window } }
}

/// A window of which every output reads something.
fn full(sketch: &mut Sketch, inputs: u32) -> Window {
    let outputs = sketch.number(1, 4) as u32;
    let window = window(sketch, inputs, outputs);
    if window.reads_everywhere(inputs) { window } else { Window::identity(inputs) }
}

fn finish(sketch: &mut Sketch) -> Finish {
    let bits = sketch.number(2, 9) as u8;
    let map = match sketch.number(0, 2) {
        0 => Map::Identity,
        1 => Map::Clamp { low: sketch.number(-90, 5) as i16, high: sketch.number(6, 90) as i16 },
        _ => Map::Table((0..1 << bits).map(|_| sketch.number(-200, 200) as i16).collect()),
    };
    Finish { bits, map, weight: sketch.number(1, 200) }
}
