//! Training of networks: its parts, its determinism, and its edges.

mod edges;

use super::exp::Exp;
use super::fixed::{ACTIVATION, SLOPE};
use super::input::{STEPS_MAX, input};
use super::pass::{Pass, Shared};
use super::plan::{Stage, stages};
use super::weights::Weights;
use super::{Rows, descend, loss, train};
use assay_model::ops::network::{Network, Node};
use assay_model::{
    Descent, Image, Layer, Loss, NetworkParameters, Ordered, Ratio, Schedule, Schema, SplitMix64,
    Table,
};
use proptest::prelude::*;

fn fixture(name: &str) -> Vec<Vec<u64>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../oracles/fixtures/training/");
    let text = std::fs::read_to_string(format!("{folder}{name}")).unwrap();
    let lines = text.lines().skip(1);
    lines.map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect()
}

fn schema(features: usize, classes: usize) -> Schema {
    let names = |kind: &str, n: usize| (0..n).map(|i| format!("{kind}{i}")).collect();
    Schema::new(names("x", features), "y".into(), names("c", classes)).unwrap()
}

/// Rows whose class is the one of its first features that is greatest; values are small numbers.
fn table(rows: usize, features: usize, classes: usize, seed: u64) -> Table {
    let mut random = SplitMix64::new(seed);
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for _ in 0..rows {
        // Floats of [1, 2) by their bits.
        let row: Vec<u32> = (0..features).map(|_| random.below(1 << 23) as u32).collect();
        let told = &row[..classes.min(features)];
        let best = told.iter().enumerate().max_by_key(|(_, value)| **value).unwrap().0;
        labels.push(best as u16);
        values.extend(row.iter().map(|&f| Ordered::from_f32_bits(0x3f80_0000 | f).unwrap()));
    }
    Table::new(schema(features, classes), values, labels).unwrap()
}

fn descent(epochs: u16, batch: u16, seed: u64) -> Descent {
    Descent {
        epochs,
        batch,
        learning_rate: Ratio::new(1, 16).unwrap(),
        schedule: Schedule::Linear,
        momentum: Ratio::new(9, 10).unwrap(),
        weight_decay: Ratio::new(1, 10_000).unwrap(),
        seed,
    }
}

fn parameters(input: Option<Image>, layers: &[Layer], descent: Descent) -> NetworkParameters {
    NetworkParameters::new(input, layers.to_vec(), Loss::CrossEntropy, descent).unwrap()
}

const IMAGE: Image = Image { height: 4, width: 4, channels: 2 };

/// Every kind of layer, with windows that overlap and reach beyond the image.
fn everything() -> Vec<Layer> {
    vec![
        Layer::Convolution { filters: 5, side: 3, stride: 1, padding: 2 },
        Layer::MaxPool { side: 3, stride: 1 },
        Layer::AveragePool { side: 3, stride: 1 },
        Layer::Convolution { filters: 4, side: 2, stride: 2, padding: 1 },
        Layer::Dense { outputs: 6 },
    ]
}

fn correct(network: &Network, table: &Table) -> usize {
    let is_right = |&row: &usize| network.exec(table.row(row)) == Some(table.labels()[row]);
    (0..table.rows()).filter(is_right).count()
}

#[test]
fn powers_equal_decimal_arithmetic() {
    let exp = Exp::new();
    let cases = fixture("exp.csv");
    assert_eq!(cases.len(), 384 + 256);
    for case in cases {
        // Powers of sixteenths and of 4096ths are read off the tables, times one.
        assert_eq!(exp.negative(case[0]), case[1], "{}", case[0]);
    }
    assert_eq!(exp.negative(24 << 12), 0);
    assert_eq!(exp.negative(u64::MAX), 0);
}

#[test]
fn the_slope_of_cross_entropy_is_what_is_expected_less_what_is() {
    let mut slopes = [0; 3];
    let exp = Exp::new();
    loss::slope(Loss::CrossEntropy, &exp, &[5, 5, 5], 1, &mut slopes);
    let third = (1 << SLOPE) / 3;
    assert_eq!(slopes, [third, third - (1 << SLOPE), third]);
    let far = 200 << ACTIVATION;
    loss::slope(Loss::CrossEntropy, &exp, &[far, -far, 0], 1, &mut slopes);
    assert_eq!(slopes, [1 << SLOPE, -1 << SLOPE, 0]);
}

#[test]
fn the_slope_of_hinges_ends_at_the_margin() {
    let mut slopes = [0; 4];
    let one = 1 << ACTIVATION;
    let scores = [one - 1, -one, 1 - one, one];
    loss::slope(Loss::Hinge, &Exp::new(), &scores, 0, &mut slopes);
    assert_eq!(slopes, [-1 << SLOPE, 0, 1 << SLOPE, 1 << SLOPE]);
    loss::slope(Loss::Hinge, &Exp::new(), &scores, 3, &mut slopes);
    assert_eq!(slopes, [1 << SLOPE, 0, 1 << SLOPE, 0]);
}

#[test]
fn the_mean_of_a_feature_becomes_0_and_its_deviation_64() {
    // 1, 2, 3, 4 and 5: a deviation of √2 around 3.
    let values =
        [1.0_f32, 2.0, 3.0, 4.0, 5.0].map(|v| Ordered::from_f32_bits(v.to_bits()).unwrap());
    let table = Table::new(schema(1, 1), values.to_vec(), vec![0; 5]).unwrap();
    let map = input(&table, Image::flat(1).unwrap());
    let got = values.map(|value| map.apply(0, value));
    // 64/√2 = 45.25; the value and the mean, 135.76, are rounded each.
    assert_eq!(got, [45 - 136, 91 - 136, 136 - 136, 181 - 136, 226 - 136]);
}

proptest! {
    #[test]
    fn any_feature_has_a_map(
        bits in prop::collection::vec(any::<u32>(), 1..40), width in 1_usize..4, is_near: bool,
    ) {
        let near = |bits: u32| if is_near { 0x4b00_0000 | (bits & 3) } else { bits };
        let values: Vec<Ordered> =
            bits.iter().filter_map(|&bits| Ordered::from_f32_bits(near(bits))).collect();
        let rows = values.len() / width;
        prop_assume!(0 < rows);
        let values = values[..rows * width].to_vec();
        let table = Table::new(schema(width, 1), values.clone(), vec![0; rows]).unwrap();
        let map = input(&table, Image::flat(width).unwrap());
        for channel in 0..width {
            let column: Vec<i64> = values.iter().skip(channel).step_by(width)
                .map(|&value| map.apply(channel, value).into()).collect();
            prop_assert!(column.iter().all(|value| value.abs() <= STEPS_MAX.into()));
            // Half a step for rounding, and what is cut off of the far ones.
            let mean = column.iter().sum::<i64>().abs();
            let is_cut = column.iter().any(|value| value.abs() == i64::from(STEPS_MAX));
            prop_assert!(is_cut || mean <= rows as i64, "{column:?}");
        }
    }

    #[test]
    fn a_network_is_a_function_of_rows_and_seed(
        rows in 1_usize..60, batch in 1_u16..20, seed: u64, is_image: bool,
    ) {
        let table = table(rows, 32, 3, seed);
        let (input, layers) =
            if is_image { (Some(IMAGE), everything()) } else { (None, vec![Layer::Dense { outputs: 7 }]) };
        let asked = parameters(input, &layers, descent(2, batch, seed));
        let threads = |count| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
            pool.install(|| train(&table, &asked, &|_| ())).unwrap()
        };
        let network = threads(1);
        prop_assert_eq!(&threads(2), &network);
        prop_assert_eq!(&threads(5), &network);
        for node in network.program().nodes() {
            if let Node::Unit { shift, quotient_bits, .. } = node {
                prop_assert!(shift + quotient_bits <= 30);
            }
        }
    }
}

#[test]
fn another_seed_makes_another_network() {
    let table = table(50, 4, 3, 1);
    let networks: Vec<Network> = (0..2)
        .map(|seed| {
            let asked = parameters(None, &[Layer::Dense { outputs: 5 }], descent(3, 8, seed));
            train(&table, &asked, &|_| ()).unwrap()
        })
        .collect();
    assert_ne!(networks[0], networks[1]);
}

#[test]
fn what_can_be_learned_is_learned() {
    let (rows, unseen) = (table(600, 6, 3, 2), table(300, 6, 3, 3));
    for (layers, loss) in [
        (vec![], Loss::CrossEntropy),
        (vec![], Loss::Hinge),
        (vec![Layer::Dense { outputs: 16 }], Loss::CrossEntropy),
        (vec![Layer::Dense { outputs: 16 }, Layer::Dense { outputs: 8 }], Loss::Hinge),
    ] {
        let asked = NetworkParameters::new(None, layers, loss, descent(30, 16, 0)).unwrap();
        let network = train(&rows, &asked, &|_| ()).unwrap();
        let right = correct(&network, &unseen);
        assert!(280 <= right, "{asked:?}: {right} of 300");
    }
}

/// The weights that training leaves, and what they answer before anything becomes 8 bits.
fn trained(table: &Table, asked: &NetworkParameters) -> (Vec<Stage>, Vec<Weights>, Vec<u16>) {
    let (features, classes) = (table.schema().features().len(), table.schema().classes().len());
    let map = input(table, asked.shapes(features, classes).unwrap()[0]);
    let stages = stages(asked, features, classes).unwrap();
    let rows = Rows::new(table, &map);
    let weights = descend(&stages, asked, &rows, &|_| ());
    let mut pass = Pass::new(&stages);
    let answers = rows.iter().map(|row| {
        pass.forward(&stages, &weights, row);
        let scores = pass.made.last().unwrap();
        let best = scores.iter().max().unwrap();
        scores.iter().position(|score| score == best).unwrap() as u16
    });
    let answers = answers.collect();
    (stages, weights, answers)
}

#[test]
fn the_program_answers_as_the_weights_do() {
    let table = table(400, 32, 3, 4);
    for (input, layers) in [
        (None, vec![]),
        (None, vec![Layer::Dense { outputs: 24 }]),
        (Some(IMAGE), everything()),
        (Some(Image { height: 1, width: 32, channels: 1 }), vec![Layer::Dense { outputs: 9 }]),
    ] {
        let asked = parameters(input, &layers, descent(12, 16, 0));
        let answers = trained(&table, &asked).2;
        let network = train(&table, &asked, &|_| ()).unwrap();
        let is_same =
            |&(row, answer): &(usize, &u16)| network.exec(table.row(row)) == Some(*answer);
        let same = answers.iter().enumerate().filter(is_same).count();
        assert!(390 <= same, "{layers:?}: {same} of 400");
    }
}

/// The loss of a row in floats, from scores in fixed point.
fn entropy(scores: &[i32], label: u16) -> f64 {
    let real: Vec<f64> = scores.iter().map(|&score| f64::from(score) / 4096.0).collect();
    let sum: f64 = real.iter().map(|score| score.exp()).sum();
    sum.ln() - real[usize::from(label)]
}

#[test]
fn slopes_are_those_of_the_loss() {
    let table = table(20, 32, 3, 5);
    let asked = parameters(Some(IMAGE), &everything(), descent(40, 4, 0));
    let (stages, mut weights, _) = trained(&table, &asked);
    let map = input(&table, IMAGE);
    let rows = Rows::new(&table, &map);
    let exp = Exp::new();
    let shared = Shared { stages: &stages, loss: Loss::CrossEntropy, exp: &exp };
    let mut pass = Pass::new(&stages);
    for row in 0..table.rows() {
        pass.learn(&shared, &weights, rows.row(row), table.labels()[row]);
    }
    let totals = pass.totals.clone();
    let total_loss = |pass: &mut Pass, weights: &[Weights]| -> f64 {
        let losses = (0..table.rows()).map(|row| {
            pass.forward(&stages, weights, rows.row(row));
            entropy(pass.made.last().unwrap(), table.labels()[row])
        });
        losses.sum()
    };
    for layer in 0..weights.len() {
        // The steepest weight of the layer, moved by 2^-6 either way.
        let slopes = totals[layer].weights.iter().enumerate();
        let (place, &slope) = slopes.max_by_key(|(_, slope)| slope.abs()).unwrap();
        let mut moved = |by: i32| {
            weights[layer].used[place] += by;
            let loss = total_loss(&mut pass, &weights);
            weights[layer].used[place] -= by;
            loss
        };
        let measured = (moved(1 << 14) - moved(-(1 << 14))) * 32.0;
        let told = slope as f64 / f64::from(1 << 30);
        assert!((measured - told).abs() <= 0.02 + 0.1 * told.abs(), "{layer}: {measured} {told}");
    }
}
