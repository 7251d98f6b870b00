//! A second execution, written straight from the definitions: one output at a time, every index
//! computed by its formula, sums in 128 bits that are reduced at the end only.

use super::super::{Map, Network, Node, Shape, Term, Window};
use crate::Ordered;

const P: i128 = 2_130_706_433;

/// `[h][w][c]`.
pub(super) type Tensor = Vec<Vec<Vec<i128>>>;

/// What each node computes: sums, quotients, values; as far as the row has an answer.
pub(super) struct Reference {
    pub(super) tensors: Vec<Tensor>,
    pub(super) quotients: Vec<Tensor>,
    pub(super) remainders: Vec<Tensor>,
    pub(super) class: Option<u16>,
}

pub(super) fn run(network: &Network, row: &[Ordered]) -> Reference {
    let program = network.program();
    let size = program.tensor(0);
    let mut features = row.iter().enumerate();
    let input = tensor(size, |_| {
        let (index, &value) = features.next().unwrap();
        i128::from(program.input().apply(index, value))
    });
    let mut all =
        Reference { tensors: vec![input], quotients: vec![], remainders: vec![], class: None };
    for (index, node) in program.nodes().iter().enumerate() {
        let shape = node.shape();
        let sum = |at| cell(network, &all.tensors, index, at);
        let sums = tensor(shape, sum);
        let Node::Unit { shift, quotient_bits, map, .. } = node else {
            all.tensors.push(sums);
            all.quotients.push(vec![]);
            all.remainders.push(vec![]);
            continue;
        };
        let (divisor, half) = (1_i128 << shift, 1_i128 << (quotient_bits - 1));
        let quotients = each(&sums, |sum| sum.div_euclid(divisor));
        if quotients.iter().flatten().flatten().any(|&q| q < -half || half <= q) {
            return all;
        }
        all.tensors.push(each(&quotients, |q| match &program.maps()[*map] {
            Map::Identity => q,
            Map::Clamp { low, high } => q.clamp((*low).into(), (*high).into()),
            Map::Table(values) => values[usize::try_from(q + half).unwrap()].into(),
        }));
        all.remainders.push(each(&sums, |sum| sum.rem_euclid(divisor)));
        all.quotients.push(quotients);
    }
    let scores = &all.tensors.last().unwrap()[0][0];
    let best = scores.iter().max().unwrap();
    all.class = scores.iter().position(|score| score == best).map(|class| class as u16);
    all
}

fn tensor(shape: Shape, mut cell: impl FnMut([i128; 3]) -> i128) -> Tensor {
    let axis = |size: u32| 0..i128::from(size);
    let mut all = vec![];
    for h in axis(shape.height) {
        let mut line = vec![];
        for w in axis(shape.width) {
            line.push(axis(shape.channels).map(|c| cell([h, w, c])).collect());
        }
        all.push(line);
    }
    all
}

fn each(tensor: &Tensor, change: impl Fn(i128) -> i128 + Copy) -> Tensor {
    let line = |line: &Vec<Vec<i128>>| -> Vec<Vec<i128>> {
        line.iter().map(|cells| cells.iter().map(|&cell| change(cell)).collect()).collect()
    };
    tensor.iter().map(line).collect()
}

/// `⌊(o·stride + k·dilation + offset) / repeat⌋`.
fn index(window: &Window, output: i128, tap: i128) -> i128 {
    let place = output * i128::from(window.stride) + tap * i128::from(window.dilation);
    (place + i128::from(window.offset)).div_euclid(window.repeat.into())
}

fn get(tensor: &Tensor, [h, w, c]: [i128; 3]) -> Option<i128> {
    let place = |index: i128| usize::try_from(index).ok();
    tensor.get(place(h)?)?.get(place(w)?)?.get(place(c)?).copied()
}

fn taps(windows: &[&Window]) -> Vec<Vec<i128>> {
    let mut all = vec![vec![]];
    for window in windows {
        let longer = |taps: &Vec<i128>| -> Vec<Vec<i128>> {
            (0..window.taps).map(|tap| [taps.clone(), vec![tap.into()]].concat()).collect()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

/// The centred sum of a unit, or the maximum.
fn cell(network: &Network, tensors: &[Tensor], node: usize, at: [i128; 3]) -> i128 {
    let program = network.program();
    let layout = &program.parameter_layout().nodes()[node];
    let cells = network.parameters().cells();
    let (terms, bias) = match &program.nodes()[node] {
        Node::Max { from, rows, columns, .. } => {
            let reads = |tap: Vec<i128>| {
                let [h, w] = [index(rows, at[0], tap[0]), index(columns, at[1], tap[1])];
                get(&tensors[*from], [h, w, at[2]])
            };
            return taps(&[rows, columns]).into_iter().filter_map(reads).max().unwrap();
        }
        Node::Unit { terms, .. } => {
            let bias = layout.bias.map_or(0, |bias| cells[bias.at + at[2] as usize]);
            (terms, bias)
        }
    };
    let mut sum = i128::from(bias);
    for (place, term) in terms.iter().enumerate() {
        match term {
            Term::Fixed { from, rows, columns, channels, factor } => {
                for tap in taps(&[rows, columns, channels]) {
                    let h = index(rows, at[0], tap[0]);
                    let w = index(columns, at[1], tap[1]);
                    let c = index(channels, at[2], tap[2]);
                    let value = get(&tensors[*from], [h, w, c]).unwrap_or(0);
                    sum += value * i128::from(*factor);
                }
            }
            Term::Mixed { from, rows, columns, groups, outputs } => {
                let size = program.tensor(*from);
                let [ins, outs] = [size.channels / groups, outputs / groups].map(i128::from);
                let padded = |size: i128| {
                    (0..).map(|log| 1_i128 << log).find(|&power| size <= power).unwrap()
                };
                let (g, j) = (at[2] / outs, at[2] % outs);
                for tap in taps(&[rows, columns]) {
                    let [h, w] = [index(rows, at[0], tap[0]), index(columns, at[1], tap[1])];
                    let kernel = layout.terms[place].as_ref().unwrap();
                    let start = kernel.taps[(tap[0] * i128::from(columns.taps) + tap[1]) as usize];
                    for i in 0..ins {
                        let value = get(&tensors[*from], [h, w, g * ins + i]).unwrap_or(0);
                        let weight = (g * padded(ins) + i) * padded(outs) + j;
                        sum += value * i128::from(cells[start + weight as usize]);
                    }
                }
            }
            Term::Product { left, right } => {
                sum += get(&tensors[*left], at).unwrap() * get(&tensors[*right], at).unwrap();
            }
        }
    }
    let least = sum.rem_euclid(P);
    if (P - 1) / 2 < least { least - P } else { least }
}
