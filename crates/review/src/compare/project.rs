//! What it checks: the bid names this project by its number and name.
//! Why it matters: another number is a bid for another project, or one written for it.

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Case, Check, Judgement, Report};
use crate::bid::Bid;
use crate::fields::letters;

pub(super) const CHECK: Check = Check { id: "B013", dimension: Dimension::DocumentStructure, run };

/// Paragraphs that a cover takes.
const COVER_UNITS: usize = 30;

static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:项目编号|招标编号|采购编号|采购项目编号|项目号|(?:project identification|project id|procurement|solicitation|tender|rfp|rfb|rfq|rft|itb|ifb|itt|bid|bidding|nit) (?:no\.?|number|ref(?:erence)?(?: no\.?)?|id)|reference (?:no\.?|number)|编号为)(?:\s*(?:bid|tender|project|reference|itb|rfb)\s*(?:no\.?|number|ref\.?))?\s*:?\s*(\p{Han}{0,8}[A-Za-z0-9\[(〔][A-Za-z0-9\p{Han}\[\]()〔〕\-_/.]{2,40})").ok()
});
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:项目名称|采购项目名称|工程名称)(?:\s*(?i:project(?: name| title)?))?\s*:\s*(.{4,120})$").ok()
});

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    number(case, report);
    name(case, report);
    residue(case, report);
    english_residue(case, report);
    studied(case, report);
}

/// The tender that a letter says was read: 已仔细研究了…施工招标文件的全部内容.
static STUDIED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:研究了?|阅读了?|审阅了?|收到了?|获取了?|考察了?)(?:贵方|贵单位|你方|贵公司|的)*([^,。;:()]{6,60}?)(?:的)?(?:招标|采购|磋商|谈判|询价)(?:文件|公告)").ok()
});

/// A letter that names another project than this one as that of the tender which the bidder has read.
fn studied(case: &Case<'_>, report: &mut Report<'_>) {
    let (Some(field), Some(pattern)) = (case.facts.field("project_name"), STUDIED.as_ref()) else { return };
    let Some(wanted) = field.text().map(letters) else { return };
    for sentence in case.bid.sentences.iter().filter(|s| case.bid.is_binding(s.unit) && case.own(s)) {
        let Some(name) = pattern.captures(case.bid.text(sentence)).and_then(|c| c.get(1)) else { continue };
        let name = name.as_str().trim();
        let have = letters(name);
        let telling =
            have.chars().count() >= 8 && !["本项目", "该项目", "贵", "全部", "__"].iter().any(|w| name.contains(w));
        let known = have.contains(&wanted) || wanted.contains(&have) || case.tender_words.contains(&super::bare(name));
        if !telling || known {
            continue;
        }
        let own_name = field.text().unwrap_or_default();
        let remark = both(
            format!("投标函写的是“{name}”，招标项目是“{own_name}”，请核对"),
            format!("The letter names “{name}”; the project is “{own_name}”; please check"),
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("studied {}", sentence.unit), remark)
                .demands_field(field)
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// A number or a name that a bid gives as this project's.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) unit: usize,
    /// Which of the unit's.
    nth: usize,
    pub(crate) words: String,
}

/// The numbers that a bid gives as this project's.
pub(crate) fn said_numbers(bid: &Bid<'_>) -> Vec<Said> {
    let Some(pattern) = NUMBER.as_ref() else { return Vec::new() };
    let mut said = Vec::new();
    for (unit, one) in bid.reading.units.iter().enumerate().filter(|(unit, _)| bid.is_own(*unit)) {
        let row = one.cell.and_then(|c| bid.reading.row_label(c)).unwrap_or_default();
        let in_cell = ["项目编号", "招标编号", "采购编号"].iter().any(|l| row == *l).then(|| one.text.clone());
        let named = pattern
            .captures_iter(&one.text)
            .filter_map(|c| c.get(1).map(|m| number_of(m.as_str().trim_start_matches(['为', '是'])).to_owned()));
        let numbers = in_cell.into_iter().chain(named).enumerate();
        said.extend(
            numbers
                .map(|(nth, words)| Said { unit, nth, words })
                .filter(|said| letters(&said.words).chars().count() >= 4),
        );
    }
    said
}

/// The names that a bid gives as this project's.
pub(crate) fn said_names(bid: &Bid<'_>) -> Vec<Said> {
    let Some(pattern) = NAME.as_ref() else { return Vec::new() };
    let mut said = Vec::new();
    for (unit, one) in bid.reading.units.iter().enumerate() {
        let row = one.cell.and_then(|c| bid.reading.row_label(c)).unwrap_or_default();
        // In a table of earlier contracts 项目名称 names those.
        if one.cell.is_some() && (row != "项目名称" || heads_columns(bid, unit)) || !bid.is_own(unit) {
            continue;
        }
        let words = pattern
            .captures(&one.text)
            .and_then(|c| c.get(1).map(|m| m.as_str().to_owned()))
            .or_else(|| one.cell.is_some().then(|| one.text.clone()));
        let words = words.filter(|words| letters(words).chars().count() >= 6);
        said.extend(words.map(|words| Said { unit, nth: 0, words }));
    }
    said
}

/// Whether a cell stands in the row that names the columns: what is below 项目名称 is the name, not what is beside it.
fn heads_columns(bid: &Bid<'_>, unit: usize) -> bool {
    let Some(place) = bid.reading.unit(unit).and_then(|u| u.cell) else { return false };
    let row = bid.row(unit);
    let others = bid.reading.grids.get(place.grid).map_or(0, |g| g.rows.len());
    // A form of labels and values has two cells or four to a row, a date or a sum among them.
    let label = |&u: &usize| {
        let text = bid.reading.unit(u).map_or("", |u| u.text.trim());
        text.chars().count() <= 16 && !text.chars().any(|c| c.is_ascii_digit())
    };
    others > 1 && row.len() > 2 && place.row == 0 && row.iter().all(label)
}

/// Whether two numbers mean the same project: one may be written shorter.
pub(crate) fn same_number(have: &str, wanted: &str) -> bool {
    have.contains(wanted) || wanted.contains(have) && have.len() * 2 > wanted.len()
}

/// The tender's number: the field's, or the first that its own first lines give under a label of two languages. And whether
/// it is the field's.
fn wanted_number(case: &Case<'_>) -> Option<(String, String, Vec<Evidence>, bool)> {
    const FIRST_UNITS: usize = 40;
    if let Some(field) = case.facts.field("tender_no")
        && let Some(number) = field.text()
    {
        let quote = field.evidence().first().map(|e| e.quote().to_owned()).unwrap_or_default();
        return Some((number.to_owned(), quote, field.evidence().iter().take(2).cloned().collect(), true));
    }
    let tender = case.tender;
    tender.units.iter().enumerate().take(FIRST_UNITS).find_map(|(unit, one)| {
        let number = NUMBER.as_ref()?.captures(&one.text)?.get(1)?;
        // An English label alone may be that of anything.
        let label = one.text.get(..number.start())?;
        if !["项目编号", "招标编号", "采购编号"].iter().any(|w| label.contains(w)) {
            return None;
        }
        let number = number_of(number.as_str()).to_owned();
        let telling = letters(&number).chars().count() >= 6 && number.contains(|c: char| c.is_ascii_digit());
        let evidence = tender.evidence(unit, &(0..one.text.len())).into_iter().collect();
        telling.then(|| (number, one.text.clone(), evidence, false))
    })
}

fn number(case: &Case<'_>, report: &mut Report<'_>) {
    let Some((asked, quote, tender, read)) = wanted_number(case) else { return };
    let wanted = letters(&asked);
    let mut passed = false;
    let all_numbers: String = case.tender.units.iter().map(|u| letters(&u.text)).collect::<Vec<_>>().join(" ");
    for Said { unit, nth, words } in said_numbers(case.bid) {
        let have = letters(&words);
        let evidence = case.bid.unit_evidence(unit);
        if same_number(&have, &wanted) {
            if !passed {
                passed = true;
                let remark = both("项目编号与招标文件一致", "The project number agrees with the tender");
                report.push(
                    Judgement::new(Verdict::Pass, "number", remark)
                        .demands(quote.clone(), tender.clone())
                        .says(evidence),
                );
            }
        } else if all_numbers.contains(&have) {
            // A number the tender itself prints, such as that of the plan.
        } else {
            let remark = both(
                format!("项目编号“{words}”与招标文件“{asked}”不一致"),
                format!("The project number “{words}” differs from the tender's “{asked}”"),
            );
            // On a certificate, a report or a contract stands the number of another project rightly.
            let headings = case.bid.reading.headings(unit);
            let front = case.bid.is_binding(unit) || headings.is_empty() && unit < COVER_UNITS;
            // 曾参加…(项目编号…)并中标: told of an earlier project.
            let said = case.bid.reading.unit(unit).map_or("", |u| u.text.as_str());
            let earlier = ["曾", "期间", "承接", "并中标", "业绩", "confirmed"].iter().any(|w| said.contains(w));
            if earlier && !front && !alike(&have, &wanted) {
                continue;
            }
            let verdict = if alike(&have, &wanted) || front && read { Verdict::Fail } else { Verdict::Risk };
            report.push(
                Judgement::new(verdict, format!("number {unit} {nth}"), remark)
                    .demands(quote.clone(), tender.clone())
                    .says(evidence),
            );
        }
    }
}

/// The number at the start of a text: letters, digits and signs, with Chinese characters that belong to it.
///
/// `沅建招[2031]27号` and `FQ[2031]货-12` are numbers; in `QX-18的投标` the words behind are none of it.
fn number_of(text: &str) -> &str {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let is_sign =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '[' | ']' | '(' | ')' | '〔' | '〕' | '-' | '_' | '/' | '.');
    let mut end = 0;
    let mut at = 0;
    while let Some(&(_, c)) = chars.get(at) {
        let run = chars.iter().skip(at).take_while(|(_, c)| !is_sign(*c)).count();
        if run > 0 {
            let goes_on = chars.get(at + run).is_some_and(|(_, c)| !matches!(c, '(' | ')' | '.'));
            let closes = c == '号' && at > 0;
            match (at, closes, goes_on) {
                (_, true, _) => return text.get(..chars.get(at + 1).map_or(text.len(), |(i, _)| *i)).unwrap_or(text),
                // In front a word names who counts; inside only one or two letters do.
                (0, false, true) => at += run,
                (_, false, true) if run <= 2 => at += run,
                _ => break,
            }
            continue;
        }
        at += 1;
        end = at;
    }
    let end = chars.get(end).map_or(text.len(), |(i, _)| *i);
    let number = text.get(..end).unwrap_or(text).trim_end_matches(['(', '[', '-', '.', '/']);
    // 某项目(项目编号YSCG-2023-011): the bracket is the sentence's.
    match number.strip_suffix([')', ']', '〕']) {
        Some(bare) if !bare.contains(['(', '[', '〔']) => bare,
        _ => number,
    }
}

/// Whether two numbers differ so little that one is meant to be the other.
fn alike(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    a.len().abs_diff(b.len()) <= 2 && (start + end) * 3 >= a.len().min(b.len()) * 2
}

fn name(case: &Case<'_>, report: &mut Report<'_>) {
    let Some(field) = case.facts.field("project_name") else { return };
    let Some(wanted) = field.text().map(letters) else { return };
    for Said { unit, words, .. } in said_names(case.bid) {
        let have = letters(&words);
        let evidence = case.bid.unit_evidence(unit);
        let judgement = if have.contains(&wanted) || wanted.contains(&have) {
            let remark = both("项目名称与招标文件一致", "The project name agrees with the tender");
            Judgement::new(Verdict::Pass, "name", remark)
        } else {
            let remark =
                both("项目名称与招标文件不一致，请核对", "The project name differs from the tender's; please check");
            Judgement::new(Verdict::Risk, format!("name {unit}"), remark)
        };
        report.push(judgement.demands_field(field).says(evidence));
    }
}

/// A project that a promise is made for, in a running sentence: 为保证…项目的顺利实施.
static PROMISED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:为|为了|针对|就|对|对于|关于|参加|参与|承接|承担|组织|做好|完成|确保|依据|根据|结合|按照)(?:确保|保证|保障|做好|完成|实施|落实|满足|组织好?|贵单位|贵方|贵公司|你方)*([\p{Han}0-9A-Za-z()〔〕\[\]-]{4,40}?(?:采购项目|建设项目|服务项目|改造项目|养护项目|施工项目|项目|工程))(?:的|,|采购|招标|磋商|实施|投标|中|我|特|郑重|作出|做出|承诺|$)").ok()
});

/// A body that a promise is made to, in a running sentence: 为落实…医院的建设要求.
static PROMISED_TO: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:为|为了|根据|按照|满足|落实|响应|符合|遵守|服从|配合|听从)(?:确保|保证|满足|落实|响应|配合)*([\p{Han}0-9]{3,30}?(?:医院|大学|学院|中学|小学|学校|管理局|管理处|服务中心|委员会|指挥部|集团|有限公司))的?(?:建设|使用|管理|实际|各项|相关|具体|采购|服务|招标|工作){0,2}(?:要求|需求|需要|规定|安排|指挥|管理|工作)").ok()
});

/// A body that looks after the work, in a running sentence: …城市管理局可随时检查.
static PROMISED_BY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|[,。;])([\p{Han}0-9]{3,30}?(?:医院|大学|学院|中学|小学|学校|管理局|管理处|执法局|服务中心|委员会|指挥部))(?:可以|可|有权)(?:随时|对我|对本)").ok()
});

/// Whether the tender knows the place that a body's name begins with: a supervisor of the buyer's own town.
fn of_this_place(case: &Case<'_>, name: &str) -> bool {
    let end =
        name.char_indices().find(|(at, c)| *at > 0 && "省市县区镇乡州".contains(*c)).map(|(at, c)| at + c.len_utf8());
    end.and_then(|end| name.get(..end)).is_none_or(|place| case.tender_words.contains(place))
}

/// Words left over from a bid for somebody else: a project of another name, where this one is meant.
fn residue(case: &Case<'_>, report: &mut Report<'_>) {
    const FINDINGS_MAX: usize = 5;
    let (Some(field), Some(pattern)) = (case.facts.field("project_name"), PROMISED.as_ref()) else { return };
    let Some(own) = field.text().map(letters) else { return };
    let mut found = 0;
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let text = case.bid.text(sentence);
        let in_cell = case.bid.reading.units.get(sentence.unit).is_some_and(|u| u.cell.is_some());
        let past =
            ["曾", "业绩", "已完成", "完成了", "类似", "同类", "其他", "案例", "经验", "任职", "担任", "在建", "竣工"]
                .iter()
                .any(|w| text.contains(w));
        if in_cell || past {
            continue;
        }
        let said = |pattern: &Regex| pattern.captures(text).and_then(|c| c.get(1)).map(|m| m.as_str().to_owned());
        let project = said(pattern).filter(|name| names_a_project(name));
        let body = || PROMISED_TO.as_ref().and_then(said).filter(|name| names_a_body(name) && !is_own_name(case, name));
        let by = || PROMISED_BY.as_ref().and_then(said).filter(|n| names_a_body(n) && !of_this_place(case, n));
        let Some(name) = project.or_else(body).or_else(by) else { continue };
        let name = name.as_str();
        if shares_words(&letters(name), &own) && !of_another_body(case, name)
            || case.tender_words.contains(&super::bare(name))
        {
            continue;
        }
        let own_name = field.text().unwrap_or_default();
        let remark = both(
            format!("此处写的是“{name}”，不是本项目“{own_name}”，请核对"),
            format!("“{name}” stands here instead of this project, “{own_name}”; please check"),
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("residue {}", sentence.unit), remark)
                .demands_field(field)
                .says(case.bid.evidence(sentence)),
        );
        found += 1;
        if found == FINDINGS_MAX {
            return;
        }
    }
}

/// Whether a project's name begins with a body that the tender does not know, though the rest may be alike:
/// 苍梧区实验幼儿园食堂项目 for 苍梧区第三小学食堂项目.
fn of_another_body(case: &Case<'_>, name: &str) -> bool {
    let body = BODY.as_ref().and_then(|p| p.find(name)).map(|m| super::bare(m.as_str()));
    body.is_some_and(|body| names_a_body(&body) && !case.tender_words.contains(&body))
}

static BODY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^[\p{Han}]{2,20}?(?:医院|大学|学院|中学|小学|学校|幼儿园|管理局|管理处|服务中心|委员会|图书馆|博物馆|公司)",
    )
    .ok()
});

/// Whether a name is that of one body: 柳塘市第一医院, not 各大学.
fn names_a_body(name: &str) -> bool {
    const GENERAL: [&str; 12] = ["我", "本", "贵", "各", "该", "其", "相关", "有关", "上级", "主管", "业主", "评标"];
    let place = ['省', '市', '县', '区', '镇', '乡', '州', '第'].iter().any(|c| name.contains(*c));
    place && !GENERAL.iter().any(|w| name.contains(w))
}

/// Whether a name is the bidder's own, or holds it.
fn is_own_name(case: &Case<'_>, name: &str) -> bool {
    let own = &case.bid.name;
    own.contains(name) || name.contains(own.as_str())
}

/// A project by its name: the School Laboratories Modernisation Project.
static ENGLISH_PROJECT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(?:[Tt]he|[Oo]f|[Ff]or|[Yy]our)\s+((?:[A-Z][A-Za-z-]+\s+(?:(?:of|and|for|the)\s+)?){2,6}(?:Project|Programme|Program|Scheme))\b").ok()
});

/// A project of another name that an English sentence speaks of as this one.
fn english_residue(case: &Case<'_>, report: &mut Report<'_>) {
    const PAST: [&str; 14] = [
        "complet",
        "deliver",
        "carried out",
        "experience",
        "previous",
        "earlier",
        "past ",
        "reference",
        "similar",
        "worked",
        "was ",
        "were ",
        "since ",
        " in 20",
    ];
    let (Some(field), Some(pattern)) = (case.facts.field("project_name"), ENGLISH_PROJECT.as_ref()) else { return };
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let text = case.bid.text(sentence);
        let in_cell = case.bid.reading.unit(sentence.unit).is_some_and(|u| u.cell.is_some() || u.is_heading);
        if in_cell || PAST.iter().any(|w| text.to_ascii_lowercase().contains(w)) {
            continue;
        }
        let Some(name) = pattern.captures(text).and_then(|c| c.get(1)).map(|m| m.as_str()) else { continue };
        let of_the_firm = ["Training ", "Safety ", "Apprenticeship ", "Improvement "].iter().any(|w| name.contains(w));
        if of_the_firm || case.tender_words.to_lowercase().contains(&super::bare(name).to_lowercase()) {
            continue;
        }
        let remark = both(
            format!("此处写的是“{name}”，招标文件中没有这个项目，请核对"),
            format!("“{name}” stands here; the tender knows no project of that name; please check"),
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("residue {}", sentence.unit), remark)
                .demands_field(field)
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// Whether a name says whose project it is, and not only of what kind: 罗浦县…项目, not 绿化养护项目.
fn names_a_project(name: &str) -> bool {
    const WHERE: [char; 12] = ['省', '市', '县', '区', '镇', '乡', '院', '校', '局', '馆', '州', '村'];
    const GENERAL: [&str; 12] =
        ["本项目", "该项目", "此项目", "每个", "各", "我市", "我县", "小区", "园区", "区域", "市政", "校园"];
    let place =
        name.char_indices().any(|(at, c)| WHERE.contains(&c) && name.get(..at).is_some_and(|b| b.chars().count() >= 2));
    // 青溪路改造工程, but not 道路改造工程.
    let road = name.match_indices(['路', '街', '桥', '河']).any(|(at, _)| {
        let before = name.get(..at).unwrap_or_default();
        before.chars().count() >= 2
            && !before.ends_with(['道', '线', '公', '铁', '电', '管', '网', '油', '水', '气', '回'])
    });
    (place || road) && !GENERAL.iter().any(|w| name.contains(w))
}

/// Whether a third of a name's runs of three letters stand in this project's, beyond what every project is called.
fn shares_words(name: &str, own: &str) -> bool {
    const COMMON: [&str; 10] = ["项目", "工程", "采购", "服务", "建设", "设备", "改造", "施工", "购置", "第一"];
    let characters: Vec<char> = name.chars().collect();
    let runs: Vec<String> = characters.windows(3).map(|w| w.iter().collect()).collect();
    let telling = || runs.iter().filter(|run| !COMMON.iter().any(|c| run.contains(c)));
    let shared = telling().filter(|run| own.contains(run.as_str())).count();
    shared * 3 >= telling().count()
}

#[cfg(test)]
mod tests {
    use super::number_of;

    #[test]
    fn a_number_ends_where_the_sentence_goes_on() {
        for (text, number) in [
            ("QX-2031-018", "QX-2031-018"),
            ("QX-2031-018的投标文件", "QX-2031-018"),
            ("沅建招〔2031〕27号", "沅建招〔2031〕27号"),
            ("沅建招[2031]27号的投标", "沅建招[2031]27号"),
            ("FQ[2031]货-12", "FQ[2031]货-12"),
            ("AB12(正本)", "AB12"),
        ] {
            assert_eq!(number_of(text), number, "{text}");
        }
    }
}
