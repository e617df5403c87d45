//! Tables of PDFs over pages, inside each other, half ruled and without any ruling.

use bidlens_domain::document::BlockKind;
use insta::assert_snapshot;

use crate::outline;
use crate::pdf::{Pdf, at, lines, table};

/// Rules through the points of `xs` and `ys`, each over the whole of the other.
fn grid(xs: &[f32], ys: &[f32]) -> String {
    let (left, right) = (xs[0], xs[xs.len() - 1]);
    let (top, bottom) = (ys[0], ys[ys.len() - 1]);
    let across = ys.iter().map(|y| format!("{left} {y} m {right} {y} l S\n"));
    let down = xs.iter().map(|x| format!("{x} {top} m {x} {bottom} l S\n"));
    "0.5 w\n".to_owned() + &across.chain(down).collect::<String>()
}

#[test]
fn a_heading_of_several_rows_is_set_apart_when_it_repeats() {
    let head: [&[&str]; 2] = [&["存储设备", "数量一台"], &["指标", "要求"]];
    let first = table(72.0, 220.0, &[head[0], head[1], &["容量", "二十"], &["接口", "光口"]]);
    let second = table(72.0, 780.0, &[head[0], head[1], &["电源", "冗余"]]);
    let pdf = Pdf::new()
        .page(&(lines(72.0, 100.0, &["技术要求如下。"]) + &first))
        .page(&(second + &lines(72.0, 300.0, &["以上均须满足。"])));
    assert_snapshot!(outline(&pdf.read()), @"
    p1 Paragraph 技术要求如下。
    p1 Table 5x2
        (0,0) 存储设备
        (0,1) 数量一台
        (1,0) 指标
        (1,1) 要求
        (2,0) 容量
        (2,1) 二十
        (3,0) 接口
        (3,1) 光口
        (4,0) 电源
        (4,1) 冗余
    p2 Header 存储设备数量一台指标要求
    p2 Paragraph 以上均须满足。
    ");
}

#[test]
fn a_row_without_its_lower_border_goes_on_over_the_page() {
    // The verticals run on below the last rule of the first page.
    let first =
        grid(&[72.0, 172.0, 372.0], &[200.0, 170.0]) + "72 170 m 72 60 l S 172 170 m 172 60 l S 372 170 m 372 60 l S\n";
    let first = first
        + &at(80.0, 180.0, 12.0, "条款")
        + &at(180.0, 180.0, 12.0, "内容")
        + &at(180.0, 70.0, 12.0, "保证金金额：");
    let second = grid(&[72.0, 172.0, 372.0], &[780.0, 750.0])
        + &at(80.0, 760.0, 12.0, "保证金")
        + &at(180.0, 760.0, 12.0, "两万元。");
    let pdf = Pdf::new().page(&(lines(72.0, 100.0, &["前附表如下。"]) + &first)).page(&second);
    assert_snapshot!(outline(&pdf.read()), @"
    p1 Paragraph 前附表如下。
    p1 Table 2x2
        (0,0) 条款
        (0,1) 内容
        (1,0) 保证金
        (1,1) 保证金金额：两万元。
    ");
}

#[test]
fn a_row_whose_usual_words_are_missing_is_the_rest_of_the_last_one() {
    let head: &[&str] = &["序号", "审查因素", "审查内容", "格式"];
    let first = table(
        72.0,
        220.0,
        &[head, &["1", "营业执照", "有效的。", "自拟"], &["2", "信用记录", "查询渠道。", "无须投标人"]],
    );
    let second = table(72.0, 780.0, &[&["", "", "截止时点。", "提供。"], &["3", "保证金", "按规定。", "自拟"]]);
    let pdf = Pdf::new().page(&(lines(72.0, 100.0, &["资格审查要求。"]) + &first)).page(&second);
    assert_snapshot!(outline(&pdf.read()), @"
    p1 Paragraph 资格审查要求。
    p1 Table 4x4
        (0,0) 序号
        (0,1) 审查因素
        (0,2) 审查内容
        (0,3) 格式
        (1,0) 1
        (1,1) 营业执照
        (1,2) 有效的。
        (1,3) 自拟
        (2,0) 2
        (2,1) 信用记录
        (2,2) 查询渠道。截止时点。
        (2,3) 无须投标人提供。
        (3,0) 3
        (3,1) 保证金
        (3,2) 按规定。
        (3,3) 自拟
    ");
}

/// A group of rows under one merged first cell, with the words of the second column.
fn group(top: f32, name: &str, rows: &[&str]) -> String {
    let bottom = top - 30.0 * rows.len() as f32;
    let mut out = grid(&[72.0, 172.0, 472.0], &[top, bottom]) + &at(80.0, (top + bottom) / 2.0, 12.0, name);
    for (n, words) in rows.iter().enumerate() {
        let y = top - 30.0 * n as f32;
        out += &format!("172 {y} m 472 {y} l S\n");
        out += &at(180.0, y - 20.0, 12.0, words);
    }
    out
}

#[test]
fn a_merged_cell_goes_on_and_its_rows_stay_apart() {
    let first = group(150.0, "功能", &["9、支持快照。", "10、支持集群。"]);
    let second = group(780.0, "", &["11、支持升级。", "12、支持诊断。"]);
    let pdf = Pdf::new().page(&(lines(72.0, 100.0, &["指标如下。"]) + &first)).page(&second);
    assert_snapshot!(outline(&pdf.read()), @"
    p1 Paragraph 指标如下。
    p1 Table 4x2
        (0,0 4x1) 功能
        (0,1) 9、支持快照。
        (1,1) 10、支持集群。
        (2,1) 11、支持升级。
        (3,1) 12、支持诊断。
    ");
}

#[test]
fn short_entries_under_a_merged_cell_are_rows_of_their_own() {
    // The second page begins in the middle of a merged cell, with entries in every other column.
    let part = |top: f32, name: &str, rows: [[&str; 2]; 2]| {
        let entries: String = rows
            .iter()
            .enumerate()
            .map(|(n, [words, points])| {
                let y = top - 30.0 * n as f32;
                format!("172 {y} m 472 {y} l S\n")
                    + &at(180.0, y - 20.0, 12.0, words)
                    + &at(410.0, y - 20.0, 12.0, points)
            })
            .collect();
        grid(&[72.0, 172.0, 402.0, 472.0], &[top, top - 60.0]) + &at(80.0, top - 35.0, 12.0, name) + &entries
    };
    let pdf = Pdf::new()
        .page(&(lines(72.0, 100.0, &["评分表。"]) + &part(150.0, "服务", [["方案", "6"], ["进度", "4"]])))
        .page(&part(780.0, "", [["团队", "10"], ["培训", "5"]]));
    assert_snapshot!(outline(&pdf.read()), @"
    p1 Paragraph 评分表。
    p1 Table 4x3
        (0,0 4x1) 服务
        (0,1) 方案
        (0,2) 6
        (1,1) 进度
        (1,2) 4
        (2,1) 团队
        (2,2) 10
        (3,1) 培训
        (3,2) 5
    ");
}

#[test]
fn a_row_with_points_of_its_own_is_no_rest_of_another() {
    let head: &[&str] = &["序号", "因素", "标准", "分值"];
    let first = table(72.0, 220.0, &[head, &["5", "设备", "齐全", "8"], &["6", "方案", "合理", "6"]]);
    let second = table(72.0, 780.0, &[&["", "", "团队", "10"], &["7", "售后", "及时", "5"]]);
    let pdf = Pdf::new().page(&(lines(72.0, 100.0, &["评分表。"]) + &first)).page(&second);
    assert_snapshot!(outline(&pdf.read()), @"
    p1 Paragraph 评分表。
    p1 Table 5x4
        (0,0) 序号
        (0,1) 因素
        (0,2) 标准
        (0,3) 分值
        (1,0) 5
        (1,1) 设备
        (1,2) 齐全
        (1,3) 8
        (2,0 2x1) 6
        (2,1 2x1) 方案
        (2,2) 合理
        (2,3) 6
        (3,2) 团队
        (3,3) 10
        (4,0) 7
        (4,1) 售后
        (4,2) 及时
        (4,3) 5
    ");
}

#[test]
fn the_same_form_on_the_next_page_is_a_table_of_its_own() {
    let form: [&[&str]; 2] = [&["姓名", "职务"], &["证书", "电话"]];
    let pdf = Pdf::new()
        .page(&(lines(72.0, 100.0, &["人员情况表。"]) + &table(72.0, 150.0, &form)))
        .page(&table(72.0, 780.0, &form));
    let document = pdf.read();
    let tables = document.blocks.iter().filter(|b| matches!(b.kind, BlockKind::Table(_))).count();
    assert_eq!(tables, 2, "{}", outline(&document));
}

#[test]
fn a_table_on_the_border_of_its_cell_is_inside_it() {
    let outer = grid(&[72.0, 152.0, 472.0], &[700.0, 500.0]);
    let inner = grid(&[200.0, 300.0, 400.0], &[560.0, 530.0, 500.0]);
    let words = at(80.0, 600.0, 12.0, "服务费")
        + &at(160.0, 680.0, 12.0, "按差额累进计算：")
        + &at(210.0, 540.0, 12.0, "百万以下")
        + &at(310.0, 540.0, 12.0, "1.5%")
        + &at(210.0, 510.0, 12.0, "五百万")
        + &at(310.0, 510.0, 12.0, "1.1%");
    assert_snapshot!(outline(&Pdf::new().page(&(outer + &inner + &words)).read()), @"
    p1 Table 1x2
        (0,0) 服务费
        (0,1) 按差额累进计算：⏎百万以下⇥1.5%⏎五百万⇥1.1%
            (0,0) 百万以下
            (0,1) 1.5%
            (1,0) 五百万
            (1,1) 1.1%
    ");
}

#[test]
fn three_rules_make_a_table_of_columns() {
    let rules = [700.0, 670.0, 580.0].map(|y| format!("72 {y} m 472 {y} l S\n")).concat();
    let mut content = "0.5 w\n".to_owned() + &rules;
    for (n, row) in
        [["品目", "数量", "单价"], ["水泵", "3", "1200"], ["电缆", "1", "80"], ["阀门", "12", "35"]].iter().enumerate()
    {
        for (c, words) in row.iter().enumerate() {
            content += &at(80.0 + 130.0 * c as f32, 680.0 - 28.0 * n as f32, 12.0, words);
        }
    }
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"
    p1 Table 4x3
        (0,0) 品目
        (0,1) 数量
        (0,2) 单价
        (1,0) 水泵
        (1,1) 3
        (1,2) 1200
        (2,0) 电缆
        (2,1) 1
        (2,2) 80
        (3,0) 阀门
        (3,1) 12
        (3,2) 35
    ");
}

#[test]
fn columns_without_rules_are_a_table_when_they_are_sure() {
    let rows =
        [["序号", "设备名称", "数量"], ["1", "水泵", "3"], ["2", "电缆", "1"], ["3", "阀门", "12"], ["4", "水表", "6"]];
    let mut content = lines(72.0, 60.0, &["报价清单如下，由投标人填写。"]);
    for (n, row) in rows.iter().enumerate() {
        for (c, words) in row.iter().enumerate() {
            content += &at(80.0 + 130.0 * c as f32, 700.0 - 22.0 * n as f32, 12.0, words);
        }
    }
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"
    p1 Paragraph 报价清单如下，由投标人填写。
    p1 Table 5x3
        (0,0) 序号
        (0,1) 设备名称
        (0,2) 数量
        (1,0) 1
        (1,1) 水泵
        (1,2) 3
        (2,0) 2
        (2,1) 电缆
        (2,2) 1
        (3,0) 3
        (3,1) 阀门
        (3,2) 12
        (4,0) 4
        (4,1) 水表
        (4,2) 6
    ");
}

#[test]
fn frames_and_blanks_to_fill_in_are_no_rules_of_a_table() {
    // A frame around the page with rules below its header and above its footer, and blanks of equal length.
    let frame = "0.5 w 30 30 535 780 re S 30 770 m 565 770 l S 30 70 m 565 70 l S\n";
    let blanks: String = [600.0, 570.0, 540.0].map(|y| format!("200 {y} m 400 {y} l S\n")).concat();
    let words =
        lines(72.0, 240.0, &["投标人名称（盖章）：                      ，以下简称乙方，与甲方签订", "本合同，"])
            + &at(60.0, 300.0, 12.0, "35)")
            + &at(100.0, 300.0, 12.0, "交货期")
            + &at(60.0, 280.0, 12.0, "36)")
            + &at(100.0, 280.0, 12.0, "违约金");
    let document = Pdf::new().page(&(frame.to_owned() + &blanks + &words)).read();
    assert!(document.blocks.iter().all(|b| !matches!(b.kind, BlockKind::Table(_))), "{}", outline(&document));
}

#[test]
fn signatures_side_by_side_are_no_table() {
    let rows =
        [["甲方：", "乙方："], ["代表：", "代表："], ["电话：", "电话："], ["日期：", "日期："], ["地址：", "地址："]];
    let content: String = rows
        .iter()
        .enumerate()
        .flat_map(|(n, row)| {
            row.iter().enumerate().map(move |(c, w)| at(80.0 + 230.0 * c as f32, 700.0 - 22.0 * n as f32, 12.0, w))
        })
        .collect();
    let document = Pdf::new().page(&content).read();
    assert!(document.blocks.iter().all(|b| !matches!(b.kind, BlockKind::Table(_))), "{}", outline(&document));
}

/// Words of rows at the columns `xs`, each line of a cell 16 points below the one before; rows begin at the heights.
fn cells(xs: &[f32], rows: &[(f32, &[&[&str]])]) -> String {
    let mut out = String::new();
    for (y, row) in rows {
        for (x, cell) in xs.iter().zip(*row) {
            for (n, line) in cell.iter().enumerate() {
                out += &at(*x, y - 16.0 * n as f32, 12.0, line);
            }
        }
    }
    out
}

#[test]
fn a_total_is_no_rest_of_the_row_above() {
    let head: &[&str] = &["序号", "名称", "规格", "金额"];
    let first = table(72.0, 220.0, &[head, &["1", "水泵", "三寸", "1,200.00"], &["2", "阀门", "两寸", "350.00"]]);
    let second = table(72.0, 780.0, &[&["", "合计", "", "￥1,550.00"]]);
    let pdf = Pdf::new().page(&(lines(72.0, 100.0, &["报价表。"]) + &first)).page(&second);
    assert_snapshot!(outline(&pdf.read()), @"
    p1 Paragraph 报价表。
    p1 Table 4x4
        (0,0) 序号
        (0,1) 名称
        (0,2) 规格
        (0,3) 金额
        (1,0) 1
        (1,1) 水泵
        (1,2) 三寸
        (1,3) 1,200.00
        (2,0) 2
        (2,1) 阀门
        (2,2) 两寸
        (2,3) 350.00
        (3,0) 
        (3,1) 合计
        (3,2) 
        (3,3) ￥1,550.00
    ");
}

#[test]
fn a_row_with_a_sum_of_its_own_is_no_rest_of_another() {
    let head: &[&str] = &["No.", "Item", "Unit", "Amount"];
    let first = table(72.0, 220.0, &[head, &["1", "Pump", "pcs", "1,200.00"], &["2", "Valve", "pcs", "350.00"]]);
    let second = table(72.0, 780.0, &[&["", "Discount", "", "50.00"]]);
    let pdf = Pdf::new().page(&(lines(72.0, 100.0, &["Prices."]) + &first)).page(&second);
    assert_snapshot!(outline(&pdf.read()), @"
    p1 Paragraph Prices.
    p1 Table 4x4
        (0,0) No.
        (0,1) Item
        (0,2) Unit
        (0,3) Amount
        (1,0) 1
        (1,1) Pump
        (1,2) pcs
        (1,3) 1,200.00
        (2,0 2x1) 2
        (2,1) Valve
        (2,2) pcs
        (2,3) 350.00
        (3,1) Discount
        (3,2) 
        (3,3) 50.00
    ");
}

#[test]
fn cells_of_several_lines_need_no_rules() {
    let rows: [(f32, &[&[&str]]); 5] = [
        (700.0, &[&["因素"], &["分值"], &["细则"]]),
        (678.0, &[&["报价"], &["30"], &["最低价得满分，其余按比例", "扣分。"]]),
        (640.0, &[&["方案"], &["25"], &["完整得满分，缺一项扣五分，", "扣完为止。"]]),
        (602.0, &[&["业绩"], &["10"], &["每项两分。"]]),
        (580.0, &[&["合计"], &["65"], &[]]),
    ];
    let content = lines(72.0, 60.0, &["评分细则如下，由评标委员会掌握。"]) + &cells(&[80.0, 180.0, 260.0], &rows);
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"
    p1 Paragraph 评分细则如下，由评标委员会掌握。
    p1 Table 5x3
        (0,0) 因素
        (0,1) 分值
        (0,2) 细则
        (1,0) 报价
        (1,1) 30
        (1,2) 最低价得满分，其余按比例扣分。
        (2,0) 方案
        (2,1) 25
        (2,2) 完整得满分，缺一项扣五分，扣完为止。
        (3,0) 业绩
        (3,1) 10
        (3,2) 每项两分。
        (4,0) 合计
        (4,1) 65
        (4,2)
    ");
}

#[test]
fn a_total_without_rules_is_a_row_of_its_own() {
    let rows: [(f32, &[&[&str]]); 5] = [
        (700.0, &[&["No."], &["Work"], &["Unit"], &["Amount"]]),
        (678.0, &[&["1"], &["Excavation"], &["m3"], &["7,770.00"]]),
        (656.0, &[&["2"], &["Backfill"], &["m3"], &["3,022.50"]]),
        (634.0, &[&["3"], &["Manholes"], &["pcs"], &["1,160.00"]]),
        (612.0, &[&[], &["Total"], &[], &["11,952.50"]]),
    ];
    let content = cells(&[80.0, 130.0, 280.0, 360.0], &rows);
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"
    p1 Table 5x4
        (0,0) No.
        (0,1) Work
        (0,2) Unit
        (0,3) Amount
        (1,0) 1
        (1,1) Excavation
        (1,2) m3
        (1,3) 7,770.00
        (2,0) 2
        (2,1) Backfill
        (2,2) m3
        (2,3) 3,022.50
        (3,0) 3
        (3,1) Manholes
        (3,2) pcs
        (3,3) 1,160.00
        (4,0) 
        (4,1) Total
        (4,2) 
        (4,3) 11,952.50
    ");
}

#[test]
fn names_with_their_values_beside_them_are_a_table() {
    let rows: [(f32, &[&[&str]]); 4] = [
        (700.0, &[&["项目名称"], &["食堂设备采购"]]),
        (678.0, &[&["采购方式"], &["公开招标"]]),
        (656.0, &[&["预算金额"], &["一百二十万元"]]),
        (634.0, &[&["采购人"], &["青石桥小学"]]),
    ];
    let content = lines(72.0, 60.0, &["项目的基本情况如下，以本表为准。"]) + &cells(&[80.0, 220.0], &rows);
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"
    p1 Paragraph 项目的基本情况如下，以本表为准。
    p1 Table 4x2
        (0,0) 项目名称
        (0,1) 食堂设备采购
        (1,0) 采购方式
        (1,1) 公开招标
        (2,0) 预算金额
        (2,1) 一百二十万元
        (3,0) 采购人
        (3,1) 青石桥小学
    ");
    // Numbered points, and a table of contents, look much the same.
    let others = [
        ("1.", "公开招标"),
        ("a)", "公开招标"),
        ("招标公告", "12"),
        ("采购方式：", "公开招标"),
        ("采购方式", "：公开"),
    ];
    for (name, value) in others {
        let rows = [700.0, 678.0, 656.0, 634.0].map(|y| at(80.0, y, 12.0, name) + &at(220.0, y, 12.0, value));
        let document = Pdf::new().page(&rows.concat()).read();
        let tables = document.blocks.iter().filter(|b| matches!(b.kind, BlockKind::Table(_))).count();
        assert_eq!(tables, 0, "{}", outline(&document));
    }
}

#[test]
fn a_table_without_rules_goes_on_over_pages() {
    let head: &[&[&str]] = &[&["序号"], &["设备"], &["结论"]];
    let row = |n: &'static str, device: &'static str| [vec![n], vec![device], vec!["满足"]];
    let page = |rows: &[[Vec<&str>; 3]]| {
        let mut out = cells(&[80.0, 160.0, 330.0], &[(760.0, head)]);
        for (n, row) in rows.iter().enumerate() {
            for (x, words) in [80.0, 160.0, 330.0].iter().zip(row) {
                out += &at(*x, 738.0 - 22.0 * n as f32, 12.0, words[0]);
            }
        }
        out
    };
    let first = page(&[row("1", "水泵"), row("2", "自动化控制柜"), row("3", "阀门")]);
    let second = page(&[row("4", "电缆"), row("5", "水表"), row("6", "法兰")]);
    assert_snapshot!(outline(&Pdf::new().page(&first).page(&second).read()), @"
    p1 Table 7x3
        (0,0) 序号
        (0,1) 设备
        (0,2) 结论
        (1,0) 1
        (1,1) 水泵
        (1,2) 满足
        (2,0) 2
        (2,1) 自动化控制柜
        (2,2) 满足
        (3,0) 3
        (3,1) 阀门
        (3,2) 满足
        (4,0) 4
        (4,1) 电缆
        (4,2) 满足
        (5,0) 5
        (5,1) 水表
        (5,2) 满足
        (6,0) 6
        (6,1) 法兰
        (6,2) 满足
    p2 Header 序号设备结论
    ");
}

#[test]
fn a_heading_above_the_first_rule_is_part_of_its_table() {
    let rules: String = [680.0, 650.0, 620.0, 590.0].map(|y| format!("72 {y} m 472 {y} l S\n")).concat();
    let rows: [(f32, &[&[&str]]); 4] = [
        (690.0, &[&["步骤"], &["日期"], &["地点"]]),
        (660.0, &[&["踏勘"], &["三月三日"], &["泵站"]]),
        (630.0, &[&["答疑"], &["三月九日"], &[]]),
        (600.0, &[&["开标"], &["四月一日"], &["会议室"]]),
    ];
    let content = lines(72.0, 60.0, &["日程如下。"]) + "0.5 w\n" + &rules + &cells(&[80.0, 210.0, 340.0], &rows);
    assert_snapshot!(outline(&Pdf::new().page(&content).read()), @"
    p1 Paragraph 日程如下。
    p1 Table 4x3
        (0,0) 步骤
        (0,1) 日期
        (0,2) 地点
        (1,0) 踏勘
        (1,1) 三月三日
        (1,2) 泵站
        (2,0) 答疑
        (2,1) 三月九日
        (2,2) 
        (3,0) 开标
        (3,1) 四月一日
        (3,2) 会议室
    ");
}

#[test]
fn the_rest_of_a_row_has_one_border_and_its_sides() {
    // The second page draws no border where the row was split.
    let first = grid(&[72.0, 172.0, 472.0], &[200.0, 170.0])
        + "72 170 m 72 60 l S 172 170 m 172 60 l S 472 170 m 472 60 l S\n"
        + &at(80.0, 180.0, 12.0, "条款")
        + &at(180.0, 180.0, 12.0, "内容")
        + &at(80.0, 150.0, 12.0, "保修")
        + &at(180.0, 150.0, 12.0, "供货人保修三年，自验收合格之日起算，其间更换的");
    let second = "72 720 m 472 720 l S 72 790 m 72 720 l S 172 790 m 172 720 l S 472 790 m 472 720 l S\n".to_owned()
        + &at(180.0, 760.0, 12.0, "部件保修期重新起算。");
    let pdf = Pdf::new().page(&(lines(72.0, 100.0, &["前附表如下。"]) + &first)).page(&second);
    assert_snapshot!(outline(&pdf.read()), @"
    p1 Paragraph 前附表如下。
    p1 Table 2x2
        (0,0) 条款
        (0,1) 内容
        (1,0) 保修
        (1,1) 供货人保修三年，自验收合格之日起算，其间更换的部件保修期重新起算。
    ");
}

#[test]
fn the_rest_of_a_row_is_whole_where_a_merged_cell_goes_on() {
    // The second cell of the first page has no words of its own on the next, and no border below there.
    let first = grid(&[72.0, 172.0, 272.0, 472.0], &[200.0, 170.0, 140.0])
        + &at(80.0, 180.0, 12.0, "序号")
        + &at(180.0, 180.0, 12.0, "类别")
        + &at(280.0, 180.0, 12.0, "要求")
        + &at(80.0, 150.0, 12.0, "1")
        + &at(180.0, 150.0, 12.0, "供货")
        + &at(280.0, 150.0, 12.0, "三十日内到货。");
    let sides = [72.0, 172.0, 272.0, 472.0].map(|x| format!("{x} 790 m {x} 720 l S\n")).concat();
    let second = "72 720 m 172 720 l S 272 720 m 472 720 l S\n".to_owned()
        + &sides
        + &at(80.0, 760.0, 12.0, "2")
        + &at(280.0, 760.0, 12.0, "十日内安装。");
    let pdf = Pdf::new().page(&(lines(72.0, 100.0, &["要求如下。"]) + &first)).page(&second);
    assert_snapshot!(outline(&pdf.read()), @"
    p1 Paragraph 要求如下。
    p1 Table 3x3
        (0,0) 序号
        (0,1) 类别
        (0,2) 要求
        (1,0) 1
        (1,1) 供货
        (1,2) 三十日内到货。
        (2,0) 2
        (2,1) 
        (2,2) 十日内安装。
    ");
}
