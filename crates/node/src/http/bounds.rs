//! How much of a node its visitors may take.

use std::time::Duration;

/// Bounds on visitors. The defaults suit one node on one machine; a proxy before it makes all peers one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Most connections at once.
    pub connections: usize,
    /// Most connections of one address at once.
    pub connections_of_peer: usize,
    /// Most streams of events at once.
    pub streams: usize,
    /// Most requests of one address in a second; 0 is no limit.
    pub requests_of_peer: u32,
    /// Longest wait for the head of a request, and longest rest of a connection between two.
    pub head_time: Duration,
}

impl Bounds {
    /// What a node has unless it is told otherwise.
    pub const STANDARD: Self = Self {
        connections: 1024,
        connections_of_peer: 128,
        streams: 512,
        requests_of_peer: 200,
        head_time: Duration::from_secs(15),
    };
}
