//! Why a step of a job is refused.

use super::StageName;
use crate::rejection::rejections;
use assay_codec::Digest;
use assay_types::TestCommitment;
use assay_types::{Address, Amount, BlobId, DatasetId, Height, JobId, StatementDigest};

rejections! {
    /// There is no such listing.
    51 Listing {
        /// The listing.
        dataset: DatasetId,
    } "there is no listing {dataset}"
    /// The listing takes no more jobs.
    52 Delisted {
        /// The listing.
        dataset: DatasetId,
    } "listing {dataset} is off the market"
    /// The buyer has read another version.
    53 Version {
        /// The current version.
        expected: u32,
        /// The version read.
        got: u32,
    } "the job is for version {got} of the listing, version {expected} is current"
    /// Owners do not buy from themselves.
    54 OwnListing "the listing is the sender's own"
    /// The listing's limits do not admit the hyper-parameters.
    55 Limits {
        /// Which limit.
        why: &'static str,
    } "{why}"
    /// The test set is empty or too large.
    56 Rows {
        /// Most rows.
        max: u32,
        /// Rows of the test set.
        got: u32,
    } "the test set has {got} rows, the listing allows 1 to {max}"
    /// Any model reaches this threshold.
    57 Threshold "a threshold of zero asks for nothing"
    /// A hidden test set has no commitment that a proof could open.
    58 TestPrivacy "a test set is public or committed, not hidden"
    /// The listing does not disclose that much.
    59 Disclosure "the listing does not allow exact scores"
    /// The window is too short or too long.
    60 Window {
        /// The ledger's least.
        min: u64,
        /// The ledger's most.
        max: u64,
        /// The job's.
        got: u64,
    } "the window to commit is {got} blocks, the ledger allows {min} to {max}"
    /// A commitment that has been opened hides nothing.
    61 TestSpent {
        /// The commitment.
        test: TestCommitment,
    } "the buyer has opened test commitment {test} before"
    /// The price has moved above the buyer's limit.
    62 Price {
        /// The price.
        price: Amount,
        /// The limit.
        max_price: Amount,
    } "the price {price} is above the buyer's limit {max_price}"
    /// The money is not there.
    63 Funds {
        /// Price and evaluation fee.
        escrow: Amount,
        /// What the sender has beside the fee.
        funds: Amount,
    } "price and evaluation fee are {escrow}, the sender's funds beside the fee are {funds}"
    /// No proof can open this commitment.
    64 TestForm {
        /// The commitment.
        test: TestCommitment,
    } "the test set is committed, but {test} is not made of elements of the proof field"
    /// There is no such job.
    71 Unknown {
        /// The job.
        job: JobId,
    } "there is no job {job}"
    /// Only the owner may do this.
    72 NotOwner {
        /// The owner.
        owner: Address,
    } "this step is for the job's owner {owner}"
    /// Only the buyer may do this.
    73 NotBuyer {
        /// The buyer.
        buyer: Address,
    } "this step is for the job's buyer {buyer}"
    /// It is not time for this step, or no longer.
    74 Stage {
        /// The stage in which the step is possible.
        expected: StageName,
        /// The job's stage.
        got: StageName,
    } "the job is {got}, the step needs it {expected}"
    /// The model does not fit the columns or classes of the data.
    75 Shape {
        /// Features and classes of the schema.
        expected: (usize, usize),
        /// Features and classes of the architecture.
        got: (usize, usize),
    } "the model has features and classes {got:?}, the data has {expected:?}"
    /// The model is larger than was asked for.
    76 Size {
        /// What is counted.
        what: &'static str,
        /// The most that was asked for.
        max: u64,
        /// What is declared.
        got: u64,
    } "the model declares {got} {what}, the job allows {max}"
    /// The model and the test set are in one block: nobody can say which came first.
    77 TooEarly {
        /// When the model was fixed.
        committed: Height,
    } "the test set may be opened after block {committed}"
    /// The blob is no table.
    78 Table {
        /// The blob.
        blob: BlobId,
    } "blob {blob} is not the canonical encoding of a table"
    /// Not the rows that were committed.
    79 Opening {
        /// What was committed.
        test: TestCommitment,
    } "rows and salt do not open test commitment {test}"
    /// The rows have other columns or classes.
    80 Schema {
        /// Digest of the listing's schema.
        expected: Digest,
        /// Digest of the rows' schema.
        got: Digest,
    } "the rows have schema {got}, expected {expected}"
    /// The job was opened for another number of rows.
    81 RowCount {
        /// What the job says.
        expected: u32,
        /// What the blob holds.
        got: u32,
    } "the test set has {got} rows, expected {expected}"
    /// The buyer had shown these rows, in an earlier block, before asking for a model.
    82 TestSeen {
        /// When.
        opened: Height,
    } "the buyer opened these rows in block {opened}, before the job"
    /// The statement about the score is not the one that the job demands.
    83 Accuracy {
        /// Digest of the statement that the job demands.
        expected: StatementDigest,
        /// Digest of the transaction's.
        got: StatementDigest,
    } "the accuracy statement is {got}, expected {expected}"
    /// The statement about the ciphertext is not the one that the job demands.
    84 Delivery {
        /// Digest of the statement that the job demands.
        expected: StatementDigest,
        /// Digest of the transaction's.
        got: StatementDigest,
    } "the delivery statement is {got}, expected {expected}"
    /// A proof does not prove its statement. Charged.
    85 FalseProof "a proof does not prove its statement"
    /// Not the key that was announced.
    86 Key "the key is not the preimage of the announced hash"
    /// The algorithm makes other models.
    87 Kind "the model is not of the kind that the algorithm makes"
    /// Another network than was asked for.
    88 Layers "the network has other layers than those that were asked for"
    /// It could never be delivered.
    89 Ciphertext {
        /// Most bytes of a blob.
        max: usize,
        /// Bytes of the ciphertext.
        got: usize,
    } "the model is delivered in {got} bytes, a blob has at most {max}"
}
