//! The tables that come with the program, and what is asked about them. Sources and licences: `data/README.md`.

use crate::failure::{Code, Failure, Result};
use assay_import::{CsvOptions, read_csv};
use assay_model::{Table, TreeParameters};

/// A table in two parts, and a job on it.
#[derive(Debug)]
pub(super) struct DataSet {
    /// Its name here.
    pub(super) name: &'static str,
    /// Its name for people.
    pub(super) title: &'static str,
    /// Where it comes from.
    pub(super) source: &'static str,
    /// The column to be predicted.
    target: &'static str,
    /// The owner's rows.
    train: &'static [u8],
    /// The buyer's rows.
    pub(super) test: &'static [u8],
    /// What the buyer has trained: `max_depth`, `min_samples_split`, `min_samples_leaf`.
    tree: (u8, u32, u32),
    /// The part of the test rows that must be answered correctly.
    pub(super) threshold: (u32, u32),
}

/// Names a table's files, which lie in the repository.
macro_rules! part {
    ($name:literal, $part:literal) => {
        include_bytes!(concat!("../../../../../data/", $name, "/", $part, ".csv"))
    };
}

static BREAST_CANCER: DataSet = DataSet {
    name: "breast-cancer",
    title: "Breast Cancer Wisconsin (Diagnostic)",
    source: "Wolberg, Mangasarian, Street, Street, 1993, doi:10.24432/C5DW2B, CC BY 4.0",
    target: "diagnosis",
    train: part!("breast-cancer", "train"),
    test: part!("breast-cancer", "test"),
    tree: (5, 10, 4),
    threshold: (93, 100),
};

static DIGITS: DataSet = DataSet {
    name: "digits",
    title: "Optical Recognition of Handwritten Digits",
    source: "Alpaydin, Kaynak, 1998, doi:10.24432/C50P49, CC BY 4.0",
    target: "digit",
    train: part!("digits", "train"),
    test: part!("digits", "test"),
    tree: (10, 4, 2),
    threshold: (82, 100),
};

static WINE: DataSet = DataSet {
    name: "wine",
    title: "Wine",
    source: "Aeberhard, Forina, 1992, doi:10.24432/C5PC7J, CC BY 4.0",
    target: "cultivar",
    train: part!("wine", "train"),
    test: part!("wine", "test"),
    tree: (4, 6, 3),
    threshold: (90, 100),
};

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Which {
    /// 569 tumours, two classes
    BreastCancer,
    /// 1,797 images of 8 by 8 pixels, ten classes
    Digits,
    /// 178 wines, three classes
    Wine,
}

impl Which {
    pub(super) fn data(self) -> &'static DataSet {
        match self {
            Self::BreastCancer => &BREAST_CANCER,
            Self::Digits => &DIGITS,
            Self::Wine => &WINE,
        }
    }
}

impl DataSet {
    /// What the buyer has trained.
    pub(super) fn parameters(&self) -> TreeParameters {
        let (depth, min_samples_split, min_samples_leaf) = self.tree;
        TreeParameters {
            max_depth: Some(depth),
            min_samples_split,
            min_samples_leaf,
            ..TreeParameters::SKLEARN
        }
    }

    /// The owner's rows.
    pub(super) fn train(&self) -> Result<Table> {
        Ok(read_csv(self.train, &CsvOptions::new(self.target))?)
    }

    /// The buyer's rows, under the names of the listing. None of them is one of the owner's.
    pub(super) fn test(&self, train: &Table) -> Result<Table> {
        let test = read_csv(self.test, &CsvOptions::of(train.schema()))?;
        let known: std::collections::BTreeSet<_> =
            (0..train.rows()).map(|row| train.row(row)).collect();
        if (0..test.rows()).any(|row| known.contains(test.row(row))) {
            return Err(Failure::new(Code::Error, "a test row is among the training rows"));
        }
        Ok(test)
    }
}

#[cfg(test)]
mod tests {
    use super::Which;

    #[test]
    fn tables_are_disjoint_and_thresholds_reachable() {
        for which in [Which::BreastCancer, Which::Digits, Which::Wine] {
            let data = which.data();
            let train = data.train().unwrap();
            let test = data.test(&train).unwrap();
            let tree = assay_train::train(&train, &data.parameters()).unwrap();
            let answers = (0..test.rows()).map(|row| tree.exec(test.row(row)));
            let right = answers.zip(test.labels()).filter(|(got, label)| *got == Some(**label));
            let (num, den) = data.threshold;
            assert!(test.rows() * num as usize <= right.count() * den as usize, "{}", data.name);
        }
    }
}
