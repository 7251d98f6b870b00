//! `assay completions SHELL`

use crate::{
    cli::Cli,
    failure::Result,
    output::{Output, report},
};
use clap::CommandFactory;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "assay", &mut script);
    let script = String::from_utf8(script)?;
    if output.is_json() {
        return output.report(report! { "shell": args.shell.to_string(), "script": script });
    }
    output.text(&script)
}
