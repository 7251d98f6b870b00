//! Rows and answers that are cells: agreement with execution, and one dishonest prover per rule.

use super::cheats::{deep, dense, honest, pooled, rows};
use super::layer::{Tamper, alone};
use crate::network::kept::{entries, entry_of};
use crate::network::plan::{Plan, Unsupported};
use crate::network::{Execution, Network, Rows};
use crate::{Answers, Claim, Goal, Kept, Labels, Weighed, scored};
use assay_engine::field::F;
use assay_engine::session::Rejection;
use assay_model::ops::network::{self as model, InputMap, Map, Node, Program, Scale, Shape};
use assay_model::ops::network::{Term, Window, synthetic};
use assay_model::{Ordered, SplitMix64, Table};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

/// A score of hidden rows.
fn scored(
    network: &model::Network,
    table: &Table,
    execution: &Execution,
    goal: Goal,
    tamper: Tamper<'_>,
) -> Result<(), Rejection> {
    let rows = scored::Rows::Committed(Some(table));
    alone(network, Claim { rows, labels: Labels::OfRows, goal }, execution, tamper).verdict()
}

/// The answers of rows, in a column or nowhere.
fn answered(
    network: &model::Network,
    rows: scored::Rows<'_>,
    is_column: bool,
    tamper: Tamper<'_>,
) -> Result<(), Rejection> {
    let table = rows.table().unwrap();
    let execution = honest(network, table);
    let answers = Some(&execution.answers[..]);
    let labels = if is_column { Labels::Answers(answers) } else { Labels::Hidden(answers) };
    let goal = Goal::Answers(table.rows() as u32);
    alone(network, Claim { rows, labels, goal }, &execution, tamper).verdict()
}

/// Rows of floats of every size and sign that `network` answers, half of them with their label.
fn wild(network: &model::Network, count: usize, seed: u64) -> Option<Table> {
    let mut random = SplitMix64::new(seed);
    let features = network.program().features();
    let mut values = Vec::new();
    for _ in 0..200 {
        let mut value = |i: usize| match (i, random.below(8)) {
            (_, 0) => Ordered::ZERO,
            (_, 1) => Ordered::MIN,
            (_, 2) => Ordered::MAX,
            // What would be beside minus zero.
            (_, 3) => Ordered::new(0x7fff_fffe).unwrap(),
            (_, 4..6) => Ordered::new(random.below(1 << 32) as u32).unwrap_or(Ordered::ZERO),
            _ => Ordered::from_f32_bits((random.below(200) as f32 - 100.0).to_bits()).unwrap(),
        };
        let row: Vec<Ordered> = (0..features).map(&mut value).collect();
        if network.exec(&row).is_some() && values.len() < count * features {
            values.extend(row);
        }
    }
    let labelled = synthetic::table(network, count, seed).ok()?;
    let classes = network.program().classes() as u16;
    let answers = network.exec_batch(&values).into_iter().enumerate();
    let labels = answers.map(|(i, class)| (class.unwrap() + (i % 2) as u16) % classes).collect();
    Table::new(labelled.schema().clone(), values, labels).ok().filter(|t| t.rows() == count)
}

#[track_caller]
fn check(network: &model::Network, table: &Table) {
    let execution = honest(network, table);
    let correct = execution.correct(table.labels()) as u32;
    let verdict = |goal| scored(network, table, &execution, goal, &|_, _| ());
    for goal in [Goal::AtLeast(correct), Goal::Exactly(correct), Goal::Fewer(correct + 1)] {
        assert_eq!(verdict(goal), Ok(()), "{goal:?}");
    }
    for goal in [Goal::AtLeast(correct + 1), Goal::Exactly(correct + 1), Goal::Fewer(correct)] {
        assert!(verdict(goal).is_err(), "{goal:?}");
    }
    for rows in [scored::Rows::Public(table), scored::Rows::Committed(Some(table))] {
        for is_column in [false, true] {
            assert_eq!(answered(network, rows, is_column, &|_, _| ()), Ok(()));
        }
    }
}

#[test]
fn hidden_rows_of_every_kind_of_network_agree_with_execution() {
    let mut checked = 0;
    for seed in 0..7 {
        let network = synthetic::tiny(seed);
        let Some(table) = wild(&network, 1 + seed as usize % 4, seed) else { continue };
        check(&network, &table);
        checked += 1;
    }
    assert!(checked >= 5, "{checked}");
    let network = synthetic::mlp(&[5, 7, 3], 1);
    check(&network, &wild(&network, 17, 3).unwrap());
    check(&pooled(), &rows());
}

#[test]
fn public_labels_of_hidden_rows_are_compared() {
    let (network, table) = (deep(), rows());
    let execution = honest(&network, &table);
    let rows = scored::Rows::Committed(Some(&table));
    let verdict = |labels: &[u16]| {
        let claim = Claim { rows, labels: Labels::Public(labels), goal: Goal::Answers(3) };
        alone(&network, claim, &execution, &|_, _| ()).verdict()
    };
    assert_eq!(verdict(&execution.answers), Ok(()));
    for row in 0..3 {
        let mut wrong = execution.answers.clone();
        wrong[row] = (wrong[row] + 1) % 3;
        assert!(verdict(&wrong).is_err(), "row {row}");
    }
}

/// A prover who claims what its cells say of hidden rows is refused, where a lie may make rows right
/// or wrong.
#[track_caller]
fn refused(network: &model::Network, executed: &Table, what: &str, tamper: Tamper<'_>) {
    let execution = honest(network, executed);
    for correct in 0..=executed.rows() as u32 {
        let goal = Goal::Exactly(correct);
        let got = scored(network, executed, &execution, goal, tamper);
        assert!(got.is_err(), "{what}, {correct} right");
    }
}

/// The same where as many rows are right as without the lie.
#[track_caller]
fn refused_as_many(network: &model::Network, executed: &Table, what: &str, tamper: Tamper<'_>) {
    let execution = honest(network, executed);
    let goal = Goal::Exactly(execution.correct(executed.labels()) as u32);
    assert!(scored(network, executed, &execution, goal, tamper).is_err(), "{what}");
}

/// The cell of a value of hidden rows, in each of their blocks: halves, distances, integers.
fn places(layer: &Network, row: usize, cell: usize) -> [usize; 7] {
    let hidden = layer.plan.hidden.unwrap();
    let [low, high] = hidden.halves;
    let [a, b, c, d] = hidden.distances;
    [low, high, a, b, c, d, hidden.integers]
        .map(|block| layer.columns.block(block).at + (row << hidden.sizes.row_log()) + cell)
}

/// Puts other halves into a cell, and distances that fit the entry that was there.
fn put(layer: &Network, cells: &mut [F], (row, cell): (usize, usize), halves: [i64; 2]) {
    let [low, high, a, b, c, d, _] = places(layer, row, cell);
    for ((half, [before, behind]), value) in
        [low, high].into_iter().zip([[a, b], [c, d]]).zip(halves)
    {
        let moved = F::from_i64(value) - cells[half];
        cells[half] += moved;
        cells[before] += moved;
        cells[behind] -= moved;
    }
}

/// Makes everything that follows from hidden rows and answers fit them.
fn settle(layer: &Network, cells: &mut [F]) {
    layer.fill_right(cells);
    layer.fill_uses(cells);
}

#[test]
fn an_integer_of_other_rows_is_refused() {
    // All is executed for other rows; the halves, and all that is looked up of them, are the rows'.
    let (network, table) = (dense(1), rows());
    let mut values = table.values().to_vec();
    values.swap(0, 1);
    let other = Table::new(table.schema().clone(), values, table.labels().to_vec()).unwrap();
    let code = table.row(0)[0].get();
    let halves = [code & 0xffff, code >> 16];
    refused_as_many(
        &network,
        &other,
        "distances to an entry of another integer",
        &|layer, cells| {
            let entries = entries(network.program());
            let entry = entry_of(&entries, 2, halves).unwrap();
            let [low, high] = halves;
            let distances = [
                low - entry.low[0],
                entry.low[1] - low,
                high - entry.high[0],
                entry.high[1] - high,
            ];
            let values = [[low, high].as_slice(), &distances].concat();
            for (place, value) in places(layer, 0, 0).into_iter().zip(values) {
                cells[place] = F::from_u32(value);
            }
            settle(layer, cells);
        },
    );
    refused_as_many(&network, &other, "distances that are none", &|layer, cells| {
        put(layer, cells, (0, 0), halves.map(i64::from));
        settle(layer, cells);
    });
}

#[test]
fn halves_that_are_none_are_refused() {
    let (network, table) = (dense(1), rows());
    let code = i64::from(table.row(1)[2].get());
    let (low, high) = (code & 0xffff, code >> 16);
    for (what, halves) in [
        ("a lower half of 17 bits", [low + (1 << 16), high - 1]),
        ("a negative lower half", [low - (1 << 16), high + 1]),
    ] {
        refused_as_many(&network, &table, what, &|layer, cells| {
            put(layer, cells, (1, 2), halves);
            settle(layer, cells);
        });
    }
}

#[test]
fn codes_that_no_float_has_are_refused() {
    let (network, table) = (dense(1), rows());
    for (value, code) in [
        (Ordered::ZERO, 0x7fff_ffff_i64),
        (Ordered::MAX, 0xff80_0000),
        (Ordered::MAX, 0xffff_ffff),
        (Ordered::MIN, 0x007f_ffff),
        (Ordered::MIN, 0),
    ] {
        let mut values = table.values().to_vec();
        values[6] = value;
        let labels = table.labels().to_vec();
        let table = Table::new(table.schema().clone(), values, labels).unwrap();
        refused_as_many(&network, &table, &format!("{code:#x}"), &|layer, cells| {
            put(layer, cells, (1, 2), [code & 0xffff, code >> 16]);
            settle(layer, cells);
        });
    }
}

#[test]
fn labels_and_padding_are_what_a_table_has() {
    let (network, table) = (dense(1), rows());
    let lie = |(what, place, halves): (&str, (usize, usize), [i64; 2]), may_count: bool| {
        let tamper = |layer: &Network, cells: &mut [F]| {
            put(layer, cells, place, halves);
            settle(layer, cells);
        };
        match may_count {
            true => refused(&network, &table, what, &tamper),
            false => refused_as_many(&network, &table, what, &tamper),
        }
    };
    lie(("an undeclared label", (1, 4), [3, 0]), true);
    lie(("a negative label", (1, 4), [-1, 0]), true);
    let label = i64::from(table.labels()[1]);
    for case in [
        ("a label with an upper half", (1, 4), [label, 1]),
        ("a cell behind the label", (1, 5), [1, 0]),
        ("a row behind the last", (3, 0), [1, 0]),
        ("a label behind the last row", (3, 4), [1, 0]),
        ("an upper half behind the last row", (3, 2), [0, 1]),
    ] {
        lie(case, false);
    }
    // An integer behind the last row would be read by whatever reads all rows.
    refused_as_many(&network, &table, "an integer behind the last row", &|layer, cells| {
        let [.., integer] = places(layer, 3, 0);
        cells[integer] = F::ONE;
        settle(layer, cells);
    });
}

#[test]
fn a_mark_that_a_row_is_right_is_true() {
    let (network, table) = (deep(), rows());
    for row in 0..3 {
        refused(&network, &table, &format!("row {row}"), &|layer, cells| {
            let right = layer.plan.answers.unwrap().right.unwrap();
            let at = layer.columns.block(right).at + row;
            cells[at] = F::ONE - cells[at];
            layer.fill_uses(cells);
        });
    }
}

#[test]
fn a_row_behind_the_last_is_not_right() {
    // It is marked, since nothing is nothing; it is not counted.
    let (network, table) = (deep(), rows());
    let execution = honest(&network, &table);
    let correct = execution.correct(table.labels()) as u32;
    for goal in [Goal::Exactly(correct + 1), Goal::Exactly(correct + 13)] {
        if goal.is_stated_for(16) {
            assert!(scored(&network, &table, &execution, goal, &|_, _| ()).is_err(), "{goal:?}");
        }
    }
}

#[test]
fn an_answer_that_is_not_marked_is_refused() {
    // The column says that the label is the answer; the marks do not.
    let (network, table) = (deep(), rows());
    let wrong =
        honest(&network, &table).answers.iter().zip(table.labels()).position(|(a, b)| a != b);
    let wrong = wrong.unwrap();
    refused(&network, &table, "a label as answer", &|layer, cells| {
        let column = layer.columns.block(layer.plan.answers.unwrap().answers);
        cells[column.at + wrong] = F::from_u16(table.labels()[wrong]);
        settle(layer, cells);
    });
}

#[test]
fn a_column_holds_the_answers_and_nothing_else() {
    let (network, table) = (deep(), rows());
    for rows in [scored::Rows::Public(&table), scored::Rows::Committed(Some(&table))] {
        for row in [0, 2, 3, 15] {
            let got = answered(&network, rows, true, &|layer, cells| {
                let column = layer.columns.block(layer.plan.answers.unwrap().answers);
                cells[column.at + row] += F::ONE;
            });
            assert!(got.is_err(), "row {row}");
        }
    }
}

#[test]
fn wrong_multiplicities_are_refused() {
    let (network, table) = (dense(1), rows());
    let tables = Plan::with(network.program(), 3, 0, kept(Answers::OfRows)).unwrap().tables.len();
    for changed in 0..tables {
        refused_as_many(&network, &table, &format!("table {changed}"), &|layer, cells| {
            let at = layer.columns.block(layer.plan.uses[changed]).at;
            cells[at] += F::ONE;
            cells[at + 1] -= F::ONE;
        });
    }
}

fn kept(answers: Answers) -> Kept {
    Kept { rows: true, answers }
}

#[test]
fn claims_that_do_not_fit_have_no_layer() {
    let (network, table) = (deep(), rows());
    let fits = |kept, rows, labels, goal| Claim { rows, labels, goal }.fits(kept);
    let (hidden, public) = (scored::Rows::Committed(None), scored::Rows::Public(&table));
    let (score, answers) = (Goal::AtLeast(1), Goal::Answers(3));
    let labels = Labels::Public(table.labels());
    assert!(fits(kept(Answers::OfRows), hidden, Labels::OfRows, score));
    assert!(!fits(kept(Answers::OfRows), public, Labels::OfRows, score));
    assert!(!fits(kept(Answers::OfRows), hidden, labels, score));
    assert!(!fits(kept(Answers::OfRows), hidden, Labels::OfRows, answers));
    let weighed = Goal::Weighed(Weighed { class: 0, hit: 1, miss: 0, least: 0 });
    assert!(!fits(kept(Answers::OfRows), hidden, Labels::OfRows, weighed));
    assert!(fits(kept(Answers::Column), hidden, Labels::Answers(None), answers));
    assert!(!fits(kept(Answers::Column), hidden, Labels::Answers(None), score));
    assert!(!fits(kept(Answers::Hidden), hidden, Labels::Hidden(None), score));
    assert!(!fits(Kept::default(), hidden, labels, answers));
    let without = Kept { rows: false, answers: Answers::OfRows };
    let got = Plan::with(network.program(), 3, 0, without);
    assert_eq!(got.unwrap_err(), Unsupported::Labels);
}

#[test]
fn too_long_a_table_of_integers_is_refused() {
    let scales = |count: usize| {
        let scale = Scale { multiplier: 1, shift: 0, offset: 0 };
        let input = InputMap { scales: vec![scale; count], low: i16::MIN, high: i16::MAX };
        let term = Term::Mixed {
            from: 0,
            rows: Window::whole(1),
            columns: Window::whole(1),
            groups: 1,
            outputs: 2,
        };
        let node = Node::Unit {
            terms: vec![term],
            has_bias: false,
            shape: Shape::flat(2),
            shift: 1,
            quotient_bits: 9,
            map: 0,
        };
        let shape = Shape::flat(count as u32);
        Program::new(input, shape, vec![Map::Identity], vec![node]).unwrap()
    };
    let plan = |count| Plan::with(&scales(count), 1, 0, kept(Answers::Hidden)).map(drop);
    assert_eq!(plan(21), Ok(()));
    assert_eq!(plan(22), Err(Unsupported::Input));
}

#[test]
fn entries_hold_every_finite_float_once() {
    for seed in 0..6 {
        let network = synthetic::tiny(seed);
        let (program, entries) = (network.program(), entries(network.program()));
        let mut random = SplitMix64::new(seed);
        for _ in 0..300 {
            let code = random.below(1 << 32) as u32;
            let feature = random.below(program.features() as u64) as usize;
            let name = 2 + (feature % program.input().scales.len()) as u32;
            let [low, high] = [code & 0xffff, code >> 16];
            let holds = |[first, last]: [u32; 2], half| first <= half && half <= last;
            let all = entries.iter().filter(|entry| {
                entry.key()[0] == name && holds(entry.low, low) && holds(entry.high, high)
            });
            let all: Vec<i16> = all.map(|entry| entry.integer).collect();
            let expected = Ordered::new(code).map(|value| program.input().apply(feature, value));
            assert_eq!(all, Vec::from_iter(expected), "{code:#x}");
            let found = entry_of(&entries, name, [low, high]).map(|entry| entry.integer);
            assert_eq!(found, expected, "{code:#x}");
        }
        assert!(entries.is_sorted_by_key(|entry| entry.key()));
        assert!(entries.iter().all(|entry| entry.numbers()[0].as_canonical_u32() < 1 << 20));
    }
    let table = rows();
    assert!(Rows::of(deep().program(), scored::Rows::Committed(None), &[]).unwrap().is_empty());
    assert!(Rows::of(deep().program(), scored::Rows::Committed(Some(&table)), &[]).is_some());
}

#[test]
fn a_conversation_tells_nothing_and_every_scalar_matters() {
    let (network, table) = (deep(), rows());
    let execution = honest(&network, &table);
    let hidden = scored::Rows::Committed(Some(&table));
    let goal = Goal::Answers(3);
    for (seed, claim) in (0..).zip([
        Claim {
            rows: scored::Rows::Public(&table),
            labels: Labels::Public(table.labels()),
            goal: Goal::AtLeast(0),
        },
        Claim { rows: hidden, labels: Labels::OfRows, goal: Goal::AtLeast(0) },
        Claim { rows: hidden, labels: Labels::Answers(Some(&execution.answers)), goal },
    ]) {
        alone(&network, claim, &execution, &|_, _| ()).check_conversation(seed);
    }
    let pooled = pooled();
    let execution = honest(&pooled, &table);
    let claim = Claim { rows: hidden, labels: Labels::OfRows, goal: Goal::AtLeast(0) };
    alone(&pooled, claim, &execution, &|_, _| ()).check_conversation(9);
}
