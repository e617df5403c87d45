//! The words reports use for verdicts and severities, in Chinese and English; names of fields are the domain's own.

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
