//! The JSON document: what the evidence says, in readable fields, and the evidence itself.

use crate::document::{self, FormError};
use crate::{Anchor, JSON_BYTES_MAX, Receipt, TRAINING_DATA};
use assay_model::{Architecture, Schema};
use assay_types::statement::{Accuracy, Context, Count, Delivery, Figure, Privacy, Score};
use assay_types::validators::Handover;
use assay_types::{Certified, DataCommitment, Event, Finality, Header, LogEntry, Sale, merkle};
use serde_json::{Map, Value, json};

/// The name of the format, in the field `format`.
const FORMAT: &str = "assay/receipt/1";
impl Receipt {
    /// Returns the document, indented by two and ending in a line feed; `None` if the history is not that
    /// of a sale.
    pub fn to_json(&self) -> Option<String> {
        Some(document::write(self.show().ok()?, &self.to_bytes()))
    }

    /// Reads a document that shows exactly what its evidence says. Nothing is verified yet.
    pub fn from_json(text: &[u8]) -> Result<Self, FormError> {
        document::read(text, JSON_BYTES_MAX, Self::from_bytes, Self::show)
    }

    /// Reads either form: a document starts with `{`, the binary twin does not.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormError> {
        if bytes.trim_ascii_start().first() == Some(&b'{') {
            Self::from_json(bytes)
        } else {
            Self::from_bytes(bytes).map_err(FormError::Canonical)
        }
    }

    fn show(&self) -> Result<Map<String, Value>, FormError> {
        let [opened, .., settled] = &self.history;
        let Event::Opened { request, .. } = &opened.event else { return Err(FormError::NoSale) };
        let Event::Settled { job, sale } = &settled.event else { return Err(FormError::NoSale) };
        let paid = sale.price.checked_add(sale.evaluation_fee).ok_or(FormError::NoSale)?;
        let received = paid.checked_sub(sale.burned).ok_or(FormError::NoSale)?;
        Ok(document::object(json!({
            "format": FORMAT,
            "job": job.to_string(),
            "chain": self.accuracy.context.chain,
            "genesis": self.settled.certified.header.genesis.to_string(),
            "parties": { "owner": sale.owner.to_string(), "buyer": sale.buyer.to_string() },
            "dataset": self.dataset(sale),
            "training_data": TRAINING_DATA,
            "model": {
                "commitment": sale.model.to_string(),
                "architecture": architecture(&sale.architecture),
                "algorithm": request.algorithm.to_string(),
            },
            "test": {
                "rows": sale.rows,
                "digest": sale.table.to_string(),
                "commitment": request.test.to_string(),
                "fresh": sale.fresh,
            },
            "metric": {
                "name": "accuracy",
                "threshold": { "num": request.threshold.num(), "den": request.threshold.den() },
                "needed": sale.needed,
                "rows": sale.rows,
                "proven": score(&sale.score),
            },
            "payment": {
                "price": sale.price.to_string(),
                "evaluation_fee": sale.evaluation_fee.to_string(),
                "paid_by_buyer": paid.to_string(),
                "burned": sale.burned.to_string(),
                "received_by_owner": received.to_string(),
                "effective_sales": sale.count,
            },
            "statements": {
                "accuracy": accuracy(&self.accuracy),
                "delivery": delivery(&self.delivery),
            },
            "proofs": {
                "accuracy": sale.accuracy_proof.to_string(),
                "delivery": sale.delivery_proof.to_string(),
                "ciphertext": sale.ciphertext.to_string(),
            },
            "key": sale.key.to_string(),
            "log": self.log(),
        })))
    }

    fn log(&self) -> Value {
        let mut shown = json!({
            "job": self.history.iter().map(entry).collect::<Vec<_>>(),
            "settlement": anchor(&self.settled),
            "dataset": entry(&self.listed),
            "publication": anchor(&self.published),
        });
        if !self.handovers.is_empty() {
            shown["handovers"] = self.handovers.iter().map(handover).collect();
        }
        shown
    }

    fn dataset(&self, sale: &Sale) -> Value {
        json!({
            "id": sale.dataset.to_string(),
            "version": sale.version,
            "name": self.listing.card.pretty_name.as_str(),
            "licence": self.listing.licence.as_str(),
            "rows": self.listing.rows,
            "commitment": match &self.listing.commitment {
                DataCommitment::Blake3(digest) => json!({ "blake3": digest.to_string() }),
                DataCommitment::Poseidon2(digest) => json!({ "poseidon2": digest.to_string() }),
            },
            "listing": self.listing.digest().to_string(),
        })
    }
}

fn accuracy(statement: &Accuracy) -> Value {
    json!({
        "digest": statement.digest().to_string(),
        "context": context(&statement.context),
        "modes": {
            "input": privacy(statement.modes.input),
            "weights": privacy(statement.modes.weights),
            "output": privacy(statement.modes.output),
        },
        "architecture": architecture(&statement.architecture),
        "schema": schema(&statement.schema),
        "model": statement.model.to_string(),
        "data": statement.data.to_string(),
        "rows": statement.rows,
        "score": score(&statement.score),
    })
}

fn delivery(statement: &Delivery) -> Value {
    json!({
        "digest": statement.digest().to_string(),
        "context": context(&statement.context),
        "architecture": architecture(&statement.architecture),
        "model": statement.model.to_string(),
        "key_hash": statement.key_hash.to_string(),
        "secret_hash": statement.secret_hash.to_string(),
        "ciphertext": statement.ciphertext.to_string(),
    })
}

fn context(context: &Context) -> Value {
    json!({
        "chain": context.chain,
        "genesis": context.genesis.to_string(),
        "job": context.job.to_string(),
        "prover": context.prover.to_string(),
        "recipient": context.recipient.to_string(),
        "deadline": context.deadline.get(),
    })
}

fn architecture(architecture: &Architecture) -> Value {
    match architecture {
        Architecture::DecisionTree(bounds) => json!({
            "kind": "decision-tree",
            "digest": architecture.digest().to_string(),
            "features": bounds.features(),
            "classes": bounds.classes(),
            "depth_max": bounds.depth(),
            "slots_log": bounds.slots_log(),
        }),
        Architecture::Network(program) => json!({
            "kind": "network",
            "digest": architecture.digest().to_string(),
            "features": program.features(),
            "classes": program.classes(),
            "nodes": program.nodes().len(),
            "parameters": program.parameter_layout().parameters(),
        }),
        Architecture::Forest(bounds) => json!({
            "kind": "forest",
            "digest": architecture.digest().to_string(),
            "features": bounds.features(),
            "classes": bounds.classes(),
            "trees_max": bounds.trees(),
            "depth_max": bounds.depth(),
            "slots_log": bounds.slots_log(),
        }),
        _ => json!({ "kind": "other", "digest": architecture.digest().to_string() }),
    }
}

fn schema(schema: &Schema) -> Value {
    json!({
        "features": schema.features(),
        "target": schema.target(),
        "classes": schema.classes(),
    })
}

fn score(score: &Score) -> Value {
    match score {
        Score::AtLeast(count) => json!({ "at_least": count }),
        Score::Fewer(count) => json!({ "fewer_than": count }),
        Score::Exactly(count) => json!({ "exactly": count }),
        Score::Class(score) => json!({
            "figure": match score.figure {
                Figure::Precision => "precision",
                Figure::Recall => "recall",
                Figure::F1 => "f1",
            },
            "class": score.class,
            "positives": score.positives,
            "share": [score.numerator, score.denominator],
            "is_missed": score.is_missed,
        }),
        Score::Top(score) => {
            let (name, rows) = match score.rows {
                Count::AtLeast(rows) => ("at_least", rows),
                Count::Fewer(rows) => ("fewer_than", rows),
                Count::Exactly(rows) => ("exactly", rows),
            };
            json!({ "best": score.best, name: rows })
        }
    }
}

fn privacy(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Public => "public",
        Privacy::Committed => "committed",
        Privacy::Hidden => "hidden",
    }
}

fn entry(entry: &LogEntry) -> Value {
    json!({
        "event": event(&entry.event),
        "sequence": entry.sequence,
        "height": entry.height.get(),
        "time_ms": entry.time_ms,
        "previous": entry.previous.to_string(),
        "running_hash": entry.digest().to_string(),
    })
}

fn event(event: &Event) -> &'static str {
    match event {
        Event::Published { .. } => "published",
        Event::Updated { .. } => "updated",
        Event::Opened { .. } => "opened",
        Event::Committed { .. } => "committed",
        Event::TestOpened { .. } => "test-opened",
        Event::Proven { .. } => "proven",
        Event::Settled { .. } => "settled",
        Event::Seated { .. } => "seated",
        _ => "other",
    }
}

fn handover(handover: &Handover) -> Value {
    let Handover { entry: about, certified, inclusion } = handover;
    json!({ "entry": entry(about), "block": final_at(certified, inclusion) })
}

fn anchor(anchor: &Anchor) -> Value {
    final_at(&anchor.certified, &anchor.inclusion)
}

fn final_at(certified: &Certified, inclusion: &merkle::Proof) -> Value {
    let header = &certified.header;
    json!({
        "header": shown(header),
        "finality": finality(&certified.finality),
        "inclusion": {
            "index": inclusion.index,
            "size": inclusion.size,
            "path": inclusion.path.iter().map(ToString::to_string).collect::<Vec<_>>(),
        },
    })
}

fn shown(header: &Header) -> Value {
    json!({
        "digest": header.digest().to_string(),
        "version": header.version,
        "genesis": header.genesis.to_string(),
        "parent": header.parent.to_string(),
        "height": header.height.get(),
        "time_ms": header.time_ms,
        "tx_root": header.tx_root.to_string(),
        "log_root": header.log_root.to_string(),
        "state_root": header.state_root.to_string(),
    })
}

fn finality(finality: &Finality) -> Value {
    match finality {
        Finality::Authority(signature) => json!({ "authority": signature.to_string() }),
        Finality::Validators(certificate) => {
            let mut about = json!({
                "view": certificate.view,
                "parent_view": certificate.parent_view,
                "signers": certificate.signers,
                "signature": certificate.signature.to_string(),
                "descendants": certificate.descendants.iter().map(shown).collect::<Vec<_>>(),
            });
            // The first epoch is not named: there was no other once.
            if certificate.epoch != 0 {
                about["epoch"] = certificate.epoch.into();
            }
            json!({ "validators": about })
        }
    }
}
