//! Stakes, and evidence against validators, as they are shown.

use crate::fields;
use assay_codec::to_hex;
use assay_ledger::stake::Stake;
use assay_types::validators::Handover;
use assay_types::validators::double_vote::Conflict;
use assay_types::{Address, DoubleVote, Event, LogEntry};
use serde_json::{Map, Value, json};

/// How validators changed: which entry of which block says so, from which epoch on, and how many there are then.
pub fn handovers(handovers: &[Handover]) -> Map<String, Value> {
    let shown = handovers.iter().map(|handover| {
        let LogEntry { height, sequence, event, .. } = &handover.entry;
        let (epoch, count) = match event {
            Event::Seated { epoch, validators } => (Some(epoch), validators.as_slice().len()),
            _ => (None, 0),
        };
        json!({ "number": sequence, "height": height.get(), "epoch": epoch, "validators": count })
    });
    fields! { "handovers": shown.collect::<Vec<_>>() }
}

/// What an account has at stake, as which validator.
pub fn shown(owner: &Address, stake: &Stake) -> Map<String, Value> {
    let leaving = stake
        .leaving
        .iter()
        .map(|leaving| json!({ "amount": leaving.amount.to_string(), "free": leaving.free.get() }));
    fields! {
        "owner": owner.to_string(),
        "network_key": to_hex(&stake.network),
        "vote_key": stake.vote.to_string(),
        "endpoint": stake.endpoint.to_string(),
        "bonded": stake.bonded.to_string(),
        "leaving": leaving.collect::<Vec<_>>(),
        "convicted": stake.convicted.map(|height| height.get()),
    }
}

/// Who has voted twice, when and how.
pub fn evidence(found: &DoubleVote) -> Map<String, Value> {
    fields! {
        "vote_key": found.guilty.to_string(),
        "epoch": found.round.epoch,
        "view": found.round.view,
        "kind": match found.conflict {
            Conflict::Notarized(_) => "two notarized",
            Conflict::Finalized(_) => "two finalized",
            Conflict::NullifiedAndFinalized { .. } => "nullified and finalized",
        },
    }
}
