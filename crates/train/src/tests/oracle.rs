//! Against scikit-learn: its splits are optimal by our measure, our trees are as good as its own.

use super::fixture;
use super::naive::{add, impurity};
use crate::columns::Columns;
use crate::criterion::{Entropy, Fraction, Gini, Measure};
use crate::split::{Node, Search};
use crate::{midpoint, train};
use assay_import::{CsvOptions, read_csv};
use assay_model::{Criterion, Ordered, Table, TreeParameters};
use std::ops::Range;

fn target(dataset: &str) -> &'static str {
    match dataset {
        "breast-cancer" => "diagnosis",
        "digits" => "digit",
        _ => "cultivar",
    }
}

fn load(dataset: &str, side: &str) -> Table {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data");
    let file = std::fs::File::open(format!("{folder}/{dataset}/{side}.csv")).unwrap();
    read_csv(file, &CsvOptions::new(target(dataset))).unwrap()
}

/// Reads `criterion max_depth min_samples_split min_samples_leaf max_leaf_nodes`.
fn parameters(fields: &[&str]) -> TreeParameters {
    TreeParameters {
        criterion: if fields[0] == "gini" { Criterion::Gini } else { Criterion::Entropy },
        max_depth: fields[1].parse().ok(),
        min_samples_split: fields[2].parse().unwrap(),
        min_samples_leaf: fields[3].parse().unwrap(),
        max_leaf_nodes: fields[4].parse().ok(),
        seed: 0,
    }
}

/// A tree of the fixture: per inner node feature, threshold, children; `None` for a leaf.
type Theirs = Vec<Option<(usize, Ordered, usize, usize)>>;

fn node(line: &str) -> Option<(usize, Ordered, usize, usize)> {
    let fields: Vec<u64> = line.split(' ').map_while(|field| field.parse().ok()).collect();
    let &[feature, bits, left, right] = fields.as_slice() else { return None };
    let threshold = Ordered::from_f32_bits(bits as u32).unwrap();
    Some((feature as usize, threshold, left as usize, right as usize))
}

/// Compares a gain of ours with one that the naive reference computed.
trait Exact: Measure {
    fn is(ours: &Self::Gain, naive: (i128, i128)) -> bool;
}

impl Exact for Gini {
    fn is(ours: &Fraction, (over, under): (i128, i128)) -> bool {
        *ours == Fraction { over: over as u128, under: under as u128 }
    }
}

impl Exact for Entropy {
    fn is(ours: &i128, (over, under): (i128, i128)) -> bool {
        under == 1 && *ours == over
    }
}

struct Walk<'a, M> {
    measure: &'a M,
    table: &'a Table,
    parameters: TreeParameters,
    order: Vec<usize>,
    columns: Columns,
    theirs: Theirs,
}

impl<M: Exact> Walk<'_, M> {
    /// Checks the node `at`, whose rows lie in `places`; returns the inner nodes below it.
    fn check(&mut self, at: usize, places: Range<usize>, depth: u8) -> usize {
        let labels = |columns: &Columns, places: Range<usize>| -> Vec<u16> {
            let entries = columns.segment(0, places).iter();
            entries.map(|entry| self.table.labels()[entry.row()]).collect()
        };
        let whole = labels(&self.columns, places.clone());
        let counts: Vec<u32> = (0..self.table.schema().classes().len())
            .map(|class| whole.iter().filter(|&&l| usize::from(l) == class).count() as u32)
            .collect();
        let search = Search {
            measure: self.measure,
            labels: self.table.labels(),
            order: &self.order,
            min_samples_leaf: self.parameters.min_samples_leaf as usize,
        };
        let best = search.best(&self.columns, &Node { places: places.clone(), counts: &counts });
        let Some((feature, threshold, left, right)) = self.theirs[at] else {
            let must_stop = counts.iter().any(|&count| count as usize == whole.len())
                || whole.len() < self.parameters.min_samples_split as usize
                || self.parameters.max_depth == Some(depth)
                || self.parameters.max_leaf_nodes.is_some();
            assert!(must_stop || best.is_none(), "leaf {at} could be split");
            return 0;
        };
        let segment = self.columns.segment(feature, places.clone());
        let code = |place: usize| Ordered::new(segment[place].code()).unwrap();
        let size = segment.partition_point(|entry| entry.code() <= threshold.get());
        assert_eq!(midpoint(code(size - 1), code(size)), threshold, "threshold of node {at}");
        self.columns.divide(feature, places.clone(), size);
        let middle = places.start + size;
        let criterion = self.parameters.criterion;
        let sides = add(
            impurity(criterion, &labels(&self.columns, places.start..middle)),
            impurity(criterion, &labels(&self.columns, middle..places.end)),
        );
        let gain = add(impurity(criterion, &whole), (-sides.0, sides.1));
        assert!(M::is(&best.unwrap().gain, gain), "node {at} is not split in the best way");
        let below = self.check(left, places.start..middle, depth + 1);
        1 + below + self.check(right, middle..places.end, depth + 1)
    }
}

fn walk<M: Exact>(measure: &M, table: &Table, parameters: TreeParameters, theirs: Theirs) -> usize {
    let order = (0..table.schema().features().len()).collect();
    let columns = Columns::new(table);
    let rows = table.rows();
    Walk { measure, table, parameters, order, columns, theirs }.check(0, 0..rows, 0)
}

#[test]
fn every_split_of_scikit_learn_is_optimal() {
    let text = fixture("trees.txt");
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let (mut trees, mut splits) = (0, 0);
    while let Some(line) = lines.next() {
        let fields: Vec<&str> = line.split(' ').collect();
        let table = load(fields[1], "train");
        let parameters = parameters(&fields[2..7]);
        let theirs = (0..fields[7].parse().unwrap()).map(|_| node(lines.next().unwrap()));
        let theirs: Theirs = theirs.collect();
        splits += match parameters.criterion {
            Criterion::Gini => walk(&Gini, &table, parameters, theirs),
            Criterion::Entropy => {
                walk(&Entropy::new(table.rows() as u32), &table, parameters, theirs)
            }
        };
        trees += 1;
    }
    assert_eq!(trees, 36);
    assert!(900 < splits, "{splits}");
}

#[test]
fn accuracy_lies_within_the_spread_of_scikit_learn_over_seeds() {
    let text = fixture("accuracy.csv");
    let mut cases = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split([',', ' ']).collect();
        let (train_rows, test_rows) = (load(fields[0], "train"), load(fields[0], "test"));
        let number = |place: usize| fields[place].parse::<usize>().unwrap();
        assert_eq!(test_rows.rows(), number(6));
        for seed in 0..4 {
            let parameters = TreeParameters { seed, ..parameters(&fields[1..6]) };
            let tree = train(&train_rows, &parameters).unwrap();
            let is_right =
                |&row: &usize| tree.exec(test_rows.row(row)) == Some(test_rows.labels()[row]);
            let correct = (0..test_rows.rows()).filter(is_right).count();
            assert!((number(7)..=number(8)).contains(&correct), "{line}: {correct}, seed {seed}");
        }
        cases += 1;
    }
    assert_eq!(cases, 18);
}

#[test]
fn no_row_stands_on_both_sides_of_a_data_set() {
    for dataset in ["breast-cancer", "digits", "wine"] {
        let (train_rows, test_rows) = (load(dataset, "train"), load(dataset, "test"));
        assert_eq!(train_rows.schema(), test_rows.schema());
        let seen: std::collections::BTreeSet<_> =
            (0..train_rows.rows()).map(|row| train_rows.row(row)).collect();
        assert!((0..test_rows.rows()).all(|row| !seen.contains(test_rows.row(row))));
    }
}
