//! The house rules as tables. Adding an edge is a design decision: it comes with a note in
//! `docs/design`.

/// Each crate and the workspace crates that it may name.
pub(super) const EDGES: &[(&str, &[&str])] = &[
    ("assay-codec", &[]),
    ("assay-engine", &["assay-codec"]),
    ("assay-memory", &[]),
    ("assay-model", &["assay-codec"]),
    ("assay-types", &["assay-codec", "assay-model"]),
    ("assay-import", &["assay-codec", "assay-model"]),
    ("assay-train", &["assay-model"]),
    ("assay-layers", &["assay-engine", "assay-model"]),
    (
        "assay-statements",
        &["assay-codec", "assay-engine", "assay-layers", "assay-model", "assay-types"],
    ),
    ("assay-ledger", &["assay-codec", "assay-types"]),
    ("assay-receipt", &["assay-codec", "assay-model", "assay-statements", "assay-types"]),
    ("assay-wallet", &["assay-codec", "assay-types"]),
    (
        "assay-chain",
        &[
            "assay-codec",
            "assay-ledger",
            "assay-model",
            "assay-receipt",
            "assay-statements",
            "assay-types",
            "assay-wallet",
        ],
    ),
    (
        "assay-agent",
        &[
            "assay-chain",
            "assay-codec",
            "assay-import",
            "assay-ledger",
            "assay-model",
            "assay-receipt",
            "assay-statements",
            "assay-train",
            "assay-types",
            "assay-wallet",
        ],
    ),
    ("assay-api", &["assay-codec", "assay-ledger", "assay-model", "assay-receipt", "assay-types"]),
    ("assay-browser", &["assay-api", "assay-receipt"]),
    (
        "assay-client",
        &[
            "assay-agent",
            "assay-api",
            "assay-chain",
            "assay-codec",
            "assay-ledger",
            "assay-receipt",
            "assay-types",
        ],
    ),
    (
        "assay-node",
        &[
            "assay-api",
            "assay-chain",
            "assay-codec",
            "assay-ledger",
            "assay-model",
            "assay-receipt",
            "assay-types",
        ],
    ),
    (
        "assay",
        &[
            "assay-agent",
            "assay-api",
            "assay-chain",
            "assay-client",
            "assay-codec",
            "assay-engine",
            "assay-import",
            "assay-ledger",
            "assay-memory",
            "assay-model",
            "assay-node",
            "assay-receipt",
            "assay-statements",
            "assay-train",
            "assay-types",
            "assay-wallet",
        ],
    ),
    ("xtask", &[]),
];

/// What tests may name beyond that.
pub(super) const TEST_EDGES: &[(&str, &[&str])] = &[
    ("assay-train", &["assay-import"]),
    ("assay-statements", &["assay-memory", "assay-train", "assay-import"]),
    ("assay-receipt", &["assay-train", "assay-wallet"]),
    ("assay-chain", &["assay-train", "assay-import"]),
    ("assay-client", &["assay-wallet"]),
    ("assay-node", &["assay-wallet"]),
];

/// The only programs.
pub(super) const PROGRAMS: &[&str] = &["assay", "xtask"];

/// Crates in which two machines must compute the same bits.
pub(super) const DETERMINISTIC: &[&str] =
    &["codec", "types", "engine", "model", "train", "layers", "statements", "ledger", "receipt"];

/// What these crates may not name: clocks, maps without an order, global randomness.
pub(super) const NOT_DETERMINISTIC: &[&str] =
    &["std::time", "SystemTime", "Instant", "HashMap", "HashSet", "thread_rng", "OsRng"];

/// Floats, which only `import` sees.
pub(super) const FLOATS: &[&str] = &["f32", "f64"];

/// The crate that reads foreign files, and with them floats.
pub(super) const SEES_FLOATS: &str = "import";

/// Longest source file without a line `// tidy: long (reason)`.
pub(super) const LINES_MAX: usize = 600;

/// The line that permits a longer one.
pub(super) const LONG: &str = "// tidy: long (";

/// What the deny block at the top of every `verify.rs` names at least.
pub(super) const DENIED_IN_VERIFIERS: &[&str] = &[
    "clippy::arithmetic_side_effects",
    "clippy::expect_used",
    "clippy::indexing_slicing",
    "clippy::panic",
    "clippy::unwrap_used",
];

/// Where files that are not text may lie.
pub(super) const BINARY_FOLDERS: &[&str] = &["vectors/", "docs/", "data/"];

/// Trees that break the rules on purpose.
pub(super) const FIXTURES: &str = "xtask/fixtures/";

/// The table of ways to fail, and of the tests that show that this repository does not.
pub(super) const PITFALLS: &str = "docs/pitfalls.md";

/// How a row of it begins.
pub(super) const ROW: &str = "| ";

/// Marks of unfinished work; each needs an issue, as in `TODO(#12)`.
pub(super) const UNFINISHED: &[&str] = &["TODO", "FIXME", "XXX"];

/// How a path on somebody's machine begins. Written in two parts, lest this file break its own rule.
pub(super) const MACHINE_PATHS: &[&str] = &[
    concat!("/", "home/"),
    concat!("/", "root/"),
    concat!("/", "work/"),
    concat!("/", "tmp/"),
    concat!("/", "Users/"),
    concat!("C:", "\\"),
];

/// Hosts that manifests, lock files and configurations may name. Everything else is somebody's
/// private mirror, from which nobody else can build.
pub(super) const HOSTS: &[&str] = &[
    "crates.io",
    "doc.rust-lang.org",
    "docs.rs",
    "files.pythonhosted.org",
    "github.com",
    "pypi.org",
    "registry.npmjs.org",
    "static.crates.io",
    // Where authors take donations, as the lock files of npm tell.
    "opencollective.com",
    "paulmillr.com",
    "tidelift.com",
];

/// The files that this holds for, by the end of their names.
pub(super) const NAMES_HOSTS: &[&str] = &[
    ".lock",
    ".toml",
    ".npmrc",
    "package.json",
    "package-lock.json",
    "pip.conf",
    "requirements.txt",
    ".ci/run",
];
