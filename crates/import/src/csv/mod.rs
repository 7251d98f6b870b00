//! CSV with a header: comma-separated, fields quoted by `"`, UTF-8, either line ending.
//!
//! Space around fields is dropped and empty lines are skipped. The target column holds labels, taken
//! as text; every other column holds numbers. A number is read as the 32-bit float nearest to the
//! decimal text (ties to even), in one rounding; `-0` becomes `0`. Going through 64 bits first, as
//! NumPy's `float32(float64(text))` does, rounds twice and can differ in the last place, about once
//! in 2^29 random values.
//!
//! Without a schema the columns keep the order of the file, and the classes are the distinct labels:
//! in numerical order if all of them are numbers, in order of their bytes otherwise. With the schema of a model,
//! columns are found by name and put into the order of the model.
//!
//! A target may also be a number ([`read_targets`]): a whole number of declared parts of a unit, exactly.

mod error;
mod header;
mod number;
mod read;
mod records;
mod targets;
mod write;

#[cfg(test)]
mod tests;

pub use error::Error;
pub use read::{CsvOptions, Rows, read_csv, read_features, read_header};
pub use targets::{exact_parts, read_targets};
pub use write::write_csv;

/// Most bytes of a file. Reading one takes at most about ten times its length: a file of nothing but
/// commas is one record of that many fields.
pub const BYTES_MAX: u64 = 1 << 29;
