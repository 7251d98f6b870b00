//! What a network computes: the oracle.

use super::layout::{Kernel, NodeLayout};
use super::{CENTRED_MAX, MODULUS, Network, Node, Shape, Step, Term, Trace, Window, centred};
use crate::Ordered;

/// A product of an entry (16 bits) and a centred number of the field (31 bits), both with their
/// signs, is at most 2^45 in size: so many of them and a centred number fit into 64 bits.
const PRODUCTS: usize = 1 << 17;

impl Network {
    /// Returns the class of `row`, or `None` if it lacks features or if a quotient has too many
    /// bits. Features behind those that the program reads are not looked at.
    pub fn exec(&self, row: &[Ordered]) -> Option<u16> {
        self.run(row).map(|trace| trace.class())
    }

    /// Returns the first number of the last tensor: what a network of one class answers if it answers
    /// with a number. `None` as in [`Network::exec`].
    pub fn number(&self, row: &[Ordered]) -> Option<i32> {
        self.run(row)?.scores().first().map(|&number| i32::from(number))
    }

    /// Returns the rank of `class` among the answers to `row`, from 1 on: that of
    /// [`Trace::rank`], or `None` where there is no answer or no such class.
    pub fn rank(&self, row: &[Ordered], class: u16) -> Option<usize> {
        self.run(row)?.rank(class)
    }

    /// Returns the class of each row of `values`, whose shape is `[row, feature]`.
    pub fn exec_batch(&self, values: &[Ordered]) -> Vec<Option<u16>> {
        values.chunks(self.program().features()).map(|row| self.exec(row)).collect()
    }

    /// Returns every tensor of the execution of `row`, or `None` where [`Network::exec`] does.
    pub fn run(&self, row: &[Ordered]) -> Option<Trace> {
        let row = row.get(..self.program().features())?;
        let integer = |(i, &value)| self.program().input().apply(i, value);
        self.run_integers(row.iter().enumerate().map(integer).collect())
    }

    /// The same of a row that the input's map has been applied to, of as many numbers as features.
    pub fn run_integers(&self, input: Vec<i16>) -> Option<Trace> {
        let program = self.program();
        if input.len() != program.features() {
            return None;
        }
        let mut trace = Trace { input, steps: Vec::with_capacity(program.nodes().len()) };
        for (node, layout) in program.nodes().iter().zip(program.parameter_layout().nodes()) {
            let step = self.step(node, layout, &trace)?;
            trace.steps.push(step);
        }
        Some(trace)
    }

    fn step(&self, node: &Node, layout: &NodeLayout, before: &Trace) -> Option<Step> {
        match node {
            Node::Max { from, rows, columns, shape } => {
                let source = (before.tensor(*from), self.program().tensor(*from));
                Some(Step::Max { values: maximum(source, rows, columns, *shape) })
            }
            Node::Unit { terms, shape, shift, quotient_bits, map, .. } => {
                let mut sums = Sums::new(*shape, self.bias(layout));
                for (term, kernel) in terms.iter().zip(&layout.terms) {
                    self.add(&mut sums, term, kernel.as_ref(), before);
                }
                let map = &self.program().maps()[*map];
                let half = 1 << (quotient_bits - 1);
                let mut quotients = Vec::with_capacity(sums.cells.len());
                let mut remainders = Vec::with_capacity(sums.cells.len());
                for sum in sums.centred() {
                    // An arithmetic shift rounds down.
                    let quotient = sum >> shift;
                    if !(-half..half).contains(&quotient) {
                        return None;
                    }
                    quotients.push(quotient as i16);
                    remainders.push((sum - (quotient << shift)) as u32);
                }
                let values = quotients.iter().map(|&q| map.apply(q, *quotient_bits)).collect();
                Some(Step::Unit { quotients, remainders, values })
            }
        }
    }

    fn bias(&self, layout: &NodeLayout) -> Option<&[i32]> {
        let bias = layout.bias?;
        Some(&self.parameters().cells()[bias.at..bias.at + bias.channels])
    }

    fn add(&self, sums: &mut Sums, term: &Term, kernel: Option<&Kernel>, before: &Trace) {
        let source = |from: usize| (before.tensor(from), self.program().tensor(from));
        match (term, kernel) {
            (Term::Fixed { from, rows, columns, channels, factor }, _) => {
                sums.add_fixed(source(*from), [rows, columns, channels], *factor);
            }
            (Term::Mixed { from, rows, columns, .. }, Some(kernel)) => {
                sums.add_mixed(source(*from), [rows, columns], kernel, self.parameters().cells());
            }
            (Term::Product { left, right }, _) => {
                sums.add_product(before.tensor(*left), before.tensor(*right));
            }
            (Term::Mixed { .. }, None) => unreachable!("a layout has a kernel for each mixed term"),
        }
    }
}

/// A tensor and its shape.
type Source<'a> = (&'a [i16], Shape);

/// Accumulators, right modulo the order of the field.
struct Sums {
    shape: Shape,
    cells: Vec<i64>,
    /// No accumulator has had more products added since it was last reduced.
    products: usize,
}

impl Sums {
    fn new(shape: Shape, bias: Option<&[i32]>) -> Self {
        let mut cells = vec![0; shape.cells()];
        if let Some(bias) = bias {
            for place in cells.chunks_exact_mut(bias.len()) {
                for (cell, &bias) in place.iter_mut().zip(bias) {
                    *cell = i64::from(bias);
                }
            }
        }
        Self { shape, cells, products: 0 }
    }

    /// Makes room for so many more products in every accumulator.
    fn reserve(&mut self, products: usize) {
        if PRODUCTS < self.products + products {
            for cell in &mut self.cells {
                *cell = i64::from(centred(*cell));
            }
            self.products = 0;
        }
        self.products += products;
    }

    fn centred(self) -> impl Iterator<Item = i32> {
        let half = i64::from(CENTRED_MAX);
        let is_centred = move |sum: i64| -half <= sum && sum <= half;
        self.cells.into_iter().map(move |sum| {
            // Nearly always the case, and a division is slow.
            if is_centred(sum) { sum as i32 } else { centred(sum) }
        })
    }

    fn add_product(&mut self, left: &[i16], right: &[i16]) {
        self.reserve(1);
        for ((cell, &left), &right) in self.cells.iter_mut().zip(left).zip(right) {
            *cell += i64::from(left) * i64::from(right);
        }
    }

    fn add_fixed(&mut self, (values, size): Source<'_>, windows: [&Window; 3], factor: i32) {
        let [rows, columns, channels] = windows;
        for channel_tap in 0..channels.taps {
            let outputs = channels.outputs_of(channel_tap, size.channels);
            let inputs: Vec<(usize, usize)> = outputs
                .filter_map(|output| {
                    let input = channels.input(output, channel_tap, size.channels)?;
                    Some((output as usize, input as usize))
                })
                .collect();
            for_each_tap(size, [rows, columns], |_, places| {
                self.reserve(1);
                let width = self.shape.channels as usize;
                for (output, input) in places {
                    let values = &values[input * size.channels as usize..];
                    let cells = &mut self.cells[output * width..][..width];
                    for &(output, input) in &inputs {
                        cells[output] += i64::from(values[input]) * i64::from(factor);
                    }
                }
            });
        }
    }

    fn add_mixed(
        &mut self,
        (values, size): Source<'_>,
        windows: [&Window; 2],
        kernel: &Kernel,
        parameters: &[i32],
    ) {
        for_each_tap(size, windows, |tap, places| {
            self.reserve(kernel.inputs);
            let weights = &parameters[kernel.taps[tap]..];
            let width = self.shape.channels as usize;
            for (output, input) in places {
                let values = &values[input * size.channels as usize..][..size.channels as usize];
                let cells = &mut self.cells[output * width..][..width];
                add_place(cells, values, kernel, weights);
            }
        });
    }
}

/// Adds what the inputs at one place give to the outputs at another, by one tap.
fn add_place(cells: &mut [i64], values: &[i16], kernel: &Kernel, weights: &[i32]) {
    let [_, inputs_log, outputs_log] = kernel.logs();
    let groups = values.chunks_exact(kernel.inputs).zip(cells.chunks_exact_mut(kernel.outputs));
    for (group, (values, cells)) in groups.enumerate() {
        for (input, &value) in values.iter().enumerate() {
            if value == 0 {
                continue;
            }
            let row = (group << inputs_log | input) << outputs_log;
            for (cell, &weight) in cells.iter_mut().zip(&weights[row..][..kernel.outputs]) {
                *cell += i64::from(value) * i64::from(weight);
            }
        }
    }
}

/// Calls `each` for every tap of two windows, with its number and the pairs (output place, input
/// place) that it joins.
fn for_each_tap(
    size: Shape,
    [rows, columns]: [&Window; 2],
    mut each: impl FnMut(usize, &mut dyn Iterator<Item = (usize, usize)>),
) {
    for row_tap in 0..rows.taps {
        for column_tap in 0..columns.taps {
            let mut places = rows.outputs_of(row_tap, size.height).flat_map(|row| {
                let from = rows.input(row, row_tap, size.height);
                columns.outputs_of(column_tap, size.width).filter_map(move |column| {
                    let input = columns.input(column, column_tap, size.width)?;
                    let output = row as usize * columns.outputs as usize + column as usize;
                    Some((output, from? as usize * size.width as usize + input as usize))
                })
            });
            each((row_tap * columns.taps + column_tap) as usize, &mut places);
        }
    }
}

fn maximum((values, size): Source<'_>, rows: &Window, columns: &Window, shape: Shape) -> Vec<i16> {
    let width = shape.channels as usize;
    let mut maxima = vec![i16::MIN; shape.cells()];
    for_each_tap(size, [rows, columns], |_, places| {
        for (output, input) in places {
            let maxima = &mut maxima[output * width..][..width];
            for (maximum, &value) in maxima.iter_mut().zip(&values[input * width..]) {
                *maximum = value.max(*maximum);
            }
        }
    });
    maxima
}

const _: () = assert!(PRODUCTS as i64 * (1 << 45) + MODULUS < i64::MAX);
