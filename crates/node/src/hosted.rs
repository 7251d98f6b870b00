//! A node in a thread of another program.

use crate::{Config, Error, consensus, run, signalled};
use assay_chain::Chain;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

/// A node that runs beside its program. Dropping it asks it to end and does not wait.
#[derive(Debug)]
pub struct Hosted {
    address: SocketAddr,
    stop: oneshot::Sender<Stop>,
    thread: JoinHandle<Result<(), Error>>,
}

/// When it ends.
#[derive(Debug)]
enum Stop {
    Now,
    Signalled,
}

impl Hosted {
    /// Starts a node, and waits until it listens.
    pub fn start(
        chain: Chain,
        validator: Option<consensus::network::Config>,
        config: Config,
        clock: fn() -> u64,
    ) -> Result<Self, Error> {
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        let until = async move {
            if let Ok(Stop::Signalled) = stopped.await {
                signalled().await;
            }
        };
        let ready = move |address| {
            let _ = tell.send(address);
        };
        let body = move || run(chain, validator, &config, clock, ready, until);
        let thread = thread::Builder::new().name("node".into()).spawn(body);
        let thread = thread.map_err(Error::Serve)?;
        match told.recv() {
            Ok(address) => Ok(Self { address, stop, thread }),
            // It has ended before it listened, and says why.
            Err(_) => Err(joined(thread).err().unwrap_or(Error::Thread)),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Asks it to end, and waits.
    pub fn stop(self) -> Result<(), Error> {
        let _ = self.stop.send(Stop::Now);
        joined(self.thread)
    }

    /// Waits until the process is asked to end, and the node has.
    pub fn serve(self) -> Result<(), Error> {
        let _ = self.stop.send(Stop::Signalled);
        joined(self.thread)
    }
}

fn joined(thread: JoinHandle<Result<(), Error>>) -> Result<(), Error> {
    thread.join().map_err(|_| Error::Thread)?
}
