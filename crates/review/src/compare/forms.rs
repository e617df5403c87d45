//! What it checks: every form the tender prints for the bid stands in the bid under its name.
//! Why it matters: a missing form is a missing response; many tenders reject for it.
//! Exclusions: forms that not every bidder needs (如有, joint bids, small firms, makers, guarantees), and forms the
//! winner fills in. A bid in which most forms are missing is a part of a bid: nothing is proven then.

use std::sync::LazyLock;

use bidlens_domain::document::BlockKind;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::fold::folded;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Case, Check, Judgement, Report, must_be_met};
use crate::bid::Bid;
use crate::reading::{Zone, skip_numbering, strip_label};

pub(super) const CHECK: Check = Check { id: "B008", dimension: Dimension::DocumentStructure, run };

const OPTIONAL: [&str; 10] =
    ["如有", "若有", "如适用", "若适用", "如需", "可选", "参考", "自拟", "if any", "if applicable"];
/// Titles of forms that depend on who bids and how, or that come after the award.
const DEPENDING: [&str; 37] = [
    "联合体",
    "联合协议",
    "中小企业",
    "小微",
    "残疾人",
    "监狱",
    "福利",
    "制造商",
    "厂家",
    "厂商",
    "原厂",
    "代理商",
    "保函",
    "担保",
    "分包",
    "其他",
    "其它",
    "补充",
    "封面",
    "封皮",
    "目录",
    "履约",
    "质疑",
    "投诉",
    "预付款",
    "廉政",
    "备选",
    "退还",
    "退款",
    "合同",
    "最后报价",
    "二次报价",
    "最终报价",
    "密封",
    "joint",
    "guarantee",
    "manufacturer",
];
/// What the title of a form contains; other headings of the chapter are captions.
const FORM_WORDS: [&str; 22] = [
    "函",
    "表",
    "书",
    "证明",
    "承诺",
    "声明",
    "清单",
    "方案",
    "协议",
    "证书",
    "资料",
    "业绩",
    "form",
    "schedule",
    "letter",
    "certificate",
    "affidavit",
    "declaration",
    "statement",
    "questionnaire",
    "questions",
    "undertaking",
];

struct Form {
    title: String,
    /// It stands in a list, where a form may be one of several that are enough.
    listed: bool,
    depends: bool,
    evidence: Vec<Evidence>,
}

enum Place {
    Own(usize),
    Mentioned(usize),
    Absent,
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let titles: Vec<(usize, String)> = titles(case.bid);
    let forms = forms(case);
    let places: Vec<Place> = forms.iter().map(|form| place(&titles, &form.title)).collect();
    let expected = forms.iter().filter(|f| !f.depends).count();
    let absent = forms.iter().zip(&places).filter(|(f, p)| !f.depends && matches!(p, Place::Absent)).count();
    let partial = absent * 2 > expected;
    for (form, place) in forms.into_iter().zip(places) {
        let wanted = form.title.clone();
        let quote = form.evidence.first().map(|e| e.quote().to_owned()).unwrap_or_default();
        let subject = wanted.clone();
        let judgement = match place {
            Place::Own(unit) => {
                let remark = both(format!("已附“{wanted}”"), format!("The form “{wanted}” is in the bid"));
                Judgement::new(Verdict::Pass, subject, remark).says(case.bid.unit_evidence(unit))
            }
            Place::Mentioned(_) | Place::Absent if form.depends => continue,
            Place::Mentioned(unit) => {
                let remark = both(
                    format!("只提到“{wanted}”，未找到该格式文件本身"),
                    format!("“{wanted}” is only mentioned; the form itself was not found"),
                );
                Judgement::new(Verdict::Risk, subject, remark).says(case.bid.unit_evidence(unit))
            }
            Place::Absent
                if case.bid.readable
                    && !partial
                    && !case.tender.is_english()
                    && !form.listed
                    && is_paper(&wanted)
                    && !wanted.contains("中小企业")
                    && !similar(case.bid, &titles, &wanted) =>
            {
                let remark = both(
                    format!("全文检索未找到“{wanted}”"),
                    format!("A search of the whole bid did not find the form “{wanted}”"),
                );
                Judgement::new(Verdict::Fail, subject, remark).state(FindingState::NotFound)
            }
            Place::Absent => {
                let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
                let remark = both(
                    format!("未找到名为“{wanted}”的部分，请核对"),
                    format!("No part named “{wanted}” was found; please check"),
                );
                Judgement::new(Verdict::Risk, subject, remark).state(state)
            }
        };
        report.push(judgement.demands(quote, form.evidence));
    }
    promised(case, report);
}

/// `须提供制造商出具的售后服务承诺函`: a letter that a clause demands.
static LETTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:须|应|必须|需)[^。;]{0,20}(?:提供|提交|出具|附|签署)[^。;]{0,24}?([\p{Han}]{2,16}(?:承诺函|承诺书|声明函|声明书|保证书|保证函))").ok()
});

/// Letters that clauses of the tender demand and that no form of it names.
fn promised(case: &Case<'_>, report: &mut Report<'_>) {
    const CONDITIONS: [&str; 14] = [
        "如",
        "若",
        "中标",
        "成交",
        "或",
        "联合体",
        "分包",
        "中小企业",
        "残疾人",
        "监狱",
        "代理商",
        "得分",
        "加分",
        "分,",
    ];
    let Some(pattern) = LETTER.as_ref() else { return };
    let asks = |t: &str| pattern.is_match(t) && !CONDITIONS.iter().any(|w| t.contains(w));
    let mut seen: Vec<String> = Vec::new();
    for (text, tender) in case.tender_clauses_in(must_be_met, asks) {
        let Some(words) = pattern.captures(&text).and_then(|c| c.get(1)) else { continue };
        // The letter's own name stands behind who writes it.
        let cut = ["出具的", "提供的", "签署的", "提供", "提交", "出具", "的"];
        let name = cut.iter().fold(words.as_str(), |name, w| name.rsplit_once(w).map_or(name, |(_, last)| last));
        if name.chars().count() < 4 || seen.iter().any(|s| s == name) {
            continue;
        }
        seen.push(name.to_owned());
        let core = name.trim_end_matches(['函', '书']);
        let named = |t: &str| {
            t.contains(core) || core.strip_suffix("承诺").is_some_and(|c| t.contains(c) && t.contains("承诺"))
        };
        let found = case.bid.sentences.iter().find(|s| !case.bid.is_demand(s.unit) && named(case.bid.text(s)));
        let judgement = match found {
            Some(sentence) => {
                let remark = both(format!("已提到“{name}”"), format!("The bid speaks of the letter “{name}”"));
                Judgement::new(Verdict::Pass, format!("letter {name}"), remark).says(case.bid.evidence(sentence))
            }
            None => {
                let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
                let remark = both(
                    format!("未找到招标文件要求的“{name}”，请核对"),
                    format!("The letter “{name}” that the tender demands was not found; please check"),
                );
                Judgement::new(Verdict::Risk, format!("letter {name}"), remark).state(state)
            }
        };
        report.push(judgement.demands(text.clone(), tender.clone()));
    }
}

/// First lines of the bid's units, bare of numbers, brackets and the word 格式; contents left out.
fn titles(bid: &Bid<'_>) -> Vec<(usize, String)> {
    let mut titles = Vec::new();
    for (unit, one) in bid.reading.units.iter().enumerate() {
        let block = bid.reading.documents.get(one.document).and_then(|d| d.block(one.block));
        if block.is_some_and(|b| matches!(b.kind, BlockKind::Contents)) {
            continue;
        }
        titles.push((unit, core_title(one.text.lines().next().unwrap_or_default())));
    }
    titles
}

fn place(titles: &[(usize, String)], wanted: &str) -> Place {
    let length = wanted.chars().count();
    let own = titles.iter().find(|(_, title)| {
        title == wanted || (title.chars().count() <= length + 6 && title.contains(wanted) && !joins(title))
    });
    if let Some((unit, _)) = own {
        return Place::Own(*unit);
    }
    titles.iter().find(|(_, t)| t.contains(wanted)).map_or(Place::Absent, |(unit, _)| Place::Mentioned(*unit))
}

/// Whether only small and medium firms may bid, so that each must declare that it is one.
fn is_reserved(case: &Case<'_>) -> bool {
    case.tender.clauses.iter().any(|clause| {
        let text = case.tender.text(clause.unit, &clause.range);
        text.contains("专门面向中小企业")
            && !["不专门", "非专门", "不属于", "是否", "□", "未"].iter().any(|w| text.contains(w))
            && !matches!(case.tender.zone(clause.unit), Zone::BidForms | Zone::Contract)
            && (text.contains("本项目") || text.contains("本包"))
    })
}

/// Whether an English heading stands below one that lists what has to be returned.
fn is_listed(case: &Case<'_>, unit: usize) -> bool {
    const LISTS: [&str; 7] = [
        "documents to be returned",
        "documents to be submitted",
        "returnable",
        "forms to be returned",
        "forms to be completed",
        "forms to be submitted",
        "standard forms",
    ];
    let headings = case.tender.headings(unit);
    let above = headings.iter().skip(1);
    above.into_iter().any(|h| LISTS.iter().any(|w| h.contains(w)) || *h == "forms")
}

/// Headings of the chapter of bid forms, innermost titles that name a form.
fn forms(case: &Case<'_>) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let reserved = is_reserved(case);
    for (unit, one) in case.tender.units.iter().enumerate() {
        let of_forms = one.zone == Zone::BidForms && one.cell.is_none() && is_list_item(&one.text);
        let in_a_line = matches!(one.zone, Zone::BidForms | Zone::Instructions | Zone::Other)
            && one.cell.is_none()
            && !enumerated(&one.text).is_empty();
        let headed = one.is_heading && (one.zone == Zone::BidForms && one.cell.is_none() || is_listed(case, unit));
        if !of_forms && !headed && !in_a_line {
            continue;
        }
        let raw = one.text.clone();
        let title = core_title(&raw);
        for title in bracketed(&raw) {
            let depends = DEPENDING.iter().any(|w| title.contains(w));
            if !forms.iter().any(|f| f.title == title) {
                let evidence = case.tender.evidence(unit, &(0..raw.len())).into_iter().collect();
                forms.push(Form { evidence, title, listed: true, depends });
            }
        }
        for title in enumerated(&raw) {
            let depends = DEPENDING.iter().any(|w| title.contains(w));
            if !forms.iter().any(|f| f.title == title) {
                let evidence = case.tender.evidence(unit, &(0..raw.len())).into_iter().collect();
                forms.push(Form { evidence, title, listed: true, depends });
            }
        }
        let length = title.chars().count();
        let lower = raw.trim_start().to_lowercase();
        let chapter = lower.starts_with('第') && raw.contains('章')
            || lower.starts_with("section")
            || lower.starts_with("part ")
            || lower.starts_with("chapter");
        let most = if title.is_ascii() { 60 } else { 24 };
        if chapter
            || !(3..=most).contains(&length)
            || OPTIONAL.iter().any(|o| lower.contains(o))
            || raw.contains("……")
            || raw.contains("....")
            || raw.contains(':')
        {
            continue;
        }
        if !FORM_WORDS.iter().any(|w| title.contains(w))
            || ["投标文件", "响应文件", "目录", "bidforms", "biddingforms"].iter().any(|w| title.contains(w))
            || joins(&title)
        {
            continue;
        }
        // What stands under 如有 or a joint bid's heading depends as its heading does.
        let headings = case.tender.headings(unit).join(" ");
        let of_small_firms = title.contains("中小企业") && title.ends_with('函');
        let depends = DEPENDING.iter().any(|w| title.contains(w)) && !(of_small_firms && reserved)
            || OPTIONAL.iter().any(|w| headings.contains(w));
        if !forms.iter().any(|f| f.title == title) {
            let evidence = case.tender.evidence(unit, &(0..raw.len())).into_iter().collect();
            forms.push(Form { evidence, title, listed: !one.is_heading, depends });
        }
    }
    forms
}

/// A numbered line that names a form and says nothing more.
fn is_list_item(text: &str) -> bool {
    let title = skip_numbering(text);
    title.len() < text.trim_start().len()
        && !title.contains(['。', ';', ',', '，', '；', '_', ':', '：', '须', '应'])
        && text.chars().count() <= 60
}

/// The papers that a title names in brackets: 资格证明文件(营业执照、法定代表人身份证明、授权书).
fn bracketed(text: &str) -> Vec<String> {
    let text = folded(text);
    let inner = text.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).map_or("", |(inner, _)| inner);
    let inner = inner.rsplit_once('(').map_or(inner, |(_, last)| last);
    if inner.matches('、').count() == 0 {
        return Vec::new();
    }
    let papers = inner.split('、').map(core_title).filter(|t| (5..=24).contains(&t.chars().count()) && is_paper(t));
    papers.filter(|t| !joins(t) && !OPTIONAL.iter().any(|o| t.contains(o))).collect()
}

/// The forms that one line lists: 1.投标函;2.开标一览表;…, The bid shall comprise the following: Letter of Bid; Price Schedule.
fn enumerated(text: &str) -> Vec<String> {
    const ITEMS_MIN: usize = 5;
    const INTRODUCE: [&str; 12] = [
        "顺序",
        "下列部分",
        "以下部分",
        "下列内容",
        "以下内容",
        "下列文件",
        "以下文件",
        "组成",
        "comprise",
        "the following",
        "shall submit",
        "shall include",
    ];
    let text = folded(text);
    let (intro, list) = match text.split_once(':') {
        Some((intro, list)) if intro.chars().count() <= 80 && !intro.contains(';') => (intro, list),
        _ => ("", text.as_str()),
    };
    // English lists have commas as well: The proposer shall submit: Proposal Form, Price Schedule, Bid Bond.
    let commas = text.is_ascii() && !list.contains(';') && !intro.is_empty();
    let mark = if commas { ',' } else { ';' };
    let items: Vec<&str> = list.split([mark, '。']).map(str::trim).filter(|i| !i.is_empty()).collect();
    let items: Vec<&str> = items.into_iter().map(|i| i.strip_prefix("and ").unwrap_or(i)).collect();
    let is_numbered = |i: &&&str| {
        let bare = i.trim_start_matches(|c: char| c.is_ascii_digit());
        skip_numbering(i).len() < i.len() || bare.len() < i.len() && bare.starts_with(bidlens_domain::fold::is_han)
    };
    let numbered = || items.iter().filter(is_numbered).count() * 2 > items.len();
    let introduced = INTRODUCE.iter().any(|w| intro.to_lowercase().contains(w));
    if items.len() < ITEMS_MIN || !(introduced || intro.is_empty() && numbered()) {
        return Vec::new();
    }
    let optional = |i: &&str| OPTIONAL.iter().any(|o| i.to_lowercase().contains(o));
    let titles = items.into_iter().filter(|i| !optional(i)).map(core_title);
    titles
        .map(|t| t.trim_end_matches('.').to_owned())
        // A title in two languages is known by the first: 修理方案Repair Plan.
        .map(|t| match t.find(|c: char| c.is_ascii_alphabetic()) {
            Some(at) if at > 6 && !t.is_ascii() => t.get(..at).unwrap_or_default().to_owned(),
            _ => t,
        })
        .filter(|t| (3..=if t.is_ascii() { 60 } else { 16 }).contains(&t.chars().count()))
        .filter(|t| FORM_WORDS.iter().any(|w| t.ends_with(w)) && !joins(t))
        .collect()
}

/// `Form 4`, `Appendix B`, `MBD 6.1`: the number of a form is none of its name, when a name follows.
static FORM_NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:form|appendix|annex(?:ure)?|schedule|part|[ms]bd|格式)\s*(?:no\.?\s*)?[-.]?\s*(?:\d+(?:\.\d+)?|[a-h]\d?)[\s.:–-]+").ok()
});

/// A heading without number, brackets and the word 格式, in lower case.
fn core_title(text: &str) -> String {
    let text = folded(text);
    // 法定代表人(负责人)证明书 goes on behind its brackets.
    let text = match text.split_once('(').and_then(|(before, rest)| Some((before, rest.split_once(')')?.1))) {
        Some((before, behind))
            if before.trim().chars().count() >= 3
                && FORM_WORDS.iter().any(|w| behind.trim_start().chars().take(8).collect::<String>().contains(w))
                && !FORM_WORDS.iter().any(|w| before.trim_end().ends_with(w)) =>
        {
            format!("{before}{behind}")
        }
        _ => text,
    };
    let cut = text.find(['(', ':']).filter(|at| *at > 2).and_then(|at| text.get(..at)).unwrap_or(&text).to_owned();
    let stripped = strip_label(if cut.trim().chars().count() >= 3 { &cut } else { &text });
    let stripped = FORM_NUMBER.as_ref().map_or(stripped.clone(), |p| p.replace(&stripped, "").into_owned());
    let bare = stripped.trim_start_matches("附件").trim_start_matches("附表").trim_start_matches("格式");
    // 格式十一 is a number; 三年财务报表 begins with none.
    let numbered = bare.len() < stripped.len();
    let bare = bare.trim_start_matches(|c: char| {
        c.is_ascii_digit()
            || matches!(c, '-' | '.' | '、' | '一' | ' ' | ':')
            || numbered && "二三四五六七八九十".contains(c)
    });
    bare.replace("格式", "")
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// A title of one paper; 资格证明文件 and 实施方案 name parts that bidders call as they like.
fn is_paper(title: &str) -> bool {
    ["函", "表", "书", "声明", "承诺", "身份证明", "资格证明", "协议"].iter().any(|w| title.ends_with(w))
        && !title.ends_with("说明书")
}

/// A title of two forms in one.
fn joins(title: &str) -> bool {
    title.contains('及') || title.contains('与') || title.contains('和') || title.contains('、')
}

/// Whether the form may stand under another name: its words stand somewhere, or a title shares most of its pairs.
fn similar(bid: &Bid<'_>, titles: &[(usize, String)], wanted: &str) -> bool {
    // 技术条款响应 answers what a table of deviations would.
    let answers = |t: &str| ["偏离", "响应", "应答"].iter().any(|w| t.contains(w));
    let subject = ["技术", "商务", "服务"].into_iter().find(|w| wanted.contains(w));
    if let Some(subject) = subject.filter(|_| answers(wanted))
        && titles.iter().any(|(_, t)| t.chars().count() <= 30 && t.contains(subject) && answers(t))
    {
        return true;
    }
    let characters: Vec<char> = wanted.chars().collect();
    let parts: Vec<String> = characters.chunks(4).filter(|c| c.len() >= 3).map(|c| c.iter().collect()).collect();
    if !parts.is_empty() && parts.iter().all(|p| bid.bare.contains(p.as_str())) {
        return true;
    }
    let pairs: Vec<String> = characters.windows(2).map(|w| w.iter().collect()).collect();
    titles.iter().filter(|(_, t)| t.chars().count() <= wanted.chars().count() + 10).any(|(_, title)| {
        let shared = pairs.iter().filter(|p| title.contains(p.as_str())).count();
        shared * 10 >= pairs.len() * 6
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_goes_on_behind_its_brackets() {
        assert_eq!(core_title("二、法定代表人（负责人）证明书"), "法定代表人证明书");
        assert_eq!(core_title("（一）投标函（格式）"), "投标函");
        assert_eq!(core_title("格式三 开标一览表（一）"), "开标一览表");
    }

    #[test]
    fn forms_in_one_line_are_listed() {
        let line =
            "投标人应按以下顺序编制:1.投标函;2.开标一览表;3.联合体协议(如有);4.业绩一览表;5.廉洁承诺书;6.服务方案。";
        assert_eq!(enumerated(line), ["投标函", "开标一览表", "业绩一览表", "廉洁承诺书", "服务方案"]);
        let line = "The bid shall comprise the following: Letter of Bid; Price Schedule; Bid Security; Power of Attorney; Beneficial Ownership Disclosure Form.";
        assert_eq!(enumerated(line), ["priceschedule", "beneficialownershipdisclosureform"]);
        assert!(enumerated("投标人应:1.按时到场;2.携带证件;3.服从安排;4.保持安静;5.签到。").is_empty());
    }

    #[test]
    fn papers_in_brackets_are_forms() {
        let title = "（七）资格证明文件（营业执照、法定代表人身份证明、法定代表人授权书）";
        assert_eq!(bracketed(title), ["法定代表人身份证明", "法定代表人授权书"]);
        assert!(is_list_item("(一)投标书") && !is_list_item("1.投标人应按下列格式填写。"));
    }
}
