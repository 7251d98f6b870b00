//! Ports for validators, whose addresses stand in files before anybody listens there.

use std::net::{SocketAddr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// The system gives ports from 32768 on to whoever asks for none, so a free one of those may be taken before its validator
/// listens. These are below.
const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;

/// A port that is free. Every call has another one, and every process begins elsewhere.
pub(crate) fn free_port() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mut numbers = (0..COUNT).map(|_| {
        let number = process::id().wrapping_mul(16) + NEXT.fetch_add(1, Ordering::Relaxed);
        u16::try_from(FIRST + number % COUNT).unwrap()
    });
    let is_free = |address: &SocketAddr| TcpListener::bind(address).is_ok();
    numbers.find_map(|port| Some(SocketAddr::from(([127, 0, 0, 1], port))).filter(is_free)).unwrap()
}
