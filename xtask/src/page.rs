//! The page: built anew, compared with what is committed, tested, and gone through with a browser.

use crate::verifier;
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The browser, unless `CHROMIUM` names another one.
const CHROMIUM: &str = "/usr/bin/chromium";

/// The tests, with the verifier for browsers if it can be built here.
fn test(root: &Path, web: &Path) -> Result<()> {
    let mut npm = Command::new("npm");
    match verifier::missing(root)? {
        None => _ = npm.env("ASSAY_VERIFIER", verifier::build(root)?),
        Some(missing) => {
            eprintln!("the verifier for browsers is not tested as WebAssembly: {missing}");
        }
    }
    eprintln!("$ npm test");
    let status = npm.arg("test").current_dir(web).stdin(Stdio::null()).status();
    if status.context("npm cannot be started")?.success() {
        Ok(())
    } else {
        bail!("`npm test` failed")
    }
}

/// Needs Node.js, npm and Chromium, and the program `target/debug/assay`, which the tests have built.
pub(crate) fn check(root: &Path) -> Result<()> {
    let web = root.join("web");
    npm(&web, &["ci", "--no-audit", "--no-fund"])?;
    test(root, &web)?;
    let built = root.join("target/page");
    let out = built.display().to_string();
    npm(&web, &["run", "build", "--", "--outDir", &out, "--emptyOutDir"])?;
    compare(&web.join("dist"), &built)?;
    browse(root, &web)
}

fn npm(web: &Path, args: &[&str]) -> Result<()> {
    eprintln!("$ npm {}", args.join(" "));
    let status = Command::new("npm").args(args).current_dir(web).stdin(Stdio::null()).status();
    let status = status.context("npm cannot be started: Node.js 20.19 or later is needed")?;
    if status.success() { Ok(()) } else { bail!("`npm {}` failed", args.join(" ")) }
}

/// Fails if what is committed is not what the sources make, byte for byte.
fn compare(committed: &Path, built: &Path) -> Result<()> {
    let (committed, built) = (files(committed)?, files(built)?);
    let differs = built.iter().find(|(name, bytes)| committed.get(*name) != Some(*bytes));
    let is_gone = committed.keys().find(|name| !built.contains_key(*name));
    match differs.map(|(name, _)| name).or(is_gone) {
        None => Ok(()),
        Some(name) => bail!(
            "web/dist/{name} is not what web/src makes: run `npm run build` in web and commit it"
        ),
    }
}

fn files(dir: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let entries = fs::read_dir(dir).with_context(|| format!("{} is missing", dir.display()))?;
    let file = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        Ok((name, fs::read(entry.path())?))
    };
    entries.map(|entry| file(entry?)).collect()
}

/// What browsers, nodes and owners do together: a sale from the market to the receipt, one of a network, validators that come and go.
const WALKS: [&str; 3] = ["e2e/sale.mjs", "e2e/network.mjs", "e2e/validators.mjs"];

fn browse(root: &Path, web: &Path) -> Result<()> {
    let chromium = std::env::var_os("CHROMIUM").map_or_else(|| CHROMIUM.into(), PathBuf::from);
    if !chromium.exists() {
        bail!("there is no browser at {}: install chromium, or set CHROMIUM", chromium.display());
    }
    for walk in WALKS {
        eprintln!("$ node {walk}");
        let status = Command::new("node")
            .arg(walk)
            .current_dir(web)
            .env("ASSAY", root.join("target/debug/assay"))
            .env("CHROMIUM", &chromium)
            .stdin(Stdio::null())
            .status()
            .context("node cannot be started")?;
        if !status.success() {
            bail!("the page failed in the browser: {walk}");
        }
    }
    Ok(())
}
