//! Whom a client believes that a node at `https://` is the one it asked for, and why it does not believe it.

use rustls::{CertificateError, Error as Tls};
use std::sync::Arc;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// Most certificates of a file.
const CERTIFICATES_MAX: usize = 64;

/// The authorities whose certificates count.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Trust {
    /// Those of the web, as Mozilla lists them; the list is part of the program.
    Web,
    /// These, and no others.
    Own(Arc<Vec<Certificate<'static>>>),
}

/// Why a file names no authorities.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoAuthorities {
    /// There is no certificate in it.
    #[error("there is no certificate in it (PEM: -----BEGIN CERTIFICATE-----)")]
    Empty,
    /// It cannot be read.
    #[error("it is not PEM")]
    Form(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There are very many.
    #[error("there are more than {CERTIFICATES_MAX} certificates in it")]
    Many,
}

impl Trust {
    /// Reads certificates of authorities, one after the other (PEM). What is between them is left out; a key is never
    /// looked at.
    pub fn from_pem(bytes: &[u8]) -> Result<Self, NoAuthorities> {
        let mut found = Vec::new();
        for item in parse_pem(bytes) {
            let item = item.map_err(|error| NoAuthorities::Form(error.into()))?;
            if let PemItem::Certificate(certificate) = item {
                if CERTIFICATES_MAX <= found.len() {
                    return Err(NoAuthorities::Many);
                }
                found.push(certificate);
            }
        }
        if found.is_empty() { Err(NoAuthorities::Empty) } else { Ok(Self::Own(Arc::new(found))) }
    }

    pub(crate) fn config(&self) -> TlsConfig {
        let roots = match self {
            Self::Web => RootCerts::WebPki,
            Self::Own(certificates) => RootCerts::Specific(certificates.clone()),
        };
        TlsConfig::builder().root_certs(roots).build()
    }
}

/// Why a node is not believed to be the one at its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Distrust {
    /// Its certificate is by nobody who is believed.
    #[error("its certificate is not signed by an authority that is believed")]
    Authority,
    /// Its certificate is somebody else's.
    #[error("its certificate is for another name")]
    Name,
    /// Its certificate has not begun, or has ended.
    #[error("its certificate is not valid at this time")]
    Time,
    /// It does not speak TLS.
    #[error("it does not speak TLS")]
    Plain,
    /// Something else is wrong with its certificate or with what it says.
    #[error("a secure connection cannot be made")]
    Other,
}

impl Distrust {
    /// What is behind an error of a connection, if it is that.
    pub(crate) fn of(error: &ureq::Error) -> Option<Self> {
        let tls = match error {
            ureq::Error::Rustls(tls) => tls,
            ureq::Error::Io(error) => error.get_ref()?.downcast_ref::<Tls>()?,
            ureq::Error::Tls(_) => return Some(Self::Other),
            _ => return None,
        };
        Some(match tls {
            Tls::InvalidMessage(_) => Self::Plain,
            Tls::InvalidCertificate(error) => match error {
                CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::Authority,
                CertificateError::NotValidForName
                | CertificateError::NotValidForNameContext { .. } => Self::Name,
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. } => Self::Time,
                _ => Self::Other,
            },
            _ => Self::Other,
        })
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Authority => {
                "ask who runs the node for the certificate of its authority, and name it with --node-ca FILE"
            }
            Self::Name => {
                "use the name that the certificate is for, as in https://node.example.org"
            }
            Self::Time => {
                "whoever runs the node has to renew it; or the clock of this machine is wrong"
            }
            Self::Plain => {
                "ask at http:// if the network in between can be trusted, or at its port for TLS"
            }
            Self::Other => "look at the node's proxy: TLS 1.2 or 1.3 is wanted",
        }
    }
}
