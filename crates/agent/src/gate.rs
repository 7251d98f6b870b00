//! The last look at whatever leaves a party: does it hold something that must not leave?
//!
//! A [`Gate`] knows byte strings that are secret now, in the encodings in which this program could write them:
//! rows, salts, keys, secrets, parameters. [`Gate::check`] looks for each of them at every place. This is no
//! proof of anything; it stops mistakes, of which sending the wrong table is the worst.
//!
//! *Limit.* Strings of fewer than 16 bytes are not looked for, since proofs hold any short string by chance: rows of
//! fewer than four features pass unseen.

use assay_codec::to_bytes;
use assay_model::ops::tree::Slot;
use assay_model::{Graph, Table};
use assay_types::{Action, FIELD_ORDER};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Shortest string that is looked for.
pub const NEEDLE_BYTES_MIN: usize = 16;
/// Slots that are looked for together: a single one may occur by chance.
const SLOTS: usize = 4;
/// Weights that are looked for together.
const NUMBERS: usize = 8;

/// Which side a party is on. Each may do its own part of a sale only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Trains and sells.
    Owner,
    /// Orders and pays.
    Buyer,
}

impl Role {
    /// Whether a party of this role does such things at all.
    pub fn permits(self, action: &Action) -> bool {
        match action {
            Action::PublishDataset(_)
            | Action::UpdateListing(_)
            | Action::Delist(_)
            | Action::Decline(_)
            | Action::CommitModel(_)
            | Action::Concede(_)
            | Action::ProveMiss(_)
            | Action::SubmitPass(_)
            | Action::RevealKey(_) => self == Self::Owner,
            Action::OpenJob(_) | Action::OpenTest(_) => self == Self::Buyer,
            _ => false,
        }
    }
}

/// What was about to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Leak {
    /// A secret.
    #[error("what was to be sent holds {what}, at byte {at}; nothing was sent")]
    Secret {
        /// What.
        what: What,
        /// Where in what was to be sent.
        at: usize,
    },
    /// Something that a party of this role never does.
    #[error("a party of this role sends no such transaction; nothing was sent")]
    Role,
}

/// What is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// A row that is not public.
    Row,
    /// A salt, key or secret of the wallet.
    Opening,
    /// Parameters of a model.
    Parameters,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Row => "a private row",
            Self::Opening => "a salt, key or secret",
            Self::Parameters => "parameters of a model",
        })
    }
}

/// Everything that is looked for, by its first eight bytes.
#[derive(Clone, Default)]
pub struct Gate {
    needles: BTreeMap<[u8; 8], Vec<(What, Vec<u8>)>>,
    /// Which first two bytes occur, so that most places are passed quickly.
    starts: std::collections::BTreeSet<[u8; 2]>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("needles", &self.needles.len()).finish_non_exhaustive()
    }
}

impl Gate {
    /// Forbids nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forbids a string; one that is too short is left out.
    pub fn forbid(&mut self, what: What, bytes: &[u8]) {
        let (Some(&start), Some(&pair)) = (bytes.first_chunk::<8>(), bytes.first_chunk::<2>())
        else {
            return;
        };
        if NEEDLE_BYTES_MIN <= bytes.len() {
            self.needles.entry(start).or_default().push((what, bytes.to_vec()));
            self.starts.insert(pair);
        }
    }

    /// Forbids the rows of a table.
    pub fn forbid_rows(&mut self, table: &Table) {
        for row in 0..table.rows() {
            let codes: Vec<u8> = table.row(row).iter().flat_map(to_bytes).collect();
            self.forbid(What::Row, &codes);
        }
    }

    /// Forbids the parameters of a model, as they are encoded and as the cipher packs them.
    pub fn forbid_model(&mut self, model: &Graph) {
        match model {
            Graph::DecisionTree(table) => self.forbid_slots(table.slots()),
            Graph::Forest(table) => {
                self.forbid_slots(table.slots());
                self.forbid_numbers(table.values());
            }
            Graph::Network(network) => self.forbid_numbers(network.parameters().cells()),
        }
    }

    fn forbid_slots(&mut self, slots: &[Slot]) {
        for slots in slots.windows(SLOTS) {
            let encoded: Vec<u8> = slots.iter().flat_map(to_bytes).collect();
            self.forbid(What::Parameters, &encoded);
            let numbers = slots.iter().flat_map(|slot| {
                [slot.feature.into(), slot.low.into(), slot.high.into(), slot.left]
            });
            let packed: Vec<u8> = numbers.flat_map(|number: u32| number.to_le_bytes()).collect();
            self.forbid(What::Parameters, &packed);
        }
    }

    /// Whoever writes down a run of numbers twice as long writes one of these.
    fn forbid_numbers(&mut self, numbers: &[i32]) {
        for run in numbers.chunks_exact(NUMBERS) {
            // Padding and small numbers that are all alike occur anywhere.
            if run.iter().collect::<BTreeSet<_>>().len() < NUMBERS / 2 {
                continue;
            }
            let encoded: Vec<u8> = run.iter().flat_map(|number| number.to_le_bytes()).collect();
            self.forbid(What::Parameters, &encoded);
            let packed = run.iter().map(|&number| {
                if number < 0 { number.wrapping_add_unsigned(FIELD_ORDER) } else { number }
            });
            let packed: Vec<u8> = packed.flat_map(i32::to_le_bytes).collect();
            self.forbid(What::Parameters, &packed);
        }
    }

    /// Looks for everything that is forbidden, at every place of `bytes`.
    pub fn check(&self, bytes: &[u8]) -> Result<(), Leak> {
        // A bit for each pair of bytes: a look into the map at every place would cost seconds.
        let mut is_start = vec![false; 1 << 16];
        for pair in &self.starts {
            is_start[usize::from(u16::from_le_bytes(*pair))] = true;
        }
        for (at, window) in bytes.windows(8).enumerate() {
            let Some((&start, &pair)) = window.first_chunk::<8>().zip(window.first_chunk::<2>())
            else {
                continue;
            };
            if !is_start[usize::from(u16::from_le_bytes(pair))] {
                continue;
            }
            let Some(needles) = self.needles.get(&start) else { continue };
            let rest = &bytes[at..];
            if let Some((what, _)) = needles.iter().find(|(_, needle)| rest.starts_with(needle)) {
                return Err(Leak::Secret { what: *what, at });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
