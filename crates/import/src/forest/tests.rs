//! Scales, ties and thresholds.

use super::votes::{Ensemble, stump};
use super::{Error, SUM_MAX, strictly_below};
use assay_model::Ordered;
use assay_model::ops::forest::{self, Votes};

fn ensemble(votes: Votes, classes: usize, leaves: &[&[f64]]) -> Ensemble {
    Ensemble {
        features: 1,
        classes,
        votes,
        trees: leaves.iter().map(|votes| stump(votes.to_vec())).collect(),
        base: vec![],
        second_wins_ties: false,
        unit: None,
    }
}

fn votes(ensemble: Ensemble) -> (Vec<Vec<i32>>, f64) {
    let (forest, scale) = ensemble.quantise().unwrap();
    let of = |tree: &forest::Tree| match &tree[0] {
        forest::Node::Leaf { values } => values.clone(),
        forest::Node::Split { .. } => panic!("a stump has no split"),
    };
    (forest.trees().iter().map(of).collect(), scale)
}

#[test]
fn the_scale_is_as_great_as_the_sums_allow() {
    let (got, scale) = votes(ensemble(Votes::Second, 2, &[&[0.75], &[-0.25]]));
    assert_eq!(scale, 134_217_728.0, "2^27: the sums may be 1");
    assert_eq!(got, [[100_663_296], [-33_554_432]]);
    let (got, _) = votes(ensemble(Votes::Second, 2, &[&[1e30], &[-1e30]]));
    assert!(got.concat().iter().all(|vote| vote.abs() <= SUM_MAX / 2));
    let (got, scale) = votes(ensemble(Votes::Second, 2, &[&[0.0]]));
    assert_eq!((got, scale), (vec![vec![0]], 1.0));
}

#[test]
fn fractions_that_tie_stay_tied() {
    let third = 1.0 / 3.0;
    let mut all = ensemble(Votes::All, 2, &[&[third, 1.0], &[third, 0.0], &[third, 0.0]]);
    all.unit = Some(720_720.0);
    let (got, scale) = votes(all);
    assert_eq!(scale % 720_720.0, 0.0);
    assert_eq!(got.iter().map(|v| v[0]).sum::<i32>(), got[0][1]);
}

#[test]
fn bases_are_votes_of_a_tree_and_a_tie_may_be_the_seconds() {
    let mut turns = ensemble(Votes::Turns, 3, &[&[0.5], &[0.0]]);
    turns.base = vec![0.0, 0.25, -0.5];
    let (got, scale) = votes(turns);
    let as_floats: Vec<f64> = got.concat().iter().map(|&vote| f64::from(vote) / scale).collect();
    assert_eq!(as_floats, [0.5, 0.25, -0.5]);
    let mut tied = ensemble(Votes::Second, 2, &[&[0.5], &[-0.5]]);
    tied.second_wins_ties = true;
    let sum: i32 = votes(tied).0.concat().iter().sum();
    assert_eq!(sum, 1);
}

#[test]
fn votes_that_are_no_numbers_are_refused() {
    for got in [f64::NAN, f64::INFINITY] {
        let error = ensemble(Votes::Second, 2, &[&[0.0], &[got]]).quantise().unwrap_err();
        assert!(matches!(error, Error::NotFinite { tree: 1, .. }));
    }
    let error = ensemble(Votes::Second, 2, &[&[f64::MAX], &[f64::MAX]]).quantise().unwrap_err();
    assert!(matches!(error, Error::TooGreat { .. }));
}

#[test]
fn strictly_below_is_the_next_float_and_zero_has_one_code() {
    let code = |x: f32| Ordered::from_f32_bits(x.to_bits()).unwrap();
    for x in [1.0_f32, -1.0, 2.0, f32::MIN_POSITIVE, -f32::MIN_POSITIVE, f32::MAX, 0.05246] {
        assert_eq!(strictly_below(code(x)), Some(code(x.next_down())), "{x}");
    }
    assert_eq!(strictly_below(code(0.0)), Some(code(-f32::from_bits(1))));
    assert_eq!(strictly_below(code(f32::from_bits(1))), Some(Ordered::ZERO));
    assert_eq!(strictly_below(Ordered::MIN), None);
}
