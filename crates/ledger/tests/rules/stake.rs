//! Stake: rules 101 to 115, what is lost, and that all of it is counted.

use crate::world::{BUYER, OTHER, OWNER, PARAMETERS, POOR, START, World};
use assay_codec::{Digest, from_bytes, from_hex};
use assay_types::stake::{Endpoint, Founder, Founding, Registration, StakeRules};
use assay_types::tx::{Accuse, Bond, Transfer, Unbond, Withdraw};
use assay_types::validators::double_vote::{Ballot, Conflict};
use assay_types::validators::{Proposed, Round, VoteKey, VoteSignature};
use assay_types::{
    Action, Address, Amount, DoubleVote, Event, Genesis, Parameters, Validator, Validators,
};

pub(crate) const RULES: StakeRules = StakeRules {
    stake_min: Amount::new(1_000),
    unbonding_blocks: 10,
    reward_ppm: 50_000,
    epoch_blocks: 0,
    seats: 0,
};
/// What each validator begins with.
pub(crate) const FOUNDED: u128 = 5_000;

/// Four validators whose keys have secrets, and accounts that nobody else has.
pub(crate) fn validators() -> Validators {
    let vector = include_str!("../../../../vectors/finality-1.json");
    let text = vector.split("\"genesis\": \"").nth(1).unwrap().split('"').next().unwrap();
    let genesis: Genesis = from_bytes(&from_hex::<958>(text).unwrap()).unwrap();
    let own =
        |(seed, one): (u8, &Validator)| Validator { payee: Address([seed; 20]), ..one.clone() };
    let list = (100..).zip(genesis.validators().unwrap().list()).map(own);
    Validators::new(list.collect()).unwrap()
}

fn genesis() -> Genesis {
    genesis_with(RULES)
}

pub(crate) fn genesis_with(rules: StakeRules) -> Genesis {
    let founder = |port| Founder { stake: Amount::new(FOUNDED), endpoint: endpoint(port) };
    let founding = Founding { rules, founders: (1..=4).map(founder).collect() };
    let rich = [OWNER, BUYER, OTHER].map(|address| (address, Amount::new(START)));
    let window_min = 2 * u64::from(rules.seats.max(4));
    let parameters = Parameters { window_min, ..PARAMETERS };
    Genesis::staked(7, 1_000, validators(), founding, parameters, rich.to_vec()).unwrap()
}

fn endpoint(port: u16) -> Endpoint {
    Endpoint::new(([10, 0, 0, 1], port).into()).unwrap()
}

/// Small multiples of the generator.
fn vote_key(number: usize) -> VoteKey {
    let text = [
        "0x97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
        "0xa572cbea904d67468808c8eb50a9450c9721db309128012543902d0ac358a62ae28f75bb8f1c7c42c39a8c5529bf0f4e",
    ];
    VoteKey::new(from_hex(text[number]).unwrap()).unwrap()
}

/// A validator whose possession is shown.
pub(crate) fn registration(number: usize) -> Registration {
    Registration {
        network: [204 + u8::try_from(number).unwrap(); 32],
        vote: vote_key(number),
        possession: VoteSignature([1; 96]),
        endpoint: endpoint(80),
    }
}

pub(crate) fn bond(amount: u128, registration: Option<Registration>) -> Bond {
    Bond { amount: Amount::new(amount), registration }
}

pub(crate) fn unbond(amount: u128) -> Unbond {
    Unbond { amount: Amount::new(amount) }
}

/// Two votes that the evidence holds for true.
pub(crate) fn accuse(guilty: VoteKey) -> Accuse {
    let ballot = |payload| {
        let proposed = Proposed { parent_view: 1, payload: Digest([payload; 32]) };
        Ballot { proposed, signature: VoteSignature([1; 96]) }
    };
    let conflict = Conflict::Notarized([ballot(1), ballot(2)]);
    Accuse { evidence: DoubleVote { guilty, round: Round { epoch: 0, view: 2 }, conflict } }
}

/// The same with a vote that nobody gave.
fn slander(guilty: VoteKey) -> Accuse {
    let mut accuse = accuse(guilty);
    if let Conflict::Notarized([_, ballot]) = &mut accuse.evidence.conflict {
        ballot.signature = VoteSignature([2; 96]);
    }
    accuse
}

/// The first validator of the genesis.
fn first() -> Validator {
    validators().list()[0].clone()
}

/// The account behind it, with enough for fees.
fn world() -> (World, Address) {
    let mut world = World::at(&genesis());
    let owner = first().payee;
    world.must(OTHER, Transfer { to: owner, amount: Amount::new(100) });
    (world, owner)
}

fn bonded(world: &World, owner: Address) -> u128 {
    world.state.stake(&owner).map_or(0, |stake| stake.bonded.get())
}

#[test]
fn a_genesis_founds_stakes() {
    let world = World::at(&genesis());
    assert_eq!(genesis().supply(), Amount::new(3 * START + 4 * FOUNDED));
    assert_eq!(world.state.stakes().count(), 4);
    for validator in validators().list() {
        let stake = world.state.stake(&validator.payee).unwrap();
        assert_eq!((stake.network, stake.vote), (validator.network, validator.vote));
        assert_eq!(stake.bonded, Amount::new(FOUNDED));
    }
    let again = from_bytes(&assay_codec::to_bytes(&world.state));
    assert_eq!(again, Ok(world.state));
}

#[test]
fn there_are_no_stakes_where_the_genesis_founds_none() {
    let world = World::new();
    let actions: [Action; 4] = [
        bond(5_000, Some(registration(0))).into(),
        unbond(1).into(),
        Withdraw.into(),
        accuse(vote_key(0)).into(),
    ];
    actions.into_iter().for_each(|action| world.expect(OWNER, action, 101));
}

#[test]
fn bond_rejections_in_order_of_precedence() {
    let (mut world, first_owner) = world();
    world.must(first_owner, unbond(FOUNDED));
    world.expect(OWNER, bond(0, None), 102);
    let mut new = registration(0);
    new.network = first().network;
    world.expect(OWNER, bond(0, Some(new)), 105);
    new = Registration { vote: first().vote, ..registration(0) };
    world.expect(OWNER, bond(0, Some(new)), 105);
    // No point of the curve has this y; and this is another way to write a point.
    let mut high = [0xff; 32];
    high[0] = 0xf0;
    for network in [[2; 32], high, [0xff; 32]] {
        new = Registration { network, ..registration(0) };
        world.expect(OWNER, bond(0, Some(new)), 115);
    }
    new = registration(0);
    world.expect(OWNER, bond(0, Some(new)), 107);
    world.expect(OWNER, bond(999, Some(new)), 107);
    world.expect(OWNER, bond(START, Some(new)), 108);
    // The fee is that of a transaction with one proof.
    world.expect(OWNER, bond(START - 12, Some(new)), 108);
    world.expect(OWNER, bond(START - 13, Some(new)), 0);
    let unproven = Registration { possession: VoteSignature([2; 96]), ..new };
    world.expect(OWNER, bond(1_000, Some(unproven)), 113);
    world.must(OWNER, bond(1_000, Some(new)));
    // And now as one that is known.
    world.expect(OWNER, bond(0, Some(registration(1))), 104);
    world.expect(OWNER, bond(0, Some(Registration { network: [9; 32], ..new })), 104);
    world.expect(OWNER, bond(0, Some(unproven)), 104);
    world.expect(OWNER, bond(0, None), 106);
    world.expect(OWNER, bond(1, None), 0);
    // Somebody else takes the keys in vain.
    world.expect(BUYER, bond(5_000, Some(new)), 105);
    world.must(BUYER, accuse(new.vote));
    world.expect(OWNER, bond(0, Some(registration(1))), 103);
    world.expect(BUYER, bond(5_000, Some(new)), 105);
}

#[test]
fn a_validator_moves() {
    let mut world = World::at(&genesis());
    world.must(OWNER, bond(2_000, Some(registration(0))));
    world.must(OWNER, bond(0, Some(Registration { endpoint: endpoint(81), ..registration(0) })));
    let stake = world.state.stake(&OWNER).unwrap();
    assert_eq!((stake.endpoint, stake.bonded), (endpoint(81), Amount::new(2_000)));
}

#[test]
fn unbond_rejections_in_order_of_precedence() {
    let (mut world, owner) = world();
    world.expect(OWNER, unbond(0), 102);
    world.expect(owner, unbond(0), 106);
    world.expect(owner, unbond(FOUNDED + 1), 109);
    world.expect(owner, unbond(FOUNDED - 999), 107);
    world.expect(owner, unbond(FOUNDED), 0);
    for _ in 0..16 {
        world.must(owner, unbond(1));
    }
    world.expect(owner, unbond(1), 110);
    world.must(OTHER, accuse(first().vote));
    world.expect(owner, unbond(0), 103);
}

#[test]
fn stake_is_locked_for_as_long_as_the_genesis_says() {
    let (mut world, owner) = world();
    world.expect(OWNER, Withdraw, 102);
    world.expect(owner, Withdraw, 111);
    let begun = world.state.height();
    let free = begun.checked_add(10).unwrap();
    let event = world.must(owner, unbond(FOUNDED));
    assert_eq!(event, Event::Unbonded { owner, amount: Amount::new(FOUNDED), free });
    world.advance_to(begun.checked_add(9).unwrap());
    world.expect(owner, Withdraw, 111);
    world.block();
    let before = world.balance(owner);
    world.must(owner, Withdraw);
    assert_eq!(world.balance(owner), before + FOUNDED - 3);
    // Nobody knows the validator any more, and its keys are free.
    assert_eq!(world.state.stake(&owner), None);
    world.expect(OTHER, accuse(first().vote), 112);
    world.expect(owner, Withdraw, 102);
}

#[test]
fn a_part_stays_when_a_part_leaves() {
    let (mut world, owner) = world();
    world.must(owner, unbond(1_000));
    world.block();
    world.must(owner, unbond(2_000));
    let begun = world.state.height();
    world.advance_to(begun.checked_add(9).unwrap());
    let event = world.must(owner, Withdraw);
    assert_eq!(event, Event::Withdrawn { owner, amount: Amount::new(1_000) });
    world.expect(owner, Withdraw, 111);
    world.block();
    world.must(owner, Withdraw);
    assert_eq!(bonded(&world, owner), 2_000);
}

#[test]
fn accuse_rejections_in_order_of_precedence() {
    let (mut world, _) = world();
    world.expect(OWNER, slander(vote_key(0)), 112);
    world.expect(OWNER, slander(first().vote), 114);
    world.must(OWNER, accuse(first().vote));
    world.expect(OWNER, slander(first().vote), 103);
    // Other votes do not convict it once more.
    let mut later = accuse(first().vote);
    later.evidence.round.view = 9;
    world.expect(BUYER, later, 103);
}

#[test]
fn who_votes_twice_loses_all_that_is_at_stake() {
    let (mut world, owner) = world();
    world.must(owner, unbond(1_000));
    for _ in 0..10 {
        world.block();
    }
    // Free, and its own; these are not.
    world.must(owner, unbond(2_000));
    let (burned, before) = (world.state.burned().get(), world.balance(OTHER));
    let event = world.must(OTHER, accuse(first().vote));
    // Four thousand, of which a twentieth is the accuser's; its fee is that of one proof, and half of it is burned.
    let [lost, reward] = [3_800, 200].map(Amount::new);
    let evidence = Box::new(accuse(first().vote).evidence);
    assert_eq!(event, Event::Convicted { owner, accuser: OTHER, burned: lost, reward, evidence });
    assert_eq!(world.state.burned().get(), burned + 3_800 + 7);
    assert_eq!(world.balance(OTHER), before + 200 - 13);
    let stake = world.state.stake(&owner).unwrap();
    assert_eq!(stake.money(), Amount::new(1_000));
    assert_eq!(stake.convicted, Some(world.state.height()));
    world.must(owner, Withdraw);
    // It is remembered, with nothing.
    assert_eq!(world.state.stake(&owner).unwrap().money(), Amount::ZERO);
    world.expect(owner, bond(5_000, None), 103);
}

/// Whatever is at stake: who accuses itself through another account has less than who keeps silent and leaves.
#[test]
fn nobody_gains_by_accusing_itself() {
    for amount in [1_000, 1_001, 1_009, 1_019, 1_020, 1_021, 19_999, START - 20] {
        let mut world = World::at(&genesis());
        world.must(OWNER, bond(amount, Some(registration(0))));
        let both = |world: &World| world.balance(OWNER) + world.balance(BUYER);
        let (before, supply) = (both(&world), genesis().supply().get());
        world.must(BUYER, accuse(vote_key(0)));
        let gained = both(&world) - (before - 13);
        assert!(gained <= amount / 20, "{amount}");
        assert!(supply - world.state.burned().get() <= supply - (amount - amount / 20));
    }
}

#[test]
fn a_false_accusation_is_charged_and_changes_nothing() {
    let (mut world, owner) = world();
    let signed = world.signed(world.tx(POOR, slander(first().vote)));
    assert_eq!(world.run(signed).unwrap_err().code(), 5);
    let before = world.balance(OWNER);
    let signed = world.signed(world.tx(OWNER, slander(first().vote)));
    let outcome = world.run(signed).unwrap();
    assert_eq!(outcome.failure.map(|failure| failure.code()), Some(114));
    assert_eq!(world.balance(OWNER), before - 13);
    assert_eq!(bonded(&world, owner), FOUNDED);
}

#[test]
fn rejects_each_broken_rule_of_a_founding() {
    let (whole, founding) = (genesis(), genesis().founding().unwrap().clone());
    let with = |validators: Validators, founding: Founding, window_min| {
        let parameters = Parameters { window_min, ..PARAMETERS };
        Genesis::staked(7, 1_000, validators, founding, parameters, whole.balances().to_vec())
    };
    assert_eq!(with(validators(), founding.clone(), 8), Ok(whole.clone()));
    assert_eq!(from_bytes(&assay_codec::to_bytes(&whole)), Ok(whole.clone()));
    #[track_caller]
    fn check(got: &Result<Genesis, &'static str>, why: &str) {
        assert_eq!(*got, Err(why));
    }
    let mut few = founding.clone();
    few.founders.pop();
    check(&with(validators(), few, 8), "every validator of a genesis with stakes has one");
    let mut poor = founding.clone();
    poor.founders[2].stake = Amount::new(999);
    check(&with(validators(), poor, 8), "a validator of a genesis has too little at stake");
    let mut list = validators().list().to_vec();
    list[1].payee = list[0].payee;
    let twice = "one account stands behind one validator with stake";
    check(&with(Validators::new(list).unwrap(), founding.clone(), 8), twice);
    let rules = |change: fn(&mut StakeRules)| {
        let mut founding = founding.clone();
        change(&mut founding.rules);
        with(validators(), founding, 8)
    };
    check(&rules(|rules| rules.stake_min = Amount::ZERO), "a validator has something at stake");
    let free = "stake is free after 1 to 2^30 blocks";
    check(&rules(|rules| rules.unbonding_blocks = (1 << 30) + 1), free);
    check(&rules(|rules| rules.unbonding_blocks = 0), free);
    check(&rules(|rules| rules.reward_ppm = 100_001), "an accuser gets at most a tenth");
    let none = "a set that never changes has no seats to give";
    check(&rules(|rules| rules.seats = 4), none);
    let epoch = "an epoch has 2 to 2^24 blocks, if the set of validators changes";
    check(&rules(|rules| rules.epoch_blocks = 1), epoch);
    check(&rules(|rules| rules.epoch_blocks = (1 << 24) + 1), epoch);
    let seats = "a chain has 1 to 128 seats";
    check(&rules(|rules| rules.epoch_blocks = 4), seats);
    check(&rules(|rules| (rules.epoch_blocks, rules.seats) = (4, 129)), seats);
    let early = "stake is free two epochs after it was taken back, or later";
    check(&rules(|rules| (rules.epoch_blocks, rules.seats) = (6, 4)), early);
    let many = "a genesis has no more validators than seats";
    check(&rules(|rules| (rules.epoch_blocks, rules.seats) = (5, 3)), many);
    let windows = "windows last at least two blocks per validator";
    check(&rules(|rules| (rules.epoch_blocks, rules.seats) = (5, 5)), windows);
    let mut rich = founding.clone();
    rich.founders[0].stake = Amount::new(u128::MAX);
    check(&with(validators(), rich, 8), "the balances of a genesis exceed the largest amount");
}
