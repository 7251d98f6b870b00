//! Why a request was not served (RFC 9457).

use serde_json::{Value, json};

/// The media type of a problem.
const TYPE: &str = "application/problem+json";

/// Why a request was not served. `code` is stable: programs look at it, and at nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// What it is, in words that never change: `not-found`, `rule-62`, …
    pub code: String,
    /// What it is about this time, for people.
    pub detail: String,
}

impl Problem {
    /// The media type.
    pub const MEDIA: &'static str = TYPE;

    /// The request cannot be read.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self { status: 400, code: "malformed".into(), detail: detail.into() }
    }

    /// There is no such thing.
    pub fn not_found(what: &str) -> Self {
        Self { status: 404, code: "not-found".into(), detail: format!("there is no such {what}") }
    }

    /// It was there once, and is not kept.
    pub fn not_kept(detail: impl Into<String>) -> Self {
        Self { status: 410, code: "not-kept".into(), detail: detail.into() }
    }

    /// The body is longer than any that is meant.
    pub fn too_long(limit: usize) -> Self {
        let detail = format!("a body has at most {limit} bytes here");
        Self { status: 413, code: "too-long".into(), detail }
    }

    /// The body is of a media type that is not meant.
    pub fn media(meant: &str) -> Self {
        let detail = format!("what is handed in here is {meant}");
        Self { status: 415, code: "media".into(), detail }
    }

    /// A rule of the ledger, by its number.
    pub fn rule(code: u16, detail: impl Into<String>) -> Self {
        Self { status: 422, code: format!("rule-{code}"), detail: detail.into() }
    }

    /// The node is at its limits, or stops. The same request may be sent again.
    pub fn busy(detail: impl Into<String>) -> Self {
        Self { status: 503, code: "busy".into(), detail: detail.into() }
    }

    /// The node does not get the blocks that the others have.
    pub fn behind(detail: impl Into<String>) -> Self {
        Self { status: 503, code: "behind".into(), detail: detail.into() }
    }

    /// Too many proofs wait to be verified. The same request may be sent again.
    pub fn proofs(detail: impl Into<String>) -> Self {
        Self { status: 503, code: "busy-proofs".into(), detail: detail.into() }
    }

    /// The node itself has failed.
    pub fn failed(detail: impl Into<String>) -> Self {
        Self { status: 500, code: "failed".into(), detail: detail.into() }
    }

    /// The number of the rule, if it is one of the ledger's.
    pub fn rule_code(&self) -> Option<u16> {
        self.code.strip_prefix("rule-")?.parse().ok()
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        json!({
            "type": "about:blank",
            "title": self.code.replace('-', " "),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        })
    }

    /// Reads a document; what is not there or of another type is left empty.
    pub fn from_json(status: u16, document: &Value) -> Self {
        let text =
            |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { status, code: text("code"), detail: text("detail") }
    }
}

#[cfg(test)]
mod tests {
    use super::Problem;

    #[test]
    fn a_problem_survives_its_document() {
        for problem in [Problem::rule(62, "too dear"), Problem::not_found("job"), Problem::busy("")]
        {
            assert_eq!(Problem::from_json(problem.status, &problem.to_json()), problem);
        }
        assert_eq!(Problem::rule(62, "").rule_code(), Some(62));
        assert_eq!(Problem::busy("").rule_code(), None);
    }
}
