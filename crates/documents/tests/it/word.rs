//! Files that LibreOffice wrote from our own sources, see `tests/fixtures/make.sh`.

use insta::assert_snapshot;

use crate::{outline, read};

const DOC: &[u8] = include_bytes!("../fixtures/letter.doc");

#[test]
fn an_old_word_file_keeps_its_tables_and_numbers() {
    assert_snapshot!(outline(&read("投标函.doc", DOC)), @"
    p1 H1 第1章 投标函
    p1 Paragraph 致：青石镇水务管理站
    p1 Paragraph 我方愿以人民币壹佰壹拾万元整（¥1,100,000.00）承担本项目，工期60日历天。
    p1   H2 1、 资格文件
    p1   ListItem 1) 营业执照
    p1   ListItem 2) 安全生产许可证
    p1   H2 2、 商务文件
    p1   Table 4x3
        (0,0 1x3) 分项报价表
        (1,0) 序号
        (1,1) 名称
        (1,2) 合价（元）
        (2,0) 1
        (2,1 2x1) 立式水泵
        (2,2) 800,000.00
        (3,0) 2
        (3,2) 300,000.00
    p1   Paragraph 投标人：远川机电设备有限公司（盖章）
    p1   Paragraph 日期：2031年5月8日
    p1   Footnote 含税。
    ");
    // WPS gives its documents another name and the same content.
    assert_eq!(read("投标函.wps", DOC).issues, []);
}

#[test]
fn the_same_letter_in_rtf_and_open_document() {
    assert_snapshot!(outline(&read("投标函.rtf", include_bytes!("../fixtures/letter.rtf"))), @"
    p1 H1 第一章 投标函
    p1 Paragraph 致：青石镇水务管理站
    p1 Paragraph 我方愿以人民币壹佰壹拾万元整（¥1,100,000.00）承担本项目，工期60日历天。
    p1 Footnote 含税。
    p1   H2 一、 资格文件
    p1   ListItem 1) 营业执照
    p1   ListItem 2) 安全生产许可证
    p1   H2 二、 商务文件
    p1   Table 4x3
        (0,0 1x3) 分项报价表
        (1,0) 序号
        (1,1) 名称
        (1,2) 合价（元）
        (2,0) 1
        (2,1 2x1) 立式水泵
        (2,2) 800,000.00
        (3,0) 2
        (3,2) 300,000.00
    p2   Paragraph 投标人：远川机电设备有限公司（盖章）
    p2   Paragraph 日期：2031年5月8日
    ");
    assert_snapshot!(outline(&read("投标函.odt", include_bytes!("../fixtures/letter.odt"))), @"
    p1 H1 第一章 投标函
    p1 Paragraph 致：青石镇水务管理站
    p1 Paragraph 我方愿以人民币壹佰壹拾万元整（¥1,100,000.00）承担本项目，工期60日历天。
    p1 Footnote 含税。
    p1   H2 一、 资格文件
    p1   ListItem 1) 营业执照
    p1   ListItem 2) 安全生产许可证
    p1   H2 二、 商务文件
    p1   Table 4x3
        (0,0 1x3) 分项报价表
        (1,0) 序号
        (1,1) 名称
        (1,2) 合价（元）
        (2,0) 1
        (2,1 2x1) 立式水泵
        (2,2) 800,000.00
        (3,0) 2
        (3,2) 300,000.00
    p2   Paragraph 投标人：远川机电设备有限公司（盖章）
    p2   Paragraph 日期：2031年5月8日
    ");
}

#[test]
fn the_same_prices_in_an_old_workbook_and_open_document() {
    let old = read("报价.xls", include_bytes!("../fixtures/prices.xls"));
    assert_snapshot!(outline(&old), @"
    ! Info HiddenText p1: sheet 报价表 hides rows with words (4); they were read all the same
    ! Info HiddenText p2: sheet 底价 is hidden in the workbook; it was read all the same
    p1 SheetName 报价表
    p1 Table 5x3
        (0,0 1x3) 分项报价表
        (1,0) 名称
        (1,1) 合价（元）
        (1,2) 税率
        (2,0) 立式水泵
        (2,1) 800000.5
        (2,2) 5.50%
        (3,0) 备件
        (3,1) 1200
        (3,2) 13.00%
        (4,0) 合计
        (4,1) 801200.5
        (4,2) 2031-05-08
    p2 SheetName 底价
    p2 Table 1x1
        (0,0) 780000
    ");
    assert_snapshot!(format!("{:?}", old.comments), @r#"[Comment { author: Some("王工"), written_at: None, text: "含运费", page: 1, about: "立式水泵" }]"#);
    assert_snapshot!(outline(&read("报价.ods", include_bytes!("../fixtures/prices.ods"))), @"
    ! Info HiddenText p1: sheet 报价表 hides rows with words (4); they were read all the same
    ! Info HiddenText p2: sheet 底价 is hidden in the workbook; it was read all the same
    p1 SheetName 报价表
    p1 Table 5x3
        (0,0 1x3) 分项报价表
        (1,0) 名称
        (1,1) 合价（元）
        (1,2) 税率
        (2,0) 立式水泵
        (2,1) 800000.5
        (2,2) 5.50%
        (3,0) 备件
        (3,1) 1200
        (3,2) 13.00%
        (4,0) 合计
        (4,1) 801200.5
        (4,2) 2031-05-08
    p2 SheetName 底价
    p2 Table 1x1
        (0,0) 780000
    ");
}

#[test]
fn slides_old_and_new() {
    assert_snapshot!(outline(&read("方案.ppt", include_bytes!("../fixtures/plan.ppt"))), @"
    p1 Paragraph 施工组织
    p1 Paragraph 先排水，后安装
    p1 Paragraph 工期60日历天
    p1 Paragraph 质量保证措施
    ");
    assert_snapshot!(outline(&read("方案.pptx", include_bytes!("../fixtures/plan.pptx"))), @"
    p1 Paragraph 施工组织
    p1 Paragraph 先排水，后安装
    p1 Paragraph 工期60日历天
    p2 Paragraph 质量保证措施
    ");
}

#[test]
fn damaged_old_documents_never_panic() {
    crate::bad_files::damage("a.doc", DOC, 100);
}
