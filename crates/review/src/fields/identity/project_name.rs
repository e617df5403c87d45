//! The project's name: what a label says it is, the title of the first page, a sentence that invites tenders for it.

use bidlens_domain::field::{FieldStatus, FieldValue};

use super::naming;
use crate::fields::{Candidate, is_blank, is_reference};
use crate::grammar::company;
use crate::reading::{Form, Pair, Reading, Zone};

pub(super) fn project_name(reading: &Reading<'_>) -> Vec<Candidate> {
    const LABELS: &[&str] = &[
        "项目名称",
        "采购项目名称",
        "招标项目名称",
        "工程名称",
        "工程项目名称",
        "采购项目",
        "招标项目",
        "标项名称",
        "采购项目的名称",
        "项目名",
    ];
    const ENGLISH: &[&str] = &[
        "tender particulars",
        "particulars of work",
        "particulars of the work",
        "name of tender",
        "description",
        "tender description",
        "tender document for",
        "bid document for",
        "request for proposal for",
        "rfp for",
        "description of the work",
        "brief description of work",
        "name of work",
        "name of the work",
        "project name",
        "name of project",
        "name of the project",
        "tender title",
        "title of tender",
        "title",
        "subject",
        "description of work",
        "work description",
        "contract title",
        "tender for",
        "name of assignment",
        "name of the assignment",
        "assignment",
        "assignment title",
        "procurement of",
        "name of the rfb",
        "name of the contract",
    ];
    let mut candidates = Vec::new();
    for pair in &reading.pairs {
        let exact = LABELS.contains(&pair.label.as_str());
        let english = ENGLISH.contains(&pair.label.as_str());
        // `B.1 Title`: the number of a federal solicitation's section stands before.
        let sectioned = pair.label.split_once(' ').is_some_and(|(number, label)| {
            let mut chars = number.chars();
            label == "title" && chars.next().is_some_and(char::is_alphabetic) && chars.next() == Some('.')
        });
        if !exact && !english && !sectioned || english && heads_column(reading, pair) {
            continue;
        }
        let value = reading.until(pair.unit, &pair.value, &['\n', ';', '。']);
        let value = reading.tidy(pair.unit, &value);
        let text = reading.text(pair.unit, &value);
        let zone = reading.zone(pair.unit);
        let length = text.chars().count();
        if is_reference(text) {
            candidates.extend(reading.stated(
                pair.unit,
                reading.pair_quote(pair, &value),
                FieldStatus::RefersElsewhere,
                1,
            ));
            continue;
        }
        // TENDER FOR SERVICES names no project.
        let kind_only = text.is_ascii() && !text.contains(' ');
        if !(4..=180).contains(&length) || is_blank(text) || text.contains('?') || kind_only {
            continue;
        }
        let lot_name = pair.label == "标项名称"
            || pair.label == "采购项目"
            || pair.label == "招标项目"
            || pair.label == "title"
            || pair.label == "subject";
        let below = if pair.form == Form::Below { 12 } else { 0 };
        let rank = naming(zone) - if lot_name { 15 } else { 0 } - below;
        let words = reading.words(pair.unit, &value);
        let name = words.trim_matches(['《', '》', '"', '“', '”']).to_owned();
        candidates.extend(reading.candidate(
            pair.unit,
            reading.pair_quote(pair, &value),
            value.clone(),
            FieldValue::Text(name),
            rank,
        ));
    }
    candidates.extend(cover_title(reading));
    candidates.extend(name_in_sentence(reading));
    candidates
}

/// Whether a label is the head of a column: Lot | Title | Maximum amount.
fn heads_column(reading: &Reading<'_>, pair: &Pair) -> bool {
    let place = reading.unit(pair.unit).and_then(|u| u.cell);
    place.is_some_and(|p| p.row == 0 && reading.row_of(p).is_some_and(|row| row.len() >= 3))
        && matches!(pair.label.as_str(), "title" | "description" | "subject" | "assignment")
}

/// The title on the first page: a line that names a procurement, the kind of document left out.
fn cover_title(reading: &Reading<'_>) -> Option<Candidate> {
    const SUBJECT: &[&str] = &[
        "项目",
        "采购",
        "工程",
        "服务",
        "设备",
        "购置",
        "建设",
        "改造",
        "维护",
        "supply",
        "procurement",
        "services",
        "construction",
        "installation",
        "maintenance",
        "replacement",
        "renovation",
        "rehabilitation",
        "upgrad",
        "repair",
        "provision",
        "equipment",
        "improvement",
        "consult",
        "works",
    ];
    const OTHER: &[&str] = &[
        "采购人",
        "招标人",
        "编号",
        "代理",
        "日期",
        "目录",
        "第一章",
        "须知",
        "格式",
        "采购单位",
        "说明",
        "示范文本",
        "详见",
        "警示",
        "notice",
        "no.",
        "section ",
        "part ",
        "volume ",
    ];
    const KINDS: &[&str] = &[
        "竞争性磋商文件",
        "竞争性谈判文件",
        "公开招标文件",
        "询价通知书",
        "招标文件",
        "磋商文件",
        "谈判文件",
        "询价文件",
        "比选文件",
        "采购文件",
        "单一来源采购文件",
        "遴选文件",
        "竞争性磋商公告",
        "公开招标公告",
        "招标公告",
        "采购公告",
        "磋商公告",
        "比选公告",
    ];
    for (index, unit) in reading.units.iter().enumerate().take(14) {
        if unit.cell.is_some() || !matches!(unit.zone, Zone::Cover | Zone::Other | Zone::Notice) {
            continue;
        }
        let text = unit.text.as_str();
        let lower = text.to_lowercase();
        let bare = KINDS.iter().find_map(|k| text.strip_suffix(k)).unwrap_or(text);
        let bare = bare.trim_end_matches(['-', ' ', '—', '(', '公', '开']);
        let kind = [
            "invitation to bid for the ",
            "invitation to bid for ",
            "invitation to tender for ",
            "tender for the ",
            "tender for ",
            "request for proposals for ",
            "request for proposal for ",
            "bidding document for ",
        ]
        .iter()
        .find(|k| lower.starts_with(**k))
        .map_or(0, |k| k.len());
        let longest = if bare.is_ascii() && !bare.ends_with('.') { 180 } else { 110 };
        let names = kind == 0 || bare.get(kind..).is_some_and(|t| t.trim().contains(' '));
        let named = (6..=longest).contains(&bare.chars().count())
            && names
            && !text.contains([':', '。', ';'])
            && !bare.contains("文件")
            && SUBJECT.iter().any(|w| lower.contains(w))
            && !OTHER.iter().any(|w| lower.contains(w))
            && !company::is_organisation(bare);
        if named && index < 14 {
            let range = kind.min(bare.len())..bare.len();
            return reading.text_candidate(index, range.clone(), range, 33);
        }
    }
    None
}

/// `…就XX项目进行公开招标`, `tenders are invited for …`.
fn name_in_sentence(reading: &Reading<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for clause in reading.clauses.iter().take(400) {
        let zone = reading.zone(clause.unit);
        if !matches!(zone, Zone::Notice | Zone::Cover | Zone::Other) {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        let lower = text.to_lowercase();
        if !text.is_ascii() && !reading.is_english() {
            continue;
        }
        let found = ["invited for ", "invites bids for ", "tender for ", "bids for the work of ", "proposal for "]
            .iter()
            .find_map(|w| lower.find(w).map(|at| at + w.len()))
            .filter(|_| lower.len() == text.len());
        let Some(at) = found else {
            continue;
        };
        let start = clause.range.start + at;
        let value = reading.until(clause.unit, &(start..clause.range.end), &[',', ';', '\n']);
        let value = reading.tidy(clause.unit, &value);
        let length = reading.text(clause.unit, &value).chars().count();
        if (15..=240).contains(&length) {
            candidates.extend(reading.text_candidate(clause.unit, clause.range.start..value.end, value, 20));
        }
    }
    candidates
}
