//! What happened: one event for each change of the state.
//!
//! Events feed the log, from which receipts and streams are made, so each carries what a reader cannot
//! find in the events of its topic before it.

use crate::bounded::List;
use crate::log::Topic;
use crate::stake::Registration;
use crate::statement::Score;
use crate::tx::OpenJob;
use crate::validators::{VALIDATORS_MAX, Validator};
use crate::{Address, Amount, BlobId, DatasetId, FieldDigest, Height, JobId};
use crate::{DoubleVote, ModelCommitment, StatementDigest};
use assay_codec::{Decode, Digest, Encode, Error, Reader};
use assay_model::Architecture;

/// How a party left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It said so.
    Word,
    /// It let its window pass.
    Silence,
}

impl Encode for Manner {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Word => 0,
            Self::Silence => 1,
        });
    }
}

impl Decode for Manner {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::Word),
            1 => Ok(Self::Silence),
            got => Err(Error::Tag { what: "manner", got }),
        }
    }
}

/// A sale, with all that a receipt shows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Who paid.
    pub buyer: Address,
    /// Who was paid.
    pub owner: Address,
    /// The listing.
    pub dataset: DatasetId,
    /// Its version when the job was opened.
    pub version: u32,
    /// The model.
    pub model: ModelCommitment,
    /// Its shape and declared bounds.
    pub architecture: Architecture,
    /// Digest of the test rows.
    pub table: Digest,
    /// How many there are.
    pub rows: u32,
    /// How many had to be answered correctly.
    pub needed: u32,
    /// What was proven about them.
    pub score: Score,
    /// Whether the rows had not been opened on this ledger when the model was committed.
    pub fresh: bool,
    /// The statement about the score.
    pub accuracy: StatementDigest,
    /// The proof of it.
    pub accuracy_proof: BlobId,
    /// The statement about the ciphertext.
    pub delivery: StatementDigest,
    /// The proof of it.
    pub delivery_proof: BlobId,
    /// The ciphertext.
    pub ciphertext: BlobId,
    /// The key, useless to all but the buyer.
    pub key: FieldDigest,
    /// The price.
    pub price: Amount,
    /// The evaluation fee.
    pub evaluation_fee: Amount,
    /// What of the price was burned.
    pub burned: Amount,
    /// Effective number of the listing's sales after this one.
    pub count: u64,
}

assay_codec::record!(Sale {
    buyer,
    owner,
    dataset,
    version,
    model,
    architecture,
    table,
    rows,
    needed,
    score,
    fresh,
    accuracy,
    accuracy_proof,
    delivery,
    delivery_proof,
    ciphertext,
    key,
    price,
    evaluation_fee,
    burned,
    count,
});

impl Encode for Box<Sale> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.as_ref().encode(out);
    }
}

impl Decode for Box<Sale> {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Sale::decode(from).map(Self::new)
    }
}

impl Encode for Box<DoubleVote> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.as_ref().encode(out);
    }
}

impl Decode for Box<DoubleVote> {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        DoubleVote::decode(from).map(Self::new)
    }
}

/// Writes the enum and its encoding from one list, so that they cannot disagree. Tags are part of the
/// wire format: append, never renumber.
macro_rules! events {
    ($($(#[$doc:meta])* $tag:literal $name:ident {
        $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)?
    })*) => {
        /// What happened.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event {
            $($(#[$doc])* $name { $($(#[$field_doc])* $field: $type),* },)*
        }

        impl Event {
            /// Returns the event's name, as it is written here.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => stringify!($name),)*
                }
            }
        }

        impl Encode for Event {
            fn encode(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$name { $($field),* } => {
                        let tag: u8 = $tag;
                        tag.encode(out);
                        $($field.encode(out);)*
                    })*
                }
            }
        }

        impl Decode for Event {
            fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
                match u8::decode(from)? {
                    $($tag => Ok(Self::$name { $($field: Decode::decode(from)?),* }),)*
                    got => Err(Error::Tag { what: "event", got }),
                }
            }
        }
    };
}

events! {
    /// A transaction was executed and its fee taken.
    0 Executed {
        /// Who sent and paid.
        from: Address,
        /// Its nonce.
        nonce: u64,
        /// Its digest.
        tx: Digest,
        /// The fee.
        fee: Amount,
        /// What of the fee was burned.
        burned: Amount,
        /// Why nothing but nonce and fee changed, if so: the number of the rejection.
        failure: Option<u16>,
    }
    /// Money changed hands.
    1 Transferred {
        /// Whose it was.
        from: Address,
        /// Whose it is.
        to: Address,
        /// How much.
        amount: Amount,
    }
    /// A listing appeared, as version 1.
    2 Published {
        /// Its name.
        dataset: DatasetId,
        /// Whose it is.
        owner: Address,
        /// Digest of its content.
        listing: Digest,
        /// What was burned for it.
        burned: Amount,
    }
    /// A listing has a new version.
    3 Updated {
        /// The listing.
        dataset: DatasetId,
        /// The number of the version.
        version: u32,
        /// Digest of its content.
        listing: Digest,
    }
    /// A listing takes no more jobs.
    4 Delisted {
        /// The listing.
        dataset: DatasetId,
    }
    /// A job was opened and paid for in advance.
    5 Opened {
        /// The job.
        job: JobId,
        /// Who pays.
        buyer: Address,
        /// Who shall train.
        owner: Address,
        /// What was asked.
        request: Box<OpenJob>,
        /// How many rows must be answered correctly.
        needed: u32,
        /// The price, fixed now.
        price: Amount,
        /// What an honest miss earns.
        evaluation_fee: Amount,
        /// Last height for the model.
        deadline: Height,
    }
    /// The owner did not want the job.
    6 Declined {
        /// The job.
        job: JobId,
        /// What went back to the buyer.
        refund: Amount,
    }
    /// The owner trained nothing in time.
    7 Expired {
        /// The job.
        job: JobId,
        /// What went back to the buyer.
        refund: Amount,
    }
    /// The model is fixed.
    8 Committed {
        /// The job.
        job: JobId,
        /// The model.
        model: ModelCommitment,
        /// Its shape and declared bounds.
        architecture: Architecture,
        /// Last height for the test set.
        deadline: Height,
    }
    /// The buyer did not show the test set in time.
    9 BuyerDefaulted {
        /// The job.
        job: JobId,
        /// What the owner earned.
        earned: Amount,
        /// What went back to the buyer.
        refund: Amount,
    }
    /// The test set is open.
    10 TestOpened {
        /// The job.
        job: JobId,
        /// Digest of the rows.
        table: Digest,
        /// Their bytes.
        blob: BlobId,
        /// Whether they had not been opened on this ledger when the model was committed.
        fresh: bool,
        /// Last height for the proof.
        deadline: Height,
    }
    /// The owner gave up.
    11 Conceded {
        /// The job.
        job: JobId,
        /// How.
        manner: Manner,
        /// What went back to the buyer.
        refund: Amount,
    }
    /// The model is proven not to reach the threshold.
    12 Missed {
        /// The job.
        job: JobId,
        /// What was proven.
        accuracy: StatementDigest,
        /// The proof.
        proof: BlobId,
        /// What the owner earned.
        earned: Amount,
        /// What went back to the buyer.
        refund: Amount,
    }
    /// The model is proven to reach the threshold, and its ciphertext to hold it.
    13 Proven {
        /// The job.
        job: JobId,
        /// What was proven about the score.
        accuracy: StatementDigest,
        /// The proof.
        accuracy_proof: BlobId,
        /// What was proven about the ciphertext.
        delivery: StatementDigest,
        /// The proof.
        delivery_proof: BlobId,
        /// The ciphertext.
        ciphertext: BlobId,
        /// Hash of the key to be revealed.
        key_hash: FieldDigest,
        /// Last height for the key.
        deadline: Height,
    }
    /// The owner did not reveal the key in time.
    14 OwnerDefaulted {
        /// The job.
        job: JobId,
        /// What went back to the buyer.
        refund: Amount,
    }
    /// The key is revealed, the owner paid.
    15 Settled {
        /// The job.
        job: JobId,
        /// The sale.
        sale: Box<Sale>,
    }
    /// Money was put at stake.
    16 Bonded {
        /// Whose.
        owner: Address,
        /// How much.
        amount: Amount,
        /// The validator, if it became known or has moved.
        registration: Option<Registration>,
    }
    /// Stake was taken back.
    17 Unbonded {
        /// Whose.
        owner: Address,
        /// How much.
        amount: Amount,
        /// From which height on it is free.
        free: Height,
    }
    /// Free stake was fetched.
    18 Withdrawn {
        /// Whose.
        owner: Address,
        /// How much.
        amount: Amount,
    }
    /// A validator was convicted, and has lost its stake.
    19 Convicted {
        /// Whose stake it was.
        owner: Address,
        /// Who has shown its votes.
        accuser: Address,
        /// What was burned.
        burned: Amount,
        /// What the accuser got.
        reward: Amount,
        /// The votes.
        evidence: Box<DoubleVote>,
    }
    /// Other validators order the blocks, from the next epoch on.
    20 Seated {
        /// The next epoch.
        epoch: u64,
        /// Who they are, by network key.
        validators: List<Validator, VALIDATORS_MAX>,
    }
}

impl Event {
    /// Returns what the event is about.
    pub fn topic(&self) -> Topic {
        match self {
            Self::Executed { from, .. } | Self::Transferred { from, .. } => Topic::Account(*from),
            Self::Bonded { owner, .. }
            | Self::Unbonded { owner, .. }
            | Self::Withdrawn { owner, .. }
            | Self::Convicted { owner, .. } => Topic::Account(*owner),
            Self::Seated { .. } => Topic::Validators,
            Self::Published { dataset, .. }
            | Self::Updated { dataset, .. }
            | Self::Delisted { dataset } => Topic::Dataset(*dataset),
            Self::Opened { job, .. }
            | Self::Declined { job, .. }
            | Self::Expired { job, .. }
            | Self::Committed { job, .. }
            | Self::BuyerDefaulted { job, .. }
            | Self::TestOpened { job, .. }
            | Self::Conceded { job, .. }
            | Self::Missed { job, .. }
            | Self::Proven { job, .. }
            | Self::OwnerDefaulted { job, .. }
            | Self::Settled { job, .. } => Topic::Job(*job),
        }
    }
}
