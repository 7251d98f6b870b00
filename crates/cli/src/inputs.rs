//! What several commands read: models, tables, identifiers.

use crate::{
    failure::{Code, Explain, Failure, Result},
    figure, files,
    output::report,
};
use assay_codec::{Digest, from_bytes, from_hex};
use assay_import::{CsvOptions, Rows, read_csv, read_features, read_targets};
use assay_model::{Graph, Model, Schema, Table, regression};
use assay_statements::commit::{self, Salt};
use assay_types::statement::{Count, Score, TopScore};
use assay_types::{Address, FieldDigest, JobId, ModelCommitment};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Most bytes of a model file: a network's program and 2^25 parameters, 5,120 names.
const MODEL_BYTES_MAX: u64 = 1 << 28;
/// Most bytes of a ciphertext: 2^22 field elements and a little.
pub(crate) const CIPHERTEXT_BYTES_MAX: u64 = 1 << 25;
/// Most bytes of a commitment's file: hexadecimal and a line end.
const COMMITMENT_BYTES_MAX: u64 = 128;

/// Reads a model file.
pub(crate) fn model(path: &Path) -> Result<Model> {
    match any_model(path)? {
        AnyModel::Class(model) => Ok(model),
        AnyModel::Number(_) => {
            let path = path.display();
            let message = format!("{path} answers with a number, where one of classes is needed");
            Err(Failure::new(Code::Usage, message)
                .hint("`prove accuracy --metric mse` or r2, `prove inference`, `predict` and `model commit` take it"))
        }
    }
}

/// A model of either kind.
pub(crate) enum AnyModel {
    /// It answers with a class.
    Class(Model),
    /// It answers with a number.
    Number(regression::Model),
}

impl AnyModel {
    pub(crate) fn graph(&self) -> &Graph {
        match self {
            Self::Class(model) => model.graph(),
            Self::Number(model) => model.graph(),
        }
    }

    /// Names the schema.
    pub(crate) fn schema(&self) -> Digest {
        match self {
            Self::Class(model) => model.schema().digest(),
            Self::Number(model) => model.schema().digest(),
        }
    }
}

/// Reads a model file, whatever the model answers with.
pub(crate) fn any_model(path: &Path) -> Result<AnyModel> {
    let bytes = files::read(path, MODEL_BYTES_MAX)?;
    let model = match regression::Model::is_file(&bytes) {
        true => regression::Model::from_file(&bytes).map(AnyModel::Number),
        false => Model::from_file(&bytes).map(AnyModel::Class),
    };
    model
        .context(format!("{} is not a model", path.display()))
        .hint("`assay model train` makes models")
}

/// Reads the file of a model that answers with a number.
pub(crate) fn regressor(path: &Path) -> Result<regression::Model> {
    match any_model(path)? {
        AnyModel::Number(model) => Ok(model),
        AnyModel::Class(_) => {
            let message = format!("{} answers with a class, which has no error", path.display());
            Err(Failure::new(Code::Usage, message)
                .hint("measure it with --metric accuracy, precision, recall or f1"))
        }
    }
}

/// Reads rows whose target is a number under the names and scale of `schema`.
pub(crate) fn targets(
    path: &Path,
    target: &str,
    schema: &regression::Schema,
) -> Result<regression::Table> {
    let bytes = table_bytes(path)?;
    if schema.target() != target {
        let (expected, got) = (schema.target().to_owned(), target.to_owned());
        return Err(bad_table(path, &assay_import::csv::Error::OtherTarget { expected, got }));
    }
    read_targets(bytes.as_slice(), schema).map_err(|error| bad_table(path, &error))
}

/// Commits to the parameters of a model.
pub(crate) fn commit(model: &Graph, salt: &Salt) -> ModelCommitment {
    match model {
        Graph::DecisionTree(table) => commit::commit(table, salt),
        Graph::Forest(table) => commit::commit(table, salt),
        Graph::Network(network) => commit::commit(network, salt),
    }
}

/// Reads the file of a table.
pub(crate) fn table_bytes(path: &Path) -> Result<Vec<u8>> {
    files::read(path, assay_import::csv::BYTES_MAX)
}

/// Reads the rows of a table under the names of `schema`.
pub(crate) fn table(path: &Path, target: &str, schema: &Schema) -> Result<Table> {
    let options = CsvOptions { target, schema: Some(schema) };
    read_csv(table_bytes(path)?.as_slice(), &options).map_err(|error| bad_table(path, &error))
}

/// Reads the rows of a table under names of its own.
pub(crate) fn new_table(path: &Path, target: &str) -> Result<Table> {
    let options = CsvOptions::new(target);
    read_csv(table_bytes(path)?.as_slice(), &options).map_err(|error| bad_table(path, &error))
}

/// The names of a table's columns but for the target.
pub(crate) fn columns(path: &Path, target: Option<&str>) -> Result<Vec<String>> {
    let names = assay_import::read_header(table_bytes(path)?.as_slice())
        .map_err(|error| bad_table(path, &error))?;
    Ok(names.into_iter().filter(|name| Some(&**name) != target).collect())
}

/// Reads rows to be answered.
pub(crate) fn features(path: &Path, schema: &Schema) -> Result<Rows> {
    read_features(table_bytes(path)?.as_slice(), schema).map_err(|error| bad_table(path, &error))
}

/// Reads rows whose labels mean nothing: with the column `target` if it is named, else with the
/// first class everywhere.
pub(crate) fn unlabelled(path: &Path, target: Option<&str>, schema: &Schema) -> Result<Table> {
    if let Some(target) = target {
        return table(path, target, schema);
    }
    let rows = features(path, schema)?;
    let values = rows.iter().flatten().copied().collect();
    Table::new(schema.clone(), values, vec![0; rows.count()])
        .map_err(|rule| Failure::new(Code::Error, format!("{}: {rule}", path.display())))
}

/// Says which file is no table, and what may be done about it.
pub(crate) fn bad_table(path: &Path, error: &assay_import::csv::Error) -> Failure {
    let message = format!("{}: {error}", path.display());
    Failure::new(Code::Error, message).hint(error.hint())
}

/// The number of rows, which a claim needs at least one of.
pub(crate) fn rows(table: &Table) -> Result<u32> {
    match u32::try_from(table.rows()) {
        Ok(rows) if 0 < rows => Ok(rows),
        _ => Err(Failure::new(Code::Error, "a claim needs at least one row")),
    }
}

/// How many rows of `table` the model answers as they are labelled.
pub(crate) fn correct(model: &Model, table: &Table) -> u32 {
    let answers = (0..table.rows()).map(|row| model.exec(table.row(row)));
    answers.zip(table.labels()).map(|(answer, label)| u32::from(answer == Some(*label))).sum()
}

/// The number of rows whose label is among so many best answers of `model`; `None` if its answers have
/// no ranks.
pub(crate) fn among_best(model: &Model, table: &Table, best: u16) -> Option<u32> {
    let is_among = |(row, &label): (usize, &u16)| {
        model.rank(table.row(row), label).map(|rank| u32::from(rank <= best.into()))
    };
    table.labels().iter().enumerate().map(is_among).sum()
}

/// Adds what is known about a score: `correct` only if it was revealed.
pub(crate) fn report_score(
    entries: &mut Map<String, Value>,
    (score, schema): (Score, Option<&Schema>),
    least: Option<u32>,
) {
    if let Score::Top(TopScore { best, .. }) = score {
        entries.extend(report! { "metric": "top-k", "k": best });
    }
    entries.extend(match score {
        Score::Class(score) => figure::report(&score, schema),
        Score::AtLeast(count) => report! { "at_least": count },
        Score::Fewer(count) => report! { "fewer_than": count },
        Score::Exactly(count) => report! { "at_least": least.unwrap_or(count), "correct": count },
        Score::Top(TopScore { rows, .. }) => match rows {
            Count::AtLeast(count) => report! { "at_least": count },
            Count::Fewer(count) => report! { "fewer_than": count },
            Count::Exactly(count) => {
                report! { "at_least": least.unwrap_or(count), "correct": count }
            }
        },
    });
}

/// What columns and classes mean. A model's commitment binds numbers, not names: which column is the
/// first feature, and what the first class is called, is in the schema alone.
pub(crate) fn report_names(schema: &Schema) -> Map<String, Value> {
    report! { "target": schema.target(), "schema": schema.digest().to_string() }
}

/// Reads the name of a schema.
pub(crate) fn digest(text: &str) -> Result<Digest, assay_codec::Error> {
    from_hex::<32>(text).map(Digest)
}

/// Reads a commitment from the argument itself or from the file that it names.
pub(crate) fn commitment(text: &str) -> Result<ModelCommitment> {
    let is_hex = text.strip_prefix("0x").is_some_and(|digits| digits.len() == 64);
    let text = if is_hex {
        text.to_owned()
    } else {
        String::from_utf8_lossy(&files::read(Path::new(text), COMMITMENT_BYTES_MAX)?).into_owned()
    };
    let bytes = from_hex::<32>(text.trim()).context("not a model commitment")?;
    let digest: FieldDigest = from_bytes(&bytes).context("not a model commitment")?;
    Ok(ModelCommitment(digest))
}

/// Reads eight field elements.
pub(crate) fn field_digest(text: &str) -> Result<FieldDigest, assay_codec::Error> {
    from_bytes(&from_hex::<32>(text)?)
}

/// Reads a job's identifier.
pub(crate) fn job(text: &str) -> Result<JobId, assay_codec::Error> {
    from_hex(text).map(|bytes| JobId(Digest(bytes)))
}

/// Reads an account's address.
pub(crate) fn address(text: &str) -> Result<Address, assay_codec::Error> {
    from_hex(text).map(Address)
}

/// `path` with a further extension.
pub(crate) fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// The folder that a file lies in.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
