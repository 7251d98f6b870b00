//! A node: a chain that gets blocks by itself, and answers over HTTP.
//!
//! One thread owns the chain ([`chain`]); everybody else asks it questions through a mailbox and gets
//! answers about final blocks. Proofs are verified by the threads of a [`pool`]. Blocks come from that thread, where one authority makes them, or from the
//! [`consensus`] of many validators. The interface ([`http`]) is that of `assay_api`.
//!
//! Private rows, wallets of parties and provers never come near a node: they live in the agents that
//! talk to it.

pub mod chain;
pub mod consensus;
mod hosted;
pub mod http;
pub mod logs;
mod metrics;
pub mod pool;
mod signal;

pub use hosted::Hosted;
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
    /// A block is made as soon as something waits. Windows are counted in blocks, so this is for a market whose parties
    /// all belong to one person.
    pub is_eager: bool,
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
    /// The consensus cannot begin, or has failed.
    #[error("the node does not take part in the consensus any more")]
    Consensus(#[source] consensus::network::Error),
}

/// Runs a node until `stop` is done, then lets what is being answered finish. Where one authority makes the blocks,
/// a last one is made of what waits. `validator` says how a node takes part where many order the blocks. `ready` is told
/// the address.
pub fn run(
    chain: Chain,
    validator: Option<consensus::network::Config>,
    config: &Config,
    clock: fn() -> u64,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Error::Serve)?;
    let genesis = chain.genesis().clone();
    let pace = match genesis.validators() {
        Some(_) => chain::Pace::Consensus,
        None => chain::Pace::Every { interval: config.interval, is_eager: config.is_eager },
    };
    let (mailbox, actor) = chain::start(chain, pool::Pool::of_cores(), pace, clock);
    let consensus = validator
        .map(|validator| consensus::network::start(&genesis, validator, mailbox.clone()))
        .transpose()
        .map_err(Error::Consensus);
    let (served, consensus) = match consensus {
        Ok(mut consensus) => {
            let served = runtime.block_on(serve(config, mailbox, consensus.as_mut(), ready, stop));
            (served, consensus.map_or(Ok(()), |running| running.stop().map_err(Error::Consensus)))
        }
        Err(error) => {
            // Or the actor would wait for questions.
            drop(mailbox);
            (Ok(()), Err(error))
        }
    };
    // The mailboxes are gone with the server and the consensus: the actor makes its last block and ends.
    drop(runtime);
    let ended = actor.join().map_err(|_| Error::Thread)?;
    served?;
    consensus?;
    ended.map_err(Error::Chain)
}

async fn serve(
    config: &Config,
    mailbox: chain::Mailbox,
    consensus: Option<&mut consensus::network::Running>,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let listen = |source| Error::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
    ready(listener.local_addr().map_err(listen)?);
    let ended = mailbox.ended();
    let (others, failed) = match consensus {
        Some(running) => {
            let (gossip, faults) = (running.gossip.clone(), running.faults.clone());
            let standing = running.standing.clone();
            (Some(http::Others { gossip, faults, standing }), Some(running.ended()))
        }
        None => (None, None),
    };
    let failed = async move {
        match failed {
            Some(failed) => failed.await,
            None => std::future::pending().await,
        }
    };
    let (stopping, is_stopping) = watch::channel(false);
    let router =
        http::router(mailbox, others, is_stopping, config.origin.as_deref(), &config.bounds);
    let until = async move {
        tokio::select! {
            () = stop => tracing::info!("asked to stop"),
            () = ended => tracing::error!("the chain has ended"),
            () = failed => tracing::error!("the consensus has ended"),
        }
        // Streams end now; without that the server would wait for their readers.
        stopping.send_replace(true);
    };
    http::server::serve(listener, router, config.bounds, until).await;
    Ok(())
}
