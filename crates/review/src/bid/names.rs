//! Who a bid says it is from, and who signs it.

use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use regex::Regex;

use crate::bid::Bid;
use crate::grammar::company;

/// A name in a role, with its words.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) evidence: Vec<Evidence>,
    /// It stands in a reference, a guarantee or another's letter.
    pub(crate) aside: bool,
    /// Its label can mean nobody but the bidder.
    pub(crate) strict: bool,
}

static BIDDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"((?:投标人|供应商|响应人|投标单位|报价人|磋商单位|谈判单位|应答人|竞标人|投标供应商|响应供应商)(?:名称|全称)?\s*(?:(?i:name of )?(?i:bidder|tenderer|supplier)(?i:'s name| name)?)?\s*(?:\([^)]{0,14}\)\s*)*):\s*(?:\([^)]{0,8}\)\s*)?([^\s,。;:_(]{4,40}(?:\([^)]{1,10}\)[^\s,。;:_(]{2,30})?)").ok()
});
static ENGLISH_BIDDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:name of (?:the )?(?:bidder|tenderer|firm|company)|bidder(?:'s)?(?: legal)? name|bidder|tenderer|proposer|offeror|name of (?:the )?tenderer|submitted by|name of bidder)\s*:\s*(?:M/s\.?\s+)?([A-Z][A-Za-z0-9&.,'() -]{3,80}?)\s*$|we,\s*([A-Z][A-Za-z0-9&.,'() -]{3,80}?)\s*\((?:the )?(?:name of (?:the )?)?(?:bidder|tenderer)\)").ok()
});
static AGENT: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let patterns = [
        r"(?:委托|授权)\s*([\p{Han}·]{2,5})\s*(?:\((?:[^)]{0,14})姓名[^)]{0,6}\)|(?:同志|先生|女士)?\s*为(?:我方|我公司|本公司|我单位|联合体|本联合体))",
        r"(?:委托代理人|授权代表|授权委托人|被授权人|代理人)\s*(?:(?i:authori[sz]ed (?:representative|signatory|person)|attorney))?\s*(?:\([^)]{0,12}\)\s*)?:\s*([\p{Han}·]{2,5})\s*(?:\((?:签字|签名|签章|盖章|签字或盖章|签字盖章)\))?\s*$",
        r"(?:法定代表人或(?:其)?(?:授权代表|委托代理人|授权委托人))\s*(?:\([^)]{0,12}\)\s*)?:\s*([\p{Han}·]{2,5})\s*(?:\((?:签字|签名|签章|盖章|签字或盖章|签字盖章)\))?\s*$",
        r"(?:委托|授权)\s*([\p{Han}·]{2,4})\s*\((?:被授权人|委托代理人|受托人|代理人|授权代表)",
        r"(?:委托|授权)\s*([\p{Han}·]{2,4}?)\s*(?:\([^)]{0,40}\)\s*)?(?:同志|先生|女士)?\s*(?:全权)?代表(?:我方|我公司|我单位|本公司|本单位|我司)",
        r"签字代表\s*([\p{Han}·]{2,5})\s*\(",
    ];
    patterns.iter().filter_map(|p| Regex::new(p).ok()).collect()
});
static HEAD: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    // 为我公司法定代表人王五的授权代表 says who another is.
    const IS_HEAD: &str = r"法定代表人\s*(?:$|[^\p{Han}\s:(]|\((?:单位)?负责人|特此|身份|职务|兼|并)";
    let patterns = [
        r"([\p{Han}·]{2,5})\s*\(法定代表人姓名\)\s*系".to_owned(),
        format!(r"本人\s*([\p{{Han}}·]{{2,5}})\s*(?:\([^)]{{0,8}}\))?\s*系.{{0,60}}{IS_HEAD}"),
        r"兹证明\s*([\p{Han}·]{2,5})\s*\([^)]{0,40}\)[^法]*$".to_owned(),
        format!(r"兹证明\s*([\p{{Han}}·]{{2,5}})\s*\([^)]{{0,40}}\)\s*(?:同志|先生|女士)?\s*(?:系|是|为|现任|担任|在|任).{{0,60}}{IS_HEAD}"),
        format!(r"兹证明\s*([\p{{Han}}·]{{2,5}}?)\s*(?:同志|先生|女士)?\s*(?:系|是|为|现任).{{0,60}}{IS_HEAD}"),
        format!(r"^\s*姓名\s*:\s*([\p{{Han}}·]{{2,4}}?)\s.{{0,60}}系.{{0,60}}{IS_HEAD}"),
        // What a business licence says, among other things.
        r"(?:营业执照|注册资本|公司类型|有限责任公司|股份有限公司|成立日期|统一社会信用代码).{0,80}法定代表人\s*(?:\(负责人\))?\s*(?::|为|\s)?\s*([\p{Han}·]{2,4})\s*(?:[,。;]|$)".to_owned(),
        r"^\s*法定代表人\s*(?:\([^)]{0,12}\)\s*)?:\s*([\p{Han}·]{2,5})\s*(?:\((?:签字|签名|签章|盖章|签字或盖章|签字盖章)\))?\s*$".to_owned(),
    ];
    patterns.iter().filter_map(|p| Regex::new(p).ok()).collect()
});

/// Names given as the bidder's own: after 投标人（盖章）： and the like.
pub(crate) fn bidders(bid: &Bid<'_>) -> Vec<Named> {
    let (Some(pattern), Some(english)) = (BIDDER.as_ref(), ENGLISH_BIDDER.as_ref()) else { return Vec::new() };
    let mut found = Vec::new();
    for (unit, one) in bid.reading.units.iter().enumerate() {
        for line in lines(&one.text) {
            let text = bid.reading.text(unit, &line);
            let evidence = || bid.reading.evidence(unit, &line).into_iter().collect();
            let aside = !bid.is_own(unit);
            for captures in pattern.captures_iter(text) {
                let (Some(label), Some(name)) = (captures.get(1), captures.get(2)) else { continue };
                let name = company::normalise(company::chinese_part(name.as_str()));
                if company::is_organisation(&name) {
                    let label = label.as_str();
                    let strict = !label.starts_with("供应商") || label.contains(['章', '签', '名', '全']);
                    found.push(Named { name, evidence: evidence(), aside, strict });
                }
            }
            for captures in english.captures_iter(text) {
                let name = captures.get(1).or_else(|| captures.get(2)).map_or("", |m| m.as_str()).trim();
                if company::is_english_organisation(&name.to_lowercase()) {
                    let name = name.trim_end_matches([',', '.']).to_owned();
                    found.push(Named { name, evidence: evidence(), aside, strict: true });
                }
            }
        }
    }
    found
}

pub(crate) fn agents(bid: &Bid<'_>) -> Vec<Named> {
    persons(bid, &AGENT)
}

pub(crate) fn heads(bid: &Bid<'_>) -> Vec<Named> {
    persons(bid, &HEAD)
}

static ENGLISH_AGENT: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    const PERSON: &str = r"(?:(?i:mr|mrs|ms|dr|eng)\.?\s+)?([A-Z][A-Za-z'-]+(?:\s+[A-Z][A-Za-z.'-]*){1,3})";
    let patterns = [
        format!(r"(?i:hereby )?(?i:authori[sz]e|appoint|empower|nominate)s?\s+{PERSON}\s*(?:,|\(|to\b|as\b|whose\b)"),
        format!(
            r"^\s*(?i:signed|signed by|signature|authori[sz]ed signatory|authori[sz]ed signature|authori[sz]ed representative|name of (?:the )?(?:authori[sz]ed )?signatory|name of the person duly authori[sz]ed to sign the bid)\s*:\s*{PERSON}\s*$"
        ),
        format!(r"^\s*(?i:signed (?:for|on behalf of|for and on behalf of))\s[^:]{{3,60}}:\s*{PERSON}\s*$"),
        format!(
            r"^\s*(?i:signed|signed by|signature|authori[sz]ed signatory)\s*:\s*{PERSON}\s*,\s*[A-Z][A-Za-z &-]{{2,40}}$"
        ),
        format!(r"^\s*(?i:for and on behalf of)\s[^:\n]{{3,80}}:\s*{PERSON}\s*(?:,[^:]{{2,40}})?$"),
        format!(r"^\s*(?i:for and on behalf of)\s[^:\n]{{3,60}}\s(?i:name)\s*:\s*{PERSON}\s*(?:,[^:]{{2,40}})?$"),
    ];
    patterns.iter().filter_map(|p| Regex::new(p).ok()).collect()
});

/// Who is empowered to sign and who signs, in English.
pub(crate) fn english_agents(bid: &Bid<'_>) -> Vec<Named> {
    let mut named = persons(bid, &ENGLISH_AGENT);
    named.extend(signers_below(bid));
    named.retain(|n| !company::is_english_organisation(&n.name.to_lowercase()));
    named
}

static NAME_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:Name|NAME)\s*:\s*(?:(?:Mr|Mrs|Ms|Dr|Eng)\.?\s+)?([A-Z][A-Za-z'-]+(?:\s+[A-Z][A-Za-z.'-]*){1,3})\s*(?:,.{2,40})?$").ok()
});

/// Who signs in the line below `For and on behalf of` or `For …Limited`.
fn signers_below(bid: &Bid<'_>) -> Vec<Named> {
    let Some(pattern) = NAME_LINE.as_ref() else { return Vec::new() };
    let units = &bid.reading.units;
    let mut found = Vec::new();
    for (unit, one) in units.iter().enumerate().filter(|(unit, _)| bid.is_own(*unit)) {
        let Some(captures) = pattern.captures(&one.text) else { continue };
        let above = unit.checked_sub(1).and_then(|u| units.get(u)).map_or("", |u| u.text.trim());
        let Some(name) = captures.get(1).filter(|_| above.starts_with("For ") && above.chars().count() <= 90) else {
            continue;
        };
        let evidence = bid.unit_evidence(unit);
        found.push(Named { name: name.as_str().to_owned(), evidence, aside: false, strict: true });
    }
    found
}

fn persons(bid: &Bid<'_>, patterns: &[Regex]) -> Vec<Named> {
    let mut found = Vec::new();
    for (unit, one) in bid.reading.units.iter().enumerate() {
        for line in lines(&one.text) {
            let text = bid.reading.text(unit, &line).trim_end().to_owned();
            for name in patterns.iter().filter_map(|p| p.captures(&text)?.get(1).map(|m| m.as_str().to_owned())) {
                let vague = [
                    "代理", "代表", "姓名", "签字", "盖章", "我方", "公司", "单位", "或", "先生", "女士", "身份",
                    "授权", "证明", "复印", "变更", "见附", "信息",
                ]
                .iter()
                .any(|w| name.contains(w));
                if !vague {
                    let evidence = bid.reading.evidence(unit, &line).into_iter().collect();
                    let aside = !bid.is_own(unit) || signs_for_another(bid, unit);
                    found.push(Named { name, evidence, aside, strict: true });
                }
            }
        }
    }
    found
}

/// Whether the lines right above a signature are another organisation's seal.
fn signs_for_another(bid: &Bid<'_>, unit: usize) -> bool {
    let own = company::normalise(&bid.name);
    let above = (unit.saturating_sub(3)..unit).rev().filter_map(|u| bid.reading.units.get(u));
    let above = above.take_while(|u| !u.is_heading);
    let sealed = above.map(|u| bidlens_domain::fold::folded(&u.text)).find(|text| {
        let seal = ["盖章", "公章", "厂家", "制造商", "甲方", "业主"].iter().any(|w| text.contains(w));
        text.chars().count() <= 60
            && text.contains("公司")
            && (seal || text.starts_with("授权人"))
            && !text.contains("我公司")
    });
    sealed.is_some_and(|text| !own.is_empty() && !text.contains(&own))
}

/// Whether the bid says that several firms make it together.
pub(crate) fn is_joint(bid: &Bid<'_>) -> bool {
    bid.sentences.iter().any(|s| {
        let text = bid.text(s);
        bid.is_own(s.unit)
            && ["联合体牵头", "联合体成员", "组成联合体", "我方联合体"].iter().any(|w| text.contains(w))
            && !text.contains("__")
            && !crate::compare::denied(text, "联合体")
    })
}

pub(crate) fn lines(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut start = 0;
    let mut ranges = Vec::new();
    for end in text.match_indices('\n').map(|(at, _)| at).chain([text.len()]) {
        ranges.push(start..end);
        start = end + 1;
    }
    ranges.into_iter()
}

/// The bidder a bid names most often as its own.
pub fn bidder_name(documents: &[bidlens_domain::document::Document]) -> Option<String> {
    let bid = Bid::new("", documents);
    let names = bidders(&bid);
    let mut best: Option<(usize, &str)> = None;
    let own: Vec<&Named> = names.iter().filter(|n| !n.aside).collect();
    for named in if own.is_empty() { names.iter().collect() } else { own } {
        let count = names.iter().filter(|n| company::same(&n.name, &named.name)).count();
        if best.is_none_or(|(most, _)| count > most) {
            best = Some((count, &named.name));
        }
    }
    best.map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use bidlens_documents::{Limits, parse};

    use super::*;

    #[test]
    fn the_agent_of_a_head_is_no_head() {
        let named = |line: &str| {
            let documents = [parse("bid.md", line.as_bytes(), &Limits::default())];
            heads(&Bid::new("", &documents)).into_iter().map(|n| n.name).collect::<Vec<_>>()
        };
        assert_eq!(named("兹证明李四同志为我公司法定代表人王五的授权代表。"), Vec::<String>::new());
        assert_eq!(named("兹证明李四(身份证号TEST01)为我公司法定代表人王五的委托代理人。"), Vec::<String>::new());
        assert_eq!(named("兹证明李四(身份证号TEST01)为我公司法定代表人。"), ["李四"]);
        assert_eq!(named("兹证明李四(身份证号TEST01)在我单位任总经理职务。"), ["李四"]);
        assert_eq!(named("营业执照:禾木家具有限公司,注册资本500万元,法定代表人李四。"), ["李四"]);
        assert_eq!(named("兹证明李四同志为我公司法定代表人的授权代表。"), Vec::<String>::new());
        assert_eq!(named("兹证明李四同志为我公司法定代表人。"), ["李四"]);
        assert_eq!(named("兹证明李四同志系禾木家具有限公司法定代表人"), ["李四"]);
    }
}
