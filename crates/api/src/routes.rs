//! Every path of a node.

/// A place of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// `get` or `post`.
    pub method: &'static str,
    /// The path, its parameters in braces.
    pub path: &'static str,
    /// What it is for, in a line.
    pub summary: &'static str,
    /// Parameters of the query, and what they mean.
    pub query: &'static [(&'static str, &'static str)],
    /// What it answers with.
    pub answer: Answer,
}

/// What a route answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One document.
    Document,
    /// A page of documents.
    Page,
    /// Bytes.
    Bytes,
    /// A stream of events.
    Events,
    /// Text for people or for a monitor.
    Text,
}

const PAGE: &[(&str, &str)] =
    &[("after", "the last name of the page before"), ("limit", "1 to 256 documents [50]")];

const fn get(
    path: &'static str,
    answer: Answer,
    query: &'static [(&'static str, &'static str)],
    summary: &'static str,
) -> Route {
    Route { method: "get", path, summary, query, answer }
}

/// All routes. The node serves these and no others.
pub const ROUTES: &[Route] = &[
    get("/v1/status", Answer::Document, &[], "The chain, its last block, what waits"),
    get("/v1/genesis", Answer::Document, &[], "What the chain began with"),
    get("/v1/openapi.json", Answer::Document, &[], "This description"),
    get(
        "/v1/accounts/{address}",
        Answer::Document,
        &[],
        "Money and number of the next transaction",
    ),
    get(
        "/v1/accounts/{address}/transactions/{nonce}",
        Answer::Document,
        &[],
        "What became of a transaction that is in a block",
    ),
    get(
        "/v1/datasets",
        Answer::Page,
        &[
            ("after", "the last name of the page before"),
            ("limit", "1 to 256 documents [50]"),
            ("sort", "id, price, sales, burned or success [id]"),
            ("window", "blocks that count for what was burned of late [1000]"),
            ("text", "only those with this in name, description or tags"),
            ("all", "also those off the market [false]"),
        ],
        "Listings",
    ),
    get("/v1/datasets/{dataset}", Answer::Document, &[], "A listing"),
    get("/v1/burned", Answer::Document, &[("since", "the first block")], "What sales have burned"),
    get(
        "/v1/jobs",
        Answer::Page,
        &[
            ("after", "the last name of the page before"),
            ("limit", "1 to 256 documents [50]"),
            ("party", "only those of this account"),
            ("live", "only those in which something can still happen [false]"),
        ],
        "Jobs",
    ),
    get("/v1/jobs/{job}", Answer::Document, &[], "A job"),
    get("/v1/jobs/{job}/history", Answer::Page, &[], "What happened to a job, from the beginning"),
    get("/v1/jobs/{job}/receipt", Answer::Document, &[], "What remains of a sale"),
    get(
        "/v1/test-sets/{table}/openings/{buyer}",
        Answer::Document,
        &[],
        "When a buyer first opened these rows",
    ),
    get("/v1/blobs/{blob}", Answer::Bytes, &[], "A proof, a ciphertext or test rows, by hash"),
    get("/v1/blocks", Answer::Page, PAGE, "Headers, the last one first"),
    get("/v1/blocks/{height}", Answer::Document, &[], "A header and the log of its block"),
    get("/v1/events", Answer::Events, &[("after", "number of an entry")], "The log, as it grows"),
    Route {
        method: "post",
        path: "/v1/transactions",
        summary: "Hand in a transaction. Handing it in twice has it executed once",
        query: &[],
        answer: Answer::Document,
    },
    get("/healthz", Answer::Text, &[], "Whether the process lives"),
    get("/readyz", Answer::Text, &[], "Whether it makes blocks"),
    get("/metrics", Answer::Text, &[], "Numbers for Prometheus"),
];
