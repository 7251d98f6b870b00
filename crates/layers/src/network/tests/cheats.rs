//! One dishonest prover per rule. Each makes everything that follows from its lie fit the lie.

use super::layer::{Tamper, verdict};
use crate::Goal;
use crate::network::plan::{Kind, LIMB_BITS};
use crate::network::{Execution, Network, Rows};
use assay_engine::field::F;
use assay_model::ops::network::{
    self as model, InputMap, Map, Node, Program, Scale, Shape, Term, Window,
};
use assay_model::{Ordered, Schema, Table};
use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};

/// Rows of small integers: the features of row r are `values[r]`.
pub(super) fn table(values: &[[i16; 4]], labels: &[u16]) -> Table {
    let names = |kind: &str, count| (0..count).map(|i| format!("{kind}{i}")).collect();
    let schema = Schema::new(names("x", 4), "y".into(), names("c", 3)).unwrap();
    let code = |&value: &i16| Ordered::from_f32_bits(f32::from(value).to_bits()).unwrap();
    let values = values.iter().flatten().map(code).collect();
    Table::new(schema, values, labels.to_vec()).unwrap()
}

fn whole(from: usize, shape: Shape, outputs: u32) -> Term {
    let (rows, columns) = (Window::whole(shape.height), Window::whole(shape.width));
    Term::Mixed { from, rows, columns, groups: 1, outputs }
}

fn network(shape: Shape, nodes: Vec<Node>, weight: impl Fn(usize) -> i32) -> model::Network {
    let input = InputMap::uniform(Scale { multiplier: 1, shift: 0, offset: 0 }, -100, 100);
    let maps = vec![Map::Clamp { low: -20, high: 100 }, Map::Identity];
    let program = Program::new(input, shape, maps, nodes).unwrap();
    let cells = program.parameter_layout().cells();
    model::Network::new(program, (0..cells).map(weight).collect()).unwrap()
}

fn unit(terms: Vec<Term>, shape: Shape, map: usize) -> Node {
    Node::Unit { terms, has_bias: true, shape, shift: 3, quotient_bits: 9, map }
}

/// Four features, two taps, three classes.
pub(super) fn dense(map: usize) -> model::Network {
    let shape = Shape { height: 1, width: 2, channels: 2 };
    let weight = |i: usize| (i * 37 % 23) as i32 - 9;
    network(shape, vec![unit(vec![whole(0, shape, 3)], Shape::flat(3), map)], weight)
}

/// Three hidden numbers between features and classes.
pub(super) fn deep() -> model::Network {
    let shape = Shape::flat(4);
    let hidden = unit(vec![whole(0, shape, 3)], Shape::flat(3), 0);
    let last = unit(vec![whole(1, Shape::flat(3), 3)], Shape::flat(3), 1);
    network(shape, vec![hidden, last], |i| (i * 29 % 19) as i32 - 8)
}

/// Three channels at four places, of which the greatest are the scores.
pub(super) fn pooled() -> model::Network {
    let shape = Shape { height: 2, width: 2, channels: 1 };
    let (one, taps) = (Window::identity(2), Window::whole(2));
    let terms = vec![Term::Mixed { from: 0, rows: one, columns: one, groups: 1, outputs: 3 }];
    let wide = unit(terms, Shape { channels: 3, ..shape }, 1);
    let max = Node::Max { from: 1, rows: taps, columns: taps, shape: Shape::flat(3) };
    network(shape, vec![wide, max], |i| [9, -7, 5, 0, 0, 3, 1, 0][i % 8])
}

pub(super) fn rows() -> Table {
    table(&[[1, 20, -3, 44], [50, -6, 7, 8], [-9, 31, 60, 2]], &[0, 1, 2])
}

/// What the rows get after all.
pub(super) fn honest(network: &model::Network, table: &Table) -> Execution {
    let rows = Rows::new(network.program(), table, table.labels()).unwrap();
    rows.execute(network, network.program()).unwrap()
}

/// A prover who claims what its cells say is refused.
#[track_caller]
fn refused(network: &model::Network, table: &Table, execution: &Execution, tamper: Tamper<'_>) {
    let every = 0..=table.rows() as u32;
    for correct in every {
        let goal = Goal::Exactly(correct);
        assert!(verdict(network, table, execution, goal, tamper).is_err(), "{correct} right");
    }
}

/// The same where the network is executed as it should be.
#[track_caller]
fn refused_lie(network: &model::Network, tamper: Tamper<'_>) {
    let table = rows();
    let execution = honest(network, &table);
    let goal = Goal::Exactly(execution.correct(table.labels()) as u32);
    verdict(network, &table, &execution, goal, &|layer, cells| {
        layer.fill_answer(cells);
        layer.fill_uses(cells);
    })
    .unwrap();
    refused(network, &table, &execution, tamper);
}

/// Makes answers and multiplicities fit the scores.
fn settle(layer: &Network, cells: &mut [F]) {
    layer.fill_answer(cells);
    layer.fill_uses(cells);
}

/// The cell of row 1, class `class`, in the quotients, remainders and values of the last unit.
fn last(layer: &Network, class: usize) -> [usize; 3] {
    let node = layer.plan.nodes.last().unwrap();
    let Kind::Unit { quotient, remainder, value, .. } = &node.kind else { unreachable!() };
    let at = |block| layer.columns.block(block).at + (1 << node.axes[3]) + class;
    [at(*quotient), at(remainder[0].0), at(value.unwrap_or(*quotient))]
}

fn mark(layer: &Network, row: usize, class: usize) -> usize {
    let answer = &layer.plan.answer;
    layer.columns.block(answer.marks).at + (row << answer.axes[3]) + class
}

#[test]
fn a_remainder_out_of_range_is_refused() {
    refused_lie(&dense(1), &|layer, cells| {
        let [quotient, remainder, _] = last(layer, 2);
        cells[quotient] += F::ONE;
        cells[remainder] -= F::from_u8(8);
        settle(layer, cells);
    });
}

#[test]
fn a_quotient_that_is_right_modulo_p_alone_is_refused() {
    refused_lie(&dense(1), &|layer, cells| {
        let [quotient, remainder, _] = last(layer, 1);
        // 8·q + r stays the same number of the field.
        let moved = if cells[remainder] == F::ZERO { F::ONE } else { -F::ONE };
        cells[remainder] += moved;
        cells[quotient] -= moved * F::from_u8(8).inverse();
        settle(layer, cells);
    });
}

#[test]
fn a_value_that_the_map_does_not_give_is_refused() {
    refused_lie(&dense(0), &|layer, cells| {
        let [_, _, value] = last(layer, 2);
        cells[value] += F::ONE;
        settle(layer, cells);
    });
}

#[test]
fn a_maximum_that_nothing_attains_is_refused() {
    for step in 0..3 {
        for lie in [F::ONE, -F::ONE] {
            refused_lie(&pooled(), &|layer, cells| {
                let Kind::Max { excess, .. } = &layer.plan.nodes[1].kind else { unreachable!() };
                cells[layer.columns.block(excess[step]).at + 4] += lie;
                settle(layer, cells);
            });
        }
    }
}

#[test]
fn a_maximum_below_another_tap_is_refused() {
    // The last tap instead of the greatest.
    refused_lie(&pooled(), &|layer, cells| {
        let Kind::Max { excess, .. } = &layer.plan.nodes[1].kind else { unreachable!() };
        for class in 0..3 {
            let cell = layer.columns.block(excess[2]).at + 4 + class;
            cells[cell] = F::ZERO;
        }
        cells[layer.columns.block(excess[1]).at + 4] += F::TWO;
        settle(layer, cells);
    });
}

#[test]
fn every_wrong_parameter_is_refused() {
    for network in [dense(1), deep(), pooled()] {
        let table = rows();
        let layout = network.program().parameter_layout();
        let mut places = Vec::new();
        for node in layout.nodes() {
            for kernel in node.terms.iter().flatten() {
                places.push(kernel.taps[kernel.taps.len() - 1] + kernel.row(0, kernel.inputs - 1));
            }
            places.extend(node.bias.map(|bias| bias.at + 1));
        }
        for place in places {
            let mut cells = network.parameters().cells().to_vec();
            cells[place] += 8;
            let other = model::Network::new(network.program().clone(), cells).unwrap();
            refused(&network, &table, &honest(&other, &table), &|_, _| ());
        }
    }
}

#[test]
fn parameters_that_nothing_reads_may_be_anything() {
    let network = deep();
    let kernel = network.program().parameter_layout().nodes()[0].terms[0].clone().unwrap();
    let mut cells = network.parameters().cells().to_vec();
    cells[kernel.taps[0] + kernel.row(0, 0) + 3] += 77;
    let other = model::Network::new(network.program().clone(), cells).unwrap();
    let table = rows();
    let execution = honest(&other, &table);
    assert_eq!(execution.correct(table.labels()), honest(&network, &table).correct(table.labels()));
    let goal = Goal::Exactly(execution.correct(table.labels()) as u32);
    verdict(&other, &table, &execution, goal, &|_, _| ()).unwrap();
}

#[test]
fn another_rows_features_are_refused() {
    for network in [dense(1), deep(), pooled()] {
        let table = rows();
        let values = table.values();
        let swapped = [&values[4..8], &values[0..4], &values[8..12]].concat();
        let other = Table::new(table.schema().clone(), swapped, table.labels().to_vec()).unwrap();
        refused(&network, &table, &honest(&network, &other), &|_, _| ());
    }
}

#[test]
fn a_padding_channel_used_as_data_is_refused() {
    // The fourth hidden channel is padding, and so is the fourth row of the last kernel.
    let network = deep();
    let kernel = network.program().parameter_layout().nodes()[1].terms[0].clone().unwrap();
    let at = kernel.taps[0] + kernel.row(0, 3);
    let mut parameters = network.parameters().cells().to_vec();
    parameters[at + 2] = 8;
    let network = model::Network::new(network.program().clone(), parameters).unwrap();
    let table = rows();
    let execution = honest(&network, &table);
    refused(&network, &table, &execution, &|layer, cells| {
        let hidden = &layer.plan.nodes[0];
        let Kind::Unit { quotient, value: Some(value), .. } = &hidden.kind else { unreachable!() };
        for block in [*quotient, *value] {
            cells[layer.columns.block(block).at + (1 << hidden.axes[3]) + 3] += F::from_u8(50);
        }
        // 50·8 more, which the shift divides by 8.
        let [quotient, _, _] = last(layer, 2);
        cells[quotient] += F::from_u8(50);
        settle(layer, cells);
    });
}

#[test]
fn a_padding_row_does_not_count() {
    // Three rows are padded to four: the fourth holds a marked label.
    refused_lie_beyond(&dense(1), &|layer, cells| {
        for class in 0..3 {
            let cell = mark(layer, 3, class);
            cells[cell] = F::from_bool(class == 0);
        }
        layer.fill_uses(cells);
    });
}

/// A claim of one right answer more than there are.
#[track_caller]
fn refused_lie_beyond(network: &model::Network, tamper: Tamper<'_>) {
    let table = rows();
    let execution = honest(network, &table);
    for goal in [
        Goal::Exactly(execution.correct(table.labels()) as u32 + 1),
        Goal::AtLeast(execution.correct(table.labels()) as u32 + 1),
        Goal::Fewer(execution.correct(table.labels()) as u32),
    ] {
        assert!(verdict(network, &table, &execution, goal, tamper).is_err(), "{goal:?}");
    }
}

#[test]
fn a_count_that_is_off_by_one_is_refused() {
    for lie in [F::ONE, -F::ONE, F::from_u32(1 << 24)] {
        refused_lie_beyond(&dense(1), &|layer, cells| {
            cells[layer.columns.block(layer.plan.answer.distance).at] += lie;
            layer.fill_uses(cells);
        });
    }
}

#[test]
fn a_distance_that_wraps_around_the_field_is_refused() {
    // count − k = −1 = p − 1, in limbs of 16 bits and 15.
    refused_lie_beyond(&dense(1), &|layer, cells| {
        let at = layer.columns.block(layer.plan.answer.distance).at;
        let distance = F::ORDER_U32 - 1;
        let (low, high) = (distance & 0xffff, distance >> LIMB_BITS);
        cells[at] = F::from_u32(low);
        cells[at + 1] = F::from_u32(high);
        cells[at + 2] = F::from_u32(high) * F::from_u16(256);
        layer.fill_uses(cells);
    });
}

#[test]
fn marks_that_are_not_one_hot_are_refused() {
    // Marks of every kind whose sum is one, and those that mark nothing or twice.
    for marks in [[1, 1, -1], [0, 0, 0], [1, 1, 0], [2, -1, 0], [-1, 1, 1], [0, 2, -1]] {
        refused_lie(&dense(1), &|layer, cells| {
            for (class, mark_of) in marks.into_iter().enumerate() {
                let cell = mark(layer, 1, class);
                cells[cell] = F::from_i32(mark_of);
            }
            layer.fill_uses(cells);
        });
    }
}

#[test]
fn a_class_that_is_not_the_greatest_is_refused() {
    for network in [dense(1), pooled()] {
        for class in 0..3 {
            refused_other_class(&network, &rows(), class);
        }
    }
}

/// Marks `class` in row 1, with its own score, or the greatest, as the greatest.
#[track_caller]
fn refused_other_class(network: &model::Network, table: &Table, class: usize) {
    let execution = honest(network, table);
    if usize::from(execution.trace[1].class()) == class {
        return;
    }
    for is_own in [true, false] {
        refused(network, table, &execution, &|layer, cells| {
            for other in 0..3 {
                let cell = mark(layer, 1, other);
                cells[cell] = F::from_bool(other == class);
            }
            if is_own {
                let score = F::from_i16(execution.trace[1].scores()[class]);
                cells[layer.columns.block(layer.plan.answer.top).at + 1] = score;
            }
            layer.fill_uses(cells);
        });
    }
}

/// All weights are one: all scores are equal.
pub(super) fn equal() -> model::Network {
    let shape = Shape { height: 1, width: 2, channels: 2 };
    let node = unit(vec![whole(0, shape, 3)], Shape::flat(3), 1);
    network(shape, vec![node], |_| 1)
}

#[test]
fn a_tie_goes_to_the_lowest_class() {
    let network = equal();
    let table = rows();
    let execution = honest(&network, &table);
    assert_eq!(execution.trace[1].class(), 0);
    for class in 1..3 {
        refused_other_class(&network, &table, class);
    }
}

#[test]
fn wrong_multiplicities_are_refused() {
    refused_lie(&dense(0), &|layer, cells| {
        for &block in &layer.plan.uses {
            let cell = layer.columns.block(block).at;
            cells[cell] += F::ONE;
        }
    });
    refused_lie(&pooled(), &|layer, cells| {
        let cell = layer.columns.block(layer.plan.uses[0]).at;
        cells[cell + 1] -= F::ONE;
    });
}
