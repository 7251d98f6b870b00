//! What an event of the log says, as it is shown.

use crate::fields;
use assay_codec::{to_bytes, to_hex};
use assay_types::statement::Score;
use assay_types::{Event, Manner, Sale};
use serde_json::{Map, Value, json};

/// Everything that an event says, by field; what is large or a name of something else comes as its digest.
pub fn details(event: &Event) -> Map<String, Value> {
    match event {
        Event::Executed { from, nonce, tx, fee, burned, failure } => fields! {
            "from": from.to_string(), "nonce": nonce, "tx": tx.to_string(), "fee": fee.to_string(),
            "burned": burned.to_string(), "failure": failure,
        },
        Event::Transferred { from, to, amount } => fields! {
            "from": from.to_string(), "to": to.to_string(), "amount": amount.to_string(),
        },
        Event::Published { dataset, owner, listing, burned } => fields! {
            "dataset": dataset.to_string(), "owner": owner.to_string(), "version": 1,
            "listing": listing.to_string(), "burned": burned.to_string(),
        },
        Event::Updated { dataset, version, listing } => fields! {
            "dataset": dataset.to_string(), "version": version, "listing": listing.to_string(),
        },
        Event::Delisted { dataset } => fields! { "dataset": dataset.to_string() },
        Event::Bonded { .. }
        | Event::Unbonded { .. }
        | Event::Withdrawn { .. }
        | Event::Convicted { .. }
        | Event::Seated { .. } => of_stake(event),
        _ => of_job(event),
    }
}

fn of_stake(event: &Event) -> Map<String, Value> {
    match event {
        Event::Bonded { owner, amount, registration } => fields! {
            "owner": owner.to_string(), "amount": amount.to_string(),
            "vote_key": registration.map(|one| one.vote.to_string()),
            "network_key": registration.map(|one| to_hex(&one.network)),
            "endpoint": registration.map(|one| one.endpoint.to_string()),
        },
        Event::Unbonded { owner, amount, free } => fields! {
            "owner": owner.to_string(), "amount": amount.to_string(), "free": free.get(),
        },
        Event::Withdrawn { owner, amount } => fields! {
            "owner": owner.to_string(), "amount": amount.to_string(),
        },
        Event::Convicted { owner, accuser, burned, reward, evidence } => fields! {
            "owner": owner.to_string(), "accuser": accuser.to_string(), "burned": burned.to_string(),
            "reward": reward.to_string(), "vote_key": evidence.guilty.to_string(),
            "epoch": evidence.round.epoch, "view": evidence.round.view,
        },
        Event::Seated { epoch, validators } => fields! {
            "epoch": epoch,
            "validators": validators.as_slice().iter().map(|one| one.payee.to_string()).collect::<Vec<_>>(),
        },
        _ => Map::new(),
    }
}

fn of_job(event: &Event) -> Map<String, Value> {
    match event {
        Event::Opened { job, buyer, owner, request, needed, price, evaluation_fee, deadline } => {
            fields! {
                "job": job.to_string(), "buyer": buyer.to_string(), "owner": owner.to_string(),
                "dataset": request.dataset.to_string(), "version": request.version,
                "algorithm": request.algorithm.to_string(), "rows": request.rows,
                "threshold": request.threshold.to_string(), "at_least": needed, "price": price.to_string(),
                "evaluation_fee": evaluation_fee.to_string(), "deadline": deadline.get(),
            }
        }
        Event::Committed { job, model, architecture, deadline } => fields! {
            "job": job.to_string(), "model": model.to_string(),
            "architecture": to_hex(&to_bytes(architecture)), "deadline": deadline.get(),
        },
        Event::TestOpened { job, table, blob, fresh, deadline } => fields! {
            "job": job.to_string(), "test_set": table.to_string(), "blob": blob.to_string(), "fresh": fresh,
            "deadline": deadline.get(),
        },
        Event::Proven {
            job,
            accuracy,
            accuracy_proof,
            delivery,
            delivery_proof,
            ciphertext,
            key_hash,
            deadline,
        } => fields! {
            "job": job.to_string(), "accuracy": accuracy.to_string(), "accuracy_proof": accuracy_proof.to_string(),
            "delivery": delivery.to_string(), "delivery_proof": delivery_proof.to_string(),
            "ciphertext": ciphertext.to_string(), "key_hash": key_hash.to_string(), "deadline": deadline.get(),
        },
        Event::Settled { job, sale } => {
            let mut fields = self::sale(sale);
            fields.insert("job".to_owned(), job.to_string().into());
            fields
        }
        _ => ended(event),
    }
}

/// A job that ended without a sale: who got what.
fn ended(event: &Event) -> Map<String, Value> {
    match event {
        Event::Conceded { job, manner, refund } => fields! {
            "job": job.to_string(), "refund": refund.to_string(),
            "by": match manner { Manner::Word => "word", Manner::Silence => "silence" },
        },
        Event::Missed { job, accuracy, proof, earned, refund } => fields! {
            "job": job.to_string(), "accuracy": accuracy.to_string(), "accuracy_proof": proof.to_string(),
            "earned": earned.to_string(), "refund": refund.to_string(),
        },
        Event::BuyerDefaulted { job, earned, refund } => fields! {
            "job": job.to_string(), "earned": earned.to_string(), "refund": refund.to_string(),
        },
        Event::Declined { job, refund }
        | Event::Expired { job, refund }
        | Event::OwnerDefaulted { job, refund } => fields! {
            "job": job.to_string(), "refund": refund.to_string(),
        },
        _ => Map::new(),
    }
}

/// What was sold to whom.
pub fn sale(sale: &Sale) -> Map<String, Value> {
    fields! {
        "buyer": sale.buyer.to_string(),
        "owner": sale.owner.to_string(),
        "dataset": sale.dataset.to_string(),
        "version": sale.version,
        "model": sale.model.to_string(),
        "test_set": sale.table.to_string(),
        "rows": sale.rows,
        "at_least": sale.needed,
        "score": score(&sale.score),
        "fresh": sale.fresh,
        "accuracy": sale.accuracy.to_string(),
        "accuracy_proof": sale.accuracy_proof.to_string(),
        "delivery": sale.delivery.to_string(),
        "delivery_proof": sale.delivery_proof.to_string(),
        "ciphertext": sale.ciphertext.to_string(),
        "key": sale.key.to_string(),
        "price": sale.price.to_string(),
        "evaluation_fee": sale.evaluation_fee.to_string(),
        "burned": sale.burned.to_string(),
        "count": sale.count,
    }
}

/// A proven score: a relation and a number, where it is a number of rows.
pub fn score(score: &Score) -> Value {
    match score {
        Score::AtLeast(count) => json!({ "relation": "at least", "count": count }),
        Score::Fewer(count) => json!({ "relation": "fewer than", "count": count }),
        Score::Exactly(count) => json!({ "relation": "exactly", "count": count }),
        Score::Class(_) | Score::Top(_) => json!({ "relation": "another figure", "count": null }),
    }
}
