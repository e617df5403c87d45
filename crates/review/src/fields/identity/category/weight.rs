//! What the words of the project's name, and of the whole tender, speak of most.

use bidlens_domain::field::{Field, FieldStatus, FieldValue};
use bidlens_domain::fold::folded;

use crate::fields::{Candidate, Fields};
use crate::reading::{Reading, Zone};

/// How tenders speak of one kind of procurement, in lower case.
struct Kind {
    choice: &'static str,
    /// Words of the whole tender.
    text: &'static [&'static str],
    /// Words of the project's name.
    name: &'static [&'static str],
    /// What the name begins with.
    first: &'static [&'static str],
    /// What the name ends with.
    last: &'static [&'static str],
}

const KINDS: [Kind; 3] = [
    Kind {
        choice: "works",
        text: &[
            "施工",
            "工程量清单",
            "建造师",
            "工期",
            "竣工",
            "安全生产许可证",
            "监理人",
            "发包人",
            "承包人",
            "土建",
            "civil works",
            "construction work",
            "construction and completion",
            "bill of quantities",
            "notice to proceed",
            "contractor",
            "retainage",
            "resurfacing",
            "civil engineering",
        ],
        name: &[
            "工程施工",
            "改造工程",
            "建设工程",
            "工程",
            "施工",
            "修缮",
            "construction",
            "repair",
            "road",
            "building",
            "resurfacing",
            "paving",
            "rehabilitation",
            "renovation",
            "refurbishment",
            "demolition",
            "drainage",
            "sewer",
        ],
        first: &[],
        last: &["工程", "施工"],
    },
    Kind {
        choice: "goods",
        text: &[
            "供货",
            "交货",
            "货物",
            "设备采购",
            "到货",
            "生产厂家",
            "制造商",
            "产品",
            "安装调试",
            "supply of",
            "goods",
            "manufacturer",
            "consignee",
            "oem ",
        ],
        name: &[
            "设备",
            "采购",
            "购置",
            "器材",
            "物资",
            "家具",
            "系统",
            "耗材",
            "用品",
            "药品",
            "车辆",
            "supply",
            "purchase",
            "equipment",
        ],
        first: &["supply of ", "supply and delivery of ", "purchase of ", "supply, "],
        last: &["设备", "采购及安装项目", "设备采购", "货物采购", "物资采购", "设备购置", "一批", "仪", "仪器"],
    },
    Kind {
        choice: "services",
        text: &[
            "服务期",
            "服务内容",
            "服务方案",
            "服务质量",
            "服务要求",
            "服务人员",
            "咨询",
            "运维",
            "保洁",
            "物业",
            "consultancy",
            "manpower",
            "services",
            "consultant",
            "terms of reference",
        ],
        name: &[
            "服务",
            "维护",
            "特许经营",
            "运维",
            "咨询",
            "监理",
            "设计",
            "物业",
            "保洁",
            "检测",
            "测评",
            "鉴定",
            "调查",
            "测绘",
            "普查",
            "勘察",
            "评估",
            "审计",
            "保险",
            "养护",
            "管家",
            "租赁",
            "编制",
            "services",
            "consult",
            "manpower",
            "maintenance",
            "hiring",
            "survey",
            "study",
            "design",
            "modelling",
            "mapping",
            "inspection",
            "advisory",
            "migration",
            "training",
            "supervision",
        ],
        first: &[],
        last: &["服务", "服务项目", "服务采购", "服务采购项目", "维护项目", "监理", "设计", "咨询", "配送企业遴选"],
    },
];

/// What tenders of every kind say of procurement policies.
const POLICIES: &[&str] = &["节能产品", "环境标志产品", "环保产品", "进口产品", "国内产品", "本国产品"];

/// What a word of the name counts for, and how often at most; the words of the text count one each.
const NAME_WORD: i64 = 25;
const NAME_WORDS_MAX: i64 = 2;
/// What the name begins or ends with is what is bought.
const NAME_END: i64 = 40;
/// What nothing else of the tender outweighs.
const NAME_ALONE: i64 = 1000;
/// Below it, the words of a tender tell nothing unless they all tell the same.
const SCORE_MIN: i64 = 3;

pub(super) fn category_by_weight(reading: &Reading<'_>, fields: &Fields) -> Option<Candidate> {
    let name = fields.get("project_name").filter(|f| f.found().is_some());
    let (kind, words) = weighed(reading, name)?;
    let value = FieldValue::Choice(kind.to_owned());
    let Some(name) = name else {
        return first_spoken_of(reading, words, value);
    };
    Some(Candidate {
        status: FieldStatus::Found,
        value: Some(value),
        raw: name.raw().to_owned(),
        evidence: name.evidence().first()?.clone(),
        rank: 10,
    })
}

/// The kind that counts most, with its words.
fn weighed(reading: &Reading<'_>, name: Option<&Field>) -> Option<(&'static str, &'static [&'static str])> {
    let mut scores = [0_i64; KINDS.len()];
    if let Some(FieldValue::Text(name)) = name.and_then(|f| f.value()) {
        let name = name_of_object(name);
        for (score, kind) in scores.iter_mut().zip(&KINDS) {
            *score += name_score(&name, kind);
        }
    }
    for unit in reading.units.iter().filter(|u| u.zone != Zone::BidForms) {
        // Who works for the bidder is no contractor of the buyer's.
        let text = unit.text.to_lowercase().replace("subcontractor", "").replace("sub-contractor", "");
        // Every public tender speaks of the policies that favour products, whatever it buys.
        let text = POLICIES.iter().fold(text, |text, words| text.replace(words, ""));
        for (score, kind) in scores.iter_mut().zip(&KINDS) {
            *score += count(&text, kind.text);
        }
    }
    let certain = scores.iter().filter(|score| **score > 0).count() == 1;
    let (best, kind) = scores.iter().zip(&KINDS).max_by_key(|(score, _)| **score)?;
    (*best >= SCORE_MIN || certain).then_some((kind.choice, kind.text))
}

/// A project's name in lower case; how the contract is awarded says nothing of what is bought, and water is supplied by
/// works.
fn name_of_object(name: &str) -> String {
    folded(name).to_lowercase().replace("框架协议", "").replace("定点", "").replace("water supply", "water")
}

fn name_score(name: &str, kind: &Kind) -> i64 {
    let bare = name.trim_end_matches([')', '。', ' ']);
    let object = without_procurement(bare);
    let served = kind.choice == "services" && DEEDS.iter().any(|word| object.ends_with(word));
    let bought = kind.first.iter().any(|word| bare.starts_with(word))
        || kind.last.iter().any(|word| bare.ends_with(word))
        || served;
    let end = if bought { NAME_END } else { 0 };
    let supervised = kind.choice == "services" && is_supervision(bare);
    let alone = if supervised { NAME_ALONE } else { 0 };
    NAME_WORD * named(name, kind.name).min(NAME_WORDS_MAX) + end + alone
}

/// What is done for the buyer, where the name of what is bought closes with it: 信息系统测评项目.
const DEEDS: &[&str] = &[
    "测评",
    "检测",
    "监测",
    "检验",
    "鉴定",
    "认证",
    "评估",
    "审计",
    "调查",
    "测绘",
    "普查",
    "勘察",
    "设计",
    "咨询",
    "编制",
    "运维",
    "维护",
    "维保",
    "养护",
    "保洁",
    "绿化养护",
    "物业管理",
    "租赁",
    "培训",
    "巡检",
    "监理",
];

/// A project's name without the words that say that it is procured.
fn without_procurement(name: &str) -> &str {
    const PROCURED: &[&str] = &["招标", "采购", "项目", "磋商", "询价", "比选"];
    let mut object = name;
    for _ in 0..3 {
        object = PROCURED.iter().find_map(|end| object.strip_suffix(end)).unwrap_or(object);
    }
    object
}

/// `…工程施工监理`: the works are what is supervised, however often the tender speaks of them.
fn is_supervision(name: &str) -> bool {
    let bare = ["服务", "项目", "招标", "采购"].iter().fold(name, |name, end| name.strip_suffix(end).unwrap_or(name));
    let bare = bare.strip_suffix("服务").unwrap_or(bare);
    bare.strip_suffix("监理").is_some_and(|works| !works.ends_with(['及', '和', '与', '、']))
}

/// How often the words stand in a name; 检测仪 and 测绘无人机 are things, whatever they do.
fn named(name: &str, words: &[&str]) -> i64 {
    const THINGS: &[char] = &['仪', '机', '器', '车', '箱'];
    let is_deed = |(at, word): &(usize, &str)| {
        !name.get(at + word.len()..).is_some_and(|rest| rest.starts_with(THINGS) && !rest.starts_with("机构"))
    };
    words.iter().map(|word| i64::try_from(name.match_indices(word).filter(is_deed).count()).unwrap_or(0)).sum()
}

fn count(text: &str, words: &[&str]) -> i64 {
    words.iter().map(|word| i64::try_from(text.matches(word).count()).unwrap_or(0)).sum()
}

/// The first sentence that holds one of a kind's words.
fn first_spoken_of(reading: &Reading<'_>, words: &[&str], value: FieldValue) -> Option<Candidate> {
    const SENTENCE_CHARS_MIN: usize = 12;
    let clause = reading.clauses.iter().find(|clause| {
        let text = reading.text(clause.unit, &clause.range).to_lowercase();
        reading.zone(clause.unit) != Zone::BidForms
            && text.chars().count() >= SENTENCE_CHARS_MIN
            && words.iter().any(|word| text.contains(word))
    })?;
    reading.candidate(clause.unit, clause.range.clone(), clause.range.clone(), value, 10)
}
