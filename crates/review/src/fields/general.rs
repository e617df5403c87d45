//! The fields that are read as the words under a label, or as the sentence that rules on a subject.
//!
//! One table holds them all. A field whose value others compute with has a family file of its own.

use std::sync::LazyLock;

use bidlens_domain::field::{FieldStatus, FieldValue};
use regex::Regex;

use crate::grammar::{checkbox, percent};
use crate::reading::{Form, Reading, Zone};

use super::{Candidate, Disagreement, Fields, deal_standing, is_blank, is_none, is_reference, put, standing};

/// How a field is recognised.
struct Subject {
    key: &'static str,
    /// Labels whose value is the field.
    labels: &'static [&'static str],
    /// A sentence that holds all words of one of these groups rules on the subject.
    sentences: &'static [&'static [&'static str]],
    /// What contract and requirement say counts more than what the notice says.
    deal: bool,
}

const fn subject(
    key: &'static str,
    labels: &'static [&'static str],
    sentences: &'static [&'static [&'static str]],
) -> Subject {
    Subject { key, labels, sentences, deal: false }
}

const fn deal(
    key: &'static str,
    labels: &'static [&'static str],
    sentences: &'static [&'static [&'static str]],
) -> Subject {
    Subject { key, labels, sentences, deal: true }
}

static SUBJECTS: &[Subject] = &[
    subject(
        "procurement_plan_no",
        &[
            "采购计划编号",
            "备案编号",
            "采购计划备案号",
            "政府采购实施计划编号",
            "采购计划书编号",
            "计划编号",
            "投资项目代码",
            "政府采购计划编号",
            "采购计划文号",
        ],
        &[],
    ),
    subject(
        "supervisor",
        &[
            "监督部门",
            "监管部门",
            "行政监督部门",
            "监督管理部门",
            "监督机构",
            "监督管理机构",
            "同级政府采购监督管理部门名称",
            "政府采购监督管理部门",
        ],
        &[&["监督部门为"], &["监管部门为"]],
    ),
    subject(
        "qualification_timing",
        &["资格审查方式", "资格审查方法"],
        &[&["资格后审"], &["资格预审"], &["post-qualification"]],
    ),
    subject(
        "electronic_mode",
        &["是否电子招标", "电子招标", "电子化采购", "是否采用电子招标投标", "开标方式", "招标形式"],
        &[&["全流程电子化"], &["不见面开标"], &["本项目实行", "电子"], &["e-tender"], &["e-bidding"]],
    ),
    subject(
        "fund_source",
        &[
            "资金来源",
            "资金来源及比例",
            "资金来源及落实情况",
            "资金性质",
            "出资比例",
            "资金落实情况",
            "source of funds",
        ],
        &[&["资金来源为"], &["资金来自"]],
    ),
    subject(
        "scope",
        &[
            "采购需求",
            "招标范围",
            "采购内容",
            "采购范围",
            "项目概况",
            "采购需求概况",
            "建设规模",
            "招标内容",
            "项目概况与招标范围",
            "工程概况",
            "服务内容",
            "招标需求",
            "简要规格描述",
            "scope of work",
            "brief description",
        ],
        &[],
    ),
    subject("core_product", &["核心产品", "核心产品名称"], &[&["核心产品为"], &["核心产品:"]]),
    subject("reserve_price", &["标底", "是否设标底"], &[&["设标底"], &["编制标底"]]),
    subject(
        "price_mode",
        &["报价方式", "投标报价方式", "计价方式", "报价要求", "合同计价方式", "price basis"],
        &[&["报价应包括"], &["报价包括"], &["固定总价"], &["固定单价"]],
    ),
    deal("tax_rate", &["税率", "增值税税率", "计税方法", "gst"], &[&["增值税", "税率", "%"]]),
    subject(
        "currency",
        &["投标货币", "报价货币", "币种", "货币", "currency of bid", "bid currency"],
        &[&["人民币报价"], &["以人民币", "报价"], &["quoted in", "rupees"], &["投标货币"]],
    ),
    subject(
        "smes_reserved",
        &["中小企业", "专门面向中小企业采购", "中小企业政策", "落实政府采购政策", "落实政府采购政策需满足的资格要求"],
        &[&["专门面向中小企业"], &["面向中小", "采购"], &["价格扣除", "%"]],
    ),
    subject("notice_period", &["公告期限", "公示期限", "公告期"], &[&["公告期限为"], &["公告发布之日起", "工作日"]]),
    subject(
        "doc_price",
        &[
            "售价",
            "招标文件售价",
            "采购文件售价",
            "磋商文件售价",
            "标书费",
            "招标文件价格",
            "工本费",
            "文件售价",
            "cost of tender document",
            "tender fee",
            "tender document fee",
        ],
        &[&["每套售价"], &["文件售价"]],
    ),
    subject(
        "clarification_reply",
        &["澄清发出时间", "招标文件的澄清", "澄清发出的形式", "答疑时间", "招标文件澄清发出的形式"],
        &[&["澄清", "15日前", "通知"]],
    ),
    subject(
        "site_visit",
        &["踏勘现场", "现场踏勘", "现场考察", "现场勘察", "踏勘", "是否组织踏勘", "site visit"],
        &[&["不组织", "踏勘"], &["组织现场考察"], &["自行踏勘"], &["不组织", "考察"]],
    ),
    subject(
        "pre_bid_meeting",
        &["投标预备会", "标前会议", "标前答疑会", "开标前答疑会", "pre-bid meeting", "pre bid meeting"],
        &[&["不召开", "预备会"], &["不召开", "答疑会"], &["不举行", "标前"]],
    ),
    subject(
        "sample_requirement",
        &["样品", "样品要求", "投标样品", "样品提供要求", "演示", "是否提供样品"],
        &[&["提供样品"], &["递交样品"]],
    ),
    subject(
        "decrypt_window",
        &["解密时间", "解密时长", "解密时限"],
        &[&["解密", "分钟内"], &["解密", "30分钟"], &["解密", "小时内"]],
    ),
    deal("milestone_dates", &["计划开工日期", "开工日期", "计划竣工日期", "竣工日期", "节点工期"], &[]),
    subject(
        "challenge_channel",
        &["质疑", "质疑函接收", "提出质疑的方式", "接收质疑函的方式", "质疑与投诉", "异议", "质疑和投诉", "质疑函递交"],
        &[&["质疑", "7个工作日"], &["质疑", "七个工作日"], &["提出异议", "日前"]],
    ),
    subject(
        "bid_bond_forms",
        &[
            "投标保证金形式",
            "保证金形式",
            "投标保证金的形式",
            "缴纳方式",
            "保证金缴纳方式",
            "缴纳形式",
            "投标保证金缴纳方式",
        ],
        &[&["保证金", "保函", "转账"], &["保证金", "支票、汇票"], &["emd", "bank guarantee"]],
    ),
    subject(
        "bid_bond_account",
        &["保证金账户", "投标保证金账户", "收款账户", "保证金缴纳账户", "保证金账号"],
        &[&["保证金", "账号"]],
    ),
    subject(
        "bid_bond_forfeit",
        &["投标保证金不予退还", "不予退还投标保证金的情形", "保证金不予退还情形"],
        &[&["保证金不予退还"], &["不予退还", "保证金"], &["emd", "forfeit"], &["earnest money", "forfeit"]],
    ),
    deal("quality_bond", &["质量保证金", "质保金", "质量保证金比例"], &[&["质保金", "%"], &["质量保证金", "%"]]),
    deal("advance_payment", &["预付款", "预付款比例", "预付款支付"], &[&["预付款", "%"], &["advance payment"]]),
    deal(
        "acceptance",
        &[
            "验收标准",
            "验收方式",
            "验收要求",
            "验收",
            "验收方法",
            "项目验收",
            "履约验收",
            "验收方案",
            "验收标准和方法",
            "acceptance",
        ],
        &[&["验收标准", "按"]],
    ),
    deal(
        "liability",
        &["违约责任", "违约条款", "liquidated damages", "penalty"],
        &[&["逾期", "违约金", "%"], &["逾期", "违约金", "‰"], &["liquidated damages", "%"]],
    ),
    deal(
        "price_adjustment",
        &["价格调整", "合同价款调整", "价格调整方式", "price variation", "price adjustment"],
        &[&["价格", "不予调整"], &["不作调整"], &["prices shall remain firm"], &["price", "firm"]],
    ),
    subject(
        "agency_fee",
        &[
            "招标代理服务费",
            "代理服务费",
            "中标服务费",
            "招标代理费",
            "采购代理服务费",
            "代理费用",
            "代理费",
            "成交服务费",
            "代理服务费收取标准",
            "招标服务费",
            "采购代理费",
        ],
        &[&["代理服务费", "收取"], &["代理服务费", "支付"], &["中标服务费", "收取"]],
    ),
    deal(
        "contract_form",
        &["合同类型", "合同形式", "合同计价形式", "合同价格形式", "合同定价方式"],
        &[&["固定总价合同"], &["固定单价合同"], &["单价合同"], &["总价合同"]],
    ),
    subject(
        "qualification_general",
        &[
            "供应商资格要求",
            "投标人资格要求",
            "申请人的资格要求",
            "投标人的资格要求",
            "资格要求",
            "合格的投标人",
            "投标人资格条件",
            "投标人资质条件",
            "eligibility criteria",
            "eligibility",
            "qualification criteria",
        ],
        &[&["政府采购法", "第二十二条"]],
    ),
    subject(
        "licences",
        &[
            "资质要求",
            "资质条件",
            "本项目的特定资格要求",
            "特定资格要求",
            "特殊资格要求",
            "资质等级",
            "特定资格条件",
            "企业资质",
            "投标人资质要求",
        ],
        &[&["具有", "资质", "级"], &["具备", "许可证"], &["安全生产许可证"]],
    ),
    subject(
        "experience",
        &["业绩要求", "类似项目业绩", "类似业绩", "企业业绩", "投标人业绩", "同类项目业绩", "业绩", "experience"],
        &[&["类似项目", "业绩", "年"], &["类似业绩", "合同"], &["similar work"], &["similar nature"]],
    ),
    subject(
        "finance_req",
        &["财务要求", "财务状况", "财务状况要求", "财务要求及证明", "turnover"],
        &[&["财务", "审计报告"], &["财务审计报告"], &["annual turnover"], &["average turnover"]],
    ),
    subject(
        "reputation_req",
        &["信誉要求", "信用记录", "信用要求", "信用信息查询", "信誉"],
        &[&["失信被执行人"], &["信用中国"], &["blacklist"], &["debarred"]],
    ),
    subject(
        "key_person",
        &[
            "项目负责人",
            "项目经理",
            "项目经理要求",
            "项目负责人要求",
            "项目负责人资格",
            "总监理工程师",
            "拟派项目负责人",
            "项目经理资格",
            "项目负责人资格要求",
        ],
        &[&["项目经理", "建造师"], &["项目负责人", "职称"], &["项目负责人", "具有"], &["项目经理", "具备"]],
    ),
    subject(
        "staff_req",
        &["其他主要人员", "人员要求", "人员配备", "项目团队", "服务人员要求", "人员配备要求"],
        &[&["社保", "个月"], &["养老保险", "个月"], &["人员", "不少于", "人"]],
    ),
    subject(
        "prohibited_situations",
        &["投标人不得存在的情形", "投标人不得存在下列情形之一", "不得存在的情形"],
        &[&["不得存在下列情形"], &["不得存在以下"]],
    ),
    subject("related_party", &[], &[&["单位负责人为同一人"], &["法定代表人", "为同一个人"]]),
    subject(
        "policy_requirements",
        &[
            "落实的政府采购政策",
            "需要落实的政府采购政策",
            "政府采购政策",
            "落实政府采购政策要求",
            "需落实的政府采购政策",
        ],
        &[&["节能产品", "环境标志产品"], &["强制采购"], &["绿色建材"]],
    ),
    subject(
        "bid_composition",
        &[
            "投标文件的组成",
            "投标文件组成",
            "投标文件构成",
            "响应文件组成",
            "响应文件的组成",
            "构成投标文件的材料",
            "投标文件的构成",
        ],
        &[&["投标文件", "由", "组成"], &["投标文件包括"], &["响应文件包括"]],
    ),
    subject(
        "binding_sealing",
        &[
            "装订要求",
            "密封要求",
            "投标文件的密封和标记",
            "装订",
            "密封",
            "投标文件密封",
            "密封和标记",
            "投标文件的装订",
            "装订和密封",
            "投标文件的密封",
        ],
        &[&["密封", "封套"], &["密封", "加盖"], &["胶装"], &["sealed envelope"], &["sealed cover"]],
    ),
    subject(
        "signature_seal",
        &["签字盖章要求", "签字或盖章要求", "签字和盖章要求", "签字盖章", "签署要求", "投标文件签署", "签字或盖章"],
        &[&["签字", "盖章", "投标文件"], &["电子签章"], &["法定代表人", "签字", "加盖"], &["signed on every page"]],
    ),
    subject(
        "language",
        &[
            "投标语言",
            "投标文件语言",
            "投标文件的语言",
            "响应文件的语言",
            "语言",
            "投标文件的语言及度量单位",
            "language of bid",
            "language",
        ],
        &[&["使用", "中文"], &["简体中文"], &["english language"]],
    ),
    subject(
        "variants",
        &["备选投标方案", "备选方案", "是否允许递交备选投标方案", "备选投标方案和报价", "选择性方案"],
        &[&["备选", "方案"], &["选择性", "报价"], &["alternative bid"], &["alternative offer"]],
    ),
    subject(
        "deviation_policy",
        &["偏离", "偏差", "是否允许偏离", "偏离要求", "允许偏离", "负偏离", "deviation"],
        &[&["不允许", "偏离"], &["不接受", "偏离"], &["负偏离", "项"], &["deviations", "not"]],
    ),
    subject("blind_bid", &["暗标", "技术标暗标", "暗标要求", "暗标评审"], &[&["采用暗标"], &["暗标", "不得出现"]]),
    subject(
        "substantive_marks",
        &[],
        &[&["★", "实质性"], &["★", "无效"], &["▲", "重要"], &["*", "实质性"], &["#", "实质性"], &["■", "实质性"]],
    ),
    subject(
        "score_weights",
        &["分值构成", "分值权重", "权重", "分值分配", "评分权重", "评分因素及权重"],
        &[&["价格", "权重", "%"], &["价格分", "技术分"], &["商务分", "技术分"], &["总分", "100分"], &["满分", "100分"]],
    ),
    subject(
        "price_formula",
        &["价格分计算", "评标基准价", "报价得分计算", "价格得分", "评标基准价计算方法", "价格分", "投标报价得分"],
        &[&["评标基准价", "投标报价"], &["投标报价得分="], &["报价得分="], &["基准价/"]],
    ),
    subject(
        "committee",
        &["评标委员会", "评标委员会的组建", "评标委员会组成", "磋商小组", "评审委员会", "评标委员会的组成"],
        &[&["评标委员会", "组成", "人"], &["评委", "组成", "人"], &["磋商小组", "人"]],
    ),
    subject(
        "candidate_count",
        &[
            "推荐中标候选人数",
            "中标候选人数量",
            "推荐的中标候选人数",
            "中标候选人推荐数量",
            "推荐中标候选人的人数",
            "定标方式",
            "是否授权评标委员会确定中标人",
            "中标候选人",
        ],
        &[&["推荐", "名", "候选"], &["授权评标委员会", "确定中标"]],
    ),
    subject(
        "tie_rule",
        &["同分处理", "并列处理"],
        &[&["得分相同", "报价"], &["评标价相同"], &["得分且投标报价相同"], &["并列", "抽"]],
    ),
    subject(
        "publicity",
        &[
            "公示媒介",
            "公示媒体",
            "中标候选人公示",
            "中标公告媒介",
            "公示媒介及期限",
            "公告媒介",
            "发布公告的媒介",
            "公告发布媒介",
            "信息发布媒介",
        ],
        &[&["公示期", "日"], &["公告", "发布", "网"]],
    ),
    subject(
        "open_items",
        &["需要补充的其他内容", "其他补充事宜", "特别提示", "需要说明的其他事项", "其他需要说明的事项"],
        &[],
    ),
    subject(
        "max_lots_bid",
        &["可投标包数", "允许投标包数", "最多投标包数", "可投标段数", "投标标段数量"],
        &[
            &["兼投"],
            &["最多", "投标", "标段"],
            &["可对", "个", "投标"],
            &["可以参加", "标段"],
            &["可以同时参加", "包"],
        ],
    ),
    subject(
        "max_lots_award",
        &["兼投不兼中", "最多中标包数", "兼投兼中", "允许中标包数", "中标包数", "可中标包数"],
        &[
            &["兼投", "兼中"],
            &["最多", "中标", "包"],
            &["最多", "中标", "标段"],
            &["最多可中"],
            &["只能中", "标"],
            &["awarded", "lots"],
        ],
    ),
    subject(
        "preliminary_review",
        &[
            "初步评审",
            "初步评审标准",
            "形式评审标准",
            "响应性评审标准",
            "符合性审查",
            "符合性审查标准",
            "资格性和符合性审查",
        ],
        &[
            &["初步评审", "包括"],
            &["符合性审查", "实质性"],
            &["preliminary examination"],
            &["substantially responsive"],
        ],
    ),
    subject("standstill", &["standstill period", "standstill"], &[&["standstill period"], &["standstill", "days"]]),
    subject(
        "platform_url",
        &["电子交易平台", "交易平台", "电子交易系统", "网址", "平台网址", "投标平台"],
        &[&["登录", "交易", "http"], &["采购平台", "http"], &["交易平台", "http"], &["portal", "http"]],
    ),
    subject("buyer_contact", &[], &[]),
    subject("agency_contact", &[], &[]),
    subject(
        "legal_regime",
        &[],
        &[
            &["根据", "招标投标法"],
            &["依据", "招标投标法"],
            &["根据", "政府采购法"],
            &["依据", "政府采购法"],
            &["按照", "政府采购法"],
        ],
    ),
    subject(
        "bid_bond_deadline",
        &["投标保证金到账截止时间", "保证金缴纳截止时间", "保证金到账时间", "投标保证金缴纳时间", "缴纳截止时间"],
        &[],
    ),
    subject("notice_date", &["公告日期", "发布日期", "公告发布日期", "公告时间", "发布公告日期"], &[]),
];

/// The keys this file reads, with those other families read beside the scored ones.
pub(super) const KEYS: &[&str] = &[
    "legal_regime",
    "notice_date",
    "bid_bond_deadline",
    "procurement_plan_no",
    "supervisor",
    "qualification_timing",
    "electronic_mode",
    "fund_source",
    "scope",
    "core_product",
    "reserve_price",
    "price_mode",
    "tax_rate",
    "currency",
    "smes_reserved",
    "notice_period",
    "doc_price",
    "clarification_reply",
    "site_visit",
    "pre_bid_meeting",
    "sample_requirement",
    "decrypt_window",
    "milestone_dates",
    "challenge_channel",
    "bid_bond_forms",
    "bid_bond_account",
    "bid_bond_forfeit",
    "quality_bond",
    "advance_payment",
    "acceptance",
    "liability",
    "price_adjustment",
    "agency_fee",
    "contract_form",
    "qualification_general",
    "licences",
    "experience",
    "finance_req",
    "reputation_req",
    "key_person",
    "staff_req",
    "prohibited_situations",
    "related_party",
    "policy_requirements",
    "bid_composition",
    "binding_sealing",
    "signature_seal",
    "language",
    "variants",
    "deviation_policy",
    "blind_bid",
    "substantive_marks",
    "score_weights",
    "price_formula",
    "committee",
    "candidate_count",
    "tie_rule",
    "publicity",
    "open_items",
    "max_lots_bid",
    "max_lots_award",
    "preliminary_review",
    "standstill",
    "platform_url",
    "buyer_contact",
    "agency_contact",
];

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    let rules = rules(reading);
    for subject in SUBJECTS {
        if fields.contains_key(subject.key) {
            continue;
        }
        let mut candidates = Vec::new();
        labelled(reading, subject, &mut candidates);
        if candidates.is_empty() && !subject.sentences.is_empty() {
            ruled(reading, subject, &rules, &mut candidates);
        }
        put(fields, subject.key, candidates, Disagreement::Prefer);
    }
    contact(reading, fields, "buyer_contact", &["采购人", "招标人", "采购单位", "建设单位", "招标单位"], &["代理"]);
    contact(reading, fields, "agency_contact", &["代理机构", "招标代理", "采购代理", "集中采购机构"], &[]);
}

fn rank_of(subject: &Subject, zone: Zone) -> i32 {
    if subject.deal { deal_standing(zone) } else { standing(zone) }
}

fn labelled(reading: &Reading<'_>, subject: &Subject, candidates: &mut Vec<Candidate>) {
    if subject.labels.is_empty() {
        return;
    }
    for pair in &reading.pairs {
        let zone = reading.zone(pair.unit);
        if zone == Zone::BidForms || !subject.labels.contains(&pair.label.as_str()) {
            continue;
        }
        let value = named_in(subject, reading, pair.unit, reading.tidy(pair.unit, &pair.value));
        let text = reading.text(pair.unit, &value);
        if is_column(zone, text) {
            continue;
        }
        let quote = reading.pair_quote(pair, &value);
        let rank = rank_of(subject, zone) + 8 - if pair.form == Form::Below { 5 } else { 0 };
        if is_reference(text) {
            candidates.extend(reading.stated(pair.unit, quote, FieldStatus::RefersElsewhere, 1));
        } else if is_none(text) {
            candidates.extend(reading.stated(pair.unit, quote, FieldStatus::StatedNone, rank));
        } else if !is_blank(text) && !checkbox::is_blank_form(text) && text.chars().count() >= 2 {
            candidates.extend(text_of(reading, pair.unit, quote, value, rank));
        }
    }
}

/// Whether a cell holds what its column asks of every row, the points of an item or a head, and no answer to the label
/// beside it.
fn is_column(zone: Zone, text: &str) -> bool {
    static POINTS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:满分)?\d{1,3}(?:\.\d+)?(?:-\d{1,3}(?:\.\d+)?)?分?$").expect("a regular expression")
    });
    text == "序号" || zone == Zone::Evaluation && POINTS.is_match(text)
}

/// The chosen answer of a form, or the words, within bounds.
fn text_of(
    reading: &Reading<'_>,
    unit: usize,
    quote: std::ops::Range<usize>,
    value: std::ops::Range<usize>,
    rank: i32,
) -> Option<Candidate> {
    let text = reading.text(unit, &value);
    let ticked = checkbox::ticked(text);
    let value = match ticked.first() {
        Some(choice) if text.chars().count() <= 200 => value.start + choice.range.start..value.start + choice.range.end,
        _ => value,
    };
    let text = reading.text(unit, &value);
    if text.trim_start().starts_with("不组织")
        || text.trim_start().starts_with("不召开")
        || text.trim_start().starts_with("不收取")
    {
        return reading.stated(unit, quote, FieldStatus::StatedNone, rank);
    }
    let end = text.char_indices().nth(600).map_or(text.len(), |(i, _)| i);
    let value = reading.tidy(unit, &(value.start..value.start + end));
    let words = reading.words(unit, &value);
    // A question whose boxes are lost is no answer.
    if words.is_empty() || words.starts_with("是否") && ticked.is_empty() && !words.contains(['：', ':', '，']) {
        return None;
    }
    let read = match (words.chars().count() <= 12, percent::find(&words).as_slice()) {
        (true, [only]) => FieldValue::Percent(only.percent),
        _ => FieldValue::Text(words),
    };
    reading.candidate(unit, quote, value, read, rank)
}

/// The address in words about a platform; of everything else the words themselves.
fn named_in(
    subject: &Subject,
    reading: &Reading<'_>,
    unit: usize,
    value: std::ops::Range<usize>,
) -> std::ops::Range<usize> {
    let text = reading.text(unit, &value);
    let Some(at) = text.find("http").filter(|_| subject.key == "platform_url") else { return value };
    let is_end = |c: char| !c.is_ascii_graphic() || matches!(c, ',' | ';' | ')' | ']' | '>' | '"');
    let address = text.get(at..).unwrap_or_default();
    let address = address.split(is_end).next().unwrap_or_default().trim_end_matches('.');
    value.start + at..value.start + at + address.len()
}

/// The clauses that may rule on something, in lower case.
fn rules(reading: &Reading<'_>) -> Vec<(usize, String)> {
    reading
        .clauses
        .iter()
        .enumerate()
        .filter_map(|(index, clause)| {
            let text = reading.text(clause.unit, &clause.range);
            let fits = (6..=220).contains(&text.chars().count());
            (fits && reading.zone(clause.unit) != Zone::BidForms && !checkbox::is_blank_form(text))
                .then(|| (index, text.to_lowercase()))
        })
        .collect()
}

fn ruled(reading: &Reading<'_>, subject: &Subject, rules: &[(usize, String)], candidates: &mut Vec<Candidate>) {
    for (index, lower) in rules {
        let holds = subject.sentences.iter().any(|group| group.iter().all(|w| lower.contains(w)));
        let Some(clause) = reading.clauses.get(*index).filter(|_| holds) else {
            continue;
        };
        let rank = rank_of(subject, reading.zone(clause.unit)) - 20;
        let value = named_in(subject, reading, clause.unit, clause.range.clone());
        candidates.extend(text_of(reading, clause.unit, clause.range.clone(), value, rank));
        if candidates.len() >= 24 {
            break;
        }
    }
}

/// The people and numbers that stand with a party: contact, telephone, address, mail.
fn contact(reading: &Reading<'_>, fields: &mut Fields, key: &str, party: &[&str], not: &[&str]) {
    const PARTS: &[&str] =
        &["联系人", "项目联系人", "联系电话", "电话", "联系方式", "地址", "联系地址", "电子邮箱", "邮箱", "传真"];
    let mut parts: Vec<String> = Vec::new();
    let mut first: Option<Candidate> = None;
    let mut last_party: Option<(usize, bool)> = None;
    for pair in &reading.pairs {
        let zone = reading.zone(pair.unit);
        if !matches!(zone, Zone::Notice | Zone::FrontTable | Zone::Cover | Zone::Other) {
            continue;
        }
        let named = |text: &str| {
            party.iter().any(|p| text.contains(p))
                && !not.iter().any(|n| text.contains(n))
                && text.chars().count() <= 16
        };
        if pair.label.chars().count() <= 12
            && (pair.label.contains("人") || pair.label.contains("机构") || pair.label.contains("单位"))
            && !PARTS.contains(&pair.label.as_str())
        {
            last_party = Some((pair.unit, named(&pair.label)));
        }
        if !PARTS.contains(&pair.label.as_str()) {
            continue;
        }
        let by_context = named(&pair.context) || named(reading.heading(pair.unit));
        let by_order = last_party.is_some_and(|(unit, is)| is && pair.unit.saturating_sub(unit) <= 5)
            && !pair.context.contains("监督")
            && !pair.context.contains("质疑");
        if !(by_context || by_order) || parts.len() >= 6 {
            continue;
        }
        let value = reading.tidy_until(pair.unit, &pair.value, &['\n', ';']);
        let text = reading.text(pair.unit, &value);
        if is_blank(text) || is_reference(text) || text.chars().count() > 80 {
            continue;
        }
        let words = format!("{}：{}", pair.label, reading.words(pair.unit, &value));
        if parts.contains(&words) {
            continue;
        }
        if first.is_none() {
            first = reading.candidate(
                pair.unit,
                reading.pair_quote(pair, &value),
                value,
                FieldValue::Text(String::new()),
                standing(zone),
            );
        }
        parts.push(words);
    }
    if let Some(mut candidate) = first {
        candidate.value = Some(FieldValue::Text(parts.join("；")));
        put(fields, key, vec![candidate], Disagreement::Prefer);
    }
}
