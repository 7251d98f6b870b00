//! What goes wrong, for a person (`error:` and `hint:`) and for a program (the exit code).

use std::{error::Error, fmt::Write, process::ExitCode};

/// Why the program ends; the numbers are a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// Something else went wrong.
    Error = 1,
    /// The arguments make no sense, or one is missing.
    Usage = 2,
    /// A proof or receipt does not hold, or is not one.
    Unverified = 3,
    /// The claim is false; nothing was proven.
    False = 4,
    /// A file or entry is not there.
    NotFound = 5,
    /// Something is already there, or a price exceeds its limit.
    Conflict = 6,
    /// A deadline has passed.
    Deadline = 7,
    /// The user stopped it; nothing was proven. As shells say it of an interrupt.
    Cancelled = 130,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

/// What happened, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Any error of the crates below is a plain error, with its sources.
impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            write!(message, ": {error}").expect("writing to a string succeeds");
            source = error.source();
        }
        Self::new(Code::Error, message)
    }
}

/// Says more about a failed result.
pub(crate) trait Explain<T> {
    /// Sets the exit code.
    fn code(self, code: Code) -> Result<T>;
    /// Says what was being done.
    fn context(self, what: impl AsRef<str>) -> Result<T>;
    /// Says what to do about it.
    fn hint(self, hint: impl Into<String>) -> Result<T>;
}

impl<T, E: Into<Failure>> Explain<T> for Result<T, E> {
    fn code(self, code: Code) -> Result<T> {
        self.map_err(|error| Failure { code, ..error.into() })
    }

    fn context(self, what: impl AsRef<str>) -> Result<T> {
        self.map_err(|error| {
            let failure = error.into();
            Failure { message: format!("{}: {}", what.as_ref(), failure.message), ..failure }
        })
    }

    fn hint(self, hint: impl Into<String>) -> Result<T> {
        self.map_err(|error| error.into().hint(hint))
    }
}
