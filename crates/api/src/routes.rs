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
    /// What it takes: media types, and the names of their schemas.
    pub takes: &'static [(&'static str, &'static str)],
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
    Route { method: "get", path, summary, query, takes: &[], answer }
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
        "/v1/accounts/{address}/history",
        Answer::Page,
        PAGE,
        "What an account did, the last entry first",
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
            ("tag", "only those with this tag"),
            ("task", "only those of this task category"),
            ("licence", "only those under this licence"),
            ("algorithm", "only those that offer it: decision tree, forest or network"),
            ("owner", "only those of this account"),
            ("all", "also those off the market [false]"),
        ],
        "Listings",
    ),
    get("/v1/datasets/{dataset}", Answer::Document, &[], "A listing, and what the next buyers pay"),
    get(
        "/v1/datasets/{dataset}/sales",
        Answer::Page,
        PAGE,
        "What a listing has sold, the last sale first",
    ),
    get("/v1/datasets/{dataset}/quote", Answer::Document, &[], "What the next model costs"),
    get("/v1/facets", Answer::Document, &[], "What listings can be narrowed down by"),
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
    get("/v1/stakes", Answer::Page, PAGE, "What validators have at stake, by account"),
    get(
        "/v1/handovers",
        Answer::Document,
        &[("first", "number of the first change [0]")],
        "How the set of validators changed, with everything that shows it; 64 changes at most",
    ),
    get(
        "/v1/evidence",
        Answer::Page,
        &[],
        "What this node has found against validators that voted twice",
    ),
    get(
        "/v1/state/{kind}/{key}",
        Answer::Document,
        &[],
        "An entry of the state or that there is none, with header, certificate and proof. `assay state` verifies them",
    ),
    get("/v1/snapshot", Answer::Document, &[], "What the latest snapshot of the state begins with"),
    get(
        "/v1/snapshot/{height}/{kind}",
        Answer::Bytes,
        &[("after", "the last key of the piece before [none]")],
        "The next entries of a snapshot, with the proof of the last",
    ),
    get(
        "/v1/events",
        Answer::Events,
        &[
            ("after", "number of an entry"),
            ("topic", "job:0x…, dataset:0x…, account:0x… or validators [all]"),
        ],
        "The log, as it grows",
    ),
    Route {
        method: "post",
        path: "/v1/transactions",
        summary: "Hand in a transaction. Handing it in twice has it executed once",
        query: &[],
        takes: &[("application/json", "Submission"), ("application/octet-stream", "Bytes")],
        answer: Answer::Document,
    },
    Route {
        method: "post",
        path: "/v1/typed-data",
        summary: "What a wallet signs for an action",
        query: &[],
        takes: &[("application/json", "Asked")],
        answer: Answer::Document,
    },
    Route {
        method: "post",
        path: "/v1/receipts/verify",
        summary: "Have a receipt verified. Whoever trusts nobody runs `assay receipt verify`",
        query: &[("proofs", "also verify the proof of the score, while this node has it [false]")],
        takes: &[("application/json", "Document")],
        answer: Answer::Document,
    },
    get("/healthz", Answer::Text, &[], "Whether the process lives"),
    get(
        "/readyz",
        Answer::Text,
        &[],
        "Whether it makes blocks, and gets those of others; 503 says what is missing",
    ),
    get("/metrics", Answer::Text, &[], "Numbers for Prometheus"),
];
