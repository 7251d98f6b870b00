//! How far a model's numbers are from their targets.

use super::{Context, Modes};
use crate::{ModelCommitment, StatementDigest};
use assay_codec::{Decode, Digest, Encode, Error, Reader};
use assay_model::regression::{Architecture, Schema};

/// What is measured of n rows with the sum S of the squared errors, in squared parts of the unit, D
/// parts in a unit, and targets t.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorMetric {
    /// S/(n·D²), in squared units.
    MeanSquaredError,
    /// 1 − n·S/(n·Σt² − (Σt)²).
    RSquared,
}

impl Encode for ErrorMetric {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::MeanSquaredError => 0,
            Self::RSquared => 1,
        });
    }
}

impl Decode for ErrorMetric {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::decode(from)? {
            0 => Ok(Self::MeanSquaredError),
            1 => Ok(Self::RSquared),
            got => Err(Error::Tag { what: "error metric", got }),
        }
    }
}

/// A mean squared error is at most this fraction, or R² at least this fraction; or they miss it. The
/// exact value stays hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorScore {
    /// What is measured.
    pub metric: ErrorMetric,
    /// The fraction: of a mean squared error at least 0, of R² at most 1.
    pub numerator: i64,
    /// Its denominator, at least 1.
    pub denominator: u64,
    /// Whether the mean squared error is greater than the fraction, or R² less.
    pub is_missed: bool,
}

impl Encode for ErrorScore {
    fn encode(&self, out: &mut Vec<u8>) {
        let Self { metric, numerator, denominator, is_missed } = self;
        metric.encode(out);
        numerator.cast_unsigned().encode(out);
        denominator.encode(out);
        is_missed.encode(out);
    }
}

impl Decode for ErrorScore {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            metric: ErrorMetric::decode(from)?,
            numerator: u64::decode(from)?.cast_signed(),
            denominator: u64::decode(from)?,
            is_missed: bool::decode(from)?,
        })
    }
}

/// The model behind `model` answers the rows behind `data` with numbers, so far from their targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regression {
    /// Where the proof counts.
    pub context: Context,
    /// What is hidden.
    pub modes: Modes,
    /// Shape and declared bounds of the model, and what its output stands for.
    pub architecture: Architecture,
    /// Columns, unit and scale of the rows.
    pub schema: Schema,
    /// The committed model.
    pub model: ModelCommitment,
    /// Digest of the public rows and targets ([`assay_model::regression::Table::digest`]).
    pub data: Digest,
    /// Number of rows, at least 1.
    pub rows: u32,
    /// What is asserted about them.
    pub score: ErrorScore,
}

assay_codec::record!(Regression { context, modes, architecture, schema, model, data, rows, score });

impl Regression {
    /// Names this statement.
    pub fn digest(&self) -> StatementDigest {
        StatementDigest(Digest::of("assay/statement/regression/2", self))
    }
}
