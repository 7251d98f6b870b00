//! What the chains of the simulator begin with.

use assay_node::consensus::keys::Secrets;
use assay_types::stake::{Endpoint, Founder, Founding, StakeRules};
use assay_types::{Address, Amount, Genesis, Orderer, Parameters, Validators};
use assay_wallet::Keys;

/// Whose money is sent around.
pub(crate) fn alice() -> Keys {
    Keys::from_seed(&[200; 32])
}

pub(crate) const BOB: Address = Address([201; 20]);

pub(crate) fn secrets(number: u8) -> Secrets {
    Secrets::from_seeds(&[number + 1; 32], &[number + 101; 32])
}

/// The genesis of `count` validators, and their secrets in its order.
pub(crate) fn genesis(count: u8) -> (Genesis, Vec<Secrets>) {
    let mut all: Vec<_> = (0..count)
        .map(|number| (secrets(number).validator(Address([number; 20])), secrets(number)))
        .collect();
    all.sort_by_key(|(validator, _)| validator.network);
    let (validators, secrets): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    let parameters = Parameters {
        fee: Amount::new(2),
        proof_fee: Amount::new(3),
        blob_fee: Amount::new(1),
        fee_burn_ppm: 500_000,
        listing_burn: Amount::new(5),
        sale_burn_ppm: 50_000,
        sale_burn_min: Amount::new(1),
        window_min: 2 * u64::from(count).max(1),
        window_max: 1000,
    };
    let orderer = Orderer::Validators(Validators::new(validators).unwrap());
    let balances = vec![(alice().address(), Amount::new(1_000_000))];
    (Genesis::with(7, 0, orderer, parameters, balances).unwrap(), secrets)
}

/// What each validator has at stake, where there are stakes.
pub(crate) const STAKE: u128 = 10_000;
/// What those have who can become validators.
const RICH: u128 = 20_000;
/// Of which an accuser gets a twentieth.
const REWARD_PPM: u32 = 50_000;

/// The account of an operator.
pub(crate) fn operator(number: u8) -> Keys {
    Keys::from_seed(&[number + 150; 32])
}

/// The same validators with stakes. Their operators, who are paid the fees, have a little money. With epochs of `epoch_blocks` blocks and as
/// many seats, and those who are no validators yet have enough to become some.
pub(crate) fn staked_genesis(
    count: u8,
    (epoch_blocks, seats): (u64, u8),
) -> (Genesis, Vec<Secrets>) {
    let (plain, secrets) = genesis(count);
    let number = |validator: &assay_types::Validator| validator.payee.0[0];
    let list = plain.validators().unwrap().list().iter();
    let list = list.map(|one| assay_types::Validator {
        payee: operator(number(one)).address(),
        ..one.clone()
    });
    let validators = Validators::new(list.collect()).unwrap();
    let founder = |port| Founder {
        stake: Amount::new(STAKE),
        endpoint: Endpoint::new(([127, 0, 0, 1], port).into()).unwrap(),
    };
    let founding = Founding {
        rules: StakeRules {
            stake_min: Amount::new(STAKE / 2),
            // With epochs short enough for somebody to come back.
            unbonding_blocks: if epoch_blocks == 0 { 1_000 } else { 4 * epoch_blocks },
            reward_ppm: REWARD_PPM,
            epoch_blocks,
            seats,
        },
        founders: (1..=u16::from(count)).map(founder).collect(),
    };
    let mut balances = plain.balances().to_vec();
    balances.extend((0..count).map(|number| (operator(number).address(), Amount::new(50))));
    balances.extend((count..seats).map(|number| (operator(number).address(), Amount::new(RICH))));
    balances.sort_unstable();
    let window_min = 2 * u64::from(count.max(seats));
    let parameters = Parameters { window_min, ..*plain.parameters() };
    let genesis = Genesis::staked(7, 0, validators, founding, parameters, balances).unwrap();
    (genesis, secrets)
}

/// The operator of a node, if one is behind it.
pub(crate) fn operator_of(secrets: &Secrets, genesis: &Genesis) -> Option<u8> {
    genesis.founding()?;
    let own = secrets.public();
    (0..u8::MAX - 150).find(|number| self::secrets(*number).public() == own)
}
