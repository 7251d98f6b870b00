//! A node: a chain that makes blocks by itself, and answers over HTTP.
//!
//! One thread owns the chain ([`chain`]); everybody else asks it questions through a mailbox and gets
//! answers about final blocks. The interface ([`http`]) is that of `assay_api`.
//!
//! Private rows, wallets of parties and provers never come near a node: they live in the agents that
//! talk to it.

pub mod chain;
pub mod http;
pub mod logs;
mod metrics;
mod signal;

pub use signal::signalled;

use assay_chain::Chain;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How a node runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Time between two blocks.
    pub interval: Duration,
    /// The web pages that may ask it from a browser; `*` is all.
    pub origin: Option<String>,
    /// How much of it its visitors may take.
    pub bounds: http::Bounds,
}

/// Why a node ends.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nobody can listen there.
    #[error("cannot listen at {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The server failed.
    #[error("the server failed")]
    Serve(#[source] std::io::Error),
    /// The chain failed: no block is made any more.
    #[error("the chain makes no blocks any more")]
    Chain(#[source] assay_chain::Error),
    /// The thread of the chain is gone.
    #[error("the chain's thread has ended by itself")]
    Thread,
}

/// Runs a node until `stop` is done, then lets what is being answered finish and makes a last block of
/// what waits. `ready` is told the address.
pub fn run(
    chain: Chain,
    config: &Config,
    clock: fn() -> u64,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Error::Serve)?;
    let (mailbox, actor) = chain::start(chain, config.interval, clock);
    let served = runtime.block_on(serve(config, mailbox, ready, stop));
    // The mailbox is gone with the server: the actor makes its last block and ends.
    drop(runtime);
    let ended = actor.join().map_err(|_| Error::Thread)?;
    served?;
    ended.map_err(Error::Chain)
}

async fn serve(
    config: &Config,
    mailbox: chain::Mailbox,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let listen = |source| Error::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
    ready(listener.local_addr().map_err(listen)?);
    let ended = mailbox.ended();
    let (stopping, is_stopping) = watch::channel(false);
    let router = http::router(mailbox, is_stopping, config.origin.as_deref(), &config.bounds);
    let until = async move {
        tokio::select! {
            () = stop => tracing::info!("asked to stop"),
            () = ended => tracing::error!("the chain has ended"),
        }
        // Streams end now; without that the server would wait for their readers.
        stopping.send_replace(true);
    };
    http::server::serve(listener, router, config.bounds, until).await;
    Ok(())
}
