//! Files of other programs: what comes in, and what goes out.
//!
//! The only crate that parses foreign formats and sees floats. Everything it reads is hostile: sizes,
//! names and numbers are bounded or refused, each rule with an error that says where, and a
//! `hint()` that says what to do.
//!
//! - [`read_csv`] makes a canonical [`Table`] from a CSV file, [`read_features`] rows without labels,
//!   [`read_targets`] rows whose target is a number, [`read_header`] the names of the columns, [`write_csv`]
//!   goes back;
//! - [`import_model`] reads a decision tree that scikit-learn trained, from a file of skops or from
//!   ONNX, or a forest of scikit-learn, XGBoost or LightGBM; [`model::read`] before bounds are declared;
//! - [`export_onnx`] writes a [`Model`] for onnxruntime and everything that reads ONNX.
//!
//! ```
//! use assay_import::{CsvOptions, csv::Error, read_csv};
//!
//! let file = "width,kind\n0.5,\"long, thin\"\n-2,round\n";
//! let table = read_csv(file.as_bytes(), &CsvOptions::new("kind"))?;
//! assert_eq!(table.schema().classes(), ["long, thin", "round"]);
//! assert_eq!(table.labels(), [0, 1]);
//!
//! let got = read_csv("width,kind\n0.5,a\nNaN,b\n".as_bytes(), &CsvOptions::new("kind"));
//! assert!(matches!(got, Err(Error::Nan { row: 3, .. })));
//! # Ok::<(), Error>(())
//! ```
//!
//! [`Table`]: assay_model::Table
//! [`Model`]: assay_model::Model

pub mod csv;
pub mod forest;
pub mod keras;
mod lightgbm;
pub mod model;
pub mod network;
pub mod onnx;
pub mod safetensors;
pub mod skops;
mod xgboost;

pub use csv::{CsvOptions, Rows, read_csv, read_features, read_header, read_targets, write_csv};
pub use model::{Format, Imported, import_model, import_tree};
pub use onnx::export_onnx;
