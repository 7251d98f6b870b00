//! The state as bytes: its scalars, and the whole of it.

use super::{Account, Due, State, Tip};
use crate::map::{Key, Map, Value};
use assay_codec::{Decode, Encode, Error, Reader, put_len, put_seq, to_bytes};
use assay_types::stake::StakeRules;
use assay_types::validators::VALIDATORS_MAX;
use assay_types::{Address, NOBODY};

/// Most entries of each table in a snapshot.
const ENTRIES_MAX: usize = 1 << 28;

assay_codec::record!(Account { balance, nonce });
assay_codec::record!(Tip { sequence, digest });

impl State {
    /// The encoding of the scalars: everything that is there once.
    pub fn head(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.put_head(&mut out);
        out
    }

    fn put_head(&self, out: &mut Vec<u8>) {
        self.genesis.encode(out);
        self.chain.encode(out);
        put_payees(out, &self.payees, self.stake_rules.as_ref(), &self.next);
        self.parameters.encode(out);
        self.supply.encode(out);
        self.height.encode(out);
        self.time_ms.encode(out);
        self.burned.encode(out);
    }

    /// Reads scalars, of a state that holds nothing yet.
    pub(super) fn take_head(from: &mut Reader<'_>) -> Result<Self, Error> {
        let (genesis, chain) = (Decode::decode(from)?, Decode::decode(from)?);
        let Paid { payees, stake_rules, next } = payees(from)?;
        Ok(Self {
            genesis,
            chain,
            payees,
            stake_rules,
            next,
            parameters: Decode::decode(from)?,
            supply: Decode::decode(from)?,
            height: Decode::decode(from)?,
            time_ms: Decode::decode(from)?,
            burned: Decode::decode(from)?,
            accounts: Map::default(),
            listings: Map::default(),
            jobs: Map::default(),
            opened: Map::default(),
            spent: Map::default(),
            tips: Map::default(),
            stakes: Map::default(),
            due: Map::default(),
        })
    }

    /// Finds the live jobs, after all jobs were read.
    pub(super) fn find_due(&mut self) {
        let live = self.jobs.iter().filter(|(_, job)| job.is_live());
        let due = live.map(|(&job, of)| (Due { deadline: of.deadline, job }, ()));
        self.due = due.collect();
    }
}

impl Encode for State {
    fn encode(&self, out: &mut Vec<u8>) {
        self.put_head(out);
        put_map(out, &self.accounts);
        put_map(out, &self.listings);
        put_map(out, &self.jobs);
        put_map(out, &self.opened);
        put_map(out, &self.spent);
        put_map(out, &self.tips);
        put_map(out, &self.stakes);
    }
}

/// Reads a snapshot. It is canonical, but whether it is the state of a chain, its root says.
impl Decode for State {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let mut state = Self::take_head(from)?;
        state.accounts = map(from)?;
        state.listings = map(from)?;
        state.jobs = map(from)?;
        state.opened = map(from)?;
        state.spent = map(from)?;
        state.tips = map(from)?;
        state.stakes = map(from)?;
        state.find_due();
        Ok(state)
    }
}

/// One is written as it is. Many stand behind an address that nobody has; behind that and a list of none, if there are
/// stakes, stand their rules, then all payees, then, where the set changes, those of the next epoch if they are others.
fn put_payees(out: &mut Vec<u8>, payees: &[Address], rules: Option<&StakeRules>, next: &[Address]) {
    if let Some(rules) = rules {
        NOBODY.encode(out);
        put_len(out, 0);
        rules.encode(out);
        put_seq(out, payees);
        if rules.has_epochs() {
            put_seq(out, next);
        }
        return;
    }
    if payees.len() != 1 {
        NOBODY.encode(out);
        put_len(out, payees.len());
    }
    payees.iter().for_each(|payee| payee.encode(out));
}

/// Who is paid, now and in the next epoch.
struct Paid {
    payees: Vec<Address>,
    stake_rules: Option<StakeRules>,
    next: Vec<Address>,
}

fn payees(from: &mut Reader<'_>) -> Result<Paid, Error> {
    let first = Address::decode(from)?;
    if first != NOBODY {
        return Ok(Paid { payees: vec![first], stake_rules: None, next: Vec::new() });
    }
    let (mut payees, mut stake_rules) = (from.seq(VALIDATORS_MAX)?, None);
    let mut next = Vec::new();
    let least = if payees.is_empty() { 1 } else { 2 };
    if payees.is_empty() {
        let rules = StakeRules::decode(from)?;
        payees = from.seq(VALIDATORS_MAX)?;
        if rules.has_epochs() {
            next = from.seq(VALIDATORS_MAX)?;
        }
        stake_rules = Some(rules);
    }
    if payees.len() < least || payees.contains(&NOBODY) {
        return Err(Error::Invalid("the list of those who are paid is not one of many"));
    }
    Ok(Paid { payees, stake_rules, next })
}

fn put_map<K: Key, V: Value>(out: &mut Vec<u8>, map: &Map<K, V>) {
    put_len(out, usize::try_from(map.count()).expect("what is in memory can be counted"));
    for (key, value) in map.iter() {
        key.encode(out);
        value.encode(out);
    }
}

fn map<K: Key, V: Value>(from: &mut Reader<'_>) -> Result<Map<K, V>, Error> {
    let len = from.len("entries", ENTRIES_MAX)?;
    let (mut map, mut last) = (Map::default(), None);
    for _ in 0..len {
        let (key, value) = (K::decode(from)?, V::decode(from)?);
        let bytes = to_bytes(&key);
        if last.is_some_and(|last| bytes <= last) {
            return Err(Error::Invalid("the keys of a table do not rise"));
        }
        last = Some(bytes);
        map.insert(key, value);
    }
    Ok(map)
}
