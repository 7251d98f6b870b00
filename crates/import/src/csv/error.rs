//! Why a file is no table.

use assay_model::regression::Scale;
use assay_model::{CLASSES_MAX, FEATURES_MAX, NAME_BYTES_MAX, ROWS_MAX};

/// Why a file is no table. A `row` is a line of the file, counted from 1, which is usually the header. A record
/// that goes over several lines is named by its first.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Io(#[source] std::io::Error),
    /// The file is too long.
    #[error("the file has more than {limit} bytes")]
    TooLong {
        /// The greatest length.
        limit: u64,
    },
    /// The file is not text.
    #[error("row {row} is not UTF-8 text")]
    NotText {
        /// The line.
        row: u64,
    },
    /// There are no rows, or not even a header.
    #[error("the file has no rows below its header")]
    Empty,
    /// Too many rows.
    #[error("the file has more than {ROWS_MAX} rows")]
    TooManyRows,
    /// Too many columns.
    #[error("the file has {got} columns, {limit} at most", limit = FEATURES_MAX + 1)]
    TooManyColumns {
        /// Columns of the header.
        got: usize,
    },
    /// A record has more or fewer fields than the header.
    #[error("row {row} has {got} fields, the header {expected}")]
    Width {
        /// The line.
        row: u64,
        /// Fields of the header.
        expected: usize,
        /// Fields of the record.
        got: usize,
    },
    /// A column has no name.
    #[error("column {number} has no name")]
    Unnamed {
        /// Its place, counted from 1.
        number: usize,
    },
    /// A column's name or a label is too long.
    #[error("{what} in row {row} has {got} bytes, {NAME_BYTES_MAX} at most")]
    NameTooLong {
        /// A column's name or a label.
        what: &'static str,
        /// The line.
        row: u64,
        /// Its length.
        got: usize,
    },
    /// Two columns have one name.
    #[error("two columns are named {name:?}")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// The target column is missing.
    #[error("there is no column {target:?} among {}", list(.columns))]
    NoTarget {
        /// The name asked for.
        target: String,
        /// The columns of the file.
        columns: Vec<String>,
    },
    /// The caller asks for another target than the model predicts.
    #[error("the model predicts {expected:?}, not {got:?}")]
    OtherTarget {
        /// The model's target.
        expected: String,
        /// The target asked for.
        got: String,
    },
    /// There is nothing but the target.
    #[error("there is no column beside {target:?}")]
    NoFeatures {
        /// The target.
        target: String,
    },
    /// Columns that the model reads are missing.
    #[error("the model reads {}, not in the file", list(.names))]
    MissingColumns {
        /// Their names.
        names: Vec<String>,
    },
    /// Columns that the model does not read are present.
    #[error("the model does not read {}", list(.names))]
    ExtraColumns {
        /// Their names.
        names: Vec<String>,
    },
    /// A value is missing.
    #[error("row {row}, column {column:?}: the value is missing")]
    Missing {
        /// The line.
        row: u64,
        /// The column.
        column: String,
    },
    /// A value is NaN.
    #[error("row {row}, column {column:?}: the value is NaN")]
    Nan {
        /// The line.
        row: u64,
        /// The column.
        column: String,
    },
    /// A value is infinite, or beyond the largest 32-bit float.
    #[error("row {row}, column {column:?}: {text:?} is infinite as a 32-bit float")]
    Infinite {
        /// The line.
        row: u64,
        /// The column.
        column: String,
        /// The field.
        text: String,
    },
    /// A value is no number.
    #[error("row {row}, column {column:?}: {text:?} is no number")]
    NotANumber {
        /// The line.
        row: u64,
        /// The column.
        column: String,
        /// The field, or its beginning.
        text: String,
    },
    /// A label is not among the classes of the model.
    #[error("row {row}, column {column:?}: {label:?} is none of the model's classes")]
    UnknownLabel {
        /// The line.
        row: u64,
        /// The target.
        column: String,
        /// The label, or its beginning.
        label: String,
    },
    /// A target is not a whole number of the declared parts.
    #[error("row {row}, column {column:?}: {text:?} is no whole number of 1/{parts}")]
    Inexact {
        /// The line.
        row: u64,
        /// The target.
        column: String,
        /// The field, or its beginning.
        text: String,
        /// Parts of a unit.
        parts: u32,
    },
    /// A target lies outside of the declared range.
    #[error("row {row}, column {column:?}: {text:?} lies outside of {scale}")]
    OutOfRange {
        /// The line.
        row: u64,
        /// The target.
        column: String,
        /// The field, or its beginning.
        text: String,
        /// The declared range.
        scale: Scale,
    },
    /// The target has too many distinct labels.
    #[error("row {row}: column {column:?} has more than {CLASSES_MAX} distinct labels")]
    TooManyClasses {
        /// The line.
        row: u64,
        /// The target.
        column: String,
    },
    /// The names or rows break a rule of the canonical form.
    #[error("{0}")]
    Invalid(&'static str),
}

impl Error {
    /// What the caller may do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io(_) => "check the path and the rights to read it",
            Self::TooLong { .. } | Self::TooManyRows => {
                "split the file, or take a sample of its rows"
            }
            Self::NotText { .. } => "save the file as UTF-8",
            Self::Empty => "a header line and at least one row are needed",
            Self::TooManyColumns { .. } => "leave out columns that carry no information",
            Self::Width { .. } => "quote fields that hold commas or line breaks",
            Self::Unnamed { .. } => {
                "name the column; a first column without a name is often a row number, to be left out"
            }
            Self::NameTooLong { .. } => "shorten it",
            Self::Duplicate { .. } => "give each column a name of its own",
            Self::NoTarget { .. } => "name the column to be predicted, spelt as in the header",
            Self::OtherTarget { .. } => "leave the target out: the model names it",
            Self::NoFeatures { .. } => "at least one column of numbers is needed",
            Self::MissingColumns { .. } => {
                "columns are matched by name, spelt as when the model was trained"
            }
            Self::ExtraColumns { .. } => "leave these columns out",
            Self::Missing { .. } | Self::Nan { .. } => {
                "fill in a number (the column's median, say) or leave the row out"
            }
            Self::Infinite { .. } => {
                "32-bit floats end at 3.4e38: scale the column or leave the row out"
            }
            Self::NotANumber { .. } => {
                "features are numbers written with a point; encode categories as numbers"
            }
            Self::UnknownLabel { .. } => "labels are compared as text: use the model's spelling",
            Self::Inexact { .. } => {
                "targets are not rounded: import the model with a --denominator that fits them"
            }
            Self::OutOfRange { .. } => "import the model with a --range that holds all targets",
            Self::TooManyClasses { .. } => {
                "a target names a category; is this a number to be estimated, or a row's name?"
            }
            Self::Invalid(_) => "check the header and the labels",
        }
    }
}

/// Names the first few.
fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(5).map(|name| format!("{name:?}")).collect();
    let rest = names.len() - shown.len();
    let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    shown.join(", ") + &more
}
