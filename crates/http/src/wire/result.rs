//! Risks, requirements, findings and segments, with evidence by id and by span.

use std::collections::HashMap;

use bidlens_app::{
    LedgerEntry, PageLine, Ranking, SearchHit, SegmentRow, StoredFacts, basis_json, contradiction_json, field_json,
    finding_json, last_day_json, requirement_json, risk_json,
};
use bidlens_domain::change::Change;
use bidlens_domain::clue::{Clue, ClueSide, FileTrait};
use bidlens_domain::document::{Language, Rect};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::{Finding, stable_id};
use bidlens_domain::risk::Risk;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Words that prove a statement, and where they stand.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceSpan {
    /// To be looked up with `POST /chunks/lookup`.
    pub(crate) chunk_id: String,
    pub(crate) file: String,
    /// Physical page, counted from 1.
    pub(crate) page: u32,
    pub(crate) quote: String,
    /// Rectangles in fractions of the page, origin top left.
    #[schema(value_type = Vec<Object>)]
    pub(crate) boxes: Value,
}

pub(crate) fn spans<'e>(evidence: impl IntoIterator<Item = &'e Evidence>) -> Vec<EvidenceSpan> {
    let span = |one: &Evidence| EvidenceSpan {
        chunk_id: one.segment().as_str().to_owned(),
        file: one.file().to_owned(),
        page: one.page(),
        quote: one.quote().to_owned(),
        boxes: bidlens_app::evidence_json(one).get_mut("boxes").map(Value::take).unwrap_or_default(),
    };
    evidence.into_iter().map(span).collect()
}

/// The ids behind evidence, each once, in order.
pub(crate) fn chunk_ids<'e>(evidence: impl IntoIterator<Item = &'e Evidence>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for one in evidence {
        let id = one.segment().as_str();
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClarificationsWire {
    /// The last moment to ask, as the field `clarification_deadline` of `extract --json`; `null` before the first
    /// extraction.
    #[schema(value_type = Option<Object>)]
    ask_by: Option<Value>,
    /// The last day on which the law lets a bidder question the tender: `at`, `counted_from` (a field) with its `start`, the
    /// `period`, whence it comes as `reckoning` and `reckoning_en`, and `legal_basis`; `null` where the regime or a date is
    /// not certain.
    #[schema(value_type = Option<Object>)]
    ask_by_law: Option<Value>,
    /// `id`, `rule_id`, `subject`, `title`, `description`, `in_chinese`, `in_english`, `values` (each with `value`,
    /// `quote`, `page`, `evidence`), `prevailing` with its `precedence` where the tender itself says what prevails,
    /// `question`. Title, description and question are in the tender's language; `in_chinese` or `in_english` has the
    /// first two in the other one.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Value>,
}

pub(crate) fn clarifications(facts: Option<&StoredFacts>) -> ClarificationsWire {
    let Some(facts) = facts else { return ClarificationsWire { ask_by: None, ask_by_law: None, items: Vec::new() } };
    let key = "clarification_deadline";
    ClarificationsWire {
        ask_by: facts.fields.get(key).map(|field| field_json(key, field)),
        ask_by_law: facts.legal.last_day_to_ask.as_ref().map(last_day_json),
        items: facts.contradictions.iter().map(contradiction_json).collect(),
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeWire {
    id: String,
    /// What is changed; empty when the words do not name it.
    subject: String,
    /// What no longer stands; `null` when the addendum only says what stands now.
    before: Option<String>,
    after: String,
    /// Keys of the fields whose value is read from these words.
    fields: Vec<String>,
    /// Requirements of the ledger that stand by these words.
    requirements: Vec<String>,
    evidence_spans: Vec<EvidenceSpan>,
}

pub(crate) fn changes(facts: Option<&StoredFacts>) -> Vec<ChangeWire> {
    let wire = |change: &Change| ChangeWire {
        id: change.id.clone(),
        subject: change.subject.clone(),
        before: change.before.clone(),
        after: change.after.clone(),
        fields: change.fields.clone(),
        requirements: change.requirements.clone(),
        evidence_spans: spans([&change.evidence]),
    };
    facts.map(|facts| facts.changes.iter().map(wire).collect()).unwrap_or_default()
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiskWire {
    pub(crate) id: String,
    /// As in `extract --json`: `risk_type`, `severity`, `title`, `description`, `suggestion`, `in_chinese`, `in_english`,
    /// `tags`, `rule_id`, `law`, `legal_basis`, `evidence`. Title, description and suggestion are in the tender's language;
    /// `in_chinese` or `in_english` has all three in the other one and is `null` where there is no other wording.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub(crate) risk: Value,
    pub(crate) evidence_chunk_ids: Vec<String>,
    pub(crate) evidence_spans: Vec<EvidenceSpan>,
}

pub(crate) fn risks(risks: &[Risk]) -> Vec<RiskWire> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let wire = |risk: &Risk| {
        let quotes: Vec<&str> = risk.evidence().iter().map(Evidence::quote).collect();
        let places = chunk_ids(risk.evidence()).join(" ");
        let plain = stable_id(&[&risk.rule_id, &risk.title, &places, &quotes.join("\n")]);
        // Two risks of the same words at the same place still need two names.
        let times = seen.entry(plain.clone()).and_modify(|n| *n += 1).or_insert(1);
        RiskWire {
            id: if *times == 1 { plain } else { format!("{plain}-{times}") },
            risk: risk_json(risk),
            evidence_chunk_ids: chunk_ids(risk.evidence()),
            evidence_spans: spans(risk.evidence()),
        }
    };
    risks.iter().map(wire).collect()
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequirementWire {
    /// As in `extract --json`: `id`, `dimension`, `text`, `rigid`, `mark`, `type`, `constraint`, `evidence`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub(crate) requirement: Value,
    /// What a person did to it: `state` (`confirmed`, `edited`, `dropped` or `added`), `note`, `edited_by`, `edited_at`;
    /// `null` when nobody has.
    #[schema(value_type = Option<Object>)]
    pub(crate) edit: Option<Value>,
    pub(crate) evidence_chunk_ids: Vec<String>,
    pub(crate) evidence_spans: Vec<EvidenceSpan>,
}

pub(crate) fn requirement(entry: &LedgerEntry) -> RequirementWire {
    let LedgerEntry { requirement, edit } = entry;
    let edit = edit.as_ref().map(|edit| {
        json!({
            "state": edit.change.as_str(),
            "note": edit.note,
            "edited_by": edit.edited_by,
            "edited_at": edit.edited_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        })
    });
    RequirementWire {
        requirement: requirement_json(requirement),
        edit,
        evidence_chunk_ids: chunk_ids(requirement.evidence()),
        evidence_spans: spans(requirement.evidence()),
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingWire {
    pub(crate) bidder_name: String,
    /// As in `review --json`: `id`, `source`, `dimension`, `rule_id`, `requirement_id`, `requirement_text`,
    /// `requirement_text_en`, `response_text`, `result`, `state`, `reason_code`, `rigid`, `remark`, `remark_en`, `legal_basis`,
    /// `tender_evidence`, `bid_evidence`, and `decision` where a person made one.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub(crate) finding: Value,
    /// Changes when the finding says something else; to be sent with a decision.
    pub(crate) version: String,
    pub(crate) tender_evidence_chunk_ids: Vec<String>,
    pub(crate) bid_evidence_chunk_ids: Vec<String>,
    pub(crate) tender_evidence_spans: Vec<EvidenceSpan>,
    pub(crate) bid_evidence_spans: Vec<EvidenceSpan>,
}

pub(crate) fn finding(bidder_name: &str, finding: &Finding) -> FindingWire {
    FindingWire {
        bidder_name: bidder_name.to_owned(),
        finding: finding_json(finding),
        version: finding.substance(),
        tender_evidence_chunk_ids: chunk_ids(&finding.tender_evidence),
        bid_evidence_chunk_ids: chunk_ids(finding.bid_evidence()),
        tender_evidence_spans: spans(&finding.tender_evidence),
        bid_evidence_spans: spans(finding.bid_evidence()),
    }
}

/// Something that bids have in common, for a person to look at; never a verdict.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClueWire {
    id: String,
    /// `candidate` fits one of the statutory cases, `lead` is weaker.
    #[schema(example = "lead")]
    level: String,
    /// `text_reuse`, `file_traits`, `shared_error`, `entity_leak`, `shared_contact`, `shared_account`, `price_pattern` or `same_file`.
    #[schema(example = "text_reuse")]
    kind: String,
    #[schema(example = "X001")]
    rule_id: String,
    /// In Chinese, as a remark of a finding.
    summary: String,
    /// The same in English; in Chinese where an earlier version read the clue.
    summary_en: String,
    /// How it may have come about without any arrangement, in Chinese.
    innocent: Vec<String>,
    /// The same in English, in the same order.
    innocent_en: Vec<String>,
    /// More of the kind about the same bidders that are not shown.
    more: usize,
    /// One for each bidder concerned, at least two.
    sides: Vec<ClueSideWire>,
    /// As in a finding of `review --json`.
    #[schema(value_type = Vec<Object>)]
    legal_basis: Vec<Value>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClueSideWire {
    bidder_name: String,
    evidence_spans: Vec<EvidenceSpan>,
    traits: Vec<FileTraitWire>,
}

/// What a file says of itself, outside its words.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FileTraitWire {
    file: String,
    page: Option<u32>,
    /// What it is, in Chinese.
    name: String,
    /// The same in English.
    name_en: String,
    value: String,
}

pub(crate) fn clue(clue: &Clue) -> ClueWire {
    let trait_of = |one: &FileTrait| FileTraitWire {
        file: one.file.clone(),
        page: one.page,
        name: one.name.clone(),
        name_en: one.name_in(Language::En).to_owned(),
        value: one.value.clone(),
    };
    let side = |side: &ClueSide| ClueSideWire {
        bidder_name: side.bidder_name.clone(),
        evidence_spans: spans(&side.evidence),
        traits: side.traits.iter().map(trait_of).collect(),
    };
    ClueWire {
        id: clue.id.clone(),
        level: clue.level().as_str().to_owned(),
        kind: clue.kind.as_str().to_owned(),
        rule_id: clue.kind.rule_id().to_owned(),
        summary: clue.summary.clone(),
        summary_en: clue.summary_in(Language::En).to_owned(),
        innocent: clue.innocent.clone(),
        innocent_en: clue.innocent_in(Language::En).map(str::to_owned).collect(),
        more: clue.more,
        sides: clue.sides().iter().map(side).collect(),
        legal_basis: clue.basis.iter().map(basis_json).collect(),
    }
}

/// A stretch of a file's text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChunkWire {
    pub(crate) chunk_id: String,
    pub(crate) asset_id: String,
    /// Physical page of its first character, counted from 1.
    pub(crate) page: i64,
    /// Physical page of its last character.
    pub(crate) last_page: i64,
    /// Titles of the sections around it, outermost first.
    pub(crate) section: String,
    /// For rows that were cut from a long table: its header, cells parted by tabs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) header: String,
    pub(crate) content: String,
    #[schema(value_type = Vec<Object>)]
    pub(crate) boxes: Value,
}

impl ChunkWire {
    pub(crate) fn new(row: SegmentRow) -> ChunkWire {
        ChunkWire {
            chunk_id: row.chunk_id,
            asset_id: row.asset_id,
            page: row.page,
            last_page: row.last_page,
            section: row.section,
            header: row.header,
            content: row.content,
            boxes: boxes(&row.boxes),
        }
    }
}

/// A typeset line of a page, or the part of one that stands in a table cell.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageLineWire {
    pub(crate) text: String,
    /// What stands in the file's text before the next line: nothing where typesetting alone broke it, else white space.
    pub(crate) joint: String,
    /// The rectangle in fractions of the page, origin top left.
    pub(crate) x0: f32,
    pub(crate) y0: f32,
    pub(crate) x1: f32,
    pub(crate) y1: f32,
    /// Right edge of each character (Unicode code point) in fractions of the page's width; empty when unknown.
    pub(crate) edges: Vec<f32>,
}

impl PageLineWire {
    pub(crate) fn new(line: PageLine) -> PageLineWire {
        let Rect { x0, y0, x1, y1 } = line.rect;
        PageLineWire { text: line.text, joint: line.joint, x0, y0, x1, y1, edges: line.edges }
    }
}

/// A segment that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SearchHitWire {
    #[serde(flatten)]
    pub(crate) chunk: ChunkWire,
    /// How well it fits; comparable within one answer.
    pub(crate) score: f64,
    /// What the order of the answer goes by: `lexical` or `hybrid`.
    pub(crate) ranking: &'static str,
    /// The part of the content that is worth showing.
    pub(crate) snippet: SnippetWire,
    /// Byte ranges of the content, in UTF-8, that hold words of the query.
    pub(crate) highlights: Vec<RangeWire>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SnippetWire {
    pub(crate) text: String,
    /// Where it begins in the content, in bytes of UTF-8.
    pub(crate) start: u32,
    /// Byte ranges of the snippet's text that hold words of the query.
    pub(crate) highlights: Vec<RangeWire>,
    /// Physical page of the first line that holds words of the query.
    pub(crate) page: i64,
    /// Of the lines that hold them, in fractions of the page, origin top left.
    #[schema(value_type = Vec<Object>)]
    pub(crate) boxes: Value,
}

/// A range of bytes, its end not included.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RangeWire {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl SearchHitWire {
    pub(crate) fn new(hit: SearchHit, ranking: &'static str) -> SearchHitWire {
        let shown = hit.snippet;
        let within = hit.highlights.iter().filter(|h| h.start >= shown.start && h.end <= shown.end);
        let snippet = SnippetWire {
            text: shown.slice(&hit.segment.content).to_owned(),
            start: shown.start,
            highlights: within.map(|h| RangeWire { start: h.start - shown.start, end: h.end - shown.start }).collect(),
            page: hit.page,
            boxes: boxes(&hit.boxes),
        };
        SearchHitWire {
            chunk: ChunkWire::new(hit.segment),
            score: hit.score,
            ranking,
            snippet,
            highlights: hit.highlights.iter().map(|h| RangeWire { start: h.start, end: h.end }).collect(),
        }
    }
}

pub(crate) fn ranking_word(ranking: Ranking) -> &'static str {
    match ranking {
        Ranking::Lexical => "lexical",
        Ranking::Hybrid => "hybrid",
    }
}

/// The stored form nests the rectangle; clients get it flat, as everywhere else.
fn boxes(stored: &Value) -> Value {
    let flat = |one: &Value| {
        let mut rect = one.get("rect").cloned()?;
        rect.as_object_mut()?.insert("page".to_owned(), one.get("page")?.clone());
        Some(rect)
    };
    Value::Array(stored.as_array().into_iter().flatten().filter_map(flat).collect())
}
