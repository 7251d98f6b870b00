//! Numbers for Prometheus, in its text format.

use crate::pool::Counts;
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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
    pub(crate) value: Value,
}

/// A value, in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// How many.
    Count(u64),
    /// How long, written in seconds.
    Time(Duration),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Time(time) => write!(f, "{}.{:06}", time.as_secs(), time.subsec_micros()),
        }
    }
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
            value: Value::Count(counter.load(Ordering::Relaxed)),
        };
        [
            counter("assay_requests_served_total", "Requests answered", &self.served),
            counter("assay_requests_refused_total", "Requests refused", &self.refused),
            counter("assay_transactions_taken_total", "Transactions taken", &self.taken),
        ]
    }
}

/// What the threads that verify proofs have done.
pub(crate) fn of_pool(counts: &Counts) -> [Number; 5] {
    let counter = |name, help, value| Number { name, kind: "counter", help, value };
    let waiting = Value::Count(counts.waiting);
    [
        counter(
            "assay_proofs_verified_total",
            "Proofs verified by the pool",
            Value::Count(counts.verified),
        ),
        counter(
            "assay_proofs_failed_total",
            "Verifications that broke off",
            Value::Count(counts.failed),
        ),
        counter(
            "assay_proofs_refused_total",
            "Times the pool was full",
            Value::Count(counts.refused),
        ),
        counter(
            "assay_proofs_seconds_total",
            "Time of the pool's verifications",
            Value::Time(counts.time),
        ),
        Number {
            name: "assay_proofs_waiting",
            kind: "gauge",
            help: "Proofs that wait",
            value: waiting,
        },
    ]
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

#[cfg(test)]
mod tests {
    use super::{Counts, of_pool, text};
    use std::time::Duration;

    #[test]
    fn time_is_written_in_seconds() {
        let counts =
            Counts { verified: 3, time: Duration::from_micros(1_002_003), ..Counts::default() };
        let text = text(&of_pool(&counts));
        assert!(text.contains(
            "# TYPE assay_proofs_seconds_total counter\nassay_proofs_seconds_total 1.002003\n"
        ));
        assert!(text.contains("\nassay_proofs_verified_total 3\n"));
    }
}
