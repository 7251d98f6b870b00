//! Tables to files.

use super::Error;
use assay_model::Table;
use std::io::Write;

/// Writes `table` with its header, the target last. [`read_csv`](super::read_csv) with the table's
/// schema gives it back: numbers are written with as many digits as tell them apart.
pub fn write_csv(table: &Table, writer: impl Write) -> Result<(), Error> {
    let schema = table.schema();
    let mut out = csv::Writer::from_writer(writer);
    let names = schema.features().iter().map(String::as_str).chain([schema.target()]);
    out.write_record(names).map_err(from_csv)?;
    for (row, &label) in table.labels().iter().enumerate() {
        for value in table.row(row) {
            let text = f32::from_bits(value.to_f32_bits()).to_string();
            out.write_field(text).map_err(from_csv)?;
        }
        out.write_field(&schema.classes()[usize::from(label)]).map_err(from_csv)?;
        out.write_record(None::<&[u8]>).map_err(from_csv)?;
    }
    out.flush().map_err(Error::Io)
}

fn from_csv(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::Io(source),
        _ => Error::Invalid("the table cannot be written"),
    }
}
