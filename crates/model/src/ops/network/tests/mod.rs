//! Programs, encodings, execution.

mod encoding;
mod exec;
mod input;
mod layout;
mod ranges;
mod reference;
mod rules;
mod windows;

use super::{InputMap, Map, Network, Node, Program, Scale, Shape, Term, Window};
use crate::Ordered;

/// Everything that a program is made of.
#[derive(Clone)]
struct Draft {
    input: InputMap,
    shape: Shape,
    maps: Vec<Map>,
    nodes: Vec<Node>,
}

impl Draft {
    /// A program with a term of every kind and a map of every kind.
    fn sample() -> Self {
        let shape = |height, width, channels| Shape { height, width, channels };
        let [near, half] = [Window::sliding(4, 3, 1, 1), Window::sliding(2, 2, 2, 0)];
        let [four, two] = [Window::identity(4), Window::whole(2)];
        let unit = |terms, shape, quotient_bits, map| Node::Unit {
            terms,
            has_bias: map != 1,
            shape,
            shift: 2,
            quotient_bits,
            map,
        };
        let convolution = vec![
            Term::Mixed { from: 0, rows: near, columns: near, groups: 1, outputs: 4 },
            Term::Fixed {
                from: 0,
                rows: four,
                columns: four,
                channels: Window::placed(4, 1),
                factor: 3,
            },
        ];
        let dense = Term::Mixed { from: 3, rows: two, columns: two, groups: 1, outputs: 3 };
        Self {
            input: identity(-8, 7),
            shape: shape(4, 4, 2),
            maps: vec![
                Map::Identity,
                Map::Clamp { low: 0, high: 7 },
                Map::Table((0..16).map(|i| (i * i) % 11 - 5).collect()),
            ],
            nodes: vec![
                unit(convolution, shape(4, 4, 4), 4, 2),
                Node::Max { from: 1, rows: half, columns: half, shape: shape(2, 2, 4) },
                unit(vec![Term::Product { left: 2, right: 2 }], shape(2, 2, 4), 16, 1),
                unit(vec![dense], Shape::flat(3), 16, 0),
            ],
        }
    }

    /// One dense layer from `features` to `classes`, without a bias.
    fn dense(features: u32, classes: u32, shift: u8, quotient_bits: u8) -> Self {
        let one = Window::identity(1);
        let term = Term::Mixed { from: 0, rows: one, columns: one, groups: 1, outputs: classes };
        let shape = Shape::flat(classes);
        let terms = vec![term];
        Self {
            input: identity(i16::MIN, i16::MAX),
            shape: Shape::flat(features),
            maps: vec![Map::Identity],
            nodes: vec![Node::Unit { terms, has_bias: false, shape, shift, quotient_bits, map: 0 }],
        }
    }

    fn program(self) -> Result<Program, super::Fault> {
        Program::new(self.input, self.shape, self.maps, self.nodes)
    }

    /// With `cells` at the start of the parameters and nothing behind them.
    fn network(self, cells: &[i32]) -> Network {
        let program = self.program().unwrap();
        let mut all = vec![0; program.parameter_layout().cells()];
        all[..cells.len()].copy_from_slice(cells);
        Network::new(program, all).unwrap()
    }
}

/// Rounds to the nearest integer.
fn identity(low: i16, high: i16) -> InputMap {
    InputMap::uniform(Scale { multiplier: 1, shift: 0, offset: 0 }, low, high)
}

/// The code of an integer of at most 24 bits.
fn float(integer: i32) -> Ordered {
    let magnitude = integer.unsigned_abs();
    let Some(log) = magnitude.checked_ilog2() else { return Ordered::ZERO };
    let fraction = (magnitude << (23 - log)) & 0x007f_ffff;
    let sign = u32::from(integer < 0) << 31;
    Ordered::from_f32_bits(sign | (127 + log) << 23 | fraction).unwrap()
}
