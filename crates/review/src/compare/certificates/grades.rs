//! Grades: of a firm's qualification (施工总承包一级), of a registered engineer (一级建造师), of a title (高级工程师).
//!
//! Only what the bid itself writes is held against the tender; a paper that is a picture says no grade. Where the tender
//! lets bidders choose among qualifications, a lower one is for a person to look at.

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::wording::both;
use regex::Regex;

use super::super::{Case, Judgement, Report, must_be_met};

/// `市政公用工程施工总承包一级`, `水利行业设计乙级`: the subject and the grade behind it.
static QUALIFICATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"([\p{Han}()]{2,14}?(?:施工总承包|专业承包|设计|监理|勘察|资信|咨询|测绘|检测|物业服务|安装|维修|清洗|专业|行业))(?:企业|资质|等级|为|:)*(特|[一二三四甲乙丙])级",
    )
    .ok()
});
static ENGINEER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"([一二])级(?:注册)?建造师").ok());
/// Who leads a works contract.
const LEADS: [&str; 4] = ["项目经理", "项目负责人", "建造师", "拟派"];
/// Who must have a title.
const TITLED: [(&str, &str); 6] = [
    ("技术负责人", "technical lead"),
    ("项目总工", "chief engineer"),
    ("总监理工程师", "chief supervising engineer"),
    ("设计负责人", "design lead"),
    ("项目负责人", "project lead"),
    ("项目经理", "project manager"),
];
static BUSY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:目前|现|正在|同时|仍|尚)(?:担任|负责|兼任|任|在)[^,。;]{2,40}(?:项目经理|项目负责人|总监理工程师|总监)",
    )
    .ok()
});

/// The higher the better; grades of one row compare.
fn rank(grade: &str) -> Option<(&'static str, u8)> {
    Some(match grade {
        "特" => ("number", 5),
        "一" => ("number", 4),
        "二" => ("number", 3),
        "三" => ("number", 2),
        "四" => ("number", 1),
        "五" => ("number", 0),
        "甲" => ("letter", 3),
        "乙" => ("letter", 2),
        "丙" => ("letter", 1),
        _ => return None,
    })
}

/// The first clause of the tender that demands something of who bids, and where it stands.
fn demand(case: &Case<'_>, about: impl Fn(&str) -> bool) -> Option<(String, Vec<Evidence>)> {
    case.tender_clauses_in(must_be_met, about).into_iter().next()
}

/// The rows and sentences of the bid that speak of the bidder, each with the place to show.
fn own(case: &Case<'_>) -> Vec<(String, Vec<Evidence>)> {
    let reading = &case.bid.reading;
    let in_cell = |unit: usize| reading.units.get(unit).is_some_and(|u| u.cell.is_some());
    let sentences = case.bid.sentences.iter().filter(|s| case.bid.is_own(s.unit) && !in_cell(s.unit));
    let mut all: Vec<_> = sentences.map(|s| (case.bid.text(s).to_owned(), case.bid.evidence(s))).collect();
    for row in reading.grids.iter().flat_map(|g| &g.rows) {
        if row.first().is_some_and(|&u| !case.bid.is_own(u)) {
            continue;
        }
        let text: Vec<&str> = row.iter().filter_map(|&u| reading.units.get(u)).map(|u| u.text.as_str()).collect();
        let longest = row.iter().copied().max_by_key(|&u| reading.units.get(u).map_or(0, |u| u.text.len()));
        all.push((text.join(" "), longest.map(|u| case.bid.row_evidence(u)).unwrap_or_default()));
    }
    all
}

pub(super) fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let said = own(case);
    qualification(case, report, &said);
    paper(case, report, &said);
    engineer(case, report, &said);
    trade_of_engineer(case, report, &said);
    title(case, report, &said);
    busy(case, report, &said);
}

/// The qualifications that the tender demands, each with its grade and its clause; one that is asked for in two grades
/// is left to a person.
fn demanded(case: &Case<'_>) -> Vec<(String, String, (String, Vec<Evidence>))> {
    let Some(pattern) = QUALIFICATION.as_ref() else { return Vec::new() };
    let about = |t: &str| pattern.is_match(t) && ["须", "应", "具备", "具有", "要求"].iter().any(|w| t.contains(w));
    let mut found: Vec<(String, String, (String, Vec<Evidence>))> = Vec::new();
    for clause in case.tender_clauses_in(must_be_met, about) {
        for (subject, grade) in qualifications(&clause.0) {
            if !found.iter().any(|(s, g, _)| *s == subject && *g == grade) {
                found.push((subject, grade, clause.clone()));
            }
        }
    }
    let twice = |subject: &str| found.iter().filter(|(s, ..)| s == subject).count() > 1;
    let subjects: Vec<String> = found.iter().map(|(s, ..)| s.clone()).filter(|s| twice(s)).collect();
    found.retain(|(s, ..)| !subjects.contains(s));
    found
}

/// A licence of any name with the lowest grade that is accepted: 船舶修理企业资质证书(一级及以上).
static PAPER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"([\p{Han}()、]{4,30}?(?:资质证书|资格证书|许可证|资质证))[\s(]*(?:等级)?(?:为|:)?\s*([一二三四五甲乙丙])级[)\s]*(?:及|或)?以上").ok()
});
static GRADE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"([一二三四五甲乙丙])级").ok());

/// The grade of a licence that no trade names, where the bid writes the licence by the tender's name.
fn paper(case: &Case<'_>, report: &mut Report<'_>, said: &[(String, Vec<Evidence>)]) {
    const REACH: usize = 30;
    let (Some(pattern), Some(grade)) = (PAPER.as_ref(), GRADE.as_ref()) else { return };
    let Some((text, tender)) = demand(case, |t| pattern.is_match(t) && !t.contains("之一")) else { return };
    let Some((name, asked)) = pattern.captures(&text).and_then(|c| Some((c.get(1)?.as_str(), c.get(2)?.as_str())))
    else {
        return;
    };
    let before = ["具备", "具有", "持有", "取得", "提供", "有效的", "相应的", "有效"];
    let start = before.iter().filter_map(|w| name.rfind(w).map(|at| at + w.len())).max().unwrap_or(0);
    let name = name.get(start..).unwrap_or(name).trim_matches([')', '、']).to_owned();
    let offered = said.iter().filter_map(|(own, evidence)| {
        let at = own.find(&name)? + name.len();
        let behind: String = own.get(at..)?.chars().take(REACH).collect();
        let own = grade.captures(&behind)?.get(1)?.as_str().to_owned();
        Some((rank(&own)?, own, evidence))
    });
    let Some((row, wanted)) = rank(asked).filter(|_| name.chars().count() >= 4) else { return };
    let best = offered.filter(|((own, _), ..)| *own == row).max_by_key(|((_, rank), ..)| *rank);
    let Some(((_, best), own, evidence)) = best else { return };
    let verdict = if best < wanted { Verdict::Risk } else { Verdict::Pass };
    let remark = both(
        format!("“{name}”等级 {own}级，要求 {asked}级及以上"),
        format!("“{name}” is of grade “{own}级”; “{asked}级” or above is required"),
    );
    report.push(
        Judgement::new(verdict, format!("paper {name}"), remark).demands(text.clone(), tender).says(evidence.clone()),
    );
}

/// Each trade with its grade; the grade of a registered person is none of a firm.
fn qualifications(text: &str) -> Vec<(String, String)> {
    let Some(pattern) = QUALIFICATION.as_ref() else { return Vec::new() };
    let of_person = |end: usize| {
        let behind = text.get(end..).unwrap_or_default();
        ["注册", "建造师", "结构", "建筑师", "造价"].iter().any(|w| behind.starts_with(w))
    };
    let firms = pattern.captures_iter(text).filter(|c| c.get(0).is_some_and(|m| !of_person(m.end())));
    firms.filter_map(|c| Some((trade(c.get(1)?.as_str()), c.get(2)?.as_str().to_owned()))).collect()
}

fn qualification(case: &Case<'_>, report: &mut Report<'_>, said: &[(String, Vec<Evidence>)]) {
    // Where one of several qualifications is enough, a lower one is for a person to look at.
    let any =
        case.tender_clauses(|t| t.contains("之一") && (t.contains("资质") || t.contains("下列") || t.contains("以下")));
    // The comprehensive grade of design covers every trade.
    let covers = case.bid.bare.contains("综合甲级") || case.bid.bare.contains("综合资质甲级");
    for (subject, grade, (text, tender)) in demanded(case) {
        let Some((row, wanted)) = rank(&grade) else { continue };
        let asked = &subject;
        let offered = said.iter().flat_map(|(own, evidence)| {
            qualifications(own).into_iter().filter_map(move |(own, grade)| {
                let (own_row, rank) = rank(&grade)?;
                (own_row == row && own == *asked).then_some((rank, grade, evidence))
            })
        });
        // The highest that is written counts: earlier grades may be told as well.
        let Some((best, offered, evidence)) = offered.max_by_key(|(rank, ..)| *rank) else { continue };
        let remark = both(
            format!("“{subject}”资质等级 {offered}级，要求 {grade}级"),
            format!("The qualification “{subject}” is of grade “{offered}级”; “{grade}级” is required"),
        );
        let choice = text.contains('或') || !any.is_empty() || covers && row == "letter";
        let verdict = match best < wanted {
            true if choice => Verdict::Risk,
            true => Verdict::Fail,
            false => Verdict::Pass,
        };
        report.push(
            Judgement::new(verdict, format!("grade {subject}"), remark).demands(text, tender).says(evidence.clone()),
        );
    }
}

/// The trade of a qualification without the words before it: 须具备市政公用工程施工总承包.
fn trade(subject: &str) -> String {
    const BEFORE: [&str; 10] = ["具备", "具有", "持有", "取得", "资质证书", "提供", "要求", "和", "等级为", "资质为"];
    let start = BEFORE.iter().filter_map(|w| subject.rfind(w).map(|at| at + w.len())).max().unwrap_or(0);
    subject.get(start..).unwrap_or(subject).trim_matches(['(', ')', ':']).to_owned()
}

fn engineer(case: &Case<'_>, report: &mut Report<'_>, said: &[(String, Vec<Evidence>)]) {
    let Some(pattern) = ENGINEER.as_ref() else { return };
    let grade = |text: &str| pattern.captures(text).and_then(|c| c.get(1)).map(|m| m.as_str().to_owned());
    let asks = |t: &str| pattern.is_match(t) && LEADS.iter().any(|w| t.contains(w));
    let Some((text, tender)) = demand(case, asks) else { return };
    if grade(&text).as_deref() != Some("一") || text.contains("二级") {
        return;
    }
    let offered: Vec<_> = said.iter().filter_map(|(own, evidence)| Some((grade(own)?, own, evidence))).collect();
    let leads = |own: &str| ["项目经理", "项目负责人"].iter().any(|w| own.contains(w));
    // One engineer of the first grade is enough; of others only the one who leads counts for certain.
    let first = offered.iter().find(|(grade, ..)| grade == "一").map(|one| (Verdict::Pass, one));
    let lower = || offered.iter().find(|(_, own, _)| leads(own)).map(|one| (Verdict::Fail, one));
    let other = || offered.first().map(|one| (Verdict::Risk, one));
    let Some((verdict, (grade, _, evidence))) = first.or_else(lower).or_else(other) else { return };
    let remark = both(
        format!("项目经理的注册建造师等级 {grade}级，要求 一级"),
        format!("The project manager is a registered constructor of grade “{grade}级”; “一级” is required"),
    );
    report.push(Judgement::new(verdict, "engineer", remark).demands(text, tender).says((*evidence).clone()));
}

/// 市政公用工程专业二级注册建造师, 建筑工程专业二级建造师: the trade of a registered constructor.
static TRADES: [(&str, &str); 11] = [
    ("建筑工程", "建筑工程"),
    ("房屋建筑", "建筑工程"),
    ("市政", "市政公用"),
    ("机电", "机电工程"),
    ("公路", "公路工程"),
    ("水利", "水利水电"),
    ("铁路", "铁路工程"),
    ("港口", "港口与航道"),
    ("民航", "民航机场"),
    ("通信", "通信与广电"),
    ("矿业", "矿业工程"),
];

/// A project manager whose constructor's registration is of another trade than the tender asks for.
fn trade_of_engineer(case: &Case<'_>, report: &mut Report<'_>, said: &[(String, Vec<Evidence>)]) {
    let trades = |text: &str| {
        let at = text.find("建造师")?;
        let from = text.get(..at)?.rfind([',', '，', ';', '；', '。']).unwrap_or_default();
        let end = text.get(at..)?.find([',', '，', ';', '；', '。']).map_or(text.len(), |e| at + e);
        let part = text.get(from..end)?;
        let mut named: Vec<&str> = TRADES.iter().filter(|(word, _)| part.contains(word)).map(|(_, t)| *t).collect();
        named.dedup();
        Some(named)
    };
    let leads = |t: &str| ["项目经理", "项目负责人", "拟派"].iter().any(|w| t.contains(w));
    let Some((text, tender)) = demand(case, |t| leads(t) && trades(t).is_some_and(|t| t.len() == 1)) else { return };
    let wanted = trades(&text).unwrap_or_default();
    let offered: Vec<_> = said
        .iter()
        .filter(|(own, _)| leads(own) && !tells_of_several(own))
        .filter_map(|(own, evidence)| Some((trades(own)?, evidence)))
        .collect();
    // A registration whose trade is not told may be the one that is asked for.
    if offered.iter().any(|(own, _)| own.is_empty()) {
        return;
    }
    let other = offered.first().filter(|_| offered.iter().all(|(own, _)| own.iter().all(|t| !wanted.contains(t))));
    let (Some((own, evidence)), [asked]) = (other, wanted.as_slice()) else { return };
    let own = own.join("、");
    let remark = both(
        format!("项目经理的建造师专业为“{own}”，要求“{asked}”"),
        format!("The project manager is a registered constructor for “{own}”; “{asked}” is required"),
    );
    report.push(Judgement::new(Verdict::Fail, "trade", remark).demands(text, tender).says((*evidence).clone()));
}

/// Whether a text tells whom a firm employs, or of what it has built, and not whom it offers.
fn tells_of_several(text: &str) -> bool {
    let counted = |unit: &str| {
        text.match_indices(unit)
            .any(|(at, _)| text.get(..at).is_some_and(|t| t.trim_end().ends_with(|c: char| c.is_ascii_digit())))
    };
    ["可担任", "现有", "业绩", "类似"].iter().any(|w| text.contains(w)) || counted("人") || counted("名")
}

/// What a text says of a role: its parts from the role's name to the next post. 项目经理部 is no person.
fn of_role(text: &str, role: &str) -> String {
    const POSTS: [&str; 4] = ["负责人", "经理", "总工", "总监"];
    let names = |part: &str| {
        part.match_indices(role).any(|(at, word)| !part.get(at + word.len()..).is_some_and(|t| t.starts_with('部')))
    };
    let mut ours = false;
    let of_it = |part: &&str| {
        ours = names(part) || ours && !POSTS.iter().any(|post| part.contains(post));
        ours
    };
    text.split([',', '，', ';', '；', '。']).filter(of_it).collect::<Vec<_>>().join(",")
}

fn title(case: &Case<'_>, report: &mut Report<'_>, said: &[(String, Vec<Evidence>)]) {
    let senior = |t: &str| ["高级", "教授级", "正高", "副高"].iter().any(|w| t.contains(w));
    for (role, role_en) in TITLED {
        let about = |t: &str| {
            let said = of_role(t, role);
            senior(&said) && (said.contains("职称") || said.contains("工程师"))
        };
        let Some((text, tender)) = demand(case, about) else { continue };
        // 监理工程师 is the name of a post and of a registration, no title.
        let bare = |t: &str| t.replace(role, "").replace("监理工程师", "").replace("造价工程师", "");
        let names = |t: &str| bare(t).contains("工程师") || t.contains("职称");
        let own = said.iter().map(|(own, evidence)| (of_role(own, role), evidence)).filter(|(own, _)| names(own));
        let own: Vec<_> = own.collect();
        let Some((own, evidence)) = own.iter().find(|(own, _)| senior(own)).or_else(|| own.first()) else { continue };
        let verdict = match senior(own) {
            true => Verdict::Pass,
            // Who leads a project may be told of beside engineers of other grades.
            false if ["项目负责人", "项目经理"].contains(&role) => Verdict::Risk,
            false => Verdict::Fail,
        };
        let remark = if senior(own) {
            both(format!("{role}的职称为高级"), format!("The {role_en} has a senior professional title"))
        } else {
            both(
                format!("{role}的职称低于要求的高级"),
                format!("The professional title of the {role_en} is below the required senior grade"),
            )
        };
        report.push(Judgement::new(verdict, role, remark).demands(text, tender).says((*evidence).clone()));
    }
}

/// A project manager who by the bid's own words leads another contract that is under way.
fn busy(case: &Case<'_>, report: &mut Report<'_>, said: &[(String, Vec<Evidence>)]) {
    let under_way =
        |t: &str| ["在建", "在施", "其他项目", "其他工程", "其它项目", "其它工程"].iter().any(|w| t.contains(w));
    let about = |t: &str| under_way(t) && ["项目经理", "项目负责人", "总监"].iter().any(|w| t.contains(w));
    let (Some((text, tender)), Some(pattern)) = (demand(case, about), BUSY.as_ref()) else { return };
    let denies = |text: &str| ["未", "没有", "不"].iter().any(|w| text.contains(w));
    let Some((_, evidence)) = said.iter().find(|(text, _)| pattern.is_match(text) && !denies(text)) else { return };
    let remark = both(
        "投标文件写明项目经理正担任其他项目的项目经理，招标文件要求无在建项目",
        "The bid says that its project manager leads another contract at present; the tender asks for none under way",
    );
    report.push(Judgement::new(Verdict::Risk, "busy", remark).demands(text, tender).says(evidence.clone()));
}
