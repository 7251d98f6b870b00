//! What a chain may start from.

use assay_types::{Address, Amount, Genesis, Parameters};

const PARAMETERS: Parameters = Parameters {
    fee: Amount::new(1),
    proof_fee: Amount::new(1),
    blob_fee: Amount::new(1),
    fee_burn_ppm: 1_000_000,
    listing_burn: Amount::new(1),
    sale_burn_ppm: 1_000_000,
    sale_burn_min: Amount::new(1),
    window_min: 2,
    window_max: 2,
};

fn genesis(parameters: Parameters, balances: &[(u8, u128)]) -> Result<Genesis, &'static str> {
    let account = |&(address, amount)| (Address([address; 20]), Amount::new(amount));
    Genesis::new(1, 0, Address::default(), parameters, balances.iter().map(account).collect())
}

#[test]
fn rejects_each_broken_rule() {
    #[track_caller]
    fn check(change: fn(&mut Parameters), balances: &[(u8, u128)], why: &str) {
        let mut parameters = PARAMETERS;
        change(&mut parameters);
        assert_eq!(genesis(parameters, balances), Err(why));
    }
    assert!(genesis(PARAMETERS, &[(1, 5), (2, u128::MAX - 5)]).is_ok());
    check(|p| p.fee_burn_ppm += 1, &[], "a burned share is at most the whole");
    check(|p| p.sale_burn_ppm += 1, &[], "a burned share is at most the whole");
    let windows = "windows last at least 2 blocks and their bounds are in order";
    check(|p| p.window_min = 1, &[], windows);
    check(|p| p.window_min = 3, &[], windows);
    let rise = "the accounts of a genesis rise strictly by address";
    check(|_| (), &[(1, 5), (1, 5)], rise);
    check(|_| (), &[(2, 5), (1, 5)], rise);
    let sum = "the balances of a genesis exceed the largest amount";
    check(|_| (), &[(1, 6), (2, u128::MAX - 5)], sum);
    let chain = Genesis::new(0, 0, Address::default(), PARAMETERS, Vec::new());
    assert_eq!(chain, Err("a chain has a number above zero: zero means outside a market"));
}

#[test]
fn the_supply_is_the_sum() {
    assert_eq!(genesis(PARAMETERS, &[(1, 5), (2, 6)]).unwrap().supply(), Amount::new(11));
}
