//! Puts the verifier for browsers where `http/assets.rs` includes it: the file that `ASSAY_VERIFIER` names, which `cargo xtask verifier`
//! sets, or an empty one.
use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-env-changed=ASSAY_VERIFIER");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("verifier.wasm");
    let named = env::var_os("ASSAY_VERIFIER").filter(|path| !path.is_empty()).map(PathBuf::from);
    let written = match &named {
        Some(path) => {
            println!("cargo::rerun-if-changed={}", path.display());
            fs::copy(path, &out).map(drop)
        }
        None => fs::write(&out, []),
    };
    if let Err(error) = written {
        let from = named.unwrap_or_default();
        println!(
            "cargo::error=the verifier for browsers cannot be taken from {}: {error}",
            from.display()
        );
    }
}
