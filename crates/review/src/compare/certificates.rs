//! What it checks: licences and certificates are there when demanded, valid when bids are due, and of the grade asked.
//! Why it matters: a qualification that is not proven rejects the bid (实施条例 51(三); 财政部令第87号 63(三)).
//! Months of social security are counted here too.
//! Exclusions: 长期 has no end; the period of a guarantee, an authority or the bid itself is no certificate.

mod finance;
mod floors;
mod grades;
mod insurance;
mod issued;
mod licence;

use std::collections::HashSet;
use std::sync::LazyLock;

use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Case, Check, Judgement, Report};
use crate::bid::Sentence;
use crate::grammar::{dates, numbers};
use crate::reading::{Zone, skip_numbering};

use licence::InPictures;

pub(super) const CHECK: Check = Check { id: "B012", dimension: Dimension::Qualification, run };

/// Papers whose absence can be proven by their name.
const PAPERS: [(&str, &str); 8] = [
    ("营业执照", "a business licence"),
    ("安全生产许可证", "a work safety licence"),
    ("资质证书", "a qualification certificate"),
    ("医疗器械经营许可证", "a medical device distribution licence"),
    ("食品经营许可证", "a food business licence"),
    ("生产许可证", "a production licence"),
    ("质量管理体系认证", "a quality management system certificate"),
    ("检验报告", "an inspection report"),
];
const UNTIL: [&str; 22] = [
    "有效期截止",
    "有效期截至",
    "有效期至",
    "有效期限至",
    "有效期到",
    "有效至",
    "证书有效期",
    "有效期:",
    "有效期限",
    "有效期20",
    "有效期自",
    "有效期从",
    "valid until",
    "valid through",
    "valid to ",
    "expiry",
    "expires",
    "expired on",
    "in force until",
    "in force to",
    "valid till",
    "valid up to",
];
const OTHERS: [&str; 12] = [
    "投标有效期",
    "保函",
    "保证金",
    "委托",
    "授权",
    "合同",
    "响应文件有效期",
    "报价有效期",
    "磋商有效期",
    "身份证",
    "security",
    "guarantee",
];
/// Words of a paper that another took the place of, told with it.
const REPLACED: [&str; 20] = [
    "原证书",
    "旧证",
    "换发",
    "续期",
    "首次有效",
    "首张",
    "旧版",
    "原有效期",
    "延期后",
    "变更为长期",
    "已作废",
    "已延续",
    "已完成延续",
    "former ",
    "previous ",
    "renewed until",
    "was renewed",
    "been renewed",
    "first valid",
    "our first",
];

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    expiry(case, report);
    presence(case, report);
    makers_letter(case, report);
    authority(case, report);
    finance::run(case, report);
    grades::run(case, report);
    insurance::run(case, report);
    floors::run(case, report);
    issued::run(case, report);
}

fn expiry(case: &Case<'_>, report: &mut Report<'_>) {
    let Some(deadline) = case.deadline() else { return };
    let demand = case.tender_clauses(|t| t.contains("有效期内") && (t.contains('证') || t.contains("资质")));
    let (text, tender) = demand.first().cloned().unwrap_or_default();
    let mut told: HashSet<usize> = HashSet::new();
    let all: Vec<Sentence> = case.bid.sentences.iter().flat_map(|s| papers_in(case, s)).collect();
    for sentence in &all {
        let words = case.bid.text(sentence);
        let heading = case.bid.column_heading(sentence.unit);
        // 该证书于2030年8月14日到期: the date stands before the word.
        let runs_out = ["到期", "届满"]
            .iter()
            .filter(|_| words.contains('证') || words.contains("许可") || words.contains("资质"))
            .find_map(|w| words.find(w));
        let until = UNTIL.iter().filter_map(|u| words.to_lowercase().find(u)).min();
        let speaks = until.or(runs_out).is_some() || is_end_column(heading) || issued_for(words).is_some();
        // The licence of a Private Security Authority is no security.
        let papers = |t: &str| ["licen", "certificat", "accredit"].iter().any(|w| t.contains(w));
        let other = |t: &str| {
            let lower = t.to_lowercase();
            REPLACED.iter().any(|w| lower.contains(w))
                || OTHERS.iter().any(|o| lower.contains(o) && !(*o == "security" && papers(&lower)))
        };
        if !speaks || !case.bid.is_own(sentence.unit) || other(words) || other(&case.bid.label(sentence.unit)) {
            continue;
        }
        let said = match (until, runs_out) {
            (Some(after), _) => words.get(after..),
            (None, Some(before)) => words.get(..before),
            (None, None) => Some(words),
        };
        // A period has two dates; its end is the last. In English the day stands right behind its word.
        let english = until.is_some_and(|at| words.get(at..).is_some_and(|t| t.starts_with(|c: char| c.is_ascii())));
        let mut stamps = dates::find(said.unwrap_or(words)).into_iter();
        // The only date of a paper whose years are told is its day of issue.
        let issued = issued_for(words).filter(|_| until.or(runs_out).is_none());
        let stated = if english { stamps.next() } else { stamps.next_back() }.map(|stamp| stamp.moment.date());
        let Some(end) = issued.or(stated) else { continue };
        let name = name_of(case, sentence);
        let mut evidence = case.bid.evidence(sentence);
        // The name stands in a cell of its own.
        let names =
            |u: usize| case.bid.reading.unit(u).is_some_and(|x| x.text.contains('证') || x.text.contains("报告"));
        let lead = case.bid.row(sentence.unit).iter().copied().find(|&u| u != sentence.unit && names(u));
        evidence.extend(lead.into_iter().flat_map(|u| case.bid.unit_evidence(u)));
        // One paragraph may tell of several papers.
        let subject = match told.insert(sentence.unit) {
            true => format!("expiry {}", sentence.unit),
            false => format!("expiry {} {}", sentence.unit, sentence.range.start),
        };
        let judgement = if end < deadline.date() {
            let remark = both(
                format!("“{name}”有效期至 {end}，早于投标截止日 {}", deadline.date()),
                format!("“{name}” is valid until {end}, before the bid deadline of {}", deadline.date()),
            );
            // A renewed certificate of the same name takes the old one's place.
            let renewed = case.bid.sentences.iter().any(|s| {
                let text = case.bid.text(s);
                s.unit != sentence.unit
                    && (text.contains("换发") || text.contains("续期") || text.contains("换证"))
                    && dates::find(text).iter().any(|d| d.moment.date() >= deadline.date())
            });
            Judgement::new(if renewed { Verdict::Risk } else { Verdict::Fail }, subject, remark)
        } else {
            let remark = both(
                format!("“{name}”在投标截止日有效（至 {end}）"),
                format!("“{name}” is valid at the bid deadline (until {end})"),
            );
            Judgement::new(Verdict::Pass, subject, remark)
        };
        report.push(judgement.demands(text.clone(), tender.clone()).says(evidence));
    }
}

/// The parts of a sentence that each tell the end of a paper: 质量…认证证书有效期至…,环境…认证证书有效期至…; or the whole.
fn papers_in(case: &Case<'_>, sentence: &Sentence) -> Vec<Sentence> {
    let words = case.bid.text(sentence);
    // 安全生产许可证有效期至…,已换发新证,有效期至…: one paper, told with what took its place.
    let lower = words.to_lowercase();
    if REPLACED.iter().any(|w| lower.contains(w)) {
        return vec![sentence.clone()];
    }
    let mut parts: Vec<Sentence> = Vec::new();
    let mut start = 0;
    let ends = words.match_indices([',', '，', '、']).map(|(at, mark)| at + mark.len()).chain([words.len()]);
    for end in ends {
        let part = words.get(start..end).unwrap_or_default();
        let lower = part.to_lowercase();
        let ends_here = UNTIL.iter().any(|u| lower.contains(u)) && !dates::find(part).is_empty();
        if ends_here {
            let from = sentence.range.start;
            parts.push(Sentence { unit: sentence.unit, range: from + start..from + end });
            start = end;
        }
    }
    if parts.len() > 1 { parts } else { vec![sentence.clone()] }
}

/// The end of a paper of which the day of issue and the years are told: 2024年8月20日发证,有效期三年.
fn issued_for(words: &str) -> Option<chrono::NaiveDate> {
    let text = words;
    let found = YEARS_VALID.as_ref()?.captures(text)?;
    let years = u32::try_from(numbers::count(found.get(1)?.as_str())?).ok()?;
    let mut stamps = dates::find(text).into_iter();
    let (issued, None) = (stamps.next()?, stamps.next()) else { return None };
    let tells = ["发证", "颁发", "签发", "取得", "核发", "获证"].iter().any(|w| text.contains(w));
    let months = chrono::Months::new(years.checked_mul(12)?);
    issued.moment.date().checked_add_months(months).filter(|_| tells)
}

static YEARS_VALID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"有效期限?(?:为|:)?\s*(\d{1,2}|[一二两三四五六七八九十])\s*年(?:[^\d]|$)").ok());

/// What the end of validity is said of: the cell of its row that names a paper, or the words before it in the sentence.
fn name_of(case: &Case<'_>, sentence: &Sentence) -> String {
    let reading = &case.bid.reading;
    const ENGLISH: [&str; 7] = ["certificat", "licen", "registration", "insurance", "policy", "membership", "accredit"];
    let names_paper = |t: &str| {
        let lower = t.to_ascii_lowercase();
        ["证", "认证", "资质", "报告", "许可"].iter().any(|w| t.contains(w))
            || ENGLISH.iter().any(|w| lower.contains(w))
    };
    let text = case.bid.text(sentence);
    if let Some(place) = reading.units.get(sentence.unit).and_then(|u| u.cell) {
        let cells = case.bid.row(sentence.unit).iter().filter(|&&u| u != sentence.unit);
        let named = cells.filter_map(|&u| reading.units.get(u)).find(|u| {
            names_paper(&u.text) && u.text.chars().count() <= 40 && !u.text.chars().any(|c| c.is_ascii_digit())
        });
        if let Some(cell) = named {
            return cell.text.lines().next().unwrap_or_default().to_owned();
        }
        let label = reading.row_label(place);
        if let Some(label) = label.filter(|l| !l.chars().any(|c| c.is_ascii_digit())) {
            return label;
        }
    }
    // 质量管理体系认证证书（编号…）有效期至…: up to where the validity begins.
    let end = UNTIL.iter().filter_map(|u| text.to_lowercase().find(u)).min().unwrap_or(text.len());
    let before = text.get(..end).unwrap_or_default();
    // Commas of sums part nothing.
    let parts: Vec<&str> = match before.is_ascii() {
        true => before.split(", ").flat_map(|p| p.split([':', '('])).collect(),
        false => before.split([',', ':', '(', '、', '，']).collect(),
    };
    let part =
        parts.into_iter().filter(|p| names_paper(p)).find(|p| p.chars().count() <= if p.is_ascii() { 70 } else { 40 });
    // 认证证书复印件附后: how it is handed in is none of its name.
    let bare = |p: &str| ["复印件", "扫描件", "原件", "附后", "见附"].iter().filter_map(|w| p.find(w)).min();
    let part = part.map(|p| p.get(..bare(p).unwrap_or(p.len())).unwrap_or(p));
    let part = part.map(|p| skip_numbering(p).trim().trim_end_matches('的').trim_end_matches(" is"));
    let part = part.map(|p| p.trim_matches(['《', '》']).to_owned());
    part.filter(|p| !p.is_empty()).unwrap_or_else(|| reading.heading(sentence.unit).to_owned())
}

/// A column of ends of validity and nothing else: a date alone under 有效期/日期 may be the day of issue.
fn is_end_column(heading: &str) -> bool {
    let ends = heading.contains("有效期") || heading.contains("到期");
    let mixed = ["/日期", "、日期", "签发", "发证", "出具", "颁发"].iter().any(|w| heading.contains(w));
    ends && !mixed
}

fn presence(case: &Case<'_>, report: &mut Report<'_>) {
    for (paper, paper_en) in PAPERS {
        let mut demand = None;
        for (unit, one) in case.tender.units.iter().enumerate() {
            if !matches!(
                one.zone,
                Zone::Notice | Zone::FrontTable | Zone::Instructions | Zone::Evaluation | Zone::Requirement
            ) {
                continue;
            }
            demand = crate::bid::cut(&one.text)
                .find(|range| {
                    let text = case.tender.text(unit, range);
                    names_paper(text, paper)
                        && (text.contains("提供")
                            || text.contains("具有")
                            || text.contains("有效")
                            || text.contains("须")
                            || text.contains("应"))
                        && !text.contains("得分")
                        && !text.contains("中标后")
                        && !text.contains("分,")
                        && !text.contains("如有")
                        && !text.contains("外包装")
                })
                .map(|range| (unit, range));
            if demand.is_some() {
                break;
            }
        }
        let Some((unit, range)) = demand else { continue };
        let quote = case.tender.text(unit, &range).trim().to_owned();
        let tender = case.tender.evidence(unit, &range).into_iter().collect();
        let found = case.bid.sentences.iter().find(|s| names_paper(case.bid.text(s), paper));
        // Institutions, firms of professionals and people have other papers than companies.
        let other_name = ["事业单位法人证书", "执业许可证", "登记证书", "三证合一", "五证合一"]
            .iter()
            .any(|w| case.bid.bare.contains(w));
        let pictured =
            (paper == "营业执照" && found.is_none()).then(|| licence::in_pictures(case.bid.reading.documents));
        let judgement = match (found, pictured) {
            (Some(sentence), _) => {
                let remark = both(format!("已提供{paper}"), format!("The bid provides {paper_en}"));
                Judgement::new(Verdict::Pass, paper, remark).says(case.bid.evidence(sentence))
            }
            (None, Some(InPictures::Licence(Some(evidence)))) => {
                let remark = both(
                    format!("图片中有{paper}的内容"),
                    format!("A picture in the bid has the contents of {paper_en}"),
                );
                Judgement::new(Verdict::Pass, paper, remark).says(vec![evidence])
            }
            (None, Some(InPictures::Nothing)) if case.bid.surely_read && !other_name => {
                let remark = both(
                    format!("全文检索未找到{paper}"),
                    format!("A search of the whole bid did not find {paper_en}"),
                );
                Judgement::new(Verdict::Fail, paper, remark).state(FindingState::NotFound).rigid()
            }
            (None, _) => {
                let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
                let remark = both(
                    format!("未找到{paper}，请核对"),
                    format!("The bid was not found to provide {paper_en}; please check"),
                );
                Judgement::new(Verdict::Risk, paper, remark).state(state)
            }
        };
        report.push(judgement.demands(quote, tender));
    }
}

/// Whether a text names a paper, and not another whose name ends with its: 安全生产许可证 is no 生产许可证.
fn names_paper(text: &str, paper: &str) -> bool {
    text.match_indices(paper)
        .any(|(at, _)| paper != "生产许可证" || !text.get(..at).is_some_and(|t| t.ends_with("安全")))
}

/// An authority to sign, or a maker's to sell, that runs out before bids are due.
fn authority(case: &Case<'_>, report: &mut Report<'_>) {
    const PERIODS: [&str; 14] = [
        "委托期限",
        "授权期限",
        "授权有效期",
        "委托有效期",
        "授权书有效期",
        "授权期",
        "有效期",
        "有效至",
        "有效期限",
        "ends on",
        "expires on",
        "valid until",
        "valid till",
        "in force until",
    ];
    let Some(deadline) = case.deadline() else { return };
    for sentence in &case.bid.sentences {
        let words = case.bid.text(sentence);
        let heading = case.bid.reading.headings(sentence.unit).join(" ");
        let about =
            |t: &str| t.contains("授权") || t.contains("委托") || t.to_ascii_lowercase().contains("power of attorney");
        let named = PERIODS.iter().find_map(|w| words.find(w));
        let Some(at) = named.filter(|_| about(words) || about(&heading)) else { continue };
        let other =
            ["证书", "执照", "许可证", "身份证", "保函", "投标有效期", "专利"].iter().any(|w| words.contains(w));
        let said = words.get(at..).unwrap_or_default();
        // The end stands behind 至; 自2026年5月1日至合同履行完毕 names none.
        let end = ["至", "到", "~", "—", "–", "-", " on ", "until", "till"]
            .iter()
            .filter_map(|w| said.rfind(w).map(|at| at + w.len()))
            .max();
        let end = end.and_then(|at| dates::find(said.get(at..)?).into_iter().next());
        let Some(end) = end.filter(|_| !other) else { continue };
        if case.bid.is_demand(sentence.unit) || end.moment.date() >= deadline.date() {
            continue;
        }
        let remark = both(
            format!("授权至 {}，早于投标截止日 {}", end.moment, deadline.date()),
            format!("The authorisation runs until {}, before the bid deadline of {}", end.moment, deadline.date()),
        );
        let demand = case.tender_clauses(|t| t.contains("授权委托书") || t.contains("授权书"));
        let (text, tender) = demand.into_iter().next().unwrap_or_default();
        report.push(
            Judgement::new(Verdict::Risk, format!("authority {}", sentence.unit), remark)
                .demands(text, tender)
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// The maker's letter of a bidder who sells another's goods, where the tender wants one of everybody.
fn makers_letter(case: &Case<'_>, report: &mut Report<'_>) {
    const CONDITIONS: [&str; 22] = [
        "如",
        "若",
        "非制造",
        "代理",
        "经销",
        "进口",
        "得分",
        "加分",
        "分,",
        "时,",
        "或",
        "中标后",
        "合同",
        "if ",
        "unless",
        "where ",
        "not manufacture",
        "not produce",
        "in case",
        "successful",
        "dealer",
        "agent",
    ];
    const DEMANDS: [&str; 9] = ["须", "应", "必须", "提供", "出具", "shall", "must", "required", "include"];
    let of_maker = |t: &str| {
        let lower = t.to_lowercase();
        ["制造商", "生产厂", "厂家", "厂商", "原厂", "生产企业"].iter().any(|w| t.contains(w)) && t.contains("授权")
            || lower.contains("manufacturer") && (lower.contains("authoris") || lower.contains("authoriz"))
    };
    let asks = |t: &str| {
        let lower = t.to_lowercase();
        of_maker(t) && DEMANDS.iter().any(|w| lower.contains(w)) && !CONDITIONS.iter().any(|w| lower.contains(w))
    };
    let part = |zone| matches!(zone, Zone::Notice | Zone::FrontTable | Zone::Instructions | Zone::Requirement);
    let Some((text, tender)) = case.tender_clauses_in(part, asks).into_iter().next() else { return };
    let makes = |t: &str| {
        let lower = t.to_lowercase();
        ["我公司为制造商", "我公司是制造商", "我方为制造商", "自主生产", "自行生产", "本公司生产"]
            .iter()
            .any(|w| t.contains(w))
            || lower.contains("we are the manufacturer")
            || lower.contains("manufactured by us")
    };
    let said = |wanted: &dyn Fn(&str) -> bool| {
        case.bid.sentences.iter().find(|s| !case.bid.is_demand(s.unit) && !case.copied(s) && wanted(case.bid.text(s)))
    };
    if said(&makes).is_some() {
        return;
    }
    let subject = "makers letter";
    let judgement = match said(&of_maker) {
        Some(sentence) => {
            Judgement::new(Verdict::Pass, subject, both("已提供制造商授权", "The maker's authorisation is enclosed"))
                .says(case.bid.evidence(sentence))
        }
        None => {
            let state = if case.bid.readable { FindingState::NotFound } else { FindingState::Unreadable };
            let remark = both("未找到制造商授权书，请核对", "No authorisation from the maker was found; please check");
            Judgement::new(Verdict::Risk, subject, remark).state(state)
        }
    };
    report.push(judgement.demands(text, tender));
}
