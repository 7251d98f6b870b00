//! The parameters of forests, linear models and networks.

use crate::{
    Descent, ForestParameters, Image, Layer, LinearParameters, Loss, NetworkParameters, Ratio,
    Sampling, Schedule, Splitter, TableSize, TreeParameters, WORK_MAX,
};
use assay_codec::{Error, from_bytes, to_bytes};

fn descent() -> Descent {
    Descent {
        epochs: 30,
        batch: 32,
        learning_rate: Ratio::new(1, 20).unwrap(),
        schedule: Schedule::Linear,
        momentum: Ratio::new(9, 10).unwrap(),
        weight_decay: Ratio::new(1, 10_000).unwrap(),
        seed: u64::MAX,
    }
}

const IMAGE: Image = Image { height: 8, width: 8, channels: 1 };
const CONVOLUTION: Layer = Layer::Convolution { filters: 16, side: 3, stride: 1, padding: 1 };
const POOL: Layer = Layer::MaxPool { side: 2, stride: 2 };
const DENSE: Layer = Layer::Dense { outputs: 32 };

fn network(input: Option<Image>, layers: &[Layer]) -> Result<NetworkParameters, &'static str> {
    NetworkParameters::new(input, layers.to_vec(), Loss::CrossEntropy, descent())
}

#[test]
fn training_parameters_come_back() {
    let tree = TreeParameters { seed: 5, ..TreeParameters::SKLEARN };
    for sampling in [Sampling::All, Sampling::Bootstrap] {
        for splitter in [Splitter::Best, Splitter::Random] {
            let forest = ForestParameters::new(tree.clone(), 100, sampling, splitter).unwrap();
            assert_eq!(from_bytes(&to_bytes(&forest)), Ok(forest));
        }
    }
    for loss in [Loss::CrossEntropy, Loss::Hinge] {
        let constant = Descent { schedule: Schedule::Constant, ..descent() };
        let linear = LinearParameters::new(loss, constant).unwrap();
        assert_eq!(from_bytes(&to_bytes(&linear)), Ok(linear));
    }
    let average = Layer::AveragePool { side: 2, stride: 1 };
    for parameters in [
        network(None, &[DENSE, DENSE]).unwrap(),
        network(Some(IMAGE), &[CONVOLUTION, POOL, CONVOLUTION, average, DENSE]).unwrap(),
    ] {
        assert_eq!(from_bytes(&to_bytes(&parameters)), Ok(parameters));
    }
}

#[test]
fn layers_make_the_shapes_that_they_should() {
    let parameters = network(Some(IMAGE), &[CONVOLUTION, POOL, CONVOLUTION, DENSE]).unwrap();
    let shapes = parameters.shapes(64, 10).unwrap();
    let sizes: Vec<_> = shapes.iter().map(|s| (s.height, s.width, s.channels)).collect();
    assert_eq!(sizes, [(8, 8, 1), (8, 8, 16), (4, 4, 16), (4, 4, 16), (1, 1, 32), (1, 1, 10)]);
    assert!(parameters.shapes(63, 10).is_err());
    assert!(parameters.shapes(64, 1025).is_err());
}

#[test]
fn work_is_what_multiplications_and_steps_cost() {
    let size = TableSize { rows: 100, features: 20, classes: 3 };
    let parameters = network(None, &[DENSE]).unwrap();
    let (products, weights) = (20 * 32 + 32 * 3, 21 * 32 + 33 * 3);
    let row = 3 * products + 4_u64 * u64::div_ceil(weights, 32);
    assert_eq!(parameters.work(&size), Ok(100 * 30 * row));
    let linear = LinearParameters::new(Loss::Hinge, descent()).unwrap();
    assert_eq!(linear.work(&size), Ok(100 * 30 * (3 * 60 + 4 * 2)));
    let shallow = TreeParameters { max_depth: Some(5), ..TreeParameters::SKLEARN };
    let grown = |trees, rows| {
        let parameters =
            ForestParameters::new(shallow.clone(), trees, Sampling::Bootstrap, Splitter::Best);
        parameters.unwrap().work(&TableSize { rows, ..size })
    };
    assert_eq!(grown(7, 100), Ok(7 * 100 * 20 * (5 + 7)));
    let too_much = Err("training takes at most 2^44 units of work");
    assert_eq!(grown(1 << 14, 1 << 24), too_much);
    let hours = Descent { epochs: 10_000, ..descent() };
    let linear = LinearParameters::new(Loss::Hinge, hours).unwrap();
    let rows = usize::try_from(WORK_MAX / (10_000 * (3 * 60 + 4 * 2))).unwrap();
    assert!(linear.work(&TableSize { rows, ..size }).is_ok());
    assert_eq!(linear.work(&TableSize { rows: rows + 1, ..size }), too_much);
}

#[test]
fn rejects_each_step_out_of_range() {
    #[track_caller]
    fn check(change: impl Fn(&mut Descent), why: &'static str) {
        let mut asked = descent();
        change(&mut asked);
        assert_eq!(LinearParameters::new(Loss::Hinge, asked), Err(why));
        let bytes = [to_bytes(&Loss::Hinge), to_bytes(&asked)].concat();
        assert_eq!(from_bytes::<LinearParameters>(&bytes), Err(Error::Invalid(why)));
    }
    let [one, above] = [(1, 1), (101, 100)].map(|(num, den)| Ratio::new(num, den).unwrap());
    check(|d| d.epochs = 0, "epochs lie between 1 and 10000");
    check(|d| d.epochs = 10_001, "epochs lie between 1 and 10000");
    check(|d| d.batch = 0, "a batch has between 1 and 1024 rows");
    check(|d| d.batch = 1025, "a batch has between 1 and 1024 rows");
    check(|d| d.learning_rate = Ratio::ZERO, "a learning rate is above 0 and at most 1");
    check(|d| d.learning_rate = above, "a learning rate is above 0 and at most 1");
    check(|d| d.momentum = one, "momentum is below 1");
    check(|d| d.weight_decay = above, "weight decay is at most 1");
}

#[test]
fn rejects_each_network_that_cannot_be() {
    #[track_caller]
    fn check(input: Option<Image>, layers: &[Layer], why: &'static str) {
        assert_eq!(network(input, layers), Err(why));
        let mut bytes = to_bytes(&input);
        assay_codec::put_seq(&mut bytes, layers);
        bytes.extend([to_bytes(&Loss::CrossEntropy), to_bytes(&descent())].concat());
        let got = from_bytes::<NetworkParameters>(&bytes);
        if layers.len() <= 16 {
            assert_eq!(got, Err(Error::Invalid(why)));
        } else {
            assert!(got.is_err());
        }
    }
    let image = Some(IMAGE);
    let convolution =
        |filters, side, stride, padding| [Layer::Convolution { filters, side, stride, padding }];
    check(None, &[DENSE; 17], "a network has at most 16 layers before its last");
    check(Some(Image { height: 0, ..IMAGE }), &[], "an image has between 1 and 4096 cells");
    check(Some(Image { channels: 65, ..IMAGE }), &[], "an image has between 1 and 4096 cells");
    check(None, &[CONVOLUTION], "only an image has windows");
    check(image, &[POOL], "a pool stands behind a convolution or another pool");
    check(image, &[DENSE, CONVOLUTION], "behind a dense layer stand only dense ones");
    let outputs = "a dense layer has between 1 and 4096 outputs";
    check(None, &[Layer::Dense { outputs: 0 }], outputs);
    check(None, &[Layer::Dense { outputs: 4097 }], outputs);
    let filters = "a convolution has between 1 and 4096 filters";
    check(image, &convolution(0, 3, 1, 1), filters);
    check(image, &convolution(4097, 3, 1, 1), filters);
    let window = "the side and the stride of a window lie between 1 and 16";
    check(image, &convolution(4, 17, 1, 1), window);
    check(image, &convolution(4, 3, 0, 1), window);
    check(image, &convolution(4, 0, 1, 0), "a padding is smaller than the side of its window");
    check(image, &convolution(4, 3, 1, 3), "a padding is smaller than the side of its window");
    check(image, &convolution(4, 9, 1, 0), "a window is not larger than its image");
    let fan = "an output reads at most 2^16 cells, and as many read an input";
    check(image, &convolution(4096, 8, 1, 7), fan);
    let wide = Some(Image { height: 64, width: 64, channels: 1 });
    check(wide, &convolution(1, 8, 1, 7), "a convolution has at most 4096 places");
    let cells = "a layer makes at most 2^22 numbers, and all of them 2^24";
    check(wide, &convolution(1025, 1, 1, 0), cells);
    let (same, [widest]) = (Layer::MaxPool { side: 1, stride: 1 }, convolution(1024, 1, 1, 0));
    let coarse = Layer::MaxPool { side: 16, stride: 16 };
    assert!(network(wide, &[widest, same, same, coarse]).is_ok());
    check(wide, &[widest, same, same, same], cells);
    let many = [Layer::Dense { outputs: 4096 }; 2];
    check(None, &many, "a network has at most 2^22 weights");
    let work = "training takes at most 2^34 units of work for each row";
    let slow = Layer::Convolution { filters: 64, side: 8, stride: 1, padding: 3 };
    check(wide, &[slow, slow, slow, slow, coarse], work);
}

#[test]
fn rejects_a_forest_of_no_tree_and_of_too_many() {
    for trees in [0, (1 << 14) + 1, u16::MAX] {
        let tree = TreeParameters::SKLEARN;
        let got = ForestParameters::new(tree, trees, Sampling::All, Splitter::Best);
        assert_eq!(got, Err("a forest has between 1 and 2^14 trees"));
    }
    let tree = TreeParameters { min_samples_leaf: 0, ..TreeParameters::SKLEARN };
    let got = ForestParameters::new(tree, 1, Sampling::All, Splitter::Best);
    assert_eq!(got, Err("min_samples_leaf is at least 1"));
}
