//! The state as bytes: for its root, and for a snapshot.

use super::{Account, State, Tip};
use assay_codec::{Decode, Digest, Encode, Error, Reader, put_len};
use assay_types::validators::VALIDATORS_MAX;
use assay_types::{Address, NOBODY};
use std::collections::{BTreeMap, BTreeSet};

/// Most entries of each table in a snapshot.
const ENTRIES_MAX: usize = 1 << 28;

assay_codec::record!(Account { balance, nonce });
assay_codec::record!(Tip { sequence, digest });

impl State {
    /// Digest of the whole state. Costs as much as the state is large; nothing but the header's field
    /// depends on how it is computed.
    pub fn root(&self) -> Digest {
        Digest::of("assay/state/1", self)
    }
}

impl Encode for State {
    fn encode(&self, out: &mut Vec<u8>) {
        self.genesis.encode(out);
        self.chain.encode(out);
        put_payees(out, &self.payees);
        self.parameters.encode(out);
        self.supply.encode(out);
        self.height.encode(out);
        self.time_ms.encode(out);
        self.burned.encode(out);
        put_map(out, &self.accounts);
        put_map(out, &self.listings);
        put_map(out, &self.jobs);
        put_len(out, self.opened.len());
        for ((table, buyer), height) in &self.opened {
            table.encode(out);
            buyer.encode(out);
            height.encode(out);
        }
        put_len(out, self.spent.len());
        for (buyer, test) in &self.spent {
            buyer.encode(out);
            test.encode(out);
        }
        put_map(out, &self.tips);
    }
}

/// Reads a snapshot. It is canonical, but whether it is the state of a chain, its root says.
impl Decode for State {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let mut state = Self {
            genesis: Decode::decode(from)?,
            chain: Decode::decode(from)?,
            payees: payees(from)?,
            parameters: Decode::decode(from)?,
            supply: Decode::decode(from)?,
            height: Decode::decode(from)?,
            time_ms: Decode::decode(from)?,
            burned: Decode::decode(from)?,
            accounts: map(from)?,
            listings: map(from)?,
            jobs: map(from)?,
            opened: entries(from, |from| {
                Ok(((Decode::decode(from)?, Decode::decode(from)?), Decode::decode(from)?))
            })?,
            spent: BTreeSet::new(),
            tips: BTreeMap::new(),
            due: BTreeSet::new(),
        };
        let spent = entries(from, |from| Ok(((Decode::decode(from)?, Decode::decode(from)?), ())))?;
        state.spent = spent.into_keys().collect();
        state.tips = map(from)?;
        let live = state.jobs.iter().filter(|(_, job)| job.is_live());
        state.due = live.map(|(&id, job)| (job.deadline, id)).collect();
        Ok(state)
    }
}

/// One is written as it is. Many stand behind an address that nobody has.
fn put_payees(out: &mut Vec<u8>, payees: &[Address]) {
    if payees.len() != 1 {
        NOBODY.encode(out);
        put_len(out, payees.len());
    }
    payees.iter().for_each(|payee| payee.encode(out));
}

fn payees(from: &mut Reader<'_>) -> Result<Vec<Address>, Error> {
    let first = Address::decode(from)?;
    if first != NOBODY {
        return Ok(vec![first]);
    }
    let payees = from.seq(VALIDATORS_MAX)?;
    if payees.len() < 2 || payees.contains(&NOBODY) {
        return Err(Error::Invalid("the list of those who are paid is not one of many"));
    }
    Ok(payees)
}

fn put_map<K: Encode, V: Encode>(out: &mut Vec<u8>, map: &BTreeMap<K, V>) {
    put_len(out, map.len());
    for (key, value) in map {
        key.encode(out);
        value.encode(out);
    }
}

fn map<K: Decode + Ord, V: Decode>(from: &mut Reader<'_>) -> Result<BTreeMap<K, V>, Error> {
    entries(from, |from| Ok((K::decode(from)?, V::decode(from)?)))
}

fn entries<K: Ord, V>(
    from: &mut Reader<'_>,
    read: impl Fn(&mut Reader<'_>) -> Result<(K, V), Error>,
) -> Result<BTreeMap<K, V>, Error> {
    let len = from.len("entries", ENTRIES_MAX)?;
    let mut map = BTreeMap::new();
    for _ in 0..len {
        let (key, value) = read(from)?;
        if map.last_key_value().is_some_and(|(last, _)| key <= *last) {
            return Err(Error::Invalid("the keys of a table do not rise"));
        }
        map.insert(key, value);
    }
    Ok(map)
}
