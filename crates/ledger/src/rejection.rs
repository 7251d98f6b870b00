//! Why a transaction is refused.

use crate::{account, dataset, envelope, job, stake};

/// Writes an enum of rejections and their numbers from one list. Numbers are part of the wire format:
/// append, never renumber.
macro_rules! rejections {
    ($($(#[$doc:meta])* $code:literal $name:ident $({
        $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)?
    })? $message:literal)*) => {
        /// Why a transaction is refused: the first rule that it breaks.
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum Rejection {
            $($(#[$doc])* #[error($message)] $name $({
                $($(#[$field_doc])* $field: $type),*
            })?,)*
        }

        // Rising numbers are distinct ones, and a gap is a rule that was withdrawn.
        const _: () = {
            let codes: &[u16] = &[$($code),*];
            let mut at = 1;
            while at < codes.len() {
                assert!(codes[at - 1] < codes[at], "the numbers of rejections rise");
                at += 1;
            }
        };

        impl Rejection {
            /// Returns the number of the broken rule.
            pub fn code(&self) -> u16 {
                match self {
                    $(Self::$name { .. } => $code,)*
                }
            }
        }
    };
}
pub(crate) use rejections;

/// The first rule that a transaction breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// A rule of every transaction: 1 to 9.
    #[error(transparent)]
    Envelope(#[from] envelope::Rejection),
    /// A rule about money: 11 to 19.
    #[error(transparent)]
    Account(#[from] account::Rejection),
    /// A rule about listings: 21 to 49.
    #[error(transparent)]
    Dataset(#[from] dataset::Rejection),
    /// A rule about jobs: 51 to 99.
    #[error(transparent)]
    Job(#[from] job::Rejection),
    /// A rule about stakes: 101 to 129.
    #[error(transparent)]
    Stake(#[from] stake::Rejection),
}

impl Rejection {
    /// Returns the number of the broken rule, the same for ever.
    pub fn code(&self) -> u16 {
        match self {
            Self::Envelope(rejection) => rejection.code(),
            Self::Account(rejection) => rejection.code(),
            Self::Dataset(rejection) => rejection.code(),
            Self::Job(rejection) => rejection.code(),
            Self::Stake(rejection) => rejection.code(),
        }
    }
}
