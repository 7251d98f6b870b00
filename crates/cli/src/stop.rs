//! Being asked to end: an interrupt from the terminal, a termination from a service manager.

use crate::failure::{Explain, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the program was asked to end. Being asked a second time ends it on the spot, which costs nothing but
/// the work at hand: whatever a party does survives that.
#[derive(Clone, Debug)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            let again = 128 + signal;
            // In this order: the first signal finds the flag unset.
            flag::register_conditional_shutdown(signal, again, Arc::clone(&asked))
                .and_then(|_| flag::register(signal, Arc::clone(&asked)))
                .context("signals cannot be heard")?;
        }
        Ok(Self(asked))
    }

    /// Whether it was asked.
    pub(crate) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
