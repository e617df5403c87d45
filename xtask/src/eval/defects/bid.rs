//! A bid for a tender, in one of several manners, with the defects that were chosen.

use super::Dice;
use super::planted::Planted::{self, *};
use super::technical;
use super::tender::{Grade, Manner, Tender, figures};
use super::word::{Block, heading, paragraph, table};

/// A bid as it is written, section after section.
pub(crate) struct Pen<'a> {
    pub(crate) dice: Dice,
    wanted: &'a [Planted],
    planted: Vec<(Planted, String)>,
    pub(crate) blocks: Vec<Block>,
}

impl<'a> Pen<'a> {
    pub(crate) fn new(seed: u64, wanted: &'a [Planted]) -> Pen<'a> {
        Pen { dice: Dice::new(seed), wanted, planted: Vec::new(), blocks: Vec::new() }
    }

    pub(crate) fn has(&self, defect: Planted) -> bool {
        self.wanted.contains(&defect)
    }

    pub(crate) fn plant(&mut self, defect: Planted, words: impl Into<String>) {
        self.planted.push((defect, words.into()));
    }

    pub(crate) fn say(&mut self, words: impl Into<String>) {
        self.blocks.push(paragraph(words));
    }

    pub(crate) fn heading(&mut self, words: impl Into<String>) {
        self.blocks.push(heading(1, words));
    }

    pub(crate) fn done(self, bidder: &'static str) -> Written {
        Written { bidder, blocks: self.blocks, planted: self.planted }
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
    choose_of(seed, |defect| is_possible(tender, defect))
}

/// Five or six of the defects that are possible.
pub(crate) fn choose_of(seed: u64, is_possible: impl Fn(Planted) -> bool) -> Vec<Planted> {
    let mut dice = Dice::new(seed ^ 0xDEF_EC7);
    let wanted = 5 + dice.below(2);
    let kinds: Vec<Planted> = Planted::all().collect();
    let mut chosen: Vec<Planted> = Vec::new();
    while chosen.len() < wanted {
        let one = *dice.one(&kinds);
        if is_possible(one) && !chosen.iter().any(|c| *c == one || c.excludes(one)) {
            chosen.push(one);
        }
    }
    chosen
}

pub(crate) fn is_possible(tender: &Tender, defect: Planted) -> bool {
    match defect {
        WarrantyTooShort => tender.warranty_months > 0,
        PaymentDiffers => tender.prepaid > 0,
        AdvanceAsked => tender.prepaid == 0,
        FirmGradeLower => tender.firm.is_some(),
        PersonGradeLower | ManagerBusy => tender.person.is_some(),
        ReferenceTooSmall => tender.reference_min > 0,
        LetterMissing => tender.letter,
        QuantityDiffers => tender.items[most_pieces(tender)].2 > 1,
        _ => technical::is_possible(tender, defect),
    }
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
const OTHER_PROJECTS: [&str; 3] =
    ["昔岭市第一人民医院门诊楼改造项目", "罗浦县农村公路养护项目", "桐亭区文化馆舞台设备采购项目"];
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

/// What several sections of one bid share.
struct Frame {
    bidder: &'static str,
    legal: &'static str,
    agent: &'static str,
    number: String,
    total: u64,
    /// Price and sum of each item, in the tender's order.
    items: Vec<(u64, u64)>,
    /// Days of performance.
    finish: u32,
    validity: u32,
    style: usize,
}

impl Frame {
    fn date(&self, (year, month, day): (u32, u32, u32)) -> String {
        match self.style {
            0 => format!("{year}年{month:02}月{day:02}日"),
            1 => format!("{year}-{month:02}-{day:02}"),
            _ => format!("{year}年{month}月{day}日"),
        }
    }

    /// Two days before the deadline.
    fn in_time(&self, tender: &Tender) -> String {
        let (year, month, day) = tender.deadline;
        self.date((year, month, day - 2))
    }
}

/// Writes the bid. The same seed writes the same words but for the defects.
pub(crate) fn write(tender: &Tender, seed: u64, wanted: &[Planted]) -> Written {
    let mut pen = Pen::new(seed, wanted);
    let frame = frame(&mut pen, tender);
    cover(&mut pen, tender, &frame);
    letter(&mut pen, tender, &frame);
    opening(&mut pen, tender, &frame);
    items(&mut pen, tender, &frame);
    people(&mut pen, tender, &frame);
    pen.heading("六、技术偏离表");
    technical::answers(&mut pen, tender);
    commercial(&mut pen, tender);
    papers(&mut pen, tender, &frame);
    references(&mut pen, tender);
    promises(&mut pen, tender, &frame);
    pen.done(frame.bidder)
}

fn frame(pen: &mut Pen<'_>, tender: &Tender) -> Frame {
    let &(bidder, legal, agent) = pen.dice.one(&BIDDERS);
    let target = tender.ceiling * (70 + pen.dice.next() % 10) / 100;
    let units: u64 = tender.items.iter().map(|(_, _, n)| u64::from(*n)).sum();
    let mut items: Vec<(u64, u64)> = Vec::new();
    for (_, _, count) in tender.items {
        let price = (target / units / 100 * 100 * (80 + pen.dice.next() % 40) / 100).max(100) / 10 * 10;
        items.push((price, price * u64::from(*count)));
    }
    if pen.has(PriceAboveCeiling) {
        let missing = tender.ceiling + 40_000 - items.iter().map(|(_, sum)| sum).sum::<u64>().min(tender.ceiling);
        let (_, _, count) = tender.items[0];
        items[0].0 += missing.div_ceil(u64::from(count)) / 10 * 10 + 10;
        items[0].1 = items[0].0 * u64::from(count);
    }
    // A row that is left out, or has one piece less, is not paid for either.
    let last = items.len() - 1;
    if pen.has(ItemLeftOut) {
        items[last].1 = 0;
        pen.plant(ItemLeftOut, tender.items[last].0);
    }
    if pen.has(QuantityDiffers) {
        let most = most_pieces(tender);
        items[most].1 -= items[most].0;
        pen.plant(QuantityDiffers, tender.items[most].0);
    }
    let total: u64 = items.iter().map(|(_, sum)| sum).sum();
    if pen.has(PriceAboveCeiling) {
        pen.plant(PriceAboveCeiling, figures(total));
    }
    let number = if pen.has(WrongNumber) {
        let wrong = tender.number.replace("2031", "2030");
        pen.plant(WrongNumber, wrong.clone());
        wrong
    } else {
        tender.number.to_owned()
    };
    let (_, days) = tender.period;
    let early = pen.dice.below(5) as u32;
    Frame {
        bidder,
        legal,
        agent,
        number,
        total,
        items,
        finish: if pen.has(PeriodTooLong) { days + 20 + days / 5 } else { days - early },
        validity: if pen.has(ValidityTooShort) { tender.validity_days - 30 } else { tender.validity_days },
        style: pen.dice.below(3),
    }
}

/// The item of which the tender buys the most.
fn most_pieces(tender: &Tender) -> usize {
    (0..tender.items.len()).max_by_key(|at| tender.items[*at].2).unwrap_or_default()
}

fn cover(pen: &mut Pen<'_>, tender: &Tender, frame: &Frame) {
    let (bid, _, bidder_word) = tender.words();
    pen.say(format!("{bid}文件"));
    pen.say(format!("项目名称：{}", tender.name));
    pen.say(format!("项目编号：{}", frame.number));
    pen.say(format!("{bidder_word}：{}（盖章）", frame.bidder));
    pen.say(frame.in_time(tender));
}

fn letter(pen: &mut Pen<'_>, tender: &Tender, frame: &Frame) {
    let (bid, call, bidder_word) = tender.words();
    let (period, _) = tender.period;
    let (total, finish, validity) = (frame.total, frame.finish, frame.validity);
    pen.heading(format!("一、{bid}函"));
    let wrong = *pen.dice.one(&OTHER_BUYERS);
    let buyer = if pen.has(WrongBuyer) {
        pen.plant(WrongBuyer, wrong);
        wrong
    } else {
        tender.buyer
    };
    pen.say(format!("致：{buyer}"));
    let in_words = if pen.has(WordsAndFiguresDiffer) {
        let other = capitals(total + 6_000);
        pen.plant(WordsAndFiguresDiffer, other.clone());
        other
    } else {
        capitals(total)
    };
    let letter_total = if pen.has(TwoPrices) { total - 12_000 } else { total };
    if pen.has(TwoPrices) {
        pen.plant(TwoPrices, figures(letter_total));
    }
    let letter_words = if pen.has(TwoPrices) { capitals(letter_total) } else { in_words };
    let price = match pen.dice.below(6) {
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
    pen.say(price);
    let sentence = match pen.dice.below(6) {
        2 => format!("2．我方同意本{bid}函自提交{bid}文件截止之日起{validity}天内有效，并对我方具有约束力。"),
        3 => format!("2．{bid}文件有效期：{validity}日（日历天），自{bid}截止时间起算。"),
        4 => format!("2．在规定的{bid}截止时间后的{validity}个日历日内，我方受本{bid}函约束。"),
        0 => format!("2．本{bid}自{bid}截止之日起{validity}日历天内保持有效。"),
        1 => format!("2．我方承诺{bid}有效期为{validity}天，在此期间不撤销{bid}文件。"),
        _ => format!("2．{bid}有效期：从递交{bid}文件的截止之日起{validity}日历天。"),
    };
    if pen.has(ValidityTooShort) {
        pen.plant(ValidityTooShort, sentence.clone());
    }
    pen.say(sentence);
    let sentence = match pen.dice.below(6) {
        2 => format!("3．自合同生效之日起{finish}日内，我方完成本项目全部内容并交付采购人使用。"),
        3 => format!("3．我方承诺的{period}：{finish}日历天，自合同签订之日起计算。"),
        4 => format!("3．如能成交，我方将在签订合同后{finish}个日历日内完成项目并提请验收。"),
        0 => format!("3．我方保证在合同签订后{finish}日历天内完成全部工作。"),
        1 => format!("3．{period}：合同签订后{finish}天内。"),
        _ => format!("3．如我方中标，{period}为合同签订之日起{finish}日历天。"),
    };
    if pen.has(PeriodTooLong) {
        pen.plant(PeriodTooLong, finish.to_string());
    }
    pen.say(sentence);
    if tender.warranty_months > 0 {
        let months = if pen.has(WarrantyTooShort) { tender.warranty_months - 12 } else { tender.warranty_months };
        let sentence = match pen.dice.below(6) {
            2 => format!("4．整体免费质保{months}个月，从最终验收合格之日开始计算。"),
            3 => format!("4．质保承诺：自验收合格之日起，免费保修期为{}年。", months / 12),
            4 => format!("4．质量保证期{months}个月（验收合格之日起），期内免费上门维护。"),
            0 => format!("4．质保期为验收合格之日起{months}个月。"),
            1 => format!("4．我方对全部内容提供{months}个月的质量保证，自验收合格之日起算。"),
            _ => format!("4．验收合格后，我方免费质保{}年。", months / 12),
        };
        if pen.has(WarrantyTooShort) {
            pen.plant(WarrantyTooShort, sentence.clone());
        }
        pen.say(sentence);
    }
    others_work(pen);
    let condition = *pen.dice.one(&[
        "6．如采购人不接受上述付款比例，我方保留调整报价的权利。",
        "6．现场条件与描述不一致时，所增加的工作须另行收费。",
        "6．材料价格上涨超过百分之五时，我方有权调整合同价格。",
        "6．上述报价以采购人一次性付清全部价款为前提，否则价格另议。",
        "6．因采购人原因延期的，我方保留变更报价的权利。",
    ]);
    if pen.has(OwnCondition) {
        pen.plant(OwnCondition, condition);
        pen.say(condition);
    }
    let (year, month, day) = tender.deadline;
    let signed_on = if pen.has(SignedAfterDeadline) {
        let late = frame.date((year, month, day + 2));
        pen.plant(SignedAfterDeadline, late.clone());
        late
    } else {
        frame.in_time(tender)
    };
    pen.say(format!("{bidder_word}：{}（盖章）", frame.bidder));
    pen.say(format!("法定代表人或授权代表（签字）：{}", frame.agent));
    pen.say(format!("日期：{signed_on}"));
}

/// Whether others do a part of the work.
fn others_work(pen: &mut Pen<'_>) {
    let subcontracts = *pen.dice.one(&[
        "5．部分安装工作拟分包给具备条件的合作单位完成，由我方统一管理。",
        "5．现场辅助性工作我方将委托第三方单位分包实施。",
        "5．为保证进度，我方计划将其中的调试工作分包给专业公司。",
        "5．本项目部分专业内容由我方合作单位承担，双方另行签订分包合同。",
        "5．我方与另一家单位组成联合体共同参加本项目。",
    ]);
    let gives_away = *pen.dice.one(&[
        "5．现场实施工作由我公司委托景昀工程技术有限公司完成。",
        "5．其中的调试和培训交由北岑技术服务有限公司负责。",
        "5．后期维护由我公司的合作单位丰陵机电设备有限公司承担。",
        "5．部分专业工作外包给丰陵机电设备有限公司。",
    ]);
    let itself = *pen.dice.one(&[
        "5．我方不将本项目的任何部分分包或转包。",
        "5．全部工作由我公司自有人员完成，不委托其他单位实施。",
        "5．我方承诺不以任何形式将本项目交由第三方完成。",
    ]);
    let sentence = if pen.has(Subcontracts) {
        pen.plant(Subcontracts, subcontracts);
        subcontracts
    } else if pen.has(WorkGivenAway) {
        pen.plant(WorkGivenAway, gives_away);
        gives_away
    } else {
        itself
    };
    pen.say(sentence);
}

fn opening(pen: &mut Pen<'_>, tender: &Tender, frame: &Frame) {
    let (bid, _, bidder_word) = tender.words();
    let (period, _) = tender.period;
    let opening = if tender.manner == Manner::Open { "开标一览表" } else { "报价一览表" };
    pen.heading(format!("二、{opening}"));
    pen.blocks.push(table(&[
        &["项目名称", &format!("{bid}总价（元）"), period, &format!("{bid}有效期")],
        &[
            tender.name,
            &figures(frame.total),
            &format!("合同签订后{}日历天", frame.finish),
            &format!("{}日历天", frame.validity),
        ],
    ]));
    pen.say(format!("{bidder_word}：{}（盖章）", frame.bidder));
}

fn items(pen: &mut Pen<'_>, tender: &Tender, frame: &Frame) {
    pen.heading("三、分项报价表");
    let mut rows: Vec<Vec<String>> =
        vec![["序号", "名称", "单位", "数量", "单价（元）", "合价（元）"].map(str::to_owned).to_vec()];
    let wrong = pen.dice.below(frame.items.len());
    for (at, ((name, unit, count), (price, sum))) in tender.items.iter().zip(&frame.items).enumerate() {
        if pen.has(ItemLeftOut) && at + 1 == tender.items.len() {
            continue;
        }
        let sum = if pen.has(ItemsDoNotAddUp) && at == wrong {
            let off = sum + 1_700;
            pen.plant(ItemsDoNotAddUp, figures(off));
            off
        } else {
            *sum
        };
        let less = pen.has(QuantityDiffers) && at == most_pieces(tender);
        rows.push(vec![
            (at + 1).to_string(),
            (*name).to_owned(),
            (*unit).to_owned(),
            (count - u32::from(less)).to_string(),
            figures(*price),
            figures(sum),
        ]);
    }
    rows.push(vec!["合计".into(), String::new(), String::new(), String::new(), String::new(), figures(frame.total)]);
    pen.blocks.push(Block::Table(rows));
}

fn people(pen: &mut Pen<'_>, tender: &Tender, frame: &Frame) {
    let (bid, _, bidder_word) = tender.words();
    let (bidder, agent) = (frame.bidder, frame.agent);
    pen.heading("四、法定代表人身份证明");
    pen.say(format!("兹证明{}同志系{bidder}的法定代表人，职务：总经理。", frame.legal));
    pen.say(format!("{bidder_word}：{bidder}（盖章）"));
    let label = *pen.dice.one(&["委托代理人", "授权代表", "被授权人"]);
    if pen.has(FormMissing) {
        pen.plant(FormMissing, "授权委托书");
        return;
    }
    pen.heading("五、授权委托书");
    let legal = if pen.has(OtherLegal) {
        pen.plant(OtherLegal, "穆青禾");
        "穆青禾"
    } else {
        frame.legal
    };
    let delegate = if pen.has(FormBlank) {
        pen.plant(FormBlank, "授权________为我方代理人");
        "________"
    } else {
        agent
    };
    pen.say(format!(
        "本人{legal}系{bidder}的法定代表人，现授权{delegate}为我方代理人，以我方名义办理{}的{bid}事宜。",
        tender.name
    ));
    pen.say(format!("法定代表人：{legal}（签字）"));
    let signs = if pen.has(OtherAgent) {
        pen.plant(OtherAgent, "简向晚");
        "简向晚"
    } else {
        agent
    };
    if !pen.has(FormBlank) {
        pen.say(format!("{label}：{signs}（签字）"));
    }
    pen.say(format!("日期：{}", frame.in_time(tender)));
}

fn commercial(pen: &mut Pen<'_>, tender: &Tender) {
    pen.heading("七、商务偏离表");
    let asked = tender.payment();
    let advance = *pen.dice.one(&[
        "合同签订后支付全年费用的30%作为预付款，其余按季度支付。",
        "每季度初预付当季费用的60%，余款季度末付清。",
        "合同生效后采购人先行支付20%的预付款，余款按季度结算。",
    ]);
    let manner = pen.dice.below(3);
    let payment = if tender.prepaid == 0 {
        if pen.has(AdvanceAsked) {
            pen.plant(AdvanceAsked, advance);
            advance.to_owned()
        } else {
            ["同意按季度支付，每季度考核合格后支付当季费用。", "按季度支付，考核合格后15个工作日内支付。", &asked]
                [manner]
                .to_owned()
        }
    } else {
        let prepaid = if pen.has(PaymentDiffers) { tender.prepaid + 30 } else { tender.prepaid };
        let payment = match manner {
            0 => format!("预付{prepaid}%，验收合格后付至97%，余3%为质量保证金。"),
            1 => {
                format!("合同生效后支付{prepaid}%的预付款，项目验收合格后支付至合同总价的97%，其余3%作为质量保证金。")
            }
            _ => format!("合同签订后支付合同价款的{prepaid}%，验收合格后支付至合同价款的97%，剩余3%作为质量保证金。"),
        };
        if pen.has(PaymentDiffers) {
            pen.plant(PaymentDiffers, payment.clone());
        }
        payment
    };
    pen.blocks.push(table(&[
        &["序号", "商务要求", "响应内容", "偏离情况"],
        &["1", &format!("付款方式：{asked}"), &format!("付款方式：{payment}"), "无偏离"],
    ]));
    if !tender.promises.is_empty() {
        pen.say("服务响应：");
        technical::promises(pen, tender);
    }
}

fn papers(pen: &mut Pen<'_>, tender: &Tender, frame: &Frame) {
    let (bid, _, _) = tender.words();
    let (year, month, day) = tender.deadline;
    pen.heading("八、资格证明文件");
    pen.say(format!("营业执照：名称{}，营业期限长期，复印件附后。", frame.bidder));
    let ends = if pen.has(CertificateExpired) {
        format!("{}年{}月{}日", year - 1, month, day)
    } else {
        format!("{}年{}月{}日", year + 2, month, day)
    };
    let sentence = match pen.dice.below(4) {
        2 => format!("{}，有效期截止日期：{ends}，扫描件附后。", tender.certificate),
        3 => format!("我方持有{}，该证书于{ends}到期，复印件见附件。", tender.certificate),
        0 => format!("{}：证书有效期至{ends}，复印件附后。", tender.certificate),
        _ => format!("{}（有效期：{}年{}月{}日至{ends}），复印件附后。", tender.certificate, year - 4, month, day),
    };
    if pen.has(CertificateExpired) {
        pen.plant(CertificateExpired, ends);
    }
    pen.say(sentence);
    grades(pen, tender, frame);
    if tender.letter {
        let letter = *pen.dice.one(&["制造商授权书", "生产厂家授权书", "制造商出具的授权函"]);
        if pen.has(LetterMissing) {
            pen.plant(LetterMissing, "授权书");
        } else {
            pen.say(format!("{letter}：北安重工制造有限公司授权我公司以其产品参加本项目，原件扫描件附后。"));
        }
    }
    let bond = if pen.has(BondTooSmall) { tender.bond / 2 } else { tender.bond };
    let paid = frame.in_time(tender);
    let sentence = match pen.dice.below(4) {
        2 => format!("{bid}保证金金额：人民币{}（￥{}元），以银行转账方式提交。", capitals(bond), figures(bond)),
        3 => format!("已按要求递交{bid}保证金{}元，详见所附电汇凭证。", figures(bond)),
        0 => format!("{bid}保证金：已于{paid}转账人民币{}元，凭证附后。", figures(bond)),
        _ => format!("我方已缴纳{bid}保证金￥{}元，银行回单复印件附后。", figures(bond)),
    };
    if pen.has(BondTooSmall) {
        pen.plant(BondTooSmall, sentence.clone());
    }
    pen.say(sentence);
}

/// The firm's grade, and the person in charge with another's.
fn grades(pen: &mut Pen<'_>, tender: &Tender, frame: &Frame) {
    let manner = pen.dice.below(3);
    let is_better = pen.dice.below(2) == 0;
    let held = |grade: &Grade, lower: bool| match (lower, is_better) {
        (true, _) => grade.below,
        (false, true) => grade.above,
        (false, false) => grade.asked,
    };
    let (year, month, day) = tender.deadline;
    if let Some(firm) = &tender.firm {
        let grade = held(firm, pen.has(FirmGradeLower));
        let sentence = match manner {
            0 => format!("我公司具有{}{grade}资质，证书在有效期内。", firm.of),
            1 => format!("资质证书：{}{grade}，有效期至{}年{month}月{day}日。", firm.of, year + 2),
            _ => format!("企业资质等级为{}{grade}，资质证书复印件附后。", firm.of),
        };
        if pen.has(FirmGradeLower) {
            pen.plant(FirmGradeLower, grade);
        }
        pen.say(sentence);
    }
    let Some((post, grade)) = &tender.person else { return };
    let level = held(grade, pen.has(PersonGradeLower));
    let name = ["封以宁", "骆知新", "闻人远"][pen.dice.below(3)];
    if pen.has(PersonGradeLower) {
        pen.plant(PersonGradeLower, level);
    }
    let in_table = pen.dice.below(2) == 0;
    let credential = match grade.of {
        "职称" => level.to_owned(),
        of => format!("{level}{of}"),
    };
    if in_table {
        pen.blocks.push(table(&[
            &["姓名", "拟任职务", "职称或执业资格", "从业年限"],
            &[name, post, &credential, "12年"],
            &[frame.agent, "商务负责人", "经济师", "9年"],
        ]));
    } else {
        let held = if grade.of == "职称" { "职称" } else { "执业资格" };
        pen.say(format!("拟派{post}：{name}，具有{credential}{held}，证书复印件附后。"));
    }
    let busy = *pen
        .dice
        .one(&["{}目前担任罗浦县农村公路养护项目的{post}。", "{}现兼任昔岭市门诊楼改造工程{post}，预计明年完工。"]);
    let free = *pen.dice.one(&[
        "{}未在其他项目任职，无在建项目。",
        "{}曾任柏亭镇文化站改造项目{post}，该项目已竣工验收，目前无在建项目。",
    ]);
    let fill = |pattern: &str| pattern.replace("{}", &format!("{post}{name}")).replace("{post}", post);
    if pen.has(ManagerBusy) {
        pen.plant(ManagerBusy, fill(busy).trim_end_matches('。'));
    }
    pen.say(fill(if pen.has(ManagerBusy) { busy } else { free }));
}

fn references(pen: &mut Pen<'_>, tender: &Tender) {
    let (year, _, _) = tender.deadline;
    pen.heading("九、类似业绩一览表");
    let more = pen.dice.below(2) as u32;
    let count = match () {
        () if pen.has(TooLittleExperience) => tender.experience - 1,
        // The one that does not count must be missing.
        () if pen.has(ReferenceTooOld) || pen.has(ReferenceTooSmall) => tender.experience,
        () => tender.experience + more,
    };
    let in_ten_thousands = pen.dice.below(2) == 0;
    let head = *pen.dice.one(&[
        ["序号", "项目名称", "委托单位", "合同金额", "签订时间"],
        ["序号", "业绩名称", "采购单位", "合同金额", "合同签订日期"],
        ["编号", "项目名称", "甲方名称", "合同价", "签约日期"],
    ]);
    let mut rows: Vec<Vec<String>> = vec![head.map(str::to_owned).to_vec()];
    rows[0][3].push_str(if in_ten_thousands { "（万元）" } else { "（元）" });
    let wrong = pen.dice.below(tender.experience as usize) as u32;
    let dated = pen.dice.below(3);
    for at in 0..count {
        let place = ["柏亭", "樟湾", "蒲原", "枫岭"][at as usize % 4];
        let small = pen.has(ReferenceTooSmall) && at == wrong;
        let old = pen.has(ReferenceTooOld) && at == wrong;
        let least = tender.reference_min.max(tender.ceiling / 20_000);
        let amount = if small { tender.reference_min * 6 / 10 } else { least + 3 + u64::from(at) * 3 };
        let amount = if in_ten_thousands { amount.to_string() } else { figures(amount * 10_000) };
        let (signed, month) = (if old { year - 5 } else { year - 1 }, 3 + at);
        let signed = match dated {
            0 => format!("{signed}年{month}月"),
            1 => format!("{signed}-{month:02}-16"),
            _ => format!("{signed}年{month}月16日"),
        };
        if small {
            pen.plant(ReferenceTooSmall, amount.clone());
        }
        if old {
            pen.plant(ReferenceTooOld, signed.clone());
        }
        rows.push(vec![
            (at + 1).to_string(),
            format!("{place}类似项目{}", at + 1),
            format!("{place}建设管理中心"),
            amount,
            signed,
        ]);
    }
    if pen.has(TooLittleExperience) {
        pen.plant(TooLittleExperience, tender.experience.to_string());
    }
    pen.blocks.push(Block::Table(rows));
}

fn promises(pen: &mut Pen<'_>, tender: &Tender, frame: &Frame) {
    let (_, _, bidder_word) = tender.words();
    pen.heading("十、服务承诺书");
    let other = *pen.dice.one(&OTHERS);
    let who = if pen.has(OtherBidderName) {
        pen.plant(OtherBidderName, other);
        other
    } else {
        frame.bidder
    };
    pen.say(format!("{who}郑重承诺：配备专职人员负责本项目，接到通知后及时到场处理。"));
    let other = *pen.dice.one(&OTHER_PROJECTS);
    let project = if pen.has(OtherProject) {
        pen.plant(OtherProject, other);
        other
    } else {
        tender.name
    };
    let sentence = match pen.dice.below(3) {
        0 => format!("为保证{project}的顺利实施，我方成立专门的工作小组。"),
        1 => format!("针对{project}，我方按期保质完成全部工作。"),
        _ => format!("项目名称：{project}"),
    };
    pen.say(sentence);
    pen.say("我方严格遵守采购文件的各项规定，按期保质完成全部工作。");
    pen.say(format!("{bidder_word}：{}（盖章）", frame.bidder));
    if pen.has(DateBlank) {
        pen.plant(DateBlank, "日期：____年__月__日");
        pen.say("日期：____年__月__日");
    } else {
        pen.say(format!("日期：{}", frame.in_time(tender)));
    }
}
