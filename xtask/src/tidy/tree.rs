//! The files that the rules are applied to.

use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A folder and the paths, relative to it, of the files that belong to it.
pub(super) struct Tree {
    pub(super) root: PathBuf,
    paths: Vec<String>,
}

impl Tree {
    /// The files that git tracks, or would with the next `git add`; all files where there is no git.
    pub(super) fn tracked(root: &Path) -> Result<Self> {
        if !root.join(".git").exists() {
            return Self::all(root);
        }
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("git cannot be started")?;
        if !listed.status.success() {
            bail!("git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
        }
        let paths = listed.stdout.split(|&byte| byte == 0);
        let paths = paths.map(|path| String::from_utf8_lossy(path).into_owned());
        let paths = paths.filter(|path| root.join(path).is_file()).collect();
        Ok(Self { root: root.to_owned(), paths })
    }

    /// All files below `root` but the ones that a build makes.
    pub(super) fn all(root: &Path) -> Result<Self> {
        let mut tree = Self { root: root.to_owned(), paths: Vec::new() };
        tree.walk(root)?;
        tree.paths.sort();
        Ok(tree)
    }

    fn walk(&mut self, folder: &Path) -> Result<()> {
        for entry in fs::read_dir(folder).context("a folder cannot be listed")? {
            let path = entry?.path();
            if path.is_dir() {
                if path != self.root.join("target") {
                    self.walk(&path)?;
                }
            } else if let Ok(path) = path.strip_prefix(&self.root) {
                self.paths.push(path.to_string_lossy().into_owned());
            }
        }
        Ok(())
    }

    /// The paths, with `/` between their parts.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Whether the file belongs to the tree.
    pub(super) fn has(&self, path: &str) -> bool {
        self.paths.iter().any(|other| other == path)
    }

    /// Returns the bytes of a file.
    pub(super) fn read(&self, path: &str) -> Result<Vec<u8>> {
        fs::read(self.root.join(path)).with_context(|| format!("{path} cannot be read"))
    }
}
