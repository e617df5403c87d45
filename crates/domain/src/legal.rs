//! Which procurement law governs a tender, and what became of every legal rule that was held against it.
//!
//! A rule that could not be judged says why in [`RuleState`] and [`Abstention`]: silence is never taken for lawfulness.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::document::Language;
use crate::evidence::Evidence;
use crate::field::FieldKey;
use crate::labels::field_name;
use crate::time::{Duration, Moment};
use crate::wording::quoted;

/// The law a procedure runs under, as far as the tender's own words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// 招标投标法, a project that must be tendered by law.
    ZtbMandatory,
    /// 招标投标法; whether tendering is mandatory does not follow from the document.
    Ztb,
    /// 政府采购法 with 财政部令第87号: goods and services by public or invited tender.
    GovGoodsServices,
    /// 财政部令第74号: competitive negotiation.
    GovNegotiation,
    /// 财政部令第74号: inquiry.
    GovInquiry,
    /// 财政部令第74号: single source.
    GovSingleSource,
    /// 财库〔2014〕214号: competitive consultation.
    GovConsultation,
    /// 财政部令第110号: framework agreements.
    GovFramework,
    /// A company's own purchase outside both laws, by the document's own statement.
    Enterprise,
    /// The World Bank's procurement regulations and standard documents.
    WorldBank,
    /// Directive 2014/24/EU.
    Eu,
    /// The United States Federal Acquisition Regulation.
    UsFar,
    #[default]
    Unknown,
}

impl Regime {
    /// All regimes a rule can be written for.
    pub const ALL: [Regime; 12] = [
        Regime::ZtbMandatory,
        Regime::Ztb,
        Regime::GovGoodsServices,
        Regime::GovNegotiation,
        Regime::GovInquiry,
        Regime::GovSingleSource,
        Regime::GovConsultation,
        Regime::GovFramework,
        Regime::Enterprise,
        Regime::WorldBank,
        Regime::Eu,
        Regime::UsFar,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Regime::ZtbMandatory => "ztb_mandatory",
            Regime::Ztb => "ztb",
            Regime::GovGoodsServices => "gov_goods_services",
            Regime::GovNegotiation => "gov_negotiation",
            Regime::GovInquiry => "gov_inquiry",
            Regime::GovSingleSource => "gov_single_source",
            Regime::GovConsultation => "gov_consultation",
            Regime::GovFramework => "gov_framework",
            Regime::Enterprise => "enterprise",
            Regime::WorldBank => "world_bank",
            Regime::Eu => "eu",
            Regime::UsFar => "us_far",
            Regime::Unknown => "unknown",
        }
    }
}

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleState {
    /// It fired; a risk with its id carries the words.
    Fired,
    /// All it needs was there and nothing speaks against the document.
    NotTriggered,
    /// Made for another regime, another kind of purchase, or not in force at the tender's date.
    NotApplicable,
    /// Not judged; the [`Abstention`] says why.
    Abstained,
}

impl RuleState {
    pub fn as_str(self) -> &'static str {
        match self {
            RuleState::Fired => "fired",
            RuleState::NotTriggered => "not_triggered",
            RuleState::NotApplicable => "not_applicable",
            RuleState::Abstained => "abstained",
        }
    }
}

/// Why a rule was not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Abstention {
    /// The document does not tell which law governs, or names several without saying which.
    RegimeUnknown,
    /// No date says which version of the law applied.
    DateUnknown,
    /// A fact the rule needs was not found or is contradictory; the outcome names it.
    FactsMissing,
    /// The working-day calendar has no certain data for a year in question.
    CalendarMissing,
    /// The law knows exceptions that the document may claim.
    ExceptionPossible,
    /// Part of the document could not be read, so that absence proves nothing.
    Unreadable,
}

impl Abstention {
    pub fn as_str(self) -> &'static str {
        match self {
            Abstention::RegimeUnknown => "regime_unknown",
            Abstention::DateUnknown => "date_unknown",
            Abstention::FactsMissing => "facts_missing",
            Abstention::CalendarMissing => "calendar_missing",
            Abstention::ExceptionPossible => "exception_possible",
            Abstention::Unreadable => "unreadable",
        }
    }
}

/// One rule's outcome for one tender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleOutcome {
    pub rule_id: String,
    pub state: RuleState,
    pub abstention: Option<Abstention>,
    /// The fields or facts that were missing.
    pub missing: Vec<String>,
}

/// An article that a statement rests on, as it was in force at the tender's date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalBasis {
    pub law: String,
    pub article: String,
    /// A short quotation of the article.
    pub text: String,
    pub valid_from: NaiveDate,
    /// The last day in force; `None` while it is in force.
    pub valid_to: Option<NaiveDate>,
}

/// Laws in English, for readers who do not read their names; they are translations, and the Chinese name is the law's.
const LAWS: [(&str, &str); 17] = [
    ("招标投标法", "Tendering and Bidding Law"),
    ("招标投标法实施条例", "Regulations for the Implementation of the Tendering and Bidding Law"),
    ("政府采购法", "Government Procurement Law"),
    ("政府采购法实施条例", "Regulations for the Implementation of the Government Procurement Law"),
    (
        "政府采购货物和服务招标投标管理办法",
        "Measures for Tendering and Bidding in Government Procurement of Goods and Services",
    ),
    ("政府采购非招标采购方式管理办法", "Measures for Government Procurement Other than by Tender"),
    ("政府采购需求管理办法", "Measures for the Needs of Government Procurement"),
    (
        "政府采购竞争性磋商采购方式管理暂行办法",
        "Interim Measures for Competitive Consultation in Government Procurement",
    ),
    (
        "政府采购促进中小企业发展管理办法",
        "Measures for Furthering Small and Medium-sized Enterprises by Government Procurement",
    ),
    ("保障中小企业款项支付条例", "Regulations on Securing Payments to Small and Medium-sized Enterprises"),
    ("招标投标领域公平竞争审查规则", "Rules for the Review of Fair Competition in Tendering and Bidding"),
    ("政府采购质疑和投诉办法", "Measures for Challenges and Complaints in Government Procurement"),
    ("建设工程质量保证金管理办法", "Measures for Retention Money in Construction"),
    ("建设工程价款结算暂行办法", "Interim Measures for the Settlement of Construction Prices"),
    ("工程建设项目施工招标投标办法", "Measures for Tendering and Bidding for Construction Works"),
    (
        "财政部关于进一步加大政府采购支持中小企业力度的通知",
        "Notice of the Ministry of Finance on More Support for Small and Medium-sized Enterprises in Government Procurement",
    ),
    (
        "财政部 住房城乡建设部关于完善建设工程价款结算有关办法的通知",
        "Notice of the Ministries of Finance and of Housing and Urban-Rural Development on the Settlement of Construction Prices",
    ),
];

impl LegalBasis {
    /// The law's name; in Chinese and in quotes where it has no English one.
    pub fn law_in(&self, language: Language) -> String {
        match language {
            Language::Zh => self.law.clone(),
            Language::En => LAWS
                .iter()
                .find(|(zh, _)| *zh == self.law)
                .map_or_else(|| quoted(&self.law), |(_, en)| (*en).to_owned()),
        }
    }

    /// The article: `第二十六条` is `Article 26`.
    pub fn article_in(&self, language: Language) -> String {
        match language {
            Language::Zh => self.article.clone(),
            Language::En => match article_number(&self.article) {
                Some(number) => format!("Article {number}"),
                None => quoted(&self.article),
            },
        }
    }

    /// Law and article, as the language cites them.
    pub fn cited_in(&self, language: Language) -> String {
        let (law, article) = (self.law_in(language), self.article_in(language));
        // A foreign law is cited as at home.
        if language == Language::En || law.is_ascii() {
            format!("{law}, {article}")
        } else {
            format!("《{law}》{article}")
        }
    }
}

/// The number of an article below a thousand: `第一百零二条`.
fn article_number(article: &str) -> Option<u32> {
    let numeral = article.strip_prefix('第')?.strip_suffix('条')?;
    let (mut number, mut pending) = (0, None);
    for c in numeral.chars() {
        if let Some(digit) = "零一二三四五六七八九".chars().position(|d| d == c) {
            pending = Some(u32::try_from(digit).ok()?);
            continue;
        }
        let unit = match c {
            '十' => 10,
            '百' => 100,
            _ => return None,
        };
        // 十二 is 12.
        number += pending.take().unwrap_or(1) * unit;
    }
    Some(number + pending.unwrap_or(0)).filter(|number| *number > 0)
}

/// The last day on which the law lets a bidder question the tender, and how it is reckoned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LastDay {
    pub at: Moment,
    /// The field it is counted from: back from the deadline, or on from the first day the documents could be had.
    pub counted_from: FieldKey,
    pub start: Moment,
    pub period: Duration,
    pub basis: LegalBasis,
}

impl LastDay {
    /// Whence it comes: from which day, how many days, by which article.
    pub fn reckoning(&self, language: Language) -> String {
        let (law, start) = (self.basis.cited_in(language), self.start);
        let from = field_name(&self.counted_from, language);
        let back = self.at.date() < start.date();
        match (language, back) {
            (Language::Zh, true) => format!("{law}：自{from}（{start}）倒推{}", self.period),
            (Language::Zh, false) => {
                format!("{law}：自{from}（{start}）起{}，当日不计；较晚取得文件的，自取得之日起算", self.period)
            }
            (Language::En, true) => format!("{law}: {} back from “{from}” ({start})", self.period.in_english()),
            (Language::En, false) => format!(
                "{law}: {} from “{from}” ({start}), that day not counted; who obtained the documents later counts from then",
                self.period.in_english()
            ),
        }
    }
}

/// How the law was read into one tender.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LegalReading {
    pub regime: Regime,
    /// The words that tell the regime; where it is unknown, the words that speak for different ones, if any.
    pub regime_evidence: Vec<Evidence>,
    /// The earliest certain date of the procedure, by which versions of rules are chosen.
    pub date: Option<NaiveDate>,
    /// Where no date is certain: a day the tender is certainly not older than.
    pub not_before: Option<NaiveDate>,
    /// The last day to question the tender by law; `None` where the regime or a date is not certain, and in what earlier
    /// versions stored.
    #[serde(default)]
    pub last_day_to_ask: Option<LastDay>,
    pub outcomes: Vec<RuleOutcome>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basis(law: &str, article: &str) -> LegalBasis {
        let valid_from = NaiveDate::from_ymd_opt(2020, 1, 1).expect("a date");
        LegalBasis { law: law.to_owned(), article: article.to_owned(), text: String::new(), valid_from, valid_to: None }
    }

    #[test]
    fn articles_are_cited_as_the_language_does() {
        for (law, article, zh, en) in [
            ("招标投标法", "第二十六条", "《招标投标法》第二十六条", "Tendering and Bidding Law, Article 26"),
            ("招标投标法", "第十条", "《招标投标法》第十条", "Tendering and Bidding Law, Article 10"),
            ("某地办法", "第一百零二条", "《某地办法》第一百零二条", "“某地办法”, Article 102"),
            ("某地办法", "第三章", "《某地办法》第三章", "“某地办法”, “第三章”"),
            (
                "Directive 2014/24/EU",
                "Article 27",
                "Directive 2014/24/EU, Article 27",
                "Directive 2014/24/EU, Article 27",
            ),
        ] {
            let basis = basis(law, article);
            assert_eq!([basis.cited_in(Language::Zh), basis.cited_in(Language::En)], [zh, en]);
        }
    }
}
