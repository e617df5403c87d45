//! Names of organisations: what ends one, and when two names are the same.
//!
//! There is no list of companies here; a name is recognised by the word that closes it.

use bidlens_domain::fold::{folded, is_western};

/// Words that close the name of an organisation, the longer ones first where one ends another.
const ENDINGS: &[&str] = &[
    "有限责任公司",
    "股份有限公司",
    "有限公司",
    "分公司",
    "公司",
    "集团",
    "合伙企业",
    "事务所",
    "工作室",
    "厂",
    "委员会",
    "管委会",
    "居委会",
    "村委会",
    "人民政府",
    "政府",
    "办事处",
    "街道办",
    "管理局",
    "总局",
    "分局",
    "局",
    "厅",
    "部",
    "署",
    "司",
    "处",
    "科",
    "所",
    "站",
    "院",
    "医院",
    "法院",
    "检察院",
    "研究院",
    "设计院",
    "学院",
    "大学",
    "学校",
    "中学",
    "小学",
    "幼儿园",
    "中心",
    "银行",
    "支行",
    "分行",
    "总队",
    "支队",
    "大队",
    "队",
    "协会",
    "学会",
    "基金会",
    "联合会",
    "工会",
    "馆",
    "台",
    "社",
    "会",
    "园",
    "库",
    "监狱",
    "中心校",
    "党校",
    "街道",
    "基地",
    "部队",
    "林场",
    "农场",
    "机场",
    "市场",
    "实验室",
    "俱乐部",
    "办公室",
    "灌区",
    "镇",
    "乡",
];

/// A name as it is compared: folded, without spaces, seals, brackets' width and a trailing note.
pub fn normalise(name: &str) -> String {
    let mut text: String = folded(name).chars().filter(|c| !c.is_whitespace()).collect();
    for note in
        ["(盖章)", "(公章)", "(盖单位章)", "(盖单位公章)", "(章)", "(全称)", "(盖公章)", "(单位公章)", "(加盖公章)"]
    {
        text = text.replace(note, "");
    }
    text.trim_matches([':', ',', '。', ';', '、', '_', '.']).to_owned()
}

/// The Chinese part of a name given in two languages: 东汀船厂有限公司Dongting Shipyard Co.
pub fn chinese_part(name: &str) -> &str {
    if !name.starts_with(bidlens_domain::fold::is_han) {
        return name;
    }
    let latin = name.find(|c: char| c.is_ascii_alphabetic()).filter(|&at| {
        let before = name.get(..at).unwrap_or_default().trim_end();
        ENDINGS.iter().any(|e| before.ends_with(e))
    });
    latin.and_then(|at| name.get(..at)).unwrap_or(name).trim_end()
}

/// Whether two names mean the same organisation.
pub fn same(a: &str, b: &str) -> bool {
    let (a, b) = (normalise(a).to_lowercase(), normalise(b).to_lowercase());
    !a.is_empty() && a == b
}

/// Whether `text` reads as the name of one organisation and nothing more.
pub fn is_organisation(text: &str) -> bool {
    let name = normalise(text);
    let length = name.chars().count();
    let longest = if is_western(&name) { 90 } else { 60 };
    if !(3..=longest).contains(&length) || name.contains(['。', ';', '?', ':', '_']) {
        return false;
    }
    let bare = name.split('(').next().unwrap_or_default();
    let closes = |t: &str| ENDINGS.iter().any(|e| t.ends_with(e));
    closes(&name) || name.ends_with(')') && closes(bare) || is_english_organisation(folded(text).trim())
}

/// Whether a lower-case English name ends like a company's or a body's.
pub(crate) fn is_english_organisation(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "limited",
        "ltd",
        "ltd.",
        "inc",
        "inc.",
        "llc",
        "corporation",
        "company",
        "authority",
        "department",
        "ministry",
        "council",
        "university",
        "board",
        "bank",
        "agency",
        "commission",
        "institute",
        "municipality",
        "corp",
        "trust",
        "society",
        "office",
        "directorate",
        "government",
        "hospital",
        "college",
        "plc",
        "pvt",
        "organisation",
        "organization",
        "programme",
        "district",
        "county",
        "division",
        "waterworks",
        "utilities",
        "bureau",
        "polytechnic",
        "railways",
        "administration",
        "schools",
        "academy",
        "gmbh",
        "pty",
        "ag",
        "sa",
        "bv",
        "nv",
        "oy",
        "ab",
        "srl",
        "spa",
        "cc",
        "llp",
        "kg",
        "pte",
        "bhd",
        "sdn",
        "builders",
        "contractors",
        "constructions",
        "enterprises",
        "industries",
        "associates",
        "association",
        "federation",
        "institution",
        "secretariat",
    ];
    /// Words that head a part of a tender: Fee and Bank Details is no bank.
    const HEADINGS: &[&str] = &[
        "&",
        "and",
        "of",
        "details",
        "form",
        "forms",
        "fee",
        "fees",
        "charges",
        "guarantee",
        "account",
        "information",
        "requirements",
        "instructions",
        "conditions",
        "terms",
        "letter",
        "preference",
        "approval",
    ];
    /// What governs itself is named by what it is.
    const GOVERNS: &[&str] =
        &["city of ", "town of ", "county of ", "state of ", "province of ", "district of ", "borough of "];
    let lower = name.to_lowercase();
    let last = lower.rsplit(' ').next().unwrap_or_default();
    let governs = GOVERNS.iter().any(|g| lower.strip_prefix("the ").unwrap_or(&lower).starts_with(g))
        && lower.split(' ').count() <= 6;
    if governs && is_western(name) && !HEADINGS.contains(&last) {
        return true;
    }
    // A running head: the title, the page and who buys in one line.
    let runs = lower.split(' ').any(|word| matches!(word, "page" | "rfp" | "rfq"));
    is_western(name)
        && !runs
        && !HEADINGS.contains(&last)
        && lower.starts_with(|c: char| c.is_ascii_alphabetic())
        && lower.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).any(|word| WORDS.contains(&word))
}

/// The company names in running text, each as a byte range: what stands from a break to `公司` and the like.
pub fn find(text: &str) -> Vec<std::ops::Range<usize>> {
    const CLOSERS: &[&str] = &["有限责任公司", "股份有限公司", "有限公司", "公司"];
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|t| t.find("公司")).map(|n| from + n) {
        let end = at + "公司".len();
        let head = text.get(from..end).unwrap_or_default();
        let start_in_head = head.char_indices().rev().find(|(_, c)| is_break(*c)).map_or(0, |(i, c)| i + c.len_utf8());
        let mut start = from + start_in_head;
        let own = text.get(start..end).unwrap_or_default();
        for lead in ["我方", "本公司", "兹授权", "致", "由", "与", "和", "及", "是", "为", "向", "在"]
        {
            if own.starts_with(lead) && own.len() > lead.len() + "公司".len() + 6 {
                start += lead.len();
                break;
            }
        }
        let name = text.get(start..end).unwrap_or_default();
        let stem = CLOSERS.iter().find_map(|c| name.strip_suffix(c)).unwrap_or_default();
        if (2..=40).contains(&stem.chars().count()) {
            ranges.push(start..end);
        }
        from = end;
    }
    ranges
}

fn is_break(c: char) -> bool {
    matches!(
        c,
        ',' | '。'
            | ';'
            | ':'
            | '、'
            | '"'
            | '\n'
            | '\t'
            | '?'
            | '!'
            | '《'
            | '》'
            | '_'
            | ' '
            | '“'
            | '”'
            | '【'
            | '】'
            | '/'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_their_dress() {
        assert!(same("江城市远岭设备有限公司（盖章）", "江城市 远岭设备有限公司"));
        assert!(!same("江城市远岭设备有限公司", "江城市远岭实业有限公司"));
        assert!(!same("", ""));
    }

    #[test]
    fn organisations_are_told_from_sentences() {
        assert!(is_organisation("江城市教育局"));
        assert!(is_organisation("江城集团有限公司（江城分公司）"));
        assert!(!is_organisation("详见招标公告"));
        assert!(!is_organisation("本项目的招标人。"));
    }

    #[test]
    fn companies_are_found_in_running_text() {
        let text = "投标人:江城市远岭设备有限公司,联合体成员为东河建设集团有限公司。";
        let names: Vec<&str> = find(text).into_iter().map(|r| &text[r]).collect();
        assert_eq!(names, ["江城市远岭设备有限公司", "联合体成员为东河建设集团有限公司"]);
    }
}
