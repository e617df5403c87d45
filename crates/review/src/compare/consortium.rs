//! What it checks: statements about consortium and subcontracting against what the tender allows.
//! Where a joint bid is allowed, its agreement is looked at.
//! Why it matters: a consortium where none is accepted, or a forbidden subcontract, rejects the bid.
//! Exclusions: conditions (如为联合体…), forms left as they were printed, earlier projects done jointly.

mod agreement;

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Case, Check, Judgement, Report, demands};
use crate::grammar::{company, percent};

pub(super) const CHECK: Check = Check { id: "B019", dimension: Dimension::Qualification, run };

/// A denial that has words between it and what it denies: 不以任何理由将任务转包, 绝不进行任何形式的分包,
/// 未与任何单位组成联合体. What was not done denies no further than its own clause.
static DENIED_FAR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:不以任何|不(?:得|会|再|擅自|进行|存在|发生|将|把|对)|绝不|决不|从不|严禁|杜绝|未经|无任何|没有)[^;。]{0,40}(?:分包|转包|转租|联合体)|(?:未(?:曾|与|和|同|将|把|对|以)|并未|并非|无意|无须|无需|放弃|拒绝)[^;。,，]{0,40}(?:分包|转包|转租|联合体)|(?:分包|转包|联合体)[^,;。]{0,12}(?:否则|无此|的?情形)",
    )
    .ok()
});
/// A denial in the sentence speaks for the bidder.
const DENIALS: [&str; 40] = [
    "不组成",
    "不以联合体",
    "非联合体",
    "不接受",
    "不存在",
    "独立投标",
    "独立参加",
    "独立完成",
    "不分包",
    "不转包",
    "不得",
    "不进行",
    "无分包",
    "无转包",
    "未组成",
    "不将",
    "不会",
    "不采用",
    "不涉及",
    "不属于",
    "禁止",
    "不允许",
    "不适用",
    "不参加",
    "分包:无",
    "分包计划:无",
    "not as a joint",
    "bid alone",
    "not subcontract",
    "no subcontract",
    "no part",
    "without subcontract",
    "not engage",
    "not use",
    "not intend",
    "not plan",
    "not propose",
    "no use",
    "not applicable",
    "prohibited",
];
/// Words under which a statement is a rule or a template, not the bidder's case.
const CONDITIONS: [&str; 18] = [
    "如为",
    "若为",
    "如果",
    "如有",
    "若有",
    "如是",
    "如组成",
    "若组成",
    "如需",
    "若需",
    "以联合体形式参加的",
    "联合体投标的",
    "情形",
    "适用于",
    "填写",
    "格式",
    "if ",
    "in case",
];

/// Denials whose words deny something else elsewhere: `which shall not relieve us of liability`.
static DENIED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(?:will|shall|do|does|did) not (?:be )?(?:sub-?contract|sub-?let|use|engage|employ|appoint|form|join|enter|bid|tender|participate|permit|allow|accept)|\b(?:is|are) not (?:bidding|tendering|part of|a member|a joint|a consortium|in a joint|any joint)|\b(?:no|without(?: any)?|neither) (?:a )?(?:joint venture|consortium)|\bsole bidder\b|:\s*(?:(?:none|n/a|nil)\b|no\W*$)").ok()
});
static OWN_CONSORTIUM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:我公司|我方|本公司|我单位|我司|双方|各方).{0,40}(?:组成|结成).{0,6}联合体|(?:由|与).{4,40}组成.{0,6}联合体|联合体(?:牵头人|牵头单位|牵头方|成员)\s*:?\s*[\p{Han}()]{4,30}(?:公司|院|所)|we .{0,60}as (?:a |the )?(?:joint venture|consortium)").ok()
});
static OWN_SUBCONTRACT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:拟|将|计划|由我|我).{0,30}(?:分包|转包)(?:给|至|予)|(?:分包|转包)给.{2,30}(?:公司|院|所|队)|(?:由|与|交).{0,16}(?:合作单位|合作方|第三方|专业公司|劳务公司).{0,30}分包|(?:签订|签署).{0,6}(?:分包|转包)(?:合同|协议)|(?:分包|转包)(?:单位|商|人)\s*:?\s*[\p{Han}()]{4,30}(?:公司|院|所|队)|(?:交由|委托).{2,30}(?:公司|单位).{0,20}分包|(?:will|shall|is to|are to|intend to|plan to|propose to) (?:be )?sub-?(?:contract(?:ed)?|let)\b|(?:use|engage|employ|appoint)s? (?:of )?(?:a |our |the )?sub-?contractors?\b|sub-?contractor\s*:\s*[a-z]").ok()
});

/// Work that another firm does, whatever it is called: `安装调试由我公司委托XX公司实施`.
static DELEGATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    const FIRM: &str = r"([\p{Han}()]{2,28}?(?:公司|工程队|施工队|厂))";
    Regex::new(&format!(
        r"(?:委托|交由|交给|外包给|发包给){FIRM}[^,。;]{{0,10}}(?:实施|完成|承担|施工|安装|负责)|(?:外包|发包)给{FIRM}|由[^,。;]{{0,8}}(?:合作|协作|外协|合作的)(?:单位|方|伙伴|公司|企业|厂家)?{FIRM}[^,。;]{{0,10}}(?:实施|完成|承担|施工|安装|负责)|(?i)(?:will|shall) be (?:carried out|performed|executed|undertaken|provided|done|handled) by (?:our )?(?:local )?(?:partner|agent|associate)?,?\s*([A-Z][A-Za-z0-9&.,' -]{{2,50}}? (?:ltd|limited|inc|llc|gmbh|company|corporation|plc)\b)"
    ))
    .ok()
});

/// Whether a sentence says that nobody else does the work.
fn denies(text: &str) -> bool {
    ["不委托", "不外包", "不将", "不得", "不会", "不以", "不交由", "未委托", "not "].iter().any(|w| text.contains(w))
}

/// What is delegated without being called a subcontract is for a person to look at.
fn delegated(case: &Case<'_>, report: &mut Report<'_>) {
    let Some((demand, tender)) = forbidden(case) else { return };
    let Some(pattern) = DELEGATED.as_ref() else { return };
    let own = company::normalise(&case.bid.name);
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let text = case.bid.text(sentence);
        let named = pattern.captures(text).and_then(|c| c.iter().skip(1).flatten().next());
        let clause = named.map_or("", |m| {
            let start = text.get(..m.start()).and_then(|t| t.rfind([',', '，', '；', ';'])).unwrap_or_default();
            text.get(start..m.end()).unwrap_or_default()
        });
        let found = named.map(|m| m.as_str().to_owned());
        let written = |name: String| if name.is_ascii() { name } else { company::normalise(&name) };
        let Some(name) = found.map(written) else { continue };
        let named = ["分包", "转包", "招标", "运输", "物流", "授权"].iter().any(|w| text.contains(w));
        // Who tests and certifies has to be another than who delivers.
        let tests = ["检测", "检验", "鉴定", "校准", "检定"].iter().any(|w| name.contains(w))
            || ["第三方", "送检", "检测机构", "检验机构"].iter().any(|w| clause.contains(w));
        let past = ["业绩", "曾", "完成了"].iter().any(|w| text.contains(w));
        // Who gives work away speaks of himself, of the work alone, or of his partner.
        // The work that must not be given away is named in the demand's words.
        let work: Vec<char> = clause.chars().take_while(|c| !matches!(c, '委' | '交' | '由' | '外')).collect();
        let named_work = work.windows(4).any(|w| demand.contains(&w.iter().collect::<String>()));
        let speaks = text.contains(['我', '本'])
            || named_work
            || ["合作", "协作", "外协"].iter().any(|w| clause.contains(w))
            || ["交由", "外包给"].iter().any(|w| text.contains(w))
            || name.is_ascii();
        let itself = company::same(&name, &own) || denies(text);
        if named || tests || past || itself || !speaks {
            continue;
        }
        let remark = both(
            format!("招标文件不允许分包，此处写明部分工作由“{name}”承担，请核对"),
            format!(
                "The tender does not allow subcontracting; here part of the work is to be done by “{name}”; please check"
            ),
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("delegated {}", sentence.unit), remark)
                .rigid()
                .demands(demand.clone(), tender.clone())
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// The words by which the tender forbids subcontracts, or all but some.
fn forbidden(case: &Case<'_>) -> Option<(String, Vec<Evidence>)> {
    if let Some(field) = case.facts.field("subcontracting").filter(|f| f.text() == Some("not_allowed")) {
        let text = field.evidence().first().map(|e| e.quote().to_owned()).unwrap_or_default();
        return Some((text, field.evidence().iter().take(2).cloned().collect()));
    }
    let refuses = ["其余不允许", "其他不允许", "其余不得", "其他不得", "其余部分不", "不得分包", "不允许分包"];
    let clauses = case.tender_clauses_in(demands, |t| t.contains("分包") && refuses.iter().any(|w| t.contains(w)));
    clauses.into_iter().next()
}

/// What another firm lends or hires out, where the tender forbids to pass the hire on: 向…公司租用车辆.
static HIRED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:向|从|由|与)[^,。;]{0,12}(?:公司|企业|车行|租赁站|合作社|个人)[^,。;]{0,16}(?:租用|租入|转租|借用|租借|调用|调剂)").ok()
});

/// Vehicles or rooms of others where 转租 is forbidden are for a person to look at.
fn hired(case: &Case<'_>, report: &mut Report<'_>) {
    let forbids = |t: &str| t.contains("转租") && ["禁止", "不得", "严禁", "不允许"].iter().any(|w| t.contains(w));
    let Some((text, tender)) = case.tender_clauses_in(demands, forbids).into_iter().next() else { return };
    let Some(pattern) = HIRED.as_ref() else { return };
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let said = case.bid.text(sentence);
        if !pattern.is_match(said) || denies(said) || said.contains('曾') {
            continue;
        }
        let remark = both(
            "招标文件禁止转租，此处写明向其他单位租用，请核对",
            "The tender forbids to pass the hire on; here something is to be hired from others; please check",
        );
        report.push(
            Judgement::new(Verdict::Risk, format!("hired {}", sentence.unit), remark)
                .rigid()
                .demands(text.clone(), tender.clone())
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// Whether a text speaks of giving work to others, whichever way it is written.
fn of_subcontracts(lower: &str) -> bool {
    ["分包", "subcontract", "sub-contract", "sub-let", "sublet"].iter().any(|w| lower.contains(w))
}

/// The share that may be given to subcontractors against the share the bid gives them.
fn share(case: &Case<'_>, report: &mut Report<'_>) {
    const LIMITS: [&str; 9] =
        ["exceed", "more than", "up to", "maximum", "at most", "limit", "不超过", "不得超过", "不大于"];
    let read = |text: &str| {
        let lower = text.to_lowercase();
        let shares = percent::find(&lower);
        let [only] = shares.as_slice() else { return None };
        of_subcontracts(&lower).then_some(only.percent)
    };
    let limits = |t: &str| read(t).is_some() && LIMITS.iter().any(|w| t.to_lowercase().contains(w));
    // A limit may refer to the sentence before it: sub-contracted work shall not exceed 25%.
    let small = |t: &str| ["中小企业", "小微", "small", "local content"].iter().any(|w| t.to_lowercase().contains(w));
    let Some((text, tender)) = case.tender_clauses(|t| limits(t) && !small(t)).into_iter().next() else { return };
    let Some(limit) = read(&text) else { return };
    for sentence in case.bid.sentences.iter().filter(|s| case.own(s)) {
        let Some(share) = read(case.bid.text(sentence)) else { continue };
        let (verdict, remark) = if share > limit {
            let remark = both(
                format!("分包比例 {share} 超过招标文件允许的 {limit}"),
                format!("Subcontracting of {share} is more than the {limit} that the tender allows"),
            );
            (Verdict::Risk, remark)
        } else {
            let remark = both(
                format!("分包比例 {share} 未超过允许的 {limit}"),
                format!("Subcontracting of {share} is within the {limit} that the tender allows"),
            );
            (Verdict::Pass, remark)
        };
        report.push(
            Judgement::new(verdict, format!("share {}", sentence.unit), remark)
                .rigid()
                .demands(text.clone(), tender.clone())
                .says(case.bid.evidence(sentence)),
        );
    }
}

/// A table of what is to be subcontracted that names other work than the tender lets go: 电缆沟土建可分包,其余不允许.
fn listed(case: &Case<'_>, report: &mut Report<'_>) {
    let refuses = |t: &str| ["其余不", "其他不", "其它不", "其余部分不"].iter().any(|w| t.contains(w));
    let asks = |t: &str| t.contains("分包");
    let clauses = case.tender_clauses_in(demands, asks);
    // Several sentences of one cell allow and refuse.
    let Some((text, tender)) = clauses.into_iter().find(|(t, e)| {
        let whole = e.first().map_or(t.as_str(), |e| e.quote());
        refuses(t)
            || refuses(whole)
            || case.tender_clauses_in(demands, refuses).iter().any(|(_, r)| {
                r.first().zip(e.first()).is_some_and(|(r, e)| r.block() == e.block() && r.document() == e.document())
            })
    }) else {
        return;
    };
    let reading = &case.bid.reading;
    for grid in &reading.grids {
        let Some(heading) = crate::bid::head(&grid.rows) else { continue };
        let Some(work) = crate::bid::column(reading, heading, |t| {
            ["分包内容", "分包工程", "分包项目", "分包工作", "拟分包"].iter().any(|w| t.contains(w))
        }) else {
            continue;
        };
        for row in crate::bid::below_head(&grid.rows) {
            let Some(unit) = reading.cell_in(row, work) else { continue };
            let said = reading.unit(unit).map_or("", |u| u.text.trim());
            let letters: Vec<char> = said.chars().filter(|c| c.is_alphanumeric()).collect();
            let none = letters.len() < 3 || ["无", "不分包", "没有"].iter().any(|w| said.starts_with(w));
            let allowed = letters.windows(2).any(|w| text.contains(&w.iter().collect::<String>()));
            if none || allowed || !case.bid.is_own(unit) {
                continue;
            }
            let remark = both(
                format!("拟分包“{said}”，不在招标文件允许分包的范围内，请核对"),
                format!(
                    "“{said}” is to be subcontracted, which is not what the tender lets bidders subcontract; please check"
                ),
            );
            report.push(
                Judgement::new(Verdict::Risk, format!("listed {unit}"), remark)
                    .rigid()
                    .demands(text.clone(), tender.clone())
                    .says(case.bid.row_evidence(unit)),
            );
        }
    }
}

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    delegated(case, report);
    hired(case, report);
    share(case, report);
    listed(case, report);
    agreement::run(case, report);
    judge(
        case,
        report,
        "consortium",
        ["联合体", "a consortium"],
        &["联合体", "独立投标", "joint venture", "consortium"],
        OWN_CONSORTIUM.as_ref(),
    );
    judge(
        case,
        report,
        "subcontracting",
        ["分包", "subcontracting"],
        &["分包", "转包", "subcontract", "sub-contract", "sublet", "sub-let"],
        OWN_SUBCONTRACT.as_ref(),
    );
}

fn judge(
    case: &Case<'_>,
    report: &mut Report<'_>,
    key: &str,
    [name, name_en]: [&str; 2],
    words: &[&str],
    own: Option<&Regex>,
) {
    let Some(field) = case.facts.field(key) else { return };
    if field.text() != Some("not_allowed") {
        return;
    }
    let mut passed = false;
    for sentence in &case.bid.sentences {
        let text = case.bid.text(sentence);
        let lower = text.to_lowercase();
        let Some(word) = words.iter().find(|w| lower.contains(**w)) else { continue };
        if !case.bid.is_own(sentence.unit) || text.chars().count() < 6 {
            continue;
        }
        let label = case.bid.label(sentence.unit);
        let no = DENIALS.iter().any(|d| lower.contains(d))
            || [&DENIED, &DENIED_FAR].iter().any(|p| p.as_ref().is_some_and(|p| p.is_match(&lower)));
        let template = lower.contains("__") || CONDITIONS.iter().any(|c| lower.contains(c)) || case.copied(sentence);
        if no {
            if !passed {
                passed = true;
                let remark =
                    both(format!("声明不采用{name}"), format!("The bid declares that it is made without {name_en}"));
                report.push(
                    Judgement::new(Verdict::Pass, key, remark)
                        .rigid()
                        .demands_field(field)
                        .says(case.bid.evidence(sentence)),
                );
            }
            continue;
        }
        let past =
            ["曾", "业绩", "完成了", "承建了", "实施了"].iter().any(|w| text.contains(w)) || label.contains("业绩");
        if template || past {
            continue;
        }
        if own.is_some_and(|p| p.is_match(&lower)) {
            let remark = both(
                format!("招标文件不允许{name}，投标文件写有“{word}”"),
                format!("The tender does not allow {name_en}; the bid has “{word}”"),
            );
            report.push(
                Judgement::new(Verdict::Fail, format!("{key} {}", sentence.unit), remark)
                    .rigid()
                    .demands_field(field)
                    .says(case.bid.evidence(sentence)),
            );
        } else if ["组成", "牵头", "分包给", "转包给", "共同投标", "分包单位"].iter().any(|d| text.contains(d))
        {
            let remark = both(
                format!("招标文件不允许{name}，此处写有“{word}”，请核对"),
                format!("The tender does not allow {name_en}; “{word}” stands here; please check"),
            );
            report.push(
                Judgement::new(Verdict::Risk, format!("{key} {}", sentence.unit), remark)
                    .rigid()
                    .demands_field(field)
                    .says(case.bid.evidence(sentence)),
            );
        }
    }
}
