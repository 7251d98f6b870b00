//! The prover's half.

use super::Network;
use super::equations::{Contraction, Corner};
use super::kept::{self, NUMBERS};
use super::plan::{Lookup, What};
use super::tables::Table;
use super::view::View;
use super::weights::Weights;
use assay_engine::channel::Prover;
use assay_engine::field::{EF, F, PE, PF, WIDTH};
use assay_engine::mle::eq_table;
use assay_engine::packed::{pack, pack_base, unpack};
use assay_engine::session::{Cancelled, Progress};
use assay_engine::{fraction, inner};
use assay_model::ops::network::{Node, Term, Window};
use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Vectors that one thread takes at a time.
const GRAIN: usize = 512;

impl Network {
    /// Sends the layer's messages, unless it is stopped on the way.
    pub fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled> {
        progress.phase("lookups")?;
        let view = View { layer: self, cells: prover.cells() };
        let (alpha, beta) = (prover.challenge(), prover.challenge());
        {
            let trees = [0, 1].map(|tree| self.tree(tree, &view, [alpha, beta]));
            let mut again = || progress.phase("lookups");
            fraction::prove([&trees[0], &trees[1]], prover, &mut again)?;
        }
        progress.phase("layers")?;
        let corner = Corner::new(&self.plan, prover.challenges(Corner::len(&self.plan)));
        let mut folded = BTreeMap::new();
        for node in 0..self.plan.nodes.len() {
            self.prove_equation(node, &corner, &view, &mut folded, prover);
        }
        self.prove_answer(&view, prover);
        Ok(())
    }

    /// The fractions of a tree.
    fn tree(&self, tree: usize, view: &View<'_>, [alpha, beta]: [EF; 2]) -> fraction::Tree {
        let size = 1 << self.plan.trees[tree];
        let mut numerators = vec![F::ZERO; size];
        let mut denominators = vec![PE::ONE; size / WIDTH];
        let mut short = Vec::new();
        for lookup in self.plan.lookups.iter().filter(|lookup| lookup.tree == tree) {
            let base = alpha - F::from_usize(lookup.table + 1);
            let leaves = lookup.at..lookup.at + (1 << lookup.log);
            if let Some(tuples) = self.tuples(lookup, view) {
                numerators[leaves.clone()].copy_from_slice(&self.uses_of(lookup, view));
                let out = &mut denominators[leaves.start / WIDTH..leaves.end / WIDTH];
                fill_tuples(out, base, beta, &tuples);
                continue;
            }
            let (first, second) = match lookup.what {
                What::Entries => {
                    let uses = view.block(self.plan.uses[lookup.table]);
                    let out = &mut numerators[leaves.clone()];
                    out.iter_mut().zip(uses).for_each(|(out, &count)| *out = -count);
                    let indices = (0..1 << lookup.log).map(F::from_usize).collect::<Vec<_>>();
                    let values = self.plan.tables[lookup.table].values(&self.plan.program);
                    (indices.into(), values.map(Into::into))
                }
                what => {
                    numerators[leaves.clone()].fill(F::ONE);
                    view.looked_up(what)
                }
            };
            if leaves.len() < WIDTH {
                for (i, leaf) in leaves.enumerate() {
                    let second = second.as_ref().map_or(F::ZERO, |second| second[i]);
                    short.push((leaf, base - beta * first[i] - beta * beta * second));
                }
                continue;
            }
            let out = &mut denominators[leaves.start / WIDTH..leaves.end / WIDTH];
            let second = second.as_deref().map(pack_base);
            fill_denominators(out, [base, beta], pack_base(&first), second);
        }
        for (leaf, denominator) in short {
            let mut lanes = unpack(&denominators[leaf / WIDTH..=leaf / WIDTH]);
            lanes[leaf % WIDTH] = denominator;
            denominators[leaf / WIDTH] = pack(&lanes)[0];
        }
        fraction::Tree::new(pack_base(&numerators).to_vec(), denominators)
    }

    /// The tuples of a lookup of hidden values, or of the table that they are looked up in.
    fn tuples(&self, lookup: &Lookup, view: &View<'_>) -> Option<[Vec<F>; NUMBERS]> {
        match (lookup.what, self.plan.tables[lookup.table]) {
            (What::Feature, _) => view.features(),
            (What::Entries, Table::Input { .. }) => {
                let entries = kept::entries(&self.plan.program);
                let mut tuples = [(); NUMBERS].map(|()| vec![F::ZERO; 1 << lookup.log]);
                for (i, entry) in entries.iter().enumerate() {
                    let numbers = tuples.iter_mut().zip(entry.numbers());
                    numbers.for_each(|(column, number)| column[i] = number);
                }
                Some(tuples)
            }
            _ => None,
        }
    }

    /// The numerators of the same.
    fn uses_of(&self, lookup: &Lookup, view: &View<'_>) -> Vec<F> {
        match lookup.what {
            What::Entries => {
                view.block(self.plan.uses[lookup.table]).iter().map(|&count| -count).collect()
            }
            _ => vec![F::ONE; 1 << lookup.log],
        }
    }

    fn prove_equation(
        &self,
        node: usize,
        corner: &Corner,
        view: &View<'_>,
        folded: &mut BTreeMap<usize, Vec<EF>>,
        prover: &mut Prover<'_>,
    ) {
        let Node::Unit { terms, shape, .. } = &self.plan.program.nodes()[node] else { return };
        let weights = corner.weights(*shape);
        for (position, term) in terms.iter().enumerate() {
            let (a, b) = match term {
                Term::Fixed { .. } => continue,
                Term::Mixed { from, .. } => {
                    let Some(contraction) = Contraction::new(&self.plan, node, position) else {
                        continue;
                    };
                    let source = folded
                        .entry(*from)
                        .or_insert_with(|| self.fold_rows(*from, corner.rows(), view));
                    let axes = self.plan.axes(*from);
                    (
                        contraction.fold_inputs(source, &axes, &weights),
                        contraction.fold_parameters(view, &weights),
                    )
                }
                Term::Product { left, right } => {
                    let (left, right) = (view.tensor(*left), view.tensor(*right));
                    let weights = self.spread(node + 1, &weights);
                    let a = weights.iter().zip(left.iter()).map(|(&w, &x)| w * x).collect();
                    let real = weights.iter().map(|&w| w != EF::ZERO);
                    let b = real
                        .zip(right.iter())
                        .map(|(is_real, &x)| if is_real { EF::from(x) } else { EF::ZERO });
                    (a, b.collect())
                }
            };
            prover.hide(dot(&a, &b));
            inner::prove(prover, a, b);
        }
    }

    /// Σ_n rows(n)·x(n, ·) over the padded axes of a tensor.
    fn fold_rows(&self, tensor: usize, rows: &[EF], view: &View<'_>) -> Vec<EF> {
        let [_, height, width, channels] = self.plan.axes(tensor);
        let log = height + width + channels;
        if tensor == 0 {
            return self.fold_input(rows, log);
        }
        let cells = view.tensor(tensor);
        if 1 << log < WIDTH {
            let mut sums = vec![EF::ZERO; 1 << log];
            for (cells, &row) in cells.chunks_exact(1 << log).zip(rows) {
                sums.iter_mut().zip(cells).for_each(|(sum, &cell)| *sum += row * cell);
            }
            return sums;
        }
        let cells = pack_base(&cells);
        let width = (1 << log) / WIDTH;
        let rows: Vec<PE> = rows.iter().map(|&row| PE::from(row)).collect();
        let mut sums = vec![PE::ZERO; width];
        let grain = (GRAIN / rows.len()).max(1);
        sums.par_iter_mut().enumerate().with_min_len(grain).for_each(|(i, sum)| {
            *sum = rows.iter().zip(cells[i..].iter().step_by(width)).map(|(&r, &c)| r * c).sum();
        });
        unpack(&sums)
    }

    fn fold_input(&self, rows: &[EF], log: usize) -> Vec<EF> {
        let axes = self.plan.axes(0);
        let [_, _, width, channels] = self.plan.sizes(0);
        let mut padded = vec![EF::ZERO; 1 << log];
        for (i, x) in self.rows.folded(rows).into_iter().enumerate() {
            let place = [0, i / (width * channels), i / channels % width, i % channels];
            padded[super::view::index(place, &axes)] = x;
        }
        padded
    }

    /// Weights over the padded axes of a tensor.
    fn spread(&self, tensor: usize, weights: &Weights) -> Vec<EF> {
        let product = |outer: Vec<EF>, axis: &[EF], log: usize| -> Vec<EF> {
            let inner = (0..1 << log).map(|i| axis.get(i).copied().unwrap_or(EF::ZERO));
            let inner: Vec<EF> = inner.collect();
            outer.iter().flat_map(|&a| inner.iter().map(move |&b| a * b)).collect()
        };
        let Weights { rows, height, width, channels } = weights;
        let axes = [rows, height, width, channels];
        let logs = self.plan.axes(tensor);
        axes.into_iter()
            .zip(logs)
            .fold(vec![EF::ONE], |outer, (axis, log)| product(outer, axis, log))
    }

    fn prove_answer(&self, view: &View<'_>, prover: &mut Prover<'_>) {
        let answer = &self.plan.answer;
        let tau = prover.challenges(answer.axes.iter().sum());
        let mu = prover.challenge();
        let last = self.plan.nodes.len();
        let real = Weights::real(&tau, &answer.axes, &self.plan.sizes(last));
        let weights = self.spread(last, &real);
        let marks = view.block(answer.marks);
        let margins = view.margin();
        let a = weights.iter().zip(marks).map(|(&w, &mark)| w * mark).collect();
        let b = weights.iter().zip(marks.iter().zip(&margins)).map(|(&w, (&mark, &margin))| {
            if w == EF::ZERO { EF::ZERO } else { mu * margin + (mark - F::ONE) }
        });
        inner::prove(prover, a, b.collect());
        if let Some(answers) = &self.plan.answers {
            // The point at which the verifier compares answers; nothing is sent.
            prover.challenges(answers.log);
        }
        self.prove_own_scores(view, prover);
    }

    /// Proves that the labels' scores are theirs.
    fn prove_own_scores(&self, view: &View<'_>, prover: &mut Prover<'_>) {
        let Some(best) = &self.plan.best else { return };
        let axes = &self.plan.answer.axes;
        let rho = eq_table(&prover.challenges(best.log));
        let scores = view.tensor(self.plan.nodes.len());
        let mut a = vec![EF::ZERO; scores.len()];
        for (n, (&label, rho)) in self.rows.labels().iter().zip(rho).enumerate() {
            a[super::view::index([n, 0, 0, label.into()], axes)] = rho;
        }
        let b: Vec<EF> = scores.iter().map(|&score| score.into()).collect();
        prover.hide(dot(&a, &b));
        inner::prove(prover, a, b);
    }
}

fn fill_denominators(out: &mut [PE], [base, beta]: [EF; 2], first: &[PF], second: Option<&[PF]>) {
    let (base, square, beta) = (PE::from(base), PE::from(beta * beta), PE::from(beta));
    let out = out.par_iter_mut().zip(first).with_min_len(GRAIN);
    match second {
        None => out.for_each(|(out, &first)| *out = base - beta * first),
        Some(second) => out.zip(second).for_each(|((out, &first), &second)| {
            *out = base - beta * first - square * second;
        }),
    }
}

/// α − tag − Σ β^k·(number k).
fn fill_tuples(out: &mut [PE], base: EF, beta: EF, tuples: &[Vec<F>; NUMBERS]) {
    let base = PE::from(base);
    let columns: Vec<(PE, &[PF])> = kept::powers(beta)
        .into_iter()
        .zip(tuples)
        .map(|(power, column)| (PE::from(power), pack_base(column)))
        .collect();
    out.par_iter_mut().enumerate().with_min_len(GRAIN).for_each(|(i, out)| {
        *out = columns.iter().fold(base, |sum, &(power, column)| sum - power * column[i]);
    });
}

impl Contraction<'_> {
    /// Σ over rows and outputs of what a tap reads: a number per [tap, tap, group, input].
    fn fold_inputs(&self, source: &[EF], axes: &[usize; 4], outputs: &Weights) -> Vec<EF> {
        let [vertical, horizontal, groups, inputs] = self.logs();
        let [_, _, width, channels] = axes.map(|log| 1 << log);
        let inner = 1 << (groups + inputs);
        let kernel = self.kernel;
        let mut table = vec![EF::ZERO; inner << (vertical + horizontal)];
        let row_size = inner << horizontal;
        table.par_chunks_exact_mut(row_size).enumerate().for_each(|(v, table)| {
            if self.rows.taps as usize <= v {
                return;
            }
            // First along the height, then along the width.
            let mut line = vec![EF::ZERO; width * channels];
            for_each_pair(self.rows, v as u32, self.size.height, &outputs.height, |y, weight| {
                let cells = &source[y * width * channels..][..width * channels];
                line.iter_mut().zip(cells).for_each(|(sum, &x)| *sum += weight * x);
            });
            for (h, out) in table.chunks_exact_mut(inner).enumerate() {
                if self.columns.taps as usize <= h {
                    break;
                }
                let size = self.size.width;
                for_each_pair(self.columns, h as u32, size, &outputs.width, |x, weight| {
                    let cells = &line[x * channels..][..channels];
                    for (group, cells) in
                        cells.chunks(kernel.inputs).enumerate().take(kernel.groups)
                    {
                        let out = &mut out[group << inputs..];
                        out.iter_mut().zip(cells).for_each(|(out, &x)| *out += weight * x);
                    }
                });
            }
        });
        table
    }

    /// Σ over outputs of the parameters: a number per [tap, tap, group, input].
    fn fold_parameters(&self, view: &View<'_>, outputs: &Weights) -> Vec<EF> {
        let [vertical, horizontal, groups, inputs] = self.logs();
        let kernel = self.kernel;
        let [_, _, outputs_log] = kernel.logs();
        let log = kernel.logs().iter().sum();
        let channels: Vec<Dot> = outputs
            .channels
            .chunks(kernel.outputs)
            .map(|channels| Dot::new(channels, outputs_log))
            .collect();
        let inner = 1 << (groups + inputs);
        let mut table = vec![EF::ZERO; inner << (vertical + horizontal)];
        table.par_chunks_exact_mut(inner).enumerate().for_each(|(tap, out)| {
            let (v, h) = (tap >> horizontal, tap & ((1 << horizontal) - 1));
            let taps = [self.rows.taps, self.columns.taps].map(|taps| taps as usize);
            if taps[0] <= v || taps[1] <= h {
                return;
            }
            let weights = view.parameter(kernel.taps[v * taps[1] + h], log);
            for (group, channels) in channels.iter().enumerate() {
                for input in 0..kernel.inputs {
                    let row = &weights[kernel.row(group, input)..][..1 << outputs_log];
                    out[group << inputs | input] = channels.with(row);
                }
            }
        });
        table
    }
}

/// Weights of a row of parameters.
enum Dot {
    Packed(Vec<PE>),
    Scalar(Vec<EF>),
}

impl Dot {
    /// Behind the last weight there are zeros.
    fn new(weights: &[EF], log: usize) -> Self {
        let mut weights = weights.to_vec();
        weights.resize(1 << log, EF::ZERO);
        if weights.len() < WIDTH { Self::Scalar(weights) } else { Self::Packed(pack(&weights)) }
    }

    fn with(&self, row: &[F]) -> EF {
        match self {
            Self::Scalar(weights) => weights.iter().zip(row).map(|(&w, &x)| w * x).sum(),
            Self::Packed(weights) => {
                let row = PF::pack_slice(row);
                let sum: PE = weights.iter().zip(row).map(|(&w, &x)| w * x).sum();
                unpack(&[sum]).into_iter().sum()
            }
        }
    }
}

/// Calls `each` with the input that each output reads by `tap`, and the output's weight.
fn for_each_pair(
    window: &Window,
    tap: u32,
    size: u32,
    outputs: &[EF],
    mut each: impl FnMut(usize, EF),
) {
    for output in window.outputs_of(tap, size) {
        if let Some(input) = window.input(output, tap, size) {
            each(input as usize, outputs[output as usize]);
        }
    }
}

fn dot(a: &[EF], b: &[EF]) -> EF {
    a.iter().zip(b).map(|(&a, &b)| a * b).sum()
}
