//! A bid for a tender, in one of several manners, with the defects that were chosen.

use super::Dice;
use super::tender::{Manner, Tender, figures};
use super::word::{Block, heading, paragraph, table};

/// A defect, and what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Planted {
    PriceAboveCeiling,
    WordsAndFiguresDiffer,
    ItemsDoNotAddUp,
    TwoPrices,
    ValidityTooShort,
    PeriodTooLong,
    WarrantyTooShort,
    FormMissing,
    FormBlank,
    ParameterWorse,
    CertificateExpired,
    WrongNumber,
    WrongBuyer,
    OtherBidderName,
    OtherAgent,
    SignedAfterDeadline,
    PaymentDiffers,
    Subcontracts,
    BondTooSmall,
    TooLittleExperience,
    OwnCondition,
}

use Planted::*;

const ALL: [Planted; 21] = [
    PriceAboveCeiling,
    WordsAndFiguresDiffer,
    ItemsDoNotAddUp,
    TwoPrices,
    ValidityTooShort,
    PeriodTooLong,
    WarrantyTooShort,
    FormMissing,
    FormBlank,
    ParameterWorse,
    CertificateExpired,
    WrongNumber,
    WrongBuyer,
    OtherBidderName,
    OtherAgent,
    SignedAfterDeadline,
    PaymentDiffers,
    Subcontracts,
    BondTooSmall,
    TooLittleExperience,
    OwnCondition,
];

impl Planted {
    pub(crate) fn name(self) -> &'static str {
        match self {
            PriceAboveCeiling => "price above the ceiling",
            WordsAndFiguresDiffer => "words and figures differ",
            ItemsDoNotAddUp => "items do not add up",
            TwoPrices => "two prices",
            ValidityTooShort => "validity too short",
            PeriodTooLong => "period too long",
            WarrantyTooShort => "warranty too short",
            FormMissing => "form missing",
            FormBlank => "form left blank",
            ParameterWorse => "parameter worse than asked",
            CertificateExpired => "certificate expired",
            WrongNumber => "wrong project number",
            WrongBuyer => "wrong buyer",
            OtherBidderName => "another bidder's name",
            OtherAgent => "another agent signs",
            SignedAfterDeadline => "signed after the deadline",
            PaymentDiffers => "payment terms differ",
            Subcontracts => "work is subcontracted",
            BondTooSmall => "bond too small",
            TooLittleExperience => "too little experience",
            OwnCondition => "a condition of its own",
        }
    }

    /// Checks that may speak of it.
    pub(crate) fn rules(self) -> &'static [&'static str] {
        match self {
            PriceAboveCeiling => &["B001"],
            WordsAndFiguresDiffer => &["B002", "B004"],
            ItemsDoNotAddUp => &["B003"],
            TwoPrices => &["B004", "B002", "B003"],
            ValidityTooShort => &["B005"],
            PeriodTooLong => &["B006"],
            WarrantyTooShort => &["B007"],
            FormMissing => &["B008"],
            FormBlank => &["B009", "B008", "B016"],
            ParameterWorse => &["B010", "B011"],
            CertificateExpired => &["B012"],
            WrongNumber => &["B013"],
            WrongBuyer => &["B014"],
            OtherBidderName => &["B015"],
            OtherAgent => &["B016"],
            SignedAfterDeadline => &["B017"],
            PaymentDiffers => &["B018"],
            Subcontracts => &["B019"],
            BondTooSmall => &["B020"],
            TooLittleExperience => &["B021"],
            OwnCondition => &["B022"],
        }
    }

    /// Defects that would hide each other.
    fn excludes(self, other: Planted) -> bool {
        let price = [PriceAboveCeiling, WordsAndFiguresDiffer, TwoPrices, ItemsDoNotAddUp];
        let people = [FormBlank, FormMissing, OtherAgent];
        [&price[..], &people[..]].iter().any(|group| group.contains(&self) && group.contains(&other))
    }
}

pub(crate) struct Written {
    pub(crate) bidder: &'static str,
    pub(crate) blocks: Vec<Block>,
    /// The defects with the words by which each can be seen.
    pub(crate) planted: Vec<(Planted, String)>,
}

/// Five or six defects that do not hide each other.
pub(crate) fn choose(tender: &Tender, seed: u64) -> Vec<Planted> {
    let mut dice = Dice::new(seed ^ 0xDEF_EC7);
    let wanted = 5 + dice.below(2);
    let mut chosen: Vec<Planted> = Vec::new();
    while chosen.len() < wanted {
        let one = *dice.one(&ALL);
        let possible = one != WarrantyTooShort || tender.warranty_months > 0;
        if possible && !chosen.iter().any(|c| *c == one || c.excludes(one)) {
            chosen.push(one);
        }
    }
    chosen
}

const BIDDERS: [(&str, &str, &str); 6] = [
    ("岚屿科技发展有限公司", "沈望川", "顾听澜"),
    ("青禾远实业有限公司", "陆知行", "姜临溪"),
    ("恒岳建设工程有限公司", "秦砚秋", "白予安"),
    ("泽川智能装备股份有限公司", "宋怀瑾", "许南乔"),
    ("同序企业管理有限公司", "程以宁", "叶舒同"),
    ("明湖汇信息技术有限公司", "裴青岩", "苏见微"),
];
const OTHERS: [&str; 3] = ["丰陵机电设备有限公司", "景昀工程技术有限公司", "北岑商贸有限公司"];
const OTHER_BUYERS: [&str; 3] = ["昔岭市第一人民医院", "罗浦县交通运输局", "桐亭区文化馆"];

/// `壹佰捌拾陆万元整`, for whole tens of thousands and less.
fn capitals(mut yuan: u64) -> String {
    const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
    const UNITS: [&str; 4] = ["", "拾", "佰", "仟"];
    let mut out = String::new();
    let mut groups = Vec::new();
    while yuan > 0 {
        groups.push(yuan % 10_000);
        yuan /= 10_000;
    }
    for (at, group) in groups.iter().enumerate().rev() {
        let mut part = String::new();
        let mut zero = false;
        for place in (0..4_u32).rev() {
            let digit = group / 10_u64.pow(place) % 10;
            if digit == 0 {
                zero = !part.is_empty() || !out.is_empty();
                continue;
            }
            if zero {
                part.push('零');
            }
            zero = false;
            part.push(DIGITS[usize::try_from(digit).unwrap_or_default()]);
            part.push_str(UNITS[usize::try_from(place).unwrap_or_default()]);
        }
        if !part.is_empty() {
            out.push_str(&part);
            out.push_str(["", "万", "亿"].get(at).copied().unwrap_or_default());
        }
    }
    format!("{out}元整")
}

/// Writes the bid. The same seed writes the same words but for the defects.
pub(crate) fn write(tender: &Tender, seed: u64, wanted: &[Planted]) -> Written {
    let mut dice = Dice::new(seed);
    let has = |defect: Planted| wanted.contains(&defect);
    let mut planted: Vec<(Planted, String)> = Vec::new();
    let mut plant = |defect: Planted, words: &str| planted.push((defect, words.to_owned()));
    let (bid, call, bidder_word) = tender.words();
    let &(bidder, legal, agent) = dice.one(&BIDDERS);
    let (year, month, day) = tender.deadline;
    let (period, days) = tender.period;

    // The price, item by item.
    let target = tender.ceiling * (70 + dice.next() % 10) / 100;
    let units: u64 = tender.items.iter().map(|(_, _, n)| u64::from(*n)).sum();
    let mut items: Vec<(u64, u64)> = Vec::new();
    for (_, _, count) in tender.items {
        let price = (target / units / 100 * 100 * (80 + dice.next() % 40) / 100).max(100) / 10 * 10;
        items.push((price, price * u64::from(*count)));
    }
    if has(PriceAboveCeiling) {
        let missing = tender.ceiling + 40_000 - items.iter().map(|(_, sum)| sum).sum::<u64>().min(tender.ceiling);
        let (_, _, count) = tender.items[0];
        items[0].0 += missing.div_ceil(u64::from(count)) / 10 * 10 + 10;
        items[0].1 = items[0].0 * u64::from(count);
    }
    let total: u64 = items.iter().map(|(_, sum)| sum).sum();
    if has(PriceAboveCeiling) {
        plant(PriceAboveCeiling, &figures(total));
    }

    let number = if has(WrongNumber) {
        let wrong = tender.number.replace("2031", "2030");
        plant(WrongNumber, &wrong);
        wrong
    } else {
        tender.number.to_owned()
    };
    let mut blocks = vec![
        paragraph(format!("{bid}文件")),
        paragraph(format!("项目名称：{}", tender.name)),
        paragraph(format!("项目编号：{number}")),
        paragraph(format!("{bidder_word}：{bidder}（盖章）")),
    ];
    let signed = |after: bool| if after { (year, month, day + 2) } else { (year, month, day - 2) };
    let dotted = dice.below(3);
    let date = |(y, m, d): (u32, u32, u32)| match dotted {
        0 => format!("{y}年{m:02}月{d:02}日"),
        1 => format!("{y}-{m:02}-{d:02}"),
        _ => format!("{y}年{m}月{d}日"),
    };
    blocks.push(paragraph(date(signed(false))));

    // The letter.
    blocks.push(heading(1, format!("一、{bid}函")));
    let buyer = if has(WrongBuyer) {
        let wrong = *dice.one(&OTHER_BUYERS);
        plant(WrongBuyer, wrong);
        wrong
    } else {
        let _ = dice.next();
        tender.buyer
    };
    blocks.push(paragraph(format!("致：{buyer}")));
    let in_words = if has(WordsAndFiguresDiffer) {
        let other = capitals(total + 6_000);
        plant(WordsAndFiguresDiffer, &other);
        other
    } else {
        capitals(total)
    };
    let letter_total = if has(TwoPrices) { total - 12_000 } else { total };
    if has(TwoPrices) {
        plant(TwoPrices, &figures(letter_total));
    }
    let letter_words = if has(TwoPrices) { capitals(letter_total) } else { in_words };
    let price = match dice.below(6) {
        2 => format!(
            "1．我司按照{call}文件的全部要求，以含税总价￥{}元（大写：{letter_words}）参加本项目{bid}。",
            figures(letter_total)
        ),
        3 => format!("1．我方的{bid}报价为：人民币{}元（大写金额：{letter_words}）。", figures(letter_total)),
        4 => format!("1．{bid}总报价（小写）：￥{}；（大写）：{letter_words}。", figures(letter_total)),
        0 => format!(
            "1．我方愿以人民币（大写）{letter_words}（￥{}元）的总价承担本项目的全部工作。",
            figures(letter_total)
        ),
        1 => format!("1．经研究{call}文件后，我方{bid}总报价为{letter_words}（小写：{}元）。", figures(letter_total)),
        _ => format!(
            "1．{bid}总价：人民币{letter_words}，即￥{}元，包含完成本项目所需的一切费用。",
            figures(letter_total)
        ),
    };
    blocks.push(paragraph(price));
    let validity = if has(ValidityTooShort) { tender.validity_days - 30 } else { tender.validity_days };
    let sentence = match dice.below(6) {
        2 => format!("2．我方同意本{bid}函自提交{bid}文件截止之日起{validity}天内有效，并对我方具有约束力。"),
        3 => format!("2．{bid}文件有效期：{validity}日（日历天），自{bid}截止时间起算。"),
        4 => format!("2．在规定的{bid}截止时间后的{validity}个日历日内，我方受本{bid}函约束。"),
        0 => format!("2．本{bid}自{bid}截止之日起{validity}日历天内保持有效。"),
        1 => format!("2．我方承诺{bid}有效期为{validity}天，在此期间不撤销{bid}文件。"),
        _ => format!("2．{bid}有效期：从递交{bid}文件的截止之日起{validity}日历天。"),
    };
    if has(ValidityTooShort) {
        plant(ValidityTooShort, &sentence);
    }
    blocks.push(paragraph(sentence));
    let finish = if has(PeriodTooLong) { days + 20 + days / 5 } else { days - dice.below(5) as u32 };
    let sentence = match dice.below(6) {
        2 => format!("3．自合同生效之日起{finish}日内，我方完成本项目全部内容并交付采购人使用。"),
        3 => format!("3．我方承诺的{period}：{finish}日历天，自合同签订之日起计算。"),
        4 => format!("3．如能成交，我方将在签订合同后{finish}个日历日内完成项目并提请验收。"),
        0 => format!("3．我方保证在合同签订后{finish}日历天内完成全部工作。"),
        1 => format!("3．{period}：合同签订后{finish}天内。"),
        _ => format!("3．如我方中标，{period}为合同签订之日起{finish}日历天。"),
    };
    if has(PeriodTooLong) {
        plant(PeriodTooLong, &finish.to_string());
    }
    blocks.push(paragraph(sentence));
    if tender.warranty_months > 0 {
        let months = if has(WarrantyTooShort) { tender.warranty_months - 12 } else { tender.warranty_months };
        let sentence = match dice.below(6) {
            2 => format!("4．整体免费质保{months}个月，从最终验收合格之日开始计算。"),
            3 => format!("4．质保承诺：自验收合格之日起，免费保修期为{}年。", months / 12),
            4 => format!("4．质量保证期{months}个月（验收合格之日起），期内免费上门维护。"),
            0 => format!("4．质保期为验收合格之日起{months}个月。"),
            1 => format!("4．我方对全部内容提供{months}个月的质量保证，自验收合格之日起算。"),
            _ => format!("4．验收合格后，我方免费质保{}年。", months / 12),
        };
        if has(WarrantyTooShort) {
            plant(WarrantyTooShort, &sentence);
        }
        blocks.push(paragraph(sentence));
    }
    if has(Subcontracts) {
        let sentence = *dice.one(&[
            "5．部分安装工作拟分包给具备条件的合作单位完成，由我方统一管理。",
            "5．现场辅助性工作我方将委托第三方单位分包实施。",
            "5．为保证进度，我方计划将其中的调试工作分包给专业公司。",
            "5．本项目部分专业内容由我方合作单位承担，双方另行签订分包合同。",
            "5．我方与另一家单位组成联合体共同参加本项目。",
        ]);
        plant(Subcontracts, sentence);
        blocks.push(paragraph(sentence));
    } else {
        let _ = dice.next();
        blocks.push(paragraph("5．我方不将本项目的任何部分分包或转包。"));
    }
    if has(OwnCondition) {
        let sentence = *dice.one(&[
            "6．如采购人不接受上述付款比例，我方保留调整报价的权利。",
            "6．现场条件与描述不一致时，所增加的工作须另行收费。",
            "6．材料价格上涨超过百分之五时，我方有权调整合同价格。",
            "6．上述报价以采购人一次性付清全部价款为前提，否则价格另议。",
            "6．因采购人原因延期的，我方保留变更报价的权利。",
        ]);
        plant(OwnCondition, sentence);
        blocks.push(paragraph(sentence));
    } else {
        let _ = dice.next();
    }
    let signed_on = date(signed(has(SignedAfterDeadline)));
    if has(SignedAfterDeadline) {
        plant(SignedAfterDeadline, &signed_on);
    }
    blocks.push(paragraph(format!("{bidder_word}：{bidder}（盖章）")));
    blocks.push(paragraph(format!("法定代表人或授权代表（签字）：{agent}")));
    blocks.push(paragraph(format!("日期：{signed_on}")));

    // The opening schedule.
    let opening = if tender.manner == Manner::Open { "开标一览表" } else { "报价一览表" };
    blocks.push(heading(1, format!("二、{opening}")));
    blocks.push(table(&[
        &["项目名称", &format!("{bid}总价（元）"), period, &format!("{bid}有效期")],
        &[tender.name, &figures(total), &format!("合同签订后{}日历天", finish), &format!("{validity}日历天")],
    ]));
    blocks.push(paragraph(format!("{bidder_word}：{bidder}（盖章）")));

    // Item by item.
    blocks.push(heading(1, "三、分项报价表"));
    let mut rows: Vec<Vec<String>> =
        vec![["序号", "名称", "单位", "数量", "单价（元）", "合价（元）"].map(str::to_owned).to_vec()];
    let wrong = dice.below(items.len());
    for (at, ((name, unit, count), (price, sum))) in tender.items.iter().zip(&items).enumerate() {
        let sum = if has(ItemsDoNotAddUp) && at == wrong {
            let off = sum + 1_700;
            plant(ItemsDoNotAddUp, &figures(off));
            off
        } else {
            *sum
        };
        rows.push(vec![
            (at + 1).to_string(),
            (*name).to_owned(),
            (*unit).to_owned(),
            count.to_string(),
            figures(*price),
            figures(sum),
        ]);
    }
    rows.push(vec!["合计".into(), String::new(), String::new(), String::new(), String::new(), figures(total)]);
    blocks.push(Block::Table(rows));

    // People.
    blocks.push(heading(1, "四、法定代表人身份证明"));
    blocks.push(paragraph(format!("兹证明{legal}同志系{bidder}的法定代表人，职务：总经理。")));
    blocks.push(paragraph(format!("{bidder_word}：{bidder}（盖章）")));
    if has(FormMissing) {
        plant(FormMissing, "授权委托书");
    } else {
        blocks.push(heading(1, "五、授权委托书"));
        let delegate = if has(FormBlank) { "________" } else { agent };
        let sentence = format!(
            "本人{legal}系{bidder}的法定代表人，现授权{delegate}为我方代理人，以我方名义办理{}的{bid}事宜。",
            tender.name
        );
        if has(FormBlank) {
            plant(FormBlank, "授权________为我方代理人");
        }
        blocks.push(paragraph(sentence));
        blocks.push(paragraph(format!("法定代表人：{legal}（签字）")));
        let labels = ["委托代理人", "授权代表", "被授权人"];
        let label = *dice.one(&labels);
        let signs = if has(OtherAgent) {
            plant(OtherAgent, "简向晚");
            "简向晚"
        } else {
            agent
        };
        if !has(FormBlank) {
            blocks.push(paragraph(format!("{label}：{signs}（签字）")));
        }
        blocks.push(paragraph(format!("日期：{}", date(signed(false)))));
    }

    // Technical answers.
    blocks.push(heading(1, "六、技术偏离表"));
    let headers = *dice.one(&[
        ["序号", "招标文件规格要求", "投标文件响应规格", "偏离"],
        ["条款", "招标文件的技术需求", "我方承诺", "有无偏离"],
        ["序号", "要求指标", "实际响应指标", "偏离情况"],
        ["序号", "招标要求", "投标响应", "偏离情况"],
        ["序号", "采购文件技术要求", "响应内容", "偏离说明"],
        ["序号", "技术参数要求", "投标技术参数", "正/负偏离"],
    ]);
    let mut rows: Vec<Vec<String>> = vec![headers.map(str::to_owned).to_vec()];
    let worse = dice.below(tender.parameters.len());
    let manner = dice.below(4);
    for (at, parameter) in tender.parameters.iter().enumerate() {
        let step = (parameter.value / 5).max(1);
        let value = if has(ParameterWorse) && at == worse {
            if parameter.at_least { parameter.value - step } else { parameter.value + step }
        } else if dice.below(2) == 0 {
            parameter.value
        } else if parameter.at_least {
            parameter.value + step
        } else {
            parameter.value - step.min(parameter.value - 1)
        };
        let offered = match manner {
            0 => format!("{}{value}{}", parameter.name, parameter.unit),
            1 => format!("{}：{value}{}", parameter.name, parameter.unit),
            2 => format!("所投产品{}为{value}{}", parameter.name, parameter.unit),
            _ => format!("{value}{}", parameter.unit),
        };
        if has(ParameterWorse) && at == worse {
            plant(ParameterWorse, &offered);
        }
        let required = format!("{}{}", parameter.mark, tender.limit(parameter));
        rows.push(vec![(at + 1).to_string(), required, offered, "无偏离".to_owned()]);
    }
    blocks.push(Block::Table(rows));

    // Commercial answers.
    blocks.push(heading(1, "七、商务偏离表"));
    let prepaid = if has(PaymentDiffers) { tender.prepaid + 30 } else { tender.prepaid };
    let payment = match dice.below(3) {
        0 => format!("预付{prepaid}%，验收合格后付至97%，余3%为质量保证金。"),
        1 => format!("合同生效后支付{prepaid}%的预付款，项目验收合格后支付至合同总价的97%，其余3%作为质量保证金。"),
        _ => format!("合同签订后支付合同价款的{prepaid}%，验收合格后支付至合同价款的97%，剩余3%作为质量保证金。"),
    };
    let asked =
        format!("合同签订后支付合同价款的{}%，验收合格后支付至合同价款的97%，剩余3%作为质量保证金。", tender.prepaid);
    if has(PaymentDiffers) {
        plant(PaymentDiffers, &payment);
    }
    blocks.push(table(&[
        &["序号", "商务要求", "响应内容", "偏离情况"],
        &["1", &format!("付款方式：{asked}"), &format!("付款方式：{payment}"), "无偏离"],
    ]));

    // Papers.
    blocks.push(heading(1, "八、资格证明文件"));
    blocks.push(paragraph(format!("营业执照：名称{bidder}，营业期限长期，复印件附后。")));
    let ends = if has(CertificateExpired) {
        format!("{}年{}月{}日", year - 1, month, day)
    } else {
        format!("{}年{}月{}日", year + 2, month, day)
    };
    let sentence = match dice.below(4) {
        2 => format!("{}，有效期截止日期：{ends}，扫描件附后。", tender.certificate),
        3 => format!("我方持有{}，该证书于{ends}到期，复印件见附件。", tender.certificate),
        0 => format!("{}：证书有效期至{ends}，复印件附后。", tender.certificate),
        _ => format!("{}（有效期：{}年{}月{}日至{ends}），复印件附后。", tender.certificate, year - 4, month, day),
    };
    if has(CertificateExpired) {
        plant(CertificateExpired, &ends);
    }
    blocks.push(paragraph(sentence));
    let bond = if has(BondTooSmall) { tender.bond / 2 } else { tender.bond };
    let sentence = match dice.below(4) {
        2 => format!("{bid}保证金金额：人民币{}（￥{}元），以银行转账方式提交。", capitals(bond), figures(bond)),
        3 => format!("已按要求递交{bid}保证金{}元，详见所附电汇凭证。", figures(bond)),
        0 => format!("{bid}保证金：已于{}转账人民币{}元，凭证附后。", date(signed(false)), figures(bond)),
        _ => format!("我方已缴纳{bid}保证金￥{}元，银行回单复印件附后。", figures(bond)),
    };
    if has(BondTooSmall) {
        plant(BondTooSmall, &sentence);
    }
    blocks.push(paragraph(sentence));

    blocks.push(heading(1, "九、类似业绩一览表"));
    let count = if has(TooLittleExperience) { tender.experience - 1 } else { tender.experience + dice.below(2) as u32 };
    let mut rows: Vec<Vec<String>> = vec![
        dice.one(&[
            ["序号", "项目名称", "委托单位", "合同金额（元）", "签订时间"],
            ["序号", "业绩名称", "采购单位", "合同金额", "合同签订日期"],
            ["编号", "项目名称", "甲方名称", "金额（元）", "完成时间"],
        ])
        .map(str::to_owned)
        .to_vec(),
    ];
    for at in 0..count {
        rows.push(vec![
            (at + 1).to_string(),
            format!("{}类似项目{}", ["柏亭", "樟湾", "蒲原", "枫岭"][at as usize % 4], at + 1),
            format!("{}建设管理中心", ["柏亭", "樟湾", "蒲原", "枫岭"][at as usize % 4]),
            figures(tender.ceiling / 2 + u64::from(at) * 31_000),
            format!("{}年{}月", year - 1, 3 + at),
        ]);
    }
    if has(TooLittleExperience) {
        plant(TooLittleExperience, &format!("{}", tender.experience));
    }
    blocks.push(Block::Table(rows));

    blocks.push(heading(1, "十、服务承诺书"));
    let promises = if has(OtherBidderName) {
        let other = *dice.one(&OTHERS);
        plant(OtherBidderName, other);
        format!("{other}郑重承诺：配备专职人员负责本项目，接到通知后及时到场处理。")
    } else {
        let _ = dice.next();
        format!("{bidder}郑重承诺：配备专职人员负责本项目，接到通知后及时到场处理。")
    };
    blocks.push(paragraph(promises));
    blocks.push(paragraph("我方严格遵守采购文件的各项规定，按期保质完成全部工作。"));
    blocks.push(paragraph(format!("{bidder_word}：{bidder}（盖章）")));
    blocks.push(paragraph(format!("日期：{}", date(signed(false)))));
    Written { bidder, blocks, planted }
}
