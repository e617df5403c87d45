//! The words reports use for fields, verdicts and severities, in Chinese and English.
//!
//! A field key without an entry is shown as it is, so that a new field is never hidden.

use bidlens_domain::decision::DecisionKind;
use bidlens_domain::document::Language;
use bidlens_domain::field::FieldStatus;
use bidlens_domain::finding::{FindingState, Verdict};
use bidlens_domain::legal::Regime;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::risk::{Certainty, Severity};

/// A word in both languages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words(pub(crate) &'static str, pub(crate) &'static str);

impl Words {
    pub(crate) fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::Zh => self.0,
            Language::En => self.1,
        }
    }
}

/// Field keys in the order people read them, with their names.
static FIELDS: &[(&str, Words)] = &[
    ("project_name", Words("项目名称", "Project name")),
    ("tender_no", Words("项目编号", "Tender number")),
    ("buyer_name", Words("采购人/招标人", "Buyer")),
    ("buyer_address", Words("采购人地址", "Buyer's address")),
    ("buyer_contact", Words("采购人联系方式", "Buyer's contact")),
    ("agency_name", Words("代理机构", "Agency")),
    ("agency_address", Words("代理机构地址", "Agency's address")),
    ("agency_contact", Words("代理机构联系方式", "Agency's contact")),
    ("procurement_method", Words("采购方式", "Procurement method")),
    ("category", Words("项目类别", "Category")),
    ("lots", Words("标段/包数", "Lots")),
    ("budget", Words("预算金额", "Budget")),
    ("max_price", Words("最高限价", "Ceiling price")),
    ("bid_deadline", Words("投标截止时间", "Bid deadline")),
    ("bid_place", Words("递交地点", "Place of submission")),
    ("opening_time", Words("开标时间", "Bid opening")),
    ("opening_place", Words("开标地点", "Place of opening")),
    ("doc_obtain_start", Words("文件获取开始", "Documents from")),
    ("doc_obtain_end", Words("文件获取截止", "Documents until")),
    ("doc_obtain_place", Words("文件获取方式", "Where to get the documents")),
    ("doc_price", Words("文件售价", "Price of the documents")),
    ("clarification_deadline", Words("澄清/提问截止", "Clarification deadline")),
    ("bid_bond", Words("投标保证金", "Bid bond")),
    ("performance_bond", Words("履约保证金", "Performance bond")),
    ("bid_validity_days", Words("投标有效期（日）", "Bid validity (days)")),
    ("contract_duration", Words("工期/交货期/服务期", "Contract duration")),
    ("place", Words("交货/服务/建设地点", "Place of performance")),
    ("warranty_period", Words("质保期", "Warranty period")),
    ("payment_terms", Words("付款方式", "Payment terms")),
    ("acceptance", Words("验收", "Acceptance")),
    ("consortium", Words("联合体投标", "Consortium")),
    ("subcontracting", Words("分包", "Subcontracting")),
    ("imports_allowed", Words("进口产品", "Imported goods")),
    ("copies", Words("投标文件份数", "Copies")),
    ("evaluation_method", Words("评标办法", "Evaluation method")),
];

pub(crate) fn field_name(key: &str, language: Language) -> String {
    FIELDS
        .iter()
        .find(|(k, _)| *k == key)
        .map_or_else(|| key.replace('_', " "), |(_, w)| w.in_language(language).to_owned())
}

/// Where a field stands in a list for people; unknown keys come last.
pub(crate) fn field_order(key: &str) -> usize {
    FIELDS.iter().position(|(k, _)| *k == key).unwrap_or(FIELDS.len())
}

/// The words for the closed lists of values.
pub(crate) fn choice(word: &str, language: Language) -> String {
    let words = match word {
        "open_tender" => Words("公开招标", "Open tender"),
        "invited_tender" => Words("邀请招标", "Invited tender"),
        "competitive_negotiation" => Words("竞争性谈判", "Competitive negotiation"),
        "competitive_consultation" => Words("竞争性磋商", "Competitive consultation"),
        "inquiry" => Words("询价", "Inquiry"),
        "single_source" => Words("单一来源", "Single source"),
        "rfp" => Words("征求建议书", "Request for proposals"),
        "goods" => Words("货物", "Goods"),
        "services" => Words("服务", "Services"),
        "works" => Words("工程", "Works"),
        "allowed" => Words("允许", "Allowed"),
        "not_allowed" => Words("不允许", "Not allowed"),
        "partly" => Words("部分允许", "Partly allowed"),
        "comprehensive_score" => Words("综合评分法", "Comprehensive scoring"),
        "lowest_price" => Words("最低价法", "Lowest price"),
        "lowest_evaluated_price" => Words("最低评标价法", "Lowest evaluated price"),
        "quality_cost" => Words("质量与费用法", "Quality and cost based"),
        "other" => Words("其他", "Other"),
        _ => return word.to_owned(),
    };
    words.in_language(language).to_owned()
}

pub(crate) fn status(status: FieldStatus) -> Words {
    match status {
        FieldStatus::Found => Words("已找到", "found"),
        FieldStatus::StatedNone => Words("文件写明没有", "stated: none"),
        FieldStatus::RefersElsewhere => Words("见其他文件", "refers elsewhere"),
        FieldStatus::Conflicting => Words("前后矛盾", "conflicting"),
        FieldStatus::NotFound => Words("未找到", "not found"),
        FieldStatus::Unreadable => Words("无法读取", "unreadable"),
    }
}

pub(crate) fn verdict(verdict: Verdict) -> Words {
    match verdict {
        Verdict::Pass => Words("符合", "Pass"),
        Verdict::Risk => Words("风险", "Risk"),
        Verdict::Fail => Words("不符合", "Fail"),
    }
}

pub(crate) fn state(state: FindingState) -> Words {
    match state {
        FindingState::Judged => Words("已判定", "judged"),
        FindingState::NotFound => Words("全文检索未找到", "not found after a full search"),
        FindingState::Unreadable => Words("部分页面无法读取", "part of the bid is unreadable"),
        FindingState::HumanOnly => Words("需人工核验", "for a person to check"),
    }
}

pub(crate) fn regime(regime: Regime) -> Words {
    match regime {
        Regime::ZtbMandatory => Words("招标投标法（依法必须招标）", "Bidding Law, mandatory tendering"),
        Regime::Ztb => Words("招标投标法", "Bidding Law"),
        Regime::GovGoodsServices => {
            Words("政府采购法：货物和服务招标", "Government Procurement Law: goods and services")
        }
        Regime::GovNegotiation => Words("政府采购法：竞争性谈判", "Government Procurement Law: negotiation"),
        Regime::GovInquiry => Words("政府采购法：询价", "Government Procurement Law: inquiry"),
        Regime::GovSingleSource => Words("政府采购法：单一来源", "Government Procurement Law: single source"),
        Regime::GovConsultation => Words("政府采购法：竞争性磋商", "Government Procurement Law: consultation"),
        Regime::GovFramework => Words("政府采购法：框架协议", "Government Procurement Law: framework"),
        Regime::Enterprise => Words("企业自主采购", "a company's own purchase"),
        Regime::WorldBank => Words("世界银行采购规则", "World Bank"),
        Regime::Eu => Words("欧盟指令 2014/24/EU", "Directive 2014/24/EU"),
        Regime::UsFar => Words("美国联邦采购条例", "Federal Acquisition Regulation"),
        Regime::Unknown => Words("未能确定", "not certain"),
    }
}

pub(crate) fn decision(kind: DecisionKind) -> Words {
    match kind {
        DecisionKind::Accepted => Words("认可", "accepted"),
        DecisionKind::Edited => Words("修改", "edited"),
        DecisionKind::Rejected => Words("不认可", "rejected"),
    }
}

pub(crate) fn severity(severity: Severity) -> Words {
    match severity {
        Severity::Critical => Words("致命", "critical"),
        Severity::High => Words("高", "high"),
        Severity::Medium => Words("中", "medium"),
        Severity::Low => Words("低", "low"),
    }
}

pub(crate) fn certainty(certainty: Certainty) -> Words {
    match certainty {
        Certainty::Explicit => Words("文件明示", "explicit"),
        Certainty::Legend => Words("按标记说明", "by the legend of marks"),
        Certainty::Statutory => Words("法律规定", "statutory"),
        Certainty::Inferred => Words("推断", "inferred"),
    }
}

pub(crate) fn dimension(dimension: Dimension, language: Language) -> &'static str {
    let english = match dimension {
        Dimension::Qualification => "Qualification",
        Dimension::Price => "Price",
        Dimension::Technical => "Technical",
        Dimension::Commercial => "Commercial",
        Dimension::ScheduleQuality => "Schedule and quality",
        Dimension::DocumentStructure => "Document structure",
        Dimension::Other => "Other",
    };
    Words(dimension.as_str(), english).in_language(language)
}
