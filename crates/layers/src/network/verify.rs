//! The verifier's half.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::Network;
use super::equations::{Contraction, Corner};
use super::kept::{self, RowsPlan};
use super::plan::{Kind, LIMB_BITS, Lookup, NodePlan, What};
use super::reader::Reader;
use super::tables::{Table, half};
use super::weights::{Weights, split, sum, through};
use crate::Answers;
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::{EF, F};
use assay_engine::fraction::{self, Leaf};
use assay_engine::inner::{self, Ends};
use assay_engine::linear::Linear;
use assay_engine::mle;
use assay_engine::relations::{Axis, Relation, Relations};
use assay_model::ops::network::{Node, Term, Vector, Window};
use p3_field::PrimeCharacteristicRing;

impl Network {
    /// Records what the claim demands of the cells.
    pub fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        let (alpha, beta) = (verifier.challenge(), verifier.challenge());
        let leaves = fraction::verify(verifier, relations, self.plan.trees)?;
        for (tree, leaf) in leaves.into_iter().enumerate() {
            self.leaves(tree, &leaf, [alpha, beta], &mut Reader::new(self, relations));
        }
        let corner = Corner::new(&self.plan, verifier.challenges(Corner::len(&self.plan)));
        let mut reader = Reader::new(self, relations);
        for node in 0..self.plan.nodes.len() {
            self.equation(node, &corner, verifier, &mut reader)?;
        }
        self.answer(&corner, verifier, &mut reader)?;
        self.tied_answers(verifier, &mut reader);
        self.own_scores(verifier, &mut reader)
    }

    /// Relates the claims on the leaves of a tree to what is looked up, and to the tables.
    fn leaves(&self, tree: usize, leaf: &Leaf, challenges: [EF; 2], reader: &mut Reader<'_>) {
        let mut numerators = Relation::new(leaf.numerator.times(-EF::ONE));
        let mut denominators = Relation::new(leaf.denominator.times(-EF::ONE));
        denominators.add_public(EF::ONE);
        for lookup in self.plan.lookups.iter().filter(|lookup| lookup.tree == tree) {
            let high = leaf.point.len().saturating_sub(lookup.log);
            let Some((high, low)) = leaf.point.split_at_checked(high) else { continue };
            let place = mle::eq_index(high, lookup.at >> lookup.log);
            match lookup.what {
                What::Entries => {
                    let uses = self.plan.uses.get(lookup.table).copied().unwrap_or_default();
                    let id = reader.relations.point(low);
                    numerators.read(-place, self.columns.block(uses), id);
                }
                _ => numerators.add_public(place),
            }
            let factors = Factors::new(place, challenges);
            self.denominator(lookup, low, factors, reader, &mut denominators);
        }
        reader.relations.push(numerators);
        reader.relations.push(denominators);
    }

    /// Adds place·(α − tag − β·first − β²·second − 1), extended to `point`.
    fn denominator(
        &self,
        lookup: &Lookup,
        point: &[EF],
        Factors { place, alpha, first, second, beta }: Factors,
        reader: &mut Reader<'_>,
        out: &mut Relation,
    ) {
        let tag = F::from_usize(lookup.table) + F::ONE;
        out.add_public(place * (alpha - tag - EF::ONE));
        let table = self.plan.tables.get(lookup.table);
        match lookup.what {
            What::Entries => {
                let entries = table.map(|table| table.at(&self.plan.program, point, beta));
                out.add_public(-(place * entries.unwrap_or_default()));
            }
            What::Column(block) => {
                let id = reader.relations.point(point);
                out.read(first, self.columns.block(block), id);
            }
            What::Mapped(quotient, value) => {
                let id = reader.relations.point(point);
                out.read(first, self.columns.block(quotient), id);
                out.read(second, self.columns.block(value), id);
            }
            What::Difference { node, step } => {
                let Some(NodePlan { axes, kind: Kind::Max { excess, bits, .. }, .. }) =
                    self.plan.nodes.get(node)
                else {
                    return;
                };
                let weights = Weights::eq(point, axes);
                out.add_public(first * F::from_usize(half(*bits)));
                reader.maximum(node, step, &weights, first, out);
                reader.tap(node, step.saturating_add(1), &weights, -first, out);
                let id = reader.relations.point(point);
                let block = excess.get(step).copied().unwrap_or_default();
                out.read(second, self.columns.block(block), id);
            }
            What::Margin => {
                let weights = Weights::eq(point, &self.plan.answer.axes);
                reader.margin(&weights, first, out);
            }
            What::Feature => {
                if let Some(hidden) = &self.plan.hidden {
                    self.feature(hidden, point, (place, beta), reader, out);
                }
            }
            What::Ahead => {
                if let Some(best) = &self.plan.best {
                    self.ahead(best, point, [first, second], reader, out);
                }
            }
            What::Rank => {
                if let Some(best) = &self.plan.best {
                    self.rank(best, point, [first, second], reader, out);
                }
            }
            What::Right => {
                let (Some(hidden), Some(plan)) = (&self.plan.hidden, &self.plan.answers) else {
                    return;
                };
                let [low, _] = hidden.halves;
                let id = reader.relations.point(point);
                let half = half(table.map_or(0, Table::bits));
                out.add_public(first * F::from_usize(half));
                out.read(first, self.columns.block(plan.answers), id);
                out.read_row(-first, self.columns.block(low), id, hidden.sizes.labels());
                let right = plan.right.unwrap_or_default();
                out.read(second, self.columns.block(right), id);
            }
        }
    }

    /// Adds −place·(the compressed tuple of a hidden value's cell), extended to `point`.
    fn feature(
        &self,
        hidden: &RowsPlan,
        point: &[EF],
        (place, beta): (EF, EF),
        reader: &mut Reader<'_>,
        out: &mut Relation,
    ) {
        let [name, integer, low_first, low_last, high_first, high_last] =
            kept::powers(beta).map(|power| -(place * power));
        out.add_public(name * hidden.names_at(&self.plan.program, point));
        let id = reader.relations.point(point);
        let ([low, high], [a, b, c, d]) = (hidden.halves, hidden.distances);
        for (block, coeff) in [
            (hidden.integers, integer),
            (low, low_first + low_last),
            (a, -low_first),
            (b, low_last),
            (high, high_first + high_last),
            (c, -high_first),
            (d, high_last),
        ] {
            out.read(coeff, self.columns.block(block), id);
        }
    }

    /// What a unit adds up is its quotient and remainder, at a random point.
    fn equation(
        &self,
        node: usize,
        corner: &Corner,
        verifier: &mut Verifier<'_>,
        reader: &mut Reader<'_>,
    ) -> Result<(), Rejection> {
        let plan = &self.plan;
        let Some(Node::Unit { terms, shape, shift, .. }) = plan.program.nodes().get(node) else {
            return Ok(());
        };
        let Some(NodePlan { axes, kind: Kind::Unit { quotient, remainder, bits, .. }, .. }) =
            plan.nodes.get(node)
        else {
            return Ok(());
        };
        let weights = corner.weights(*shape);
        let mut equation = Relation::default();
        let id = reader.relations.tensor(weights.axes(axes));
        let divisor = EF::from(F::TWO.exp_u64(u64::from(*shift)));
        equation.read(divisor, self.columns.block(*quotient), id);
        equation.add_public(-(divisor * weights.total() * F::from_usize(half(*bits))));
        let mut scale = EF::ONE;
        for &(block, bits) in remainder {
            equation.read(scale, self.columns.block(block), id);
            scale *= F::TWO.exp_u64(u64::try_from(bits).unwrap_or_default());
        }
        let layout = plan.program.parameter_layout().nodes().get(node);
        if let Some(bias) = layout.and_then(|layout| layout.bias) {
            self.bias(bias, &weights, reader, &mut equation);
        }
        for (position, term) in terms.iter().enumerate() {
            match term {
                Term::Fixed { from, rows, columns, channels, factor } => {
                    let size = plan.program.tensor(*from);
                    let ones = |window: &Window| vec![EF::ONE; window.taps.try_into().unwrap_or(0)];
                    let pull = |window, size, outputs: &[EF]| {
                        through(window, size, outputs, &ones(window))
                    };
                    let inputs = Weights {
                        rows: weights.rows.clone(),
                        height: pull(rows, size.height, &weights.height),
                        width: pull(columns, size.width, &weights.width),
                        channels: pull(channels, size.channels, &weights.channels),
                    };
                    let factor = EF::from(F::from_i32(*factor));
                    reader.tensor(*from, &inputs, -factor, &mut equation);
                }
                Term::Mixed { .. } => {
                    let Some(contraction) = Contraction::new(plan, node, position) else {
                        continue;
                    };
                    let claim = verifier.recv()?;
                    equation.add(&claim, -EF::ONE);
                    self.mixed(&contraction, &weights, claim, verifier, reader)?;
                }
                Term::Product { left, right } => {
                    let claim = verifier.recv()?;
                    equation.add(&claim, -EF::ONE);
                    let rounds = axes.iter().fold(0, |sum: usize, &log| sum.saturating_add(log));
                    let Ends { point, a, b } =
                        inner::verify(verifier, reader.relations, claim, rounds)?;
                    let sizes = plan.sizes(node.saturating_add(1));
                    let at = Weights::real(&point, axes, &sizes);
                    relate(*left, &at.times(&weights), &a, reader);
                    relate(*right, &at, &b, reader);
                }
            }
        }
        reader.relations.push(equation);
        Ok(())
    }

    fn bias(
        &self,
        bias: Vector,
        weights: &Weights,
        reader: &mut Reader<'_>,
        equation: &mut Relation,
    ) {
        let Some(block) = reader.parameter(bias.at, bias.log()) else { return };
        let others = sum(&weights.rows) * sum(&weights.height) * sum(&weights.width);
        let id = reader.relations.tensor(vec![Axis::new(bias.log(), weights.channels.clone())]);
        equation.read(-others, block, id);
    }

    /// An inner product of inputs and parameters, both folded.
    fn mixed(
        &self,
        contraction: &Contraction<'_>,
        weights: &Weights,
        claim: Linear,
        verifier: &mut Verifier<'_>,
        reader: &mut Reader<'_>,
    ) -> Result<(), Rejection> {
        let Ends { point, a, b } =
            inner::verify(verifier, reader.relations, claim, contraction.rounds())?;
        let at = split(&point, &contraction.logs()).map(mle::eq_table);
        relate(contraction.from, &contraction.inputs(weights, &at), &a, reader);

        let mut folded = Relation::new(b.times(-EF::ONE));
        for part in contraction.parameters(weights, &at) {
            let log = part.axes.iter().fold(0, |sum: usize, axis| sum.saturating_add(axis.log));
            let id = reader.relations.tensor(part.axes);
            for (start, coeff) in part.starts {
                let Some(block) = reader.parameter(start, log) else { continue };
                folded.read(coeff, block, id);
            }
        }
        reader.relations.push(folded);
        Ok(())
    }

    /// The answers, and how many of them are right.
    fn answer(
        &self,
        corner: &Corner,
        verifier: &mut Verifier<'_>,
        reader: &mut Reader<'_>,
    ) -> Result<(), Rejection> {
        let plan = &self.plan;
        let last = plan.nodes.len();
        let (axes, sizes) = (&plan.answer.axes, plan.sizes(last));
        let rounds = axes.iter().fold(0, |sum: usize, &log| sum.saturating_add(log));
        let tau = verifier.challenges(rounds);
        let mu = verifier.challenge();
        let Ends { point, a, b } =
            inner::verify(verifier, reader.relations, Linear::zero(), rounds)?;
        let at = Weights::real(&point, axes, &sizes);
        let mut first = Relation::new(a.times(-EF::ONE));
        reader.marks(&at.times(&Weights::real(&tau, axes, &sizes)), EF::ONE, &mut first);
        reader.relations.push(first);
        let mut second = Relation::new(b.times(-EF::ONE));
        reader.marks(&at, EF::ONE, &mut second);
        second.add_public(-at.total());
        reader.margin(&at, mu, &mut second);
        reader.relations.push(second);

        let mut one = Relation::default();
        let rows = corner.weights(plan.program.tensor(last));
        let classes = vec![EF::ONE; plan.program.classes()];
        one.add_public(-sum(&rows.rows));
        let every = Weights {
            height: vec![EF::ONE],
            width: vec![EF::ONE],
            channels: classes,
            rows: rows.rows,
        };
        reader.marks(&every, EF::ONE, &mut one);
        reader.relations.push(one);
        self.count(reader.relations);
        Ok(())
    }

    /// Records that a column of answers holds the marked classes, and zeros behind the last row.
    fn tied_answers(&self, verifier: &mut Verifier<'_>, reader: &mut Reader<'_>) {
        let Some(plan) = &self.plan.answers else { return };
        let rho = verifier.challenges(plan.log);
        let mut rows = mle::eq_table(&rho);
        rows.truncate(self.plan.rows);
        let classes = (0..self.plan.program.classes()).map(EF::from_usize).collect();
        let one = || vec![EF::ONE];
        let weights = Weights { rows, height: one(), width: one(), channels: classes };
        let mut relation = Relation::default();
        reader.marks(&weights, EF::ONE, &mut relation);
        let id = reader.relations.point(&rho);
        relation.read(-EF::ONE, self.columns.block(plan.answers), id);
        reader.relations.push(relation);
    }

    /// Adds the sum of what is asserted: the marks at the expected classes, each with its weight, or
    /// the rows that are right by a cell. Answers that nobody knows are what they are.
    fn sum(&self, relations: &mut Relations, out: &mut Relation) {
        match self.plan.kept.answers {
            Answers::Labels => self.marked_labels(relations, out),
            Answers::Best(_) => {
                let Some(plan) = &self.plan.best else { return };
                let every = Axis::new(plan.log, vec![EF::ONE; self.plan.rows]);
                let id = relations.tensor(vec![every]);
                out.read(EF::ONE, self.columns.block(plan.hit), id);
            }
            Answers::OfRows => {
                let Some(plan) = &self.plan.answers else { return };
                let every = Axis::new(plan.log, vec![EF::ONE; self.plan.rows]);
                let id = relations.tensor(vec![every]);
                out.read(EF::ONE, self.columns.block(plan.right.unwrap_or_default()), id);
            }
            // A mark stands in every row, and is its answer.
            Answers::Column | Answers::Hidden => out.add_public(self.goal.target().into()),
        }
    }

    fn marked_labels(&self, relations: &mut Relations, out: &mut Relation) {
        let answer = &self.plan.answer;
        let [_, _, _, channels] = answer.axes;
        let stride = 1_usize.checked_shl(channels.try_into().unwrap_or(u32::MAX)).unwrap_or(0);
        let entries = self.rows.labels().iter().enumerate().take(self.plan.rows);
        let entries = entries.map(|(row, &label)| {
            let class = usize::from(self.goal.expected(label));
            let weight = EF::from(self.goal.weight(label));
            (row.saturating_mul(stride).saturating_add(class), weight)
        });
        let id = relations.sparse(entries.collect());
        out.read(EF::ONE, self.columns.block(answer.marks), id);
    }

    /// Sum ∓ (distance) = target, with a distance of `slack` bits.
    fn count(&self, relations: &mut Relations) {
        let mut count = Relation::new(Linear::public(-EF::from(self.goal.target())));
        self.sum(relations, &mut count);
        let distance = self.columns.block(self.plan.answer.distance);
        let [low, high, scaled] = [0, 1, 2].map(|limb| distance.cell(limb));
        count.read(self.goal.factor(0).into(), low, Relations::CELL);
        count.read(self.goal.factor(LIMB_BITS).into(), high, Relations::CELL);
        relations.push(count);
        // The upper limb is looked up times a power of two as well: it has no more bits than are left.
        let mut upper = Relation::default();
        upper.read(self.upper_scale().into(), high, Relations::CELL);
        upper.read(-EF::ONE, scaled, Relations::CELL);
        relations.push(upper);
    }

    /// What the upper limb of the distance is multiplied with to fill a limb.
    pub(super) fn upper_scale(&self) -> F {
        let free = LIMB_BITS.saturating_mul(2).saturating_sub(self.plan.slack);
        F::TWO.exp_u64(free.try_into().unwrap_or_default())
    }
}

/// The factors of a lookup's leaves.
struct Factors {
    place: EF,
    alpha: EF,
    beta: EF,
    /// −place·β, of the tuple's first number.
    first: EF,
    /// −place·β², of its second.
    second: EF,
}

impl Factors {
    fn new(place: EF, [alpha, beta]: [EF; 2]) -> Self {
        let first = -(place * beta);
        Self { place, alpha, beta, first, second: first * beta }
    }
}

/// Records that an expression is the reading of a tensor.
fn relate(tensor: usize, weights: &Weights, value: &Linear, reader: &mut Reader<'_>) {
    let mut relation = Relation::new(value.times(-EF::ONE));
    reader.tensor(tensor, weights, EF::ONE, &mut relation);
    reader.relations.push(relation);
}
