//! The description of the interface, OpenAPI 3.1, made of [`ROUTES`].

use crate::Problem;
use crate::parameters::schema;
use crate::routes::{Answer, ROUTES, Route};
use serde_json::{Map, Value, json};

/// Returns the description.
pub fn document() -> Value {
    let mut paths = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Value::Object(path) = path {
            path.insert(route.method.to_owned(), operation(route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Assay node",
            "version": "1",
            "description": "A market for machine learning in which nothing is paid for before it is proven. \
                Reads never change anything. Amounts are decimal strings.",
        },
        "paths": paths,
        "components": { "schemas": schemas() },
    })
}

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "summary": route.summary,
        "operationId": name(route),
        "parameters": parameters(route),
        "responses": {
            if route.path == "/v1/transactions" { "202" } else { "200" }: {
                "description": "What was asked for",
                "content": content(route.answer),
            },
            "default": {
                "description": "Why not",
                "content": { Problem::MEDIA: { "schema": { "$ref": "#/components/schemas/Problem" } } },
            },
        },
    });
    if !route.takes.is_empty() {
        let content = route.takes.iter().map(|(media, schema)| {
            let reference = format!("#/components/schemas/{schema}");
            ((*media).to_owned(), json!({ "schema": { "$ref": reference } }))
        });
        operation["requestBody"] =
            json!({ "required": true, "content": content.collect::<Map<_, _>>() });
    }
    operation
}

/// A name for generated clients: the words of the path.
fn name(route: &Route) -> String {
    let words =
        route.path.split(['/', '{', '}', '.']).filter(|word| !word.is_empty() && *word != "v1");
    [route.method].into_iter().chain(words).collect::<Vec<_>>().join("_").replace('-', "_")
}

fn parameters(route: &Route) -> Value {
    let in_path =
        route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = in_path.map(
        |name| json!({ "name": name, "in": "path", "required": true, "schema": schema(name) }),
    );
    let in_query = route.query.iter().map(|(name, meaning)| {
        json!({ "name": name, "in": "query", "description": meaning, "schema": schema(name) })
    });
    in_path.chain(in_query).collect()
}

fn content(answer: Answer) -> Value {
    let reference =
        |name: &str| json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
    match answer {
        Answer::Document => json!({ "application/json": reference("Document") }),
        Answer::Page => json!({ "application/json": reference("Page") }),
        Answer::Bytes => json!({ "application/octet-stream": {} }),
        Answer::Events => json!({ "text/event-stream": {} }),
        Answer::Text => json!({ "text/plain": {} }),
    }
}

fn schemas() -> Value {
    json!({
        "Document": {
            "type": "object",
            "description": "Fields to read; most carry the canonical bytes of what they show.",
            "properties": { "canonical": { "type": "string", "pattern": "^0x([0-9a-f]{2})*$" } },
        },
        "Bytes": { "type": "string", "format": "binary" },
        "Submission": {
            "type": "object",
            "description": "A transaction as a browser's wallet signs it.",
            "required": ["typed_data", "action", "signature"],
            "properties": {
                "typed_data": { "type": "object", "description": "the document of eth_signTypedData_v4" },
                "action": { "type": "string", "description": "its canonical bytes, hexadecimal" },
                "signature": { "type": "string", "pattern": "^0x[0-9a-fA-F]{130}$" },
                "blobs": { "type": "array", "items": { "type": "string" } },
            },
        },
        "Asked": {
            "type": "object",
            "description": "An action to be signed; what is not said is what would be admitted now.",
            "required": ["from", "action"],
            "properties": {
                "from": { "type": "string", "pattern": "^0x[0-9a-fA-F]{40}$" },
                "action": { "type": "string", "description": "its canonical bytes, hexadecimal" },
                "nonce": { "type": ["integer", "string"] },
                "validUntil": { "type": ["integer", "string"] },
                "maxFee": { "type": ["integer", "string"] },
            },
        },
        "Page": {
            "type": "object",
            "required": ["items", "next"],
            "properties": {
                "items": { "type": "array", "items": { "$ref": "#/components/schemas/Document" } },
                "next": { "type": ["string", "null"], "description": "`after` of the next page" },
            },
        },
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status", "code", "detail"],
            "properties": {
                "type": { "type": "string" },
                "title": { "type": "string" },
                "status": { "type": "integer" },
                "code": { "type": "string", "description": "stable; rule-N is rule N of the ledger" },
                "detail": { "type": "string" },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_under_a_name_of_its_own() {
        let document = document();
        let mut names = std::collections::BTreeSet::new();
        for route in ROUTES {
            let operation = &document["paths"][route.path][route.method];
            assert!(operation["responses"]["default"].is_object(), "{}", route.path);
            assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()));
            let parameters = operation["parameters"].as_array().unwrap();
            assert_eq!(parameters.len(), route.query.len() + route.path.matches('{').count());
        }
        assert_eq!(names.len(), ROUTES.len());
    }
}
