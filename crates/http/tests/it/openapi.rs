//! The description of the API: kept in the repository, where the workspace's types are made from it, so that no change
//! of it goes unseen.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

#[test]
fn description() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/openapi.json");
    let mut described = serde_json::to_string_pretty(&bidlens_http::openapi()).expect("JSON");
    described.push('\n');
    if std::env::var_os("BIDLENS_UPDATE_FIXTURES").is_some() {
        std::fs::write(&kept, &described).expect("write the description");
    }
    let kept = std::fs::read_to_string(&kept).expect("web/openapi.json");
    assert!(
        kept == described,
        "web/openapi.json is not what the routes say; run this test with BIDLENS_UPDATE_FIXTURES=1 and read what changed"
    );
}

/// What generators of clients stumble over.
#[test]
fn generators_of_clients_can_read_it() {
    let api = serde_json::to_value(bidlens_http::openapi()).expect("JSON");
    let mut ids = BTreeSet::new();
    for (path, methods) in api["paths"].as_object().expect("paths") {
        for operation in methods.as_object().expect("methods").values() {
            let id = operation["operationId"].as_str().expect("an id");
            assert!(ids.insert(id), "{id} names two operations");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().expect("a name");
                let in_path = path.contains(&format!("{{{name}}}"));
                assert_eq!(parameter["in"] == "path", in_path, "{path}: {name}");
            }
        }
    }
    let mut references = Vec::new();
    collect_references(&api, &mut references);
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("a reference within");
        assert!(api.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect_references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                found.push(reference.clone());
            }
            map.values().for_each(|value| collect_references(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| collect_references(value, found)),
        _ => {}
    }
}
