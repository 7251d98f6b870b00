//! The verifier for browsers, and a program that serves it with its page (note 0030).

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What browsers run.
const TARGET: &str = "wasm32-unknown-unknown";
/// Where cargo puts the verifier, in the repository.
const BUILT: &str = "target/wasm32-unknown-unknown/verifier/assay_browser.wasm";
/// Vector instructions that every browser has had since 2021 or 2023.
const FLAGS: &str = "-C target-feature=+simd128";
/// What names the compiler for the one dependency in C.
const C_COMPILER: &str = "CC_wasm32_unknown_unknown";

/// Builds the verifier, and the release program with it.
pub(crate) fn run(root: &Path) -> Result<()> {
    let verifier = build(root)?;
    let bytes = std::fs::metadata(&verifier).context("the verifier is not there")?.len();
    eprintln!("the verifier: {} ({bytes} bytes)", verifier.display());
    let program = crate::cargo(root)
        .args(["build", "--release", "--bin", "assay", "--target-dir"])
        .arg(root.join("target"))
        .env("ASSAY_VERIFIER", &verifier)
        .stdin(Stdio::null())
        .status()
        .context("cargo cannot be started")?;
    if !program.success() {
        bail!("the program was not built");
    }
    eprintln!("target/release/assay serves it with its page: `target/release/assay node run`");
    Ok(())
}

/// Builds the verifier alone, and says where it is.
pub(crate) fn build(root: &Path) -> Result<PathBuf> {
    if let Some(missing) = missing(root)? {
        bail!("{missing}");
    }
    let built = crate::cargo(root)
        .args(["build", "--package", "assay-browser", "--lib", "--profile", "verifier"])
        .args(["--target", TARGET, "--target-dir"])
        .arg(root.join("target"))
        .env("RUSTFLAGS", FLAGS)
        .env(C_COMPILER, c_compiler())
        .stdin(Stdio::null())
        .status()
        .context("cargo cannot be started")?;
    if built.success() { Ok(root.join(BUILT)) } else { bail!("the verifier was not built") }
}

/// What is not installed that the verifier is built with, and how to install it.
pub(crate) fn missing(root: &Path) -> Result<Option<String>> {
    let told = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(root)
        .output()
        .context("rustc cannot be started")?;
    let dir = String::from_utf8_lossy(&told.stdout).trim().to_owned();
    let is_library =
        |file: std::fs::DirEntry| file.file_name().to_string_lossy().starts_with("libstd-");
    if !std::fs::read_dir(dir).is_ok_and(|mut files| files.any(|file| file.is_ok_and(is_library))) {
        return Ok(Some(format!(
            "the target {TARGET} is not installed: `rustup target add {TARGET}`"
        )));
    }
    let compiler = c_compiler();
    let answers = Command::new(&compiler).arg("--version").stdout(Stdio::null()).status();
    if answers.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let compiler = compiler.display();
    Ok(Some(format!(
        "there is no C compiler `{compiler}`: install clang, or name one that knows {TARGET} in {C_COMPILER}"
    )))
}

fn c_compiler() -> OsString {
    std::env::var_os(C_COMPILER).unwrap_or_else(|| "clang".into())
}
