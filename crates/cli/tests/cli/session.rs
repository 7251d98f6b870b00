//! A folder with tables in it, and the program run inside.

use serde_json::Value;
use std::{
    fmt::Write as _,
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A scratch folder; paths in arguments are relative to it.
#[derive(Debug)]
pub(crate) struct Session(TempDir);

impl Session {
    /// A folder with `train.csv` and `test.csv`: a rule that a tree finds, and one row in ten mislabelled.
    pub(crate) fn new() -> Self {
        let session = Self::empty();
        session.put("train.csv", table(200, 1));
        session.put("test.csv", table(100, 2));
        session
    }

    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with a model in it besides.
    pub(crate) fn trained() -> Self {
        let session = Self::new();
        session.ok(&["model", "train", "--data", "train.csv", "--target", "kind"]
            .iter()
            .chain(&["--max-depth", "3", "-o", "a.model"])
            .copied()
            .collect::<Vec<_>>());
        session
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[])
    }

    /// Runs with variables set.
    pub(crate) fn run_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_assay"))
            .args(args)
            .envs(variables.iter().copied())
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Ran {
            code: output.status.code().expect("the program ends by itself"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs with `--json`, demands success and returns the object printed.
    #[track_caller]
    pub(crate) fn ok(&self, args: &[&str]) -> Value {
        let ran = self.run(&[args, &["--json"]].concat());
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap()
    }

    /// Demands that a run fails with `code`, an error that says `why`, and nothing on stdout.
    #[track_caller]
    pub(crate) fn fails(&self, args: &[&str], code: i32, why: &str) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(why), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("error: "), "{args:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{args:?}");
        ran
    }

    /// The same for a command that tells a price before it fails.
    #[track_caller]
    pub(crate) fn fails_after_quote(&self, args: &[&str], code: i32, why: &str) {
        let ran = self.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("quote: "), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(why), "{args:?}: {}", ran.stderr);
    }
}

/// A table of the repository.
pub(crate) fn data(name: &str) -> String {
    format!("{}/../../data/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// `size`, `weight` and `kind`: heavy things are whales unless they are small.
pub(crate) fn table(rows: u32, seed: u32) -> String {
    let mut text = String::from("size,weight,kind\n");
    let mut state = seed;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 16
    };
    for row in 0..rows {
        let (size, weight) = (draw() % 100, draw() % 100);
        let is_whale = (50 < weight && 20 < size) != (row % 10 == 9);
        let kind = if is_whale { "whale" } else { "fish" };
        writeln!(text, "{size}.5,{weight}e-1,{kind}").unwrap();
    }
    text
}
