//! What the engine refuses, as the errors of statements say it.

/// Implements `From<CommitError>` for an error that tells what was cancelled from what failed.
macro_rules! from_engine {
    ($error:ty) => {
        impl From<assay_engine::session::CommitError> for $error {
            fn from(reason: assay_engine::session::CommitError) -> Self {
                match reason {
                    assay_engine::session::CommitError::Cancelled(cancelled) => {
                        Self::Cancelled(cancelled)
                    }
                    reason => Self::Engine(reason),
                }
            }
        }
    };
}
pub(crate) use from_engine;
