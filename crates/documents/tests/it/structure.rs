//! Headings, clause numbers and the section tree.

use insta::assert_snapshot;

use crate::office::{docx, p};
use crate::{outline, read};

fn large(words: &str) -> String {
    format!(
        r#"<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/><w:sz w:val="36"/></w:rPr><w:t>{words}</w:t></w:r></w:p>"#
    )
}

#[test]
fn a_list_of_chapters_in_running_text_is_no_chapter() {
    let body = [
        large("目  录"),
        p("第一章 招标公告……1"),
        p("第二章 评标办法……9"),
        large("第一章 招标公告"),
        p("招标文件包括下列内容："),
        p("第一章 招标公告"),
        p("第二章 评标办法"),
        p("以及招标人发出的澄清。"),
        p("第二章规定的资料应当齐全。"),
        large("第二章 评标办法"),
        p("一、评标原则"),
        p("公平、公正。"),
        p("（一）初步评审"),
        p("符合性检查。"),
        p("1. 投标函：按格式签字盖章"),
        p("二、评标程序"),
        p("依次进行。"),
    ]
    .concat();
    assert_snapshot!(outline(&read("a.docx", &docx(&body, &[]))), @r"
    p1 H1 目  录
    p1 Contents 第一章 招标公告……1
    p1 Contents 第二章 评标办法……9
    p1 H1 第一章 招标公告
    p1 Paragraph 招标文件包括下列内容：
    p1 ListItem 第一章 招标公告
    p1 ListItem 第二章 评标办法
    p1 Paragraph 以及招标人发出的澄清。
    p1 Paragraph 第二章规定的资料应当齐全。
    p1 H1 第二章 评标办法
    p1   H2 一、评标原则
    p1   Paragraph 公平、公正。
    p1     H3 （一）初步评审
    p1     Paragraph 符合性检查。
    p1     ListItem 1. 投标函：按格式签字盖章
    p1   H2 二、评标程序
    p1   Paragraph 依次进行。
    ");
}

#[test]
fn plain_text_has_a_section_tree_too() {
    let text = "第一部分 投标人须知\n第一章 总则\n1.1 适用范围\n本文件适用于本次招标。\n1.2 定义\n招标人是指发布公告的单位。\n★1.3 投标有效期\n自截止之日起 90 日。\n第二章 评标\n综合评分法。\n第二部分 合同\n第一条 标的\n甲方购买设备。\n附件1 授权委托书\n特此授权。\n";
    assert_snapshot!(outline(&read("a.txt", text.as_bytes())), @r"
    p1 H1 第一部分 投标人须知
    p1   H2 第一章 总则
    p1     H3 1.1 适用范围
    p1     Paragraph 本文件适用于本次招标。
    p1     H3 1.2 定义
    p1     Paragraph 招标人是指发布公告的单位。
    p1     H3 ★1.3 投标有效期
    p1     Paragraph 自截止之日起 90 日。
    p1   H2 第二章 评标
    p1   Paragraph 综合评分法。
    p1 H1 第二部分 合同
    p1   H2 第一条 标的
    p1   Paragraph 甲方购买设备。
    p1   H2 附件1 授权委托书
    p1   Paragraph 特此授权。
    ");
}

#[test]
fn english_clauses_are_recognised() {
    let text = "SECTION II: INSTRUCTIONS TO BIDDERS\n2.1 Eligible Bidders\nA bidder shall be a registered company.\n2.2 Cost of Bidding\nThe bidder shall bear all costs.\n(a) travel;\n(b) printing.\nSection III. Evaluation\nBids are ranked by price as stated in Section II.\n";
    let document = read("a.txt", text.as_bytes());
    assert_snapshot!(outline(&document), @r"
    p1 H1 SECTION II: INSTRUCTIONS TO BIDDERS
    p1   H2 2.1 Eligible Bidders
    p1   Paragraph A bidder shall be a registered company.
    p1   H2 2.2 Cost of Bidding
    p1   Paragraph The bidder shall bear all costs.
    p1   ListItem (a) travel;
    p1   ListItem (b) printing.
    p1 H1 Section III. Evaluation
    p1 Paragraph Bids are ranked by price as stated in Section II.
    ");
    let path: Vec<String> =
        document.section_path(document.blocks[6].section).iter().map(|s| format!("{}|{}", s.number, s.title)).collect();
    assert_eq!(path, ["SECTION II|INSTRUCTIONS TO BIDDERS", "2.2|Cost of Bidding"]);
}

#[test]
fn the_same_bytes_give_the_same_ids() {
    let bytes = docx(&p("投标有效期为 90 日。"), &[]);
    let (one, two) = (read("甲.docx", &bytes), read("乙.docx", &bytes));
    assert_eq!(one.id, two.id);
    let ids = |d: &bidlens_domain::document::Document| d.segments().into_iter().map(|s| s.id).collect::<Vec<_>>();
    assert_eq!(ids(&one), ids(&two));
}
