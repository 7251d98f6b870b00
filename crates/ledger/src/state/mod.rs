//! Everything that the rules know, and the only hands that move money.

mod audit;
mod block;
mod encoding;
mod entries;
mod money;
mod piece;
mod proof;

pub use audit::Imbalance;
pub use block::BlockFault;
pub use entries::{Changed, Misplaced};
pub use piece::{PIECE_BYTES, Partial, Piece, PieceRejection, Wanted};
pub use proof::{BadKey, Proven};

use crate::dataset::Listed;
use crate::job::Job;
use crate::map::Map;
use crate::stake::{self, Stake};
use assay_codec::{Decode, Digest, Encode, Error, Reader};
use assay_types::stake::StakeRules;
use assay_types::{
    Address, Amount, BlobId, DatasetId, Event, Genesis, Height, JobId, LogEntry, Parameters,
    TestCommitment, Topic,
};

/// What the ledger knows of an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Its money.
    pub balance: Amount,
    /// Number of its transactions so far.
    pub nonce: u64,
}

/// The end of a topic's log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tip {
    /// How many entries there are.
    pub sequence: u64,
    /// The digest of the last one, and with it of all.
    pub digest: Digest,
}

/// A live job by its deadline. The encoding has the order of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Due {
    deadline: Height,
    job: JobId,
}

impl Encode for Due {
    fn encode(&self, out: &mut Vec<u8>) {
        self.deadline.get().to_be_bytes().encode(out);
        self.job.encode(out);
    }
}

impl Decode for Due {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let deadline = Height::new(u64::from_be_bytes(from.array()?));
        Ok(Self { deadline, job: JobId::decode(from)? })
    }
}

/// The market between two transactions.
///
/// A copy shares everything with the original, and costs what is changed in it afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    genesis: Digest,
    chain: u64,
    /// Who is paid the fees, in turn: the block of height h pays number h modulo their count. Never empty.
    payees: Vec<Address>,
    parameters: Parameters,
    supply: Amount,
    height: Height,
    time_ms: u64,
    burned: Amount,
    accounts: Map<Address, Account>,
    listings: Map<DatasetId, Listed>,
    jobs: Map<JobId, Job>,
    /// Rows (by digest) and who opened them, with the height at which it first happened.
    opened: Map<(Digest, Address), Height>,
    /// Commitments to test sets that their buyers have opened.
    spent: Map<(Address, TestCommitment), ()>,
    tips: Map<Topic, Tip>,
    /// The rules of stakes; `None` where the genesis founds none.
    stake_rules: Option<StakeRules>,
    /// The accounts behind those who take the seats when the next epoch begins, if others do.
    next: Vec<Address>,
    /// What validators have at stake, by the account that stands behind them.
    stakes: Map<Address, Stake>,
    /// The live jobs by deadline. Follows from `jobs`, so it is neither encoded nor
    /// authenticated.
    due: Map<Due, ()>,
}

impl State {
    /// Returns the state before the first block.
    pub fn new(genesis: &Genesis) -> Self {
        let account =
            |&(address, balance): &(Address, Amount)| (address, Account { balance, nonce: 0 });
        Self {
            genesis: genesis.digest(),
            chain: genesis.chain(),
            payees: genesis.orderer().payees(),
            parameters: *genesis.parameters(),
            supply: genesis.supply(),
            height: Height::new(0),
            time_ms: genesis.time_ms(),
            burned: Amount::ZERO,
            accounts: genesis.balances().iter().map(account).collect(),
            listings: Map::default(),
            jobs: Map::default(),
            opened: Map::default(),
            spent: Map::default(),
            tips: Map::default(),
            stake_rules: genesis.founding().map(|founding| founding.rules),
            next: Vec::new(),
            stakes: founded(genesis),
            due: Map::default(),
        }
    }

    /// Digest of the genesis.
    pub fn genesis(&self) -> Digest {
        self.genesis
    }

    /// EIP-155 number of the chain.
    pub fn chain(&self) -> u64 {
        self.chain
    }

    /// The constants of the rules.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Height of the block that is open, or of the last one.
    pub fn height(&self) -> Height {
        self.height
    }

    /// Time of that block, in milliseconds since 1970.
    pub fn time_ms(&self) -> u64 {
        self.time_ms
    }

    /// Money that nobody has any more.
    pub fn burned(&self) -> Amount {
        self.burned
    }

    /// Returns an account; one that never was is empty.
    pub fn account(&self, address: &Address) -> Account {
        self.accounts.get(address).copied().unwrap_or_default()
    }

    /// Walks over all accounts, by address.
    pub fn accounts(&self) -> impl Iterator<Item = (&Address, &Account)> {
        self.accounts.iter()
    }

    /// Returns a listing.
    pub fn listing(&self, dataset: &DatasetId) -> Option<&Listed> {
        self.listings.get(dataset)
    }

    /// Walks over all listings, by name.
    pub fn listings(&self) -> impl Iterator<Item = (&DatasetId, &Listed)> {
        self.listings.iter()
    }

    /// Returns a job, also one that has ended.
    pub fn job(&self, job: &JobId) -> Option<&Job> {
        self.jobs.get(job)
    }

    /// Walks over all jobs, by name.
    pub fn jobs(&self) -> impl Iterator<Item = (&JobId, &Job)> {
        self.jobs.iter()
    }

    /// The rules of stakes, if there are stakes.
    pub fn stake_rules(&self) -> Option<&StakeRules> {
        self.stake_rules.as_ref()
    }

    /// Returns what an account has at stake.
    pub fn stake(&self, owner: &Address) -> Option<&Stake> {
        self.stakes.get(owner)
    }

    /// Walks over all stakes, by account.
    pub fn stakes(&self) -> impl Iterator<Item = (&Address, &Stake)> {
        self.stakes.iter()
    }

    /// Returns the price of the next sale of a listing at this height.
    pub fn price(&self, dataset: &DatasetId) -> Option<Amount> {
        self.listings.get(dataset).map(|listed| listed.price(self.height))
    }

    /// Returns when `buyer` first opened the rows behind `table`. A buyer may not open them for a job
    /// that began later.
    pub fn opened_by(&self, table: &Digest, buyer: &Address) -> Option<Height> {
        self.opened.get(&(*table, *buyer)).copied()
    }

    /// Returns when anybody first opened the rows behind `table` on this ledger.
    pub fn first_opened(&self, table: &Digest) -> Option<Height> {
        self.opened.beginning(&table.0).map(|(_, &height)| height).min()
    }

    /// Returns how many entries the log has about `topic`, and its running hash.
    pub fn tip(&self, topic: &Topic) -> (u64, Digest) {
        let tip = self.tips.get(topic).copied().unwrap_or_default();
        (tip.sequence, tip.digest)
    }

    /// Returns how many entries the log has about everything.
    pub fn log_count(&self) -> u64 {
        self.tips.values().fold(0, |sum, tip| sum.saturating_add(tip.sequence))
    }

    /// Returns the live jobs and the blobs that are kept for them: what their rules will ask for, and what their
    /// parties have to be handed.
    pub fn held(&self) -> Vec<(JobId, Vec<BlobId>)> {
        let live = self.jobs.iter().filter(|(_, job)| job.is_live());
        live.map(|(&id, job)| (id, job.blobs())).filter(|(_, blobs)| !blobs.is_empty()).collect()
    }

    pub(crate) fn has_spent(&self, buyer: &Address, test: &TestCommitment) -> bool {
        self.spent.contains(&(*buyer, *test))
    }

    pub(crate) fn spend(&mut self, buyer: Address, test: TestCommitment) {
        self.spent.insert((buyer, test), ());
    }

    /// Records that `buyer` has shown the rows behind `table` to everybody.
    pub(crate) fn record_rows(&mut self, buyer: Address, table: Digest) {
        if !self.opened.contains(&(table, buyer)) {
            self.opened.insert((table, buyer), self.height);
        }
    }

    /// The accounts behind the validators of this epoch, in their order.
    pub fn seated(&self) -> &[Address] {
        &self.payees
    }

    /// The accounts behind the validators of the next epoch, in their order: those who were elected, or would be now.
    pub fn successors(&self) -> Vec<Address> {
        let rules = self.stake_rules.filter(StakeRules::has_epochs);
        let elected = match rules {
            Some(rules) if self.next.is_empty() => stake::elected(self, &rules),
            _ => self.next.clone(),
        };
        if elected.is_empty() { self.payees.clone() } else { elected }
    }

    /// Others take the seats when the next epoch begins.
    pub(crate) fn elect(&mut self, next: Vec<Address>) {
        self.next = next;
    }

    /// Those who were elected take their seats, if somebody was.
    pub(crate) fn seat(&mut self) {
        let next = std::mem::take(&mut self.next);
        if !next.is_empty() {
            self.payees = next;
        }
    }

    /// Keeps what an account has at stake.
    pub(crate) fn put_stake(&mut self, owner: Address, stake: Stake) {
        self.stakes.insert(owner, stake);
    }

    pub(crate) fn remove_stake(&mut self, owner: &Address) {
        self.stakes.remove(owner);
    }

    pub(crate) fn put_listing(&mut self, dataset: DatasetId, listed: Listed) {
        self.listings.insert(dataset, listed);
    }

    pub(crate) fn listing_mut(&mut self, dataset: &DatasetId) -> Option<&mut Listed> {
        self.listings.get_mut(dataset)
    }

    /// Keeps a job in its new stage, with its new deadline.
    pub(crate) fn put_job(&mut self, id: JobId, job: Job) {
        if let Some(before) = self.jobs.get(&id) {
            self.due.remove(&Due { deadline: before.deadline, job: id });
        }
        if job.is_live() {
            self.due.insert(Due { deadline: job.deadline, job: id }, ());
        }
        self.jobs.insert(id, job);
    }

    /// Appends an event to the log of its topic.
    pub(crate) fn log(&mut self, event: Event) -> LogEntry {
        let topic = event.topic();
        let tip = self.tips.get_or_default(&topic);
        let (sequence, previous) = (tip.sequence, tip.digest);
        let (height, time_ms) = (self.height, self.time_ms);
        let entry = LogEntry { topic, sequence, previous, height, time_ms, event };
        *tip = Tip { sequence: sequence.saturating_add(1), digest: entry.digest() };
        entry
    }
}

/// What the validators of a genesis begin with.
fn founded(genesis: &Genesis) -> Map<Address, Stake> {
    let validators = genesis.validators().map(|set| set.list()).unwrap_or_default();
    let founders = genesis.founding().map(|founding| founding.founders.as_slice());
    let both = validators.iter().zip(founders.unwrap_or_default());
    both.map(|(validator, founder)| (validator.payee, Stake::founded(validator, founder))).collect()
}
