//! One broken rule at a time.

use super::super::{Fault, Map, Node, Rule, Shape, Term, Window};
use super::Draft;

/// Changes the sample and returns the fault that is found.
fn fault(change: impl FnOnce(&mut Draft)) -> Fault {
    let mut draft = Draft::sample();
    change(&mut draft);
    draft.program().unwrap_err()
}

#[track_caller]
fn whole(rule: Rule, change: impl FnOnce(&mut Draft)) -> Rule {
    assert_eq!(fault(change), Fault { node: None, rule });
    rule
}

#[track_caller]
fn node(index: usize, rule: Rule, change: impl FnOnce(&mut Node)) -> Rule {
    let got = fault(|draft| change(&mut draft.nodes[index]));
    assert_eq!(got, Fault { node: Some(index), rule });
    rule
}

fn terms(node: &mut Node) -> &mut Vec<Term> {
    let Node::Unit { terms, .. } = node else { panic!("a unit") };
    terms
}

fn resize(node: &mut Node, size: Shape) {
    let (Node::Unit { shape, .. } | Node::Max { shape, .. }) = node;
    *shape = size;
}

/// Changes the windows along the height and the width of term `index`.
fn windows(node: &mut Node, index: usize, change: impl Fn(&mut Window)) {
    match node {
        Node::Max { rows, columns, .. } => [rows, columns].map(change),
        Node::Unit { terms, .. } => match &mut terms[index] {
            Term::Fixed { rows, columns, .. } | Term::Mixed { rows, columns, .. } => {
                [rows, columns].map(change)
            }
            Term::Product { .. } => panic!("no windows"),
        },
    };
}

#[test]
fn the_sample_keeps_all_rules() {
    let program = Draft::sample().program().unwrap();
    assert_eq!((program.features(), program.classes()), (32, 3));
    // Two terms over 4 × 4 × 4, maxima over 2 × 2 × 4, a product, a dense layer over 16.
    assert_eq!(program.work(), 64 * (9 * 2 + 1) + 16 * 4 + 16 + 3 * 16);
}

fn rules_of_the_ends() -> Vec<Rule> {
    vec![
        whole(Rule::Axis, |draft| draft.shape.height = 0),
        whole(Rule::Axis, |draft| draft.shape.channels = (1 << 14) + 1),
        whole(Rule::TensorSize, |draft| {
            draft.shape = Shape { height: 1 << 8, width: 1 << 8, channels: 65 };
        }),
        whole(Rule::Features, |draft| {
            draft.shape = Shape { height: 17, width: 241, channels: 1 };
        }),
        whole(Rule::ScaleCount, |draft| draft.input.scales.clear()),
        whole(Rule::ScaleCount, |draft| draft.input.scales = vec![draft.input.scales[0]; 3]),
        whole(Rule::Multiplier, |draft| draft.input.scales[0].multiplier = 1 << 31),
        whole(Rule::InputShift, |draft| draft.input.scales[0].shift = -127),
        whole(Rule::InputShift, |draft| draft.input.scales[0].shift = 161),
        whole(Rule::InputRange, |draft| draft.input.low = 8),
        whole(Rule::NodeCount, |draft| draft.nodes.clear()),
        whole(Rule::NodeCount, |draft| draft.nodes = vec![draft.nodes[3].clone(); 1025]),
        whole(Rule::MapCount, |draft| draft.maps.resize(65, Map::Identity)),
        whole(Rule::ClampOrder, |draft| draft.maps[1] = Map::Clamp { low: 1, high: 0 }),
        whole(Rule::TablesSize, |draft| {
            draft.maps.resize(19, Map::Table(vec![0; 1 << 16]));
        }),
        whole(Rule::Answer, |draft| draft.nodes.truncate(3)),
        whole(Rule::Answer, |draft| {
            // A dense layer over 1,025 classes.
            let dense = Draft::dense(32, 1025, 0, 16);
            draft.shape = Shape::flat(32);
            draft.nodes = dense.nodes;
        }),
    ]
}

fn rules_of_nodes() -> Vec<Rule> {
    let product = |terms: &mut Vec<Term>| terms.push(Term::Product { left: 2, right: 2 });
    vec![
        node(0, Rule::Axis, |node| resize(node, Shape { height: 4, width: 0, channels: 4 })),
        node(0, Rule::TensorSize, |node| {
            resize(node, Shape { height: 1 << 12, width: 1 << 12, channels: 1 });
        }),
        node(2, Rule::TermCount, |node| terms(node).clear()),
        node(2, Rule::TermCount, |node| (0..64).for_each(|_| product(terms(node)))),
        node(0, Rule::Shift, |node| {
            let Node::Unit { shift, .. } = node else { panic!("a unit") };
            *shift = 25;
        }),
        node(3, Rule::QuotientBits, |node| {
            let Node::Unit { quotient_bits, .. } = node else { panic!("a unit") };
            *quotient_bits = 1;
        }),
        node(3, Rule::QuotientBits, |node| {
            let Node::Unit { quotient_bits, .. } = node else { panic!("a unit") };
            *quotient_bits = 17;
        }),
        node(3, Rule::SumBits, |node| {
            let Node::Unit { shift, quotient_bits, .. } = node else { panic!("a unit") };
            (*shift, *quotient_bits) = (24, 7);
        }),
        node(3, Rule::MapIndex, |node| {
            let Node::Unit { map, .. } = node else { panic!("a unit") };
            *map = 3;
        }),
        node(3, Rule::TableLength, |node| {
            let Node::Unit { map, .. } = node else { panic!("a unit") };
            *map = 2;
        }),
        node(1, Rule::WindowSizes, |node| {
            windows(node, 0, |window| window.outputs = 1 << 20);
        }),
        node(0, Rule::WindowSizes, |node| windows(node, 0, |window| window.taps = 1 << 19)),
        node(1, Rule::From, |node| {
            let Node::Max { from, .. } = node else { panic!("a maximum") };
            *from = 2;
        }),
        node(1, Rule::EmptyMaximum, |node| windows(node, 0, |window| window.offset = -2)),
        node(1, Rule::MaxChannels, |node| {
            resize(node, Shape { height: 2, width: 2, channels: 3 });
        }),
        node(1, Rule::WindowOutputs, |node| windows(node, 0, |window| window.outputs = 3)),
    ]
}

/// Changes the first term of the sample's first node, which is a mixed one: `from`, `groups` and
/// `outputs`.
fn mixed(change: fn(&mut usize, &mut u32, &mut u32)) -> impl FnOnce(&mut Node) {
    move |node| {
        let Term::Mixed { from, groups, outputs, .. } = &mut terms(node)[0] else {
            panic!("a mixed term")
        };
        change(from, groups, outputs);
    }
}

/// Changes its second one, which is fixed: `from`, `channels` and `factor`.
fn fixed(change: fn(&mut usize, &mut Window, &mut i32)) -> impl FnOnce(&mut Node) {
    move |node| {
        let Term::Fixed { from, channels, factor, .. } = &mut terms(node)[1] else {
            panic!("a fixed term")
        };
        change(from, channels, factor);
    }
}

fn rules_of_terms() -> Vec<Rule> {
    vec![
        node(2, Rule::From, |node| terms(node)[0] = Term::Product { left: 2, right: 3 }),
        node(0, Rule::From, mixed(|from, _, _| *from = 1)),
        node(0, Rule::From, fixed(|from, _, _| *from = usize::MAX)),
        node(0, Rule::WindowNumbers, |node| windows(node, 0, |window| window.taps = 0)),
        node(0, Rule::WindowNumbers, |node| windows(node, 1, |window| window.repeat = 0)),
        node(0, Rule::WindowNumbers, |node| windows(node, 0, |window| window.stride = 1 << 15)),
        node(0, Rule::WindowNumbers, |node| windows(node, 0, |window| window.offset = i32::MIN)),
        node(0, Rule::WindowOutputs, |node| windows(node, 0, |window| window.outputs = 5)),
        node(0, Rule::NoInput, |node| windows(node, 0, |window| window.offset = 4)),
        node(0, Rule::NoInput, |node| windows(node, 1, |window| window.offset = -4)),
        node(0, Rule::NoInput, fixed(|_, channels, _| channels.offset = 2)),
        node(0, Rule::Factor, fixed(|_, _, factor| *factor = 0)),
        node(0, Rule::Factor, fixed(|_, _, factor| *factor = i32::MIN)),
        node(0, Rule::Groups, mixed(|_, groups, _| *groups = 0)),
        node(0, Rule::Groups, mixed(|_, groups, _| *groups = 4)),
        node(0, Rule::Outputs, mixed(|_, _, outputs| *outputs = 5)),
        node(2, Rule::ProductShape, |node| terms(node)[0] = Term::Product { left: 2, right: 1 }),
    ]
}

/// Programs that are too large as a whole though each node is not.
fn rules_of_sizes() -> Vec<Rule> {
    let axis = 1 << 14;
    // Reads a single number, everywhere.
    let spread = |from, height, width, channels| {
        let window = |outputs| Window { repeat: axis, ..Window::identity(outputs) };
        let [rows, columns, all] = [height, width, channels].map(window);
        let term = Term::Fixed { from, rows, columns, channels: all, factor: 1 };
        let shape = Shape { height, width, channels };
        Node::Unit {
            terms: vec![term],
            has_bias: false,
            shape,
            shift: 0,
            quotient_bits: 16,
            map: 0,
        }
    };
    let before = |draft: &mut Draft, nodes: Vec<Node>| {
        draft.nodes = nodes.into_iter().chain([spread(0, 1, 1, 3)]).collect();
    };
    let dense = |from, rows, columns, inputs: u32, outputs| {
        assert_eq!(inputs, 1 << 14);
        let term = Term::Mixed { from, rows, columns, groups: 1, outputs };
        let shape = Shape { height: rows.outputs, width: columns.outputs, channels: outputs };
        Node::Unit {
            terms: vec![term],
            has_bias: false,
            shape,
            shift: 0,
            quotient_bits: 16,
            map: 0,
        }
    };
    let one = Window::identity(1);
    vec![
        whole(Rule::TraceSize, |draft| before(draft, vec![spread(0, 1 << 8, 1 << 8, 1 << 6); 4])),
        whole(Rule::Work, |draft| {
            let mut unit = spread(0, 1, 1, 1);
            let Term::Fixed { rows, columns, channels, .. } = &mut terms(&mut unit)[0] else {
                panic!("a fixed term")
            };
            for window in [rows, columns, channels] {
                window.taps = 1 << 12;
            }
            before(draft, vec![unit]);
        }),
        whole(Rule::BlockCount, |draft| {
            let [rows, columns] = [257, 256].map(Window::whole);
            let inputs = spread(0, 1, 1, axis);
            before(draft, vec![inputs, dense(1, rows, columns, axis, 1)]);
        }),
        whole(Rule::ParameterCount, |draft| {
            let inputs = spread(0, 1, 1, axis);
            before(draft, vec![inputs, dense(1, one, one, axis, 2049)]);
        }),
    ]
}

#[test]
fn each_rule_is_kept() {
    let all = [rules_of_the_ends(), rules_of_nodes(), rules_of_terms(), rules_of_sizes()].concat();
    for rule in Rule::ALL {
        assert!(all.contains(rule), "nothing breaks: {rule}");
    }
}

#[test]
fn a_fault_says_where_it_lies() {
    let fault = fault(|draft| terms(&mut draft.nodes[2]).clear());
    assert_eq!(fault.to_string(), "node 2: a unit has between 1 and 64 terms");
    let fault = Fault { node: None, rule: Rule::Answer };
    assert!(fault.to_string().starts_with("the last tensor"));
}
