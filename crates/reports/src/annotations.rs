//! Evidence as W3C Web Annotations: what is said of which words of which page.

use bidlens_domain::document::{Language, PageBox};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::{Review, stable_id};
use bidlens_domain::labels::field_name;
use serde_json::{Value, json};

use crate::json::language_word;
use crate::labels;

/// A collection with one page that holds an annotation for each field, risk and finding that has evidence.
pub fn annotations(review: &Review, language: Language) -> Value {
    let mut items = Vec::new();
    for (key, field) in &review.facts.fields {
        let text = format!("{}: {}", field_name(key, language), field.raw());
        items.extend(annotation(&["field", key], "describing", &text, field.evidence().iter(), language));
    }
    for risk in &review.facts.risks {
        let text = format!("{}\n{}", risk.title_in(language), risk.description_in(language));
        let quotes: String = risk.evidence().iter().map(Evidence::quote).collect();
        let id = ["risk", &risk.rule_id, &quotes];
        items.extend(annotation(&id, "assessing", &text, risk.evidence().iter(), language));
    }
    for bid in &review.bids {
        for finding in &bid.findings {
            let verdict = labels::verdict(finding.verdict()).in_language(language);
            let text = format!("{}, {verdict}: {}", bid.bidder_name, finding.remark_in(language));
            let both = finding.bid_evidence().iter().chain(&finding.tender_evidence);
            items.extend(annotation(&["finding", &finding.id], "assessing", &text, both, language));
        }
    }
    json!({
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": "urn:bidlens:annotations",
        "type": "AnnotationCollection",
        "total": items.len(),
        "first": {
            "id": "urn:bidlens:annotations:1",
            "type": "AnnotationPage",
            "partOf": "urn:bidlens:annotations",
            "startIndex": 0,
            "items": items,
        },
    })
}

fn annotation<'e>(
    id: &[&str],
    motivation: &str,
    text: &str,
    evidence: impl Iterator<Item = &'e Evidence>,
    language: Language,
) -> Option<Value> {
    let targets: Vec<Value> = evidence.map(target).collect();
    (!targets.is_empty()).then(|| {
        json!({
            "id": format!("urn:bidlens:annotation:{}", stable_id(id)),
            "type": "Annotation",
            "motivation": motivation,
            "body": {
                "type": "TextualBody",
                "value": text.trim(),
                "format": "text/plain",
                "language": language_word(language),
                "purpose": motivation,
            },
            "target": targets,
        })
    })
}

fn target(evidence: &Evidence) -> Value {
    let mut selectors = vec![json!({"type": "TextQuoteSelector", "exact": evidence.quote()})];
    selectors.extend(evidence.boxes().iter().map(on_page));
    if evidence.boxes().is_empty() {
        selectors.push(page(evidence.page()));
    }
    json!({
        "source": format!("urn:bidlens:document:{}", evidence.document().as_str()),
        "selector": selectors,
    })
}

fn page(number: u32) -> Value {
    json!({
        "type": "FragmentSelector",
        "conformsTo": "http://tools.ietf.org/rfc/rfc3778",
        "value": format!("page={number}"),
    })
}

/// The rectangle in hundredths of the page's width and height, from its upper left corner.
fn on_page(place: &PageBox) -> Value {
    let mut selector = page(place.page);
    let percent = |share: f32| f64::from((share * 10_000.0).round()) / 100.0;
    let rect = place.rect;
    let value = format!(
        "xywh=percent:{},{},{},{}",
        percent(rect.x0),
        percent(rect.y0),
        percent(rect.x1 - rect.x0),
        percent(rect.y1 - rect.y0)
    );
    selector["refinedBy"] =
        json!({"type": "FragmentSelector", "conformsTo": "http://www.w3.org/TR/media-frags/", "value": value});
    selector
}
