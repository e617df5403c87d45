//! The JSON of `extract --json`, `review --json` and `parse --json`.
//!
//! The shapes are fixed by the outside contract: change them only by adding. Money leaves here as a number of
//! whole units, because that is what readers of the files expect; inside the program it stays in minor units.

use bidlens_domain::change::Change;
use bidlens_domain::contradiction::{Contradiction, StatedValue};
use bidlens_domain::decision::ReviewerDecision;
use bidlens_domain::document::{
    Block, BlockKind, Comment, Document, EmbeddedFile, Language, Metadata, Page, PageBox, ParseIssue, Section,
    Signature, Table, TextSource,
};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::facts::Facts;
use bidlens_domain::field::{Field, FieldValue, Source};
use bidlens_domain::finding::{BidReview, FileSummary, Finding, Review, Verdict};
use bidlens_domain::legal::{LastDay, LegalBasis, LegalReading, RuleOutcome};
use bidlens_domain::money::Money;
use bidlens_domain::requirement::Requirement;
use bidlens_domain::risk::Risk;
use bidlens_domain::scoring::Scoring;
use bidlens_domain::segment::Segment;
use bidlens_domain::time::DurationUnit;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};

/// `review --json`, also stored as `result.json`.
pub fn review_json(review: &Review) -> Value {
    let mut document = extract_json(&review.tender_files, &review.facts);
    if let Some(object) = document.as_object_mut() {
        object.insert("bids".to_owned(), review.bids.iter().map(bid_json).collect());
    }
    document
}

/// `extract --json`.
pub fn extract_json(files: &[FileSummary], facts: &Facts) -> Value {
    json!({
        "document": {
            "files": files.iter().map(file_json).collect::<Vec<_>>(),
            "language": language_word(facts.language),
        },
        "fields": facts.fields.iter().map(|(key, field)| (key.clone(), field_json(key, field))).collect::<Map<_, _>>(),
        "risks": facts.risks.iter().map(risk_json).collect::<Vec<_>>(),
        "requirements": facts.requirements.iter().map(requirement_json).collect::<Vec<_>>(),
        "scoring": scoring_json(&facts.scoring),
        "contradictions": facts.contradictions.iter().map(contradiction_json).collect::<Vec<_>>(),
        "changes": facts.changes.iter().map(change_json).collect::<Vec<_>>(),
        "legal": legal_json(&facts.legal),
    })
}

/// What an addendum changes: what was, what is, by which words, and what is read from them.
pub fn change_json(change: &Change) -> Value {
    json!({
        "id": change.id,
        "subject": change.subject,
        "before": change.before,
        "after": change.after,
        "quote": change.evidence.quote(),
        "page": change.evidence.page(),
        "evidence": [evidence_json(&change.evidence)],
        "fields": change.fields,
        "requirements": change.requirements,
    })
}

/// What is said in two ways, the words of each, and the question to ask.
pub fn contradiction_json(contradiction: &Contradiction) -> Value {
    let value = |stated: &StatedValue| {
        json!({
            "value": stated.value,
            "quote": stated.evidence.quote(),
            "page": stated.evidence.page(),
            "evidence": [evidence_json(&stated.evidence)],
        })
    };
    json!({
        "id": contradiction.id,
        "rule_id": contradiction.rule_id,
        "subject": contradiction.subject,
        "title": contradiction.title,
        "description": contradiction.description,
        "in_chinese": contradiction.in_chinese,
        "in_english": contradiction.in_english,
        "values": contradiction.values().iter().map(value).collect::<Vec<_>>(),
        "prevailing": contradiction.prevailing,
        "precedence": contradiction.precedence.iter().map(evidence_json).collect::<Vec<_>>(),
        "question": contradiction.question,
    })
}

/// Which law governs, by which words, and what became of each of its rules.
fn legal_json(legal: &LegalReading) -> Value {
    let rule = |outcome: &RuleOutcome| {
        json!({
            "rule_id": outcome.rule_id,
            "state": outcome.state.as_str(),
            "abstention": outcome.abstention.map(|a| a.as_str()),
            "missing": outcome.missing,
        })
    };
    json!({
        "regime": legal.regime.as_str(),
        "evidence": legal.regime_evidence.iter().map(evidence_json).collect::<Vec<_>>(),
        "date": legal.date.map(|d| d.to_string()),
        "not_before": legal.not_before.map(|d| d.to_string()),
        "last_day_to_ask": legal.last_day_to_ask.as_ref().map(last_day_json),
        "rules": legal.outcomes.iter().map(rule).collect::<Vec<_>>(),
    })
}

/// The last day on which the law lets a bidder question the tender, and whence it comes.
pub fn last_day_json(day: &LastDay) -> Value {
    json!({
        "at": day.at.to_string(),
        "counted_from": day.counted_from,
        "start": day.start.to_string(),
        "period": day.period.to_string(),
        "reckoning": day.reckoning(Language::Zh),
        "reckoning_en": day.reckoning(Language::En),
        "legal_basis": basis_json(&day.basis),
    })
}

pub fn basis_json(basis: &LegalBasis) -> Value {
    json!({
        "law": basis.law,
        "article": basis.article,
        "law_en": basis.law_in(Language::En),
        "article_en": basis.article_in(Language::En),
        "text": basis.text,
        "valid_from": basis.valid_from.to_string(),
        "valid_to": basis.valid_to.map(|d| d.to_string()),
    })
}

fn bid_json(bid: &BidReview) -> Value {
    json!({
        "bidder_name": bid.bidder_name,
        "files": bid.files.iter().map(file_json).collect::<Vec<_>>(),
        "findings": bid.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "summary": {
            "pass": bid.count(Verdict::Pass),
            "risk": bid.count(Verdict::Risk),
            "fail": bid.count(Verdict::Fail),
        },
    })
}

/// A finding, with `decision` where a person made one.
pub fn finding_json(finding: &Finding) -> Value {
    let mut object = json!({
        "id": finding.id,
        "source": finding.source.as_str(),
        "dimension": finding.dimension.as_str(),
        "rule_id": finding.rule_id,
        "requirement_id": finding.requirement_id,
        "requirement_text": finding.requirement_text,
        "requirement_text_en": finding.requirement_in(Language::En),
        "response_text": finding.response_text,
        "result": finding.verdict().as_str(),
        "state": finding.state().as_str(),
        "reason_code": finding.reason_code(),
        "rigid": finding.rigid,
        "remark": finding.remark,
        "remark_en": finding.remark_in(Language::En),
        "legal_basis": finding.basis.iter().map(basis_json).collect::<Vec<_>>(),
        "tender_evidence": finding.tender_evidence.iter().map(evidence_json).collect::<Vec<_>>(),
        "bid_evidence": finding.bid_evidence().iter().map(evidence_json).collect::<Vec<_>>(),
    });
    if let (Some(decision), Some(object)) = (&finding.decision, object.as_object_mut()) {
        object.insert("decision".to_owned(), decision_json(decision));
    }
    object
}

/// What a person decided; `result` and `remark` are null where the finding's own stand.
pub fn decision_json(decision: &ReviewerDecision) -> Value {
    let made = &decision.decision;
    json!({
        "finding_id": decision.finding_id,
        "bidder_name": decision.bidder_name,
        "decision": made.kind().as_str(),
        "result": made.verdict().map(Verdict::as_str),
        "remark": made.remark(),
        "reason": made.reason(),
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "state": decision.standing.as_str(),
    })
}

pub fn risk_json(risk: &Risk) -> Value {
    json!({
        "risk_type": risk.risk_type.as_str(),
        "severity": risk.severity.as_str(),
        "certainty": risk.certainty,
        "title": risk.title,
        "description": risk.description,
        "suggestion": risk.suggestion,
        "in_chinese": risk.in_chinese,
        "in_english": risk.in_english,
        "tags": risk.tags,
        "rule_id": risk.rule_id,
        "law": risk.law,
        "legal_basis": risk.basis.iter().map(basis_json).collect::<Vec<_>>(),
        "evidence": risk.evidence().iter().map(evidence_json).collect::<Vec<_>>(),
    })
}

pub fn requirement_json(requirement: &Requirement) -> Value {
    json!({
        "id": requirement.id,
        "dimension": requirement.dimension.as_str(),
        "text": requirement.text,
        "rigid": requirement.rigid,
        "mark": requirement.mark,
        "type": requirement.constraint.kind(),
        "constraint": requirement.constraint,
        "evidence": requirement.evidence().iter().map(evidence_json).collect::<Vec<_>>(),
    })
}

pub fn scoring_json(scoring: &Scoring) -> Value {
    let items: Vec<Value> = scoring
        .items
        .iter()
        .map(|item| {
            json!({
                "item": item.item,
                "points": number(item.points.0, 100),
                "rule": item.rule,
                "group": item.group,
                "lots": item.lots,
                "evidence": item.evidence.iter().map(evidence_json).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "total": scoring.total.map(|points| number(points.0, 100)), "items": items })
}

/// One field in the value forms of the field reference.
pub fn field_json(key: &str, field: &Field) -> Value {
    let first = field.evidence().first();
    let mut object = json!({
        "status": field.status().as_str(),
        "value": field.value().map(|value| value_json(key, value)),
        "raw": field.raw(),
        "quote": first.map(Evidence::quote),
        "page": first.map(Evidence::page),
        "evidence": field.evidence().iter().map(evidence_json).collect::<Vec<_>>(),
        "confidence": (f64::from(field.confidence) * 100.0).round() / 100.0,
        "source": match field.source {
            Source::Rules => "rules",
            Source::Llm => "llm",
        },
    });
    if !field.lots.is_empty()
        && let Some(object) = object.as_object_mut()
    {
        let lots = field.lots.iter().map(|(lot, value)| (lot.clone(), value_json(key, value))).collect::<Map<_, _>>();
        object.insert("lots".to_owned(), Value::Object(lots));
    }
    object
}

fn value_json(_key: &str, value: &FieldValue) -> Value {
    match value {
        FieldValue::Text(text) | FieldValue::Choice(text) => json!(text),
        FieldValue::TextList(texts) => json!(texts),
        FieldValue::Money(money) => money_json(money),
        FieldValue::Percent(percent) => json!({ "percent": number(percent.0, 10_000) }),
        FieldValue::Moment(moment) => json!(moment.to_string()),
        FieldValue::Integer(integer) => json!(integer),
        FieldValue::Bool(yes) => json!(yes),
        FieldValue::Period { text, length } => {
            let mut object = json!({ "text": text });
            // Only a plain number of calendar days is a number of days; months are not converted.
            if let (Some(length), Some(object)) = (length, object.as_object_mut())
                && length.unit == DurationUnit::Day
            {
                object.insert("days".to_owned(), json!(length.count));
            }
            object
        }
    }
}

fn money_json(money: &Money) -> Value {
    json!({ "amount": number(money.minor, 100), "currency": money.currency.code() })
}

/// `n / scale` as an integer when it is one.
fn number(n: i64, scale: i64) -> Value {
    if n % scale == 0 { json!(n / scale) } else { json!(n as f64 / scale as f64) }
}

pub fn evidence_json(evidence: &Evidence) -> Value {
    json!({
        "file": evidence.file(),
        "segment_id": evidence.segment().as_str(),
        "page": evidence.page(),
        "quote": evidence.quote(),
        "boxes": evidence.boxes().iter().map(box_json).collect::<Vec<_>>(),
    })
}

fn box_json(page_box: &PageBox) -> Value {
    // Four decimals of a page's width are a thirtieth of a millimetre.
    let round = |n: f32| (f64::from(n) * 10_000.0).round() / 10_000.0;
    json!({
        "page": page_box.page,
        "x0": round(page_box.rect.x0),
        "y0": round(page_box.rect.y0),
        "x1": round(page_box.rect.x1),
        "y1": round(page_box.rect.y1),
    })
}

fn file_json(file: &FileSummary) -> Value {
    json!({
        "name": file.name,
        "sha256": file.sha256,
        "pages": file.pages,
        "issues": file.issues.iter().map(issue_json).collect::<Vec<_>>(),
    })
}

fn issue_json(issue: &ParseIssue) -> Value {
    json!({
        "code": issue.code,
        "severity": issue.severity,
        "page": issue.page,
        "detail": issue.detail,
    })
}

/// `parse --json`: what the parser sees.
///
/// Each page, segment and table becomes a value when it is written: all of them at once would take several times the
/// memory of the document.
pub fn document_json(document: &Document) -> impl Serialize {
    DocumentJson(document)
}

struct DocumentJson<'d>(&'d Document);

impl Serialize for DocumentJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document = self.0;
        // By name, as the values inside are.
        let mut out = serializer.serialize_map(Some(13))?;
        out.serialize_entry("comments", &Each(|| document.comments.iter().map(comment_json)))?;
        out.serialize_entry("embedded", &Each(|| document.embedded.iter().map(embedded_json)))?;
        out.serialize_entry("format", &document.format)?;
        out.serialize_entry("issues", &Each(|| document.issues.iter().map(issue_json)))?;
        out.serialize_entry("language", language_word(document.language))?;
        out.serialize_entry("metadata", &metadata_json(&document.metadata))?;
        out.serialize_entry("name", &document.name)?;
        out.serialize_entry("pages", &Each(|| document.pages.iter().map(page_json)))?;
        out.serialize_entry("sections", &Each(|| document.sections.iter().map(section_json)))?;
        out.serialize_entry("segments", &Each(|| document.segments().into_iter().map(|s| segment_json(document, &s))))?;
        out.serialize_entry("sha256", &document.sha256)?;
        out.serialize_entry("signatures", &Each(|| document.signatures.iter().map(signature_json)))?;
        out.serialize_entry("tables", &Each(|| document.blocks.iter().filter_map(block_table_json)))?;
        out.end()
    }
}

/// An array whose elements are made one after the other.
struct Each<F>(F);

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator<Item = Value>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

fn page_json(page: &Page) -> Value {
    json!({
        "page": page.number,
        "width": page.width,
        "height": page.height,
        "text_source": match page.text_source {
            TextSource::Digital => "digital",
            TextSource::Ocr { .. } => "ocr",
            TextSource::Blank => "blank",
            TextSource::Unreadable => "unreadable",
        },
        "approximate": page.approximate,
    })
}

fn comment_json(comment: &Comment) -> Value {
    json!({
        "page": comment.page,
        "author": comment.author,
        "written_at": comment.written_at,
        "text": comment.text,
        "about": comment.about,
    })
}

fn embedded_json(file: &EmbeddedFile) -> Value {
    json!({
        "name": file.name,
        "kind": file.kind,
        "size": file.size,
        "sha256": file.sha256,
        "page": file.page,
        "width": file.picture.as_ref().map(|picture| picture.width),
        "height": file.picture.as_ref().map(|picture| picture.height),
    })
}

fn signature_json(signature: &Signature) -> Value {
    json!({
        "field": signature.field,
        "signed": signature.signed,
        "signer": signature.signer,
        "reason": signature.reason,
        "signed_at": signature.signed_at,
        "changed_after": signature.changed_after,
        "leaves_out": signature.leaves_out,
        "byte_range": signature.byte_range,
        "box": signature.place.as_ref().map(box_json),
    })
}

fn metadata_json(metadata: &Metadata) -> Value {
    let identifiers = metadata.identifiers.iter().map(|id| json!({ "kind": id.kind, "value": id.value }));
    json!({
        "title": metadata.title,
        "author": metadata.author,
        "last_modified_by": metadata.last_modified_by,
        "producer": metadata.producer,
        "application": metadata.application,
        "company": metadata.company,
        "created": metadata.created,
        "modified": metadata.modified,
        "revision_ids": metadata.revision_ids,
        "fonts": metadata.fonts,
        "identifiers": identifiers.collect::<Vec<_>>(),
    })
}

fn section_json(section: &Section) -> Value {
    json!({
        "level": section.level,
        "number": section.number,
        "title": section.title,
        "page": section.page,
        "parent": section.parent.map(|parent| parent.0),
    })
}

fn segment_json(document: &Document, segment: &Segment) -> Value {
    let kind = document.block(segment.block()).map_or("paragraph", |block| kind_word(&block.kind));
    json!({
        "id": segment.id.as_str(),
        "kind": kind,
        "page": segment.page(),
        "section": segment.section_path,
        "header": segment.header,
        "text": segment.text,
        "boxes": segment.boxes.iter().map(box_json).collect::<Vec<_>>(),
    })
}

fn block_table_json(block: &Block) -> Option<Value> {
    match &block.kind {
        BlockKind::Table(table) => Some(table_json(&block.text, block.page(), table)),
        _ => None,
    }
}

fn table_json(text: &str, page: u32, table: &Table) -> Value {
    let cells: Vec<Value> = table
        .cells
        .iter()
        .map(|cell| {
            json!({
                "row": cell.row,
                "column": cell.column,
                "row_span": cell.row_span,
                "column_span": cell.column_span,
                "text": cell.range.slice(text),
                "nested": cell.nested.iter().map(|nested| table_json(text, page, nested)).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "page": page, "rows": table.rows, "columns": table.columns, "cells": cells })
}

fn kind_word(kind: &BlockKind) -> &'static str {
    match kind {
        BlockKind::Heading { .. } => "heading",
        BlockKind::Paragraph => "paragraph",
        BlockKind::ListItem => "list_item",
        BlockKind::Table(_) => "table",
        BlockKind::Header => "header",
        BlockKind::Footer => "footer",
        BlockKind::Footnote => "footnote",
        BlockKind::Contents => "contents",
        BlockKind::TextBox => "text_box",
        BlockKind::SheetName => "sheet_name",
    }
}

pub(crate) fn language_word(language: Language) -> &'static str {
    match language {
        Language::Zh => "zh",
        Language::En => "en",
    }
}
