//! Records to rows.

use super::records::Records;
use super::{BYTES_MAX, Error, header, number};
use assay_model::{CLASSES_MAX, NAME_BYTES_MAX, Ordered, Schema, Table};
use std::collections::BTreeMap;
use std::io::Read;

/// What a file is read as.
#[derive(Clone, Copy, Debug)]
pub struct CsvOptions<'a> {
    /// The column that holds the labels.
    pub target: &'a str,
    /// The names that the file must have, if they are known already: those of a model.
    pub schema: Option<&'a Schema>,
}

impl<'a> CsvOptions<'a> {
    /// Takes columns and classes as the file has them.
    pub fn new(target: &'a str) -> Self {
        Self { target, schema: None }
    }

    /// Asks for the columns and classes of a model.
    pub fn of(schema: &'a Schema) -> Self {
        Self { target: schema.target(), schema: Some(schema) }
    }
}

/// Rows without labels, in the order of a model's features.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    width: usize,
    values: Vec<Ordered>,
}

impl Rows {
    /// The rows, in the order of the file.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[Ordered]> {
        self.values.chunks_exact(self.width)
    }

    /// The number of rows, at least 1.
    pub fn count(&self) -> usize {
        self.values.len() / self.width
    }
}

/// Reads labelled rows.
pub fn read_csv(reader: impl Read, options: &CsvOptions<'_>) -> Result<Table, Error> {
    read_within(reader, options, BYTES_MAX)
}

/// Reads rows for prediction. A column with the name of the target may be there and is not looked at.
pub fn read_features(reader: impl Read, schema: &Schema) -> Result<Rows, Error> {
    let mut records = Records::new(reader, BYTES_MAX);
    let names = header::names(records.header()?, records.line())?;
    let places = header::matched(&names, schema)?;
    let mut values = Vec::new();
    while records.next()? {
        features(&records, &names, &places.features, &mut values)?;
    }
    Ok(Rows { width: places.features.len(), values })
}

/// Reads the names of the columns.
pub fn read_header(reader: impl Read) -> Result<Vec<String>, Error> {
    let mut records = Records::new(reader, BYTES_MAX);
    header::names(records.header()?, records.line())
}

/// [`read_csv`] with another bound on the length of the file.
pub(super) fn read_within(
    reader: impl Read,
    options: &CsvOptions<'_>,
    bytes_max: u64,
) -> Result<Table, Error> {
    let mut records = Records::new(reader, bytes_max);
    let names = header::names(records.header()?, records.line())?;
    let target = options.target;
    let (places, mut labels) = match options.schema {
        None => (header::free(&names, target)?, Labels::default()),
        Some(schema) if schema.target() != target => {
            let expected = schema.target().to_owned();
            return Err(Error::OtherTarget { expected, got: target.to_owned() });
        }
        Some(schema) => (header::matched(&names, schema)?, Labels::of(schema)),
    };
    let Some(place) = places.target else {
        return Err(Error::NoTarget { target: target.to_owned(), columns: names });
    };
    let mut values = Vec::new();
    while records.next()? {
        features(&records, &names, &places.features, &mut values)?;
        labels.push(records.field(place)?, records.line(), target)?;
    }
    let (schema, labels) = match options.schema {
        Some(schema) => (schema.clone(), labels.labels),
        None => {
            let (classes, labels) = labels.sorted();
            let features = places.features.iter().map(|&place| names[place].clone()).collect();
            let schema = Schema::new(features, target.to_owned(), classes);
            (schema.map_err(Error::Invalid)?, labels)
        }
    };
    Table::new(schema, values, labels).map_err(Error::Invalid)
}

pub(super) fn features(
    records: &Records<impl Read>,
    names: &[String],
    places: &[usize],
    values: &mut Vec<Ordered>,
) -> Result<(), Error> {
    for &place in places {
        let text = records.field(place)?;
        values.push(number::feature(text, records.line(), &names[place])?);
    }
    Ok(())
}

/// Labels as they come, numbered in the order of their first row unless classes are known.
#[derive(Default)]
struct Labels {
    numbers: BTreeMap<String, u16>,
    is_fixed: bool,
    labels: Vec<u16>,
}

impl Labels {
    fn of(schema: &Schema) -> Self {
        // At most 1024 classes.
        let numbers = schema.classes().iter().cloned().zip(0_u16..).collect();
        Self { numbers, is_fixed: true, labels: Vec::new() }
    }

    fn push(&mut self, label: &str, row: u64, column: &str) -> Result<(), Error> {
        let column = || column.to_owned();
        if label.is_empty() {
            return Err(Error::Missing { row, column: column() });
        }
        if let Some(&number) = self.numbers.get(label) {
            self.labels.push(number);
            return Ok(());
        }
        if self.is_fixed {
            let label = number::beginning(label);
            return Err(Error::UnknownLabel { row, column: column(), label });
        }
        if NAME_BYTES_MAX < label.len() {
            return Err(Error::NameTooLong { what: "a label", row, got: label.len() });
        }
        if self.numbers.len() == CLASSES_MAX {
            return Err(Error::TooManyClasses { row, column: column() });
        }
        let number = self.numbers.len() as u16;
        self.numbers.insert(label.to_owned(), number);
        self.labels.push(number);
        Ok(())
    }

    /// Puts the classes into their order and renumbers the labels.
    fn sorted(self) -> (Vec<String>, Vec<u16>) {
        let mut classes: Vec<(String, u16)> = self.numbers.into_iter().collect();
        let number = |text: &str| text.parse::<f64>().ok().filter(|value| value.is_finite());
        if classes.iter().all(|(class, _)| number(class).is_some()) {
            let key = |class: &str| number(class).unwrap_or_default();
            // Stable: labels of one value, as 1 and 1.0, stay in the order of their bytes.
            classes.sort_by(|(a, _), (b, _)| key(a).total_cmp(&key(b)));
        }
        let mut renumbered = vec![0_u16; classes.len()];
        for (new, (_, old)) in (0_u16..).zip(&classes) {
            renumbered[usize::from(*old)] = new;
        }
        let labels = self.labels.iter().map(|&old| renumbered[usize::from(old)]).collect();
        (classes.into_iter().map(|(class, _)| class).collect(), labels)
    }
}
