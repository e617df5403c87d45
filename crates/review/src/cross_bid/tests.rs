//! For each kind what must fire and what must not, on invented bids that all answer one tender.

use bidlens_documents::{Limits, parse};
use bidlens_domain::clue::{Clue, ClueKind, ClueLevel};
use bidlens_domain::document::{
    Document, EmbeddedFile, EmbeddedKind, FileIdentifier, IdentifierKind, Language, Look, Picture,
};
use bidlens_domain::finding::FindingSource;
use bidlens_domain::wording::is_english;

use crate::judge::{BidFiles, Judged, review};

const TENDER: &str = "# 第一章 招标公告

项目名称：青禾县第二污水厂提标改造设备采购

项目编号：QHX-2031-042

招标人：青禾县水务发展中心，联系人：江一禾，联系电话：13900000001，邮箱：notice@qinghe.example

最高投标限价：人民币2000000元。

# 第二章 采购需求

投标人应在接到故障通知后两小时内派人到达现场，查明原因并在二十四小时内排除故障，重大故障应提供备用设备。

# 第三章 投标文件格式

## 一、投标函

致：青禾县水务发展中心。我方愿以人民币______元的投标总价承担本项目。
";

const COMPANIES: [&str; 3] = ["兰亭环保设备有限公司", "云岫水务装备有限公司", "澄沚机电工程有限公司"];
const PEOPLE: [(&str, &str); 3] = [("周澄澜", "13900000011"), ("李望舒", "13900000012"), ("郑攸宁", "13900000013")];
const TOTALS: [&str; 3] = ["1863170", "1902845", "1951390"];

/// A bid that answers the tender: forms, commitments and laws that all bids have, and words of its own.
fn conforming(n: usize) -> String {
    let (company, (person, phone), total) = (COMPANIES[n], PEOPLE[n], TOTALS[n]);
    let own = [
        "我们的服务站设在县城东门，值班人员从站里出发，先带常用备件，再由仓库补送其余部件，全程由调度电话跟踪。",
        "接到报修以后，驻点工程师骑车前往，边走边与操作工通话判断原因，到场先恢复运行，再查根源写出分析。",
        "售后由设备经理负责到底，每季度巡检一次，更换易损件不收材料费，巡检单由双方在现场共同确认。",
    ];
    format!(
        "# 投标函

致：青禾县水务发展中心。我方{company}愿以人民币{total}元的投标总价承担青禾县第二污水厂提标改造设备采购（项目编号：QHX-2031-042）。

投标总价：{total}元

联系人：{person}

联系电话：{phone}

投标人：{company}（盖章）

# 承诺书

我公司郑重承诺所提供的一切材料真实有效，如有虚假愿意承担由此产生的一切后果并接受监管部门的处理。

参加政府采购活动前三年内，在经营活动中没有重大违法记录，也未被列入失信被执行人名单及其他不良行为名单。

# 技术方案

投标人应在接到故障通知后两小时内派人到达现场，查明原因并在二十四小时内排除故障，重大故障应提供备用设备。

设备的制造、检验和验收严格执行《城镇污水处理厂工程质量验收规范》和现行国家标准的全部要求，并随货提供出厂检验报告。

招标人联系电话：13900000001

{}
",
        own[n]
    )
}

fn document(name: &str, text: &str) -> Document {
    parse(&format!("{name}.md"), text.as_bytes(), &Limits::default())
}

fn judged(bids: &[Vec<Document>]) -> Judged {
    judged_under(TENDER, bids)
}

fn judged_under(tender: &str, bids: &[Vec<Document>]) -> Judged {
    judged_beside(document("tender", tender), bids)
}

fn judged_beside(tender: Document, bids: &[Vec<Document>]) -> Judged {
    let tender = [tender];
    let facts = crate::extract(&tender);
    let files = bids.iter().zip(COMPANIES);
    let files: Vec<BidFiles<'_>> =
        files.map(|(documents, name)| BidFiles { bidder_name: name.to_owned(), documents }).collect();
    let judged = review(&tender, &facts, &files, &[]);
    judged.clues.iter().for_each(assert_said_in_english);
    judged
}

fn assert_said_in_english(clue: &Clue) {
    let names = clue.sides().iter().flat_map(|side| &side.traits).map(|one| &one.name_en);
    for words in clue.innocent_en.iter().chain([&clue.summary_en]).chain(names) {
        assert!(is_english(words), "{}: {words}", clue.kind.rule_id());
    }
    assert_eq!(clue.innocent_en.len(), clue.innocent.len());
}

/// The clues of three conforming bids to each of which something is added.
fn clues(added: [&str; 3]) -> Vec<Clue> {
    let bid = |n: usize| vec![document(&format!("bid{n}"), &format!("{}\n{}\n", conforming(n), added[n]))];
    judged(&[bid(0), bid(1), bid(2)]).clues
}

/// The clues of three conforming bids whose documents are changed.
fn clues_of_files(change: impl Fn(usize, &mut Document)) -> Vec<Clue> {
    clues_of_files_beside(document("tender", TENDER), change)
}

fn clues_of_files_beside(tender: Document, change: impl Fn(usize, &mut Document)) -> Vec<Clue> {
    let bid = |n: usize| {
        let mut document = document(&format!("bid{n}"), &conforming(n));
        change(n, &mut document);
        vec![document]
    };
    judged_beside(tender, &[bid(0), bid(1), bid(2)]).clues
}

fn told(clues: &[Clue]) -> Vec<(ClueKind, ClueLevel, Vec<&'static str>)> {
    let concerned = |clue: &Clue| COMPANIES.into_iter().filter(|company| clue.concerns(company)).collect();
    clues.iter().map(|clue| (clue.kind, clue.level(), concerned(clue))).collect()
}

const LONG: &str = "水泵下井之前先把导轨用细砂纸来回打磨三遍，摸上去不拉手才算过关，吊链一律换成镀锌的，旧链子锈一个扣也不许上。\
    试车那天安排两个老师傅轮流守在井口，电流表每隔十分钟抄一次，抄到第六次还稳当才许叫业主的人过来看，中间跳一次就从头再来。";
const SHORT: &str = "池边的栏杆刷两道灰漆再罩一层清漆，雨天不许动工，漆膜用指甲划过不留白印才算合格。";

#[test]
fn bids_that_answer_one_tender_have_nothing_to_tell() {
    assert_eq!(told(&clues([""; 3])), []);
}

#[test]
fn a_long_passage_is_a_candidate_and_a_short_one_a_lead() {
    let found = clues([LONG, LONG, ""]);
    assert_eq!(told(&found), [(ClueKind::TextReuse, ClueLevel::Candidate, COMPANIES[..2].to_vec())]);
    let side = &found[0].sides()[1];
    assert_eq!(side.evidence.len(), 1, "neighbours are one passage");
    assert!(side.evidence[0].quote().starts_with("水泵下井") && side.evidence[0].quote().ends_with("从头再来。"));
    assert_eq!(side.evidence[0].page(), 1);
    assert!(!found[0].innocent.is_empty());

    assert_eq!(told(&clues([SHORT, "", SHORT])).len(), 1);
    assert!(clues([SHORT, "", SHORT]).iter().all(|clue| clue.level() == ClueLevel::Lead));
    // What everybody writes comes from a source they all have.
    assert!(clues([LONG; 3]).iter().all(|clue| clue.level() == ClueLevel::Lead));
}

#[test]
fn a_title_over_the_whole_bid_makes_no_form_of_it() {
    let text = format!("# 投标函及承诺书\n\n## 第一册\n\n### 施工组织\n\n{LONG}");
    assert_eq!(told(&clues([&text, &text, ""])).len(), 1);
}

#[test]
fn words_about_oneself_are_the_same_words() {
    let with = |n: usize| LONG.replace("安排两个老师傅", &format!("由{}安排两个老师傅", COMPANIES[n]));
    let found = clues([&with(0), &with(1), ""]);
    assert_eq!(told(&found), [(ClueKind::TextReuse, ClueLevel::Candidate, COMPANIES[..2].to_vec())]);
    assert!(found[0].sides()[1].evidence[0].quote().contains(COMPANIES[1]));
}

/// As somebody writes it who does not want it to be the same.
fn reworded(text: &str) -> String {
    [("细砂纸", "砂布"), ("来回打磨三遍", "来回打磨五遍"), ("老师傅", "技工"), ("十分钟", "十五分钟"), ("业主", "甲方")]
        .into_iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn a_passage_with_single_words_changed_is_a_lead() {
    let found = clues([LONG, &reworded(LONG), ""]);
    assert_eq!(told(&found), [(ClueKind::TextReuse, ClueLevel::Lead, COMPANIES[..2].to_vec())]);
    let quotes = found[0].sides().iter().map(|side| side.evidence[0].quote()).collect::<Vec<_>>();
    assert!(quotes[0].contains("细砂纸") && quotes[1].contains("砂布"), "{quotes:?}");
    assert!(quotes.iter().all(|quote| quote.ends_with("从头再来。")), "neighbours are one passage");
    // It confirms nothing, and what is the same word for word is told once.
    let person = "项目负责人：白映川";
    let found = clues([&format!("{LONG}\n\n{person}"), &format!("{}\n\n{person}", reworded(LONG)), ""]);
    assert_eq!(told(&found).iter().map(|(_, level, _)| *level).collect::<Vec<_>>(), [ClueLevel::Lead; 2]);
    assert_eq!(told(&clues([LONG, LONG, ""])).len(), 1);
}

#[test]
fn other_words_for_the_same_thing_and_rewordings_of_the_tender_are_no_reuse() {
    let other = "下井前用砂纸把导轨磨光，手摸无毛刺方可安装；吊链全部换新，选镀锌件，锈蚀的旧件不得再用于现场。\
        试运行由两名操作工值守，每十分钟记录一次电流，连续六次读数稳定后通知建设单位查看，若有跳动则重新计数。";
    assert_eq!(told(&clues([LONG, other, ""])), []);
    assert_eq!(told(&clues([SHORT, &SHORT.replace("灰漆", "蓝漆"), ""])), [], "one short sentence");
    let answer = |hours: &str| {
        format!(
            "我公司在接到故障通知后{hours}小时内派人到达现场，查明原因并在二十四小时内排除故障，重大故障提供备用设备，所有费用均包含在报价之内。\n\n"
        ) + &format!(
            "我公司保证在接到故障通知后{hours}小时内派人员到达现场，查明原因且在二十四小时内排除全部故障，重大故障一律提供备用设备。"
        )
    };
    assert_eq!(told(&clues([&answer("两"), &answer("一"), ""])), []);
    let letter = |text: &str| format!("# 授权委托书\n\n{text}");
    assert_eq!(told(&clues([&letter(LONG), &letter(&reworded(LONG)), ""])), []);
    let history = |text: &str| format!("# 类似业绩\n\n{text}");
    assert_eq!(told(&clues([&history(LONG), &history(&reworded(LONG)), ""])), []);
}

#[test]
fn data_of_a_product_are_a_lead() {
    let data = "泵型号80WQ50-20-7.5，流量50m3/h，扬程20m，功率7.5kW，转速2900r/min，电压380V，电流15.6A，效率68.5%，重量112kg，材质HT250，轴封162-45，防护IP68，绝缘F级，电缆YZW4x2.5长10m。";
    assert!(clues([data, data, ""]).iter().all(|clue| clue.level() == ClueLevel::Lead));
}

#[test]
fn forms_laws_references_and_the_tenders_words_are_no_reuse() {
    let statutory = "# 中小企业声明函\n\n以上企业，不属于大企业的分支机构，不存在控股股东为大企业的情形，也不存在与大企业的负责人为同一人的情形。本企业对上述内容的真实性负责，如有虚假，将依法承担相应责任。";
    let law = "依据《中华人民共和国安全生产法》第四条，生产经营单位必须遵守有关安全生产的规定，加强管理，建立健全全员责任制和规章制度。";
    let standard = "水泵机组的振动与噪声按 GB/T 29531-2013 和 GB/T 29529-2013 的规定测量，测点布置、评价分区和记录格式均与标准一致。";
    let letter = format!("# 授权委托书\n\n{LONG}");
    let history = format!("# 类似业绩\n\n{LONG}");
    for text in [statutory, law, standard, &letter, &history] {
        assert_eq!(told(&clues([text, text, ""])), [], "{text}");
    }
}

#[test]
fn what_is_not_shown_is_counted() {
    let apart: String = (0..25)
        .map(|n| {
            let words =
                format!("第{n}段管沟由班组长带人下去量三次宽度，再拿铁锹把边坡拍实，见到流沙就停下来打木桩挡住。");
            format!("{words}\n\n隔开的第一句。\n\n隔开的第二句。\n\n隔开的第三句。\n\n")
        })
        .collect();
    let found = clues([&apart, &apart, ""]);
    let reuse: Vec<&Clue> = found.iter().filter(|clue| clue.kind == ClueKind::TextReuse).collect();
    assert_eq!((reuse.len(), reuse.iter().map(|clue| clue.more).sum::<usize>()), (20, 5));
}

#[test]
fn one_mistake_in_two_bids_is_seen() {
    let number = "# 投标函附录\n\n项目编号：LTS-2030-777";
    assert_eq!(
        told(&clues([number, number, ""])),
        [(ClueKind::SharedError, ClueLevel::Candidate, COMPANIES[..2].to_vec())]
    );
    assert_eq!(told(&clues([number, "# 投标函附录\n\n项目编号：KJH-2029-118", ""])), []);

    let table = |total: &str| {
        format!(
            "# 分项报价\n\n| 序号 | 名称 | 数量 | 单价（元） | 合价（元） |\n|---|---|---|---|---|\n| 1 | 格栅 | 3 | 1250 | {total} |\n| 2 | 闸门 | 2 | 800 | 1600 |\n"
        )
    };
    let (wrong, right) = (table("3850"), table("3750"));
    let found = clues([&wrong, "", &wrong]);
    assert_eq!(told(&found), [(ClueKind::SharedError, ClueLevel::Candidate, vec![COMPANIES[0], COMPANIES[2]])]);
    assert!(found[0].summary.contains("格栅"));
    assert_eq!(told(&clues([&right, "", &right])), []);

    let slip = "曝气头装完先通清水试，，再通风看泡匀不匀。";
    assert_eq!(told(&clues([slip, slip, ""])), [(ClueKind::SharedError, ClueLevel::Lead, COMPANIES[..2].to_vec())]);
}

#[test]
fn another_bidders_name_is_a_leak_by_how_it_stands() {
    let level =
        |text: &str| told(&clues(["", text, ""])).into_iter().map(|(kind, level, _)| (kind, level)).collect::<Vec<_>>();
    let speaks = format!("{}郑重承诺：所供设备全部为全新产品。", COMPANIES[0]);
    assert_eq!(level(&speaks), [(ClueKind::EntityLeak, ClueLevel::Candidate)]);
    let named = format!("投标人：{}", COMPANIES[0]);
    assert_eq!(level(&named), [(ClueKind::EntityLeak, ClueLevel::Candidate)]);
    let maker = format!("格栅的制造商为{}，随货提供合格证。", COMPANIES[0]);
    assert_eq!(level(&maker), [(ClueKind::EntityLeak, ClueLevel::Lead)]);
    let found = clues(["", &speaks, ""]);
    assert!(found[0].sides().iter().all(|side| side.evidence.iter().all(|e| e.quote().contains(COMPANIES[0]))));
}

#[test]
fn one_contact_in_two_bids_is_seen() {
    let phone = "授权代表手机：13900000077";
    assert_eq!(
        told(&clues([phone, phone, ""])),
        [(ClueKind::SharedContact, ClueLevel::Candidate, COMPANIES[..2].to_vec())]
    );
    for (text, kind, level) in [
        ("邮箱：lan@mail.example", ClueKind::SharedContact, ClueLevel::Candidate),
        ("开户银行：青禾银行东门支行 账号：3400 1234 5678 9012", ClueKind::SharedAccount, ClueLevel::Candidate),
        ("通讯地址：青禾市兰亭路18号3幢502室", ClueKind::SharedContact, ClueLevel::Lead),
        ("项目负责人：白映川", ClueKind::SharedContact, ClueLevel::Lead),
        ("统一社会信用代码：91000000MA0000001A", ClueKind::EntityLeak, ClueLevel::Candidate),
    ] {
        assert_eq!(told(&clues([text, "", text])), [(kind, level, vec![COMPANIES[0], COMPANIES[2]])], "{text}");
    }
    for text in [
        "招标人联系电话：13900000001",
        "邮箱：notice@qinghe.example",
        "制造商服务热线：400-800-1234",
        "厂家联系人：白映川，电话：13900000088",
        "项目负责人：详见附件",
        "联系人：江一禾",
    ] {
        assert_eq!(told(&clues([text, text, ""])), [], "{text}");
    }
}

#[test]
fn a_clue_of_medium_strength_rises_beside_another_family() {
    let person = "项目负责人：白映川";
    let found = clues([&format!("{LONG}\n\n{person}"), &format!("{LONG}\n\n{person}"), ""]);
    assert_eq!(told(&found).iter().map(|(_, level, _)| *level).collect::<Vec<_>>(), [ClueLevel::Candidate; 2]);
    // Two weak or two of one family prove no more than one.
    let found = clues([&format!("{SHORT}\n\n{person}"), &format!("{SHORT}\n\n{person}"), ""]);
    assert!(found.iter().all(|clue| clue.level() == ClueLevel::Lead), "{found:?}");
}

fn priced(unit_prices: &[f64]) -> String {
    let names = ["格栅", "闸门", "曝气盘", "搅拌器", "潜污泵", "鼓风机", "加药机", "在线仪表"];
    let mut table =
        "# 分项报价\n\n| 序号 | 名称 | 数量 | 单价（元） | 合价（元） |\n|---|---|---|---|---|\n".to_owned();
    for (n, (name, price)) in names.iter().zip(unit_prices).enumerate() {
        table.push_str(&format!("| {} | {name} | 2 | {price:.2} | {:.2} |\n", n + 1, price * 2.0));
    }
    table
}

#[test]
fn item_prices_by_one_factor_or_alike_are_seen() {
    let base = [12_350.0, 8_420.5, 933.3, 15_780.0, 4_466.0, 27_915.0, 6_301.7, 3_845.2];
    let by = |factor: f64| base.map(|price: f64| (price * factor * 100.0).round() / 100.0);
    let free = [11_900.0, 8_955.0, 870.0, 16_400.0, 4_120.0, 28_800.0, 6_000.0, 4_010.0];
    let pattern = |others: &[f64]| told(&clues([&priced(&base), &priced(others), ""]));
    let one = |level| [(ClueKind::PricePattern, level, COMPANIES[..2].to_vec())];
    assert_eq!(pattern(&by(1.035)), one(ClueLevel::Candidate));
    assert_eq!(pattern(&base), one(ClueLevel::Candidate));
    assert_eq!(pattern(&by(1.035)[..5]), one(ClueLevel::Lead), "few items are a lead");
    assert_eq!(pattern(&by(1.035)[..4]), []);
    assert_eq!(pattern(&free), []);
}

#[test]
fn totals_in_equal_steps_and_equal_totals_are_seen() {
    let with = |totals: [&str; 3]| {
        let bid = |n: usize| vec![document("bid", &conforming(n).replace(TOTALS[n], totals[n]))];
        told(&judged(&[bid(0), bid(1), bid(2)]).clues)
    };
    let all = COMPANIES.to_vec();
    assert_eq!(with(["1863170", "1902845", "1942520"]), [(ClueKind::PricePattern, ClueLevel::Lead, all)]);
    let two = COMPANIES[..2].to_vec();
    assert_eq!(with(["1863170", "1863170", "1951390"]), [(ClueKind::PricePattern, ClueLevel::Lead, two)]);
    assert_eq!(with(["2000000", "2000000", "1951390"]), [], "the ceiling");
}

#[test]
fn one_discount_that_the_tender_asks_for_is_no_pattern() {
    let base = [12_350.0, 8_420.5, 933.3, 15_780.0, 4_466.0, 27_915.0, 6_301.7, 3_845.2];
    let tender = format!("{TENDER}\n\n投标人按控制单价报统一的下浮率。\n");
    let bid = |n: usize, factor: f64| {
        let prices = base.map(|price: f64| (price * factor * 100.0).round() / 100.0);
        vec![document("bid", &format!("{}\n{}", conforming(n), priced(&prices)))]
    };
    assert_eq!(told(&judged_under(&tender, &[bid(0, 0.97), bid(1, 0.95)]).clues), []);
}

#[test]
fn traits_of_the_files_are_leads() {
    let author = |names: [&'static str; 3]| {
        move |n: usize, document: &mut Document| document.metadata.author = Some(names[n].to_owned())
    };
    let one = [(ClueKind::FileTraits, ClueLevel::Lead, vec![COMPANIES[0], COMPANIES[2]])];
    let found = clues_of_files(author(["zbs-03", "csd-01", "zbs-03"]));
    assert_eq!(told(&found), one);
    let shown = &found[0].sides()[1].traits[0];
    assert_eq!((shown.file.as_str(), shown.name.as_str(), shown.value.as_str()), ("bid2.md", "作者", "zbs-03"));
    assert_eq!(told(&clues_of_files(author(["Administrator", "微软用户", "Administrator"]))), []);

    let created = |times: [&'static str; 3]| {
        move |n: usize, document: &mut Document| document.metadata.created = Some(times[n].to_owned())
    };
    let (this, that) = ("2031-05-02T08:41:00Z", "2031-05-03T09:00:00Z");
    assert_eq!(told(&clues_of_files(created([this, that, this]))), one);
    assert_eq!(told(&clues_of_files(created([this; 3]))), [], "a template's time");
    let template = "2013-12-23T23:15:00Z";
    assert_eq!(told(&clues_of_files(created([template, template, that]))), []);

    let sessions = |ids: [&'static [&'static str]; 3]| {
        move |n: usize, document: &mut Document| {
            document.metadata.revision_ids = ids[n].iter().map(|&id| id.to_owned()).collect();
        }
    };
    let own: &[&str] = &["00A10B01", "00A10B02", "00A10B03", "00B47730"];
    let programs: &[&str] = &["00034616", "0006063C", "0015074B", "0029639D"];
    assert_eq!(told(&clues_of_files(sessions([own, programs, own]))), one);
    assert_eq!(told(&clues_of_files(sessions([own; 3]))), [], "a template that all have");
    assert_eq!(told(&clues_of_files(sessions([programs, programs, &own[..2]]))), []);
}

#[test]
fn one_picture_in_two_bids_is_a_lead() {
    let with = |sizes: [u64; 3], hashes: [&'static str; 3]| {
        move |n: usize, document: &mut Document| {
            document.embedded.push(EmbeddedFile {
                name: "image1.png".to_owned(),
                kind: EmbeddedKind::Picture,
                size: sizes[n],
                sha256: hashes[n].repeat(32),
                page: Some(1),
                picture: None,
                unread: None,
            });
        }
    };
    let found = clues_of_files(with([20_000; 3], ["ab", "ab", "cd"]));
    assert_eq!(told(&found), [(ClueKind::SameFile, ClueLevel::Lead, COMPANIES[..2].to_vec())]);
    assert_eq!(found[0].sides()[0].traits[0].page, Some(1));
    assert_eq!(told(&clues_of_files(with([900; 3], ["ab", "ab", "cd"]))), [], "an icon");
    assert_eq!(told(&clues_of_files(with([20_000; 3], ["ab", "ef", "cd"]))), []);
}

/// A picture of which each bidder has bytes of his own.
fn picture(n: usize, width: u32, level: impl Fn(usize, usize) -> f32) -> EmbeddedFile {
    let side = Look::SIDE;
    let levels = (0..side * side).map(|at| (level(at % side, at / side).clamp(0.0, 255.0) / 4.0) as u8).collect();
    EmbeddedFile {
        name: format!("image{n}.jpg"),
        kind: EmbeddedKind::Picture,
        size: 50_000,
        sha256: format!("{n:02x}").repeat(32),
        page: Some(7),
        picture: Some(Picture { width, height: width / 3 * 2, look: Look::new(levels), plain: false, blank: false }),
        unread: None,
    }
}

fn hills(x: usize, y: usize) -> f32 {
    let (x, y) = (x as f32, y as f32);
    120.0 + 50.0 * (x / 8.0).sin() + 50.0 * (y / 11.0 + x / 19.0).cos()
}

#[test]
fn a_picture_saved_anew_is_a_lead() {
    let pair = |second: EmbeddedFile| {
        clues_of_files(move |n, document| match n {
            0 => document.embedded.push(picture(0, 900, hills)),
            1 => document.embedded.push(second.clone()),
            _ => {}
        })
    };
    // Smaller, paler, and with the noise of its compression.
    let noise = |x: usize, y: usize| ((x * 7 + y * 13) % 5) as f32 - 2.0;
    let found = pair(picture(1, 450, move |x, y| hills(x, y) * 0.9 + 20.0 + noise(x, y)));
    assert_eq!(told(&found), [(ClueKind::SameFile, ClueLevel::Lead, COMPANIES[..2].to_vec())]);
    let shown = &found[0].sides()[1].traits[0];
    assert_eq!((shown.page, shown.value.as_str()), (Some(7), "image1.jpg 450×300"));

    let signed = |x: usize, y: usize| hills(x, y) - if (12..20).contains(&x) && y == 25 { 60.0 } else { 0.0 };
    assert_eq!(told(&pair(picture(1, 900, signed))), [], "another name on the same form");
    assert_eq!(told(&pair(picture(1, 900, |x, y| hills(y, x)))), [], "another picture");
    assert_eq!(told(&pair(picture(1, 900, |x, y| 255.0 - hills(x, y)))), [], "its negative");
    let mut wide = picture(1, 900, hills);
    wide.picture.as_mut().expect("a picture").height = 300;
    assert_eq!(told(&pair(wide)), [], "another shape");
    assert_eq!(told(&pair(EmbeddedFile { picture: None, ..picture(1, 900, hills) })), []);
}

#[test]
fn pictures_of_the_tender_and_of_one_bidder_are_no_clue() {
    let mut tender = document("tender", TENDER);
    tender.embedded.push(picture(9, 1_200, hills));
    let each = |n: usize, document: &mut Document| document.embedded.push(picture(n, 900, hills));
    assert_eq!(told(&clues_of_files_beside(tender, each)), []);
    assert_eq!(told(&clues_of_files(each)).len(), 1);
    let own = |n: usize, document: &mut Document| {
        if n == 0 {
            document.embedded.extend([picture(0, 900, hills), picture(1, 450, hills)]);
        }
    };
    assert_eq!(told(&clues_of_files(own)), []);
}

#[test]
fn a_plain_picture_is_no_clue() {
    let one = &picture(0, 900, hills);
    let with = |plain: bool| {
        clues_of_files(move |n, document| {
            if n < 2 {
                let picture = Some(Picture { width: 1_654, height: 2_339, look: None, plain, blank: false });
                document.embedded.push(EmbeddedFile { picture, ..one.clone() });
            }
        })
    };
    assert_eq!(told(&with(false)).len(), 1);
    assert_eq!(told(&with(true)), [], "a blank page drawn by one program");
}

#[test]
fn identifiers_of_pdfs_are_leads() {
    let one = "7a31c09e55d24b86f1e8037c9d6420ab";
    let with = |values: [&'static str; 3], kinds: [IdentifierKind; 3]| {
        move |n: usize, document: &mut Document| {
            document.metadata.identifiers = vec![FileIdentifier { kind: kinds[n], value: values[n].to_owned() }];
        }
    };
    let files = [IdentifierKind::File; 3];
    let found = clues_of_files(with([one, "5d20892f77c14e0b9ad63fe2b1c80a44", one], files));
    assert_eq!(told(&found), [(ClueKind::FileTraits, ClueLevel::Lead, vec![COMPANIES[0], COMPANIES[2]])]);
    let shown = &found[0].sides()[1].traits[0];
    assert_eq!((shown.file.as_str(), shown.name.as_str(), shown.value.as_str()), ("bid2.md", "/ID", one));
    // One bid's file was made from the other's.
    let made_from = [IdentifierKind::Document, IdentifierKind::Original, IdentifierKind::Instance];
    assert_eq!(told(&clues_of_files(with([one, one, "b"], made_from))).len(), 1);
    assert_eq!(told(&clues_of_files(with(["a", "b", "c"], files))), []);

    let mut tender = document("tender", TENDER);
    tender.metadata.identifiers = vec![FileIdentifier { kind: IdentifierKind::File, value: one.to_owned() }];
    assert_eq!(told(&clues_of_files_beside(tender, with([one, "b", one], files))), [], "the tender's form");
    let same_file = |n: usize, document: &mut Document| {
        with([one, "b", one], files)(n, document);
        document.sha256 = if n == 1 { "b" } else { "a" }.repeat(64);
    };
    assert_eq!(
        told(&clues_of_files(same_file)),
        [(ClueKind::SameFile, ClueLevel::Lead, vec![COMPANIES[0], COMPANIES[2]])]
    );
}

#[test]
fn a_clue_names_the_article_where_the_law_is_known() {
    let settings = crate::rules::data::settings().expect("settings.yaml");
    let articles = |setting: &str| {
        let bid = |n: usize| vec![document("bid", &format!("{}\n{LONG}\n", conforming(n)))];
        let clues = judged_under(&format!("{}\n{TENDER}", settings[setting]), &[bid(0), bid(1)]).clues;
        clues[0].basis.iter().map(|basis| format!("{} {}", basis.law, basis.article)).collect::<Vec<_>>()
    };
    assert_eq!(articles("gov_goods"), ["政府采购货物和服务招标投标管理办法 第三十七条"]);
    assert_eq!(articles("works"), ["招标投标法实施条例 第四十条"]);
    assert_eq!(articles("no_law"), [""; 0]);
}

#[test]
fn one_bid_alone_shares_nothing() {
    let bid = || vec![document("bid", &format!("{}{LONG}", conforming(0)))];
    assert_eq!(judged(&[bid()]).clues, []);
    assert_eq!(judged(&[]).clues, []);
}

#[test]
fn findings_made_of_clues_quote_the_bidders_own_words() {
    let bid = |n: usize| vec![document(&format!("bid{n}"), &format!("{}\n{LONG}\n", conforming(n)))];
    let Judged { mut reviews, clues } = judged(&[bid(0), bid(1)]);
    let of_others = |review: &bidlens_domain::finding::BidReview| {
        review.findings.iter().filter(|f| f.source == FindingSource::CrossBid).count()
    };
    assert!(reviews.iter().all(|review| of_others(review) == 0), "a review says nothing of other bids");
    super::put_into(&mut reviews, &clues);
    for (n, review) in reviews.iter().enumerate() {
        assert_eq!(of_others(review), 1);
        let finding = review.findings.last().expect("the finding");
        assert_eq!(
            (finding.rule_id.as_str(), finding.bid_evidence()[0].file()),
            ("X001", format!("bid{n}.md").as_str())
        );
        assert!(finding.remark.ends_with("建议人工复核") && !finding.remark.contains(COMPANIES[1 - n]));
        assert!(is_english(&finding.remark_en), "{}", finding.remark_en);
        let demanded = [Language::Zh, Language::En].map(|language| finding.requirement_in(language));
        assert_eq!(demanded, ["不得串通投标", "Bidders must not collude"]);
    }
    let kept = reviews.remove(0).without_clues();
    assert_eq!(of_others(&kept), 0);
}
