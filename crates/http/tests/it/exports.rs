//! Exports of the bundled sample, held against what others say of their formats: the official schemas, Cardinal, a
//! reader of calendars, and the demands of the Web Annotation Data Model.
//!
//! `cargo xtask test` brings the schemas and Cardinal to `tools` below the target directory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Client, Server, full};

const BIDS: [(&str, &str); 2] =
    [("临澜启衡教育科技有限公司", "bid_conforming.docx"), ("云州博砚智能设备有限公司", "bid_defective.pdf")];

/// What `cargo xtask test` installed under this name.
fn tool(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target directory");
    let path = target.join("tools").join(name);
    assert!(path.exists(), "{} is missing: `cargo xtask test` brings it", path.display());
    path
}

fn schema(name: &str) -> Value {
    let text = std::fs::read_to_string(tool(&format!("schemas/{name}.json"))).expect("the schema");
    serde_json::from_str(&text).expect("JSON")
}

/// The schema of SARIF without one pattern, whose stray bracket only some readers of expressions allow. It is for fields
/// that the export does not have.
fn sarif_schema() -> Value {
    let mut sarif = schema("sarif");
    for of in ["run", "toolComponent"] {
        let language = sarif["definitions"][of]["properties"]["language"].as_object_mut().expect("the field");
        language.remove("pattern").expect("the pattern");
    }
    sarif
}

/// What the extensions for requirements and for bids define.
const DEFINED: [&str; 8] = [
    "Bids",
    "Bid",
    "BidsStatistic",
    "Criterion",
    "RequirementGroup",
    "Requirement",
    "RequirementReference",
    "RequirementResponse",
];

/// The schema of a release, patched with these two extensions; fields that nobody defined are faults.
fn release_schema() -> Value {
    let (mut release, extended) = (schema("ocds-release"), schema("ocds-release-extended"));
    release["properties"]["bids"] = extended["properties"]["bids"].clone();
    release["definitions"]["Tender"]["properties"]["criteria"] =
        extended["definitions"]["Tender"]["properties"]["criteria"].clone();
    for name in DEFINED {
        release["definitions"][name] = extended["definitions"][name].clone();
    }
    let definitions = release["definitions"].as_object_mut().expect("definitions");
    let known: BTreeSet<String> = definitions.keys().map(|name| format!("#/definitions/{name}")).collect();
    let is_known = |part: &Value| part["$ref"].as_str().is_none_or(|name| known.contains(name));
    for definition in definitions.values_mut() {
        // What further extensions add refers to what they define.
        let properties = definition["properties"].as_object_mut().expect("properties");
        properties.retain(|_, property| is_known(property) && is_known(&property["items"]));
        definition["additionalProperties"] = json!(false);
    }
    release["additionalProperties"] = json!(false);
    release
}

fn package_schema() -> Value {
    let mut package = schema("ocds-release-package");
    package["properties"]["releases"]["items"] = release_schema();
    package
}

/// What in `document` is other than `schema` says, formats of dates and addresses included.
fn faults(schema: &Value, document: &Value) -> Vec<String> {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).expect("a schema");
    validator.iter_errors(document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

fn assert_valid(schema: &Value, document: &Value) {
    let faults = faults(schema, document);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn sample(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("read {}: {e}", path.display()))
}

/// A project with the sample and its review.
async fn reviewed_sample(client: &Client<'_>) -> String {
    let project = client.project("sample").await;
    let tender = sample("tender.pdf");
    client.upload(&project, "?sync=1", &[], &[("kind", "tender")], &[("tender.pdf", &tender)]).await.ok();
    for (bidder, file) in BIDS {
        let fields = [("kind", "bid"), ("bidder_name", bidder)];
        client.upload(&project, "?sync=1", &[], &fields, &[(file, &sample(file))]).await.ok();
    }
    for step in ["extract/risks", "review/run"] {
        let run = client.post(&format!("/projects/{project}/{step}?sync=1"), json!({})).await.ok();
        assert_eq!(run["status"], "success", "{run}");
    }
    project
}

/// The checkers from outside are not needed here.
#[tokio::test]
async fn findings_are_told_in_the_language_asked_for() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = reviewed_sample(&client).await;
    let review = client.get(&format!("/projects/{project}/review")).await.ok();
    let path = full(&format!("/projects/{project}/export/sarif"));
    for (language, own, other) in [("zh-CN", "remark", "remark_en"), ("en", "remark_en", "remark")] {
        let log = client.call(Method::GET, &path, &[("accept-language", language)], Body::empty()).await.ok();
        let results = log["runs"][0]["results"].as_array().expect("results");
        for finding in review.as_array().expect("findings") {
            let told = results.iter().find(|one| one["partialFingerprints"]["bidlensFinding/v1"] == finding["id"]);
            let text = told.and_then(|one| one["message"]["text"].as_str()).expect("its message");
            let words = |key: &str| finding[key].as_str().expect("a remark").trim();
            assert!(text.ends_with(words(own)) && !text.ends_with(words(other)), "{language}: {text}");
        }
    }
}

#[tokio::test]
async fn risks_are_told_in_the_language_asked_for() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = reviewed_sample(&client).await;
    let risks = client.get(&format!("/projects/{project}/risks")).await.ok();
    let risks = risks.as_array().expect("risks");
    assert!(risks.len() > 20 && risks.iter().all(|risk| risk["in_chinese"].is_null()), "the tender is Chinese");
    let path = full(&format!("/projects/{project}/export/sarif"));
    for language in ["zh-CN", "en"] {
        let log = client.call(Method::GET, &path, &[("accept-language", language)], Body::empty()).await.ok();
        let told: BTreeSet<&str> = log["runs"][0]["results"]
            .as_array()
            .expect("results")
            .iter()
            .filter_map(|one| one["message"]["text"].as_str())
            .collect();
        for risk in risks {
            let words = if language == "en" { &risk["in_english"] } else { risk };
            let said = |key: &str| words[key].as_str().expect("words").trim();
            let whole = [said("title"), said("description"), said("suggestion")].join("\n");
            assert!(told.contains(whole.as_str()), "{language}: {whole}");
        }
    }
}

#[tokio::test]
async fn exports_are_as_the_official_schemas_say() {
    let server = Server::new().await;
    let client = server.anna().await;
    let project = reviewed_sample(&client).await;
    let export = async |format: &str| client.get(&format!("/projects/{project}/export/{format}")).await.ok();

    let log = export("sarif").await;
    assert!(log["runs"][0]["results"].as_array().is_some_and(|results| results.len() > 50));
    assert_valid(&sarif_schema(), &log);

    let mut package = export("ocds").await;
    assert_valid(&package_schema(), &package);
    assert_refers_to_what_is_there(&package["releases"][0]);
    assert_cardinal_reads(&package["releases"][0], server.folder.path());

    let bid = &mut package["releases"][0]["bids"]["details"][0];
    (bid["status"], bid["verdict"]) = (json!("accepted"), json!("pass"));
    let faults = faults(&package_schema(), &package);
    assert_eq!(faults.len(), 2, "a word that is not in the list and a field that nobody defined: {faults:?}");

    assert_follows_the_annotation_model(&export("annotations").await);

    let calendar = client.get(&format!("/projects/{project}/export/ics")).await;
    assert_is_read_as_calendar(&String::from_utf8(calendar.bytes).expect("UTF-8"));
}

/// What a schema cannot say: each bid's tenderer is a party, and each answer answers a requirement of the tender.
fn assert_refers_to_what_is_there(release: &Value) {
    let ids = |list: &Value| -> BTreeSet<String> {
        list.as_array().into_iter().flatten().filter_map(|e| e["id"].as_str()).map(str::to_owned).collect()
    };
    let parties = ids(&release["parties"]);
    let groups = release["tender"]["criteria"].as_array().expect("criteria").iter().map(|c| &c["requirementGroups"][0]);
    let requirements: BTreeSet<String> = groups.flat_map(|group| ids(&group["requirements"])).collect();
    let bids = release["bids"]["details"].as_array().expect("bids");
    let names: Vec<&str> = bids.iter().filter_map(|bid| bid["tenderers"][0]["name"].as_str()).collect();
    assert_eq!(names.len(), BIDS.len());
    for bid in bids {
        assert!(parties.contains(bid["tenderers"][0]["id"].as_str().expect("a tenderer")), "{bid}");
        assert!(bid["value"]["amount"].as_f64().is_some_and(|amount| amount > 0.0), "{bid}");
        let responses = bid["requirementResponses"].as_array().expect("answers");
        assert!(!responses.is_empty());
        assert_eq!(ids(&bid["requirementResponses"]).len(), responses.len(), "each answer has an id of its own");
        for response in responses {
            assert!(requirements.contains(response["requirement"]["id"].as_str().expect("a requirement")));
        }
    }
}

/// Runs Cardinal's two commands on the release as its documentation tells to.
fn assert_cardinal_reads(release: &Value, folder: &Path) {
    let (input, prepared) = (folder.join("releases.jsonl"), folder.join("prepared.jsonl"));
    let (issues, settings) = (folder.join("issues.csv"), folder.join("settings.ini"));
    std::fs::write(&input, format!("{release}\n")).expect("the release");
    // Every period for bids is shorter than this, so that the indicator for short ones has something to say.
    std::fs::write(&settings, "[R003]\nthreshold = 10000\n").expect("the settings");
    let run = |command: &mut Command| {
        let output = command.output().expect("Cardinal starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let mut prepare = Command::new(tool("bin/ocdscardinal"));
    prepare.arg("prepare").arg("--settings").arg(&settings).arg("--output").arg(&prepared);
    run(prepare.arg("--errors").arg(&issues).arg(&input));
    assert_eq!(std::fs::read_to_string(&issues).expect("the issues"), "", "Cardinal finds nothing to correct");
    let read: Value =
        serde_json::from_str(&std::fs::read_to_string(&prepared).expect("what was prepared")).expect("JSON");
    assert_eq!(read["bids"]["details"].as_array().map(Vec::len), Some(BIDS.len()));

    let mut indicators = Command::new(tool("bin/ocdscardinal"));
    let results = run(indicators.args(["indicators", "--no-meta", "--settings"]).arg(&settings).arg(&prepared));
    let results: Value = serde_json::from_str(&results).expect("JSON");
    let ocid = release["ocid"].as_str().expect("an ocid");
    assert_eq!(results["OCID"][ocid]["R003"], 1.0, "{results}");
}

/// The MUSTs of the Web Annotation Data Model for what the export has: collection, page, annotations, textual bodies,
/// specific resources and their selectors.
fn assert_follows_the_annotation_model(collection: &Value) {
    assert_eq!(collection["@context"], "http://www.w3.org/ns/anno.jsonld");
    assert_eq!(collection["type"], "AnnotationCollection");
    assert_iri(&collection["id"]);
    let page = &collection["first"];
    assert_eq!(page["type"], "AnnotationPage");
    assert_iri(&page["id"]);
    assert_eq!(page["partOf"], collection["id"]);
    let items = page["items"].as_array().expect("annotations");
    assert!(!items.is_empty());
    assert_eq!(collection["total"], items.len(), "one page holds them all");
    assert_eq!(page.get("next"), None);
    for item in items {
        assert_eq!(item["type"], "Annotation");
        assert_iri(&item["id"]);
        assert!(["describing", "assessing"].contains(&item["motivation"].as_str().expect("a motivation")));
        assert_eq!(item["body"]["type"], "TextualBody");
        assert!(item["body"]["value"].as_str().is_some_and(|text| !text.is_empty()), "{item}");
        let targets = item["target"].as_array().expect("targets");
        assert!(!targets.is_empty());
        for target in targets {
            assert_iri(&target["source"]);
            target["selector"].as_array().expect("selectors").iter().for_each(assert_selects);
        }
    }
}

fn assert_iri(value: &Value) {
    let text = value.as_str().expect("an IRI");
    assert!(text.split_once(':').is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty()), "{text}");
    assert!(!text.contains(char::is_whitespace), "{text}");
}

fn assert_selects(selector: &Value) {
    let text = |key: &str| selector[key].as_str().expect("one string");
    match text("type") {
        "TextQuoteSelector" => assert!(!text("exact").is_empty()),
        "FragmentSelector" => match text("conformsTo") {
            "http://tools.ietf.org/rfc/rfc3778" => assert!(number_after(text("value"), "page=") >= 1.0),
            "http://www.w3.org/TR/media-frags/" => {
                let sides: Vec<f64> = text("value")
                    .strip_prefix("xywh=percent:")
                    .expect("a rectangle in percent")
                    .split(',')
                    .map(|side| number_after(side, ""))
                    .collect();
                let [x, y, width, height] = sides[..] else { panic!("{selector}") };
                assert!(x >= 0.0 && y >= 0.0 && width >= 0.0 && height >= 0.0, "{selector}");
                assert!(x + width <= 100.1 && y + height <= 100.1, "{selector}");
            }
            other => panic!("{other}"),
        },
        other => panic!("{other}"),
    }
    if let Some(finer) = selector.get("refinedBy") {
        assert_selects(finer);
    }
}

fn number_after(text: &str, start: &str) -> f64 {
    text.strip_prefix(start).and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{start} in {text}"))
}

/// Another program's reader takes it in, and what RFC 5545 demands of each event is there.
fn assert_is_read_as_calendar(text: &str) {
    let unfolded = icalendar::parser::unfold(text);
    let calendar = icalendar::parser::read_calendar(&unfolded).expect("a calendar");
    let property = |name: &str| calendar.properties.iter().find(|p| p.name == name).map(|p| p.val.to_string());
    assert_eq!(property("VERSION").as_deref(), Some("2.0"));
    assert!(property("PRODID").is_some());
    let mut events = BTreeMap::new();
    let zones = calendar.components.iter().filter(|c| c.name == "VTIMEZONE");
    let zones: Vec<&str> = zones.filter_map(|zone| Some(zone.find_prop("TZID")?.val.as_str())).collect();
    for event in calendar.components.iter().filter(|c| c.name == "VEVENT") {
        let value = |name: &str| event.find_prop(name).unwrap_or_else(|| panic!("no {name}")).val.to_string();
        assert!(value("DTSTAMP").ends_with('Z'));
        let start = event.find_prop("DTSTART").expect("a start");
        for zone in start.params.iter().filter(|p| p.key == "TZID").filter_map(|p| p.val.as_ref()) {
            assert!(zones.contains(&zone.as_str()), "the zone {zone} is described");
        }
        events.insert(value("UID"), value("SUMMARY"));
        for alarm in event.components.iter().filter(|c| c.name == "VALARM") {
            for name in ["ACTION", "TRIGGER", "DESCRIPTION"] {
                assert!(alarm.find_prop(name).is_some(), "an alarm without {name}");
            }
        }
    }
    assert!(events.len() >= 4 && events.values().any(|name| name.contains("投标截止时间")), "{events:?}");
}
