//! Histories.

use assay_codec::Digest;
use assay_types::log::is_history;
use assay_types::{DatasetId, Event, Height, LogEntry};

fn history(len: u64) -> Vec<LogEntry> {
    let dataset = DatasetId(Digest([1; 32]));
    let mut previous = Digest::default();
    let mut entries = Vec::new();
    for sequence in 0..len {
        let event = Event::Delisted { dataset };
        let (topic, height) = (event.topic(), Height::new(3 * sequence));
        let entry = LogEntry { topic, sequence, previous, height, time_ms: sequence, event };
        previous = entry.digest();
        entries.push(entry);
    }
    entries
}

#[test]
fn a_history_has_no_gap_and_no_stranger() {
    assert!(is_history(&history(5)));
    assert!(is_history(&[]));
    assert!(!is_history(&history(5)[1..]));
    let changes: [fn(&mut Vec<LogEntry>); 6] = [
        |entries| drop(entries.remove(2)),
        |entries| entries.swap(2, 3),
        |entries| entries[2].time_ms += 1,
        |entries| entries[2].sequence += 1,
        |entries| entries[4].previous = Digest::default(),
        |entries| entries[4].topic = assay_types::Topic::Account(assay_types::Address::default()),
    ];
    for change in changes {
        let mut entries = history(5);
        change(&mut entries);
        assert!(!is_history(&entries));
    }
}

/// Whoever writes a log can make its hashes fit; what they then say must still be a history.
#[test]
fn hashes_that_fit_make_no_history() {
    let changes: [fn(&mut Vec<LogEntry>); 4] = [
        |entries| entries.iter_mut().for_each(|entry| entry.sequence += 1),
        |entries| entries[3].sequence = 2,
        |entries| entries[4].sequence = 5,
        |entries| entries[2].topic = assay_types::Topic::Account(assay_types::Address::default()),
    ];
    for change in changes {
        let mut entries = history(5);
        change(&mut entries);
        let mut previous = Digest::default();
        for entry in &mut entries {
            entry.previous = previous;
            previous = entry.digest();
        }
        assert!(!is_history(&entries));
    }
}
