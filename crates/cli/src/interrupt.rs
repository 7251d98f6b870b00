//! Ctrl-C while something is proven: the first one stops the prover, the second one ends the program.

use crate::{failure::Result, stop::Stop};
use std::{ops::ControlFlow, sync::OnceLock};

static STOP: OnceLock<Stop> = OnceLock::new();

/// From now on the first Ctrl-C is heard by [`flow`].
pub(crate) fn listen() -> Result<()> {
    let stop = Stop::listen()?;
    STOP.get_or_init(|| stop);
    Ok(())
}

/// Whether to go on.
pub(crate) fn flow() -> ControlFlow<()> {
    match STOP.get() {
        Some(stop) if stop.is_asked() => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    }
}
