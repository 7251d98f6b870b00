//! The allocator of the programs that prove: it keeps freed memory.
//!
//! A prover fills a few large tables, frees them, and fills tables of the same sizes again. An
//! allocator that gives the pages back in between has the kernel clear them once more: 38,000 page
//! faults in six proofs of workload W1 instead of 460. This one gives nothing back before the process ends, so that its memory is
//! what the largest moment needed.
//!
//! ```
//! #[global_allocator]
//! static ALLOCATOR: assay_memory::Allocator = assay_memory::ALLOCATOR;
//!
//! assay_memory::keep();
//! ```

use libmimalloc_sys::{mi_option_get, mi_option_set, mi_option_t};

/// For `#[global_allocator]`.
pub type Allocator = mimalloc::MiMalloc;

/// The allocator.
pub const ALLOCATOR: Allocator = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of the pinned version: milliseconds until freed pages go back.
const PURGE_DELAY: mi_option_t = 15;
/// What it is by default, in milliseconds. No other option has this default: that is how a renumbered list of
/// options would be noticed.
const DEFAULT_MS: std::ffi::c_long = 1000;
/// Never.
const NEVER: std::ffi::c_long = -1;

/// From here on, freed memory stays with the process. Call it first thing in `main`, before there
/// are threads. Returns whether it is so; a `MIMALLOC_PURGE_DELAY` in the environment has its way.
#[allow(unsafe_code, reason = "the options of the allocator have no safe interface")]
pub fn keep() -> bool {
    // SAFETY: both functions read and write one entry of a static table of options; the index is
    // that of an entry. They are not thread-safe, which is why this comes before any thread.
    unsafe {
        if mi_option_get(PURGE_DELAY) == DEFAULT_MS {
            mi_option_set(PURGE_DELAY, NEVER);
        }
        mi_option_get(PURGE_DELAY) == NEVER
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn freed_memory_stays() {
        assert!(super::keep(), "the option that is set has the default of the one that is meant");
    }
}
