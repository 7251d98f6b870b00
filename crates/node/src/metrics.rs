//! Numbers for Prometheus, in its text format.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is counted by the server itself.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Requests that were answered with what they asked for.
    pub(crate) served: AtomicU64,
    /// Requests that were refused.
    pub(crate) refused: AtomicU64,
    /// Transactions that were taken.
    pub(crate) taken: AtomicU64,
}

/// One number.
pub(crate) struct Number {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) help: &'static str,
    pub(crate) value: u64,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn numbers(&self) -> [Number; 3] {
        let counter = |name, help, counter: &AtomicU64| Number {
            name,
            kind: "counter",
            help,
            value: counter.load(Ordering::Relaxed),
        };
        [
            counter("assay_requests_served_total", "Requests answered", &self.served),
            counter("assay_requests_refused_total", "Requests refused", &self.refused),
            counter("assay_transactions_taken_total", "Transactions taken", &self.taken),
        ]
    }
}

/// Writes numbers.
pub(crate) fn text(numbers: &[Number]) -> String {
    let mut text = String::new();
    for Number { name, kind, help, value } in numbers {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
    }
    text
}
