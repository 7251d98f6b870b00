//! What an owner offers: the use of a table, under limits, for a price.

use crate::bounded::{List, Text};
use crate::{Algorithm, Amount, Curve, Disclosure, FieldDigest, Offered};
use assay_codec::{Decode, Digest, Encode, Error, Reader};
use assay_model::ops::tree::DEPTH_MAX;
use assay_model::{Schema, TableSize, TreeParameters};

/// What people read before they buy, under the names of Hugging Face's data set cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// `pretty_name`.
    pub pretty_name: Text<128>,
    /// The card's text.
    pub description: Text<4096>,
    /// `tags`.
    pub tags: List<Text<64>, 32>,
    /// `task_categories`, such as `tabular-classification`.
    pub task_categories: List<Text<64>, 8>,
    /// `source_datasets`: where the rows come from.
    pub source: Text<256>,
}

assay_codec::record!(Card { pretty_name, description, tags, task_categories, source });

/// Names the private rows without showing them. Always salted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataCommitment {
    /// Blake3 over the table's digest and a salt. No proof opens it.
    Blake3(Digest),
    /// Poseidon2 over the rows, for proofs of training.
    Poseidon2(FieldDigest),
}

impl DataCommitment {
    /// Commits to the rows behind `table` ([`assay_model::Table::digest`]).
    pub fn blake3(table: &Digest, salt: &[u8; 32]) -> Self {
        let mut bytes = assay_codec::to_bytes(table);
        salt.encode(&mut bytes);
        Self::Blake3(Digest::of_bytes("assay/data/1", &bytes))
    }
}

impl Encode for DataCommitment {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Blake3(digest) => {
                0_u8.encode(out);
                digest.encode(out);
            }
            Self::Poseidon2(digest) => {
                1_u8.encode(out);
                digest.encode(out);
            }
        }
    }
}

impl Decode for DataCommitment {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Digest::decode(from).map(Self::Blake3),
            1 => FieldDigest::decode(from).map(Self::Poseidon2),
            got => Err(Error::Tag { what: "data commitment", got }),
        }
    }
}

/// How many blocks a party has, counted from the transition before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// For the buyer to open the test set, after the model is committed.
    pub open: u64,
    /// For the owner to prove, after the test set is opened.
    pub prove: u64,
    /// For the owner to reveal the key, after the proof.
    pub reveal: u64,
}

assay_codec::record!(Windows { open, prove, reveal });

/// What a job may ask for. Limits protect the rows: an unlimited tree describes single ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The algorithms on offer, by their names.
    pub algorithms: List<Offered, 16>,
    /// Greatest `max_depth` of a tree, also of one in a forest.
    pub depth_max: u8,
    /// Smallest `min_samples_leaf`, likewise.
    pub min_samples_leaf: u32,
    /// Greatest `max_leaf_nodes`, likewise.
    pub leaves_max: u32,
    /// Most rows of a test set.
    pub test_rows_max: u32,
    /// Most that a proof may show of a score.
    pub disclosure: Disclosure,
}

assay_codec::record!(Limits {
    algorithms,
    depth_max,
    min_samples_leaf,
    leaves_max,
    test_rows_max,
    disclosure,
});

impl Limits {
    /// Returns the first rule that keeps every job out.
    pub fn validate(&self) -> Result<(), &'static str> {
        let algorithms = self.algorithms.as_slice();
        let rises = |pair: &[Offered]| pair[0].name() < pair[1].name();
        if algorithms.is_empty() || !algorithms.windows(2).all(rises) {
            return Err("the algorithms on offer are at least one, and rise strictly");
        }
        if algorithms.iter().any(Offered::is_empty) {
            return Err("an algorithm on offer may have a tree or weight, and do some work");
        }
        if !(1..=DEPTH_MAX).contains(&self.depth_max) {
            return Err("the limit of max_depth lies between 1 and 64");
        }
        if self.min_samples_leaf == 0 {
            return Err("the limit of min_samples_leaf is at least 1");
        }
        if self.leaves_max < 2 {
            return Err("the limit of max_leaf_nodes is at least 2");
        }
        if self.test_rows_max == 0 {
            return Err("the limit of test rows is at least 1");
        }
        Ok(())
    }

    /// Returns the first limit that `algorithm` exceeds on a table of this size.
    pub fn admit(&self, algorithm: &Algorithm, size: &TableSize) -> Result<(), &'static str> {
        let offers = self.algorithms.as_slice().iter();
        let offered = offers.copied().find(|offered| offered.name() == algorithm.name());
        match (algorithm, offered) {
            (Algorithm::DecisionTree(tree), Some(_)) => self.admit_tree(tree),
            (Algorithm::Forest(forest), Some(Offered::Forest { trees_max, work_max })) => {
                if usize::from(trees_max) < forest.trees() {
                    return Err("the number of trees is above the listing's limit");
                }
                self.admit_tree(forest.tree())?;
                within(forest.work(size)?, work_max)
            }
            (Algorithm::Network(network), Some(Offered::Network { weights_max, work_max })) => {
                let weights = network.weights(size.features, size.classes)?;
                if u64::from(weights_max) < weights {
                    return Err("the number of weights is above the listing's limit");
                }
                within(network.work(size)?, work_max)
            }
            _ => Err("the algorithm is not on offer"),
        }
    }

    fn admit_tree(&self, tree: &TreeParameters) -> Result<(), &'static str> {
        let depth = tree.max_depth.unwrap_or(DEPTH_MAX);
        if self.depth_max < depth {
            return Err("max_depth is above the listing's limit");
        }
        if tree.min_samples_leaf < self.min_samples_leaf {
            return Err("min_samples_leaf is below the listing's limit");
        }
        // A depth bounds the leaves too, so small trees need not name both.
        let implied = 1_u32.checked_shl(u32::from(depth)).unwrap_or(u32::MAX);
        if self.leaves_max < tree.max_leaf_nodes.unwrap_or(u32::MAX).min(implied) {
            return Err("max_leaf_nodes is above the listing's limit");
        }
        Ok(())
    }
}

fn within(work: u64, max: u64) -> Result<(), &'static str> {
    if work <= max { Ok(()) } else { Err("training takes more work than the listing allows") }
}

/// An offer. Whose it is and which version, the ledger keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// For people.
    pub card: Card,
    /// The rows.
    pub commitment: DataCommitment,
    /// What their columns mean.
    pub schema: Schema,
    /// How many there are, by the owner's word.
    pub rows: u32,
    /// What a model costs.
    pub curve: Curve,
    /// What an honest miss earns.
    pub evaluation_fee: Amount,
    /// HPKE public key (X25519) for what buyers send.
    pub encryption_key: [u8; 32],
    /// How long each party has.
    pub windows: Windows,
    /// What may be asked for.
    pub limits: Limits,
    /// Licence of the models, an SPDX expression where there is one.
    pub licence: Text<128>,
    /// Digest of rows to look at, synthetic or explicitly public.
    pub sample: Option<Digest>,
}

assay_codec::record!(Listing {
    card,
    commitment,
    schema,
    rows,
    curve,
    evaluation_fee,
    encryption_key,
    windows,
    limits,
    licence,
    sample,
});

impl Listing {
    /// Names this content.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/listing/1", self)
    }

    /// How large the table is, by the owner's word.
    pub fn size(&self) -> TableSize {
        TableSize {
            rows: usize::try_from(self.rows).unwrap_or(usize::MAX),
            features: self.schema.features().len(),
            classes: self.schema.classes().len(),
        }
    }

    /// Returns the first limit that `algorithm` exceeds.
    pub fn admit(&self, algorithm: &Algorithm) -> Result<(), &'static str> {
        self.limits.admit(algorithm, &self.size())
    }
}
