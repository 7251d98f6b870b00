//! Well-formed files first, then one test per rule, then hostile bytes.

use super::read::read_within;
use super::{CsvOptions, Error, read_csv, read_features, write_csv};
use assay_model::{Ordered, Schema, SplitMix64, Table, synthetic};
use proptest::prelude::*;

fn read(file: &str) -> Result<Table, Error> {
    read_csv(file.as_bytes(), &CsvOptions::new("y"))
}

fn value(number: f32) -> Ordered {
    Ordered::from_f32_bits(number.to_bits()).unwrap()
}

fn schema(features: &[&str], classes: &[&str]) -> Schema {
    let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
    Schema::new(names(features), "y".into(), names(classes)).unwrap()
}

/// Asks for an error with this text, and for a hint.
#[track_caller]
fn refuses<T: std::fmt::Debug>(got: Result<T, Error>, text: &str) {
    let error = got.unwrap_err();
    assert_eq!(error.to_string(), text);
    assert!(!error.hint().is_empty());
}

#[test]
fn columns_keep_their_order_and_classes_are_sorted() {
    let table = read("b,y,a\n1,pear,2\n3,apple,4\n5,pear,6\n").unwrap();
    assert_eq!(table.schema(), &schema(&["b", "a"], &["apple", "pear"]));
    assert_eq!(table.labels(), [1, 0, 1]);
    assert_eq!(table.row(2), [value(5.0), value(6.0)]);
}

#[test]
fn numeric_labels_are_sorted_as_numbers() {
    let table = read("x,y\n0,10\n0,9\n0,-1\n0,9.5\n").unwrap();
    assert_eq!(table.schema().classes(), ["-1", "9", "9.5", "10"]);
    assert_eq!(table.labels(), [3, 1, 0, 2]);
    // One label that is no number, and all are text.
    let table = read("x,y\n0,10\n0,9\n0,nan\n").unwrap();
    assert_eq!(table.schema().classes(), ["10", "9", "nan"]);
}

#[test]
fn quotes_line_endings_marks_and_space_are_understood() {
    let plain = read("a b,y\n1.5,p\n-2,q\n").unwrap();
    for file in [
        "\"a b\",\"y\"\n\"1.5\",\"p\"\n\"-2\",\"q\"\n",
        "a b,y\r\n1.5,p\r\n-2,q\r\n",
        "\u{feff}a b,y\n1.5,p\n-2,q",
        " a b , y\n 1.5 ,p \n\t-2,q\n",
        "\n\na b,y\n\n1.5,p\n\n\n-2,q\n\n",
    ] {
        assert_eq!(read(file).unwrap(), plain, "{file:?}");
    }
    let table = read("x,y\n1,\"a, \"\"b\"\"\nc\"\n").unwrap();
    assert_eq!(table.schema().classes(), ["a, \"b\"\nc"]);
}

#[test]
fn numbers_become_the_nearest_float() {
    let table = read("x,y\n0.1,p\n-0,p\n1e-50,p\n+3.,p\n16777217,p\n.5E1,p\n").unwrap();
    let expected = [0.1, 0.0, 0.0, 3.0, 16_777_216.0, 5.0].map(value);
    assert_eq!(table.values(), expected);
    assert_eq!(value(-0.0), Ordered::ZERO);
    // Halfway between two floats but for its last digit, which 64 bits would drop: 1 + 2^-24 + 10^-30.
    let above = "1.000000059604644775390625000001";
    let table = read(&format!("x,y\n{above},p\n")).unwrap();
    assert_eq!(table.values(), [value(f32::from_bits(0x3f80_0001))]);
}

#[test]
fn a_model_finds_its_columns_by_name() {
    let schema = schema(&["a", "b"], &["q", "p"]);
    let table = read_csv("y,b,a\np,1,2\nq,3,4\n".as_bytes(), &CsvOptions::of(&schema)).unwrap();
    assert_eq!(table.schema(), &schema);
    assert_eq!(table.labels(), [1, 0]);
    assert_eq!(table.row(0), [value(2.0), value(1.0)]);
    let rows = read_features("b,a\n1,2\n3,4\n".as_bytes(), &schema).unwrap();
    assert_eq!(rows.iter().collect::<Vec<_>>(), [table.row(0), table.row(1)]);
    let labelled = read_features("b,y,a\n1,anything,2\n3,,4\n".as_bytes(), &schema).unwrap();
    assert_eq!(labelled, rows);
}

#[test]
fn refuses_columns_that_the_model_does_not_have() {
    let schema = schema(&["a", "b"], &["p", "q"]);
    let with = |file: &str| read_csv(file.as_bytes(), &CsvOptions::of(&schema));
    refuses(with("a,y\n1,p\n"), "the model reads \"b\", not in the file");
    refuses(with("a,b,c,y\n1,1,1,p\n"), "the model does not read \"c\"");
    refuses(with("a,b\n1,1\n"), "there is no column \"y\" among \"a\", \"b\"");
    refuses(with("a,b,y\n1,1,r\n"), "row 2, column \"y\": \"r\" is none of the model's classes");
    refuses(read_features("a\n1\n".as_bytes(), &schema), "the model reads \"b\", not in the file");
    let other = CsvOptions { target: "a", schema: Some(&schema) };
    refuses(read_csv("a,b,y\n".as_bytes(), &other), "the model predicts \"y\", not \"a\"");
}

#[test]
fn refuses_values_that_are_no_finite_numbers() {
    let at = |text: &str| read(&format!("x,y\n1,p\n{text},p\n"));
    for text in ["", " ", "NA", "n/a", "NULL", "none", "?", "\"\""] {
        refuses(at(text), "row 3, column \"x\": the value is missing");
    }
    refuses(at("nan"), "row 3, column \"x\": the value is NaN");
    refuses(at("-NaN"), "row 3, column \"x\": the value is NaN");
    for text in ["inf", "-Infinity", "1e39", "3.4028236e38"] {
        let expected = format!("row 3, column \"x\": {text:?} is infinite as a 32-bit float");
        refuses(at(text), &expected);
    }
    for text in ["red", "1.2.3", "0x10", "1_000", "1 2", "--1", "e5", "١"] {
        refuses(at(text), &format!("row 3, column \"x\": {text:?} is no number"));
    }
    refuses(at("\"1,5\""), "row 3, column \"x\": \"1,5\" is no number");
    let long = at(&"z".repeat(1000)).unwrap_err().to_string();
    assert!(long.len() < 100);
}

#[test]
fn refuses_headers_that_name_nothing_or_twice() {
    refuses(read("a,b\n1,2\n"), "there is no column \"y\" among \"a\", \"b\"");
    refuses(read("a,a,y\n1,2,p\n"), "two columns are named \"a\"");
    refuses(read("a, a ,y\n1,2,p\n"), "two columns are named \"a\"");
    refuses(read("y,y\n1,2\n"), "two columns are named \"y\"");
    refuses(read(",a,y\n1,2,p\n"), "column 1 has no name");
    refuses(read("y\np\n"), "there is no column beside \"y\"");
    let long = "n".repeat(257);
    let text = "a column's name in row 1 has 257 bytes, 256 at most";
    refuses(read(&format!("{long},y\n1,p\n")), text);
    let wide: Vec<String> = (0..4097).map(|i| format!("x{i}")).collect();
    refuses(read(&format!("{},y\n", wide.join(","))), "the file has 4098 columns, 4097 at most");
}

#[test]
fn refuses_files_without_rows() {
    for file in ["", "\n\n", "a,y\n", "a,y"] {
        refuses(read(file), "the file has no rows below its header");
    }
    let schema = schema(&["a"], &["p"]);
    let got = read_csv("a,y\n".as_bytes(), &CsvOptions::of(&schema));
    refuses(got, "the file has no rows below its header");
    refuses(read_features("a\n".as_bytes(), &schema), "the file has no rows below its header");
}

#[test]
fn refuses_labels_that_are_missing_too_long_or_too_many() {
    refuses(read("x,y\n1,p\n1,\n"), "row 3, column \"y\": the value is missing");
    let long = "n".repeat(257);
    refuses(read(&format!("x,y\n1,{long}\n")), "a label in row 2 has 257 bytes, 256 at most");
    let rows = |count: usize| -> String { (0..count).map(|i| format!("1,c{i}\n")).collect() };
    assert_eq!(read(&format!("x,y\n{}", rows(1024))).unwrap().schema().classes().len(), 1024);
    let got = read(&format!("x,y\n{}", rows(1025)));
    refuses(got, "row 1026: column \"y\" has more than 1024 distinct labels");
}

#[test]
fn refuses_records_of_another_width() {
    refuses(read("a,y\n1,p\n1,p,2\n"), "row 3 has 3 fields, the header 2");
    refuses(read("a,b,y\n1,p\n"), "row 2 has 2 fields, the header 3");
}

#[test]
fn rows_are_named_by_the_line_on_which_they_begin() {
    refuses(read("a,y\n1,\"p\nq\"\nx,r\n"), "row 4, column \"a\": \"x\" is no number");
    refuses(read("a,y\r\n1,p\r\nx,r\r\n"), "row 3, column \"a\": \"x\" is no number");
    refuses(read("\n\na,y\n\n1,p\n\n\nx,r\n"), "row 8, column \"a\": \"x\" is no number");
}

#[test]
fn refuses_files_beyond_the_limit_whole() {
    let file = "x,y\n1,p\n2,q\n";
    let limit = file.len() as u64;
    let within = |limit| read_within(file.as_bytes(), &CsvOptions::new("y"), limit);
    assert_eq!(within(limit).unwrap().rows(), 2);
    refuses(within(limit - 1), "the file has more than 11 bytes");
    refuses(within(0), "the file has more than 0 bytes");
}

#[test]
fn refuses_bytes_that_are_no_text() {
    let got = read_csv(&b"x,y\n1,p\n1,\xff\n"[..], &CsvOptions::new("y"));
    refuses(got, "row 3 is not UTF-8 text");
    let got = read_csv(&b"\xff,y\n1,p\n"[..], &CsvOptions::new("y"));
    refuses(got, "row 1 is not UTF-8 text");
}

#[test]
fn a_failing_reader_is_an_error_and_not_an_end() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("unplugged"))
        }
    }
    let reader = std::io::Read::chain("x,y\n1,p\n".as_bytes(), Broken);
    refuses(read_csv(reader, &CsvOptions::new("y")), "the file cannot be read");
}

#[test]
fn names_with_commas_quotes_and_line_breaks_come_back() {
    let schema = schema(&["a,b", "\"c\"", "d\ne"], &["p, q", "\"r\""]);
    let table = Table::new(schema, vec![Ordered::ZERO; 6], vec![1, 0]).unwrap();
    let mut file = Vec::new();
    write_csv(&table, &mut file).unwrap();
    assert_eq!(read_csv(file.as_slice(), &CsvOptions::of(table.schema())).unwrap(), table);
}

proptest! {
    #[test]
    fn tables_come_back_from_their_files(seed: u64, features in 1_usize..6, classes in 1_usize..5) {
        let tree = synthetic::tree(features, classes, 2, 3, seed).unwrap();
        let table = synthetic::table(&tree, 20, 100, seed).unwrap();
        // Any finite float, not only the generator's.
        let mut random = SplitMix64::new(seed);
        let mut any = |code: &Ordered| {
            Ordered::from_f32_bits(random.next() as u32).unwrap_or(*code)
        };
        let values = table.values().iter().map(&mut any).collect();
        let table = Table::new(table.schema().clone(), values, table.labels().to_vec()).unwrap();
        let mut file = Vec::new();
        write_csv(&table, &mut file).unwrap();
        let got = read_csv(file.as_slice(), &CsvOptions::of(table.schema())).unwrap();
        prop_assert_eq!(got, table);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, tail in "[xy,\"\n\r 01e.-]{0,40}") {
        let _table = read_csv(bytes.as_slice(), &CsvOptions::new("y"));
        let _table = read(&format!("x,y\n{tail}"));
        let _table = read(&tail);
    }
}
