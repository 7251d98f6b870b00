//! Logs, on the standard error. `RUST_LOG` says how much.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Begins to write, for people or as JSON; a second call changes nothing.
pub fn start(json: bool) {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    let logs = tracing_subscriber::fmt().with_env_filter(filter.from_env_lossy());
    let logs = logs.with_writer(std::io::stderr).with_ansi(false);
    let _ = if json { logs.json().try_init() } else { logs.try_init() };
}
