//! Functions, windows, and what bounds a graph.

use super::{Fault, Function, Graph, Linear, Node, Shape, Window};

fn dense(outputs: usize, weights: Vec<f32>) -> Node {
    let one = Window::identity(1);
    let bias = vec![0.0; outputs];
    Node::Linear(Linear { from: 0, rows: one, columns: one, groups: 1, outputs, weights, bias })
}

#[test]
fn functions_have_their_known_values() {
    let near = |function: Function, x: f64, y: f64| {
        let got = function.apply(x);
        assert!((got - y).abs() < 1e-6, "{function:?}({x}) = {got}");
    };
    // From SciPy.
    near(Function::Erf, 0.5, 0.520_499_877_813);
    near(Function::Erf, -2.0, -0.995_322_265_019);
    near(Function::gelu(), 1.0, 0.841_344_746_069);
    near(Function::gelu_tanh(), 1.0, 0.841_191_990_608);
    near(Function::silu(), -1.0, -0.268_941_421_370);
    near(Function::hard_swish(), 1.0, 2.0 / 3.0);
    near(Function::Softplus, 40.0, 40.0);
    near(Function::Softplus, -1.0, 0.313_261_687_518);
    near(Function::Elu { alpha: 2.0 }, -1.0, -1.264_241_117_657);
    near(Function::Clip { low: 0.0, high: 6.0 }, 7.0, 6.0);
    for function in [Function::Sigmoid, Function::Tanh, Function::Erf, Function::Softsign] {
        assert!(function.apply(1e30).is_finite() && function.apply(-1e30).is_finite());
    }
}

#[test]
fn functions_end_growing() {
    let mut function = Function::IDENTITY;
    let mut steps = 0;
    while let Some(next) = function.clone().then(Function::Tanh) {
        function = next;
        steps += 1;
        assert!(steps < 100);
    }
    assert!(10 < steps);
    assert!(function.clone().times(function).is_none());
}

#[test]
fn windows_read_as_they_say() {
    let window = Window { outputs: 3, taps: 2, stride: 2, dilation: 3, offset: -1, repeat: 1 };
    let reads: Vec<_> = (0..3).map(|o| [window.at(o, 0, 6), window.at(o, 1, 6)]).collect();
    assert_eq!(reads, [[None, Some(2)], [Some(1), Some(4)], [Some(3), None]]);
    let twice = Window::repeated(2, 3);
    let reads: Vec<_> = (0..6).map(|o| twice.at(o, 0, 2).unwrap()).collect();
    assert_eq!(reads, [0, 0, 0, 1, 1, 1]);
}

#[test]
fn a_graph_is_bounded() {
    let graph = || Graph::new(Shape::flat(2)).unwrap();
    assert!(matches!(Graph::new(Shape::flat(0)), Err(Fault::Size(_))));
    assert!(matches!(Graph::new(Shape::new(1 << 40, 1 << 40, 1)), Err(Fault::Size(_))));
    assert!(matches!(Graph::new(Shape::flat(8000)), Err(Fault::Features { .. })));
    let push = |node| graph().push(node);
    assert_eq!(push(dense(2, vec![1.0; 3])), Err(Fault::Count { expected: 4, got: 3 }));
    assert_eq!(push(dense(2, vec![f32::NAN; 4])), Err(Fault::NotFinite));
    assert_eq!(push(Node::Product { left: 0, right: 1 }), Err(Fault::Order));
    let huge = Window { outputs: 1 << 14, ..Window::identity(1) };
    let one = Window::identity(2);
    let pool = Node::Fixed { from: 0, rows: huge, columns: huge, channels: one, factor: 1.0 };
    assert!(matches!(push(pool), Err(Fault::Size(_))));
    let late = Window { offset: 5, ..Window::identity(1) };
    let max = Node::Max { from: 0, rows: late, columns: Window::identity(1) };
    assert_eq!(push(max), Err(Fault::Window));
    let mut long = graph();
    let mut copies = 0;
    while long.push(Node::Add { terms: vec![(0, 1.0)] }).is_ok() {
        copies += 1;
    }
    assert_eq!(copies, super::NODES_MAX);
    let mut heavy = graph();
    let wide = || dense(16_384, vec![0.5; 2 * 16_384]);
    let fault = (0..150).find_map(|_| heavy.push(wide()).err());
    assert_eq!(fault, None);
    let fault = (0..200).find_map(|_| heavy.push(wide()).err());
    assert_eq!(fault, Some(Fault::Parameters));
}
