//! Prices.

use assay_types::{Amount, Curve, Height, PRICE_MAX, Shape, Step};
use proptest::prelude::*;

fn curve(shape: Shape, floor: u128, cap: u128) -> Curve {
    Curve::new(shape, Amount::new(floor), Amount::new(cap), None).unwrap()
}

fn prices(curve: &Curve, counts: &[u64]) -> Vec<u128> {
    counts.iter().map(|&count| curve.price(count).get()).collect()
}

#[test]
fn constant() {
    let shape = Shape::Constant { price: Amount::new(7) };
    assert_eq!(prices(&curve(shape, 0, 100), &[0, 1, u64::MAX]), [7, 7, 7]);
}

#[test]
fn linear_is_the_cap_where_it_overflows() {
    let shape = Shape::Linear { base: Amount::new(10), slope: Amount::new(u128::MAX / 4) };
    assert_eq!(prices(&curve(shape, 0, 100), &[0, 1, 4, 5, u64::MAX]), [10, 100, 100, 100, 100]);
}

#[test]
fn exponential_rounds_each_step_up() {
    let shape = Shape::Exponential { base: Amount::new(1), growth_ppm: 500_000 };
    // 1, ⌈1.5⌉, ⌈3⌉, ⌈4.5⌉, ⌈7.5⌉ …
    assert_eq!(
        prices(&curve(shape, 0, 20), &[0, 1, 2, 3, 4, 5, 6, 7]),
        [1, 2, 3, 5, 8, 12, 18, 20]
    );
}

#[test]
fn exponential_ends_at_the_cap_however_many_the_sales() {
    let shape = Shape::Exponential { base: Amount::new(1), growth_ppm: 1_000 };
    let slowest = Curve::new(shape, Amount::ZERO, PRICE_MAX, None).unwrap();
    assert_eq!(slowest.price(u64::MAX), PRICE_MAX);
}

#[test]
fn a_table_holds_until_its_next_step() {
    let step = |from, price| Step { from, price: Amount::new(price) };
    let shape = Shape::Table(vec![step(0, 5), step(3, 8), step(10, 8), step(11, 90)]);
    assert_eq!(prices(&curve(shape, 6, 50), &[0, 2, 3, 10, 11, 99]), [6, 6, 8, 8, 50, 50]);
}

#[test]
fn the_count_halves_and_the_price_follows() {
    let shape = Shape::Linear { base: Amount::ZERO, slope: Amount::new(1) };
    let curve = Curve::new(shape, Amount::ZERO, PRICE_MAX, Some(10)).unwrap();
    let decayed = |now| curve.decayed(13, Height::new(100), Height::new(now));
    assert_eq!([100, 109, 110, 119, 120, 130, 140].map(decayed), [13, 13, 6, 6, 3, 1, 0]);
    // A shift by more than the width, and a clock that stands before the sale.
    assert_eq!(decayed(100 + 10 * 64), 0);
    assert_eq!(decayed(u64::MAX), 0);
    assert_eq!(decayed(0), 13);
}

#[test]
fn rejects_each_broken_rule() {
    #[track_caller]
    fn check(shape: Shape, floor: u128, cap: Amount, half_life: Option<u64>, why: &str) {
        assert_eq!(Curve::new(shape, Amount::new(floor), cap, half_life), Err(why));
    }
    let flat = Shape::Constant { price: Amount::new(1) };
    let (cap, range) = (Amount::new(9), "a curve's cap lies between its floor and 2^96");
    check(flat.clone(), 10, cap, None, range);
    check(flat.clone(), 0, PRICE_MAX.checked_add(Amount::new(1)).unwrap(), None, range);
    check(flat, 0, cap, Some(0), "a half-life is at least one block");
    let exponential = |base, growth_ppm| Shape::Exponential { base: Amount::new(base), growth_ppm };
    check(exponential(0, 1_000), 0, cap, None, "an exponential curve starts above zero");
    let growth = "growth lies between 0.1 % and a hundredfold per sale";
    check(exponential(1, 999), 0, cap, None, growth);
    check(exponential(1, 100_000_001), 0, cap, None, growth);
    let table = |steps: &[(u64, u128)]| {
        let step = |&(from, price)| Step { from, price: Amount::new(price) };
        Shape::Table(steps.iter().map(step).collect())
    };
    check(table(&[]), 0, cap, None, "a table starts at zero sales");
    check(table(&[(1, 1)]), 0, cap, None, "a table starts at zero sales");
    let rise = "the steps of a table rise and their prices do not fall";
    check(table(&[(0, 1), (0, 2)]), 0, cap, None, rise);
    check(table(&[(0, 2), (1, 1)]), 0, cap, None, rise);
    let long: Vec<(u64, u128)> = (0..65).map(|i| (i, 1)).collect();
    check(table(&long), 0, cap, None, "a table has at most 64 steps");
}

proptest! {
    #[test]
    fn a_sale_never_lowers_the_price(base in 1_u64.., slope: u64, growth_ppm in 1_000_u32..1_000_000, n in 0_u64..500) {
        let (base, slope) = (Amount::new(base.into()), Amount::new(slope.into()));
        for shape in [Shape::Linear { base, slope }, Shape::Exponential { base, growth_ppm }] {
            let curve = Curve::new(shape, Amount::ZERO, PRICE_MAX, None).unwrap();
            prop_assert!(curve.price(n) <= curve.price(n + 1));
        }
    }

    #[test]
    fn a_price_lies_between_floor_and_cap(base: u64, slope: u64, floor: u32, room: u32, n: u64) {
        let shape = Shape::Linear { base: Amount::new(base.into()), slope: Amount::new(slope.into()) };
        let (floor, cap) = (u128::from(floor), u128::from(floor) + u128::from(room));
        let price = curve(shape, floor, cap).price(n).get();
        prop_assert!((floor..=cap).contains(&price));
    }

    #[test]
    fn a_share_is_rounded_up_and_at_most_the_whole(amount: u128, ppm in 0_u32..=1_000_000) {
        let share = Amount::new(amount).checked_share_up(ppm).unwrap().get();
        prop_assert!(share <= amount);
        if let Some(product) = amount.checked_mul(u128::from(ppm)) {
            prop_assert_eq!(share, product.div_ceil(1_000_000));
        }
    }
}
