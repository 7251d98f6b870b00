//! stdout for data, stderr for everything else.
#![allow(clippy::print_stderr, reason = "this is the file that speaks to the user")]

use crate::{
    failure::{Failure, Result},
    interrupt,
};
use assay_statements::Work;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value};
use std::{
    io::{ErrorKind, IsTerminal, Write},
    ops::ControlFlow,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// Returns `text` with its control characters escaped: names in a file that somebody else has made
/// must not write lines of their own.
pub(crate) fn printable(text: &str) -> String {
    let shown =
        |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

/// How a command speaks.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether a program reads along.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a command's result: one JSON object, or one line per key.
    pub(crate) fn report(&self, entries: Map<String, Value>) -> Result<()> {
        if self.json {
            return self.text(&format!("{}\n", Value::Object(entries)));
        }
        let width = entries.keys().map(String::len).max().unwrap_or(0);
        let lines = entries.iter().map(|(key, value)| match value {
            Value::String(text) => format!("{key:width$}  {}\n", printable(text)),
            value => format!("{key:width$}  {value}\n"),
        });
        self.text(&lines.collect::<String>())
    }

    /// Prints data as it is. A reader that has seen enough is no error.
    pub(crate) fn text(&self, text: &str) -> Result<()> {
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            done => Ok(done?),
        }
    }

    /// Tells the person something beside the data.
    pub(crate) fn note(&self, text: &str) {
        eprintln!("{text}");
    }

    /// Shows that work goes on, on a terminal only.
    pub(crate) fn progress(&self) -> Progress {
        if !std::io::stderr().is_terminal() {
            return Progress(ProgressBar::hidden());
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(80));
        Progress(bar)
    }

    /// Complains.
    pub(crate) fn failure(&self, failure: &Failure) {
        eprintln!("{}", complaint(failure));
    }
}

/// What is said of a failure. Messages and hints name what other people's files hold.
fn complaint(failure: &Failure) -> String {
    let lines = |text: &str| text.lines().map(printable).collect::<Vec<_>>().join("\n");
    let hint = failure.hint.as_ref().map(|hint| format!("\nhint: {}", lines(hint)));
    format!("error: {}{}", lines(&failure.message), hint.unwrap_or_default())
}

/// A line that goes away when the work is done.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Names the phase that begins.
    pub(crate) fn phase(&self, name: impl Into<std::borrow::Cow<'static, str>>) {
        self.0.set_message(name);
    }

    /// Returns who is to be told the phases of a proof as they begin: the line then says how much of the
    /// work is done, and how long the rest will take if it goes on like that. Ctrl-C stops the proof.
    pub(crate) fn proof(
        &self,
        work: Option<Work>,
    ) -> impl FnMut(&'static str) -> ControlFlow<()> + '_ {
        let (start, mut last) = (Instant::now(), None);
        move |phase| {
            // A long phase is told again while it goes on.
            if last.replace(phase) != Some(phase) {
                let done = work.as_ref().and_then(|work| work.done(phase));
                self.phase(told(phase, done, start.elapsed()));
            }
            interrupt::flow()
        }
    }

    /// Names a phase that begins, and returns who is to be told how much of it is done, of how much: the
    /// line then says how long the rest will take.
    pub(crate) fn counted(&self, name: &'static str) -> impl Fn(u64, u64) + Sync {
        self.phase(name);
        let (start, shown) = (Instant::now(), AtomicU64::new(0));
        move |done, total| {
            let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100);
            if shown.swap(percent, Ordering::Relaxed) != percent {
                let left = start.elapsed().as_secs().saturating_mul(total.saturating_sub(done));
                let left = left.checked_div(done).unwrap_or(0);
                self.phase(format!("{name}: {percent} %, {left} s left,"));
            }
        }
    }
}

/// A phase, `done` thousandths of the work and `elapsed` behind it.
fn told(phase: &'static str, done: Option<u64>, elapsed: Duration) -> String {
    let Some(done) = done.filter(|&done| 50 <= done) else { return phase.to_owned() };
    let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let left = ms.saturating_mul(1000_u64.saturating_sub(done)).checked_div(done).unwrap_or(0);
    format!("{phase}: {} %, about {} s left,", done / 10, left.div_ceil(1000))
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Builds a report: `report! { "rows": rows, "statement": digest }`.
macro_rules! report {
    ($($key:literal: $value:expr),* $(,)?) => {{
        let mut entries = serde_json::Map::new();
        $(entries.insert($key.to_owned(), serde_json::json!($value));)*
        entries
    }};
}
pub(crate) use report;

#[cfg(test)]
mod tests {
    use super::{complaint, printable, told};
    use crate::failure::{Code, Failure};
    use std::time::Duration;

    #[test]
    fn a_name_writes_no_line_and_no_escape_of_its_own() {
        assert_eq!(printable("größe (cm)"), "größe (cm)");
        assert_eq!(printable("x\nverified  true\u{1b}[2J"), "x\\nverified  true\\u{1b}[2J");
    }

    #[test]
    fn the_rest_of_a_proof_takes_as_long_as_what_is_done_says() {
        let told = |done| told("lookups", done, Duration::from_secs(3));
        assert_eq!(told(Some(250)), "lookups: 25 %, about 9 s left,");
        assert_eq!(told(Some(999)), "lookups: 99 %, about 1 s left,");
        // Of what is not known, or has hardly begun, nothing is said.
        assert_eq!(told(None), "lookups");
        assert_eq!(told(Some(49)), "lookups");
    }

    #[test]
    fn a_hint_writes_no_escape_of_its_own() {
        let failure = Failure::new(Code::Usage, "no class is called a\u{1b}[2J");
        let said = complaint(&failure.hint("the classes are b\u{1b}[2J, c"));
        assert_eq!(
            said,
            "error: no class is called a\\u{1b}[2J\nhint: the classes are b\\u{1b}[2J, c"
        );
    }
}
