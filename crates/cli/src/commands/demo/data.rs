//! The tables that come with the program, and what is asked about them. Sources and licences: `data/README.md`.

use crate::failure::{Code, Failure, Result};
use assay_import::{CsvOptions, read_csv};
use assay_model::{Image, Table, TreeParameters};

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
    /// What a row shows, if it is an image.
    pub(super) image: Option<Image>,
    /// The parts of the test rows that must be answered correctly.
    pub(super) thresholds: Thresholds,
}

/// Shares of rows, as fractions, by the kind of the model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thresholds {
    pub(super) tree: (u32, u32),
    pub(super) forest: (u32, u32),
    pub(super) network: (u32, u32),
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
    image: None,
    thresholds: Thresholds { tree: (93, 100), forest: (90, 100), network: (94, 100) },
};

static DIGITS: DataSet = DataSet {
    name: "digits",
    title: "Optical Recognition of Handwritten Digits",
    source: "Alpaydin, Kaynak, 1998, doi:10.24432/C50P49, CC BY 4.0",
    target: "digit",
    train: part!("digits", "train"),
    test: part!("digits", "test"),
    tree: (10, 4, 2),
    image: Some(Image { height: 8, width: 8, channels: 1 }),
    thresholds: Thresholds { tree: (82, 100), forest: (92, 100), network: (96, 100) },
};

static WINE: DataSet = DataSet {
    name: "wine",
    title: "Wine",
    source: "Aeberhard, Forina, 1992, doi:10.24432/C5PC7J, CC BY 4.0",
    target: "cultivar",
    train: part!("wine", "train"),
    test: part!("wine", "test"),
    tree: (4, 6, 3),
    image: None,
    thresholds: Thresholds { tree: (90, 100), forest: (90, 100), network: (90, 100) },
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
    use crate::commands::demo::model::Model;
    use assay_model::{Graph, ops::tree::bounds_for};
    use assay_types::Algorithm;

    #[test]
    fn tables_are_disjoint_and_thresholds_reachable() {
        for which in [Which::BreastCancer, Which::Digits, Which::Wine] {
            let data = which.data();
            let train = data.train().unwrap();
            let test = data.test(&train).unwrap();
            for model in [Model::Tree, Model::Forest, Model::Mlp, Model::Cnn] {
                let Ok(asked) = model.of(data) else {
                    assert!(model == Model::Cnn && data.image.is_none());
                    continue;
                };
                let graph = match &asked.algorithm {
                    Algorithm::DecisionTree(parameters) => {
                        let tree = assay_train::train(&train, parameters).unwrap();
                        let bounds = bounds_for(&tree, 0, 0).unwrap();
                        Graph::DecisionTree(tree.to_table(bounds).unwrap())
                    }
                    Algorithm::Forest(parameters) => {
                        let forest = assay_train::forest::train(&train, parameters, &|_| ());
                        let forest = forest.unwrap();
                        let bounds = forest.bounds(0, 0, 0).unwrap();
                        Graph::Forest(forest.to_table(bounds).unwrap())
                    }
                    Algorithm::Network(parameters) => {
                        let network = assay_train::network::train(&train, parameters, &|_| ());
                        Graph::Network(network.unwrap())
                    }
                };
                let answers = (0..test.rows()).map(|row| graph.exec(test.row(row)));
                let right = answers.zip(test.labels()).filter(|(got, label)| *got == Some(**label));
                let (right, (num, den)) = (right.count(), asked.threshold);
                println!("{} {model:?}: {right} of {}", data.name, test.rows());
                assert!(test.rows() * num as usize <= right * den as usize, "{}", data.name);
            }
        }
    }
}
