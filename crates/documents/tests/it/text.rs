//! Plain text and Markdown.

use bidlens_domain::document::BlockKind;
use bidlens_domain::document::IssueCode;
use encoding_rs::{BIG5, GB18030};
use insta::assert_snapshot;

use crate::{outline, read};

const SAMPLE: &str = "一、项目概况\n本项目采购水泵设备四台，详见采购清单。\n";

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
}

#[test]
fn every_usual_encoding_gives_the_same_text() {
    let expected: Vec<String> = SAMPLE.lines().map(str::to_owned).collect();
    let bom = [b"\xEF\xBB\xBF".as_slice(), SAMPLE.as_bytes()].concat();
    let cases = [
        ("UTF-8", SAMPLE.as_bytes().to_vec()),
        ("UTF-8 with mark", bom),
        ("UTF-16 LE", utf16(SAMPLE, false)),
        ("UTF-16 BE", utf16(SAMPLE, true)),
        ("UTF-16 LE without mark", utf16(SAMPLE, false).split_off(2)),
        ("UTF-16 BE without mark", utf16(SAMPLE, true).split_off(2)),
        ("GB18030", GB18030.encode(SAMPLE).0.into_owned()),
    ];
    for (encoding, bytes) in cases {
        let document = read("notes.txt", &bytes);
        let texts: Vec<&str> = document.blocks.iter().map(|b| b.text.as_str()).collect();
        assert_eq!(texts, expected, "{encoding}");
    }
    let traditional = "採購項目：自來水廠設備採購及安裝工程。投標廠商應於截止時間前送達投標文件。";
    let document = read("notes.txt", &BIG5.encode(traditional).0);
    assert_eq!(document.blocks[0].text, traditional);
}

#[test]
fn text_of_two_bytes_a_letter_needs_no_mark() {
    let letters = "1. Scope: four pumps.\n2. Time: 90 days.\n";
    for big in [false, true] {
        let document = read("a.txt", &utf16(letters, big).split_off(2));
        assert_eq!(document.blocks.len(), 2, "{big}: {:?}", document.issues);
        assert_eq!(document.issues.iter().map(|i| i.code).collect::<Vec<_>>(), [IssueCode::EncodingGuessed]);
    }
    // Numbers of two bytes that are no letters.
    let numbers: Vec<u8> = (0..200_u16).flat_map(|n| (n * 321).to_le_bytes()).collect();
    assert_eq!(read("a.txt", &numbers).issues[0].code, IssueCode::Unsupported);
}

#[test]
fn rare_characters_of_gb18030_survive() {
    let text = "投标人名称：𠮷㐀科技有限公司，本公司承诺按照招标文件的要求供货。";
    let document = read("a.txt", &GB18030.encode(text).0);
    assert_eq!(document.blocks[0].text, text);
}

#[test]
fn wrapped_lines_are_joined_and_form_feeds_turn_pages() {
    let wrapped = "    本项目资金来自财政拨款，招标人已经落实项目资金，现对设备采购进行公开\n招标，欢迎符合资格条件的供应商参加投标，投标人应当认真阅读本招标文件的\n全部内容，按照要求编制投标文件并按时递交，逾期递交的文件招标人不予受理\n。\n1. 投标人应当具备独立承担民事责任的能力，并具有良好的商业信誉和健全的财\n务制度。\n2. 投标人应当具备履行合同所必需的设备和专业技术能力，并提供相应证明材料\n复印件。\n\u{0C}第二页的文字。\n";
    assert_snapshot!(outline(&read("a.txt", wrapped.as_bytes())), @r"
    p1 Paragraph 本项目资金来自财政拨款，招标人已经落实项目资金，现对设备采购进行公开招标，欢迎符合资格条件的供应商参加投标，投标人应当认真阅读本招标文件的全部内容，按照要求编制投标文件并按时递交，逾期递交的文件招标人不予受理。
    p1 ListItem 1. 投标人应当具备独立承担民事责任的能力，并具有良好的商业信誉和健全的财务制度。
    p1 ListItem 2. 投标人应当具备履行合同所必需的设备和专业技术能力，并提供相应证明材料复印件。
    p2 Paragraph 第二页的文字。
    ");
}

#[test]
fn a_line_that_hangs_under_a_numbered_one_goes_on_with_it() {
    let hanging = "1. 概况\n   1.1 地点：云岭县玉泉路 45 号（水厂办公楼二层），\n            以及下属三座加压泵站。\n   1.2 工期：90 日历天。\n2. 评分\n   2.1 商务部分（20分），其中包括下列各项，逐项打分\n       - 类似业绩（8分）\n          （1）每项2分\n";
    assert_snapshot!(outline(&read("a.txt", hanging.as_bytes())), @r"
    p1 H1 1. 概况
    p1 ListItem 1.1 地点：云岭县玉泉路 45 号（水厂办公楼二层），以及下属三座加压泵站。
    p1 ListItem 1.2 工期：90 日历天。
    p1 H1 2. 评分
    p1 ListItem 2.1 商务部分（20分），其中包括下列各项，逐项打分
    p1 ListItem - 类似业绩（8分）
    p1 ListItem （1）每项2分
    ");
}

#[test]
fn lines_of_hundreds_of_columns_stay_lines() {
    let line = (0..400).map(|n| format!("{n}")).collect::<Vec<_>>().join("\t");
    let document = read("a.txt", [line.as_str(); 5].join("\n").as_bytes());
    assert!(document.blocks.iter().all(|b| !matches!(b.kind, BlockKind::Table(_))), "{}", outline(&document));
    assert!(document.blocks.iter().any(|b| b.text.contains("399")));
}

#[test]
fn lines_of_tabs_are_the_rows_of_a_table() {
    let tabbed = "预算如下：\n包号\t名称\t预算\n1\t抢险车\t40万元\n2\t照明车\n采购人：\t云岭县水务局\n公告时间\t2026年3月2日\t09:30\n";
    assert_snapshot!(outline(&read("a.txt", tabbed.as_bytes())), @r"
    p1 Paragraph 预算如下：
    p1 Table 3x3
        (0,0) 包号
        (0,1) 名称
        (0,2) 预算
        (1,0) 1
        (1,1) 抢险车
        (1,2) 40万元
        (2,0) 2
        (2,1) 照明车
    p1 Paragraph 采购人：⇥云岭县水务局
    p1 Paragraph 公告时间⇥2026年3月2日⇥09:30
    ");
}

#[test]
fn english_lines_join_with_blanks() {
    let wrapped = "The bidder shall keep the bid valid for a period of ninety days from\nthe date of opening, and shall not withdraw or modify it during that\nperiod without the written consent of the purchaser, failing which the\nsecurity shall be forfeited.\n\n1.1 The purchaser may extend the period by a notice in writing to all\nthe bidders before it expires, and the bidders may accept or refuse the\nextension without losing their security.\n";
    assert_snapshot!(outline(&read("a.txt", wrapped.as_bytes())), @r"
    p1 Paragraph The bidder shall keep the bid valid for a period of ninety days from the date of opening, and shall not withdraw or modify it during that period without the written consent of the purchaser, failing which the security shall be forfeited.
    p1 ListItem 1.1 The purchaser may extend the period by a notice in writing to all the bidders before it expires, and the bidders may accept or refuse the extension without losing their security.
    ");
}

#[test]
fn markdown_keeps_headings_lists_and_tables() {
    let text = "# 第一章 招标公告\n\n正文一段，\n换行不断。\n\n## 一、项目概况\n\n1. 甲\n2. 乙\n\n- [x] 已提供\n\n| 序号 | 分值 |\n|---|---|\n| 1 | 20 分 |\n";
    assert_snapshot!(outline(&read("规则.md", text.as_bytes())), @r"
    p1 H1 第一章 招标公告
    p1 Paragraph 正文一段，换行不断。
    p1   H2 一、项目概况
    p1   ListItem 1. 甲
    p1   ListItem 2. 乙
    p1   ListItem ☑已提供
    p1   Table 2x2
        (0,0) 序号
        (0,1) 分值
        (1,0) 1
        (1,1) 20 分
    ");
}
