//! Settings of the commands that run for long, from a file: flags come before variables, variables before the file.
//!
//! ```toml
//! [node]
//! dir = "/var/lib/assay/market"
//! listen = "127.0.0.1:8080"
//!
//! [owner]
//! node = "http://127.0.0.1:8080"
//! wallet = "/var/lib/assay/owner"
//! train = ["tree", "forest"]
//! ```
//!
//! A table is named like a command, and stands for its `run`; a key is named like a flag, without dashes. What the file
//! says becomes the flag's default value, so that it is read, bounded and refused as it would be on the command line.

use crate::{
    cli::Cli,
    failure::{Code, Explain, Failure, Result},
    files,
};
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};
use std::{
    ffi::OsString,
    mem,
    path::{Path, PathBuf},
};
use toml::{Table, Value};

/// Most bytes of such a file.
const FILE_BYTES_MAX: u64 = 1 << 16;
/// Name of the argument.
const CONFIG: &str = "config";
/// The command that a table is about.
const RUN: &str = "run";

/// The file of settings.
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// A file of settings (TOML): a table node, owner or buyer, keys named like flags. Flags and
    /// variables come before it
    #[arg(id = CONFIG, long = CONFIG, value_name = "FILE", env = "ASSAY_CONFIG")]
    _file: Option<PathBuf>,
}

/// Reads the command line, and the file that it names.
pub(crate) fn parse(args: &[OsString]) -> Result<Cli> {
    let mut command = Cli::command();
    // The first look is for the file alone; what is wrong is told by the second.
    let first = command.clone().ignore_errors(true).try_get_matches_from(args);
    if let Some(path) = first.ok().as_ref().and_then(file) {
        command = with_file(command, path)?;
    }
    let matches = command.try_get_matches_from(args).unwrap_or_else(|error| error.exit());
    Ok(Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()))
}

/// The file that the innermost command was told of.
fn file(matches: &ArgMatches) -> Option<&PathBuf> {
    match matches.subcommand() {
        Some((_, inner)) => file(inner),
        None => matches.try_get_one(CONFIG).ok().flatten(),
    }
}

fn with_file(command: Command, path: &Path) -> Result<Command> {
    let bytes = files::read(path, FILE_BYTES_MAX)?;
    let text = String::from_utf8_lossy(&bytes);
    let usage = || format!("{} cannot be used", path.display());
    let table: Table = toml::from_str(&text).code(Code::Usage).context(usage())?;
    with_table(command, &table).context(usage())
}

fn with_table(mut command: Command, table: &Table) -> Result<Command> {
    for (name, settings) in table {
        let wrong = |what: &str| {
            Failure::new(Code::Usage, format!("{name}: {what}"))
                .hint("the tables are [node], [owner] and [buyer]")
        };
        let settings = settings.as_table().ok_or_else(|| wrong("a table is expected"))?;
        let run =
            command.find_subcommand_mut(name).and_then(|found| found.find_subcommand_mut(RUN));
        let run = run.ok_or_else(|| wrong("no command that runs is called that"))?;
        *run = with_settings(mem::take(run), settings).context(format!("[{name}]"))?;
    }
    Ok(command)
}

fn with_settings(mut command: Command, settings: &Table) -> Result<Command> {
    for (key, value) in settings {
        let id = command.get_arguments().find_map(|arg| {
            let is_meant = arg.get_long() == Some(key) && key != CONFIG && key != "help";
            is_meant.then(|| arg.get_id().clone())
        });
        let Some(id) = id else {
            return Err(Failure::new(Code::Usage, format!("there is no setting {key}"))
                .hint("keys are named like the flags of `run`, without dashes"));
        };
        let values = texts(value).ok_or_else(|| {
            let what = format!("{key} is a text, a whole number, true or false, or a list of them");
            Failure::new(Code::Usage, what)
        })?;
        // The command line's grammar lives as long as the program.
        let values = values.into_iter().map(|text| &*text.leak());
        command = command.mut_arg(id, |arg| arg.default_values(values).required(false));
    }
    Ok(command)
}

/// What would be written on the command line.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Integer(number) => Some(vec![number.to_string()]),
        Value::Boolean(yes) => Some(vec![yes.to_string()]),
        Value::Array(values) => {
            values.iter().map(texts).collect::<Option<Vec<_>>>().map(|all| all.concat())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{file, with_table};
    use crate::cli::Cli;
    use crate::failure::Code;
    use clap::{ArgMatches, CommandFactory};

    fn matches(file: &str, args: &str) -> ArgMatches {
        let command = with_table(Cli::command(), &toml::from_str(file).unwrap()).unwrap();
        let mut matches = command.try_get_matches_from(args.split(' ')).unwrap();
        while let Some((_, inner)) = matches.remove_subcommand() {
            matches = inner;
        }
        matches
    }

    #[test]
    fn a_flag_comes_before_the_file() {
        let toml = "[node]\ndir = \"m\"\nblock-ms = 250\n[owner]\nnode = \"http://n\"\nwallet = \"w\"\n\
                    train = [\"tree\", \"network\"]\nmin-price = 7";
        let node = matches(toml, "assay node run");
        assert_eq!(node.get_one::<u64>("block_ms"), Some(&250));
        let node = matches(toml, "assay node run --block-ms 300");
        assert_eq!(node.get_one::<u64>("block_ms"), Some(&300));
        let owner = matches(toml, "assay owner run --node http://other");
        assert_eq!(owner.get_one::<String>("node").map(String::as_str), Some("http://other"));
        assert_eq!(owner.get_one::<u128>("min_price"), Some(&7));
        assert_eq!(owner.get_raw("train").unwrap().count(), 2);
    }

    #[test]
    fn what_the_file_says_is_read_as_on_the_command_line() {
        for wrong in
            ["[node]\nblock-ms = 1", "[node]\nlisten = \"nowhere\"", "[node]\nblock-ms = true"]
        {
            let command = with_table(Cli::command(), &toml::from_str(wrong).unwrap()).unwrap();
            let args = ["assay", "node", "run", "--dir", "m"];
            assert!(command.try_get_matches_from(args).is_err(), "{wrong}");
        }
    }

    /// What is packaged is read by the program that it is packaged with.
    #[test]
    fn the_packaged_settings_are_settings() {
        let node = matches(include_str!("../../../packaging/node.toml"), "assay node run");
        let dir = std::path::Path::new("/var/lib/assay/market");
        assert_eq!(node.get_one::<std::path::PathBuf>("dir").map(AsRef::as_ref), Some(dir));
        let listen = "127.0.0.1:8080".parse::<std::net::SocketAddr>().unwrap();
        assert_eq!(node.get_one("listen"), Some(&listen));
        assert_eq!(node.get_one::<u64>("block_ms"), Some(&1000));
        assert_eq!(node.get_one::<u32>("peer_rate"), Some(&200));
        assert_eq!(node.get_raw("log_format").unwrap().collect::<Vec<_>>(), ["json"]);
        // What is left out by a mark can be put in by taking the mark away.
        let all = include_str!("../../../packaging/node.toml").replace("# peers-l", "peers-l");
        let node = matches(&all.replace("# allow-o", "allow-o"), "assay node run");
        let peers = "0.0.0.0:9000".parse::<std::net::SocketAddr>().unwrap();
        assert_eq!(node.get_one("peers_listen"), Some(&peers));
        assert!(node.contains_id("allow_origin"));
    }

    #[test]
    fn unknown_names_are_refused() {
        for (wrong, why) in [
            ("[nodes]\ndir = \"m\"", "no command that runs is called that"),
            ("[wallet]\ndir = \"m\"", "no command that runs is called that"),
            ("node = 7", "a table is expected"),
            ("[node]\ndirectory = \"m\"", "there is no setting directory"),
            ("[node]\nconfig = \"m\"", "there is no setting config"),
            ("[node]\ndir = 1.5", "dir is a text"),
            ("[node]\ndir = [[], {}]", "dir is a text"),
        ] {
            let failure = with_table(Cli::command(), &toml::from_str(wrong).unwrap()).unwrap_err();
            assert_eq!(failure.code, Code::Usage);
            assert!(failure.message.contains(why), "{wrong}: {}", failure.message);
        }
    }

    #[test]
    fn the_file_is_found_whatever_else_is_missing() {
        for args in ["assay node run --config f", "assay owner run --node x --config=f --jobs 0"] {
            let command = Cli::command().ignore_errors(true);
            let matches = command.try_get_matches_from(args.split(' ')).unwrap();
            assert_eq!(file(&matches).unwrap().to_str(), Some("f"), "{args}");
        }
    }
}
