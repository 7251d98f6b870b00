//! Tables with nothing to learn, and parameters that are out for trouble.

use super::{IMAGE, correct, descent, everything, parameters, schema, table};
use crate::Progress;
use crate::network::{Error, train, train_linear};
use assay_model::{
    Descent, Image, Layer, LinearParameters, Loss, NetworkParameters, Ordered, Ratio, Schedule,
    Table,
};
use proptest::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

#[test]
fn degenerate_tables_have_answers() {
    let zeros = |rows: usize| vec![Ordered::ZERO; 32 * rows];
    for (input, layers) in [(None, vec![]), (Some(IMAGE), everything())] {
        let asked = parameters(input, &layers, descent(5, 4, 0));
        let answer = |table: &Table| {
            let network = train(table, &asked, &|_| ()).unwrap();
            network.exec(table.row(0)).unwrap()
        };
        // Of one class, of features that never change, of one row.
        assert_eq!(answer(&Table::new(schema(32, 1), zeros(9), vec![0; 9]).unwrap()), 0);
        let most = [vec![0; 2], vec![1; 18]].concat();
        assert_eq!(answer(&Table::new(schema(32, 2), zeros(20), most).unwrap()), 1);
        assert_eq!(answer(&Table::new(schema(32, 3), zeros(1), vec![2]).unwrap()), 2);
        let one = table(1, 32, 3, 1);
        assert_eq!(answer(&one), one.labels()[0]);
        let none = Table::new(schema(32, 2), vec![], vec![]).unwrap();
        assert_eq!(train(&none, &asked, &|_| ()), Err(Error::Empty));
    }
}

#[test]
fn rejects_parameters_of_another_table() {
    let rows = table(10, 31, 3, 1);
    let asked = parameters(Some(IMAGE), &[], descent(1, 1, 0));
    let another = "the table has another number of features than the image has cells";
    assert_eq!(train(&rows, &asked, &|_| ()), Err(Error::Shape(another)));
}

#[test]
fn rejects_more_work_than_anybody_does() {
    let rows = table(3000, 32, 3, 1);
    let wide = [Layer::Dense { outputs: 1300 }, Layer::Dense { outputs: 1300 }];
    let asked = parameters(None, &wide, descent(3000, 32, 0));
    let too_much = "training takes at most 2^44 units of work";
    assert_eq!(train(&rows, &asked, &|_| ()), Err(Error::Work(too_much)));
}

#[test]
fn progress_tells_of_every_batch() {
    let rows = table(30, 4, 2, 1);
    let asked = LinearParameters::new(Loss::Hinge, descent(5, 8, 0)).unwrap();
    let last = AtomicU64::new(0);
    let watch = |progress: Progress| {
        assert_eq!(progress, Progress { done: last.fetch_add(1, Relaxed) + 1, total: 20 });
    };
    train_linear(&rows, &asked, &watch).unwrap();
    assert_eq!(last.into_inner(), 20);
}

#[test]
fn steps_beyond_all_measure_saturate() {
    // Everything as great as it may be, on rows that contradict each other.
    let mut rows = table(64, 32, 3, 1);
    let labels = (0..64).map(|row| row % 3).collect();
    rows = Table::new(rows.schema().clone(), rows.values().to_vec(), labels).unwrap();
    let one = Ratio::new(1, 1).unwrap();
    let wild = Descent {
        learning_rate: one,
        schedule: Schedule::Constant,
        momentum: Ratio::new(u32::MAX - 1, u32::MAX).unwrap(),
        weight_decay: Ratio::ZERO,
        ..descent(60, 1, 0)
    };
    for (input, layers) in
        [(None, vec![]), (None, vec![Layer::Dense { outputs: 64 }; 6]), (Some(IMAGE), everything())]
    {
        for loss in [Loss::CrossEntropy, Loss::Hinge] {
            let asked = NetworkParameters::new(input, layers.clone(), loss, wild).unwrap();
            match train(&rows, &asked, &|_| ()) {
                // Whatever it learned: it has an answer to every row.
                Ok(network) => {
                    assert!((0..64).all(|row| network.exec(rows.row(row)).is_some()));
                }
                Err(error) => assert_eq!(error, Error::Diverged),
            }
        }
    }
}

fn layer() -> impl Strategy<Value = Layer> {
    prop_oneof![
        (1_u16..40).prop_map(|outputs| Layer::Dense { outputs }),
        (1_u16..6, 1_u8..4, 1_u8..3, 0_u8..3).prop_map(|(filters, side, stride, padding)| {
            Layer::Convolution { filters, side, stride, padding }
        }),
        (1_u8..4, 1_u8..3).prop_map(|(side, stride)| Layer::MaxPool { side, stride }),
        (1_u8..4, 1_u8..3).prop_map(|(side, stride)| Layer::AveragePool { side, stride }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn whatever_is_in_range_can_be_trained(
        layers in prop::collection::vec(layer(), 0..5), is_hinge: bool, is_constant: bool,
        bits in prop::collection::vec(any::<u32>(), 8 * 12..8 * 13), batch in 1_u16..20,
        rate in 1_u32..50, momentum in 0_u32..50, decay in 0_u32..=50, seed: u64,
    ) {
        let value = |&bits: &u32| Ordered::from_f32_bits(bits).unwrap_or(Ordered::MAX);
        let values: Vec<Ordered> = bits[..8 * 12].iter().map(value).collect();
        let labels = (0..8).map(|row| (row * row) % 3).collect();
        let rows = Table::new(schema(12, 3), values, labels).unwrap();
        let image = Image { height: 3, width: 2, channels: 2 };
        let is_flat = layers.iter().all(|layer| matches!(layer, Layer::Dense { .. }));
        let loss = if is_hinge { Loss::Hinge } else { Loss::CrossEntropy };
        let part = |num: u32| Ratio::new(num, 50).unwrap();
        let descent = Descent {
            epochs: 6,
            batch,
            learning_rate: part(rate),
            schedule: if is_constant { Schedule::Constant } else { Schedule::Linear },
            momentum: part(momentum),
            weight_decay: part(decay),
            seed,
        };
        let input = if is_flat { None } else { Some(image) };
        let Ok(asked) = NetworkParameters::new(input, layers, loss, descent) else { return Ok(()) };
        match train(&rows, &asked, &|_| ()) {
            Ok(network) => prop_assert!(correct(&network, &rows) <= 8),
            Err(error) => prop_assert!(matches!(error, Error::Diverged | Error::Shape(_)), "{}", error),
        }
    }
}
