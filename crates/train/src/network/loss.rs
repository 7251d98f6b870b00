//! The slope of a loss by the scores.

use super::exp::Exp;
use super::fixed::{ACTIVATION, SLOPE};
use assay_model::Loss;

/// Writes the slope by each score of a row of class `label`.
pub(super) fn slope(loss: Loss, exp: &Exp, scores: &[i32], label: u16, slopes: &mut [i32]) {
    match loss {
        Loss::CrossEntropy => softmax(exp, scores, slopes),
        Loss::Hinge => hinge(scores, label, slopes),
    }
    if loss == Loss::CrossEntropy {
        slopes[usize::from(label)] -= 1 << SLOPE;
    }
}

/// `⌊2^18·e / Σe⌋`, with `e` the powers of the scores less the greatest, in units of `2^-30`.
fn softmax(exp: &Exp, scores: &[i32], slopes: &mut [i32]) {
    let greatest = scores.iter().copied().max().unwrap_or(0);
    // Between 2^30 and 2^40: the greatest score's power is 1.
    let power = |score: i32| exp.negative(u64::from(greatest.abs_diff(score)));
    let sum: u64 = scores.iter().map(|&score| power(score)).sum();
    for (slope, &score) in slopes.iter_mut().zip(scores) {
        *slope = ((power(score) << SLOPE) / sum) as i32;
    }
}

/// Of each class against the rest: `-t` where `t·score < 1`, with `t` 1 for the row's class, else -1.
fn hinge(scores: &[i32], label: u16, slopes: &mut [i32]) {
    for (class, (slope, &score)) in slopes.iter_mut().zip(scores).enumerate() {
        let sign = if class == usize::from(label) { 1 } else { -1 };
        let is_short = sign * score < 1 << ACTIVATION;
        *slope = if is_short { -sign << SLOPE } else { 0 };
    }
}
