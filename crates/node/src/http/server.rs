//! Connections: how many there are, how long their heads may take, and how they end.

use super::bounds::Bounds;
use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::collections::BTreeMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// Most bytes of a head.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// How long what is being answered may go on when the server is to end.
const END_TIME: Duration = Duration::from_secs(30);
/// How long nothing is accepted when the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(50);

/// Who asks, in the extensions of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// Serves until `until` is done, then lets what is being answered finish.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    until: impl Future<Output = ()>,
) {
    let (stop, stopping) = watch::channel(false);
    let mut open = JoinSet::new();
    let all = Arc::new(Semaphore::new(bounds.connections));
    let peers = Arc::new(Peers::default());
    tokio::pin!(until);
    loop {
        let accepted = tokio::select! {
            () = &mut until => break,
            Some(_) = open.join_next(), if !open.is_empty() => continue,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, address)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // A connection too many is closed unheard: whoever opens thousands is not answered thousands of times.
        let Ok(permit) = Arc::clone(&all).try_acquire_owned() else { continue };
        let Some(place) = Peers::enter(&peers, address.ip(), bounds.connections_of_peer) else {
            continue;
        };
        let (router, stopping) = (router.clone(), stopping.clone());
        open.spawn(async move {
            connection((stream, address), router, bounds.head_time, stopping).await;
            drop((permit, place));
        });
    }
    drop(listener);
    stop.send_replace(true);
    let ended = async { while open.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(END_TIME, ended).await;
}

async fn connection(
    (stream, address): (TcpStream, SocketAddr),
    router: Router,
    head_time: Duration,
    mut stopping: watch::Receiver<bool>,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(address.ip()));
        router.call(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head_time).max_buf_size(HEAD_BYTES_MAX);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let stopped = async {
        // An error is the server's end, too.
        let _ = stopping.wait_for(|&stopping| stopping).await;
    };
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stopped => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = &error as &dyn std::error::Error, %address, "a connection broke");
    }
}

/// Connections of each peer.
#[derive(Debug, Default)]
struct Peers(Mutex<BTreeMap<IpAddr, usize>>);

/// A connection that is counted.
#[derive(Debug)]
struct Place {
    peers: Arc<Peers>,
    peer: IpAddr,
}

impl Peers {
    fn enter(peers: &Arc<Self>, peer: IpAddr, limit: usize) -> Option<Place> {
        let mut counts = peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(peer).or_default();
        if limit <= *count {
            return None;
        }
        *count += 1;
        Some(Place { peers: Arc::clone(peers), peer })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Router, serve};
    use axum::routing::get;
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpStream};
    use std::sync::mpsc;
    use std::thread::{self, JoinHandle};
    use std::time::Duration;
    use tokio::net::TcpListener;
    use tokio::sync::oneshot;

    /// A server that says "ok", what ends it, and its thread.
    fn start(bounds: Bounds) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let router = Router::new().route("/", get(|| async { "ok" }));
                let until = async {
                    let _ = stopped.await;
                };
                serve(listener, router, bounds, until).await;
            });
        });
        (told.recv().unwrap(), stop, thread)
    }

    /// Asks over a connection that stays open; `None` if it was closed instead.
    fn ask(address: SocketAddr) -> Option<TcpStream> {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").ok()?;
        let mut answer = [0; 15];
        stream.read_exact(&mut answer).ok()?;
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
        Some(stream)
    }

    #[test]
    fn a_connection_too_many_is_closed_unheard() {
        for bounds in [
            Bounds { connections: 1, ..Bounds::STANDARD },
            Bounds { connections_of_peer: 1, ..Bounds::STANDARD },
        ] {
            let (address, stop, thread) = start(bounds);
            let first = ask(address).unwrap();
            assert!(ask(address).is_none());
            drop(first);
            // Its place is free as soon as the server has seen the end of it.
            assert!((0..10_000).any(|_| ask(address).is_some()));
            stop.send(()).unwrap();
            thread.join().unwrap();
        }
    }

    /// Neither one that begins and does not end, nor one that is silent.
    #[test]
    fn a_head_that_takes_too_long_ends_its_connection() {
        let head_time = Duration::from_millis(50);
        let (address, stop, thread) = start(Bounds { head_time, ..Bounds::STANDARD });
        for begun in [&b"GET / HTTP/1.1\r\nHost: "[..], b""] {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            stream.write_all(begun).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            assert!(!answer.starts_with(b"HTTP/1.1 200"));
        }
        stop.send(()).unwrap();
        thread.join().unwrap();
    }
}
