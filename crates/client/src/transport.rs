//! Requests and answers.

use crate::trust::{Distrust, Trust};
use assay_agent::{MarketError, Refusal};
use assay_api::Problem;
use serde_json::Value;
use std::time::Duration;
use ureq::http::Response;
use ureq::{Agent, Body};

/// Longest wait for an answer: a proof is verified before a transaction is taken.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Longest answer.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// Why a node gives no answer that can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Fault {
    /// It cannot be reached.
    #[error("the node at {url} cannot be reached")]
    Reach {
        /// Where.
        url: String,
        /// Why.
        source: Box<ureq::Error>,
    },
    /// It is not believed to be the node.
    #[error("the node at {url} is not believed: {distrust}; {}", .distrust.advice())]
    Distrusted {
        /// Where.
        url: String,
        /// Why not.
        distrust: Distrust,
    },
    /// It refuses.
    #[error("the node refuses ({}): {}", .0.code, .0.detail)]
    Refused(Problem),
    /// It says what cannot be understood.
    #[error("the node's answer cannot be understood: {0}")]
    Answer(String),
}

impl Fault {
    pub(crate) fn distrust(&self) -> Option<Distrust> {
        match self {
            Self::Distrusted { distrust, .. } => Some(*distrust),
            _ => None,
        }
    }
}

impl From<Fault> for MarketError {
    fn from(fault: Fault) -> Self {
        if let Fault::Refused(problem) = &fault
            && let Some(code) = problem.rule_code()
        {
            return Self::Rejected(Refusal { code, reason: problem.detail.clone() });
        }
        Self::Unavailable(fault.into())
    }
}

/// A node's address, and the connections to it.
#[derive(Debug)]
pub(crate) struct Transport {
    agent: Agent,
    url: String,
}

impl Transport {
    pub(crate) fn new(url: &str, trust: &Trust) -> Self {
        let config = Agent::config_builder().timeout_global(Some(TIMEOUT));
        // Who has asked for a secure connection gets no other, wherever an answer leads.
        let config = config.https_only(url.starts_with("https://")).tls_config(trust.config());
        let agent = config.http_status_as_error(false).build().new_agent();
        Self { agent, url: url.trim_end_matches('/').to_owned() }
    }

    /// Asks for bytes; `None` if there is no such thing.
    pub(crate) fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        let url = format!("{}{path}", self.url);
        let answer = self.agent.get(&url).call().map_err(|error| self.unreachable(error))?;
        match self.body(answer) {
            Err(Fault::Refused(problem))
                if problem.status == 404 && problem.code == "not-found" =>
            {
                Ok(None)
            }
            answer => answer.map(Some),
        }
    }

    /// Asks for a document; `None` if there is no such thing.
    pub(crate) fn document(&self, path: &str) -> Result<Option<Value>, Fault> {
        self.bytes(path)?.map(|bytes| json(&bytes)).transpose()
    }

    /// Sends bytes, and returns the document that comes back.
    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Result<Value, Fault> {
        let request = self.agent.post(format!("{}{path}", self.url));
        let request = request.content_type("application/octet-stream");
        let answer = request.send(body).map_err(|error| self.unreachable(error))?;
        json(&self.body(answer)?)
    }

    fn unreachable(&self, error: ureq::Error) -> Fault {
        let url = self.url.clone();
        match Distrust::of(&error) {
            Some(distrust) => Fault::Distrusted { url, distrust },
            None => Fault::Reach { url, source: Box::new(error) },
        }
    }

    fn body(&self, mut answer: Response<Body>) -> Result<Vec<u8>, Fault> {
        let status = answer.status();
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let body = body.map_err(|error| self.unreachable(error))?;
        if status.is_success() {
            return Ok(body);
        }
        let problem = serde_json::from_slice(&body).unwrap_or_default();
        Err(Fault::Refused(Problem::from_json(status.as_u16(), &problem)))
    }
}

fn json(bytes: &[u8]) -> Result<Value, Fault> {
    serde_json::from_slice(bytes).map_err(|error| Fault::Answer(error.to_string()))
}
