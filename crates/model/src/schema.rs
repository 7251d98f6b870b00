//! The names of a table's columns and classes.

use assay_codec::{Decode, Digest, Encode, Error, Reader, put_seq, put_str};

/// Most feature columns of a table: a picture of 32 × 32 × 3 numbers, and some.
pub const FEATURES_MAX: usize = 4096;
/// Most classes of a target.
pub const CLASSES_MAX: usize = 1024;
/// Most bytes of a column's or class's name.
pub const NAME_BYTES_MAX: usize = 256;

/// What the columns of a table mean. Names within one list are distinct and not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    features: Vec<String>,
    target: String,
    classes: Vec<String>,
}

impl Schema {
    /// Checks and keeps the names; class `i` is `classes[i]`.
    pub fn new(
        features: Vec<String>,
        target: String,
        classes: Vec<String>,
    ) -> Result<Self, &'static str> {
        distinct(&features, FEATURES_MAX)?;
        distinct(&classes, CLASSES_MAX)?;
        if !is_name(&target) || features.contains(&target) {
            return Err("the target needs a name of its own");
        }
        Ok(Self { features, target, classes })
    }

    /// The feature columns, in the order in which a model reads them.
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// The column to be predicted.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The classes; a label is an index into them.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Names this schema.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/schema/1", self)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= NAME_BYTES_MAX
}

fn distinct(names: &[String], limit: usize) -> Result<(), &'static str> {
    if names.is_empty() || limit < names.len() {
        return Err("a schema has between 1 and 4096 features and between 1 and 1024 classes");
    }
    if !names.iter().all(|name| is_name(name)) {
        return Err("a name has between 1 and 256 bytes");
    }
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err("two columns or classes have the same name");
    }
    Ok(())
}

impl Encode for Schema {
    fn encode(&self, out: &mut Vec<u8>) {
        let names = |out: &mut Vec<u8>, list: &[String]| {
            put_seq(out, &list.iter().map(|name| Name(name.clone())).collect::<Vec<_>>());
        };
        names(out, &self.features);
        put_str(out, &self.target);
        names(out, &self.classes);
    }
}

impl Decode for Schema {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let names = |list: Vec<Name>| list.into_iter().map(|name| name.0).collect();
        let features = names(from.seq(FEATURES_MAX)?);
        let target = from.string(NAME_BYTES_MAX)?;
        let classes = names(from.seq(CLASSES_MAX)?);
        Self::new(features, target, classes).map_err(Error::Invalid)
    }
}

struct Name(String);

impl Encode for Name {
    fn encode(&self, out: &mut Vec<u8>) {
        put_str(out, &self.0);
    }
}

impl Decode for Name {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        from.string(NAME_BYTES_MAX).map(Self)
    }
}
