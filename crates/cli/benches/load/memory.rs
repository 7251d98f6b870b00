//! What a process holds in memory while something else goes on.

use serde_json::{Map, Value};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Resident bytes, once a second.
pub(crate) struct Memory {
    stop: Sender<()>,
    thread: JoinHandle<Vec<u64>>,
}

impl Memory {
    pub(crate) fn watch(process: u32) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut all = vec![resident(process)];
            while stopped.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                all.push(resident(process));
            }
            all
        });
        Self { stop, thread }
    }

    /// First, most and last, in MiB.
    pub(crate) fn tell(self, told: &mut Map<String, Value>) {
        drop(self.stop);
        let all = self.thread.join().unwrap();
        let mib = |bytes: Option<&u64>| Value::from(bytes.copied().unwrap_or(0) >> 20);
        told.insert("memory_mib_first".to_owned(), mib(all.first()));
        told.insert("memory_mib_most".to_owned(), mib(all.iter().max()));
        told.insert("memory_mib_last".to_owned(), mib(all.last()));
    }
}

fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("");
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap_or(0);
    kib << 10
}
