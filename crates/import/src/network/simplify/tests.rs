//! Simplified networks answer as before, and are what they should be.

use super::simplify;
use crate::network::graph::{Function, Graph, Linear, Node, Shape, Window};
use assay_model::SplitMix64;

/// Seeded numbers between -1 and 1.
fn numbers(random: &mut SplitMix64, count: usize) -> Vec<f32> {
    (0..count).map(|_| random.below(2001) as f32 / 1000.0 - 1.0).collect()
}

fn convolution(random: &mut SplitMix64, from: usize, channels: [usize; 2], pad: i64) -> Node {
    let window = Window { outputs: 6, taps: 3, offset: -pad, ..Window::identity(1) };
    let outputs = channels[1];
    Node::Linear(Linear {
        from,
        rows: window,
        columns: window,
        groups: 1,
        outputs,
        weights: numbers(random, 9 * channels[0] * outputs),
        bias: numbers(random, outputs),
    })
}

fn scale(random: &mut SplitMix64, from: usize, channels: usize) -> Node {
    let factors = numbers(random, channels);
    Node::Scale { from, factors, offsets: numbers(random, channels) }
}

/// Checks that answers stay, and returns what is left.
#[track_caller]
fn check(graph: &Graph, random: &mut SplitMix64) -> Graph {
    let simple = simplify(graph.clone()).unwrap();
    for _ in 0..5 {
        let row = numbers(random, graph.input().cells());
        let (before, after) = (graph.exec(&row).tensors, simple.exec(&row).tensors);
        for (x, y) in before.last().unwrap().iter().zip(after.last().unwrap()) {
            assert!((x - y).abs() < 1e-4 * (1.0 + x.abs()), "{x} became {y}");
        }
    }
    simple
}

#[test]
fn scales_go_into_weights() {
    let mut random = SplitMix64::new(1);
    let mut graph = Graph::new(Shape::new(6, 6, 2)).unwrap();
    graph.push(convolution(&mut random, 0, [2, 3], 1)).unwrap();
    graph.push(scale(&mut random, 1, 3)).unwrap();
    graph.push(scale(&mut random, 2, 3)).unwrap();
    assert_eq!(check(&graph, &mut random).nodes().len(), 1);
}

#[test]
fn scales_go_into_weights_behind_them_unless_padding_is_read() {
    let mut random = SplitMix64::new(2);
    for (size, pad, left) in [(8, 0, 1), (6, 1, 2)] {
        let mut graph = Graph::new(Shape::new(size, size, 2)).unwrap();
        graph.push(scale(&mut random, 0, 2)).unwrap();
        graph.push(convolution(&mut random, 1, [2, 3], pad)).unwrap();
        assert_eq!(check(&graph, &mut random).nodes().len(), left);
    }
}

#[test]
fn a_scale_of_each_cell_goes_into_a_dense_layer() {
    let mut random = SplitMix64::new(3);
    let mut graph = Graph::new(Shape::new(2, 3, 2)).unwrap();
    graph.push(scale(&mut random, 0, 12)).unwrap();
    graph
        .push(Node::Linear(Linear {
            from: 1,
            rows: Window::full(2),
            columns: Window::full(3),
            groups: 1,
            outputs: 4,
            weights: numbers(&mut random, 48),
            bias: numbers(&mut random, 4),
        }))
        .unwrap();
    assert_eq!(check(&graph, &mut random).nodes().len(), 1);
}

#[test]
fn zeros_around_an_image_become_padding() {
    let mut random = SplitMix64::new(4);
    let mut graph = Graph::new(Shape::new(6, 6, 2)).unwrap();
    let (pad, channels) = (Window::slice(-1, 8), Window::identity(2));
    graph.push(Node::Fixed { from: 0, rows: pad, columns: pad, channels, factor: 1.0 }).unwrap();
    graph.push(convolution(&mut random, 1, [2, 3], 0)).unwrap();
    assert_eq!(check(&graph, &mut random).nodes().len(), 1);
    // What is cut off is no padding.
    let mut graph = Graph::new(Shape::new(9, 9, 2)).unwrap();
    let cut = Window::slice(-1, 8);
    graph.push(Node::Fixed { from: 0, rows: cut, columns: cut, channels, factor: 1.0 }).unwrap();
    graph.push(convolution(&mut random, 1, [2, 3], 0)).unwrap();
    assert_eq!(check(&graph, &mut random).nodes().len(), 2);
}

/// GELU, as exporters without the operator write it.
#[test]
fn functions_of_one_tensor_become_one() {
    let mut random = SplitMix64::new(5);
    let mut graph = Graph::new(Shape::new(6, 6, 2)).unwrap();
    let x = graph.push(convolution(&mut random, 0, [2, 3], 1)).unwrap();
    let same = |from, factor: f32, offset: f32| Node::Scale {
        from,
        factors: vec![factor; 3],
        offsets: vec![offset; 3],
    };
    let mut at = graph.push(same(x, std::f32::consts::FRAC_1_SQRT_2, 0.0)).unwrap();
    at = graph.push(Node::Map { from: at, function: Function::Erf }).unwrap();
    at = graph.push(same(at, 1.0, 1.0)).unwrap();
    at = graph.push(Node::Product { left: x, right: at }).unwrap();
    graph.push(same(at, 0.5, 0.0)).unwrap();
    let simple = check(&graph, &mut random);
    assert!(matches!(simple.nodes(), [Node::Linear(_), Node::Map { from: 1, .. }]), "{simple:?}");
}

#[test]
fn functions_go_before_a_maximum_if_they_keep_the_order() {
    let mut random = SplitMix64::new(6);
    for (function, is_first) in [(Function::RELU, true), (Function::Abs, false)] {
        let mut graph = Graph::new(Shape::new(6, 6, 2)).unwrap();
        graph.push(convolution(&mut random, 0, [2, 3], 1)).unwrap();
        let half = Window { outputs: 3, taps: 2, stride: 2, ..Window::identity(1) };
        graph.push(Node::Max { from: 1, rows: half, columns: half }).unwrap();
        graph.push(Node::Map { from: 2, function }).unwrap();
        let simple = check(&graph, &mut random);
        assert_eq!(matches!(simple.nodes()[2], Node::Max { .. }), is_first);
    }
}

/// A wide layer and many scales behind it.
fn scales(random: &mut SplitMix64, outputs: usize, count: usize) -> Graph {
    let mut graph = Graph::new(Shape::flat(64)).unwrap();
    let one = Window::identity(1);
    let weights = numbers(random, 64 * outputs);
    let bias = numbers(random, outputs);
    let linear = Linear { from: 0, rows: one, columns: one, groups: 1, outputs, weights, bias };
    graph.push(Node::Linear(linear)).unwrap();
    for from in 1..=count {
        let (factors, offsets) = (vec![0.99; outputs], vec![0.01; outputs]);
        graph.push(Node::Scale { from, factors, offsets }).unwrap();
    }
    graph
}

#[test]
fn a_row_of_scales_leaves_no_copies_of_the_weights() {
    let mut random = SplitMix64::new(7);
    let graph = scales(&mut random, 64, 100);
    let mut draft = super::Draft::new(graph.clone(), super::REWRITTEN_MAX);
    assert!(super::scale::into_linear(&mut draft));
    let kept: usize = draft.nodes.iter().map(super::scale::parameters).sum();
    assert_eq!(kept, 64 * 64 + 64, "one layer, and nothing of those that it took the place of");
    assert_eq!(check(&graph, &mut random).nodes().len(), 1);
}

#[test]
fn weights_are_not_written_anew_without_end() {
    let mut random = SplitMix64::new(8);
    let graph = scales(&mut random, 64, 100);
    // Room for ten scales: the others stay.
    let mut draft = super::Draft::new(graph, 10 * (64 * 64 + 64));
    assert!(super::scale::into_linear(&mut draft));
    assert!(!super::scale::into_linear(&mut draft));
    assert_eq!(draft.sweep().unwrap().nodes().len(), 91);
}
