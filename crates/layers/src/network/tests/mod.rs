//! Networks of every kind are proven; whoever cheats is not believed.

mod best;
mod cheats;
mod kept;
mod layer;

use super::{Plan, Rows, Unsupported};
use crate::{Goal, Sizes, Unprovable, Weighed};
use assay_engine::security::Terms;
use assay_model::Table;
use assay_model::ops::network::synthetic;
use assay_model::ops::network::{self as model, InputMap, Map, Node, Scale, Shape, Term, Window};
use layer::verdict;

/// Half of the labels are wrong.
fn mixed_labels(network: &model::Network, rows: usize, seed: u64) -> Table {
    let table = synthetic::table(network, rows, seed).unwrap();
    let classes = network.program().classes() as u16;
    let labels = table.labels().iter().enumerate();
    let labels = labels.map(|(i, &label)| if i % 2 == 0 { label } else { (label + 1) % classes });
    Table::new(table.schema().clone(), table.values().to_vec(), labels.collect()).unwrap()
}

#[track_caller]
fn check(network: &model::Network, rows: usize, seed: u64) {
    let table = mixed_labels(network, rows, seed);
    let integers = Rows::new(network.program(), &table, table.labels()).unwrap();
    let execution = integers.execute(network, network.program()).unwrap();
    let correct = execution.correct(table.labels()) as u32;
    let honest = |goal| verdict(network, &table, &execution, goal, &|_, _| ());
    for goal in [Goal::AtLeast(correct), Goal::Exactly(correct), Goal::Fewer(correct + 1)] {
        honest(goal).unwrap_or_else(|fault| panic!("seed {seed}, {rows} rows: {fault}"));
    }
    let class = table.labels()[0];
    // Wide weights take more bits of distance; once is enough.
    for (hit, miss) in [(20_000_000, -1), (11, -9)].into_iter().skip(usize::from(seed != 2)) {
        let weighed = |least| Goal::Weighed(Weighed { class, hit, miss, least });
        let sum = weighed(0).sum(&execution.answers, table.labels());
        assert_eq!(honest(weighed(sum)), Ok(()), "seed {seed}: {hit}, {miss}");
        assert!(honest(weighed(sum + 1)).is_err(), "seed {seed}: {hit}, {miss}");
    }
    for goal in [Goal::AtLeast(correct + 1), Goal::Exactly(correct + 1), Goal::Fewer(correct)] {
        assert!(honest(goal).is_err(), "seed {seed}, {rows} rows: {goal:?}");
    }
}

#[test]
fn a_small_dense_network_is_proven() {
    check(&synthetic::mlp(&[5, 7, 3], 1), 5, 2);
}

#[test]
fn networks_of_every_kind_are_proven() {
    for seed in 0..24 {
        check(&synthetic::tiny(seed), 1 + seed as usize % 5, seed);
    }
}

#[test]
fn a_whole_statement_is_secure_by_its_own_terms() {
    let network = synthetic::lenet5(1);
    let mut terms = Terms::new();
    Plan::new(network.program(), 100).unwrap().security(&mut terms);
    assert!(terms.total().floor() >= 125, "{terms}");
}

#[test]
fn sums_that_would_have_two_quotients_are_refused() {
    let input = InputMap::uniform(Scale { multiplier: 1, shift: 0, offset: 0 }, 0, 1);
    let unit = |shift, quotient_bits| Node::Unit {
        terms: vec![Term::Mixed {
            from: 0,
            rows: Window::whole(1),
            columns: Window::whole(1),
            groups: 1,
            outputs: 2,
        }],
        has_bias: false,
        shape: Shape::flat(2),
        shift,
        quotient_bits,
        map: 0,
    };
    let plan = |shift, bits| {
        let maps = vec![Map::Identity];
        let nodes = vec![unit(shift, bits)];
        let program = model::Program::new(input.clone(), Shape::flat(2), maps, nodes);
        program.map(|program| assert!(Plan::new(&program, 1).is_ok()))
    };
    // A rule of programs; a plan would refuse them too.
    let fault = Err(model::Fault { node: Some(0), rule: model::Rule::SumBits });
    assert_eq!(plan(15, 15), Ok(()));
    assert_eq!(plan(24, 6), Ok(()));
    assert_eq!(plan(15, 16), fault);
    assert_eq!(plan(24, 7), fault);
}

#[test]
fn rows_of_other_features_are_refused() {
    let network = synthetic::mlp(&[5, 3], 1);
    let table = synthetic::table(&synthetic::mlp(&[4, 3], 1), 2, 1).unwrap();
    assert!(Rows::new(network.program(), &table, table.labels()).is_none());
    let table = synthetic::table(&network, 2, 1).unwrap();
    assert!(Rows::new(network.program(), &table, &[0]).is_none());
    let rows = Rows::new(network.program(), &table, table.labels()).unwrap();
    let other = synthetic::mlp(&[5, 4], 1);
    assert_eq!(rows.execute(&other, network.program()).unwrap_err(), Unprovable::Bounds);
    assert_eq!(Plan::new(network.program(), 0).unwrap_err(), Unsupported::Rows);
}

/// A program of maxima, each over the one before, by windows like this one along both axes.
fn maxima(count: usize, windows: [Window; 2]) -> model::Program {
    let input = InputMap::uniform(Scale { multiplier: 1, shift: 0, offset: 0 }, 0, 1);
    let [rows, columns] = windows;
    let max = |from| Node::Max { from, rows, columns, shape: Shape::flat(2) };
    let nodes = (0..count).map(max).collect();
    model::Program::new(input, Shape::flat(2), vec![Map::Identity], nodes).unwrap()
}

#[test]
fn a_few_bytes_ask_for_no_gigabytes_of_columns() {
    // Repeated often enough, one input is read by 2^14 taps along each axis: 2^28 columns.
    let window = |taps| Window { taps, repeat: 1 << 14, ..Window::identity(1) };
    let plan = |taps| Plan::new(&maxima(1, [window(taps); 2]), 1).map(drop);
    assert_eq!(plan(64), Ok(()));
    assert_eq!(plan(65), Err(Unsupported::Taps { node: 0 }));
    assert_eq!(plan(1 << 14), Err(Unsupported::Taps { node: 0 }));
    // Together they count as well.
    let two = |taps| Plan::new(&maxima(2, [window(taps), Window::identity(1)]), 1).map(drop);
    assert_eq!(two(1 << 11), Ok(()));
    assert_eq!(two((1 << 11) + 1), Err(Unsupported::Taps { node: 1 }));
}

#[test]
fn weights_of_rows_are_not_kept_for_each_of_many_terms() {
    // Sixteen times 2^20 rows fit; a seventeenth term, or tap of a maximum, does not.
    let plan = |terms: usize, rows| {
        let input = InputMap::uniform(Scale { multiplier: 1, shift: 0, offset: 0 }, 0, 1);
        let (one, channels) = (Window::identity(1), Window::identity(2));
        let term = Term::Fixed { from: 0, rows: one, columns: one, channels, factor: 1 };
        let unit = Node::Unit {
            terms: vec![term; terms],
            has_bias: false,
            shape: Shape::flat(2),
            shift: 0,
            quotient_bits: 8,
            map: 0,
        };
        let maps = vec![Map::Identity];
        let program = model::Program::new(input, Shape::flat(2), maps, vec![unit]).unwrap();
        Plan::new(&program, rows).map(drop)
    };
    assert_eq!(plan(16, 1 << 20), Ok(()));
    assert_eq!(plan(17, 1 << 20), Err(Unsupported::Readings { node: 0 }));
    let window = Window { taps: 17, repeat: 1 << 14, ..Window::identity(1) };
    let maximum = maxima(1, [window, Window::identity(1)]);
    assert!(Plan::new(&maximum, 1 << 19).is_ok());
    assert_eq!(Plan::new(&maximum, 1 << 20).map(drop), Err(Unsupported::Readings { node: 0 }));
}

#[test]
fn maxima_of_maxima_are_no_stack_without_a_bottom() {
    let plan = |count| Plan::new(&maxima(count, [Window::identity(1); 2]), 1).map(drop);
    assert_eq!(plan(16), Ok(()));
    assert_eq!(plan(17), Err(Unsupported::Nested { node: 16 }));
    assert_eq!(plan(1024), Err(Unsupported::Nested { node: 16 }));
}

#[test]
fn windows_are_walked_along_in_bounded_time() {
    // 2^14 outputs of 2^14 taps each are a rule of no program.
    let plan = |outputs, taps| {
        let input = InputMap::uniform(Scale { multiplier: 1, shift: 0, offset: 0 }, 0, 1);
        let tall = Shape { height: outputs, ..Shape::flat(2) };
        let (one, channels) = (Window::identity(1), Window::identity(2));
        let unit = |from, rows, shape| Node::Unit {
            terms: vec![Term::Fixed { from, rows, columns: one, channels, factor: 1 }],
            has_bias: false,
            shape,
            shift: 0,
            quotient_bits: 8,
            map: 0,
        };
        let wide = Window { outputs, taps, ..Window::identity(1) };
        let nodes = vec![
            unit(0, Window { outputs, repeat: 1 << 14, ..Window::identity(1) }, tall),
            unit(1, wide, tall),
            unit(2, Window::identity(1), Shape::flat(2)),
        ];
        let maps = vec![Map::Identity];
        let program = model::Program::new(input, Shape::flat(2), maps, nodes).unwrap();
        Plan::new(&program, 1).map(drop)
    };
    assert_eq!(plan(1 << 10, 1 << 11), Ok(()));
    assert_eq!(plan(1 << 10, 1 << 12), Err(Unsupported::Windows { node: 1 }));
    assert_eq!(plan(1 << 14, 1 << 14), Err(Unsupported::Windows { node: 1 }));
}
