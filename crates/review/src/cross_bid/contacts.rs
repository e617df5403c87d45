//! The same phone, mail, address, account, code or person in several bids.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::clue::ClueKind;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::fold::is_han;
use bidlens_domain::wording::both;
use regex::Regex;

use super::{Bids, Draft, Reasons, Shown, Strength, shared};
use crate::bid::{Bid, names};
use crate::compare::bare;

/// Quoted of each bid.
const PLACES_MAX: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Contact {
    Phone,
    Mail,
    Account,
    Identity,
    CreditCode,
    Address,
    Person,
}

impl Contact {
    fn word(self) -> &'static str {
        match self {
            Contact::Phone => "电话号码",
            Contact::Mail => "电子邮箱",
            Contact::Account => "银行账号",
            Contact::Identity => "身份证号码",
            Contact::CreditCode => "统一社会信用代码",
            Contact::Address => "地址",
            Contact::Person => "人员",
        }
    }

    fn in_english(self) -> &'static str {
        match self {
            Contact::Phone => "phone number",
            Contact::Mail => "e-mail address",
            Contact::Account => "bank account",
            Contact::Identity => "identity card number",
            Contact::CreditCode => "unified social credit code",
            Contact::Address => "address",
            Contact::Person => "person",
        }
    }

    fn kind(self) -> ClueKind {
        match self {
            Contact::CreditCode => ClueKind::EntityLeak,
            Contact::Account => ClueKind::SharedAccount,
            Contact::Phone | Contact::Mail | Contact::Identity | Contact::Address | Contact::Person => {
                ClueKind::SharedContact
            }
        }
    }

    fn strength(self, value: &str) -> Strength {
        match self {
            Contact::Phone | Contact::Mail | Contact::Account | Contact::Identity | Contact::CreditCode => {
                Strength::Strong
            }
            Contact::Address => Strength::Medium,
            // Names of two characters are borne by many.
            Contact::Person if value.chars().count() >= 3 => Strength::Medium,
            Contact::Person => Strength::Weak,
        }
    }

    fn innocent(self) -> Reasons {
        match self {
            Contact::Person => &[
                ("不同人员重名", "Different people bear the same name"),
                (
                    "同一人员先后在两家单位任职，资料未更新",
                    "One person worked for both firms in turn, and the papers were not brought up to date",
                ),
            ],
            Contact::Address => &[
                ("两家单位在同一园区或写字楼办公", "Both firms have their offices in the same park or building"),
                ("填写了项目所在地或交货地址", "The address given is that of the project or of delivery"),
            ],
            _ => &[
                (
                    "该号码属于第三方，如厂家、银行、公证或检测机构",
                    "The number is a third party's, such as a maker, a bank, a notary or a testing body",
                ),
                (
                    "该号码是招标人或代理机构的联系方式，而招标文件中未出现",
                    "The number is the buyer's or the agency's and does not stand in the tender",
                ),
                ("填表时误抄", "It was copied by mistake when the form was filled in"),
            ],
        }
    }
}

static TOKENS: LazyLock<Vec<(Contact, Regex)>> = LazyLock::new(|| {
    let patterns = [
        (Contact::Mail, r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
        (Contact::Identity, r"(?:^|[^0-9A-Za-z])([1-9][0-9]{16}[0-9Xx])(?:[^0-9A-Za-z]|$)"),
        (Contact::CreditCode, r"(?:^|[^0-9A-Za-z])(9[0-9A-HJ-NPQRTUWXY]{17})(?:[^0-9A-Za-z]|$)"),
        (Contact::Phone, r"(?:^|[^0-9A-Za-z.-])(1[0-9]{10}|0[0-9]{2,3}[- ]?[0-9]{7,8})(?:[^0-9A-Za-z]|$)"),
        (Contact::Account, r"(?:账号|帐号|账户号码|银行账户)[^0-9]{0,12}([0-9][0-9 -]{10,28}[0-9])"),
        (Contact::Address, r"(?:通[讯信]|注册|联系|办公|单位|公司)?地址\s*:\s*([^,;。\s][^;。\n]{7,59})"),
    ];
    patterns.into_iter().filter_map(|(contact, pattern)| Some((contact, Regex::new(pattern).ok()?))).collect()
});

/// Labels of people who act for a bidder.
const ROLES: [&str; 14] = [
    "联系人",
    "项目负责人",
    "项目经理",
    "技术负责人",
    "质量负责人",
    "安全负责人",
    "安全员",
    "授权代表",
    "委托代理人",
    "被授权人",
    "法定代表人",
    "单位负责人",
    "经办人",
    "编制人",
];
/// Words beside what belongs to somebody else.
const THIRD_PARTY: [&str; 19] = [
    "招标",
    "采购人",
    "代理机构",
    "制造商",
    "厂家",
    "厂商",
    "业主",
    "用户",
    "客户",
    "甲方",
    "监督",
    "投诉",
    "公证",
    "检测",
    "保险",
    "监理",
    "社保",
    "平台",
    "热线",
];
/// Family names that most people bear; other two to four characters behind a label may be any word.
const FAMILY_NAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤殷施葛戚温傅俞鲁柳岑尤喻鲍章凌闵裴晏舒祝霍";

/// A value of a bid and the words it stands in.
type Held = (Contact, String);

pub(super) fn drafts(bids: &Bids<'_>) -> Vec<Draft> {
    let held = bids.each().flat_map(|(index, bid)| held(bid).into_iter().map(move |(key, words)| (index, key, words)));
    let shared = shared(held).into_iter().filter(|((_, value), _)| !bids.tender_words.contains(&bare(value)));
    shared.map(|(key, places)| draft(bids, key, places)).collect()
}

fn draft(bids: &Bids<'_>, (contact, value): Held, places: BTreeMap<usize, Vec<Evidence>>) -> Draft {
    Draft {
        kind: contact.kind(),
        strength: contact.strength(&value).if_shared_by_all(bids.is_everybodys(places.len())),
        summary: both(
            format!("写有同一{}“{value}”", contact.word()),
            format!("The bids give the same {}: “{value}”", contact.in_english()),
        ),
        innocent: contact.innocent(),
        more: 0,
        sides: places
            .into_iter()
            .map(|(index, evidence)| (index, Shown::words(evidence.into_iter().take(PLACES_MAX).collect())))
            .collect(),
        subject: format!("{} {value}", contact.word()),
    }
}

/// Everything of the kind that a bid gives as its own.
fn held(bid: &Bid<'_>) -> Vec<(Held, Evidence)> {
    let mut found = Vec::new();
    for (unit, one) in bid.reading.units.iter().enumerate().filter(|(unit, _)| bid.is_own(*unit)) {
        let label = bid.label(unit);
        for line in names::lines(&one.text) {
            let text = bid.reading.text(unit, &line);
            if is_third_partys(text) || is_third_partys(&label) {
                continue;
            }
            // A cell's label says what its number is.
            let labelled = if one.cell.is_some() { format!("{label}:{text}") } else { text.to_owned() };
            let Some(evidence) = bid.reading.evidence(unit, &line) else { continue };
            found.extend(tokens(&labelled).into_iter().map(|key| (key, evidence.clone())));
        }
    }
    found.extend(persons(bid));
    found
}

fn is_third_partys(text: &str) -> bool {
    THIRD_PARTY.iter().any(|word| text.contains(word))
}

fn tokens(text: &str) -> Vec<Held> {
    let mut tokens: Vec<Held> = Vec::new();
    for (contact, pattern) in TOKENS.iter() {
        for captures in pattern.captures_iter(text) {
            let value = captures.get(1).or_else(|| captures.get(0)).map_or("", |m| m.as_str());
            let value = match contact {
                Contact::Mail => value.to_lowercase(),
                Contact::Address => bare(value),
                _ => bare(value).to_uppercase(),
            };
            let told = tokens.iter().any(|(_, known)| *known == value);
            // An address without a number names a town.
            let vague = *contact == Contact::Address && !value.chars().any(|c| c.is_ascii_digit());
            if !told && !vague && !is_placeholder(&value) {
                tokens.push((*contact, value));
            }
        }
    }
    tokens
}

/// `00000000`, `11111111111`: nobody's number.
fn is_placeholder(value: &str) -> bool {
    let mut digits = value.chars().skip(1);
    digits.next().is_none_or(|first| digits.all(|c| c == first))
}

fn persons(bid: &Bid<'_>) -> Vec<(Held, Evidence)> {
    let named = names::heads(bid).into_iter().chain(names::agents(bid)).filter(|named| !named.aside);
    let named = named.filter_map(|named| Some((named.name, named.evidence.into_iter().next()?)));
    let pairs = bid.reading.pairs.iter().filter(|pair| {
        bid.is_own(pair.unit)
            && ROLES.iter().any(|role| pair.label.ends_with(role))
            && !is_third_partys(&pair.label)
            && !is_third_partys(&pair.context)
    });
    let labelled = pairs.filter_map(|pair| {
        let name = bid.reading.text(pair.unit, &pair.value).trim().to_owned();
        Some((name, bid.reading.evidence(pair.unit, &whole(pair.label_start, &pair.value))?))
    });
    let people = named.chain(labelled).filter(|(name, _)| is_person(name));
    people.map(|(name, evidence)| ((Contact::Person, name), evidence)).collect()
}

/// A value with its label, when they stand together.
fn whole(label: Option<usize>, value: &Range<usize>) -> Range<usize> {
    label.filter(|start| *start < value.end).unwrap_or(value.start)..value.end
}

fn is_person(name: &str) -> bool {
    (2..=4).contains(&name.chars().count())
        && name.starts_with(|c| FAMILY_NAMES.contains(c))
        && name.chars().all(is_han)
}

#[cfg(test)]
mod tests {
    use super::{Contact, is_person, tokens};

    #[test]
    fn numbers_are_known_by_their_form() {
        let found = |text: &str| tokens(&bidlens_domain::fold::folded(text));
        let one = |contact, value: &str| vec![(contact, value.to_owned())];
        assert_eq!(found("电话：１３９００００１２３４"), one(Contact::Phone, "13900001234"));
        assert_eq!(found("电话：0551-60001234"), one(Contact::Phone, "055160001234"));
        assert_eq!(found("邮箱：Lan@Example.com"), one(Contact::Mail, "lan@example.com"));
        assert_eq!(found("账号：3400 1234 5678 9012"), one(Contact::Account, "3400123456789012"));
        assert_eq!(found("身份证号码：11010119000101123X"), one(Contact::Identity, "11010119000101123X"));
        assert_eq!(found("地址：青禾市兰亭路18号3幢"), one(Contact::Address, "青禾市兰亭路18号3幢"));
        for text in ["数量：10000000000000", "手机：11111111111", "热线 400-800-1234", "地址：青禾市兰亭区"]
        {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn words_behind_a_label_are_no_names() {
        assert!(is_person("周澄澜"));
        for word in ["详见附件", "无", "同上", "见授权书", "有限公司"] {
            assert!(!is_person(word), "{word}");
        }
    }
}
